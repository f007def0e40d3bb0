// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#include "convert.hpp"
#include "register.hpp"

#include <qascore/kernel/scoring_many.hpp>
#include <qascore/rubric/explain.hpp>
#include <qascore/rubric/rubric.hpp>
#include <qascore/rubric/scoring.hpp>
#include <qascore/rubric/validate.hpp>
#include <qascore/rubric/yaml.hpp>

#include <pybind11/stl.h>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <numeric>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace qascore::python {
namespace {

using columns = std::vector<std::span<const std::uint8_t>>;

/// Codes of many evaluations: one row of the array per criterion, then per field of the conversation.
columns columns_of(const rubric& form, const py::array& codes) {
  const bool is_table =
      py::isinstance<py::array_t<std::uint8_t, py::array::c_style>>(codes) && codes.ndim() == 2;
  if (!is_table || codes.shape(0) != static_cast<py::ssize_t>(form.plan().inputs))
    throw argument_error("codes: expected uint8, one contiguous row per criterion and field");
  const auto rows = static_cast<std::size_t>(codes.shape(1));
  const auto* data = static_cast<const std::uint8_t*>(codes.data());
  columns out;
  for (std::size_t c = 0; c < form.plan().inputs; ++c)
    out.emplace_back(data + c * rows, rows);
  return out;
}

std::size_t rows_of(const py::array& codes) {
  return static_cast<std::size_t>(codes.shape(1));
}

unanswered unanswered_of(const std::string& name) {
  if (name == "error")
    return unanswered::error;
  if (name == "not_scorable")
    return unanswered::not_scorable;
  if (name == "leave_out")
    return unanswered::leave_out;
  throw argument_error("unanswered: expected one of error, not_scorable, leave_out but found " +
                       detail::quoted(name));
}

unasked unasked_of(const std::string& name) {
  if (name == "error")
    return unasked::error;
  if (name == "ignore")
    return unasked::ignore;
  throw argument_error("unasked: expected one of error, ignore but found " + detail::quoted(name));
}

/// A condition as the file writes it.
py::dict describe(const condition_definition& condition) {
  py::dict out;
  py::list parts;
  for (const auto& part : condition.parts)
    parts.append(describe(part));
  switch (condition.what) {
  case condition_kind::all:
    out["all"] = parts;
    break;
  case condition_kind::any:
    out["any"] = parts;
    break;
  case condition_kind::negation:
    out["not"] = parts[0];
    break;
  case condition_kind::answer:
  case condition_kind::field:
    out[condition.what == condition_kind::answer ? "criterion" : "field"] = condition.of;
    out[condition.match == condition_match::is             ? "is"
        : condition.match == condition_match::contains_all ? "contains_all"
                                                           : "is_exactly"] = condition.values;
    break;
  }
  return out;
}

py::object describe(const std::optional<condition_definition>& condition) {
  return condition ? py::object(describe(*condition)) : py::none();
}

constexpr std::string_view scope_names[] = {"criterion", "section", "form"};
constexpr std::string_view effect_names[] = {"zero", "cap", "verdict"};
constexpr std::string_view kind_names[] = {"yes_no", "options", "scale", "number", "hits", "text", "date"};

py::dict describe(const criterion& one) {
  const criterion_definition& definition = one.definition();
  py::list answers, points, reasons;
  const auto* several = detail::several_of(definition.answer);
  for (std::size_t code = 0; several == nullptr && code < one.points().size(); ++code) {
    answers.append(one.answer(code));
    points.append(one.points()[code]);
  }
  for (std::size_t option = 0; several != nullptr && option < several->options.size(); ++option) {
    answers.append(several->options[option].id);
    points.append(several->options[option].points);
  }
  for (const auto& reason : definition.reasons)
    reasons.append(reason.id);
  py::dict out;
  out["id"] = text(one.id());
  out["title"] = py::cast(definition.title);
  out["section"] = text(one.section());
  out["kind"] = text(kind_names[definition.answer.index()]);
  out["answers"] = py::tuple(answers);
  out["points"] = py::tuple(points);
  out["possible"] = one.possible();
  out["weight"] = one.scored() ? definition.weight.value_or(1.0) : 0.0;
  out["scored"] = one.scored();
  out["dimension"] = py::tuple(py::cast(definition.dimension));
  out["not_applicable"] = definition.not_applicable;
  out["bonus"] = definition.bonus;
  out["critical"] = definition.critical;
  out["reasons"] = py::tuple(reasons);
  out["ask_when"] = describe(definition.ask_when);
  out["metric"] = text_or_none(one.metric());
  out["several"] = several != nullptr;
  return out;
}

py::list describe_sections(const rubric& form) {
  py::list out;
  for (const auto& section : form.sections()) {
    py::dict one;
    one["id"] = section.definition->id;
    one["title"] = py::cast(section.definition->title);
    const bool inner = section.parent != detail::compiled_section::none;
    one["parent"] = inner ? py::object(py::cast(form.sections()[section.parent].definition->id)) : py::none();
    one["ask_when"] = describe(section.definition->ask_when);
    out.append(one);
  }
  return out;
}

py::list describe_bands(const rubric& form) {
  py::list out;
  for (const auto& band : form.definition().bands) {
    py::dict one;
    one["id"] = band.id;
    one["title"] = py::cast(band.title);
    one["from"] = band.from;
    out.append(one);
  }
  return out;
}

py::list parts(const auto& results) {
  py::list out;
  for (const auto& one : results)
    out.append(py::make_tuple(text(one.id), one.score));
  return out;
}

py::dict describe(const evaluation_result& result) {
  py::list criteria, rules, missing;
  for (std::size_t i = 0; i < result.criteria.size(); ++i) {
    const criterion_result& one = result.criteria[i];
    const bool answered = one.state == criterion_state::scored ||
                          (one.state == criterion_state::excluded && one.code < kernel::max_answers &&
                           !result.form.criteria()[i].points().empty());
    py::dict row;
    row["criterion"] = text(one.id);
    row["state"] = text(to_string(one.state));
    row["answer"] = answered ? py::object(py::cast(result.form.criteria()[i].answer(one.code))) : py::none();
    row["earned"] = one.earned;
    row["possible"] = one.possible;
    row["applied_weight"] = one.applied_weight;
    row["contribution"] = one.contribution;
    criteria.append(row);
  }
  for (const auto& rule : result.fail_rules) {
    py::dict row;
    row["on"] = text(rule.on);
    row["target"] = text(rule.target);
    row["scope"] = text(scope_names[static_cast<int>(rule.scope)]);
    row["effect"] = text(effect_names[static_cast<int>(rule.effect)]);
    row["cap"] = rule.effect == fail_effect::cap ? py::object(py::float_(rule.cap)) : py::none();
    rules.append(row);
  }
  for (const auto& id : result.missing)
    missing.append(text(id));
  py::dict out;
  out["score"] = result.score;
  out["score_before_fail"] = result.score_before_fail;
  out["critical_score"] = result.critical_score;
  out["band"] = text_or_none(result.band);
  out["passed"] = result.passed;
  out["base"] = result.base;
  out["cap_adjustment"] = result.cap_adjustment;
  out["criteria"] = criteria;
  out["sections"] = parts(result.sections);
  out["dimensions"] = parts(result.dimensions);
  out["fail_rules"] = rules;
  out["missing"] = missing;
  return out;
}

using text_pairs = std::vector<std::pair<std::string, std::string>>;

/// What reads the answers of raters: as they are written, or as codes.
auto reader_of(bool coded) {
  return coded ? code_of_code : static_cast<decltype(&code_of_code)>(code_of);
}

evaluation_result score_answers(const rubric& form, const text_pairs& answers, const text_pairs& conversation,
                                const std::string& missing, const std::string& surplus, bool coded) {
  scorer one(form, {.when_unanswered = unanswered_of(missing), .when_unasked = unasked_of(surplus)});
  return one(detail::encode_by(reader_of(coded), form, answers, conversation));
}

evaluation_result score_row(const rubric& form, const py::array& codes, std::size_t row,
                            const std::string& missing) {
  const columns all = columns_of(form, codes);
  if (row >= rows_of(codes))
    throw argument_error("row: expected less than " + std::to_string(rows_of(codes)));
  std::vector<std::uint8_t> one;
  for (const auto& column : all)
    one.push_back(column[row]);
  return scorer(form, {.when_unanswered = unanswered_of(missing)})(one);
}

/// An answer that could not be coded: row of the data, criterion (or what stood in its place), message, and how many rows
/// have the same, of which this is the first.
using located = std::tuple<std::size_t, std::string, std::string, std::size_t>;
constexpr std::size_t most_located = 20; ///< different ones that are shown; the others are counted

class problem_list {
public:
  void add(std::size_t row, std::string criterion, std::string message) {
    ++count_;
    const auto same = std::ranges::find_if(first_, [&](const located& one) {
      return std::get<1>(one) == criterion && std::get<2>(one) == message;
    });
    if (same != first_.end())
      ++std::get<3>(*same);
    else if (first_.size() < most_located)
      first_.emplace_back(row, std::move(criterion), std::move(message), 1);
  }
  py::tuple to_python() const { return py::make_tuple(count_, first_); }

private:
  std::size_t count_ = 0;
  std::vector<located> first_;
};

/// Codes of the distinct answers to one criterion, each looked up once.
class answer_codes {
public:
  answer_codes(const criterion& asked, const std::vector<std::string>& labels, bool coded)
      : asked_{asked}, labels_{labels}, read_{reader_of(coded)}, known_(labels.size(), unknown) {}

