// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../../core/error.hpp"
#include "../../core/missing.hpp"
#include "../../detail/format.hpp"
#include "../assignment.hpp"
#include "../cheapest_chain.hpp"
#include "../random_number.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <limits>
#include <map>
#include <numeric>
#include <string>
#include <tuple>
#include <unordered_map>
#include <utility>

namespace qascore::kernel {
namespace detail_assignment {

using codes = std::vector<std::uint32_t>;

/// What an exchange costs: loads first, then pairs and rotation.
struct price {
  std::int64_t load = 0, rest = 0;

  friend constexpr price operator+(price a, price b) noexcept { return {a.load + b.load, a.rest + b.rest}; }
  constexpr bool is_below(price other) const noexcept {
    return load != other.load ? load < other.load : rest < other.rest;
  }
};

// Prices in whole numbers, so that what is equal stays equal. Each is beyond all that the next ones can add up to.
inline constexpr std::int64_t closed_price = std::int64_t{1} << 61;     ///< there is no such exchange
inline constexpr std::int64_t unassigned_price = std::int64_t{1} << 58; ///< of a rating that nobody gives
inline constexpr std::int64_t minimum_price = std::int64_t{1} << 53; ///< of a rating below a rater's minimum
inline constexpr int load_bits = 20; ///< loads are compared to 2^-20 of a rating
inline constexpr std::int64_t pair_price = std::int64_t{1}
                                           << 32;      ///< of one more in the sum of squares; rotation: 1
inline constexpr std::uint32_t most_recent = 1u << 20; ///< of a kind and a rater
inline constexpr std::size_t most_raters = 2'000;
inline constexpr std::size_t most_looked_at =
    1'000; ///< conversations that one could exchange its raters with
inline constexpr std::uint64_t most_ratings = std::uint64_t{1} << 28;

/// Who may judge the conversations of one kind, and who had them lately. Kinds that are alike are one class.
struct rules {
  codes barred;
  std::vector<std::pair<std::uint32_t, std::uint32_t>> recent;
  friend bool operator<(const rules& a, const rules& b) {
    return std::tie(a.barred, a.recent) < std::tie(b.barred, b.recent);
  }
};

inline void require(std::size_t found, std::size_t expected, const char* what) {
  if (found != expected)
    throw argument_error(std::string(what) + ": expected " + std::to_string(expected) + " values but found " +
                         std::to_string(found));
}

inline void check_order(std::span<const std::uint32_t> rank, const char* what) {
  std::vector<bool> seen(rank.size(), false);
  for (const std::uint32_t r : rank) {
    if (r >= rank.size() || seen[r])
      throw argument_error(std::string(what) + ": expected the positions 0 to n - 1, each once");
    seen[r] = true;
  }
}

/// All that the caller gave must fit; throws argument_error else.
inline void check(const assignment_request& q) {
  const std::size_t raters = q.rater_rank.size();
  require(q.kind.size(), q.wanted.size(), "kind");
  require(q.conversation_rank.size(), q.wanted.size(), "conversation_rank");
  require(q.capacity.size(), raters, "capacity");
  if (!q.minimum.empty())
    require(q.minimum.size(), raters, "minimum");
  if (!q.share.empty())
    require(q.share.size(), raters, "share");
  if (raters > most_raters)
    throw argument_error("raters: expected at most " + std::to_string(most_raters) + " but found " +
                         std::to_string(raters));
  if (std::accumulate(q.wanted.begin(), q.wanted.end(), std::uint64_t{0}) > most_ratings)
    throw argument_error("wanted: expected at most " + std::to_string(most_ratings) + " ratings");
  check_order(q.conversation_rank, "conversation_rank");
  check_order(q.rater_rank, "rater_rank");
  for (const std::uint32_t kind : q.kind)
    if (kind >= q.kinds)
      throw argument_error("kind: expected codes below " + std::to_string(q.kinds) + " but found " +
                           std::to_string(kind));
  for (const auto& list : {q.barred, q.recent})
    for (const kind_rater& one : list)
      if (one.kind >= q.kinds || one.rater >= raters)
        throw argument_error("barred, recent: expected codes of kinds and raters");
  for (std::size_t r = 0; r < raters; ++r) {
    const double most = q.capacity[r], least = q.minimum.empty() ? 0.0 : q.minimum[r];
    if (!(most >= 0.0) || (std::isfinite(most) && most != std::floor(most)))
      throw argument_error("capacity: expected whole numbers, 0 or more, but found " +
                           detail::format_number(most));
    if (!(least >= 0.0) || least != std::floor(least))
      throw argument_error("minimum: expected whole numbers, 0 or more, but found " +
                           detail::format_number(least));
    if (least > most)
      throw argument_error("minimum: expected at most the rater's capacity of " +
                           detail::format_number(most) + " but found " + detail::format_number(least));
    if (!q.share.empty() && !(q.share[r] >= 0.0 && std::isfinite(q.share[r])))
      throw argument_error("share: expected numbers, 0 or more, but found " +
                           detail::format_number(q.share[r]));
  }
}

/// An assignment that is being made better. Conversations and raters stand in their random order.
class exchange {
public:
  explicit exchange(const assignment_request& q)
      : q_{q}, raters_{static_cast<std::uint32_t>(q.rater_rank.size())}, nobody_{raters_}, pool_{raters_ + 1},
        nodes_{std::size_t{raters_} + 2}, row_(q.wanted.size()), rater_row_(raters_) {
    for (std::uint32_t row = 0; row < row_.size(); ++row)
      row_[q.conversation_rank[row]] = row;
    for (std::uint32_t row = 0; row < raters_; ++row)
      rater_row_[q.rater_rank[row]] = row;
    make_classes();
    first_.push_back(0);
    for (std::uint32_t k = 0; k < row_.size(); ++k) {
      first_.push_back(first_.back() + q.wanted[row_[k]]);
      owner_.insert(owner_.end(), q.wanted[row_[k]], k);
    }
    who_.assign(owner_.size(), nobody_);
    place_.assign(owner_.size(), 0);
    for (auto& held : held_)
      held.resize(nodes_);
    for (std::uint32_t slot = 0; slot < owner_.size(); ++slot)
      put(slot, nobody_);
    make_loads();
    together_.assign(std::size_t{raters_} * raters_, 0);
  }

