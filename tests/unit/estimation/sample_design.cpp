// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#include <qascore/estimation.hpp>

#include "close_to.hpp"

#include <cmath>
#include <optional>
#include <string>
#include <vector>

namespace qa = qascore;
using qascore::test::close_to;

namespace {
struct review {
  std::string call_id, queue;
  double probability = 0.5;
  std::optional<double> score;
  std::string channel = "voice";
  std::string agent = "a";
  double population = 10;
};

std::vector<review> four() {
  return {{"c1", "phone", 0.5, 0.2},
          {"c2", "phone", 0.5, 0.4},
          {"c3", "chat", 0.25, 0.9},
          {"c4", "chat", 0.25, 0.7}};
}

template <class Error, class Make>
std::string message_of(const Make& make) {
  try {
    make();
  } catch (const Error& e) {
    return e.what();
  }
  return "nothing was thrown";
}

auto from(const std::vector<review>& rows, qa::design_options options = {}) {
  return qa::sample_design::from(rows, &review::call_id, &review::queue, &review::probability, options);
}

qa::sampling_plan plan_of(std::uint64_t chat, std::uint64_t phone, std::uint64_t drawn_chat = 2) {
  return {{{"queue", qa::label_kind::text}},
          {{.labels = {"chat"}, .population = chat, .sample_size = drawn_chat, .minimum = 0, .maximum = chat},
           {.labels = {"e-mail"}, .population = 7, .sample_size = 0, .minimum = 0, .maximum = 7},
           {.labels = {"phone"}, .population = phone, .sample_size = 2, .minimum = 0, .maximum = phone}},
          {}};
}
} // namespace

TEST_CASE("a design is made from the embedder's rows and shows what the variance engine needs") {
  const auto design = from(four());
  const qa::design_view view = design.view();
  CHECK(view.units == 4);
  CHECK(std::vector<double>(view.weight.begin(), view.weight.end()) == std::vector<double>{2, 2, 4, 4});
  CHECK(std::vector<std::uint32_t>(view.stratum.begin(), view.stratum.end()) ==
        std::vector<std::uint32_t>{1, 1, 0, 0});
  CHECK(design.strata() == std::vector<std::string>{"\"chat\"", "\"phone\""});
  CHECK(view.population.empty());
  CHECK_FALSE(design.is_independent());
  CHECK(qa::sample_design::independent(3).is_independent());
}

TEST_CASE("the plan brings the population counts, and strata without an evaluation are known") {
  const auto rows = four();
  const auto plan = plan_of(8, 4);
  const auto design =
      qa::sample_design::from(rows, &review::call_id, &review::queue, &review::probability, plan,
                              {.uncovered = qa::uncovered_strata::exclude});
  CHECK(message_of<qa::design_error>([&] {
          qa::sample_design::from(rows, &review::call_id, &review::queue, &review::probability, plan);
        }) == "stratum: no row of \"e-mail\", which the plan has (1 such in all); choose "
              "uncovered_strata::exclude to estimate for the others alone");
  const auto view = design.view();
  CHECK(std::vector<double>(view.population.begin(), view.population.end()) == std::vector<double>{8, 4});
  CHECK(design.uncovered() == std::vector<std::string>{"\"e-mail\""});
  // 20 in the queue, probability 1/4: of 5 drawn only 2 have a row, and carry 10 each.
  const auto partial =
      qa::sample_design::from(rows, &review::call_id, &review::queue, &review::probability, plan_of(20, 4, 5),
                              {.uncovered = qa::uncovered_strata::exclude});
  CHECK(partial.absent() == std::vector<double>{3, 0});
  CHECK(design.scope() == "without \"e-mail\"");
  CHECK(partial.scope() == "without \"e-mail\"; 3 drawn units without a row");
  CHECK(partial.view().weight[2] == 10.0);
  CHECK(partial.view().weight[0] == 2.0);
  auto renamed = rows;
  renamed[2].queue = "fax";
  CHECK(message_of<qa::design_error>([&] {
          qa::sample_design::from(renamed, &review::call_id, &review::queue, &review::probability, plan);
        }) == "stratum: \"fax\" is not in the plan");
  CHECK(message_of<qa::design_error>([&] {
          qa::sample_design::from(rows, &review::call_id, &review::queue, &review::probability,
                                  plan_of(8, 2));
        }) == "plan: row 0 has the inclusion probability 0.5 but the plan gives its stratum 1: this is not "
              "the plan that "
              "the sample was drawn by, or it was drawn with other chances: in proportion to size, then give "
              "stratum and probability without the plan; with targeted parts, then choose sample_selection::poisson");
  CHECK(message_of<qa::design_error>([&] {
          qa::design_builder(rows)
              .stratum(&review::queue)
              .weight([](const review&) { return 2; })
              .population([](const review& r) { return r.queue == "chat" ? 1.0 : 10.0; })
              .build();
        }) == "population: stratum \"chat\" holds 1 but 2 were sampled");
}

