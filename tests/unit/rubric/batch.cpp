// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#include "close_to.hpp"
#include "forms.hpp"

#include <qascore/kernel/impl/scoring_steps.hpp>
#include <qascore/kernel/scoring_many.hpp>

#include <bit>

using namespace qascore;
using qascore::test::form;
using qascore::test::random_codes;
using qascore::test::random_form;

namespace {

struct batch {
  std::vector<std::vector<std::uint8_t>> columns;
  std::vector<std::span<const std::uint8_t>> spans;
  std::vector<double> score, before;
  std::vector<std::uint8_t> flags;

  batch(const rubric& r, std::size_t rows, unsigned seed) : columns(r.criteria().size()) {
    std::mt19937 bits(seed);
    for (std::size_t row = 0; row < rows; ++row) {
      const auto codes = random_codes(r, bits, true);
      for (std::size_t c = 0; c < codes.size(); ++c)
        columns[c].push_back(codes[c]);
    }
    spans.assign(columns.begin(), columns.end());
    score.resize(rows), before.resize(rows), flags.resize(rows);
  }
  void run(const rubric& r, unsigned threads = 1) {
    kernel::score_many(r.plan(), spans, {score, before, flags}, threads);
  }
  std::vector<std::uint8_t> row(std::size_t at) const {
    std::vector<std::uint8_t> out;
    for (const auto& column : columns)
      out.push_back(column[at]);
    return out;
  }
};

std::uint64_t bits_of(double value) {
  return std::bit_cast<std::uint64_t>(value);
}

constexpr scoring_method methods[] = {scoring_method::weighted, scoring_method::points,
                                      scoring_method::scaled_points};
} // namespace

TEST_CASE("a batch has the same bits as evaluations one by one, whatever its length") {
  int fails = 0, unscorable = 0;
  for (const auto method : methods)
    for (unsigned seed = 0; seed < 40; ++seed) {
      const rubric r(random_form(seed, method, seed % 2 ? weights_of::section : weights_of::criterion));
      batch all(r, 200 + 17 * seed, seed);
      all.run(r);
      kernel::scoring_work work;
      for (std::size_t row = 0; row < all.score.size(); ++row) {
        const auto one = kernel::score_one(r.plan(), all.row(row), work);
        REQUIRE(bits_of(one.score) == bits_of(all.score[row]));
        REQUIRE(bits_of(one.score_before_fail) == bits_of(all.before[row]));
        REQUIRE(int{one.flags} == int{all.flags[row]});
        fails += (one.flags & kernel::flag_fail) != 0;
        unscorable += (one.flags & kernel::flag_not_scorable) != 0;
      }
    }
  CHECK(fails > 1000);
  CHECK(unscorable > 0);
}

