// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

/// Estimates for the population from a sample: sample_design first, then mean, total, ratio, proportion, by domain.
#include "estimation/agents.hpp"
#include "estimation/design_builder.hpp"
#include "estimation/domain.hpp"
#include "estimation/mean.hpp"
#include "estimation/model_assisted.hpp"
#include "estimation/model_domains.hpp"
#include "estimation/model_population.hpp"
#include "estimation/net_promoter.hpp"
#include "estimation/paired.hpp"
#include "estimation/proportion.hpp"
#include "estimation/quantile.hpp"
#include "estimation/regression.hpp"
#include "estimation/sample_design.hpp"
#include "estimation/stream_summary.hpp"
#include "estimation/weighting.hpp"
