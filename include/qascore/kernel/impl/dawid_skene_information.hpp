// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../../core/missing.hpp"
#include "../ratings.hpp"

#include <Eigen/Dense>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace qascore::kernel::detail_dawid_skene {

/// Probabilities nearer to 0 or 1 lie on the border: they do not vary, and have no standard error.
inline constexpr double border = 1e-6;
inline constexpr Eigen::Index most_free = 2'000;

/// What is known of the model's probabilities together: the inverse of the observed information, after Louis (1982).
///
/// Every vector of probabilities (the shares; what a rater says of one true category) is a softmax of its cells, the largest of
/// them fixed, those on the border left out. With g_i(k) the derivative of unit i's log-likelihood if its category were k,
///
///   I = sum over units of E(-second derivative) - sum over units of Var(g_i(k)),  k by the posterior
///
/// the information there would be with the categories known, less what not knowing them costs.
class information {
public:
  /// `who`: the rater of each rating; `prior` and `confusion` as in the result, `posterior` by profile.
  information(const rating_view& ratings, std::span<const std::uint32_t> who, std::size_t raters,
              std::span<const double> prior, std::span<const double> confusion,
              std::span<const double> posterior, double smoothing)
      : q_{prior.size()}, at_(prior.begin(), prior.end()) {
    at_.insert(at_.end(), confusion.begin(), confusion.end());
    name_parameters(mass_of(ratings, who, raters, posterior));
    if (free_ > most_free) {
      undefined_ = "more than " + std::to_string(most_free) + " free probabilities";
      return;
    }
    if (free_ == 0)
      return;
    Eigen::MatrixXd found = Eigen::MatrixXd::Zero(free_, free_);
    add_known(found, smoothing);
    subtract_unknown(found, ratings, who, posterior);
    invert(found);
  }

  const std::string& undefined() const noexcept { return undefined_; }

  /// Variance of sum_c by_c p_c, cells as (cell, by): q cells of the shares, then those of raters x true x said. 0: all of them
  /// lie on the border.
  double variance(std::span<const std::pair<std::size_t, double>> by) const {
    if (free_ == 0)
      return 0.0;
    std::vector<std::pair<Eigen::Index, double>> slope;
    for (const auto& [cell, times] : by) {
      const std::size_t row = cell / q_ * q_;      // softmax: nothing of a cell on the border moves
      for (std::size_t c = row; c < row + q_; ++c) // of a softmax: p_c (1 - p_c), -p_c p_d
        if (parameter_[c] != none)
          slope.emplace_back(parameter_[c], times * at_[cell] * ((c == cell ? 1.0 : 0.0) - at_[c]));
    }
    double out = 0.0;
    for (const auto& [i, a] : slope)
      for (const auto& [j, b] : slope)
        out += a * b * inverse_(i, j);
    return std::max(out, 0.0); // what cannot vary may come out as less by rounding
  }

  /// Whether any unit may be of a vector's category: 0 the shares, 1 + rater * q + true.
  bool is_met(std::size_t row) const noexcept { return mass_[row] > border; }

private:
  static constexpr Eigen::Index none = -1;

  /// Expected number of units (first q) and of ratings (raters x true), each with a probability vector of its own.
  std::vector<double> mass_of(const rating_view& ratings, std::span<const std::uint32_t> who,
                              std::size_t raters, std::span<const double> posterior) const {
    std::vector<double> out(1 + raters * q_, 0.0);
    for (std::size_t p = 0; p < ratings.profiles(); ++p) {
      if (ratings.count(p) == 0)
        continue;
      out[0] += ratings.multiplicity[p];
      for (std::size_t k = 0; k < q_; ++k)
        for (std::size_t i = ratings.begin[p]; i < ratings.begin[p + 1]; ++i)
          out[1 + who[i] * q_ + k] += ratings.multiplicity[p] * posterior[p * q_ + k];
    }
    return out;
  }

  void name_parameters(std::vector<double> mass) {
    mass_ = std::move(mass);
    parameter_.assign(at_.size(), none);
    for (std::size_t row = 0; row < mass_.size(); ++row) {
      if (!(mass_[row] > border))
        continue;
      const std::size_t first = row * q_;
      std::size_t largest = first;
      for (std::size_t c = first; c < first + q_; ++c)
        largest = at_[c] > at_[largest] ? c : largest;
      for (std::size_t c = first; c < first + q_; ++c)
        if (c != largest && at_[c] > border)
          parameter_[c] = free_++;
    }
  }

