// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
// Every rubric that comes with the library, with scores worked out by hand.
#include "close_to.hpp"

#include <qascore/rubric.hpp>
#include <qascore/rubric/yaml.hpp>

#include <filesystem>
#include <map>
#include <set>
#include <string>

using namespace qascore;
using qascore::test::close_to;
using answers = std::map<std::string, std::string>;

namespace {
rubric shipped(const std::string& name) {
  return load_rubric(std::filesystem::path(QASCORE_RUBRICS) / name);
}

answers changed(answers given, const std::string& criterion, const std::string& answer) {
  given[criterion] = answer;
  return given;
}
} // namespace

TEST_CASE("every shipped rubric loads, and has an id of its own") {
  std::set<std::string> ids;
  for (const auto& file : std::filesystem::directory_iterator(QASCORE_RUBRICS))
    if (file.path().extension() == ".yaml")
      CHECK(ids.insert(load_rubric(file.path()).id()).second);
  CHECK(ids.size() == 4);
}

TEST_CASE("voice service: sections 20, 60, 20") {
  const rubric r = shipped("voice-service.yaml");
  const answers given = {{"greeting", "no"},       {"identity_check", "partial"},
                         {"interruptions", "3"},   {"wrong_information", "1"},
                         {"problem_solving", "4"}, {"complaint_soothing", "not_applicable"},
                         {"summary", "yes"},       {"privacy", "yes"}};
  // Opening (1 * 0 + 3 * 0.4) / 4 = 0.3; handling (1 * 5/10 + 2 * 10/15 + 3 * 3/4) / 6 = 49/72; closing 1.
  const auto result = score(r, given);
  CHECK(close_to(*result.score, (20 * 0.3 + 60 * 49.0 / 72 + 20) / 100, 1e-15));
  CHECK(close_to(*result.sections[1].score, 49.0 / 72, 1e-15));
  CHECK(result.band == "improve");
  CHECK(result.passed == false);
  // Critical: identity 3/4 of 20 at 0.4, privacy 1/2 of 20 at 1.
  CHECK(close_to(*result.critical_score, (15 * 0.4 + 10) / 25, 1e-15));

  const auto leaked = score(r, changed(given, "privacy", "no"));
  CHECK(close_to(*leaked.score_before_fail, (20 * 0.3 + 60 * 49.0 / 72 + 10) / 100, 1e-15));
  CHECK(close_to(*leaked.score, (20 * 0.3 + 60 * 49.0 / 72) / 100, 1e-15));
  CHECK(leaked.fail_rules.size() == 2);

  const auto unchecked = score(r, changed(given, "identity_check", "none"));
  CHECK(unchecked.score == 0.0);
  CHECK(close_to(*unchecked.score_before_fail, (60 * 49.0 / 72 + 20) / 100, 1e-15));

  const auto best = score(r, answers{{"greeting", "yes"},
                                     {"identity_check", "full"},
                                     {"interruptions", "0"},
                                     {"wrong_information", "0"},
                                     {"problem_solving", "5"},
                                     {"complaint_soothing", "5"},
                                     {"summary", "yes"},
                                     {"privacy", "yes"},
                                     {"remarks", "well done"}});
  CHECK(best.score == 1.0);
  CHECK(best.band == "excellent");
  CHECK(best.passed == true);
}

TEST_CASE("online chat: criteria have weights of their own") {
  const rubric r = shipped("online-chat.yaml");
  const answers given = {{"first_response", "45"}, {"pace", "not_applicable"},
                         {"spelling", "2"},        {"tone", "3"},
                         {"understood", "yes"},    {"solved", "partly"}};
  // 20 * 0.7 + 10 * 3/5 + 20 * 2/3 + 15 + 25 * 0.4, of 90: 35/54. Exactly 0.4 is not below 0.4.
  const auto result = score(r, given);
  CHECK(result.score == 35.0 / 54.0);
  CHECK(result.fail_rules.empty());
  CHECK(result.band == "bronze");

  // A tone of 1 takes the section: 14 + 15 + 10 of 90, before it 6 more.
  const auto rude = score(r, changed(given, "tone", "1"));
  CHECK(close_to(*rude.score, 39.0 / 90, 1e-15));
  CHECK(close_to(*rude.score_before_fail, 45.0 / 90, 1e-15));

  const auto unsolved = score(r, answers{{"first_response", "5"},
                                         {"pace", "always"},
                                         {"spelling", "0"},
                                         {"tone", "4"},
                                         {"understood", "yes"},
                                         {"solved", "not_at_all"}});
  CHECK(unsolved.score == 0.6);
  CHECK(unsolved.score_before_fail == 0.75);
}

TEST_CASE("e-mail ticket: points, a bonus, a cap") {
  const rubric r = shipped("email-ticket.yaml");
  const answers given = {{"salutation", "yes"}, {"structure", "acceptable"},          {"complete", "most"},
                         {"correct", "yes"},    {"deadline_named", "not_applicable"}, {"data_leaked", "no"},
                         {"proactive", "yes"}};
  // 5 + 6 + 15 + 25 + 15 and a bonus of 5, of 80.
  const auto result = score(r, given);
  CHECK(result.score == 71.0 / 80.0);
  CHECK(result.passed == true);
  CHECK(result.sections[2].id == "answer");
  CHECK(result.sections[2].score == 0.8);

  // 15 of 50 for the answer is below one half: 51 of 80 becomes 0.5.
  const auto wrong = score(r, changed(changed(given, "correct", "no"), "structure", "clear"));
  CHECK(wrong.score_before_fail == 50.0 / 80.0);
  CHECK(wrong.score == 0.5);
  CHECK(wrong.fail_rules[0].on == "answer");

  CHECK(score(r, changed(given, "data_leaked", "yes")).score == 0.0);

  const auto all = score(r, answers{{"salutation", "yes"},
                                    {"structure", "clear"},
                                    {"complete", "all"},
                                    {"correct", "yes"},
                                    {"deadline_named", "yes"},
                                    {"data_leaked", "no"},
                                    {"proactive", "yes"}});
  CHECK(all.score == 1.0);
  CHECK(close_to(all.cap_adjustment, -5.0 / 90, 1e-14));
}

TEST_CASE("complaint handling: a form in Chinese, 100 points") {
  const rubric r = shipped("complaint-zh.yaml");
  const answers given = {{"礼貌用语", "2"}, {"情绪安抚", "4"}, {"方案正确", "正确"}, {"按时回访", "yes"}};
  // 10 of 20, 16 of 20, 40 of 40, 20 of 20.
  const auto result = score(r, given);
  CHECK(result.score == 0.86);
  CHECK(result.band == "合格");
  CHECK(result.passed == true);
  CHECK(explain(result) == "投诉处理质检表 2026.1：86 分（满分 100），合格，合格\n"
                           "- 礼貌用语：“使用礼貌用语”答“2”，得 10/20 分，失 10 分（满分 100）\n"
                           "- 情绪安抚：“安抚客户情绪”答“4”，得 16/20 分，失 4 分（满分 100）\n"
                           "- 方案正确：“解决方案正确”答“正确”，得 40/40 分\n"
                           "- 按时回访：“24 小时内回访”答“是”，得 20/20 分");

  const auto late =
      score(r, answers{{"礼貌用语", "0"}, {"情绪安抚", "5"}, {"方案正确", "正确"}, {"按时回访", "no"}});
  CHECK(late.score_before_fail == 0.8);
  CHECK(late.score == 0.79);
  CHECK(late.passed == false);
}
