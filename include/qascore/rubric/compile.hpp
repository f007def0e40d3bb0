// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "compiled.hpp"
#include "conditions.hpp"

#include <map>
#include <set>
#include <string>
#include <vector>

/// From a valid definition to the tables that kernel/scoring.hpp reads.
namespace qascore::detail {

class rubric_compiler {
public:
  explicit rubric_compiler(const rubric_definition& rubric) : rubric_{rubric}, graph_{rubric} {
    graph_.make_classes();
  }

  compiled_rubric run() {
    kernel::scoring_plan& plan = out_.plan;
    plan.floor = rubric_.floor.value_or(0.0);
    plan.cap = rubric_.cap.value_or(plan.cap);
    plan.digits = rubric_.round ? rubric_.round->digits : -1;
    plan.half_even = rubric_.round && rubric_.round->rule == rounding_rule::half_even;
    const bool by_section =
        rubric_.method == scoring_method::weighted && rubric_.weights == weights_of::section;
    plan.how = by_section && rubric_.not_applicable != not_applicable_policy::redistribute_over_form
                   ? kernel::combine::means
                   : kernel::combine::amounts;
    add_sections(rubric_.sections, compiled_section::none, exact_number(1.0), by_section, 1, false);
    kernel::scoring_node form;
    form.last = static_cast<std::uint32_t>(out_.criteria.size());
    plan.nodes.push_back(form);
    const auto root = static_cast<std::uint32_t>(plan.nodes.size() - 1);
    for (auto& section : out_.sections)
      if (section.parent == compiled_section::none)
        plan.nodes[section.node].parent = root;
      else
        plan.nodes[section.node].parent = static_cast<std::uint32_t>(out_.sections[section.parent].node);

    plan.criteria = out_.criteria.size();
    out_.form_cells.resize(out_.criteria.size() * kernel::table_stride);
    fill_cells(out_.form_cells, 0, out_.criteria.size(), true);
    if (rubric_.method == scoring_method::base) {
      fill_base();
    } else if (plan.how == kernel::combine::amounts) {
      plan.cells = out_.form_cells;
    } else {
      plan.cells.resize(out_.form_cells.size());
      for (const auto& node : plan.nodes)
        if (node.leaf)
          fill_cells(plan.cells, node.first, node.last, false);
    }
    mark_codes();
    add_conditions();
    add_rules();
    for (const auto& rule : plan.rules)
      count_rule(rule);
    return std::move(out_);
  }

private:
  static exact_number weight_of(const auto& part) {
    return is_scored(part) ? exact_number(part.weight.value_or(1.0)) : exact_number(0.0);
  }

  static exact_number sum_of_weights(const auto& parts) {
    exact_number sum;
    for (const auto& part : parts)
      sum = sum + weight_of(part);
    return sum;
  }

  void add_sections(const std::vector<section_definition>& sections, std::size_t parent,
                    const exact_number& share, bool by_section, std::uint32_t depth, bool excluded) {
    std::vector<exact_number> weights;
    double total = 0.0;
    for (const auto& section : sections) {
      weights.push_back(weight_of(section));
      total += weights.back().value();
    }
    const exact_number sum = sum_of_weights(sections);
    const auto whole = on_integer_scale(weights, total, false, out_.exact);
    for (std::size_t i = 0; i < sections.size(); ++i) {
      exact_number inner = share;
      if (by_section)
        inner = sum.value() > 0.0 ? share * weights[i] / sum : exact_number(0.0);
      else if (rubric_.method == scoring_method::scaled_points)
        inner = share * exact_number(sections[i].weight.value_or(1.0));
      const std::size_t index = out_.sections.size();
      out_.sections.push_back({&sections[i], parent, 0});
      kernel::scoring_node node;
      node.depth = depth;
      node.weight = static_cast<double>(whole[i]);
      node.leaf = !sections[i].criteria.empty();
      node.first = static_cast<std::uint32_t>(out_.criteria.size());
      const bool left_out = excluded || sections[i].excluded;
      add_sections(sections[i].sections, index, inner, by_section, depth + 1, left_out);
      const exact_number within = sum_of_weights(sections[i].criteria);
      for (const auto& criterion : sections[i].criteria) {
        compiled_criterion one;
        one.definition = &criterion;
        one.section = index;
        one.classes = graph_.criteria()[out_.criteria.size()].classes;
        one.points = one.classes ? one.classes->points()
                                 : points_of_codes(criterion.answer, rubric_.method == scoring_method::base);
        one.possible = criterion.out_of ? exact_number(*criterion.out_of) : highest(one.points);
        if (rubric_.method == scoring_method::base)
          one.lowest = lowest(one.points);
        const exact_number weight = left_out ? exact_number(0.0) : weight_of(criterion);
        one.scored = weight.value() > 0.0;
        one.share = inner;
        if (by_section)
          one.share = one.scored ? inner * weight / within : exact_number(0.0);
        else if (rubric_.method == scoring_method::weighted ||
                 rubric_.method == scoring_method::scaled_points)
          one.share = inner * weight;
        out_.criteria.push_back(std::move(one));
      }
      node.last = static_cast<std::uint32_t>(out_.criteria.size());
      out_.sections[index].node = out_.plan.nodes.size();
      out_.plan.nodes.push_back(node);
    }
  }

