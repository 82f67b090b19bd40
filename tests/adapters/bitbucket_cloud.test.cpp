#include "adapters/code_hosts/bitbucket_cloud.hpp"
#include "adapters/bitbucket/cloud_api.hpp"
#include "adapters/bitbucket/words.hpp"
#include "tests/conformance/code_host.hpp"
#include "tests/support/http_world.hpp"
#include "tests/support/keeper_calls.hpp"
#include "tests/support/vendor_bitbucket_cloud.hpp"

using namespace hyakki;
using namespace hyakki::test;

namespace {

using cloud = bitbucket_cloud_server;

class cloud_world {
public:
  cloud_world() {
    server.repo();
    config.type = "bitbucket_cloud";
    config.base_url = server.url();
    config.namespace_ = "acme";
    config.account = cloud::email;
    config.token = secret{cloud::token};
    restart();
  }
  ~cloud_world() { check_complaints(server); }
  void restart() {
    host.reset();
    http = std::make_unique<http_world>(std::vector<std::string>{server.url()});
    REQUIRE(http->open());
    host = make_bitbucket_cloud_code_host(config, routing, *http->client, *http->time);
  }
  /// Opens a pull request from a branch with a commit of its own.
  pull_request open(const std::string& branch = "feature/x") {
    auto made = host->find_or_open(conformance::draft_of("repo", branch, server.grow(branch)));
    INFO((made ? "" : made.error().text));
    REQUIRE(made);
    return *made;
  }
  std::vector<remark> remarks() { return conformance::feedback_of(*host, "repo", "1").remarks; }
  void answer(const remark& to, const std::string& marker = "a", const std::string& text = "Done") {
    auto done = host->answer("repo", "1", to, {marker, text, true});
    INFO((done ? "" : done.error().text));
    CHECK(done);
  }

  cloud server;
  code_host_config config;
  routing_config routing;
  std::unique_ptr<http_world> http;
  std::unique_ptr<code_host> host;
};

} // namespace

SCENARIO("Bitbucket Cloud keeps the code host contract") {
  auto w = cloud_world{};
  if (GENERATE(false, true)) { // with an access token
    w.config.account = "";
    w.config.token = secret{cloud::access_token};
    w.restart();
  }
  auto f = code_host_fixture{*w.host, "repo", [&](const std::string& b) { return w.server.grow(b); }};
  auto number = [](const std::string& id) { return std::stoll(id); };
  f.remark = [&](auto& id, auto& author, auto& text, auto& path, std::uint32_t line) {
    w.server.say(number(id), author, text, path, line);
  };
  f.review = [&](auto& id, auto& who, bool wants) {
    w.server.review(number(id), who, wants ? "changes_requested" : "approved");
  };
  f.resolve = [&](auto& id, auto& text) { w.server.find(number(id), text)->resolved = true; };
  f.answers = [&](auto& id, auto& text) { return w.server.replies(number(id), text); };
  f.resolved = [&](auto& id, auto& text) { return w.server.find(number(id), text)->resolved; };
  f.lose_next_answer = [&] { w.server.lose_next_answer(); };
  check_code_host(f);
}

SCENARIO("where to push to Bitbucket Cloud, and as whom, is said by the kind of the token") {
  auto w = cloud_world{};
  auto at = w.host->locate("repo");
  REQUIRE(at);
  CHECK(at->url == w.server.url() + "/acme/repo.git");
  CHECK(at->user == "x-bitbucket-api-token-auth");
  CHECK(at->token == secret{cloud::token});
  w.config.account = "";
  w.config.token = secret{cloud::access_token};
  w.config.default_branches["repo"] = "develop";
  w.restart();
  at = w.host->locate("repo");
  REQUIRE(at);
  CHECK(at->user == "x-token-auth");
  CHECK(at->default_branch == "develop");
  CHECK(w.host->locate("acme/repo")->default_branch == "main");
  CHECK(w.host->locate("other/repo").error() == ec::rejected);
  w.config.remote = "ssh";
  w.restart();
  at = w.host->locate("repo");
  REQUIRE(at);
  CHECK(at->url == "ssh://127.0.0.1/acme/repo.git");
  CHECK(at->user == "git");
  CHECK(at->token.empty());
  w.routing.allowed = {"acme/repo"};
  w.restart();
  CHECK(w.host->probe());
  CHECK(w.host->locate("repo").error() == ec::rejected);
  w.server.repo().main_branch = "";
  CHECK(w.host->locate("acme/repo").error() == ec::rejected);
}

