// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../core/error.hpp"
#include "../core/label.hpp"

#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace qascore {

/// Names a stratum: one label per strata column. `"phone"`, `3`, or `{"phone", "gold"}` for two columns.
struct stratum_key {
  std::vector<std::string> labels;

  template <label_type Label>
  stratum_key(const Label& label)
      : labels{label_text(label)} {} // implicit: keys are written as plain labels
  stratum_key(std::initializer_list<std::string> several)
      : labels(several) {}
  explicit stratum_key(std::vector<std::string> several)
      : labels(std::move(several)) {}

  friend bool operator==(const stratum_key&, const stratum_key&) = default;
  friend bool operator<(const stratum_key& a, const stratum_key& b) { return a.labels < b.labels; }
};

/// A number for each stratum that is named.
template <class Number>
using by_stratum = std::map<stratum_key, Number>;

/// A count that is the same for all strata (`5`), or given for some (`{{"phone", 5}, {"chat", 2}}`).
class stratum_counts {
public:
  stratum_counts() = default;
  template <std::integral Count>
  stratum_counts(Count all)
      : all_{checked(all)} {}
  stratum_counts(by_stratum<std::uint64_t> some)
      : some_{std::move(some)} {}
  stratum_counts(std::initializer_list<by_stratum<std::uint64_t>::value_type> some)
      : some_(some) {}

  bool empty() const noexcept { return !all_ && some_.empty(); }
  const std::optional<std::uint64_t>& all() const noexcept { return all_; }
  const by_stratum<std::uint64_t>& some() const noexcept { return some_; }

private:
  template <std::integral Count>
  static std::uint64_t checked(Count count) {
    if constexpr (std::signed_integral<Count>)
      if (count < 0)
        throw argument_error("stratum count: expected a whole number >= 0 but found " +
                             std::to_string(count));
    return static_cast<std::uint64_t>(count);
  }

  std::optional<std::uint64_t> all_;
  by_stratum<std::uint64_t> some_;
};

} // namespace qascore
