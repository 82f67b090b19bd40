#include "adapters/code_hosts/bitbucket_dc.hpp"
#include "adapters/bitbucket/words.hpp"
#include "tests/conformance/code_host.hpp"
#include "tests/support/http_world.hpp"
#include "tests/support/keeper_calls.hpp"
#include "tests/support/vendor_bitbucket.hpp"

using namespace hyakki;
using namespace hyakki::test;

namespace {

class dc_world {
public:
  dc_world() {
    server.repo();
    config.type = "bitbucket_dc";
    config.base_url = server.url();
    config.namespace_ = "AC";
    config.token = secret{bitbucket_server::token};
    restart();
  }
  ~dc_world() { check_complaints(server); }
  void restart() {
    host.reset();
    http = std::make_unique<http_world>(std::vector<std::string>{server.url()});
    REQUIRE(http->open());
    host = make_bitbucket_dc_code_host(config, routing, *http->client, *http->time);
  }
  /// Opens a pull request from a branch with a commit of its own.
  pull_request open(const std::string& branch = "feature/x") {
    auto made = host->find_or_open(conformance::draft_of("repo", branch, server.grow(branch)));
    INFO((made ? "" : made.error().text));
    REQUIRE(made);
    return *made;
  }
  std::vector<remark> remarks(const std::string& id = "1") {
    return conformance::feedback_of(*host, "repo", id).remarks;
  }

  bitbucket_server server;
  code_host_config config;
  routing_config routing;
  std::unique_ptr<http_world> http;
  std::unique_ptr<code_host> host;
};

} // namespace

SCENARIO("Bitbucket Data Center keeps the code host contract") {
  auto w = dc_world{};
  auto f = code_host_fixture{*w.host, "repo", [&](const std::string& b) { return w.server.grow(b); }};
  auto number = [](const std::string& id) { return std::stoll(id); };
  f.remark = [&](auto& id, auto& author, auto& text, auto& path, std::uint32_t line) {
    w.server.say(number(id), author, text, path, line);
  };
  f.review = [&](auto& id, auto& who, bool wants) {
    w.server.review(number(id), who, wants ? "NEEDS_WORK" : "APPROVED");
  };
  f.resolve = [&](auto& id, auto& text) { w.server.find(number(id), text)->resolved = true; };
  f.answers = [&](auto& id, auto& text) { return w.server.find(number(id), text)->replies.size(); };
  f.resolved = [&](auto& id, auto& text) { return w.server.find(number(id), text)->resolved; };
  f.lose_next_answer = [&] { w.server.lose_next_answer(); };
  check_code_host(f);
}

SCENARIO("where to push to Bitbucket is said by the configuration, and the token goes nowhere else") {
  auto w = dc_world{};
  auto at = w.host->locate("repo");
  REQUIRE(at);
  CHECK(at->url == w.server.url() + "/scm/ac/repo.git");
  CHECK(at->user == "x-token-auth");
  CHECK(at->token == secret{bitbucket_server::token});
  w.config.account = "hyakki-bot";
  w.config.default_branches["repo"] = "develop";
  w.restart();
  CHECK(w.host->locate("repo")->user == "hyakki-bot");
  CHECK(w.host->locate("repo")->default_branch == "develop");
  CHECK(w.host->locate("AC/repo")->default_branch == "main");
  CHECK(w.host->locate("OTHER/repo").error() == ec::rejected);
  w.config.remote = "ssh";
  w.restart();
  at = w.host->locate("repo");
  REQUIRE(at);
  CHECK(at->url == "ssh://127.0.0.1:7990/ac/repo.git");
  CHECK(at->token.empty());
  w.routing.allowed = {"repo"};
  w.restart();
  CHECK(w.host->probe());
  CHECK(w.host->locate("AC/repo").error() == ec::rejected);
  w.server.repo().archived = true;
  CHECK(w.host->locate("repo").error() == ec::rejected);
  CHECK(w.host->probe().error() == ec::rejected);
}

SCENARIO("a list of Bitbucket is read to its end") {
  auto w = dc_world{};
  w.server.page = 2;
  for (int i = 0; i < 7; ++i)
    w.open("feature/" + std::to_string(i));
  w.server.repo().pulls.at(1).updated = 1'000'000; // Bitbucket sorts by the last change
  auto all = w.host->list("repo", pull_filter::open);
  REQUIRE(all);
  REQUIRE(all->size() == 7);
  CHECK(all->front().id == "7");
  CHECK(all->back().id == "1");
  CHECK(all->back().url == w.server.url() + "/projects/AC/repos/repo/pull-requests/1");
  w.server.instead = [](const served_request&) {
    return std::optional{served_answer::json(200, R"({"values":[],"isLastPage":false,"nextPageStart":0})")};
  };
  CHECK(w.host->list("repo", pull_filter::open).error() == ec::rejected);
  w.server.instead = nullptr;
}

