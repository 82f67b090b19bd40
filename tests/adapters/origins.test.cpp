// Addresses that lead elsewhere, in hundreds of forms, wherever an address comes from: nobody but the configured hosts
// is reached.
//
// All that leaves goes through a proxy that writes down whom it was asked for; names need not be resolved for that, and
// not one connection to an address of a cloud's own services has to be tried.
#include "adapters/code_hosts/bitbucket_cloud.hpp"
#include "adapters/code_hosts/bitbucket_dc.hpp"
#include "adapters/code_hosts/github.hpp"
#include "adapters/git/command.hpp"
#include "adapters/trackers/github_issues.hpp"
#include "core/utf8.hpp"
#include "tests/adapters/git_world.hpp"
#include "tests/support/http_proxy.hpp"
#include "tests/support/http_world.hpp"

#include <catch2/catch.hpp>

#include <nlohmann/json.hpp>

#include <mutex>

using namespace hyakki;
using namespace hyakki::test;

namespace {

const std::string configured = "http://allowed.example";

/// Hosts that are not the configured one: this machine, a cloud's own services, a company's own networks, and names
/// that look like ours or are resolved anew each time.
const std::vector<std::string> hosts{
  "127.0.0.1",
  "127.0.0.2",
  "127.255.255.254",
  "127.1",
  "127.0.1",
  "2130706433",
  "0x7f000001",
  "0x7f.0.0.1",
  "0x7f.0x0.0x0.0x1",
  "0177.0.0.1",
  "017700000001",
  "0177.0x0.0.1",
  "00000177.0.0.1",
  "0",
  "0.0.0.0",
  "localhost",
  "LOCALHOST",
  "localhost.",
  "localhost.localdomain",
  "[::1]",
  "[::]",
  "[0:0:0:0:0:0:0:1]",
  "[::ffff:127.0.0.1]",
  "[::ffff:7f00:1]",
  "[::127.0.0.1]",
  "[64:ff9b::7f00:1]",
  "[fe80::1%25eth0]",
  "169.254.169.254",
  "2852039166",
  "0xa9fea9fe",
  "0xa9.0xfe.0xa9.0xfe",
  "0251.0376.0251.0376",
  "169.254.43518",
  "[::ffff:169.254.169.254]",
  "[::ffff:a9fe:a9fe]",
  "[fd00:ec2::254]",
  "metadata.google.internal",
  "10.0.0.1",
  "172.16.0.1",
  "192.168.0.1",
  "100.100.100.200",
  "127.0.0.1.nip.io",
  "a9fea9fe.rebind.example",
  "allowed.example.evil.example",
  "evil-allowed.example",
  "sub.allowed.example",
  "allowed.example%2eevil.example",
  "allowed.example%00.evil.example",
  "%61llowed.evil.example",
  "allowed\xe3\x80\x82"
  "example",
  "\xef\xbd\x81llowed.example",
  "\xe2\x91\xa0\xe2\x91\xa1\xe2\x91\xa6.0.0.1",
};

/// The form with `what` in the place of {}; as it is where it has none.
std::string filled(std::string form, const std::string& what) {
  auto at = form.find("{}");
  return at == std::string::npos ? form : form.replace(at, 2, what);
}

/// Whole addresses, and references.
std::vector<std::string> addresses() {
  std::vector<std::string> out;
  for (auto& h : hosts)
    for (auto form : {"http://{}/x", "https://{}/x", "//{}/x", "http://{}:8080/x"})
      out.push_back(filled(form, h));
  for (auto& h : {std::string{"127.0.0.1"}, std::string{"169.254.169.254"}, std::string{"[::1]"}})
    for (auto form : {"http://allowed.example@{}/",
                      "http://allowed.example:80@{}/",
                      "http://allowed.example%40{}/",
                      "http://allowed.example\\@{}/",
                      "http://{}\\@allowed.example/",
                      "http://{}#@allowed.example/",
                      "http:\\\\{}/x",
                      "\\\\{}/x",
                      "/\\{}/x",
                      "http:///{}/x",
                      "http:/{}/x",
                      "http:{}/x",
                      " http://{}/x",
                      "http://{} /x",
                      "HTTP://{}/x",
                      "http://{}?@allowed.example/",
                      "http://user:word@{}/",
                      "ftp://{}/x",
                      "gopher://{}/_GET",
                      "dict://{}:11211/stat",
                      "ldap://{}/x",
                      "tftp://{}/x",
                      "ws://{}/x",
                      "jar:http://{}/x!/",
                      "url:http://{}/x",
                      "ssh://{}/x",
                      "git://{}/x",
                      "ext::sh -c {}",
                      "http://{}\t/x",
                      "http://{}\xc2\xa0/x"})
      out.push_back(filled(form, h));
  for (auto other : {"http://allowed.example:81/x", "https://allowed.example/x", "https://allowed.example:80/x",
                     "file:///etc/passwd", "file://localhost/etc/passwd", "file:/etc/passwd", "data:text/plain,x",
                     "javascript:x", "about:blank", "unix:/run/docker.sock:/x", "http+unix://%2frun%2fdocker.sock/x",
                     "php://input", "netdoc:///etc/passwd"})
    out.emplace_back(other);
  return out;
}

/// A client that reaches everything through the proxy, and a host at its end that says what it is told to.
struct watched_world {
  watched_world()
    : server([this](const served_request&) {
        std::lock_guard guard{mutex};
        return says;
      }) {
    auto how = http_proxy::options{};
    how.everything_goes_to = server.port();
    proxy = std::make_unique<http_proxy>(how);
    world.options.proxy = secret{"http://127.0.0.1:" + std::to_string(proxy->port())};
    world.options.retry.most_attempts = 1;
    REQUIRE(world.open());
  }
  /// To one request a connection, for the proxy writes down the first of each.
  void say(served_answer a) {
    a.close = true;
    std::lock_guard guard{mutex};
    says = std::move(a);
  }
  /// How often somebody else than the configured host was asked for.
  std::size_t strayed() const {
    auto all = proxy->asked();
    return static_cast<std::size_t>(std::count_if(
      all.begin(), all.end(), [](auto& line) { return line.find(" " + configured + "/") == std::string::npos; }));
  }

