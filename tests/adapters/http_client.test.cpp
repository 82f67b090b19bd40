// The HTTP door against real servers: what is sent, kept, repeated, waited for and refused.

#include "tests/support/http_server.hpp"
#include "tests/support/http_socket.hpp"
#include "tests/support/http_world.hpp"

#include <catch2/catch.hpp>

#include <poll.h>

#include <atomic>
#include <condition_variable>
#include <future>
#include <thread>

using namespace hyakki;
using namespace hyakki::test;
using namespace std::chrono_literals;

namespace {

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

served_answer ok(std::string body = "{}") { return served_answer::json(200, std::move(body)); }

served_answer with_header(served_answer a, std::string name, std::string value) {
  a.headers.emplace_back(std::move(name), std::move(value));
  return a;
}

http_request asking(const std::string& url, http_method m = http_method::get) {
  http_request r;
  r.service = "Jira";
  r.method = m;
  r.url = url;
  return r;
}

/// Answers these one after the other, then the last of them for ever.
http_server::handler in_turn(std::vector<served_answer> all) {
  auto next = std::make_shared<std::size_t>(0);
  return [all = std::move(all), next](const served_request&) { return all[std::min((*next)++, all.size() - 1)]; };
}

} // namespace

SCENARIO("a call is sent as it was asked for and its answer comes back") {
  http_server server{[](const served_request& r) {
    auto a = ok("{\"said\":\"" + r.body + "\"}");
    a.status = r.method == "POST" ? 201 : 200;
    return with_header(a, "X-Thing", "one");
  }};
  http_world world{{server.url()}};
  auto r = asking(server.url("/rest/a%20b?x=1"), http_method::post);
  r.body = "hello";
  r.headers = {{"Content-Type", "text/plain"}};
  r.credentials = http_credentials::basic("me", secret{"hunter22"});
  auto a = world.call(r);
  REQUIRE(a.ok());
  REQUIRE(a->status == 201);
  REQUIRE(a->body == "{\"said\":\"hello\"}");
  REQUIRE(a->header("x-thing") == "one");
  auto seen = server.requests().at(0);
  REQUIRE(seen.target == "/rest/a%20b?x=1");
  REQUIRE(seen.header("authorization") == "Basic bWU6aHVudGVyMjI=");
  REQUIRE(seen.header("host") == "127.0.0.1:" + std::to_string(server.port()));
  REQUIRE(seen.header("user-agent") == "hyakki");
  REQUIRE(seen.header("content-length") == "5");
  r.credentials = http_credentials::bearer(secret{"hunter22"});
  REQUIRE(world.call(r).ok());
  REQUIRE(server.requests().at(1).header("authorization") == "Bearer hunter22");
  r.credentials = {http_credentials::scheme::header, "X-Token", secret{"hunter22"}};
  REQUIRE(world.call(r).ok());
  REQUIRE(server.requests().at(2).header("x-token") == "hunter22");
  THEN("all of it went over one connection") { REQUIRE(server.connections() == 1); }
}

SCENARIO("every framing of an answer is read") {
  std::string text;
  for (int i = 0; i < 3000; ++i)
    text += "row " + std::to_string(i) + ";";
  auto kind = GENERATE(0, 1, 2, 3, 4);
  http_server server{[&](const served_request&) {
    auto a = ok(text);
    a.chunked = kind == 1 || kind == 4;
    a.gzip = kind == 2 || kind == 4;
    a.until_close = kind == 3;
    return a;
  }};
  http_world world{{server.url()}};
  for (int i = 0; i < 3; ++i)
    REQUIRE(world.get(server.url("/x"))->body == text);
  REQUIRE(server.connections() == (kind == 3 ? 3 : 1));
  auto head = world.call(asking(server.url("/x"), http_method::head));
  REQUIRE(head.ok());
  REQUIRE(head->body.empty());
  REQUIRE(world.time->waits().empty());
}

SCENARIO("an interim answer is passed over and bytes behind an answer end the connection") {
  http_server server{in_turn({[] {
                                served_answer a;
                                a.raw =
                                  "HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: "
                                  "2\r\n\r\nokHTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil";
                                return a;
                              }(),
                              ok("good")})};
  http_world world{{server.url()}};
  REQUIRE(world.get(server.url("/1"))->body == "ok");
  REQUIRE(world.get(server.url("/2"))->body == "good");
  REQUIRE(server.connections() == 2);
}

