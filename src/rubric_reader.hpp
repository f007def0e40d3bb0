// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "rubric_tree.hpp"

#include <qascore/detail/format.hpp>
#include <qascore/detail/nearest.hpp>

#include <charconv>
#include <cmath>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

/// From a tree to a definition, with every problem on the way. No yaml-cpp here.
namespace qascore::reader {

/// The keys of each part, and those that people expect though the format has none: what to write instead.
struct part_keys {
  std::vector<std::string> known;
  std::map<std::string, std::string> instead = {};
};

inline const std::map<std::string, part_keys>& all_keys() {
  static const std::map<std::string, part_keys> keys = {
      {"rubric",
       {{"qascore", "id", "version", "language", "title", "scoring", "bands", "pass_from", "sections"},
        {{"name", "write \"title\""},
         {"method", "it stands in \"scoring\", like scoring: {method: weighted}"},
         {"criteria", "criteria stand in sections, like sections: [{id: all, criteria: [...]}]"},
         {"pass", "write \"pass_from\", a fraction"},
         {"threshold", "write \"pass_from\", a fraction"}}}},
      {"scoring",
       {{"method", "weights", "not_applicable", "base", "scale", "floor", "cap", "round"},
        {{"out_of", "full marks are said of each criterion (\"out_of\"), and a score is a fraction of 1"}}}},
      {"band",
       {{"id", "title", "from"},
        {{"to", "a band reaches up to where the one above it begins, so that none can leave a gap"}}}},
      {"section",
       {{"id", "title", "weight", "sections", "criteria", "fail", "ask_when", "excluded"},
        {{"not_applicable",
          "a section is not applicable when all that it holds is: write it on each of its criteria"},
         {"bonus", "a section is a bonus when all that it holds is: write it on each of its criteria"},
         {"name", "write \"title\""},
         {"questions", "write \"criteria\""},
         {"items", "write \"criteria\""}}}},
      {"criterion",
       {{"id", "title", "weight", "dimension", "answer", "not_applicable", "bonus", "critical", "reasons",
         "fail", "ask_when", "out_of", "excluded"},
        {{"name", "write \"title\""},
         {"text", "write \"title\"; free text is answer: text"},
         {"type", "the kind of answer stands in \"answer\", like answer: yes_no"},
         {"points", "points stand in the answer, like answer: {yes_no: {points: 5}}"},
         {"max", "points stand in the answer, like answer: {scale: {min: 0, max: 5}}"},
         {"yes_no", "it stands in \"answer\", like answer: yes_no"},
         {"options",
          "they stand in \"answer\", like answer: {options: [{id: full, points: 2}, {id: none, points: 0}]}"},
         {"scale", "it stands in \"answer\", like answer: {scale: {min: 1, max: 5}}"},
         {"number",
          "it stands in \"answer\", like answer: {number: {ranges: [{to: 3, points: 1}, {points: 0}]}}"},
         {"hits", "they stand in \"answer\", like answer: {hits: {points: -5, limit: -15}}"},
         {"na", "write \"not_applicable\""},
         {"fatal", "say what fails it, like fail: [{when: below_highest, scope: form, effect: zero}]"}}}},
      {"condition", {{"all", "any", "not", "criterion", "field", "is", "contains_all", "is_exactly"}}},
      {"answer", {{"yes_no", "options", "several", "most", "scale", "number", "hits"}}},
      {"yes_no",
       {{"points", "good"},
        {{"yes", "\"points\" are those of the good answer, yes unless good: \"no\" stands beside"},
         {"no", "\"points\" are those of the good answer, yes unless good: \"no\" stands beside"}}}},
      {"option",
       {{"id", "title", "points"},
        {{"name", "write \"title\""},
         {"text", "write \"title\""},
         {"score", "write \"points\""},
         {"value", "write \"points\""}}}},
      {"scale", {{"min", "max", "points"}}},
      {"number", {{"from", "ranges"}}},
      {"round", {{"digits", "rule"}}},
      {"range", {{"to", "points"}}},
      {"hits", {{"points", "each", "limit"}}},
      {"reason", {{"id", "title"}}},
      {"fail", {{"when", "scope", "effect"}}},
      {"scope", {{"section"}}},
      {"when", {{"chosen", "below", "hits"}}},
      {"effect", {{"cap"}}},
  };
  return keys;
}

class definition_reader {
public:
  definition_reader(const source& text, const tree& nodes) : text_{text}, nodes_{nodes} {}

