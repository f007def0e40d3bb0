// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../detail/nearest.hpp"
#include "../detail/percent.hpp"
#include "../kernel/allocation.hpp"
#include "allocation_options.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

/// From the options of allocate to the columns that its kernels read, with every check on the way.
namespace qascore::detail_allocate {

inline std::string name(const stratum_table& table, std::size_t h) {
  return stratum_name(table.labels[h]);
}

inline std::vector<std::string> names(const stratum_table& table) {
  std::vector<std::string> out;
  for (std::size_t h = 0; h < table.labels.size(); ++h)
    out.push_back(name(table, h));
  return out;
}

/// The numbers given by stratum, in the order of the table; empty for strata that are not named.
template <class Number>
std::vector<std::optional<Number>> in_order(const stratum_table& table, const by_stratum<Number>& given,
                                            const char* argument) {
  std::vector<std::optional<Number>> out(table.labels.size());
  std::map<std::vector<std::string>, std::size_t> index;
  for (std::size_t h = 0; h < table.labels.size(); ++h)
    index.emplace(table.labels[h], h);
  for (const auto& [key, number] : given) {
    if (key.labels.size() != table.columns.size())
      throw argument_error(std::string(argument) + ": stratum " + stratum_name(key.labels) + ": expected " +
                           std::to_string(table.columns.size()) +
                           " labels, one per strata column, but found " + std::to_string(key.labels.size()));
    const auto at = index.find(key.labels);
    if (at == index.end()) {
      const std::string found = stratum_name(key.labels);
      const std::string near = detail::nearest(found, names(table));
      throw argument_error(std::string(argument) + ": no stratum " + found + " in the data" +
                           (near.empty() ? "" : " (did you mean " + near + "?)"));
    }
    out[at->second] = number;
  }
  return out;
}

inline std::string no_hint(double) {
  return {};
}

/// The same where every stratum must be named, with a check of each number.
template <class Number, class Allowed>
std::vector<double> all_in_order(const stratum_table& table, const by_stratum<Number>& given,
                                 const char* argument, const char* expected, const Allowed& allowed,
                                 std::string (*hint)(double) = no_hint) {
  std::vector<double> out;
  const auto numbers = in_order(table, given, argument);
  for (std::size_t h = 0; h < numbers.size(); ++h) {
    if (!numbers[h])
      throw argument_error(std::string(argument) + ": stratum " + name(table, h) + " is missing; expected " +
                           expected + " for every stratum");
    const auto number = static_cast<double>(*numbers[h]);
    if (!allowed(number))
      throw argument_error(std::string(argument) + ": stratum " + name(table, h) + ": expected " + expected +
                           " but found " + detail::format_number(number) + hint(number));
    out.push_back(number);
  }
  return out;
}

inline bool is_fraction(double x) {
  return x >= 0.0 && x <= 1.0;
}
inline bool is_amount(double x) {
  return x >= 0.0 && !std::isinf(x);
}
inline bool is_positive(double x) {
  return x > 0.0 && !std::isinf(x);
}

struct bounds {
  std::vector<double> lower, upper;
};

/// Bounds per stratum, cut to what it holds; what was cut is noted.
inline bounds bounds_of(const stratum_table& table, const allocation_options& options, std::uint64_t least,
                        std::vector<std::string>& notes) {
  const auto minima = in_order(table, options.min_per_stratum.some(), "min_per_stratum");
  const auto maxima = in_order(table, options.max_per_stratum.some(), "max_per_stratum");
  bounds out;
  for (std::size_t h = 0; h < table.labels.size(); ++h) {
    const std::uint64_t population = table.population[h];
    const std::optional<std::uint64_t> asked_least = minima[h] ? minima[h] : options.min_per_stratum.all();
    const std::optional<std::uint64_t> asked_most = maxima[h] ? maxima[h] : options.max_per_stratum.all();
    if (asked_least && asked_most && *asked_most < *asked_least)
      throw argument_error("max_per_stratum: stratum " + name(table, h) + ": expected at least the minimum " +
                           std::to_string(*asked_least) + " but found " + std::to_string(*asked_most));
    const std::uint64_t maximum = asked_most.value_or(population);
    const std::uint64_t minimum = asked_least.value_or(std::min(least, maximum));
    if (minimum > population)
      notes.push_back("stratum " + name(table, h) + " holds " + std::to_string(population) +
                      ", less than the minimum " + std::to_string(minimum) + ": it is taken whole");
    out.lower.push_back(static_cast<double>(std::min(minimum, population)));
    out.upper.push_back(static_cast<double>(std::min(maximum, population)));
  }
  return out;
}

inline double total(const std::vector<double>& values) {
  double out = 0.0;
  for (const double v : values)
    out += v;
  return out;
}

/// Refuses a size that the bounds do not admit, and names the nearest one that they do.
inline void check_size(double size, const bounds& between, double population, bool default_minima) {
  const double least = total(between.lower), most = total(between.upper);
  const auto text = [](double x) { return detail::format_number(x); };
  if (size > population)
    throw design_error("size: expected at most " + text(population) +
                       ", the number of conversations, but found " + text(size));
  if (size < least)
    throw design_error("min_per_stratum: the minima of " + std::to_string(between.lower.size()) +
                       " strata add up to " + text(least) + " but size is " + text(size) +
                       "; the nearest possible size is " + text(least) +
                       (default_minima ? " (min_per_stratum = 0 asks for no minimum)" : ""));
  if (size > most)
    throw design_error("max_per_stratum: the maxima of " + std::to_string(between.upper.size()) +
                       " strata add up to " + text(most) + " but size is " + text(size) +
                       "; the nearest possible size is " + text(most));
}

inline std::vector<double> costs_of(const stratum_table& table, const allocation_options& options) {
  if (options.cost.empty())
    return std::vector<double>(table.population.size(), 1.0);
  return all_in_order(table, options.cost, "cost", "a number > 0", is_positive);
}

inline constexpr double default_power = 0.5;

inline std::vector<double> shares_of(const stratum_table& table, const allocation_options& options,
                                     const std::vector<double>& population) {
  switch (options.method) {
  case allocation_method::equal:
    return std::vector<double>(population.size(), 1.0);
  case allocation_method::measure:
    return all_in_order(table, options.measure, "measure", "a number >= 0", is_amount);
  case allocation_method::neyman: {
    std::vector<double> share = all_in_order(table, options.sd, "sd", "a standard deviation >= 0", is_amount);
    const std::vector<double> cost = costs_of(table, options);
    for (std::size_t h = 0; h < share.size(); ++h)
      share[h] *= population[h] / std::sqrt(cost[h]);
    return share;
  }
  case allocation_method::power: {
    const double power = options.power.value_or(default_power);
    std::vector<double> share =
        all_in_order(table, options.cv, "cv", "a coefficient of variation >= 0", is_amount);
    std::vector<double> measure = population;
    if (!options.measure.empty())
      measure = all_in_order(table, options.measure, "measure", "a number >= 0", is_amount);
    for (std::size_t h = 0; h < share.size(); ++h)
      share[h] *= std::pow(measure[h], power);
    return share;
  }
  default:
    return population;
  }
}

inline kernel::divisor divisor_of(allocation_rounding rounding) {
  switch (rounding) {
  case allocation_rounding::jefferson:
    return kernel::divisor::jefferson;
  case allocation_rounding::webster:
    return kernel::divisor::webster;
  case allocation_rounding::adams:
    return kernel::divisor::adams;
  case allocation_rounding::dean:
    return kernel::divisor::dean;
  default:
    return kernel::divisor::huntington_hill;
  }
}

inline std::vector<std::uint64_t> rounded(const std::vector<double>& target, std::uint64_t size,
                                          const std::vector<double>& share, const bounds& between,
                                          allocation_rounding rounding) {
  if (rounding == allocation_rounding::largest_remainder)
    return kernel::round_by_largest_remainder(target, size);
  return kernel::allocate_by_divisor(size, share, between.lower, between.upper, divisor_of(rounding));
}

/// Options that go with another way of asking are errors, not ignored.
inline void check_together(const allocation_options& options) {
  const int asked = int{options.size.has_value()} + int{options.rate.has_value()} +
                    int{options.budget.has_value()} + int{options.std_error.has_value()} +
                    int{!options.rates.empty()} + int{!options.counts.empty()};
  if (asked != 1)
    throw argument_error(
        "allocate: expected exactly one of size, rate, budget, std_error, rates and counts but found " +
        (asked == 0 ? std::string("none") : std::to_string(asked)));
  const auto only_for = [](bool given, bool fits, const char* what, const char* where) {
    if (given && !fits)
      throw argument_error(std::string(what) + ": goes only with " + where);
  };
  const bool whole = options.size || options.rate;
  const bool by_method = whole || options.budget || options.std_error;
  using method = allocation_method;
  if (options.method == method::rates || options.method == method::counts)
    throw argument_error("method: rates and counts are asked by giving them");
  only_for(options.method != method::proportional, by_method, "method", "size, rate, budget or std_error");
  only_for(options.std_error.has_value(), options.method == method::neyman, "std_error", "the method neyman");
  only_for(options.rounding != allocation_rounding::largest_remainder, whole, "rounding", "size or rate");
  only_for(!options.min_per_stratum.empty(), options.counts.empty(), "min_per_stratum",
           "size, rate, budget, std_error or rates");
  only_for(!options.max_per_stratum.empty(), options.counts.empty(), "max_per_stratum",
           "size, rate, budget, std_error or rates");
  only_for(!options.min_per.empty(), whole, "min_per", "size or rate");
  only_for(!options.sd.empty(), options.method == method::neyman, "sd", "the method neyman");
  only_for(!options.cost.empty(), options.method == method::neyman || options.budget, "cost",
           "the method neyman or a budget");
  only_for(!options.measure.empty(), options.method == method::measure || options.method == method::power,
           "measure", "the methods measure and power");
  only_for(!options.cv.empty(), options.method == method::power, "cv", "the method power");
  only_for(options.power.has_value(), options.method == method::power, "power", "the method power");
  if (options.power && !(*options.power >= 0.0 && *options.power <= 1.0))
    throw argument_error("power: expected a number from 0 to 1 but found " +
                         detail::format_number(*options.power));
  if (options.budget && !is_positive(*options.budget))
    throw argument_error("budget: expected a number > 0 but found " + detail::format_number(*options.budget));
  if (options.budget && options.cost.empty())
    throw argument_error(
        "cost: expected the cost of one conversation of every stratum, as there is a budget");
  if (options.std_error && !is_positive(*options.std_error))
    throw argument_error("std_error: expected a number > 0 but found " +
                         detail::format_number(*options.std_error));
  if (options.size && *options.size == 0)
    throw argument_error("size: expected a whole number >= 1 but found 0");
  if (options.rate && !(*options.rate > 0.0 && *options.rate <= 1.0))
    throw argument_error("rate: expected a fraction above 0 up to 1 but found " +
                         detail::format_number(*options.rate) + detail::percent_hint(*options.rate));
}

} // namespace qascore::detail_allocate
