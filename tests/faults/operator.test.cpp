// An operator who insists: a second signal ends an engine that is still stopping, and a retry lifts a story that
// waits for a person. As a user does it: by signals and by the command line.
#include "tests/support/comes.hpp"
#include "tests/support/story_trial.hpp"

#include <catch2/catch.hpp>

using namespace hyakki;
using namespace hyakki::test;

namespace {

world_kind one() {
  return {
    "one story", {{"APP-1", "alpha"}},       "echo changed >file.txt\necho 'I changed it.'\n", "test -f file.txt\n",
    state::done, {"ai-pipeline", "ai-done"}, {"1/started", "1/success", "1/details"},          {}};
}

} // namespace

SCENARIO("a second signal ends an engine at once, and the next start goes on") {
  for (auto which : {SIGINT, SIGTERM}) {
    auto kind = one();
    // The first time it hears no signal and holds whoever waits for it.
    kind.agent =
      "if [ ! -e \"$here/held\" ]; then\n  trap '' TERM INT HUP\n  : >\"$here/held\"\n  while :; do sleep 1; "
      "done\nfi\n" +
      kind.agent;
    trial t{kind};
    t.use_engine(std::getenv("HYAKKI_ENGINE"));
    auto pid = t.start_engine();
    REQUIRE(comes([&] { return std::filesystem::exists(t.root() + "/held"); }));
    ::kill(pid, which);
    REQUIRE(comes([&] { return file_text(t.root() + "/out").find("stopping") != std::string::npos; }));
    auto second = std::chrono::steady_clock::now();
    ::kill(pid, which);
    auto left = wait_for(pid);
    auto took = std::chrono::steady_clock::now() - second;
    CHECK(WIFEXITED(left.status));
    CHECK(WEXITSTATUS(left.status) == 128 + which);
    CHECK(took < std::chrono::seconds{2});
    t.count_kill();
    t.recover();
    t.look();
    CHECK(t.extra() <= 1);
    for (auto& f : t.faults())
      FAIL_CHECK(f);
  }
}

SCENARIO("a story that waits for a person is lifted by a retry on the command line") {
  auto kind = one();
  kind.comments = {"1/started", "1/failure", "2/started", "2/success", "2/details"};
  kind.retry_agent = kind.agent;
  trial t{kind};
  std::filesystem::rename(t.root() + "/check", t.root() + "/away");
  t.use_engine(std::getenv("HYAKKI_ENGINE"));
  t.recover(true);
  auto parked = t.record_of("APP-1");
  REQUIRE(parked);
  CHECK(parked->at == state::parked);
  CHECK(parked->why->text.find("check 'there' cannot run") != std::string::npos);
  std::filesystem::rename(t.root() + "/away", t.root() + "/check");
  auto word = [&](std::vector<std::string> words) {
    words.insert(words.begin(), std::getenv("HYAKKI_PROGRAM"));
    words.insert(words.end(), {"-c", t.root() + "/hyakki.yaml"});
    return wait_for(start_child(words, t.root() + "/answer", t.root() + "/answer"));
  };
  auto said = word({"retry", "APP-1"});
  INFO(file_text(t.root() + "/answer"));
  CHECK(said.well());
  t.recover();
  t.look();
  for (auto& f : t.faults())
    FAIL_CHECK(f);
}
