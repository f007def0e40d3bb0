// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../../core/missing.hpp"
#include "../../detail/parallel.hpp"
#include "../../detail/sum.hpp"
#include "../crossing.hpp"
#include "../domain.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <span>
#include <utility>
#include <vector>

/// Sums by domain in the order of rows: columns are read as they lie in memory, what is scattered is a table of sums.
namespace qascore::kernel::detail_sums {

/// What adds up together: the rows of a domain in one stratum, or in one cluster.
class domain_cells {
public:
  domain_cells(const design_view& design, const domain_view& domain)
      : code_{domain.code}, inner_{design.cluster.empty() ? design.stratum : design.cluster},
        width_{inner_.empty()           ? 1
               : design.cluster.empty() ? design.strata
                                        : design.clusters},
        domains_{domain.count} {
    if (!code_.empty() && !inner_.empty())
      kind_ = !design.cluster.empty() && clusters_in_domains() ? kind::inner
              : design.cluster.empty() && domains_in_strata()  ? kind::domain
                                                               : kind::both;
    else
      kind_ = code_.empty() ? kind::inner : kind::domain;
    if (kind_ == kind::both && (domains_ + 1) * width_ > std::max<std::size_t>(1024, design.units / 4)) {
      // Most combinations do not occur.
      crossing_ =
          cross(std::array<code_column, 2>{code_column{code_, domains_}, code_column{inner_, width_}});
      kind_ = kind::crossed;
    }
    sort_cells();
  }

  std::size_t count() const noexcept { return domain_of_.size(); }
  /// The cells of a domain.
  std::span<const std::uint32_t> of(std::size_t domain) const noexcept {
    return std::span(order_).subspan(start_[domain], start_[domain + 1] - start_[domain]);
  }
  /// The stratum, or cluster, of a cell.
  std::uint32_t inner_of(std::size_t cell) const noexcept { return inner_of_[cell]; }

  /// Calls work(cell_of) with the quickest way from a row to its cell.
  template <class Work>
  void visit(const Work& work) const {
    switch (kind_) {
    case kind::inner:
      return work(
          [this](std::size_t row) { return inner_.empty() ? std::size_t{0} : std::size_t{inner_[row]}; });
    case kind::domain:
      return work([this](std::size_t row) {
        return is_missing(code_[row]) ? domains_ + (inner_.empty() ? 0 : inner_[row])
                                      : std::size_t{code_[row]};
      });
    case kind::both:
      return work([this](std::size_t row) {
        return std::min<std::size_t>(code_[row], domains_) * width_ + inner_[row];
      });
    case kind::crossed:
      return work([this](std::size_t row) { return std::size_t{crossing_.codes[row]}; });
    }
  }

private:
  enum class kind {
    inner,  ///< each stratum, or cluster, lies in one domain: it is the cell
    domain, ///< each domain lies in one stratum: it is the cell; rows without one have a cell per stratum
    both,   ///< a table of domains and strata (clusters), rows without a domain last
    crossed ///< the combinations that occur
  };

  bool clusters_in_domains() {
    domain_of_.assign(width_, missing_code);
    std::vector<char> seen(width_, 0);
    for (std::size_t row = 0; row < code_.size(); ++row) {
      std::uint32_t& domain = domain_of_[inner_[row]];
      if (std::exchange(seen[inner_[row]], char{1}) == 0)
        domain = code_[row];
      else if (domain != code_[row])
        return false;
    }
    return true;
  }
  bool domains_in_strata() {
    inner_of_.assign(domains_, missing_code);
    for (std::size_t row = 0; row < code_.size(); ++row) {
      if (is_missing(code_[row]))
        continue;
      std::uint32_t& stratum = inner_of_[code_[row]];
      if (is_missing(stratum))
        stratum = inner_[row];
      else if (stratum != inner_[row])
        return false;
    }
    return true;
  }

