// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../../core/error.hpp"
#include "../../detail/config.hpp"
#include "../../detail/format.hpp"
#include "../../detail/json.hpp"
#include "../../detail/nearest.hpp"
#include "../sampling_plan.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// A sampling plan, checked; as JSON and as a table.
namespace qascore {

QASCORE_INLINE bool plan_draw::is_poisson() const {
  return method == draw_method::poisson &&
         std::all_of(targets.begin(), targets.end(), [](const plan_target& t) { return t.rate.has_value(); });
}

QASCORE_INLINE std::string stratum_name(std::span<const std::string> labels) {
  if (labels.empty())
    return "(all)";
  std::string out;
  for (const std::string& label : labels)
    out += (out.empty() ? "" : ", ") + detail::quoted(label);
  return labels.size() == 1 ? out : "(" + out + ")";
}

QASCORE_INLINE sampling_plan::sampling_plan(std::vector<strata_column> columns,
                                            std::vector<planned_stratum> strata, plan_origin origin,
                                            std::optional<plan_draw> recorded,
                                            std::optional<plan_content> content)
    : columns_{std::move(columns)}, strata_{std::move(strata)}, origin_{std::move(origin)},
      recorded_{std::move(recorded)}, content_{content} {
  if (strata_.empty())
    throw design_error("sampling plan: expected at least one stratum");
  for (std::size_t c = 0; c < columns_.size(); ++c)
    for (std::size_t before = 0; before < c; ++before)
      if (columns_[before].name == columns_[c].name)
        throw design_error("sampling plan: strata column " + detail::quoted(columns_[c].name) +
                           " stands twice");
  for (std::size_t h = 0; h < strata_.size(); ++h)
    add(h);
  if (sample_size() == 0)
    throw design_error("sampling plan: nothing is to be drawn");
}

QASCORE_INLINE std::optional<std::size_t> sampling_plan::find(std::span<const std::string> labels) const {
  const auto at = index_.find(std::vector<std::string>(labels.begin(), labels.end()));
  return at == index_.end() ? std::nullopt : std::optional(at->second);
}

QASCORE_INLINE sampling_plan sampling_plan::with_draw(plan_draw draw) const {
  sampling_plan out = *this;
  out.recorded_ = std::move(draw);
  return out;
}

QASCORE_INLINE sampling_plan sampling_plan::with_draw(seed start, id_kind id) const {
  return with_draw(plan_draw{.start = start, .id = id});
}

QASCORE_INLINE sampling_plan sampling_plan::with_content(plan_content content) const {
  sampling_plan out = *this;
  out.content_ = content;
  return out;
}

QASCORE_INLINE void sampling_plan::add(std::size_t h) {
  const planned_stratum& s = strata_[h];
  if (s.labels.size() != columns_.size())
    throw design_error("sampling plan: stratum " + stratum_name(s.labels) + ": expected " +
                       std::to_string(columns_.size()) + " labels, one per strata column");
  if (s.sample_size > s.population)
    throw design_error("sampling plan: stratum " + stratum_name(s.labels) +
                       ": expected a sample_size of at most " + std::to_string(s.population) +
                       ", its population, but found " + std::to_string(s.sample_size));
  if (!index_.emplace(s.labels, h).second)
    throw design_error("sampling plan: stratum " + stratum_name(s.labels) + " stands twice");
  population_ += s.population;
  sample_ += s.sample_size;
}

QASCORE_INLINE bool operator==(const sampling_plan& a, const sampling_plan& b) {
  return a.columns_ == b.columns_ && a.strata_ == b.strata_ && a.origin_ == b.origin_ &&
         a.recorded_ == b.recorded_ && a.content_ == b.content_;
}

namespace detail_plan {

inline constexpr std::string_view format = "qascore sampling plan";
inline constexpr std::string_view format_version = "4";

/// Reads members of a JSON object, each by a path for messages.
class reader {
public:
  reader(const detail::json_value& value, std::string path)
      : value_{value},
        path_{std::move(path)} {}

