// Everything that touches a repository: one thread for each, nothing forced, nothing opened twice.

#include "tests/actors/ask.hpp"
#include "tests/adapters/git_world.hpp"
#include "tests/support/fake_code_host.hpp"

#include "actors/publisher.hpp"
#include "adapters/code_hosts/local.hpp"

#include <catch2/catch.hpp>

#include <condition_variable>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <thread>

using namespace hyakki;
using namespace hyakki::test;

namespace {

/// Remembers what it was asked for.
class noting_git : public git {
public:
  std::vector<tree_request> prepared;
  std::vector<push_request> pushed;
  std::vector<std::string> other;
  std::optional<error> fails;
  template <class T>
  result<T> answer(T good) {
    if (fails)
      return *fails;
    return good;
  }
  result<prepared_tree> prepare(const tree_request& what) override {
    prepared.push_back(what);
    return answer(prepared_tree{"/trees/" + what.tree, what.base, "b", what.keep, false, {}});
  }
  bool has_tree(std::string_view, std::string_view) override { return true; }
  result<std::string> tree_hash(std::string_view r, std::string_view t) override {
    other.push_back("hash " + std::string{r} + " " + std::string{t});
    return answer(std::string{"h"});
  }
  result<std::string> diff(std::string_view r, std::string_view t, std::size_t most) override {
    other.push_back("diff " + std::string{r} + " " + std::string{t} + " " + std::to_string(most));
    return answer(std::string{"+1"});
  }
  result<tree_commit> commit(const commit_request& what) override {
    other.push_back("commit " + what.repository + " " + what.tree + " " + what.message);
    return answer(tree_commit{"c", "t", {{"f", 1, 0, false}}});
  }
  result<void> push(const push_request& what) override {
    pushed.push_back(what);
    if (fails)
      return *fails;
    return {};
  }
  result<void> release(std::string_view r, std::string_view t, std::string_view sha) override {
    other.push_back("release " + std::string{r} + " " + std::string{t} + " " + std::string{sha});
    if (fails)
      return *fails;
    return {};
  }
};

struct shop {
  simulation sim{1};
  noting_git trees;
  fake_code_host host;
  publisher_actor at = sim.system.spawn(publisher, static_cast<git*>(&trees), static_cast<code_host*>(&host));
  ~shop() { end(sim, at); }
  template <class Answer, class... Ts>
  result<Answer> ask(Ts... what) {
    return test::ask<Answer>(sim, at, std::move(what)...);
  }
  static pull_request_draft draft(const std::string& branch = "feature/x") {
    return {"r", branch, "main", "c", "Title", "Body", "t/K-1"};
  }
};

} // namespace

SCENARIO("a publisher looks up where a repository lives whenever it goes there") {
  shop s;
  remote where;
  where.repository = "r";
  where.url = "/somewhere/r.git";
  where.default_branch = "trunk";
  where.token = secret{"word"};
  s.host.put(where);
  WHEN("a tree is asked for without a base") {
    auto tree = s.ask<prepared_tree>(atom::prepare::value, prepare_order{"r", "t/K-1", "feature/x", {}, {}, false});
    THEN("the host's own default branch is the base") {
      REQUIRE(tree);
      REQUIRE(s.trees.prepared.size() == 1);
      CHECK(s.trees.prepared[0].base == "trunk");
      CHECK(s.trees.prepared[0].from.url == "/somewhere/r.git");
      CHECK(s.trees.prepared[0].branch == "feature/x");
    }
  }
  WHEN("a tree is asked for again, as it was left") {
    auto tree = s.ask<prepared_tree>(atom::prepare::value, prepare_order{"r", "t/K-1", "feature/x", "next", "b", true});
    THEN("base, commit and the wish to keep it reach git as they are") {
      REQUIRE(tree);
      CHECK(tree->kept);
      CHECK(s.trees.prepared[0].base == "next");
      CHECK(s.trees.prepared[0].at_sha == "b");
    }
  }
  WHEN("the host does not know the repository") {
    auto tree = s.ask<prepared_tree>(atom::prepare::value, prepare_order{"x", "t/K-1", "feature/x", {}, {}, false});
    auto pushed = s.ask<atom::ok_atom>(atom::push::value, push_order{"x", "feature/x", "c", {}});
    THEN("git is not asked at all") {
      CHECK(tree.error() == ec::not_found);
      CHECK(pushed.error() == ec::not_found);
      CHECK(s.trees.prepared.empty());
      CHECK(s.trees.pushed.empty());
    }
  }
}

