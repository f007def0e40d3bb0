// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../core/confidence.hpp"
#include "../core/error.hpp"
#include "../core/interval.hpp"
#include "../detail/format.hpp"
#include "../detail/percent.hpp"
#include "../kernel/distribution.hpp"
#include "../kernel/sample_size.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// How many conversations to draw for a wanted precision: the answer, and how it came about.
namespace qascore {

/// One step of a sample size.
struct size_step {
  std::string name;   ///< initial, design_effect, finite_population, assurance, response
  double n;           ///< after it
  std::string reason; ///< in plain words
  friend bool operator==(const size_step&, const size_step&) = default;
};

/// The answer of the sample_size_for_ functions.
struct sample_size {
  std::string purpose;                     ///< in plain words
  std::string method;                      ///< formula
  confidence_level confidence;             ///< of the interval, or 1 minus the size of the test
  std::uint64_t n = 0;                     ///< conversations to draw: the last step, rounded up
  std::optional<std::uint64_t> n_second{}; ///< of the second sample, for a difference
  std::vector<size_step> steps{};          ///< initial, design_effect, finite_population, response: always
  std::optional<interval> expected{}; ///< limits that the interval is expected to have, before adjustments

  /// The step of that name. Throws argument_error if there is none.
  const size_step& step(std::string_view name) const {
    for (const size_step& one : steps)
      if (one.name == name)
        return one;
    throw argument_error("step: no step " + detail::quoted(name) + " in this sample size");
  }
};

/// When real numbers become whole ones.
enum class size_rounding {
  once,      ///< up, at the end (default)
  every_step ///< up, after every step: never smaller
};

/// What comes between the size for a simple random sample of a large population and the conversations to
/// draw.
struct size_adjustments {
  std::optional<std::uint64_t> population{}; ///< how many conversations there are; default: very many
  double design_effect = 1.0; ///< variance under the design over that of simple random sampling
  double response_rate = 1.0; ///< fraction of the drawn conversations that can be evaluated
  size_rounding rounding = size_rounding::once;
};

namespace detail_size {

inline std::string text(double x) {
  return detail::format_number(x);
}

inline void require(bool allowed, const char* argument, const char* expected, double found) {
  if (!allowed)
    throw argument_error(std::string(argument) + ": expected " + expected + " but found " + text(found));
}

inline void require_positive(const char* argument, double found) {
  require(found > 0.0 && !std::isinf(found), argument, "a number > 0", found);
}

/// A fraction between 0 and 1; 1 itself only where `one_allowed`.
inline void require_fraction(const char* argument, double found, bool one_allowed = false) {
  if (found > 0.0 && (found < 1.0 || (one_allowed && found == 1.0)))
    return;
  throw argument_error(std::string(argument) + ": expected a fraction " +
                       (one_allowed ? "above 0 up to 1" : "between 0 and 1") + " but found " + text(found) +
                       detail::percent_hint(found));
}

inline void require_one(bool first, bool second, const char* names) {
  if (first == second)
    throw argument_error(std::string("expected exactly one of ") + names + " but found " +
                         (first ? "both" : "none"));
}

/// Quantile of the normal for a two-sided interval.
inline double z_of(confidence_level confidence) {
  return kernel::normal_quantile(confidence.upper_tail());
}

/// Up to the next whole number; errors in the last places are not a unit more.
inline double up(double n) {
  return std::max(1.0, std::ceil(n * (1.0 - 1e-12)));
}

/// Adds steps to an answer, rounding as asked.
class stepper {
public:
  stepper(sample_size& answer, size_rounding rounding) : answer_{answer}, rounding_{rounding} {}

  void operator()(const char* name, double n, std::string reason) {
    last_ = rounding_ == size_rounding::every_step ? up(n) : n;
    answer_.steps.push_back({name, last_, std::move(reason)});
  }
  double last() const noexcept { return last_; }

private:
  sample_size& answer_;
  size_rounding rounding_;
  double last_ = 0.0;
};

inline void check(const size_adjustments& with) {
  if (with.population && *with.population == 0)
    throw argument_error("population: expected a whole number >= 1 but found 0");
  require_positive("design_effect", with.design_effect);
  require_fraction("response_rate", with.response_rate, true);
}

/// From the first size to the conversations to draw. `between` adds a step of its own after the finite
/// population.
template <class Between>
void finish(sample_size& answer, double initial, std::string reason, const size_adjustments& with,
            bool divisor_is_population, const Between& between) {
  check(with);
  stepper step(answer, with.rounding);
  step("initial", initial, std::move(reason));
  step("design_effect", step.last() * with.design_effect,
       with.design_effect == 1.0 ? "no design effect: as in a simple random sample"
                                 : "times " + text(with.design_effect) + ", the design effect");
  if (with.population) {
    const auto all = static_cast<double>(*with.population);
    step("finite_population", kernel::size_in_population(step.last(), all, divisor_is_population),
         "of " + text(all) + " conversations in all: " +
             (divisor_is_population ? "n / (1 + (n - 1) / N)" : "n / (1 + n / N)"));
  } else {
    step("finite_population", step.last(), "no population given: taken as very large");
  }
  between(step);
  step("response", step.last() / with.response_rate,
       with.response_rate == 1.0 ? "every drawn conversation can be evaluated"
                                 : "divided by " + text(with.response_rate) +
                                       ", the fraction of drawn conversations that can be evaluated");
  const double drawn = up(step.last());
  if (with.population && drawn > static_cast<double>(*with.population))
    throw design_error("population: " + text(drawn) + " conversations would have to be drawn but there are " +
                       std::to_string(*with.population) +
                       "; with all of them drawn, the response_rate must be at least " +
                       text(step.last() * with.response_rate / static_cast<double>(*with.population)));
  require(drawn < 9e15, "margin", "one that a sample can reach; the size", drawn);
  answer.n = static_cast<std::uint64_t>(drawn);
}

inline void finish(sample_size& answer, double initial, std::string reason, const size_adjustments& with,
                   bool divisor_is_population) {
  finish(answer, initial, std::move(reason), with, divisor_is_population, [](stepper&) {});
}

/// 1 minus the level without the errors of that subtraction.
inline std::string test_size(confidence_level confidence) {
  return text(std::round((1.0 - confidence.value()) * 1e12) / 1e12);
}

inline std::string level_text(confidence_level confidence) {
  return text(std::round(confidence.value() * 1e12) / 1e10) + "%";
}

} // namespace detail_size

/// The answer as text: what for, each step with its reason, what to draw.
inline std::string to_text(const sample_size& size) {
  const auto n = [](double value) { return detail::format_number(std::round(value * 100.0) / 100.0); };
  std::string out = size.purpose + "\n";
  for (const size_step& one : size.steps)
    out += "  " + n(one.n) + "  " + one.name + ": " + one.reason + "\n";
  out += "draw " + std::to_string(size.n);
  if (size.n_second)
    out += " and " + std::to_string(*size.n_second);
  return out + " conversations\n";
}

} // namespace qascore
