// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../../detail/format.hpp"
#include "../icc.hpp"
#include "mixed_inference.hpp"

#include <cmath>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// Intraclass correlations from variance components.
namespace qascore::kernel::detail_icc_components {

using namespace detail_mixed;

/// Spearman and Brown for k ratings, and back.
inline double for_mean(double single, double k) {
  return k * single / (1.0 + (k - 1.0) * single);
}
inline double for_one(double of_mean, double k) {
  return of_mean / (k - (k - 1.0) * of_mean);
}

/// Ratings one by one: what rated units and their raters are called here, and the numbers.
struct rows {
  std::vector<double> y;
  std::vector<std::uint32_t> unit, rater;
  std::size_t units = 0, raters = 0;
  double uneven = missing_value; ///< k0 of the one-way model
};

inline rows rows_of(const rating_view& ratings) {
  rows out;
  std::vector<std::uint32_t> code(ratings.raters, missing_code);
  double square = 0.0;
  for (std::size_t u = 0; u < ratings.units; ++u) {
    const std::size_t p = ratings.profile_of(u);
    if (ratings.count(p) == 0)
      continue;
    for (std::size_t at = ratings.begin[p]; at < ratings.begin[p + 1]; ++at) {
      out.y.push_back(ratings.value[ratings.code[at]]);
      out.unit.push_back(static_cast<std::uint32_t>(out.units));
      if (ratings.rater.empty())
        continue;
      std::uint32_t& of = code[ratings.rater[at]];
      if (is_missing(of))
        of = static_cast<std::uint32_t>(out.raters++);
      out.rater.push_back(of);
    }
    ++out.units;
    square += static_cast<double>(ratings.count(p)) * static_cast<double>(ratings.count(p));
  }
  if (out.units > 1)
    out.uneven = (static_cast<double>(out.y.size()) - square / static_cast<double>(out.y.size())) /
                 static_cast<double>(out.units - 1);
  return out;
}

inline std::string why_undefined(const rows& ratings, bool one_way) {
  if (ratings.units < 2)
    return "fewer than 2 units";
  if (!one_way && ratings.raters < 2)
    return "fewer than 2 raters";
  return ratings.y.size() == ratings.units ? "no unit was rated twice" : "";
}

/// The variances with this ICC of one rating: that of units follows from the others.
inline constraint at_icc(double single, bool one_way, bool agreement) {
  const double odds = single / (1.0 - single);
  constraint out;
  if (one_way) {
    out.map = matrix::Zero(2, 1);
    out.map << odds, 1.0;
    out.shift = vector::Zero(2);
  } else {
    out.map = matrix::Zero(3, 2);
    out.map << (agreement ? odds : 0.0), odds, 1.0, 0.0, 0.0, 1.0;
    out.shift = vector::Zero(3);
  }
  return out;
}

/// What is asked of the components: which form, and whether for the mean of all raters.
struct form_parts {
  bool agreement = false, of_mean = false;
  std::string_view name;
};

/// The crossed model of a table (one-way: without raters), fitted once for all forms. Limits and tests are those of one
/// rating; the mean's are their images.
class components {
public:
  components(const rating_view& ratings, bool one_way)
      : one_way_{one_way}, table_raters_{ratings.raters}, missing_{ratings.units}, data_{rows_of(ratings)} {
    missing_ -= data_.units;
    undefined_ = why_undefined(data_, one_way);
    if (!undefined_.empty())
      return;
    mixed_data rows{data_.y, {{data_.unit, data_.units}}, {}, {}};
    if (!one_way)
      rows.factors.push_back({data_.rater, data_.raters});
    undefined_ = detail_mixed::why_undefined(rows);
    if (!undefined_.empty())
      return;
    model_.emplace(rows);
    best_ = model_->maximise(model_->unconstrained(), model_->start());
    if (!(best_.at.variance[best_.at.variance.size() - 1] > 1e-10 * model_->total())) {
      undefined_ = no_error_left;
      return;
    }
    covariance_ = covariance_of(best_.at);
  }