  /// Throws rubric_error with all problems, those that `validate` finds among them.
  rubric_definition run() {
    rubric_definition out = read();
    std::vector<problem> semantic = validate(out);
    if (problems_.empty() && semantic.empty())
      return out;
    // Only now it matters where each part stands.
    locates_ = true;
    read();
    add_semantic(std::move(semantic));
    std::ranges::stable_sort(problems_, [](const problem& a, const problem& b) {
      return std::pair(a.line, a.column) < std::pair(b.line, b.column);
    });
    throw rubric_error(std::move(problems_));
  }

private:
  struct place {
    std::size_t node;
    std::string path;
  };
  /// The values of a map by key, and where the map is.
  struct opened {
    place self;
    std::map<std::string, place, std::less<>> values;
    bool has(std::string_view key) const { return values.contains(key); }
  };
  static constexpr std::size_t most_visits = 200'000;
  static constexpr std::size_t most_problems = 1000;

  // --- problems

  const node& at(const place& p) const { return nodes_[p.node]; }

  void report(const place& p, std::string message) {
    const position where = at(p).where;
    failed_.insert(p.path);
    problems_.push_back({text_.name(), where.line, where.column, p.path, std::move(message)});
    if (problems_.size() >= most_problems)
      throw rubric_error(std::move(problems_));
  }

  std::string found(const node& n) const {
    switch (n.kind) {
    case node_kind::nothing:
      return "nothing";
    case node_kind::list:
      return "a list";
    case node_kind::map:
      return "a map";
    case node_kind::text:
      break;
    }
    return detail::quoted(n.value);
  }

  void expected(const place& p, const std::string& what, const std::string& hint = {}) {
    report(p, "expected " + what + " but found " + found(at(p)) + hint);
  }

  static std::string inside(const std::string& path, std::string_view key) {
    return path.empty() ? std::string(key) : path + "." + std::string(key);
  }
  static std::string inside(const std::string& path, std::size_t index) {
    return path + "[" + std::to_string(index) + "]";
  }

  // Where a path of the definition stands in the file: itself, or the nearest part around it.
  position find(std::string path) const {
    while (true) {
      const auto known = std::ranges::find(places_, path, &std::pair<std::string, position>::first);
      if (known != places_.end())
        return known->second;
      const std::size_t cut = path.find_last_of(".[");
      if (cut == std::string::npos)
        return nodes_[nodes_.root].where;
      path.resize(cut);
    }
  }

  static bool is_within(std::string_view path, std::string_view around) {
    return path == around ||
           (path.starts_with(around) && (path[around.size()] == '.' || path[around.size()] == '['));
  }

  rubric_definition read() {
    visits_ = 0;
    problems_.clear();
    failed_.clear();
    unread_.clear();
    rubric_definition out;
    const place root{nodes_.root, {}};
    if (nodes_[root.node].kind == node_kind::nothing)
      report(root, "expected a rubric but found nothing: the file is empty");
    else if (const auto fields = open(root, "rubric"))
      read_rubric(*fields, out);
    return out;
  }

  // What the definition says wrong, but for what follows from a part that could not be read.
  void add_semantic(std::vector<problem> semantic) {
    for (problem& one : semantic) {
      const bool follows =
          failed_.contains("") ||
          std::ranges::any_of(failed_, [&](const auto& q) { return is_within(one.path, q); }) ||
          (one.path.ends_with(".answer") && failed_within(one.path)) ||
          std::ranges::any_of(
              unread_, [&](const auto& q) { return is_within(q, one.path) || is_within(one.path, q); });
      if (follows)
        continue;
      const position where = find(one.path);
      one.file = text_.name();
      one.line = where.line;
      one.column = where.column;
      problems_.push_back(std::move(one));
    }
  }

  // --- parts

  void visit(const place& p) {
    if (locates_)
      places_.emplace_back(p.path, at(p).where);
    if (++visits_ > most_visits)
      text_.refuse(at(p).where, "expected at most " + std::to_string(most_visits) +
                                    " parts but found more: aliases that repeat aliases");
  }

