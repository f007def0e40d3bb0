// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#include <qascore/calibration/krippendorff.hpp>
#include <qascore/rubric.hpp>
#include <qascore/rubric/yaml.hpp>

#include <map>
#include <string>
#include <vector>

namespace qa = qascore;

struct review {
  std::string conversation, rater;
  std::map<std::string, std::string> answers;
  double score;
};

int main() {
  const qa::rubric form = qa::parse_rubric(R"(
qascore: 1
id: opening
version: "1"
title: {en: Opening}
scoring: {method: points}
sections:
  - id: opening
    title: {en: Opening}
    criteria:
      - {id: greeting, title: {en: Greets}, answer: yes_no}
      - {id: name, title: {en: Says the name}, answer: yes_no}
)");
  std::vector<review> reviews{{"c1", "r1", {{"greeting", "yes"}, {"name", "no"}}, 0},
                              {"c1", "r2", {{"greeting", "yes"}, {"name", "no"}}, 0},
                              {"c2", "r1", {{"greeting", "yes"}, {"name", "yes"}}, 0},
                              {"c2", "r2", {{"greeting", "yes"}, {"name", "yes"}}, 0}};
  for (review& one : reviews)
    one.score = qa::score(form, one.answers).score.value();
  const auto table = qa::rating_table::from(reviews, &review::conversation, &review::rater, &review::score);
  const bool scored = reviews[0].score == 0.5 && reviews[2].score == 1.0;
  return scored && qa::krippendorff_alpha(table).value == 1.0 ? 0 : 1;
}
