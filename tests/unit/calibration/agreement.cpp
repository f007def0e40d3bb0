// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#include <qascore/calibration/agreement.hpp>

#include "close_to.hpp"
#include "tables.hpp"

#include <array>
#include <string>

using qascore::test::close_to;
namespace qa = qascore;
using coefficient = qa::agreement_coefficient;
using weight = qa::category_weight;

namespace {

struct reference {
  coefficient which;
  weight weights;
  double value, std_error, low;
};

// irrCAC 1.4 on R 4.2.2, functions fleiss.kappa.raw, conger.kappa.raw, bp.coeff.raw, gwet.ac1.raw,
// pa.coeff.raw with declared categories 1 to 5: value, Gwet's standard error, lower 95 % limit (the upper one
// is cut at 1).
const std::array<reference, 24> irr_cac{{
    {coefficient::brennan_prediger, weight::bipolar, 0.888149168452199, 0.112456166020889, 0.640634815879421},
    {coefficient::brennan_prediger, weight::circular, 0.823546999488632, 0.136955640690352,
     0.522109666738324},
    {coefficient::brennan_prediger, weight::identity, 0.772727272727273, 0.144716619899483,
     0.454208139909888},
    {coefficient::brennan_prediger, weight::linear, 0.848484848484849, 0.123356124494103, 0.576979849066912},
    {coefficient::brennan_prediger, weight::ordinal, 0.886363636363637, 0.113905903977703, 0.63565843206189},
    {coefficient::brennan_prediger, weight::quadratic, 0.901515151515151, 0.110894374973973,
     0.657438277859799},
    {coefficient::brennan_prediger, weight::radical, 0.812627079503579, 0.132779374984979, 0.520381645595398},
    {coefficient::brennan_prediger, weight::ratio, 0.840236692761104, 0.132208831633291, 0.549247016303178},
    {coefficient::conger_kappa, weight::bipolar, 0.844871752036367, 0.142138834633144, 0.532026286336099},
    {coefficient::conger_kappa, weight::circular, 0.805348881366914, 0.147478317146655, 0.480751293891838},
    {coefficient::conger_kappa, weight::identity, 0.762817441303306, 0.149168152480174, 0.434500551336157},
    {coefficient::conger_kappa, weight::linear, 0.813776319966141, 0.145085402493167, 0.494445502132759},
    {coefficient::conger_kappa, weight::ordinal, 0.843659525188188, 0.144099959111721, 0.526497653613479},
    {coefficient::conger_kappa, weight::quadratic, 0.857710656222533, 0.143670663828734, 0.541493657194976},
    {coefficient::conger_kappa, weight::radical, 0.788340007583488, 0.14636520750856, 0.466192357903413},
    {coefficient::conger_kappa, weight::ratio, 0.811965175869552, 0.148600701756109, 0.484897236525153},
    {coefficient::fleiss_kappa, weight::bipolar, 0.853072550140266, 0.144632187640647, 0.534739251471613},
    {coefficient::fleiss_kappa, weight::circular, 0.80719977015811, 0.148944059645329, 0.479376105194937},
    {coefficient::fleiss_kappa, weight::identity, 0.761169275422411, 0.153019203469492, 0.424376279377015},
    {coefficient::fleiss_kappa, weight::linear, 0.81794476709731, 0.148504355499451, 0.491088884434045},
    {coefficient::gwet_ac, weight::identity, 0.775444068126995, 0.142949950640765, 0.460813348130838},
    {coefficient::gwet_ac, weight::linear, 0.858739136432611, 0.117329021881364, 0.600499700423663},
    {coefficient::gwet_ac, weight::quadratic, 0.914000723551605, 0.10396224464506, 0.685181365878011},
    {coefficient::percent_agreement, weight::ratio, 0.954114873222016, 0.0921084105851354, 0.751385628404506},
}};

qa::kernel::linearised_agreement linearised(const qa::rating_table& table, weight kind, coefficient which,
                                            const std::vector<double>& unit_weight) {
  const auto matrix = qa::category_weights(kind).matrix(table.view().value, table.ordered());
  return qa::kernel::linearised_agreement_of(table.view(), matrix, which, unit_weight);
}

const std::array<coefficient, 5> any_raters{coefficient::percent_agreement, coefficient::fleiss_kappa,
                                            coefficient::conger_kappa, coefficient::brennan_prediger,
                                            coefficient::gwet_ac};
const std::array<weight, 8> all_weights{weight::identity, weight::linear, weight::quadratic, weight::ordinal,
                                        weight::radical,  weight::ratio,  weight::circular,  weight::bipolar};

} // namespace

