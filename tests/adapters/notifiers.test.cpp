// Who is told besides the tracker: what Slack and a webhook get, and which events become a notification.
#include "adapters/notifiers/slack.hpp"
#include "adapters/notifiers/webhook.hpp"
#include "core/log.hpp"
#include "hooks/notify.hpp"
#include "tests/core/hostile.hpp"

#include <catch2/catch.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>

using namespace hyakki;
using json = nlohmann::json;

namespace {

/// Answers as it is told and keeps what it was asked.
class scripted_client final : public http_client {
public:
  result<http_answer> call(const http_request& what) override {
    asked.push_back(what);
    if (!reachable)
      return error{ec::unavailable, "no route", 0};
    http_answer a;
    a.status = status;
    a.body = body;
    a.url = what.url;
    return a;
  }
  http_quota quota_of(std::string_view) const override { return {}; }
  void give_up_what_can_wait() override { ++given_up; }

  std::vector<http_request> asked;
  bool reachable = true;
  int given_up = 0;
  int status = 200;
  std::string body = "ok";
};

class still_clock final : public clock {
public:
  wall_ms now() const override { return at; }
  wall_ms at = 1'700'000'000'000;
};

class kept final : public notifier {
public:
  result<void> tell(const notification& what) override {
    told.push_back(what);
    return {};
  }
  std::vector<notification> told;
};

notification failure(std::string title, std::string reason) {
  notification n;
  n.what = notification::kind::failed;
  n.number = 7;
  n.story = "jira/AB-1";
  n.title = std::move(title);
  n.reason = std::move(reason);
  return n;
}

notification_config to(std::string type) {
  notification_config c;
  c.name = "team";
  c.type = std::move(type);
  c.url = secret{"https://hooks.example.org/T000/B000/verysecret"};
  return c;
}

event happened(event_kind kind, event_payload payload, std::int64_t at_ms) {
  event e;
  e.seq = 12;
  e.kind = kind;
  e.at_ms = at_ms;
  e.story = "jira/AB-1";
  e.title = "Add the thing";
  e.payload = std::move(payload);
  return e;
}

} // namespace

SCENARIO("Slack is told in one message that strangers cannot shape") {
  scripted_client http;
  auto sink = make_slack_notifier(to("slack"), http);
  GIVEN("a title and a reason that try to mention everybody and to hide a link") {
    auto told = sink->tell(failure("<!channel> & <https://evil.example|click>", "line\nbreak @here *bold* \x1b[31m"));
    REQUIRE(told);
    REQUIRE(http.asked.size() == 1);
    auto& asked = http.asked[0];
    auto text = json::parse(asked.body).at("text").get<std::string>();
    THEN("nothing of it is markup") {
      CHECK(text.find('<') == std::string::npos);
      CHECK(text.find("&lt;!channel&gt; &amp; ") != std::string::npos);
      CHECK(text.find("@here") == std::string::npos);
      CHECK(text.find("*bold*") == std::string::npos);
      CHECK(text.find('\x1b') == std::string::npos);
    }
    THEN("the address stays a secret, one message a second is asked for, and a repetition is allowed") {
      CHECK(asked.url_is_secret);
      CHECK(asked.repeatable);
      CHECK(asked.spacing == std::chrono::seconds{1});
      CHECK(asked.method == http_method::post);
    }
  }
  GIVEN("a thousand texts that would take over a terminal") {
    hostile_texts make{12};
    for (int i = 0; i < 1000; ++i) {
      REQUIRE(sink->tell(failure(make(), make())));
      auto& body = http.asked.back().body;
      CHECK_FALSE(has_raw_control(body));
      auto text = json::parse(body).at("text").get<std::string>();
      text.erase(std::remove(text.begin(), text.end(), '\n'), text.end());
      CHECK_FALSE(has_raw_control(text));
    }
  }
  GIVEN("a channel that is gone") {
    http.status = 410;
    http.body = "channel_is_archived";
    auto told = sink->tell(failure("x", "y"));
    THEN("the failure says what Slack said, and not the address") {
      REQUIRE_FALSE(told);
      CHECK(told.error().text.find("channel_is_archived") != std::string::npos);
      CHECK(told.error().text.find("verysecret") == std::string::npos);
    }
  }
  GIVEN("no network") {
    http.reachable = false;
    CHECK(sink->tell(failure("x", "y")).error() == ec::unavailable);
  }
}