SCENARIO("a push says what the branch must hold, and a refusal arrives as it is") {
  shop s;
  CHECK(s.ask<atom::ok_atom>(atom::push::value, push_order{"r", "feature/x", "c2", "c1"}));
  REQUIRE(s.trees.pushed.size() == 1);
  CHECK(s.trees.pushed[0].expected == "c1");
  CHECK(s.trees.pushed[0].sha == "c2");
  s.trees.fails = error{ec::rejected, "the branch holds c9", 0};
  auto refused = s.ask<atom::ok_atom>(atom::push::value, push_order{"r", "feature/x", "c2", "c1"});
  REQUIRE_FALSE(refused);
  CHECK(refused.error() == ec::rejected);
  CHECK(refused.error().text == "the branch holds c9");
  CHECK(s.trees.pushed.size() == 2); // nobody tried again behind our back
}

SCENARIO("remarks are answered one after the other, once each") {
  using call = fake_code_host::call;
  shop s;
  auto pull = s.ask<pull_request>(atom::open::value, shop::draft());
  REQUIRE(pull);
  remark m;
  m.text = "change this";
  answer_order order{"r", pull->id, {}, {}, 0};
  for (int n = 1; n <= 3; ++n) {
    auto mine = m;
    mine.id = s.host.remark_on("r", pull->id, m);
    order.remarks.push_back(mine);
    order.words.push_back({"m/" + std::to_string(n), "done"});
  }
  auto answers = [&](int n) { return s.host.answers("r", pull->id, "r" + std::to_string(n)).size(); };
  WHEN("all goes well, twice") {
    auto out = s.ask<answer_report>(atom::answer::value, order);
    REQUIRE(out);
    REQUIRE(s.ask<answer_report>(atom::answer::value, order));
    CHECK(out->answered == 3);
    CHECK(out->trouble.empty());
    CHECK_FALSE(out->more);
    for (int n = 1; n <= 3; ++n)
      CHECK(answers(n) == 1);
  }
  WHEN("the host is away in between") {
    s.host.lose_answer(call::answer);
    auto out = s.ask<answer_report>(atom::answer::value, order);
    REQUIRE(out);
    CHECK(out->answered == 0);
    CHECK(out->code == ec::timed_out);
    CHECK_FALSE(out->trouble.empty());
    THEN("going on answers nothing twice") {
      order.from = out->answered;
      CHECK(s.ask<answer_report>(atom::answer::value, order)->answered == 3);
      CHECK(answers(1) == 1);
    }
  }
  WHEN("one takes no answer") {
    s.host.fail_next(call::answer, {ec::rejected, "locked", 0});
    auto out = s.ask<answer_report>(atom::answer::value, order);
    REQUIRE(out);
    CHECK(out->answered == 3);
    REQUIRE(out->refused.size() == 1);
    CHECK(out->refused[0].find("remark 1") != std::string::npos);
    CHECK(answers(2) == 1);
  }
  WHEN("somebody writes more meanwhile") {
    s.host.remark_on("r", pull->id, m);
    CHECK(s.ask<answer_report>(atom::answer::value, order)->more);
  }
  WHEN("it was merged") {
    (void)s.host.merge("r", pull->id);
    auto out = s.ask<answer_report>(atom::answer::value, order);
    REQUIRE(out);
    CHECK(out->pull.state == "merged");
    CHECK(answers(1) == 0);
    auto seen = s.ask<pull_feedback>(atom::feedback::value, std::string{"r"}, pull->id);
    CHECK(seen->pull.state == "merged");
    CHECK(seen->said.remarks.empty());
  }
  WHEN("it is looked at") {
    s.host.review("r", pull->id, "kim", true);
    auto seen = s.ask<pull_feedback>(atom::feedback::value, std::string{"r"}, pull->id);
    REQUIRE(seen);
    CHECK(seen->said.remarks.size() == 3);
    CHECK(seen->said.changes_requested);
    CHECK(seen->said.requested_by == "kim");
    CHECK(s.ask<pull_feedback>(atom::feedback::value, std::string{"r"}, std::string{"99"}).error() == ec::not_found);
    CHECK(s.ask<pull_request>(atom::find::value, std::string{"r"}, pull->id)->state == "open");
  }
}

