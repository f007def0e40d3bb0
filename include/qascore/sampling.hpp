// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

/// Stratified samples: strata, sizes, the plan, the draw; how many conversations a precision takes.
#include "sampling/allocation.hpp"
#include "sampling/allocation_precision.hpp"
#include "sampling/coordinate.hpp"
#include "sampling/draw.hpp"
#include "sampling/draw_pps.hpp"
#include "sampling/draw_sketch.hpp"
#include "sampling/plan_content.hpp"
#include "sampling/redraw.hpp"
#include "sampling/reservoir.hpp"
#include "sampling/sample_size.hpp"
#include "sampling/sample_size_mean.hpp"
#include "sampling/sample_size_relation.hpp"
#include "sampling/sampling_plan.hpp"
#include "sampling/strata.hpp"
#include "sampling/stratum_key.hpp"
#include "sampling/targeted.hpp"
