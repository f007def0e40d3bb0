// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#include "register_relations.hpp"
#include "convert.hpp"
#include "ratings.hpp" // named()

#include <qascore/kernel/attenuation.hpp>
#include <qascore/kernel/correlation_comparison.hpp>
#include <qascore/kernel/pair_bootstrap.hpp>
#include <qascore/kernel/partial_correlation.hpp>
#include <qascore/kernel/relative_importance.hpp>
#include <qascore/kernel/within_between.hpp>

#include <pybind11/stl.h>

#include <array>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace qascore::python {
namespace {

using column = py::array_t<double>;

constexpr std::array<std::pair<const char*, correlation_method>, 3> methods{
    {{"pearson", correlation_method::pearson},
     {"spearman", correlation_method::spearman},
     {"kendall", correlation_method::kendall}}};
constexpr std::array<std::pair<const char*, correlation_interval>, 3> intervals{
    {{"automatic", correlation_interval::automatic},
     {"closed_form", correlation_interval::closed_form},
     {"linearised", correlation_interval::linearised}}};
constexpr std::array<std::pair<const char*, missing_rows>, 3> gaps{
    {{"error", missing_rows::error}, {"drop", missing_rows::drop}, {"domain", missing_rows::domain}}};
constexpr std::array<std::pair<const char*, partial_kind>, 3> kinds{
    {{"both", partial_kind::both}, {"y", partial_kind::from_y}, {"x", partial_kind::from_x}}};
constexpr std::array<std::pair<const char*, overlapping_test>, 3> tests{
    {{"williams", overlapping_test::williams},
     {"steiger", overlapping_test::steiger},
     {"meng", overlapping_test::meng}}};
constexpr std::array<std::pair<const char*, range_restriction_case>, 3> cases{
    {{"1", range_restriction_case::indirect_other},
     {"2", range_restriction_case::direct},
     {"3", range_restriction_case::indirect_third}}};
py::tuple tested(const tested_estimate& e) {
  return py::make_tuple(to_dict(static_cast<const estimate&>(e)), to_dict(e.test));
}

std::vector<std::span<const double>> spans_of(const std::vector<column>& columns) {
  std::vector<std::span<const double>> out;
  for (const column& one : columns)
    out.push_back(as_span<double>(one));
  return out;
}

py::tuple partial_correlation(const py::object& design, const column& x, const column& y,
                              const std::vector<column>& given, const std::string& kind,
                              const std::string& method, confidence_level confidence,
                              const std::string& interval, const std::string& missing) {
  const auto xs = as_span<double>(x), ys = as_span<double>(y);
  const auto others = spans_of(given);
  const DesignArrays arrays(design, xs.size());
  const partial_options options{.method = named("method", method, methods),
                                .kind = named("part", kind, kinds),
                                .confidence = confidence,
                                .interval = named("interval", interval, intervals),
                                .missing = named("missing", missing, gaps)};
  tested_estimate found;
  {
    const py::gil_scoped_release release;
    found = kernel::partial_correlation(arrays.view(), xs, ys, others, options);
  }
  return tested(found);
}

py::dict partial_correlations(const py::object& design, const std::vector<column>& columns,
                              const std::string& method, const std::string& missing) {
  const auto all = spans_of(columns);
  const DesignArrays arrays(design, all.front().size());
  kernel::partial_matrix found;
  const auto how = named("method", method, methods);
  const auto left_out = named("missing", missing, gaps);
  {
    const py::gil_scoped_release release;
    found = kernel::partial_correlations(arrays.view(), all, how, left_out);
  }
  py::dict out;
  out["value"] = array_of(std::move(found.value));
  out["n"] = found.n;
  out["missing"] = found.missing;
  out["undefined"] = text_or_none(found.undefined);
  return out;
}

py::dict difference_of(const correlation_difference& d) {
  py::dict out;
  out["difference"] = d.difference;
  out["low"] = d.limits.low;
  out["high"] = d.limits.high;
  out["test"] = to_dict(d.test);
  return out;
}

py::tuple compare_correlations(const py::object& design, const column& x1, const column& y1,
                               const py::object& other, bool same_rows, const column& x2, const column& y2,
                               const std::string& method, confidence_level confidence,
                               const std::string& missing) {
  const kernel::pair_of_columns first{as_span<double>(x1), as_span<double>(y1)},
      second{as_span<double>(x2), as_span<double>(y2)};
  const DesignArrays arrays(design, first.x.size());
  const auto how = named("method", method, methods);
  const auto left_out = named("missing", missing, gaps);
  kernel::compared_correlations found;
  if (same_rows) {
    const py::gil_scoped_release release;
    found = kernel::compare_correlations(arrays.view(), first, second, how, confidence, left_out);
  } else {
    const DesignArrays others(other, second.x.size());
    const py::gil_scoped_release release;
    found =
        kernel::compare_correlations(arrays.view(), first, others.view(), second, how, confidence, left_out);
  }
  return py::make_tuple(tested(found.first), tested(found.second), tested(found.difference));
}

py::dict within_between(const py::object& design, const column& x, const column& y,
                        const py::array_t<std::uint32_t>& group, std::size_t groups,
                        confidence_level confidence, const std::string& interval,
                        const std::string& missing) {
  const auto xs = as_span<double>(x), ys = as_span<double>(y);
  const auto codes = as_span<std::uint32_t>(group);
  const DesignArrays arrays(design, xs.size());
  const auto limits = named("interval", interval, intervals);
  const auto left_out = named("missing", missing, gaps);
  within_between_result found;
  {
    const py::gil_scoped_release release;
    found = kernel::within_between(arrays.view(), xs, ys, codes, groups, confidence, limits, left_out);
  }
  py::dict out;
  out["within"] = tested(found.within);
  out["between"] = tested(found.between);
  out["total"] = tested(found.total);
  out["share_x"] = found.share_x;
  out["share_y"] = found.share_y;
  out["groups"] = found.groups;
  out["mean_x"] = found.mean_x;
  out["mean_y"] = found.mean_y;
  out["slope_within"] = found.slope_within;
  out["slope_between"] = found.slope_between;
  out["intercept_between"] = found.intercept_between;
  out["spread_within"] = found.spread_within;
  return out;
}

/// A correlation as Python holds it.
struct given_correlation {
  double value, std_error, low, high, confidence;
  std::size_t n, missing;
  std::string undefined;

