// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#include <qascore/kernel/distribution.hpp>
#include <qascore/qascore.hpp>

#include <cmath>
#include <vector>

struct call {
  double seconds;
};

int main() {
  const std::vector<call> calls{{1}, {2}};
  const bool column = qascore::number_column(calls, &call::seconds).size() == 2;
  // The 97.5 % point of the normal distribution.
  const bool kernel = std::abs(qascore::kernel::normal_quantile(0.975) - 1.959963984540054) < 1e-12;
  return column && kernel ? 0 : 1;
}
