// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../detail/exact.hpp"
#include "field_values.hpp"
#include "option_classes.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

/// A valid form as tables that kernel/scoring.hpp reads, and where in them each section and criterion stands.
namespace qascore::detail {

/// A section in the order of the form (parents first), and where the kernel has it.
struct compiled_section {
  static constexpr std::size_t none = static_cast<std::size_t>(-1);
  const section_definition* definition = nullptr;
  std::size_t parent = none; ///< index of the section around it
  std::size_t node = 0;
};

struct compiled_criterion {
  const criterion_definition* definition = nullptr;
  std::size_t section = 0;
  std::vector<exact_number> points;              ///< per code
  std::shared_ptr<const option_classes> classes; ///< where several options may be chosen
  exact_number possible;
  exact_number lowest; ///< with method base, whose points may be negative; else 0
  std::vector<std::int64_t>
      caps;            ///< of its fail rules with scope criterion, in their order, as amounts of the plan
  exact_number share;  ///< of the form: factor on earned / possible (or on points), as if all applied
  bool scored = false; ///< false: free text, excluded, or weight 0
};

struct compiled_rubric {
  std::vector<compiled_section> sections;
  std::vector<compiled_criterion> criteria;
  kernel::scoring_plan plan;
  bool exact = true;                            ///< no weight or number of points had to be rounded
  std::vector<kernel::scoring_cell> form_cells; ///< all criteria on one scale, without events
  std::vector<field_values> fields;             ///< of the conversation, in the order of the columns of codes
};

} // namespace qascore::detail
