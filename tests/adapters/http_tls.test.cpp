// The HTTP door over TLS and through proxies: who is trusted, who is let in, and what people are told when not.

#include "tests/support/http_certificates.hpp"
#include "tests/support/http_proxy.hpp"
#include "tests/support/http_server.hpp"
#include "tests/support/http_world.hpp"
#include "tests/support/scratch_dir.hpp"

#include <catch2/catch.hpp>

using namespace hyakki;
using namespace hyakki::test;
using namespace std::chrono_literals;

namespace {

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

served_answer ok(const served_request& r) { return served_answer::json(200, "\"" + r.path + "\""); }

/// An authority, a server that it vouches for, and a client that trusts it.
struct tls_world {
  scratch_dir dir;
  certificate_authority authority;
  std::string ca_file = write_file(dir / "ca.pem", authority.pem());

  served_tls shows(std::vector<std::string> names, int days = 2) const {
    auto c = authority.issue("server", names, days);
    return {c.certificate, c.key, {}};
  }
  served_tls local() const { return shows({"DNS:localhost", "IP:127.0.0.1"}); }
};

} // namespace

SCENARIO("a trusted host is spoken to over TLS") {
  tls_world tls;
  http_server server{ok, tls.local()};
  http_world world{{server.url(), server.url("", "localhost")}};
  world.options.ca_file = tls.ca_file;
  REQUIRE(world.get(server.url("/by-address")).ok());
  for (int i = 0; i < 20; ++i)
    REQUIRE(world.get(server.url("/by-name", "localhost"))->body == "\"/by-name\"");
  auto seen = server.requests();
  REQUIRE(seen.front().server_name.empty());
  REQUIRE(seen.back().server_name == "localhost");
  REQUIRE(server.connections() == 2);
  THEN("large bodies go both ways") {
    http_request r;
    r.method = http_method::post;
    r.url = server.url("/big");
    r.body.assign(3u << 20, 'b');
    REQUIRE(world.call(r).ok());
    REQUIRE(server.requests().back().body == r.body);
  }
  THEN("a connection that the host closed meanwhile is replaced without a wait") {
    server.drop_idle();
    REQUIRE(world.get(server.url("/again")).ok());
    REQUIRE(world.time->waits().empty());
  }
}

SCENARIO("a host that cannot be trusted is not spoken to, and the reason and the way out are told") {
  tls_world tls;
  auto asked = [&](const served_tls& shows, bool with_ca, const char* host = "127.0.0.1") {
    http_server server{ok, shows};
    http_world world{{server.url("", host)}};
    if (with_ca)
      world.options.ca_file = tls.ca_file;
    auto a = world.get(server.url("/x", host));
    REQUIRE(!a.ok());
    REQUIRE(a.error() == ec::bad_config);
    REQUIRE(server.request_count() == 0);
    REQUIRE(server.connections() == 1);
    return a.error().text;
  };
  THEN("an unknown authority is answered by ca_file") {
    auto text = asked(tls.local(), false);
    REQUIRE(has(text, "127.0.0.1"));
    REQUIRE(has(text, "not trusted"));
    REQUIRE(has(text, "http.ca_file"));
  }
  THEN("a wrong name is told with the right ones") {
    auto text = asked(tls.shows({"DNS:jira.example.com", "DNS:wiki.example.com"}), true, "localhost");
    REQUIRE(has(text, "localhost"));
    REQUIRE(has(text, "is for jira.example.com, wiki.example.com"));
    REQUIRE(has(asked(tls.shows({"DNS:localhost"}), true), "127.0.0.1"));
  }
  THEN("an expired certificate is told as such") {
    REQUIRE(has(asked(tls.shows({"IP:127.0.0.1"}, -5), true), "not valid now"));
  }
}

