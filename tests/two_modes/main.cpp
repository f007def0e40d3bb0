// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
void print_numbers();

int main() { print_numbers(); }
