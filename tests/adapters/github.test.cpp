#include "adapters/code_hosts/github.hpp"
#include "adapters/github/api.hpp"
#include "adapters/github/words.hpp"
#include "adapters/http/time_text.hpp"
#include "adapters/trackers/github_issues.hpp"
#include "core/markdown.hpp"
#include "tests/conformance/code_host.hpp"
#include "tests/conformance/tracker.hpp"
#include "tests/support/http_world.hpp"
#include "tests/support/keeper_calls.hpp"
#include "tests/support/vendor_github.hpp"

#include <cctype>
#include <chrono>

using namespace hyakki;
using namespace hyakki::test;

namespace {

class github_world {
public:
  github_world() {
    server.repo("acme/repo");
    tracker_config.name = "gh";
    tracker_config.type = "github_issues";
    tracker_config.base_url = server.url();
    tracker_config.project = "acme/repo";
    tracker_config.token = secret{github_server::token};
    host_config.type = "github";
    host_config.base_url = server.url();
    host_config.namespace_ = "acme";
    host_config.token = secret{github_server::token};
    restart();
  }
  ~github_world() { check_complaints(server); }
  void restart() {
    tracker.reset();
    host.reset();
    server.forget_writes();
    http = std::make_unique<http_world>(std::vector<std::string>{server.url()});
    http->time = time;
    REQUIRE(http->open());
    tracker = make_github_issues_tracker(tracker_config, *http->client, *time);
    host = make_github_code_host(host_config, routing, *http->client, *time);
  }

  std::shared_ptr<skipping_time> time = std::make_shared<skipping_time>();
  github_server server{time.get()};
  hyakki::tracker_config tracker_config;
  code_host_config host_config;
  routing_config routing;
  std::unique_ptr<http_world> http;
  std::unique_ptr<hyakki::tracker> tracker;
  std::unique_ptr<code_host> host;
};

class issues_world final : public tracker_world {
public:
  tracker& subject() override { return *w_.tracker; }
  void restart() override { w_.restart(); }
  const tracker_config& configured() const override { return w_.tracker_config; }
  void seed(const story& s) override {
    auto& i = w_.server.add_issue(s.title, s.labels);
    if (s.status != "open" && !s.status.empty()) {
      i.state = "closed";
      i.reason = s.status == "not_planned" ? "not_planned" : "completed";
    }
    numbers_[s.key] = i.number;
  }
  void damage(const std::string& name) override { at(name).damaged = true; }
  std::size_t comment_count(const std::string& name) override { return at(name).comments.size(); }
  std::string key(const std::string& name) override {
    auto known = numbers_.find(name);
    return "acme/repo#" + std::to_string(known == numbers_.end() ? 99999 : known->second);
  }
  words statuses() override { return {"open", "", "closed", "not_planned"}; }
  bool configure(const std::function<void(tracker_config&)>& change) override {
    change(w_.tracker_config);
    restart();
    return true;
  }
  bool block(const std::string& name, const std::string& by) override {
    at(name).blocked_by.push_back(at(by).number);
    return true;
  }
  bool assign(const std::string& name, const std::string& account) override {
    at(name).assignees = {account};
    return true;
  }
  bool remove(const std::string& name) override { return at(name).deleted = true; }
  bool remark(const std::string& name, const std::string& text) override {
    w_.server.say(at(name).number, "ann", text);
    return true;
  }
  bool lose_next_answer() override {
    w_.server.lose_next_answer();
    return true;
  }
  std::size_t requests() override { return w_.server.requests; }

private:
  github_server::issue& at(const std::string& name) { return w_.server.at(numbers_.at(name)); }
  github_world w_;
  std::map<std::string, std::int64_t> numbers_;
};

std::string text_of(const result<void>& r) { return r ? "" : r.error().text; }

} // namespace

SCENARIO("the issues of GitHub keep the tracker contract") {
  tracker_conforms([] { return std::make_unique<issues_world>(); });
}

