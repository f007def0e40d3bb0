// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../core/error.hpp"
#include "../detail/nearest.hpp"
#include "bites.hpp"
#include "reachable.hpp"

#include <algorithm>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

/// What makes a definition a rubric that can score. All problems are found in one go; conditions that are never true, and
/// what could change no score, are looked for in a form that is right otherwise.
namespace qascore::detail {

inline bool is_plain_id(std::string_view text) {
  return !text.empty() && text.size() <= max_id_bytes && std::ranges::all_of(text, [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte >= 0x80 || (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z') ||
           (byte >= 'A' && byte <= 'Z') || byte == '_' || byte == '-' || byte == '.';
  });
}

/// The first character of UTF-8 text that nobody sees (controls, spaces, what Unicode ignores by default, fillers), as
/// U+200B; empty without one. Ids that differ by such a character alone would look the same.
inline std::string unseen_character(std::string_view text) {
  struct range {
    std::uint32_t first, last;
  };
  constexpr range unseen[] = {{0x80, 0xA0},     {0xAD, 0xAD},     {0x34F, 0x34F},     {0x61C, 0x61C},
                              {0x115F, 0x1160}, {0x1680, 0x1680}, {0x17B4, 0x17B5},   {0x180B, 0x180F},
                              {0x2000, 0x200F}, {0x2028, 0x202F}, {0x205F, 0x206F},   {0x2800, 0x2800},
                              {0x3000, 0x3000}, {0x3164, 0x3164}, {0xFE00, 0xFE0F},   {0xFEFF, 0xFEFF},
                              {0xFFA0, 0xFFA0}, {0xFFF0, 0xFFFB}, {0x1D173, 0x1D17A}, {0xE0000, 0xE0FFF}};
  for (std::size_t at = 0; at < text.size();) {
    const auto lead = static_cast<unsigned char>(text[at++]);
    const int more = lead >= 0xF0 ? 3 : lead >= 0xE0 ? 2 : lead >= 0xC0 ? 1 : 0;
    std::uint32_t point = more == 0 ? lead : lead & (0x3Fu >> static_cast<unsigned>(more));
    for (int i = 0; i < more && at < text.size(); ++i)
      point = point << 6u | (static_cast<unsigned char>(text[at++]) & 0x3Fu);
    if (std::ranges::none_of(unseen, [&](const range& r) { return r.first <= point && point <= r.last; }))
      continue;
    std::string digits;
    for (; point > 0 || digits.size() < 4; point >>= 4u)
      digits.insert(digits.begin(), "0123456789ABCDEF"[point & 0xFu]);
    return "U+" + digits;
  }
  return {};
}

/// Whether a rubric takes it for the id of one of its parts.
inline bool is_id(std::string_view text) {
  return is_plain_id(text) && unseen_character(text).empty();
}

class rubric_checker {
public:
  explicit rubric_checker(const rubric_definition& rubric) : rubric_{rubric} {}

  std::vector<problem> run() {
    check_id("id", rubric_.id);
    if (rubric_.version.empty())
      report("version", "expected a version, like \"2026.1\", but found empty text");
    check_scoring();
    check_bands();
    if (rubric_.sections.empty())
      report("sections", "expected at least one section but found none");
    double weights = 0.0, total = 0.0;
    for (std::size_t i = 0; i < rubric_.sections.size(); ++i)
      check_section(rubric_.sections[i], "sections[" + std::to_string(i) + "]", 1, weights, total);
    check_siblings("sections", !rubric_.sections.empty(), weights);
    const bool by_criterion =
        rubric_.method == scoring_method::weighted && rubric_.weights == weights_of::criterion;
    if ((by_criterion || rubric_.method == scoring_method::scaled_points) && scored_ > 0 && !(total > 0.0))
      report("sections", std::string("expected some ") + (by_criterion ? "criterion" : "section") +
                             " with a weight > 0 but found weights that are all 0");
    if (criteria_ > max_criteria)
      report("sections", "expected at most " + std::to_string(max_criteria) + " criteria but found " +
                             std::to_string(criteria_));
    check_metrics();
    if (criteria_ > 0 && base_ == 0)
      report("sections", "expected at least one criterion that is scored and not a bonus but found none");
    check_conditions();
    return problems_.empty() ? bite_checker(rubric_).run() : std::move(problems_);
  }

private:
  void report(std::string path, std::string message) {
    problems_.push_back({{}, 0, 0, std::move(path), std::move(message)});
  }

  bool section_weights() const {
    return rubric_.method == scoring_method::weighted && rubric_.weights == weights_of::section;
  }

  void check_id(const std::string& path, const std::string& id) {
    if (!is_plain_id(id))
      report(path, "expected an id (letters, digits, _ - . without spaces, at most " +
                       std::to_string(max_id_bytes) + " bytes) but found " + quoted(id));
    else if (const std::string unseen = unseen_character(id); !unseen.empty())
      report(path,
             "expected an id whose characters can all be seen but found " + unseen + " in " + quoted(id));
  }

  void check_unique(std::map<std::string, std::string>& seen, const std::string& id,
                    const std::string& path) {
    const auto [at, fresh] = seen.try_emplace(id, path);
    if (!fresh && is_id(id))
      report(path, "expected an id of its own but found " + quoted(id) + ", which " + at->second + " has");
  }

  // Percent, most likely.
  static std::string fraction_meant(double value) {
    return value >= 10.0 && value <= 100.0 ? " (did you mean " + format_number(value / 100.0) + "?)"
                                           : std::string{};
  }

  void check_fraction(const std::string& path, double value) {
    if (!(value >= 0.0 && value <= 1.0))
      report(path,
             "expected a fraction from 0 to 1 but found " + format_number(value) + fraction_meant(value));
  }

  void check_points(const std::string& path, double value, bool negative = false) {
    if (!(std::abs(value) <= max_amount) || (value < 0.0 && !negative))
      report(path, std::string("expected a number ") + (negative ? "of at most +-" : "from 0 to ") +
                       std::to_string(max_amount) + " but found " + format_number(value) +
                       (value < 0.0 && !negative ? ": only method base and hits deduct" : ""));
    else
      check_size(path, value);
  }

  // Smaller numbers are lost beside any that people write.
  bool check_size(const std::string& path, double value) {
    const bool lost = value != 0.0 && std::abs(value) < min_amount;
    if (lost)
      report(path, "expected 0, or a number from 0.000000001, but found " + format_number(value));
    return !lost;
  }

  bool adds() const { return rubric_.method == scoring_method::base; }

  void check_base() {
    if (!(rubric_.base >= 0.0 && rubric_.base <= max_amount))
      report("scoring.base", "expected a number from 0 to " + std::to_string(max_amount) + " but found " +
                                 format_number(rubric_.base));
    const double scale = rubric_.scale.value_or(rubric_.base);
    if (!(scale > 0.0 && scale <= max_amount))
      report(rubric_.scale ? "scoring.scale" : "scoring",
             "expected a scale (the points that are a score of 1) above 0, at most " +
                 std::to_string(max_amount) + ", but found " + format_number(scale));
    else if (check_size("scoring.base", rubric_.base) && rubric_.scale)
      check_size("scoring.scale", scale);
    if (rubric_.not_applicable != not_applicable_policy::redistribute)
      report("scoring.not_applicable",
             "expected \"redistribute\": with method base what is not applicable adds and deducts nothing");
  }

  void check_limits() {
    const double scale = adds() ? rubric_.scale.value_or(rubric_.base) : 1.0;
    const double most = adds() ? max_amount : 100.0;
    const char* const unit = adds() ? "points" : "a fraction";
    if (rubric_.floor && !(*rubric_.floor >= 0.0 && *rubric_.floor < scale))
      report("scoring.floor", std::string("expected a floor (") + unit + ") from 0, below " +
                                  format_number(scale) + ", but found " + format_number(*rubric_.floor));
    else if (rubric_.cap && !(*rubric_.cap > rubric_.floor.value_or(0.0) && *rubric_.cap <= most))
      report("scoring.cap", std::string("expected a cap (") + unit + ") above " +
                                format_number(rubric_.floor.value_or(0.0)) + ", at most " +
                                format_number(most) + ", but found " + format_number(*rubric_.cap));
  }

  void check_scoring() {
    if (adds())
      check_base();
    else if (rubric_.scale)
      report("scoring.scale", "expected no scale: only method base has one");
    check_limits();
    if (rubric_.round && (rubric_.round->digits < 0 || rubric_.round->digits > 6))
      report("scoring.round.digits", "expected 0 to 6 decimal places of a fraction but found " +
                                         std::to_string(rubric_.round->digits));
    if (adds())
      return;
    if (rubric_.method != scoring_method::weighted &&
        rubric_.not_applicable == not_applicable_policy::redistribute_over_form)
      report("scoring.not_applicable",
             "expected \"redistribute\": with points what is left is already summed over the form");
  }

  void check_bands() {
    if (rubric_.bands.size() > max_bands)
      report("bands", "expected at most " + std::to_string(max_bands) + " bands but found " +
                          std::to_string(rubric_.bands.size()));
    std::map<std::string, std::string> seen;
    for (std::size_t i = 0; i < rubric_.bands.size(); ++i) {
      const auto& band = rubric_.bands[i];
      const std::string path = "bands[" + std::to_string(i) + "]";
      check_id(path + ".id", band.id);
      check_unique(seen, band.id, path + ".id");
      check_fraction(path + ".from", band.from);
      if (i == 0)
        continue;
      const double above = rubric_.bands[i - 1].from;
      if (band.from == above)
        report(path + ".from", "expected a limit below that of the band above but found " +
                                   format_number(band.from) + " again: the two bands overlap");
      else if (!(band.from < above))
        report(path + ".from", "expected bands from the highest to the lowest but found " +
                                   format_number(band.from) + " after " + format_number(above));
    }
    if (!rubric_.bands.empty() && rubric_.bands.back().from > 0.0)
      report("bands[" + std::to_string(rubric_.bands.size() - 1) + "].from",
             "expected the lowest band to start at 0 but found " + format_number(rubric_.bands.back().from) +
                 ": scores below fall into a gap");
    if (rubric_.pass_from)
      check_fraction("pass_from", *rubric_.pass_from);
  }

  void check_weight(const std::string& path, const std::optional<double>& weight, const char* refused) {
    if (!weight)
      return;
    if (refused)
      report(path + ".weight", "expected no weight but found " + format_number(*weight) + ": " + refused);
    else if (!(*weight >= 0.0 && *weight <= max_amount))
      report(path + ".weight", "expected a number from 0 to " + std::to_string(max_amount) + " but found " +
                                   format_number(*weight));
    else
      check_size(path + ".weight", *weight);
  }

  // A weight that is wrong has its own problem: it does not make "all 0" true as well.
  static double counted(const std::optional<double>& weight) {
    return weight && *weight >= 0.0 && *weight <= max_amount ? *weight : 1.0;
  }

  // Among siblings that have weights, one must bite.
  void check_siblings(const std::string& path, bool any, double weights) {
    if (section_weights() && any && !(weights > 0.0))
      report(path, "expected some weight > 0 but found weights that are all 0: nothing here can be scored");
  }

  void check_section(const section_definition& section, const std::string& path, std::size_t depth,
                     double& sibling_weights, double& total, std::size_t around = nothing_around,
                     bool excluded = false) {
    if (section.ask_when) {
      asked_.push_back({&*section.ask_when, path, around, "the section"});
      around = asked_.size() - 1;
    }
    check_id(path + ".id", section.id);
    check_unique(ids_, section.id, path + ".id");
    if (depth > max_section_depth) {
      report(path, "expected sections at most " + std::to_string(max_section_depth) +
                       " deep but found one at depth " + std::to_string(depth));
      return;
    }
    excluded = excluded || section.excluded;
    const bool scored = is_scored(section) && !excluded;
    const bool has_weight = section_weights() || rubric_.method == scoring_method::scaled_points;
    check_weight(path, section.weight,
                 !has_weight ? "in this method only criteria have weights"
                 : excluded  ? "what is excluded is never scored"
                 : !scored   ? "what it holds is never scored"
                             : nullptr);
    if (scored)
      sibling_weights += counted(section.weight);
    if (section.sections.empty() == section.criteria.empty())
      report(path, section.criteria.empty()
                       ? "expected criteria or sections but found neither: the section can never score"
                       : "expected either criteria or sections but found both");
    double weights = 0.0, inside = 0.0;
    around_.push_back(section.id);
    for (std::size_t i = 0; i < section.sections.size(); ++i)
      check_section(section.sections[i], path + ".sections[" + std::to_string(i) + "]", depth + 1, weights,
                    inside, around, excluded);
    for (std::size_t i = 0; i < section.criteria.size(); ++i)
      check_criterion(section.criteria[i], path + ".criteria[" + std::to_string(i) + "]", weights, inside,
                      around, excluded);
    if (scored)
      check_siblings(path, true, weights);
    if (scored && rubric_.method == scoring_method::scaled_points && !(inside > 0.0))
      report(path, "expected some weight > 0 but found weights that are all 0: the section can never score");
    total += inside * (rubric_.method == scoring_method::scaled_points ? counted(section.weight) : 1.0);
    for (std::size_t i = 0; i < section.fail.size(); ++i) {
      const std::string rule = path + ".fail[" + std::to_string(i) + "]";
      if (adds())
        report(rule, "expected no fail rule of a section: with method base only the form has a score");
      else if (!scored)
        report(rule, "expected no fail rule of a section that is never scored: it could not fire");
      if (!section.fail[i].section.empty())
        report(rule + ".scope",
               "expected \"section\" or \"form\": the rule of a section falls on itself or the form");
      if (!std::holds_alternative<when_below>(section.fail[i].when))
        report(rule + ".when", "expected \"below\", the one trigger that a section has");
      if (section.fail[i].scope == fail_scope::criterion)
        report(rule + ".scope", "expected \"section\" or \"form\" but found \"criterion\"");
      check_rule(section.fail[i], rule);
    }
    around_.pop_back();
  }

  void check_criterion(const criterion_definition& criterion, const std::string& path,
                       double& sibling_weights, double& total, std::size_t around, bool excluded) {
    ++criteria_;
    if (criterion.ask_when)
      asked_.push_back({&*criterion.ask_when, path, around, "the criterion"});
    check_id(path + ".id", criterion.id);
    check_unique(ids_, criterion.id, path + ".id");
    const bool has_points = is_scored(criterion.answer);
    excluded = has_points && (excluded || criterion.excluded);
    const bool scored = has_points && !excluded;
    const char* const never =
        excluded ? "what is excluded is never scored" : "text and dates are never scored";
    check_weight(path, criterion.weight,
                 rubric_.method == scoring_method::points ? "with method points the points are the weights"
                 : adds()                                 ? "with method base the points are the weights"
                 : !scored                                ? never
                                                          : nullptr);
    if (criterion.excluded && !has_points)
      report(path + ".excluded", "expected an answer that could be scored: text and dates never are");
    if (criterion.bonus && (rubric_.method == scoring_method::weighted || adds() || !scored))
      report(path + ".bonus",
             rubric_.method == scoring_method::weighted
                 ? "expected method points or scaled_points: a weighted mean has no place for a bonus"
             : adds() ? "expected no bonus: with method base any answer may add points"
                      : std::string("expected no bonus: ") + never);
    if (criterion.critical && !scored)
      report(path + ".critical", std::string("expected an answer that is scored: ") + never);
    if (!has_points && !criterion.fail.empty())
      report(path + ".fail", "expected no fail rule: text and dates are never scored");
    for (std::size_t i = 0; i < criterion.dimension.size(); ++i)
      check_id(path + ".dimension[" + std::to_string(i) + "]", criterion.dimension[i]);
    std::map<std::string, std::string> reasons;
    for (std::size_t i = 0; i < criterion.reasons.size(); ++i) {
      const std::string reason = path + ".reasons[" + std::to_string(i) + "]";
      check_id(reason, criterion.reasons[i].id);
      check_unique(reasons, criterion.reasons[i].id, reason);
    }
    const std::size_t before = problems_.size();
    std::visit([&](const auto& answer) { check_answer(answer, path + ".answer"); }, criterion.answer);
    const bool valid = problems_.size() == before;
    if (const auto metric = metric_of(criterion.answer); !metric.empty())
      metrics_.push_back({criterion.id, std::string(metric), path + ".answer.number.from"});
    if (scored) {
      ++scored_;
      const double weight = counted(criterion.weight);
      sibling_weights += weight;
      total += weight;
      base_ += criterion.bonus ? 0u : 1u;
      auto points = valid ? points_of_codes(criterion.answer, adds()) : std::vector<exact_number>{};
      if (several_of(criterion.answer) != nullptr)
        points.emplace_back(); // none of the options
      if (valid && !adds() && !(highest(points).value() > 0.0))
        report(path + ".answer", "expected an answer that earns more than 0 points but found none");
      if (valid && adds() && !(highest(points).value() > lowest(points).value()))
        report(path + ".answer", "expected answers of different points but found that all have the same");
    }
    if (criterion.out_of)
      check_out_of(criterion, path + ".out_of", never, scored, valid);
    for (std::size_t i = 0; i < criterion.fail.size(); ++i) {
      const std::string rule = path + ".fail[" + std::to_string(i) + "]";
      if (adds() && criterion.fail[i].scope != fail_scope::form)
        report(rule + ".scope", "expected \"form\": with method base only the form has a score");
      check_rule(criterion.fail[i], rule);
      check_target(criterion.fail[i], rule);
      check_trigger(criterion, criterion.fail[i], rule + ".when");
      if (excluded)
        check_excluded_rule(criterion.fail[i], rule);
    }
  }

  // Points of what is excluded mean nothing, and it has no score to take.
  void check_excluded_rule(const fail_rule_definition& rule, const std::string& path) {
    if (!std::holds_alternative<when_chosen>(rule.when) && !std::holds_alternative<when_hits>(rule.when))
      report(path + ".when", "expected \"chosen\" or \"hits\": what is excluded earns no points");
    if (rule.scope == fail_scope::criterion && rule.effect != fail_effect::verdict)
      report(path + ".scope", "expected \"section\" or \"form\": what is excluded has no points to take");
  }

  static double most_points(const answer_definition& answer) {
    const options_answer* several = several_of(answer);
    if (several == nullptr)
      return highest(points_of_codes(answer, false)).value();
    exact_number sum;
    for (const auto& option : several->options)
      sum = sum + exact_number(option.points);
    return std::min(sum.value(), several->most.value_or(sum.value()));
  }

  void check_out_of(const criterion_definition& criterion, const std::string& path, const char* never,
                    bool scored, bool valid) {
    const double value = *criterion.out_of;
    if (!scored)
      return report(path, std::string("expected no out_of: ") + never);
    if (adds())
      return report(path, "expected no out_of: with method base points only add and deduct");
    if (!(value > 0.0 && value <= max_amount))
      return report(path, "expected a number above 0, at most " + std::to_string(max_amount) +
                              ", but found " + format_number(value));
    if (!check_size(path, value))
      return;
    const double most = valid ? most_points(criterion.answer) : 0.0;
    if (rubric_.method == scoring_method::weighted && value < most)
      report(path, "expected at least what the best answer earns (" + format_number(most) + ") but found " +
                       format_number(value) + ": a weighted mean has no place for a bonus");
  }

  void check_answer(const yes_no_answer& answer, const std::string& path) {
    check_points(path + ".yes_no.points", answer.points, adds());
    if (answer.good != "yes" && answer.good != "no")
      report(path + ".yes_no.good", "expected \"yes\" or \"no\" but found " + quoted(answer.good));
  }
  void check_answer(const options_answer& answer, const std::string& path) {
    constexpr std::size_t most = option_classes::most_options;
    if (answer.several ? answer.options.empty() || answer.options.size() > most : false)
      report(path + ".options", "expected 1 to " + std::to_string(most) +
                                    " options of which several may be chosen but found " +
                                    std::to_string(answer.options.size()));
    if (answer.most && !answer.several)
      report(path + ".most", "expected \"several: true\" beside it: only a sum has a limit");
    else if (answer.most)
      check_points(path + ".most", *answer.most, adds());
    if (answer.most == 0.0)
      report(path + ".most", "expected points that are not 0");
    if (answer.several)
      several_.push_back(path);
    else if (answer.options.size() < 2 || answer.options.size() > kernel::max_answers)
      report(path + ".options", "expected 2 to " + std::to_string(kernel::max_answers) +
                                    " options but found " + std::to_string(answer.options.size()));
    std::map<std::string, std::string> seen;
    for (std::size_t i = 0; i < answer.options.size(); ++i) {
      const std::string option = path + ".options[" + std::to_string(i) + "]";
      check_id(option + ".id", answer.options[i].id);
      check_unique(seen, answer.options[i].id, option + ".id");
      if (answer.options[i].id == not_applicable_answer)
        report(option + ".id", "expected another id: \"not_applicable\" is reserved; "
                               "write \"not_applicable: true\" beside the answer");
      check_points(option + ".points", answer.options[i].points, adds());
    }
  }
  void check_answer(const scale_answer& answer, const std::string& path) {
    if (!(answer.min < answer.max))
      report(path + ".scale.max", "expected a whole number above min (" + std::to_string(answer.min) +
                                      ") but found " + std::to_string(answer.max));
    else if (static_cast<long long>(answer.max) - answer.min >= static_cast<long long>(kernel::max_answers))
      report(path + ".scale.max", "expected at most " + std::to_string(kernel::max_answers) +
                                      " steps but found " +
                                      std::to_string(static_cast<long long>(answer.max) - answer.min + 1));
    if (answer.points)
      check_points(path + ".scale.points", *answer.points);
  }
  void check_answer(const number_answer& answer, const std::string& path) {
    const auto& ranges = answer.ranges;
    if (answer.metric.size() > max_id_bytes)
      report(path + ".number.from", "expected the name of a metric, at most " + std::to_string(max_id_bytes) +
                                        " bytes, but found " + quoted(answer.metric));
    if (ranges.empty() || ranges.size() > kernel::max_answers)
      report(path + ".number.ranges", "expected 1 to " + std::to_string(kernel::max_answers) +
                                          " ranges but found " + std::to_string(ranges.size()));
    for (std::size_t i = 0; i < ranges.size(); ++i) {
      const std::string range = path + ".number.ranges[" + std::to_string(i) + "]";
      check_points(range + ".points", ranges[i].points, adds());
      const bool last = i + 1 == ranges.size();
      if (last && ranges[i].to)
        report(range + ".to",
               "expected no limit for the last range, which holds all that is above, but found " +
                   format_number(*ranges[i].to));
      if (!last && !ranges[i].to)
        report(range, "expected \"to\": only the last range has no limit");
      if (i > 0 && ranges[i].to && ranges[i - 1].to && !(*ranges[i].to > *ranges[i - 1].to))
        report(range + ".to", "expected a limit above " + format_number(*ranges[i - 1].to) + " but found " +
                                  format_number(*ranges[i].to));
    }
  }
  void check_answer(const hits_answer& answer, const std::string& path) {
    check_points(path + ".hits.points", answer.points, true);
    if (answer.points == 0.0)
      report(path + ".hits.points", "expected points that are not 0");
    if (!answer.each) {
      if (answer.limit)
        report(path + ".hits.limit", "expected no limit: with \"each: false\" one hit counts as many");
      return;
    }
    if (!answer.limit) {
      report(path + ".hits", "expected \"limit\": the most points that hits can move");
      return;
    }
    check_points(path + ".hits.limit", *answer.limit, true);
    if (!(*answer.limit * answer.points > 0.0) || std::abs(*answer.limit) < std::abs(answer.points))
      report(path + ".hits.limit", "expected a limit of the same sign as the points (" +
                                       format_number(answer.points) + ") and not nearer to 0 but found " +
                                       format_number(*answer.limit));
    else if (most_hits(answer) >= static_cast<double>(kernel::max_answers))
      report(path + ".hits.limit", "expected a limit within " + std::to_string(kernel::max_answers - 1) +
                                       " hits but found " + format_number(*answer.limit));
  }
  void check_answer(const text_answer&, const std::string&) {}
  void check_answer(const date_answer&, const std::string&) {}

  void check_rule(const fail_rule_definition& rule, const std::string& path) {
    if (const auto* below = std::get_if<when_below>(&rule.when);
        below && !(below->fraction > 0.0 && below->fraction <= 1.0))
      report(path + ".when.below", "expected a fraction above 0, at most 1, but found " +
                                       format_number(below->fraction) + fraction_meant(below->fraction));
    if (rule.effect == fail_effect::cap && !(rule.cap > 0.0 && rule.cap < 1.0))
      report(path + ".effect.cap", "expected a fraction between 0 and 1 but found " +
                                       format_number(rule.cap) + fraction_meant(rule.cap));
  }

  void check_target(const fail_rule_definition& rule, const std::string& path) {
    if (!rule.section.empty() && std::ranges::find(around_, rule.section) == around_.end())
      report(path + ".scope.section", "expected a section around it but found " + quoted(rule.section) +
                                          did_you_mean(rule.section, around_));
  }

  void check_trigger(const criterion_definition& criterion, const fail_rule_definition& rule,
                     const std::string& path) {
    if (const auto* chosen = std::get_if<when_chosen>(&rule.when)) {
      const std::vector<std::string> allowed = answers_to_name(criterion.answer);
      if (!can_be_named(criterion.answer))
        report(path, "expected \"below_highest\", \"below\" or \"hits\": this criterion has no answers to "
                     "choose from");
      if (chosen->answers.empty())
        report(path + ".chosen", "expected at least one answer but found none");
      for (const auto& answer : chosen->answers)
        if (!allowed.empty() && std::ranges::find(allowed, answer) == allowed.end())
          report(path + ".chosen", "expected an answer of " + quoted(criterion.id) + " but found " +
                                       quoted(answer) + answer_meant(criterion.answer, answer, allowed));
    }
    if (const auto* hits = std::get_if<when_hits>(&rule.when)) {
      const auto* answer = std::get_if<hits_answer>(&criterion.answer);
      if (!answer)
        report(path,
               "expected \"chosen\", \"below_highest\" or \"below\": this criterion does not count hits");
      else if (hits->at_least < 1 || hits->at_least > most_hits(*answer))
        report(path + ".hits", "expected a number of hits from 1 to " + format_number(most_hits(*answer)) +
                                   ", where the limit is reached, but found " +
                                   std::to_string(hits->at_least));
    }
  }

  // Another step of a scale is no misprint of the one that is written.
  static std::string answer_meant(const answer_definition& answer, const std::string& found,
                                  const std::vector<std::string>& allowed) {
    return std::holds_alternative<scale_answer>(answer) ? std::string{} : did_you_mean(found, allowed);
  }

  static bool can_be_named(const answer_definition& answer) {
    return std::holds_alternative<yes_no_answer>(answer) || std::holds_alternative<options_answer>(answer) ||
           std::holds_alternative<scale_answer>(answer);
  }

  // In a table of answers a metric and a criterion are columns: one name, one column.
  void check_metrics() {
    for (const auto& one : metrics_)
      if (one.metric != one.criterion && ids_.contains(one.metric))
        report(one.path, "expected a metric of the conversation but found " + quoted(one.metric) +
                             ", which is the id of something else in this form");
  }

  // Sets of options that must be told apart need codes.
  bool make_classes(condition_graph& graph) {
    if (!problems_.empty())
      return false;
    graph.make_classes();
    std::size_t next = 0;
    for (const auto& one : graph.criteria()) {
      if (!one.classes)
        continue;
      const std::string& path = several_[next++];
      if (one.classes->too_many())
        report(path,
               "expected options whose sums, and the sets that rules and conditions look at, make at most " +
                   std::to_string(kernel::max_answers) +
                   " different answers but found more: limit the sum with \"most\", or give points that make "
                   "the "
                   "same sums");
    }
    return problems_.empty();
  }

  void check_conditions() {
    condition_graph graph(rubric_);
    if (asked_.empty()) {
      make_classes(graph);
      return;
    }
    const std::size_t before = problems_.size();
    std::size_t tests = 0;
    for (const auto& one : asked_)
      check_condition(graph, *one.condition, one.path + ".ask_when", 1, tests);
    if (tests > max_condition_tests)
      report("sections", "expected at most " + std::to_string(max_condition_tests) +
                             " tests in all conditions but found " + std::to_string(tests));
    for (const auto& field : graph.fields())
      if (field.values.size() > kernel::max_answers)
        report("sections", "expected at most " + std::to_string(kernel::max_answers) +
                               " values of the field " + quoted(field.name) + " in conditions but found " +
                               std::to_string(field.values.size()));
    if (problems_.size() != before)
      return;
    std::vector<std::size_t> cycle;
    graph.order(cycle);
    if (!cycle.empty())
      return report_cycle(graph, cycle);
    // What can be true hangs on answers that are as they should be.
    if (!make_classes(graph))
      return;
    reachability reachable(graph);
    std::vector<bool> possible(asked_.size(), false);
    for (std::size_t i = 0; i < asked_.size(); ++i) {
      std::vector<const condition_definition*> conditions;
      for (std::size_t at = i; at != nothing_around; at = asked_[at].around)
        conditions.push_back(asked_[at].condition);
      possible[i] = reachable.can_hold(conditions);
      if (!possible[i] && (asked_[i].around == nothing_around || possible[asked_[i].around]))
        report(asked_[i].path + ".ask_when",
               "expected a condition that can be true but found one that never is: " + asked_[i].what +
                   " is never asked");
    }
  }

  void report_cycle(const condition_graph& graph, const std::vector<std::size_t>& cycle) {
    std::string circle;
    for (const std::size_t c : cycle)
      circle += quoted(graph.criteria()[c].definition->id) + " hangs on ";
    circle += quoted(graph.criteria()[cycle.front()].definition->id);
    const condition_definition* const nearest = graph.criteria()[cycle.front()].conditions.back();
    for (const auto& one : asked_)
      if (one.condition == nearest)
        report(one.path + ".ask_when", "expected conditions without a circle but found that " + circle);
  }

  void check_condition(const condition_graph& graph, const condition_definition& condition,
                       const std::string& path, std::size_t depth, std::size_t& tests) {
    if (depth > max_condition_depth)
      return report(path, "expected conditions at most " + std::to_string(max_condition_depth) +
                              " deep but found one more");
    if (condition.what == condition_kind::answer || condition.what == condition_kind::field) {
      ++tests;
      return check_test(graph, condition, path);
    }
    const bool negation = condition.what == condition_kind::negation;
    const char* const key = negation ? ".not" : condition.what == condition_kind::all ? ".all" : ".any";
    if (negation ? condition.parts.size() != 1 : condition.parts.empty())
      report(path + key,
             std::string(negation ? "expected one condition" : "expected at least one condition") +
                 " but found " + std::to_string(condition.parts.size()));
    for (std::size_t i = 0; i < condition.parts.size(); ++i)
      check_condition(graph, condition.parts[i], path + key + (negation ? "" : "[" + std::to_string(i) + "]"),
                      depth + 1, tests);
  }

  void check_test(const condition_graph& graph, const condition_definition& test, const std::string& path) {
    const char* const key = test.match == condition_match::is             ? ".is"
                            : test.match == condition_match::contains_all ? ".contains_all"
                                                                          : ".is_exactly";
    if (test.values.empty() && test.match != condition_match::is_exactly)
      report(path + key, "expected at least one value but found none");
    if (test.what == condition_kind::field) {
      if (test.match != condition_match::is)
        report(path + key, "expected \"is\": a field has one value");
      if (test.of.empty() || test.of.size() > max_id_bytes)
        report(path + ".field", "expected the name of a field, at most " + std::to_string(max_id_bytes) +
                                    " bytes, but found " + quoted(test.of));
      else if (std::ranges::find(test.values, std::string{}) != test.values.end())
        report(path + key, "expected a value of the field " + quoted(test.of) +
                               " but found empty text, which is a missing value: no condition holds for it");
      else if (graph.index_of(test.of) < graph.criteria().size())
        report(path + ".field", "expected a field of the conversation but found " + quoted(test.of) +
                                    ", which is a criterion (write \"criterion\")");
      return;
    }
    const std::size_t at = graph.index_of(test.of);
    if (at == graph.criteria().size()) {
      std::vector<std::string> ids;
      for (const auto& one : graph.criteria())
        ids.push_back(one.definition->id);
      return report(path + ".criterion", "expected a criterion of this form but found " + quoted(test.of) +
                                             did_you_mean(test.of, ids));
    }
    const criterion_definition& asked = *graph.criteria()[at].definition;
    if (!can_be_named(asked.answer))
      return report(path + ".criterion",
                    "expected a criterion with answers to choose from (yes_no, options or "
                    "scale) but found " +
                        quoted(test.of));
    const bool several = several_of(asked.answer) != nullptr;
    if (several != (test.match != condition_match::is))
      report(path + key, several ? "expected \"contains_all\" or \"is_exactly\", since " + quoted(test.of) +
                                       " takes several options"
                                 : "expected \"is\", since " + quoted(test.of) + " takes one answer");
    std::vector<std::string> allowed = answers_to_name(asked.answer);
    if (asked.not_applicable && !several)
      allowed.emplace_back(not_applicable_answer);
    for (const auto& value : test.values)
      if (std::ranges::find(allowed, value) == allowed.end())
        report(path + key, "expected an answer of " + quoted(test.of) + " but found " + quoted(value) +
                               answer_meant(asked.answer, value, allowed));
  }

  struct filled_criterion {
    std::string criterion, metric, path;
  };

  static constexpr std::size_t nothing_around = static_cast<std::size_t>(-1);
  struct asked_part {
    const condition_definition* condition;
    std::string path;   // of the criterion or section
    std::size_t around; // index of the conditional section around it
    std::string what;
  };

  const rubric_definition& rubric_;
  std::vector<asked_part> asked_;
  std::vector<filled_criterion> metrics_;
  std::vector<std::string> several_; // paths of the answers of several options, in the order of the form
  std::vector<problem> problems_;
  std::vector<std::string> around_;        // ids of the sections around what is being checked
  std::map<std::string, std::string> ids_; // of sections and criteria, to where they stand
  std::size_t criteria_ = 0;
  std::size_t scored_ = 0;
  std::size_t base_ = 0; // scored and not a bonus
};

} // namespace qascore::detail
