// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../core/estimate.hpp"
#include "../detail/nearest.hpp"
#include "../kernel/domain.hpp"
#include "sample_design.hpp"

#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace qascore {

/// An estimate for one part of the population.
struct domain_estimate : estimate {
  std::vector<std::string> by; ///< labels of the domain as text, one per column
};

namespace detail {

/// `make` over the domains, or under missing_rows::domain over those of their units that have all columns.
template <class Make>
auto over_domains(const kernel::domain_view& domain, missing_rows missing,
                  std::initializer_list<std::span<double>> columns, const Make& make) {
  if (missing != missing_rows::domain)
    return make(domain);
  const std::vector<std::uint32_t> codes = kernel::leave_out_gaps(domain, {columns.begin(), columns.size()});
  return make(kernel::domain_view{codes, domain.count});
}

/// Labels of `by` as domains, given to `make`; its estimates with their labels, in ascending order.
template <class Range, class By, class Make>
std::vector<domain_estimate> by_domain(const sample_design& design, const Range& rows, const By& by,
                                       missing_rows missing, std::span<double> values, const Make& make) {
  label_codes domains = design.labels(rows, by, "by", missing);
  std::vector<estimate> estimates =
      over_domains({domains.codes, domains.labels.size()}, missing, {values}, make);
  std::vector<domain_estimate> out(estimates.size());
  const std::string scope = design.scope();
  for (std::size_t d = 0; d < out.size(); ++d) {
    static_cast<estimate&>(out[d]) = std::move(estimates[d]);
    out[d].by = std::move(domains.labels[d]);
    out[d].scope = scope;
  }
  return out;
}

/// The code of a label, or argument_error with the nearest.
inline std::uint32_t code_of(const label_codes& domains, const std::string& label) {
  std::vector<std::string> names;
  for (std::uint32_t code = 0; code < domains.labels.size(); ++code) {
    if (domains.labels[code].size() == 1 && domains.labels[code].front() == label)
      return code;
    names.push_back(domains.labels[code].front());
  }
  throw argument_error("by: no row is labelled " + detail::quoted(label) + did_you_mean(label, names));
}

} // namespace detail
} // namespace qascore
