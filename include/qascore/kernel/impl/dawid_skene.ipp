// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../../core/error.hpp"
#include "../../detail/format.hpp"
#include "../counter_stream.hpp"
#include "../dawid_skene.hpp"
#include "../distribution.hpp"
#include "../inference.hpp"
#include "dawid_skene_information.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

namespace qascore::kernel {
namespace detail_dawid_skene {

struct model {
  std::vector<double> prior, confusion;
  double log_likelihood = missing_value;
  bool converged = false;

  /// How often a rater is right. NaN where that is not known of a category (a row of 0).
  double accuracy(std::size_t rater) const {
    const std::size_t q = prior.size();
    double out = 0.0;
    for (std::size_t k = 0; k < q; ++k) {
      const double* const row = confusion.data() + (rater * q + k) * q;
      if (prior[k] > border)
        out += std::accumulate(row, row + q, 0.0) > 0.0 ? prior[k] * row[k] : missing_value;
    }
    return out;
  }
};

class em {
public:
  em(const rating_view& ratings, std::span<const std::uint32_t> same, double smoothing)
      : ratings_{ratings}, q_{ratings.categories()}, smoothing_{smoothing},
        posterior_(ratings.profiles() * q_, 0.0) {
    said_.assign(q_, 0);
    for (std::size_t i = 0; i < ratings.code.size(); ++i) {
      who_.push_back(same.empty() ? ratings.rater[i] : same[ratings.rater[i]]);
      said_[ratings.code[i]] = 1;
    }
    for (const std::uint32_t r : who_)
      raters_ = std::max<std::size_t>(raters_, r + 1u);
  }

  std::size_t raters() const noexcept { return raters_; }
  std::vector<double>& posterior() noexcept { return posterior_; }
  std::span<const std::uint32_t> who() const noexcept { return who_; }

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
    for (std::size_t k = 0; k < q_; ++k) // else what nobody says becomes a second name of what somebody does
      at.prior[k] *= said_[k];
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

  /// Gives true categories the names under which raters are right most often: the likelihood is the same under any. No exchange
  /// of two names makes them right more often then.
  void name(model& at) {
    std::vector<double> count(q_ * q_, 0.0); // true x said
    for (std::size_t p = 0; p < ratings_.profiles(); ++p)
      for (std::size_t i = ratings_.begin[p]; i < ratings_.begin[p + 1]; ++i)
        for (std::size_t k = 0; k < q_; ++k)
          count[k * q_ + ratings_.code[i]] += ratings_.multiplicity[p] * posterior_[p * q_ + k];
    const auto exchange = [&](std::vector<double>& cells, std::size_t rows, std::size_t width, std::size_t k,
                              std::size_t l) {
      for (std::size_t row = 0; row < rows; ++row) {
        double* const first = cells.data() + row * q_ * width;
        std::swap_ranges(first + k * width, first + (k + 1) * width, first + l * width);
      }
    };
    for (bool moved = true; moved;) {
      moved = false;
      for (std::size_t k = 0; k < q_; ++k)
        for (std::size_t l = 0; l < k; ++l) {
          const double now = count[k * q_ + k] + count[l * q_ + l];
          if (!(count[k * q_ + l] + count[l * q_ + k] > now + 1e-9 * now))
            continue;
          exchange(count, 1, q_, k, l);
          exchange(at.prior, 1, 1, k, l);
          exchange(at.confusion, raters_, q_, k, l);
          exchange(posterior_, ratings_.profiles(), 1, k, l);
          moved = true;
        }
    }
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
  std::vector<std::uint8_t> said_; ///< 1: somebody says this category
};

inline double largest_move(std::span<const double> from, std::span<const double> to) {
  double out = 0.0;
  for (std::size_t i = 0; i < from.size(); ++i)
    out = std::max(out, std::abs(from[i] - to[i]));
  return out;
}

/// More are numbers for programs: they have no estimates one by one.
inline constexpr std::size_t most_confusions = 100'000;
inline constexpr double most_numbers = 1e8;

/// Which cells of the model make up a figure, and its derivatives in them.
using slopes = std::vector<std::pair<std::size_t, double>>;

/// The probabilities with their standard errors and limits.
class estimates {
public:
  /// `rivals`: other maxima, whose likelihood is not rejected.
  estimates(dawid_skene_result& out, const rating_view& ratings, std::span<const std::uint32_t> who,
            const model& best, std::span<const model> rivals, std::span<const double> posterior,
            const dawid_skene_options& options)
      : out_{out}, q_{out.categories}, how_{how(options.confidence)},
        reach_{normal_quantile(options.confidence.upper_tail())}, known_{best.confusion},
        about_(ratings, who, out.raters, out.prior, known_, posterior, options.smoothing),
        rated_(out.raters, 0), rivals_{rivals} {
    for (std::size_t p = 0; p < ratings.profiles(); ++p) {
      const auto times = static_cast<std::size_t>(ratings.multiplicity[p]);
      units_ += ratings.count(p) > 0 ? times : 0;
      const auto raters = who.subspan(ratings.begin[p], ratings.count(p));
      for (std::size_t i = 0; i < raters.size(); ++i) // several ratings of one rater are of one unit
        rated_[raters[i]] += std::ranges::count(raters.first(i), raters[i]) == 0 ? times : 0;
    }
    reason_ = !best.converged ? "EM has not converged" : about_.undefined();
    find_doubtful();
  }