SCENARIO("a webhook gets signed JSON of a stated version") {
  scripted_client http;
  auto c = to("webhook");
  c.signing_secret = secret{"key"};
  auto sink = make_webhook_notifier(c, http);
  notification n;
  n.what = notification::kind::succeeded;
  n.number = 42;
  n.at_ms = 1'700'000'000'000;
  n.story = "jira/AB-1";
  n.title = "Add \"it\"\x01";
  n.pull_request = "https://host/pr/1";
  REQUIRE(sink->tell(n));
  auto& asked = http.asked.at(0);
  auto body = json::parse(asked.body);
  CHECK(body.at("version") == 1);
  CHECK(body.at("event") == "succeeded");
  CHECK(body.at("delivery") == 42);
  CHECK(body.at("story").at("id") == "jira/AB-1");
  CHECK(body.at("story").at("title") == "Add \"it\"");
  CHECK(body.at("pull_request").at("url") == "https://host/pr/1");
  CHECK(body.count("reason") == 0);
  CHECK(find_header(asked.headers, "x-hub-signature-256") == webhook_signature(c.signing_secret, asked.body));
  CHECK(find_header(asked.headers, "x-hyakki-delivery") == "42");
  THEN("the signature is HMAC-SHA256, by RFC 4231's second case") {
    CHECK(webhook_signature(secret{"Jefe"}, "what do ya want for nothing?") ==
          "sha256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  }
}

SCENARIO("notifications are made of three events, and of none that will be repeated or is old") {
  still_clock time;
  auto sink = std::make_shared<kept>();
  auto c = to("slack");
  c.events = {"started", "succeeded", "failed"};
  auto p = make_notifications(c, sink, time);
  CHECK(p.name == "team");
  auto now = time.at;
  GIVEN("a story that succeeds") {
    REQUIRE(p.tell(happened(event_kind::before_process, {}, now)));
    REQUIRE(p.tell(happened(event_kind::after_resolve_repo, on_repo{"billing"}, now)));
    pull_request pull;
    pull.url = "https://host/pr/1";
    REQUIRE(p.tell(happened(event_kind::on_success, on_pull{pull}, now)));
    THEN("its start and its end are told") {
      REQUIRE(sink->told.size() == 2);
      CHECK(sink->told[0].what == notification::kind::started);
      CHECK(sink->told[0].repository == "billing");
      CHECK(sink->told[1].pull_request == "https://host/pr/1");
      CHECK(sink->told[1].number == 12);
    }
  }
  GIVEN("failures, of which one is final and one is old") {
    REQUIRE(p.tell(happened(event_kind::on_failure, on_error{ec::timed_out, "again", state::pushing, false}, now)));
    REQUIRE(p.tell(happened(event_kind::on_failure, on_error{ec::rejected, "no", state::pushing, true}, now)));
    REQUIRE(p.tell(
      happened(event_kind::on_failure, on_error{ec::rejected, "old", state::pushing, true}, now - 25 * 3600 * 1000)));
    THEN("only the final one of today is told") {
      REQUIRE(sink->told.size() == 1);
      CHECK(sink->told[0].reason == "no");
    }
  }
  GIVEN("what others did to tickets, for a sink that asked for it") {
    auto change = on_ticket{{{"status", "open", "closed"}, {"comments", "", ""}}};
    REQUIRE(p.tell(happened(event_kind::ticket_closed, change, now)));
    CHECK(sink->told.empty());
    c.events = {"ticket_created", "ticket_changed", "ticket_closed", "ticket_removed"};
    auto curious = make_notifications(c, sink, time);
    for (auto kind : {event_kind::ticket_created, event_kind::ticket_changed, event_kind::ticket_closed,
                      event_kind::ticket_removed, event_kind::noted})
      REQUIRE(curious.tell(happened(kind, change, now)));
    REQUIRE(sink->told.size() == 4);
    CHECK(to_string(sink->told[3].what) == "ticket_removed");
    THEN("a channel reads what changed, and a program gets it") {
      CHECK(slack_text(sink->told[2]) == ":lock: Closed: jira/AB-1: Add the thing\nstatus: open → closed, comments");
      auto body = json::parse(webhook_body(sink->told[2]));
      CHECK(body.at("event") == "ticket_closed");
      CHECK(body.at("changes") ==
            json::parse(R"([{"field":"status","before":"open","after":"closed"},{"field":"comments"}])"));
    }
  }
  GIVEN("a sink that wants to know of failures alone") {
    c.events = {"failed"};
    auto picky = make_notifications(c, sink, time);
    REQUIRE(picky.tell(happened(event_kind::after_resolve_repo, on_repo{"billing"}, now)));
    CHECK(sink->told.empty());
  }
}

SCENARIO("a sink says what it waits for, and lets the end of the program give it up") {
  still_clock time;
  scripted_client http;
  auto type = GENERATE(std::string{"slack"}, std::string{"webhook"});
  auto c = to(type);
  c.events = {"failed"};
  auto sink =
    std::shared_ptr<notifier>{type == "slack" ? make_slack_notifier(c, http) : make_webhook_notifier(c, http)};
  auto p = make_notifications(c, sink, time);
  auto final = happened(event_kind::on_failure, on_error{ec::rejected, "no", state::pushing, true}, time.at);
  auto old = final;
  old.at_ms -= 25 * 3600 * 1000;
  CHECK(p.wants(final));
  CHECK_FALSE(p.wants(old));
  CHECK_FALSE(p.wants(happened(event_kind::after_resolve_repo, on_repo{"billing"}, time.at)));
  WHEN("it is told") {
    REQUIRE(p.tell(final));
    THEN("the call is one that can wait for the next start") { CHECK(http.asked.at(0).can_wait); }
  }
  WHEN("it is given up") {
    p.give_up();
    THEN("the client hears it") { CHECK(http.given_up == 1); }
  }
}
