// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../core/error.hpp"
#include "../kernel/adjusted_p.hpp"
#include "../kernel/model_rater.hpp"
#include "rater_code.hpp"
#include "rating_table.hpp"

#include <string>

namespace qascore {

using kernel::adjusted_p;
using kernel::equal_means;

/// Whether a model may stand for one of the people: kernel/model_rater.hpp. Throws argument_error for text that is scored by
/// its numbers.
inline alternative_result alternative_annotator_test(const rating_table& ratings, const std::string& model,
                                                     const alternative_options& options = {},
                                                     const design_view* design = nullptr) {
  if (options.score == alignment::squared_error && !ratings.labels().empty())
    throw argument_error("score: squared_error needs numbers, but the ratings are text; expected equal");
  return kernel::alternative_annotator(ratings.view(), detail::rater_code(ratings, model, "model"), options,
                                       design);
}

} // namespace qascore
