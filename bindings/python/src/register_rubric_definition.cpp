// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#include "convert.hpp"
#include "register.hpp"

#include <qascore/rubric/rubric.hpp>

#include <pybind11/stl.h>

#include <cmath>
#include <string>

/// A rubric as its file says it: dicts and lists that the reader takes back to the same content hash.
namespace qascore::python {
namespace {

/// A whole number without a point, as people write it.
py::object plain(double value) {
  constexpr double exact = 9007199254740992.0; // 2^53
  if (value == std::floor(value) && std::abs(value) < exact)
    return py::int_(static_cast<long long>(value));
  return py::float_(value);
}

void add_title(py::dict& out, const localised& title) {
  if (!title.empty())
    out["title"] = py::cast(title);
}

template <class Items>
py::list list_of(const Items& items, auto to_python) {
  py::list out;
  for (const auto& item : items)
    out.append(to_python(item));
  return out;
}

py::object to_python(const yes_no_answer& answer) {
  py::dict inner, out;
  inner["points"] = plain(answer.points);
  inner["good"] = answer.good;
  out["yes_no"] = inner;
  return out;
}
py::object to_python(const options_answer& answer) {
  py::dict out;
  out["options"] = list_of(answer.options, [](const option_definition& option) {
    py::dict one;
    one["id"] = option.id;
    add_title(one, option.title);
    one["points"] = plain(option.points);
    return one;
  });
  if (answer.several)
    out["several"] = true;
  if (answer.most)
    out["most"] = plain(*answer.most);
  return out;
}
py::object to_python(const scale_answer& answer) {
  py::dict inner, out;
  inner["min"] = answer.min;
  inner["max"] = answer.max;
  if (answer.points)
    inner["points"] = plain(*answer.points);
  out["scale"] = inner;
  return out;
}
py::object to_python(const number_answer& answer) {
  py::dict inner, out;
  if (!answer.metric.empty())
    inner["from"] = "metric." + answer.metric;
  inner["ranges"] = list_of(answer.ranges, [](const range_definition& range) {
    py::dict one;
    if (range.to)
      one["to"] = plain(*range.to);
    one["points"] = plain(range.points);
    return one;
  });
  out["number"] = inner;
  return out;
}
py::object to_python(const hits_answer& answer) {
  py::dict inner, out;
  inner["points"] = plain(answer.points);
  if (!answer.each)
    inner["each"] = false;
  if (answer.limit)
    inner["limit"] = plain(*answer.limit);
  out["hits"] = inner;
  return out;
}
py::object to_python(const text_answer&) {
  return py::str("text");
}
py::object to_python(const date_answer&) {
  return py::str("date");
}

py::object one_or_list(const std::vector<std::string>& answers) {
  return answers.size() == 1 ? py::object(py::str(answers.front())) : py::object(py::cast(answers));
}

py::object to_python(const when_chosen& when) {
  py::dict out;
  out["chosen"] = one_or_list(when.answers);
  return out;
}
py::object to_python(const when_below_highest&) {
  return py::str("below_highest");
}
py::object to_python(const when_below& when) {
  py::dict out;
  out["below"] = plain(when.fraction);
  return out;
}
py::object to_python(const when_hits& when) {
  py::dict out;
  out["hits"] = when.at_least;
  return out;
}

py::dict to_python(const fail_rule_definition& rule) {
  constexpr const char* scopes[] = {"criterion", "section", "form"};
  py::dict out;
  out["when"] = std::visit([](const auto& when) { return to_python(when); }, rule.when);
  if (rule.section.empty()) {
    out["scope"] = scopes[static_cast<int>(rule.scope)];
  } else {
    py::dict scope;
    scope["section"] = rule.section;
    out["scope"] = scope;
  }
  if (rule.effect == fail_effect::cap) {
    py::dict cap;
    cap["cap"] = plain(rule.cap);
    out["effect"] = cap;
  } else {
    out["effect"] = rule.effect == fail_effect::zero ? "zero" : "verdict";
  }
  return out;
}

py::object to_python(const reason_definition& reason) {
  if (reason.title.empty())
    return py::str(reason.id);
  py::dict out;
  out["id"] = reason.id;
  add_title(out, reason.title);
  return out;
}

py::dict to_python(const condition_definition& condition) {
  const auto parts = [&] {
    return list_of(condition.parts, [](const auto& part) { return to_python(part); });
  };
  constexpr const char* matches[] = {"is", "contains_all", "is_exactly"};
  py::dict out;
  switch (condition.what) {
  case condition_kind::all:
    out["all"] = parts();
    break;
  case condition_kind::any:
    out["any"] = parts();
    break;
  case condition_kind::negation:
    out["not"] = to_python(condition.parts.front());
    break;
  case condition_kind::answer:
    out["criterion"] = condition.of;
    out[matches[static_cast<int>(condition.match)]] = one_or_list(condition.values);
    break;
  case condition_kind::field:
    out["field"] = condition.of;
    out["is"] = one_or_list(condition.values);
    break;
  }
  return out;
}

void add_rules(py::dict& out, const std::vector<fail_rule_definition>& rules) {
  if (!rules.empty())
    out["fail"] = list_of(rules, [](const auto& rule) { return to_python(rule); });
}

py::dict to_python(const criterion_definition& criterion) {
  py::dict out;
  out["id"] = criterion.id;
  add_title(out, criterion.title);
  if (criterion.weight)
    out["weight"] = plain(*criterion.weight);
  if (!criterion.dimension.empty())
    out["dimension"] = criterion.dimension;
  if (criterion.not_applicable)
    out["not_applicable"] = true;
  if (criterion.bonus)
    out["bonus"] = true;
  if (criterion.critical)
    out["critical"] = true;
  out["answer"] = std::visit([](const auto& answer) { return to_python(answer); }, criterion.answer);
  if (!criterion.reasons.empty())
    out["reasons"] = list_of(criterion.reasons, [](const auto& reason) { return to_python(reason); });
  add_rules(out, criterion.fail);
  if (criterion.ask_when)
    out["ask_when"] = to_python(*criterion.ask_when);
  if (criterion.out_of)
    out["out_of"] = plain(*criterion.out_of);
  if (criterion.excluded)
    out["excluded"] = true;
  return out;
}

py::dict to_python(const section_definition& section) {
  py::dict out;
  out["id"] = section.id;
  add_title(out, section.title);
  if (section.weight)
    out["weight"] = plain(*section.weight);
  if (!section.sections.empty())
    out["sections"] = list_of(section.sections, [](const auto& inner) { return to_python(inner); });
  if (!section.criteria.empty())
    out["criteria"] = list_of(section.criteria, [](const auto& inner) { return to_python(inner); });
  add_rules(out, section.fail);
  if (section.ask_when)
    out["ask_when"] = to_python(*section.ask_when);
  if (section.excluded)
    out["excluded"] = true;
  return out;
}

py::dict scoring_of(const rubric_definition& rubric) {
  constexpr const char* methods[] = {"weighted", "points", "scaled_points", "base"};
  constexpr const char* policies[] = {"redistribute", "redistribute_over_form", "full_marks", "zero"};
  py::dict out;
  out["method"] = methods[static_cast<int>(rubric.method)];
  if (rubric.method == scoring_method::weighted)
    out["weights"] = rubric.weights == weights_of::section ? "section" : "criterion";
  if (rubric.not_applicable != not_applicable_policy::redistribute)
    out["not_applicable"] = policies[static_cast<int>(rubric.not_applicable)];
  if (rubric.method == scoring_method::base)
    out["base"] = plain(rubric.base);
  if (rubric.scale)
    out["scale"] = plain(*rubric.scale);
  if (rubric.floor && rubric.cap) {
    py::list limits;
    limits.append(plain(*rubric.floor));
    limits.append(plain(*rubric.cap));
    out["cap"] = limits;
  } else if (rubric.floor) {
    out["floor"] = plain(*rubric.floor);
  } else if (rubric.cap) {
    out["cap"] = plain(*rubric.cap);
  }
  if (rubric.round) {
    py::dict round;
    round["digits"] = rubric.round->digits;
    round["rule"] = rubric.round->rule == rounding_rule::half_up ? "half_up" : "half_even";
    out["round"] = round;
  }
  return out;
}

py::dict to_python(const rubric_definition& rubric) {
  py::dict out;
  out["qascore"] = 1;
  out["id"] = rubric.id;
  out["version"] = rubric.version;
  out["language"] = rubric.language;
  add_title(out, rubric.title);
  out["scoring"] = scoring_of(rubric);
  if (!rubric.bands.empty())
    out["bands"] = list_of(rubric.bands, [](const band_definition& band) {
      py::dict one;
      one["id"] = band.id;
      add_title(one, band.title);
      one["from"] = plain(band.from);
      return one;
    });
  if (rubric.pass_from)
    out["pass_from"] = plain(*rubric.pass_from);
  out["sections"] = list_of(rubric.sections, [](const auto& section) { return to_python(section); });
  return out;
}

} // namespace

void register_rubric_definition(py::module_& module) {
  module.def(
      "rubric_definition", [](const rubric& form) { return to_python(form.definition()); },
      py::arg("rubric"));
}

} // namespace qascore::python
