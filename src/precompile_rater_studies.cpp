// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
// Kernels of qascore::compiled, built once. Raters against gold, each other, time and a model.
#include <qascore/kernel/impl/dawid_skene.ipp>
#include <qascore/kernel/impl/gold.ipp>
#include <qascore/kernel/impl/prmse.ipp>
