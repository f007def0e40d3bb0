// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../core/error.hpp"
#include "../detail/nearest.hpp"
#include "answer_scale.hpp"
#include "option_classes.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <string>
#include <utility>
#include <vector>

/// What a form says that no evaluation can ever feel: limits that no score reaches, weights that are lost beside the
/// others, fail rules that change nothing. Who writes one means something else.
namespace qascore::detail {

/// The least and the most points that an answer earns.
struct points_range {
  double least = 0.0, most = 0.0;
};

inline points_range range_of(const answer_definition& answer, bool adds) {
  points_range out;
  if (const options_answer* several = several_of(answer)) {
    for (const auto& option : several->options)
      (option.points > 0.0 ? out.most : out.least) += option.points;
    if (several->most)
      (*several->most > 0.0 ? out.most : out.least) =
          *several->most > 0.0 ? std::min(out.most, *several->most) : std::max(out.least, *several->most);
    return out;
  }
  const auto points = points_of_codes(answer, adds);
  return {lowest(points).value(), highest(points).value()};
}

class bite_checker {
public:
  /// Needs a form that is right otherwise.
  explicit bite_checker(const rubric_definition& rubric) : rubric_{rubric} {}

  std::vector<problem> run() {
    for (std::size_t i = 0; i < rubric_.sections.size(); ++i)
      add_section(rubric_.sections[i], "sections[" + std::to_string(i) + "]", {}, 1.0, false);
    check_shares();
    find_scores();
    check_limits();
    for (const auto& part : parts_)
      check_rules(part);
    return std::move(problems_);
  }

private:
  /// Shares of the form below this are less than what limits forgive (kernel::limit_slack).
  static constexpr double least_share = kernel::limit_slack;

  struct placed_part {
    const std::vector<fail_rule_definition>* rules;
    const criterion_definition* criterion; // none: a section
    std::string path;
    std::vector<std::string> around; // ids of sections
    double factor = 0.0;             // on what a criterion earns; 0: never scored
    double possible = 0.0;
    points_range points = {};
  };

  void report(std::string path, std::string message) {
    problems_.push_back({{}, 0, 0, std::move(path), std::move(message)});
  }

  bool adds() const { return rubric_.method == scoring_method::base; }
  bool ratios() const { return rubric_.method == scoring_method::weighted; }

  // --- what is scored, with its weight

  template <class Part>
  static double weight_of(const Part& part) {
    return is_scored(part) ? part.weight.value_or(1.0) : 0.0;
  }
  template <class Part>
  static double sum_of_weights(const std::vector<Part>& parts) {
    double sum = 0.0;
    for (const auto& part : parts)
      sum += weight_of(part);
    return sum;
  }

  void add_section(const section_definition& section, const std::string& path,
                   std::vector<std::string> around, double factor, bool excluded) {
    excluded = excluded || section.excluded;
    around.push_back(section.id);
    const bool means = ratios() && rubric_.weights == weights_of::section;
    const auto& siblings = around_.empty() ? rubric_.sections : *around_.back();
    if (means)
      factor *= weight_of(section) / sum_of_weights(siblings);
    else if (rubric_.method == scoring_method::scaled_points)
      factor *= section.weight.value_or(1.0);
    parts_.push_back({&section.fail, nullptr, path, around});
    around_.push_back(&section.sections);
    for (std::size_t i = 0; i < section.sections.size(); ++i)
      add_section(section.sections[i], path + ".sections[" + std::to_string(i) + "]", around, factor,
                  excluded);
    around_.pop_back();
    const double within = sum_of_weights(section.criteria);
    for (std::size_t i = 0; i < section.criteria.size(); ++i) {
      const auto& one = section.criteria[i];
      placed_part added{&one.fail, &one, path + ".criteria[" + std::to_string(i) + "]", around};
      added.points = range_of(one.answer, adds());
      added.possible = one.out_of.value_or(added.points.most);
      if (is_scored(one) && !excluded)
        added.factor = factor * one.weight.value_or(1.0) / (means && within > 0.0 ? within : 1.0);
      parts_.push_back(std::move(added));
    }
  }

  bool counts(const placed_part& one) const { return one.criterion != nullptr && one.factor > 0.0; }
  static bool is_bonus(const placed_part& one) { return one.criterion->bonus; }

  // What a criterion can move of the form, on the scale of all of them.
  double amount_of(const placed_part& one) const {
    return adds()          ? one.points.most - one.points.least
           : ratios()      ? one.factor
           : is_bonus(one) ? one.factor * one.points.most
                           : one.factor * one.possible;
  }