TEST_CASE("a plan without strata brings one count, and must fit the design") {
  auto rows = four();
  for (review& r : rows)
    r.probability = 0.1;
  const qa::sampling_plan plan{{}, {{.population = 40, .sample_size = 4, .minimum = 0, .maximum = 40}}, {}};
  const auto design = qa::design_builder(rows).probability(&review::probability).plan(plan).build();
  CHECK(design.view().population.front() == 40.0);
  CHECK(message_of<qa::design_error>([&] { qa::design_builder(rows).plan(plan_of(8, 4)).build(); }) ==
        "stratum: the plan has strata; name their column");
  CHECK(message_of<qa::design_error>([&] {
          qa::design_builder(rows).stratum(&review::queue).plan(plan).build();
        }) == "stratum: the plan has no strata but the design has");
}

TEST_CASE("a Poisson sample has the variance of its chances, whatever its strata") {
  const auto rows = four();
  const auto value = [](const review& r) { return *r.score; };
  const auto total = qa::total(from(rows, {.selection = qa::sample_selection::poisson}), rows, value);
  double variance = 0.0;
  for (const review& r : rows)
    variance += (1.0 - r.probability) * (*r.score / r.probability) * (*r.score / r.probability);
  CHECK(close_to(total.std_error, std::sqrt(variance), 1e-14));
  CHECK(total.df == 3.0);
  const auto mean = qa::mean(from(rows, {.selection = qa::sample_selection::poisson}), rows, value);
  double spread = 0.0;
  for (const review& r : rows)
    spread += (1.0 - r.probability) * std::pow((*r.score - mean.value) / r.probability / 12.0, 2.0);
  CHECK(close_to(mean.std_error, std::sqrt(spread), 1e-14));
  // One unit in a stratum is no problem; one that was left to chance in all is.
  auto certain = rows;
  certain[0].probability = certain[1].probability = certain[3].probability = 1.0;
  certain[3].queue = "fax";
  CHECK(qa::total(from(certain, {.selection = qa::sample_selection::poisson}), certain, value).undefined ==
        "fewer than 2 units that were left to chance: no variance");
  certain[2].probability = 1.0;
  const auto census = qa::total(from(certain, {.selection = qa::sample_selection::poisson}), certain, value);
  CHECK(census.std_error == 0.0);
  CHECK(census.low == census.high);
}

TEST_CASE("a plan's recorded draw says what its counts speak for") {
  const auto rows = four();
  qa::plan_draw draw{.start = qa::seed{1}, .id = qa::id_kind::text, .method = qa::draw_method::poisson};
  const auto plan = plan_of(8, 4);
  const auto made = [&](const qa::plan_draw& how, qa::design_options options = {}) {
    options.uncovered = qa::uncovered_strata::exclude;
    return qa::sample_design::from(rows, &review::call_id, &review::queue, &review::probability,
                                   plan.with_draw(how), options);
  };
  const auto poisson = made(draw);
  CHECK(poisson.view().population.empty());
  CHECK(std::vector<double>(poisson.view().chance.begin(), poisson.view().chance.end()) ==
        std::vector<double>{0.5, 0.5, 0.25, 0.25});
  CHECK(poisson.uncovered() == std::vector<std::string>{"\"e-mail\""}); // of which nothing was to be drawn
  draw.targets = {{"escalated", 0.5, {}}};
  CHECK_FALSE(made(draw).view().chance.empty());
  draw.targets = {{"escalated", {}, 5}};
  CHECK(message_of<qa::design_error>([&] { made(draw); })
            .find("plan: its recorded draw is poisson with targeted parts, but its counts speak for simple "
                  "random samples; choose sample_selection::poisson") == 0);
  CHECK_FALSE(made(draw, {.selection = qa::sample_selection::poisson}).view().chance.empty());
  draw = {.start = qa::seed{1}, .id = qa::id_kind::text, .method = qa::draw_method::systematic};
  CHECK(message_of<qa::design_error>([&] {
          made(draw);
        }).find("plan: its recorded draw is systematic, but") == 0);
  CHECK(made(draw, {.selection = qa::sample_selection::fixed_size}).view().population.size() == 2);
  draw.method = qa::draw_method::simple;
  CHECK(made(draw).view().population.size() == 2);
}