  void run() {
    start();
    level();
    do
      sweep();
    while (balance_pairs());
    rotate();
    moves_[0].assign(nodes_ * nodes_, {});
    moves_[1] = moves_[0];
    arcs_.resize(nodes_ * nodes_);
    for (std::uint32_t a = 0; a < nodes_; ++a)
      for (std::uint32_t b = 0; b < nodes_; ++b)
        arcs_[at(a, b)] = {a, b, {closed_price, 0}};
    look_everywhere();
    cancel();
    while (balance_pairs()) { // loads and other pairs have moved since
      look_everywhere();
      cancel();
    }
    if (components().count > 1 && connect())
      cancel();
    rotate();
  }

  assignment result() const {
    assignment out;
    out.failure = failure();
    if (out.failure.short_of > 0 || !out.failure.raters.empty())
      return out;
    std::vector<std::size_t> offset(row_.size() + 1, 0);
    for (std::size_t row = 0; row < row_.size(); ++row)
      offset[row + 1] = offset[row] + q_.wanted[row];
    out.rater.resize(who_.size());
    out.loads.resize(raters_);
    for (std::uint32_t k = 0; k < row_.size(); ++k) {
      codes raters(who_.begin() + first_[k], who_.begin() + first_[k + 1]);
      // Who is the first rater, and who the second, is left to chance.
      std::ranges::sort(raters, {}, [&](std::uint32_t r) {
        return std::pair(
            detail_random_number::mix((std::uint64_t{k} << 32u | r) + detail_random_number::golden), r);
      });
      for (std::size_t i = 0; i < raters.size(); ++i) {
        out.rater[offset[row_[k]] + i] = rater_row_[raters[i]];
        rater_load& load = out.loads[rater_row_[raters[i]]];
        ++load.ratings;
        load.shared += raters.size() > 1;
        load.repeated += recent(class_[k], raters[i]) > 0;
      }
    }
    out.together.assign(together_.size(), 0);
    const groups found = components();
    out.components = found.count;
    codes number(found.count, missing_code);
    std::uint32_t next = 0;
    for (std::uint32_t row = 0; row < raters_; ++row) {
      const std::uint32_t r = q_.rater_rank[row];
      rater_load& load = out.loads[row];
      load.proportional = proportional_[r];
      for (std::uint32_t other = 0; other < raters_; ++other) {
        const std::uint32_t n = together_[std::size_t{r} * raters_ + q_.rater_rank[other]];
        out.together[std::size_t{row} * raters_ + other] = n;
        load.partners += n > 0;
      }
      out.largest_deviation =
          std::max(out.largest_deviation, std::abs(static_cast<double>(load.ratings) - load.proportional));
      load.component = missing_code;
      if (found.of[r] == missing_code)
        continue;
      if (number[found.of[r]] == missing_code)
        number[found.of[r]] = next++;
      load.component = number[found.of[r]];
    }
    return out;
  }

private:
  struct arc {
    std::size_t from, to;
    price cost;
  };
  /// The cheapest rating that one rater could hand to another.
  struct best_move {
    std::int64_t rest = closed_price;
    std::uint32_t slot = missing_code;
  };
  struct step {
    std::uint32_t slot, from;
  };
  struct origin {
    std::size_t from;
    std::uint32_t conversation;
  };
  struct groups {
    codes of; ///< missing_code: a rater without work
    std::uint32_t count = 0;
  };

  std::size_t at(std::size_t a, std::size_t b) const noexcept { return a * nodes_ + b; }

  void make_classes() {
    std::vector<rules> kinds(q_.kinds);
    for (const kind_rater& one : q_.barred)
      kinds[one.kind].barred.push_back(q_.rater_rank[one.rater]);
    for (const kind_rater& one : q_.recent)
      kinds[one.kind].recent.emplace_back(q_.rater_rank[one.rater], one.cost);
    for (rules& one : kinds) {
      std::ranges::sort(one.barred);
      one.barred.erase(std::unique(one.barred.begin(), one.barred.end()), one.barred.end());
      std::ranges::sort(one.recent);
      std::vector<std::pair<std::uint32_t, std::uint32_t>> added;
      for (const auto& [rater, cost] : one.recent) {
        if (added.empty() || added.back().first != rater)
          added.emplace_back(rater, 0u);
        const std::uint64_t sum = std::uint64_t{added.back().second} + cost;
        added.back().second = static_cast<std::uint32_t>(std::min<std::uint64_t>(sum, most_recent));
      }
      one.recent = std::move(added);
    }
    // Numbered as the conversations come in their random order, so that the codes of kinds do not matter.
    std::map<rules, std::uint32_t> number;
    codes of_kind(q_.kinds, missing_code);
    words_ = (std::size_t{raters_} + 63) / 64;
    class_.resize(row_.size());
    for (std::uint32_t k = 0; k < row_.size(); ++k) {
      std::uint32_t& of = of_kind[q_.kind[row_[k]]];
      if (of == missing_code) {
        rules& rule = kinds[q_.kind[row_[k]]];
        const auto [place, inserted] = number.try_emplace(rule, static_cast<std::uint32_t>(number.size()));
        of = place->second;
        if (inserted) {
          recent_.push_back(rule.recent);
          permitted_.push_back(raters_ - static_cast<std::uint32_t>(rule.barred.size()));
          barred_.resize(barred_.size() + words_, 0);
          for (const std::uint32_t r : rule.barred)
            barred_[of * words_ + r / 64] |= std::uint64_t{1} << (r % 64);
        }
      }
      class_[k] = of;
    }
    seen_.assign(recent_.size(), 0);
  }

  void make_loads() {
    load_.assign(nodes_, 0);
    const auto total = static_cast<double>(who_.size());
    double shares = 0.0;
    for (std::uint32_t r = 0; r < raters_; ++r)
      shares += share_of(r);
    for (std::uint32_t r = 0; r < raters_; ++r) {
      const std::uint32_t row = rater_row_[r];
      const double most = std::min(q_.capacity[row], total);
      capacity_.push_back(static_cast<std::int64_t>(most));
      minimum_.push_back(
          q_.minimum.empty() ? 0 : static_cast<std::int64_t>(std::min(q_.minimum[row], total + 1.0)));
      proportional_.push_back(shares > 0.0 ? total * share_of(r) / shares : 0.0);
      target_.push_back(std::llround(std::ldexp(proportional_[r], load_bits)));
    }
  }
  double share_of(std::uint32_t r) const { return q_.share.empty() ? 1.0 : q_.share[rater_row_[r]]; }

