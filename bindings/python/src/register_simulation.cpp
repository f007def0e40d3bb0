// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#include "convert.hpp"
#include "register.hpp"

#include <qascore/kernel/simulation.hpp>
#include <qascore/rubric/answers.hpp>
#include <qascore/rubric/rubric.hpp>
#include <qascore/simulation/labels.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace qascore::python {
namespace {

/// A simulated centre as Python holds it: the model and what was drawn from it.
struct Centre {
  explicit Centre(const kernel::simulation_model& m)
      : model{m}, staff{kernel::simulate_staff(m)}, latent{kernel::simulate_conversations(m, staff)} {}
  kernel::simulation_model model;
  kernel::simulated_staff staff;
  kernel::simulated_conversations latent;
};

/// Calls f with the name and the value of each setting but the seed.
template <class Model, class Function>
void each_setting(Model& m, const Function& f) {
  f("conversations", m.conversations);
  f("agents", m.agents);
  f("teams", m.teams);
  f("raters", m.raters);
  f("days", m.days);
  f("team_sd", m.team_sd);
  f("agent_sd", m.agent_sd);
  f("conversation_sd", m.conversation_sd);
  f("complexity_effect", m.complexity_effect);
  f("criterion_sd", m.criterion_sd);
  f("easiness_mean", m.easiness_mean);
  f("easiness_sd", m.easiness_sd);
  f("lowest_cut", m.lowest_cut);
  f("highest_cut", m.highest_cut);
  f("severity_sd", m.severity_sd);
  f("spread_mean", m.spread_mean);
  f("spread_log_sd", m.spread_log_sd);
  f("drifting", m.drifting);
  f("drift_size", m.drift_size);
  f("csat_correlation", m.csat_correlation);
  f("response_intercept", m.response_intercept);
  f("response_slope", m.response_slope);
}

kernel::simulation_model model_of(std::uint64_t seed_value, const py::dict& settings) {
  kernel::simulation_model m{.seed = seed{seed_value}};
  each_setting(m, [&](const char* name, auto& value) {
    if (settings.contains(name))
      value = py::cast<std::remove_reference_t<decltype(value)>>(settings[name]);
  });
  return m;
}

py::dict settings_of(const kernel::simulation_model& m) {
  py::dict out;
  each_setting(m, [&](const char* name, const auto& value) { out[name] = value; });
  return out;
}

template <class Range, class Text>
py::list texts(const Range& numbers, const Text& text_of) {
  py::list out;
  for (const auto number : numbers)
    out.append(text(text_of(static_cast<std::size_t>(number))));
  return out;
}

std::vector<std::size_t> first_numbers(std::size_t count) {
  std::vector<std::size_t> out(count);
  for (std::size_t i = 0; i < count; ++i)
    out[i] = i;
  return out;
}

template <class T>
py::array_t<T> copied(const std::vector<T>& values) {
  return array_of(std::vector<T>(values));
}
py::array flags(const std::vector<std::uint8_t>& values) {
  return copied(values).attr("astype")("bool");
}

py::dict conversations_of(const Centre& c) {
  const kernel::simulated_conversations& l = c.latent;
  py::dict out;
  out["conversation_id"] = texts(first_numbers(c.model.conversations),
                                 [&](std::size_t i) { return conversation_id_of(i, c.model); });
  out["channel"] = texts(l.channel, [](std::size_t i) { return channel_labels[i]; });
  out["service_type"] = texts(l.service_type, [](std::size_t i) { return service_type_labels[i]; });
  out["tier"] = texts(l.tier, [](std::size_t i) { return tier_labels[i]; });
  out["complexity"] = texts(l.complexity, [](std::size_t i) { return complexity_labels[i]; });
  out["agent_id"] = texts(l.agent, [&](std::size_t i) { return agent_id_of(i, c.model); });
  out["team_id"] = texts(l.agent, [&](std::size_t i) { return team_id_of(c.staff.agent_team[i], c.model); });
  out["started_s"] = copied(l.started);
  out["handle_s"] = copied(l.handle_s);
  out["repeat_complaint"] = flags(l.repeat_complaint);
  out["escalated"] = flags(l.escalated);
  return out;
}

py::dict latent_of(const Centre& c) {
  py::dict out;
  out["quality"] = copied(c.latent.quality);
  out["satisfaction"] = copied(c.latent.satisfaction);
  out["csat"] = copied(c.latent.csat);
  out["responded"] = flags(c.latent.responded);
  return out;
}

py::dict agents_of(const Centre& c) {
  py::dict out;
  out["agent_id"] =
      texts(first_numbers(c.model.agents), [&](std::size_t i) { return agent_id_of(i, c.model); });
  out["team_id"] = texts(c.staff.agent_team, [&](std::size_t i) { return team_id_of(i, c.model); });
  out["quality"] = copied(c.staff.agent_quality);
  return out;
}

py::dict raters_of(const Centre& c) {
  py::dict out;
  out["rater_id"] =
      texts(first_numbers(c.model.raters), [&](std::size_t i) { return rater_id_of(i, c.model); });
  out["severity"] = copied(c.staff.rater_severity);
  out["spread"] = copied(c.staff.rater_spread);
  out["drift"] = copied(c.staff.rater_drift);
  out["drift_at_s"] = copied(c.staff.rater_drift_at);
  return out;
}

/// Who evaluates which conversation: numbers, ids and order.
py::dict assign(const Centre& c, std::uint64_t seed_value, const py::array& rows, std::uint32_t raters,
                double double_scored) {
  kernel::simulated_assignment who =
      kernel::assign_raters(c.model, seed{seed_value}, as_span<std::uint64_t>(rows), raters, double_scored);
  py::list evaluation_id, conversation_id, rater_id;
  for (std::size_t e = 0; e < who.rater.size(); ++e) {
    evaluation_id.append(text(evaluation_id_of(who.conversation[e], who.rater[e], c.model)));
    conversation_id.append(text(conversation_id_of(who.conversation[e], c.model)));
    rater_id.append(text(rater_id_of(who.rater[e], c.model)));
  }
  std::vector<std::int64_t> seq;
  for (const std::size_t at : kernel::evaluation_order(c.latent, who))
    seq.push_back(static_cast<std::int64_t>(at));
  py::dict out;
  out["evaluation_id"] = evaluation_id;
  out["conversation_id"] = conversation_id;
  out["rater_id"] = rater_id;
  out["seq"] = array_of(std::move(seq));
  out["conversation"] = array_of(std::move(who.conversation));
  out["rater"] = array_of(std::move(who.rater));
  return out;
}

/// Levels, criterion by criterion within evaluation, flat.
py::array_t<std::uint8_t> answers(const Centre& c, const py::array& levels, const py::array& not_applicable,
                                  const py::array& noise, const py::array& conversation,
                                  const py::array& rater) {
  const auto level = as_span<std::uint32_t>(levels);
  const auto away = as_span<double>(not_applicable), vague = as_span<double>(noise);
  const auto conversations = as_span<std::uint64_t>(conversation);
  const auto raters = as_span<std::uint32_t>(rater);
  std::vector<kernel::simulated_criterion> criteria;
  for (std::size_t j = 0; j < level.size(); ++j)
    criteria.push_back({level[j], away[j], vague[j]});
  std::vector<std::uint8_t> out(conversations.size() * criteria.size());
  {
    const py::gil_scoped_release release;
    kernel::simulate_answers(c.model, c.staff, c.latent, criteria, conversations, raters, out);
  }
  return array_of(std::move(out));
}

/// What a rater writes for the answer with this code.
std::string written_answer(const criterion& asked, std::size_t code) {
  const answer_definition& answer = asked.definition().answer;
  if (std::holds_alternative<hits_answer>(answer))
    return std::to_string(code);
  if (const auto* number = std::get_if<number_answer>(&answer)) {
    const auto& ranges = number->ranges;
    if (ranges[code].to)
      return qascore::detail::format_number(*ranges[code].to);
    return code == 0 ? "0" : qascore::detail::format_number(*ranges[code - 1].to + 1.0);
  }
  if (const auto* several = detail::several_of(asked.definition().answer)) {
    std::string chosen;
    for (std::size_t i = 0; i < several->options.size(); ++i)
      if ((asked.classes()->example(code) >> i & 1u) != 0)
        chosen += (chosen.empty() ? "" : ";") + several->options[i].id;
    return chosen.empty() ? std::string(no_options) : chosen;
  }
  return asked.answer(code);
}

/// (id, answers from worst to best, whether it may be not applicable) of each criterion that a rater
/// scores.
py::list answers_by_merit(const rubric& form) {
  py::list out;
  for (const criterion& asked : form.criteria()) {
    std::vector<std::size_t> order = first_numbers(asked.points().size());
    if (order.empty() || !asked.metric().empty())
      continue;
    std::ranges::stable_sort(order, {}, [&](std::size_t code) { return asked.points()[code]; });
    out.append(py::make_tuple(text(asked.id()),
                              texts(order, [&](std::size_t code) { return written_answer(asked, code); }),
                              asked.definition().not_applicable));
  }
  return out;
}

} // namespace

