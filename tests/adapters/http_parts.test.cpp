// The parts of the HTTP door that need no socket: addresses, proxy rules, limits, inflating, JSON, errors.

#include "adapters/http/inflate.hpp"
#include "adapters/http/json.hpp"
#include "adapters/http/limits.hpp"
#include "adapters/http/proxy_rules.hpp"
#include "adapters/http/request_text.hpp"
#include "core/url.hpp"
#include "tests/support/http_server.hpp"

#include <catch2/catch.hpp>

#include <random>

using namespace hyakki;

namespace {

std::string error_of(std::string_view text) {
  auto u = parse_url(text);
  return u ? "" : u.error().text;
}

http_answer answer_of(int status, std::vector<http_header> headers, std::string body = {}) {
  http_answer a;
  a.status = status;
  a.headers = std::move(headers);
  a.body = std::move(body);
  return a;
}

http_request asking(std::string url = "https://jira.example.com/rest/api/2/search?jql=x") {
  http_request r;
  r.service = "Jira";
  r.url = std::move(url);
  return r;
}

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

} // namespace

SCENARIO("addresses are read strictly") {
  THEN("the parts come out in one form") {
    auto u = *parse_url("HTTPS://Jira.Example.COM:8443/base/rest?a=1&b=%20");
    REQUIRE(u.tls);
    REQUIRE(u.host == "jira.example.com");
    REQUIRE(u.port == 8443);
    REQUIRE(u.target() == "/base/rest?a=1&b=%20");
    REQUIRE(u.origin() == "https://jira.example.com:8443");
    REQUIRE(parse_url("https://h")->text() == "https://h/");
    REQUIRE(parse_url("https://h:443/")->origin() == "https://h");
    REQUIRE(parse_url("http://[::1]:8080/x")->endpoint() == "[::1]:8080");
    REQUIRE(parse_url("http://[::1]/x")->authority() == "[::1]");
    REQUIRE(parse_url("http://127.0.0.1/x")->endpoint() == "127.0.0.1:80");
    REQUIRE(parse_url("http://h?x=1")->target() == "/?x=1");
  }
  THEN("what is doubtful is refused with a reason") {
    for (auto text : {"",
                      "h",
                      "http://h../",
                      "http://a..b/",
                      "ftp://h/",
                      "http://",
                      "http:///x",
                      "http://h:0/",
                      "http://h:65536/",
                      "http://h:/",
                      "http://h:8a/",
                      "http://u:p@h/",
                      "http://h/#x",
                      "http://h/a b",
                      "http://h/a\r\nX: y",
                      "http://h/a\\b",
                      "http://h\\@e/",
                      "http://[::1/",
                      "http://[h]/",
                      "http://[::1]x/",
                      "http://h/%zz",
                      "http://h/%1",
                      "http://-h/",
                      "http://h..i/",
                      "http://1.2.3/",
                      "http://0x7f.1/",
                      "http://2130706433/",
                      "http://h/\x80",
                      "http://h/\"",
                      "http://h/<x>"}) {
      INFO(text);
      REQUIRE(!parse_url(text).ok());
      REQUIRE(parse_url(text).error() == ec::bad_config);
    }
    REQUIRE(!parse_url("http://h/" + std::string(20000, 'x')).ok());
  }
  THEN("an error never repeats a password or a query") {
    for (auto broken :
         {"http:/me:hunter22@h/", "me:hunter22@h", "http://me:hunter22/@h/", "x://me:hunter22@h#hunter22"})
      REQUIRE(!has(error_of(broken), "hunter22"));
    auto text = error_of("https://me:hunter22@h/p?token=hunter22");
    REQUIRE(has(text, "options of their own"));
    REQUIRE(!has(text, "hunter22"));
  }
  THEN("references stay within their origin") {
    auto base = *parse_url("https://h/a/b?c=1");
    REQUIRE(resolve_within(base, "/x?y=1")->text() == "https://h/x?y=1");
    REQUIRE(resolve_within(base, "d")->text() == "https://h/a/d");
    REQUIRE(resolve_within(base, "../d/./e")->text() == "https://h/d/e");
    REQUIRE(resolve_within(base, "/../../etc")->text() == "https://h/etc");
    REQUIRE(resolve_within(base, "?z=2")->text() == "https://h/a/b?z=2");
    REQUIRE(resolve_within(base, "https://h:443/n#frag")->text() == "https://h/n");
    for (auto other : {"http://h/", "https://h:8443/", "https://h.evil/", "//evil/x", "https://h@evil/", "javascript:x",
                       "file:///etc"}) {
      INFO(other);
      REQUIRE(resolve_within(base, other).error() == ec::rejected);
    }
    auto named = resolve_within(base, "https://other.example/x").error().text;
    REQUIRE((has(named, "https://h ") && has(named, "https://other.example")));
  }
  THEN("segments and values are encoded so that they stay what they are") {
    REQUIRE(join_url("https://h/base/", {"rest", "a/b c", "ü"}) == "https://h/base/rest/a%2Fb%20c/%C3%BC");
    REQUIRE(join_url("https://h", {"x", "..", "y"}) == "https://h/x/%252E%252E/y");
    REQUIRE(with_query("https://h/s", {{"jql", "a = \"b&c\""}, {"n", "50"}}) ==
            "https://h/s?jql=a%20%3D%20%22b%26c%22&n=50");
    REQUIRE(parse_url(with_query("https://h/s", {{"q", "#?%\r\n\xff"}})).ok());
  }
  THEN("random bytes are read or refused, and what is read can be written into a request") {
    std::mt19937 random{7};
    for (int i = 0; i < 20000; ++i) {
      std::string text = i % 2 ? "http://h/" : "";
      auto n = random() % 40;
      for (unsigned k = 0; k < n; ++k)
        text += i % 3 ? "ht:p/s@[]?#%.0a-"[random() % 16] : static_cast<char>(random());
      if (auto u = parse_url(text)) {
        REQUIRE(u->text().find_first_of(std::string_view{"\r\n \0", 4}) == std::string::npos);
        REQUIRE(parse_url(u->text())->text() == u->text());
      }
    }
  }
}