  estimate as_estimate() const {
    estimate out;
    out.value = value;
    out.std_error = std_error;
    out.low = low;
    out.high = high;
    out.n = n;
    out.missing = missing;
    out.confidence = confidence_level{confidence};
    out.undefined = undefined;
    return out;
  }
};

given_correlation correlation_of(const py::dict& fields) {
  return {py::cast<double>(fields["value"]),
          py::cast<double>(fields["std_error"]),
          py::cast<double>(fields["low"]),
          py::cast<double>(fields["high"]),
          py::cast<double>(fields["confidence"]),
          py::cast<std::size_t>(fields["n"]),
          py::cast<std::size_t>(fields["missing"]),
          fields["undefined"].is_none() ? std::string{} : py::cast<std::string>(fields["undefined"])};
}

reliability reliability_of(const py::tuple& numbers) {
  return {py::cast<double>(numbers[0]),
          py::cast<double>(numbers[1]),
          {py::cast<double>(numbers[2]), py::cast<double>(numbers[3])}};
}

py::dict corrected(const corrected_correlation& c) {
  py::dict out = to_dict(static_cast<const estimate&>(c));
  out["observed"] = c.observed;
  out["factor"] = c.factor;
  out["share_of_reliability"] = c.share_of_reliability;
  return out;
}

py::dict disattenuate(const py::dict& r, const py::tuple& of_x, const py::tuple& of_y, double least) {
  return corrected(kernel::disattenuate(correlation_of(r).as_estimate(), reliability_of(of_x),
                                        reliability_of(of_y), least));
}

py::dict correct_range(const py::dict& r, const std::string& which, double sd_unrestricted,
                       double sd_restricted, double r_xz, double r_yz) {
  return corrected(kernel::correct_range(correlation_of(r).as_estimate(), {.how = named("case", which, cases),
                                                                           .sd_unrestricted = sd_unrestricted,
                                                                           .sd_restricted = sd_restricted,
                                                                           .r_xz = r_xz,
                                                                           .r_yz = r_yz}));
}

py::list estimates(const std::vector<estimate>& of) {
  py::list out;
  for (const estimate& e : of)
    out.append(to_dict(e));
  return out;
}

py::dict relative_importance(const py::object& design, const column& y, const std::vector<column>& columns,
                             const std::vector<std::size_t>& group, confidence_level confidence,
                             const std::string& missing, std::size_t orders,
                             std::optional<std::uint64_t> start, std::size_t replicates, unsigned threads) {
  const auto ys = as_span<double>(y);
  const auto all = spans_of(columns);
  const DesignArrays arrays(design, ys.size());
  importance_options options;
  options.confidence = confidence;
  options.missing = named("missing", missing, gaps);
  options.orders = orders;
  options.replicates = replicates;
  options.threads = threads;
  if (start)
    options.seed = seed{*start};
  importance_result found;
  {
    const py::gil_scoped_release release;
    found = kernel::relative_importance(arrays.view(), ys, all, group, options);
  }
  py::dict out;
  out["r_squared"] = to_dict(found.r_squared);
  out["lmg"] = estimates(found.lmg);
  out["first"] = estimates(found.first);
  out["last"] = estimates(found.last);
  out["johnson"] = estimates(found.johnson);
  out["car"] = estimates(found.car);
  out["pratt"] = estimates(found.pratt);
  out["beta_squared"] = estimates(found.beta_squared);
  out["sampling_error"] = array_of(std::move(found.sampling_error));
  out["orders"] = found.orders;
  out["undefined"] = text_or_none(found.undefined);
  out["fault"] = found.fault == importance_result::no_fault ? py::object(py::none()) : py::cast(found.fault);
  return out;
}

constexpr std::array<std::pair<const char*, std::optional<correlation_method>>, 14> statistics{
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
     {"polychoric_ml", correlation_method::polychoric_ml},
     {"ratio", std::nullopt}}};

