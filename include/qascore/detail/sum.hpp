// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "config.hpp"

/// Sums that do not depend on the order of their terms.
namespace qascore::detail {

/// A sum carried in twice the precision of double and rounded once at the end: the same for every order of
/// the terms (unless the exact sum lies within about 1e-32 of the sum of magnitudes from where rounding
/// changes), and stable at any offset. Source: Ogita, Rump and Oishi (2005), SIAM Journal on Scientific
/// Computing 26, 1955-1988 (algorithm Sum2), doi:10.1137/030601818.
class accurate_sum {
public:
  constexpr void add(double term) noexcept {
    const double sum = high_ + term;
    const double back = sum - high_;
    low_ += (high_ - (sum - back)) + (term - back);
    high_ = sum;
  }
  /// Adds the terms of another sum.
  constexpr void add(const accurate_sum& other) noexcept {
    add(other.high_);
    low_ += other.low_;
  }
  constexpr double value() const noexcept { return high_ + low_; }

private:
  double high_ = 0.0;
  double low_ = 0.0;
};

} // namespace qascore::detail
