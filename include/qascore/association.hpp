// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

/// Do scores go with what customers feel?
#include "association/correlation.hpp"
#include "association/dependence.hpp"
#include "association/relations.hpp"
#include "association/response.hpp"
#include "association/time_concordance.hpp"
#include "association/weight_proposal.hpp"