SCENARIO("a proxy that cannot be trusted is named as the proxy, with the key that mends it") {
  tls_world tls;
  http_server service{ok, tls.local()};
  auto asked = [&](std::optional<served_tls> shows, const std::string& target, bool with_ca = true) {
    http_proxy::options how;
    how.tls = std::move(shows);
    http_proxy proxy{how};
    http_world world{{target}};
    if (with_ca)
      world.options.ca_file = tls.ca_file;
    world.options.proxy = secret{"https://me:hunter22@127.0.0.1:" + std::to_string(proxy.port())};
    auto a = world.get(target + "/x");
    REQUIRE(!a.ok());
    INFO(a.error().text);
    CHECK(a.error() == ec::bad_config);
    CHECK(has(a.error().text, "the proxy 127.0.0.1:" + std::to_string(proxy.port())));
    CHECK(!has(a.error().text, "hunter22"));
    CHECK(!has(a.error().text, "the configured address"));
    CHECK(service.request_count() == 0);
    return a.error().text;
  };
  auto target = GENERATE(false, true) ? service.url() : std::string{"http://wiki.corp.example"};
  GIVEN("a certificate for another name") {
    auto text = asked(tls.shows({"DNS:other.example.org"}), target);
    CHECK(has(text, "is for other.example.org: use the name that it is for in http.proxy"));
  }
  GIVEN("a certificate of an authority that nobody knows") {
    CHECK(has(asked(tls.local(), target, false), "name the file as http.ca_file"));
  }
  GIVEN("a certificate that has expired") {
    CHECK(has(asked(tls.shows({"IP:127.0.0.1"}, -5), target), "is not valid now"));
  }
  GIVEN("a proxy that demands a certificate of ours") {
    auto shows = tls.local();
    shows.client_ca = tls.authority.pem();
    CHECK(has(asked(shows, target), "none is ever shown to a proxy"));
  }
}

SCENARIO("http and https are told apart where they are mixed up") {
  tls_world tls;
  http_server clear{ok};
  auto wrong = "https://127.0.0.1:" + std::to_string(clear.port());
  http_world world{{wrong}};
  world.options.ca_file = tls.ca_file;
  world.options.connect_deadline = 2s;
  world.options.retry.most_attempts = 1;
  auto a = world.get(wrong + "/x");
  REQUIRE(!a.ok());
  INFO(a.error().text);
  REQUIRE(clear.request_count() == 0);
}

SCENARIO("a client's certificate is shown where one is demanded") {
  tls_world tls;
  auto shows = tls.local();
  shows.client_ca = tls.authority.pem();
  http_server server{ok, shows};
  http_world world{{server.url()}};
  world.options.ca_file = tls.ca_file;
  auto mine = tls.authority.issue("hyakki", {});
  auto certificate = write_file(tls.dir / "me.pem", mine.certificate), key = write_file(tls.dir / "me.key", mine.key);
  GIVEN("that we have it") {
    world.options.client_certificate = certificate;
    world.options.client_key = key;
    REQUIRE(world.get(server.url("/x")).ok());
    REQUIRE(server.requests().at(0).client_name == "hyakki");
  }
  GIVEN("that we do not") {
    auto a = world.get(server.url("/x"));
    REQUIRE(!a.ok());
    INFO(a.error().text);
    REQUIRE(a.error() == ec::bad_config);
    REQUIRE(has(a.error().text, "http.client_certificate"));
    REQUIRE(server.request_count() == 0);
  }
  GIVEN("files that cannot be used") {
    auto refused = [&](const std::string& c, const std::string& k) {
      world.options.client_certificate = c;
      world.options.client_key = k;
      auto opened = world.open();
      REQUIRE(!opened.ok());
      REQUIRE(opened.error() == ec::bad_config);
      return opened.error().text;
    };
    REQUIRE(has(refused(certificate, ""), "without client_key"));
    REQUIRE(has(refused("", key), "without client_certificate"));
    REQUIRE(has(refused(tls.dir / "gone.pem", key), "gone.pem"));
    auto other = write_file(tls.dir / "other.key", tls.authority.issue("other", {}).key);
    REQUIRE(has(refused(certificate, other), "other.key"));
    world.options.ca_file = write_file(tls.dir / "empty.pem", "nothing\n");
    REQUIRE(has(refused(certificate, key), "empty.pem"));
  }
}

