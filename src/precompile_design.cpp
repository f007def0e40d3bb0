// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
// Kernels of qascore::compiled, built once. Samples: designs, domains, and the one engine for their uncertainty.
#include <qascore/estimation/impl/design_builder.ipp>
#include <qascore/estimation/impl/design_fault.ipp>
#include <qascore/estimation/impl/sample_design.ipp>
#include <qascore/kernel/impl/calibrated_spread.ipp>
#include <qascore/kernel/impl/crossing.ipp>
#include <qascore/kernel/impl/design.ipp>
#include <qascore/kernel/impl/distribution.ipp>
#include <qascore/kernel/impl/domain.ipp>
#include <qascore/kernel/impl/inference.ipp>
#include <qascore/kernel/impl/rank.ipp>
#include <qascore/kernel/impl/stream_summary.ipp>
#include <qascore/kernel/impl/variance.ipp>
