// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
// Two translation units that include everything link: no definition stands in a header without `inline`.
#include <qascore/qascore.hpp>

void print_numbers();

int main() { print_numbers(); }
