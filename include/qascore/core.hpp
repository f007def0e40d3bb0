// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "core/column.hpp"
#include "core/confidence.hpp"
#include "core/design_view.hpp"
#include "core/error.hpp"
#include "core/estimate.hpp"
#include "core/influence.hpp"
#include "core/interval.hpp"
#include "core/missing.hpp"
#include "core/probability.hpp"
#include "core/projection.hpp"
#include "core/seed.hpp"