TEST_CASE(
    "coefficients on a table with gaps are irrCAC's for every category weight, with Gwet's standard errors") {
  const auto table = tables::of(tables::krippendorff_c, 4, {1, 2, 3, 4, 5});
  for (const auto& expected : irr_cac) {
    CAPTURE(static_cast<int>(expected.which));
    CAPTURE(static_cast<int>(expected.weights));
    const auto found = qa::agreement(
        table, expected.which, {.weights = expected.weights, .std_error = qa::agreement_std_error::gwet});
    CHECK(close_to(found.value, expected.value, 1e-12));
    CHECK(close_to(found.std_error, expected.std_error, 1e-12));
    CHECK(close_to(found.low, expected.low, 1e-12));
    CHECK(found.high == 1.0);
    CHECK(found.df == 11);
    CHECK(found.n == 12);
  }
}

TEST_CASE("a finite population shrinks the standard error") { // irrCAC 1.4, fleiss.kappa.raw(N = 40)
  const auto table = tables::of(tables::krippendorff_c, 4, {1, 2, 3, 4, 5});
  const std::vector<double> population{40};
  qa::design_view design = qa::independent_units(12);
  design.population = population;
  const auto found = qa::fleiss_kappa(table, {.std_error = qa::agreement_std_error::gwet}, &design);
  CHECK(close_to(found.std_error, 0.128025050835009, 1e-12));
  CHECK(close_to(found.low, 0.47938803841458, 1e-12));
  const std::vector<double> equal(12, 40.0 / 12.0); // the same sample, said by weights
  design.weight = equal;
  const auto weighted = qa::fleiss_kappa(table, {.std_error = qa::agreement_std_error::gwet}, &design);
  CHECK(close_to(weighted.std_error, 0.128025050835009, 1e-12));
}

TEST_CASE("on a full table Gwet's standard error is the exact one") { // irrCAC 1.4, anxiety
  const auto table = tables::of(tables::anxiety, 3, {1, 2, 3, 4, 5, 6});
  const auto conger = qa::conger_kappa(table, {.weights = weight::quadratic});
  CHECK(close_to(conger.value, 0.189979123173278, 1e-12));
  CHECK(close_to(conger.std_error, 0.11332884976379, 1e-12));
  CHECK(close_to(conger.low, -0.0472208854407589, 1e-12));
  CHECK(close_to(conger.high, 0.427179131787315, 1e-12));
  const auto gwet = qa::gwet_ac(table, {.weights = weight::quadratic});
  CHECK(close_to(gwet.value, 0.53529223890131, 1e-12));
  CHECK(close_to(gwet.std_error, 0.121019164981495, 1e-12));
  const auto by_gwet =
      qa::gwet_ac(table, {.weights = weight::quadratic, .std_error = qa::agreement_std_error::gwet});
  CHECK(close_to(by_gwet.std_error, gwet.std_error, 1e-14));
}

TEST_CASE("two raters: Fleiss, Cohen and Everitt's large-sample standard errors, with their weights") {
  // Fleiss, Cohen and Everitt (1969), doi:10.1037/h0028106; digits by vcd 1.4-11 Kappa(weights = matrix).
  const auto table = tables::from_cross_table({106, 10, 4, 22, 28, 10, 2, 12, 6}, 3);
  const auto weighted = qa::cohen_kappa(
      table, {.weights = qa::category_weights({1, 0, 0.4444, 0, 1, 0.6667, 0.4444, 0.6667, 1}),
              .std_error = qa::agreement_std_error::large_sample});
  CHECK(close_to(weighted.value, 0.507069964866798, 1e-12));
  CHECK(close_to(weighted.std_error * weighted.std_error, 0.00324830289356822, 1e-12));
}

