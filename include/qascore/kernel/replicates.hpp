// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../core/design_view.hpp"
#include "../core/estimate.hpp"
#include "../core/seed.hpp"
#include "../detail/config.hpp"
#include "domain.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

/// Variances by computing an estimate again and again from weights that were changed: a second opinion on those from
/// influence values (kernel/variance.hpp), for any function of the weights.
namespace qascore {

enum class variance_method {
  taylor,    ///< influence values (default)
  jackknife, ///< each cluster of each stratum left out once (JKn)
  bootstrap  ///< clusters drawn again with replacement, weights rescaled (Rao and Wu)
};

struct replicate_options {
  variance_method method = variance_method::taylor;
  std::size_t replicates = 1000; ///< of the bootstrap; the jackknife has one per cluster
  std::optional<qascore::seed> seed{}; ///< the bootstrap needs one
  unsigned threads = 1;          ///< the numbers are the same for any
};

namespace kernel {

/// Replicates of a design's weights, and the coefficients of V = sum_r c_r (value_r - centre)^2.
///
///   jackknife: cluster c of stratum h left out, the others' weights times n_h / (n_h - 1);
///              c_r = (1 - n_h / N_h) (n_h - 1) / n_h; centre: mean over all replicates
///   bootstrap: m_h = n_h - 1 of n_h clusters drawn with replacement, cluster c k_c times: weights times
///              1 - l_h + l_h k_c n_h / m_h, l_h = sqrt(1 - n_h / N_h); c_r = 1 / (R - 1); centre: mean of the replicates
///
/// n_h counts clusters (units where there are none) with a value, N_h as in the variance engine; the finite population
/// is in the coefficients, or the rescaling. Strata with one cluster stay as they are: they add nothing (certainty) or,
/// under single_unit::average, what the others add on average; under adjust there are no replicates. Weights that were
/// calibrated are calibrated again in each replicate, from the weights of the draw; trimming keeps its factors. Replicate
/// r of the bootstrap draws from a stream of its own that (seed, r) gives, stratum by stratum in the order of rows. Sources:
/// Rao and Wu (1988), JASA 83, 231-241, doi:10.1080/01621459.1988.10478591; Rao, Wu and Yue (1992), Survey Methodology
/// 18, 209-217; Wolter (2007), Introduction to Variance Estimation, ch. 4. Checked against: R survey 4.1 (as.svrepdesign,
/// type JKn), closed forms.
class replicate_weights {
public:
  /// `values` as the variance engine has them: units whose value is NaN are no part of the sample. Throws
  /// argument_error for a bootstrap without seed or of fewer than 2 replicates.
  replicate_weights(const design_view& design, const replicate_options& options, std::span<const double> values = {});

  std::size_t count() const noexcept { return count_; }
  double coefficient(std::size_t replicate) const noexcept;
  /// The weights of one replicate; false where they cannot meet the totals that the design is calibrated to.
  bool fill(std::size_t replicate, std::span<double> weight) const;
  /// Whether the design has replicates at all.
  bool possible() const noexcept { return possible_; }

private:
  struct stratum_part {
    std::vector<std::uint32_t> clusters; ///< none for strata of one, or taken whole
    double rest = 1.0;
  };
  design_view design_;
  replicate_options options_;
  std::vector<stratum_part> strata_;
  std::vector<std::vector<std::uint32_t>> members_; ///< units by cluster
  std::vector<std::uint32_t> left_out_;             ///< jackknife: cluster per replicate
  std::vector<std::uint32_t> stratum_of_;           ///< by cluster
  std::size_t count_ = 0;
  double scale_ = 1.0;
  bool possible_ = true;
};

/// c-weighted squares of `values` (replicates x width, row-major) about their means; NaN where a replicate has none.
std::vector<double> variances_of(const replicate_weights& replicates, std::span<const double> values, std::size_t width);

/// Variances of `width` numbers that `f(view, out)` computes from a design with other weights. NaN where there is none.
std::vector<double> replicate_variances(const design_view& design, const replicate_options& options,
                                        std::span<const double> values, std::size_t width,
                                        const std::function<void(const design_view&, std::span<double>)>& f);

/// The design that replicates of estimates by domain are made of: for independent rows, whose domains are samples of
/// their own, the domains are its strata.
class replicated_design {
public:
  replicated_design(const design_view& design, const domain_view& domain, std::span<const double> values);
  replicated_design(const replicated_design&) = delete;
  replicated_design& operator=(const replicated_design&) = delete;
  const design_view& view() const noexcept { return view_; }
  std::span<const double> values() const noexcept { return values_; }

private:
  design_view view_;
  std::vector<double> values_;
  std::vector<std::uint32_t> stratum_;
};

/// The name of an estimator with that of its variance.
std::string_view name_of(std::string_view method, variance_method how);

/// `make(view, domain)` gives estimates by domain; their variances come from replicates where the options say so. `values`:
/// NaN for units without a value.
template <class Make>
std::vector<estimate> with_replicates(const design_view& design, domain_view domain, std::span<const double> values,
                                      const replicate_options& options, const Make& make) {
  if (options.method == variance_method::taylor)
    return make(design, domain);
  const replicated_design given(design, domain, values);
  const std::vector<double> variances = replicate_variances(
      given.view(), options, given.values(), domain.count, [&](const design_view& view, std::span<double> out) {
        const std::vector<estimate> estimates = make(view, domain);
        for (std::size_t d = 0; d < out.size(); ++d)
          out[d] = estimates[d].value;
      });
  domain.variance = variances;
  std::vector<estimate> out = make(design, domain);
  for (estimate& e : out)
    e.method = name_of(e.method, options.method);
  return out;
}

} // namespace kernel
} // namespace qascore

#if !defined(QASCORE_COMPILED)
#include "impl/replicates.ipp"
#endif
