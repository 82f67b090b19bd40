#include "tickets/merge.hpp"
#include "tests/support/scratch_dir.hpp"
#include "tests/support/ticket_text.hpp"
#include "tickets/merge_driver.hpp"
#include "tickets/store.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

using namespace hyakki;
using namespace hyakki::test;
using namespace hyakki::tickets;
namespace fs = std::filesystem;

namespace {

std::string with(std::string text, const std::string& from, const std::string& to) {
  auto at = text.find(from);
  REQUIRE(at != std::string::npos);
  return text.replace(at, from.size(), to);
}

merged_file merged(const std::string& base, const std::string& ours, const std::string& theirs,
                   const std::string& path = "open/A-1.yaml") {
  auto out = merge_file(path, base, ours, theirs);
  INFO((out ? std::string{} : out.error().text));
  REQUIRE(out);
  return std::move(*out);
}

std::string comment(const std::string& id, const std::string& text, const std::string& at) {
  return "- id: " + id + "\n  author: a\n  email: e\n  content: " + text + "\n  created_at: '" + at + "'\n";
}

const auto base = ticket_text("A-1", "A story", {"one", "two"});
const auto ours_at = std::string{"updated_at: '2026-11-03T10:00:00'"};
const auto theirs_at = std::string{"updated_at: '2026-11-02T10:00:00'"};
const auto base_at = std::string{"updated_at: '2026-11-01T10:00:00'"};

/// A repository of two people's branches, with the merge driver installed.
struct repository_world {
  repository_world() {
    ::setenv("GIT_CONFIG_GLOBAL", "/dev/null", 1);
    ::setenv("GIT_CONFIG_NOSYSTEM", "1", 1);
    fs::create_directory(root + "/.git");
    git("init -q -b main");
    git("config user.name Ann");
    git("config user.email ann@example.org");
    REQUIRE(ticket_store::init(root));
    auto repo = find_repository(root);
    REQUIRE(repo);
    REQUIRE(*install_merge_driver(*repo, std::string{HYAKKI_TICKETS_CHILD} + " . merge"));
    REQUIRE(*install_merge_driver(*repo, "again"));
  }
  int run(const std::string& words) const {
    return std::system(("cd " + root + " && git " + words + " >" + root + "/.git/said 2>&1").c_str());
  }
  void git(const std::string& words) const {
    auto code = run(words);
    auto in = std::ifstream{root + "/.git/said"};
    INFO(words << "\n" << std::string(std::istreambuf_iterator<char>{in}, {}));
    REQUIRE(code == 0);
  }
  void commit() const {
    git("add -A");
    git("commit -qm step");
  }
  ticket_store store() const { return *ticket_store::open(root); }
  std::string make(const std::string& title) const {
    auto draft = ticket{};
    draft.title = title;
    auto made = store().create(draft);
    REQUIRE(made);
    return made->id;
  }
  void change(const std::string& id, const std::function<void(ticket&)>& how) const {
    REQUIRE(store().change<ticket>(id, [&](ticket& t) -> result<bool> {
      how(t);
      return true;
    }));
  }
  scratch_dir dir{scratch_dir::on::memory};
  std::string root = fs::canonical(dir.path()).string();
};

} // namespace

SCENARIO("edits of different fields are both kept") {
  auto ours = with(with(base, "status: open", "status: in-progress"), base_at, ours_at);
  auto theirs = with(with(base, "priority: medium", "priority: high"), base_at, theirs_at);
  auto m = merged(base, ours, theirs);
  CHECK(m.conflicts.empty());
  CHECK(m.bytes == with(ours, "priority: medium", "priority: high"));
  CHECK(merged(base, base, theirs).bytes == theirs);
  CHECK(merged(base, ours, base).bytes == ours);
}

SCENARIO("of one field that both changed, the later edit counts") {
  auto ours = with(with(base, "status: open", "status: blocked"), base_at, ours_at);
  auto theirs = with(with(base, "status: open", "status: in-progress"), base_at, theirs_at);
  CHECK(merged(base, ours, theirs).bytes == ours);
  CHECK(merged(base, theirs, ours).bytes == ours);
}

SCENARIO("labels are merged as sets, records by their ids") {
  auto ours = with(base, "- one\n- two\n", "- two\n- ours\n");
  auto theirs = with(base, "- one\n- two\n", "- theirs\n- two\n- one\n");
  CHECK(merged(base, ours, theirs).bytes == with(base, "- one\n- two\n", "- two\n- ours\n- theirs\n"));

  auto a = comment("aaaaaaaa", "first", "2026-11-01T11:00:00");
  auto b = comment("bbbbbbbb", "second", "2026-11-01T12:00:00");
  auto c = comment("cccccccc", "third", "2026-11-01T13:00:00");
  auto said = with(base, "comments: []\n", "comments:\n" + a);
  auto m = merged(said, with(said, a, a + c), with(said, a, a + b));
  CHECK(m.bytes == with(base, "comments: []\n", "comments:\n" + a + b + c));
  CHECK(merged(said, with(base, "comments: []\n", "comments: []\n"), with(said, a, a + b)).bytes ==
        with(base, "comments: []\n", "comments:\n" + b));
  CHECK(merged(base, with(base, "comments: []\n", "comments:\n" + b), with(base, "comments: []\n", "comments:\n" + b))
          .bytes == with(base, "comments: []\n", "comments:\n" + b));
}

