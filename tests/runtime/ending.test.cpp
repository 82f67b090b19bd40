// The end of an orchestrator and its subscribers: nobody is waited for longer than was said, and what was told is
// known.
#include "runtime/orchestrator.hpp"

#include "storage/lmdb_store.hpp"
#include "tests/support/scratch_dir.hpp"
#include "tests/support/store_samples.hpp"

#include <catch2/catch.hpp>

#include <future>

using namespace hyakki;
using namespace hyakki::test;

namespace {

/// Has no stories, and looks for them when the test says so.
class idle_tracker final : public tracker {
public:
  explicit idle_tracker(std::function<void()> before_look) : before_look_(std::move(before_look)) {}
  std::string_view name() const override { return "idle"; }
  result<found> search() override {
    before_look_();
    return found{};
  }
  result<story> fetch(std::string_view) override { return error{ec::not_found, "no such story", 0}; }
  result<bool> post(std::string_view, const comment&) override { return true; }
  result<void> label(std::string_view, const label_change&) override { return {}; }
  result<void> move_to(std::string_view, std::string_view) override { return {}; }
  result<void> probe() override { return {}; }

private:
  std::function<void()> before_look_;
};

using seqs = std::vector<std::uint64_t>;

/// A state directory whose log has three events.
struct house {
  house() {
    lmdb_options o;
    o.path = dir / "state";
    auto memory = open_lmdb_store(o);
    REQUIRE(memory);
    change c{typical_record(1, state::done, 1), {}};
    for (int n = 0; n < 3; ++n) {
      c.events.push_back(move_event(state::queued, move::dispatched, state::routing));
      c.events.back().story = c.record.id();
    }
    REQUIRE((*memory)->commit({c}));
  }

  /// One life, in which no time is given to whoever is slow. Ends when the subscriber was begun to be told.
  std::vector<untold_events> lives(subscriber s, std::function<void()> give_up, std::function<void()> before_look) {
    config c;
    c.issue_tracker.type = c.issue_tracker.name = "idle";
    c.repo_hosting.type = "local";
    c.repo_hosting.path = dir / "host";
    c.agent.type = "command";
    c.agent.command = "/bin/true";
    c.routing.default_repository = "app";
    c.orchestrator.workspace_dir = dir / "work";
    c.storage.path = dir / "state";
    c.log.level = "error";
    parts mine;
    mine.trackers.push_back(std::make_unique<idle_tracker>(std::move(before_look)));
    orchestrator_options how;
    how.last_words = {std::chrono::milliseconds{0}, std::chrono::milliseconds{0}};
    auto made = orchestrator::make(c, how, std::move(mine));
    INFO((made ? "" : made.error().text));
    REQUIRE(made);
    (*made)->subscribe("slow", std::move(s), std::move(give_up));
    auto ended = (*made)->run_once();
    REQUIRE(ended);
    return (*made)->untold();
  }

  /// A life whose end finds the subscriber in the midst of its first event; it answers so when it is given up.
  std::vector<untold_events> ends_in_the_midst(const result<void>& answer) {
    std::promise<void> begun, over;
    auto is_begun = begun.get_future().share();
    auto is_over = over.get_future().share();
    return lives(
      [&](const event& e) -> result<void> {
        told.push_back(e.seq);
        if (told.size() == 1)
          begun.set_value();
        is_over.wait();
        return answer;
      },
      [&] { over.set_value(); }, [=] { is_begun.wait(); });
  }

  /// A life in which everything is told.
  void tells_the_rest() {
    std::promise<void> all;
    auto is_all = all.get_future().share();
    auto left = lives(
      [&](const event& e) -> result<void> {
        told.push_back(e.seq);
        if (e.seq == 3)
          all.set_value();
        return {};
      },
      {}, [=] { is_all.wait(); });
    CHECK(left.empty());
  }

  scratch_dir dir{scratch_dir::on::memory};
  seqs told;
};

} // namespace

SCENARIO("the end of an orchestrator gives up what a slow subscriber is being told of") {
  house h;
  WHEN("it breaks off") {
    auto left = h.ends_in_the_midst({ec::cancelled, "given up"});
    THEN("all of it waits") {
      REQUIRE(left.size() == 1);
      CHECK(left[0].subscriber == "slow");
      CHECK(left[0].count == 3);
      CHECK(h.told == seqs{1});
    }
    AND_WHEN("the next life has the time") {
      h.tells_the_rest();
      THEN("it is told from the beginning of that life, from where it was broken off") {
        CHECK(h.told == seqs{1, 1, 2, 3});
      }
    }
  }
  WHEN("its answer comes all the same") {
    auto left = h.ends_in_the_midst({});
    THEN("that is remembered, and nothing more was begun") {
      REQUIRE(left.size() == 1);
      CHECK(left[0].count == 2);
      CHECK(h.told == seqs{1});
    }
    AND_WHEN("the next life has the time") {
      h.tells_the_rest();
      THEN("nothing is told twice") { CHECK(h.told == seqs{1, 2, 3}); }
    }
  }
}
