// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
// The whole loop on an embedder's own structs: sample, score, calibrate, estimate, relate.
#include <qascore/io/ostream.hpp>
#include <qascore/qascore.hpp>
#include <qascore/rubric/yaml.hpp>

#include <iostream>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace qa = qascore;

namespace {

// These stand for what the embedder has already; the library never sees more of them than the members it is
// shown.
struct call {
  std::string id, queue;
  int quality = 0; // 0 to 4, what a careful rater would find
  int csat = 0;    // 1 to 5
};
struct review {
  std::string call_id, rater, queue;
  double probability = 0;
  std::map<std::string, std::string> answers;
  std::optional<double> csat, score;
};

constexpr const char* form = R"(
qascore: 1
id: embedded
version: "1"
title: Embedded example
scoring: {method: weighted, weights: criterion, not_applicable: redistribute}
sections:
  - id: call
    title: The call
    criteria:
      - {id: greeting, title: Greets by the script, answer: yes_no}
      - {id: identity_check, title: Checks who is calling, answer: yes_no, not_applicable: true}
      - {id: problem_solving, title: Solves the problem, weight: 3, answer: {scale: {min: 1, max: 5}}}
)";

// Numbers that look like chance but are the same everywhere.
int noise(int i, int sides) {
  return static_cast<int>(static_cast<unsigned>(i) * 2654435761u >> 16u) % sides;
}

std::vector<call> load_calls() {
  std::vector<call> calls;
  for (int i = 0; i < 600; ++i) {
    const std::string queue = i % 10 < 6 ? "phone" : i % 10 < 9 ? "chat" : "e-mail";
    const int quality = queue == "e-mail" ? noise(i, 3) : 1 + noise(i, 4);
    calls.push_back({"c" + std::to_string(i), queue, quality, 1 + (3 * quality + noise(i + 7, 5)) / 4});
  }
  return calls;
}

// Two raters hear each drawn call; the second is a point stricter now and then.
void assign(const call& c, double probability, std::vector<review>& reviews) {
  const int i = static_cast<int>(reviews.size());
  for (const char* rater : {"ann", "bo"}) {
    const bool strict = std::string(rater) == "bo" && noise(i, 3) == 0;
    reviews.push_back(
        {c.id,
         rater,
         c.queue,
         probability,
         {{"greeting", c.quality > 0 ? "yes" : "no"},
          {"identity_check", c.queue == "chat" ? "not_applicable"
                             : noise(i, 5) > 0 ? "yes"
                                               : "no"},
          {"problem_solving", std::to_string(1 + c.quality - (strict && c.quality > 0))}},
         noise(i, 4) > 0 ? std::optional<double>(c.csat) : std::nullopt, // not every customer answers
         std::nullopt});
  }
}

} // namespace

int main() {
  const std::vector<call> calls = load_calls();
  const auto plan = qa::allocate(calls, &call::queue, {.size = 90, .min_per_stratum = 20});
  std::vector<review> reviews;
  for (const auto& [row, probability] : qa::draw(calls, &call::id, &call::queue, plan, qa::seed{20260101}))
    assign(calls[row], probability, reviews);
  std::cout << "drawn: " << reviews.size() / 2 << " of " << calls.size() << " calls\n";

  const qa::rubric rubric = qa::parse_rubric(form, "embedded.yaml");
  for (review& r : reviews)
    r.score = qa::score(rubric, r.answers).score;

  const auto ratings = qa::rating_table::from(reviews, &review::call_id, &review::rater, &review::score);
  std::cout << "alpha: " << qa::krippendorff_alpha(ratings, {.level = qa::level::interval}) << '\n';

  const auto design = qa::sample_design::from(reviews, &review::call_id, &review::queue, &review::probability,
                                              plan, {.repeats = qa::repeats::average});
  std::cout << "mean score: " << qa::mean(design, reviews, &review::score) << '\n';
  for (const auto& queue : qa::mean_by(design, reviews, &review::score, &review::queue))
    std::cout << "  " << queue << '\n';
  std::cout << "with CSAT: "
            << qa::spearman(design, reviews, &review::score, &review::csat,
                            {.confidence = qa::confidence_level{0.90}, .missing = qa::missing_rows::drop})
            << '\n';
}
