// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../../core/error.hpp"
#include "../../detail/format.hpp"
#include "../counter_stream.hpp"
#include "../dawid_skene.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <utility>
#include <vector>

namespace qascore::kernel {
namespace detail_dawid_skene {

struct model {
  std::vector<double> prior, confusion;
};

class em {
public:
  em(const rating_view& ratings, std::span<const std::uint32_t> same, double smoothing)
      : ratings_{ratings}, q_{ratings.categories()}, smoothing_{smoothing},
        posterior_(ratings.profiles() * q_, 0.0) {
    for (std::size_t i = 0; i < ratings.code.size(); ++i)
      who_.push_back(same.empty() ? ratings.rater[i] : same[ratings.rater[i]]);
    for (const std::uint32_t r : who_)
      raters_ = std::max<std::size_t>(raters_, r + 1u);
  }

  std::size_t raters() const noexcept { return raters_; }
  std::vector<double>& posterior() noexcept { return posterior_; }

  void start_from_votes() {
    std::ranges::fill(posterior_, 0.0);
    for (std::size_t p = 0; p < ratings_.profiles(); ++p)
      for (std::size_t i = ratings_.begin[p]; i < ratings_.begin[p + 1]; ++i)
        posterior_[p * q_ + ratings_.code[i]] += 1.0 / static_cast<double>(ratings_.count(p));
  }

  /// Raters who are right with a random probability above a half, and err evenly at random.
  void start_at_random(counter_stream stream) {
    const auto uniform = [&] { return (static_cast<double>(stream() >> 11u) + 0.5) * 0x1p-53; };
    model at{std::vector<double>(q_), std::vector<double>(raters_ * q_ * q_)};
    const auto shares = [&](double* cells, std::size_t count, double total) {
      double sum = 0.0;
      for (std::size_t k = 0; k < count; ++k)
        sum += cells[k] = -std::log(uniform());
      for (std::size_t k = 0; k < count; ++k)
        cells[k] *= total / sum;
    };
    shares(at.prior.data(), q_, 1.0);
    for (std::size_t row = 0; row < raters_ * q_; ++row) {
      double* const cells = at.confusion.data() + row * q_;
      const double right = 0.5 + 0.45 * uniform();
      shares(cells, q_, 1.0 - right);
      cells[row % q_] += right;
    }
    expect(at);
  }

  model maximise() const {
    model out{std::vector<double>(q_, 0.0), std::vector<double>(raters_ * q_ * q_, smoothing_)};
    double units = 0.0;
    for (std::size_t p = 0; p < ratings_.profiles(); ++p) {
      if (ratings_.count(p) == 0)
        continue;
      units += ratings_.multiplicity[p];
      for (std::size_t k = 0; k < q_; ++k) {
        const double mass = ratings_.multiplicity[p] * posterior_[p * q_ + k];
        out.prior[k] += mass;
        if (mass > 0.0)
          for (std::size_t i = ratings_.begin[p]; i < ratings_.begin[p + 1]; ++i)
            out.confusion[(who_[i] * q_ + k) * q_ + ratings_.code[i]] += mass;
      }
    }
    for (double& x : out.prior)
      x /= units;
    for (std::size_t row = 0; row < raters_ * q_; ++row) {
      double sum = 0.0;
      for (std::size_t l = 0; l < q_; ++l)
        sum += out.confusion[row * q_ + l];
      for (std::size_t l = 0; l < q_; ++l) // a row without units stays 0: nobody looks at it
        out.confusion[row * q_ + l] /= sum > 0.0 ? sum : 1.0;
    }
    return out;
  }

