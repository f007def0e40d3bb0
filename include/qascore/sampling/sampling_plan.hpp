// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../core/error.hpp"
#include "../core/label.hpp"
#include "../core/seed.hpp"
#include "../version.hpp"
#include "plan_names.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// The written record between drawing and estimating.
namespace qascore {

/// What the size of a stratum is proportional to.
enum class allocation_method {
  proportional, ///< its population
  equal,        ///< nothing: all the same
  neyman,       ///< population times standard deviation (over the square root of the cost, if given)
  measure,      ///< a measure of size that is given
  rates,        ///< its population times its given rate
  counts,       ///< sizes are given
  power         ///< a measure of size to a power, times the coefficient of variation (Bankier 1988)
};

/// How real-valued sizes become whole numbers that keep the total.
enum class allocation_rounding {
  largest_remainder, ///< Hamilton (default)
  optimal,           ///< Huntington-Hill: the exact integer optimum of the Neyman variance (Wright 2012)
  jefferson,
  webster,
  adams,
  dean
};

/// What identified the conversations of a draw.
enum class id_kind { integer, text, row };

/// How conversations are drawn within strata.
enum class draw_method {
  simple, ///< the same chance for all, fixed size
  pareto, ///< in proportion to a measure of size, fixed size (draw_pps.hpp), as the next two
  sequential_poisson,
  successive,
  poisson,   ///< each by itself: the size is left to chance
  systematic ///< at equal distances along a list
};

/// What a draw does with an earlier sample of the same conversations (coordinate.hpp).
enum class coordination {
  avoid, ///< no conversation of the earlier sample is drawn
  keep   ///< as many of them as the sizes allow are drawn
};

struct strata_column {
  std::string name;
  label_kind kind = label_kind::text;
  friend bool operator==(const strata_column&, const strata_column&) = default;
};

/// One stratum of a plan.
struct planned_stratum {
  std::vector<std::string> labels{}; ///< one per strata column
  std::uint64_t population = 0;      ///< conversations it holds
  std::uint64_t sample_size = 0;     ///< conversations to draw from it
  double target = 0.0;               ///< real-valued size before rounding
  std::uint64_t minimum = 0;         ///< bounds of the size, cut to the population
  std::uint64_t maximum = 0;

  /// Chance of each of its conversations to be drawn: sample_size / population, a fraction from 0 to 1.
  double inclusion_probability() const noexcept {
    return population == 0 ? 0.0 : static_cast<double>(sample_size) / static_cast<double>(population);
  }
  /// Inverse of the chance: how many conversations a drawn one stands for. Infinite where nothing is drawn.
  double design_weight() const noexcept {
    return static_cast<double>(population) / static_cast<double>(sample_size);
  }
  /// Taken whole: its figures carry no sampling error.
  bool is_certainty() const noexcept { return sample_size == population; }

  friend bool operator==(const planned_stratum&, const planned_stratum&) = default;
};

/// A quota: at least so many of a strata column's label, whichever strata they come from.
struct plan_quota {
  std::string column;
  std::string label;
  std::uint64_t minimum = 0; ///< cut to what the label holds
  friend bool operator==(const plan_quota&, const plan_quota&) = default;
};

/// What a plan was asked, as far as it is not in its strata.
struct plan_origin {
  allocation_method method = allocation_method::proportional;
  allocation_rounding rounding = allocation_rounding::largest_remainder;
  std::optional<double> rate{};      ///< the overall rate, where one was asked
  std::optional<double> budget{};    ///< what the sample might cost, where asked
  std::optional<double> std_error{}; ///< the standard error to reach, where asked
  std::optional<double> power{};     ///< of the method power
  std::vector<plan_quota> quotas{};
  std::vector<std::string> notes{}; ///< for people: bounds that were cut, strata that give nothing
  std::string library_version{version};
  std::string random_numbers = "mix13-1"; ///< name of the format of kernel/random_number.hpp
  friend bool operator==(const plan_origin&, const plan_origin&) = default;
};

/// The conversations a plan was made for, where recorded: what their ids and strata add up to
/// (plan_content.hpp).
struct plan_content {
  id_kind id;
  std::uint64_t hash;
  friend bool operator==(const plan_content&, const plan_content&) noexcept = default;
};

/// A targeted part of a draw: each flagged conversation with the chance `rate`, or `count` of them.
struct plan_target {
  std::string name;
  std::optional<double> rate{};
  std::optional<std::uint64_t> count{};
  friend bool operator==(const plan_target&, const plan_target&) = default;
};

/// The earlier sample that a draw avoided or kept: its plan with its own recorded draw, as JSON, so that it can be drawn again.
struct plan_earlier {
  coordination how;
  std::string plan;
  friend bool operator==(const plan_earlier&, const plan_earlier&) = default;
};

/// The draw a plan was used for, where recorded: with it and the conversations, anyone can draw the same sample again.
struct plan_draw {
  seed start; ///< nothing where `random_numbers` take its place
  id_kind id;
  draw_method method = draw_method::simple;
  double from = 0.0;            ///< where on the circle of random numbers the sample begins, 0 to below 1
  bool down = false;            ///< which way it goes
  std::string random_numbers{}; ///< name of the column of random numbers that the conversations have; empty: from the seed
  std::optional<plan_earlier> earlier{};
  std::string size_measure{}; ///< name of the column that chances are proportional to; empty: none
  std::string order_by{}; ///< name of the column that orders the list of a systematic sample; empty: by id
  std::vector<plan_target> targets{};
  std::uint64_t without_chance = 0; ///< conversations that were left out as they had no chance

