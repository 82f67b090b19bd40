#include "storage/lmdb_store.hpp"
#include "storage/schema.hpp"

#include "storage/state_lock.hpp"
#include "tests/support/audit.hpp"
#include "tests/support/raw_lmdb.hpp"
#include "tests/support/scratch_dir.hpp"
#include "tests/support/store_samples.hpp"

#include <catch2/catch.hpp>

#include <atomic>
#include <cstring>
#include <fcntl.h>
#include <fstream>
#include <functional>
#include <poll.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>
#include <utility>

using namespace hyakki;
using namespace hyakki::test;

namespace {

using role = lmdb_options::role;

lmdb_options at(const std::string& path, role as = role::owner, std::uint64_t map = 1 << 20) {
  lmdb_options o;
  o.path = path;
  o.as = as;
  o.initial_map = map;
  return o;
}

std::unique_ptr<store> must_open(const lmdb_options& o) {
  auto s = open_lmdb_store(o);
  INFO((s ? "" : s.error().text));
  REQUIRE(s.ok());
  return *std::move(s);
}

change step(std::uint64_t n, state to, std::uint64_t version) {
  return {typical_record(n, to, version), {move_event(state::queued, move::dispatched, to)}};
}

bool commits(store& s, std::uint64_t n, std::uint64_t version) {
  auto answer = s.commit({step(n, state::preparing, version)});
  return answer.ok() && answer->front().ok();
}

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

/// Another process, made before this one opens the store (a copy of an open store is of no use) and held until it
/// is asked. `answers` is true when it ended with its work's true.
class other_process {
public:
  explicit other_process(const std::function<bool()>& work) {
    REQUIRE(::pipe(go_) == 0);
    child_ = ::fork();
    REQUIRE(child_ >= 0);
    if (child_ == 0) {
      ::close(go_[1]);
      char c = 0;
      ::_exit(::read(go_[0], &c, 1) == 1 && work() ? 0 : 1);
    }
    ::close(go_[0]);
  }
  bool answers() {
    int status = 1;
    if (::write(go_[1], "g", 1) == 1)
      ::waitpid(std::exchange(child_, -1), &status, 0);
    return status == 0;
  }
  ~other_process() {
    ::close(go_[1]);
    if (child_ > 0)
      ::waitpid(child_, nullptr, 0);
  }

private:
  int go_[2]{-1, -1};
  pid_t child_ = -1;
};

mode_t mode_of(const std::string& path) {
  struct stat info {};
  return ::stat(path.c_str(), &info) == 0 ? info.st_mode & 0777 : 0;
}

} // namespace

SCENARIO("a state directory has one owner") {
  scratch_dir dir;
  auto path = dir / "a/b/state";
  GIVEN("a store that is open") {
    auto pid = std::to_string(::getpid());
    other_process owner{[&] {
      auto second = open_lmdb_store(at(path));
      return !second && second.error() == ec::unavailable && has(second.error().text, "pid " + pid) &&
             has(second.error().text, "storage.path");
    }};
    other_process visitor{[&] {
      auto v = open_lmdb_store(at(path, role::visitor));
      return v && (*(*v)->find("tickets/FIX-1")).has_value() &&
             (*v)->post_request({0, operator_request::kind::cancel, "tickets/FIX-1", "enough", 1}).ok() &&
             (*v)->commit({step(2, state::queued, 1)}).error() == ec::rejected &&
             (*v)->set_cursor("x", 1).error() == ec::rejected && (*v)->drop_request(1).error() == ec::rejected;
    }};
    auto s = must_open(at(path));
    THEN("nobody else may read what is in it") {
      CHECK(mode_of(path) == 0700);
      for (auto* name : {"/data.mdb", "/data.mdb-lock", "/lock"})
        CHECK(mode_of(path + name) == 0600);
    }
    THEN("whoever asks is told who holds it, until nobody does") {
      CHECK(has(holder_of(path), "pid " + pid));
      s.reset();
      CHECK(holder_of(path).empty());
      CHECK(holder_of(path + "/nowhere").empty());
      CHECK(must_open(at(path)) != nullptr);
    }
    THEN("a second owner is refused with the first one's pid") {
      CHECK(owner.answers());
      auto second = open_lmdb_store(at(path));
      REQUIRE_FALSE(second.ok());
      CHECK(second.error() == ec::unavailable);
    }
    THEN("a visitor in the same process is told to use the open one") {
      auto twin = open_lmdb_store(at(path, role::visitor));
      REQUIRE_FALSE(twin.ok());
      CHECK(twin.error() == ec::rejected);
      CHECK(has(twin.error().text, "open in this process already"));
    }
    THEN("a visitor in another process reads and leaves requests, and may not write") {
      REQUIRE(commits(*s, 1, 1));
      CHECK(visitor.answers());
      CHECK(s->requests(10)->size() == 1);
      CHECK(commits(*s, 1, 2));
    }
    THEN("the lock is free once it is closed, and a visitor sees all") {
      REQUIRE(commits(*s, 1, 1));
      s.reset();
      {
        auto v = must_open(at(path, role::visitor));
        CHECK((*v->find("tickets/FIX-1")).has_value());
        CHECK(v->post_request({0, operator_request::kind::retry, "tickets/FIX-1", "", 1}).ok());
      }
      auto again = must_open(at(path));
      CHECK(again->requests(10)->size() == 1);
    }
  }
  GIVEN("no store at all") {
    THEN("a visitor is told so, and makes nothing") {
      auto v = open_lmdb_store(at(path, role::visitor));
      REQUIRE_FALSE(v.ok());
      CHECK(v.error() == ec::not_found);
      CHECK(has(v.error().text, "hyakki run"));
      CHECK(mode_of(path) == 0);
    }
  }
  GIVEN("a path that is a file, or in a place where nothing can be made") {
    std::ofstream{dir / "file"} << "x";
    CHECK(open_lmdb_store(at(dir / "file")).error() == ec::bad_config);
    CHECK(open_lmdb_store(at("/proc/nowhere/state")).error() == ec::bad_config);
    CHECK(open_lmdb_store(at("")).error() == ec::bad_config);
  }
}

