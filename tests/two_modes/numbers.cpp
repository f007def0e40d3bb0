// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
// Built header-only and compiled; both print the same bits.
#include <qascore/kernel/distribution.hpp>
#include <qascore/kernel/inference.hpp>
#include <qascore/kernel/variance.hpp>
#include <qascore/qascore.hpp>

#include <cstdint>
#include <cstdio>
#include <span>
#include <vector>

namespace qa = qascore;
namespace k = qascore::kernel;

namespace {
// Hexadecimal: every bit shows.
void print(const char* name, double value) { std::printf("%s %a\n", name, value); }

// Numbers without a pattern, the same in both programs: a linear congruential generator (Knuth's MMIX constants).
std::vector<double> uniforms(std::size_t n, std::uint64_t state) {
  std::vector<double> out(n);
  for (double& x : out) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    x = static_cast<double>(state >> 11) * 0x1p-53;
  }
  return out;
}
} // namespace

void print_numbers() {
  for (const double p : uniforms(50, 1)) {
    print("normal_quantile", k::normal_quantile(p));
    print("student_t_quantile", k::student_t_quantile(p, 1.0 + 30.0 * p));
    print("f_quantile", k::f_quantile(p, 2.5, 7.0));
    print("beta_quantile", k::beta_quantile(p, 3.0, 7.5));
    print("chi_squared_quantile", k::chi_squared_quantile(p, 4.0));
    print("student_t_p_value", k::student_t_p_value(4.0 * p, 11.0));
  }

  const std::size_t n = 200;
  const auto influence = uniforms(n, 2);
  const auto weight = uniforms(n, 3);
  std::vector<std::uint32_t> stratum(n), cluster(n);
  for (std::size_t i = 0; i < n; ++i) {
    cluster[i] = static_cast<std::uint32_t>(i / 5);
    stratum[i] = static_cast<std::uint32_t>(i / 50);
  }
  const std::vector<double> population{20, 30, 40, 50};
  qa::design_view design = qa::independent_units(n);
  design.weight = weight;
  design.stratum = stratum;
  design.cluster = cluster;
  design.strata = 4;
  design.clusters = n / 5;
  design.population = population;
  print("variance", k::variance_of(design, influence).variance);
  const std::vector<std::span<const double>> two{influence, weight};
  for (const double c : k::covariance_of(design, two))
    print("covariance", c);
  const qa::linearised estimator{.value = 0.625, .influence = influence, .undefined = {}};
  for (const auto scale : {k::interval_scale::identity, k::interval_scale::logit, k::interval_scale::fisher_z}) {
    k::inference_options options;
    options.scale = scale;
    const auto e = k::infer(estimator, design, options);
    print("low", e.low);
    print("high", e.high);
  }
}
