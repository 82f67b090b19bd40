#include "tests/support/children.hpp"
#include "tests/support/scratch_dir.hpp"
#include "tests/support/soak.hpp"
#include "tests/tickets/ticket_world.hpp"
#include "tickets/catalog.hpp"
#include "tickets/store.hpp"

#include <catch2/catch.hpp>

#include <map>
#include <random>
#include <set>
#include <sstream>

#include <unistd.h>

using namespace hyakki;
using namespace hyakki::test;
using namespace hyakki::tickets;
namespace fs = std::filesystem;

namespace {

pid_t start(std::vector<std::string> args, std::string environment = {}) {
  return test::start(HYAKKI_TICKETS_CHILD, std::move(args), std::move(environment));
}

/// A store in memory with tickets that everybody works on, and an epic.
struct shared_store {
  shared_store() {
    fs::create_directory(root + "/.git");
    REQUIRE(ticket_store::init(root));
    for (int i = 1; i <= 4; ++i)
      write("open/T-" + std::to_string(i) + ".yaml", ticket_text("T-" + std::to_string(i), "Shared"));
    write("epics/E-1.yaml", "id: E-1\ntitle: Everything\n");
  }
  void write(const std::string& name, const std::string& bytes) const {
    std::ofstream{root + "/.tickets/" + name, std::ios::binary} << bytes;
  }
  ticket_store store() const { return *ticket_store::open(root); }
  scratch_dir dir{scratch_dir::on::memory};
  std::string root = dir.path();
};

/// Whatever happened: every file can be read, no ticket is in both folders, and links stand on both sides.
std::map<std::string, ticket> check_whole(const shared_store& world) {
  auto store = world.store();
  // The next writer finishes what a dead one left.
  REQUIRE(store.in_turn([](auto&) { return result<void>{}; }));
  auto unreadable = std::vector<std::string>{};
  auto all = store.all<ticket>(&unreadable);
  REQUIRE(all);
  CHECK(unreadable.empty());
  auto out = std::map<std::string, ticket>{};
  auto epic = store.load<tickets::epic>("E-1");
  REQUIRE(epic);
  for (auto& t : *all) {
    auto listed = std::find(epic->ticket_ids.begin(), epic->ticket_ids.end(), t.id) != epic->ticket_ids.end();
    CHECK(listed == (t.epic_id == "E-1"));
    auto name = t.id + ".yaml";
    CHECK(fs::exists(world.root + "/.tickets/open/" + name) != fs::exists(world.root + "/.tickets/closed/" + name));
    CHECK(fs::exists(world.root + "/.tickets/closed/" + name) == is_over(t.status));
    out.emplace(t.id, t);
  }
  CHECK(catalog::open(store)->tickets().size() == out.size());
  return out;
}

} // namespace

namespace {

struct crowd {
  int processes, operations, kills;
};

/// A few in a test run; soaked, what the store must bear.
std::vector<crowd> crowds() {
  if (soak() == 1)
    return {{8, 40, 6}};
  auto out = std::vector<crowd>{{64, 200, 0}};
  out.insert(out.end(), static_cast<std::size_t>(soak()), {16, 500, 16});
  return out;
}

} // namespace

