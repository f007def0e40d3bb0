// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../core/design_view.hpp"
#include "../core/influence.hpp"
#include "../detail/config.hpp"
#include "../detail/sum.hpp"
#include "calibrated_spread.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// The one variance engine: influence values in, variance out, for every estimator of the library.
namespace qascore::kernel {

/// A design-based variance and the degrees of freedom it rests on (clusters minus strata).
struct design_variance {
  double variance = missing_value;
  double df = missing_value;
  std::string undefined; ///< why; empty when all is well
  bool census = false;   ///< every stratum involved was taken whole: nothing was left to chance
  std::string_view no_interval{}; ///< why there is none although there is a variance; empty: there is one

  /// No more degrees of freedom than that.
  void limit_df(const df_limit& limit) {
    if (limit.most < 1.0)
      no_interval = limit.none;
    else
      df = std::min(df, limit.most);
  }
};

/// Variance of an estimate with influence values u under a design with weights w, by Taylor linearisation.
///
///   t_hc = sum over units i of cluster c in stratum h of w_i * u_i
///   V    = sum_h (1 - n_h / N_h) * n_h / (n_h - 1) * sum_c (t_hc - mean_h t)^2,    df = sum_h n_h - H
///
/// n_h clusters (units where there are none) drawn from N_h; without population counts 1 - n_h / N_h is 1
/// (drawing with replacement). H counts the strata that hold at least one unit. For independent units and a
/// mean this is s^2 / n, df = n - 1. A stratum with one cluster follows `design.single`; one that holds the
/// whole population (n_h = N_h) contributes 0 in any case. Under single_unit::average the single-unit strata
/// that an estimate rests on contribute what its other strata do on average. Sums are two-pass and do not
/// depend on the order of units: stable at any offset.
///
/// Weights that were calibrated to known totals (design.calibration): what the auxiliaries explain of the estimate does
/// not vary with the sample. Step by step, from the last to the first, influence values become
///   u_i <- (u_i - x_i' b) * w_i / d_i,   b: regression of u on the auxiliaries x of the step with weights d before it
/// (for post-strata: u_i minus its weighted mean in the cell), w the weights after it; t_hc then sums d_i u_i with the
/// weights of the draw. Source: Deville and Sarndal (1992), JASA 87, 376-382, doi:10.1080/01621459.1992.10475217.
///
/// Those residuals are smaller than the errors: the totals were fitted to them. Under calibrated_errors::corrected
///   V <- V S / E[V],   df <- min(df, 2 E[V]^2 / Var[V]),   S = sum (1 - n_h/N_h) sum w_i^2 over the estimate's units
/// with moments of V for independent normal errors of equal variance in those units, exact for these totals and weights
/// (kernel/calibrated_spread.hpp). For post-strata of equal weights in SRS, V is on average that of strata of these sizes where cells
/// vary alike, cells of one unit too. With the number of units as the only total V is as it was. Undefined where the totals leave
/// nothing to see. The idea is that of bias-reduced linearisation (Bell and McCaffrey 2002; kernel/bias_reduced.hpp), with one factor
/// for all units in place of a root per cluster. Checked against: closed
/// forms, the dense formula, simulation.
///
/// Poisson sampling (design.chance): units were drawn by themselves, so that
///   V = sum_c (1 - pi_c) t_c^2,    df = clusters with a chance below 1, minus 1
/// with t_c as above, not centred: of a total this is sum (1 - pi) (y / pi)^2, the random size included; influence values
/// of means and ratios are centred by themselves (Hajek). Source: Sarndal, Swensson, Wretman (1992), section 3.2 and
/// result 5.8. Checked against: enumeration of all samples, simulation.
///
/// Undefined: fewer than 2 clusters in all, or (under certainty and average) no stratum with 2, unless they are
/// the whole population. Throws design_error naming
/// the stratum's code for a single-unit stratum under single_unit::error, and argument_error if
/// influence.size() differs from design.units. Source: Deville (1999), Survey Methodology 25, 193-203;
/// Sarndal, Swensson, Wretman (1992), ch. 5. Checked against: R survey 4.1 and 4.5 (svymean, svytotal,
/// lonely.psu, postStratify, calibrate), closed forms, the delete-one jackknife.
design_variance variance_of(const design_view& design, std::span<const double> influence);

/// Covariance matrix of several estimates on the same units, row-major, by the same formula with products in
/// place of squares: what differences, ratios and contrasts need. Each influence span has design.units
/// values.
std::vector<double> covariance_of(const design_view& design,
                                  std::span<const std::span<const double>> influences);

/// Totals w_i u_i of the units (clusters) of one stratum that an estimate rests on, added up.
struct stratum_totals {
  std::uint32_t stratum = 0;
  std::size_t count = 0; ///< units, or clusters
  double total = 0.0;    ///< sum of their totals
  double about = 0.0;    ///< a number near their mean, for Poisson samples 0
  double squares = 0.0;  ///< sum of (total - about)^2; in Poisson samples of (1 - pi) total^2
  std::size_t left = 0;  ///< in Poisson samples: with a chance below 1
};

/// The engine for many estimates on one design (domains, criteria): strata are counted once, and an estimate
/// that rests on few units costs only those. The view's spans must outlive the engine. One engine per thread.
class variance_engine {
public:
  /// Throws design_error for a single-unit stratum under single_unit::error and for a population below its
  /// sample.
  /// With `values` (one per unit), units whose value is NaN are no part of the sample: n_h counts the others. Under
  /// calibrated weights, whose totals hold with all units, they stay in the sample.
  /// A stratum that is left with one such unit makes estimates that touch it undefined under
  /// single_unit::error, in place of the exception.
  explicit variance_engine(const design_view& design, std::span<const double> values = {});