SCENARIO("GitHub keeps the code host contract") {
  auto w = github_world{};
  auto f = code_host_fixture{*w.host, "repo", [&](const std::string& b) { return w.server.grow(b); }};
  auto number = [](const std::string& id) { return std::stoll(id); };
  f.remark = [&](auto& id, auto& author, auto& text, auto& path, std::uint32_t line) {
    if (std::string{path}.empty())
      w.server.say(number(id), author, text);
    else
      w.server.say_at(number(id), author, text, path, line);
  };
  f.review = [&](auto& id, auto& who, bool wants) {
    w.server.add_review(number(id), who, wants ? "CHANGES_REQUESTED" : "APPROVED", wants ? "Not yet" : "");
  };
  f.resolve = [&](auto& id, auto& text) {
    for (auto& t : w.server.repo().pulls.at(number(id)).threads)
      if (t.comments.front().body == text)
        t.resolved = true;
  };
  f.resolved = [&](auto& id, auto& text) {
    auto& all = w.server.repo().pulls.at(number(id)).threads;
    return std::any_of(all.begin(), all.end(), [&](auto& t) { return t.comments.front().body == text && t.resolved; });
  };
  f.answers = [&](auto& id, auto& text) {
    for (auto& t : w.server.repo().pulls.at(number(id)).threads)
      if (t.comments.front().body == text)
        return t.comments.size() - 1;
    auto& all = w.server.at(number(id)).comments;
    auto asked = std::find_if(all.begin(), all.end(), [&](auto& c) { return c.body == text; });
    REQUIRE(asked != all.end());
    return static_cast<std::size_t>(std::count_if(all.begin(), all.end(), [&](auto& c) {
      return c.body.find("<!-- hyakki-answers:comment:" + std::to_string(asked->id) + " -->") != std::string::npos;
    }));
  };
  f.lose_next_answer = [&] { w.server.lose_next_answer(); };
  check_code_host(f);
}

SCENARIO("an issue tells all that a story needs") {
  auto w = github_world{};
  auto& i = w.server.add_issue("A title", {"AI-Pipeline", "priority: high"});
  i.body = "Some **words**.";
  w.server.repo().issues[7].pull = true; // pull requests share the list
  w.server.repo().issues[7].number = 7;
  w.server.repo().issues[7].labels = {"ai-pipeline"};
  w.server.repo().issues[7].at = "2026-11-01T00:00:00Z";
  auto found = w.tracker->search();
  REQUIRE(found);
  REQUIRE(found->stories.size() == 1);
  auto& s = found->stories[0];
  CHECK(s.id() == "gh/acme/repo#1");
  CHECK(s.description == "Some **words**.");
  CHECK(s.priority == 1);
  CHECK(s.created_ms == read_time(i.at));
  CHECK(s.url == w.server.url() + "/acme/repo/issues/1");
  CHECK(w.tracker->fetch("acme/repo#7").error() == ec::not_found);
  for (auto key : {"acme/repo#0", "acme/repo#-1", "acme/repo#1x", "acme/../x#1", "acme#1", "", "#1", "a/b/c#1"})
    CHECK(w.tracker->fetch(key).error() == ec::not_found);
}

SCENARIO("a poll that finds nothing new costs nothing of the quota") {
  auto w = github_world{};
  for (int i = 0; i < 150; ++i)
    w.server.add_issue("Story", {"ai-pipeline"});
  REQUIRE(w.tracker->search()->stories.size() == 150);
  CHECK(w.server.requests == 2);
  CHECK(w.tracker->search()->stories.size() == 150);
  CHECK(w.server.unchanged == 2);
  w.server.at(120).labels.push_back("ai-processing");
  CHECK(w.tracker->search()->stories.size() == 149);
  CHECK(w.server.unchanged == 3);
  CHECK(w.server.requests == 6);
}

SCENARIO("several repositories are one tracker, and a query of one's own chooses among their issues") {
  auto w = github_world{};
  w.server.repo("acme/other");
  w.tracker_config.project = "acme/repo, acme/other,ACME/repo";
  w.server.add_issue("One", {"ai-pipeline"});
  w.server.add_issue("Two special", {"ai-pipeline"}, "acme/other");
  w.server.add_issue("Three special", {"ai-pipeline", "ai-done"}, "acme/other");
  w.restart();
  auto found = w.tracker->search();
  REQUIRE(found);
  REQUIRE(found->stories.size() == 2);
  CHECK(found->stories[1].key == "acme/other#1");
  auto again = w.tracker->look_again({"acme/other#1", "acme/repo#1", "acme/repo#12345"});
  REQUIRE(again);
  CHECK(again->size() == 3);
  CHECK(w.server.queries == 1);
  w.tracker_config.query = "special";
  w.restart();
  found = w.tracker->search();
  INFO((found ? "" : found.error().text));
  REQUIRE(found);
  REQUIRE(found->stories.size() == 1);
  CHECK(found->stories[0].key == "acme/other#1");
  CHECK(w.tracker->search_rework());
}

SCENARIO("a token that sees nothing stops no story") {
  auto w = github_world{};
  auto seen = w.tracker->look_again({"acme/gone#1"});
  REQUIRE(!seen);
  CHECK(seen.error().text.find("acme/gone") != std::string::npos);
}

