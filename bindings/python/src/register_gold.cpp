// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#include "ratings.hpp"
#include "register.hpp"

#include <qascore/kernel/dawid_skene.hpp>
#include <qascore/kernel/gold.hpp>
#include <qascore/kernel/prmse.hpp>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace qascore::python {
namespace {

py::list dicts(const std::vector<estimate>& estimates) {
  py::list out;
  for (const estimate& one : estimates)
    out.append(to_dict(one));
  return out;
}

py::dict compare_with_gold(const Ratings& self, std::uint32_t gold, std::uint32_t rater,
                           const py::object& category_weights, confidence_level confidence,
                           const py::object& design) {
  const Inference how(confidence, "influence", false, design, self.units());
  const auto matrix = as_optional_span<double>(category_weights);
  gold_comparison found;
  {
    const py::gil_scoped_release unlocked;
    found = kernel::compare_with_gold(self.view(), gold, rater, matrix, how.options, how.view);
  }
  py::dict out;
  out["confusion"] = array_of(std::move(found.confusion));
  out["accuracy"] = to_dict(found.accuracy);
  out["sensitivity"] = dicts(found.sensitivity);
  out["specificity"] = dicts(found.specificity);
  out["precision"] = dicts(found.precision);
  out["f1"] = dicts(found.f1);
  out["balanced_accuracy"] = to_dict(found.balanced_accuracy);
  out["macro_f1"] = to_dict(found.macro_f1);
  out["matthews"] = to_dict(found.matthews);
  out["kappa"] = agreement_dict(found.kappa);
  return out;
}

py::dict prmse(const Ratings& self, std::uint32_t rater, double variance_of_errors,
               confidence_level confidence, const py::object& design) {
  const Inference how(confidence, "influence", false, design, self.units());
  prmse_result found;
  {
    const py::gil_scoped_release unlocked;
    found = kernel::prmse(self.view(), rater, variance_of_errors, confidence, how.view);
  }
  py::dict out = to_dict(static_cast<const estimate&>(found));
  out["variance_of_errors"] = found.variance_of_errors;
  out["true_score_variance"] = found.true_score_variance;
  out["mse_true"] = found.mse_true;
  out["n_multiple"] = found.n_multiple;
  return out;
}

py::dict dawid_skene(const Ratings& self, const py::object& same, std::uint64_t start, std::size_t starts,
                     double tolerance, std::size_t iterations, double smoothing,
                     confidence_level confidence) {
  const auto behind = as_optional_span<std::uint32_t>(same);
  const dawid_skene_options options{seed{start}, starts, tolerance, iterations, smoothing, confidence};
  dawid_skene_result found;
  std::vector<double> posterior;
  {
    const py::gil_scoped_release unlocked;
    found = kernel::dawid_skene(self.view(), behind, options);
    const rating_view view = self.view();
    const std::size_t q = found.categories;
    posterior.reserve(view.units * q);
    for (std::size_t u = 0; u < view.units && !found.posterior.empty(); ++u)
      for (std::size_t k = 0; k < q; ++k)
        posterior.push_back(found.posterior[view.profile_of(u) * q + k]);
  }
  py::list runs;
  for (const em_run& run : found.runs)
    runs.append(py::make_tuple(run.log_likelihood, run.iterations, run.converged));
  py::dict out;
  out["prior"] = array_of(std::move(found.prior));
  out["confusion"] = array_of(std::move(found.confusion));
  out["accuracy"] = array_of(std::move(found.accuracy));
  out["shares"] = dicts(found.shares);
  out["confusions"] = dicts(found.confusions);
  out["accuracies"] = dicts(found.accuracies);
  out["posterior"] = array_of(std::move(posterior));
  out["runs"] = runs;
  out["best"] = found.best;
  out["agreeing"] = found.agreeing;
  out["undefined"] = text_or_none(found.undefined);
  return out;
}

} // namespace

void register_gold(py::module_& module) {
  using py::arg;
  module.def("compare_with_gold", &compare_with_gold, arg("ratings"), arg("gold"), arg("rater"),
             arg("category_weights"), arg("confidence"), arg("design"));
  module.def("prmse", &prmse, arg("ratings"), arg("rater"), arg("variance_of_errors"), arg("confidence"),
             arg("design"));
  module.def("dawid_skene", &dawid_skene, arg("ratings"), arg("same"), arg("seed"), arg("starts"),
             arg("tolerance"), arg("iterations"), arg("smoothing"), arg("confidence"));
}

} // namespace qascore::python