  std::mutex mutex;
  served_answer says = served_answer::json(200, "{}");
  http_server server;
  std::unique_ptr<http_proxy> proxy;
  http_world world{{configured}};
};

template <class Config>
Config configured_as(const char* secret_word = "canary-token-0000000000") {
  auto c = Config{};
  c.name = "x";
  c.base_url = configured;
  c.token = secret{secret_word};
  return c;
}

} // namespace

SCENARIO("an address that is asked for, or that an answer sends us to, leads to the configured hosts or nowhere") {
  watched_world w;
  auto all = addresses();
  CHECK(all.size() >= 200);
  for (auto& address : all) {
    INFO(printable(address));
    auto a = w.world.get(address);
    REQUIRE_FALSE(a);
    CHECK(a.error().code == ec::bad_config);
  }
  CHECK(w.proxy->asked().empty());
  for (auto status : {301, 302, 303, 307, 308})
    for (std::size_t i = 0; i < all.size(); ++i) {
      auto& address = all[i];
      if (address.find_first_of("\t\n\r") != std::string::npos || i % 5 != static_cast<std::size_t>(status % 5))
        continue;
      INFO(status << " to " << printable(address));
      auto a = served_answer{};
      a.status = status;
      a.headers = {{"Location", address}};
      w.say(a);
      (void)w.world.get(configured + "/begin"); // a relative one may go in circles there
      CHECK(w.strayed() == 0);
    }
  CHECK(w.proxy->asked().size() >= 200);
}