SCENARIO("where issues have no links, their text holds them back") {
  auto w = github_world{};
  w.server.repo().links = false;
  w.server.add_issue("First", {});
  w.server.add_issue("Second", {"ai-pipeline"}).body = "Words\r\n- Blocked by #1, acme/elsewhere#3.\r\nMore";
  w.server.add_issue("Third", {"ai-pipeline"}).body = "This is blocked by #1, says somebody";
  auto found = w.tracker->search();
  REQUIRE(found);
  CHECK(found->stories.size() == 1);
  REQUIRE(found->held.size() == 1);
  CHECK(found->held[0] == "acme/repo#2 is blocked by acme/repo#1, which is open");
  w.server.at(1).state = "closed";
  CHECK(w.tracker->search()->stories.size() == 2);
}

SCENARIO("a change of labels is believed when the answer names what was added, and not before") {
  auto w = github_world{};
  w.server.add_issue("Story", {"ai-pipeline"});
  auto lies = 0;
  w.server.instead = [&](const served_request& r) -> std::optional<served_answer> {
    auto is_change = r.path.find("/labels") != std::string::npos && r.method != "GET";
    if (!is_change || lies == 0 || (lies == 1 && r.method == "POST"))
      return std::nullopt;
    --lies;
    return served_answer::json(200, "[]"); // somebody else's words, and nothing was done
  };
  for (auto n : {2, 1}) { // to what is added, then to what is taken away
    lies = n;
    auto done = w.tracker->label("acme/repo#1", {{"ai-done"}, {"ai-pipeline"}});
    REQUIRE_FALSE(done);
    CHECK(band_of(done.error().code) == band::try_again);
    CHECK(done.error().text.find("ai-done") != std::string::npos);
    lies = 0;
  }
  REQUIRE(w.tracker->label("acme/repo#1", {{"ai-done"}, {"ai-pipeline"}}));
  CHECK(w.server.at(1).labels == std::vector<std::string>{"ai-done"});
}

SCENARIO("labels of people survive ours, and a crash in between leaves a story that is not taken twice") {
  auto w = github_world{};
  w.server.add_issue("Story", {"ai-pipeline", "ai-processing"});
  auto step = 0;
  w.server.instead = [&](const served_request& r) -> std::optional<served_answer> {
    if (r.method == "GET")
      return {};
    if (++step == 2) { // between our two calls a person adds a label, and then we die
      w.server.at(1).labels.push_back("from a person");
      return served_answer::failing(served_fault::close_before);
    }
    return step > 2 && step < 9 ? std::optional{served_answer::failing(served_fault::close_before)} : std::nullopt;
  };
  CHECK(!w.tracker->label("acme/repo#1", {{"ai-done"}, {"ai-processing"}}));
  CHECK(w.tracker->search()->stories.empty());
  w.server.instead = nullptr;
  w.restart();
  auto done = w.tracker->label("acme/repo#1", {{"ai-done"}, {"ai-processing"}});
  INFO(text_of(done));
  CHECK(done);
  CHECK(w.server.at(1).labels == std::vector<std::string>{"ai-pipeline", "ai-done", "from a person"});
}

SCENARIO("a stranger's copy of our marker keeps nothing back") {
  auto w = github_world{};
  w.server.add_issue("Story", {"ai-pipeline"});
  w.server.say(1, "mallory", "<!-- hyakki:run/1:started -->");
  CHECK(*w.tracker->post("acme/repo#1", {"run/1:started", "We began."}));
  CHECK(!*w.tracker->post("acme/repo#1", {"run/1:started", "We began."}));
}

SCENARIO("a comment calls nobody and closes nothing") {
  auto w = github_world{};
  w.server.add_issue("Story", {"ai-pipeline"});
  REQUIRE(
    *w.tracker->post("acme/repo#1", {"m", "@everyone closes #12, see https://x.example/@ann#5\x1b[31m\n```\n@all"}));
  auto& body = w.server.at(1).comments[0].body;
  CHECK(body.find("@everyone") == std::string::npos);
  CHECK(body.find("@all") == std::string::npos);
  CHECK(body.find("#12") == std::string::npos);
  CHECK(body.find("https://x.example/%40ann#5") != std::string::npos);
  CHECK(body.find('\x1b') == std::string::npos);
  CHECK(body.find("```\n\n<!-- hyakki:m -->") != std::string::npos); // the code block was closed
}

