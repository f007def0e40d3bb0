// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#include <qascore/sampling/draw.hpp>
#include <qascore/sampling/draw_sketch.hpp>
#include <qascore/sampling/reservoir.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace qa = qascore;

namespace {

using sketch = qa::draw_sketch<std::int64_t>;
const std::vector<sketch::key> labels{{"chat"}, {"phone"}};

struct stream {
  std::vector<std::int64_t> ids;
  std::vector<std::uint32_t> stratum;
  explicit stream(std::size_t rows) {
    for (std::size_t i = 0; i < rows; ++i) {
      ids.push_back(static_cast<std::int64_t>(i * 7919 % 1'000'003));
      stratum.push_back(i % 5 == 0 ? 0 : 1);
    }
  }
  void add_to(sketch& to, std::size_t first, std::size_t last) const {
    to.add(std::span(ids).subspan(first, last - first), std::span(stratum).subspan(first, last - first),
        labels);
  }
};

std::vector<std::int64_t> ids_of(const sketch& s, const sketch::key& key, std::uint64_t n) {
  std::vector<std::int64_t> out;
  for (const auto& e : s.sample(key, n))
    out.push_back(e.id);
  std::ranges::sort(out);
  return out;
}

} // namespace

TEST_CASE("merged sketches of parts are the sketch of the whole, and its sample is the one that draw takes") {
  const stream all(20'000);
  sketch whole(300, qa::seed{11});
  all.add_to(whole, 0, 20'000);
  for (const std::size_t parts : {2u, 7u, 40u}) {
    std::vector<sketch> some(parts, sketch(300, qa::seed{11}));
    for (std::size_t p = 0; p < parts; ++p)
      all.add_to(some[p], 20'000 * p / parts, 20'000 * (p + 1) / parts);
    std::ranges::reverse(some);
    for (std::size_t p = 1; p < parts; ++p)
      some[0].merge(some[p]);
    CHECK(some[0] == whole);
    CHECK(some[0].sample({"phone"}, 250) == whole.sample({"phone"}, 250));
  }
  const std::vector<std::uint64_t> sizes{100, 300};
  std::vector<std::int64_t> drawn[2];
  for (const auto row :
       qa::draw_rows(std::span<const std::int64_t>(all.ids), all.stratum, sizes, qa::seed{11}))
    drawn[all.stratum[row]].push_back(all.ids[row]);
  for (std::size_t h = 0; h < 2; ++h) {
    std::ranges::sort(drawn[h]);
    CHECK(ids_of(whole, labels[h], sizes[h]) == drawn[h]);
  }
  CHECK(whole.strata() == std::vector<std::pair<sketch::key, std::uint64_t>>{{{"chat"}, 4000},
                                                                              {{"phone"}, 16'000}});
}

TEST_CASE("a sketch is restored from what it remembers") {
  const stream all(3000);
  sketch before(50, qa::seed{2}), after(50, qa::seed{2});
  all.add_to(before, 0, 2000);
  for (const auto& [key, rows] : before.strata()) {
    std::vector<std::int64_t> ids;
    for (const auto& e : before.entries(key))
      ids.push_back(e.id);
    after.restore(key, rows, ids);
  }
  CHECK(after == before);
  all.add_to(before, 2000, 3000);
  CHECK(after != before);
  all.add_to(after, 2000, 3000);
  CHECK(after == before);
  CHECK_THROWS_AS(after.restore({"chat"}, 2, std::vector<std::int64_t>{1, 2, 3}), qa::data_error);
}

TEST_CASE("text ids are sketched as draw numbers them") {
  std::vector<std::string> texts;
  for (int i = 0; i < 500; ++i)
    texts.push_back("c-" + std::to_string(i * i));
  const std::vector<std::string_view> ids(texts.begin(), texts.end());
  const std::vector<std::uint32_t> stratum(500, 0);
  qa::draw_sketch<std::string> s(20, qa::seed{4});
  s.add(std::span<const std::string_view>(ids), stratum, std::vector<std::vector<std::string>>{{}});
  std::vector<std::string> found, expected;
  for (const auto& e : s.sample({}, 20))
    found.push_back(e.id);
  for (const auto row :
       qa::draw_rows(std::span<const std::string_view>(ids), stratum, std::vector<std::uint64_t>{20},
           qa::seed{4}))
    expected.push_back(texts[row]);
  std::ranges::sort(found);
  std::ranges::sort(expected);
  CHECK(found == expected);
}

TEST_CASE("what a sketch cannot give is refused") {
  const stream all(100);
  sketch s(30, qa::seed{2});
  all.add_to(s, 0, 100);
  CHECK_THROWS_WITH_AS(s.sample({"phone"}, 31),
                       "sketch: expected at most 30 of a stratum of 80 conversations (capacity 30) "
                       "but 31 are asked",
                       qa::design_error);
  CHECK_THROWS_AS(s.sample({"fax"}, 1), qa::design_error);
  CHECK_THROWS_AS(s.merge(sketch(31, qa::seed{2})), qa::design_error);
  CHECK_THROWS_AS(s.merge(sketch(30, qa::seed{3})), qa::design_error);
  CHECK_THROWS_AS(sketch(0, qa::seed{1}), qa::argument_error);
  CHECK_THROWS_WITH_AS(s.add(std::span<const std::int64_t>(all.ids).first(1),
      std::vector<std::uint32_t>{9}, labels),
                       "stratum: row 0 has no stratum", qa::data_error);
  all.add_to(s, 0, 100); // all ids a second time
  CHECK_THROWS_AS(s.sample({"phone"}, 10), qa::data_error);
}

TEST_CASE("a reservoir gives every item of the stream the same chance") {
  constexpr std::uint64_t n = 5, items = 60;
  constexpr int repeats = 40'000;
  std::vector<double> found(items, 0.0);
  double pairs = 0.0; // of the first and the last item
  for (std::uint64_t s = 0; s < repeats; ++s) {
    qa::reservoir<std::uint64_t> sample(n, qa::seed{s});
    for (std::uint64_t i = 0; i < items; ++i)
      sample.add(i);
    REQUIRE(sample.items().size() == n);
    for (const auto i : sample.items())
      found[i] += 1.0;
    pairs += static_cast<double>(std::ranges::count(sample.items(),
        0u) * std::ranges::count(sample.items(), items - 1));
  }
  constexpr double p = 5.0 / 60.0;
  double chi2 = 0.0;
  for (const double f : found)
    chi2 += std::pow(f - repeats * p, 2) / (repeats * p);
  // (N - 1) / (N - n) chi2 is chi-square with 59 degrees of freedom: above 98.3 once in 1000.
  CHECK(chi2 * 59.0 / 55.0 < 98.3);
  constexpr double both = 5.0 * 4.0 / (60.0 * 59.0);
  CHECK(std::abs(pairs - repeats * both) < 4.0 * std::sqrt(repeats * both));
}

TEST_CASE("a reservoir holds a short stream whole, and a stream may jump over what it will not take") {
  qa::reservoir<int> small(10, qa::seed{1});
  for (int i = 0; i < 7; ++i)
    small.add(i);
  CHECK(small.items() == std::vector<int>{0, 1, 2, 3, 4, 5, 6});
  CHECK(small.inclusion_probability() == 1.0);

  qa::reservoir<std::uint64_t> walked(20, qa::seed{3}), jumped(20, qa::seed{3});
  constexpr std::uint64_t items = 100'000;
  for (std::uint64_t i = 0; i < items; ++i)
    walked.add(i);
  std::uint64_t looked = 0;
  for (std::uint64_t i = 0; i < items; ++i, ++looked) {
    const std::uint64_t over = std::min(jumped.skippable(), items - 1 - i);
    jumped.skip(over);
    i += over;
    jumped.add(i);
  }
  CHECK(jumped.items() == walked.items());
  CHECK(jumped.seen() == items);
  CHECK(looked < 400); // 20 (1 + log(5000)) = 190 are expected
  CHECK(jumped.inclusion_probability() == 20.0 / 100'000.0);
  CHECK_THROWS_AS(qa::reservoir<int>(0, qa::seed{1}), qa::argument_error);
}