SCENARIO("a next page, a link or an address that a service names leads to the configured hosts or nowhere") {
  watched_world w;
  auto& time = *w.world.time;
  auto& http = *w.world.client;
  auto issues_config = configured_as<tracker_config>();
  issues_config.project = "acme/repo";
  auto issues = make_github_issues_tracker(issues_config, http, time);
  auto hosting = configured_as<code_host_config>();
  hosting.namespace_ = "acme";
  auto hub = make_github_code_host(hosting, {}, http, time);
  auto cloud = make_bitbucket_cloud_code_host(hosting, {}, http, time);
  auto at_home = make_bitbucket_dc_code_host(hosting, {}, http, time);
  for (auto& address : addresses()) {
    INFO(printable(address));
    if (address.find_first_of("\t\n\r") == std::string::npos) {
      auto pages = served_answer::json(200, "[]");
      pages.headers.emplace_back("Link", "<" + address + ">; rel=\"next\"");
      w.say(pages);
      (void)issues->search();
      (void)hub->list("repo", pull_filter::open);
    }
    auto text = address;
    auto links = nlohmann::json{{"clone", {{{"name", "http"}, {"href", text}}, {{"name", "ssh"}, {"href", text}}}},
                                {"self", {{{"href", text}}}},
                                {"html", {{"href", text}}}};
    auto any = nlohmann::json{{"values", nlohmann::json::array()},
                              {"next", text},
                              {"links", links},
                              {"clone_url", text},
                              {"ssh_url", text},
                              {"url", text},
                              {"html_url", text},
                              {"full_name", "acme/repo"},
                              {"default_branch", "main"},
                              {"mainbranch", {{"name", "main"}}},
                              {"slug", "repo"},
                              {"project", {{"key", "ACME"}}},
                              {"displayId", "main"},
                              {"permissions", {{"push", true}}}};
    w.say(served_answer::json(200, any.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace)));
    (void)cloud->list("repo", pull_filter::open);
    for (auto* host : {hub.get(), cloud.get(), at_home.get()})
      if (auto where = host->locate("repo")) {
        CHECK(where->url.rfind(configured + "/", 0) == 0);
        CHECK(where->default_branch == "main");
      }
    CHECK(w.strayed() == 0);
    time.advance(86'400'000);
  }
  CHECK(w.proxy->asked().size() >= 1'000);
}

SCENARIO("git is sent to no address but a repository's, in no form") {
  git_world w;
  auto canary = w.dir / "canary";
  auto all = addresses();
  for (auto& h : hosts) {
    all.push_back("http://" + h + "/x.git");
    all.push_back("git://" + h + "/x.git");
    all.push_back("git+ssh://" + h + "/x.git");
  }
  for (auto form : {"ext::sh -c touch% {}",
                    "ext::sh%20-c%20touch%20{}",
                    "ext::{}",
                    "fd::0",
                    "fd::3,4",
                    "-oProxyCommand=touch {}",
                    "--upload-pack=touch {}",
                    "--exec=touch {}",
                    "ssh://-oProxyCommand=touch%20{}/x",
                    "ssh://-F/tmp/x/x.git",
                    "ssh://%2doProxyCommand=touch%20{}/x",
                    "transport::{}",
                    "git@host:x.git",
                    "host:{}",
                    "::{}",
                    "{}::x",
                    "a::b::{}",
                    "./{}",
                    "../{}",
                    "~/{}",
                    "file:{}",
                    "file://host/{}",
                    "FILE:///{}"})
    all.push_back(filled(form, canary));
  std::size_t refused = 0;
  for (auto& address : all) {
    // What may be a repository of the configured host is not refused by its form: https, and this machine by http.
    if (address.rfind("https://", 0) == 0 || address.rfind("ssh://", 0) == 0 || git_cli::check_url(address))
      continue;
    INFO(printable(address));
    auto q = w.asking("one");
    q.from.url = address;
    q.from.repository = "other";
    auto tree = w.door->prepare(q);
    REQUIRE_FALSE(tree);
    CHECK(tree.error().code == ec::rejected);
    ++refused;
  }
  CHECK(refused >= 200);
  CHECK_FALSE(std::filesystem::exists(canary));
}
