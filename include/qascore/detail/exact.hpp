// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "config.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <numeric>
#include <optional>
#include <span>
#include <vector>

/// Small fractions without rounding: weights and points are decimals written by people, so that a mean of
/// them can be the correctly rounded one.
namespace qascore::detail {

/// A number, and the fraction it stands for as long as that fits: n / d, d > 0, in lowest terms.
class exact_number {
public:
  static constexpr std::int64_t largest = std::int64_t{1} << 50;

  exact_number() = default;
  /// The decimal with at most 9 places that reads as this double, if there is one.
  explicit exact_number(double value) : value_{value} {
    std::int64_t scale = 1;
    for (int places = 0; places <= 9; ++places, scale *= 10) {
      const double scaled = std::nearbyint(value * static_cast<double>(scale));
      if (std::abs(scaled) > static_cast<double>(largest))
        break;
      if (scaled / static_cast<double>(scale) == value) {
        set(static_cast<std::int64_t>(scaled), scale);
        return;
      }
    }
    denominator_ = 0;
  }

  double value() const noexcept { return value_; }
  bool is_exact() const noexcept { return denominator_ != 0; }
  std::int64_t numerator() const noexcept { return numerator_; }
  std::int64_t denominator() const noexcept { return denominator_; }

  friend exact_number operator*(const exact_number& a, const exact_number& b) {
    exact_number out;
    out.value_ = a.value_ * b.value_;
    out.denominator_ = 0;
    if (!a.is_exact() || !b.is_exact())
      return out;
    // Cross-cancelled first, so that the product fits whenever the result does.
    const std::int64_t g1 = std::gcd(std::abs(a.numerator_), b.denominator_);
    const std::int64_t g2 = std::gcd(std::abs(b.numerator_), a.denominator_);
    const auto n = product(a.numerator_ / g1, b.numerator_ / g2);
    const auto d = product(a.denominator_ / g2, b.denominator_ / g1);
    if (n && d)
      out.set(*n, *d);
    return out;
  }
  friend exact_number operator/(const exact_number& a, const exact_number& b) {
    exact_number inverse;
    inverse.value_ = 1.0 / b.value_;
    inverse.denominator_ = 0;
    if (b.is_exact() && b.numerator_ > 0) {
      inverse.numerator_ = b.denominator_;
      inverse.denominator_ = b.numerator_;
    }
    exact_number out = a * inverse;
    if (!out.is_exact())
      out.value_ = a.value_ / b.value_;
    return out;
  }
  friend exact_number operator+(const exact_number& a, const exact_number& b) {
    exact_number out;
    out.value_ = a.value_ + b.value_;
    out.denominator_ = 0;
    if (!a.is_exact() || !b.is_exact())
      return out;
    const auto left = product(a.numerator_, b.denominator_);
    const auto right = product(b.numerator_, a.denominator_);
    const auto d = product(a.denominator_, b.denominator_);
    if (left && right && d && std::abs(*left + *right) <= largest)
      out.set(*left + *right, *d);
    return out;
  }
  friend exact_number operator-(const exact_number& a, const exact_number& b) {
    return a + exact_number(-1.0) * b;
  }

  static std::optional<std::int64_t> product(std::int64_t a, std::int64_t b) {
    if (a != 0 && std::abs(b) > largest / std::abs(a))
      return std::nullopt;
    return a * b;
  }

private:
  void set(std::int64_t n, std::int64_t d) {
    const std::int64_t g = std::gcd(std::abs(n), d);
    numerator_ = n / g;
    denominator_ = d / g;
    value_ = static_cast<double>(numerator_) / static_cast<double>(denominator_);
  }

  double value_ = 0.0;
  std::int64_t numerator_ = 0;
  std::int64_t denominator_ = 1; // 0: the fraction does not fit
};

/// Numbers >= 0 as integers in the same proportions, whose sums (at most `total` on the scale of the numbers)
/// stay below 2^50: the smallest such integers, or, with `fill`, these times the largest power of two. Where
/// the common denominator does not fit, each number is rounded to the finest scale (by at most 1e-15 of the
/// total), and `exact` turns false.
inline std::vector<std::int64_t> on_integer_scale(std::span<const exact_number> numbers, double total,
                                                  bool fill, bool& exact) {
  constexpr double ceiling = static_cast<double>(exact_number::largest);
  std::int64_t common = 1; // denominator; 0: none that fits
  for (const auto& number : numbers)
    if (common != 0)
      common = number.is_exact() ? exact_number::product(common / std::gcd(common, number.denominator()),
                                                         number.denominator())
                                       .value_or(0)
                                 : 0;
  if (total * static_cast<double>(common) > ceiling)
    common = 0;
  exact = exact && common != 0;

  std::vector<std::int64_t> out;
  out.reserve(numbers.size());
  double factor = 1.0; // from numbers to integers
  if (common != 0) {
    std::int64_t divisor = 0;
    for (const auto& number : numbers)
      divisor = std::gcd(divisor, out.emplace_back(number.numerator() * (common / number.denominator())));
    divisor = std::max<std::int64_t>(divisor, 1);
    for (auto& number : out)
      number /= divisor;
    factor = static_cast<double>(common) / static_cast<double>(divisor);
  }
  if (common == 0 || fill) {
    std::int64_t shift = 1;
    while (common == 0 && total * factor > ceiling)
      factor /= 2.0;
    for (; total > 0.0 && total * factor * 2.0 <= ceiling; factor *= 2.0)
      if (common != 0) // else the numbers may be as small as doubles are
        shift *= 2;
    for (std::size_t i = 0; i < numbers.size(); ++i)
      if (common == 0)
        out.push_back(std::llround(numbers[i].value() * factor));
      else
        out[i] *= shift;
  }
  return out;
}

} // namespace qascore::detail
