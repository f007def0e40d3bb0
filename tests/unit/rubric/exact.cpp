// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#include <qascore/detail/exact.hpp>
#include <qascore/detail/sha256.hpp>

#include <doctest/doctest.h>

#include <string>
#include <vector>

using qascore::detail::exact_number;
using qascore::detail::on_integer_scale;
using qascore::detail::sha256;

TEST_CASE("a decimal is the fraction that a person wrote") {
  const exact_number tenth(0.1), third = exact_number(1.0) / exact_number(3.0);
  CHECK(tenth.numerator() == 1);
  CHECK(tenth.denominator() == 10);
  const exact_number sum = tenth + third;
  CHECK(sum.numerator() == 13);
  CHECK(sum.denominator() == 30);
  CHECK(exact_number(-2.5).numerator() == -5);
  CHECK((exact_number(0.3) - exact_number(0.1)).value() == 0.2); // 0.3 - 0.1 in binary is 0.19999999999999998
}

TEST_CASE("a number that is no short decimal stays a double") {
  const exact_number third(1.0 / 3.0);
  CHECK_FALSE(third.is_exact());
  CHECK(third.value() == 1.0 / 3.0);
  CHECK_FALSE((third * exact_number(3.0)).is_exact());
  CHECK((third * exact_number(3.0)).value() == 1.0);
}

TEST_CASE("a product too large for its fraction keeps its value") {
  exact_number big(1.0);
  for (int i = 0; i < 10; ++i)
    big = big * exact_number(999'983.0) / exact_number(1'000'003.0);
  CHECK_FALSE(big.is_exact());
  CHECK(big.value() > 0.99);
  CHECK(big.value() < 1.0);
}

TEST_CASE("numbers share the smallest integer scale, or the finest") {
  const std::vector<exact_number> numbers = {exact_number(0.5), exact_number(1.0) / exact_number(3.0),
                                             exact_number(2.0)};
  bool exact = true;
  CHECK(on_integer_scale(numbers, 3.0, false, exact) == std::vector<std::int64_t>{3, 2, 12});
  const auto fine = on_integer_scale(numbers, 3.0, true, exact);
  CHECK(exact);
  CHECK(fine[0] * 4 == fine[2]);
  CHECK(fine[1] * 6 == fine[2]);
  CHECK(fine[0] + fine[1] + fine[2] <= exact_number::largest);
  CHECK(3 * fine[2] > exact_number::largest / 2);
}

TEST_CASE("without a common denominator numbers are rounded to the finest scale") {
  const std::vector<exact_number> numbers = {exact_number(1.0 / 3.0), exact_number(2.0 / 3.0)};
  bool exact = true;
  const auto whole = on_integer_scale(numbers, 1.0, false, exact);
  CHECK_FALSE(exact);
  CHECK(whole[0] + whole[1] == exact_number::largest);
}

TEST_CASE("SHA-256 gives the digests of FIPS 180-4") {
  // The examples of the standard (one block, two blocks) and the empty message.
  CHECK(sha256("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(sha256("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq") ==
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  CHECK(sha256("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK(sha256(std::string(1'000'000, 'a')) ==
        "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}
