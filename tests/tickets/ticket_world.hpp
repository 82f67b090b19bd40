#pragma once
// A ticket directory of one's own for a test, gone at its end.

#include "adapters/trackers/tickets.hpp"
#include "core/clock.hpp"
#include "tests/support/ticket_text.hpp"

#include <catch2/catch.hpp>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

namespace hyakki::test {

class ticket_world {
public:
  ticket_world() {
    auto base = std::getenv("TMPDIR");
    auto name = std::string{base ? base : "/tmp"} + "/hyakki-tickets-XXXXXX";
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    root = name;
    for (auto folder : {"open", "closed"})
      std::filesystem::create_directories(root / ".tickets" / folder);
    write("config.yaml", "default_status: open\n");
    config.path = root.string();
    clock.set(1'790'000'000'123);
  }
  ticket_world(const ticket_world&) = delete;
  ticket_world& operator=(const ticket_world&) = delete;
  ~ticket_world() {
    auto ignored = std::error_code{};
    std::filesystem::remove_all(root, ignored);
  }

  std::filesystem::path file(const std::string& name) const { return root / ".tickets" / name; }
  void write(const std::string& name, const std::string& bytes) const {
    std::ofstream{file(name), std::ios::binary} << bytes;
  }
  std::string read(const std::string& name) const {
    auto in = std::ifstream{file(name), std::ios::binary};
    return {std::istreambuf_iterator<char>{in}, {}};
  }
  bool has(const std::string& name) const {
    return std::filesystem::exists(std::filesystem::symlink_status(file(name)));
  }
  void add(const std::string& id, const std::string& title = "A story",
           const std::vector<std::string>& labels = {"ai-pipeline"}, const std::string& status = "open",
           const std::string& priority = "medium", const std::string& blocked_by = " []") const {
    bool over = status == "closed" || status == "cancelled";
    write((over ? "closed/" : "open/") + id + ".yaml", ticket_text(id, title, labels, status, priority, blocked_by));
  }

  std::unique_ptr<tracker> make(tickets::store_options options = {}) const {
    return make_tickets_tracker(config, clock, std::move(options));
  }
  tickets::ticket_file ticket(const std::string& id) const {
    auto store = tickets::ticket_store::open(config.path);
    REQUIRE(store);
    auto file = store->get(id);
    INFO((file ? std::string{} : file.error().text));
    REQUIRE(file);
    return std::move(*file);
  }

  std::filesystem::path root;
  tracker_config config;
  manual_clock clock;
};

/// The keys of a search, which must go well.
inline std::vector<std::string> keys(tracker& t) {
  auto found = t.search();
  INFO((found ? std::string{} : found.error().text));
  REQUIRE(found);
  auto out = std::vector<std::string>{};
  for (auto& s : found->stories)
    out.push_back(s.key);
  return out;
}

} // namespace hyakki::test