  std::optional<opened> open(const place& p, const std::string& part) {
    visit(p);
    const part_keys& keys = all_keys().at(part);
    if (at(p).kind != node_kind::map) {
      expected(p, "a map with the keys of " + a(part) + " (" + listed(keys.known) + ")");
      unread_.insert(p.path);
      return std::nullopt;
    }
    opened out{p, {}};
    for (const auto& [key_node, value_node] : at(p).entries) {
      const node& key = nodes_[key_node];
      if (key.kind != node_kind::text) {
        report({key_node, p.path}, "expected a key but found " + found(key));
        continue;
      }
      const place where{key_node, inside(p.path, key.value.substr(0, max_id_bytes))};
      if (out.values.contains(key.value)) {
        report(where, "expected each key once but found " + detail::quoted(key.value) + " again");
      } else if (std::ranges::find(keys.known, key.value) != keys.known.end()) {
        out.values.emplace(key.value, place{value_node, where.path});
      } else if (const auto other = keys.instead.find(key.value); other != keys.instead.end()) {
        report(where, "expected a key of " + a(part) + " but found " + detail::quoted(key.value) + ": " +
                          other->second);
      } else if (key.value == "<<") {
        report(where, "expected a key of " + a(part) +
                          " but found a merge key, which is not supported: write the keys out");
      } else {
        report(where, "expected a key of " + a(part) + " but found " + detail::quoted(key.value) +
                          (part == "condition" ? condition_hint(key.value, keys.known)
                                               : hint(key.value, keys.known)));
      }
    }
    return out;
  }

  static std::string a(const std::string& part) {
    if (part == "scoring" || part == "yes_no" || part == "hits")
      return part;
    return (part == "answer" || part == "option" || part == "effect" ? "an " : "a ") + part;
  }

  static std::string listed(const std::vector<std::string>& names) {
    std::string out;
    for (const auto& name : names)
      out += (out.empty() ? "" : ", ") + name;
    return out;
  }

  static std::string hint(std::string_view name, const std::vector<std::string>& allowed) {
    const std::string nearest = detail::did_you_mean(name, allowed);
    return nearest.empty() ? "; it may have " + listed(allowed) : nearest;
  }

  static std::string condition_hint(std::string_view name, const std::vector<std::string>& allowed) {
    const std::string nearest = detail::did_you_mean(name, allowed);
    return nearest.empty()
               ? "; a test is {criterion: ID, is: ANSWER} or {field: NAME, is: VALUE}, in all, any or not"
               : nearest;
  }

  template <class Read>
  void need(const opened& in, std::string_view key, Read read) {
    if (!optional(in, key, read))
      report({in.self.node, inside(in.self.path, key)},
             "expected the key " + detail::quoted(key) + " but found none" +
                 (key == "qascore" ? " (write qascore: 1, the version of the format)" : ""));
  }
  template <class Read>
  bool optional(const opened& in, std::string_view key, Read read) {
    const auto value = in.values.find(key);
    if (value == in.values.end())
      return false;
    read(value->second);
    return true;
  }

  template <class Item, class Read>
  void list(const place& p, std::vector<Item>& out, Read read) {
    visit(p);
    if (at(p).kind != node_kind::list) {
      expected(p, "a list", at(p).kind == node_kind::map ? " (write - before each of its parts)" : "");
      unread_.insert(p.path);
      return;
    }
    for (std::size_t i = 0; i < at(p).items.size(); ++i)
      read(place{at(p).items[i], inside(p.path, i)}, out.emplace_back());
  }

  // --- scalars

  // What YAML, in one version or another, takes for a number or a truth value.
  static bool reads_as_text(const node& n) {
    if (n.quoted)
      return true;
    static const std::set<std::string, std::less<>> words = {"true",  "True",  "TRUE",
                                                             "false", "False", "FALSE"};
    if (words.contains(n.value))
      return false;
    std::string_view v = n.value;
    if (v.starts_with('+') || v.starts_with('-'))
      v.remove_prefix(1);
    if (v.starts_with('.'))
      v.remove_prefix(1);
    const bool digits = !v.empty() &&
                        v.find_first_not_of("0123456789.eExXobBaAcCdDfF_+-:") == std::string_view::npos &&
                        v[0] >= '0' && v[0] <= '9';
    return !digits && v != "inf" && v != "Inf" && v != "INF" && v != "nan" && v != "NaN" && v != "NAN";
  }

  void text(const place& p, std::string& out) {
    visit(p);
    if (at(p).kind != node_kind::text)
      return expected(p, "text");
    if (!reads_as_text(at(p)))
      return expected(p, "text", ", which YAML reads as something else (write it in quotes)");
    out = at(p).value;
  }