  void add() {
    for (std::size_t k = 0; k < q_; ++k)
      out_.shares.push_back(estimate_of(out_.prior[k], {{k, 1.0}}, units_, doubtful_[k],
                                        [k](const model& other) { return other.prior[k]; }));
    for (std::size_t r = 0; r < out_.raters; ++r) {
      slopes right;
      bool doubtful = false, certain = false;
      for (std::size_t k = 0; k < q_; ++k) {
        const std::size_t row = (r * q_ + k) * q_;
        for (std::size_t l = 0; l < q_ && out_.confusion.size() <= most_confusions; ++l)
          add_confusion(r, row + l, doubtful_[k]);
        if (!(out_.prior[k] > border))
          continue;
        right.emplace_back(k, known_[row + k]);
        right.emplace_back(cell(row + k), out_.prior[k]);
        doubtful = doubtful || doubtful_[k];
        certain = certain || on_border(known_[row + k]);
      }
      estimate found = estimate_of(out_.accuracy[r], right, rated_[r], doubtful,
                                   [r](const model& other) { return other.accuracy(r); });
      if (certain && found.undefined.empty())
        found = without_limits(
            out_.accuracy[r], rated_[r],
            "the rater is always right, or never, on a category: the error of that is unknown");
      out_.accuracies.push_back(found);
    }
  }

private:
  static inference_options how(confidence_level confidence) {
    inference_options out;
    out.confidence = confidence;
    out.scale = interval_scale::logit;
    out.normal = true;
    out.method = "Dawid-Skene";
    return out;
  }

  static bool on_border(double p) { return !(p > border && p < 1.0 - border); }
  std::size_t cell(std::size_t confusion) const noexcept { return q_ + confusion; }

  /// A category is doubtful where raters would be right as often if it and another one exchanged names: the likelihood does not
  /// know them apart, and limits hold for one choice of names only.
  void find_doubtful() {
    doubtful_.assign(q_, false);
    if (!reason_.empty())
      return;
    for (std::size_t k = 0; k < q_; ++k)
      for (std::size_t l = 0; l < k; ++l) {
        if (!(out_.prior[k] > border && out_.prior[l] > border))
          continue;
        double gain = 0.0;
        slopes by{{k, 0.0}, {l, 0.0}};
        for (std::size_t r = 0; r < out_.raters; ++r) {
          const auto times = static_cast<double>(rated_[r]);
          for (const auto& [at, other] : {std::pair{k, l}, std::pair{l, k}}) {
            const std::size_t row = (r * q_ + at) * q_;
            const double more = times * (known_[row + at] - known_[row + other]);
            gain += out_.prior[at] * more;
            by[at == k ? 0 : 1].second += more;
            by.emplace_back(cell(row + at), times * out_.prior[at]);
            by.emplace_back(cell(row + other), -times * out_.prior[at]);
          }
        }
        if (!(gain > reach_ * std::sqrt(about_.variance(by))))
          doubtful_[k] = doubtful_[l] = true;
      }
  }

  void add_confusion(std::size_t r, std::size_t at, bool doubtful) {
    const double value = out_.confusion[at];
    out_.confusions.push_back(
        about_.is_met(1 + at / q_)
            ? estimate_of(value, {{cell(at), 1.0}}, rated_[r], doubtful,
                          [at](const model& other) { return other.confusion[at]; })
            : without_limits(value, rated_[r], "the rater rated no unit that may be of the category"));
  }