SCENARIO("an issue is open or closed, and nothing else") {
  auto w = github_world{};
  w.server.add_issue("Story", {"ai-pipeline"});
  auto moved = w.tracker->move_to("acme/repo#1", "In Review");
  REQUIRE(!moved);
  CHECK(moved.error() == ec::rejected);
  CHECK(moved.error().text.find("labels") != std::string::npos);
  CHECK(w.tracker->move_to("acme/repo#1", "completed"));
  CHECK(w.server.at(1).state == "closed");
  w.tracker_config.status = "In Progress";
  w.restart();
  CHECK(w.tracker->search().error() == ec::bad_config);
  CHECK(w.tracker->probe().error() == ec::bad_config);
}

SCENARIO("what cannot work is said when it is checked") {
  auto w = github_world{};
  SECTION("a token that may only read") {
    w.server.repo().may_write = false;
    CHECK(w.tracker->probe().error() == ec::bad_config);
  }
  SECTION("a repository that is not there") {
    w.tracker_config.project = "acme/nowhere";
    w.restart();
    auto e = w.tracker->probe().error();
    CHECK(e == ec::bad_config);
    CHECK(e.text.find("answered 404: look whether issue_tracker.project is right and the token may see acme/nowhere") !=
          std::string::npos);
    CHECK(e.text.find("the name") == std::string::npos); // advice is given once
  }
  SECTION("an issue that is not there") {
    CHECK(w.tracker->fetch("acme/repo#77")
            .error()
            .text.find("answered 404: Not Found; look whether the name is right, and whether the account may see it") !=
          std::string::npos);
  }
  SECTION("a status that no issue can have") {
    w.tracker_config.status_on_start = "Open", w.tracker_config.status_on_review = "In Review";
    w.restart();
    auto e = w.tracker->probe().error();
    CHECK(e == ec::bad_config);
    CHECK(e.text.find("issue_tracker.status_on_review is \"In Review\"") != std::string::npos);
    CHECK(e.text.find("such a status. There are open, closed, completed, not_planned. For") != std::string::npos);
    w.tracker_config.status_on_review = "close";
    w.restart();
    CHECK(w.tracker->probe().error().text.find("did you mean closed? There are") != std::string::npos);
    w.tracker_config.status_on_review = "closed", w.tracker_config.status_on_done = "completed";
    w.restart();
    CHECK(w.tracker->probe());
    w.tracker_config.status_on_done = "not_planned";
    w.restart();
    CHECK(w.tracker->probe());
  }
  SECTION("something that is no repository") {
    for (auto project : {"", "acme", "acme/re po", "https://github.com/acme/repo", "-a/b", "a/.."}) {
      w.tracker_config.project = project;
      w.restart();
      CHECK(w.tracker->search().error() == ec::bad_config);
      CHECK(w.tracker->fetch("acme/repo#1").error() == ec::bad_config);
    }
  }
  SECTION("a label that lists cannot ask for") {
    w.tracker_config.trigger_label = "a,b";
    w.restart();
    CHECK(w.tracker->search().error() == ec::bad_config);
  }
  SECTION("another token") {
    w.tracker_config.token = w.host_config.token = secret{"ghp_wrongwrongwrong"};
    w.restart();
    for (auto& failed : {w.tracker->probe(), w.host->probe()}) {
      REQUIRE(!failed);
      CHECK(failed.error() == ec::bad_config);
      CHECK(failed.error().text.find("ghp_") == std::string::npos);
    }
  }
  SECTION("an address with a path") {
    w.host_config.base_url = w.server.url() + "/some/path";
    w.restart();
    CHECK(w.host->probe().error() == ec::bad_config);
  }
}

SCENARIO("a list never leads to another host") {
  auto w = github_world{};
  w.server.instead = [](const served_request&) {
    auto a = served_answer::json(200, "[]");
    a.headers.push_back({"Link", "<https://evil.example/repos/acme/repo/issues?page=2>; rel=\"next\""});
    return std::optional{a};
  };
  auto found = w.tracker->search();
  REQUIRE(!found);
  CHECK(found.error() == ec::rejected);
  w.server.instead = nullptr;
}

SCENARIO("writes keep their distance") {
  auto w = github_world{};
  w.server.add_issue("Story", {"ai-pipeline"});
  auto began = w.time->now();
  for (int i = 0; i < 4; ++i)
    REQUIRE(*w.tracker->post("acme/repo#1", {"m" + std::to_string(i), "x"}));
  CHECK(w.time->now() - began >= 3000); // the server would have complained, too
}

