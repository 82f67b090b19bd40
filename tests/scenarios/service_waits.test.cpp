// Stories that wait: for another story, or for a service that has had enough of us. As a person sees it who starts
// `hyakki` and asks it.
#include "core/clock.hpp"
#include "tests/support/comes.hpp"
#include "tests/support/service_world.hpp"

#include <catch2/catch.hpp>

#include <nlohmann/json.hpp>

#include <atomic>

using namespace hyakki;
using namespace hyakki::test;
using json = nlohmann::json;

namespace {

const std::string does_it = "echo changed >file.txt\necho 'I changed it.'\n";

/// Ends an engine that was started for ever.
struct engine {
  pid_t pid;
  ended_child end() {
    ::kill(pid, SIGTERM);
    return wait_for(std::exchange(pid, -1));
  }
  ~engine() {
    if (pid > 0)
      (void)end();
  }
};

} // namespace

SCENARIO("a story that another one blocks is not begun, which a dry run tells, until the other is closed") {
  auto which = GENERATE(service_pair::data_center, service_pair::cloud, service_pair::github);
  GIVEN(to_string(which)) {
    service_world w{which, does_it};
    w.outside().block();
    auto text = w.say({"run", "--dry-run"});
    INFO(text);
    CHECK(text.find("held back") != std::string::npos);
    auto plan = json::parse(w.say({"run", "--dry-run", "--json"}));
    REQUIRE(plan.at("stories").size() == 1);
    CHECK(plan["stories"][0].at("key") == w.story());
    auto why = plan["stories"][0].at("text").get<std::string>();
    CHECK(why.find("held back: " + w.story() + " is blocked by ") == 0);
    REQUIRE(w.work().well());
    CHECK_FALSE(std::filesystem::exists(w.root() + "/runs"));
    CHECK(json::parse(w.say({"status", "--json"})).at("stories").empty());
    w.outside().unblock();
    CHECK(json::parse(w.say({"run", "--dry-run", "--json"})).at("stories")[0].at("text") == "would run");
    REQUIRE(w.work().well());
    CHECK(w.look_at_store() == "");
    CHECK(w.outside().complaints() == std::vector<std::string>{});
  }
}

SCENARIO("while little is left of a service's quota no new story is begun, which status tells, until it is renewed") {
  service_world w{service_pair::data_center, does_it};
  std::atomic<std::int64_t> renewed{0}; // seconds since the epoch
  w.outside().limit_calls([&](served_answer& a) {
    auto now = hyakki::system_clock{}.now() / 1000;
    auto none = std::int64_t{0};
    renewed.compare_exchange_strong(none, now + 6);
    auto is_new = now >= renewed;
    a.headers.insert(a.headers.end(), {{"X-RateLimit-Limit", "1000"},
                                       {"X-RateLimit-Remaining", is_new ? "999" : "40"},
                                       {"X-RateLimit-Reset", std::to_string(is_new ? now + 3600 : renewed.load())}});
  });
  engine runs{w.start_for_ever()};
  json seen;
  REQUIRE(comes([&] {
    seen = json::parse(w.say({"status", "--json"}), nullptr, false);
    return seen.is_object() && seen.contains("daemon") && !seen["daemon"].at("quiet").empty();
  }));
  INFO(seen.dump(2));
  auto why = seen["daemon"]["quiet"][0].get<std::string>();
  CHECK(why.find("jira_dc at http://127.0.0.1") == 0);
  CHECK(why.find("40 of 1000 calls left until ") != std::string::npos);
  CHECK(why.find("no new story is begun") != std::string::npos);
  REQUIRE(seen["stories"].size() == 1);
  CHECK(seen["stories"][0].at("state") == "queued");
  CHECK_FALSE(std::filesystem::exists(w.root() + "/runs"));
  CHECK(w.say({"status"}).find("no new story is begun") != std::string::npos);

  CHECK(comes([&] { return w.has_label("ai-done"); })); // by itself
  CHECK(hyakki::system_clock{}.now() / 1000 >= renewed);
  CHECK(json::parse(w.say({"status", "--json"})).at("daemon").at("quiet").empty());
  CHECK(runs.end().well());
  CHECK(w.look_at_store() == "");
  CHECK(w.outcome().find("1 commits") != std::string::npos);
}

SCENARIO("while a tracker wants to be left alone the log and status say so") {
  service_world w{service_pair::data_center, does_it};
  w.outside().limit_calls([](served_answer& a) {
    a.status = 429;
    a.headers.emplace_back("Retry-After", "600");
  });
  engine runs{w.start_for_ever()};
  auto quiet = std::string{};
  REQUIRE(comes([&] {
    auto seen = json::parse(w.say({"status", "--json"}), nullptr, false);
    if (!seen.is_object() || !seen.contains("daemon") || seen["daemon"].at("quiet").empty())
      return false;
    quiet = seen["daemon"]["quiet"][0];
    return true;
  }));
  INFO(quiet);
  CHECK(quiet.find("Jira at 127.0.0.1") == 0);
  CHECK(quiet.find(" was answered 429: it is asked again no sooner than ") != std::string::npos);
  CHECK(runs.end().well());
}

SCENARIO("a page that stands in the tracker's place when a story ends is no word of the tracker's") {
  auto which = GENERATE(service_pair::data_center, service_pair::cloud);
  auto page = GENERATE(302, 403, 404);
  INFO(to_string(which) << ", " << page);
  // From the moment the agent ends until somebody takes the page away.
  service_world w{which, does_it + "touch \"$here/page\"\n"};
  auto here = w.root() + "/page";
  w.outside().answer_instead([=](const served_request&) -> std::optional<served_answer> {
    if (!std::filesystem::exists(here))
      return std::nullopt;
    auto out = served_answer::json(page, "<html><title>Log in</title></html>");
    out.headers = {{"Content-Type", "text/html"}};
    if (page == 302)
      out.headers.emplace_back("Location", "https://login.example.org/");
    return out;
  });
  engine runs{w.start_for_ever()};
  WHEN("the story has ended") {
    auto owed = [&] { return w.say({"show", w.story()}).find("the tracker could not be told") != std::string::npos; };
    REQUIRE(comes(owed));
    THEN("it is told what happened when the page is gone") {
      std::filesystem::remove(here);
      CHECK(comes([&] { return w.has_label("ai-done"); }));
      CHECK(comes([&] { return w.say({"show", w.story()}).find("done, since") != std::string::npos; }));
      CHECK_FALSE(w.has_label("ai-processing"));
      CHECK(w.said().find("pull request") != std::string::npos);
      CHECK(runs.end().well());
      CHECK(w.look_at_store() == "");
      CHECK(w.outcome().find("pull request from") == w.outcome().rfind("pull request from"));
    }
  }
}
