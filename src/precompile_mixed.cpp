// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
// Kernels of qascore::compiled, built once. Variance components: mixed models and what stands on them.
#include <qascore/calibration/impl/g_study.ipp>
#include <qascore/calibration/impl/model_rows.ipp>
#include <qascore/kernel/impl/g_study.ipp>
#include <qascore/kernel/impl/mixed_model.ipp>
#include <qascore/kernel/impl/rater_effects.ipp>