SCENARIO("the addresses of Bitbucket Cloud are known, and those of a relay are kept") {
  using bitbucket::cloud_addresses_of;
  for (auto base : {"", "https://bitbucket.org", "https://bitbucket.org/", "https://api.bitbucket.org/2.0/"}) {
    auto at = cloud_addresses_of(base);
    REQUIRE(at);
    CHECK(at->web == "https://bitbucket.org");
    CHECK(at->api == "https://api.bitbucket.org/2.0");
    CHECK(at->host == "bitbucket.org");
  }
  CHECK(cloud_addresses_of("https://relay.example/bb/2.0")->api == "https://relay.example/bb/2.0");
  for (auto bad : {"http://bitbucket.org", "https://bitbucket.org/acme", "https://x.example/?a=b", "bitbucket.org"})
    CHECK(cloud_addresses_of(bad).error() == ec::bad_config);
}

SCENARIO("an app password is named as what it is: gone") {
  auto w = cloud_world{};
  WHEN("it goes with the name of a user") { w.config.account = "hyakki-bot"; }
  WHEN("it begins as they do") { w.config.token = secret{"ATBBCANARY0123456789"}; }
  w.restart();
  for (auto& failed : {failure(w.host->probe()), failure(w.host->locate("repo"))}) {
    REQUIRE(failed);
    INFO(failed->text);
    CHECK(failed->code == ec::bad_config);
    CHECK(failed->text.find("app password") != std::string::npos);
    CHECK(failed->text.find("API token") != std::string::npos);
    CHECK(failed->text.find("CANARY") == std::string::npos);
  }
  CHECK(w.server.requests == 0);
}

SCENARIO("a list of Bitbucket Cloud is read by its next pages, of the same place alone") {
  auto w = cloud_world{};
  w.server.page = 2;
  for (int i = 0; i < 7; ++i)
    w.open("feature/" + std::to_string(i));
  auto all = w.host->list("repo", pull_filter::open);
  REQUIRE(all);
  REQUIRE(all->size() == 7);
  CHECK(all->front().id == "7");
  CHECK(all->back().id == "1");
  CHECK(all->back().url == w.server.url() + "/acme/repo/pull-requests/1");
  auto next = std::string{};
  auto asked = w.server.requests;
  w.server.instead = [&](const served_request&) {
    return std::optional{
      served_answer::json(200, nlohmann::json{{"values", nlohmann::json::array()}, {"next", next}}.dump())};
  };
  for (auto text : {"https://evil.example/2.0/repositories/acme/repo/pullrequests?page=2", "http://127.0.0.1:1/x",
                    "file:///etc/passwd"}) {
    next = text;
    CHECK(w.host->list("repo", pull_filter::open).error() == ec::rejected);
  }
  CHECK(w.server.requests == asked + 3);
  w.server.instead = [&](const served_request& r) {
    return std::optional{served_answer::json(
      200, nlohmann::json{{"values", nlohmann::json::array()}, {"next", w.server.url() + r.target}}.dump())};
  };
  CHECK(w.host->list("repo", pull_filter::open).error() == ec::rejected); // it names itself
  w.server.instead = nullptr;
}

SCENARIO("a pull request that is there on Bitbucket Cloud is adopted, whichever way it shows") {
  auto w = cloud_world{};
  auto first = w.open();
  auto draft = conformance::draft_of("repo", "feature/x", first.head);
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
      return served_answer::json(200, R"({"values":[]})");
    };
    auto found = w.host->find_or_open(draft);
    REQUIRE(found);
    CHECK(found->id == "1");
    CHECK(found->adopted);
    CHECK(found->head == first.head);
    w.server.instead = nullptr;
  }
  WHEN("it is a fork's, it is not ours") {
    w.server.at(1).fork = "fork/repo";
    CHECK(w.host->find_or_open(draft)->id == "2");
  }
  WHEN("its branch has a name that has to be quoted") {
    CHECK(w.open("feature/\"q\" or '1").id == "2");
    CHECK(w.open("feature/\"q\" or '1").adopted);
  }
}

