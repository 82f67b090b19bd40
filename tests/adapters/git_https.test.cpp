// Repositories behind HTTPS: real git, a real server, tokens as the vendors want them, and what goes wrong.

#include "adapters/http/proxy_rules.hpp"
#include "tests/adapters/git_world.hpp"
#include "tests/support/git_http_server.hpp"
#include "tests/support/http_certificates.hpp"
#include "tests/support/http_proxy.hpp"
#include "tests/support/secret_watch.hpp"

#include <algorithm>

using namespace hyakki;
using namespace hyakki::test;

namespace {

const std::string token = "canary-ghp-0123456789abcdef";
const std::string proxy_word = "canary proxy:w@rd/9";

/// base64 of user:token and the like: what a header holds.
std::vector<std::string> forms(const std::string& user) {
  return {token, base64(user + ":" + token), proxy_word, "canary%20proxy%3Aw%40rd%2F9"};
}

class https_world : public git_world {
public:
  explicit https_world(std::string user = "x-access-token") : user_(std::move(user)) {
    write_file(dir / "ca.pem", authority.pem());
    git({"--git-dir=" + remote_path(), "config", "http.receivepack", "true"});
    auto o = git_http_server::options{};
    o.root = dir / "host";
    o.users = {user_};
    o.token = token;
    auto own = authority.issue("localhost", {"DNS:localhost", "IP:127.0.0.1"});
    o.tls = served_tls{own.certificate, own.key, {}};
    server = std::make_unique<git_http_server>(o);
    how.ca_file = dir / "ca.pem";
    reopen();
  }
  void reopen() {
    open(2, [&](git_options& o) {
      o.askpass = TEST_ASKPASS;
      o.https = how;
      o.timeout = std::chrono::milliseconds{timeout_ms};
    });
  }
  remote at() const {
    auto r = remote{};
    r.repository = "repo";
    r.url = server->url("repo.git", "localhost");
    r.user = user_;
    r.token = secret{token};
    return r;
  }
  result<prepared_tree> prepare(const std::string& tree) { return prepare(tree, at()); }
  result<prepared_tree> prepare(const std::string& tree, const remote& from) {
    auto q = asking(tree);
    q.from = from;
    return door->prepare(q);
  }
  /// A commit that changes one file.
  std::string work(const std::string& tree, const prepared_tree& where, const std::string& text) {
    put_file(where.path + "/README.md", text);
    auto made = door->commit(committing(tree, where));
    REQUIRE(made);
    return made->sha;
  }

  certificate_authority authority;
  https_settings how;
  int timeout_ms = 60'000;
  std::unique_ptr<git_http_server> server;

private:
  std::string user_;
};

std::string text_of(const result<prepared_tree>& r) { return r ? "" : r.error().text; }
bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

} // namespace

SCENARIO("a private repository is cloned, fetched and pushed to with a token, which nobody sees") {
  auto user = std::string{GENERATE("x-access-token", "x-token-auth", "some.body")};
  https_world w{user};
  secret_watch watch{forms(user)};
  auto first = w.prepare("one");
  INFO(text_of(first));
  REQUIRE(first);
  CHECK(text_of(first->path + "/README.md") == "hello\n");
  CHECK(first->base_branch == "main");
  auto sha = w.work("one", *first, "mine\n");
  auto pushed = w.door->push({w.at(), "feature/x", sha, ""});
  INFO((pushed ? "" : pushed.error().text));
  REQUIRE(pushed);
  CHECK(w.in_remote({"rev-parse", "feature/x"}) == sha);
  CHECK(w.door->push({w.at(), "feature/x", sha, ""})); // again

  put_file(w.dir / "seed/README.md", "newer\n");
  w.save("second");
  auto second = w.prepare("two");
  REQUIRE(second);
  CHECK(text_of(second->path + "/README.md") == "newer\n");
  watch.end();

  CHECK(watch.found().empty());
  CHECK(watch.programs().count("git") == 1); // it did look
  CHECK(watch.in_files(w.dir / "state").empty());
  CHECK(watch.in_files(w.dir / "workspace").empty());
  CHECK(std::filesystem::is_empty(w.dir / "state/credentials"));
  // no request went without being asked for a token, and none with another one
  auto all = w.server->server().requests();
  CHECK(all.size() > 10);
  for (auto& r : all) {
    CHECK(r.tls);
    if (auto shown = r.header("Authorization"))
      CHECK(*shown == "Basic " + base64(user + ":" + token));
    CHECK_FALSE(has(r.target, "canary"));
  }
}

