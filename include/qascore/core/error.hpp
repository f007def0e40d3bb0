// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <stdexcept>
#include <string>

/// What can go wrong, as types. A message says which argument or column, what was found, what is allowed,
/// where (row, line), and what was probably meant. No other exception leaves the library, but std::bad_alloc.
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

/// A rubric file or an answer to it is not valid.
class rubric_error : public error {
public:
  using error::error;
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
