// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../core/estimate.hpp"
#include "../detail/config.hpp"
#include "mixed_model.hpp"

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <vector>

namespace qascore {

/// A facet of a generalisability study; the first of them is the object of measurement.
struct g_facet {
  static constexpr std::size_t crossed = std::numeric_limits<std::size_t>::max();
  random_factor factor; ///< labels of a nested facet need be distinct within their level of the other only
  std::size_t within = crossed; ///< the facet it is nested in
};

enum class g_method {
  automatic, ///< anova where every cell has the same number of scores, else reml
  anova,     ///< expected mean squares; estimates may be below 0
  reml
};

struct g_options {
  confidence_level confidence{};
  g_method method = g_method::automatic;
  component_interval interval = component_interval::automatic; ///< of reml
};

/// One source of variance: a facet, or an interaction of several.
struct g_component {
  std::uint32_t facets = 0; ///< bit f: facet f takes part; 0: scores within a cell
  estimate variance;
  double df = missing_value;          ///< of the mean square (anova)
  double mean_square = missing_value; ///< anova
};

struct g_study_fit {
  std::vector<g_component> components; ///< fewer facets first; the last holds the error
  std::vector<double> covariance;      ///< of the variances, row-major
  std::size_t n = 0;
  g_method method = g_method::anova; ///< never automatic
  std::string undefined;
};

/// A measurement that is planned, or made.
struct d_study_fit {
  double universe = missing_value;       ///< variance of what is measured
  double relative_error = missing_value; ///< variance of differences between objects that is error
  double absolute_error = missing_value; ///< variance of a score that is error
  double relative_sem = missing_value, absolute_sem = missing_value; ///< their roots
  estimate generalizability; ///< universe / (universe + relative_error)
  estimate dependability;    ///< universe / (universe + absolute_error)
};

} // namespace qascore

namespace qascore::kernel {

/// Variance components of a generalisability study: one for each facet and each interaction that the nesting allows (a nested
/// facet takes part only with the one it is nested in). The interaction of all facets is the error where cells have one score.
///
/// anova, for balanced designs: with effects e_S = mean_S - sum of e_T over parts T of S, mean squares
/// MS_S = N / levels_S sum e_S^2 / df_S, and E MS_S = sum over sets T that hold S of N / levels_T s_T, solved from the
/// largest set down. Standard error: root of sum f^2 2 MS^2 / (df + 2); limits: Satterthwaite's chi-squared, none for
/// estimates that are not positive.
/// reml: kernel/mixed_model.hpp with one factor per component.
/// Undefined, with the reason: a facet with 1 level; one score per object; as fit_mixed_model. Throws argument_error for more
/// than 8 facets, and for anova on an unbalanced design.
/// Source: Brennan (2001), Generalizability Theory, ch. 3 and 6, doi:10.1007/978-1-4757-3456-0; Cronbach et al. (1972).
/// Checked against: Brennan's example 3.2 (p. 116) as gtheory 0.1.2 quotes it; reml against anova on balanced designs.
g_study_fit g_study(std::span<const double> score, std::span<const g_facet> facets, const g_options& options);

/// Errors and reliability of a measurement with `levels[f]` levels of each facet (that of the object is not read): each
/// variance is divided by the product of the levels that its facets have, estimates below 0 count as 0.
///   universe: the object, and its interactions with fixed facets alone; relative error: other variances with the object;
///   absolute error: all but those of the object and of fixed facets alone.
/// `fixed`: bit f: the levels of facet f are all there are. Limits of the coefficients: normal on the log odds by the delta
/// method from `study.covariance`; they take the study's variances as they are estimated, not its design.
/// Source: Brennan (2001), ch. 4; Shavelson and Webb (1991), Generalizability Theory: A Primer.
d_study_fit d_study(const g_study_fit& study, std::span<const double> levels, std::uint32_t fixed,
                    confidence_level confidence);

} // namespace qascore::kernel

#if !defined(QASCORE_COMPILED)
#include "impl/g_study.ipp"
#endif