  /// The code; a code from not_allowed on stands for an answer that is not allowed.
  std::uint16_t operator[](std::uint32_t label) {
    if (is_missing(label))
      return kernel::unanswered_code;
    if (known_[label] == unknown) {
      const coded_answer coded = read_(asked_, labels_[label]);
      known_[label] = coded.problem.empty() ? coded.code : not_allowed;
    }
    return known_[label];
  }
  std::string problem(std::uint32_t label) const { return read_(asked_, labels_[label]).problem; }

  static constexpr std::uint16_t not_allowed = 0x100;

private:
  static constexpr std::uint16_t unknown = 0x200;
  const criterion& asked_;
  const std::vector<std::string>& labels_;
  decltype(&code_of_code) read_;
  std::vector<std::uint16_t> known_;
};

/// A column of answers to one criterion, as dense codes and labels, into codes of the rubric.
py::tuple encode_column(const rubric& form, std::size_t criterion, const py::array& answers,
                        const std::vector<std::string>& labels, bool coded) {
  const auto given = as_span<std::uint32_t>(answers);
  std::vector<std::uint8_t> codes(given.size(), kernel::unanswered_code);
  problem_list problems;
  {
    const py::gil_scoped_release release;
    const qascore::criterion& asked = form.criteria()[criterion];
    answer_codes known(asked, labels, coded);
    for (std::size_t row = 0; row < given.size(); ++row) {
      const std::uint16_t code = known[given[row]];
      if (code >= answer_codes::not_allowed)
        problems.add(row, std::string(asked.id()), known.problem(given[row]));
      else
        codes[row] = static_cast<std::uint8_t>(code);
    }
  }
  return py::make_tuple(array_of(std::move(codes)), problems.to_python());
}

/// Rows of (evaluation, criterion, answer), each as dense codes and labels, into one row of codes per criterion.
py::tuple encode_long(const rubric& form, const py::array& evaluations, std::size_t count,
                      const py::array& criteria, const std::vector<std::string>& criterion_labels,
                      const py::array& answers, const std::vector<std::string>& answer_labels, bool coded) {
  const auto evaluation = as_span<std::uint32_t>(evaluations), asked = as_span<std::uint32_t>(criteria),
             answer = as_span<std::uint32_t>(answers);
  const std::size_t size = form.criteria().size();
  // Fields of the conversation stay missing here: they come from columns of their own.
  const std::size_t inputs = form.plan().inputs;
  std::vector<std::uint8_t> codes(inputs * count, kernel::unanswered_code);
  problem_list problems;
  {
    const py::gil_scoped_release release;
    std::vector<bool> seen(codes.size(), false);
    std::vector<std::optional<std::size_t>> index;
    for (const auto& label : criterion_labels)
      index.push_back(form.has(label) ? std::optional(form.index_of(label)) : std::nullopt);
    std::vector<std::unique_ptr<answer_codes>> known(size);
    for (std::size_t row = 0; row < evaluation.size(); ++row) {
      if (is_missing(asked[row])) {
        problems.add(row, "", "expected a criterion but found none");
        continue;
      }
      const auto at = index[asked[row]];
      if (const auto metric = at ? form.criteria()[*at].metric() : std::string_view{}; !metric.empty()) {
        if (!is_missing(answer[row]))
          problems.add(row, criterion_labels[asked[row]], detail::filled_problem(metric));
        continue;
      }
      if (!at) {
        problems.add(row, criterion_labels[asked[row]], form.unknown(criterion_labels[asked[row]]).message);
        continue;
      }
      if (!known[*at])
        known[*at] = std::make_unique<answer_codes>(form.criteria()[*at], answer_labels, coded);
      const std::size_t cell = *at * count + evaluation[row];
      const std::uint16_t code = (*known[*at])[answer[row]];
      if (seen[cell])
        problems.add(row, criterion_labels[asked[row]], "expected one answer but found a second one");
      else if (code >= answer_codes::not_allowed)
        problems.add(row, criterion_labels[asked[row]], known[*at]->problem(answer[row]));
      else
        codes[cell] = static_cast<std::uint8_t>(code);
      seen[cell] = true;
    }
  }
  const auto table =
      array_of(std::move(codes)).reshape({static_cast<py::ssize_t>(inputs), static_cast<py::ssize_t>(count)});
  return py::make_tuple(table, problems.to_python());
}

/// A column of values of a field, as dense codes and labels, into codes of the rubric.
py::array encode_field(const rubric& form, std::size_t field, const py::array& values,
                       const std::vector<std::string>& labels) {
  const auto given = as_span<std::uint32_t>(values);
  std::vector<std::uint8_t> known;
  for (const auto& label : labels)
    known.push_back(code_of(form.fields()[field], label));
  std::vector<std::uint8_t> codes;
  for (const std::uint32_t label : given)
    codes.push_back(is_missing(label) ? kernel::unanswered_code : known[label]);
  return array_of(std::move(codes));
}

/// The codes that are scored, and the answers to criteria that are not asked.
py::tuple settle_codes(const rubric& form, const py::array& codes) {
  const columns all = columns_of(form, codes);
  const std::size_t rows = rows_of(codes), inputs = all.size();
  std::vector<std::uint8_t> settled(inputs * rows);
  problem_list problems;
  {
    const py::gil_scoped_release release;
    std::vector<std::span<std::uint8_t>> out;
    for (std::size_t c = 0; c < inputs; ++c)
      out.emplace_back(settled.data() + c * rows, rows);
    kernel::settle_many(form.plan(), all, out);
    for (std::size_t row = 0; row < rows; ++row)
      for (std::size_t c = 0; c < form.criteria().size(); ++c)
        if (out[c][row] == kernel::not_asked_code && all[c][row] != kernel::unanswered_code &&
            form.criteria()[c].metric().empty())
          problems.add(row, std::string(form.criteria()[c].id()), std::string(not_asked_problem));
  }
  const auto table = array_of(std::move(settled))
                         .reshape({static_cast<py::ssize_t>(inputs), static_cast<py::ssize_t>(rows)});
  return py::make_tuple(table, problems.to_python());
}

/// Criteria that are asked only under a condition.
std::vector<std::size_t> conditional_criteria(const rubric& form) {
  std::vector<std::size_t> out;
  for (const auto& condition : form.plan().conditions) {
    out.insert(out.end(), condition.criteria.begin(), condition.criteria.end());
    out.insert(out.end(), condition.filled.begin(), condition.filled.end());
  }
  std::ranges::sort(out);
  return out;
}

/// Criteria that must be answered and are not: (row, criterion) in the order of rows, the first few and their number.
py::tuple unanswered_cells(const rubric& form, const py::array& codes) {
  const columns all = columns_of(form, codes);
  problem_list missing;
  {
    const py::gil_scoped_release release;
    for (std::size_t row = 0; row < rows_of(codes); ++row)
      for (std::size_t c = 0; c < form.criteria().size(); ++c)
        if (all[c][row] == kernel::unanswered_code &&
            detail::is_scored(form.criteria()[c].definition().answer))
          missing.add(row, std::string(form.criteria()[c].id()), "expected an answer but found none");
  }
  return missing.to_python();
}

/// A new array as a span to write to.
template <class T>
std::span<T> writable(py::array_t<T>& array) {
  return {array.mutable_data(), static_cast<std::size_t>(array.size())};
}

/// Says: no band, no verdict.
constexpr std::int8_t none = -1;

/// An array that says the same everywhere, in the memory of one cell. It cannot be written to.
template <class T>
py::array_t<T> constant(T value, py::ssize_t size) {
  const py::array_t<T> cell(1, &value);
  py::array_t<T> out({size}, {py::ssize_t{0}}, cell.data(), cell);
  out.attr("flags").attr("writeable") = false;
  return out;
}

py::dict score_codes(const rubric& form, const py::array& codes, bool keep_incomplete, unsigned threads) {
  const columns all = columns_of(form, codes);
  const std::size_t rows = rows_of(codes);
  const rubric_definition& definition = form.definition();
  const bool verdicts = definition.pass_from || std::ranges::any_of(form.plan().rules, [](const auto& rule) {
                          return rule.effect == kernel::fail_effect::verdict;
                        });
  // NumPy's memory as it comes: every cell is written once. What the form has not takes none. The scores stand in one
  // piece: allocators keep the piece for the next table, and return two to the system, which clears new pages.
  const auto size = static_cast<py::ssize_t>(rows);
  py::array_t<double> scores({py::ssize_t{2}, size});
  py::array_t<double> critical_array =
      form.critical_criteria().empty() ? constant(missing_value, size) : py::array_t<double>(size);
  py::array_t<std::uint8_t> flags_array(size);
  py::array_t<std::int8_t> band_array = definition.bands.empty() ? constant(none, size)
                                                                 : py::array_t<std::int8_t>(size),
                           passed_array = verdicts ? py::array_t<std::int8_t>(size) : constant(none, size);
  const auto score = writable(scores).first(rows), before = writable(scores).last(rows);
  const auto flags = writable(flags_array);
  const auto critical = form.critical_criteria().empty() ? std::span<double>{} : writable(critical_array);
  const auto band = definition.bands.empty() ? std::span<std::int8_t>{} : writable(band_array);
  const auto passed = verdicts ? writable(passed_array) : std::span<std::int8_t>{};
  {
    const py::gil_scoped_release release;
    kernel::score_many(form.plan(), all, {score, before, flags}, threads);
    if (!critical.empty())
      kernel::score_subset(form.form_cells(), form.critical_criteria(), all, critical);
    if (!keep_incomplete)
      for (std::size_t row = 0; row < rows; ++row)
        if ((flags[row] & kernel::flag_unanswered) != 0)
          score[row] = before[row] = missing_value;
    for (std::size_t row = 0; row < band.size(); ++row) {
      const band_definition* in = is_missing(score[row]) ? nullptr : form.band_of(score[row]);
      band[row] = in == nullptr ? none : static_cast<std::int8_t>(in - definition.bands.data());
    }
    for (std::size_t row = 0; row < passed.size(); ++row) {
      const auto verdict = passes(form, score[row], flags[row]);
      passed[row] = verdict ? static_cast<std::int8_t>(*verdict) : none;
    }
  }
  py::dict out;
  out["score"] = scores[py::int_(0)];
  out["score_before_fail"] = scores[py::int_(1)];
  out["critical_score"] = critical_array;
  out["band"] = band_array;
  out["passed"] = passed_array;
  out["flags"] = flags_array;
  return out;
}

/// One array per section (after fail rules of scope criterion and section), in the order of the form.
py::list section_columns(const rubric& form, const py::array& codes) {
  const columns all = columns_of(form, codes);
  std::vector<std::vector<double>> nodes(form.plan().nodes.size(), std::vector<double>(rows_of(codes)));
  {
    const py::gil_scoped_release release;
    const std::vector<std::span<double>> out(nodes.begin(), nodes.end());
    if (form.plan().how != kernel::combine::base)
      kernel::score_nodes(form.plan(), all, out);
    for (std::size_t node = 0; form.plan().how == kernel::combine::base && node < out.size(); ++node) {
      const auto& held = form.plan().nodes[node];
      std::vector<std::uint32_t> subset(held.last - held.first);
      std::iota(subset.begin(), subset.end(), held.first);
      kernel::score_subset(form.form_cells(), subset, all, out[node]);
    }
  }
  py::list out;
  for (const auto& section : form.sections())
    out.append(array_of(std::move(nodes[section.node])));
  return out;
}

/// One array per dimension, before fail rules.
py::list dimension_columns(const rubric& form, const py::array& codes) {
  const columns all = columns_of(form, codes);
  py::list out;
  for (std::size_t d = 0; d < form.dimensions().size(); ++d) {
    std::vector<double> score(rows_of(codes));
    {
      const py::gil_scoped_release release;
      kernel::score_subset(form.form_cells(), form.criteria_of_dimension(d), all, score);
    }
    out.append(array_of(std::move(score)));
  }
  return out;
}

/// Per criterion of every evaluation, evaluation by evaluation; rating is earned / possible.
py::dict criterion_columns(const rubric& form, const py::array& codes, const std::string& missing) {
  const columns all = columns_of(form, codes);
  const std::size_t rows = rows_of(codes), size = form.criteria().size();
  std::vector<std::uint8_t> state(rows * size);
  std::vector<double> earned(rows * size), possible(rows * size), weight(rows * size),
      contribution(rows * size);
  std::vector<double> rating(rows * size);
  {
    const py::gil_scoped_release release;
    scorer one(form, {.when_unanswered = unanswered_of(missing)});
    std::vector<std::uint8_t> row_codes(all.size());
    for (std::size_t row = 0; row < rows; ++row) {
      for (std::size_t c = 0; c < all.size(); ++c)
        row_codes[c] = all[c][row];
      const evaluation_result& result = one(row_codes);
      for (std::size_t c = 0; c < size; ++c) {
        const criterion_result& cell = result.criteria[c];
        const std::size_t at = row * size + c;
        state[at] = static_cast<std::uint8_t>(cell.state);
        earned[at] = cell.earned;
        possible[at] = cell.possible;
        const double lowest = form.criteria()[c].lowest();
        rating[at] = (cell.earned - lowest) / (cell.possible - lowest);
        weight[at] = cell.applied_weight;
        contribution[at] = cell.contribution;
      }
    }
  }
  py::dict out;
  out["state"] = array_of(std::move(state));
  out["earned"] = array_of(std::move(earned));
  out["possible"] = array_of(std::move(possible));
  out["rating"] = array_of(std::move(rating));
  out["applied_weight"] = array_of(std::move(weight));
  out["contribution"] = array_of(std::move(contribution));
  return out;
}

} // namespace

