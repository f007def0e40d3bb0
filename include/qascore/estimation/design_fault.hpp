// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../kernel/design.hpp"
#include "label_codes.hpp"

#include <cstdint>
#include <functional>
#include <string>

/// What is wrong with a sample, in the words of the data.
namespace qascore::detail {

struct unit_names {
  std::function<std::string(std::uint32_t)> unit;
};

struct fault_words {
  const unit_names& names;
  const label_codes& strata;
  const label_codes& cluster;

  std::string stratum(std::uint32_t code) const;

  /// Throws data_error or design_error unless all is well.
  void raise(const kernel::design_problem& problem, const kernel::design_columns& in) const;
};

} // namespace qascore::detail

#if !defined(QASCORE_COMPILED)
#include "impl/design_fault.ipp"
#endif