SCENARIO("connections are kept, bounded and noticed when they died") {
  http_server server{in_turn({ok()})};
  http_world world{{server.url()}};
  world.options.most_connections = 2;
  GIVEN("many threads that call at once") {
    REQUIRE(world.open().ok());
    std::vector<std::thread> callers;
    std::atomic<int> good{0};
    for (int t = 0; t < 8; ++t)
      callers.emplace_back([&] {
        for (int i = 0; i < 25; ++i)
          if (world.client->call(asking(server.url("/x"))).ok())
            ++good;
      });
    for (auto& c : callers)
      c.join();
    THEN("all are answered over as many connections as are allowed") {
      REQUIRE(good == 200);
      REQUIRE(server.request_count() == 200);
      REQUIRE(server.connections() <= 2);
      REQUIRE(server.most_at_once() <= 2);
    }
  }
  GIVEN("a host that closes what it kept") {
    REQUIRE(world.get(server.url("/1")).ok());
    server.drop_idle();
    THEN("the next call goes over a new connection, a POST too, without a wait") {
      REQUIRE(world.get(server.url("/2")).ok());
      REQUIRE(world.time->waits().empty());
    }
  }
  GIVEN("connections that are never kept long") {
    world.options.idle_deadline = 0ms;
    for (int i = 0; i < 3; ++i)
      REQUIRE(world.get(server.url("/x")).ok());
    REQUIRE(server.connections() == 3);
  }
}

SCENARIO("a kept connection that dies under a request is replaced once") {
  auto silently = ok();
  http_server server{[n = 0](const served_request&) mutable {
    // Every second request finds its connection closed before an answer, as after an idle time that ran out.
    return ++n == 2 ? served_answer::failing(served_fault::close_before) : ok();
  }};
  http_world world{{server.url()}};
  REQUIRE(world.get(server.url("/1")).ok());
  GIVEN("a call that may be repeated") {
    auto a = world.get(server.url("/2"));
    REQUIRE(a.ok());
    REQUIRE(a->attempts == 1);
    REQUIRE(world.time->waits().empty());
    REQUIRE(server.request_count() == 3);
  }
  GIVEN("a call that may not") {
    auto a = world.call(asking(server.url("/2"), http_method::post));
    REQUIRE(!a.ok());
    REQUIRE(a.error() == ec::unavailable);
    REQUIRE(has(a.error().text, "whether it was done is not known"));
    REQUIRE(server.request_count() == 2);
  }
}

SCENARIO("what a host cannot answer now is asked again, where that does no harm") {
  auto status = GENERATE(408, 425, 429, 500, 502, 503, 504);
  http_server server{in_turn({served_answer::json(status, "{}"), served_answer::json(status, "{}"), ok()})};
  http_world world{{server.url()}};
  INFO(status);
  GIVEN("a call that may be repeated") {
    auto method = GENERATE(http_method::get, http_method::put, http_method::del, http_method::post);
    auto r = asking(server.url("/x"), method);
    r.repeatable = method == http_method::post;
    auto a = world.call(r);
    REQUIRE(a.ok());
    REQUIRE(a->status == 200);
    REQUIRE(a->attempts == 3);
    THEN("a second or more lies between two attempts") {
      auto waits = world.time->waits();
      REQUIRE(waits.size() == 2);
      for (auto ms : waits)
        REQUIRE(ms >= 1000);
    }
  }
  GIVEN("a call that may not") {
    auto a = world.call(asking(server.url("/x"), http_method::post));
    REQUIRE(server.request_count() == 1);
    if (status == 429) {
      REQUIRE(a.error() == ec::rate_limited);
      REQUIRE(a.error().retry_at_ms >= world.time->now() + 1000);
    } else {
      REQUIRE(a->status == status);
      REQUIRE(to_error(asking(server.url("/x")), *a) == ec::unavailable);
    }
  }
}

