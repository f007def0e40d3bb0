// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
// All kernels, built once: qascore::compiled. The only file besides the kernel headers that includes *.ipp.
#include <qascore/kernel/impl/agreement.ipp>
#include <qascore/kernel/impl/allocation.ipp>
#include <qascore/kernel/impl/category_weights.ipp>
#include <qascore/kernel/impl/correlation.ipp>
#include <qascore/kernel/impl/crossing.ipp>
#include <qascore/kernel/impl/design.ipp>
#include <qascore/kernel/impl/design_effect.ipp>
#include <qascore/kernel/impl/disagreement.ipp>
#include <qascore/kernel/impl/distribution.ipp>
#include <qascore/kernel/impl/domain.ipp>
#include <qascore/kernel/impl/icc.ipp>
#include <qascore/kernel/impl/inference.ipp>
#include <qascore/kernel/impl/krippendorff.ipp>
#include <qascore/kernel/impl/mean.ipp>
#include <qascore/kernel/impl/proportion.ipp>
#include <qascore/kernel/impl/rank.ipp>
#include <qascore/kernel/impl/rank_correlation.ipp>
#include <qascore/kernel/impl/rater_summary.ipp>
#include <qascore/kernel/impl/ratings.ipp>
#include <qascore/kernel/impl/scoring.ipp>
#include <qascore/kernel/impl/selection.ipp>
#include <qascore/kernel/impl/simulation.ipp>
#include <qascore/kernel/impl/stream_summary.ipp>
#include <qascore/kernel/impl/variance.ipp>