  bool permits(std::uint32_t k, std::uint32_t r) const noexcept {
    return (barred_[class_[k] * words_ + r / 64] >> (r % 64) & 1u) == 0;
  }
  std::uint32_t recent(std::uint32_t of_class, std::uint32_t r) const noexcept {
    const auto& list = recent_[of_class];
    if (list.empty() || r == nobody_)
      return 0;
    const auto found = std::ranges::lower_bound(list, r, {}, [](const auto& one) { return one.first; });
    return found != list.end() && found->first == r ? found->second : 0;
  }
  bool has(std::uint32_t k, std::uint32_t r) const noexcept {
    return std::find(who_.begin() + first_[k], who_.begin() + first_[k + 1], r) !=
           who_.begin() + first_[k + 1];
  }
  std::size_t is_shared(std::uint32_t k) const noexcept { return first_[k + 1] - first_[k] > 1; }
  std::uint32_t& pairs(std::uint32_t a, std::uint32_t b) noexcept {
    return together_[std::size_t{a} * raters_ + b];
  }
  std::uint32_t pairs(std::uint32_t a, std::uint32_t b) const noexcept {
    return together_[std::size_t{a} * raters_ + b];
  }

  /// By how much (load - target)^2 grows with one rating more than `load`.
  std::int64_t marginal(std::uint32_t r, std::int64_t load) const noexcept {
    const std::int64_t even = 2 * ((load << load_bits) - target_[r]) + (std::int64_t{1} << load_bits);
    return load < minimum_[r] ? even - minimum_price : even;
  }

  void put(std::uint32_t slot, std::uint32_t r) {
    auto& list = held_[is_shared(owner_[slot])][r];
    who_[slot] = r;
    place_[slot] = static_cast<std::uint32_t>(list.size());
    list.push_back(slot);
  }

  /// What changes in pairs and rotation when a rating goes to b, who may and does not have the conversation yet.
  std::int64_t change(std::uint32_t slot, std::uint32_t b) const noexcept {
    const std::uint32_t a = who_[slot], k = owner_[slot];
    std::int64_t squares = 0;
    for (std::uint32_t other = first_[k]; other < first_[k + 1]; ++other) {
      const std::uint32_t with = who_[other];
      if (other == slot || with == nobody_)
        continue;
      squares += 2 * std::int64_t{pairs(with, b)} + 1;
      if (a != nobody_)
        squares -= 2 * std::int64_t{pairs(with, a)} - 1;
    }
    return squares * pair_price + recent(class_[k], b) - recent(class_[k], a);
  }

  /// Hands a rating to another rater (or back to nobody); the change, and whether two raters have parted.
  std::int64_t hand(std::uint32_t slot, std::uint32_t b) {
    const std::uint32_t a = who_[slot], k = owner_[slot];
    std::int64_t squares = 0;
    for (std::uint32_t other = first_[k]; other < first_[k + 1]; ++other) {
      const std::uint32_t with = who_[other];
      if (other == slot || with == nobody_)
        continue;
      if (a != nobody_) {
        squares -= 2 * std::int64_t{pairs(with, a)} - 1;
        parted_ = parted_ || pairs(with, a) == 1;
        --pairs(with, a);
        --pairs(a, with);
      }
      if (b != nobody_) {
        squares += 2 * std::int64_t{pairs(with, b)} + 1;
        ++pairs(with, b);
        ++pairs(b, with);
      }
    }
    auto& list = held_[is_shared(k)][a];
    const std::uint32_t last = list.back();
    list[place_[slot]] = last;
    place_[last] = place_[slot];
    list.pop_back();
    --load_[a];
    ++load_[b];
    put(slot, b);
    return squares * pair_price + recent(class_[k], b) - recent(class_[k], a);
  }

  // A start ----------------------------------------------------------------------------------------------------------

  void start() {
    load_[nobody_] = static_cast<std::int64_t>(who_.size());
    codes order(row_.size());
    std::iota(order.begin(), order.end(), 0u);
    // The most demanding first, and in their random order else: whom few may judge comes up evenly among the others, so that
    // loads and pairs grow evenly and those of whom few may judge the rest stay free for it.
    std::ranges::stable_sort(
        order, {}, [&](std::uint32_t k) { return -static_cast<std::int64_t>(first_[k + 1] - first_[k]); });
    if (raters_ == 0)
      return;
    codes group(raters_);
    std::iota(group.begin(), group.end(), 0u);
    std::uint32_t groups_left = raters_;
    for (const std::uint32_t k : order)
      for (std::uint32_t slot = first_[k]; slot < first_[k + 1]; ++slot) {
        const std::uint32_t best = choose(slot, group, groups_left);
        if (best == nobody_)
          break; // cancelling finds one, or the reason why not
        hand(slot, best);
        join(k, slot, group, groups_left);
      }
  }

  /// The rater to begin with: for one more rating of a conversation one who is not connected yet, then one whom those who
  /// have it met least; always one with little work.
  std::uint32_t choose(std::uint32_t slot, const codes& group, std::uint32_t groups_left) const {
    const std::uint32_t k = owner_[slot];
    using key = std::tuple<bool, std::int64_t, std::int64_t, std::uint32_t>;
    const bool first = slot == first_[k];
    key least{true, std::numeric_limits<std::int64_t>::max(), 0, 0};
    std::uint32_t best = nobody_;
    const auto begin =
        static_cast<std::uint32_t>(detail_random_number::mix(k + detail_random_number::golden) % raters_);
    for (std::uint32_t i = 0; i < raters_; ++i) {
      const std::uint32_t r = begin + i < raters_ ? begin + i : begin + i - raters_;
      if (load_[r] >= capacity_[r] || !permits(k, r) || (!first && has(k, r)))
        continue;
      const std::int64_t load = marginal(r, load_[r]);
      const key now = first ? key{false, load, recent(class_[k], r), 0}
                            : key{groups_left > 1 && group[r] == group[who_[first_[k]]],
                                  change(slot, r) / pair_price, load, recent(class_[k], r)};
      if (now < least) {
        least = now;
        best = r;
      }
    }
    return best;
  }