SCENARIO("a push over https that would take something away is refused, and leaves the branch as it is") {
  https_world w;
  auto tree = w.prepare("one");
  REQUIRE(tree);
  auto sha = w.work("one", *tree, "mine\n");
  w.in_seed({"commit", "-q", "--allow-empty", "-m", "theirs"});
  w.save("theirs", "feature/x");
  auto theirs = w.in_remote({"rev-parse", "feature/x"});
  GIVEN("a branch that should not be there") {
    auto refused = w.door->push({w.at(), "feature/x", sha, ""});
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == ec::rejected);
    CHECK(has(refused.error().text, "localhost"));
    CHECK(has(refused.error().text, "exists there already with other work"));
  }
  GIVEN("a branch that moved on") {
    auto refused = w.door->push({w.at(), "feature/x", sha, tree->base_sha});
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == ec::rejected);
    CHECK(has(refused.error().text, "somebody pushed to it"));
  }
  CHECK(w.in_remote({"rev-parse", "feature/x"}) == theirs);
}

SCENARIO("a token that is not taken is an error that names the host and the key to mend, at once") {
  https_world w;
  auto from = w.at();
  std::string word = "repo_hosting.token";
  GIVEN("a wrong one") { from.token = secret{"canary-wrong"}; }
  GIVEN("the right one for another account") { from.user = "nobody"; }
  GIVEN("none") { from.token = secret{}; }
  auto before = w.server->server().request_count();
  auto tree = w.prepare("one", from);
  REQUIRE_FALSE(tree);
  INFO(tree.error().text);
  CHECK(tree.error().code == ec::bad_config);
  CHECK(has(tree.error().text, w.at().url.substr(8, w.at().url.find('/', 8) - 8)));
  CHECK(has(tree.error().text, "repo_hosting.token"));
  CHECK_FALSE(has(tree.error().text, "canary"));
  CHECK(w.server->server().request_count() <= before + 4);
}

SCENARIO("what a host answers instead of a repository is told apart") {
  https_world w;
  auto tree = w.prepare("one");
  REQUIRE(tree);
  auto sha = w.work("one", *tree, "mine\n");
  w.in_seed({"commit", "-q", "--allow-empty", "-m", "more"});
  w.save("more");
  struct answer {
    int status;
    ec code;
    std::string says;
  };
  for (auto& what : {answer{403, ec::bad_config, "does not allow"}, answer{404, ec::not_found, "no such repository"},
                     answer{429, ec::unavailable, "429"}, answer{500, ec::unavailable, "500"}}) {
    INFO(what.status);
    w.server->trouble_by([&](const served_request&, served_answer a) {
      if (a.status == 401)
        return a;
      served_answer out;
      out.status = what.status;
      out.body = "<html>\x1b[31mno\n</html>";
      return out;
    });
    auto fetched = w.prepare("two");
    auto pushed = w.door->push({w.at(), "feature/x", sha, ""});
    REQUIRE_FALSE(fetched);
    REQUIRE_FALSE(pushed);
    for (auto& e : {fetched.error(), pushed.error()}) {
      INFO(e.text);
      CHECK(e.code == what.code);
      CHECK(has(e.text, what.says));
      CHECK(has(e.text, "localhost"));
      CHECK_FALSE(has(e.text, "\x1b"));
      CHECK_FALSE(has(e.text, "canary"));
    }
  }
  w.server->trouble_by({});
  CHECK(w.prepare("two"));
  CHECK(w.door->push({w.at(), "feature/x", sha, ""}));
}