SCENARIO("a pull request is found or opened, once for a branch") {
  using call = fake_code_host::call;
  GIVEN("a branch without one") {
    shop s;
    auto first = s.ask<pull_request>(atom::open::value, shop::draft());
    REQUIRE(first);
    CHECK_FALSE(first->adopted);
    WHEN("it is asked for again") {
      auto second = s.ask<pull_request>(atom::open::value, shop::draft());
      THEN("the same one is adopted") {
        REQUIRE(second);
        CHECK(second->adopted);
        CHECK(second->id == first->id);
        CHECK(s.host.pulls("r").size() == 1);
      }
    }
    WHEN("another branch asks") {
      CHECK(s.ask<pull_request>(atom::open::value, shop::draft("feature/y")));
      THEN("it gets its own") { CHECK(s.host.pulls("r").size() == 2); }
    }
  }
  GIVEN("a host that opens one and is not heard") {
    shop s;
    s.host.lose_answer(call::find_or_open);
    CHECK(s.ask<pull_request>(atom::open::value, shop::draft()).error() == ec::timed_out);
    auto again = s.ask<pull_request>(atom::open::value, shop::draft());
    REQUIRE(again);
    CHECK(again->adopted);
    CHECK(s.host.pulls("r").size() == 1);
  }
}

SCENARIO("the rest goes to git as it is, and its failures come back") {
  shop s;
  CHECK(*s.ask<std::string>(atom::hash::value, std::string{"r"}, std::string{"t/K-1"}) == "h");
  CHECK(*s.ask<std::string>(atom::diff::value, std::string{"r"}, std::string{"t/K-1"}) == "+1");
  commit_request what;
  what.repository = "r";
  what.tree = "t/K-1";
  what.message = "Do it";
  auto made = s.ask<tree_commit>(atom::commit::value, what);
  REQUIRE(made);
  CHECK(made->files.size() == 1);
  CHECK(s.ask<atom::ok_atom>(atom::release::value, std::string{"r"}, std::string{"t/K-1"}, std::string{"c"}));
  CHECK(s.trees.other ==
        std::vector<std::string>{"hash r t/K-1", "diff r t/K-1 200000", "commit r t/K-1 Do it", "release r t/K-1 c"});
  for (auto code : {ec::no_changes, ec::not_found, ec::rejected, ec::over_budget, ec::timed_out}) {
    s.trees.fails = error{code, "no", 0};
    CHECK(s.ask<tree_commit>(atom::commit::value, what).error() == code);
    CHECK(s.ask<std::string>(atom::hash::value, std::string{"r"}, std::string{"t"}).error() == code);
    CHECK(s.ask<std::string>(atom::diff::value, std::string{"r"}, std::string{"t"}).error() == code);
    CHECK(s.ask<atom::ok_atom>(atom::release::value, std::string{"r"}, std::string{"t"}, std::string{}).error() ==
          code);
  }
}

namespace {

/// Notices two calls at once in one repository; lets a test wait until several repositories are at work.
class watching_git final : public noting_git {
public:
  result<prepared_tree> prepare(const tree_request& what) override {
    std::unique_lock lock{guard};
    if (++inside[what.from.repository] > 1)
      overlapped = true;
    together.insert(what.from.repository);
    changed.notify_all();
    if (wait_for > 0 && !changed.wait_for(lock, std::chrono::seconds{60}, [&] { return together.size() >= wait_for; }))
      alone = true;
    lock.unlock();
    for (int i = 0; i < 20; ++i)
      std::this_thread::yield();
    lock.lock();
    --inside[what.from.repository];
    order[what.from.repository].push_back(what.tree);
    return prepared_tree{"/t", "main", "b", false, false, {}};
  }
  std::mutex guard;
  std::condition_variable changed;
  std::map<std::string, int> inside;
  std::set<std::string> together;
  std::map<std::string, std::vector<std::string>> order;
  std::size_t wait_for = 0;
  bool overlapped = false;
  bool alone = false;
};

} // namespace

