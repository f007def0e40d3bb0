// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

/// Calibration: how well raters agree, and who is strict.
#include "calibration/agreement.hpp"
#include "calibration/agreement_comparison.hpp"
#include "calibration/agreement_measure.hpp"
#include "calibration/agreement_parts.hpp"
#include "calibration/agreement_resampling.hpp"
#include "calibration/assignment.hpp"
#include "calibration/benchmark.hpp"
#include "calibration/category_weights.hpp"
#include "calibration/concordance.hpp"
#include "calibration/drift.hpp"
#include "calibration/g_study.hpp"
#include "calibration/gold.hpp"
#include "calibration/icc.hpp"
#include "calibration/krippendorff.hpp"
#include "calibration/mixed_model.hpp"
#include "calibration/model_rater.hpp"
#include "calibration/ordinal_raters.hpp"
#include "calibration/rater_effects.hpp"
#include "calibration/rater_summary.hpp"
#include "calibration/rating_table.hpp"
