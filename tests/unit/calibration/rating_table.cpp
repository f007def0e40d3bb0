// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#include <qascore/calibration.hpp>

#include "close_to.hpp"

#include <algorithm>
#include <limits>
#include <optional>
#include <string>
#include <vector>

using qascore::test::close_to;
namespace qa = qascore;

namespace {
struct review {
  std::string call, rater;
  std::optional<double> score;
};
const std::vector<review> reviews{{"c2", "ann", 3.0}, {"c10", "bob", 1.0}, {"c2", "bob", 4.0},
                                  {"c1", "ann", 2.0}, {"c1", "bob", {}},   {"c10", "ann", 1.0}};
qa::rating_table table_of(const std::vector<review>& rows, const qa::rating_options& options = {}) {
  return qa::rating_table::from(rows, &review::call, &review::rater, &review::score, options);
}
} // namespace

TEST_CASE("a table is the same for every order of its rows") {
  auto turned = reviews;
  std::ranges::reverse(turned);
  const auto a = table_of(reviews), b = table_of(turned);
  CHECK(a.units() == std::vector<std::string>{"c1", "c10", "c2"});
  CHECK(a.raters() == std::vector<std::string>{"ann", "bob"});
  CHECK(a.units() == b.units());
  CHECK(std::ranges::equal(a.view().code, b.view().code));
  CHECK(std::ranges::equal(a.view().begin, b.view().begin));
  CHECK(a.ratings() == 5); // the empty one is a gap
  CHECK(std::ranges::equal(a.view().value, std::vector<double>{1, 2, 3, 4}));
}

TEST_CASE("a rater who rates a unit twice is named, or averaged where that is asked for") {
  auto rows = reviews;
  rows.push_back({"c2", "ann", 4.0});
  CHECK_THROWS_WITH_AS(
      table_of(rows),
      "unit \"c2\": rater \"ann\" rated it more than once; remove the repeats or ask for duplicates = "
      "average",
      qa::data_error);
  const auto averaged = table_of(rows, {.duplicates = qa::duplicate_ratings::average});
  CHECK(averaged.ratings() == 5);
  CHECK(averaged.view().value[averaged.view().of(2)[0]] == 3.5);
}

TEST_CASE("ratings outside the declared categories, infinite ones, and repeated categories are refused") {
  CHECK_THROWS_WITH_AS(table_of(reviews, {.categories = {1, 2, 3}}),
                       "rating: 4 is not among the declared categories 1, 2, 3", qa::data_error);
  CHECK_THROWS_WITH_AS(table_of(reviews, {.categories = {1, 2, 2}}), "categories: 2 stands twice",
                       qa::argument_error);
  auto rows = reviews;
  rows[0].score = std::numeric_limits<double>::infinity();
  CHECK_THROWS_WITH_AS(table_of(rows), "rating: expected finite numbers but found infinity", qa::data_error);
  rows[0].score = 2.5;
  CHECK_THROWS_AS(table_of(rows, {.categories = {1, 2, 3, 4}}), qa::data_error);
  CHECK(table_of(rows, {.categories = {4, 3, 2.5, 2, 1, 0.5}}).view().categories() == 6);
}

TEST_CASE("declared categories that nobody used are kept, and change what counts them") {
  const auto found = table_of(reviews), declared = table_of(reviews, {.categories = {0, 1, 2, 3, 4, 5}});
  CHECK(declared.view().categories() == 6);
  CHECK(close_to(qa::brennan_prediger(found).expected, 1.0 / 4.0, 1e-15));
  CHECK(close_to(qa::brennan_prediger(declared).expected, 1.0 / 6.0, 1e-15));
}

TEST_CASE("whole numbers, fractions and wide ranges are coded alike") {
  for (const double scale : {1.0, 0.25, 1e6, -1.0}) {
    std::vector<double> matrix;
    for (const double x : {3.0, 1.0, 2.0, 2.0, 3.0, 3.0, 1.0, 7.0})
      matrix.push_back(scale * x);
    const auto table = qa::rating_table::from_matrix(matrix, 2);
    CHECK(table.view().categories() == 4);
    CHECK(std::ranges::is_sorted(table.view().value));
    for (std::size_t i = 0; i < matrix.size(); ++i)
      CHECK(table.view().value[table.view().of(table.view().profile_of(i / 2))[i % 2]] == matrix[i]);
  }
}

TEST_CASE("unknown labels get the nearest declared one") {
  struct row {
    std::string unit, rater, rating;
  };
  const std::vector<row> rows{{"a", "x", "good"}, {"a", "y", "goood"}};
  CHECK_THROWS_WITH_AS(
      qa::rating_table::from(rows, &row::unit, &row::rater, &row::rating, {.labels = {"bad", "good"}}),
      "rating: \"goood\" is not among the declared labels (did you mean \"good\"?)", qa::data_error);
}

TEST_CASE("a rater of whom there is no rating is no rater of the table") {
  auto rows = reviews;
  rows.push_back({"c1", "eve", {}});
  CHECK(table_of(rows).raters() == std::vector<std::string>{"ann", "bob"});
  CHECK(table_of(rows).view().raters == 2);
}

