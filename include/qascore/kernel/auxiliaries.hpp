// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../core/calibration_step.hpp"
#include "../detail/config.hpp"

#include <cstddef>
#include <span>
#include <vector>

/// Auxiliary variables whose population totals are known: as an orthonormal basis, and out of influence values.
namespace qascore::kernel {

/// Columns with their totals, made orthonormal one after the other in the inner product sum w_i a_i b_i (Gram-Schmidt,
/// twice, with accurate sums: the same for every order of units but for rounding).
struct auxiliary_basis {
  std::vector<double> basis;        ///< columns one after the other
  std::vector<double> target;       ///< the totals in the basis
  std::size_t columns = 0;          ///< fewer than given where some depend on others
  std::size_t contradicted = 0;     ///< the first column that depends on earlier ones but not in its total
  double implied = 0.0;             ///< what the earlier totals make of that column's
  bool contradiction = false;
};
auxiliary_basis basis_of(std::span<const double> weight, std::span<const std::vector<double>> columns,
                         std::span<const double> totals);

/// Replaces u by its residuals from the step's auxiliaries under the weights before the step:
/// u_i - x_i sum_c w u / sum_c w x in cells with measure x, u_i - sum_j q_ij sum_k w_k q_kj u_k by a basis.
void take_out_auxiliaries(const calibration_step& step, std::span<double> u);

} // namespace qascore::kernel

#if !defined(QASCORE_COMPILED)
#include "impl/auxiliaries.ipp"
#endif
