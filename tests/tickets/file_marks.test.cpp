#include "tickets/file_marks.hpp"
#include "tests/support/scratch_dir.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <fstream>
#include <set>

using namespace hyakki;
using namespace hyakki::test;
using namespace hyakki::tickets;

namespace {

/// A store's folders with `count` empty files, made so that neither their names nor the folder tell the order of
/// inodes.
struct listed_world {
  scratch_dir dir;
  explicit listed_world(std::size_t count) {
    for (auto folder : {"open", "closed"})
      std::filesystem::create_directory(dir / folder);
    for (std::size_t i = 0; i < count; ++i)
      std::ofstream{dir / ((i % 4 == 0 ? "closed/T-" : "open/T-") + std::to_string(i * 7919 % count) + ".yaml")};
  }
  marked_files list(const file_work& work) const {
    auto root = directory::open(dir.path());
    REQUIRE(root);
    auto all = list_files(*root, work);
    REQUIRE(all);
    return std::move(*all);
  }
};

std::set<std::string> names(const marked_files& all) {
  auto out = std::set<std::string>{};
  for (auto& f : all.files)
    out.emplace(all.name(f));
  return out;
}

bool in_order(const marked_files& all) {
  return std::is_sorted(all.files.begin(), all.files.end(), [](auto& a, auto& b) { return a.inode < b.inode; });
}

} // namespace

SCENARIO("the files of a store are listed once each, in order of inode") {
  for (std::size_t count : {0, 1, 300, 20'000}) {
    GIVEN("a store of " + std::to_string(count) + " files") {
      listed_world w{count};

      WHEN("they are listed and looked at") {
        auto all = w.list(look_at);

        THEN("each is there once, in order of inode") {
          CHECK(all.files.size() == count);
          CHECK(names(all).size() == count);
          CHECK(in_order(all));
        }
      }

      WHEN("the work finds other inodes than the folder names, as on layered file systems") {
        std::atomic<std::size_t> calls{0};
        auto all = w.list([&](std::size_t, const marked_files&, file_mark& f) {
          f.inode = f.inode * 0x9e3779b97f4a7c15u;
          ++calls;
        });

        THEN("they are in order of those, and each was worked on once") {
          CHECK(calls == count);
          CHECK(names(all).size() == count);
          CHECK(in_order(all));
        }
      }
    }
  }
}