TEST_CASE("strata may be several columns") {
  auto rows = four();
  rows[1].channel = "video";
  rows[0].channel = "video";
  const auto design = qa::sample_design::from(rows, &review::call_id,
                                              qa::by(&review::queue, &review::channel), &review::probability);
  CHECK(design.strata() == std::vector<std::string>{"(\"chat\", \"voice\")", "(\"phone\", \"video\")"});
}

TEST_CASE("what contradicts itself is refused in the words of the data") {
  auto rows = four();
  rows[1].probability = 0;
  CHECK(message_of<qa::design_error>([&] { from(rows); }) ==
        "probability: expected a fraction above 0 and up to 1 but found 0 at row 1");
  rows[1].probability = 1.5;
  CHECK(message_of<qa::design_error>([&] { from(rows); }) ==
        "probability: expected a fraction above 0 and up to 1 but found 1.5 at row 1 (did you mean 0.015?)");
  rows = four();
  rows[3].call_id = "c2";
  CHECK(message_of<qa::design_error>([&] { from(rows); }) ==
        "unit \"c2\": rows 1 and 3 are the same unit; choose repeats::average or repeats::cluster");
  CHECK(message_of<qa::design_error>([&] { from(rows, {.repeats = qa::repeats::average}); }) ==
        "unit \"c2\": rows 1 and 3 lie in different strata");
  rows[3].queue = "phone";
  CHECK(message_of<qa::design_error>([&] { from(rows, {.repeats = qa::repeats::average}); }) ==
        "unit \"c2\": rows 1 and 3 have different probabilities or weights");
  rows = four();
  rows[3].queue = "fax";
  CHECK(message_of<qa::design_error>([&] { from(rows); }) ==
        "single_unit: stratum \"chat\" has one sampled unit, its variance cannot be estimated; choose "
        "certainty, average "
        "or adjust, or merge strata");
  CHECK(from(rows, {.single_unit = qa::single_unit::adjust}).units() == 4);
  rows = four();
  CHECK(message_of<qa::design_error>([&] {
          qa::design_builder(rows)
              .stratum(&review::queue)
              .probability(&review::probability)
              .cluster(&review::agent)
              .build();
        }) == "cluster: \"a\" lies in two strata (rows 0 and 2); give nest = true if its labels start again "
              "in each stratum");
  rows[2].population = 11;
  CHECK(message_of<qa::design_error>([&] {
          qa::design_builder(rows).stratum(&review::queue).population(&review::population).build();
        }) == "population: expected one count per stratum but found 11 and, at row 3, 10");
  CHECK(message_of<qa::design_error>([&] {
          qa::design_builder(rows).weight([](const review&) { return -1; }).build();
        }) == "weight: expected a number above 0 but found -1 at row 0");
  CHECK(message_of<qa::argument_error>([&] {
          qa::design_builder(rows)
              .weight([](const review&) { return 2; })
              .probability(&review::probability)
              .build();
        }) == "weight: give the inclusion probability or the design weight, not both");
}

TEST_CASE("missing labels are refused with their row") {
  struct row {
    std::optional<int> stratum;
    int id;
  };
  const std::vector<row> rows{{1, 1}, {std::nullopt, 2}, {1, 3}};
  CHECK(message_of<qa::data_error>([&] { qa::design_builder(rows).stratum(&row::stratum).build(); }) ==
        "stratum: no label at row 1");
  CHECK(message_of<qa::data_error>([&] { qa::design_builder(rows).cluster(&row::stratum).build(); }) ==
        "cluster: no label at row 1");
}