TEST_CASE("a batch has the same bits whether criteria have few answers, many, or none that scores") {
  const std::string sections =
      "[{id: small, weight: 2, criteria: [{id: a, answer: yes_no, not_applicable: true}, "
      "{id: b, weight: 3, answer: yes_no}, {id: c, weight: 2, answer: yes_no, not_applicable: true}]}, "
      "{id: wide, weight: 3, criteria: [{id: d, answer: {scale: {min: 0, max: 100}}, not_applicable: true}, "
      "{id: e, answer: {scale: {min: 0, max: 200}}}, {id: f, answer: {scale: {min: 1, max: 5}}}, "
      "{id: g, answer: {scale: {min: 0, max: 10}}, fail: [{when: below_highest, scope: form, effect: "
      "zero}]}, "
      "{id: h, answer: {scale: {min: 0, max: 249}}}, {id: i, answer: text}]}, "
      "{id: words, criteria: [{id: j, answer: text, not_applicable: true}, {id: k, answer: yes_no}]}]";
  for (const char* scoring : {"{method: weighted, weights: section}", "{method: scaled_points}"}) {
    const rubric r = form(scoring, sections);
    batch all(r, 0, 7);
    std::mt19937 bits(8);
    for (std::size_t c = 0; c < all.columns.size(); ++c) {
      const std::size_t answers = std::max<std::size_t>(1, r.criteria()[c].points().size());
      const bool optional = r.criteria()[c].definition().not_applicable;
      for (std::size_t row = 0; row < 3000; ++row) {
        std::size_t code = bits() % answers;
        if (optional && bits() % 4 == 0)
          code = kernel::not_applicable_code;
        if (row % 3 == 0 && bits() % 20 == 0)
          code = bits() % 256; // mostly not allowed
        all.columns[c].push_back(static_cast<std::uint8_t>(code));
      }
    }
    all.spans.assign(all.columns.begin(), all.columns.end());
    all.score.resize(3000), all.before.resize(3000), all.flags.resize(3000);
    all.run(r);
    kernel::scoring_work work;
    int refused = 0, failed = 0;
    for (std::size_t row = 0; row < all.score.size(); ++row) {
      const auto one = kernel::score_one(r.plan(), all.row(row), work);
      REQUIRE(bits_of(one.score) == bits_of(all.score[row]));
      REQUIRE(bits_of(one.score_before_fail) == bits_of(all.before[row]));
      REQUIRE(int{one.flags} == int{all.flags[row]});
      refused += (one.flags & kernel::flag_not_allowed) != 0;
      failed += (one.flags & kernel::flag_fail) != 0;
    }
    CHECK(refused > 50);
    CHECK(failed > 1000);
  }
}

TEST_CASE("processors with and without wide registers take the same steps") {
  namespace steps = kernel::detail_scoring;
  std::mt19937 bits(4);
  const auto one = [&](std::size_t criterion, std::size_t count) {
    steps::criterion_steps out{criterion, {}};
    const std::size_t states =
        count > 3 && count < 250 ? 2 : 0; // codes that count from the top, as 254 and 253
    for (std::size_t i = 0; i < count; ++i)
      out.answers.push_back({static_cast<std::uint8_t>(i < states ? 254 - i : i - states),
                             static_cast<std::uint8_t>(bits()),
                             false,
                             {}});
    out.by_digit = steps::tables_by_digit(out.answers);
    return out;
  };
  CHECK(one(0, 12).by_digit.has_value());
  CHECK(!one(0, 250).by_digit.has_value());
  for (const std::vector<std::size_t>& counts : std::vector<std::vector<std::size_t>>{{1},
                                                                                      {2},
                                                                                      {3},
                                                                                      {4},
                                                                                      {6},
                                                                                      {7},
                                                                                      {12},
                                                                                      {13},
                                                                                      {15},
                                                                                      {250},
                                                                                      {3, 3, 3},
                                                                                      {2, 250, 4},
                                                                                      {250, 3, 17, 12, 1}}) {
    steps::lookup all;
    for (std::size_t c = 0; c < counts.size(); ++c)
      all.criteria.push_back(one(c, counts[c]));
    for (const std::size_t rows : {0u, 1u, 31u, 63u, 64u, 67u, 130u, 512u}) {
      std::vector<std::vector<std::uint8_t>> codes(counts.size(), std::vector<std::uint8_t>(rows));
      std::vector<const std::uint8_t*> columns;
      std::vector<bool> expected_odd(rows);
      std::vector<std::uint8_t> expected(rows, 200);
      for (std::size_t c = 0; c < counts.size(); ++c) {
        std::vector<int> step(256, -1);
        for (const auto& answer : all.criteria[c].answers)
          step[answer.code] = answer.step;
        for (std::size_t row = 0; row < rows; ++row) {
          const std::uint8_t code = codes[c][row] = static_cast<std::uint8_t>(
              bits() % 8 == 0 ? 255 - bits() % 4 : bits() % (counts[c] + (bits() % 4 == 0 ? 2 : 0)));
          if (step[code] < 0)
            expected_odd[row] = true;
          else
            expected[row] = static_cast<std::uint8_t>(expected[row] + step[code]);
        }
        columns.push_back(codes[c].data());
      }
      for (const steps::batch_loops& loops : {steps::batch_loops{}, steps::best_loops()}) {
        std::vector<std::uint8_t> sums(rows, 200), odd(rows);
        loops.sum(all, {columns, columns}, rows, sums.data(), odd.data());
        for (std::size_t row = 0; row < rows; ++row) {
          REQUIRE((odd[row] != 0) == expected_odd[row]);
          if (!expected_odd[row]) // sums of others are not used
            REQUIRE(int{sums[row]} == int{expected[row]});
        }
      }
    }
  }
}