  // Amounts of criteria first .. last - 1 on one integer scale.
  void fill_cells(std::vector<kernel::scoring_cell>& cells, std::size_t first, std::size_t last,
                  bool of_form) {
    // Per criterion: possible, then what each code earns, then what its caps leave.
    std::vector<exact_number> amounts;
    double total = 0.0;
    for (std::size_t c = first; c < last; ++c) {
      const auto& one = out_.criteria[c];
      if (!one.scored) { // its answers may all earn 0: nothing to divide by
        amounts.resize(amounts.size() + 1 + one.points.size() + criterion_caps(one).size());
        continue;
      }
      const exact_number factor = of_form ? one.share : exact_number(one.definition->weight.value_or(1.0));
      const bool ratio = rubric_.method == scoring_method::weighted;
      const exact_number span = one.possible - one.lowest;
      amounts.push_back(one.definition->bonus ? exact_number(0.0) : ratio ? factor : factor * span);
      for (const auto& points : one.points)
        amounts.push_back(ratio ? factor * points / one.possible : factor * (points - one.lowest));
      for (const exact_number& cap : criterion_caps(one))
        amounts.push_back(ratio ? factor * cap : factor * cap * span);
      // With "out_of", answers above full marks earn more than is possible.
      const exact_number most = highest(one.points);
      total += (ratio                                 ? factor
                : most.value() > one.possible.value() ? factor * (most - one.lowest)
                                                      : factor * span)
                   .value();
    }
    // Caps of sections fall on sums: they are whole where the cap of each part is.
    const std::size_t used = amounts.size();
    if (of_form)
      for (const exact_number& cap : section_caps())
        for (std::size_t i = 0; i < used; ++i)
          amounts.push_back(cap * amounts[i]);
    const auto whole = on_integer_scale(amounts, total, of_form, out_.exact);
    auto at = whole.begin();
    for (std::size_t c = first; c < last; ++c) {
      kernel::scoring_cell* const table = cells.data() + c * kernel::table_stride;
      const std::int64_t possible = *at++;
      for (std::size_t code = 0; code < out_.criteria[c].points.size(); ++code)
        table[code] = {*at++, possible};
      out_.criteria[c].caps.assign(at,
                                   at + static_cast<std::ptrdiff_t>(criterion_caps(out_.criteria[c]).size()));
      at += static_cast<std::ptrdiff_t>(out_.criteria[c].caps.size());
      if (rubric_.not_applicable == not_applicable_policy::full_marks)
        table[kernel::not_applicable_code] = {possible, possible};
      else if (rubric_.not_applicable == not_applicable_policy::zero)
        table[kernel::not_applicable_code] = {0, possible};
    }
  }

  static bool is_cap(const fail_rule_definition& rule, fail_scope scope) {
    return rule.effect == fail_effect::cap && rule.scope == scope;
  }

  static std::vector<exact_number> criterion_caps(const compiled_criterion& one) {
    std::vector<exact_number> caps;
    for (const auto& rule : one.definition->fail)
      if (is_cap(rule, fail_scope::criterion))
        caps.emplace_back(rule.cap);
    return caps;
  }

  // Of all rules, each once.
  std::vector<exact_number> section_caps() const {
    std::set<double> caps;
    const auto add = [&](const std::vector<fail_rule_definition>& rules) {
      for (const auto& rule : rules)
        if (is_cap(rule, fail_scope::section))
          caps.insert(rule.cap);
    };
    for (const auto& section : out_.sections)
      add(section.definition->fail);
    for (const auto& one : out_.criteria)
      add(one.definition->fail);
    return {caps.begin(), caps.end()};
  }