TEST_CASE("repeated evaluations are averaged, or kept as a cluster that shares the weight") {
  auto rows = four();
  rows.push_back({"c2", "phone", 0.5, 0.8});
  const auto averaged = from(rows, {.repeats = qa::repeats::average});
  CHECK(averaged.units() == 4);
  CHECK(averaged.rows() == 5);
  CHECK(averaged.numbers(rows, &review::score, "score", qa::missing_rows::error) ==
        std::vector<double>{0.2, (0.4 + 0.8) / 2, 0.9, 0.7});
  const auto clustered = from(rows, {.repeats = qa::repeats::cluster});
  const auto view = clustered.view();
  CHECK(view.clusters == 4);
  CHECK(std::vector<double>(view.weight.begin(), view.weight.end()) == std::vector<double>{2, 1, 4, 4, 1});
  CHECK(qa::mean(averaged, rows, &review::score).value == qa::mean(clustered, rows, &review::score).value);
  // All units of a stratum have the same weight, so the two variances agree as well.
  CHECK(close_to(qa::mean(averaged, rows, &review::score).std_error,
                 qa::mean(clustered, rows, &review::score).std_error, 1e-14));
  rows[4].channel = "video";
  CHECK(message_of<qa::data_error>([&] { qa::mean_by(averaged, rows, &review::score, &review::channel); }) ==
        "by: row 4 differs from an earlier row of the same unit; averaged repeats must agree");
}

TEST_CASE("columns of other rows, infinite and missing values are refused") {
  auto rows = four();
  const auto design = from(rows);
  rows[2].score = std::nullopt;
  CHECK(message_of<qa::data_error>([&] { qa::mean(design, rows, &review::score); }) ==
        "value: no value at row 2; choose missing_rows::drop to leave such rows out");
  rows[2].score = -1.0 / 0.0;
  CHECK(message_of<qa::data_error>([&] { qa::mean(design, rows, &review::score); }) ==
        "value: expected finite numbers but found -infinity at row 2");
  rows.pop_back();
  CHECK(message_of<qa::data_error>([&] { qa::mean(design, rows, &review::score); }) ==
        "rows: expected the 4 rows that the design was made from but found 3");
}

TEST_CASE("estimates say what the design leaves out or makes up for, as those of the Python package do") {
  const auto rows = four();
  const auto from_plan = [&](const qa::sampling_plan& plan) {
    return qa::sample_design::from(rows, &review::call_id, &review::queue, &review::probability, plan,
                                   {.uncovered = qa::uncovered_strata::exclude});
  };
  const auto design = from_plan(plan_of(20, 4, 5));
  const std::string scope = "without \"e-mail\"; 3 drawn units without a row";
  const auto mean = qa::mean(design, rows, &review::score);
  CHECK(mean.scope == scope);
  CHECK(mean.missing == 3);
  const auto by = qa::mean_by(design, rows, &review::score, &review::queue);
  CHECK(by[0].scope == scope);
  CHECK(by[0].missing == 0); // which domain they would be in is not known
  CHECK(qa::quantile(design, rows, &review::score, 0.5).scope == scope);
  CHECK(qa::mean(from(rows), rows, &review::score).scope.empty());

  // Of nine without a chance seven are the stratum that is named.
  CHECK(from_plan(plan_of(8, 4).with_draw({.start = qa::seed{1}, .id = qa::id_kind::text, .without_chance = 9})).scope() ==
        "without \"e-mail\"; without 2 that had no chance to be drawn");
  const auto poisson = plan_of(1000, 4, 200).with_draw(
      {.start = qa::seed{1}, .id = qa::id_kind::text, .method = qa::draw_method::poisson});
  CHECK(from_plan(poisson).scope() ==
        "without \"e-mail\"; about 198 drawn units without a row, for which nothing stands");
  CHECK(from_plan(plan_of(8, 4).with_draw(*poisson.recorded_draw())).scope() == "without \"e-mail\"");
}