  // The id of an answer, or a value of a field: text, a truth value, or a number as it is compared: 2.0 of the
  // data is 2.
  void answer_id(const place& p, std::string& out) {
    visit(p);
    if (at(p).kind != node_kind::text)
      return expected(p, "an answer");
    out = at(p).value;
    const bool fraction = !at(p).quoted && out.find_first_of(".eE") != std::string::npos;
    if (const auto value = fraction ? decimal(out) : std::nullopt;
        value && detail::format_number(*value) != out)
      expected(p, detail::format_number(*value), " (the number; write it in quotes to mean the text)");
  }

  // One such, or a list of them.
  void answer_ids(const place& p, std::vector<std::string>& out) {
    if (at(p).kind == node_kind::text)
      answer_id(p, out.emplace_back());
    else
      list(p, out, [&](const place& q, std::string& one) { answer_id(q, one); });
  }

  // A decimal number as JSON writes it: YAML's own rules make 010 an 8.
  static std::optional<double> decimal(std::string_view v) {
    const std::string_view unsigned_part = v.starts_with('-') ? v.substr(1) : v;
    const auto digit = [](char c) { return c >= '0' && c <= '9'; };
    if (unsigned_part.empty() || !digit(unsigned_part.front()) || !digit(unsigned_part.back()))
      return std::nullopt;
    if (unsigned_part.size() > 1 && unsigned_part[0] == '0' && digit(unsigned_part[1]))
      return std::nullopt;
    if (const auto dot = unsigned_part.find('.');
        dot != std::string_view::npos && !digit(unsigned_part[dot + 1]))
      return std::nullopt;
    double value = 0.0;
    const auto [end, failure] = std::from_chars(v.data(), v.data() + v.size(), value);
    if (failure != std::errc{} || end != v.data() + v.size() || !std::isfinite(value))
      return std::nullopt;
    return value;
  }

  // 80 %, or a comma before decimals.
  static std::string number_meant(std::string text) {
    if (text.ends_with('%')) {
      text.pop_back();
      while (text.ends_with(' '))
        text.pop_back();
      if (const auto percent = decimal(text))
        return " (write " + text + ", or " + detail::format_number(*percent / 100.0) +
               " where a fraction is expected)";
    }
    if (std::ranges::count(text, ',') == 1) {
      std::ranges::replace(text, ',', '.');
      if (decimal(text))
        return " (did you mean " + text + "?)";
    }
    return {};
  }

  void number(const place& p, double& out) {
    visit(p);
    if (at(p).kind != node_kind::text)
      return expected(p, "a number");
    const auto value = decimal(at(p).value);
    if (at(p).quoted)
      return expected(p, "a number", value ? ", which is text (write it without quotes)" : "");
    if (!value)
      return expected(p, "a decimal number, like 10 or 0.5,", number_meant(at(p).value));
    out = *value;
  }
  void number(const place& p, std::optional<double>& out) {
    double value = 0.0;
    const std::size_t before = problems_.size();
    number(p, value);
    if (problems_.size() == before)
      out = value;
  }
  void number(const place& p, int& out) {
    double value = 0.0;
    const std::size_t before = problems_.size();
    number(p, value);
    if (problems_.size() != before)
      return;
    if (value != std::floor(value) || std::abs(value) > 1e6)
      return expected(p, "a whole number of at most 1000000");
    out = static_cast<int>(value);
  }

  static std::string truth_meant(const node& n) {
    const auto is = [&](std::initializer_list<std::string_view> words) {
      return n.kind == node_kind::text && std::ranges::find(words, n.value) != words.end();
    };
    return is({"yes", "Yes", "YES", "on", "On", "True", "TRUE", "y", "1"})    ? " (did you mean true?)"
           : is({"no", "No", "NO", "off", "Off", "False", "FALSE", "n", "0"}) ? " (did you mean false?)"
                                                                              : "";
  }

  void truth(const place& p, bool& out) {
    visit(p);
    const node& n = at(p);
    if (n.kind != node_kind::text || n.quoted || (n.value != "true" && n.value != "false"))
      return expected(p, "true or false",
                      n.value == "true" || n.value == "false" ? ", which is text (write it without quotes)"
                                                              : truth_meant(n));
    out = n.value == "true";
  }