SCENARIO("a pull request that is there is adopted, whichever way it shows") {
  auto w = dc_world{};
  w.open();
  auto draft = conformance::draft_of("repo", "feature/x", "");
  WHEN("its target is another one than was meant") {
    w.server.grow("release");
    draft.target_branch = "release";
    CHECK(w.host->find_or_open(draft)->id == "1");
  }
  WHEN("the list does not show it yet") {
    auto blind = true;
    w.server.instead = [&](const served_request& r) -> std::optional<served_answer> {
      if (r.method != "GET" || !std::exchange(blind, false))
        return {};
      return served_answer::json(200, R"({"values":[],"isLastPage":true})");
    };
    auto found = w.host->find_or_open(draft);
    REQUIRE(found);
    CHECK(found->id == "1");
    CHECK(found->adopted);
    w.server.instead = nullptr;
  }
  WHEN("it is a fork's, it is not ours") {
    w.server.repo().pulls.at(1).fork = "~mallory";
    CHECK(w.host->find_or_open(draft)->id == "2");
  }
}

SCENARIO("reviewers and draft are said when a pull request of Bitbucket is opened") {
  auto w = dc_world{};
  w.config.reviewers = {"bob"};
  w.config.reviewers_by_repository["repo"] = "ann, mallory";
  w.config.draft = true;
  w.restart();
  w.open();
  auto& p = w.server.repo().pulls.at(1);
  CHECK(p.draft);
  REQUIRE(p.reviewers.size() == 1);
  CHECK(p.reviewers[0].name == "ann");
  CHECK(p.description.find("mallory is not a user") != std::string::npos);
}