SCENARIO("a long text that both changed is left to a person, in a file that can be read") {
  auto ours = with(base, "description: ''", "description: what we say");
  auto theirs = with(base, "description: ''", "description: what they say");
  auto m = merged(base, ours, theirs);
  REQUIRE(m.conflicts == std::vector<std::string>{"description"});
  CHECK(m.bytes.find("<<<<<<< ours") != std::string::npos);
  CHECK(merged(base, base, m.bytes).bytes == m.bytes);
}

SCENARIO("counters of agents add up") {
  auto agent = [](int done, int failed, const std::string& rate) {
    return "{\n  \"id\": \"AGENT-A\",\n  \"name\": \"A\",\n  \"metrics\": {\n    \"tasks_completed\": " +
           std::to_string(done) + ",\n    \"tasks_failed\": " + std::to_string(failed) +
           ",\n    \"success_rate\": " + rate + "\n  }\n}";
  };
  auto m = merged(agent(2, 0, "1.0"), agent(5, 0, "1.0"), agent(3, 4, "0.428"), "agents/AGENT-A.json");
  CHECK(m.bytes == agent(6, 4, "0.6"));

  auto same = merged(agent(0, 2, "0.0"), agent(1, 2, "0.3333"), agent(1, 2, "0.3333"), "agents/AGENT-A.json");
  CHECK(same.bytes == agent(2, 2, "0.5"));
  // Made on both sides, or set back on both: nothing was counted twice.
  CHECK(merged("", agent(3, 1, "0.75"), agent(3, 1, "0.75"), "agents/AGENT-A.json").bytes == agent(3, 1, "0.75"));
  CHECK(merged(agent(5, 5, "0.5"), agent(0, 5, "0.0"), agent(0, 5, "0.0"), "agents/AGENT-A.json").bytes ==
        agent(0, 5, "0.0"));
}

SCENARIO("equal minutes add up, and other equal numbers do not") {
  auto agent = [](const std::string& minutes, int seconds) {
    return "{\n  \"id\": \"AGENT-A\",\n  \"name\": \"A\",\n  \"max_concurrent_tasks\": " + std::to_string(seconds) +
           ",\n  \"metrics\": {\n    \"total_execution_time_minutes\": " + minutes +
           ",\n    \"average_response_time_seconds\": " + std::to_string(seconds) + "\n  }\n}";
  };
  CHECK(merged(agent("0", 1), agent("30", 5), agent("30", 5), "agents/AGENT-A.json").bytes == agent("60", 5));
  CHECK(merged(agent("10", 1), agent("12.0", 5), agent("12.0", 5), "agents/AGENT-A.json").bytes == agent("14", 5));
}

SCENARIO("versions of different records are not merged into one") {
  auto edited = with(base, "comments: []\n", "comments:\n" + comment("aaaaaaaa", "first", "2026-11-01T11:00:00"));
  auto other = ticket_text("B-1", "Another story", {"one", "two"});
  auto both = std::vector<std::string>{"A-1", "B-1"};
  WHEN("git takes the new one for the old one renamed") {
    auto m = merged(base, edited, other, "open/B-1.yaml");
    CHECK(m.mixed == both);
    CHECK(m.bytes == other);
    CHECK(merged(base, other, edited, "open/B-1.yaml").bytes == other);
    CHECK(merged(base, other, edited, "open/B-1.yaml").mixed.size() == 2);
  }
  WHEN("it asks under the old name, since each side seems to have renamed it otherwise") {
    CHECK(merged(base, edited, other, "open/A-1.yaml").bytes == edited);
    CHECK(merged(base, other, edited, "open/A-1.yaml").bytes == other);
  }
  WHEN("both sides made the new one") {
    auto m = merged(base, other, with(other, "status: open", "status: blocked"), "open/B-1.yaml");
    CHECK(m.mixed.empty());
    CHECK(m.bytes.find("id: B-1") != std::string::npos);
  }
  WHEN("the new id is what merging gave the later one of a double id") {
    auto renamed = with(base, "id: A-1", "id: A-7K2M9QXD");
    auto m = merged(base, edited, renamed, "open/A-7K2M9QXD.yaml");
    CHECK(m.mixed.empty());
    CHECK(m.bytes == with(edited, "id: A-1", "id: A-7K2M9QXD"));
  }
  WHEN("they are no tickets") {
    auto task = [](const std::string& id, const std::string& status) {
      return "{\n  \"id\": \"" + id +
             "\",\n  \"ticket_id\": \"A-1\",\n  \"agent_id\": \"AGENT-A\",\n  \"task_type\": \"code\",\n  "
             "\"description\": \"work\",\n  \"status\": \"" +
             status + "\"\n}";
    };
    auto m = merged(task("T1", "assigned"), task("T1", "completed"), task("T2", "assigned"), "tasks/T2.json");
    CHECK(m.mixed == std::vector<std::string>{"T1", "T2"});
    CHECK(m.bytes == task("T2", "assigned"));
  }
}