void register_simulation(py::module_& module) {
  py::class_<Centre>(module, "SimulatedCentre")
      .def(py::init([](std::uint64_t seed_value, const py::dict& settings) {
             return Centre(model_of(seed_value, settings));
           }),
           py::arg("seed"), py::arg("settings"))
      .def("settings", [](const Centre& c) { return settings_of(c.model); })
      .def("conversations", &conversations_of)
      .def("latent", &latent_of)
      .def("agents", &agents_of)
      .def("raters", &raters_of)
      .def(
          "easiness",
          [](const Centre& c, std::size_t criterion) {
            return kernel::criterion_easiness(c.model, criterion);
          },
          py::arg("criterion"))
      .def("assign", &assign, py::arg("seed"), py::arg("rows"), py::arg("raters_per_conversation"),
           py::arg("double_scored"))
      .def("answers", &answers, py::arg("levels"), py::arg("not_applicable"), py::arg("noise"),
           py::arg("conversation"), py::arg("rater"));
  module.def("answers_by_merit", &answers_by_merit, py::arg("rubric"));
  module.def("simulation_settings", [] { return settings_of({.seed = seed{0}}); });
  module.attr("NOT_APPLICABLE_LEVEL") = kernel::not_applicable_level;
  module.attr("UNBIASED_RATER") = kernel::unbiased_rater;
  module.attr("ERROR_FREE_RATER") = kernel::error_free_rater;
}

} // namespace qascore::python
