// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../../core/error.hpp"
#include "../../detail/format.hpp"
#include "../adjusted_p.hpp"
#include "../distribution.hpp"
#include "../inference.hpp"
#include "../model_rater.hpp"

#include <Eigen/Dense>

#include <cmath>
#include <string>
#include <utility>
#include <vector>

namespace qascore::kernel {
namespace detail_model_rater {

inline void check(const rating_view& ratings, std::uint32_t model) {
  if (ratings.anonymous())
    throw argument_error("model: needs to know which rater gave which rating, but the raters are anonymous");
  if (model >= ratings.raters)
    throw argument_error("model: expected a rater below " + std::to_string(ratings.raters) + " but found " +
                         std::to_string(model));
}

/// How near category `said` is to the ratings of the profile but those of the model and the person.
inline double score(const rating_view& ratings, std::size_t p, std::uint32_t model, std::uint32_t person,
                    std::uint32_t said, alignment how) {
  double sum = 0.0, n = 0.0;
  for (std::size_t i = ratings.begin[p]; i < ratings.begin[p + 1]; ++i) {
    if (ratings.rater[i] == model || ratings.rater[i] == person)
      continue;
    n += 1.0;
    const double d = ratings.value[said] - ratings.value[ratings.code[i]];
    sum += how == alignment::squared_error ? d * d : ratings.code[i] == said ? 1.0 : 0.0;
  }
  return how == alignment::squared_error ? -std::sqrt(sum / n) : sum / n;
}

} // namespace detail_model_rater

QASCORE_INLINE alternative_result alternative_annotator(const rating_view& ratings, std::uint32_t model,
                                                        const alternative_options& options,
                                                        const design_view* design) {
  using namespace detail_model_rater;
  check(ratings, model);
  if (!(options.epsilon >= 0.0 && options.epsilon < 1.0))
    throw argument_error("epsilon: expected a number of at least 0 and below 1 but found " +
                         detail::format_number(options.epsilon));
  if (!(options.level > 0.0 && options.level < 1.0))
    throw argument_error("level: expected a fraction between 0 and 1 but found " +
                         detail::format_number(options.level));
  const profile_weights by = weights_of(ratings, unit_weights(ratings, design));
  const std::size_t profiles = ratings.profiles();
  alternative_result out;
  std::vector<double> p_values, average(profiles, 0.0);
  std::vector<std::uint8_t> any(profiles, 0);
  double sum = 0.0;
  for (std::uint32_t person = 0; person < ratings.raters; ++person) {
    if (person == model)
      continue;
    std::vector<std::uint8_t> part(profiles, 0);
    std::vector<double> wins(profiles, 0.0), loses(profiles, 0.0);
    double weight = 0.0, won = 0.0, lost = 0.0;
    alternative_row row;
    row.rater = person;
    for (std::size_t p = 0; p < profiles; ++p) {
      std::uint32_t of_model = missing_code, of_person = missing_code;
      for (std::size_t i = ratings.begin[p]; i < ratings.begin[p + 1]; ++i) {
        of_model = ratings.rater[i] == model ? ratings.code[i] : of_model;
        of_person = ratings.rater[i] == person ? ratings.code[i] : of_person;
      }
      if (is_missing(of_model) || is_missing(of_person) || ratings.count(p) < 3)
        continue;
      const double f = score(ratings, p, model, person, of_model, options.score),
                   h = score(ratings, p, model, person, of_person, options.score);
      part[p] = 1;
      wins[p] = f >= h ? 1.0 : 0.0;
      loses[p] = h >= f ? 1.0 : 0.0;
      row.n += static_cast<std::size_t>(ratings.multiplicity[p]);
      weight += by.weight[p];
      won += by.weight[p] * wins[p];
      lost += by.weight[p] * loses[p];
    }
    if (row.n < options.least || !(weight > 0.0))
      continue;
    row.model_wins = won / weight;
    row.person_wins = lost / weight;
    linearised advantage;
    advantage.value = row.model_wins - row.person_wins;
    advantage.influence.assign(profiles, 0.0);
    for (std::size_t p = 0; p < profiles; ++p)
      if (part[p] != 0) {
        any[p] = 1;
        advantage.influence[p] = (wins[p] - loses[p] - advantage.value) / weight;
        average[p] += (wins[p] - row.model_wins) / weight;
      }
    inference_options how;
    how.confidence = options.confidence;
    how.lower_bound = -1.0;
    how.upper_bound = 1.0;
    how.method = "advantage over a person";
    static_cast<estimate&>(row.advantage) = infer_rated(advantage, ratings, part, part, design, how);
    row.advantage.test = t_test(row.advantage, -options.epsilon);
    if (!is_missing(row.advantage.test.statistic)) // one-sided
      row.advantage.test.p_value = student_t_cdf(-row.advantage.test.statistic, row.advantage.test.df1);
    else if (row.advantage.std_error == 0.0) // every unit says the same
      row.advantage.test.p_value = advantage.value > -options.epsilon ? 0.0 : 1.0;
    p_values.push_back(row.advantage.test.p_value);
    sum += row.model_wins;
    out.rows.push_back(std::move(row));
  }
  linearised mean;
  inference_options how;
  how.confidence = options.confidence;
  how.lower_bound = 0.0;
  how.upper_bound = 1.0;
  how.method = "average advantage probability";
  if (out.rows.empty()) {
    out.undefined = "no person has " + std::to_string(options.least) +
                    " units that the model and another person rated too";
    mean.undefined = out.undefined;
  } else {
    const auto people = static_cast<double>(out.rows.size());
    mean.value = sum / people;
    mean.influence = average;
    for (double& u : mean.influence)
      u /= people;
    const std::vector<double> adjusted = adjusted_p(p_values, p_adjustment::benjamini_yekutieli);
    double rejected = 0.0;
    for (std::size_t j = 0; j < out.rows.size(); ++j) {
      out.rows[j].adjusted = adjusted[j];
      out.rows[j].rejected = adjusted[j] <= options.level;
      rejected += out.rows[j].rejected ? 1.0 : 0.0;
    }
    out.winning_rate = rejected / people;
    out.passed = out.winning_rate >= 0.5;
  }
  out.advantage = infer_rated(mean, ratings, any, any, design, how);
  return out;
}

QASCORE_INLINE std::vector<double> deviations_from_others(const rating_view& ratings, std::uint32_t rater) {
  detail_model_rater::check(ratings, rater);
  std::vector<double> by_profile(ratings.profiles(), missing_value);
  for (std::size_t p = 0; p < ratings.profiles(); ++p) {
    double mean = 0.0, n = 0.0, own = missing_value;
    for (std::size_t i = ratings.begin[p]; i < ratings.begin[p + 1]; ++i) {
      const double x = ratings.value[ratings.code[i]];
      if (ratings.rater[i] == rater) {
        own = x;
      } else {
        n += 1.0;
        mean += (x - mean) / n;
      }
    }
    if (n > 0.0)
      by_profile[p] = own - mean;
  }
  std::vector<double> out(ratings.units);
  for (std::size_t u = 0; u < ratings.units; ++u)
    out[u] = by_profile[ratings.profile_of(u)];
  return out;
}

QASCORE_INLINE test_result equal_means(const design_view& design, std::span<const std::uint32_t> group,
                                       std::size_t groups, std::span<const double> values) {
  std::vector<double> weight(groups, 0.0), mean(groups, 0.0);
  const auto counts = [&](std::size_t i) { return !is_missing(group[i]) && !std::isnan(values[i]); };
  for (std::size_t i = 0; i < values.size(); ++i)
    if (counts(i)) {
      weight[group[i]] += design.weight_of(i);
      mean[group[i]] += design.weight_of(i) * (values[i] - mean[group[i]]) / weight[group[i]];
    }
  std::vector<std::size_t> used;
  for (std::size_t g = 0; g < groups; ++g)
    if (weight[g] > 0.0)
      used.push_back(g);
  test_result out;
  if (used.size() < 2)
    return out;
  std::vector<std::vector<double>> influence(used.size(), std::vector<double>(values.size(), 0.0));
  for (std::size_t k = 0; k < used.size(); ++k)
    for (std::size_t i = 0; i < values.size(); ++i)
      if (counts(i) && group[i] == used[k])
        influence[k][i] = (values[i] - mean[used[k]]) / weight[used[k]];
  std::vector<std::vector<double>> differences;
  const auto rank = static_cast<Eigen::Index>(used.size() - 1);
  Eigen::VectorXd contrast(rank);
  for (std::size_t k = 1; k < used.size(); ++k) {
    contrast(static_cast<Eigen::Index>(k - 1)) = mean[used[k]] - mean[used[0]];
    differences.push_back(influence[k]);
    for (std::size_t i = 0; i < values.size(); ++i)
      differences.back()[i] -= influence[0][i];
  }
  const std::vector<std::span<const double>> spans(differences.begin(), differences.end());
  const std::vector<double> covariance = covariance_of(design, spans);
  const Eigen::Map<const Eigen::MatrixXd> v(covariance.data(), rank, rank);
  const Eigen::LDLT<Eigen::MatrixXd> solved(v);
  const double d = variance_of(design, differences.front()).df, df2 = d - static_cast<double>(rank) + 1.0;
  if (!(df2 > 0.0) || !solved.isPositive() || !(solved.vectorD().minCoeff() > 0.0))
    return out;
  out.statistic = contrast.dot(solved.solve(contrast)) * df2 / (d * static_cast<double>(rank));
  out.df1 = static_cast<double>(rank);
  out.df2 = df2;
  out.p_value = f_upper(out.statistic, out.df1, out.df2);
  return out;
}

} // namespace qascore::kernel