SCENARIO("hosts are reached through a proxy") {
  tls_world tls;
  auto through_tls = GENERATE(false, true);
  http_server clear{ok};
  http_server secure{ok, tls.shows({"DNS:jira.corp.example"})};
  http_proxy::options how;
  how.user = "me";
  how.password = "p@ss:word";
  if (through_tls)
    how.tls = tls.local();
  auto address = [&](const http_proxy& p, const std::string& who) {
    return secret{(through_tls ? "https://" : "http://") + who + "127.0.0.1:" + std::to_string(p.port())};
  };
  GIVEN("an https host that only the proxy can resolve") {
    how.everything_goes_to = secure.port();
    http_proxy proxy{how};
    http_world world{{"https://jira.corp.example"}};
    world.options.ca_file = tls.ca_file;
    world.options.proxy = address(proxy, "me:p%40ss:word@");
    for (int i = 0; i < 3; ++i)
      REQUIRE(world.get("https://jira.corp.example/x")->body == "\"/x\"");
    THEN("one tunnel carries all, and the proxy sees neither path nor token") {
      REQUIRE(proxy.asked() == std::vector<std::string>{"CONNECT jira.corp.example:443 HTTP/1.1"});
      REQUIRE(secure.requests().at(0).server_name == "jira.corp.example");
      REQUIRE(!secure.requests().at(0).header("proxy-authorization"));
    }
  }
  GIVEN("a proxy that ends with the last byte of the answer") {
    how.ends = std::make_shared<std::atomic<bool>>(false);
    auto whole = GENERATE(true, false); // with its length, or to the end of the connection
    http_server last{[&](const served_request&) {
                       auto a = served_answer::json(200, "{\"x\":1}");
                       a.close = true;
                       a.until_close = !whole;
                       *how.ends = true;
                       return a;
                     },
                     tls.shows({"DNS:jira.corp.example"})};
    how.everything_goes_to = last.port();
    http_proxy proxy{how};
    http_world world{{"https://jira.corp.example"}};
    world.options.ca_file = tls.ca_file;
    world.options.proxy = address(proxy, "me:p%40ss:word@");
    auto a = world.get("https://jira.corp.example/x");
    INFO((a ? "" : a.error().text));
    REQUIRE(a);
    REQUIRE(a->body == "{\"x\":1}");
    REQUIRE(last.request_count() == 1);
  }
  GIVEN("an http host") {
    how.everything_goes_to = clear.port();
    http_proxy proxy{how};
    http_world world{{"http://wiki.corp.example"}};
    world.options.ca_file = tls.ca_file;
    world.options.proxy = address(proxy, "me:p%40ss:word@");
    REQUIRE(world.get("http://wiki.corp.example/x?y=1").ok());
    REQUIRE(proxy.asked().at(0) == "GET http://wiki.corp.example/x?y=1 HTTP/1.1");
    REQUIRE(clear.requests().at(0).header("host") == "wiki.corp.example");
  }
  GIVEN("a password that is wrong, or none") {
    http_proxy proxy{how};
    auto who = GENERATE("", "me:hunter22@");
    http_world world{{secure.url(), clear.url()}};
    world.options.ca_file = tls.ca_file;
    world.options.proxy = address(proxy, who);
    for (const auto& url : {secure.url("/x"), clear.url("/x")}) {
      auto a = world.get(url);
      REQUIRE(!a.ok());
      INFO(a.error().text);
      REQUIRE(a.error() == ec::bad_config);
      REQUIRE(has(a.error().text, "http.proxy"));
      REQUIRE(!has(a.error().text, "hunter22"));
    }
    REQUIRE(secure.request_count() + clear.request_count() == 0);
  }
  GIVEN("a host that no_proxy names") {
    http_proxy proxy{how};
    http_world world{{clear.url()}};
    world.options.ca_file = tls.ca_file;
    world.options.proxy = address(proxy, "");
    world.options.no_proxy = {"127.0.0.0/8"};
    REQUIRE(world.get(clear.url("/x")).ok());
    REQUIRE(proxy.asked().empty());
  }
  GIVEN("a proxy that forbids, or cannot reach, the host") {
    how.user.clear();
    how.refuse_with = GENERATE(403, 502);
    http_proxy proxy{how};
    http_world world{{"https://jira.corp.example"}};
    world.options.ca_file = tls.ca_file;
    world.options.proxy = address(proxy, "");
    auto a = world.get("https://jira.corp.example/x");
    REQUIRE(a.error().code == (how.refuse_with == 403 ? ec::bad_config : ec::unavailable));
    REQUIRE(has(a.error().text, std::to_string(how.refuse_with)));
    REQUIRE(has(a.error().text, "jira.corp.example:443"));
    REQUIRE(proxy.asked().size() == (how.refuse_with == 403 ? 1 : 4));
  }
}
