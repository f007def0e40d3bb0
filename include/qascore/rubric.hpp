// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

/// Rubrics: how answers become scores. The YAML reader is declared in rubric/yaml.hpp (link qascore::yaml).
#include "rubric/answers.hpp"
#include "rubric/content_hash.hpp"
#include "rubric/definition.hpp"
#include "rubric/explain.hpp"
#include "rubric/result.hpp"
#include "rubric/rubric.hpp"
#include "rubric/scoring.hpp"