SCENARIO("one clone is touched by one thread, different ones by many at once") {
  caf::actor_system_config settings;
  settings.set("scheduler.max-threads", 2);
  watching_git trees;
  fake_code_host host;
  trees.wait_for = 3; // nobody goes on before three repositories are at work
  {
    caf::actor_system system{settings};
    std::vector<publisher_actor> all;
    for (int i = 0; i < 3; ++i)
      all.push_back(system.spawn<caf::detached>(publisher, static_cast<git*>(&trees), static_cast<code_host*>(&host)));
    publisher_table table{all};
    caf::scoped_actor self{system};
    int answers = 0;
    std::vector<decltype(self->request(all[0], caf::infinite, atom::prepare::value, prepare_order{}))> sent;
    for (int n = 0; n < 200; ++n) {
      auto repository = "r" + std::to_string(n % 5);
      sent.push_back(self->request(table.of(repository), std::chrono::seconds{60}, atom::prepare::value,
                                   prepare_order{repository, std::to_string(n), "b", {}, {}, false}));
    }
    for (auto& s : sent)
      s.receive([&](prepared_tree&) { ++answers; }, [](caf::error&) { FAIL_CHECK("no answer"); });
    CHECK(answers == 200);
    for (auto& p : all)
      self->send_exit(p, caf::exit_reason::user_shutdown);
    self->wait_for(all);
    table.clear();
  }
  CHECK_FALSE(trees.overlapped);
  CHECK_FALSE(trees.alone);
  for (auto& [repository, order] : trees.order) {
    CHECK(order.size() == 40);
    CHECK(std::is_sorted(order.begin(), order.end(),
                         [](auto& a, auto& b) { return std::stoi(a) < std::stoi(b); })); // and in order of arrival
  }
}

SCENARIO("a repository keeps its publisher, and new ones go to the next in turn") {
  simulation sim{1};
  noting_git trees;
  fake_code_host host;
  std::vector<publisher_actor> all;
  for (int i = 0; i < 3; ++i)
    all.push_back(sim.system.spawn(publisher, static_cast<git*>(&trees), static_cast<code_host*>(&host)));
  publisher_table table{all};
  for (int round = 0; round < 2; ++round)
    for (std::size_t i = 0; i < 7; ++i)
      CHECK(table.of("r" + std::to_string(i)) == all[i % 3]);
  table.clear();
  for (auto& p : all)
    end(sim, p);
}

SCENARIO("with real repositories: a branch is pushed once, opened once, and never forced") {
  git_world w;
  code_host_config c;
  c.type = "local";
  c.path = w.dir / "host";
  auto host = make_local_code_host(c);
  simulation sim{1};
  auto at = sim.system.spawn(publisher, w.door.get(), host.get());
  prepare_order order{"repo", "t/K-1", "feature/x", {}, {}, false};
  auto tree = ask<prepared_tree>(sim, at, atom::prepare::value, order);
  REQUIRE(tree);
  put_file(tree->path + "/new.txt", "new\n");
  auto made = ask<tree_commit>(sim, at, atom::commit::value, w.committing("t/K-1", *tree));
  REQUIRE(made);
  push_order push{"repo", "feature/x", made->sha, {}};
  CHECK(ask<atom::ok_atom>(sim, at, atom::push::value, push));
  CHECK(ask<atom::ok_atom>(sim, at, atom::push::value, push)); // it is there
  pull_request_draft draft{"repo", "feature/x", "main", made->sha, "Title", "Body", "t/K-1"};
  auto pull = ask<pull_request>(sim, at, atom::open::value, draft);
  REQUIRE(pull);
  CHECK_FALSE(pull->adopted);
  auto again = ask<pull_request>(sim, at, atom::open::value, draft);
  REQUIRE(again);
  CHECK(again->adopted);
  CHECK(again->id == pull->id);
  WHEN("somebody else has moved the branch") {
    auto other = w.in_remote({"rev-parse", "main"});
    w.in_remote({"update-ref", "refs/heads/feature/x", other});
    auto refused =
      ask<atom::ok_atom>(sim, at, atom::push::value, push_order{"repo", "feature/x", made->sha, made->sha});
    THEN("it is left to them") {
      REQUIRE_FALSE(refused);
      CHECK(refused.error() == ec::rejected);
      CHECK(w.in_remote({"rev-parse", "feature/x"}) == other);
    }
  }
  WHEN("the tree is given back") {
    CHECK(ask<atom::ok_atom>(sim, at, atom::release::value, std::string{"repo"}, std::string{"t/K-1"}, made->sha));
    THEN("it is gone, and its work is on the branch") {
      CHECK_FALSE(w.door->has_tree("repo", "t/K-1"));
      CHECK(w.in_remote({"show", "feature/x:new.txt"}) == "new");
    }
  }
  end(sim, at);
}
