// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../../detail/config.hpp"
#include "../../detail/format.hpp"
#include "../answer_scale.hpp"
#include "../explain.hpp"

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <initializer_list>
#include <string>
#include <string_view>
#include <variant>

/// Results in words.
namespace qascore {

namespace detail {

/// A fraction on the scale of 100, with one decimal where there is one.
inline std::string of_hundred(double fraction) {
  char buffer[40];
  std::snprintf(buffer, sizeof buffer, "%.1f", 100.0 * fraction);
  std::string text = buffer;
  if (text.ends_with(".0"))
    text.resize(text.size() - 2);
  return text == "-0" ? "0" : text;
}

/// The phrases of one language; {0}, {1}, ... are filled in.
struct phrases {
  std::string_view score, band, passed, failed, incomplete, nothing_left, lost, full, bonus, excluded;
  std::string_view not_applicable, not_applicable_zero, not_applicable_full, not_asked, missing, no_part;
  std::string_view rule, zero, cap, verdict, whole, before, rounded, capped, lifted, base, moved, chosen, yes,
      no;
};

inline const phrases& phrases_of(std::string_view language) {
  static constexpr phrases english{.score = "{0}: {1} of 100",
                                   .band = ", {0}",
                                   .passed = ", passed",
                                   .failed = ", not passed",
                                   .incomplete = "{0}: not scorable, as answers are missing",
                                   .nothing_left = "{0}: not scorable, as nothing that counts is left",
                                   .lost = "{0}: '{1}' on '{2}', {3} of {4} points, cost {5} of 100",
                                   .full = "{0}: '{1}' on '{2}', {3} of {4} points",
                                   .bonus = "{0}: '{1}' on '{2}', bonus of {3} points, gave {4} of 100",
                                   .excluded = "{0}: '{1}' on '{2}', not scored",
                                   .not_applicable = "{0}: not applicable",
                                   .not_applicable_zero = "{0}: not applicable, counts as 0, cost {1} of 100",
                                   .not_applicable_full = "{0}: not applicable, counts as full marks",
                                   .not_asked = "{0}: not asked, as its condition does not hold",
                                   .missing = "{0}: no answer",
                                   .no_part = ", takes no part",
                                   .rule = "fail rule on {0}: {1}",
                                   .zero = "sets {0} to 0",
                                   .cap = "caps {0} at {1} of 100",
                                   .verdict = "not passed, whatever the score",
                                   .whole = "the whole form",
                                   .before = "without fail rules the score is {0} of 100",
                                   .rounded = "rounded from {0} of 100",
                                   .capped = "points above {1} are cut: {0}",
                                   .lifted = "points up to {1} are added: {0}",
                                   .base = "starts at {0} points",
                                   .moved = "{0}: '{1}' on '{2}', {3} points",
                                   .chosen = "options worth {0}",
                                   .yes = "yes",
                                   .no = "no"};
  static constexpr phrases chinese{.score = "{0}：{1} 分（满分 100）",
                                   .band = "，{0}",
                                   .passed = "，合格",
                                   .failed = "，不合格",
                                   .incomplete = "{0}：有未作答项，无法评分",
                                   .nothing_left = "{0}：没有可计分项，无法评分",
                                   .lost = "{0}：“{2}”答“{1}”，得 {3}/{4} 分，失 {5} 分（满分 100）",
                                   .full = "{0}：“{2}”答“{1}”，得 {3}/{4} 分",
                                   .bonus = "{0}：“{2}”答“{1}”，加分 {3}，得 {4} 分（满分 100）",
                                   .excluded = "{0}：“{2}”答“{1}”，不计分",
                                   .not_applicable = "{0}：不适用",
                                   .not_applicable_zero = "{0}：不适用，按 0 分计，失 {1} 分（满分 100）",
                                   .not_applicable_full = "{0}：不适用，按满分计",
                                   .not_asked = "{0}：条件不成立，未考核",
                                   .missing = "{0}：未作答",
                                   .no_part = "，不参与计分",
                                   .rule = "{0} 触发否决规则：{1}",
                                   .zero = "{0}记 0 分",
                                   .cap = "{0}最高 {1} 分（满分 100）",
                                   .verdict = "无论得分，判为不合格",
                                   .whole = "整份评分表",
                                   .before = "不计否决规则，得分为 {0} 分（满分 100）",
                                   .rounded = "由 {0} 分（满分 100）修约而来",
                                   .capped = "超过 {1} 分的部分不计：{0}",
                                   .lifted = "补至 {1} 分：{0}",
                                   .base = "基础分 {0} 分",
                                   .moved = "{0}：“{2}”答“{1}”，{3} 分",
                                   .chosen = "所选项合计 {0} 分",
                                   .yes = "是",
                                   .no = "否"};
  return language.starts_with("zh") ? chinese : english;
}

inline std::string fill(std::string_view phrase, std::initializer_list<std::string_view> values) {
  std::string out;
  for (std::size_t i = 0; i < phrase.size(); ++i) {
    if (phrase[i] == '{') {
      out += values.begin()[phrase[i + 1] - '0'];
      i += 2;
    } else {
      out += phrase[i];
    }
  }
  return out;
}

class explanation {
public:
  explanation(const evaluation_result& result, std::string_view language)
      : result_{result}, language_{language}, words_{phrases_of(language)} {}