void register_rubric(py::module_& module) {
  py::list states;
  for (int state = 0; state <= static_cast<int>(criterion_state::excluded); ++state)
    states.append(text(to_string(static_cast<criterion_state>(state))));
  module.attr("CRITERION_STATES") = py::tuple(states);
  module.def(
      "is_id", [](const std::string& id) { return detail::is_id(id); }, py::arg("text"));
  module.attr("NOT_APPLICABLE_CODE") = kernel::not_applicable_code;
  module.attr("UNANSWERED_CODE") = kernel::unanswered_code;

  py::class_<evaluation_result>(module, "EvaluationResult")
      .def("to_dict", [](const evaluation_result& result) { return describe(result); })
      .def(
          "explain",
          [](const evaluation_result& result, const std::string& language) {
            return explain(result, language);
          },
          py::arg("language"));

  py::class_<rubric>(module, "Rubric")
      .def_static(
          "load", [](const std::string& path) { return load_rubric(path); }, py::arg("path"))
      .def_static(
          "parse", [](const std::string& yaml, const std::string& name) { return parse_rubric(yaml, name); },
          py::arg("text"), py::arg("name"))
      .def("id", &rubric::id)
      .def("version", &rubric::version)
      .def("language", &rubric::language)
      .def("content_hash", &rubric::content_hash)
      .def("title", [](const rubric& form) { return form.definition().title; })
      .def("pass_from", [](const rubric& form) { return form.definition().pass_from; })
      .def("criteria",
           [](const rubric& form) {
             py::list out;
             for (const auto& one : form.criteria())
               out.append(describe(one));
             return out;
           })
      .def("sections", &describe_sections)
      .def("bands", &describe_bands)
      .def("dimensions",
           [](const rubric& form) {
             return std::vector<std::string>(form.dimensions().begin(), form.dimensions().end());
           })
      .def("fields",
           [](const rubric& form) {
             py::list out;
             for (const auto& field : form.fields())
               out.append(field.name);
             return out;
           })
      .def("answer_texts", // by criterion and code
           [](const rubric& form) {
             std::vector<std::vector<std::string>> out;
             for (const auto& one : form.criteria())
               for (std::size_t code = (out.emplace_back(), 0); code < one.points().size(); ++code)
                 out.back().push_back(one.answer(code));
             return out;
           })
      .def("conditional_criteria", &conditional_criteria)
      .def("score_answers", &score_answers, py::arg("answers"), py::arg("conversation"),
           py::arg("unanswered"), py::arg("unasked"), py::arg("coded"))
      .def("score_row", &score_row, py::arg("codes"), py::arg("row"), py::arg("unanswered"))
      .def("encode_column", &encode_column, py::arg("criterion"), py::arg("answers"), py::arg("labels"),
           py::arg("coded"))
      .def("encode_long", &encode_long, py::arg("evaluations"), py::arg("count"), py::arg("criteria"),
           py::arg("criterion_labels"), py::arg("answers"), py::arg("answer_labels"), py::arg("coded"))
      .def("encode_field", &encode_field, py::arg("field"), py::arg("values"), py::arg("labels"))
      .def("settle_codes", &settle_codes, py::arg("codes"))
      .def("unanswered_cells", &unanswered_cells, py::arg("codes"))
      .def("score_codes", &score_codes, py::arg("codes"), py::arg("keep_incomplete"), py::arg("threads"))
      .def("section_columns", &section_columns, py::arg("codes"))
      .def("dimension_columns", &dimension_columns, py::arg("codes"))
      .def("criterion_columns", &criterion_columns, py::arg("codes"), py::arg("unanswered"));
}

} // namespace qascore::python