py::dict bootstrap_pairs(const py::object& design, const column& x, const column& y,
                         const std::string& statistic, bool bca, std::size_t replicates, std::uint64_t start,
                         confidence_level confidence, unsigned threads) {
  const auto xs = as_span<double>(x), ys = as_span<double>(y);
  const DesignArrays arrays(design, xs.size());
  const pair_bootstrap_options options{.method = named("statistic", statistic, statistics),
                                       .bca = bca,
                                       .replicates = replicates,
                                       .seed = seed{start},
                                       .confidence = confidence,
                                       .threads = threads};
  bootstrapped_estimate found;
  {
    const py::gil_scoped_release release;
    found = kernel::bootstrap_pairs(arrays.view(), xs, ys, options);
  }
  py::dict out = to_dict(static_cast<const estimate&>(found));
  out["bias"] = found.bias;
  out["acceleration"] = found.acceleration;
  out["influence_error"] = found.influence_error;
  out["replicates"] = found.replicates;
  out["undefined_replicates"] = found.undefined_replicates;
  return out;
}

} // namespace

void register_relations(py::module_& module) {
  using namespace py::literals;
  module.def("partial_correlation", &partial_correlation, "design"_a, "x"_a, "y"_a, "given"_a, "part"_a,
             "method"_a, "confidence"_a, "interval"_a, "missing"_a);
  module.def("partial_correlations", &partial_correlations, "design"_a, "columns"_a, "method"_a, "missing"_a);
  module.def("compare_correlations", &compare_correlations, "design"_a, "x1"_a, "y1"_a, "other"_a,
             "same_rows"_a, "x2"_a, "y2"_a, "method"_a, "confidence"_a, "missing"_a);
  module.def(
      "independent_correlations",
      [](double r1, double n1, double r2, double n2, confidence_level confidence) {
        return difference_of(kernel::independent_correlations(r1, n1, r2, n2, confidence));
      },
      "r1"_a, "n1"_a, "r2"_a, "n2"_a, "confidence"_a);
  module.def(
      "overlapping_correlations",
      [](double r12, double r13, double r23, double n, const std::string& test, confidence_level confidence) {
        return difference_of(
            kernel::overlapping_correlations(r12, r13, r23, n, named("test", test, tests), confidence));
      },
      "r12"_a, "r13"_a, "r23"_a, "n"_a, "test"_a, "confidence"_a);
  module.def(
      "nonoverlapping_correlations",
      [](double r12, double r34, double r13, double r14, double r23, double r24, double n,
         confidence_level confidence) {
        return difference_of(kernel::nonoverlapping_correlations(
            {.r12 = r12, .r34 = r34, .r13 = r13, .r14 = r14, .r23 = r23, .r24 = r24}, n, confidence));
      },
      "r12"_a, "r34"_a, "r13"_a, "r14"_a, "r23"_a, "r24"_a, "n"_a, "confidence"_a);
  module.def("bootstrap_pairs", &bootstrap_pairs, "design"_a, "x"_a, "y"_a, "statistic"_a, "bca"_a,
             "replicates"_a, "seed"_a, "confidence"_a, "threads"_a);
  module.def("within_between", &within_between, "design"_a, "x"_a, "y"_a, "group"_a, "groups"_a,
             "confidence"_a, "interval"_a, "missing"_a);
  module.def("disattenuate", &disattenuate, "r"_a, "of_x"_a, "of_y"_a, "least"_a);
  module.def("correct_range", &correct_range, "r"_a, "case"_a, "sd_unrestricted"_a, "sd_restricted"_a,
             "r_xz"_a, "r_yz"_a);
  module.def("relative_importance", &relative_importance, "design"_a, "outcome"_a, "columns"_a, "group"_a,
             "confidence"_a, "missing"_a, "orders"_a, "seed"_a, "replicates"_a, "threads"_a);
}

} // namespace qascore::python
