// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../../detail/sum.hpp"
#include "../design_effect.hpp"
#include "../mean.hpp"

namespace qascore::kernel {

QASCORE_INLINE design_effect design_effect_of(const design_view& design, std::span<const double> y) {
  design_effect out;
  const estimate mean = means(design, {}, y, {}).front();
  const estimate variance = variances(design, {}, y, {}).front();
  if (is_missing(mean.std_error) || !variance.is_defined()) {
    out.undefined = is_missing(mean.std_error) ? mean.undefined : variance.undefined;
    return out;
  }
  detail::accurate_sum weight, squares;
  for (std::size_t i = 0; i < y.size(); ++i)
    if (!is_missing(y[i])) {
      weight.add(design.weight_of(i));
      squares.add(design.weight_of(i) * design.weight_of(i));
    }
  const auto n = static_cast<double>(mean.n);
  const double population = weight.value();
  out.kish = n * squares.value() / (population * population);
  out.effective_size = n / out.kish;
  if (variance.value == 0.0) {
    out.undefined = "the column is constant";
    return out;
  }
  out.with_replacement = mean.std_error * mean.std_error / (variance.value / n);
  if (population > n)
    out.without_replacement = out.with_replacement / (1.0 - n / population);
  else
    out.undefined = "the weights sum to no more than the sample: no simple random sample without replacement";
  return out;
}

} // namespace qascore::kernel
