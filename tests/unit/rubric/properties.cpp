// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
// What holds for every form: checked on random ones of every method.
#include "close_to.hpp"
#include "forms.hpp"

#include <algorithm>

using namespace qascore;
using qascore::test::close_to;
using qascore::test::random_codes;
using qascore::test::random_form;
using qascore::test::sum_of_contributions;

namespace {

struct method {
  scoring_method how;
  weights_of weights;
};
constexpr method methods[] = {{scoring_method::weighted, weights_of::criterion},
                              {scoring_method::weighted, weights_of::section},
                              {scoring_method::points, weights_of::criterion},
                              {scoring_method::scaled_points, weights_of::criterion}};

// Equal to the last bit, or, where weights had to be rounded, up to that.
bool same(const rubric& r, double x, double y) {
  return r.is_exact() ? x == y || (std::isnan(x) && std::isnan(y))
                      : std::isnan(x) == std::isnan(y) && !(std::abs(x - y) > 1e-12);
}

template <class Check>
void on_random_forms(Check check) {
  for (const method& m : methods)
    for (unsigned seed = 0; seed < 60; ++seed) {
      CAPTURE(seed);
      std::mt19937 bits(seed + 1000);
      check(random_form(seed, m.how, m.weights), bits);
    }
}

// With scaled_points the weights of nested sections multiply: only those of the criteria are scaled there.
void scale_weights(std::vector<section_definition>& sections, double factor, bool of_sections) {
  for (auto& section : sections) {
    if (section.weight && of_sections)
      *section.weight *= factor;
    for (auto& criterion : section.criteria)
      if (criterion.weight)
        *criterion.weight *= factor;
    scale_weights(section.sections, factor, of_sections);
  }
}

} // namespace

TEST_CASE("contributions add up to exactly the score before fail rules, in any order") {
  int scored = 0;
  on_random_forms([&](const rubric_definition& definition, std::mt19937& bits) {
    const rubric r(definition);
    scorer one(r);
    for (int k = 0; k < 20; ++k) {
      const evaluation_result& result = one(random_codes(r, bits));
      if (!result.score)
        continue;
      ++scored;
      CHECK(sum_of_contributions(result) == *result.score_before_fail);
      double backwards = 0.0, weights = 0.0;
      for (auto c = result.criteria.rbegin(); c != result.criteria.rend(); ++c) {
        CHECK(c->contribution >= 0.0);
        CHECK(c->contribution <= c->applied_weight + 1e-15);
        backwards += c->contribution;
        weights += c->applied_weight;
      }
      CHECK(backwards == *result.score_before_fail);
      CHECK(close_to(weights, 1.0, 1e-14));
    }
  });
  CHECK(scored > 4000);
}

TEST_CASE("a score is a fraction, and no fail rule raises it") {
  on_random_forms([](const rubric_definition& definition, std::mt19937& bits) {
    const rubric r(definition);
    scorer one(r);
    for (int k = 0; k < 20; ++k) {
      const evaluation_result& result = one(random_codes(r, bits));
      if (result.score) {
        CHECK(*result.score >= 0.0);
        CHECK(*result.score <= *result.score_before_fail);
        CHECK(*result.score_before_fail <= 1.0);
      }
    }
  });
}

TEST_CASE("all weights times a factor: the same score to the last bit") {
  int exact = 0;
  on_random_forms([&](const rubric_definition& definition, std::mt19937& bits) {
    rubric_definition scaled = definition;
    scale_weights(scaled.sections, 12.5, definition.method != scoring_method::scaled_points);
    const rubric before(definition), after(scaled);
    kernel::scoring_work a, b;
    for (int k = 0; k < 20; ++k) {
      const auto codes = random_codes(before, bits);
      const auto x = kernel::score_one(before.plan(), codes, a),
                 y = kernel::score_one(after.plan(), codes, b);
      CHECK(same(after.is_exact() ? before : after, x.score, y.score));
      CHECK(same(after.is_exact() ? before : after, x.score_before_fail, y.score_before_fail));
      exact += before.is_exact() && after.is_exact();
    }
  });
  CHECK(exact > 4000);
}