SCENARIO("reviewers and draft are said when a pull request of Bitbucket Cloud is opened") {
  auto w = cloud_world{};
  w.config.draft = true;
  w.server.repo().default_reviewers = {"bob", cloud::account};
  auto opened = [&]() -> cloud::pull& {
    w.restart();
    w.open();
    return w.server.at(1);
  };
  auto names = [](const cloud::pull& p) { return p.reviewers; };
  using list = std::vector<std::string>;
  WHEN("they are named by their ids") {
    w.config.reviewers = {cloud::account_id_of("bob")};
    w.config.reviewers_by_repository["repo"] = cloud::uuid_of("ann") + ", " + cloud::account_id_of("bob");
    CHECK(names(opened()) == list{"ann", "bob"});
    CHECK(w.server.at(1).draft);
  }
  WHEN("they are those of the repository, the author among them") {
    w.config.reviewers = {"default", cloud::uuid_of("ann")};
    CHECK(names(opened()) == list{"bob", "ann"});
    CHECK(w.server.at(1).description.find("cannot be included") != std::string::npos);
  }
  WHEN("Bitbucket does not say whom it does not know") {
    w.config.reviewers = {cloud::uuid_of("ann"), cloud::uuid_of("mallory")};
    CHECK(names(opened()).empty());
    CHECK(w.server.at(1).description.find("Malformed") != std::string::npos);
  }
  WHEN("somebody is named as people are") {
    w.config.reviewers = {"ann"};
    w.restart();
    CHECK(w.host->probe().error() == ec::bad_config);
    CHECK(w.host->find_or_open(conformance::draft_of("repo", "x", w.server.grow("x"))).error() == ec::bad_config);
  }
}

