// The keepers of storage/store, each through the one suite.
#include "storage/lmdb_store.hpp"
#include "storage/memory_store.hpp"
#include "tests/conformance/store.hpp"
#include "tests/support/scratch_dir.hpp"

#include <catch2/catch.hpp>

#include <optional>

using namespace hyakki;

namespace {

test::store_factory in_memory() {
  return {[] { return make_memory_store(); }, [](std::unique_ptr<store> s) { return s; }};
}

/// Starts with the smallest map, so that growing is a matter of course in every test.
test::store_factory on_disk(test::scratch_dir& dir, int& count) {
  auto open = [&dir, &count] {
    lmdb_options o;
    o.path = dir / ("state-" + std::to_string(count));
    o.initial_map = 1 << 20;
    auto s = open_lmdb_store(o);
    INFO((s ? "" : s.error().text));
    REQUIRE(s.ok());
    return *std::move(s);
  };
  return {[open, &count] {
            ++count;
            return open();
          },
          [open](std::unique_ptr<store> s) {
            s.reset();
            return open();
          }};
}

} // namespace

SCENARIO("the store in memory keeps the contract") { test::store_keeps_its_contract(in_memory()); }
SCENARIO("the store in memory agrees with a model") { test::store_agrees_with_a_model(in_memory(), 200); }
SCENARIO("the store in memory shows whole transactions") { test::store_shows_whole_transactions(in_memory(), 300); }

SCENARIO("the store on LMDB keeps the contract") {
  test::scratch_dir dir;
  int count = 0;
  test::store_keeps_its_contract(on_disk(dir, count));
}
SCENARIO("the store on LMDB agrees with a model") {
  test::scratch_dir dir{test::scratch_dir::on::memory};
  int count = 0;
  test::store_agrees_with_a_model(on_disk(dir, count), 200);
}
SCENARIO("the store on LMDB shows whole transactions") {
  test::scratch_dir dir;
  int count = 0;
  test::store_shows_whole_transactions(on_disk(dir, count), 300);
}