  /// One of some names; `more` says what else there may be. True if it was one.
  template <class Choice>
  bool choice(const place& p, Choice& out, const std::vector<std::pair<std::string, Choice>>& choices,
              const std::string& more = {}) {
    visit(p);
    std::vector<std::string> names;
    for (const auto& [name, value] : choices) {
      names.push_back(name);
      if (at(p).kind == node_kind::text && at(p).value == name) {
        out = value;
        return true;
      }
    }
    expected(p, (names.size() > 1 ? "one of " : "") + listed(names) + more,
             at(p).kind == node_kind::text ? detail::did_you_mean(at(p).value, names) : std::string{});
    return false;
  }

  void title(const place& p, localised& out) {
    visit(p);
    if (at(p).kind == node_kind::text)
      return text(p, out[language_]);
    if (at(p).kind != node_kind::map)
      return expected(p, "text, or texts by language like {en: Opening, zh-CN: 开场},");
    for (const auto& [key_node, value_node] : at(p).entries) {
      const node& key = nodes_[key_node];
      if (key.kind != node_kind::text || !is_language(key.value)) {
        report({key_node, p.path}, "expected a language, like en or zh-CN, but found " + found(key));
        continue;
      }
      const place where{value_node, inside(p.path, key.value)};
      if (out.contains(key.value))
        report({key_node, where.path},
               "expected each language once but found " + detail::quoted(key.value) + " again");
      else
        text(where, out[key.value]);
    }
  }

  static bool is_language(std::string_view tag) {
    const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
    return tag.size() >= 2 && tag.size() <= 35 && is_letter(tag[0]) && is_letter(tag[1]) &&
           tag.back() != '-' && std::ranges::all_of(tag, [&](char c) {
             return is_letter(c) || c == '-' || (c >= '0' && c <= '9');
           });
  }

  // --- the rubric, from the outside in

  void read_rubric(const opened& in, rubric_definition& out) {
    need(in, "qascore", [&](const place& p) {
      int format = 1;
      const std::size_t before = problems_.size();
      number(p, format);
      if (problems_.size() == before && format != 1)
        expected(p, "1, the version of the format,");
    });
    optional(in, "language", [&](const place& p) {
      text(p, out.language);
      if (at(p).kind == node_kind::text && !is_language(at(p).value))
        expected(p, "a language, like en or zh-CN,");
      else
        language_ = out.language;
    });
    need(in, "id", [&](const place& p) { text(p, out.id); });
    need(in, "version", [&](const place& p) { text(p, out.version); });
    optional(in, "title", [&](const place& p) { title(p, out.title); });
    need(in, "scoring", [&](const place& p) { read_scoring(p, out); });
    optional(in, "bands", [&](const place& p) {
      list(p, out.bands, [&](const place& q, band_definition& band) { read_band(q, band); });
    });
    optional(in, "pass_from", [&](const place& p) { number(p, out.pass_from); });
    need(in, "sections", [&](const place& p) { read_sections(p, out.sections, 1); });
  }

  void read_scoring(const place& p, rubric_definition& out) {
    const auto in = open(p, "scoring");
    if (!in)
      return;
    bool known = false;
    need(*in, "method", [&](const place& q) {
      known = choice<scoring_method>(q, out.method,
                                     {{"weighted", scoring_method::weighted},
                                      {"points", scoring_method::points},
                                      {"scaled_points", scoring_method::scaled_points},
                                      {"base", scoring_method::base}});
    });
    if (out.method == scoring_method::base)
      need(*in, "base", [&](const place& q) { number(q, out.base); });
    else if (const auto base = in->values.find("base"); known && base != in->values.end())
      report(base->second, "expected no \"base\": only method base has one");
    if (known)
      optional(*in, "scale", [&](const place& q) { number(q, out.scale); });
    optional(*in, "floor", [&](const place& q) { number(q, out.floor); });
    optional(*in, "weights", [&](const place& q) {
      if (choice<weights_of>(q, out.weights,
                             {{"criterion", weights_of::criterion}, {"section", weights_of::section}}) &&
          out.method != scoring_method::weighted)
        report(q, "expected no \"weights\": only method weighted has a choice");
    });
    optional(*in, "not_applicable", [&](const place& q) {
      choice<not_applicable_policy>(
          q, out.not_applicable,
          {{"redistribute", not_applicable_policy::redistribute},
           {"redistribute_over_form", not_applicable_policy::redistribute_over_form},
           {"full_marks", not_applicable_policy::full_marks},
           {"zero", not_applicable_policy::zero}});
    });
    optional(*in, "round", [&](const place& q) {
      const auto round = open(q, "round");
      if (!round)
        return;
      auto& rounding = out.round.emplace();
      need(*round, "digits", [&](const place& r) { number(r, rounding.digits); });
      optional(*round, "rule", [&](const place& r) {
        choice<rounding_rule>(r, rounding.rule,
                              {{"half_even", rounding_rule::half_even}, {"half_up", rounding_rule::half_up}});
      });
    });
    optional(*in, "cap", [&](const place& q) {
      if (at(q).kind != node_kind::list)
        return number(q, out.cap);
      std::vector<double> limits;
      list(q, limits, [&](const place& r, double& limit) { number(r, limit); });
      if (limits.size() != 2)
        return report(q, "expected a number, or the floor and the cap like [0, 1], but found a list of " +
                             std::to_string(limits.size()));
      if (out.floor)
        report(q, "expected the cap alone, since \"floor\" is there too, but found a list");
      out.floor = limits[0];
      out.cap = limits[1];
    });
  }

