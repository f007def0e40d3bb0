// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
// A scoring service: one request after the other, an answer to each, wrong ones too, and how long they took.
#include <qascore/estimation/stream_summary.hpp>
#include <qascore/rubric.hpp>
#include <qascore/rubric/yaml.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <chrono>
#include <cstdint>
#include <iomanip>
#include <iostream>
#include <map>
#include <optional>
#include <sstream>
#include <string>

namespace qa = qascore;

namespace {

constexpr const char* form = R"(
qascore: 1
id: service
version: "1"
title: A short form
scoring: {method: points}
sections:
  - id: call
    title: The call
    criteria:
      - {id: greeting, title: Greets by the script, answer: yes_no, not_applicable: true}
      - {id: solution, title: Solves the problem, answer: {scale: {min: 0, max: 4}}, not_applicable: true}
)";

// Requests as lines: an id, then criterion=answer.
constexpr const char* requests = R"(ev-1 greeting=yes solution=4
ev-2 greeting=no solution=3
ev-3 greeting=yes solution=5
ev-4 greeting=yes solutoin=2
ev-5 greeting=yes solution=2
ev-6 greeting=yes
ev-7 greeting=not_applicable solution=not_applicable
)";

// Counts of durations between 2^k and 2^(k + 1) nanoseconds: no allocation, any range, quantiles within a factor of two.
class latency_histogram {
public:
  void add(std::chrono::nanoseconds took) {
    const auto ns = static_cast<std::uint64_t>(std::max<std::int64_t>(took.count(), 1));
    ++counts_[static_cast<std::size_t>(std::bit_width(ns)) - 1];
    ++total_;
  }

  std::uint64_t count() const { return total_; }

  // The upper end of the bin that holds the quantile.
  std::chrono::nanoseconds quantile(double share) const {
    double seen = 0;
    for (std::size_t k = 0; k < counts_.size(); ++k) {
      seen += static_cast<double>(counts_[k]);
      if (counts_[k] > 0 && seen >= share * static_cast<double>(total_))
        return std::chrono::nanoseconds{std::int64_t{1} << (k + 1)};
    }
    return {};
  }

  void print(std::ostream& out) const {
    for (std::size_t k = 0; k < counts_.size(); ++k)
      if (counts_[k] > 0)
        out << std::setw(12) << (std::uint64_t{1} << k) << " ns "
            << std::string(40 * counts_[k] / total_, '#') << ' ' << counts_[k] << '\n';
  }

private:
  std::array<std::uint64_t, 62> counts_{};
  std::uint64_t total_ = 0;
};

class service {
public:
  explicit service(qa::rubric rubric) : rubric_{std::move(rubric)} {}

  std::string answer(const std::string& request) {
    const auto started = std::chrono::steady_clock::now();
    std::string out;
    try {
      std::istringstream words(request);
      std::string id, word;
      std::map<std::string, std::string> answers;
      words >> id;
      while (words >> word)
        answers[word.substr(0, word.find('='))] = word.substr(word.find('=') + 1);
      std::ostringstream text;
      if (const std::optional<double> score = qa::score(rubric_, answers).score) {
        scores_.push(*score);
        text << id << " score " << std::fixed << std::setprecision(3) << *score;
      } else { // an answer, too: nobody did anything wrong
        ++without_score_;
        text << id << " undefined: no criterion applies";
      }
      out = text.str();
    } catch (const qa::error& e) { // what a request can do wrong; the service goes on
      ++refused_;
      out = request.substr(0, request.find(' ')) + " refused: " + e.what();
    }
    latencies_.add(std::chrono::steady_clock::now() - started);
    return out;
  }

  const qa::stream_summary& scores() const { return scores_; }
  const latency_histogram& latencies() const { return latencies_; }
  std::uint64_t without_score() const { return without_score_; }
  std::uint64_t refused() const { return refused_; }

private:
  qa::rubric rubric_;
  qa::stream_summary scores_;
  latency_histogram latencies_;
  std::uint64_t without_score_ = 0;
  std::uint64_t refused_ = 0;
};

} // namespace

int main() {
  service desk(qa::parse_rubric(form, "service.yaml"));
  std::istringstream lines(requests);
  for (std::string line; std::getline(lines, line);)
    std::cout << desk.answer(line) << '\n';
  for (int i = 0; i < 10'000; ++i) // and under load
    desk.answer("ev greeting=yes solution=" + std::to_string(i % 5));

  std::cout << "scored " << desk.scores().count() << ", undefined " << desk.without_score() << ", refused "
            << desk.refused() << ", mean " << std::fixed << std::setprecision(3) << desk.scores().mean()
            << '\n'
            << "latencies of " << desk.latencies().count() << " requests on the error stream\n";
  const auto microseconds = [&](double share) {
    return static_cast<double>(desk.latencies().quantile(share).count()) / 1000.0;
  };
  std::cerr << "half within " << microseconds(0.5) << " us, 99 % within " << microseconds(0.99) << " us\n";
  desk.latencies().print(std::cerr);
}