SCENARIO("where to push is said by the configuration, and the token goes nowhere else") {
  auto w = github_world{};
  auto at = w.host->locate("repo");
  REQUIRE(at);
  CHECK(at->url == w.server.url() + "/acme/repo.git");
  CHECK(at->user == "x-access-token");
  CHECK(at->token == secret{github_server::token});
  w.host_config.remote = "ssh";
  w.host_config.default_branches["repo"] = "develop";
  w.restart();
  at = w.host->locate("acme/repo");
  REQUIRE(at);
  CHECK(at->url == "ssh://127.0.0.1:2222/acme/repo.git");
  CHECK(at->user == "git");
  CHECK(at->token.empty());
  CHECK(at->default_branch == "main");
  CHECK(w.host->locate("repo")->default_branch == "develop");
  CHECK(w.host->locate("others/repo").error() == ec::rejected);
  w.routing.allowed = {"repo"};
  w.restart();
  CHECK(w.host->probe());
  CHECK(w.host->locate("repo"));
  CHECK(w.host->locate("acme/repo").error() == ec::rejected);
  w.server.repo().archived = true;
  CHECK(w.host->locate("repo").error() == ec::rejected);
}

SCENARIO("a pull request gets its reviewers, labels and draft, once") {
  auto w = github_world{};
  w.host_config.reviewers = {"ann", "team:core", "mallory"};
  w.host_config.labels = {"ai"};
  w.host_config.draft = true;
  w.server.repo().drafts = false;
  w.restart();
  auto head = w.server.grow("feature/x");
  auto draft = conformance::draft_of("repo", "feature/x", head);
  auto made = w.host->find_or_open(draft);
  INFO((made ? "" : made.error().text));
  REQUIRE(made);
  auto& p = w.server.repo().pulls.at(1);
  CHECK_FALSE(p.draft);
  CHECK(w.server.at(1).body.find("draft") != std::string::npos);
  CHECK(p.asked == std::vector<std::string>{"ann", "team:core"});
  CHECK(w.server.at(1).labels == std::vector<std::string>{"ai"});
  REQUIRE(w.server.at(1).comments.size() == 1);
  CHECK(w.server.at(1).comments[0].body.find("mallory") != std::string::npos);
  WHEN("it is adopted, nobody is asked again who has reviewed it") {
    p.asked.clear();
    w.server.add_review(1, "ann", "APPROVED", "");
    w.restart();
    CHECK(w.host->find_or_open(draft)->adopted);
    CHECK(p.asked.empty());
    CHECK(w.server.at(1).comments.size() == 1);
  }
  WHEN("the call died before it had asked") {
    p.asked.clear();
    w.server.at(1).labels.clear();
    w.restart();
    CHECK(w.host->find_or_open(draft)->adopted);
    CHECK(p.asked == std::vector<std::string>{"ann", "team:core"});
    CHECK(w.server.at(1).labels == std::vector<std::string>{"ai"});
    CHECK(w.server.at(1).comments.size() == 1);
  }
  WHEN("its target is another one than was meant, it is adopted all the same") {
    w.server.grow("release");
    draft.target_branch = "release";
    CHECK(w.host->find_or_open(draft)->id == "1");
  }
}

SCENARIO("a fork's branch of the same name is not ours") {
  auto w = github_world{};
  w.server.grow("feature/x");
  auto draft = conformance::draft_of("repo", "feature/x", "");
  REQUIRE(w.host->find_or_open(draft)->id == "1");
  w.server.repo().pulls.at(1).from_fork = true;
  CHECK(w.host->find_or_open(draft)->id == "2");
}