SCENARIO("proxy rules say who is reached straight") {
  auto rules = *proxy_rules::make(secret{"http://me:p%40ss@proxy.example:3128"},
                                  {"localhost", ".corp.example", "*.lab.example", "git.example:7990", "10.0.0.0/8",
                                   "192.168.1.5", "fd00::/8", "[::1]:8080", " spaced.example "});
  auto straight = [&](std::string_view text) { return rules.proxy_for(*parse_url(text)) == nullptr; };
  THEN("names stand for themselves and what lies below") {
    REQUIRE(straight("https://localhost/"));
    REQUIRE(straight("https://a.corp.example/"));
    REQUIRE(straight("https://corp.example/"));
    REQUIRE(straight("https://x.lab.example/"));
    REQUIRE(straight("https://SPACED.example/"));
    REQUIRE(!straight("https://notcorp.example/"));
    REQUIRE(!straight("https://corp.example.evil/"));
  }
  THEN("ports, addresses and ranges count") {
    REQUIRE(straight("http://git.example:7990/"));
    REQUIRE(!straight("https://git.example/"));
    REQUIRE(straight("http://10.1.2.3/"));
    REQUIRE(!straight("http://11.1.2.3/"));
    REQUIRE(straight("http://192.168.1.5:99/"));
    REQUIRE(!straight("http://192.168.1.6/"));
    REQUIRE(straight("http://[fd12::1]/"));
    REQUIRE(straight("http://[::1]:8080/"));
    REQUIRE(!straight("http://[::1]/"));
    REQUIRE(!straight("https://api.github.com/"));
  }
  THEN("the proxy's user and password are read, and * takes everything") {
    auto* p = rules.proxy_for(*parse_url("https://api.github.com/"));
    REQUIRE(p->at.endpoint() == "proxy.example:3128");
    REQUIRE(p->user == "me");
    REQUIRE(p->password.reveal() == "p@ss");
    REQUIRE(p->authorization() == "Basic " + base64("me:p@ss"));
    auto none = *proxy_rules::make(secret{"http://p:1"}, {"*"});
    REQUIRE(none.proxy_for(*parse_url("https://a/")) == nullptr);
  }
  THEN("what cannot be read is refused, without the password") {
    for (auto bad : {"10.0.0.0/33", "a b", "http://x", "h:99999", "[::1", "::/129", "x/8"}) {
      INFO(bad);
      REQUIRE(!proxy_rules::make(secret{}, {bad}).ok());
    }
    for (auto bad : {"proxy:3128", "socks5://u:hunter22@p:1", "http://u:hunter22@p:1/path", "http://u:%zzhunter22@p:1",
                     "http://u:hunter22"}) {
      auto made = proxy_rules::make(secret{bad}, {});
      REQUIRE(made.error() == ec::bad_config);
      REQUIRE(!has(made.error().text, "hunter22"));
    }
  }
}