  void check_shares() {
    double whole = adds() ? rubric_.scale.value_or(rubric_.base) : 0.0;
    for (const auto& one : parts_)
      if (counts(one) && !adds() && !is_bonus(one))
        whole += amount_of(one);
    for (const auto& one : parts_)
      if (counts(one) && amount_of(one) < least_share * whole)
        report(one.path + (one.criterion->weight ? ".weight" : ".answer"),
               "expected " +
                   (one.criterion->weight ? "0, or a weight that can move the score, but found " +
                                                format_number(*one.criterion->weight)
                                          : std::string("points that can move the score but found fewer")) +
                   ": less than 1e-12 of the form");
  }

  // --- scores that can be

  /// A sum of earned over a sum of possible lies between the least and the largest of its parts, each of which may be all
  /// that is left; a bonus counts with each.
  void find_scores() {
    if (adds()) {
      const double scale = rubric_.scale.value_or(rubric_.base);
      least_ = most_ = rubric_.base;
      for (const auto& one : parts_)
        if (counts(one)) {
          least_ += std::min(0.0, one.points.least);
          most_ += std::max(0.0, one.points.most);
        }
      least_ /= scale;
      most_ /= scale;
      return;
    }
    double bonus = 0.0;
    for (const auto& one : parts_)
      if (counts(one) && is_bonus(one))
        bonus += one.factor * one.points.most;
    least_ = std::numeric_limits<double>::infinity();
    for (const auto& one : parts_) {
      if (!counts(one) || is_bonus(one))
        continue;
      double low = one.points.least, high = one.points.most;
      if (one.criterion->not_applicable && rubric_.not_applicable == not_applicable_policy::full_marks)
        high = std::max(high, one.possible);
      if (one.criterion->not_applicable && rubric_.not_applicable == not_applicable_policy::zero)
        low = 0.0;
      least_ = std::min(least_, low / one.possible);
      most_ = std::max(most_, high / one.possible + (ratios() ? 0.0 : bonus / (one.factor * one.possible)));
    }
  }

  /// Points of method base, else the fraction.
  std::string said(double fraction) const {
    return adds() ? format_number(fraction * rubric_.scale.value_or(rubric_.base)) + " points"
                  : format_number(fraction);
  }

  void check_limits() {
    const double scale = adds() ? rubric_.scale.value_or(rubric_.base) : 1.0;
    double top = adds() ? std::min(most_, 1.0) : most_;
    if (rubric_.cap) {
      const double cap = *rubric_.cap / scale;
      // A cap of 1 says what a score is; with method base the one above the scale that cuts nothing says that all count.
      const bool cuts = cap < most_ - kernel::limit_slack;
      // Below the scale nobody could have full marks, though all start there; above it a base gives points away.
      if (adds() && *rubric_.cap < std::min(rubric_.base, scale))
        report("scoring.cap", std::string("expected a cap (points) of at least the ") +
                                  (rubric_.base <= scale ? "base, at which every evaluation starts, "
                                                         : "scale, which is a score of 1, ") +
                                  format_number(std::min(rubric_.base, scale)) + ", but found " +
                                  format_number(*rubric_.cap));
      else if (!cuts && cap != 1.0 && !(adds() && most_ > 1.0))
        report("scoring.cap", "expected a cap below " + said(most_) + ", the highest score of this form" +
                                  (adds() || most_ == 1.0 ? ", or none" : ", or 1") + ", but found " +
                                  format_number(*rubric_.cap) + ": it could cut nothing");
      top = std::min(most_, cap);
    }
    if (rubric_.floor && *rubric_.floor > 0.0) {
      const double floor = *rubric_.floor / scale;
      if (floor <= least_ + kernel::limit_slack)
        report("scoring.floor", "expected a floor above " + said(least_) +
                                    ", the lowest score of this form, or none, but found " +
                                    format_number(*rubric_.floor) + ": it could lift nothing");
      else if (floor >= top)
        report("scoring.floor", "expected a floor below " + said(top) +
                                    ", the highest score of this form, but found " +
                                    format_number(*rubric_.floor) + ": all scores would be the same");
    }
    if (rubric_.round)
      top += 0.5 * std::pow(10.0, -rubric_.round->digits);
    for (std::size_t i = 0; i < rubric_.bands.size(); ++i)
      if (!kernel::reaches(top, rubric_.bands[i].from))
        report("bands[" + std::to_string(i) + "].from", "expected a limit that a score can reach, at most " +
                                                            format_number(top) + ", but found " +
                                                            format_number(rubric_.bands[i].from));
    if (rubric_.pass_from && !kernel::reaches(top, *rubric_.pass_from))
      report("pass_from", "expected a mark that a score can reach, at most " + format_number(top) +
                              ", but found " + format_number(*rubric_.pass_from));
    top_ = top;
  }

  // --- fail rules

