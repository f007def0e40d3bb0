// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
// Kernels of qascore::compiled, built once. Agreement of raters.
#include <qascore/calibration/impl/agreement_comparison.ipp>
#include <qascore/calibration/impl/rating_table.ipp>
#include <qascore/kernel/impl/agreement.ipp>
#include <qascore/kernel/impl/agreement_comparison.ipp>
#include <qascore/kernel/impl/agreement_measure.ipp>
#include <qascore/kernel/impl/agreement_resampling.ipp>
#include <qascore/kernel/impl/benchmark.ipp>
#include <qascore/kernel/impl/category_weights.ipp>
#include <qascore/kernel/impl/chance_test.ipp>
#include <qascore/kernel/impl/disagreement.ipp>
#include <qascore/kernel/impl/icc.ipp>
#include <qascore/kernel/impl/krippendorff.ipp>
#include <qascore/kernel/impl/one_against_rest.ipp>
#include <qascore/kernel/impl/rater_summary.ipp>
#include <qascore/kernel/impl/ratings.ipp>