  void join(std::uint32_t k, std::uint32_t slot, codes& group, std::uint32_t& groups_left) const {
    const std::uint32_t to = group[who_[first_[k]]], from = group[who_[slot]];
    if (to == from)
      return;
    --groups_left;
    std::ranges::replace(group, from, to);
  }

  // Loads ------------------------------------------------------------------------------------------------------------

  /// Makes loads even along chains: a rater with too many ratings hands one to a second rater, that one another to a third,
  /// ..., to one with too few. The most loaded come first: where no chain from one of them helps, none ever will from those
  /// it leads to. What cycles would find rating by rater, without their table of all exchanges; only conversations with
  /// several raters may leave them a few.
  void level() {
    std::vector<bool> settled(nodes_, false);
    codes by(nodes_);
    while (true) {
      std::uint32_t from = missing_code;
      for (std::uint32_t a = 0; a <= nobody_; ++a)
        if (!settled[a] && load_[a] > 0 && (from == missing_code || leaving(a) > leaving(from)))
          from = a;
      if (from == missing_code)
        return;
      const codes reached = reach(from, by);
      std::uint32_t to = missing_code;
      for (const std::uint32_t b : reached)
        if (b != from && load_[b] < capacity_[b] &&
            (to == missing_code || marginal(b, load_[b]) < marginal(to, load_[to])))
          to = b;
      if (to == missing_code || marginal(to, load_[to]) >= leaving(from)) {
        for (const std::uint32_t a : reached)
          settled[a] = true;
        continue;
      }
      codes chain{to}, slots;
      for (; chain.back() != from; chain.push_back(who_[slots.back()]))
        slots.push_back(by[chain.back()]);
      do { // as often as it helps: raters stay the same, ratings are others
        for (std::size_t i = 0; i < slots.size(); ++i)
          hand(slots[i], chain[i]);
        for (std::size_t i = 0; i < slots.size(); ++i)
          slots[i] = rating_for(chain[i + 1], chain[i]);
      } while (load_[from] > 0 && load_[to] < capacity_[to] && marginal(to, load_[to]) < leaving(from) &&
               std::ranges::find(slots, missing_code) == slots.end());
    }
  }

  /// By how much all prices fall with one rating less.
  std::int64_t leaving(std::uint32_t a) const noexcept {
    return a == nobody_ ? unassigned_price : marginal(a, load_[a] - 1);
  }

  /// All whom chains from a rater lead to, that rater first; `by`: the last rating of the chain to each.
  codes reach(std::uint32_t from, codes& by) {
    std::vector<std::uint64_t> left(words_, 0);
    for (std::uint32_t r = 0; r < raters_; ++r)
      if (r != from)
        left[r / 64] |= std::uint64_t{1} << (r % 64);
    codes queue{from};
    for (std::size_t next = 0; next < queue.size(); ++next)
      for (const std::size_t kind : {0u, 1u}) {
        ++stamp_;
        for (const std::uint32_t slot : held_[kind][queue[next]]) {
          const std::uint32_t k = owner_[slot];
          if (kind == 0 && std::exchange(seen_[class_[k]], stamp_) == stamp_)
            continue; // one like it has led to the same raters
          for (std::size_t word = 0; word < words_; ++word)
            for (std::uint64_t open = left[word] & ~barred_[class_[k] * words_ + word]; open != 0;
                 open &= open - 1) {
              const auto r =
                  static_cast<std::uint32_t>(word * 64) + static_cast<std::uint32_t>(std::countr_zero(open));
              if (kind == 1 && has(k, r))
                continue;
              left[word] &= ~(std::uint64_t{1} << (r % 64));
              by[r] = slot;
              queue.push_back(r);
            }
          if (queue.size() == std::size_t{raters_} + (from == nobody_))
            return queue;
        }
      }
    return queue;
  }

  /// A rating that a could hand to b, of a conversation of its own if there is one.
  std::uint32_t rating_for(std::uint32_t a, std::uint32_t b) const noexcept {
    if (const std::uint32_t own = single_for(a, b); own != missing_code)
      return own;
    for (auto slot = held_[1][a].rbegin(); slot != held_[1][a].rend(); ++slot)
      if (permits(owner_[*slot], b) && !has(owner_[*slot], b))
        return *slot;
    return missing_code;
  }

  /// Shared ratings go to raters whom the others met less, as long as a rating of a conversation of its own comes back, or
  /// none has to.
  void sweep() {
    for (bool better = true; better;) {
      better = false;
      for (std::uint32_t slot = 0; slot < who_.size(); ++slot) {
        const std::uint32_t a = who_[slot], k = owner_[slot];
        if (!is_shared(k) || a == nobody_)
          continue;
        std::int64_t least = 0;
        std::uint32_t best = nobody_, back = missing_code;
        for (std::uint32_t b = 0; b < raters_; ++b) {
          if (b == a || !permits(k, b) || has(k, b))
            continue;
          const std::int64_t gain = change(slot, b) / pair_price;
          std::uint32_t found = missing_code;
          if (gain < least && (keeps_loads(a, b) || (found = single_for(b, a)) != missing_code)) {
            least = gain;
            best = b;
            back = found;
          }
        }
        if (best == nobody_)
          continue;
        hand(slot, best);
        if (back != missing_code)
          hand(back, a);
        better = true;
      }
    }
  }

  /// Makes pairs even along chains: a conversation of a pair that shares many goes to another pair, one of that pair to a
  /// third, ..., to a pair that shares two fewer or less. A flow from kinds of conversations to pairs, which no chain makes
  /// more even in the end, unless loads stand against it. True if any went.
  bool balance_pairs() {
    bool any = false;
    of_pair_.clear();
    for (std::uint32_t k = 0; k < row_.size(); ++k)
      if (first_[k + 1] - first_[k] == 2 && !has(k, nobody_))
        of_pair_[pair_of(who_[first_[k]], who_[first_[k] + 1])].push_back(k);
    reached_.assign(together_.size(), {});
    for (bool better = true; better;) {
      better = false;
      std::vector<std::size_t> order;
      for (const auto& [pair, conversations] : of_pair_)
        if (together_[pair] > 1 && !conversations.empty())
          order.push_back(pair);
      std::ranges::sort(order, {},
                        [&](std::size_t pair) { return std::pair(-std::int64_t{together_[pair]}, pair); });
      std::vector<bool> settled(together_.size(), false);
      for (const std::size_t pair : order)
        while (!settled[pair] && together_[pair] > 1 && shift(pair, settled))
          better = true;
      any = any || better;
    }
    return any;
  }