  // What makes a rule what it is, as text.
  static std::string key_of(const fail_rule_definition& rule, const placed_part& of) {
    std::string when = std::to_string(rule.when.index());
    if (const auto* chosen = std::get_if<when_chosen>(&rule.when)) {
      auto answers = chosen->answers;
      std::ranges::sort(answers);
      for (const auto& answer : answers)
        when += ";" + answer;
    } else if (const auto* below = std::get_if<when_below>(&rule.when)) {
      when += format_number(below->fraction);
    } else if (const auto* hits = std::get_if<when_hits>(&rule.when)) {
      when += std::to_string(hits->at_least);
    }
    const std::string where = rule.scope != fail_scope::section ? std::string{}
                              : rule.section.empty()            ? of.around.back()
                                                                : rule.section;
    return when + "|" + std::to_string(static_cast<int>(rule.scope)) + where + "|" +
           std::to_string(static_cast<int>(rule.effect)) +
           (rule.effect == fail_effect::cap ? format_number(rule.cap) : "");
  }

  void check_rules(const placed_part& of) {
    std::map<std::string, std::size_t> seen;
    for (std::size_t i = 0; i < of.rules->size(); ++i) {
      const auto& rule = (*of.rules)[i];
      const std::string path = of.path + ".fail[" + std::to_string(i) + "]";
      if (const auto [at, fresh] = seen.try_emplace(key_of(rule, of), i); !fresh)
        report(path,
               "expected each rule once but found that of fail[" + std::to_string(at->second) + "] again");
      else if (rule.effect == fail_effect::cap && rule.scope == fail_scope::form && rule.cap >= top_)
        report(path + ".effect.cap", "expected a cap below " + format_number(top_) +
                                         ", the highest score of this form, but found " +
                                         format_number(rule.cap) + ": it could cut nothing");
      else if (of.criterion == nullptr)
        check_own_cap(rule, path, rule.scope == fail_scope::section);
      else if (several_of(of.criterion->answer) != nullptr)
        check_own_cap(rule, path, rule.scope == fail_scope::criterion);
      else
        check_codes(rule, of, path);
    }
  }

  // "Below 0.5: cap at 0.6" of the same part.
  void check_own_cap(const fail_rule_definition& rule, const std::string& path, bool own) {
    const auto* below = std::get_if<when_below>(&rule.when);
    if (own && below != nullptr && rule.effect == fail_effect::cap && rule.cap >= below->fraction)
      report(path + ".effect.cap", "expected a cap below " + format_number(below->fraction) +
                                       ", since the rule fires below that, but found " +
                                       format_number(rule.cap) + ": it could cut nothing");
  }

  // Answer by answer: whether it fires at all, and whether anything is left to take.
  void check_codes(const fail_rule_definition& rule, const placed_part& of, const std::string& path) {
    if (!counts(of))
      return;
    const auto points = points_of_codes(of.criterion->answer, adds());
    const double low = adds() ? of.points.least : 0.0;
    const auto share = [&](const exact_number& earned) {
      return (earned.value() - low) / (of.possible - low);
    };
    bool fires = false;
    double most = 0.0;
    for (std::size_t code = 0; code < points.size(); ++code)
      if (fires_on(rule, *of.criterion, code, share(points[code]), points[code].value() < of.points.most)) {
        fires = true;
        most = std::max(most, share(points[code]));
      }
    if (!fires)
      return report(path + ".when", "expected a trigger that can fire but found one that no answer sets off");
    if (rule.scope != fail_scope::criterion)
      return;
    if (rule.effect == fail_effect::zero && !(most > 0.0))
      report(path + ".effect",
             "expected an effect that changes something but found \"zero\" on answers that earn 0 "
             "points anyhow (scope section or form sets these to 0)");
    if (rule.effect == fail_effect::cap && rule.cap >= most - kernel::limit_slack)
      report(path + ".effect.cap", most > 0.0
                                       ? "expected a cap below " + format_number(most) +
                                             ", the most that the answers in question earn, but found " +
                                             format_number(rule.cap) + ": it could cut nothing"
                                       : "expected no cap on answers that earn 0 points anyhow but found " +
                                             format_number(rule.cap));
  }

  static bool fires_on(const fail_rule_definition& rule, const criterion_definition& criterion,
                       std::size_t code, double share, bool below_highest) {
    if (const auto* chosen = std::get_if<when_chosen>(&rule.when))
      return std::ranges::find(chosen->answers, answer_text(criterion.answer, code)) != chosen->answers.end();
    if (const auto* below = std::get_if<when_below>(&rule.when))
      return !kernel::reaches(share, below->fraction);
    if (const auto* hits = std::get_if<when_hits>(&rule.when))
      return code >= static_cast<std::size_t>(hits->at_least);
    return below_highest;
  }

  const rubric_definition& rubric_;
  std::vector<placed_part> parts_;
  std::vector<const std::vector<section_definition>*> around_;
  std::vector<problem> problems_;
  double least_ = 0.0, most_ = 0.0; // scores that can be
  double top_ = 0.0;                // the highest after the form's cap
};

} // namespace qascore::detail
