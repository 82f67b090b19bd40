// Anything that a wire may bring: recorded answers of every vendor, broken in thousands of ways, and the parsers by
// themselves. $HYAKKI_SOAK multiplies the counts; $HYAKKI_FUZZ_SECONDS says how long each parser is tried instead.
#include "adapters/atlassian/adf.hpp"
#include "adapters/atlassian/jql.hpp"
#include "adapters/atlassian/wiki.hpp"
#include "adapters/code_hosts/bitbucket_cloud.hpp"
#include "adapters/code_hosts/bitbucket_dc.hpp"
#include "adapters/code_hosts/github.hpp"
#include "adapters/github/api.hpp"
#include "adapters/http/inflate.hpp"
#include "adapters/http/json.hpp"
#include "adapters/http/limits.hpp"
#include "adapters/http/proxy_rules.hpp"
#include "adapters/http/time_text.hpp"
#include "adapters/trackers/github_issues.hpp"
#include "adapters/trackers/jira_cloud.hpp"
#include "adapters/trackers/jira_dc.hpp"
#include "core/url.hpp"
#include "tests/support/http_world.hpp"
#include "tests/support/keeper_calls.hpp"
#include "tests/support/recorded_answers.hpp"
#include "tests/support/vendor_bitbucket.hpp"
#include "tests/support/vendor_bitbucket_cloud.hpp"
#include "tests/support/vendor_github.hpp"
#include "tests/support/vendor_jira.hpp"

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <optional>

using namespace hyakki;
using namespace hyakki::test;

namespace {

/// How long one parser is tried, and how often it was: said where somebody asked for the time.
class effort {
public:
  explicit effort(std::string what) : what_(std::move(what)) {
    if (auto* v = std::getenv("HYAKKI_FUZZ_SECONDS"))
      until_ = began_ + std::chrono::seconds{std::strtoll(v, nullptr, 10)};
  }
  ~effort() {
    auto most = peak_kib();
    if (until_)
      std::cerr << what_ << ": " << executions_ << " executions in "
                << std::chrono::duration<double>(clock::now() - began_).count() << " s, " << most / 1024
                << " MiB at most\n";
#if !defined(__SANITIZE_THREAD__) // it takes many times as much for itself
    CHECK(most < most_mib * 1024);
#endif
  }
  void one() { ++executions_; }
  /// Whether the round of this number is made; `rounds` where nobody says how long.
  bool goes_on(std::uint64_t round, std::uint64_t rounds) const {
    return until_ ? clock::now() < *until_ : round < rounds;
  }

private:
  using clock = std::chrono::steady_clock;

#if defined(__SANITIZE_ADDRESS__) // with what it keeps back, as ./dev sets it
  static constexpr long most_mib = 512;
#else
  static constexpr long most_mib = 128;
#endif

  /// The most memory that this process ever had.
  static long peak_kib() {
    auto in = std::ifstream{"/proc/self/status"};
    for (auto line = std::string{}; std::getline(in, line);)
      if (line.rfind("VmHWM:", 0) == 0)
        return std::stol(line.substr(6));
    return 0;
  }