TEST_CASE("processors with and without wide registers divide alike") {
  namespace steps = kernel::detail_scoring;
  std::mt19937 bits(5);
  const std::size_t rows = 515;
  std::vector<kernel::node_score> sums(rows);
  std::vector<std::uint8_t> zero(rows);
  for (std::size_t row = 0; row < rows; ++row) {
    sums[row] = {static_cast<double>(bits() % 50), static_cast<double>(bits() % 50 * (bits() % 9 != 0))};
    zero[row] = bits() % 5 == 0;
  }
  std::vector<std::vector<double>> scores;
  std::vector<std::vector<std::uint8_t>> flags;
  for (const steps::batch_loops& loops : {steps::batch_loops{}, steps::best_loops()}) {
    std::vector<double> before(rows), score(rows);
    std::vector<std::uint8_t> flag(rows);
    loops.divide(sums.data(), rows, {0.25, 0.75}, before.data());
    loops.zeros(before.data(), zero.data(), rows, score.data(), flag.data());
    scores.push_back(before), scores.push_back(score), flags.push_back(flag);
  }
  CHECK(std::ranges::equal(scores[0], scores[2], {}, bits_of, bits_of));
  CHECK(std::ranges::equal(scores[1], scores[3], {}, bits_of, bits_of));
  CHECK(flags[0] == flags[1]);
  for (std::size_t row = 0; row < rows; ++row) {
    const bool none = !(sums[row].possible > 0.0);
    REQUIRE(std::isnan(scores[0][row]) == none);
    REQUIRE(int{flags[0][row]} ==
            (none ? kernel::flag_not_scorable : 0) + (zero[row] != 0 ? kernel::flag_fail : 0));
    if (!none)
      REQUIRE(scores[1][row] ==
              (zero[row] != 0 ? 0.0 : std::clamp(sums[row].earned / sums[row].possible, 0.25, 0.75)));
  }
}

TEST_CASE("threads change nothing") {
  const rubric r(random_form(3, scoring_method::weighted, weights_of::section));
  batch one(r, 100'003, 5), four(r, 100'003, 5);
  one.run(r, 1);
  four.run(r, 4);
  CHECK(std::ranges::equal(one.score, four.score, {}, bits_of, bits_of));
  CHECK(std::ranges::equal(one.before, four.before, {}, bits_of, bits_of));
  CHECK(one.flags == four.flags);
}

TEST_CASE("a rule on a section's score works in batches") {
  const rubric r =
      form("{method: weighted, weights: section}",
           "[{id: one, weight: 2, fail: [{when: {below: 0.5}, scope: form, effect: zero}], criteria: [{id: "
           "a, answer: yes_no}, {id: b, answer: yes_no}]}, {id: two, criteria: [{id: c, answer: yes_no}]}]");
  batch some(r, 16, 1);
  some.columns = {std::vector<std::uint8_t>(16, 1), std::vector<std::uint8_t>(16, 1),
                  std::vector<std::uint8_t>(16, 0)};
  some.columns[0][3] = 0;
  some.spans.assign(some.columns.begin(), some.columns.end());
  some.run(r);
  CHECK(some.score[0] == 0.0);
  CHECK(some.before[0] == 1.0 / 3.0);
  CHECK(some.score[3] == 2.0 / 3.0);
}