SCENARIO("a host that keeps failing is asked a few times and then the failure is told") {
  http_server server{in_turn({served_answer::json(503, "<html><b>down</b></html>")})};
  http_world world{{server.url()}};
  auto a = world.get(server.url("/x"));
  REQUIRE(a.ok());
  REQUIRE(a->status == 503);
  REQUIRE(server.request_count() == 4);
  REQUIRE(has(to_error(asking(server.url("/x")), *a).text, "(asked 4 times)"));
  THEN("the next call to it waits its second first") {
    auto before = world.time->waits().size();
    auto start = world.time->now();
    (void)world.get(server.url("/x"));
    REQUIRE(server.request_count() == 8);
    REQUIRE(world.time->waits().size() >= before + 4);
    REQUIRE(world.time->now() - start >= 4000);
  }
  THEN("calls that have no time for such waits are tried again all the same, within their time") {
    auto r = asking(server.url("/x"));
    r.deadline = std::chrono::seconds{8};
    for (int n = 0; n < 5; ++n) {
      auto start = world.time->now();
      auto asked = server.request_count();
      auto attempts = world.call(r)->attempts;
      REQUIRE(attempts >= 2); // waits are spread at random: the last ones may not fit any more
      REQUIRE(attempts <= 4);
      REQUIRE(server.request_count() - asked == static_cast<std::size_t>(attempts));
      REQUIRE(world.time->now() - start <= 8000);
      REQUIRE(world.time->now() - start >= 1000);
    }
  }
}

SCENARIO("a moment that a host asks for is not told") {
  http_server server{in_turn({with_header(served_answer::json(503, "{}"), "Retry-After", "2"), ok()})};
  http_world world{{server.url()}};
  auto told = 0;
  world.options.on_hold = [&](const http_hold&) { ++told; };
  REQUIRE(world.get(server.url("/x")).ok());
  REQUIRE(told == 0);
}

namespace {

/// Time that stands still: who waits, waits for ever. Says when the first does.
class standing_time final : public clock, public http_timer {
public:
  void after(boost::asio::io_context&, std::int64_t, std::function<void()>) override {
    if (!somebody_waits_.exchange(true))
      waits.set_value();
  }
  std::int64_t now() const override { return 1'790'000'000'000; }
  std::promise<void> waits;

private:
  std::atomic<bool> somebody_waits_{false};
};

} // namespace

SCENARIO("a program that is about to end is not kept by a host that asks for time") {
  http_server server{in_turn({with_header(served_answer::json(429, "{}"), "Retry-After", "40")})};
  auto time = std::make_shared<standing_time>();
  http_options options;
  options.origins = {server.url()};
  auto client = *open_http_client(options, *time, time);
  auto kept = std::async(std::launch::async, [&] { return client->call(asking(server.url("/x"))); });
  time->waits.get_future().wait();
  client->hurry();
  auto end = kept.get();
  REQUIRE_FALSE(end);
  CHECK(end.error() == ec::unavailable);
  CHECK(has(end.error().text, "the program is ending; the last try was answered 429"));
  THEN("nor does another call wait from then on") {
    auto later = client->call(asking(server.url("/y")));
    REQUIRE_FALSE(later);
    CHECK(later.error() == ec::rate_limited);
    CHECK(server.request_count() == 1);
  }
}