  /// The same where the units with a value were counted before: `sizes` per stratum, and how many units had none. For designs
  /// without clusters.
  variance_engine(const design_view& design, std::span<const std::size_t> sizes, std::size_t without);

  /// Variance where all units count; influence[i] belongs to unit i.
  design_variance of_all(std::span<const double> influence);

  /// Variance where only `rows` (distinct, any order) count: influence[k] belongs to rows[k], every other
  /// unit has 0 and stays in the design. The df count the clusters and strata that hold one of the rows, as R
  /// survey's degf of a subset does. Independent rows (is_independent) are a sample of the domain as much as
  /// of the whole: there the rows are taken as the design, so that a domain mean has variance s^2 / n of the
  /// domain.
  design_variance of_rows(std::span<const std::uint32_t> rows, std::span<const double> influence);

  /// Variance of rows that were added up before, stratum by stratum (each once), without clusters. Weights are those of the
  /// draw.
  design_variance of_sums(std::span<const stratum_totals> strata);

  /// Variance of rows whose totals w_i u_i were added up before, cluster by cluster (each once). Weights are those of the draw.
  design_variance of_clusters(std::span<const std::uint32_t> clusters, std::span<const double> totals);

  /// Number of independent equal-weight clusters whose mean would vary as that of these rows if all units of
  /// a cluster agreed: W^2 / sum_c (1 - n_h / N_h) W_c^2 with W_c the weight of cluster c (1 - pi_c under Poisson sampling). Kish's effective
  /// size when each unit is its own cluster. Infinite when the rows are a census.
  double effective_size(std::span<const std::uint32_t> rows);

  /// Kish's effective size of the units, clusters or not: W^2 / sum_i (1 - n_h / N_h) w_i^2.
  double effective_units(std::span<const std::uint32_t> rows) const;

private:
  struct stratum_part {
    std::size_t size = 0;  ///< clusters
    double rest = 1.0;     ///< 1 - n/N
    double factor = 0.0;   ///< rest * n / (n - 1)
    bool recentre = false; ///< a single unit, measured from the mean of all totals
    bool single = false;   ///< a single unit that contributes nothing of its own (certainty, average)
    bool refused = false;  ///< a single unit with a value, under single_unit::error
    std::size_t touched = 0;
    detail::accurate_sum sum;
    detail::accurate_sum squares;
    double mean = 0.0;
  };
  struct cluster_part {
    std::uint32_t stratum = 0;
    double rest = 1.0; ///< 1 - pi, under Poisson sampling
    bool touched = false;
    detail::accurate_sum total;
  };

  /// Influence values less what the auxiliaries explain, for the weights of the draw.
  std::vector<double> residuals(std::vector<double>&& influence) const;
  /// Makes up for what known totals fitted of an estimate that rests on `rows`.
  void count_totals(std::span<const std::uint32_t> rows, design_variance& spread);
  double drawn_weight_of(std::size_t unit) const noexcept {
    return design_.calibration.empty() ? design_.weight_of(unit) : design_.calibration.front().weight[unit];
  }

  /// What the strata's sizes say of their variances; some units had no value.
  void weigh_strata(bool gaps);
  /// Variance under Poisson sampling.
  template <class Row>
  design_variance compute_poisson(std::size_t count, Row row, std::span<const double> influence);
  static design_variance poisson_variance(double variance, std::size_t count, std::size_t left);
  /// One more part of a cluster's total.
  void add_to_cluster(std::uint32_t cluster, double total);
  /// Variance from the totals of the touched clusters, which are forgotten.
  design_variance of_touched_clusters();
  /// Where the touched strata are measured from; the mean of all totals, zeros included.
  double centre_strata(std::size_t touched);
  /// Variance from the squares of the touched strata, which are forgotten.
  design_variance combine_strata(std::size_t touched, double overall);
  /// What the finite population leaves of a unit's variance: 1 - n/N, or 1 - pi under Poisson sampling.
  double rest_of_unit(std::size_t unit) const noexcept {
    return design_.chance.empty() ? strata_[design_.stratum_of(unit)].rest : 1.0 - design_.chance[unit];
  }

  /// `row(k)` is the k-th of `count` units that take part.
  template <class Row, class Found>
  void by_runs(std::size_t count, Row row, Found found) const;
  template <class Row>
  design_variance compute(std::size_t count, Row row, std::span<const double> influence);

  design_view design_;
  std::vector<stratum_part> strata_;
  std::vector<cluster_part> clusters_;
  std::vector<std::uint32_t> touched_clusters_;
  std::vector<std::uint32_t> touched_strata_;
  std::size_t cluster_count_ = 0;
  double recentred_rest_ = 0.0; ///< sum of `rest` over the recentred strata
  std::shared_ptr<const calibrated_spread> calibrated_; ///< made when it is first asked
};

} // namespace qascore::kernel

#if !defined(QASCORE_COMPILED)
#include "impl/variance.ipp"
#endif
