// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
// Every header has been installed.
#include <qascore/qascore.hpp>
