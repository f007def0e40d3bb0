// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
// Built header-only and compiled; both print the same bits.
#include <qascore/kernel/distribution.hpp>
#include <qascore/kernel/scoring_many.hpp>
#include <qascore/qascore.hpp>

#include <cstdint>
#include <cstdio>
#include <span>
#include <string>
#include <vector>

namespace qa = qascore;
namespace k = qascore::kernel;

namespace {
struct evaluation {
  std::string conversation, rater, queue;
  double probability, score, csat;
};

// Hexadecimal: every bit shows. The sign and payload of NaN mean nothing.
void print(const char* name, double value) {
  if (qa::is_missing(value))
    std::printf("%s undefined\n", name);
  else
    std::printf("%s %a\n", name, value);
}
void print(const char* name, const qa::estimate& e) {
  for (const double number : {e.value, e.std_error, e.low, e.high, e.df})
    print(name, number);
}

// Numbers without a pattern, the same in both programs: a linear congruential generator (Knuth's MMIX constants).
double uniform(std::uint64_t& state) {
  state = state * 6364136223846793005u + 1442695040888963407u;
  return static_cast<double>(state >> 11) * 0x1p-53;
}

void print_distributions() {
  std::uint64_t state = 1;
  for (int i = 0; i < 50; ++i) {
    const double p = uniform(state);
    print("normal_quantile", k::normal_quantile(p));
    print("student_t_quantile", k::student_t_quantile(p, 1.0 + 30.0 * p));
    print("f_quantile", k::f_quantile(p, 2.5, 7.0));
    print("beta_quantile", k::beta_quantile(p, 3.0, 7.5));
    print("chi_squared_quantile", k::chi_squared_quantile(p, 4.0));
    print("student_t_p_value", k::student_t_p_value(4.0 * p, 11.0));
  }
}

std::vector<evaluation> conversations() {
  const std::vector<std::string> queues{"billing", "network", "sales"};
  std::vector<evaluation> out;
  std::uint64_t state = 2;
  for (int i = 0; i < 300; ++i) {
    const double quality = uniform(state);
    out.push_back({"c" + std::to_string(i), "r1", queues[static_cast<std::size_t>(i) % 3], 1.0,
                   0.1 + 0.7 * quality + 0.2 * uniform(state),
                   1.0 + static_cast<int>(2 * quality + 3 * uniform(state))});
  }
  return out;
}

void print_sampling_and_estimates() {
  const auto all = conversations();
  const auto plan = qa::allocate(all, &evaluation::queue, {.size = 90, .min_per_stratum = 5});
  std::vector<evaluation> drawn;
  for (const auto& [row, probability] :
       qa::draw(all, &evaluation::conversation, &evaluation::queue, plan, qa::seed{20260101})) {
    print("row", static_cast<double>(row));
    drawn.push_back(all[row]);
    drawn.back().probability = probability;
  }
  const auto design = qa::sample_design::from(drawn, &evaluation::conversation, &evaluation::queue,
                                              &evaluation::probability, plan);
  print("mean", qa::mean(design, drawn, &evaluation::score));
  for (const auto& domain : qa::mean_by(design, drawn, &evaluation::score, &evaluation::queue))
    print("mean_by", domain);
  for (const auto& agent : qa::agent_estimates(design, drawn, &evaluation::score, [](const evaluation& e) {
                             return static_cast<int>(e.csat);
                           }).agents) {
    print("agent, direct", agent.direct);
    print("agent, shrunken", agent.shrunken);
    print("agent, ranks", static_cast<double>(100 * agent.ranks.low + agent.ranks.high));
  }
  print("proportion", qa::proportion(design, drawn, [](const evaluation& e) { return e.csat >= 4; }));
  print("pearson", qa::pearson(design, drawn, &evaluation::score, &evaluation::csat));
  print("spearman", qa::spearman(design, drawn, &evaluation::score, &evaluation::csat));
}

// Three raters, and a share of their ratings missing.
qa::rating_table ratings(double missing) {
  std::vector<evaluation> out;
  std::uint64_t state = 3;
  for (const evaluation& conversation : conversations())
    for (const char* rater : {"r1", "r2", "r3"}) {
      const double noise = uniform(state);
      if (noise < missing)
        continue;
      out.push_back(conversation);
      out.back().rater = rater;
      out.back().score = static_cast<int>(4 * conversation.score + 2 * noise);
    }
  return qa::rating_table::from(out, &evaluation::conversation, &evaluation::rater, &evaluation::score);
}

void print_calibration() {
  const auto table = ratings(0.05);
  for (const auto level : {qa::level::nominal, qa::level::ordinal, qa::level::interval, qa::level::ratio})
    print("krippendorff_alpha", qa::krippendorff_alpha(table, {.level = level}));
  print("fleiss_kappa", qa::fleiss_kappa(table, {.weights = qa::category_weight::quadratic}));
  print("gwet_ac", qa::gwet_ac(table));
  print("light_kappa", qa::light_kappa(table));
  print("fleiss_kappa_pooled", qa::fleiss_kappa_pooled(table));
  print("agreement_difference", qa::agreement_difference(table.without({"r1"}), table.without({"r2"})));
  print("resample_agreement",
        qa::resample_agreement(
            table, {}, {.method = qa::resampling_method::bca, .replicates = 50, .seed = qa::seed{1}}));
  for (const auto& category : qa::agreement_by_category(table))
    print("agreement_by_category", category);
  print("chance_test", qa::chance_test(table, qa::agreement_coefficient::fleiss_kappa_pooled).value);
  print("benchmark", qa::benchmark(qa::gwet_ac(table)).cumulative.front());
  print("icc", qa::icc(ratings(0.0)));
  for (const auto& rater : qa::rater_summary(table)) {
    print("rater mean", rater.mean);
    print("severity", rater.severity);
  }
}

// Two sections of two criteria, weighted means; answers earn 0, 1 or 2 of 2.
void print_scores() {
  k::scoring_plan plan;
  plan.criteria = plan.inputs = 4;
  plan.how = k::combine::means;
  plan.cells.resize(plan.criteria * k::table_stride);
  for (std::size_t c = 0; c < plan.criteria; ++c)
    for (std::int64_t answer = 0; answer < 3; ++answer)
      plan.cells[c * k::table_stride + static_cast<std::size_t>(answer)] = {answer, 2};
  plan.nodes = {{.parent = 2, .depth = 1, .first = 0, .last = 2, .weight = 0.3, .leaf = true},
                {.parent = 2, .depth = 1, .first = 2, .last = 4, .weight = 0.7, .leaf = true},
                {.parent = 2, .depth = 0, .first = 0, .last = 4, .weight = 1.0, .leaf = false}};
  const std::size_t n = 1000;
  std::uint64_t state = 4;
  std::vector<std::vector<std::uint8_t>> answers(plan.criteria, std::vector<std::uint8_t>(n));
  for (auto& column : answers)
    for (auto& answer : column) {
      const int drawn = static_cast<int>(4 * uniform(state));
      answer = drawn == 3 ? k::not_applicable_code : static_cast<std::uint8_t>(drawn);
    }
  const std::vector<std::span<const std::uint8_t>> columns(answers.begin(), answers.end());
  std::vector<double> score(n), before(n);
  std::vector<std::uint8_t> flags(n);
  k::score_many(plan, columns, {score, before, flags});
  for (const double s : score)
    print("score", s);
}
} // namespace

void print_numbers() {
  print_distributions();
  print_sampling_and_estimates();
  print_calibration();
  print_scores();
}