  std::size_t pair_of(std::uint32_t a, std::uint32_t b) const noexcept {
    return std::size_t{std::min(a, b)} * raters_ + std::max(a, b);
  }

  /// One conversation less for this pair, along the first chain that leads to one with room. Where there is none, nor is
  /// there for any pair that chains from here reach.
  bool shift(std::size_t start, std::vector<bool>& settled) {
    std::vector<std::size_t> queue{start};
    std::vector<bool> seen(together_.size(), false);
    seen[start] = true;
    ++stamp_;
    codes may;
    for (std::size_t next = 0; next < queue.size(); ++next) {
      const auto held = of_pair_.find(queue[next]);
      if (held == of_pair_.end())
        continue;
      for (const std::uint32_t k : held->second) {
        if (std::exchange(seen_[class_[k]], stamp_) == stamp_)
          continue; // one like it has led to the same pairs
        may.clear();
        for (std::uint32_t r = 0; r < raters_; ++r)
          if (permits(k, r) && capacity_[r] > 0)
            may.push_back(r);
        for (std::size_t j = 1; j < may.size(); ++j)
          for (std::size_t i = 0; i < j; ++i) {
            const std::size_t pair = pair_of(may[i], may[j]);
            if (seen[pair])
              continue;
            seen[pair] = true;
            reached_[pair] = {queue[next], k};
            if (together_[pair] + 2 <= together_[start] && make_room(start, pair)) {
              for (std::size_t to = pair; to != start; to = reached_[to].from)
                reassign(reached_[to].conversation, reached_[to].from, to);
              return true;
            }
            queue.push_back(pair);
          }
      }
    }
    for (const std::size_t pair : queue)
      settled[pair] = true;
    return false;
  }

  /// Conversations of their own come back to the raters of a pair from those of another, unless loads are as even without.
  bool make_room(std::size_t from, std::size_t to) {
    const std::array<std::uint32_t, 2> x = raters_of(from), z = raters_of(to);
    codes lose, gain;
    for (const std::uint32_t r : x)
      if (r != z[0] && r != z[1])
        lose.push_back(r);
    for (const std::uint32_t r : z)
      if (r != x[0] && r != x[1])
        gain.push_back(r);
    for (std::size_t turn = 0; turn < lose.size(); ++turn, std::ranges::reverse(gain)) {
      codes back;
      for (std::size_t i = 0; i < lose.size(); ++i)
        if (!keeps_loads(lose[i], gain[i]))
          back.push_back(single_for(gain[i], lose[i]));
      if (std::ranges::find(back, missing_code) != back.end())
        continue;
      for (std::size_t i = 0, at = 0; i < lose.size(); ++i)
        if (!keeps_loads(lose[i], gain[i]))
          hand(back[at++], lose[i]);
      return true;
    }
    return false;
  }

  std::array<std::uint32_t, 2> raters_of(std::size_t pair) const noexcept {
    return {static_cast<std::uint32_t>(pair / raters_), static_cast<std::uint32_t>(pair % raters_)};
  }

  void reassign(std::uint32_t k, std::size_t from, std::size_t to) {
    std::array<std::uint32_t, 2> z = raters_of(to);
    const std::uint32_t first = first_[k];
    if (who_[first] == z[1] || who_[first + 1] == z[0])
      std::swap(z[0], z[1]);
    for (const std::uint32_t i : {0u, 1u})
      if (who_[first + i] != z[i])
        hand(first + i, z[i]);
    std::erase(of_pair_[from], k);
    of_pair_[to].push_back(k);
  }

  bool keeps_loads(std::uint32_t a, std::uint32_t b) const noexcept {
    return load_[b] < capacity_[b] && marginal(b, load_[b]) <= marginal(a, load_[a] - 1);
  }

  /// A conversation of b's own that a may judge.
  std::uint32_t single_for(std::uint32_t b, std::uint32_t a) const noexcept {
    const codes& list = held_[0][b];
    for (auto slot = list.rbegin(); slot != list.rend(); ++slot)
      if (permits(owner_[*slot], a))
        return *slot;
    return missing_code;
  }

  /// Conversations with equally many raters change them where that brings fewer agents back to those who had them lately:
  /// loads and pairs stay as they are.
  void rotate() {
    codes with, due;
    for (std::uint32_t k = 0; k < row_.size(); ++k)
      if (is_shared(k) && !has(k, nobody_)) {
        with.push_back(k);
        if (recent_of(k, k) > least_recent(k))
          due.push_back(k);
      }
    for (std::size_t turn = 0; turn < due.size(); ++turn)
      for (std::size_t i = 0; i < std::min(with.size(), most_looked_at); ++i) {
        const std::uint32_t k = due[turn], other = with[(turn * most_looked_at + i) % with.size()];
        if (recent_of(k, k) <= least_recent(k))
          break; // an exchange that helps helps the other one, whose turn it is then
        if (first_[k + 1] - first_[k] == first_[other + 1] - first_[other] && may_have(k, other) &&
            may_have(other, k) &&
            recent_of(k, other) + recent_of(other, k) < recent_of(k, k) + recent_of(other, other))
          for (std::uint32_t at = 0; at < first_[k + 1] - first_[k]; ++at)
            change_places(first_[k] + at, first_[other] + at);
      }
  }