  std::string what_;
  clock::time_point began_ = clock::now();
  std::optional<clock::time_point> until_;
  std::uint64_t executions_ = 0;
};

using calls_on = std::function<std::vector<faulty_call>(http_client&)>;

/// What the vendor answers to all calls of its keepers.
recorded_answers recorded(const std::string& base, const calls_on& calls) {
  auto out = recorded_answers{};
  auto world = http_world{{base}};
  REQUIRE(world.open());
  auto recorder = recording_client{*world.client, out};
  for (auto& call : calls(recorder)) {
    auto failed = call.run();
    INFO(call.name << (failed ? ": " + failed->text : ""));
    CHECK_FALSE(failed);
  }
  return out;
}

/// Every call, each of its answers broken `rounds` times.
void survives(const std::string& base, const calls_on& calls, int rounds) {
  auto kept = recorded(base, calls);
  auto fresh = replaying_client{kept, 9999, 0, 9999};
  auto count = calls(fresh).size();
  auto longest = std::chrono::steady_clock::duration{};
  auto answers = std::vector<std::size_t>{};
  for (std::size_t i = 0; i < count; ++i) {
    auto whole = replaying_client{kept, 9999, 0, 9999};
    (void)calls(whole)[i].run();
    answers.push_back(std::min<std::size_t>(whole.calls(), 6));
  }
  auto tries = effort{Catch::getResultCapture().getCurrentTestName()};
  for (std::uint64_t round = 0; tries.goes_on(round, static_cast<std::uint64_t>(rounds)); ++round)
    for (std::size_t i = 0; i < count; ++i)
      for (std::size_t which = 0; which < answers[i]; ++which) {
        auto seed = static_cast<std::uint32_t>(i * 1'000'003 + which * 10'007 + round);
        tries.one();
        auto wire = replaying_client{kept, which, seed, 2500};
        auto call = calls(wire)[i];
        INFO(call.name << ", answer " << which << ", seed " << seed);
        auto began = std::chrono::steady_clock::now();
        auto failed = call.run();
        longest = std::max(longest, std::chrono::steady_clock::now() - began);
        if (failed && !tells_a_person(*failed)) {
          UNSCOPED_INFO(failed->text);
          CHECK(tells_a_person(*failed));
        }
        if (wire.calls() > 1100)
          CHECK(wire.calls() <= 1100); // lists are bounded
      }
  CHECK(longest < std::chrono::seconds{5});
}

template <class Config>
Config configured(const std::string& base, const std::string& token) {
  auto c = Config{};
  c.name = "x";
  c.base_url = base;
  c.token = secret{token};
  return c;
}

pull_request opened(code_host& host, const std::function<std::string(const std::string&)>& grow) {
  auto made = host.find_or_open(conformance::draft_of("repo", "feature/x", grow("feature/x")));
  REQUIRE(made);
  return *made;
}

const skipping_time noon{};

/// The text itself, and broken ones.
template <class Try>
void with_broken(const std::vector<std::string>& good, int rounds, Try tried) {
  auto tries = effort{Catch::getResultCapture().getCurrentTestName()};
  auto breaks = std::vector<breaker>{};
  for (std::size_t i = 0; i < good.size(); ++i) {
    tried(good[i]);
    breaks.emplace_back(static_cast<std::uint32_t>(i));
  }
  for (std::uint64_t round = 0; tries.goes_on(round, static_cast<std::uint64_t>(rounds)); ++round)
    for (std::size_t i = 0; i < good.size(); ++i) {
      tried(breaks[i].broken(good[i]));
      tries.one();
    }
}

} // namespace

SCENARIO("whatever Jira answers, its tracker ends in a value or in words") {
  auto is_cloud = GENERATE(false, true);
  auto s = jira_server{is_cloud};
  auto& i = s.add("Story", {"ai-pipeline"});
  s.add("Another", {"ai-pipeline", "ai-rework"}).blocked_by = {i.key};
  auto text = std::string{"# Why\n\n**Bold** [x](https://x.example)\n\n- one\n  - two\n\n```\nint x;\n```"};
  i.description = is_cloud ? atlassian::adf_of_markdown(text) : nlohmann::json(atlassian::wiki_of_markdown(text));
  s.say("AB-1", "ann", is_cloud ? atlassian::adf_of_markdown("Words") : nlohmann::json("Words"));
  auto c = configured<tracker_config>(s.url(), jira_server::token);
  c.project = "AB";
  c.status = "To Do";
  c.account = is_cloud ? jira_server::account : "";
  survives(
    s.url(),
    [&](http_client& http) {
      auto t = std::shared_ptr<tracker>{is_cloud ? make_jira_cloud_tracker(c, http, noon)
                                                 : make_jira_dc_tracker(c, http, noon)};
      return calls_of(t, "AB-1", "Done");
    },
    20 * soak());
}

SCENARIO("whatever GitHub answers, its keepers end in a value or in words") {
  auto s = github_server{};
  s.repo();
  s.add_issue("Story", {"ai-pipeline"});
  s.at(s.add_issue("Another", {"ai-pipeline", "ai-rework"}).number).blocked_by = {1};
  auto t = configured<tracker_config>(s.url(), github_server::token);
  t.project = "acme/repo";
  auto c = configured<code_host_config>(s.url(), github_server::token);
  c.namespace_ = "acme";
  c.labels = {"ai"};
  c.reviewers = {"ann"};
  auto world = http_world{{s.url()}};
  REQUIRE(world.open());
  auto p = opened(*make_github_code_host(c, {}, *world.client, noon), [&](auto& b) { return s.grow(b); });
  s.say(3, "ann", "Why?");
  s.say_at(3, "bob", "A better name", "file", 1);
  s.add_review(3, "ann", "CHANGES_REQUESTED", "Not yet");
  auto to = remark{};
  to.id = "comment:" + std::to_string(s.at(3).comments.at(0).id);
  survives(
    s.url(),
    [&](http_client& http) {
      auto all = calls_of(make_github_code_host(c, {}, http, noon), p.id, to);
      for (auto& call : calls_of(make_github_issues_tracker(t, http, noon), "acme/repo#1", "open"))
        all.push_back(call);
      return all;
    },
    12 * soak());
}

SCENARIO("whatever Bitbucket Data Center answers, its keeper ends in a value or in words") {
  auto s = bitbucket_server{};
  s.repo();
  auto c = configured<code_host_config>(s.url(), bitbucket_server::token);
  c.namespace_ = "AC";
  c.reviewers = {"ann"};
  auto world = http_world{{s.url()}};
  REQUIRE(world.open());
  opened(*make_bitbucket_dc_code_host(c, {}, *world.client, noon), [&](auto& b) { return s.grow(b); });
  auto to = remark{};
  to.id = std::to_string(s.say(1, "ann", "Why?", "file", 1).id);
  s.say(1, "bob", "Do this").task = true;
  s.review(1, "ann", "NEEDS_WORK");
  survives(
    s.url(), [&](http_client& http) { return calls_of(make_bitbucket_dc_code_host(c, {}, http, noon), "1", to); },
    20 * soak());
}

SCENARIO("whatever Bitbucket Cloud answers, its keeper ends in a value or in words") {
  auto s = bitbucket_cloud_server{};
  s.repo().default_reviewers = {"bob"};
  auto c = configured<code_host_config>(s.url(), bitbucket_cloud_server::token);
  c.namespace_ = "acme";
  c.account = bitbucket_cloud_server::email;
  c.reviewers = {"default"};
  auto world = http_world{{s.url()}};
  REQUIRE(world.open());
  opened(*make_bitbucket_cloud_code_host(c, {}, *world.client, noon), [&](auto& b) { return s.grow(b); });
  auto to = remark{};
  to.id = "comment:" + std::to_string(s.say(1, "ann", "Why?", "file", 1).id);
  s.ask_for(1, "bob", "Do this", s.at(1).comments[0].id);
  s.review(1, "ann", "changes_requested");
  survives(
    s.url(), [&](http_client& http) { return calls_of(make_bitbucket_cloud_code_host(c, {}, http, noon), "1", to); },
    20 * soak());
}

SCENARIO("any address is read strictly or refused, and leads nowhere else") {
  auto base = *parse_url("https://api.example.org/2.0/x?a=b");
  auto good = std::vector<std::string>{"https://api.example.org/2.0/x?page=2", "https://[::1]:8443/a/%2e%2e/b",
                                       "//api.example.org/y", "../up?x=%20", "http://user:secret@127.0.0.1/"};
  with_broken(good, 4000 * soak(), [&](const std::string& text) {
    if (auto u = parse_url(text)) {
      auto again = parse_url(u->text());
      if (!again || again->text() != u->text() || u->text().find_first_of(" \t\r\n\\\"<>") != std::string::npos) {
        INFO(printable(text));
        CHECK(false);
      }
    } else if (u.error().text.find("secret") != std::string::npos && text.rfind('@') != std::string::npos &&
               text.rfind("secret") < text.rfind('@')) {
      INFO(u.error().text);
      CHECK(false); // a password is not repeated
    }
    if (auto next = resolve_within(base, text); next && !same_origin(*next, base)) {
      INFO(printable(text));
      CHECK(false);
    }
  });
}

SCENARIO("any header about pages, limits and times is understood or passed over") {
  auto asked = http_request{};
  asked.service = "X";
  asked.url = "https://api.example.org/repos?page=1";
  auto links = std::vector<std::string>{
    R"(<https://api.example.org/repos?page=2>; rel="next", <https://api.example.org/repos?page=9>; rel="last")",
    R"(</x>; rel="prev", <?page=2>; rel="next")"};
  with_broken(links, 4000 * soak(), [&](const std::string& text) {
    auto answer = http_answer{};
    answer.headers = {{"Link", text}};
    auto next = github::api::next_page(asked, answer);
    if (next && !next->empty() && next->compare(0, 24, "https://api.example.org/") != 0) {
      INFO(printable(text) << " led to " << printable(*next));
      CHECK(false);
    }
  });
  auto times = std::vector<std::string>{"120",
                                        "Sat, 21 Nov 2026 05:07:09 GMT",
                                        "Saturday, 21-Nov-26 05:07:09 GMT",
                                        "Sat Nov 21 05:07:09 2026",
                                        "2026-11-21T05:07:09Z",
                                        "2026-11-21T05:07:09.039178+01:00"};
  auto now = noon.now();
  with_broken(times, 1500 * soak(), [&](const std::string& text) {
    CHECK_NOTHROW(parse_http_date(text));
    if (auto at = read_time(text); at < 0 || at > 260'000'000'000'000)
      CHECK(at == 0);
    for (auto name : {"Retry-After", "X-RateLimit-Reset", "X-RateLimit-Remaining", "X-RateLimit-Interval-Seconds"})
      for (auto status : {200, 403, 429}) {
        auto answer = http_answer{};
        answer.status = status;
        answer.headers = {{name, text}, {"X-RateLimit-Remaining", "0"}, {"Date", text}};
        auto words = read_limits(answer, now);
        if (words.wait_ms && *words.wait_ms < 0)
          CHECK(*words.wait_ms >= 0);
      }
  });
}

SCENARIO("any proxy and any rule about it is read or refused, and no password is repeated") {
  auto target = *parse_url("https://git.example.com:8443/x");
  with_broken({"http://user:se%63ret@proxy.example:3128", "https://[::1]:1", "http://proxy"}, 2000 * soak(),
              [&](const std::string& text) {
                auto rules = proxy_rules::make(secret{text}, {});
                if (rules)
                  (void)rules->proxy_for(target);
                else if (rules.error().text.find("se%63ret") != std::string::npos) {
                  INFO(rules.error().text);
                  CHECK(false);
                }
              });
  with_broken({"*.example.com", "10.0.0.0/8", "fd00::/8", "[::1]:8080", "git.example.com:8443", "*"}, 1500 * soak(),
              [&](const std::string& text) {
                auto rules = proxy_rules::make(secret{"http://proxy.example:3128"}, {text});
                if (rules)
                  (void)rules->proxy_for(target);
                else if (!tells_a_person(rules.error()))
                  CHECK(rules.error().text == "");
              });
}

SCENARIO("any text of a story becomes a document and back, within bounds") {
  auto good = std::vector<std::string>{
    "# Why\n\n**Bold** *soft* ~~gone~~ `code` [x](https://x.example) <https://y.example>\n\n- one\n  - two\n1. "
    "three\n\n"
    "> said\n\n```java\nint x;\n```\n\n| a | b |\n| - | - |\n| 1 | 2 |\n",
    "h2. Title\n*bold* _soft_ {{code}}\n# one\n## two\n* x\n{noformat}\na ``` b\n{noformat}\n||a||b||\n|1|2|\n"
    "{quote}\nx\n{quote}\nbq. y\n[words|https://x.example] [~ann] !a.png!\n{color:red}x{color}"};
  with_broken(good, 600 * soak(), [&](const std::string& text) {
    auto clean = repair_utf8(text);
    auto wiki = atlassian::wiki_of_markdown(clean);
    auto markdown = atlassian::markdown_of_wiki(clean);
    auto document = atlassian::adf_of_markdown(clean).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
    if (!valid_utf8(wiki) || !valid_utf8(markdown) || !valid_utf8(document) || wiki.size() > 40 * clean.size() + 100) {
      INFO(printable(text));
      CHECK(false);
    }
    (void)atlassian::jql_part(text);
    (void)atlassian::jql_quoted(text);
  });
  auto asked = http_request{};
  asked.url = "https://x.example";
  with_broken({atlassian::adf_of_markdown(good[0]).dump()}, 1500 * soak(), [&](const std::string& text) {
    auto answer = http_answer{};
    answer.status = 200;
    answer.body = text;
    auto d = read_json(asked, answer, 256);
    if (!d) {
      if (!tells_a_person(d.error()))
        CHECK(d.error().text == "");
      return;
    }
    auto out = atlassian::markdown_of_adf(d->root());
    (void)atlassian::adf_has_marker(d->root(), "m");
    if (d->fault() || out.size() > 300'000) {
      INFO(printable(text));
      CHECK(false);
    }
  });
}

SCENARIO("any compressed body is inflated within its bound or refused") {
  with_broken({gzip_of(std::string(3000, 'x')), gzip_of("{\"a\": 1}") + gzip_of("more")}, 1500 * soak(),
              [&](const std::string& text) {
                for (auto encoding : {"gzip", "deflate"}) {
                  auto out = inflate_body(text, encoding, 4000);
                  if (out && out->size() > 4000)
                    CHECK(out->size() <= 4000);
                }
              });
}

SCENARIO("any bytes on the wire end a call") {
  auto good = std::vector<std::string>{
    "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 8\r\n\r\n{\"a\": 1}",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\n{\"a\"\r\n4;x=y\r\n: 1}\r\n0\r\nX: y\r\n\r\n",
    "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 302 Found\r\nLocation: /there\r\nContent-Length: 0\r\n\r\n",
    "HTTP/1.1 429 Too Many\r\nRetry-After: 1\r\nContent-Encoding: gzip\r\nContent-Length: 5\r\n\r\nabcde"};
  auto now = std::string{};
  auto mutex = std::mutex{};
  auto server = http_server{[&](const served_request&) {
    auto guard = std::lock_guard{mutex};
    auto a = served_answer{};
    a.raw = now;
    return a;
  }};
  auto world = http_world{{server.url()}};
  world.options.retry.most_attempts = 1;
  world.options.receive_deadline = std::chrono::milliseconds{2000};
  REQUIRE(world.open());
  with_broken(good, 60 * soak(), [&](const std::string& text) {
    {
      auto guard = std::lock_guard{mutex};
      now = text.empty() ? "x" : text;
    }
    world.time->advance(86'400'000);
    auto answer = world.get(server.url("/x"));
    if (!answer && !tells_a_person(answer.error())) {
      INFO(answer.error().text);
      CHECK(false);
    }
  });
}
