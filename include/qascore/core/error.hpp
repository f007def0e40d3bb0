// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../detail/config.hpp"

#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

/// What can go wrong, as types. A message says which argument or column, what was found, what is allowed,
/// where (row, line), and what was probably meant. Beside them the library throws std::bad_alloc, and std::system_error
/// where a thread that was asked for cannot be started; what your own projections and functions throw passes through.
namespace qascore {

/// Base of all errors of the library.
class error : public std::runtime_error {
public:
  using std::runtime_error::runtime_error;
};

/// An argument or option is outside what is allowed (a confidence of 95, an unknown name).
class argument_error : public error {
public:
  using error::error;
};

/// The data contradict what the call needs (duplicate ids, a missing column, NaN where a number must be).
class data_error : public error {
public:
  using error::error;
};

/// One thing that is wrong in a file or a definition: where, and what.
struct problem {
  std::string file;    ///< empty when there is no file
  int line = 0;        ///< from 1; 0 when there is no text
  int column = 0;      ///< from 1, in characters (not bytes)
  std::string path;    ///< like `sections[0].criteria[2].weight`; empty for the whole
  std::string message; ///< "expected ... but found ..."

  /// `file:line:column: path: message`, without the parts that are not there.
  std::string text() const {
    std::string out = file;
    if (line > 0) {
      out += out.empty() ? "" : ":";
      out += std::to_string(line) + ":" + std::to_string(column);
    }
    for (const std::string* part : {&path, &message})
      if (!part->empty()) {
        out += out.empty() ? "" : ": ";
        out += *part;
      }
    return out;
  }
};

/// A rubric file or an answer to it is not valid. `what()` has one problem per line.
class rubric_error : public error {
public:
  using error::error;
  explicit rubric_error(std::vector<problem> all) : error(lines(all)), problems_{std::move(all)} {}

  /// All problems, in the order of the file.
  const std::vector<problem>& problems() const noexcept { return problems_; }

private:
  static std::string lines(const std::vector<problem>& all) {
    std::string out;
    for (const problem& one : all) {
      out += out.empty() ? "" : "\n";
      out += one.text();
    }
    return out;
  }
  std::vector<problem> problems_;
};

/// A sampling plan or sample design cannot give what is asked (sample larger than its stratum, single-unit
/// stratum, probabilities outside (0, 1]).
class design_error : public error {
public:
  using error::error;
};

/// A computation failed where the input was valid (no convergence).
class numeric_error : public error {
public:
  using error::error;
};

} // namespace qascore
