// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "config.hpp"

#include <algorithm>
#include <cstddef>
#include <exception>
#include <thread>
#include <vector>

namespace qascore::detail {

/// Calls work(part, first, last) for `threads` contiguous parts of 0..count, each on its own thread, and
/// waits. One thread: in the caller's. The first exception (by part) is rethrown.
template <class Work>
void for_each_part(unsigned threads, std::size_t count, const Work& work) {
  const std::size_t parts = std::max<std::size_t>(1, std::min<std::size_t>(threads, count));
  if (parts == 1) {
    work(std::size_t{0}, std::size_t{0}, count);
    return;
  }
  std::vector<std::exception_ptr> failed(parts);
  const auto run = [&](std::size_t part) noexcept {
    try {
      work(part, count * part / parts, count * (part + 1) / parts);
    } catch (...) {
      failed[part] = std::current_exception();
    }
  };
  {
    std::vector<std::thread> pool;
    pool.reserve(parts - 1);
    const auto join = [&] {
      for (std::thread& thread : pool)
        thread.join();
    };
    try {
      for (std::size_t part = 1; part < parts; ++part)
        pool.emplace_back(run, part);
    } catch (...) {
      join();
      throw;
    }
    run(0);
    join();
  }
  for (const std::exception_ptr& error : failed)
    if (error)
      std::rethrow_exception(error);
}

} // namespace qascore::detail