TEST_CASE("codes that are not allowed are flagged in their row and harm no other") {
  const rubric r =
      form("{method: points}", "[{id: s, criteria: [{id: a, answer: yes_no}, {id: b, answer: yes_no}]}]");
  for (const int code : {2, 100, 250, 253, 254}) {
    const auto odd = static_cast<std::uint8_t>(code);
    batch some(r, 24, 1);
    some.columns = {std::vector<std::uint8_t>(24, 0), std::vector<std::uint8_t>(24, 0)};
    some.columns[1][9] = odd;
    some.spans.assign(some.columns.begin(), some.columns.end());
    some.run(r);
    for (std::size_t row = 0; row < 24; ++row) {
      CHECK(int{some.flags[row]} == (row == 9 ? int{kernel::flag_not_allowed} : 0));
      CHECK((row == 9 ? std::isnan(some.score[row]) : some.score[row] == 1.0));
    }
  }
}

TEST_CASE("an unanswered criterion is flagged") {
  const rubric r =
      form("{method: points}", "[{id: s, criteria: [{id: a, answer: yes_no}, {id: b, answer: yes_no}]}]");
  batch some(r, 24, 1);
  some.columns = {std::vector<std::uint8_t>(24, 0), std::vector<std::uint8_t>(24, 1)};
  some.columns[1][9] = kernel::unanswered_code;
  some.spans.assign(some.columns.begin(), some.columns.end());
  some.run(r);
  CHECK(int{some.flags[9]} == int{kernel::flag_unanswered});
  CHECK(some.score[9] == 1.0);
  CHECK(some.score[8] == 0.5);
}

TEST_CASE("dimension and section scores of a batch are those of each evaluation") {
  for (const auto method : methods) {
    const rubric r(random_form(11, method, weights_of::section));
    batch all(r, 300, 2);
    std::vector<double> dimension(300), critical(300);
    std::vector<std::vector<double>> nodes(r.plan().nodes.size(), std::vector<double>(300));
    std::vector<std::span<double>> node_spans(nodes.begin(), nodes.end());
    kernel::score_subset(r.form_cells(), r.criteria_of_dimension(0), all.spans, dimension);
    kernel::score_subset(r.form_cells(), r.critical_criteria(), all.spans, critical);
    kernel::score_nodes(r.plan(), all.spans, node_spans);
    scorer one(r, {.when_unanswered = unanswered::leave_out});
    for (std::size_t row = 0; row < 300; ++row) {
      const auto& result = one(all.row(row));
      CHECK(bits_of(result.dimensions[0].score.value_or(missing_value)) == bits_of(dimension[row]));
      CHECK(bits_of(result.critical_score.value_or(missing_value)) == bits_of(critical[row]));
      for (std::size_t s = 0; s < r.sections().size(); ++s)
        CHECK(bits_of(result.sections[s].score.value_or(missing_value)) ==
              bits_of(nodes[r.sections()[s].node][row]));
    }
  }
}

TEST_CASE("columns of different length are refused") {
  const rubric r =
      form("{method: points}", "[{id: s, criteria: [{id: a, answer: yes_no}, {id: b, answer: yes_no}]}]");
  batch some(r, 8, 1);
  some.spans[1] = some.spans[1].first(7);
  CHECK_THROWS_WITH_AS(some.run(r), "answers: expected columns of 8 rows but column 1 has 7", argument_error);
  some.spans.pop_back();
  CHECK_THROWS_WITH_AS(some.run(r), "answers: expected one column per criterion (2) but found 1",
                       argument_error);
}

TEST_CASE("nothing in, nothing out") {
  const rubric r = form("{method: points}", "[{id: s, criteria: [{id: a, answer: yes_no}]}]");
  batch none(r, 0, 1);
  none.run(r, 8);
  CHECK(none.score.empty());
}