  // With method base `possible` of a cell is what the criterion may deduct, so that base + earned - possible
  // are points, and a criterion that takes no part is {0, 0} as everywhere.
  void fill_base() {
    kernel::scoring_plan& plan = out_.plan;
    plan.how = kernel::combine::base;
    plan.cells.resize(out_.form_cells.size());
    const double scale = rubric_.scale.value_or(rubric_.base);
    std::vector<exact_number> amounts = {exact_number(rubric_.base), exact_number(scale)};
    double total = rubric_.base + scale;
    for (const auto& one : out_.criteria) {
      const exact_number factor(one.scored ? 1.0 : 0.0);
      const exact_number down = one.lowest.value() < 0.0 ? exact_number(0.0) - one.lowest : exact_number(0.0);
      amounts.push_back(factor * down);
      for (const auto& points : one.points)
        amounts.push_back(factor * (points + down));
      total += std::abs(one.possible.value()) + 2.0 * down.value();
    }
    const auto whole = on_integer_scale(amounts, total, false, out_.exact);
    auto at = whole.begin();
    plan.base = static_cast<double>(*at++);
    plan.unit = static_cast<double>(*at++);
    plan.floor = rubric_.floor.value_or(0.0) / scale;
    plan.cap = rubric_.cap.value_or(scale) / scale;
    for (std::size_t c = 0; c < out_.criteria.size(); ++c) {
      kernel::scoring_cell* const table = plan.cells.data() + c * kernel::table_stride;
      const std::int64_t down = *at++;
      for (std::size_t code = 0; code < out_.criteria[c].points.size(); ++code)
        table[code] = {*at++, down};
    }
  }

  // Codes that are no answers of a criterion, and "unanswered": see kernel/scoring.hpp.
  void mark_codes() {
    for (std::size_t c = 0; c < out_.criteria.size(); ++c) {
      const auto& one = out_.criteria[c];
      // Free text has one code: something was written. It may be left out.
      const bool scored = is_scored(one.definition->answer);
      const std::size_t answers = scored ? one.points.size() : 1;
      kernel::scoring_cell* const table = out_.plan.cells.data() + c * kernel::table_stride;
      for (std::size_t code = answers; code < kernel::not_applicable_code; ++code)
        table[code].possible = 2 * kernel::cell_event;
      // Where it keeps its weight, an evaluation with nothing else has no score: the full path sees that.
      if (!one.definition->not_applicable)
        table[kernel::not_applicable_code] = {0, 2 * kernel::cell_event};
      else if (table[kernel::not_applicable_code].possible > 0)
        table[kernel::not_applicable_code].possible += kernel::cell_event;
      table[kernel::unanswered_code].possible = scored ? kernel::cell_event : 0;
    }
  }

  // Criteria with the same conditions share them; each after all that it looks at.
  void add_conditions() {
    const condition_graph& graph = graph_;
    out_.fields = graph.fields();
    kernel::scoring_plan& plan = out_.plan;
    plan.inputs = graph.inputs();
    std::map<std::vector<const condition_definition*>, std::size_t> known;
    std::vector<std::size_t> cycle;
    for (const std::size_t c : graph.order(cycle)) {
      const auto& conditions = graph.criteria()[c].conditions;
      if (conditions.empty())
        continue;
      const auto [at, fresh] = known.try_emplace(conditions, plan.conditions.size());
      if (fresh) {
        auto& steps = plan.conditions.emplace_back().steps;
        add_steps(graph, conditions, kernel::condition_step::kind::both, steps);
      }
      auto& condition = plan.conditions[at->second];
      const bool filled = !metric_of(graph.criteria()[c].definition->answer).empty();
      (filled ? condition.filled : condition.criteria).push_back(static_cast<std::uint32_t>(c));
      plan.cells[c * kernel::table_stride + kernel::not_asked_code] = {};
    }
  }

  static void add_steps(const condition_graph& graph, const std::vector<const condition_definition*>& parts,
                        kernel::condition_step::kind joined, std::vector<kernel::condition_step>& out) {
    for (std::size_t i = 0; i < parts.size(); ++i) {
      add_steps(graph, *parts[i], out);
      if (i > 0)
        out.push_back({joined, 0, {}});
    }
  }

