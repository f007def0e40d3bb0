// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../core/design_view.hpp"
#include "../core/estimate.hpp"
#include "../detail/config.hpp"
#include "inference.hpp"
#include "variance.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

/// Domains: parts of the population to estimate for (a queue, an agent), as dense codes per unit. All domains
/// cost one pass together.
namespace qascore::kernel {

/// Which unit is in which domain: `code` per unit (missing_code: in none), 0..count-1; empty: all units in
/// one domain.
struct domain_view {
  std::span<const std::uint32_t> code;
  std::size_t count = 1;
};

/// Units with a value, grouped by domain.
struct domain_rows {
  std::vector<std::uint32_t> rows;  ///< ascending within a domain
  std::vector<std::size_t> start;   ///< rows of domain d: start[d] .. start[d + 1]
  std::vector<std::size_t> missing; ///< per domain: units without a value (NaN)

  std::span<const std::uint32_t> of(std::size_t domain) const noexcept {
    return std::span(rows).subspan(start[domain], start[domain + 1] - start[domain]);
  }
};

/// Throws argument_error where lengths differ, or there are 2^32 units or more.
domain_rows group_by_domain(const domain_view& domain, std::span<const double> values);

/// One estimate per domain. `linearise(rows, influence)` returns the value for the rows and fills their
/// influence values; `finish(value, spread, rows, engine)` makes the estimate. A domain without a value is
/// undefined.
template <class Linearise, class Finish>
std::vector<estimate> estimate_domains(const design_view& design, const domain_view& domain,
                                       std::span<const double> values, const Linearise& linearise,
                                       const Finish& finish) {
  const domain_rows grouped = group_by_domain(domain, values);
  variance_engine engine(design);
  std::vector<double> influence;
  std::vector<estimate> out;
  out.reserve(domain.count);
  for (std::size_t d = 0; d < domain.count; ++d) {
    const auto rows = grouped.of(d);
    influence.assign(rows.size(), 0.0);
    design_variance spread;
    double value = missing_value;
    if (rows.empty()) {
      spread.undefined = "no unit has a value";
    } else {
      value = linearise(rows, std::span<double>(influence));
      spread = engine.of_rows(rows, influence);
    }
    out.push_back(finish(value, spread, rows, engine));
    out.back().missing = grouped.missing[d];
  }
  return out;
}

} // namespace qascore::kernel

#if !defined(QASCORE_COMPILED)
#include "impl/domain.ipp"
#endif
