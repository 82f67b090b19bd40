#pragma once
// What every store must do, whoever keeps it. Call `store_keeps_its_contract` in a scenario of the keeper.

#include "storage/store.hpp"

#include <functional>
#include <memory>

namespace hyakki::test {

/// A fresh, empty store each time. `reopen` gives the same store as a restart would see it; a keeper that
/// remembers nothing returns the one that it got.
struct store_factory {
  std::function<std::unique_ptr<store>()> make;
  std::function<std::unique_ptr<store>(std::unique_ptr<store>)> reopen;
};

void store_keeps_its_contract(const store_factory& factory);
/// Random histories against a plain map, one a seed.
void store_agrees_with_a_model(const store_factory& factory, std::uint64_t seeds);
/// Readers on other threads see whole transactions only.
void store_shows_whole_transactions(const store_factory& factory, std::size_t commits);

} // namespace hyakki::test
