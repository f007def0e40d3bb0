// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../../detail/config.hpp"
#include "../../detail/format.hpp"
#include "../../detail/sha256.hpp"
#include "../content_hash.hpp"

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

/// What a definition says, as bytes, and their hash.
namespace qascore {

namespace detail {

// Writes a definition in one fixed form: every field in the order of rubric/definition.hpp, texts with their
// length, so that no two definitions give the same bytes, whatever the file looked like.
class canonical_writer {
public:
  std::string write(const rubric_definition& r) {
    out_ = "qascore rubric 1\n";
    add(r.id), add(r.version), add(r.language), add(r.title);
    add(static_cast<int>(r.method)), add(static_cast<int>(r.weights)),
        add(static_cast<int>(r.not_applicable));
    const bool at_one = r.method != scoring_method::base && r.cap == 1.0 && r.floor.value_or(0.0) == 0.0;
    add(at_one), add(r.bands), add(r.pass_from), add(r.sections);
    if (!at_one)
      add_named("floor", r.floor), add_named("cap", r.cap);
    if (r.method == scoring_method::base)
      add(r.base), add(r.scale);
    add_named("round", r.round);
    return std::move(out_);
  }

private:
  void add(const std::string& text) { out_ += std::to_string(text.size()) + ':' + text + ','; }
  void add(double value) { out_ += format_number(value == 0.0 ? 0.0 : value) + ','; }
  void add(int value) { out_ += std::to_string(value) + ','; }
  void add(bool value) { out_ += value ? "t," : "f,"; }
  template <class T>
  void add(const std::optional<T>& value) {
    if (value)
      add(*value);
    else
      out_ += "-,";
  }
  template <class T>
  void add(const std::vector<T>& items) {
    out_ += '[';
    for (const auto& item : items)
      add(item);
    out_ += ']';
  }
  void add(const localised& text) {
    out_ += '{';
    for (const auto& [language, words] : text)
      add(language), add(words);
    out_ += '}';
  }
  template <class... T>
  void add(const std::variant<T...>& choice) {
    out_ += '<' + std::to_string(choice.index()) + ' ';
    std::visit([this](const auto& one) { this->add(one); }, choice);
    out_ += '>';
  }
  void add(const band_definition& b) { add(b.id), add(b.title), add(b.from); }
  void add(const option_definition& o) { add(o.id), add(o.title), add(o.points); }
  void add(const range_definition& r) { add(r.to), add(r.points); }
  void add(const reason_definition& r) { add(r.id), add(r.title); }
  void add(const yes_no_answer& a) { add(a.points), add(a.good); }
  void add(const options_answer& a) {
    add(a.options);
    if (a.several)
      out_ += "several", add(a.most);
  }
  void add(const scale_answer& a) { add(a.min), add(a.max), add(a.points); }
  void add(const number_answer& a) {
    add(a.ranges);
    if (!a.metric.empty())
      out_ += "metric", add(a.metric);
  }
  void add(const rounding_definition& r) { add(r.digits), add(static_cast<int>(r.rule)); }
  void add(const hits_answer& a) { add(a.points), add(a.each), add(a.limit); }
  void add(const text_answer&) {}
  void add(const date_answer&) {}
  void add(const when_chosen& w) { add(w.answers); }
  void add(const when_below_highest&) {}
  void add(const when_below& w) { add(w.fraction); }
  void add(const when_hits& w) { add(w.at_least); }
  void add(const fail_rule_definition& f) {
    add(f.when), add(static_cast<int>(f.scope)), add(static_cast<int>(f.effect)), add(f.cap);
    add_named("section", f.section.empty() ? std::nullopt : std::optional(f.section));
  }
  void add(const criterion_definition& c) {
    add(c.id), add(c.title), add(c.weight), add(c.dimension), add(c.answer), add(c.not_applicable);
    add(c.bonus), add(c.critical), add(c.reasons), add(c.fail);
    add_named("ask_when", c.ask_when);
    add_named("out_of", c.out_of);
    add_mark("excluded", c.excluded);
  }
  void add(const section_definition& s) {
    add(s.id), add(s.title), add(s.weight), add(s.sections), add(s.criteria), add(s.fail);
    add_named("ask_when", s.ask_when);
    add_mark("excluded", s.excluded);
  }
  void add(const condition_definition& c) {
    add(static_cast<int>(c.what)), add(c.parts), add(c.of), add(c.values);
    if (c.match != condition_match::is)
      out_ += "match", add(static_cast<int>(c.match));
  }
  // What a form may leave out is written with its name where it is there: a form without it keeps its hash.
  template <class T>
  void add_named(const char* name, const std::optional<T>& value) {
    if (!value)
      return;
    out_ += name;
    add(*value);
  }
  void add_mark(const char* name, bool marked) {
    if (marked)
      out_ += name;
  }

  std::string out_;
};

} // namespace detail

QASCORE_INLINE std::string content_hash(const rubric_definition& rubric) {
  return detail::sha256(detail::canonical_writer().write(rubric));
}

} // namespace qascore