  void read_band(const place& p, band_definition& out) {
    const auto in = open(p, "band");
    if (!in)
      return;
    need(*in, "id", [&](const place& q) { text(q, out.id); });
    optional(*in, "title", [&](const place& q) { title(q, out.title); });
    need(*in, "from", [&](const place& q) { number(q, out.from); });
  }

  void read_sections(const place& p, std::vector<section_definition>& out, std::size_t depth) {
    if (depth > max_section_depth) {
      unread_.insert(p.path);
      return report(p, "expected sections at most " + std::to_string(max_section_depth) +
                           " deep but found one more");
    }
    list(p, out, [&](const place& q, section_definition& section) {
      const auto in = open(q, "section");
      if (!in)
        return;
      need(*in, "id", [&](const place& r) { text(r, section.id); });
      optional(*in, "title", [&](const place& r) { title(r, section.title); });
      optional(*in, "weight", [&](const place& r) { number(r, section.weight); });
      optional(*in, "sections", [&](const place& r) { read_sections(r, section.sections, depth + 1); });
      optional(*in, "criteria", [&](const place& r) {
        list(r, section.criteria, [&](const place& s, criterion_definition& one) { read_criterion(s, one); });
      });
      optional(*in, "fail", [&](const place& r) { read_fail(r, section.fail); });
      optional(*in, "ask_when", [&](const place& r) { read_condition(r, section.ask_when.emplace(), 1); });
      optional(*in, "excluded", [&](const place& r) { truth(r, section.excluded); });
    });
  }

  void read_criterion(const place& p, criterion_definition& out) {
    const auto in = open(p, "criterion");
    if (!in)
      return;
    need(*in, "id", [&](const place& q) { text(q, out.id); });
    optional(*in, "title", [&](const place& q) { title(q, out.title); });
    optional(*in, "weight", [&](const place& q) { number(q, out.weight); });
    optional(*in, "dimension", [&](const place& q) {
      if (at(q).kind == node_kind::text)
        text(q, out.dimension.emplace_back());
      else
        list(q, out.dimension, [&](const place& r, std::string& one) { text(r, one); });
    });
    need(*in, "answer", [&](const place& q) { read_answer(q, out.answer); });
    optional(*in, "not_applicable", [&](const place& q) { truth(q, out.not_applicable); });
    optional(*in, "bonus", [&](const place& q) { truth(q, out.bonus); });
    optional(*in, "critical", [&](const place& q) { truth(q, out.critical); });
    optional(*in, "reasons", [&](const place& q) {
      list(q, out.reasons, [&](const place& r, reason_definition& reason) {
        if (at(r).kind == node_kind::text)
          return text(r, reason.id);
        if (const auto one = open(r, "reason")) {
          need(*one, "id", [&](const place& s) { text(s, reason.id); });
          optional(*one, "title", [&](const place& s) { title(s, reason.title); });
        }
      });
    });
    optional(*in, "fail", [&](const place& q) { read_fail(q, out.fail); });
    optional(*in, "ask_when", [&](const place& q) { read_condition(q, out.ask_when.emplace(), 1); });
    optional(*in, "out_of", [&](const place& q) { number(q, out.out_of); });
    optional(*in, "excluded", [&](const place& q) { truth(q, out.excluded); });
  }