SCENARIO("the map grows without a stop") {
  scratch_dir dir;
  GIVEN("a store with a map of 1 MiB and readers at work") {
    auto s = must_open(at(dir.path()));
    std::atomic<bool> stop{false};
    std::atomic<int> failed{0};
    std::thread reader{[&] {
      while (!stop)
        if (!s->each([](const index_entry&) { return true; }) || !s->events_after(0, 10))
          ++failed;
    }};
    WHEN("far more than that is written, in batches larger than the map too") {
      for (std::uint64_t batch = 0; batch < 6; ++batch) {
        std::vector<change> changes;
        for (std::uint64_t i = 0; i < 300; ++i) {
          changes.push_back(step(batch * 1000 + i, state::queued, 1));
          changes.back().record.story.description = std::string(batch == 5 ? 20'000 : 2'000, 'x');
        }
        auto answers = s->commit(changes);
        REQUIRE(answers.ok());
        for (auto& a : *answers)
          REQUIRE(a.ok());
      }
      stop = true;
      reader.join();
      THEN("nothing is lost and no reader was disturbed") {
        CHECK(failed == 0);
        CHECK(audit(*s).empty());
        std::size_t n = 0;
        REQUIRE(s->each_unfinished([&](const index_entry&) { ++n; }).ok());
        CHECK(n == 1800);
        CHECK(s->events_after(0, 10'000)->size() == 1800);
      }
    }
    stop = true;
    if (reader.joinable())
      reader.join();
  }
  GIVEN("an owner that grows the map while a visitor of another process has it open, and the other way round") {
    auto path = dir / "shared";
    auto s = must_open(at(path));
    int to_child[2], to_us[2];
    REQUIRE(::pipe(to_child) == 0);
    REQUIRE(::pipe(to_us) == 0);
    s.reset();
    auto child = ::fork();
    if (child == 0) {
      auto v = open_lmdb_store(at(path, role::visitor));
      char c = v ? 'o' : 'x';
      (void)!::write(to_us[1], &c, 1);
      (void)!::read(to_child[0], &c, 1);
      std::size_t n = 0;
      auto ok = v && (*v)->each([&](const index_entry&) { return ++n > 0; }).ok() && n == 2000;
      for (int i = 0; ok && i < 60; ++i) // 60 × 60 KiB of requests: the visitor has to grow it
        ok = (*v)->post_request({0, operator_request::kind::retry, "x", std::string(60'000, 'r'), 1}).ok();
      ::_exit(ok ? 0 : 1);
    }
    s = must_open(at(path));
    char c = 0;
    REQUIRE(::read(to_us[0], &c, 1) == 1);
    REQUIRE(c == 'o');
    std::vector<change> changes;
    for (std::uint64_t i = 0; i < 2000; ++i)
      changes.push_back(step(i, state::queued, 1));
    REQUIRE(s->commit(changes).ok());
    REQUIRE(::write(to_child[1], &c, 1) == 1);
    int status = 0;
    ::waitpid(child, &status, 0);
    THEN("each follows the other") {
      CHECK(status == 0);
      CHECK(s->requests(100)->size() == 60);
      CHECK(commits(*s, 5000, 1));
      CHECK(audit(*s).empty());
    }
    for (auto fd : {to_child[0], to_child[1], to_us[0], to_us[1]})
      ::close(fd);
  }
  GIVEN("a bound to the growth") {
    auto o = at(dir / "bounded");
    o.largest_map = 2 << 20;
    auto s = must_open(o);
    std::uint64_t kept = 0;
    for (;; ++kept) {
      auto c = step(kept, state::queued, 1);
      c.record.story.description = std::string(50'000, 'x');
      auto answer = s->commit({c});
      if (!answer) {
        CHECK(answer.error() == ec::over_budget);
        CHECK(has(answer.error().text, "2 MiB"));
        break;
      }
      REQUIRE(kept < 100);
    }
    THEN("it is said, nothing is half done, and a smaller step still fits") {
      CHECK(kept > 5);
      CHECK(audit(*s).empty());
      CHECK(s->events_after(0, 1000)->size() == kept);
      CHECK(s->set_cursor("x", 1).ok());
    }
  }
}

SCENARIO("a store of another schema version is told apart") {
  scratch_dir dir;
  must_open(at(dir.path())).reset();
  auto file = dir / "data.mdb";
  GIVEN("a newer one") {
    raw_put(file, "meta", "schema", std::string{"\0\0\0\x63", 4});
    for (auto as : {role::owner, role::visitor}) {
      auto s = open_lmdb_store(at(dir.path(), as));
      REQUIRE_FALSE(s.ok());
      CHECK(s.error() == ec::rejected);
      CHECK(has(s.error().text, "schema version 99"));
      CHECK(has(s.error().text, "up to version " + std::to_string(schema_version)));
      CHECK(has(s.error().text, "Upgrade hyakki"));
    }
  }
  GIVEN("an older one that no step leads from") {
    raw_put(file, "meta", "schema", std::string(4, '\0'));
    auto s = open_lmdb_store(at(dir.path()));
    REQUIRE_FALSE(s.ok());
    CHECK(s.error() == ec::rejected);
    CHECK(has(s.error().text, "version 0"));
  }
  GIVEN("one of before rework, or of before events of tickets, with a story in it") {
    auto version = GENERATE(1, 2);
    {
      auto s = must_open(at(dir.path()));
      REQUIRE(s->commit({{typical_record(1, state::queued, 1), {}}}));
    }
    raw_put(file, "meta", "schema", std::string(3, '\0') + static_cast<char>(version));
    THEN("a visitor asks for its owner") {
      auto s = open_lmdb_store(at(dir.path(), role::visitor));
      REQUIRE_FALSE(s.ok());
      CHECK(s.error() == ec::unavailable);
      CHECK(has(s.error().text, "version " + std::to_string(version)));
    }
    THEN("its owner brings it up, and everything is there") {
      {
        auto s = must_open(at(dir.path()));
        CHECK(*s->find("tickets/FIX-1"));
      }
      CHECK(open_lmdb_store(at(dir.path(), role::visitor)).ok());
    }
  }
  GIVEN("one that does not say its version") {
    raw_put(file, "meta", "schema", "xx");
    CHECK(open_lmdb_store(at(dir.path())).error() == ec::corrupt_record);
  }
  GIVEN("a file of something else") {
    scratch_dir other;
    std::ofstream{other / "data.mdb"} << std::string(20'000, 'z');
    for (auto as : {role::owner, role::visitor}) {
      auto s = open_lmdb_store(at(other.path(), as));
      REQUIRE_FALSE(s.ok());
      CHECK(s.error() == ec::corrupt_record);
    }
    CHECK(std::ifstream{other / "data.mdb"}.get() == 'z');
  }
  GIVEN("a file that got its name and nothing else") {
    scratch_dir other;
    std::ofstream{other / "data.mdb"};
    std::ofstream{other / "creating.mdb"} << "half a file";
    CHECK(open_lmdb_store(at(other.path(), role::visitor)).error() == ec::not_found);
    CHECK(commits(*must_open(at(other.path())), 1, 1));
  }
}

SCENARIO("damaged records hurt only themselves") {
  scratch_dir dir;
  {
    auto s = must_open(at(dir.path()));
    for (std::uint64_t n = 1; n <= 3; ++n)
      REQUIRE(commits(*s, n, 1));
  }
  raw_put(dir / "data.mdb", "records", "tickets/FIX-2", "rubbish");
  raw_put(dir / "data.mdb", "unfinished", "tickets/FIX-2", "rubbish");
  raw_put(dir / "data.mdb", "events", std::string{"\0\0\0\0\0\0\0\x02", 8}, "rubbish");
  auto s = must_open(at(dir.path()));
  THEN("the others are read, and what is damaged is named") {
    CHECK(s->find("tickets/FIX-2").error() == ec::corrupt_record);
    CHECK(has(s->find("tickets/FIX-2").error().text, "tickets/FIX-2"));
    CHECK((*s->find("tickets/FIX-3")).has_value());
    std::size_t n = 0;
    auto walked = s->each_unfinished([&](const index_entry&) { ++n; });
    CHECK(n == 2);
    REQUIRE_FALSE(walked.ok());
    CHECK(has(walked.error().text, "tickets/FIX-2"));
    CHECK(s->events_after(0, 10)->size() == 1);
    CHECK(s->events_after(1, 10).error() == ec::corrupt_record);
    CHECK(s->events_after(2, 10)->size() == 1);
    auto answers = *s->commit({step(2, state::done, 2), step(3, state::done, 2)});
    CHECK(answers[0].error() == ec::corrupt_record);
    CHECK(answers[1].ok());
  }
}

SCENARIO("a full disk is said, and forgotten when there is room again") {
  scratch_dir dir;
  if (::mount("none", dir.path().c_str(), "tmpfs", 0, "size=16m,mode=0700") != 0) {
    WARN("skipped: a tmpfs cannot be mounted here (" << std::strerror(errno) << ")");
    return;
  }
  {
    auto s = must_open(at(dir / "state"));
    auto filler = dir / "filler";
    for (int round = 0; round < 5; ++round) {
      {
        std::ofstream out{filler, std::ios::binary};
        std::string block(64 << 10, 'f');
        for (int i = 0; i < 512 && out; ++i)
          out.write(block.data(), static_cast<std::streamsize>(block.size())), out.flush();
      }
      auto base = static_cast<std::uint64_t>(round) * 10'000;
      std::uint64_t kept = 0;
      for (;; ++kept) {
        auto c = step(base + kept, state::queued, 1);
        c.record.story.description = std::string(30'000, 'x');
        auto answer = s->commit({c});
        if (!answer) {
          INFO(answer.error().text);
          CHECK(answer.error() == ec::unavailable);
          CHECK(has(answer.error().text, "make room"));
          break;
        }
        REQUIRE(kept < 2000);
      }
      CHECK((*s->find("tickets/FIX-" + std::to_string(base + kept))).has_value() == false);
      ::unlink(filler.c_str());
      auto answer = s->commit({step(base + kept, state::queued, 1)});
      INFO((answer ? "" : answer.error().text));
      REQUIRE(answer.ok());
      REQUIRE(audit(*s).empty());
    }
  }
  ::umount2(dir.path().c_str(), MNT_DETACH);
}

SCENARIO("a lock that outlives its holder for a moment, in a child on the way to its own program, is waited for") {
  scratch_dir dir;
  auto state = dir / "state";
  int ready[2];
  REQUIRE(::pipe(ready) == 0);
  auto holder = ::fork();
  REQUIRE(holder >= 0);
  if (holder == 0) {
    auto held = state_lock::take(state);
    if (held && ::fork() == 0) {
      ::close(ready[0]);
      (void)!::write(ready[1], "x", 1);
      ::poll(nullptr, 0, 200); // and no longer
    }
    ::_exit(0);
  }
  ::close(ready[1]);
  char sign = 0;
  REQUIRE(::read(ready[0], &sign, 1) == 1);
  ::close(ready[0]);
  int status = 0;
  REQUIRE(::waitpid(holder, &status, 0) == holder);
  CHECK_FALSE(holder_of(state).empty());
  auto taken = state_lock::take(state);
  CHECK(static_cast<bool>(taken));
}