SCENARIO("a host's words about its limits are understood") {
  constexpr wall_ms now = 784'111'777'000; // Sun, 06 Nov 1994 08:49:37 GMT
  THEN("dates are read in all their forms") {
    for (auto text : {"Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994",
                      "1994-11-06T08:49:37Z", "1994-11-06T08:49:37.123Z"})
      REQUIRE(parse_http_date(text) == now / 1000);
    REQUIRE(parse_http_date("1994-11-06T08:49Z") == now / 1000 - 37);
    for (auto text :
         {"", "soon", "Sun, 99 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:37 CET", "1994-13-06T08:49:37Z"})
      REQUIRE(!parse_http_date(text));
  }
  THEN("a resource that is counted apart says nothing of the host's quota") {
    auto said = [](const char* resource) {
      return answer_of(
        200, {{"X-RateLimit-Limit", "30"}, {"X-RateLimit-Remaining", "3"}, {"X-RateLimit-Resource", resource}});
    };
    REQUIRE(!read_limits(said("search"), now).quota.known());
    REQUIRE(read_limits(said("core"), now).quota.remaining == 3);
  }
  THEN("Retry-After counts in seconds or by the host's own clock") {
    auto a = read_limits(answer_of(429, {{"Retry-After", "120"}}), now);
    REQUIRE(a.limited);
    REQUIRE(a.wait_ms == 120'000);
    // The host's clock is an hour behind ours: it still means one minute.
    auto b = read_limits(
      answer_of(503, {{"Retry-After", "Sun, 06 Nov 1994 07:50:37 GMT"}, {"Date", "Sun, 06 Nov 1994 07:49:37 GMT"}}),
      now);
    REQUIRE(b.limited);
    REQUIRE(b.wait_ms == 60'000);
    REQUIRE(read_limits(answer_of(429, {{"retry-after", "999999999"}}), now).wait_ms == 86'400'000);
    REQUIRE(!read_limits(answer_of(429, {{"Retry-After", "-5"}}), now).wait_ms);
  }
  THEN("GitHub's words are understood") {
    auto reset = std::to_string(now / 1000 + 300);
    auto used_up = read_limits(
      answer_of(403, {{"x-ratelimit-limit", "5000"}, {"x-ratelimit-remaining", "0"}, {"x-ratelimit-reset", reset}}),
      now);
    REQUIRE(used_up.limited);
    REQUIRE(used_up.wait_ms == 300'000);
    REQUIRE(used_up.quota.limit == 5000);
    REQUIRE(used_up.quota.resets_at_ms == now + 300'000);
    auto secondary = read_limits(
      answer_of(403, {{"x-ratelimit-remaining", "4000"}}, "You have exceeded a Secondary Rate Limit."), now);
    REQUIRE(secondary.limited);
    REQUIRE(secondary.wait_ms == 60'000);
    REQUIRE(!read_limits(answer_of(403, {{"x-ratelimit-remaining", "4000"}}, "no permission"), now).limited);
    auto last = read_limits(
      answer_of(200, {{"x-ratelimit-remaining", "0"}, {"x-ratelimit-reset", reset}, {"x-ratelimit-resource", "core"}}),
      now);
    REQUIRE(last.wait_ms == 300'000);
    REQUIRE(!read_limits(answer_of(200, {{"x-ratelimit-remaining", "0"},
                                         {"x-ratelimit-reset", reset},
                                         {"x-ratelimit-resource", "search"}}),
                         now)
               .wait_ms);
  }
  THEN("Atlassian's words are understood") {
    auto dc = read_limits(
      answer_of(429,
                {{"X-RateLimit-Limit", "100"}, {"X-RateLimit-Remaining", "0"}, {"X-RateLimit-Interval-Seconds", "60"}}),
      now);
    REQUIRE(dc.wait_ms == 60'000);
    auto cloud = read_limits(answer_of(429, {{"X-RateLimit-Reset", "1994-11-06T08:51:37Z"}}), now);
    REQUIRE(cloud.wait_ms == 120'000);
  }
  THEN("a failing host is asked once a second, a closed one not at all, and spaced calls one by one") {
    host_gate gate;
    REQUIRE(gate.may_send(5000, 0).wait_ms == 0);
    gate.failed(5000);
    REQUIRE(gate.may_send(5000, 0).wait_ms == 1000);
    REQUIRE(gate.may_send(6000, 0).wait_ms == 0);
    gate.sent(6000, 0);
    REQUIRE(gate.may_send(6000, 0).wait_ms == 1000);
    gate.went_well();
    REQUIRE(gate.may_send(6000, 0).wait_ms == 0);
    gate.not_before(6000, 30'000);
    REQUIRE(gate.may_send(35'999, 0).said_by_host);
    REQUIRE(gate.may_send(36'000, 0).wait_ms == 0);
    gate.sent(36'000, 1000);
    REQUIRE(gate.may_send(36'000, 1000).until_answered);
    REQUIRE(!gate.may_send(36'000, 0).until_answered);
    gate.answered(36'500, 1000);
    REQUIRE(gate.may_send(36'500, 1000).wait_ms == 1000);
    REQUIRE(gate.may_send(36'500, 0).wait_ms == 0);
  }
  THEN("the back-off grows to its cap and is spread") {
    http_retry r;
    for (std::uint32_t n = 1; n < 40; ++n)
      for (std::uint64_t x : {0ull, 1ull, 12345678901ull, ~0ull}) {
        auto ms = http_backoff_ms(r, n, x);
        REQUIRE(ms <= std::min<std::int64_t>(30'000, 500ll << std::min(n - 1, 20u)));
        REQUIRE(ms >= std::min<std::int64_t>(30'000, 500ll << std::min(n - 1, 20u)) / 2);
      }
  }
}

SCENARIO("compressed bodies are inflated within a bound") {
  std::string text;
  for (int i = 0; i < 5000; ++i)
    text += "line " + std::to_string(i) + "\n";
  auto packed = test::gzip_of(text);
  REQUIRE(*inflate_body(packed, "gzip", 1u << 20) == text);
  REQUIRE(*inflate_body(packed, " X-GZIP ", 1u << 20) == text);
  REQUIRE(*inflate_body(packed + packed, "gzip", 1u << 20) == text + text);
  REQUIRE(*inflate_body(packed + std::string(10, '\0'), "gzip", 1u << 20) == text);
  REQUIRE(*inflate_body("plain", "identity", 10) == "plain");
  // raw deflate: the gzip frame of zlib is 10 bytes in front and 8 behind
  REQUIRE(*inflate_body(packed.substr(10, packed.size() - 18), "deflate", 1u << 20) == text);
  THEN("a bomb, a cut, a break and an unknown encoding are errors") {
    auto bomb = test::gzip_of(std::string(16u << 20, '\0'));
    REQUIRE(bomb.size() < 100'000);
    REQUIRE(inflate_body(bomb, "gzip", 1u << 20).error() == ec::rejected);
    REQUIRE(inflate_body(packed.substr(0, packed.size() / 2), "gzip", 1u << 20).error() == ec::unavailable);
    REQUIRE(inflate_body("no gzip at all", "gzip", 1u << 20).error() == ec::unavailable);
    REQUIRE(inflate_body(packed, "br", 1u << 20).error() == ec::rejected);
    std::mt19937 random{3};
    for (int i = 0; i < 500; ++i) {
      auto broken = packed.substr(0, 2000);
      broken[random() % broken.size()] ^= static_cast<char>(1 + random() % 255);
      (void)inflate_body(broken, i % 2 ? "gzip" : "deflate", 4096).ok();
    }
  }
}

SCENARIO("an answer of very many parts is refused before it takes a hundred times its size") {
  auto read = [](std::string body) {
    return read_json(asking(), answer_of(200, {{"Content-Type", "application/json"}}, std::move(body)), 64);
  };
  auto many = [](const std::string& one, std::size_t n) {
    std::string out = "[" + one;
    for (std::size_t i = 1; i < n; ++i)
      out += "," + one;
    return out + "]";
  };
  for (auto* one : {"1", "[]", "{}", "\"\"", R"({"a":1})"}) {
    auto refused = read(many(one, 400'001));
    REQUIRE(!refused.ok());
    CHECK(refused.error() == ec::rejected);
    CHECK(has(refused.error().text, "more than 400000 parts"));
  }
  CHECK(read(many("1", 399'000)).ok());
  // Marks within texts are none, however they are written.
  CHECK(read(R"({"a":")" + std::string(900'000, ',') + R"(\\","b":"\",)" + std::string(900'000, ':') + "\"}").ok());
}

SCENARIO("an answer is read as JSON with faults that name their field") {
  auto read = [](std::string body, std::size_t depth = 64) {
    return read_json(asking(), answer_of(200, {{"Content-Type", "application/json"}}, std::move(body)), depth);
  };
  GIVEN("a good answer") {
    auto d = *read(
      R"({"total":2,"next":null,"issues":[{"id":7,"key":"A-1","fields":{"summary":"s","done":false}},{"id":"8","key":"A-2"}]})");
    auto issues = d.root().items("issues");
    REQUIRE(issues.size() == 2);
    REQUIRE(issues[0].text("key") == "A-1");
    REQUIRE(issues[0].id("id") == "7");
    REQUIRE(issues[1].id("id") == "8");
    REQUIRE(issues[0].object("fields").text("summary") == "s");
    REQUIRE(!issues[0].object("fields").flag("done"));
    REQUIRE(d.root().integer("total") == 2);
    REQUIRE(d.root().text_or("next", "none") == "none");
    REQUIRE(d.root().integer_or("gone", 9) == 9);
    REQUIRE(d.root().maybe_items("gone").empty());
    REQUIRE(issues[1].where() == "issues[1]");
    REQUIRE(!d.fault());
    WHEN("fields are missing or of another type") {
      REQUIRE(issues[1].object("fields").text("summary").empty());
      REQUIRE(d.fault());
      REQUIRE(*d.fault() == ec::unavailable);
      REQUIRE(has(d.fault()->text, "Jira at jira.example.com: GET /rest/api/2/search"));
      REQUIRE(has(d.fault()->text, "answered nothing in issues[1].fields where an object was expected"));
      d.forget();
      REQUIRE(issues[0].integer("key") == 0);
      REQUIRE(has(d.fault()->text, "a text (\"A-1\") in issues[0].key where a whole number was expected"));
      d.forget();
      (void)d.root().items("total");
      REQUIRE(has(d.fault()->text, "in total where an array was expected"));
      d.forget();
      (void)d.root().text_or("total", "");
      REQUIRE(d.fault());
    }
  }
  THEN("what is no JSON, too deep or of the wrong kind is an error, and no crash") {
    REQUIRE(read("").error() == ec::unavailable);
    REQUIRE(read("{\"a\":[1,2").error() == ec::unavailable);
    REQUIRE(has(read("<html><body>Please <b>log in</b></body></html>").error().text, "Please log in"));
    REQUIRE(read(std::string(100, '[') + std::string(100, ']')).error() == ec::rejected);
    REQUIRE(read(std::string(100000, '[')).error().code != ec::no_changes);
    auto d = *read("[1]");
    REQUIRE(d.root().text("x").empty());
    REQUIRE(has(d.fault()->text, "an array in the answer where an object was expected"));
    REQUIRE((*read("{\"a\":\"\xff\"}")).root().text("a") == "\xEF\xBF\xBD");
  }
}

SCENARIO("a request cannot end its own lines") {
  auto r = asking();
  auto refused = [&] { return !check_request(r).ok(); };
  REQUIRE(!refused());
  for (auto value : {"a\r\nX: y", "a\nb", "a\rb", "a\x01"}) {
    r.headers = {{"X-A", value}};
    REQUIRE(refused());
  }
  for (auto name :
       {"", "a b", "a:b", "a\r\nb", "Host", "content-length", "Transfer-Encoding", "Authorization", "User-Agent"}) {
    r.headers = {{name, "x"}};
    REQUIRE(refused());
  }
  r.headers = {{"X-A", std::string("a\0b", 3)}};
  REQUIRE(refused());
  r.headers.clear();
  r.credentials = http_credentials::bearer(secret{"hunter22\n"});
  REQUIRE(check_request(r).error() == ec::bad_config);
  REQUIRE(!has(check_request(r).error().text, "hunter22"));
  r.credentials = http_credentials::basic("a:b", secret{"x"});
  REQUIRE(refused());
  r.credentials = http_credentials::bearer(secret{});
  REQUIRE(refused());
}

SCENARIO("a status becomes an error that a person can act on") {
  auto code = [](int status, std::vector<http_header> headers = {}) {
    return to_error(asking(), answer_of(status, std::move(headers))).code;
  };
  REQUIRE(code(400) == ec::rejected);
  REQUIRE(code(401) == ec::rejected);
  REQUIRE(code(403) == ec::rejected);
  REQUIRE(code(404) == ec::not_found);
  REQUIRE(code(409) == ec::rejected);
  REQUIRE(code(422) == ec::rejected);
  REQUIRE(code(429) == ec::rate_limited);
  REQUIRE(code(500) == ec::unavailable);
  REQUIRE(code(599) == ec::unavailable);
  auto page = to_error(
    asking(), answer_of(502, {{"Content-Type", "text/html"}},
                        "<html><head><style>p{}</style><script>alert('x')</script></head><h1>Bad&nbsp;Gateway &amp; "
                        "co</h1>\x1b[31mred\r\n</html>"));
  REQUIRE(page.text ==
          "Jira at jira.example.com: GET /rest/api/2/search?… answered 502 Bad Gateway: \"Bad Gateway & co red\"");
  THEN("what the service itself says is picked out of its JSON") {
    auto says = [](int status, std::string body) {
      return to_error(asking(), answer_of(status, {{"Content-Type", "application/json"}}, std::move(body))).text;
    };
    CHECK(has(says(503, R"({"errors":[{"context":null,"message":"It is being upgraded"}]})"),
              "503 Service Unavailable: It is being upgraded"));
    CHECK(has(says(403, R"({"errorMessages":["No permission"],"errors":{"labels":"not on the screen"}})"),
              "403 Forbidden: No permission; labels: not on the screen;"));
    CHECK(has(says(429, R"({"message":"Too many\nof them"})"), "429 Too Many Requests: Too many\\nof them"));
    CHECK(has(says(500, R"({"type":"error","error":{"message":"Something went wrong"}})"), ": Something went wrong"));
    CHECK(has(says(403, R"({"errorMessages":["You may not.","Why not?","..."]})"),
              "403 Forbidden: You may not; Why not; the token's user"));
    CHECK(has(says(404, R"({"message":"Nothing here."})"),
              "404 Not Found: Nothing here; look whether the name is right, and whether the account may see it"));
    CHECK(has(says(500, R"({"unlike":1})"), R"(: "{"unlike":1}")"));
    CHECK(has(says(500, R"({"message":)"), R"(: "{"message":")"));
  }
  THEN("a time is told only where there is one, and nobody is promised another call") {
    auto busy = answer_of(429, {});
    CHECK(!has(to_error(asking(), busy).text, "until"));
    busy.retry_at_ms = 1'700'000'000'000;
    CHECK(has(to_error(asking(), busy).text, "that host is left alone until 2023-11-14 22:13:20 UTC"));
    for (auto status : {408, 409, 429, 500, 503})
      CHECK(!has(to_error(asking(), answer_of(status, {})).text, "again"));
  }
  auto captcha =
    to_error(asking(), answer_of(403, {{"X-Authentication-Denied-Reason", "CAPTCHA_CHALLENGE; login-url=https://x"}}));
  REQUIRE(has(captcha.text, "CAPTCHA"));
  auto r = asking();
  r.credentials = http_credentials::bearer(secret{"hunter22"});
  REQUIRE(!has(to_error(r, answer_of(400, {}, "bad token hunter22")).text, "hunter22"));
  r.url_is_secret = true;
  REQUIRE(!has(to_error(r, answer_of(400, {})).text, "rest/api"));
  REQUIRE(to_error(asking(), answer_of(400, {}, std::string(100000, 'x'))).text.size() < 400);
}