  void read_condition(const place& p, condition_definition& out, std::size_t depth) {
    if (depth > max_condition_depth) {
      unread_.insert(p.path);
      return report(p, "expected conditions at most " + std::to_string(max_condition_depth) +
                           " deep but found one more");
    }
    const auto in = open(p, "condition");
    if (!in)
      return;
    const auto is_match = [](const std::string& key) {
      return key == "is" || key == "contains_all" || key == "is_exactly";
    };
    const auto kinds =
        std::ranges::count_if(in->values, [&](const auto& entry) { return !is_match(entry.first); });
    if (kinds != 1) {
      unread_.insert(p.path);
      if (!failed_within(p.path))
        report(p, "expected one of all, any, not, criterion or field but found " + std::to_string(kinds));
      return;
    }
    const auto parts = [&](condition_kind what) {
      return [&, what](const place& q) {
        out.what = what;
        list(q, out.parts,
             [&](const place& r, condition_definition& part) { read_condition(r, part, depth + 1); });
      };
    };
    optional(*in, "all", parts(condition_kind::all));
    optional(*in, "any", parts(condition_kind::any));
    optional(*in, "not", [&](const place& q) {
      out.what = condition_kind::negation;
      read_condition(q, out.parts.emplace_back(), depth + 1);
    });
    const auto test = [&](condition_kind what) {
      return [&, what](const place& q) {
        out.what = what;
        text(q, out.of);
      };
    };
    if (optional(*in, "criterion", test(condition_kind::answer)) ||
        optional(*in, "field", test(condition_kind::field)))
      read_match(*in, out);
    else
      for (const auto& [key, value] : in->values)
        if (is_match(key))
          report(value, "expected " + detail::quoted(key) + " beside \"criterion\" or \"field\" only");
  }

  void read_match(const opened& in, condition_definition& out) {
    static const std::vector<std::pair<std::string, condition_match>> keys = {
        {"is", condition_match::is},
        {"contains_all", condition_match::contains_all},
        {"is_exactly", condition_match::is_exactly}};
    if (in.values.size() > 2)
      return report(in.self, "expected one of is, contains_all or is_exactly but found more");
    for (const auto& [key, match] : keys)
      if (const auto value = in.values.find(key); value != in.values.end()) {
        out.match = match;
        return answer_ids(value->second, out.values);
      }
    need(in, "is", [](const place&) {});
  }

  void read_answer(const place& p, answer_definition& out) {
    if (at(p).kind == node_kind::text) {
      choice<answer_definition>(
          p, out, {{"yes_no", yes_no_answer{}}, {"text", text_answer{}}, {"date", date_answer{}}},
          ", or a map like {scale: {min: 1, max: 5}},");
      return;
    }
    const auto in = open(p, "answer");
    if (!in)
      return;
    const auto kinds = std::ranges::count_if(
        in->values, [](const auto& entry) { return entry.first != "several" && entry.first != "most"; });
    if (kinds != 1) {
      if (!failed_within(p.path))
        report(p,
               "expected one kind of answer (yes_no, text, date, options, scale, number or hits) but found " +
                   std::to_string(kinds));
      return;
    }
    if (!in->has("options"))
      for (const char* key : {"several", "most"})
        if (in->has(key))
          report(in->values.find(key)->second,
                 "expected " + detail::quoted(key) + " beside \"options\" only");
    optional(*in, "yes_no", [&](const place& q) { read_yes_no(q, out.emplace<yes_no_answer>()); });
    optional(*in, "options", [&](const place& q) {
      list(q, out.emplace<options_answer>().options, [&](const place& r, option_definition& option) {
        const auto one = open(r, "option");
        if (!one)
          return;
        need(*one, "id", [&](const place& s) { text(s, option.id); });
        optional(*one, "title", [&](const place& s) { title(s, option.title); });
        need(*one, "points", [&](const place& s) { number(s, option.points); });
      });
      auto& options = std::get<options_answer>(out);
      optional(*in, "several", [&](const place& r) { truth(r, options.several); });
      optional(*in, "most", [&](const place& r) { number(r, options.most); });
    });
    optional(*in, "scale", [&](const place& q) {
      auto& scale = out.emplace<scale_answer>();
      if (const auto one = open(q, "scale")) {
        need(*one, "min", [&](const place& s) { number(s, scale.min); });
        need(*one, "max", [&](const place& s) { number(s, scale.max); });
        optional(*one, "points", [&](const place& s) { number(s, scale.points); });
      }
    });
    optional(*in, "number", [&](const place& q) { read_number(q, out.emplace<number_answer>()); });
    optional(*in, "hits", [&](const place& q) {
      auto& hits = out.emplace<hits_answer>();
      if (const auto one = open(q, "hits")) {
        need(*one, "points", [&](const place& s) { number(s, hits.points); });
        optional(*one, "each", [&](const place& s) { truth(s, hits.each); });
        optional(*one, "limit", [&](const place& s) { number(s, hits.limit); });
      }
    });
  }