  /// `of`: the same figure of another model.
  template <class Of>
  estimate estimate_of(double value, const slopes& by, std::size_t n, bool doubtful, const Of& of) const {
    if (is_missing(value))
      return without_limits(value, n, "the rater rated no unit that may be of one of the categories");
    if (!reason_.empty())
      return without_limits(value, n, reason_);
    if (doubtful)
      return without_limits(value, n,
                            "the ratings hardly say which category is which: with two names exchanged raters "
                            "would be right as often");
    if (on_border(value))
      return without_limits(value, n, "the value lies on the border of its range: no interval");
    design_variance spread;
    spread.variance = about_.variance(by);
    inference_options options = how_;
    options.n = n;
    const estimate out = infer(value, spread, options);
    // Limits of the likelihood would hold every value that fits as well as this.
    for (const model& rival : rivals_)
      if (const double other = of(rival); other < out.low || other > out.high)
        return without_limits(
            value, n, "another maximum of the likelihood, outside of the limits, fits nearly as well");
    return out;
  }

  estimate without_limits(double value, std::size_t n, std::string reason) const {
    design_variance spread;
    spread.variance = missing_value;
    spread.undefined = std::move(reason);
    inference_options options = how_;
    options.n = n;
    return infer(value, spread, options);
  }

  dawid_skene_result& out_;
  std::size_t q_, units_ = 0;
  inference_options how_;
  double reach_;                     ///< of the limits, in standard errors
  const std::vector<double>& known_; ///< the confusions, 0 where there is none
  information about_;
  std::vector<std::size_t> rated_; ///< units of each rater
  std::string reason_;             ///< why there are no limits at all
  std::span<const model> rivals_;
  std::vector<bool> doubtful_;
};

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
  const auto q_real = static_cast<double>(ratings.categories());
  if (const double numbers =
          q_real * (static_cast<double>(ratings.raters) * q_real + static_cast<double>(ratings.profiles()));
      numbers > most_numbers)
    throw argument_error(
        "ratings: the model has a number for each rater and two categories, and for each unit and "
        "category: expected at most 100 million but found " +
        detail::format_number(numbers) + " with " + std::to_string(ratings.categories()) +
        " categories; measurements are compared by concordance");
  dawid_skene_result out;
  out.categories = ratings.categories();
  if (ratings.code.empty()) {
    out.undefined = "there is no rating";
    return out;
  }
  em steps(ratings, same, options.smoothing);
  out.raters = steps.raters();
  model best;
  std::vector<model> rivals; // other maxima whose likelihood is not rejected
  const double reach = normal_quantile(options.confidence.upper_tail());
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
    steps.name(now);
    now.log_likelihood = run.log_likelihood;
    now.converged = run.converged;
    // A later start must be better, not the same to rounding: which one wins must not hang on the last bit.
    if (start == 0 || run.log_likelihood > best.log_likelihood + 1e-6) {
      out.best = start;
      std::swap(best, now);
      posterior = steps.posterior();
    }
    rivals.push_back(std::move(now));
    std::erase_if(rivals, [&](const model& other) {
      return !other.converged || !(best.log_likelihood - other.log_likelihood < 0.5 * reach * reach) ||
             std::max(largest_move(best.prior, other.prior), largest_move(best.confusion, other.confusion)) <
                 1e-6;
    });
    out.runs.push_back(run);
  }
  for (const em_run& run : out.runs)
    out.agreeing += run.log_likelihood > out.runs[out.best].log_likelihood - 1e-6 ? 1u : 0u;
  const std::size_t q = out.categories;
  out.prior = best.prior;
  out.confusion = best.confusion;
  for (std::size_t r = 0; r < out.raters; ++r)
    out.accuracy.push_back(best.accuracy(r));
  for (std::size_t row = 0; row < out.raters * q; ++row)
    if (double* const cells = out.confusion.data() + row * q; !(std::accumulate(cells, cells + q, 0.0) > 0.0))
      std::fill(cells, cells + q, missing_value);
  for (std::size_t p = 0; p < ratings.profiles(); ++p)
    if (ratings.count(p) == 0)
      std::fill_n(posterior.begin() + static_cast<std::ptrdiff_t>(p * q), q, missing_value);
  estimates(out, ratings, steps.who(), best, rivals, posterior, options).add();
  out.posterior = std::move(posterior);
  return out;
}

} // namespace qascore::kernel
