// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../../core/error.hpp"
#include "../ratings.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

/// Numbers of the units that every rater rated: what coefficients of measurements read.
namespace qascore::kernel::detail_complete {

struct complete_ratings {
  std::size_t raters = 0;
  std::vector<std::uint32_t> profile; ///< complete ones, ascending
  std::vector<std::uint8_t> part;     ///< of all profiles
  std::vector<double> weight;         ///< per complete profile
  double units = 0.0, total = 0.0;    ///< units, and their weight
  std::vector<double> value;          ///< complete profiles x raters

  double at(std::size_t row, std::size_t rater) const noexcept { return value[row * raters + rater]; }
  std::size_t rows() const noexcept { return profile.size(); }
};

inline complete_ratings complete_of(const rating_view& ratings, const profile_weights& by) {
  if (ratings.anonymous())
    throw argument_error(
        "ratings: needs to know which rater gave which rating, but the raters are anonymous");
  complete_ratings out;
  out.raters = ratings.raters;
  out.part.assign(ratings.profiles(), 0);
  for (std::uint32_t p = 0; p < ratings.profiles(); ++p) {
    if (ratings.raters == 0 || ratings.count(p) != ratings.raters)
      continue;
    out.part[p] = 1;
    out.profile.push_back(p);
    out.weight.push_back(by.weight[p]);
    out.units += ratings.multiplicity[p];
    out.total += by.weight[p];
    for (const std::uint32_t code : ratings.of(p))
      out.value.push_back(ratings.value[code]);
  }
  return out;
}

/// Why there is nothing to compare; empty: there is.
inline std::string obstacle(const complete_ratings& data) {
  if (data.raters < 2)
    return "fewer than 2 raters";
  if (data.units < 2.0)
    return "fewer than 2 units were rated by all raters";
  return {};
}

/// The value that one number per complete profile has over all profiles: 0 elsewhere.
inline std::vector<double> spread_to_profiles(const complete_ratings& data,
                                              const std::vector<double>& by_row) {
  std::vector<double> out(data.part.size(), 0.0);
  for (std::size_t row = 0; row < data.rows(); ++row)
    out[data.profile[row]] = by_row[row];
  return out;
}

} // namespace qascore::kernel::detail_complete