  /// Domain and stratum (cluster) of each cell, and the cells by domain.
  void sort_cells() {
    if (kind_ == kind::inner) {
      if (code_.empty())
        domain_of_.assign(width_, 0);
      inner_of_.resize(width_);
      std::iota(inner_of_.begin(), inner_of_.end(), 0u);
    } else if (kind_ == kind::domain) {
      inner_of_.resize(domains_, 0);
      domain_of_.resize(domains_);
      std::iota(domain_of_.begin(), domain_of_.end(), 0u);
      for (std::uint32_t inner = 0; inner < width_; ++inner) {
        domain_of_.push_back(missing_code);
        inner_of_.push_back(inner);
      }
    } else if (kind_ == kind::both) {
      domain_of_.clear();
      inner_of_.clear();
      for (std::size_t d = 0; d <= domains_; ++d)
        for (std::uint32_t inner = 0; inner < width_; ++inner) {
          domain_of_.push_back(d < domains_ ? static_cast<std::uint32_t>(d) : missing_code);
          inner_of_.push_back(inner);
        }
    } else {
      domain_of_.resize(crossing_.cells);
      inner_of_.resize(crossing_.cells);
      for (std::size_t cell = 0; cell < crossing_.cells; ++cell) {
        domain_of_[cell] = crossing_.labels[2 * cell];
        inner_of_[cell] = crossing_.labels[2 * cell + 1];
      }
    }
    start_.assign(domains_ + 1, 0);
    for (const std::uint32_t d : domain_of_)
      if (!is_missing(d))
        ++start_[d + 1];
    std::partial_sum(start_.begin(), start_.end(), start_.begin());
    order_.resize(start_.back());
    std::vector<std::size_t> next(start_.begin(), start_.end() - 1);
    for (std::uint32_t cell = 0; cell < domain_of_.size(); ++cell)
      if (!is_missing(domain_of_[cell]))
        order_[next[domain_of_[cell]]++] = cell;
  }

  std::span<const std::uint32_t> code_, inner_;
  std::size_t width_ = 1, domains_ = 1;
  kind kind_ = kind::both;
  crossing crossing_;
  std::vector<std::uint32_t> domain_of_, inner_of_; ///< by cell
  std::vector<std::uint32_t> order_;                ///< cells by domain
  std::vector<std::size_t> start_;
};

/// How many threads are worth their start and their tables.
inline unsigned threads_for(unsigned threads, std::size_t rows, std::size_t cells) {
  if (cells > rows / 16)
    return 1;
  return static_cast<unsigned>(std::min<std::size_t>(threads, 1 + rows / (std::size_t{1} << 17)));
}

/// One table of `Cell` from all rows: `add(table, row)` in parts on threads, whose tables are then put together.
template <class Cell, class Add>
void add_rows(std::vector<Cell>& table, std::size_t rows, unsigned threads, const Add& add) {
  std::vector<std::vector<Cell>> others(threads > 1 ? threads - 1 : 0, table);
  detail::for_each_part(threads, rows, [&](std::size_t part, std::size_t first, std::size_t last) {
    Cell* const cells = part == 0 ? table.data() : others[part - 1].data();
    for (std::size_t row = first; row < last; ++row)
      add(cells, row);
  });
  for (const std::vector<Cell>& other : others)
    for (std::size_t cell = 0; cell < table.size(); ++cell)
      table[cell].add(other[cell]);
}

/// Weights and weighted values of the rows of a cell that have a value.
struct first_sums {
  detail::accurate_sum weight, total;
  std::uint32_t rows = 0, missing = 0;
  std::uint32_t left = 0; ///< Poisson samples: rows that were left to chance

  void add(const first_sums& other) {
    weight.add(other.weight);
    total.add(other.total);
    rows += other.rows;
    missing += other.missing;
    left += other.left;
  }
};

/// Weighted distances from the domain's mean: their sum, and squares about their own mean in the cell.
struct second_sums {
  double centre = 0.0, about = 0.0;
  detail::accurate_sum rest, squares;

