// Stories whose tracker and code host are reached over HTTP, worked on by real processes: what they leave, who could
// see a token, and what a kill at any point costs.
//
// $HYAKKI_SOAK=2 makes every point a trial, where one in several is; $HYAKKI_SEED replays.
#include "tests/support/http_proxy.hpp"
#include "tests/support/secret_watch.hpp"
#include "tests/support/service_world.hpp"
#include "tests/support/soak.hpp"

#include <catch2/catch.hpp>

#include <iostream>
#include <random>

using namespace hyakki;
using namespace hyakki::test;

namespace {

const std::string does_it = "echo changed >file.txt\necho 'I changed it.'\n";

void sweep(service_pair which, std::size_t trials) {
  service_world whole{which, does_it};
  auto left = whole.work();
  INFO(file_text(whole.root() + "/out") << file_text(whole.root() + "/state/engine.log"));
  REQUIRE(left.well());
  auto wanted = whole.outcome();
  INFO(wanted);
  CHECK(whole.look_at_store().empty());
  CHECK(wanted.find("1 commits") != std::string::npos);
  CHECK(wanted.find("pull request from") == wanted.rfind("pull request from"));
  CHECK(wanted.find("label ai-done") != std::string::npos);
  CHECK(wanted.find("complaint") == std::string::npos);
  auto points = whole.points();
  REQUIRE(points > 10);

  std::vector<std::pair<long, const char*>> shots;
  for (long n = 1; n <= points; ++n)
    for (auto* when : {"before", "after"})
      shots.emplace_back(n, when);
  std::shuffle(shots.begin(), shots.end(), std::mt19937_64{seed()});
  if (soak() == 1 && shots.size() > trials)
    shots.resize(trials);
  int kills = 0;
  for (auto& [point, when] : shots) {
    service_world w{which, does_it};
    kills += w.work(point, when).killed();
    bool rests = false;
    for (int start = 0; start < 20 && !rests; ++start)
      rests = w.work().well() && w.look_at_store().empty();
    INFO("killed " << when << " point " << point << "\n" << file_text(w.root() + "/out") << w.look_at_store());
    CHECK(rests);
    CHECK(w.outcome() == wanted);
  }
  std::cerr << shots.size() << " trials, " << kills << " kills, " << points << " points\n";
  CHECK(kills >= static_cast<int>(shots.size()) * 8 / 10);
}

} // namespace

SCENARIO("an engine that is killed while it works with services leaves one branch, one pull request and its comments") {
  GIVEN("Jira and Bitbucket Data Center") { sweep(service_pair::data_center, 6); }
  GIVEN("Jira and Bitbucket Cloud") { sweep(service_pair::cloud, 6); }
  GIVEN("GitHub") { sweep(service_pair::github, 6); }
}

