// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../core/design_view.hpp"
#include "../core/estimate.hpp"
#include "../detail/config.hpp"
#include "inference.hpp"
#include "variance.hpp"

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <vector>

/// Domains: parts of the population to estimate for (a queue, an agent), as dense codes per unit. All domains
/// cost one pass together.
namespace qascore::kernel {

/// Which unit is in which domain: `code` per unit (missing_code: in none), 0..count-1; empty: all units in
/// one domain.
struct domain_view {
  std::span<const std::uint32_t> code;
  std::size_t count = 1;
  std::span<const double> variance{}; ///< per domain, in place of the engine's: from replicates; NaN where there is none
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

/// A design whose units without a value leave their weight to the others of their stratum, where population
/// counts are known or the sample is a Poisson sample (whose chances then shrink as weights grow): w_i * sum w / sum w of those with a value, which is N_h / r_h for units of equal weight. It
/// takes values to be missing at random within strata. Without counts the weights stay, and so do weights that were
/// calibrated: they hold known totals with all units. The given view's spans
/// must outlive this.
class answered_design {
public:
  answered_design(const design_view& design, std::span<const double> values);
  answered_design(const answered_design&) = delete;
  answered_design& operator=(const answered_design&) = delete;
  const design_view& view() const noexcept { return view_; }

private:
  design_view view_;
  std::vector<double> weight_, chance_;
};

/// Domains with a unit in a stratum that was sampled but has no value at all (NaN), 1 or 0 each; empty where there is no
/// such stratum. Where units without a value leave their weight to the others of their stratum, there are no others: the
/// rest of the sample says nothing of that part of the population.
std::vector<char> silent_domains(const design_view& design, const domain_view& domain, std::span<const double> values);
inline constexpr const char* silent_stratum =
    "a stratum was sampled but none of its units has a value: the others say nothing of it";

/// The units that answered a question, and what `missing` says of those that did not: the weight of each stratum goes to those
/// that did, or the question does not apply to the others and nothing stands for them. `gaps`: NaN for each unit without an
/// answer; empty: all have one. The spans given must outlive this.
class answered_rows {
public:
  answered_rows(const design_view& given, std::span<const double> gaps, missing_rows missing)
      : given_{given}, unanswered_{missing == missing_rows::domain ? std::span<const double>{} : gaps},
        answered_{given, unanswered_} {}

  const design_view& design() const noexcept { return answered_.view(); }
  /// NaN for each unit that should have answered and did not; empty where that is none.
  std::span<const double> unanswered() const noexcept { return unanswered_; }
  /// Why the answers say nothing of the whole; empty if they do.
  std::string obstacle() const {
    return silent_domains(given_, {}, unanswered_).empty() ? "" : silent_stratum;
  }
  variance_engine engine() const { return variance_engine(design(), unanswered_); }
  /// A variance from the engine: where units are without an answer, a sample of everything is no census.
  design_variance of_answers(design_variance spread) const {
    spread.census = spread.census && unanswered_.empty();
    return spread;
  }

private:
  design_view given_;
  std::span<const double> unanswered_;
  answered_design answered_;
};

/// Throws argument_error where lengths differ, or there are 2^32 units or more.
void check_domains(const domain_view& domain, std::size_t units);

/// The variance of a domain from replicates, where there are any, in place of the engine's.
void take_replicates(const domain_view& domain, std::size_t at, design_variance& spread);

/// Throws as check_domains.
domain_rows group_by_domain(const domain_view& domain, std::span<const double> values);

/// The domains without the units that have a gap in one of the columns, which become 0 there: the part of the
/// population to which a question applies (missing_rows::domain).
std::vector<std::uint32_t> leave_out_gaps(const domain_view& domain,
                                          std::span<const std::span<double>> columns);

/// One estimate per domain. `linearise(rows, influence)` returns the value for the rows and fills their
/// influence values; `finish(value, spread, rows, engine)` makes the estimate. A domain without a value is
/// undefined. Units without a value are no domain but a smaller sample: the finite-population correction and
/// the df count the units that have one, and only a domain without gaps can be a census.
template <class Linearise, class Finish>
std::vector<estimate> estimate_domains(const design_view& design, const domain_view& domain,
                                       std::span<const double> values, const Linearise& linearise,
                                       const Finish& finish) {
  const domain_rows grouped = group_by_domain(domain, values);
  const std::vector<char> silent = silent_domains(design, domain, values);
  variance_engine engine(design, values);
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
    } else if (!silent.empty() && silent[d] != 0) {
      spread.undefined = silent_stratum;
    } else {
      value = linearise(rows, std::span<double>(influence));
      spread = engine.of_rows(rows, influence);
      spread.census = spread.census && grouped.missing[d] == 0;
      take_replicates(domain, d, spread);
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
