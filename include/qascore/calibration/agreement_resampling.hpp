// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../kernel/agreement_resampling.hpp"
#include "agreement_measure.hpp"
#include "rating_table.hpp"

namespace qascore {

/// Bootstrap or jackknife of any coefficient over the units of a table: kernel/agreement_resampling.hpp.
///   qa::resample_agreement(table, {.level = qa::level::ordinal}, {.seed = qa::seed{1}});
inline resampled_agreement resample_agreement(const rating_table& ratings, const measure_options& of,
                                              const resampling_options& options,
                                              const design_view* design = nullptr) {
  const detail::table_measure measure(ratings, of);
  return kernel::resample_agreement(ratings.view(), measure.view(), options, design);
}

} // namespace qascore
