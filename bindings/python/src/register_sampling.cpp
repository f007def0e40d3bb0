// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#include "register.hpp"

namespace qascore::python {

void register_sampling(pybind11::module_& /*module*/) {}

} // namespace qascore::python
