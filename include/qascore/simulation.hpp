// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "simulation/centre.hpp"
#include "simulation/labels.hpp"
