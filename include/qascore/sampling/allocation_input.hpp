// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../detail/nearest.hpp"
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

/// The same where every stratum must be named, with a check of each number.
template <class Number, class Allowed>
std::vector<double> all_in_order(const stratum_table& table, const by_stratum<Number>& given,
                                 const char* argument, const char* expected, const Allowed& allowed) {
  std::vector<double> out;
  const auto numbers = in_order(table, given, argument);
  for (std::size_t h = 0; h < numbers.size(); ++h) {
    if (!numbers[h])
      throw argument_error(std::string(argument) + ": stratum " + name(table, h) + " is missing; expected " +
                           expected + " for every stratum");
    const auto number = static_cast<double>(*numbers[h]);
    if (!allowed(number))
      throw argument_error(std::string(argument) + ": stratum " + name(table, h) + ": expected " + expected +
                           " but found " + detail::format_number(number));
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
inline void check_size(double size, const bounds& between, double population) {
  const double least = total(between.lower), most = total(between.upper);
  const auto text = [](double x) { return detail::format_number(x); };
  if (size > population)
    throw design_error("size: expected at most " + text(population) +
                       ", the number of conversations, but found " + text(size));
  if (size < least)
    throw design_error("min_per_stratum: the minima of " + std::to_string(between.lower.size()) +
                       " strata add up to " + text(least) + " but size is " + text(size) +
                       "; the nearest possible size is " + text(least));
  if (size > most)
    throw design_error("max_per_stratum: the maxima of " + std::to_string(between.upper.size()) +
                       " strata add up to " + text(most) + " but size is " + text(size) +
                       "; the nearest possible size is " + text(most));
}

inline std::vector<double> shares_of(const stratum_table& table, const allocation_options& options,
                                     const std::vector<double>& population) {
  switch (options.method) {
  case allocation_method::equal:
    return std::vector<double>(population.size(), 1.0);
  case allocation_method::measure:
    return all_in_order(table, options.measure, "measure", "a number >= 0", is_amount);
  case allocation_method::neyman: {
    std::vector<double> share = all_in_order(table, options.sd, "sd", "a standard deviation >= 0", is_amount);
    std::vector<double> cost(share.size(), 1.0);
    if (!options.cost.empty())
      cost = all_in_order(table, options.cost, "cost", "a number > 0", is_positive);
    for (std::size_t h = 0; h < share.size(); ++h)
      share[h] *= population[h] / std::sqrt(cost[h]);
    return share;
  }
  default:
    return population;
  }
}

inline std::vector<std::uint64_t> rounded(const std::vector<double>& target, std::uint64_t size,
                                          const std::vector<double>& share, const bounds& between,
                                          allocation_rounding rounding) {
  const auto by = [&](kernel::divisor method) {
    return kernel::allocate_by_divisor(size, share, between.lower, between.upper, method);
  };
  switch (rounding) {
  case allocation_rounding::optimal:
    return by(kernel::divisor::huntington_hill);
  case allocation_rounding::jefferson:
    return by(kernel::divisor::jefferson);
  case allocation_rounding::webster:
    return by(kernel::divisor::webster);
  case allocation_rounding::adams:
    return by(kernel::divisor::adams);
  case allocation_rounding::dean:
    return by(kernel::divisor::dean);
  case allocation_rounding::largest_remainder:
    break;
  }
  return kernel::round_by_largest_remainder(target, size);
}

/// Options that go with another way of asking are errors, not ignored.
inline void check_together(const allocation_options& options) {
  const int asked = int{options.size.has_value()} + int{options.rate.has_value()} +
                    int{!options.rates.empty()} + int{!options.counts.empty()};
  if (asked != 1)
    throw argument_error("allocate: expected exactly one of size, rate, rates and counts but found " +
                         (asked == 0 ? std::string("none") : std::to_string(asked)));
  const auto only_for = [](bool given, bool fits, const char* what, const char* where) {
    if (given && !fits)
      throw argument_error(std::string(what) + ": goes only with " + where);
  };
  const bool whole = options.size || options.rate;
  using method = allocation_method;
  if (options.method == method::rates || options.method == method::counts)
    throw argument_error("method: rates and counts are asked by giving them");
  only_for(options.method != method::proportional, whole, "method", "size or rate");
  only_for(options.rounding != allocation_rounding::largest_remainder, whole, "rounding", "size or rate");
  only_for(!options.min_per_stratum.empty(), options.counts.empty(), "min_per_stratum",
           "size, rate or rates");
  only_for(!options.max_per_stratum.empty(), options.counts.empty(), "max_per_stratum",
           "size, rate or rates");
  only_for(!options.sd.empty(), options.method == method::neyman, "sd", "the method neyman");
  only_for(!options.cost.empty(), options.method == method::neyman, "cost", "the method neyman");
  only_for(!options.measure.empty(), options.method == method::measure, "measure", "the method measure");
  if (options.size && *options.size == 0)
    throw argument_error("size: expected a whole number >= 1 but found 0");
  if (options.rate && !(*options.rate > 0.0 && *options.rate <= 1.0))
    throw argument_error("rate: expected a fraction above 0 up to 1 but found " +
                         detail::format_number(*options.rate) +
                         (*options.rate > 1.0 && *options.rate <= 100.0
                              ? " (did you mean " + detail::format_number(*options.rate / 100.0) + "?)"
                              : ""));
}

} // namespace qascore::detail_allocate