  /// As if the true categories were known: n (diag p - p p') of each vector; smoothing adds its ratings to n.
  void add_known(Eigen::MatrixXd& found, double smoothing) const {
    for (std::size_t row = 0; row < mass_.size(); ++row) {
      const std::size_t first = row * q_;
      const double n = mass_[row] + (row > 0 ? smoothing * static_cast<double>(q_) : 0.0);
      for (std::size_t c = first; c < first + q_; ++c)
        for (std::size_t d = first; d <= c; ++d)
          if (parameter_[c] != none && parameter_[d] != none)
            found(parameter_[c], parameter_[d]) += n * at_[c] * ((c == d ? 1.0 : 0.0) - at_[d]);
    }
  }

  void subtract_unknown(Eigen::MatrixXd& found, const rating_view& ratings,
                        std::span<const std::uint32_t> who, std::span<const double> posterior) const {
    std::vector<double> of_category(static_cast<std::size_t>(free_), 0.0), mean = of_category;
    std::vector<Eigen::Index> touched, all;
    const auto add = [&](std::size_t row, std::size_t said) {
      for (std::size_t c = row * q_; c < (row + 1) * q_; ++c)
        if (parameter_[c] != none) {
          of_category[static_cast<std::size_t>(parameter_[c])] += (c == row * q_ + said ? 1.0 : 0.0) - at_[c];
          touched.push_back(parameter_[c]);
        }
    };
    const auto spread = [&](std::vector<double>& g, std::vector<Eigen::Index>& of, double times) {
      std::ranges::sort(of);
      of.erase(std::unique(of.begin(), of.end()), of.end());
      for (std::size_t i = 0; i < of.size(); ++i)
        for (std::size_t j = 0; j <= i; ++j)
          found(of[i], of[j]) +=
              times * g[static_cast<std::size_t>(of[i])] * g[static_cast<std::size_t>(of[j])];
    };
    for (std::size_t p = 0; p < ratings.profiles(); ++p) {
      if (ratings.count(p) == 0)
        continue;
      for (std::size_t k = 0; k < q_; ++k) {
        const double t = posterior[p * q_ + k];
        if (!(t > 0.0))
          continue;
        add(0, k);
        for (std::size_t i = ratings.begin[p]; i < ratings.begin[p + 1]; ++i)
          add(1 + who[i] * q_ + k, ratings.code[i]);
        spread(of_category, touched, -ratings.multiplicity[p] * t);
        for (const Eigen::Index m : touched) {
          mean[static_cast<std::size_t>(m)] += t * of_category[static_cast<std::size_t>(m)];
          of_category[static_cast<std::size_t>(m)] = 0.0;
          all.push_back(m);
        }
        touched.clear();
      }
      spread(mean, all, ratings.multiplicity[p]);
      for (const Eigen::Index m : all)
        mean[static_cast<std::size_t>(m)] = 0.0;
      all.clear();
    }
  }

  void invert(const Eigen::MatrixXd& found) {
    // Brought to a diagonal of 1, so that small probabilities do not look like what cannot be known.
    Eigen::VectorXd scale(free_);
    for (Eigen::Index i = 0; i < free_; ++i) {
      if (!(found(i, i) > 0.0)) {
        undefined_ = unidentified;
        return;
      }
      scale(i) = 1.0 / std::sqrt(found(i, i));
    }
    const Eigen::LLT<Eigen::MatrixXd> factor(scale.asDiagonal() * found * scale.asDiagonal());
    if (factor.info() != Eigen::Success || !(factor.matrixLLT().diagonal().minCoeff() > 1e-4)) {
      undefined_ = unidentified;
      return;
    }
    inverse_ =
        scale.asDiagonal() * factor.solve(Eigen::MatrixXd::Identity(free_, free_)) * scale.asDiagonal();
  }

  static constexpr const char* unidentified =
      "the ratings do not tell the probabilities apart: other values fit as well";

  std::size_t q_;
  std::vector<double> at_, mass_;
  std::vector<Eigen::Index> parameter_; ///< of each cell; none: on the border, or the largest of its vector
  Eigen::Index free_ = 0;
  Eigen::MatrixXd inverse_;
  std::string undefined_;
};

} // namespace qascore::kernel::detail_dawid_skene
