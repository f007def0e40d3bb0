// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
// Kernels of qascore::compiled, built once. Correlations.
#include <qascore/kernel/impl/correlation.ipp>
#include <qascore/kernel/impl/rank_correlation.ipp>