TEST_CASE("two raters: large-sample standard errors of the table functions of irrCAC") {
  // vcd's SexualFun, irrCAC 1.4 kappa2.table, gwet.ac1.table, scott2.table.
  const auto table = tables::from_cross_table({7, 7, 2, 3, 2, 8, 3, 7, 1, 5, 4, 9, 2, 8, 9, 14}, 4);
  const auto large = qa::agreement_std_error::large_sample;
  const auto cohen = qa::cohen_kappa(table, {.weights = weight::linear, .std_error = large});
  CHECK(close_to(cohen.value, 0.237380627557981, 1e-12));
  CHECK(close_to(cohen.std_error, 0.0783163347783729, 1e-12));
  CHECK(close_to(cohen.low, 0.0817915591325547, 1e-11));
  const auto scott = qa::scott_pi(table, {.std_error = large});
  CHECK(close_to(scott.value, 0.125217535427198, 1e-12));
  CHECK(close_to(scott.std_error, 0.0692994589693814, 1e-12));
  const auto normal =
      qa::cohen_kappa(table, {.weights = weight::quadratic, .std_error = large, .normal = true});
  CHECK(close_to(normal.low, 0.141345947423001, 1e-11)); // vcd 1.4-11, confint(Kappa(SexualFun))
  CHECK(close_to(normal.high, 0.522745225070721, 1e-11));
}

TEST_CASE("clusters: the kappa of three pairs of calls is the survey sandwich") {
  // Two clusters of units with totals t_c of the influence: V = 2/1 * sum (t_c - mean)^2, by hand from the
  // parts.
  const std::vector<double> matrix{1, 1, 1, 2, 2, 2, 2, 2, 1, 1, 2, 1};
  const auto table = tables::of(matrix, 2);
  const auto parts = linearised(table, weight::identity, coefficient::cohen_kappa, {});
  const std::vector<std::uint32_t> cluster{0, 0, 0, 1, 1, 1};
  qa::design_view design = qa::independent_units(6);
  design.cluster = cluster;
  design.clusters = 2;
  const double first = parts.influence[0] + parts.influence[1] + parts.influence[2];
  const double second = parts.influence[3] + parts.influence[4] + parts.influence[5];
  const double mean = 0.5 * (first + second);
  const double variance = 2.0 * ((first - mean) * (first - mean) + (second - mean) * (second - mean));
  const auto found = qa::cohen_kappa(table, {}, &design);
  CHECK(close_to(found.std_error, std::sqrt(variance), 1e-14));
  CHECK(found.df == 1);
}

TEST_CASE("influence values are the derivatives in the unit weights, also at unequal ones") {
  const auto table = tables::of(tables::krippendorff_c, 4, {1, 2, 3, 4, 5});
  const std::vector<double> weights{1, 2.5, 0.7, 1, 3, 1.2, 0.4, 1, 2, 1, 1.9, 0.6};
  for (const auto which : any_raters)
    for (const auto kind : all_weights) {
      CAPTURE(static_cast<int>(which));
      CAPTURE(static_cast<int>(kind));
      const auto at = linearised(table, kind, which, weights);
      double sum = 0.0;
      for (std::size_t u = 0; u < weights.size(); ++u) {
        constexpr double h = 1e-5;
        auto up = weights, down = weights;
        up[u] += h;
        down[u] -= h;
        const double slope =
            (linearised(table, kind, which, up).value - linearised(table, kind, which, down).value) /
            (2.0 * h);
        CHECK(close_to(at.influence[u], slope, 1e-6, 1e-9));
        sum += weights[u] * at.influence[u];
      }
      CHECK(std::abs(sum) < 1e-14);
    }
}