  /// Posteriors under the model; the log-likelihood of the ratings, with smoothing penalised by it.
  double expect(const model& at) {
    std::vector<double> log_prior(q_), log_confusion(at.confusion.size());
    std::ranges::transform(at.prior, log_prior.begin(), [](double x) { return std::log(x); });
    std::ranges::transform(at.confusion, log_confusion.begin(), [](double x) { return std::log(x); });
    double out = 0.0;
    for (std::size_t p = 0; p < ratings_.profiles(); ++p) {
      if (ratings_.count(p) == 0)
        continue;
      double* const t = posterior_.data() + p * q_;
      double top = -std::numeric_limits<double>::infinity();
      for (std::size_t k = 0; k < q_; ++k) {
        t[k] = log_prior[k];
        for (std::size_t i = ratings_.begin[p]; i < ratings_.begin[p + 1]; ++i)
          t[k] += log_confusion[(who_[i] * q_ + k) * q_ + ratings_.code[i]];
        top = std::max(top, t[k]);
      }
      double sum = 0.0;
      for (std::size_t k = 0; k < q_; ++k)
        sum += t[k] = std::exp(t[k] - top);
      for (std::size_t k = 0; k < q_; ++k)
        t[k] /= sum;
      out += ratings_.multiplicity[p] * (top + std::log(sum));
    }
    if (smoothing_ > 0.0)
      for (const double x : log_confusion)
        out += smoothing_ * x;
    return out;
  }

private:
  const rating_view& ratings_;
  std::size_t q_, raters_ = 0;
  double smoothing_;
  std::vector<double> posterior_;
  std::vector<std::uint32_t> who_; ///< per rating
};

inline double largest_move(std::span<const double> from, std::span<const double> to) {
  double out = 0.0;
  for (std::size_t i = 0; i < from.size(); ++i)
    out = std::max(out, std::abs(from[i] - to[i]));
  return out;
}

} // namespace detail_dawid_skene

QASCORE_INLINE dawid_skene_result dawid_skene(const rating_view& ratings, std::span<const std::uint32_t> same,
                                              const dawid_skene_options& options) {
  using namespace detail_dawid_skene;
  if (ratings.anonymous())
    throw argument_error("ratings: each rater has a confusion of its own, but the raters are anonymous");
  if (!same.empty() && same.size() != ratings.raters)
    throw argument_error("same: expected " + std::to_string(ratings.raters) + " raters but found " +
                         std::to_string(same.size()));
  if (options.starts == 0)
    throw argument_error("starts: expected 1 or more but found 0");
  if (!(options.tolerance > 0.0))
    throw argument_error("tolerance: expected a number > 0 but found " +
                         detail::format_number(options.tolerance));
  if (!(options.smoothing >= 0.0))
    throw argument_error("smoothing: expected a number >= 0 but found " +
                         detail::format_number(options.smoothing));
  dawid_skene_result out;
  out.categories = ratings.categories();
  if (ratings.code.empty()) {
    out.undefined = "there is no rating";
    return out;
  }
  em steps(ratings, same, options.smoothing);
  out.raters = steps.raters();
  model best;
  std::vector<double> posterior;
  for (std::size_t start = 0; start < options.starts; ++start) {
    if (start == 0)
      steps.start_from_votes();
    else
      steps.start_at_random(counter_stream(options.seed, start));
    model now = steps.maximise();
    em_run run;
    for (run.iterations = 1; run.iterations <= options.iterations; ++run.iterations) {
      run.log_likelihood = steps.expect(now);
      model next = steps.maximise();
      const double moved =
          std::max(largest_move(now.prior, next.prior), largest_move(now.confusion, next.confusion));
      now = std::move(next);
      if (moved < options.tolerance) {
        run.converged = true;
        break;
      }
    }
    run.iterations = std::min(run.iterations, options.iterations);
    // A later start must be better, not the same to rounding: which one wins must not hang on the last bit.
    if (out.runs.empty() || run.log_likelihood > out.runs[out.best].log_likelihood + 1e-6) {
      out.best = start;
      best = now;
      posterior = steps.posterior();
    }
    out.runs.push_back(run);
  }
  for (const em_run& run : out.runs)
    out.agreeing += run.log_likelihood > out.runs[out.best].log_likelihood - 1e-6 ? 1 : 0;
  const std::size_t q = out.categories;
  out.accuracy.assign(out.raters, 0.0);
  for (std::size_t r = 0; r < out.raters; ++r)
    for (std::size_t k = 0; k < q; ++k) {
      double* const row = best.confusion.data() + (r * q + k) * q;
      double sum = 0.0;
      for (std::size_t l = 0; l < q; ++l)
        sum += row[l];
      if (!(sum > 0.0))
        std::fill(row, row + q, missing_value);
      else
        out.accuracy[r] += best.prior[k] * row[k];
    }
  for (std::size_t p = 0; p < ratings.profiles(); ++p)
    if (ratings.count(p) == 0)
      std::fill_n(posterior.begin() + static_cast<std::ptrdiff_t>(p * q), q, missing_value);
  out.prior = std::move(best.prior);
  out.confusion = std::move(best.confusion);
  out.posterior = std::move(posterior);
  return out;
}

} // namespace qascore::kernel