  /// The least that as many raters as it has can cost for conversation k.
  std::uint64_t least_recent(std::uint32_t k) {
    const std::uint32_t count = first_[k + 1] - first_[k];
    const auto [place, inserted] = least_recent_.try_emplace({class_[k], count}, 0);
    if (inserted) {
      codes costs;
      for (std::uint32_t r = 0; r < raters_; ++r)
        if (permits(k, r))
          costs.push_back(recent(class_[k], r));
      std::ranges::sort(costs);
      for (std::size_t i = 0; i < std::min<std::size_t>(count, costs.size()); ++i)
        place->second += costs[i];
    }
    return place->second;
  }
  /// What the raters of `whose` would cost for conversation k, and whether they may judge it.
  std::uint64_t recent_of(std::uint32_t k, std::uint32_t whose) const noexcept {
    std::uint64_t out = 0;
    for (std::uint32_t slot = first_[whose]; slot < first_[whose + 1]; ++slot)
      out += recent(class_[k], who_[slot]);
    return out;
  }
  bool may_have(std::uint32_t k, std::uint32_t whose) const noexcept {
    for (std::uint32_t slot = first_[whose]; slot < first_[whose + 1]; ++slot)
      if (!permits(k, who_[slot]))
        return false;
    return true;
  }
  void change_places(std::uint32_t a, std::uint32_t b) noexcept {
    std::swap(held_[1][who_[a]][place_[a]], held_[1][who_[b]][place_[b]]);
    std::swap(who_[a], who_[b]);
    std::swap(place_[a], place_[b]);
  }

  // Cycles -----------------------------------------------------------------------------------------------------------

  void look_everywhere() {
    for (std::uint32_t a = 0; a <= raters_; ++a)
      for (const std::size_t kind : {0u, 1u})
        look_from(a, kind);
    for (std::uint32_t a = 0; a <= raters_; ++a)
      draw_arcs(a);
  }

  /// The best that a could hand to each other rater, of ratings of one's own (kind 0) or shared ones (1).
  void look_from(std::uint32_t a, std::size_t kind) {
    for (std::uint32_t b = 0; b < raters_; ++b)
      moves_[kind][at(a, b)] = {};
    if (kind == 0)
      ++stamp_;
    for (const std::uint32_t slot : held_[kind][a]) {
      const std::uint32_t k = owner_[slot];
      if (kind == 0 && std::exchange(seen_[class_[k]], stamp_) == stamp_)
        continue; // one like it was looked at
      for (std::uint32_t b = 0; b < raters_; ++b)
        offer(slot, a, b, kind);
    }
  }

  void offer(std::uint32_t slot, std::uint32_t a, std::uint32_t b, std::size_t kind) {
    const std::uint32_t k = owner_[slot];
    if (a == b || !permits(k, b) || (kind == 1 && has(k, b)))
      return;
    best_move& best = moves_[kind][at(a, b)];
    const std::int64_t rest = change(slot, b);
    if (rest < best.rest)
      best = {rest, slot};
  }

  const best_move& best_of(std::size_t a, std::size_t b) const noexcept {
    const best_move &own = moves_[0][at(a, b)], &shared = moves_[1][at(a, b)];
    return shared.rest < own.rest ? shared : own;
  }

  /// Arcs from and to a rater, as the moves are now.
  void draw_arcs(std::uint32_t a) {
    const auto draw = [&](std::uint32_t from, std::uint32_t to) {
      const best_move& best = best_of(from, to);
      arcs_[at(from, to)].cost = best.slot == missing_code ? price{closed_price, 0} : price{0, best.rest};
    };
    for (std::uint32_t b = 0; b < raters_; ++b)
      draw(a, b);
    if (a != nobody_)
      for (std::uint32_t b = 0; b <= raters_; ++b)
        draw(b, a);
    price &in = arcs_[at(a, pool_)].cost, &out = arcs_[at(pool_, a)].cost;
    in = out = {closed_price, 0};
    if (a == nobody_) {
      if (load_[a] > 0)
        out = {-unassigned_price, 0};
      return;
    }
    if (load_[a] < capacity_[a])
      in = {marginal(a, load_[a]), 0};
    if (load_[a] > 0)
      out = {-marginal(a, load_[a] - 1), 0};
  }

  /// Moves and arcs after some ratings have changed hands. Of shared ratings only those are looked at again whose worth has
  /// changed: of the same conversations, and of those of a rater whose count with another has.
  void refresh(std::span<const step> steps) {
    codes changed, handed;
    for (const step& one : steps) {
      handed.push_back(one.from);
      handed.push_back(who_[one.slot]);
      const std::uint32_t k = owner_[one.slot];
      changed.push_back(one.from);
      changed.insert(changed.end(), who_.begin() + first_[k], who_.begin() + first_[k + 1]);
      if (is_shared(k))
        review_around(one, steps);
    }
    for (codes* list : {&changed, &handed}) {
      std::ranges::sort(*list);
      list->erase(std::unique(list->begin(), list->end()), list->end());
    }
    for (const std::uint32_t r : handed)
      look_from(r, 0);
    for (const std::size_t move : std::exchange(outdated_, {})) {
      const auto a = static_cast<std::uint32_t>(move / nodes_), b = static_cast<std::uint32_t>(move % nodes_);
      moves_[1][move] = {};
      for (const std::uint32_t slot : held_[1][a])
        offer(slot, a, b, 1);
    }
    for (const std::uint32_t r : changed)
      draw_arcs(r);
  }

  void review_around(const step& one, std::span<const step> steps) {
    const std::uint32_t k = owner_[one.slot], a = one.from, c = who_[one.slot];
    codes with;
    for (std::uint32_t slot = first_[k]; slot < first_[k + 1]; ++slot) {
      for (std::uint32_t b = 0; b < raters_; ++b)
        review(slot, b);
      if (slot != one.slot)
        with.push_back(who_[slot]);
    }
    for (const step& other : steps)
      if (owner_[other.slot] == k && other.slot != one.slot)
        with.push_back(other.from);
    for (std::uint32_t b = 0; b < raters_; ++b)
      if (moves_[1][at(a, b)].slot == one.slot)
        outdate(at(a, b));
    for (const std::uint32_t w : with)
      for (const std::uint32_t x : {a, c})
        if (w != nobody_ && x != nobody_ && w != x) {
          review_with(w, x);
          review_with(x, w);
        }
  }

  /// Ratings of conversations that a has, whose worth rests on how often a and b have met: all that could go to b, and b's
  /// own.
  void review_with(std::uint32_t a, std::uint32_t b) {
    for (const std::uint32_t held : held_[1][a]) {
      const std::uint32_t k = owner_[held];
      for (std::uint32_t slot = first_[k]; slot < first_[k + 1]; ++slot) {
        if (slot == held)
          continue;
        if (who_[slot] != b)
          review(slot, b);
        else
          for (std::uint32_t to = 0; to < raters_; ++to)
            review(slot, to);
      }
    }
  }

