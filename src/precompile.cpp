// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
// All kernels, built once: qascore::compiled. The only file besides the kernel headers that includes *.ipp.
#include <qascore/kernel/impl/correlation.ipp>
#include <qascore/kernel/impl/distribution.ipp>
#include <qascore/kernel/impl/domain.ipp>
#include <qascore/kernel/impl/inference.ipp>
#include <qascore/kernel/impl/mean.ipp>
#include <qascore/kernel/impl/proportion.ipp>
#include <qascore/kernel/impl/rank.ipp>
#include <qascore/kernel/impl/variance.ipp>
