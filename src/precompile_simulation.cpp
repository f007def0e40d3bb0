// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
// Kernels of qascore::compiled, built once. The simulator.
#include <qascore/kernel/impl/simulation.ipp>
#include <qascore/simulation/impl/centre.ipp>