SCENARIO("a host that breaks off or falls silent costs no more than a try") {
  https_world w;
  auto from = w.at();
  from.default_branch = "main";
  auto tree = w.prepare("one", from);
  REQUIRE(tree);
  auto sha = w.work("one", *tree, "mine\n");
  int n = 0;
  for (auto fault : {served_fault::close_before, served_fault::truncated_body, served_fault::garbage,
                     served_fault::stall_within_body})
    for (auto* where : {"/info/refs", "/git-upload-pack", "/git-receive-pack"}) {
      bool stalls = fault == served_fault::stall_within_body;
      auto name = "t" + std::to_string(++n);
      auto branch = "feature/" + name;
      INFO("fault " << int(fault) << " at " << where);
      w.timeout_ms = stalls ? 1'500 : 60'000;
      w.reopen();
      w.server->trouble_by([&](const served_request& r, served_answer a) {
        if (a.status == 200 && r.path.find(where) != std::string::npos)
          a.fault = fault;
        return a;
      });
      if (where != std::string{"/git-receive-pack"}) {
        w.save(name); // something to fetch
        auto fetched = w.prepare(name, from);
        REQUIRE_FALSE(fetched);
        INFO(fetched.error().text);
        CHECK(fetched.error().code == (stalls ? ec::timed_out : ec::unavailable));
      }
      if (where != std::string{"/git-upload-pack"}) {
        auto pushed = w.door->push({from, branch, sha, ""});
        // where the answer alone was lost the branch is there: it is asked for, and the push has succeeded
        bool there = where == std::string{"/git-receive-pack"};
        CHECK(pushed.ok() == there);
        if (!pushed)
          CHECK(pushed.error().code == (stalls ? ec::timed_out : ec::unavailable));
      }
      w.server->trouble_by({});
      w.timeout_ms = 60'000;
      w.reopen();
      CHECK(w.door->push({from, branch, sha, ""}));
      CHECK(w.in_remote({"rev-parse", branch}) == sha);
    }
  auto again = w.prepare("two", from);
  REQUIRE(again);
  CHECK(again->base_sha == w.in_remote({"rev-parse", "main"}));
  CHECK(std::filesystem::is_empty(w.dir / "state/credentials"));
}

SCENARIO("a redirect takes no token anywhere") {
  https_world w;
  auto other = git_http_server::options{};
  other.root = w.dir / "host";
  auto own = w.authority.issue("localhost", {"DNS:localhost", "IP:127.0.0.1"});
  other.tls = served_tls{own.certificate, own.key, {}};
  git_http_server elsewhere{other};
  for (auto status : {301, 307})
    for (std::string when : {"before the token", "after the token", "at the pack"}) {
      INFO(status << " " << when);
      w.server->trouble_by([&](const served_request& r, served_answer a) {
        bool now = when == "before the token" ? true : when == "after the token" ? a.status == 200 : r.method == "POST";
        if (!now)
          return a;
        served_answer out;
        out.status = status;
        out.headers = {{"Location", elsewhere.server().url(r.target, "localhost")}};
        return out;
      });
      auto tree = w.prepare("one");
      REQUIRE_FALSE(tree);
      INFO(tree.error().text);
      CHECK(tree.error().code == ec::bad_config);
      CHECK(has(tree.error().text, "repo_hosting.base_url"));
    }
  CHECK(elsewhere.server().connections() == 0);
}

