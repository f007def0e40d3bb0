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
  CHECK(ids.size() == 8);
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

TEST_CASE(
    "客服通话: from a base of 100, in Chinese, with a figure of the call and a section for complaints") {
  const rubric r = shipped("service-base-zh.yaml");
  using fields = std::map<std::string, std::string>;
  const answers given = {{"开头语", "no"},         {"服务禁语", "2"},   {"抢话插话", "7"},
                         {"解答准确", "部分准确"}, {"主动服务", "yes"}, {"辱骂客户", "no"}};
  // 100 - 5 - 2 * 3 - 10 (the limit, at 5 hits) - 3 (45 s) - 10 + 5.
  const auto result = score(r, given, fields{{"来电类型", "咨询"}, {"silence_s", "45"}});
  CHECK(result.score == 0.71);
  CHECK(result.band == "合格");
  CHECK(result.passed == true);
  CHECK(result.criteria[6].state == criterion_state::not_asked);
  CHECK(explain(result).starts_with("客服通话质检表 2026.1：71 分（满分 100），合格，合格\n- 基础分 100 分\n"
                                    "- 开头语：“使用规范开头语”答“否”，-5 分\n"));
  // Of what answers can move: -10 of -30 .. 0 and +5 of 0 .. 5.
  CHECK(close_to(*result.sections[1].score, 25.0 / 35.0, 1e-15));

  const auto complaint =
      score(r, changed(given, "安抚情绪", "未安抚"), fields{{"来电类型", "投诉"}, {"silence_s", "45"}});
  CHECK(complaint.score == 0.61);
  CHECK(complaint.passed == false);

  const answers best = {{"开头语", "yes"},   {"服务禁语", "0"},  {"抢话插话", "0"},   {"解答准确", "准确"},
                        {"主动服务", "yes"}, {"辱骂客户", "no"}, {"安抚情绪", "充分"}};
  const fields call = {{"来电类型", "升级投诉"}, {"silence_s", "3"}};
  CHECK(score(r, best, call).score == 1.05); // 108, up to the cap of 105
  const auto wrong = score(r, changed(best, "解答准确", "错误"), call);
  CHECK(wrong.score_before_fail == 0.78);
  CHECK(wrong.score == 0.69);
  const auto insult = score(r, changed(best, "辱骂客户", "yes"), call);
  CHECK(insult.score_before_fail == 0.58);
  CHECK(insult.score == 0.0);
}

TEST_CASE("social media: a metric, conditions, a rounded score") {
  const rubric r = shipped("social-media.yaml");
  using fields = std::map<std::string, std::string>;
  const answers given = {{"tone", "4"},
                         {"correct", "partly"},
                         {"brand_voice", "yes"},
                         {"escalated", "yes"},
                         {"promised_for", "2026-03-31"}};
  // 25 * 0.6 + 20 * 3/4 + 30 / 2 + 10 + 10 = 65 of 95: 0.68421...
  const auto result = score(r, given, fields{{"first_reply_min", "42"}, {"personal_data", "no"}});
  CHECK(result.score == 0.684);
  CHECK(close_to(*result.score_before_fail, 65.0 / 95.0, 1e-15));
  CHECK(result.band == "weak");

  const answers best = {
      {"tone", "5"}, {"correct", "fully"}, {"brand_voice", "yes"}, {"moved_to_private", "yes"}};
  const fields open = {{"first_reply_min", "3"}, {"personal_data", "yes"}};
  CHECK(score(r, best, open).score == 1.0);
  const auto leaked = score(r, changed(best, "moved_to_private", "no"), open);
  CHECK(leaked.score_before_fail == 0.85);
  CHECK(leaked.score == 0.5);
}