  bool failed_within(const std::string& path) const {
    return std::ranges::any_of(failed_, [&](const auto& q) { return is_within(q, path); });
  }

  void read_yes_no(const place& p, yes_no_answer& out) {
    if (const auto in = open(p, "yes_no")) {
      optional(*in, "points", [&](const place& q) { number(q, out.points); });
      optional(*in, "good", [&](const place& q) {
        choice<std::string>(q, out.good, {{"yes", "yes"}, {"no", "no"}});
      });
    }
  }

  void read_number(const place& p, number_answer& out) {
    const auto in = open(p, "number");
    if (!in)
      return;
    optional(*in, "from", [&](const place& q) {
      constexpr std::string_view prefix = "metric.";
      text(q, out.metric);
      if (out.metric.starts_with(prefix) && out.metric.size() > prefix.size())
        out.metric.erase(0, prefix.size());
      else if (at(q).kind == node_kind::text && !failed_within(q.path))
        expected(q, "a metric of the conversation, like metric.handle_s,");
    });
    need(*in, "ranges", [&](const place& q) {
      list(q, out.ranges, [&](const place& r, range_definition& range) {
        if (const auto one = open(r, "range")) {
          optional(*one, "to", [&](const place& s) { number(s, range.to); });
          need(*one, "points", [&](const place& s) { number(s, range.points); });
        }
      });
    });
  }

  void read_fail(const place& p, std::vector<fail_rule_definition>& out) {
    list(p, out, [&](const place& q, fail_rule_definition& rule) {
      const auto in = open(q, "fail");
      if (!in)
        return;
      need(*in, "when", [&](const place& r) { read_when(r, rule); });
      need(*in, "scope", [&](const place& r) {
        if (at(r).kind != node_kind::map) {
          choice<fail_scope>(r, rule.scope,
                             {{"criterion", fail_scope::criterion},
                              {"section", fail_scope::section},
                              {"form", fail_scope::form}},
                             ", or a section around it like {section: ID},");
        } else if (const auto scope = open(r, "scope")) {
          rule.scope = fail_scope::section;
          need(*scope, "section", [&](const place& s) { text(s, rule.section); });
        }
      });
      need(*in, "effect", [&](const place& r) {
        if (at(r).kind == node_kind::text) {
          choice<fail_effect>(r, rule.effect,
                              {{"zero", fail_effect::zero}, {"verdict", fail_effect::verdict}},
                              ", or a cap like {cap: 0.5},");
        } else if (const auto effect = open(r, "effect")) {
          rule.effect = fail_effect::cap;
          need(*effect, "cap", [&](const place& s) { number(s, rule.cap); });
        }
      });
    });
  }

  void read_when(const place& p, fail_rule_definition& rule) {
    rule.when = when_below_highest{};
    if (at(p).kind == node_kind::text) {
      bool only = true;
      choice<bool>(p, only, {{"below_highest", true}},
                   ", or a map like {chosen: ANSWER}, {below: 0.5} or {hits: 2},");
      return;
    }
    const auto in = open(p, "when");
    if (!in)
      return;
    if (in->values.size() != 1) {
      if (!failed_within(p.path))
        report(p, "expected one trigger (below_highest, chosen, below or hits) but found " +
                      std::to_string(in->values.size()));
      return;
    }
    optional(*in, "chosen", [&](const place& q) { answer_ids(q, rule.when.emplace<when_chosen>().answers); });
    optional(*in, "below", [&](const place& q) { number(q, rule.when.emplace<when_below>().fraction); });
    optional(*in, "hits", [&](const place& q) { number(q, rule.when.emplace<when_hits>().at_least); });
  }

  const source& text_;
  const tree& nodes_;
  std::string language_ = "en";
  bool locates_ = false;
  std::size_t visits_ = 0;
  std::vector<problem> problems_;
  std::vector<std::pair<std::string, position>>
      places_;                   // of what was read, by path, the first of each counts
  std::set<std::string> failed_; // paths with a problem
  std::set<std::string> unread_; // parts that could not be opened
};

} // namespace qascore::reader