  void add(const second_sums& other) {
    rest.add(other.rest);
    squares.add(other.squares);
  }
};

/// A mean by domain before its limits are made.
struct mean_of_domain {
  double value = missing_value;
  std::size_t rows = 0, missing = 0;
  design_variance spread;
};

/// Means by domain and their variances, as estimate_domains finds them from mean_of_rows, for weights as they were drawn.
inline std::vector<mean_of_domain> means_in_row_order(const design_view& design, const domain_view& domain,
                                                      std::span<const double> y, unsigned threads) {
  std::vector<mean_of_domain> out(domain.count);
  if (out.empty() || y.empty()) { // a design without rows has no stratum either
    for (mean_of_domain& found : out)
      found.spread.undefined = "no unit has a value";
    return out;
  }
  const domain_cells cells(design, domain);
  const unsigned parts = threads_for(threads, y.size(), cells.count());
  const bool clustered = !design.cluster.empty();

  const auto look = [&](const auto& work) {
    cells.visit([&](const auto& cell_of) {
      if (design.weight.empty())
        work(cell_of, [](std::size_t) { return 1.0; });
      else
        work(cell_of, [&](std::size_t row) { return design.weight[row]; });
    });
  };

  std::vector<first_sums> first(cells.count());
  look([&](const auto& cell_of, const auto& weight_of) {
    add_rows(first, y.size(), parts, [&](first_sums* table, std::size_t row) {
      first_sums& cell = table[cell_of(row)];
      if (is_missing(y[row])) {
        ++cell.missing;
        return;
      }
      ++cell.rows;
      if (!design.chance.empty())
        cell.left += design.chance[row] < 1.0;
      cell.weight.add(weight_of(row));
      cell.total.add(weight_of(row) * y[row]);
    });
  });

  // The centre, and how far the rows of a cell lie from it on average.
  std::vector<second_sums> second(cells.count());
  std::vector<double> weight(domain.count);
  std::size_t missing = 0;
  for (const first_sums& cell : first)
    missing += cell.missing;
  for (std::size_t d = 0; d < domain.count; ++d) {
    detail::accurate_sum weights, total;
    for (const std::uint32_t c : cells.of(d)) {
      weights.add(first[c].weight);
      total.add(first[c].total);
      out[d].rows += first[c].rows;
      out[d].missing += first[c].missing;
    }
    weight[d] = weights.value();
    const double centre = total.value() / weight[d];
    for (const std::uint32_t c : cells.of(d)) {
      second[c].centre = centre;
      if (!clustered && design.chance.empty() && first[c].rows > 0)
        second[c].about =
            (first[c].total.value() - centre * first[c].weight.value()) / static_cast<double>(first[c].rows);
    }
  }

  look([&](const auto& cell_of, const auto& weight_of) {
    const auto distance = [&](const second_sums& cell, std::size_t row) {
      return weight_of(row) * (y[row] - cell.centre);
    };
    const auto look_again = [&](const auto& squares_of) {
      add_rows(second, y.size(), parts, [&](second_sums* table, std::size_t row) {
        if (is_missing(y[row]))
          return;
        second_sums& cell = table[cell_of(row)];
        const double rest = distance(cell, row);
        cell.rest.add(rest);
        squares_of(cell, rest, row);
      });
    };
    if (clustered)
      look_again([](second_sums&, double, std::size_t) {});
    else if (design.chance.empty())
      look_again([](second_sums& cell, double rest, std::size_t) {
        cell.squares.add((rest - cell.about) * (rest - cell.about));
      });
    else
      look_again([&](second_sums& cell, double rest, std::size_t row) {
        cell.squares.add((1.0 - design.chance[row]) * rest * rest);
      });
  });

  std::vector<char> silent;
  if (missing > 0)
    silent = silent_domains(design, domain, y);
  std::vector<std::size_t> sizes(design.strata, 0);
  if (!clustered)
    for (std::size_t c = 0; c < cells.count(); ++c)
      sizes[cells.inner_of(c)] += first[c].rows;
  variance_engine engine = clustered ? variance_engine(design, y) : variance_engine(design, sizes, missing);
  std::vector<stratum_totals> strata;
  std::vector<std::uint32_t> clusters;
  std::vector<double> totals;
  for (std::size_t d = 0; d < domain.count; ++d) {
    mean_of_domain& found = out[d];
    if (found.rows == 0) {
      found.spread.undefined = "no unit has a value";
      continue;
    }
    if (!silent.empty() && silent[d] != 0) {
      found.spread.undefined = silent_stratum;
      continue;
    }
    strata.clear();
    clusters.clear();
    totals.clear();
    detail::accurate_sum rest;
    for (const std::uint32_t c : cells.of(d)) {
      if (first[c].rows == 0)
        continue;
      rest.add(second[c].rest);
      if (clustered) {
        clusters.push_back(cells.inner_of(c));
        totals.push_back(second[c].rest.value());
      } else {
        strata.push_back({cells.inner_of(c), first[c].rows, second[c].rest.value(), second[c].about,
                          second[c].squares.value(), first[c].left});
      }
    }
    // As mean_of in mean.ipp: the second look removes the rounding of the first.
    found.value = second[cells.of(d).front()].centre + rest.value() / weight[d];
    found.spread = clustered ? engine.of_clusters(clusters, totals) : engine.of_sums(strata);
    found.spread.variance /= weight[d] * weight[d];
    found.spread.census = found.spread.census && found.missing == 0;
  }
  return out;
}

} // namespace qascore::kernel::detail_sums