TEST_CASE("whole numbers that differ by one name different units and raters, however large") {
  struct numbered {
    std::int64_t unit, rater;
    double score;
  };
  constexpr std::int64_t large = (std::int64_t{1} << 60) + 1;
  const std::vector<numbered> large_ids{
      {large, large, 1}, {large, large + 1, 2}, {large + 1, large, 2}, {large + 1, large + 1, 2}};
  const auto table = qa::rating_table::from(large_ids, &numbered::unit, &numbered::rater, &numbered::score);
  CHECK(table.units() == std::vector<std::string>{"1152921504606846977", "1152921504606846978"});
  CHECK(table.raters() == table.units());
  CHECK(table.only({"1152921504606846978"}).ratings() == 2);
  enum class who { first = 1, second = 2 };
  struct other {
    double unit;
    who rater;
    double score;
  };
  const std::vector<other> named{{0.5, who::first, 1}, {0.5, who::second, 2}};
  const auto by_enum = qa::rating_table::from(named, &other::unit, &other::rater, &other::score);
  CHECK(by_enum.units() == std::vector<std::string>{"0.5"});
  CHECK(by_enum.raters() == std::vector<std::string>{"1", "2"});
}

TEST_CASE("raters may be unknown") {
  const auto table = qa::rating_table::from(reviews, &review::call, qa::anonymous_raters, &review::score);
  CHECK(table.anonymous());
  CHECK(table.view().raters == 2); // the most ratings of a unit
  CHECK_THROWS_AS(qa::rater_summary(table), qa::argument_error);
}

TEST_CASE("parts of a table keep its units and categories") {
  const std::vector<double> matrix{1, 2, 3, 3, qa::missing_value, 2, 1, 1, 1};
  const auto table = qa::rating_table::from_matrix(matrix, 3);
  const auto pair = table.only({"3", "1"});
  CHECK(pair.raters() == std::vector<std::string>{"1", "3"});
  CHECK(pair.view().raters == 2);
  CHECK(pair.view().categories() == 3);
  CHECK(pair.ratings() == 6);
  CHECK(table.without({"2"}).ratings() == 6);
  CHECK(table.complete().ratings() == 6);
  CHECK(table.complete().units().size() == 3);
  CHECK_THROWS_AS(table.only({"4"}), qa::argument_error);
}

TEST_CASE("a table follows the units of a design") {
  const auto table = table_of(reviews);
  const auto turned = table.for_units({"c2", "c77", "c1", "c10"});
  CHECK(turned.units().front() == "c2");
  CHECK(turned.view().count(turned.view().profile_of(0)) == 2);
  CHECK(turned.view().count(turned.view().profile_of(1)) == 0);
  CHECK(qa::fleiss_kappa(turned).value == qa::fleiss_kappa(table).value);
  CHECK(qa::fleiss_kappa(turned).std_error ==
        qa::fleiss_kappa(table).std_error); // the empty unit takes no part
  const std::vector<double> w{2, 5, 1, 3};
  qa::design_view design = qa::independent_units(4);
  design.weight = w;
  const auto weighted = qa::percent_agreement(turned, {}, &design);
  CHECK(close_to(weighted.value, 3.0 / 5.0, 1e-15)); // c2 (weight 2) disagrees, c10 (weight 3) agrees
  CHECK(weighted.n == 2);
  CHECK_THROWS_WITH_AS(table.for_units({"c1", "c2"}), "unit \"c10\": rated, but not among the units given",
                       qa::data_error);
  CHECK_THROWS_AS(table.for_units({"c1", "c2", "c10", "c1"}), qa::data_error);
}

TEST_CASE("matrices and counts of a wrong shape are refused") {
  CHECK_THROWS_AS(qa::rating_table::from_matrix(std::vector<double>(7), 2), qa::data_error);
  CHECK_THROWS_AS(qa::rating_table::from_matrix(std::vector<double>{}, 0), qa::data_error);
  CHECK_THROWS_AS(qa::rating_table::from_counts(std::vector<std::int64_t>{1, 2, 3}, {1, 2}), qa::data_error);
  CHECK_THROWS_AS(qa::rating_table::from_counts(std::vector<std::int64_t>{1, -2}, {1, 2}), qa::data_error);
  CHECK_THROWS_AS(qa::rating_table::from_counts(std::vector<std::int64_t>{1, 2}, {2, 1}), qa::argument_error);
}

TEST_CASE("an empty table answers with reasons") {
  const auto table = table_of({});
  CHECK(qa::krippendorff_alpha(table).undefined == "fewer than 2 raters");
  CHECK(qa::icc(table).undefined == "fewer than 2 raters");
  CHECK(qa::rater_summary(table).empty());
}

TEST_CASE("unknown names of weights get the nearest one; too many categories and bad matrices are refused") {
  CHECK_THROWS_WITH_AS(
      qa::category_weights::named("quadratik"),
      "weights: expected one of identity, linear, quadratic, ordinal, radical, ratio, circular, "
      "bipolar but found \"quadratik\" (did you mean \"quadratic\"?)",
      qa::argument_error);
  std::vector<double> many(10000);
  for (std::size_t i = 0; i < many.size(); ++i)
    many[i] = 0.5 * static_cast<double>(i);
  const auto wide = qa::rating_table::from_matrix(many, 2);
  CHECK_THROWS_AS(qa::fleiss_kappa(wide, {.weights = qa::category_weight::linear}), qa::argument_error);
  CHECK(qa::fleiss_kappa(wide).is_defined()); // identity needs no matrix
  const auto table = table_of(reviews);
  const auto with = [&](std::vector<double> matrix) {
    return qa::fleiss_kappa(table_of(reviews, {.categories = {1, 2, 3, 4}}),
                            {.weights = qa::category_weights(std::move(matrix))});
  };
  CHECK_THROWS_AS(with({1, 0, 0, 1}), qa::argument_error); // wrong size
  CHECK_THROWS_AS(with({1, .5, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1}),
                  qa::argument_error); // not symmetric
  CHECK_THROWS_AS(with({.9, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1}), qa::argument_error); // diagonal
}
