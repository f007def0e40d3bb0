// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../core/error.hpp"
#include "../core/seed.hpp"
#include "../detail/config.hpp"
#include "../detail/format.hpp"

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>

/// Permanent random numbers: a 64-bit keyed hash of (seed, id). The format has a name and does not change; a
/// new one would get a new name, so that an old plan can be redrawn.
///
///   mix(x)      Stafford's variant 13 of the 64-bit finaliser, all modulo 2^64: x ^= x >> 30,
///               x *= bf58476d1ce4e5b9, x ^= x >> 27, x *= 94d049bb133111eb, x ^= x >> 31
///   g           9e3779b97f4a7c15
///   keys        k0 = mix(seed + g), k1 = mix(k0 + g) for integers
///               k2 = mix(k1 + g), k3 = mix(k2 + g) for text
///   integer id  mix(mix(id ^ k0) + k1), 64-bit two's complement; one to one: no two share a number
///   text id     h = k2 ^ (bytes * g)
///               for each 8 bytes, little-endian, the last padded with zeros: h = mix(h ^ word)
///               mix(h + k3)
///
/// The integer 7 and the text "7" are different ids with different numbers. As a uniform number in [0, 1) a
/// hash h is (h >> 11) * 2^-53; comparisons use all 64 bits, and ties (text only) go by id.
/// Source: Steele, Lea, Flood (2014), Fast splittable pseudorandom number generators,
/// doi:10.1145/2660193.2660195 (the generator that made this finaliser known).
/// Checked against: known answers from a second implementation in Python integers, chi-square and serial
/// tests.
namespace qascore::kernel {

/// Name of the format above, written in every sampling plan.
inline constexpr std::string_view random_number_format = "mix13-1";

namespace detail_random_number {
inline constexpr std::uint64_t golden = 0x9e3779b97f4a7c15u;

constexpr std::uint64_t mix(std::uint64_t x) noexcept {
  x ^= x >> 30;
  x *= 0xbf58476d1ce4e5b9u;
  x ^= x >> 27;
  x *= 0x94d049bb133111ebu;
  return x ^ (x >> 31);
}

/// Up to 8 bytes as a little-endian word, padded with zeros.
inline std::uint64_t word_of(const char* bytes, std::size_t count) noexcept {
  std::uint64_t word = 0;
  if constexpr (std::endian::native == std::endian::little) {
    std::memcpy(&word, bytes, count);
  } else {
    for (std::size_t i = 0; i < count; ++i)
      word |= std::uint64_t{static_cast<unsigned char>(bytes[i])} << (8 * i);
  }
  return word;
}
} // namespace detail_random_number

/// Where samples begin on the circle of numbers, and which way they go. Samples that begin elsewhere overlap
/// as little, or as much, as the distance allows; each by itself is as random as one from 0 upwards.
class rotation {
public:
  /// From 0 upwards: numbers as they are.
  constexpr rotation() noexcept = default;
  /// Up: u becomes (u - start) mod 1. Down: 1 - (u - start) mod 1. Throws argument_error unless 0 <= start < 1.
  constexpr explicit rotation(double start, bool down = false)
      : start_{start},
        shift_{static_cast<std::uint64_t>(checked(start) * 0x1p64)},
        flip_{down ? ~std::uint64_t{0} : std::uint64_t{0}} {}

  constexpr std::uint64_t operator()(std::uint64_t number) const noexcept { return (number - shift_) ^ flip_; }
  /// Of a uniform number that came from elsewhere.
  double operator()(double u) const noexcept {
    const double turned = u < start_ ? u - start_ + 1.0 : u - start_;
    return flip_ == 0 ? turned : 1.0 - turned;
  }
  friend constexpr bool operator==(const rotation&, const rotation&) noexcept = default;

private:
  static constexpr double checked(double start) {
    if (!(start >= 0.0 && start < 1.0))
      throw argument_error("start: expected a number from 0 to below 1 but found " +
                           qascore::detail::format_number(start));
    return start;
  }

  double start_ = 0.0;
  std::uint64_t shift_ = 0, flip_ = 0;
};

/// The permanent random numbers of one seed.
class permanent_numbers {
public:
  constexpr explicit permanent_numbers(seed s, rotation turn = {}) noexcept
      : turn_{turn},
        integer_first_{detail_random_number::mix(s.value() + detail_random_number::golden)},
        integer_last_{detail_random_number::mix(integer_first_ + detail_random_number::golden)},
        text_first_{detail_random_number::mix(integer_last_ + detail_random_number::golden)},
        text_last_{detail_random_number::mix(text_first_ + detail_random_number::golden)} {}

  constexpr std::uint64_t operator()(std::int64_t id) const noexcept {
    using detail_random_number::mix;
    return turn_(mix(mix(static_cast<std::uint64_t>(id) ^ integer_first_) + integer_last_));
  }

  std::uint64_t operator()(std::string_view id) const noexcept {
    using namespace detail_random_number;
    std::uint64_t h = text_first_ ^ (id.size() * golden);
    const char* bytes = id.data();
    std::size_t left = id.size();
    for (; left >= 8; left -= 8, bytes += 8)
      h = mix(h ^ word_of(bytes, 8));
    if (left > 0)
      h = mix(h ^ word_of(bytes, left));
    return turn_(mix(h + text_last_));
  }

private:
  rotation turn_;
  std::uint64_t integer_first_, integer_last_, text_first_, text_last_;
};

/// The number as a uniform fraction in [0, 1): its upper 53 bits.
constexpr double uniform_of(std::uint64_t number) noexcept {
  return static_cast<double>(number >> 11) * 0x1p-53;
}

} // namespace qascore::kernel