TEST_CASE("complaint handling in two languages: sections that are asked only where money is at stake") {
  const rubric r = shipped("complaint-handling.yaml");
  using fields = std::map<std::string, std::string>;
  const answers given = {{"empathy", "4"},
                         {"blame", "no"},
                         {"solved", "partly"},
                         {"next_step", "yes"},
                         {"call_back_on", "2026-02-03"},
                         {"within_rules", "within"}};
  // Listening (3/4 + 1) / 2 = 0.875; solution (3 * 0.5 + 1) / 4 = 0.625; money 1:
  // (30 * 0.875 + 50 * 0.625 + 20) / 100 = 0.775.
  const auto result = score(r, given, fields{{"topic", "billing"}, {"loyal", "no"}});
  CHECK(result.score == 0.775);
  CHECK(result.band == "good");
  CHECK(explain(result, "zh-CN")
            .starts_with("投诉处理 2026.1：77.5 分（满分 100），良好，合格\n"
                         "- empathy：“重视客户诉求”答“4”，得 3/4 分，失 3."));
  CHECK(explain(result, "en").starts_with("Complaint handling 2026.1: 77.5 of 100, Good, passed\n"));

  // Without money 57.5 of 80: 0.71875, a half at the fourth place that goes to the even digit.
  answers other = given;
  other.erase("within_rules");
  const auto no_money = score(r, other, fields{{"topic", "manner"}, {"loyal", "yes"}});
  CHECK(no_money.score_before_fail == 0.71875);
  CHECK(no_money.score == 0.7188);
  CHECK(!no_money.sections[2].score);

  // Not solved, and not loyal: no money is asked about; blame takes the section.
  const auto blamed =
      score(r, answers{{"empathy", "5"}, {"blame", "yes"}, {"solved", "not_at_all"}, {"next_step", "no"}},
            fields{{"topic", "billing"}, {"loyal", "no"}});
  CHECK(blamed.score == 0.0);
  CHECK(blamed.score_before_fail == 0.1875); // 30 * 0.5 of 80
}

TEST_CASE("sales compliance: points with a bonus, a cap above 1, a section for credit") {
  const rubric r = shipped("sales-compliance.yaml");
  using fields = std::map<std::string, std::string>;
  const answers given = {
      {"recording_consent", "yes"}, {"consent_on", "2026-01-15"},  {"needs", "3"},
      {"misleading", "1"},          {"disclosures", "total_cost"}, {"advised_against", "no"}};
  // 20 of 20; advice 15 + 20 + 5 (0.6) of 60; credit 8 of 20: 68 of 100.
  const auto loan = score(r, given, fields{{"product", "loan"}, {"talk_share", "0.6"}});
  CHECK(loan.score == 0.68);
  CHECK(loan.passed == false);
  const auto told = score(r, changed(changed(given, "disclosures", "risks;total_cost"), "reaction", "calm"),
                          fields{{"product", "loan"}, {"talk_share", "0.6"}});
  CHECK(told.score == 0.72);
  CHECK(told.criteria[6].state == criterion_state::excluded);
  CHECK(loan.criteria[6].state == criterion_state::not_asked);
  answers plain = given;
  plain.erase("disclosures");
  CHECK(score(r, plain, fields{{"product", "phone"}, {"talk_share", "0.6"}}).score == 0.75); // 60 of 80

  const answers best = {
      {"recording_consent", "yes"}, {"needs", "4"}, {"misleading", "0"}, {"advised_against", "yes"}};
  const fields phone = {{"product", "phone"}, {"talk_share", "0.4"}};
  CHECK(score(r, best, phone).score == 1.1); // 92 of 80 is 1.15
  const auto twice = score(r, changed(best, "misleading", "2"), phone);
  CHECK(twice.score == 72.0 / 80.0);
  CHECK(twice.passed == false);
  CHECK(score(r, changed(best, "recording_consent", "no"), phone).score == 0.0);
  const auto pushy = score(r, changed(changed(best, "misleading", "3"), "needs", "1"), phone);
  // Advice 5 + 0 + 10 of 60 is below one half: 20 + 15 + 12 of 80 stays below the cap of 0.6.
  CHECK(pushy.score == 47.0 / 80.0);
  CHECK(pushy.fail_rules.size() == 2);
}