SCENARIO("git trusts whom the HTTP door trusts, and shows the same certificate") {
  https_world w;
  auto own = w.authority.issue("hyakki", {});
  w.how.client_certificate = write_file(w.dir / "own \"cert\".pem", own.certificate);
  w.how.client_key = write_file(w.dir / "own.key", own.key);
  auto server_own = w.authority.issue("localhost", {"DNS:localhost"});
  auto o = git_http_server::options{};
  o.root = w.dir / "host";
  GIVEN("an authority that nobody knows") {
    w.how.ca_file.clear();
    w.reopen();
    auto tree = w.prepare("one");
    REQUIRE_FALSE(tree);
    INFO(tree.error().text);
    CHECK(tree.error().code == ec::bad_config);
    CHECK(has(tree.error().text, "http.ca_file"));
    CHECK(w.server->server().request_count() == 0);
  }
  GIVEN("a certificate for another name") {
    auto theirs = w.authority.issue("git.example.com", {"DNS:git.example.com"});
    o.tls = served_tls{theirs.certificate, theirs.key, {}};
    git_http_server server{o};
    auto from = w.at();
    from.url = server.url("repo.git", "localhost");
    auto tree = w.prepare("one", from);
    REQUIRE_FALSE(tree);
    INFO(tree.error().text);
    CHECK(tree.error().code == ec::bad_config);
    CHECK(server.server().request_count() == 0);
  }
  GIVEN("a server that wants a certificate of ours") {
    o.tls = served_tls{server_own.certificate, server_own.key, w.authority.pem()};
    git_http_server server{o};
    auto from = w.at();
    from.url = server.url("repo.git", "localhost");
    w.reopen();
    auto tree = w.prepare("one", from);
    INFO(text_of(tree));
    REQUIRE(tree);
    for (auto& r : server.server().requests())
      CHECK(r.client_name == "hyakki");
    AND_WHEN("there is none") {
      w.how.client_certificate.clear();
      w.how.client_key.clear();
      w.reopen();
      from.repository = "other";
      auto without = w.prepare("two", from);
      REQUIRE_FALSE(without);
      INFO(without.error().text);
      CHECK(band_of(without.error().code) != band::defect);
    }
  }
}

namespace {

void a_wrong_password_is_told(https_world& w, const std::string& scheme, const std::string& place) {
  w.how.proxy = secret{scheme + "://who%20ever:canary-wrong-word@" + place};
  w.reopen();
  auto tree = w.prepare("one");
  REQUIRE_FALSE(tree);
  INFO(tree.error().text);
  CHECK(tree.error().code == ec::bad_config);
  CHECK(has(tree.error().text, "http.proxy"));
  CHECK_FALSE(has(tree.error().text, "canary"));
}

} // namespace

SCENARIO("git goes through the proxy that the HTTP door goes through, and nobody sees its password") {
  https_world w;
  auto o = http_proxy::options{};
  o.user = "who ever";
  o.password = proxy_word;
  http_proxy proxy{o};
  auto place = "localhost:" + std::to_string(proxy.port());
  w.how.proxy = secret{"http://who%20ever:canary%20proxy%3aw%40rd%2f9@" + place};
  GIVEN("a password that is right") {
    w.reopen();
    secret_watch watch{forms("x-access-token")};
    auto tree = w.prepare("one");
    INFO(text_of(tree));
    REQUIRE(tree);
    auto sha = w.work("one", *tree, "mine\n");
    REQUIRE(w.door->push({w.at(), "feature/x", sha, ""}));
    watch.end();
    CHECK(watch.found().empty());
    CHECK(watch.in_files(w.dir / "state").empty());
    CHECK(watch.in_files(w.dir / "workspace").empty());
    CHECK_FALSE(proxy.asked().empty());
    for (auto& line : proxy.asked())
      CHECK(line.rfind("CONNECT localhost:", 0) == 0);
    CHECK_FALSE(has(proxy.heads(), base64("x-access-token:" + token))); // that is for the host alone
    for (auto& r : w.server->server().requests())
      CHECK_FALSE(r.header("Proxy-Authorization"));
  }
  GIVEN("a password that is wrong") {
    a_wrong_password_is_told(w, "http", place);
    CHECK(w.server->server().request_count() == 0);
  }
  GIVEN("a host that is reached without it") {
    w.how.no_proxy = {"10.0.0.0/8", "localhost:" + std::to_string(w.server->server().port())};
    w.reopen();
    CHECK(w.prepare("one"));
    CHECK(proxy.asked().empty());
  }
}

