// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../../core/error.hpp"
#include "../../detail/format.hpp"
#include "../distribution.hpp"
#include "../icc.hpp"
#include "icc_components.hpp"

#include <algorithm>
#include <cmath>
#include <optional>
#include <string>
#include <vector>

namespace qascore::kernel {
namespace detail_icc {

enum class kind { one_way, agreement, consistency };

inline kind kind_of(icc_form form) {
  switch (form) {
  case icc_form::one_way:
  case icc_form::one_way_mean:
    return kind::one_way;
  case icc_form::agreement:
  case icc_form::agreement_mean:
    return kind::agreement;
  case icc_form::consistency:
  case icc_form::consistency_mean:
    break;
  }
  return kind::consistency;
}

inline bool of_mean(icc_form form) {
  return form == icc_form::one_way_mean || form == icc_form::agreement_mean ||
         form == icc_form::consistency_mean;
}

inline std::string_view name_of(icc_form form) {
  switch (form) {
  case icc_form::one_way:
    return "ICC(1,1)";
  case icc_form::agreement:
    return "ICC(A,1)";
  case icc_form::consistency:
    return "ICC(C,1)";
  case icc_form::one_way_mean:
    return "ICC(1,k)";
  case icc_form::agreement_mean:
    return "ICC(A,k)";
  case icc_form::consistency_mean:
    return "ICC(C,k)";
  }
  return "";
}

/// Mean squares with their derivatives in the unit weights.
struct mean_squares {
  double n = 0.0, k = 0.0;
  double units = 0.0, raters = 0.0, error = 0.0;
  double error_df = 0.0;
  std::vector<double> d_units, d_raters, d_error, d_k; ///< d_k: one-way with gaps only
  std::string undefined;
};

/// Whether a rated unit lacks a rating of some rater.
inline bool has_gaps(const rating_view& ratings) {
  for (std::size_t p = 0; p < ratings.profiles(); ++p)
    if (ratings.count(p) > 0 && ratings.count(p) != ratings.raters)
      return true;
  return false;
}

inline std::string why_undefined(const rating_view& ratings) {
  if (ratings.raters < 2)
    return "fewer than 2 raters";
  if (has_gaps(ratings))
    return "the table has gaps: analysis of variance needs every rater on every unit";
  return {};
}

/// One-way mean squares where units have different numbers of ratings. Means are taken before squares.
inline mean_squares analyse_uneven(const rating_view& ratings, const profile_weights& by) {
  mean_squares out;
  const std::size_t profiles = ratings.profiles();
  const auto rating = [&](std::size_t p, std::size_t at) {
    return ratings.value[ratings.code[ratings.begin[p] + at]] - ratings.value[0];
  };
  std::vector<double> count(profiles, 0.0), mean(profiles, 0.0), within(profiles, 0.0);
  double total = 0.0, ratings_mean = 0.0, square_mean = 0.0, grand = 0.0;
  bool twice = false;
  for (std::size_t p = 0; p < profiles; ++p) {
    const double w = by.weight[p];
    if (ratings.count(p) == 0 || w == 0.0)
      continue;
    twice |= ratings.count(p) > 1;
    count[p] = static_cast<double>(ratings.count(p));
    for (std::size_t at = 0; at < ratings.count(p); ++at)
      mean[p] += rating(p, at) / count[p];
    for (std::size_t at = 0; at < ratings.count(p); ++at)
      within[p] += (rating(p, at) - mean[p]) * (rating(p, at) - mean[p]);
    out.n += by.units[p];
    total += w;
    ratings_mean += w * count[p];
    square_mean += w * count[p] * count[p];
    grand += w * count[p] * mean[p];
  }
  if (out.n < 2.0 || !twice) {
    out.undefined = out.n < 2.0 ? "fewer than 2 units" : "no unit was rated twice";
    return out;
  }
  grand /= ratings_mean;
  ratings_mean /= total;
  square_mean /= total;
  double between = 0.0, inside = 0.0;
  for (std::size_t p = 0; p < profiles; ++p) {
    between += by.weight[p] / total * count[p] * (mean[p] - grand) * (mean[p] - grand);
    inside += by.weight[p] / total * within[p];
  }
  const double noise = 1e-28 * (between + inside);
  out.k = (out.n * ratings_mean - square_mean / ratings_mean) / (out.n - 1.0);
  out.error_df = out.n * (ratings_mean - 1.0);
  out.units = out.n * between / (out.n - 1.0);
  out.error = out.n * inside / out.error_df;
  for (double* square : {&out.units, &out.error})
    *square = *square <= noise ? 0.0 : *square;
  if (out.units == 0.0 && out.error == 0.0) {
    out.undefined = "no variance: every rater gave every unit the same rating";
    return out;
  }
  for (std::vector<double>* d : {&out.d_units, &out.d_raters, &out.d_error, &out.d_k})
    d->assign(profiles, 0.0);
  for (std::size_t p = 0; p < profiles; ++p) {
    if (ratings.count(p) == 0)
      continue;
    const double d_count = (count[p] - ratings_mean) / total;
    const double d_square = (count[p] * count[p] - square_mean) / total;
    out.d_units[p] =
        out.n * (count[p] * (mean[p] - grand) * (mean[p] - grand) - between) / total / (out.n - 1.0);
    out.d_error[p] = out.n * ((within[p] - inside) / total - out.error * d_count) / out.error_df;
    out.d_k[p] =
        (out.n * d_count - d_square / ratings_mean + square_mean * d_count / (ratings_mean * ratings_mean)) /
        (out.n - 1.0);
  }
  return out;
}

/// Two-way (one-way: `error` is within units, `raters` stays 0) mean squares. Ratings are measured from the
/// smallest value, means are taken before squares: stable at any offset.
inline mean_squares analyse(const rating_view& ratings, kind of, const profile_weights& by) {
  if (of == kind::one_way && ratings.raters > 1 && has_gaps(ratings))
    return analyse_uneven(ratings, by);
  mean_squares out;
  out.undefined = why_undefined(ratings);
  if (!out.undefined.empty())
    return out;
  const std::size_t k = ratings.raters;
  out.k = static_cast<double>(k);
  const auto rating = [&](std::size_t p, std::size_t r) {
    return ratings.value[ratings.code[ratings.begin[p] + r]] - ratings.value[0];
  };
  double total = 0.0, grand = 0.0;
  std::vector<double> unit_mean(ratings.profiles(), 0.0), rater_mean(k, 0.0);
  for (std::size_t p = 0; p < ratings.profiles(); ++p) {
    const double w = by.weight[p];
    if (ratings.count(p) == 0 || w == 0.0)
      continue;
    out.n += by.units[p];
    total += w;
    double sum = 0.0;
    for (std::size_t r = 0; r < k; ++r) {
      sum += rating(p, r);
      rater_mean[r] += w * rating(p, r);
    }
    unit_mean[p] = sum / out.k;
    grand += w * unit_mean[p];
  }
  if (out.n < 2.0) {
    out.undefined = "fewer than 2 units";
    return out;
  }
  grand /= total;
  for (double& m : rater_mean)
    m = of == kind::one_way ? 0.0 : m / total - grand; // the rater's effect

  out.d_units.assign(ratings.profiles(), 0.0);
  out.d_error.assign(ratings.profiles(), 0.0);
  out.d_raters.assign(ratings.profiles(), 0.0);
  out.error_df = of == kind::one_way ? out.n * (out.k - 1.0) : (out.n - 1.0) * (out.k - 1.0);
  double scatter = 0.0;
  for (std::size_t p = 0; p < ratings.profiles(); ++p) {
    if (ratings.count(p) == 0)
      continue;
    const double w = by.weight[p], effect = unit_mean[p] - grand;
    double squares = 0.0, slope = 0.0;
    for (std::size_t r = 0; r < k; ++r) {
      const double rest = rating(p, r) - unit_mean[p] - rater_mean[r];
      squares += rest * rest;
      slope += rater_mean[r] * rest;
    }
    out.d_units[p] = out.k * effect * effect * out.n / (out.n - 1.0);
    out.d_error[p] = squares * out.n / out.error_df;
    out.d_raters[p] = 2.0 * slope * out.n / (out.k - 1.0);
    out.units += w * out.d_units[p] / total;
    out.error += w * out.d_error[p] / total;
    scatter += w * (out.k * effect * effect + squares) / total;
  }
  for (const double effect : rater_mean)
    out.raters += effect * effect * out.n / (out.k - 1.0);
  // What rounding leaves of a sum of squares that is 0.
  const double noise = 1e-28 * (scatter + out.raters);
  for (double* square : {&out.units, &out.raters, &out.error})
    *square = *square <= noise ? 0.0 : *square;
  if (out.units == 0.0 && out.error == 0.0) {
    out.undefined = "no variance: every rater gave every unit the same rating";
    return out;
  }
  for (std::size_t p = 0; p < ratings.profiles(); ++p)
    if (ratings.count(p) > 0) {
      out.d_units[p] = (out.d_units[p] - out.units) / total;
      out.d_error[p] = (out.d_error[p] - out.error) / total;
      out.d_raters[p] /= total;
    }
  return out;
}

/// The single form from the mean squares; denominator <= 0 gives NaN.
inline double single(kind of, const mean_squares& ms, double& denominator) {
  denominator = ms.units + (ms.k - 1.0) * ms.error;
  if (of == kind::agreement)
    denominator += ms.k * (ms.raters - ms.error) / ms.n;
  return denominator > 0.0 ? (ms.units - ms.error) / denominator : missing_value;
}

/// Spearman-Brown for k ratings; a reliability at or below -1 / (k - 1) has no image.
inline double stepped_up(double icc, double k) {
  const double denominator = 1.0 + (k - 1.0) * icc;
  return denominator > 0.0 ? k * icc / denominator : missing_value;
}

inline linearised linearise(icc_form form, const mean_squares& ms) {
  linearised out;
  out.undefined = ms.undefined;
  if (!out.undefined.empty())
    return out;
  const kind of = kind_of(form);
  double denominator = 0.0;
  const double icc = single(of, ms, denominator);
  double value = icc, outer = 1.0;
  if (of_mean(form)) {
    // k times this over `denominator` is Spearman-Brown's 1 + (k - 1) icc, without its rounding near 0.
    const double below = ms.units + (of == kind::agreement ? (ms.raters - ms.error) / ms.n : 0.0);
    value = below > 0.0 ? (ms.units - ms.error) / below : missing_value;
    outer = denominator / (below * ms.k) * denominator / below;
  }
  if (is_missing(value) || is_missing(icc)) {
    out.value = missing_value;
    out.undefined = "the variance between units is estimated as negative and too large to give a reliability";
    return out;
  }
  out.value = value;
  out.influence.resize(ms.d_units.size());
  for (std::size_t p = 0; p < out.influence.size(); ++p) {
    double below = ms.d_units[p] + (ms.k - 1.0) * ms.d_error[p];
    if (of == kind::agreement)
      below += ms.k * (ms.d_raters[p] - ms.d_error[p]) / ms.n;
    if (!ms.d_k.empty()) { // the mean form is 1 - MSW / MSR for any k
      below += ms.error * ms.d_k[p];
      if (of_mean(form)) {
        out.influence[p] = (ms.d_units[p] - ms.d_error[p] - value * ms.d_units[p]) / ms.units;
        continue;
      }
    }
    out.influence[p] = outer * (ms.d_units[p] - ms.d_error[p] - icc * below) / denominator;
  }
  return out;
}

/// McGraw and Wong's table 7, single forms.
inline void f_limits(icc_result& out, kind of, const mean_squares& ms) {
  const double n = ms.n, k = ms.k, tail = out.confidence.upper_tail();
  const double df1 = n - 1.0, df2 = ms.error_df;
  double low = missing_value, high = missing_value, df = df1;
  if (ms.error == 0.0 && (of != kind::agreement || ms.raters == 0.0)) {
    out.undefined = "no disagreement is seen: nothing to tell the uncertainty by";
  } else if (of != kind::agreement) {
    const double f = ms.units / ms.error;
    const double down = f / f_quantile(tail, df1, df2), up = f * f_quantile(tail, df2, df1);
    low = (down - 1.0) / (down + k - 1.0);
    high = (up - 1.0) / (up + k - 1.0);
  } else {
    double denominator = 0.0;
    const double icc = single(of, ms, denominator);
    const double a = k * icc * ms.raters, b = (n * (1.0 + (k - 1.0) * icc) - k * icc) * ms.error;
    const double v = (k - 1.0) * (n - 1.0) * (a + b) * (a + b) / ((n - 1.0) * a * a + b * b);
    df = v;
    const double f_low = f_quantile(tail, df1, v), f_high = f_quantile(tail, v, df1);
    const double rest = k * ms.raters + (k * n - k - n) * ms.error;
    low = n * (ms.units - f_low * ms.error) / (f_low * rest + n * ms.units);
    high = n * (f_high * ms.units - ms.error) / (rest + n * f_high * ms.units);
  }
  if (of_mean(out.form)) {
    low = stepped_up(low, k);
    high = stepped_up(high, k);
    if (is_missing(low) && out.undefined.empty())
      low = -std::numeric_limits<double>::infinity();
  }
  out.low = low;
  out.high = high;
  out.df = df;
  out.interval_method = of == kind::agreement ? "F with Satterthwaite df, raters random"
                        : ms.d_k.empty()      ? "F"
                                              : "F, approximate for units with different numbers of ratings";
}

/// McGraw and Wong's table 8: H0 ICC = r against ICC > r.
inline test_result f_test(icc_form form, const mean_squares& ms, double r) {
  test_result out;
  const double n = ms.n, k = ms.k;
  const kind of = kind_of(form);
  out.df1 = n - 1.0;
  out.df2 = ms.error_df;
  double below = ms.error;
  if (of == kind::agreement && r != 0.0) {
    const double steps = of_mean(form) ? 1.0 : k;
    const double a = steps * r / (n * (1.0 - r)) * ms.raters;
    const double b = (1.0 + steps * r * (n - 1.0) / (n * (1.0 - r))) * ms.error;
    below = a + b;
    out.df2 = below * below / (a * a / (k - 1.0) + b * b / ((n - 1.0) * (k - 1.0)));
  } else if (of != kind::agreement) {
    below *= of_mean(form) ? 1.0 / (1.0 - r) : (1.0 + (k - 1.0) * r) / (1.0 - r);
  }
  out.statistic = ms.units / below;
  out.p_value = f_upper(out.statistic, out.df1, out.df2);
  return out;
}

/// F limits know no finite population.
inline bool simple(const design_view* design) {
  return is_simple_random(design) && (design == nullptr || design->population.empty());
}

/// Whether REML estimates this ICC.
inline bool by_likelihood(const rating_view& ratings, const icc_options& options, const design_view* design) {
  if (options.method == icc_method::reml && !simple(design))
    throw argument_error("method: reml holds for independent units of equal weight; choose anova");
  return options.method == icc_method::reml ||
         (options.method == icc_method::automatic && kind_of(options.form) != kind::one_way &&
          ratings.raters > 1 && has_gaps(ratings) && simple(design) &&
          options.interval != icc_interval::influence && options.interval != icc_interval::f);
}

/// Models by REML that forms share: the one-way one and the crossed one.
struct fitted {
  std::optional<detail_icc_components::components> one_way, crossed;
};

inline icc_result one_form(const rating_view& ratings, const icc_options& options, const design_view* design,
                           fitted& models) {
  const kind of = kind_of(options.form);
  if (of != kind::one_way && ratings.anonymous())
    throw argument_error(
        "form: the forms A and C need to know which rater gave which rating, but the raters of this "
        "table are anonymous; take the one-way form 1");
  if (options.interval == icc_interval::f && !simple(design))
    throw argument_error("interval: F limits hold for independent units of equal weight; choose influence");
  if (!(options.null_value > -1.0 && options.null_value < 1.0))
    throw argument_error("null_value: expected a number between -1 and 1 but found " +
                         qascore::detail::format_number(options.null_value));
  const bool likelihood = by_likelihood(ratings, options, design);
  const bool of_likelihood =
      options.interval == icc_interval::profile || options.interval == icc_interval::logit;
  if (options.interval != icc_interval::automatic && likelihood != of_likelihood)
    throw argument_error(
        likelihood ? "interval: the variances are estimated by REML; expected automatic, profile or logit"
                   : "interval: profile and logit limits need method reml; expected automatic, f or "
                     "influence");
  if (likelihood) {
    auto& model = of == kind::one_way ? models.one_way : models.crossed;
    if (!model)
      model.emplace(ratings, of == kind::one_way);
    return model->icc(options, {of == kind::agreement, of_mean(options.form), name_of(options.form)});
  }
  const mean_squares ms = analyse(ratings, of, weights_of(ratings, unit_weights(ratings, design)));
  inference_options inference;
  inference.confidence = options.confidence;
  inference.upper_bound = 1.0;
  inference.method = name_of(options.form);
  icc_result out{infer_rated(linearise(options.form, ms), ratings, with_ratings(ratings, 1),
                             with_ratings(ratings, 1), design, inference)};
  out.form = options.form;
  out.raters = ratings.raters;
  if (of == kind::agreement)
    out.interval_method = "t, raters fixed";
  if (!ms.undefined.empty())
    return out;
  out.between_units = ms.units;
  out.between_raters = of == kind::one_way ? missing_value : ms.raters;
  out.residual = ms.error;
  out.ratings_per_unit = ms.k;
  out.unit_variance = (ms.units - ms.error) / ms.k;
  if (of != kind::one_way)
    out.rater_variance = (ms.raters - ms.error) / ms.n;
  out.error_variance = ms.error;
  if (out.is_defined() && simple(design)) {
    out.test = f_test(options.form, ms, options.null_value);
    if (options.interval != icc_interval::influence)
      f_limits(out, of, ms);
  }
  return out;
}

} // namespace detail_icc

QASCORE_INLINE linearised linearised_icc(const rating_view& ratings, icc_form form,
                                         std::span<const double> unit_weight) {
  linearised out = detail_icc::linearise(
      form, detail_icc::analyse(ratings, detail_icc::kind_of(form), weights_of(ratings, unit_weight)));
  if (out.is_defined())
    out.influence = spread_to_units(ratings, out.influence);
  return out;
}

QASCORE_INLINE icc_result icc(const rating_view& ratings, const icc_options& options,
                              const design_view* design) {
  detail_icc::fitted models;
  return detail_icc::one_form(ratings, options, design, models);
}

QASCORE_INLINE std::vector<icc_result> icc_forms(const rating_view& ratings, std::span<const icc_form> forms,
                                                 icc_options options, const design_view* design) {
  detail_icc::fitted models;
  std::vector<icc_result> out;
  for (const icc_form form : forms) {
    options.form = form;
    out.push_back(detail_icc::one_form(ratings, options, design, models));
  }
  return out;
}

} // namespace qascore::kernel