  /// Whether a shared rating is now the best that its rater could hand to b, or no longer sure to be.
  void review(std::uint32_t slot, std::uint32_t b) {
    const std::uint32_t a = who_[slot], k = owner_[slot];
    best_move& best = moves_[1][at(a, b)];
    const std::int64_t rest = a == b || !permits(k, b) || has(k, b) ? closed_price : change(slot, b);
    if (rest < best.rest)
      best = {rest, slot};
    else if (best.slot == slot && rest > best.rest)
      outdate(at(a, b));
  }
  void outdate(std::size_t move) {
    moves_[1][move] = {closed_price, missing_code}; // what is reviewed next may be better
    outdated_.push_back(move);
  }

  /// Cancels cycles that cost less than nothing until there is none.
  void cancel() {
    while (true) {
      const auto found = cheapest_chains<price>(nodes_, arcs_, no_arc);
      if (found.cycle.empty())
        return;
      price whole;
      std::vector<step> steps;
      std::size_t block = no_arc;
      const std::uint32_t before = components().count;
      parted_ = false;
      for (const std::size_t i : found.cycle) {
        whole.load += arcs_[i].cost.load;
        if (arcs_[i].from == pool_ || arcs_[i].to == pool_)
          continue;
        if (block == no_arc || arcs_[i].cost.is_below(arcs_[block].cost))
          block = i;
        const std::uint32_t slot = best_of(arcs_[i].from, arcs_[i].to).slot;
        steps.push_back({slot, static_cast<std::uint32_t>(arcs_[i].from)});
      }
      for (std::size_t i = 0, s = 0; i < found.cycle.size(); ++i)
        if (const arc& one = arcs_[found.cycle[i]]; one.from != pool_ && one.to != pool_)
          whole.rest += hand(steps[s++].slot, static_cast<std::uint32_t>(one.to));
      // Moves of one cycle may touch the same pair, so that together they are worth less than each by itself.
      if (!whole.is_below({}) || (whole.load == 0 && parted_ && components().count > before)) {
        for (auto one = steps.rbegin(); one != steps.rend(); ++one)
          hand(one->slot, one->from);
        arcs_[block].cost = {closed_price, 0};
        continue;
      }
      refresh(steps);
    }
  }

  // Connections ------------------------------------------------------------------------------------------------------

  /// Raters joined by shared conversations; raters without work are in no group.
  groups components() const {
    groups out{codes(raters_, missing_code), 0};
    codes queue;
    for (std::uint32_t start = 0; start < raters_; ++start) {
      if (out.of[start] != missing_code || load_[start] == 0)
        continue;
      out.of[start] = out.count;
      queue.assign(1, start);
      while (!queue.empty()) {
        const std::uint32_t r = queue.back();
        queue.pop_back();
        for (std::uint32_t other = 0; other < raters_; ++other)
          if (pairs(r, other) > 0 && out.of[other] == missing_code) {
            out.of[other] = out.count;
            queue.push_back(other);
          }
      }
      ++out.count;
    }
    return out;
  }

  /// Joins groups by handing a shared rating to another group, against a rating that comes back; true if any were joined.
  bool connect() {
    bool any = false;
    for (bool better = true; better;) {
      better = false;
      const groups now = components();
      gives_.assign(raters_ * words_, 0);
      for (std::uint32_t r = 0; r < raters_ && now.count > 1; ++r)
        for (const auto& held : held_)
          for (const std::uint32_t slot : held[r])
            for (std::size_t word = 0; word < words_; ++word)
              gives_[r * words_ + word] |= ~barred_[class_[owner_[slot]] * words_ + word];
      for (std::uint32_t slot = 0; slot < who_.size() && now.count > 1 && !better; ++slot)
        if (is_shared(owner_[slot]) && who_[slot] != nobody_)
          better = connect_by(slot, now);
      any = any || better;
    }
    return any;
  }

  bool connect_by(std::uint32_t slot, const groups& now) {
    const std::uint32_t a = who_[slot], k = owner_[slot];
    bool looked = false;
    for (std::uint32_t b = 0; b < raters_; ++b) {
      if (now.of[b] == now.of[a] || now.of[b] == missing_code || !permits(k, b) || has(k, b))
        continue;
      if (!keeps_loads(a, b) && (gives_[b * words_ + a / 64] >> (a % 64) & 1u) == 0)
        continue;                         // nothing could come back
      if (!std::exchange(looked, true)) { // what holds its own group together is of no use to join others
        hand(slot, nobody_);
        const std::uint32_t without = components().count;
        hand(slot, a);
        if (without > now.count)
          return false;
      }
      if (keeps_loads(a, b) && joined({{slot, a}}, {b}, now))
        return true;
      for (const std::size_t kind : {0u, 1u})
        for (const std::uint32_t back : codes(held_[kind][b]))
          if (permits(owner_[back], a) && !has(owner_[back], a) &&
              joined({{slot, a}, {back, b}}, {b, a}, now))
            return true;
    }
    return false;
  }

  bool joined(const std::vector<step>& steps, const codes& to, const groups& now) {
    for (std::size_t i = 0; i < steps.size(); ++i)
      hand(steps[i].slot, to[i]);
    if (components().count < now.count) {
      refresh(steps);
      return true;
    }
    for (std::size_t i = steps.size(); i-- > 0;)
      hand(steps[i].slot, steps[i].from);
    return false;
  }

  // Why not ----------------------------------------------------------------------------------------------------------

  assignment_failure failure() const {
    if (load_[nobody_] > 0)
      return shortage();
    for (std::uint32_t r = 0; r < raters_; ++r)
      if (load_[r] < minimum_[r])
        return below_minimum(r);
    return {};
  }