SCENARIO("a pull request that cannot be opened says why") {
  auto w = github_world{};
  auto draft = conformance::draft_of("repo", "feature/none", "");
  CHECK(w.host->find_or_open(draft).error() == ec::not_found);
  w.server.grow("feature/x");
  draft.source_branch = "feature/x";
  draft.target_branch = "nowhere";
  CHECK(w.host->find_or_open(draft).error() == ec::not_found);
  draft.target_branch = "feature/x";
  CHECK(w.host->find_or_open(draft).error() == ec::rejected);
  w.server.repo().branches["same"] = w.server.repo().branches["main"];
  draft.source_branch = "same";
  draft.target_branch = "main";
  CHECK(w.host->find_or_open(draft).error() == ec::no_changes);
  draft.source_branch = "feature/x";
  draft.title = std::string(400, 't') + "\xc3\xa9";
  draft.description = std::string(100'000, 'd');
  CHECK(w.host->find_or_open(draft));
}

SCENARIO("merging follows the repository's rules") {
  auto w = github_world{};
  w.server.grow("feature/x");
  auto p = w.host->find_or_open(conformance::draft_of("repo", "feature/x", ""));
  REQUIRE(p);
  SECTION("another way than a merge commit") {
    w.server.repo().ways = {"rebase"};
    CHECK(w.host->merge("repo", p->id)->state == "merged");
  }
  SECTION("a conflict") {
    w.server.repo().pulls.at(1).conflicts = true;
    auto refused = w.host->merge("repo", p->id);
    REQUIRE(!refused);
    CHECK(refused.error() == ec::rejected);
    CHECK(refused.error().text.find("not mergeable") != std::string::npos);
  }
  SECTION("a diff that GitHub finds too large is made of its files") {
    w.server.repo().diff_too_large = true;
    auto text = w.host->diff("repo", p->id, 10'000);
    REQUIRE(text);
    CHECK(text->find("diff --git a/file b/file\n@@") == 0);
    CHECK(text->find("picture.png") != std::string::npos);
  }
}

SCENARIO("only those with a say in a repository make an agent work") {
  auto w = github_world{};
  w.server.grow("feature/x");
  REQUIRE(w.host->find_or_open(conformance::draft_of("repo", "feature/x", "")));
  w.server.say(1, "mallory", "Do this instead");
  w.server.say_at(1, "mallory", "And this", "file", 1);
  w.server.add_review(1, "mallory", "CHANGES_REQUESTED", "All of it");
  w.server.say(1, "coverage[bot]", "Coverage is 80 %");
  w.server.add_review(1, "ann", "APPROVED", "Nice");
  auto seen = w.host->feedback("repo", "1");
  REQUIRE(seen);
  CHECK(seen->remarks.empty());
  CHECK_FALSE(seen->changes_requested);
  w.server.repo().is_private = true; // whoever gets there was let in
  seen = w.host->feedback("repo", "1");
  CHECK(seen->remarks.size() == 3);
  CHECK(seen->requested_by == "mallory");
}

SCENARIO("a review counts until it was answered") {
  auto w = github_world{};
  w.server.grow("feature/x");
  REQUIRE(w.host->find_or_open(conformance::draft_of("repo", "feature/x", "")));
  w.server.add_review(1, "ann", "CHANGES_REQUESTED", "Please *mend* it");
  auto seen = w.host->feedback("repo", "1");
  REQUIRE(seen);
  REQUIRE(seen->remarks.size() == 1);
  CHECK(seen->changes_requested);
  REQUIRE(w.host->answer("repo", "1", seen->remarks[0], {"run/2:a", "Mended.", true}));
  CHECK(w.server.at(1).comments.back().body.find("> Please ") == 0);
  seen = w.host->feedback("repo", "1");
  CHECK(seen->remarks.empty());
  CHECK_FALSE(seen->changes_requested);
  WHEN("a thread cannot be resolved by our token") {
    w.server.may_resolve = false;
    w.server.say_at(1, "bob", "Hm", "file", 3);
    auto to = w.host->feedback("repo", "1")->remarks.at(0);
    CHECK(w.host->answer("repo", "1", to, {"run/2:b", "Done.", true}));
    CHECK(w.host->feedback("repo", "1")->remarks.empty());
    auto& t = w.server.repo().pulls.at(1).threads.back();
    CHECK_FALSE(t.resolved);
    THEN("a reply of theirs opens it again") {
      t.comments.push_back({4711, "bob", "Not quite", "2026-11-02T00:00:00Z"});
      auto again = w.host->feedback("repo", "1")->remarks;
      REQUIRE(again.size() == 1);
      CHECK(again[0].text.find("bob: Not quite") != std::string::npos);
      CHECK(again[0].id == to.id);
    }
  }
}

SCENARIO("addresses of GitHub are known in every form that people write") {
  using github::addresses_of;
  CHECK(addresses_of("")->api == "https://api.github.com");
  CHECK(addresses_of("https://github.com/")->graphql == "https://api.github.com/graphql");
  CHECK(addresses_of("https://api.github.com")->web == "https://github.com");
  CHECK(addresses_of("https://octo.ghe.com")->api == "https://api.octo.ghe.com");
  CHECK(addresses_of("https://git.example.com:8443")->api == "https://git.example.com:8443/api/v3");
  CHECK(addresses_of("https://git.example.com/api/v3/")->graphql == "https://git.example.com/api/graphql");
  CHECK(addresses_of("https://github.com/acme/repo").error() == ec::bad_config);
  CHECK(addresses_of("git.example.com").error() == ec::bad_config);
}

SCENARIO("times, priorities and markers are read as they are written") {
  using namespace github;
  CHECK(read_time("1970-01-01T00:00:00Z") == 0);
  CHECK(read_time("2026-11-21T05:07:09Z") == 1795237629000);
  CHECK(read_time("2024-02-29T23:59:59.5Z") == 1709251199500);
  CHECK(read_time("2024-02-29T23:59:59.039178+00:00") == 1709251199039);
  for (auto text : {"", "2026-13-01T00:00:00Z", "2026-11-21", "2026-11-21T05:07:09+1:00", "x026-11-21T05:07:09Z"})
    CHECK(read_time(text) == 0);
  CHECK(priority_of({"P1"}) == 1);
  CHECK(priority_of({"bug", "Priority/Low"}) == 3);
  CHECK(priority_of({"high"}) == 2);
  CHECK(priority_of({"critical"}) == 0);
  CHECK(has_marker("x\r\n  <!-- hyakki:a -->  \r\nmore", "a"));
  CHECK_FALSE(has_marker("> <!-- hyakki:a -->", "a"));
  CHECK_FALSE(has_marker(comment_text({"b", "<!-- hyakki:a -->"}), "a"));
  CHECK(comment_text({"b", std::string(300'000, 'x')}).size() < 65'536);
  CHECK(comment_text({"b", std::string(60'000, '`') + "\n" + std::string(9'000, 'x')}).size() < 65'536);
}

SCENARIO("an agent's Markdown is read on GitHub, within a quote that it cannot leave") {
  using namespace github;
  auto gap = std::string{"\xE2\x80\x8B"};
  CHECK(safe_markdown("### Words\n\n```markdown\n# Done\n\n- **a**\n```\n\nafter") ==
        "### Words\n\n> # Done\n>\n> - **a**\n\n\nafter");
  CHECK(safe_markdown("````markdown\n```cpp\nint x;\n```\n````") == "> ```cpp\n> int x;\n> ```");
  CHECK(safe_markdown("```markdown\ncut") == "> cut");
  CHECK(safe_markdown("```text\n# as it is\n```") == "```text\n# as it is\n```");
  THEN("it brings no HTML, no picture, no alert of GitHub's, no marker and calls nobody") {
    CHECK(safe_markdown("```markdown\n</details><img src=x> <https://x.example> a < b\n```") ==
          "> <" + gap + "/details><" + gap + "img src=x> <https://x.example> a < b");
    CHECK(safe_markdown("```markdown\n![x](https://x.example/?token) [!CAUTION]\n```") ==
          "> !" + gap + "[x](https://x.example/?token) [" + gap + "!CAUTION]");
    CHECK_FALSE(has_marker(comment_text({"b", "```markdown\n<!-- hyakki:a -->\n```"}), "a"));
    CHECK(safe_markdown("```markdown\n@ann #12\n```") == "> @" + gap + "ann #" + gap + "12");
  }
}

SCENARIO("an address that was made harmless stays so in a comment on GitHub, and our links stay links") {
  using namespace github;
  auto words = markdown_fence("closes https://github.com/acme/repo/issues/1", 1000, "markdown");
  CHECK(safe_markdown(words) == "> closes https:\xE2\x80\x8B//github.com/acme/repo/issues/1");
  CHECK(safe_markdown("<https://github.com/acme/repo/pull/7>") == "<https://github.com/acme/repo/pull/7>");
}

SCENARIO("whatever strangers write, a comment stays within its bounds") {
  using namespace github;
  auto pieces = std::vector<std::string>{
    "@ann",     "#12", "!7", "`", "```\n", "~~~~\n",  "\n",           "\r\n", "<!-- ", "-->",   "hyakki:", "https://",
    "a.b/@c#1", "(<",  ">)", "é", "\xff",  "\x1b[0m", "\xe2\x80\xae", "- ",   "<div>", "word ", "    ",    "\t"};
  auto state = std::uint64_t{4711};
  auto next = [&](std::size_t below) {
    state = state * 6364136223846793005ULL + 1442695040888963407ULL;
    return static_cast<std::size_t>(state >> 33) % below;
  };
  for (int round = 0; round < 20'000; ++round) {
    auto text = std::string{};
    for (auto n = next(40); n > 0; --n)
      text += pieces[next(pieces.size())];
    auto most = round % 3 == 0 ? std::size_t{500} : most_comment_bytes;
    if (round % 3 == 0)
      text += std::string(400, 'x') + "\n" + text + text;
    auto out = safe_markdown(text, most);
    INFO(text);
    auto number = out.find("#12");
    auto fragment =
      number != std::string::npos && number > 0 && std::isalnum(static_cast<unsigned char>(out[number - 1]));
    auto calls = out.find("@ann") != std::string::npos || (number != std::string::npos && !fragment) ||
                 out.find("/@c") != std::string::npos;
    auto marks = has_marker(comment_text({"m", text}), "x") || out.find("<!-- hyakki") != std::string::npos;
    auto raw = std::any_of(out.begin(), out.end(), [](unsigned char c) { return (c < 0x20 && c != 10 && c != 9); });
    if (calls || marks || raw || out.size() > most || !has_marker(comment_text({"m", text}), "m"))
      FAIL(out);
  }
}

SCENARIO("links to next pages are read from whatever a header holds") {
  auto asked = http_request{};
  asked.service = "GitHub";
  asked.url = "https://api.github.com/repos/a/b/issues?per_page=100";
  auto next = [&](std::string link) {
    auto answer = http_answer{};
    answer.headers = {{"Link", std::move(link)}};
    return github::api::next_page(asked, answer);
  };
  CHECK(*next("<https://api.github.com/repositories/1/issues?page=2>; rel=\"next\", <https://x>; rel=\"last\"") ==
        "https://api.github.com/repositories/1/issues?page=2");
  CHECK(*next("<https://api.github.com/x?page=1>; rel=\"prev\"") == "");
  CHECK(*next("") == "");
  CHECK(*next("<<<>>>; rel=next,,,") == "");
  CHECK(*next("rel=\"next\"; <https://api.github.com/x>") == "");
  CHECK(next("<http://api.github.com/x>; rel=\"next\"").error() == ec::rejected);
  CHECK(next("<https://api.github.com.evil.example/x>; rel=\"next\"").error() == ec::rejected);
  CHECK(!next("<https://user@api.github.com/x>; rel=\"next\""));
}

// Hidden: run with [bench].
SCENARIO("a poll of 10,000 issues", "[.][bench]") {
  auto w = github_world{};
  for (int i = 0; i < 10'000; ++i)
    w.server.add_issue("Story " + std::to_string(i), {"ai-pipeline", "bug"}).body = std::string(2000, 'x');
  for (auto what : {"first", "unchanged"}) {
    auto began = std::chrono::steady_clock::now();
    auto found = w.tracker->search();
    auto took = std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - began);
    REQUIRE(found);
    CHECK(found->stories.size() == 10'000);
    WARN(what << ": " << took.count() << " ms, " << w.server.requests << " requests so far, " << w.server.unchanged
              << " unchanged; the server's own work is in it");
  }
}

namespace {

code_host_config config_of(const std::string& base) {
  auto c = code_host_config{};
  c.base_url = base;
  c.namespace_ = "acme";
  c.token = secret{github_server::token};
  return c;
}

fault_matrix matrix_of(github_server& s) {
  s.repo();
  s.add_issue("Story", {"ai-pipeline"});
  s.grow("feature/x");
  auto m = fault_matrix{};
  m.service = "GitHub";
  m.healthy = s.handler();
  m.canary = github_server::token;
  m.calls = [](http_client& http, const hyakki::clock& time, const std::string& base) {
    auto t = tracker_config{};
    t.base_url = base;
    t.project = "acme/repo";
    t.token = secret{github_server::token};
    auto tracker = std::shared_ptr<hyakki::tracker>{make_github_issues_tracker(t, http, time)};
    auto to = remark{};
    to.id = "comment:1";
    to.text = "Why?";
    auto all = calls_of(make_github_code_host(config_of(base), {}, http, time), "2", to);
    auto more = calls_of(tracker, "acme/repo#1", "open");
    all.insert(all.end(), more.begin(), more.end());
    return all;
  };
  return m;
}

} // namespace

SCENARIO("whatever GitHub or the way to it does, each call ends in words that help") {
  auto s = github_server{};
  auto m = matrix_of(s);
  auto world = impatient(s.url());
  auto host = make_github_code_host(config_of(s.url()), {}, *world->client, *world->time);
  REQUIRE(host->find_or_open(conformance::draft_of("repo", "feature/merged", s.grow("feature/merged"))));
  REQUIRE(host->merge("repo", "2"));
  REQUIRE_FALSE(m.calls(*world->client, *world->time, s.url())[1].run());
  keeps_to_the_fault_matrix(m);
  CHECK(s.repo().pulls.size() == 2);
  CHECK(s.at(1).comments.size() == 1);
  check_complaints(s);
}

SCENARIO("a host with another name than GitHub's is told nothing") {
  auto s = github_server{};
  refuses_another_host(matrix_of(s));
}
