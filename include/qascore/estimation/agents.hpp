// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../kernel/small_area.hpp"
#include "domain.hpp"
#include "sample_design.hpp"

#include <tuple>
#include <type_traits>

/// Agents with few conversations each: direct and shrunken means, and ranks with intervals. What each is stands in
/// kernel/small_area.hpp.
namespace qascore {

struct agents_options {
  confidence_level confidence{};
  missing_rows missing = missing_rows::error;
  between_variance between = between_variance::averaged;
  bool highest_first = true; ///< rank 1 is the highest mean
};

/// One agent with its labels.
struct agent_estimate : agent_record {
  std::vector<std::string> agent;
};

struct agent_table {
  agents_fit fit;
  std::vector<std::string> columns; ///< of fit.coefficient: "intercept", "0" (a number), "1 = phone" (a label)
  std::vector<agent_estimate> agents; ///< ascending by label

  /// The agent of one label; argument_error with the nearest for an unknown one.
  template <label_type Label>
  const agent_estimate& operator[](const Label& label) const {
    const std::string wanted = label_text(label);
    std::vector<std::string> names;
    for (const agent_estimate& one : agents) {
      if (one.agent.size() == 1 && one.agent.front() == wanted)
        return one;
      names.push_back(one.agent.front());
    }
    throw argument_error("agent: nobody is labelled " + detail::quoted(wanted) + detail::did_you_mean(wanted, names));
  }

  /// Direct mean of the first minus that of the second, corrected for all pairs.
  template <label_type A, label_type B>
  agents_difference difference(const A& a, const B& b) const {
    return kernel::compare_agents(fit, (*this)[a], (*this)[b]);
  }
};

namespace detail {

/// Columns of covariates, a value per agent: numbers as they are, labels as one 0/1 column per label but the first.
class agent_covariates {
public:
  agent_covariates(const sample_design& design, const kernel::domain_view& domain,
                   const std::vector<std::vector<std::string>>& agents)
      : design_{design}, domain_{domain}, agents_{agents} {}

  template <class Range, class Projection>
  void add(const Range& rows, const Projection& projection) {
    using value = std::remove_cvref_t<std::invoke_result_t<const Projection&, row_reference<Range>>>;
    const std::string name = std::to_string(place_++);
    if constexpr (std::is_convertible_v<value, double> || std::is_convertible_v<value, std::optional<double>>) {
      columns_.push_back(by_agent(design_.numbers(rows, projection, "covariates", missing_rows::drop), name));
      names.push_back(name);
    } else {
      const label_codes found = design_.labels(rows, projection, "covariates", missing_rows::drop);
      std::vector<double> codes;
      for (const std::uint32_t code : found.codes)
        codes.push_back(is_missing(code) ? missing_value : static_cast<double>(code));
      const std::vector<double> of_agent = by_agent(codes, name);
      for (std::size_t label = 1; label < found.labels.size(); ++label) {
        std::vector<double>& column = columns_.emplace_back();
        for (const double code : of_agent)
          column.push_back(code == static_cast<double>(label) ? 1.0 : 0.0);
        names.push_back(name + " = " + found.labels[label].front());
      }
    }
  }

  std::vector<std::span<const double>> spans() const { return {columns_.begin(), columns_.end()}; }
  std::vector<std::string> names;

private:
  std::vector<double> by_agent(const std::vector<double>& values, const std::string& name) const {
    kernel::agent_values out = kernel::values_by_domain(domain_, values);
    if (out.conflict < values.size())
      throw data_error("covariates: number " + name + ": expected one value per agent but found several for " +
                       quoted(agents_[domain_.code[out.conflict]].front()) + ", the second at unit " +
                       std::to_string(out.conflict));
    for (std::size_t d = 0; d < out.value.size(); ++d)
      if (is_missing(out.value[d]))
        throw data_error("covariates: number " + name + ": no value for " + quoted(agents_[d].front()));
    return std::move(out.value);
  }

  const sample_design& design_;
  kernel::domain_view domain_;
  const std::vector<std::vector<std::string>>& agents_;
  std::vector<std::vector<double>> columns_;
  std::size_t place_ = 0;
};

} // namespace detail

/// Direct and shrunken means by agent. `covariates` are what may explain agents beforehand, one value per agent:
/// `qa::by(&review::team, &review::tenure)`, numbers and labels.
/// Throws data_error for a covariate with several values for one agent or none, argument_error for one that is a
/// combination of others.
template <row_range Range, projection_of<Range> Value, class Agent, class... Covariates>
agent_table agent_estimates(const sample_design& design, const Range& rows, const Value& value, const Agent& agent,
                            const by_columns<Covariates...>& covariates, const agents_options& options = {}) {
  auto y = design.numbers(rows, value, "value", options.missing);
  detail::label_codes agents = design.labels(rows, agent, "agent", options.missing);
  const kernel::domain_view all{agents.codes, agents.labels.size()};
  detail::agent_covariates columns(design, all, agents.labels);
  std::apply([&](const auto&... projection) { (columns.add(rows, projection), ...); }, covariates.projections);
  kernel::agents_options how;
  how.confidence = options.confidence;
  how.between = options.between;
  how.highest_first = options.highest_first;
  agents_result found = detail::over_domains(all, options.missing, {y}, [&](const kernel::domain_view& domain) {
    return kernel::agent_estimates(design.view(), domain, y, columns.spans(), how);
  });
  if (found.fit.dependent < columns.names.size())
    throw argument_error("covariates: number " + columns.names[found.fit.dependent] +
                         " is a combination of those before it");
  agent_table out;
  out.fit = std::move(found.fit);
  out.columns = {"intercept"};
  out.columns.insert(out.columns.end(), columns.names.begin(), columns.names.end());
  out.agents.resize(found.agents.size());
  for (std::size_t d = 0; d < out.agents.size(); ++d) {
    static_cast<agent_record&>(out.agents[d]) = std::move(found.agents[d]);
    out.agents[d].agent = std::move(agents.labels[d]);
  }
  return out;
}

template <row_range Range, projection_of<Range> Value, class Agent>
agent_table agent_estimates(const sample_design& design, const Range& rows, const Value& value, const Agent& agent,
                            const agents_options& options = {}) {
  return agent_estimates(design, rows, value, agent, by_columns<>{}, options);
}

} // namespace qascore
