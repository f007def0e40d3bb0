// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../ordinal_link.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

/// The probability of one category of a cumulative link model, with derivatives.
namespace qascore::kernel::detail_ordinal {

/// A distribution function with the derivatives of its density, at one end of a category; all 0 beyond the last.
struct tail {
  double below = 0.0, above = 0.0; ///< F(x), 1 - F(x)
  double f0 = 0.0, f1 = 0.0, f2 = 0.0;
};

inline tail tail_at(double x, ordinal_link link) {
  tail out;
  if (link == ordinal_link::logit) {
    const double small = std::exp(-std::abs(x));
    const double near = 1.0 / (1.0 + small), far = small * near;
    out.below = x >= 0.0 ? near : far;
    out.above = x >= 0.0 ? far : near;
    out.f0 = near * far;
    out.f1 = out.f0 * (out.above - out.below);
    out.f2 = out.f0 * (1.0 - 6.0 * out.f0);
  } else {
    out.below = 0.5 * std::erfc(-x / std::numbers::sqrt2);
    out.above = 0.5 * std::erfc(x / std::numbers::sqrt2);
    out.f0 = std::exp(-0.5 * x * x) * std::numbers::inv_sqrtpi / std::numbers::sqrt2;
    out.f1 = -x * out.f0;
    out.f2 = (x * x - 1.0) * out.f0;
  }
  return out;
}

/// log P of a category between its ends u and l on the latent scale, with derivatives in both. Of higher order only what
/// moves both ends: l1, l2, l3 are derivatives where both move alike, l1u the derivative of l1 in u, and so on.
struct cell {
  double value, du, dl, duu, dul, dll;
  double l1, l2, l3, l1u, l1l, l2u, l2l;
};

/// `top`, `bottom`: the category has no end above, below.
inline cell cell_of(double u, double l, bool top, bool bottom, ordinal_link link = ordinal_link::logit) {
  tail above{1.0, 0.0, 0.0, 0.0, 0.0}, below{0.0, 1.0, 0.0, 0.0, 0.0};
  if (!top)
    above = tail_at(u, link);
  if (!bottom)
    below = tail_at(l, link);
  // F(u) - F(l) without cancellation far out.
  double p = top                           ? below.above
             : bottom                      ? above.below
             : link == ordinal_link::logit ? above.below * below.above * -std::expm1(l - u)
             : l > 0.0                     ? below.above - above.above
                                           : above.below - below.below;
  p = std::max(p, 1e-300);
  const double ru = above.f0 / p, rl = below.f0 / p, su = above.f1 / p, sl = below.f1 / p;
  const double tu = above.f2 / p, tl = below.f2 / p;
  const double m1 = ru - rl, m2 = su - sl;
  cell out{};
  out.value = std::log(p);
  out.du = ru;
  out.dl = -rl;
  out.duu = su - ru * ru;
  out.dll = -sl - rl * rl;
  out.dul = ru * rl;
  out.l1 = m1;
  out.l2 = m2 - m1 * m1;
  out.l3 = tu - tl - 3.0 * m1 * m2 + 2.0 * m1 * m1 * m1;
  out.l1u = su - ru * m1;
  out.l1l = -(sl - rl * m1);
  out.l2u = tu - ru * m2 - 2.0 * m1 * (su - ru * m1);
  out.l2l = -(tl - rl * m2 - 2.0 * m1 * (sl - rl * m1));
  return out;
}

} // namespace qascore::kernel::detail_ordinal