SCENARIO("many processes work by chance, some are killed, and what was acknowledged is there once") {
  auto all_crowds = crowds();
  auto which = GENERATE_COPY(range(std::size_t{0}, all_crowds.size()));
  auto [processes, operations, kills] = all_crowds[which];
  INFO(processes << " processes, " << operations << " operations, " << kills << " kills");
  auto world = shared_store{};
  auto chance = std::mt19937{static_cast<unsigned>(seed())};
  auto children = std::vector<std::pair<pid_t, std::string>>{};
  auto files = std::vector<std::string>{};
  auto launch = [&](const std::string& who) {
    files.push_back(world.root + "/ack-" + who);
    children.emplace_back(
      start({world.root, "mixed", who, std::to_string(operations), std::to_string(chance()), files.back()}), who);
  };
  for (int i = 0; i < processes; ++i)
    launch("p" + std::to_string(i));
  // Killed by what they have done, not by the clock; each is replaced.
  auto lines = [](const std::string& file) {
    auto in = std::ifstream{file};
    return std::count(std::istreambuf_iterator<char>{in}, {}, '\n');
  };
  for (int i = 0; i < kills; ++i) {
    auto victim = static_cast<std::size_t>(chance()) % children.size();
    auto after = lines(files[victim]) + 2;
    auto pid = children[victim].first;
    int status = 0;
    bool ended = false;
    while (!ended && lines(files[victim]) < after)
      ended = ::waitpid(pid, &status, WNOHANG) == pid;
    if (ended) {
      CHECK(WEXITSTATUS(status) == 0);
    } else {
      ::kill(pid, SIGKILL);
      (void)wait_for(pid);
    }
    children.erase(children.begin() + static_cast<std::ptrdiff_t>(victim));
    files.erase(files.begin() + static_cast<std::ptrdiff_t>(victim));
    launch("r" + std::to_string(i));
  }
  for (auto& [pid, who] : children)
    CHECK(wait_for(pid) == 0);

  auto all = check_whole(world);
  std::size_t acknowledged = 0;
  auto given = std::set<std::string>{};
  for (auto& entry : fs::directory_iterator{world.root}) {
    if (entry.path().filename().string().compare(0, 4, "ack-") != 0)
      continue;
    auto in = std::ifstream{entry.path()};
    for (auto line = std::string{}; std::getline(in, line); ++acknowledged) {
      auto words = std::istringstream{line};
      std::string what, id, mark;
      words >> what >> id >> mark;
      CAPTURE(line);
      if (what == "created") {
        CHECK(given.insert(id).second);
        REQUIRE(all.count(id) == 1);
        CHECK(all[id].title == "Fix " + mark);
      } else if (what == "said") {
        auto& comments = all[id].comments;
        CHECK(std::count_if(comments.begin(), comments.end(), [&](auto& c) { return c.content == mark; }) == 1);
      } else if (what == "labelled") {
        CHECK(std::count(all[id].labels.begin(), all[id].labels.end(), mark) == 1);
      } else if (what == "linked") {
        CHECK(all[id].epic_id == "E-1");
      }
    }
  }
  CHECK(acknowledged >= static_cast<std::size_t>(processes * operations));
  // The other tool's index agrees in the end.
  auto index = std::ifstream{world.root + "/.tickets/index.yaml"};
  auto text = std::string{std::istreambuf_iterator<char>{index}, {}};
  for (auto& [id, t] : all) {
    auto at = ("\n" + text).find("\n" + id + ":\n");
    CAPTURE(id);
    CHECK(at != std::string::npos);
    CHECK(text.find("  status: " + t.status + "\n  title: " + t.title, at) != std::string::npos);
  }
}

SCENARIO("kill -9 at every step of a turn of several files leaves all of it or nothing") {
  auto action = GENERATE(as<std::string>{}, "link", "create", "remove");
  CAPTURE(action);
  int deaths = 0;
  for (int step = 1;; ++step) {
    CAPTURE(step);
    auto world = shared_store{};
    auto code = wait_for(start({world.root, action}, "HYAKKI_DIE_AT=" + std::to_string(step)));
    if (code == 0)
      break;
    REQUIRE(code == 77);
    ++deaths;
    auto all = check_whole(world);
    if (action == "create")
      CHECK((all.size() == 4 || all.size() == 5));
    REQUIRE((wait_for(start({world.root, action})) == 0 || action == "remove"));
    all = check_whole(world);
    if (action == "link")
      CHECK(all["T-1"].epic_id == "E-1");
    if (action == "remove")
      CHECK(all.count("T-2") == 0);
    for (auto& e : fs::recursive_directory_iterator{world.root})
      CHECK(e.path().string().find(".hyakki.tmp") == std::string::npos);
  }
  CHECK(deaths >= (action == "remove" ? 4 : 8));
}
