// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../../core/error.hpp"
#include "../distribution.hpp"
#include "../inference.hpp"
#include "../partial_correlation.hpp"

#include <Eigen/Dense>

#include <cmath>
#include <limits>
#include <string_view>

namespace qascore::kernel {
namespace detail_partial {

inline constexpr const char* determined = "the covariates determine one of the columns, or each other";

/// A correlation matrix as Eigen has it.
inline Eigen::MatrixXd matrix_of(const correlation_system& of) {
  const auto size = static_cast<Eigen::Index>(of.columns());
  return Eigen::Map<const Eigen::MatrixXd>(of.matrix().data(), size, size);
}

/// The inverse, or nothing where a column is a combination of others, to 1 in 1e12 of its variance.
inline bool invert(const Eigen::MatrixXd& matrix, Eigen::MatrixXd& inverse) {
  const Eigen::LLT<Eigen::MatrixXd> factor(matrix);
  if (factor.info() != Eigen::Success || !(factor.matrixLLT().diagonal().minCoeff() > 1e-6))
    return false;
  inverse = factor.solve(Eigen::MatrixXd::Identity(matrix.rows(), matrix.cols()));
  return true;
}

/// A value with its derivatives in the entries of the correlation matrix.
struct function_of_matrix {
  double value = missing_value;
  Eigen::MatrixXd gradient;
  bool defined = false;
};

/// Columns 0 and 1 at given values of the others.
inline function_of_matrix partial(const Eigen::MatrixXd& r, partial_kind kind) {
  function_of_matrix out;
  Eigen::MatrixXd p;
  if (!invert(r, p))
    return out;
  const double scale = std::sqrt(p(0, 0) * p(1, 1)), rho = -p(0, 1) / scale;
  // d P = -P (d R) P.
  const Eigen::VectorXd px = p.col(0), py = p.col(1);
  out.gradient = px * py.transpose() / scale +
                 0.5 * rho * (px * px.transpose() / p(0, 0) + py * py.transpose() / p(1, 1));
  out.value = rho;
  out.defined = true;
  if (kind == partial_kind::both)
    return out;
  // 1 / Q_kk is what the covariates leave of the column that stays as it is.
  const Eigen::Index kept = kind == partial_kind::from_y ? 0 : 1;
  std::vector<Eigen::Index> others;
  for (Eigen::Index j = 0; j < r.rows(); ++j)
    if (j != 1 - kept)
      others.push_back(j);
  const auto size = static_cast<Eigen::Index>(others.size());
  Eigen::MatrixXd rest(size, size), q;
  for (Eigen::Index a = 0; a < size; ++a)
    for (Eigen::Index b = 0; b < size; ++b)
      rest(a, b) = r(others[static_cast<std::size_t>(a)], others[static_cast<std::size_t>(b)]);
  if (!invert(rest, q)) {
    out.defined = false;
    return out;
  }
  const double root = std::sqrt(q(0, 0)); // the kept column comes first among the others
  out.gradient /= root;
  for (Eigen::Index a = 0; a < size; ++a)
    for (Eigen::Index b = 0; b < size; ++b)
      out.gradient(others[static_cast<std::size_t>(a)], others[static_cast<std::size_t>(b)]) +=
          0.5 * rho / (root * q(0, 0)) * q(0, a) * q(0, b);
  out.value = rho / root;
  return out;
}

inline std::string_view name_of(partial_kind kind, bool independent) {
  if (kind == partial_kind::both)
    return independent ? "partial correlation, independent rows" : "partial correlation, sample design";
  return independent ? "semi-partial correlation, independent rows"
                     : "semi-partial correlation, sample design";
}

} // namespace detail_partial

QASCORE_INLINE tested_estimate partial_correlation(const design_view& design, std::span<const double> x,
                                                   std::span<const double> y,
                                                   std::span<const std::span<const double>> given,
                                                   const partial_options& options) {
  using namespace detail_partial;
  const bool independent = is_independent(design), ranked = options.method == correlation_method::spearman,
             formula = ranked || options.method == correlation_method::pearson;
  if (options.interval == correlation_interval::asymptotic)
    throw argument_error("interval: expected automatic, closed_form or linearised");
  if (options.interval == correlation_interval::closed_form && !(independent && formula))
    throw argument_error(
        "interval: closed_form holds for Pearson and Spearman of independent rows only; choose linearised");
  const bool classical = independent && formula && options.interval != correlation_interval::linearised;

  std::vector<std::span<const double>> columns{x, y};
  columns.insert(columns.end(), given.begin(), given.end());
  const correlation_system system(design, columns, options.method, options.missing);
  const auto n = static_cast<double>(system.rows()), k = static_cast<double>(given.size());
  design_variance spread;
  spread.undefined = system.undefined();
  function_of_matrix found;
  if (spread.undefined.empty()) {
    if (n < k + 4.0)
      spread.undefined = "fewer than 4 complete rows more than covariates";
    else if (found = partial(matrix_of(system), options.kind); !found.defined)
      spread.undefined = determined;
    else
      spread = system.variance(system.influence(
          std::span<const double>(found.gradient.data(), static_cast<std::size_t>(found.gradient.size()))));
  }
  if (!classical)
    spread.limit_df(system.limit());
  inference_options limits;
  limits.confidence = options.confidence;
  limits.scale = interval_scale::fisher_z;
  limits.method = name_of(options.kind, independent);
  limits.n = system.rows();
  tested_estimate out;
  static_cast<estimate&>(out) = infer(found.defined ? found.value : missing_value, spread, limits);
  out.missing = system.missing();
  if (!found.defined || is_missing(out.low) || spread.census)
    return out;
  const double r = found.value;
  if (!classical) {
    out.test.statistic = std::atanh(r) * (1.0 - r) * (1.0 + r) / out.std_error;
    out.test.df1 = spread.df;
    out.test.p_value = student_t_p_value(out.test.statistic, out.test.df1);
    return out;
  }
  const double half = normal_quantile(options.confidence.upper_tail()) *
                      std::sqrt((ranked ? 1.0 + 0.5 * r * r : 1.0) / (n - k - 3.0));
  out.low = std::tanh(std::atanh(r) - half);
  out.high = std::tanh(std::atanh(r) + half);
  out.df = std::numeric_limits<double>::infinity();
  out.interval_method = ranked ? "Fisher z, Bonett-Wright" : "Fisher z";
  out.test.df1 = n - 2.0 - k;
  out.test.statistic = r * std::sqrt(out.test.df1 / ((1.0 - r) * (1.0 + r)));
  out.test.p_value = student_t_p_value(out.test.statistic, out.test.df1);
  return out;
}

QASCORE_INLINE partial_matrix partial_correlations(const design_view& design,
                                                   std::span<const std::span<const double>> columns,
                                                   correlation_method method, missing_rows missing) {
  using namespace detail_partial;
  const correlation_system system(design, columns, method, missing);
  partial_matrix out;
  out.n = system.rows();
  out.missing = system.missing();
  out.undefined = system.undefined();
  out.value.assign(columns.size() * columns.size(), missing_value);
  Eigen::MatrixXd p;
  if (out.undefined.empty() && !invert(matrix_of(system), p))
    out.undefined = "a column is a combination of the others";
  if (!out.undefined.empty())
    return out;
  const auto place = [&](Eigen::Index a, Eigen::Index b) {
    return static_cast<std::size_t>(a * p.cols() + b);
  };
  for (Eigen::Index a = 0; a < p.rows(); ++a) {
    out.value[place(a, a)] = 1.0;
    for (Eigen::Index b = 0; b < a; ++b)
      out.value[place(a, b)] = out.value[place(b, a)] = -p(a, b) / std::sqrt(p(a, a) * p(b, b));
  }
  return out;
}

} // namespace qascore::kernel