SCENARIO("a pull request that Bitbucket Cloud does not open says why") {
  auto w = cloud_world{};
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

SCENARIO("a pull request of Bitbucket Cloud is ended as it is found, not as the answer says") {
  auto w = cloud_world{};
  w.open();
  auto& p = w.server.at(1);
  WHEN("somebody merges it in between") {
    w.server.before_next_change = [&] { p.state = "MERGED"; };
    CHECK(w.host->merge("repo", "1")->state == "merged");
  }
  WHEN("the merge takes longer than its answer") {
    p.slow_to_merge = true;
    CHECK(w.host->merge("repo", "1")->state == "merged");
  }
  WHEN("it was taken and goes on") {
    w.server.instead = [](const served_request& r) -> std::optional<served_answer> {
      if (r.method != "POST")
        return {};
      return served_answer::json(202, "{}");
    };
    CHECK(w.host->merge("repo", "1").error() == ec::unavailable);
    w.server.instead = nullptr;
  }
  WHEN("it conflicts") {
    p.conflicts = true;
    auto refused = w.host->merge("repo", "1");
    REQUIRE(!refused);
    INFO(refused.error().text);
    CHECK(refused.error() == ec::rejected);
    CHECK(refused.error().text.find("src/torn.txt") != std::string::npos);
  }
  WHEN("it was superseded") {
    p.state = "SUPERSEDED";
    CHECK(w.host->find("repo", "1")->state == "closed");
    CHECK(w.host->merge("repo", "1").error() == ec::rejected);
  }
}

SCENARIO("tasks of Bitbucket Cloud are remarks, and done when they are answered") {
  auto w = cloud_world{};
  w.open();
  auto under = w.server.say(1, "ann", "Some thoughts", "file", 3).id;
  w.server.ask_for(1, "bob", "Do this first", under);
  w.server.find(1, "Some thoughts")->resolved = true;
  w.server.ask_for(1, "ann", "And *this*\n\nsoon");
  auto all = w.remarks();
  REQUIRE(all.size() == 2);
  CHECK(all[0].text == "Do this first");
  CHECK(all[0].author == "bob");
  CHECK(all[0].task);
  CHECK(all[0].path == "file");
  CHECK(all[0].line == 3);
  CHECK(all[1].text == "And *this*\n\nsoon");
  CHECK(all[1].path.empty());
  auto& tasks = w.server.at(1).tasks;
  auto comments = w.server.at(1).comments.size();
  WHEN("they may be finished") {
    for (int twice = 0; twice < 2; ++twice)
      for (auto& to : all)
        w.answer(to, to.id);
    CHECK(tasks[0].resolved);
    CHECK(tasks[1].resolved);
    CHECK(w.remarks().empty());
    CHECK(w.server.at(1).comments.size() == comments + 2);
    CHECK(w.server.at(1).comments.back().text.find("> And \\*this\\*\n\nDone") != std::string::npos);
    THEN("one that is opened again is wanted again") {
      tasks[1].resolved = false;
      tasks[1].changed = 9000;
      CHECK(w.remarks().size() == 1);
    }
  }
  WHEN("they may not") {
    w.server.repo().may_finish_tasks = false;
    for (auto& to : all)
      w.answer(to, to.id);
    CHECK(w.remarks().empty());
    CHECK_FALSE(tasks[0].resolved);
  }
  WHEN("one is gone") {
    tasks.pop_back();
    CHECK(w.host->answer("repo", "1", all[1], {"a", "Done", true}).error() == ec::not_found);
  }
}

SCENARIO("a thread of Bitbucket Cloud is resolved where it can be, or our word is the last") {
  auto w = cloud_world{};
  w.open();
  w.server.say(1, "ann", "Hm", "file", 3);
  auto to = w.remarks().at(0);
  auto there = [&]() -> cloud::comment& { return *w.server.find(1, "Hm"); };
  WHEN("we may") {
    w.answer(to);
    CHECK(there().resolved);
  }
  WHEN("our token may not resolve") {
    w.server.repo().may_resolve = false;
    w.answer(to);
    CHECK_FALSE(there().resolved);
    CHECK(w.remarks().empty());
    THEN("a reply of theirs opens it again") {
      auto last = w.server.at(1).comments.back().id;
      w.server.say(1, "ann", "Not quite", "", 0, last);
      auto again = w.remarks();
      REQUIRE(again.size() == 1);
      CHECK(again[0].id == to.id);
      CHECK(again[0].text == "Hm\n\nann: Not quite");
    }
  }
  WHEN("somebody resolves it in between") {
    w.server.before_next_change = [&] { there().resolved = true; };
    w.answer(to);
    CHECK(w.server.replies(1, "Hm") == 1);
  }
  WHEN("it is deleted in between") {
    there().deleted = true;
    CHECK(w.host->answer("repo", "1", to, {"a", "Done", true}).error() == ec::not_found);
    CHECK(w.remarks().empty());
  }
  WHEN("it is a draft of a review that nobody has sent yet") {
    there().pending = true;
    CHECK(w.remarks().empty());
  }
  WHEN("its author has left") {
    there().author = "";
    CHECK(w.remarks().at(0).author.empty());
  }
  WHEN("the conversation is long") {
    for (int i = 0; i < 120; ++i)
      w.server.say(1, "bob", "More", "", 0, to.id == "" ? 0 : there().id);
    w.answer(to);
    w.answer(to);
    CHECK(w.server.replies(1, "Hm") == 121);
  }
  WHEN("words of ours call somebody, or hold a marker") {
    w.answer(to, "a", "@ann @{712020:x}\n[//]: # (hyakki:b)\n[x](javascript:alert(1))");
    auto said = w.server.at(1).comments.back().text;
    CHECK(said.find("@ann") == std::string::npos);
    CHECK(said.find("@{") == std::string::npos);
    CHECK(said.find("javascript:") == std::string::npos);
    w.answer(to, "b");
    CHECK(w.server.replies(1, "Hm") == 2);
  }
}

SCENARIO("a demand for changes holds for the commit that was looked at") {
  auto w = cloud_world{};
  w.open();
  w.server.review(1, "ann", "changes_requested");
  CHECK(w.host->feedback("repo", "1")->requested_by == "ann");
  w.server.grow("feature/x");
  CHECK_FALSE(w.host->feedback("repo", "1")->changes_requested);
  w.server.review(1, "ann", "changes_requested");
  w.server.review(1, "bob", "changes_requested");
  CHECK(w.host->feedback("repo", "1")->requested_by == "ann, bob");
}

SCENARIO("what cannot work with Bitbucket Cloud is said when it is checked") {
  auto w = cloud_world{};
  auto fails = [&](ec with, const std::string& says) {
    w.restart();
    auto seen = w.host->probe();
    REQUIRE(!seen);
    INFO(seen.error().text);
    CHECK(seen.error() == with);
    CHECK(seen.error().text.find("Bitbucket") != std::string::npos);
    CHECK(seen.error().text.find(says) != std::string::npos);
    CHECK(seen.error().text.find("CANARY") == std::string::npos);
  };
  SECTION("another token") {
    w.config.token = secret{"ATATT3xCANARYwrong"};
    fails(ec::bad_config, "401");
  }
  SECTION("a token without a scope") {
    w.server.instead = [](const served_request&) {
      return std::optional{served_answer::json(403, R"({"type":"error","error":{"message":"Your credentials lack one or
        more required privilege scopes.","detail":{"granted":["read:x"],"required":["read:repository:bitbucket"]}}})")};
    };
    fails(ec::rejected, "read:repository:bitbucket");
    w.server.instead = nullptr;
  }
  SECTION("an unknown workspace") {
    w.config.namespace_ = "none";
    fails(ec::not_found, "none");
  }
  SECTION("no workspace") {
    w.config.namespace_ = "";
    fails(ec::bad_config, "repo_hosting.namespace");
    CHECK(w.host->locate("repo").error() == ec::rejected);
    CHECK(w.host->locate("acme/repo"));
  }
  SECTION("no name of a workspace") {
    w.config.namespace_ = "../x";
    fails(ec::bad_config, "../x");
  }
  SECTION("another way to push") {
    w.config.remote = "carrier pigeon";
    fails(ec::bad_config, "https or ssh");
  }
}

SCENARIO("an answer of ours names the remark that it is for, unseen") {
  using namespace bitbucket;
  auto text = comment_text({"run/2:a", "[//]: # (hyakki-answers:task:9)"}, "task:7");
  CHECK(has_marker(text, "run/2:a"));
  CHECK(answered_by(text) == "task:7");
  CHECK(answered_by(comment_text({"run/2:a", "[//]: # (hyakki-answers:task:9)"})).empty());
  CHECK(answered_by("[//]: # (hyakki-answers:task:9)").empty());
  CHECK(answered_by("Words\n[//]: # (hyakki-answers:task:9)").empty());
}

namespace {

fault_matrix matrix_of(cloud& s) {
  s.repo();
  s.grow("feature/x");
  auto m = fault_matrix{};
  m.service = "Bitbucket";
  m.healthy = s.handler();
  m.canary = cloud::token;
  m.calls = [&s](http_client& http, const hyakki::clock& time, const std::string& base) {
    auto c = code_host_config{};
    c.base_url = base;
    c.namespace_ = "acme";
    c.account = cloud::email;
    c.token = secret{cloud::token};
    auto to = remark{};
    auto& pulls = s.repo().pulls;
    auto known = !pulls.empty() && !pulls.at(1).comments.empty();
    to.id = "comment:" + (known ? std::to_string(pulls.at(1).comments[0].id) : std::string{"1"});
    return calls_of(make_bitbucket_cloud_code_host(c, {}, http, time), "1", to);
  };
  return m;
}

} // namespace

SCENARIO("whatever Bitbucket Cloud or the way to it does, each call ends in words that help") {
  auto s = cloud{};
  auto m = matrix_of(s);
  auto& p = s.repo().pulls[1];
  p.id = 1;
  p.title = "Ours";
  p.from = "feature/x";
  p.to = "main";
  p.state = "MERGED";
  s.say(1, "ann", "Why?");
  auto world = impatient(s.url());
  REQUIRE_FALSE(m.calls(*world->client, *world->time, s.url())[1].run());
  keeps_to_the_fault_matrix(m);
  CHECK(s.repo().pulls.size() == 2);
  CHECK(s.replies(1, "Why?") == 1);
  check_complaints(s);
}

SCENARIO("a host with another name than Bitbucket Cloud's is told nothing") {
  auto s = cloud{};
  refuses_another_host(matrix_of(s));
}