  std::string text() const {
    std::string out = headline();
    if (from_base())
      line(out, fill(words_.base, {format_number(result_.form.definition().base)}));
    for (std::size_t i = 0; i < result_.criteria.size(); ++i)
      out += about(i);
    if (result_.cap_adjustment < -least_shown)
      line(out,
           fill(words_.capped, {of_hundred(-result_.cap_adjustment), of_hundred(result_.form.plan().cap)}));
    if (result_.cap_adjustment > least_shown)
      line(out,
           fill(words_.lifted, {of_hundred(result_.cap_adjustment), of_hundred(result_.form.plan().floor)}));
    for (const auto& rule : result_.fail_rules)
      line(out, fill(words_.rule, {rule.on, effect(rule)}));
    if (!result_.score)
      return out;
    const std::string before = of_hundred(*result_.score_before_fail);
    if (*result_.score != kernel::reported(result_.form.plan(), *result_.score_before_fail))
      line(out, fill(words_.before, {before}));
    else if (of_hundred(*result_.score) != before)
      line(out, fill(words_.rounded, {before}));
    return out;
  }

private:
  /// Less than this is only what binary fractions leave.
  static constexpr double least_shown = 1e-12;

  bool from_base() const { return result_.form.definition().method == scoring_method::base; }

  static void line(std::string& out, const std::string& text) { out += "\n- " + text; }

  // Titles may have line breaks; each criterion keeps its line.
  static std::string on_one_line(std::string_view text) {
    std::string out;
    for (const char c : text) {
      const bool space = c == ' ' || c == '\n' || c == '\r' || c == '\t';
      if (!space)
        out += c;
      else if (!out.empty() && out.back() != ' ')
        out += ' ';
    }
    while (out.ends_with(' '))
      out.pop_back();
    return out;
  }

  std::string headline() const {
    const std::string name =
        on_one_line(result_.form.title(language_)) + " " + on_one_line(result_.form.version());
    const bool counts = std::ranges::any_of(
        result_.criteria, [](const auto& one) { return one.state == criterion_state::scored; });
    std::string out = result_.score ? fill(words_.score, {name, of_hundred(*result_.score)})
                      : counts && !result_.missing.empty() ? fill(words_.incomplete, {name})
                                                           : fill(words_.nothing_left, {name});
    for (const auto& band : result_.form.definition().bands)
      if (band.id == result_.band)
        out += fill(words_.band, {on_one_line(in_language(band.title, language_, band.id))});
    if (result_.passed)
      out += *result_.passed ? words_.passed : words_.failed;
    return out;
  }

  std::string answer_of(const criterion& asked, std::uint8_t code) const {
    if (std::holds_alternative<yes_no_answer>(asked.definition().answer))
      return std::string(code == 0 ? words_.yes : words_.no);
    if (asked.classes() != nullptr)
      return fill(words_.chosen, {format_number(asked.points()[code])});
    if (const auto* options = std::get_if<options_answer>(&asked.definition().answer))
      return on_one_line(in_language(options->options[code].title, language_, options->options[code].id));
    return asked.answer(code);
  }

  std::string about(std::size_t i) const {
    const criterion_result& one = result_.criteria[i];
    const criterion& asked = result_.form.criteria()[i];
    std::string out;
    // What is left out of a score says so: the others then count for all of it.
    const std::string_view left_out = result_.score ? words_.no_part : std::string_view{};
    if (one.state == criterion_state::not_applicable) {
      const double cost = one.applied_weight - one.contribution;
      line(out, !(one.applied_weight > 0.0) ? fill(words_.not_applicable, {one.id}) + std::string(left_out)
                : cost > least_shown        ? fill(words_.not_applicable_zero, {one.id, of_hundred(cost)})
                                            : fill(words_.not_applicable_full, {one.id}));
    }
    if (one.state == criterion_state::not_asked)
      line(out, fill(words_.not_asked, {one.id}) + std::string(left_out));
    if (one.state == criterion_state::unanswered)
      line(out, fill(words_.missing, {one.id}) + std::string(left_out));
    const bool has_answer = one.state == criterion_state::scored ||
                            (one.state == criterion_state::excluded && is_scored(asked.definition().answer));
    if (!has_answer)
      return out;
    const std::string answer = answer_of(asked, one.code), title = on_one_line(asked.title(language_));
    if (one.state == criterion_state::excluded) {
      line(out, fill(words_.excluded, {one.id, answer, title}));
      return out;
    }
    const std::string earned = format_number(one.earned), possible = format_number(one.possible);
    if (from_base())
      line(out, fill(words_.moved, {one.id, answer, title, (one.earned > 0.0 ? "+" : "") + earned}));
    else if (asked.definition().bonus)
      line(out, fill(words_.bonus, {one.id, answer, title, earned, of_hundred(one.contribution)}));
    else if (one.earned < one.possible && result_.score)
      line(out, fill(words_.lost, {one.id, answer, title, earned, possible,
                                   of_hundred(one.applied_weight - one.contribution)}));
    else
      line(out, fill(words_.full, {one.id, answer, title, earned, possible}));
    return out;
  }

  std::string effect(const fired_rule& rule) const {
    const std::string_view target = rule.scope == fail_scope::form ? words_.whole : rule.target;
    if (rule.effect == fail_effect::zero)
      return fill(words_.zero, {target});
    if (rule.effect == fail_effect::cap)
      return fill(words_.cap, {target, of_hundred(rule.cap)});
    return std::string(words_.verdict);
  }

  const evaluation_result& result_;
  std::string_view language_;
  const phrases& words_;
};

} // namespace detail

QASCORE_INLINE std::string explain(const evaluation_result& result, std::string_view language) {
  return detail::explanation(result, language.empty() ? std::string_view(result.form.language()) : language)
      .text();
}

} // namespace qascore
