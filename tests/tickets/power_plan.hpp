#pragma once
// What the child of the power-cut test does to a store, step by step: known in advance, so that a survivor can be
// judged.

#include "tickets/turn.hpp"

#include <algorithm>
#include <string>

namespace hyakki::test {

inline constexpr int power_steps = 24;

/// Step `n` (1, 2, …): a ticket made, changed, moved, or several files in one turn.
inline result<void> power_step(const tickets::ticket_store& store, int n) {
  auto text = std::to_string(n);
  auto change = [&](auto&& how) {
    return store.change<tickets::ticket>("FIX-1", [&](tickets::ticket& t) -> result<bool> {
      how(t);
      return true;
    });
  };
  switch (n % 6) {
  case 1: {
    auto draft = tickets::ticket{};
    draft.title = "Fix " + text;
    draft.description = std::string(static_cast<std::size_t>(n) * 97, 'd');
    auto made = store.create(std::move(draft));
    return made ? result<void>{} : made.error();
  }
  case 2: return change([&](auto& t) { t.labels.push_back("l-" + text); });
  case 3: return change([&](auto& t) { t.status = n % 12 == 3 ? "closed" : "open"; });
  case 5: return change([&](auto& t) { t.description = std::string(static_cast<std::size_t>(n) * 61, 'e'); });
  default:
    return store.in_turn([&](tickets::turn& turn) -> result<void> {
      auto made = tickets::epic{};
      made.title = "Epic " + text;
      made.ticket_ids = {"FIX-1"};
      auto e = turn.create(std::move(made));
      auto t = turn.load<tickets::ticket>("FIX-1");
      if (!e || !t)
        return e ? t.error() : e.error();
      t->epic_id = e->id;
      t->labels.push_back("turn-" + text);
      return turn.put(std::move(*t));
    });
  }
}

} // namespace hyakki::test