TEST_CASE(
    "the exact standard error is the jackknife's to first order, Gwet's is not where units have one rating") {
  // 300 units of three ratings on five levels by a fixed congruential sequence; every third unit has one
  // rating only.
  std::vector<double> matrix;
  unsigned state = 7;
  const auto next = [&] { return (state = state * 1664525u + 1013904223u) >> 8; };
  for (int u = 0; u < 300; ++u) {
    const double truth = 1.0 + next() % 5;
    for (int r = 0; r < 3; ++r)
      matrix.push_back(u % 3 == 0 && r > 0 ? 0.0 : (next() % 3 == 0 ? 1.0 + next() % 5 : truth));
  }
  for (const auto which : any_raters)
    for (const auto kind : {weight::identity, weight::quadratic}) {
      CAPTURE(static_cast<int>(which));
      const auto value = [&](const std::vector<double>& rows) {
        return qa::agreement(tables::of(rows, 3, {1, 2, 3, 4, 5}), which, {.weights = kind}).value;
      };
      const double jackknife = tables::jackknife(matrix, 3, value);
      const auto table = tables::of(matrix, 3, {1, 2, 3, 4, 5});
      const auto exact = qa::agreement(table, which, {.weights = kind});
      const auto gwet =
          qa::agreement(table, which, {.weights = kind, .std_error = qa::agreement_std_error::gwet});
      CHECK(close_to(exact.std_error, jackknife, 0.01));
      CHECK(gwet.std_error > 1.03 * jackknife);
    }
}

TEST_CASE("scaling all weights changes nothing, and a unit of weight 2 is two units") {
  const std::vector<double> matrix{1, 2, 2, 2, 3, 3, 1, 1, 2, 3};
  std::vector<double> twice = matrix;
  twice.insert(twice.end(), {1, 2});
  for (const auto which : {coefficient::percent_agreement, coefficient::cohen_kappa, coefficient::scott_pi,
                           coefficient::fleiss_kappa, coefficient::brennan_prediger, coefficient::gwet_ac}) {
    const auto table = tables::of(matrix, 2, {1, 2, 3});
    const auto once = linearised(table, weight::linear, which, {2, 1, 1, 1, 1});
    const auto scaled = linearised(table, weight::linear, which, {14, 7, 7, 7, 7});
    const auto repeated = linearised(tables::of(twice, 2, {1, 2, 3}), weight::linear, which, {});
    CHECK(close_to(scaled.value, once.value, 1e-14));
    CHECK(close_to(repeated.value, once.value, 1e-14));
    CHECK(close_to(repeated.influence[0], once.influence[0], 1e-13));
  }
}

TEST_CASE("the order of units and raters does not matter") {
  const auto table = tables::of(tables::krippendorff_c, 4, {1, 2, 3, 4, 5});
  std::vector<double> turned;
  for (std::size_t u = 12; u-- > 0;)
    for (const std::size_t r : {2u, 0u, 3u, 1u})
      turned.push_back(tables::krippendorff_c[4 * u + r]);
  for (const auto which : any_raters) {
    const auto a = qa::agreement(table, which, {.weights = weight::quadratic});
    const auto b =
        qa::agreement(tables::of(turned, 4, {1, 2, 3, 4, 5}), which, {.weights = weight::quadratic});
    CHECK(close_to(b.value, a.value, 1e-14));
    CHECK(close_to(b.std_error, a.std_error, 1e-13));
  }
}

TEST_CASE("many ratings of a unit are counted, few are paired: the same number") {
  // 12 raters on three categories take the way over counts; the same as Fleiss' formula with r_ik by hand:
  // unit 1: 12,0,0 -> 1; unit 2: 6,6,0 -> (30 + 30) / 132; unit 3: 4,4,4 -> 36 / 132.
  const std::vector<std::int64_t> counts{12, 0, 0, 6, 6, 0, 4, 4, 4};
  const auto found = qa::percent_agreement(qa::rating_table::from_counts(counts, {1, 2, 3}));
  CHECK(close_to(found.value, (1.0 + 60.0 / 132.0 + 36.0 / 132.0) / 3.0, 1e-15));
}

