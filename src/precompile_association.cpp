// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
// Kernels of qascore::compiled, built once. Correlations.
#include <qascore/kernel/impl/attenuation.ipp>
#include <qascore/kernel/impl/bivariate_normal.ipp>
#include <qascore/kernel/impl/bootstrap_limits.ipp>
#include <qascore/kernel/impl/correlation.ipp>
#include <qascore/kernel/impl/correlation_comparison.ipp>
#include <qascore/kernel/impl/correlation_system.ipp>
#include <qascore/kernel/impl/distance_correlation.ipp>
#include <qascore/kernel/impl/latent_correlation.ipp>
#include <qascore/kernel/impl/pair_bootstrap.ipp>
#include <qascore/kernel/impl/partial_correlation.ipp>
#include <qascore/kernel/impl/permutation_test.ipp>
#include <qascore/kernel/impl/rank_correlation.ipp>
#include <qascore/kernel/impl/relative_importance.ipp>
#include <qascore/kernel/impl/response_propensity.ipp>
#include <qascore/kernel/impl/time_concordance.ipp>
#include <qascore/kernel/impl/weight_proposal.ipp>
#include <qascore/kernel/impl/within_between.ipp>