SCENARIO("a token is seen nowhere while a story runs from end to end") {
  auto which = GENERATE(service_pair::data_center, service_pair::cloud, service_pair::github);
  INFO(to_string(which));
  const std::string slack = "/services/T000/B000/canary-of-slack-0123456789", signing = "canary-signs-0123456789",
                    proxy_word = "canary of a proxy:w@rd/9";
  auto sink = http_server{[](const served_request&) { return served_answer::json(200, "{}"); }};
  auto how = http_proxy::options{};
  how.user = "me";
  how.password = proxy_word;
  auto proxy = http_proxy{how};
  // It says what looks like tokens that it cannot know: an agent that found them somewhere.
  auto tokens = service_world{which, ""}.tokens();
  auto agent =
    does_it + "echo 'the token is " + tokens[1] + "'\necho '" + tokens[0] + "' >&2\nenv >\"$here/agent-environment\"\n";
  auto format = std::string{which == service_pair::cloud ? "json" : "text"};
  service_world w{which, agent,
                  "log: {level: debug, file: engine.log, format: " + format +
                    "}\nhttp: {proxy: '${PROXY}'}\nnotifications:\n  - {name: team, type: slack, url: '${SLACK}', "
                    "events: [started, succeeded, failed]}\n  - {name: audit, type: webhook, url: '${AUDIT}', "
                    "signing_secret: '${SIGNS}', events: [started, succeeded, failed]}\n"};
  auto words = w.tokens();
  for (auto& more : {w.basic(), slack, signing, proxy_word, std::string{"canary%20of%20a%20proxy%3Aw%40rd%2F9"},
                     base64("me:" + proxy_word)})
    words.push_back(more);
  auto variables = w.variables();
  for (auto& more : {"SLACK=" + sink.url(slack), "AUDIT=" + sink.url("/audit"), "SIGNS=" + signing,
                     "PROXY=http://me:canary%20of%20a%20proxy%3Aw%40rd%2F9@127.0.0.1:" + std::to_string(proxy.port())})
    variables.push_back(more);
  secret_watch watch{words};
  // The engine has them in its environment, which is its user's doing; everything below it is ours.
  auto program = service_world::handed_in("HYAKKI_PROGRAM");
  auto pid =
    start_child({program, "run", "--once", "-c", w.configuration()}, w.root() + "/out", w.root() + "/out", variables);
  auto left = wait_for(pid);
  for (auto& look : std::vector<std::vector<std::string>>{
         {"status"}, {"status", "--json"}, {"show", w.story()}, {"show", w.story(), "--json"}, {"log", w.story()}}) {
    auto command = look;
    command.insert(command.begin(), program);
    command.insert(command.end(), {"-c", w.configuration()});
    wait_for(start_child(command, w.root() + "/looks", w.root() + "/looks", variables));
  }
  watch.end();
  INFO(file_text(w.root() + "/out") << file_text(w.root() + "/engine.log"));
  REQUIRE(left.well());
  CHECK(w.outcome().find("label ai-done") != std::string::npos);
  for (auto& f : watch.found())
    if (f.rfind("environ of " + program, 0) != 0 && f.find("hyakki-engine") == std::string::npos)
      FAIL_CHECK(f);
  CHECK(watch.programs().count("git") == 1);
  CHECK(watch.in(w.said()).empty());
  // What the agent said was seen, and taken out; in Jira's wiki each star stands behind a backslash.
  CHECK((w.said().find("***") != std::string::npos || w.said().find("\\*\\*\\*") != std::string::npos));
  // Each secret went where it belongs, and what is told there holds none of the others.
  CHECK(proxy.asked().size() > 5);
  std::size_t told = 0;
  for (auto& r : sink.requests()) {
    CHECK(watch.in(r.body).empty());
    told += r.target == slack ? 1 : 0;
  }
  CHECK(told == 2);
  CHECK(sink.request_count() == 4);
  // state, work trees, log, terminal, the agent's environment, the repository: all but the agent that was planted
  for (auto& file : watch.in_files(w.root()))
    if (file != w.root() + "/agent")
      FAIL_CHECK("a token is in " << file);
  auto log = file_text(w.root() + "/engine.log");
  CHECK(log.find("http call") != std::string::npos); // it says enough to be searched
  CHECK(log.find("GET /") != std::string::npos);
  CHECK(lines_of(log).size() > 15);
  CHECK(file_text(w.root() + "/looks").find(w.story()) != std::string::npos);
  CHECK_FALSE(file_text(w.root() + "/agent-environment").empty());
  CHECK_FALSE(file_text(w.root() + "/out").empty());
}

SCENARIO("a token that the code host does not take ends in words that name the host, and nothing of the token") {
  service_world w{service_pair::data_center, does_it, "log: {level: debug, file: engine.log}\n"};
  auto variables = w.variables();
  variables[1] = "HOST_TOKEN=BBDC-canary-that-is-wrong-00000000";
  auto left =
    wait_for(start_child({service_world::handed_in("HYAKKI_PROGRAM"), "run", "--once", "-c", w.root() + "/hyakki.yaml"},
                         w.root() + "/out", w.root() + "/out", variables));
  auto said = file_text(w.root() + "/out") + file_text(w.root() + "/engine.log") + w.said();
  INFO(said);
  CHECK_FALSE(left.well());
  CHECK(said.find("canary") == std::string::npos);
  CHECK(said.find("127.0.0.1") != std::string::npos);
}