  icc_result icc(const icc_options& options, const form_parts& form) {
    if (!(options.null_value >= 0.0))
      throw argument_error(
          "null_value: expected a number from 0 to 1, because REML gives no negative ICC, but found " +
          qascore::detail::format_number(options.null_value));
    icc_result out;
    out.form = options.form;
    out.estimated_by = icc_method::reml;
    out.raters = table_raters_;
    out.confidence = options.confidence;
    out.method = form.name;
    out.n = data_.units;
    out.missing = missing_;
    out.undefined = undefined_;
    if (!out.undefined.empty())
      return out;
    const index last = best_.at.variance.size() - 1;
    const double unit = best_.at.variance[0], rater = one_way_ ? 0.0 : best_.at.variance[1],
                 error = best_.at.variance[last];
    out.unit_variance = unit;
    if (!one_way_)
      out.rater_variance = rater;
    out.error_variance = error;
    out.ratings_per_unit = one_way_ ? data_.uneven : static_cast<double>(data_.raters);
    const double k = form.of_mean ? out.ratings_per_unit : 1.0;
    const double rest = error + (form.agreement ? rater : 0.0), single = unit / (unit + rest);
    out.value = for_mean(single, k);
    if (unit > 0.0)
      by_information(options, form, rest, out);
    else
      out.undefined = "the variance between units is estimated as 0: it has no standard error there";

    const double least = best_.at.deviance,
                 at_null = deviance_at(form.agreement, for_one(options.null_value, k));
    if (options.null_value == 0.0) {
      out.test = boundary_test(at_null, least);
    } else {
      out.test.statistic = std::max(0.0, at_null - least);
      out.test.df1 = 1.0;
      const double half = 0.5 * chi_squared_upper(out.test.statistic, 1.0);
      out.test.p_value = out.value > options.null_value ? half : 1.0 - half;
    }
    if (out.interval_method.empty() && options.interval != icc_interval::logit) {
      const auto [low, high] = limits(form.agreement, single, options.confidence);
      out.low = for_mean(low, k);
      out.high = for_mean(high, k);
      out.interval_method = one_way_ ? "profile likelihood" : "profile likelihood, raters random";
    }
    return out;
  }

private:
  /// By the delta method, on the log odds: log s_unit - log(rest).
  void by_information(const icc_options& options, const form_parts& form, double rest,
                      icc_result& out) const {
    const index last = best_.at.variance.size() - 1;
    vector slope = vector::Zero(last + 1);
    slope[0] = 1.0 / best_.at.variance[0];
    slope[last] = -1.0 / rest;
    if (form.agreement)
      slope[1] = -1.0 / rest;
    const double spread = std::sqrt(quadratic(slope, covariance_));
    out.std_error = out.value * (1.0 - out.value) * spread;
    if (options.interval == icc_interval::logit || (options.interval == icc_interval::automatic &&
                                                    data_.units >= 50 && (one_way_ || data_.raters >= 50))) {
      const double odds = std::log(out.value / (1.0 - out.value));
      const double half = normal_quantile(out.confidence.upper_tail()) * spread;
      out.low = 1.0 / (1.0 + std::exp(-odds + half));
      out.high = 1.0 / (1.0 + std::exp(-odds - half));
      out.df = std::numeric_limits<double>::infinity();
      out.interval_method = "normal on the log odds, raters random";
    }
  }

  /// The least deviance with an ICC of one rating.
  double deviance_at(bool agreement, double single) {
    std::optional<std::pair<double, double>>& known = at_[agreement ? 1 : 0];
    if (!known || known->first != single)
      known = {
          single,
          model_->maximise(at_icc(single, one_way_, agreement), best_.free.tail(best_.free.size() - 1), 1e-10)
              .at.deviance};
    return known->second;
  }

  std::pair<double, double> limits(bool agreement, double single, confidence_level confidence) {
    std::optional<std::pair<double, double>>& known = limits_[agreement ? 1 : 0];
    if (known)
      return *known;
    const double least = best_.at.deviance, deviate = normal_quantile(confidence.upper_tail());
    vector warm;
    const auto profile = [&](double odds) { // the odds are s_unit over the rest
      const optimum found = model_->maximise(at_icc(odds / (1.0 + odds), one_way_, agreement), warm, 1e-10);
      if (found.at.deviance < least + 100.0)
        warm = found.free;
      return profile_of(found.at, 0);
    };
    const auto limit = [&](bool above) {
      warm = best_.free.tail(best_.free.size() - 1);
      const double odds = single / (1.0 - single);
      const double start = odds > 0.0 ? (above ? 2.0 : 0.5) * odds : 0.1;
      const double found = profile_limit(profile, least, deviate, odds, start, above);
      return found / (1.0 + found);
    };
    const double low = excess_of(deviance_at(agreement, 0.0), least, deviate) <= 0.0 ? 0.0 : limit(false);
    known = {low, limit(true)};
    return *known;
  }

  bool one_way_;
  std::size_t table_raters_, missing_;
  rows data_;
  std::string undefined_;
  std::optional<likelihood> model_;
  optimum best_;
  matrix covariance_;
  std::optional<std::pair<double, double>> at_[2], limits_[2]; ///< of one rating; consistency, agreement
};

} // namespace qascore::kernel::detail_icc_components
