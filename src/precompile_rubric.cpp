// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
// Kernels of qascore::compiled, built once. Scoring.
#include <qascore/kernel/impl/scoring.ipp>
#include <qascore/kernel/impl/scoring_many.ipp>