  static void add_steps(const condition_graph& graph, const condition_definition& condition,
                        std::vector<kernel::condition_step>& out) {
    using enum kernel::condition_step::kind;
    if (condition.what == condition_kind::answer || condition.what == condition_kind::field) {
      out.push_back({test, static_cast<std::uint32_t>(graph.input_of(condition)), graph.codes_of(condition)});
      return;
    }
    std::vector<const condition_definition*> parts;
    for (const auto& part : condition.parts)
      parts.push_back(&part);
    add_steps(graph, parts, condition.what == condition_kind::any ? either : both, out);
    if (condition.what == condition_kind::negation)
      out.push_back({negation, 0, {}});
  }

  void add_rules() {
    kernel::scoring_plan& plan = out_.plan;
    for (const auto& section : out_.sections)
      for (const auto& definition : section.definition->fail) {
        kernel::scoring_rule rule = basic_rule(definition, section);
        rule.below = std::get<when_below>(definition.when).fraction;
        plan.rules.push_back(rule);
        plan.watches_nodes = true;
      }
    for (std::size_t c = 0; c < out_.criteria.size(); ++c) {
      std::size_t cap = 0;
      for (const auto& definition : out_.criteria[c].definition->fail) {
        kernel::scoring_rule rule = basic_rule(definition, out_.sections[out_.criteria[c].section]);
        rule.criterion = static_cast<std::uint32_t>(c);
        if (is_cap(definition, fail_scope::criterion))
          rule.most = out_.criteria[c].caps[cap++];
        for (std::size_t code = 0; code < out_.criteria[c].points.size(); ++code)
          if (fires(definition, out_.criteria[c], code))
            rule.codes[code >> 6] |= std::uint64_t{1} << (code & 63);
        plan.rules.push_back(rule);
      }
    }
  }

  // The rule of a section, or of a criterion right in it.
  kernel::scoring_rule basic_rule(const fail_rule_definition& definition,
                                  const compiled_section& within) const {
    const compiled_section* target = &within;
    while (!definition.section.empty() && target->definition->id != definition.section)
      target = &out_.sections[target->parent];
    kernel::scoring_rule rule;
    rule.node = static_cast<std::uint32_t>(target->node);
    rule.scope = definition.scope;
    rule.effect = definition.effect;
    rule.cap = definition.cap;
    return rule;
  }

  static bool fires(const fail_rule_definition& rule, const compiled_criterion& criterion, std::size_t code) {
    const double earned = criterion.points[code].value(), lowest = criterion.lowest.value();
    if (const auto* chosen = std::get_if<when_chosen>(&rule.when); chosen && criterion.classes)
      return criterion.classes->holds(code, test_of(*several_of(criterion.definition->answer), *chosen));
    if (const auto* chosen = std::get_if<when_chosen>(&rule.when))
      return std::ranges::find(chosen->answers, answer_text(criterion.definition->answer, code)) !=
             chosen->answers.end();
    if (const auto* below = std::get_if<when_below>(&rule.when))
      return !kernel::reaches((earned - lowest) / (criterion.possible.value() - lowest), below->fraction);
    if (const auto* hits = std::get_if<when_hits>(&rule.when))
      return code >= static_cast<std::size_t>(hits->at_least);
    return earned < highest(criterion.points).value();
  }

  // A rule on a criterion is seen by the fast path through the cells of its codes.
  void count_rule(const kernel::scoring_rule& rule) {
    if (rule.criterion == kernel::scoring_rule::none)
      return;
    kernel::scoring_cell* const table = out_.plan.cells.data() + rule.criterion * kernel::table_stride;
    for (std::size_t code = 0; code < out_.criteria[rule.criterion].points.size(); ++code) {
      if (!rule.has(static_cast<std::uint8_t>(code)))
        continue;
      const bool plain = rule.scope == fail_scope::form && rule.effect == fail_effect::zero;
      // At most one of the second kind, whatever the number of rules: two mean a code that is not allowed.
      if (plain)
        table[code].earned += kernel::cell_event;
      else if (table[code].possible < kernel::cell_event)
        table[code].possible += kernel::cell_event;
    }
  }

  const rubric_definition& rubric_;
  condition_graph graph_;
  compiled_rubric out_;
};

} // namespace qascore::detail
