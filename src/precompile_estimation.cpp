// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
// Kernels of qascore::compiled, built once. Estimates under a design.
#include <qascore/estimation/impl/weighting.ipp>
#include <qascore/kernel/impl/auxiliaries.ipp>
#include <qascore/kernel/impl/bias_reduced.ipp>
#include <qascore/kernel/impl/calibration_factors.ipp>
#include <qascore/kernel/impl/cronbach.ipp>
#include <qascore/kernel/impl/design_effect.ipp>
#include <qascore/kernel/impl/fay_herriot.ipp>
#include <qascore/kernel/impl/mean.ipp>
#include <qascore/kernel/impl/model_assisted.ipp>
#include <qascore/kernel/impl/net_promoter.ipp>
#include <qascore/kernel/impl/paired.ipp>
#include <qascore/kernel/impl/ppi.ipp>
#include <qascore/kernel/impl/proportion.ipp>
#include <qascore/kernel/impl/quantile.ipp>
#include <qascore/kernel/impl/rank_interval.ipp>
#include <qascore/kernel/impl/regression.ipp>
#include <qascore/kernel/impl/replicates.ipp>
#include <qascore/kernel/impl/small_area.ipp>
#include <qascore/kernel/impl/studentized_range.ipp>
#include <qascore/kernel/impl/weighting.ipp>
#include <qascore/kernel/impl/within_variance.ipp>
