// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../../core/error.hpp"
#include "../../detail/format.hpp"
#include "../../detail/sum.hpp"
#include "../domain.hpp"
#include "../inference.hpp"
#include "../pairs.hpp"
#include "../rank.hpp"
#include "../time_concordance.hpp"
#include "running_totals.hpp"

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

namespace qascore::kernel {
namespace detail_time {

/// NaN for each unit without a score, a time, or whether it is over; empty where all have them.
inline std::vector<double> untimed(const design_view& design, std::span<const double> score,
                                   std::span<const double> time, std::span<const double> event) {
  std::vector<double> out = gaps_of(design, score, time);
  const std::vector<double> more = gaps_of(design, time, event);
  if (out.empty())
    return more;
  for (std::size_t i = 0; i < more.size(); ++i)
    out[i] += more[i];
  return out;
}

struct timed_scores {
  complete_pairs values; ///< x: scores; y: times
  complete_pairs events; ///< x: whether the time is over

  timed_scores(const design_view& design, std::span<const double> score, std::span<const double> time,
               std::span<const double> event, std::span<const double> gaps)
      : values{design, score, time, gaps}, events{design, event, time, gaps} {
    for (const double t : values.y)
      if (t < 0.0)
        throw data_error("time: expected times of at least 0 but found " +
                         qascore::detail::format_number(t));
    for (const double e : events.x)
      if (e != 0.0 && e != 1.0)
        throw data_error("event: expected 0 or 1 but found " + qascore::detail::format_number(e) +
                         "; rows of one unit must agree on it");
  }
};

/// By unit: the weight of known pairs it is in, of those where the longer time has the higher score, and of equal scores.
struct known_pairs {
  std::vector<double> all, concordant, tied;
};

/// Two passes over the times: backwards, each event meets the units that lasted longer; forwards, each unit the events that
/// were over before.
template <class Sum>
known_pairs pairs_of(const complete_pairs& p, std::span<const double> event) {
  const dense_levels scores = levels_of(p.x);
  const level_order times = order_of(p.y);
  const std::size_t n = p.x.size();
  known_pairs out{std::vector<double>(n, 0.0), std::vector<double>(n, 0.0), std::vector<double>(n, 0.0)};
  const auto over = [&](std::uint32_t i) { return event[i] != 0.0; };
  struct crowd {
    detail_totals::running_totals<Sum> by_score;
    Sum all;
    void add(std::uint32_t level, double w) {
      by_score.add(level, w);
      all.add(w);
    }
  };
  const auto meet = [&](const crowd& others, std::uint32_t i, bool higher_is_concordant) {
    const auto [lower, up_to] = others.by_score.around(scores.code[i]);
    const double all = others.all.value();
    out.all[i] += all;
    out.concordant[i] += higher_is_concordant ? all - up_to : lower;
    out.tied[i] += up_to - lower;
  };

  crowd later{detail_totals::running_totals<Sum>(scores.count()), {}};
  std::size_t last = n;
  for (std::size_t l = times.count(); l-- > 0;) {
    const std::span<const std::uint32_t> here(times.row.data() + (last - times.size[l]), times.size[l]);
    for (const std::uint32_t i : here)
      if (!over(i))
        later.add(scores.code[i], p.weight_of(i));
    for (const std::uint32_t i : here)
      if (over(i))
        meet(later, i, true);
    for (const std::uint32_t i : here)
      if (over(i))
        later.add(scores.code[i], p.weight_of(i));
    last -= times.size[l];
  }
  crowd ended{detail_totals::running_totals<Sum>(scores.count()), {}};
  std::size_t first = 0;
  for (const std::uint32_t size : times.size) {
    const std::span<const std::uint32_t> here(times.row.data() + first, size);
    for (const std::uint32_t i : here)
      if (over(i))
        meet(ended, i, false);
    for (const std::uint32_t i : here)
      if (over(i))
        ended.add(scores.code[i], p.weight_of(i));
    for (const std::uint32_t i : here)
      if (!over(i))
        meet(ended, i, false);
    first += size;
  }
  return out;
}

struct found_concordance {
  double value = missing_value, concordant = 0.0, discordant = 0.0, tied = 0.0;
  std::string undefined;
  std::vector<double> influence;
};

inline found_concordance concordance_of(const timed_scores& data) {
  const complete_pairs& p = data.values;
  found_concordance out;
  if (p.x.size() < 3) {
    out.undefined = "fewer than 3 units";
    return out;
  }
  if (std::ranges::all_of(p.x, [&](double v) { return v == p.x[0]; })) {
    out.undefined = "all scores are equal";
    return out;
  }
  const known_pairs pairs = p.weight.empty() && p.x.size() < detail_totals::exact_rows
                                ? pairs_of<detail_totals::half_number_sum>(p, data.events.x)
                                : pairs_of<detail::accurate_sum>(p, data.events.x);
  detail::accurate_sum all, concordant, tied;
  for (std::size_t i = 0; i < p.x.size(); ++i) {
    const double w = p.weight_of(i);
    all.add(w * pairs.all[i]);
    concordant.add(w * pairs.concordant[i]);
    tied.add(w * pairs.tied[i]);
  }
  const double known = 0.5 * all.value(); // each pair was met by both of its units
  if (!(known > 0.0)) {
    out.undefined = "no pair of units of which one is known to have lasted longer";
    return out;
  }
  out.concordant = 0.5 * concordant.value();
  out.tied = 0.5 * tied.value();
  out.discordant = known - out.concordant - out.tied;
  out.value = (out.concordant + 0.5 * out.tied) / known;
  out.influence.reserve(p.x.size());
  for (std::size_t i = 0; i < p.x.size(); ++i)
    out.influence.push_back((pairs.concordant[i] + 0.5 * pairs.tied[i] - out.value * pairs.all[i]) / known);
  return out;
}

/// As many degrees of freedom as units, or clusters of them, have an event, less one.
inline df_limit limit_of(const design_view& design, std::span<const double> event, std::span<const double> gaps) {
  std::vector<char> seen(design.cluster.empty() ? design.units : design.clusters, 0);
  for (std::uint32_t i = 0; i < design.units; ++i)
    if (event[i] == 1.0 && (gaps.empty() || !is_missing(gaps[i])))
      seen[design.cluster.empty() ? i : design.cluster[i]] = 1;
  const auto sources = static_cast<double>(std::ranges::count(seen, 1));
  return {sources - 1.0, "one time is over, or those of one cluster: no interval"};
}

} // namespace detail_time

QASCORE_INLINE linearised time_concordance(const design_view& design, std::span<const double> score,
                                           std::span<const double> time, std::span<const double> event) {
  const std::vector<double> gaps = detail_time::untimed(design, score, time, event);
  const detail_time::timed_scores data(design, score, time, event, gaps);
  detail_time::found_concordance found = detail_time::concordance_of(data);
  linearised out;
  out.undefined = std::move(found.undefined);
  if (!out.undefined.empty())
    return out;
  out.value = found.value;
  out.influence = data.values.spread_out(std::move(found.influence), design.units);
  out.limit = detail_time::limit_of(design, event, gaps);
  return out;
}

QASCORE_INLINE time_concordance_estimate time_concordance(const design_view& given,
                                                          std::span<const double> score,
                                                          std::span<const double> time,
                                                          std::span<const double> event,
                                                          confidence_level confidence, missing_rows missing) {
  const std::vector<double> gaps = detail_time::untimed(given, score, time, event);
  const answered_rows answered(given, gaps, missing);
  const detail_time::timed_scores data(answered.design(), score, time, event, gaps);
  inference_options options;
  options.confidence = confidence;
  options.scale = interval_scale::logit;
  options.method =
      is_independent(given) ? "Harrell's C, independent rows" : "Harrell's C, sample design";
  options.n = data.values.x.size();
  detail_time::found_concordance found = detail_time::concordance_of(data);
  time_concordance_estimate out;
  out.events = static_cast<std::size_t>(std::ranges::count(data.events.x, 1.0));
  design_variance spread;
  spread.undefined = found.undefined;
  if (const std::string silent = answered.obstacle(); !silent.empty())
    spread.undefined = silent;
  if (spread.undefined.empty()) {
    spread = answered.of_answers(data.values.variance(answered.engine(), found.influence));
    spread.limit_df(detail_time::limit_of(answered.design(), event, gaps));
  }
  static_cast<estimate&>(out) = infer(found.value, spread, options);
  out.missing = given.units - data.values.x.size();
  if (found.undefined.empty()) {
    out.somers_d = 2.0 * found.value - 1.0;
    out.concordant = found.concordant;
    out.discordant = found.discordant;
    out.tied_score = found.tied;
    out.test = t_test(out, 0.5); // none where there is no interval
  }
  return out;
}

} // namespace qascore::kernel
