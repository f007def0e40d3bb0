// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../core/design_view.hpp"
#include "../core/estimate.hpp"
#include "../detail/config.hpp"
#include "correlation.hpp"
#include "domain.hpp"
#include "variance.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

/// All correlations of several columns at once, from which partial correlations, differences of correlations and shares
/// of explained variance follow, each with its influence values.
namespace qascore::kernel {

/// The matrix R of the correlations of complete rows, with what each row does to it. Any smooth function f of R has the influence
///
///   u_i = sum over a, b of G_ab u_ab,i,   G_ab = d f / d R_ab,  u_ab,i the influence of row i on R_ab
///
/// so that a function needs no variance formula of its own. Kinds of correlation: Pearson's, Spearman's, Kendall's tau-b.
class correlation_system {
public:
  /// Rows with a gap in any column take no part; `missing` says what that means, as in correlate(). The spans must
  /// outlive the system. Throws argument_error where lengths differ and for another kind of correlation.
  correlation_system(const design_view& design, std::span<const std::span<const double>> columns,
                     correlation_method method, missing_rows missing);
  correlation_system(const correlation_system&) = delete;
  correlation_system& operator=(const correlation_system&) = delete;

  std::size_t columns() const noexcept { return columns_; }
  std::size_t rows() const noexcept { return rows_.size(); }
  std::size_t missing() const noexcept { return units_ - rows_.size(); }
  bool independent() const noexcept { return independent_; }
  /// Why there is no matrix; empty where there is one. `constant` is then the column that does not vary, or columns().
  const std::string& undefined() const noexcept { return undefined_; }
  std::size_t constant() const noexcept { return constant_; }

  double operator()(std::size_t a, std::size_t b) const noexcept { return matrix_[a * columns_ + b]; }
  std::span<const double> matrix() const noexcept { return matrix_; }

  /// Per unit of the design, 0 for those that take no part; `gradient` has columns() * columns() values, row-major, and may
  /// be lopsided.
  std::vector<double> influence(std::span<const double> gradient) const;
  /// The design's variance of an estimate with these influence values.
  design_variance variance(std::span<const double> influence) const;
  /// What its interval is held to: the least of all pairs of columns.
  const df_limit& limit() const noexcept { return limit_; }

private:
  std::size_t columns_, units_, constant_;
  bool independent_;
  std::vector<double> gaps_;           ///< NaN for rows that take no part; empty where all do
  answered_rows answered_;
  std::vector<std::uint32_t> rows_;
  std::vector<double> matrix_;
  std::vector<std::vector<double>> parts_; ///< influence on R_ab, a < b
  std::string undefined_;
  df_limit limit_;
};

} // namespace qascore::kernel

#if !defined(QASCORE_COMPILED)
#include "impl/correlation_system.ipp"
#endif
