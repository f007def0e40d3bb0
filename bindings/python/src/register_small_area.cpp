// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#include "convert.hpp"
#include "register.hpp"

#include <qascore/kernel/small_area.hpp>

#include <optional>
#include <pybind11/stl.h>
#include <tuple>

namespace qascore::python {
namespace {

using codes_array = py::array_t<std::uint32_t>;
using numbers_array = py::array_t<double>;

between_variance between_of(const std::string& name) {
  return name == "reml"     ? between_variance::reml
         : name == "moment" ? between_variance::moment
                            : between_variance::averaged;
}

/// The figures of all agents as columns, and what they share.
py::dict agent_estimates(const py::object& design, const numbers_array& values, const codes_array& agent,
                         std::size_t agents, const std::vector<numbers_array>& covariates, confidence_level confidence,
                         const std::string& between, bool highest_first) {
  const auto y = as_span<double>(values);
  const DesignArrays arrays(design, y.size());
  const kernel::domain_view domain{as_span<std::uint32_t>(agent), agents};
  std::vector<std::span<const double>> columns;
  for (const numbers_array& column : covariates) {
    columns.push_back(as_span<double>(column));
    if (columns.back().size() != agents)
      throw argument_error("covariates: expected " + std::to_string(agents) + " values but found " +
                           std::to_string(columns.back().size()));
  }
  kernel::agents_options options;
  options.confidence = confidence;
  options.between = between_of(between);
  options.highest_first = highest_first;
  agents_result found;
  {
    const py::gil_scoped_release release;
    found = kernel::agent_estimates(arrays.view(), domain, y, columns, options);
  }
  py::list direct, shrunken;
  std::vector<double> mse, own_weight;
  std::vector<std::int64_t> rank, low, high, told_apart;
  for (const agent_record& one : found.agents) {
    direct.append(to_dict(one.direct));
    shrunken.append(to_dict(one.shrunken));
    mse.push_back(one.mse);
    own_weight.push_back(one.own_weight);
    rank.push_back(static_cast<std::int64_t>(one.rank));
    low.push_back(static_cast<std::int64_t>(one.ranks.low));
    high.push_back(static_cast<std::int64_t>(one.ranks.high));
    told_apart.push_back(static_cast<std::int64_t>(one.told_apart));
  }
  const agents_fit& fit = found.fit;
  py::dict out;
  out["direct"] = direct;
  out["shrunken"] = shrunken;
  out["mse"] = array_of(std::move(mse));
  out["own_weight"] = array_of(std::move(own_weight));
  out["rank"] = array_of(std::move(rank));
  out["rank_low"] = array_of(std::move(low));
  out["rank_high"] = array_of(std::move(high));
  out["told_apart"] = array_of(std::move(told_apart));
  out["agents"] = fit.agents;
  out["within"] = fit.within;
  out["within_df"] = fit.within_df;
  out["between"] = fit.between;
  out["coefficient"] = fit.coefficient;
  out["coefficient_error"] = fit.coefficient_error;
  out["dependent"] = fit.dependent < columns.size() ? py::object(py::int_(fit.dependent)) : py::object(py::none());
  out["critical"] = fit.critical;
  out["pairs"] = fit.pairs;
  out["pairs_told_apart"] = fit.pairs_told_apart;
  out["undefined"] = text_or_none(fit.undefined);
  return out;
}

/// What a comparison needs of an agent: (value, std_error, n, missing, undefined or None).
using side = std::tuple<double, double, std::size_t, std::size_t, std::optional<std::string>>;

py::tuple compare_agents(const side& first, const side& second, std::size_t agents, double within_df, double critical,
                         confidence_level confidence) {
  agents_fit fit;
  fit.agents = agents;
  fit.within_df = within_df;
  fit.critical = critical;
  const auto record = [&](const side& s) {
    agent_record out;
    out.direct.value = std::get<0>(s);
    out.direct.std_error = std::get<1>(s);
    out.direct.n = std::get<2>(s);
    out.direct.missing = std::get<3>(s);
    out.direct.undefined = std::get<4>(s).value_or("");
    out.direct.confidence = confidence;
    return out;
  };
  const agents_difference found = kernel::compare_agents(fit, record(first), record(second));
  return py::make_tuple(to_dict(static_cast<const estimate&>(found)), to_dict(found.test), found.told_apart);
}

py::tuple values_by_domain(const codes_array& codes, std::size_t domains, const numbers_array& values) {
  kernel::agent_values out =
      kernel::values_by_domain({as_span<std::uint32_t>(codes), domains}, as_span<double>(values));
  return py::make_tuple(array_of(std::move(out.value)), out.conflict);
}

} // namespace

void register_small_area(py::module_& module) {
  using namespace py::literals;
  module.def("agent_estimates", &agent_estimates, "design"_a, "values"_a, "agent"_a, "agents"_a, "covariates"_a,
             "confidence"_a, "between"_a, "highest_first"_a);
  module.def("compare_agents", &compare_agents, "first"_a, "second"_a, "agents"_a, "within_df"_a, "critical"_a,
             "confidence"_a);
  module.def("values_by_domain", &values_by_domain, "codes"_a, "domains"_a, "values"_a);
}

} // namespace qascore::python