SCENARIO("nothing is sent to a host before the time it named") {
  http_server server{in_turn({with_header(served_answer::json(429, "{}"), "Retry-After", "40"), ok()})};
  http_world world{{server.url()}};
  std::vector<std::string> told;
  world.options.on_hold = [&](const http_hold& h) { told.push_back(to_string(h)); };
  auto started = world.time->now();
  GIVEN("a deadline that allows the wait") {
    auto a = world.get(server.url("/x"));
    REQUIRE(a.ok());
    REQUIRE(world.time->now() - started >= 40'000);
    REQUIRE(server.request_count() == 2);
    THEN("whoever wants to know was told of the wait, once") {
      REQUIRE(told.size() == 1);
      REQUIRE(has(told[0], "GET /x was answered 429: it is asked again no sooner than "));
    }
  }
  GIVEN("a deadline that does not") {
    auto r = asking(server.url("/x"));
    r.deadline = 30s;
    auto a = world.call(r);
    REQUIRE(a.error() == ec::rate_limited);
    REQUIRE(a.error().retry_at_ms == started + 40'000);
    REQUIRE(world.client->quota_of(server.url("/y")).not_before_ms == started + 40'000);
    THEN("other calls fail at once, with the time, without a request") {
      auto b = world.call(asking(server.url("/y"), http_method::post));
      // The client's own deadline is longer than the wait, so that one waits; a short one does not.
      REQUIRE(b.ok());
      REQUIRE(world.time->now() >= started + 40'000);
    }
    THEN("a short call is told the time") {
      auto b = world.call(r);
      REQUIRE(b.error() == ec::rate_limited);
      REQUIRE(b.error().retry_at_ms == started + 40'000);
      REQUIRE(has(b.error().text, "asked to be left alone"));
      REQUIRE(server.request_count() == 1);
      world.time->advance(40'000);
      REQUIRE(world.call(r).ok());
    }
  }
}

SCENARIO("a quota that is used up closes the host until it is filled again") {
  http_server server{[](const served_request&) {
    return with_header(with_header(with_header(ok(), "X-RateLimit-Limit", "60"), "X-RateLimit-Remaining", "0"),
                       "X-RateLimit-Interval-Seconds", "50");
  }};
  http_world world{{server.url()}};
  REQUIRE(!world.time->waits().size());
  REQUIRE(world.get(server.url("/x")).ok());
  auto q = world.client->quota_of(server.url());
  REQUIRE(q.limit == 60);
  REQUIRE(q.remaining == 0);
  REQUIRE(q.resets_at_ms == world.time->now() + 50'000);
  auto r = asking(server.url("/x"));
  r.deadline = 10s;
  REQUIRE(world.call(r).error() == ec::rate_limited);
  REQUIRE(server.request_count() == 1);
  REQUIRE(!world.client->quota_of("http://elsewhere.example").known());
}

SCENARIO("calls that ask for a distance keep it, the others do not wait for them") {
  http_server server{in_turn({ok()})};
  http_world world{{server.url()}};
  auto write = asking(server.url("/x"), http_method::post);
  write.spacing = 1s;
  auto started = world.time->now();
  REQUIRE(world.call(write).ok());
  REQUIRE(world.get(server.url("/y")).ok());
  REQUIRE(world.time->now() == started);
  REQUIRE(world.call(write).ok());
  REQUIRE(world.time->now() == started + 1000);
  std::vector<std::thread> callers;
  for (int i = 0; i < 4; ++i)
    callers.emplace_back([&] { (void)world.client->call(write); });
  for (auto& c : callers)
    c.join();
  REQUIRE(server.request_count() == 7);
  REQUIRE(world.time->now() >= started + 5000);
}

SCENARIO("an answer that had begun when the time was over is told as such") {
  http_server server{in_turn({served_answer::failing(served_fault::stall_within_body)})};
  http_world world{{server.url()}};
  world.options.retry.most_attempts = 1;
  auto r = asking(server.url("/x"));
  r.deadline = 80ms;
  auto a = world.call(r);
  REQUIRE(!a.ok());
  REQUIRE(a.error() == ec::timed_out);
  INFO(a.error().text);
  REQUIRE(has(a.error().text, "the answer had begun"));
  REQUIRE(!has(a.error().text, "sent nothing"));
}

SCENARIO("faults of the transport end in errors that say what happened") {
  struct fault_row {
    served_fault how;
    ec code;
    const char* says;
  };
  auto f = GENERATE(values<fault_row>({
    {served_fault::close_before, ec::unavailable, "closed the connection"},
    {served_fault::reset, ec::unavailable, "reading from"},
    {served_fault::close_within_headers, ec::unavailable, "in the middle of the answer"},
    {served_fault::truncated_body, ec::unavailable, "in the middle of the answer"},
    {served_fault::stall_before, ec::timed_out, "sent nothing within 60 ms"},
    {served_fault::stall_within_headers, ec::timed_out, "sent nothing within 60 ms"},
    {served_fault::stall_within_body, ec::timed_out, "in the middle of the answer"},
    {served_fault::garbage, ec::unavailable, "no HTTP"},
    {served_fault::endless_headers, ec::rejected, "headers of more than"},
    {served_fault::endless_body, ec::rejected, "more than 1000000 bytes"},
  }));
  http_server server{in_turn({served_answer::failing(f.how)})};
  http_world world{{server.url()}};
  world.options.receive_deadline = 60ms;
  world.options.retry.most_attempts = 2;
  auto r = asking(server.url("/rest/x?secretive=1"));
  r.most_bytes = 1'000'000;
  auto a = world.call(r);
  REQUIRE(!a.ok());
  INFO(a.error().text);
  REQUIRE(a.error() == f.code);
  REQUIRE(has(a.error().text, f.says));
  REQUIRE(has(a.error().text, "Jira at 127.0.0.1"));
  REQUIRE(has(a.error().text, "GET /rest/x"));
  REQUIRE(!has(a.error().text, "secretive"));
  REQUIRE(server.request_count() == (f.code == ec::rejected ? 1 : 2));
}

SCENARIO("a host that is not there is told, and tried again even for a POST, for nothing was sent") {
  auto port = std::to_string(closed_port());
  http_world world{{"http://127.0.0.1:" + port, "http://no-such-host.invalid"}};
  auto a = world.call(asking("http://127.0.0.1:" + port + "/x", http_method::post));
  REQUIRE(a.error() == ec::unavailable);
  REQUIRE(has(a.error().text, "Connection refused"));
  REQUIRE(has(a.error().text, "(tried 4 times)"));
  REQUIRE(world.time->waits().size() == 3);
  auto b = world.get("http://no-such-host.invalid/x");
  REQUIRE(b.error() == ec::unavailable);
  REQUIRE(has(b.error().text, "cannot be resolved"));
}

SCENARIO("a whole call ends at its deadline, however alive the host is") {
  http_server server{in_turn({[] {
    auto a = served_answer::failing(served_fault::trickle);
    a.body = std::string(10000, 't');
    return a;
  }()})};
  http_world world{{server.url()}};
  auto r = asking(server.url("/x"));
  r.deadline = 150ms;
  auto a = world.call(r);
  REQUIRE(a.error() == ec::timed_out);
  REQUIRE(has(a.error().text, "the answer had begun and was not whole when the call's time was over"));
}

SCENARIO("a large body is sent whole, or given up when the host takes nothing of it") {
  auto r = asking("", http_method::put);
  r.body.assign(20u << 20, 'b');
  GIVEN("a host that reads") {
    http_server server{in_turn({ok()})};
    http_world world{{server.url()}};
    r.url = server.url("/x");
    REQUIRE(world.call(r).ok());
    REQUIRE(server.requests().at(0).body == r.body);
  }
  GIVEN("a host that does not") {
    listener deaf{[](blocking_socket& s) {
      pollfd gone{s.fd(), POLLRDHUP, 0};
      ::poll(&gone, 1, -1);
    }};
    http_world world{{"http://127.0.0.1:" + std::to_string(deaf.port())}};
    world.options.send_deadline = 60ms;
    world.options.retry.most_attempts = 1;
    r.url = "http://127.0.0.1:" + std::to_string(deaf.port()) + "/x";
    auto a = world.call(r);
    REQUIRE(a.error() == ec::timed_out);
    REQUIRE(has(a.error().text, "took nothing more of the request within 60 ms"));
  }
}

SCENARIO("redirects stay within the origin") {
  http_server other{in_turn({ok("other")})};
  http_server server{[&](const served_request& r) {
    if (r.path == "/a")
      return with_header(served_answer::json(302, ""), "Location", "/b?x=1");
    if (r.path == "/loop")
      return with_header(served_answer::json(307, ""), "Location", "/loop");
    if (r.path == "/away")
      return with_header(served_answer::json(301, ""), "Location", other.url("/steal"));
    if (r.path == "/keep")
      return with_header(served_answer::json(308, ""), "Location", "kept");
    return ok(r.method + " " + r.target + " " + r.body);
  }};
  http_world world{{server.url(), other.url()}};
  auto r = asking(server.url("/a"));
  r.credentials = http_credentials::bearer(secret{"hunter22"});
  auto a = world.call(r);
  REQUIRE(a->body == "GET /b?x=1 ");
  REQUIRE(a->url == server.url("/b?x=1"));
  r.url = server.url("/away");
  auto b = world.call(r);
  REQUIRE(b.error() == ec::bad_config);
  REQUIRE(has(b.error().text, server.url()));
  REQUIRE(has(b.error().text, other.url()));
  REQUIRE(other.request_count() == 0);
  r.url = server.url("/loop");
  REQUIRE(has(world.call(r).error().text, "in a circle"));
  r = asking(server.url("/keep"), http_method::post);
  r.body = "body";
  REQUIRE(world.call(r)->body == "POST /kept body");
  r.url = server.url("/a");
  REQUIRE(world.call(r).error() == ec::bad_config);
}

SCENARIO("only configured origins are asked, and nothing secret is said") {
  http_server server{in_turn({ok()})};
  http_world world{{server.url("/base")}};
  REQUIRE(world.get(server.url("/x")).ok());
  for (auto url : {"http://169.254.169.254/latest", "https://127.0.0.1/", "http://localhost/"}) {
    auto a = world.get(url);
    REQUIRE(a.error() == ec::bad_config);
    REQUIRE(has(a.error().text, "not among the configured addresses"));
  }
  auto r = asking(server.url("/services/T000/B000/hunter22"), http_method::post);
  r.url_is_secret = true;
  r.headers = {{"X-A", "a\r\nb"}};
  auto a = world.call(r);
  REQUIRE(a.error() == ec::rejected);
  REQUIRE(!has(a.error().text, "hunter22"));
  REQUIRE(server.request_count() == 1);
  http_options bad;
  bad.user_agent = "a\r\nb";
  system_clock wall;
  REQUIRE(!open_http_client(bad, wall).ok());
  bad = {};
  bad.origins = {"ftp://x"};
  REQUIRE(!open_http_client(bad, wall).ok());
}

SCENARIO("a compressed bomb ends the call, not the program") {
  http_server server{in_turn({[] {
    auto a = ok(std::string(30u << 20, '\0'));
    a.gzip = true;
    return a;
  }()})};
  http_world world{{server.url()}};
  auto r = asking(server.url("/x"));
  r.most_bytes = 1u << 20;
  auto a = world.call(r);
  REQUIRE(a.error() == ec::rejected);
  REQUIRE(has(a.error().text, "larger than 1048576 bytes"));
}

SCENARIO("ending the client ends its calls") {
  std::mutex mutex;
  std::condition_variable changed;
  bool arrived = false;
  http_server server{[&](const served_request&) {
    std::lock_guard guard{mutex};
    arrived = true;
    changed.notify_all();
    return served_answer::failing(served_fault::stall_before);
  }};
  http_world world{{server.url()}};
  REQUIRE(world.open().ok());
  std::optional<error> end;
  auto* client = world.client.get();
  std::thread caller{[&] {
    auto a = client->call(asking(server.url("/x"), http_method::post));
    end = a.ok() ? error{} : a.error();
  }};
  {
    std::unique_lock lock{mutex};
    changed.wait(lock, [&] { return arrived; });
  }
  world.client.reset();
  caller.join();
  REQUIRE(*end == ec::cancelled);
}

SCENARIO("what can wait is given up, and other calls are not") {
  GIVEN("a service that answers neither a call that can wait nor one that cannot") {
    std::promise<void> both;
    std::atomic<int> arrived{0};
    http_server server{[&](const served_request& r) {
      if (r.path == "/later")
        return ok();
      if (++arrived == 2)
        both.set_value();
      return served_answer::failing(served_fault::stall_before);
    }};
    auto time = std::make_shared<standing_time>();
    http_options options;
    options.origins = {server.url()};
    auto client = *open_http_client(options, *time, time);
    auto patient = asking(server.url("/told"));
    patient.can_wait = true;
    auto told = std::async(std::launch::async, [&] { return client->call(patient); });
    auto needed = std::async(std::launch::async, [&] { return client->call(asking(server.url("/needed"))); });
    both.get_future().wait();
    WHEN("the program ends") {
      client->give_up_what_can_wait();
      THEN("the one returns at once, and the next of its kind as well; the other goes on") {
        auto end = told.get();
        REQUIRE_FALSE(end);
        CHECK(end.error() == ec::cancelled);
        CHECK(has(end.error().text, "whether it was done is not known"));
        auto next = client->call(patient);
        REQUIRE_FALSE(next);
        CHECK(next.error() == ec::cancelled);
        CHECK(has(next.error().text, "was not made"));
        CHECK(client->call(asking(server.url("/later"))));
        CHECK(needed.wait_for(std::chrono::seconds{0}) == std::future_status::timeout);
      }
    }
    client.reset();
  }
}