  [[noreturn]] void fail(std::string_view expected) const {
    static constexpr std::array<std::string_view, 6> kinds{"null", "a boolean", "the number ",
                                                           "",     "a list",    "an object"};
    using type = detail::json_value::type;
    std::string found(kinds[static_cast<std::size_t>(value_.kind)]);
    if (value_.kind == type::string)
      found = detail::quoted(value_.text);
    else if (value_.kind == type::number)
      found += value_.text;
    throw data_error(path_ + ": expected " + std::string(expected) + " but found " + found);
  }

  /// The object must have these keys and no other.
  template <std::size_t N>
  void expect_keys(const std::array<std::string_view, N>& keys) const {
    if (value_.kind != detail::json_value::type::object)
      fail("an object");
    for (const std::string& key : value_.keys)
      if (std::find(keys.begin(), keys.end(), key) == keys.end())
        throw data_error(path_ + ": unknown key " + detail::quoted(key) + detail::did_you_mean(key, keys));
    for (const std::string_view key : keys)
      if (std::find(value_.keys.begin(), value_.keys.end(), key) == value_.keys.end())
        throw data_error(path_ + ": key " + detail::quoted(key) + " is missing");
  }

  reader operator[](std::string_view key) const {
    const auto at = std::find(value_.keys.begin(), value_.keys.end(), key) - value_.keys.begin();
    return {value_.items[static_cast<std::size_t>(at)], path_ + "." + std::string(key)};
  }

  bool is_null() const noexcept { return value_.kind == detail::json_value::type::null; }

  const std::string& string() const {
    if (value_.kind != detail::json_value::type::string)
      fail("text");
    return value_.text;
  }

  double number() const {
    double out = 0.0;
    if (value_.kind != detail::json_value::type::number || !parse(out) || std::isinf(out))
      fail("a number");
    return out;
  }

  std::uint64_t whole() const {
    std::uint64_t out = 0;
    if (value_.kind != detail::json_value::type::number || !parse(out))
      fail("a whole number >= 0");
    return out;
  }

  std::uint64_t whole_as_text() const {
    std::uint64_t out = 0;
    if (value_.kind != detail::json_value::type::string || !parse(out))
      fail("a whole number >= 0 as text");
    return out;
  }

  template <class Enum, std::size_t N>
  Enum one_of(const std::array<std::string_view, N>& names) const {
    const auto at = std::find(names.begin(), names.end(), string());
    if (at == names.end()) {
      std::string all;
      for (const std::string_view name : names)
        all += (all.empty() ? "" : ", ") + std::string(name);
      fail("one of " + all);
    }
    return static_cast<Enum>(at - names.begin());
  }

  std::vector<reader> list() const {
    if (value_.kind != detail::json_value::type::array)
      fail("a list");
    std::vector<reader> out;
    for (std::size_t i = 0; i < value_.items.size(); ++i)
      out.emplace_back(value_.items[i], path_ + "[" + std::to_string(i) + "]");
    return out;
  }

private:
  template <class Number>
  bool parse(Number& out) const {
    const char* const end = value_.text.data() + value_.text.size();
    const auto result = std::from_chars(value_.text.data(), end, out);
    return result.ec == std::errc() && result.ptr == end;
  }