TEST_CASE("undefined is an answer with a reason") {
  const std::vector<double> constant{3, 3, 3, 3, 3, 3, 3, 3, 3};
  const auto table = tables::of(constant, 3, {1, 2, 3, 4, 5});
  CHECK(qa::percent_agreement(table).value == 1.0);
  for (const auto which : {coefficient::fleiss_kappa, coefficient::conger_kappa}) {
    const auto found = qa::agreement(table, which);
    CHECK(std::isnan(found.value));
    CHECK(found.undefined == "all ratings are in one category: no disagreement to expect by chance");
  }
  CHECK(qa::gwet_ac(table).value == 1.0); // with declared categories AC1 expects some disagreement
  CHECK(qa::gwet_ac(tables::of(constant, 3)).undefined ==
        "only one category is found; declare the categories that could have been used");
  CHECK(qa::fleiss_kappa(tables::of({1, 0, 0, 2}, 2)).undefined == "no unit has two ratings");
  CHECK(qa::cohen_kappa(tables::of({1, 2, 3}, 1)).undefined == "fewer than 2 raters");
  const auto one_unit = qa::fleiss_kappa(tables::of({1, 2, 2}, 3));
  CHECK(close_to(one_unit.value, 1.0 - (4.0 / 6.0) / (4.0 / 9.0), 1e-15));
  CHECK(one_unit.undefined == "fewer than 2 units: no variance");
}

TEST_CASE("limits stay within what a coefficient can be") {
  const auto table = tables::of({1, 2, 2, 1, 1, 2, 1, 1, 2, 2}, 2, {1, 2}); // three of five units differ
  CHECK(qa::percent_agreement(table).low == 0.0);
  for (const auto which : {coefficient::brennan_prediger, coefficient::gwet_ac, coefficient::scott_pi,
                           coefficient::fleiss_kappa, coefficient::cohen_kappa, coefficient::conger_kappa}) {
    CAPTURE(static_cast<int>(which));
    const auto found = qa::agreement(table, which);
    CHECK(found.value < 0.0);
    CHECK(found.low == -1.0);
  }
  // Three categories that never meet: 1 - 1 / (1 - 1/3).
  const auto apart = tables::of({1, 2, 2, 3, 3, 1, 1, 2, 2, 2}, 2, {1, 2, 3});
  CHECK(close_to(qa::brennan_prediger(apart).low, -0.5, 1e-15));
  CHECK(close_to(qa::gwet_ac(apart).low, -0.5, 1e-15));
  CHECK(qa::krippendorff_alpha(table, {.level = qa::level::nominal}).low == -1.0);
}

TEST_CASE("what needs identified raters refuses anonymous ones and says what does not") {
  const std::vector<std::int64_t> counts{2, 0, 1, 1, 0, 2};
  const auto table = qa::rating_table::from_counts(counts, {1, 2});
  CHECK_THROWS_WITH_AS(
      qa::cohen_kappa(table),
      "cohen_kappa: needs to know which rater gave which rating, but the raters of this table are "
      "anonymous; fleiss_kappa, gwet_ac, brennan_prediger and krippendorff_alpha do not",
      qa::argument_error);
  CHECK(qa::fleiss_kappa(table).is_defined());
  CHECK_THROWS_WITH_AS(qa::cohen_kappa(tables::of(tables::anxiety, 3)),
                       "cohen_kappa: expected 2 raters but found 3; choose two of them, or take conger_kappa",
                       qa::argument_error);
}

TEST_CASE("closed forms are refused under a design with weights") {
  const auto table = tables::of({1, 2, 2, 2, 1, 1}, 2);
  const std::vector<double> w{1, 2, 1};
  qa::design_view design = qa::independent_units(3);
  design.weight = w;
  CHECK(qa::cohen_kappa(table, {}, &design).is_defined());
  CHECK_THROWS_AS(qa::cohen_kappa(table, {.std_error = qa::agreement_std_error::gwet}, &design),
                  qa::argument_error);
  design.units = 4;
  CHECK_THROWS_AS(qa::cohen_kappa(table, {}, &design), qa::argument_error);
}
