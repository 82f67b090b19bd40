// The power fails at any write of a ticket store: what was acknowledged is there, and nothing by half.

#include "tests/support/children.hpp"
#include "tests/support/disk_log.hpp"
#include "tests/support/scratch_dir.hpp"
#include "tests/support/soak.hpp"
#include "tests/tickets/power_plan.hpp"

#include "core/clock.hpp"
#include "tickets/catalog.hpp"

#include <catch2/catch.hpp>

#include <chrono>
#include <cstdlib>
#include <filesystem>

using namespace hyakki;
using namespace hyakki::test;
using namespace hyakki::tickets;
namespace fs = std::filesystem;

namespace {

using files = std::map<std::string, std::string>;

files read_files(const std::string& root, std::initializer_list<const char*> folders) {
  auto out = files{};
  for (auto* folder : folders)
    if (fs::exists(root + "/" + folder))
      for (auto& e : fs::directory_iterator{root + "/" + folder})
        if (e.is_regular_file()) {
          auto in = std::ifstream{e.path(), std::ios::binary};
          out[std::string{folder} + "/" + e.path().filename().string()] = {std::istreambuf_iterator<char>{in}, {}};
        }
  return out;
}

/// The records alone: what people wrote.
files records(const std::string& root) {
  auto out = read_files(root, {".tickets/open", ".tickets/closed", ".tickets/epics"});
  for (auto it = out.begin(); it != out.end();) // no unfinished files; nothing depends on .gitkeep
    it = fs::path{it->first}.filename().string().front() == '.' ? out.erase(it) : std::next(it);
  return out;
}

void begin_store(const std::string& root) {
  fs::create_directories(root + "/.git/hyakki-tickets"); // as after an earlier start: making it would sync .git
  REQUIRE(ticket_store::init(root));
}

struct clocked {
  explicit clocked(const std::string& root) {
    options.time = &time;
    store = std::make_unique<ticket_store>(*ticket_store::open(root, options));
  }
  manual_clock time{1'790'000'000'000};
  store_options options;
  std::unique_ptr<ticket_store> store;
};

} // namespace

SCENARIO("a power cut at any write of a ticket store loses nothing acknowledged and leaves nothing by half") {
  auto* module = std::getenv("HYAKKI_DISK_FAULTS");
  if (!module) {
    WARN("skipped: HYAKKI_DISK_FAULTS does not name the module to preload");
    return;
  }
  // What the store is after each step.
  auto states = std::vector<files>{};
  {
    auto dir = scratch_dir{scratch_dir::on::memory};
    begin_store(dir.path());
    auto world = clocked{dir.path()};
    states.push_back(records(dir.path()));
    for (int n = 1; n <= power_steps; ++n) {
      auto done = power_step(*world.store, n);
      INFO((done ? std::string{} : done.error().text));
      REQUIRE(done);
      states.push_back(records(dir.path()));
      REQUIRE(states[states.size() - 2] != states.back());
    }
  }
  auto dir = scratch_dir{};
  auto root = dir.path() + "/work";
  begin_store(root);
  auto disk = unsafe_disk{};
  for (auto& [name, bytes] : read_files(root, {".git", ".tickets", ".tickets/open", ".tickets/epics"})) {
    disk.apply({'C', root + "/" + name, 0, {}});
    disk.apply({'D', root + "/" + name, 0, bytes});
  }
  for (auto* folder : {"/.git", "/.tickets", "/.tickets/open", "/.tickets/closed", "/.tickets/epics"})
    disk.apply({'S', root + folder, 0, {}});
  auto log = dir.path() + "/log";
  auto environment = std::vector<std::string>{"LD_PRELOAD=" + std::string{module}, "HYAKKI_DISK_DIR=" + root,
                                              "HYAKKI_DISK_LOG=" + log, "ASAN_OPTIONS=verify_asan_link_order=0"};
  REQUIRE(wait_for(start(HYAKKI_TICKETS_CHILD, {root, "power"}, environment)) == 0);
  auto ops = std::vector<disk_op>{};
  for (auto& op : read_disk_log(log))
    if (op.path.find("/hyakki-tickets/") == std::string::npos) // the cache: after a start of the machine it is another
      ops.push_back(std::move(op));
  REQUIRE(ops.size() > 200);

  auto images = scratch_dir{scratch_dir::on::memory};
  auto image = images.path() + "/image";
  auto wanted = 2'500u * static_cast<unsigned>(soak());
  auto each_point = wanted / ops.size() + 1;
  auto limit = std::chrono::steady_clock::now() + std::chrono::seconds{15} * soak();
  auto chance = unsafe_disk::dice{seed()};
  std::uint64_t seen = 0, late = 0;
  std::size_t acknowledged = 0;
  for (std::size_t i = 0; i <= ops.size(); ++i) {
    auto* next = i < ops.size() ? &ops[i] : nullptr;
    if (std::chrono::steady_clock::now() > limit)
      ++late;
    else
      for (std::uint64_t n = 0; n < each_point; ++n, ++seen) {
        fs::remove_all(image);
        for (auto* folder : {"/.git", "/.tickets/open", "/.tickets/closed", "/.tickets/epics"})
          fs::create_directories(image + folder);
        for (auto& [name, content] : disk.after_power_cut(next, chance))
          std::ofstream{image + name.substr(root.size()), std::ios::binary} << content;
        CAPTURE(i, n, acknowledged);
        auto world = clocked{image};
        auto opened = world.store->in_turn([](turn&) { return result<void>{}; });
        INFO((opened ? std::string{} : opened.error().text));
        REQUIRE(opened);
        auto is = records(image);
        auto whole = is == states[acknowledged] || (acknowledged + 1 < states.size() && is == states[acknowledged + 1]);
        if (!whole)
          for (auto& [name, bytes] : states[acknowledged])
            if (is[name] != bytes)
              UNSCOPED_INFO(name << " is otherwise");
        REQUIRE(whole);
      }
    if (next) {
      if (next->kind == 'N')
        acknowledged = std::stoul(next->data);
      disk.apply(*next);
    }
  }
  CHECK(acknowledged == power_steps);
  if (late > 0)
    WARN("the time was over after " << seen << " images; " << late << " points were left out");
  else
    CHECK(seen >= wanted);
}
