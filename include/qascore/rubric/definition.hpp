// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../kernel/scoring.hpp"

#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

/// What a rubric says, as plain data: what the YAML reader fills in, and what C++ code may write by hand. A
/// definition may be wrong; `rubric` checks it (qascore::validate). docs/rubric.md explains each word.
namespace qascore {

/// Bounds that keep every rubric small enough to check, show and score; far above what people can fill in.
inline constexpr std::size_t max_criteria = 500;
inline constexpr std::size_t max_section_depth = 3;
inline constexpr std::size_t max_bands = 100;
inline constexpr std::size_t max_id_bytes = 64;
inline constexpr int max_amount = 1'000'000; ///< of a weight, of points
inline constexpr double min_amount = 1e-9;   ///< of a weight, of points, that is not 0
inline constexpr std::size_t max_condition_depth = 8;
inline constexpr std::size_t max_condition_tests = 1000; ///< of all conditions of a form

/// Text by language tag (`en`, `zh-CN`).
using localised = std::map<std::string, std::string>;

/// The reserved answer: deliberately not applicable; leaves the denominator.
inline constexpr std::string_view not_applicable_answer = "not_applicable";

struct option_definition {
  std::string id;
  localised title;
  double points = 0.0;
};

/// `yes` or `no`; the good one earns `points`, the other 0. Negative points (method base): the other loses
/// them.
struct yes_no_answer {
  double points = 1.0;
  std::string good = "yes";
};
/// One of the options; possible is the highest number of points. With `several` any number of them, also none:
/// the sum of their points, up to `most` (down to it where that is negative: method base).
struct options_answer {
  std::vector<option_definition> options;
  bool several = false;
  std::optional<double> most = {};
};
/// A whole number from min to max; earns points * (value - min) / (max - min). Points default to max - min.
struct scale_answer {
  int min = 1;
  int max = 5;
  std::optional<double> points;
};
/// A number up to and including `to`, and above the range before; the last range has no `to`.
struct range_definition {
  std::optional<double> to;
  double points = 0.0;
};
struct number_answer {
  std::vector<range_definition> ranges;
  std::string metric = {}; ///< of the conversation, which fills it in; empty: the rater answers
};
/// How often something happened. Positive points are earned per hit from 0, negative ones lost per hit from
/// full marks, both up to `limit`; with `each` false one hit counts as many. Possible is |limit|, or |points|
/// when not each.
struct hits_answer {
  double points = 0.0;
  bool each = true;
  std::optional<double> limit;
};
/// Free text; never scored.
struct text_answer {};
/// A day, `2026-01-31`, or a time of one; never scored.
struct date_answer {};

using answer_definition = std::variant<yes_no_answer, options_answer, scale_answer, number_answer,
                                       hits_answer, text_answer, date_answer>;

using kernel::fail_effect;
using kernel::fail_scope;

/// When a fail rule fires.
struct when_chosen {
  std::vector<std::string> answers;
};
struct when_below_highest {}; ///< any answer that earns less than the best
struct when_below {
  double fraction = 0.0; ///< the criterion's (or section's) earned / possible is below this
};
struct when_hits {
  int at_least = 1;
};

struct fail_rule_definition {
  std::variant<when_chosen, when_below_highest, when_below, when_hits> when;
  fail_scope scope = fail_scope::form;
  fail_effect effect = fail_effect::zero;
  double cap = 0.0;         ///< with effect cap: the most that is left, a fraction
  std::string section = {}; ///< with scope section: which of those around; empty: the nearest
};

/// Why a criterion lost points (root cause), for the rater to tick.
struct reason_definition {
  std::string id;
  localised title;
};

/// When something is asked: a tree of `all`, `any` and `negation` over tests of answers to other criteria and
/// of fields of the conversation. A test of a criterion that is itself not asked is false, as is one of an
/// answer or a field that is missing.
enum class condition_kind { all, any, negation, answer, field };
/// How a test compares: one of the values; or, of several options, all of them among the chosen, or no others.
enum class condition_match { is, contains_all, is_exactly };
struct condition_definition {
  condition_kind what = condition_kind::all;
  std::vector<condition_definition> parts; ///< of all and any; of negation one
  std::string of;                          ///< of a test: id of the criterion, name of the field
  condition_match match = condition_match::is;
  std::vector<std::string> values; ///< of a test
};

struct criterion_definition {
  std::string id;
  localised title;
  std::optional<double> weight; ///< 1 when not given
  std::vector<std::string> dimension;
  answer_definition answer;
  bool not_applicable = false; ///< whether `not_applicable` is a valid answer
  bool bonus = false;          ///< earns on top: counts in the numerator only
  bool critical = false;       ///< takes part in the critical score
  std::vector<reason_definition> reasons;
  std::vector<fail_rule_definition> fail;
  std::optional<condition_definition> ask_when; ///< always asked when not given
  std::optional<double> out_of; ///< points that count as full; the highest answer's when not given
  bool excluded = false;        ///< asked and never scored, in any method; its fail rules hold
};

/// Holds either sections or criteria.
struct section_definition {
  std::string id;
  localised title;
  std::optional<double> weight; ///< 1 when not given
  std::vector<section_definition> sections;
  std::vector<criterion_definition> criteria;
  std::vector<fail_rule_definition> fail;       ///< `below` only
  std::optional<condition_definition> ask_when; ///< of all that it holds
  bool excluded = false;                        ///< all that it holds
};

enum class scoring_method {
  weighted,      ///< weighted mean of earned / possible
  points,        ///< sum of earned / sum of possible
  scaled_points, ///< the same with points times weights (of the criterion and the sections around it)
  base           ///< a base, to which answers add, or from which they deduct, points
};
enum class weights_of {
  criterion, ///< the form is the weighted mean of its criteria
  section    ///< a section is the weighted mean of its criteria, the form of its sections
};
/// Where the weight of a criterion goes that is not applicable.
enum class not_applicable_policy {
  redistribute,           ///< to the others in proportion, within the section when sections have weights
  redistribute_over_form, ///< to all others of the form in proportion
  full_marks,             ///< stays, with all points
  zero                    ///< stays, without points
};

struct band_definition {
  std::string id;
  localised title;
  double from = 0.0; ///< the band holds scores from here up to the band before
};

enum class rounding_rule { half_even, half_up };
/// How the reported score is rounded: decimal places of the fraction.
struct rounding_definition {
  int digits = 4;
  rounding_rule rule = rounding_rule::half_even;
};

struct rubric_definition {
  std::string id;
  std::string version;
  std::string language = "en"; ///< of titles without a language, and of explanations
  localised title;
  scoring_method method = scoring_method::weighted;
  weights_of weights = weights_of::criterion;
  not_applicable_policy not_applicable = not_applicable_policy::redistribute;
  /// Limits of the score before fail rules: fractions; with method base points, by default 0 and the scale.
  std::optional<double> floor, cap;
  std::optional<rounding_definition> round; ///< of the score after fail rules; not rounded when not given
  double base = 100.0;                      ///< of method base: what every evaluation starts at, in points
  std::optional<double> scale; ///< of method base: the points that are a score of 1; the base when not given
  std::vector<band_definition> bands;
  std::optional<double> pass_from;
  std::vector<section_definition> sections;
};

} // namespace qascore
