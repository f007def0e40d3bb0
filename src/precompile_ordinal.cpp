// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
// Kernels of qascore::compiled, built once. Models of ordered categories.
#include <qascore/kernel/impl/ordinal_model.ipp>
#include <qascore/kernel/impl/ordinal_raters.ipp>
