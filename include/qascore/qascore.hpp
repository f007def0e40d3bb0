// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

/// Everything but the parts that must be asked for: rubric/yaml.hpp (links qascore::yaml) and io/ostream.hpp.
#include "association.hpp"
#include "calibration.hpp"
#include "core.hpp"
#include "estimation.hpp"
#include "rubric.hpp"
#include "sampling.hpp"
#include "simulation.hpp"
#include "version.hpp"
