// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <qascore/core/design_view.hpp>
#include <qascore/kernel/regression.hpp>

#include <span>
#include <vector>

/// A regression in one line, for its tests.
namespace qascore::test {

using column = std::vector<double>;

/// Units that have nothing but weights.
inline design_view weighted(const column& weight) {
  design_view view = independent_units(weight.size());
  view.weight = weight;
  return view;
}

template <class Fit, class... Columns>
auto fit(const Fit& how, const design_view& design, const column& y, const kernel::regression_options& options,
         const Columns&... columns) {
  const std::vector<std::span<const double>> spans{columns...};
  return how(design, y, spans, options);
}

} // namespace qascore::test