SCENARIO("git goes through a proxy that is itself spoken to over TLS, and never hangs") {
  https_world w;
  auto o = http_proxy::options{};
  o.user = "who ever";
  o.password = proxy_word;
  auto own = w.authority.issue("localhost", {"DNS:localhost", "IP:127.0.0.1"});
  o.tls = served_tls{own.certificate, own.key, {}};
  auto proxy = std::make_unique<http_proxy>(o);
  auto place = "localhost:" + std::to_string(proxy->port());
  w.how.proxy = secret{"https://who%20ever:canary%20proxy%3aw%40rd%2f9@" + place};
  w.reopen();
  GIVEN("a password that is right") {
    secret_watch watch{forms("x-access-token")};
    for (auto& name : {"one", "two", "three", "four", "five", "six"}) { // one in five hung by git's own way
      auto tree = w.prepare(name);
      INFO(name << ": " << text_of(tree));
      REQUIRE(tree);
      auto sha = w.work(name, *tree, std::string{"mine "} + name + "\n");
      REQUIRE(w.door->push({w.at(), std::string{"feature/"} + name, sha, ""}));
    }
    watch.end();
    CHECK(watch.found().empty());
    CHECK(watch.in_files(w.dir / "state").empty());
    CHECK(proxy->asked().size() >= 12);
    for (auto& line : proxy->asked())
      CHECK(line.rfind("CONNECT localhost:", 0) == 0);
  }
  GIVEN("a password that is wrong") { a_wrong_password_is_told(w, "https", place); }
  GIVEN("a proxy whose certificate is for somebody else, or of nobody we trust") {
    auto other = GENERATE(true, false);
    auto strangers = certificate_authority{};
    auto shown = other ? w.authority.issue("x", {"DNS:other.example"}) : strangers.issue("x", {"DNS:localhost"});
    o.tls = served_tls{shown.certificate, shown.key, {}};
    http_proxy wrong{o};
    w.how.proxy = secret{"https://who:canary-word@localhost:" + std::to_string(wrong.port())};
    w.reopen();
    auto tree = w.prepare("one");
    REQUIRE_FALSE(tree);
    INFO(tree.error().text);
    CHECK(tree.error().code == ec::bad_config);
    CHECK(has(tree.error().text, "the proxy"));
    CHECK(has(tree.error().text, other ? "other.example" : "http.ca_file"));
    CHECK(wrong.asked().empty());
    CHECK_FALSE(has(tree.error().text, "canary"));
    AND_WHEN("the host is reached without it") {
      w.how.no_proxy = {"localhost"};
      w.reopen();
      CHECK(w.prepare("one"));
    }
  }
  GIVEN("a proxy that is gone") {
    proxy.reset();
    auto tree = w.prepare("one");
    REQUIRE_FALSE(tree);
    INFO(tree.error().text);
    CHECK(tree.error().code == ec::unavailable);
    CHECK(has(tree.error().text, "cannot connect to the proxy " + place));
  }
}

SCENARIO("what cannot be a setting of git is refused before git is started") {
  https_settings how;
  how.ca_file = "/a\nb";
  CHECK(git_configuration(how, "https://example.org/x.git").error().code == ec::bad_config);
  how.ca_file = "/etc/own \"ca\"\\x.pem";
  auto text = git_configuration(how, "https://example.org/x.git");
  REQUIRE(text);
  CHECK(has(*text, "sslCAInfo = \"/etc/own \\\"ca\\\"\\\\x.pem\""));
  CHECK(git_configuration(how, "http://127.0.0.1/x.git")->empty());
  how = {};
  CHECK(git_configuration(how, "https://example.org/x.git")->empty());
  how.proxy = secret{"http://a%zz:b@proxy.example.org:3128"};
  CHECK(git_configuration(how, "https://example.org/x.git").error().code == ec::bad_config);
  how.proxy = secret{"https://proxy.example.org"};
  how.ca_file = "/ca.pem";
  CHECK(has(*git_configuration(how, "http://127.0.0.1/x.git"), "proxySSLCAInfo = \"/ca.pem\""));
  how = {};
  how.proxy = secret{"http://proxy.example.org:3128"};
  how.no_proxy = {".example.org"};
  CHECK(git_configuration(how, "https://git.example.org/x.git")->empty());
  CHECK(has(*git_configuration(how, "https://example.com/x.git"), "proxy = \"http://proxy.example.org:3128\""));
  CHECK(proxy_password(secret{"http://a:p%40ss@h:1"}).reveal() == "p@ss");
  CHECK(proxy_password(secret{}).empty());
}
