#pragma once
// What can go wrong between a keeper and its service, as one table that every keeper over HTTP is put through.
//
// Each call of the keeper meets each fault, on a fresh keeper: it must end, with a code that its
// caller can act on, and with words that name the service and what happened. After the fault the same call goes well.

#include "adapters/http_client.hpp"
#include "tests/support/http_certificates.hpp"
#include "tests/support/http_server.hpp"
#include "tests/support/http_world.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace hyakki::test {

struct http_fault {
  std::string name;
  served_answer answer;
  std::set<ec> expected;
  std::string says; ///< must stand in the error's text; may be empty

  /// Whether it ends by our patience alone.
  bool stalls() const {
    return answer.fault == served_fault::stall_before || answer.fault == served_fault::stall_within_headers ||
           answer.fault == served_fault::stall_within_body;
  }
};

/// Every fault answers every request, from the first that the call makes.
inline std::vector<http_fault> http_faults() {
  auto word = [](const char* text) {
    return std::string{R"({"message":")"} + text + R"(","errorMessages":[")" + text + R"("],"errors":[{"message":")" +
           text + R"("}]})";
  };
  auto json = [&](int status, const char* text, std::vector<std::pair<std::string, std::string>> more = {}) {
    auto a = served_answer::json(status, word(text));
    a.headers.insert(a.headers.end(), more.begin(), more.end());
    return a;
  };
  auto body = [](const char* type, std::string text, int status = 200) {
    auto a = served_answer{};
    a.status = status;
    a.headers = {{"Content-Type", type}};
    a.body = std::move(text);
    return a;
  };
  using f = served_fault;
  auto person = std::set<ec>{ec::rejected, ec::bad_config};
  auto again = std::set<ec>{ec::unavailable, ec::timed_out};
  auto limited = std::set<ec>{ec::rate_limited};
  auto broken = std::set<ec>{ec::rejected, ec::unavailable};
  auto deep = std::string(100'000, '[');
  return {
    {"401", json(401, "Bad credentials", {{"WWW-Authenticate", "Basic realm=\"x\""}}), person, "401"},
    {"403", json(403, "You may not do that"), person, "403"},
    {"403 with a CAPTCHA",
     json(403, "CAPTCHA",
          {{"X-Seraph-LoginReason", "AUTHENTICATION_DENIED"},
           {"X-Authentication-Denied-Reason", "CAPTCHA_CHALLENGE; login-url=https://example.org/login"}}),
     person, "403"},
    {"404", json(404, "Not Found"), {ec::not_found, ec::rejected, ec::bad_config}, ""},
    {"409", json(409, "Somebody was faster"), {ec::conflict, ec::rejected}, "409"},
    {"410", json(410, "Gone"), {ec::not_found, ec::rejected, ec::bad_config}, ""},
    {"422", json(422, "Validation Failed"), {ec::rejected}, "422"},
    {"429 with a time", json(429, "Slow down", {{"Retry-After", "7200"}}), limited, ""},
    {"429 without a time", json(429, "Slow down"), limited, ""},
    {"403 with a time", json(403, "You have exceeded a secondary rate limit", {{"Retry-After", "7200"}}), limited, ""},
    {"500", json(500, "Oops"), again, "500"},
    {"502 with a page",
     body("text/html", "<html><head><title>502 Bad Gateway</title></head><body><h1>proxy\x1b[31m</h1></body></html>",
          502),
     again, "502"},
    {"503 with a time", json(503, "Maintenance", {{"Retry-After", "7200"}}), {ec::rate_limited, ec::unavailable}, ""},
    {"200 with a page of a proxy", body("text/html", "<html><body>Please log in</body></html>"), broken, ""},
    {"200 with an error inside", json(200, "No, really not"), broken, ""},
    {"200 with nothing", body("application/json", ""), broken, ""},
    {"JSON that is cut off", body("application/json", R"([{"number": 1, "title": "A sto)"), broken, ""},
    {"JSON of other types", body("application/json", R"({"issues": 4, "values": "x", "data": [1], "id": {}})"), broken,
     ""},
    {"a list where an object belongs", body("application/json", R"([17, null, "x", {"number": "one"}])"), broken, ""},
    {"JSON that is too deep", body("application/json", deep), broken, ""},
    {"JSON with broken UTF-8", body("application/json", "{\"message\":\"\xff\xfe\"}"), broken, ""},
    {"10 MB of JSON", body("application/json", R"({"x":")" + std::string(10'000'000, 'y') + "\"}"), broken, ""},
    {"a body without end", served_answer::failing(f::endless_body), {ec::rejected, ec::unavailable}, ""},
    {"headers without end", served_answer::failing(f::endless_headers), {ec::rejected, ec::unavailable}, ""},
    {"no HTTP", served_answer::failing(f::garbage), broken, ""},
    {"closed before the answer", served_answer::failing(f::close_before), again, ""},
    {"a reset", served_answer::failing(f::reset), again, ""},
    {"closed within the headers", served_answer::failing(f::close_within_headers), broken, ""},
    {"closed within the body", served_answer::failing(f::truncated_body), broken, ""},
    {"no answer", served_answer::failing(f::stall_before), again, ""},
    {"half of the headers, then nothing", served_answer::failing(f::stall_within_headers), again, ""},
    {"half of the body, then nothing", served_answer::failing(f::stall_within_body), again, ""},
  };
}

/// A call of the keeper, on a keeper of its own.
struct faulty_call {
  std::string name;
  std::function<std::optional<error>()> run; ///< nothing: it went well
  bool reads_answer = true;                  ///< false: an answer of 200 will do, whatever stands in it
};

/// What of a keeper has to be told for the matrix.
struct fault_matrix {
  std::string service;          ///< stands in every error: "GitHub"
  http_server::handler healthy; ///< the vendor's own behaviour
  /// The calls, each with a keeper on that client and address; the keeper lives as long as the calls.
  std::function<std::vector<faulty_call>(http_client&, const clock&, const std::string& base)> calls;
  std::string canary; ///< the token: must never be seen in a text
};

/// A client that tries once, on time that passes only by waiting. Patience is real time: short where an end is awaited.
inline std::unique_ptr<http_world> impatient(const std::string& base, int patience_ms = 10'000) {
  auto world = std::make_unique<http_world>(std::vector<std::string>{base});
  auto& o = world->options;
  o.retry.most_attempts = 1;
  o.connect_deadline = std::chrono::milliseconds{5000};
  o.receive_deadline = std::chrono::milliseconds{patience_ms};
  o.whole_deadline = std::chrono::milliseconds{10'000};
  auto opened = world->open();
  INFO((opened ? std::string{} : opened.error().text));
  REQUIRE(opened);
  return world;
}

inline void check_fault_text(const fault_matrix& m, const error& e) {
  INFO(to_string(e));
  CHECK(e.text.find(m.service) != std::string::npos);
  CHECK(e.text.size() > 20);
  CHECK(e.text.size() < 2000);
  CHECK(std::none_of(e.text.begin(), e.text.end(), [](unsigned char c) { return c < 0x20 || c == 0x7f; }));
  if (!m.canary.empty())
    CHECK(e.text.find(m.canary) == std::string::npos);
}

inline void keeps_to_the_fault_matrix(const fault_matrix& m) {
  auto mutex = std::mutex{};
  auto now = std::optional<served_answer>{};
  auto order = [&](std::optional<served_answer> a) {
    auto guard = std::lock_guard{mutex};
    now = std::move(a);
  };
  auto server = http_server{[&](const served_request& r) {
    {
      auto guard = std::lock_guard{mutex};
      if (now)
        return *now;
    }
    return m.healthy(r);
  }};
  auto names = std::vector<std::string>{};
  {
    auto world = impatient(server.url());
    for (auto& call : m.calls(*world->client, *world->time, server.url()))
      names.push_back(call.name);
  }
  auto patient = impatient(server.url());
  for (auto& fault : http_faults()) {
    auto world = impatient(server.url(), fault.stalls() ? 40 : 10'000);
    for (std::size_t i = 0; i < names.size(); ++i) {
      INFO("fault: " << fault.name << ", call: " << names[i]);
      order(fault.answer);
      {
        world->time->advance(86'400'000); // whatever the last one made the door wait for is over
        auto began = world->time->now();
        auto calls = m.calls(*world->client, *world->time, server.url());
        auto before = server.request_count();
        auto failed = calls[i].run();
        CHECK(server.request_count() > before);
        CHECK(server.request_count() - before <= 12); // no hot loop
        auto whole = fault.answer.status < 300 && fault.answer.fault == served_fault::none;
        if (!failed) {
          CHECK((whole && !calls[i].reads_answer));
        } else {
          INFO(to_string(*failed));
          CHECK(fault.expected.count(failed->code) == 1);
          CHECK(failed->text.find(fault.says) != std::string::npos);
          if (failed->code == ec::rate_limited && fault.answer.headers.size() > 1)
            CHECK(failed->retry_at_ms >= began + 7'000'000);
          check_fault_text(m, *failed);
        }
      }
      order({});
      auto& healed = fault.stalls() ? *patient : *world;
      healed.time->advance(86'400'000);
      auto failed = m.calls(*healed.client, *healed.time, server.url())[i].run();
      INFO("afterwards: " << (failed ? to_string(*failed) : "good"));
      CHECK_FALSE(failed);
    }
  }
}

/// Whoever shows a certificate for another name is told nothing: no request, no token.
inline void refuses_another_host(const fault_matrix& m) {
  auto authority = certificate_authority{};
  auto shown = authority.issue("elsewhere.example", {"DNS:elsewhere.example"});
  auto asked = std::atomic<int>{0};
  auto server = http_server{[&](const served_request& r) {
                              ++asked;
                              return m.healthy(r);
                            },
                            served_tls{shown.certificate, shown.key, {}}};
  auto world = impatient(server.url());
  for (auto& call : m.calls(*world->client, *world->time, server.url())) {
    INFO(call.name);
    auto failed = call.run();
    REQUIRE(failed);
    CHECK(failed->code == ec::bad_config);
    check_fault_text(m, *failed);
  }
  CHECK(asked == 0);
}

} // namespace hyakki::test