SCENARIO("two records made apart under one id become two") {
  auto first = with(base, "created_at: '2026-11-01", "created_at: '2026-10-01");
  auto second = with(base, "title: A story", "title: Another");
  auto one = merged("", first, second);
  auto other = merged("", second, first);
  REQUIRE(one.apart);
  REQUIRE(other.apart);
  CHECK(one.bytes == first);
  CHECK(other.bytes == first);
  CHECK(one.apart->path == other.apart->path);
  CHECK(one.apart->bytes == other.apart->bytes);
  CHECK(one.apart->id.substr(0, 2) == "A-");
  CHECK(one.apart->bytes == with(second, "id: A-1", "id: " + one.apart->id));
}

SCENARIO("index.yaml is merged by its entries and never a conflict") {
  auto entry = [](const std::string& id, const std::string& status, const std::string& at) {
    return id + ":\n  created_at: '2026'\n  labels: []\n  priority: low\n  status: " + status +
           "\n  title: x\n  updated_at: '" + at + "'\n";
  };
  auto a = entry("A-1", "open", "2026-01-01T10:00:00");
  auto a2 = entry("A-1", "closed", "2026-02-01T10:00:00");
  auto a3 = entry("A-1", "blocked", "2026-03-01T10:00:00");
  auto b = entry("B-1", "open", "2026-01-01T10:00:00");
  auto c = entry("C-1", "open", "2026-01-01T10:00:00");
  CHECK(merge_index(a, a + b, a + c) == a + b + c);
  CHECK(merge_index(a, a2, a3 + c) == a3 + c);
  CHECK(merge_index(a + b, a, a + b + c) == a + c);
  CHECK(merge_index(a, "{}\n", a) == "{}\n");
  CHECK(merge_index("", a, "<<<<<<< HEAD\n" + b) == a + b);
}

SCENARIO("what is no file of a store is not merged") {
  CHECK(!merge_file("README.md", "", "a", "b"));
  CHECK(!merge_file("open/A-1.yaml", base, "[", base));
  CHECK(!merge_file("open/A-1.yaml", base, "- list\n", base));
  CHECK(!merge_file("agents/A.json", "", "{", "{}"));
}

SCENARIO("branches that both create, edit and close tickets merge cleanly with git") {
  auto world = repository_world{};
  for (auto title : {"Fix one", "Fix two", "Fix three", "Fix four"})
    world.make(title);
  world.commit();
  world.git("checkout -qb side");
  world.make("Side story");
  world.change("FIX-1", [](ticket& t) { t.priority = "high"; });
  world.change("FIX-2", [](ticket& t) { t.status = "closed"; });
  world.change("FIX-3", [](ticket& t) { t.labels = {"side"}; });
  world.commit();
  world.git("checkout -q main");
  world.make("Main story");
  world.change("FIX-1", [](ticket& t) { t.status = "closed"; });
  world.change("FIX-2", [](ticket& t) { t.assignee = "bob"; });
  world.change("FIX-3", [](ticket& t) { t.labels = {"main"}; });
  world.change("FIX-4", [](ticket& t) { t.status = "cancelled"; });
  world.commit();
  world.git("merge -q --no-edit side");
  auto store = world.store();
  auto all = store.all<ticket>();
  REQUIRE(all);
  CHECK(all->size() == 6);
  CHECK(store.load<ticket>("FIX-1")->priority == "high");
  CHECK(store.load<ticket>("FIX-1")->status == "closed");
  CHECK(store.load<ticket>("FIX-2")->status == "closed");
  CHECK(store.load<ticket>("FIX-2")->assignee == "bob");
  CHECK(store.load<ticket>("FIX-3")->labels == words{"main", "side"});
  CHECK(fs::exists(world.root + "/.tickets/closed/FIX-2.yaml"));
  CHECK(!fs::exists(world.root + "/.tickets/open/FIX-2.yaml"));
  auto before = [&] {
    auto in = std::ifstream{world.root + "/.tickets/index.yaml"};
    return std::string{std::istreambuf_iterator<char>{in}, {}};
  };
  auto index = before();
  REQUIRE(store.rebuild_index());
  CHECK(before() == index);
}

SCENARIO("one id that two branches gave becomes two, and git says so") {
  auto world = repository_world{};
  world.make("Fix one");
  world.commit();
  world.git("checkout -qb side");
  CHECK(world.make("Fix the side") == "FIX-2");
  world.commit();
  world.git("checkout -q main");
  fs::remove_all(world.root + "/.git/hyakki-tickets");
  CHECK(world.make("Fix the main") == "FIX-2");
  world.commit();
  CHECK(world.run("merge -q --no-edit side") != 0);
  auto titles = std::vector<std::string>{};
  auto all = *world.store().all<ticket>();
  for (auto& t : all)
    titles.push_back(t.title);
  std::sort(titles.begin(), titles.end());
  CHECK(titles == std::vector<std::string>{"Fix one", "Fix the main", "Fix the side"});
  world.git("add -A");
  world.git("commit -qm merged");
}
