// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#include "convert.hpp"
#include "ratings.hpp" // named()
#include "register.hpp"
#include "text_column.hpp"

#include <qascore/kernel/correlation.hpp>
#include <qascore/kernel/distance_correlation.hpp>
#include <qascore/kernel/permutation_test.hpp>
#include <qascore/kernel/time_concordance.hpp>

#include <pybind11/stl.h>

#include <array>
#include <cstdint>
#include <optional>
#include <unordered_map>

namespace qascore::python {
namespace {

constexpr std::array<std::pair<const char*, correlation_method>, 13> methods{
    {{"pearson", correlation_method::pearson},
     {"spearman", correlation_method::spearman},
     {"kendall", correlation_method::kendall},
     {"tau_c", correlation_method::tau_c},
     {"gamma", correlation_method::gamma},
     {"somers_y", correlation_method::somers_y},
     {"somers_x", correlation_method::somers_x},
     {"point_biserial", correlation_method::point_biserial},
     {"biserial", correlation_method::biserial},
     {"polyserial", correlation_method::polyserial},
     {"polyserial_ad_hoc", correlation_method::polyserial_ad_hoc},
     {"polychoric", correlation_method::polychoric},
     {"polychoric_ml", correlation_method::polychoric_ml}}};

constexpr std::array<std::pair<const char*, correlation_interval>, 4> intervals{
    {{"automatic", correlation_interval::automatic},
     {"closed_form", correlation_interval::closed_form},
     {"linearised", correlation_interval::linearised},
     {"asymptotic", correlation_interval::asymptotic}}};

missing_rows gaps_of(const std::string& name) {
  if (name == "domain")
    return missing_rows::domain;
  return name == "drop" ? missing_rows::drop : missing_rows::error;
}

py::tuple correlate(const py::object& design, const py::array_t<double>& x, const py::array_t<double>& y,
                    const std::string& method, confidence_level confidence, const std::string& interval,
                    const std::string& missing) {
  const auto xs = as_span<double>(x), ys = as_span<double>(y);
  const DesignArrays arrays(design, xs.size());
  const correlation_method how = named("method", method, methods);
  const correlation_interval limits = named("interval", interval, intervals);
  tested_estimate out;
  {
    const py::gil_scoped_release release;
    out = kernel::correlate(arrays.view(), xs, ys, how, confidence, limits, gaps_of(missing));
  }
  return py::make_tuple(to_dict(static_cast<const estimate&>(out)), to_dict(out.test));
}

py::tuple distance_correlation(const py::object& design, const py::array_t<double>& x,
                               const py::array_t<double>& y, confidence_level confidence,
                               const std::string& missing) {
  const auto xs = as_span<double>(x), ys = as_span<double>(y);
  const DesignArrays arrays(design, xs.size());
  distance_estimate out;
  {
    const py::gil_scoped_release release;
    out = kernel::distance_correlation(arrays.view(), xs, ys, confidence, gaps_of(missing));
  }
  return py::make_tuple(to_dict(static_cast<const estimate&>(out)), to_dict(out.test), out.covariance,
                        out.bias_corrected);
}

py::tuple time_concordance(const py::object& design, const py::array_t<double>& score,
                           const py::array_t<double>& time, const py::array_t<double>& event,
                           confidence_level confidence, const std::string& missing) {
  const auto scores = as_span<double>(score), times = as_span<double>(time), events = as_span<double>(event);
  const DesignArrays arrays(design, scores.size());
  time_concordance_estimate out;
  {
    const py::gil_scoped_release release;
    out = kernel::time_concordance(arrays.view(), scores, times, events, confidence, gaps_of(missing));
  }
  py::dict more;
  more["somers_d"] = out.somers_d;
  more["concordant"] = out.concordant;
  more["discordant"] = out.discordant;
  more["tied_score"] = out.tied_score;
  more["events"] = out.events;
  return py::make_tuple(to_dict(static_cast<const estimate&>(out)), to_dict(out.test), more);
}

constexpr std::array<std::pair<const char*, permuted_statistic>, 4> permuted_statistics{
    {{"pearson", permuted_statistic::pearson},
     {"spearman", permuted_statistic::spearman},
     {"ordered", permuted_statistic::ordered},
     {"distance", permuted_statistic::distance}}};

py::dict permutation_test(const py::array_t<double>& x, const py::array_t<double>& y,
                          const std::string& statistic, std::size_t replicates,
                          std::optional<std::uint64_t> start, unsigned threads) {
  const auto xs = as_span<double>(x), ys = as_span<double>(y);
  permutation_options options;
  options.statistic = named("statistic", statistic, permuted_statistics);
  options.replicates = replicates;
  options.threads = threads;
  if (start)
    options.seed = seed{*start};
  permutation_result found;
  {
    const py::gil_scoped_release release;
    found = kernel::permutation_test(xs, ys, options);
  }
  py::dict out;
  out["p_two_sided"] = found.p_two_sided;
  out["p_greater"] = found.p_greater;
  out["p_less"] = found.p_less;
  out["permutations"] = found.permutations;
  out["exact"] = found.exact;
  out["undefined"] = found.undefined.empty() ? py::object(py::none()) : py::object(text(found.undefined));
  return out;
}

py::dict count_pairs(const py::object& design, const py::array_t<double>& x, const py::array_t<double>& y) {
  const auto xs = as_span<double>(x), ys = as_span<double>(y);
  const DesignArrays arrays(design, xs.size());
  kernel::pair_counts found;
  {
    const py::gil_scoped_release release;
    found = kernel::count_pairs(arrays.view(), xs, ys);
  }
  py::dict out;
  out["concordant"] = found.concordant;
  out["discordant"] = found.discordant;
  out["tied_x"] = found.tied_x;
  out["tied_y"] = found.tied_y;
  out["tied_both"] = found.tied_both;
  return out;
}

/// Rows of two columns that have the same id, in the order of the left; an id may stand once on the right.
struct MatchedRows {
  std::vector<std::int64_t> left, right;
  std::optional<std::pair<std::size_t, std::size_t>> repeated; ///< rows of the right with the same id
};

template <class Id>
MatchedRows match(std::span<const Id> left, std::span<const Id> right) {
  MatchedRows out;
  std::unordered_map<Id, std::size_t> row_of;
  row_of.reserve(right.size());
  for (std::size_t j = 0; j < right.size(); ++j)
    if (const auto [at, fresh] = row_of.emplace(right[j], j); !fresh) {
      out.repeated = {at->second, j};
      return out;
    }
  for (std::size_t i = 0; i < left.size(); ++i)
    if (const auto at = row_of.find(left[i]); at != row_of.end()) {
      out.left.push_back(static_cast<std::int64_t>(i));
      out.right.push_back(static_cast<std::int64_t>(at->second));
    }
  return out;
}

/// Both columns int64, or both text. (rows of left, rows of right, repeated rows of right or None).
py::tuple match_ids(const py::object& left, const py::object& right) {
  MatchedRows out;
  if (py::isinstance<TextColumn>(left)) {
    const auto a = py::cast<std::shared_ptr<TextColumn>>(left),
               b = py::cast<std::shared_ptr<TextColumn>>(right);
    const py::gil_scoped_release release;
    out = match(std::span<const std::string_view>(a->views()), std::span<const std::string_view>(b->views()));
  } else {
    const auto a = as_span<std::int64_t>(py::reinterpret_borrow<py::array>(left));
    const auto b = as_span<std::int64_t>(py::reinterpret_borrow<py::array>(right));
    const py::gil_scoped_release release;
    out = match(a, b);
  }
  const py::object repeated = out.repeated
                                  ? py::object(py::make_tuple(out.repeated->first, out.repeated->second))
                                  : py::object(py::none());
  return py::make_tuple(array_of(std::move(out.left)), array_of(std::move(out.right)), repeated);
}

} // namespace

void register_association(py::module_& module) {
  using namespace py::literals;
  module.def("correlate", &correlate, "design"_a, "x"_a, "y"_a, "method"_a, "confidence"_a, "interval"_a,
             "missing"_a);
  module.def("distance_correlation", &distance_correlation, "design"_a, "x"_a, "y"_a, "confidence"_a,
             "missing"_a);
  module.def("time_concordance", &time_concordance, "design"_a, "score"_a, "time"_a, "event"_a,
             "confidence"_a, "missing"_a);
  module.def("permutation_test", &permutation_test, "x"_a, "y"_a, "statistic"_a, "replicates"_a, "seed"_a,
             "threads"_a);
  module.def("count_pairs", &count_pairs, "design"_a, "x"_a, "y"_a);
  module.def("match_ids", &match_ids, "left"_a, "right"_a);
}

} // namespace qascore::python