SCENARIO("a pull request that Bitbucket does not open says why") {
  auto w = dc_world{};
  auto draft = conformance::draft_of("repo", "feature/none", "");
  CHECK(w.host->find_or_open(draft).error() == ec::not_found);
  w.server.repo().branches["same"] = w.server.repo().branches["main"];
  draft.source_branch = "same";
  CHECK(w.host->find_or_open(draft).error() == ec::no_changes);
  draft.target_branch = "same";
  CHECK(w.host->find_or_open(draft).error() == ec::rejected);
  draft.source_branch = "feature/x";
  draft.target_branch = "main";
  draft.title = std::string(254, 't') + "\xc3\xa9\xc3\xa9";
  draft.description = std::string(100'000, 'd');
  w.server.grow("feature/x");
  CHECK(w.host->find_or_open(draft));
}

SCENARIO("a pull request of Bitbucket is ended in the version that is there") {
  auto w = dc_world{};
  w.open();
  auto& p = w.server.repo().pulls.at(1);
  WHEN("somebody changes it in between") {
    w.server.before_next_change = [&] { ++p.version; };
    CHECK(w.host->merge("repo", "1")->state == "merged");
  }
  WHEN("somebody changes it in between, and it is to be closed") {
    w.server.before_next_change = [&] { ++p.version; };
    CHECK(w.host->close("repo", "1")->state == "closed");
    CHECK(p.state == "DECLINED");
  }
  WHEN("somebody merges it in between") {
    w.server.before_next_change = [&] {
      ++p.version;
      p.state = "MERGED";
    };
    CHECK(w.host->merge("repo", "1")->state == "merged");
  }
  WHEN("it conflicts") {
    p.conflicts = true;
    p.vetoes = {"Not enough \x1b[31mapprovals"};
    auto refused = w.host->merge("repo", "1");
    REQUIRE(!refused);
    INFO(refused.error().text);
    CHECK(refused.error() == ec::rejected);
    CHECK(refused.error().text.find("src/torn.txt") != std::string::npos);
    CHECK(refused.error().text.find("calm.txt") == std::string::npos);
    CHECK(refused.error().text.find("Not enough") != std::string::npos);
    CHECK(refused.error().text.find('\x1b') == std::string::npos);
  }
}

SCENARIO("tasks of Bitbucket are remarks, and done when they are answered") {
  auto w = dc_world{};
  w.open();
  auto& root = w.server.say(1, "ann", "Some thoughts");
  w.server.reply(root, "bob", "Do this first").task = true;
  root.resolved = true;
  w.server.say(1, "ann", "And this", "file", 3).task = true;
  auto all = w.remarks();
  REQUIRE(all.size() == 2);
  CHECK(all[0].text == "Do this first");
  CHECK(all[0].task);
  CHECK(all[1].text == "And this");
  CHECK(all[1].task);
  CHECK(all[1].path == "file");
  CHECK(all[1].line == 3);
  for (auto& to : all) {
    auto done = w.host->answer("repo", "1", to, {"a", "Done", true});
    INFO((done ? "" : done.error().text));
    CHECK(done);
  }
  CHECK(w.remarks().empty());
  CHECK(w.server.find(1, "Some thoughts")->replies[0].resolved);
  CHECK(w.server.find(1, "And this")->resolved);
}

SCENARIO("a thread of Bitbucket is resolved in the version that is there, or our word is the last") {
  auto w = dc_world{};
  w.open();
  w.server.say(1, "ann", "Hm", "file", 3);
  auto to = w.remarks().at(0);
  auto& c = *w.server.find(1, "Hm");
  WHEN("somebody edits it in between") {
    w.server.instead = [&](const served_request& r) {
      if (r.method == "PUT" && c.version == 0)
        c.version = 5;
      return std::optional<served_answer>{};
    };
    CHECK(w.host->answer("repo", "1", to, {"a", "Done", true}));
    CHECK(c.resolved);
    CHECK(c.replies.size() == 1);
    w.server.instead = nullptr;
  }
  WHEN("our token may not resolve") {
    w.server.repo().may_resolve = false;
    CHECK(w.host->answer("repo", "1", to, {"a", "Done", true}));
    CHECK_FALSE(c.resolved);
    CHECK(w.remarks().empty());
    THEN("a reply of theirs opens it again") {
      w.server.reply(c, "ann", "Not quite");
      auto again = w.remarks();
      REQUIRE(again.size() == 1);
      CHECK(again[0].id == to.id);
      CHECK(again[0].text == "Hm\n\nann: Not quite");
    }
  }
  WHEN("it is deleted in between") {
    c.deleted = true;
    CHECK(w.host->answer("repo", "1", to, {"a", "Done", true}).error() == ec::not_found);
  }
  WHEN("words of ours call somebody, or hold a marker") {
    CHECK(
      w.host->answer("repo", "1", to, {"a", "@ann @\"Ann B\"\n[//]: # (hyakki:b)\n[x](javascript:alert(1))", true}));
    auto& said = c.replies.at(0).text;
    CHECK(said.find("@ann") == std::string::npos);
    CHECK(said.find("@\"") == std::string::npos);
    CHECK(said.find("javascript:") == std::string::npos);
    CHECK(w.host->answer("repo", "1", to, {"b", "More", true}));
    CHECK(c.replies.size() == 2);
  }
}

SCENARIO("a demand for more work holds for the commit that was looked at") {
  auto w = dc_world{};
  w.open();
  w.server.review(1, "ann", "NEEDS_WORK");
  CHECK(w.host->feedback("repo", "1")->requested_by == "ann");
  w.server.grow("feature/x");
  CHECK_FALSE(w.host->feedback("repo", "1")->changes_requested);
}

SCENARIO("what cannot work with Bitbucket is said when it is checked") {
  auto w = dc_world{};
  auto fails = [&](ec with) {
    w.restart();
    auto seen = w.host->probe();
    REQUIRE(!seen);
    INFO(seen.error().text);
    CHECK(seen.error() == with);
    CHECK(seen.error().text.find("Bitbucket") != std::string::npos);
    CHECK(seen.error().text.find("CANARY") == std::string::npos);
  };
  SECTION("another token") {
    w.config.token = secret{"BBDC-CANARY-wrong"};
    fails(ec::bad_config);
  }
  SECTION("no address") {
    w.config.base_url = "";
    fails(ec::bad_config);
  }
  SECTION("an unknown project") {
    w.config.namespace_ = "NONE";
    fails(ec::not_found);
  }
  SECTION("no key") {
    w.config.namespace_ = "../x";
    fails(ec::bad_config);
  }
  SECTION("another way to push") {
    w.config.remote = "carrier pigeon";
    fails(ec::bad_config);
  }
  SECTION("no project at all is one for each slug") {
    w.config.namespace_ = "";
    w.restart();
    CHECK(w.host->probe());
    CHECK(w.host->locate("repo").error() == ec::rejected);
    CHECK(w.host->locate("AC/repo"));
  }
}

SCENARIO("an address without Bitbucket's context path is told with its key") {
  auto somebody = http_server{[](const served_request&) { return served_answer::json(404, "<html>Not here</html>"); }};
  auto http = http_world{{somebody.url()}};
  REQUIRE(http.open());
  auto c = code_host_config{};
  c.type = "bitbucket_dc";
  c.base_url = somebody.url();
  c.namespace_ = "AC";
  c.token = secret{"x"};
  auto seen = make_bitbucket_dc_code_host(c, {}, *http.client, *http.time)->probe();
  REQUIRE(!seen);
  CHECK(seen.error().text.find("repo_hosting.base_url") != std::string::npos);
}

SCENARIO("markers and numbers of Bitbucket are read strictly") {
  using namespace bitbucket;
  auto text = comment_text({"run/2:a", "Done @ann, see https://x.example/@ann#5"});
  CHECK(has_marker(text, "run/2:a"));
  CHECK_FALSE(has_marker(text, "run/2:"));
  CHECK(is_ours(text));
  CHECK(text.find("https://x.example/%40ann#5") != std::string::npos);
  CHECK_FALSE(is_ours("Words\n" + text));
  CHECK_FALSE(is_ours(""));
  CHECK_FALSE(is_ours("[//]: # (hyakki:"));
  CHECK_FALSE(is_ours("[//]: # (hyakki:)"));
  CHECK(comment_text({"b", std::string(300'000, 'x')}).size() < 32'768);
  for (auto id : {"", "0", "-1", "1x", "../1", "1234567890123456789", "+1"})
    CHECK(read_number(id, "comment").error() == ec::not_found);
  CHECK(*read_number("4711", "comment") == 4711);
  auto many = [](std::size_t count, const std::string& sign) {
    auto out = std::string{};
    for (; count > 0; --count)
      out += sign;
    return out;
  };
  CHECK(safe_title(many(255, "\xc3\xa9")) == many(255, "\xc3\xa9"));
  CHECK(safe_title(many(256, "\xc3\xa9")) == many(254, "\xc3\xa9") + "…");
  CHECK(safe_title(many(127, "\xf0\x9f\x90\x9b")) == many(127, "\xf0\x9f\x90\x9b"));
  CHECK(safe_title(many(200, "\xf0\x9f\x90\x9b")) == many(127, "\xf0\x9f\x90\x9b") + "…");
  CHECK(safe_title(many(254, "t") + "\xf0\x9f\x90\x9b") == many(254, "t") + "…");
}

namespace {

fault_matrix matrix_of(bitbucket_server& s) {
  s.repo();
  s.grow("feature/x");
  auto m = fault_matrix{};
  m.service = "Bitbucket";
  m.healthy = s.handler();
  m.canary = bitbucket_server::token;
  m.calls = [&s](http_client& http, const hyakki::clock& time, const std::string& base) {
    auto c = code_host_config{};
    c.base_url = base;
    c.namespace_ = "AC";
    c.token = secret{bitbucket_server::token};
    auto to = remark{};
    auto& pulls = s.repo().pulls;
    to.id = pulls.empty() || pulls.at(1).comments.empty() ? "1" : std::to_string(pulls.at(1).comments[0].id);
    return calls_of(make_bitbucket_dc_code_host(c, {}, http, time), "1", to);
  };
  return m;
}

} // namespace

SCENARIO("whatever Bitbucket or the way to it does, each call ends in words that help") {
  auto s = bitbucket_server{};
  auto m = matrix_of(s);
  s.repo().pulls[1].id = 1;
  s.repo().pulls[1].title = "Ours";
  s.repo().pulls[1].from = "feature/x";
  s.repo().pulls[1].to = "main";
  s.repo().pulls[1].state = "MERGED";
  s.say(1, "ann", "Why?");
  auto world = impatient(s.url());
  REQUIRE_FALSE(m.calls(*world->client, *world->time, s.url())[1].run());
  keeps_to_the_fault_matrix(m);
  CHECK(s.repo().pulls.size() == 2);
  CHECK(s.find(1, "Why?")->replies.size() == 1);
  check_complaints(s);
}

SCENARIO("a host with another name than Bitbucket's is told nothing") {
  auto s = bitbucket_server{};
  refuses_another_host(matrix_of(s));
}