  const detail::json_value& value_;
  std::string path_;
};

inline constexpr std::array<std::string_view, 16> plan_keys{
    "format", "format_version", "library_version", "method", "rounding", "rate",
    "budget", "std_error",      "power",           "quotas", "content",  "random_numbers",
    "draw",   "notes",          "strata_columns",  "strata"};
/// Version 1 had no more than these.
inline constexpr std::array<std::string_view, 11> plan_keys_1{
    "format",         "format_version", "library_version", "method",         "rounding", "rate",
    "random_numbers", "draw",           "notes",           "strata_columns", "strata"};
inline constexpr std::array<std::string_view, 11> draw_keys{
    "seed",     "id",      "method",         "start",  "direction", "random_numbers", "size_measure",
    "order_by", "targets", "without_chance", "earlier"};
/// Version 3 did not record where on the circle a draw began, whose numbers it took, and what it avoided or kept.
inline constexpr std::array<std::string_view, 7> draw_keys_3{
    "seed", "id", "method", "size_measure", "order_by", "targets", "without_chance"};
inline constexpr std::array<std::string_view, 2> earlier_keys{"how", "plan"};
/// Versions 1 and 2 recorded simple draws.
inline constexpr std::array<std::string_view, 2> draw_keys_2{"seed", "id"};
inline constexpr std::array<std::string_view, 3> target_keys{"name", "rate", "count"};
inline constexpr std::array<std::string_view, 3> quota_keys{"column", "label", "minimum"};
inline constexpr std::array<std::string_view, 6> stratum_keys{"labels", "population", "sample_size",
                                                              "target", "minimum",    "maximum"};

inline std::string draw_text(const plan_draw& draw) {
  using detail::json_string;
  const auto name = [](const std::string& column) { return column.empty() ? "null" : json_string(column); };
  std::string targets;
  for (const plan_target& t : draw.targets)
    targets += (targets.empty() ? "" : ", ") + ("{\"name\": " + json_string(t.name)) +
               ", \"rate\": " + (t.rate ? detail::format_number(*t.rate) : "null") +
               ", \"count\": " + (t.count ? std::to_string(*t.count) : "null") + "}";
  const std::string earlier =
      draw.earlier ? "{\"how\": " + json_string(name_of(draw.earlier->how, coordinations)) +
                         ", \"plan\": " + json_string(draw.earlier->plan) + "}"
                   : "null";
  return "{\"seed\": " +
         (draw.random_numbers.empty() ? json_string(std::to_string(draw.start.value())) : "null") +
         ", \"id\": " + json_string(name_of(draw.id, id_kinds)) +
         ", \"method\": " + json_string(name_of(draw.method, draw_methods)) +
         ", \"start\": " + detail::format_number(draw.from) + ", \"direction\": " +
         json_string(directions[draw.down]) + ", \"random_numbers\": " + name(draw.random_numbers) +
         ", \"size_measure\": " + name(draw.size_measure) + ", \"order_by\": " + name(draw.order_by) +
         ", \"targets\": [" + targets + "], \"without_chance\": " + std::to_string(draw.without_chance) +
         ", \"earlier\": " + earlier + "}";
}

inline plan_draw read_draw(const reader& draw, std::uint64_t version) {
  if (version >= 4)
    draw.expect_keys(draw_keys);
  else if (version == 3)
    draw.expect_keys(draw_keys_3);
  else
    draw.expect_keys(draw_keys_2);
  const auto name = [](const reader& column) { return column.is_null() ? std::string() : column.string(); };
  const std::string numbers = version >= 4 ? name(draw["random_numbers"]) : std::string();
  plan_draw out{.start = seed{numbers.empty() ? draw["seed"].whole_as_text() : 0},
                .id = draw["id"].one_of<id_kind>(id_kinds)};
  if (version < 3)
    return out;
  out.method = draw["method"].one_of<draw_method>(draw_methods);
  if (version >= 4) {
    out.random_numbers = numbers;
    if (!numbers.empty() && !draw["seed"].is_null())
      draw["seed"].fail("null, as random_numbers are named");
    out.from = draw["start"].number();
    if (!(out.from >= 0.0 && out.from < 1.0))
      draw["start"].fail("a number from 0 to below 1");
    out.down = draw["direction"].one_of<std::size_t>(directions) == 1;
    if (const reader earlier = draw["earlier"]; !earlier.is_null()) {
      earlier.expect_keys(earlier_keys);
      out.earlier = plan_earlier{earlier["how"].one_of<coordination>(coordinations), earlier["plan"].string()};
    }
  }
  out.size_measure = name(draw["size_measure"]);
  out.order_by = name(draw["order_by"]);
  for (const reader& target : draw["targets"].list()) {
    target.expect_keys(target_keys);
    plan_target t{.name = target["name"].string()};
    if (!target["rate"].is_null())
      t.rate = target["rate"].number();
    if (!target["count"].is_null())
      t.count = target["count"].whole();
    out.targets.push_back(std::move(t));
  }
  out.without_chance = draw["without_chance"].whole();
  return out;
}

} // namespace detail_plan

QASCORE_INLINE std::string to_json(const sampling_plan& plan) {
  using namespace detail_plan;
  using detail::json_string;
  const plan_origin& origin = plan.origin();
  std::string out = "{\n";
  const auto member = [&](std::string_view key, const std::string& value) {
    out.append("  ").append(json_string(key)).append(": ").append(value).append(",\n");
  };
  const auto list = [](const std::vector<std::string>& values) {
    std::string text = "[";
    for (std::size_t i = 0; i < values.size(); ++i)
      text.append(i == 0 ? "" : ", ").append(json_string(values[i]));
    return text + "]";
  };
  member("format", json_string(format));
  member("format_version", std::string(format_version));
  member("library_version", json_string(origin.library_version));
  member("method", json_string(name_of(origin.method, methods)));
  member("rounding", json_string(name_of(origin.rounding, roundings)));
  const auto optional = [](const std::optional<double>& value) {
    return value ? detail::format_number(*value) : "null";
  };
  member("rate", optional(origin.rate));
  member("budget", optional(origin.budget));
  member("std_error", optional(origin.std_error));
  member("power", optional(origin.power));
  std::string quotas;
  for (const plan_quota& quota : origin.quotas)
    quotas += (quotas.empty() ? "" : ", ") + ("{\"column\": " + json_string(quota.column)) +
              ", \"label\": " + json_string(quota.label) + ", \"minimum\": " + std::to_string(quota.minimum) +
              "}";
  member("quotas", "[" + quotas + "]");
  member("content", plan.recorded_content()
                        ? "{\"id\": " + json_string(name_of(plan.recorded_content()->id, id_kinds)) +
                              ", \"hash\": " + json_string(std::to_string(plan.recorded_content()->hash)) +
                              "}"
                        : "null");
  member("random_numbers", json_string(origin.random_numbers));
  member("draw", plan.recorded_draw() ? draw_text(*plan.recorded_draw()) : "null");
  member("notes", list(origin.notes));
  std::string columns;
  for (const strata_column& column : plan.columns())
    columns += (columns.empty() ? "" : ", ") + ("{\"name\": " + json_string(column.name)) +
               ", \"kind\": " + json_string(name_of(column.kind, label_kinds)) + "}";
  member("strata_columns", "[" + columns + "]");
  out += "  \"strata\": [";
  for (const planned_stratum& s : plan.strata())
    out += (&s == plan.strata().data() ? "\n" : ",\n") + ("    {\"labels\": " + list(s.labels)) +
           ", \"population\": " + std::to_string(s.population) +
           ", \"sample_size\": " + std::to_string(s.sample_size) +
           ", \"target\": " + detail::format_number(s.target) +
           ", \"minimum\": " + std::to_string(s.minimum) + ", \"maximum\": " + std::to_string(s.maximum) +
           "}";
  return out + "\n  ]\n}\n";
}

QASCORE_INLINE sampling_plan sampling_plan::from_json(std::string_view text, std::string_view name) {
  using namespace detail_plan;
  const detail::json_value document = detail::json_parser(text, name).parse();
  const reader plan(document, std::string(name));
  const bool has_version =
      std::find(document.keys.begin(), document.keys.end(), "format_version") != document.keys.end();
  const std::uint64_t version_found = has_version ? plan["format_version"].whole() : 4;
  if (version_found < 1 || version_found > 4)
    plan["format_version"].fail("1, 2, 3 or 4; a later version of the library wrote this plan");
  const bool first = version_found == 1;
  if (first)
    plan.expect_keys(plan_keys_1);
  else
    plan.expect_keys(plan_keys);
  if (plan["format"].string() != format)
    plan["format"].fail(detail::quoted(format));

  plan_origin origin;
  origin.library_version = plan["library_version"].string();
  origin.method = plan["method"].one_of<allocation_method>(methods);
  origin.rounding = plan["rounding"].one_of<allocation_rounding>(roundings);
  const auto optional = [](const reader& value) {
    return value.is_null() ? std::optional<double>() : std::optional<double>(value.number());
  };
  origin.rate = optional(plan["rate"]);
  std::optional<plan_content> content;
  if (!first) {
    origin.budget = optional(plan["budget"]);
    origin.std_error = optional(plan["std_error"]);
    origin.power = optional(plan["power"]);
    for (const reader& quota : plan["quotas"].list()) {
      quota.expect_keys(quota_keys);
      origin.quotas.push_back({quota["column"].string(), quota["label"].string(), quota["minimum"].whole()});
    }
    if (const reader recorded = plan["content"]; !recorded.is_null()) {
      recorded.expect_keys(std::array<std::string_view, 2>{"id", "hash"});
      content = plan_content{recorded["id"].one_of<id_kind>(id_kinds), recorded["hash"].whole_as_text()};
    }
  }
  origin.random_numbers = plan["random_numbers"].string();
  for (const reader& note : plan["notes"].list())
    origin.notes.push_back(note.string());

  std::optional<plan_draw> recorded;
  if (const reader draw = plan["draw"]; !draw.is_null())
    recorded = read_draw(draw, version_found);
  std::vector<strata_column> columns;
  for (const reader& column : plan["strata_columns"].list()) {
    column.expect_keys(std::array<std::string_view, 2>{"name", "kind"});
    columns.push_back({column["name"].string(), column["kind"].one_of<label_kind>(label_kinds)});
  }
  std::vector<planned_stratum> strata;
  for (const reader& stratum : plan["strata"].list()) {
    stratum.expect_keys(stratum_keys);
    planned_stratum s;
    for (const reader& label : stratum["labels"].list())
      s.labels.push_back(label.string());
    s.population = stratum["population"].whole();
    s.sample_size = stratum["sample_size"].whole();
    s.target = stratum["target"].number();
    s.minimum = stratum["minimum"].whole();
    s.maximum = stratum["maximum"].whole();
    strata.push_back(std::move(s));
  }
  return {std::move(columns), std::move(strata), std::move(origin), recorded, content};
}

QASCORE_INLINE std::string to_text(const sampling_plan& plan) {
  std::vector<std::vector<std::string>> rows(1);
  for (const strata_column& column : plan.columns())
    rows[0].push_back(column.name);
  for (const char* name : {"population", "sample_size", "inclusion_probability", ""})
    rows[0].emplace_back(name);
  for (const planned_stratum& s : plan.strata()) {
    rows.push_back(s.labels);
    char probability[32];
    std::snprintf(probability, sizeof probability, "%.4g", s.inclusion_probability());
    for (const std::string& cell :
         {std::to_string(s.population), std::to_string(s.sample_size), std::string(probability),
          std::string(s.is_certainty() ? "certainty" : "")})
      rows.back().push_back(cell);
  }
  // Columns on a terminal: what UTF-8 writes with U+3000 and above (Chinese, emoji) takes two.
  const auto width_of = [](const std::string& cell) {
    std::size_t width = 0;
    for (const char c : cell) {
      const auto byte = static_cast<unsigned char>(c);
      width += byte >= 0xe3 ? 2u : (byte & 0xc0) != 0x80 ? 1u : 0u;
    }
    return width;
  };
  std::vector<std::size_t> widths(rows[0].size(), 0);
  for (const auto& row : rows)
    for (std::size_t c = 0; c < row.size(); ++c)
      widths[c] = std::max(widths[c], width_of(row[c]));
  std::string out;
  for (const auto& row : rows) {
    std::string line;
    for (std::size_t c = 0; c < row.size(); ++c) {
      const std::string space(widths[c] - width_of(row[c]), ' ');
      const bool number = c >= plan.columns().size() && c + 1 < row.size();
      line += (c == 0 ? "" : "  ") + (number ? space + row[c] : row[c] + space);
    }
    out += line.substr(0, line.find_last_not_of(' ') + 1) + '\n';
  }
  out += std::to_string(plan.sample_size()) + " of " + std::to_string(plan.population_size()) +
         " conversations, " + std::string(detail_plan::name_of(plan.origin().method, detail_plan::methods)) +
         " allocation\n";
  for (const std::string& note : plan.origin().notes)
    out += "note: " + note + '\n';
  return out;
}

} // namespace qascore