  /// The cut: from a rating that nobody gives, all conversations and raters that chains of exchanges reach. All of these
  /// raters are full, or there would be a chain to one who is not.
  assignment_failure shortage() const {
    std::vector<bool> conversation(row_.size(), false), rater(raters_, false);
    codes queue;
    const auto reach = [&](std::uint32_t k) {
      if (!conversation[k])
        queue.push_back(k);
      conversation[k] = true;
    };
    std::uint32_t first = missing_code;
    for (const auto& held : held_)
      for (const std::uint32_t slot : held[nobody_])
        first = std::min(first, owner_[slot]);
    reach(first);
    while (!queue.empty()) {
      const std::uint32_t k = queue.back();
      queue.pop_back();
      for (std::uint32_t r = 0; r < raters_; ++r) {
        if (rater[r] || !permits(k, r) || has(k, r))
          continue;
        rater[r] = true;
        for (const auto& held : held_)
          for (const std::uint32_t slot : held[r])
            reach(owner_[slot]);
      }
    }
    // What only these raters may judge belongs to it as well.
    const auto elsewhere = [&](std::uint32_t k) {
      for (std::uint32_t r = 0; r < raters_; ++r)
        if (!rater[r] && permits(k, r) && !has(k, r))
          return true;
      return false;
    };
    for (const auto& held : held_)
      for (const std::uint32_t slot : held[nobody_])
        conversation[owner_[slot]] = conversation[owner_[slot]] || !elsewhere(owner_[slot]);
    assignment_failure out;
    for (std::uint32_t k = 0; k < row_.size(); ++k) {
      if (!conversation[k])
        continue;
      out.conversations.push_back(row_[k]);
      for (std::uint32_t slot = first_[k]; slot < first_[k + 1]; ++slot) {
        ++out.needed;
        out.short_of += who_[slot] == nobody_;
        out.elsewhere += who_[slot] != nobody_ && !rater[who_[slot]];
      }
    }
    for (std::uint32_t row = 0; row < raters_; ++row)
      if (rater[q_.rater_rank[row]]) {
        out.raters.push_back(row);
        out.capacity += static_cast<std::uint64_t>(capacity_[q_.rater_rank[row]]);
      }
    std::ranges::sort(out.conversations);
    return out;
  }

  /// All raters from whom a rating could come to one below the minimum: none of them has any to spare.
  assignment_failure below_minimum(std::uint32_t lacking) const {
    std::vector<bool> rater(raters_, false);
    codes queue{lacking};
    rater[lacking] = true;
    while (!queue.empty()) {
      const std::uint32_t b = queue.back();
      queue.pop_back();
      for (std::uint32_t a = 0; a < raters_; ++a)
        if (!rater[a] && best_of(a, b).slot != missing_code) {
          rater[a] = true;
          queue.push_back(a);
        }
    }
    assignment_failure out;
    for (std::uint32_t row = 0; row < raters_; ++row)
      if (const std::uint32_t r = q_.rater_rank[row]; rater[r]) {
        out.raters.push_back(row);
        out.needed += static_cast<std::uint64_t>(minimum_[r]);
        out.capacity += static_cast<std::uint64_t>(load_[r]);
      }
    return out;
  }

  const assignment_request& q_;
  std::uint32_t raters_, nobody_, pool_;
  std::size_t nodes_; ///< raters, nobody, and the pool of loads
  codes row_, rater_row_;
  codes class_, permitted_;
  std::size_t words_ = 0;
  std::vector<std::uint64_t> barred_; ///< a bit per class and rater
  std::vector<std::uint64_t>
      gives_; ///< a bit per two raters: the first has a rating that the second may give
  std::vector<std::vector<std::pair<std::uint32_t, std::uint32_t>>> recent_;
  codes first_, owner_, who_, place_; ///< ratings of each conversation; conversation, rater and place of each
  std::array<std::vector<codes>, 2>
      held_; ///< ratings of each rater: of conversations of their own, of shared ones
  std::vector<std::int64_t> load_, capacity_, minimum_, target_;
  std::vector<double> proportional_;
  codes together_;
  std::array<std::vector<best_move>, 2> moves_;
  std::map<std::pair<std::uint32_t, std::uint32_t>, std::uint64_t> least_recent_; ///< by class and raters
  std::vector<std::size_t> outdated_; ///< shared moves that may no longer be the best
  std::vector<arc> arcs_;
  std::unordered_map<std::size_t, codes> of_pair_; ///< conversations of two raters by pair
  std::vector<origin> reached_;                    ///< of each pair, where the chain to it came from
  codes seen_;
  std::uint32_t stamp_ = 0;
  bool parted_ = false;
};

template <class Id>
std::vector<std::uint32_t> ranks_of(std::span<const Id> ids, seed start) {
  const permanent_numbers own(seed{permanent_numbers{start}(std::string_view{"assignment"})});
  std::vector<std::uint64_t> number;
  number.reserve(ids.size());
  for (const Id& id : ids)
    number.push_back(own(id));
  codes order(ids.size()), rank(ids.size());
  std::iota(order.begin(), order.end(), 0u);
  std::ranges::sort(order, [&](std::uint32_t a, std::uint32_t b) {
    return number[a] != number[b] ? number[a] < number[b] : ids[a] < ids[b];
  });
  for (std::uint32_t place = 0; place < order.size(); ++place)
    rank[order[place]] = place;
  return rank;
}

} // namespace detail_assignment

QASCORE_INLINE std::vector<std::uint32_t> random_ranks(std::span<const std::int64_t> ids, seed start) {
  return detail_assignment::ranks_of(ids, start);
}

QASCORE_INLINE std::vector<std::uint32_t> random_ranks(std::span<const std::string_view> ids, seed start) {
  return detail_assignment::ranks_of(ids, start);
}

QASCORE_INLINE std::vector<std::uint8_t> wanted_raters(std::span<const std::uint32_t> rank, double twice,
                                                       double triple) {
  for (const auto& [name, share] : {std::pair{"double_scored", twice}, std::pair{"triple_scored", triple}})
    if (!(share >= 0.0 && share <= 1.0))
      throw argument_error(std::string(name) + ": expected a fraction, 0 to 1, but found " +
                           detail::format_number(share));
  if (twice + triple > 1.0)
    throw argument_error("double_scored, triple_scored: expected shares that add up to 1 at most but found " +
                         detail::format_number(twice) + " and " + detail::format_number(triple));
  const auto n = static_cast<double>(rank.size());
  const double three = std::round(triple * n), two = std::min(n, three + std::round(twice * n));
  std::vector<std::uint8_t> out;
  out.reserve(rank.size());
  for (const std::uint32_t place : rank)
    out.push_back(place < three ? 3 : place < two ? 2 : 1);
  return out;
}

QASCORE_INLINE assignment assign_raters(const assignment_request& request) {
  detail_assignment::check(request);
  detail_assignment::exchange work(request);
  work.run();
  return work.result();
}

} // namespace qascore::kernel
