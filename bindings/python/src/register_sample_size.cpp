// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#include "convert.hpp"
#include "register.hpp"

#include <qascore/sampling/sample_size.hpp>
#include <qascore/sampling/sample_size_mean.hpp>
#include <qascore/sampling/sample_size_relation.hpp>

#include <pybind11/stl.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace qascore::python {
namespace {

/// Options as the package prepares them: every name is there, None where nothing is given.
class Options {
public:
  explicit Options(const py::dict& given) : given_{given} {}

  template <class T>
  T get(const char* name) const {
    return py::cast<T>(given_[name]);
  }
  double number(const char* name) const { return get<double>(name); }
  std::optional<double> optional(const char* name) const { return get<std::optional<double>>(name); }
  confidence_level confidence() const { return confidence_level{number("confidence")}; }
  size_rounding rounding() const {
    return get<std::string>("rounding") == "every_step" ? size_rounding::every_step : size_rounding::once;
  }
  size_adjustments adjustments() const {
    return {.population = get<std::optional<std::uint64_t>>("population"),
            .design_effect = number("design_effect"),
            .response_rate = number("response_rate"),
            .rounding = rounding()};
  }

private:
  py::dict given_;
};

proportion_margin interval_of(const std::string& name) {
  return name == "wald"     ? proportion_margin::wald
         : name == "wilson" ? proportion_margin::wilson
         : name == "fleiss" ? proportion_margin::fleiss
                            : proportion_margin::log_odds;
}

py::dict record_of(const sample_size& size) {
  py::list steps;
  for (const size_step& step : size.steps)
    steps.append(py::make_tuple(step.name, step.n, step.reason));
  py::dict out;
  out["purpose"] = size.purpose;
  out["method"] = size.method;
  out["confidence"] = size.confidence.value();
  out["n"] = size.n;
  out["n_second"] = size.n_second;
  out["steps"] = steps;
  out["low"] = size.expected ? py::object(py::float_(size.expected->low)) : py::none();
  out["high"] = size.expected ? py::object(py::float_(size.expected->high)) : py::none();
  return out;
}

sample_size for_mean(const Options& o) {
  return sample_size_for_mean(
      {.margin = o.optional("margin"),
       .sd = o.optional("sd"),
       .cv = o.optional("cv"),
       .cv_population = o.optional("cv_population"),
       .divisor = o.get<std::string>("sd_divisor") == "n" ? sd_divisor::n : sd_divisor::n_minus_1,
       .confidence = o.confidence(),
       .adjustments = o.adjustments()});
}

sample_size for_proportion(const Options& o) {
  return sample_size_for_proportion({.proportion = o.number("proportion"),
                                     .margin = o.optional("margin"),
                                     .cv = o.optional("cv"),
                                     .interval = interval_of(o.get<std::string>("interval")),
                                     .confidence = o.confidence(),
                                     .adjustments = o.adjustments()});
}

sample_size for_domain(const Options& o) {
  return sample_size_for_domain(
      {.share = o.number("share"),
       .margin = o.optional("margin"),
       .sd = o.optional("sd"),
       .cv = o.optional("cv"),
       .cv_domain = o.optional("cv_domain"),
       .estimate = o.get<std::string>("estimate") == "total" ? domain_target::total : domain_target::mean,
       .assurance = o.optional("assurance"),
       .confidence = o.confidence(),
       .adjustments = o.adjustments()});
}

sample_size for_difference(const Options& o) {
  return sample_size_for_difference({.sd = o.number("sd"),
                                     .sd_second = o.optional("sd_second"),
                                     .margin = o.optional("margin"),
                                     .difference = o.optional("difference"),
                                     .power = o.number("power"),
                                     .sides = o.get<int>("sides"),
                                     .test = o.get<std::string>("test") == "z" ? size_test::z : size_test::t,
                                     .overlap = o.number("overlap"),
                                     .correlation = o.number("correlation"),
                                     .ratio = o.number("ratio"),
                                     .confidence = o.confidence(),
                                     .design_effect = o.number("design_effect"),
                                     .response_rate = o.number("response_rate"),
                                     .rounding = o.rounding()});
}

sample_size for_correlation(const Options& o) {
  return sample_size_for_correlation({.correlation = o.number("correlation"),
                                      .margin = o.optional("margin"),
                                      .power = o.optional("power"),
                                      .sides = o.get<int>("sides"),
                                      .method = o.get<std::string>("method") == "spearman"
                                                    ? size_correlation::spearman
                                                    : size_correlation::pearson,
                                      .confidence = o.confidence(),
                                      .adjustments = o.adjustments()});
}

sample_size for_kappa(const Options& o) {
  return sample_size_for_kappa({.kappa = o.number("kappa"),
                                .margin = o.number("margin"),
                                .shares = o.get<std::vector<double>>("shares"),
                                .second_shares = o.get<std::vector<double>>("second_shares"),
                                .confidence = o.confidence(),
                                .adjustments = o.adjustments()});
}

} // namespace

void register_sample_size(py::module_& module) {
  const auto define = [&](const char* name, sample_size (*size)(const Options&)) {
    module.def(
        name, [size](const py::dict& options) { return record_of(size(Options(options))); },
        py::arg("options"));
  };
  define("size_for_mean", &for_mean);
  define("size_for_proportion", &for_proportion);
  define("size_for_domain", &for_domain);
  define("size_for_difference", &for_difference);
  define("size_for_correlation", &for_correlation);
  define("size_for_kappa", &for_kappa);
}

} // namespace qascore::python