  /// Every conversation was drawn by itself, in each of its parts: Poisson sampling.
  bool is_poisson() const;
  /// As many of each stratum as the plan says, all with the same chance: what the plan's counts speak for.
  bool is_simple() const { return method == draw_method::simple && targets.empty(); }

  friend bool operator==(const plan_draw&, const plan_draw&) = default;
};

/// `"phone"`, or `("phone", "gold")` where strata have two columns, `(all)` where they have none.
std::string stratum_name(std::span<const std::string> labels);

/// How many conversations each stratum holds, how many are to be drawn, and how that came about: made by
/// allocate, used by draw and by sample_design, kept as JSON so that an audit can draw the same sample
/// again. Immutable.
///
/// Every stratum of the population is in it, also those from which nothing is drawn (estimates then do not
/// speak for them, and `notes` says so). Strata ascend by their labels as the columns' own type orders
/// them. A plan without strata columns has one stratum: a simple random sample.
class sampling_plan {
public:
  /// Throws design_error unless every stratum has one label per column, stands once, and holds at least its
  /// sample.
  sampling_plan(std::vector<strata_column> columns, std::vector<planned_stratum> strata, plan_origin origin,
                std::optional<plan_draw> recorded = std::nullopt,
                std::optional<plan_content> content = std::nullopt);

  const std::vector<strata_column>& columns() const noexcept { return columns_; }
  const std::vector<planned_stratum>& strata() const noexcept { return strata_; }
  const plan_origin& origin() const noexcept { return origin_; }
  const std::optional<plan_draw>& recorded_draw() const noexcept { return recorded_; }
  const std::optional<plan_content>& recorded_content() const noexcept { return content_; }

  std::uint64_t population_size() const noexcept { return population_; }
  std::uint64_t sample_size() const noexcept { return sample_; }

  /// Position of the stratum with these labels, if the plan has it.
  std::optional<std::size_t> find(std::span<const std::string> labels) const;

  /// The same plan with the draw written in it, for the record.
  sampling_plan with_draw(plan_draw draw) const;
  /// Of a simple draw.
  sampling_plan with_draw(seed start, id_kind id) const;

  /// The same plan with the content of the conversations it was made for, so that a draw can refuse others.
  sampling_plan with_content(plan_content content) const;

  /// Reads what to_json wrote. Throws data_error with the line and column, or the path, of what is wrong in
  /// the text; design_error if the plan contradicts itself.
  static sampling_plan from_json(std::string_view text, std::string_view name = "sampling plan");

  friend bool operator==(const sampling_plan& a, const sampling_plan& b);

private:
  void add(std::size_t h);

  std::vector<strata_column> columns_;
  std::vector<planned_stratum> strata_;
  plan_origin origin_;
  std::optional<plan_draw> recorded_;
  std::optional<plan_content> content_;
  std::map<std::vector<std::string>, std::size_t> index_;
  std::uint64_t population_ = 0;
  std::uint64_t sample_ = 0;
};

/// The plan as JSON text, without loss: numbers in full, the seed as text (programs that read numbers as
/// double would round it). Keys in a fixed order.
std::string to_json(const sampling_plan& plan);

/// The plan as a table of plain text, for people: strata, population, sample size, inclusion probability,
/// notes.
std::string to_text(const sampling_plan& plan);

} // namespace qascore

#if !defined(QASCORE_COMPILED)
#include "impl/sampling_plan.ipp"
#endif