TEST_CASE("criteria in another order within their section: the same score to the last bit") {
  on_random_forms([](const rubric_definition& definition, std::mt19937& bits) {
    const rubric r(definition);
    rubric_definition shuffled = definition;
    const auto shuffle = [&](auto&& self, std::vector<section_definition>& sections) -> void {
      for (auto& section : sections) {
        std::ranges::reverse(section.criteria);
        self(self, section.sections);
      }
    };
    shuffle(shuffle, shuffled.sections);
    const rubric other(shuffled);
    kernel::scoring_work a, b;
    for (int k = 0; k < 20; ++k) {
      const auto codes = random_codes(r, bits);
      std::vector<std::uint8_t> moved(codes.size());
      for (std::size_t c = 0; c < codes.size(); ++c)
        moved[other.index_of(r.criteria()[c].id())] = codes[c];
      const auto x = kernel::score_one(r.plan(), codes, a), y = kernel::score_one(other.plan(), moved, b);
      CHECK(same(r, x.score_before_fail, y.score_before_fail));
      CHECK(same(r, x.score, y.score));
      CHECK(x.flags == y.flags);
    }
  });
}

TEST_CASE("sections in another order: the same score but for the last bits of a sum") {
  on_random_forms([](const rubric_definition& definition, std::mt19937& bits) {
    rubric_definition reversed = definition;
    std::ranges::reverse(reversed.sections);
    const rubric r(definition), other(reversed);
    kernel::scoring_work a, b;
    for (int k = 0; k < 20; ++k) {
      const auto codes = random_codes(r, bits);
      std::vector<std::uint8_t> moved(codes.size());
      for (std::size_t c = 0; c < codes.size(); ++c)
        moved[other.index_of(r.criteria()[c].id())] = codes[c];
      const auto x = kernel::score_one(r.plan(), codes, a), y = kernel::score_one(other.plan(), moved, b);
      CHECK(x.flags == y.flags);
      if (!(x.flags & kernel::flag_not_scorable))
        CHECK(close_to(x.score, y.score, r.is_exact() ? 1e-15 : 1e-12));
    }
  });
}

TEST_CASE("a better answer never lowers a score") {
  int compared = 0;
  on_random_forms([&](const rubric_definition& definition, std::mt19937& bits) {
    const rubric r(definition);
    kernel::scoring_work work;
    for (int k = 0; k < 5; ++k) {
      const auto codes = random_codes(r, bits);
      for (std::size_t c = 0; c < codes.size(); ++c) {
        const auto points = r.criteria()[c].points();
        std::vector<std::pair<double, kernel::scoring_outcome>> by_points;
        for (std::size_t code = 0; code < points.size(); ++code) {
          auto changed = codes;
          changed[c] = static_cast<std::uint8_t>(code);
          by_points.emplace_back(points[code], kernel::score_one(r.plan(), changed, work));
        }
        std::ranges::stable_sort(by_points, {}, [](const auto& p) { return p.first; });
        for (std::size_t i = 1; i < by_points.size(); ++i) {
          ++compared;
          CHECK(by_points[i].second.score_before_fail >= by_points[i - 1].second.score_before_fail);
          CHECK(by_points[i].second.score >= by_points[i - 1].second.score);
        }
      }
    }
  });
  CHECK(compared > 10000);
}

TEST_CASE("where nothing applies, there is no score") {
  on_random_forms([](rubric_definition definition, std::mt19937&) {
    if (definition.not_applicable == not_applicable_policy::full_marks ||
        definition.not_applicable == not_applicable_policy::zero)
      definition.not_applicable = not_applicable_policy::redistribute;
    const auto allow = [](auto&& self, std::vector<section_definition>& sections) -> void {
      for (auto& section : sections) {
        for (auto& criterion : section.criteria)
          criterion.not_applicable = true;
        self(self, section.sections);
      }
    };
    allow(allow, definition.sections);
    const rubric r(definition);
    scorer one(r);
    const auto& result = one(std::vector<std::uint8_t>(r.criteria().size(), kernel::not_applicable_code));
    CHECK_FALSE(result.score.has_value());
    CHECK(result.fail_rules.empty());
  });
}

TEST_CASE("full marks everywhere are 1, and none anywhere is 0, to the last bit") {
  on_random_forms([](const rubric_definition& definition, std::mt19937&) {
    const rubric r(definition);
    std::vector<std::uint8_t> best, worst;
    for (const auto& c : r.criteria()) {
      const auto points = c.points();
      best.push_back(static_cast<std::uint8_t>(std::ranges::max_element(points) - points.begin()));
      worst.push_back(static_cast<std::uint8_t>(std::ranges::min_element(points) - points.begin()));
    }
    kernel::scoring_work work;
    CHECK(kernel::score_one(r.plan(), best, work).score == 1.0);
    CHECK(kernel::score_one(r.plan(), worst, work).score_before_fail == 0.0);
  });
}
