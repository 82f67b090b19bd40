#pragma once
// Bitbucket Data Center, as far as its public documentation says how it answers: repositories, pull requests with
// versions, comments and tasks, activities. Keeps state, and refuses what Bitbucket refuses: unknown paths, methods,
// fields of a query or a body, another way to be let in, writes that look forged, stale versions.
//
// What was asked wrongly is kept in `complaints`, so that a test can ask that there were none.

#include "tests/support/vendor_server.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace hyakki::test {

class bitbucket_server final : public vendor_server {
public:
  struct comment {
    std::int64_t id = 0, version = 0, at = 0;
    std::string author, text;
    bool task = false, resolved = false, deleted = false;
    std::vector<comment> replies;
    std::string path; ///< of the first one alone
    std::int64_t line = 0;
  };
  struct reviewer {
    std::string name, status = "UNAPPROVED", seen;
  };
  struct pull {
    std::int64_t id = 0, version = 0, updated = 0;
    std::string title, description, from, to, state = "OPEN", fork;
    bool draft = false, conflicts = false;
    std::vector<std::string> vetoes;
    std::vector<reviewer> reviewers;
    std::vector<comment> comments;
  };
  struct repository {
    std::string default_branch = "main";
    bool archived = false, may_resolve = true;
    std::map<std::string, std::string> branches{{"main", std::string(40, '0')}};
    std::map<std::int64_t, pull> pulls;
  };

  static constexpr auto token = "BBDC-CANARY0123456789abcdefghijklmnopqrstuvw";
  static constexpr auto account = "hyakki-bot";

  bitbucket_server() : server_([this](auto& r) { return serve(r); }) {}

  const http_server& http() const override { return server_; }

  // -- its state, for tests ----------------------------------------------------------------------------------

  repository& repo(const std::string& name = "AC/repo") { return repositories_[name]; }
  std::string grow(const std::string& branch) {
    auto guard = std::lock_guard{mutex_};
    auto digits = std::to_string(++ids_);
    return repo().branches[branch] = std::string(40 - digits.size(), 'a') + digits;
  }
  comment& say(std::int64_t id, const std::string& author, const std::string& text, const std::string& path = {},
               std::int64_t line = 0) {
    auto guard = std::lock_guard{mutex_};
    auto c = fresh(author, text);
    c.path = path;
    c.line = line;
    auto& all = repo().pulls.at(id).comments;
    all.push_back(std::move(c));
    return all.back();
  }
  comment& reply(comment& to, const std::string& author, const std::string& text) {
    auto guard = std::lock_guard{mutex_};
    to.replies.push_back(fresh(author, text));
    return to.replies.back();
  }
  comment* find(std::int64_t id, const std::string& text) {
    for (auto& c : repo().pulls.at(id).comments)
      if (c.text == text)
        return &c;
    return nullptr;
  }
  void review(std::int64_t id, const std::string& who, const std::string& status) {
    auto guard = std::lock_guard{mutex_};
    auto& p = repo().pulls.at(id);
    auto at = std::find_if(p.reviewers.begin(), p.reviewers.end(), [&](auto& r) { return r.name == who; });
    if (at == p.reviewers.end())
      at = p.reviewers.insert(at, reviewer{who, {}, {}});
    at->status = status;
    at->seen = repo().branches[p.from];
  }
  std::set<std::string> people{account, "ann", "bob"};

  std::size_t page = 25; ///< the most that a page holds, whatever is asked

private:
  json refusal_body(const std::string& words) const override {
    return worded("validation.ArgumentValidationException", words);
  }
  void finish(served_answer& answer) override { answer.headers.push_back({"X-AREQUESTID", "@1"}); }
  static json worded(const std::string& kind, const std::string& words, const json& more = json::object()) {
    auto e = json{{"context", nullptr}, {"message", words}, {"exceptionName", "com.atlassian.bitbucket." + kind}};
    e.update(more);
    return {{"errors", json::array({e})}};
  }
  [[noreturn]] static void refuse(int status, const std::string& kind, const std::string& words,
                                  const json& more = json::object()) {
    throw refusal{status, worded(kind, words, more)};
  }
  comment fresh(const std::string& author, const std::string& text) {
    auto c = comment{};
    c.id = ++ids_;
    c.at = 1'790'000'000'000 + c.id;
    c.author = author;
    c.text = text;
    return c;
  }
  static json user(const std::string& name) {
    return {{"name", name}, {"slug", name}, {"id", 101}, {"displayName", name}, {"active", true}, {"type", "NORMAL"}};
  }

  // -- JSON --------------------------------------------------------------------------------------------------

  json show_repository(const std::string& in) const {
    auto key = in.substr(0, in.find('/')), slug = in.substr(in.find('/') + 1);
    auto clone = json::array({{{"name", "ssh"}, {"href", "ssh://git@127.0.0.1:7990/ac/" + slug + ".git"}},
                              {{"name", "http"}, {"href", "https://evil.example/scm/ac/" + slug + ".git"}}});
    return {{"slug", slug},
            {"id", 1},
            {"name", slug},
            {"state", "AVAILABLE"},
            {"archived", repositories_.at(in).archived},
            {"project", {{"key", key}, {"id", 1}, {"name", key}}},
            {"links", {{"clone", clone}}}};
  }
  json show(const std::string& in, const pull& p) const {
    auto& r = repositories_.at(in);
    auto ref = [&](const std::string& branch, const std::string& fork) {
      auto where = show_repository(in);
      if (!fork.empty())
        where["project"]["key"] = fork;
      auto at = r.branches.find(branch);
      return json{{"id", "refs/heads/" + branch},
                  {"displayId", branch},
                  {"latestCommit", at == r.branches.end() ? std::string(40, '0') : at->second},
                  {"repository", where}};
    };
    auto reviewers = json::array();
    for (auto& who : p.reviewers) {
      reviewers.push_back({{"user", user(who.name)},
                           {"role", "REVIEWER"},
                           {"approved", who.status == "APPROVED"},
                           {"status", who.status}});
      if (!who.seen.empty())
        reviewers.back()["lastReviewedCommit"] = who.seen;
    }
    auto out = json{{"id", p.id},
                    {"version", p.version},
                    {"title", p.title},
                    {"state", p.state},
                    {"open", p.state == "OPEN"},
                    {"closed", p.state != "OPEN"},
                    {"draft", p.draft},
                    {"createdDate", 1'790'000'000'000 + p.id},
                    {"fromRef", ref(p.from, p.fork)},
                    {"toRef", ref(p.to, {})},
                    {"author", {{"user", user(account)}, {"role", "AUTHOR"}}},
                    {"reviewers", reviewers},
                    {"participants", json::array()},
                    {"links", {{"self", json::array({{{"href", "https://elsewhere.example/"}}})}}}};
    if (!p.description.empty())
      out["description"] = p.description;
    return out;
  }
  static json show(const comment& c) {
    auto replies = json::array();
    for (auto& r : c.replies)
      replies.push_back(show(r));
    auto out = json{{"id", c.id},
                    {"version", c.version},
                    {"text", c.text},
                    {"author", user(c.author)},
                    {"createdDate", c.at},
                    {"severity", c.task ? "BLOCKER" : "NORMAL"},
                    {"state", c.task && c.resolved ? "RESOLVED" : "OPEN"},
                    {"comments", replies}};
    if (!c.task)
      out["threadResolved"] = c.resolved;
    return out;
  }

  // -- requests ----------------------------------------------------------------------------------------------

  served_answer paged(const served_request& r, const json& all) {
    auto start = number(r, "start", 0), limit = std::min(number(r, "limit", 25), page);
    auto some = json::array();
    for (auto i = start; i < std::min(start + limit, all.size()); ++i)
      some.push_back(all[i]);
    auto last = start + limit >= all.size();
    return told({{"values", some},
                 {"size", some.size()},
                 {"limit", limit},
                 {"start", start},
                 {"isLastPage", last},
                 {"nextPageStart", last ? json(nullptr) : json(start + limit)}});
  }

  served_answer take(const served_request& r) override {
    if (r.header("Authorization") != std::string{"Bearer "} + token)
      refuse(401, "AuthenticationException", "Authentication failed. Please check your credentials and try again.");
    auto body = json::object();
    if (r.method != "GET") {
      if (r.header("Content-Type").value_or("").find("application/json") != 0 ||
          r.header("X-Atlassian-Token") != "no-check")
        complain(r, 403, "XSRF check failed");
      body = body_of(r);
      changing();
    }
    constexpr auto root = "/rest/api/1.0";
    if (r.path.compare(0, 13, root) != 0)
      complain(r, 404, "no such resource");
    auto parts = parts_of(r.path.substr(13));
    if (parts.empty() || parts[0] != "projects" || (parts.size() > 2 && parts[2] != "repos"))
      complain(r, 404, "no such resource");
    auto key = [](const std::string& in) { return in.substr(0, in.find('/')); };
    if (parts.size() < 4) {
      if (r.method != "GET")
        complain(r, 405, "no such method");
      if (parts.size() == 1) {
        only(r, {"limit", "start"});
        auto all = json::array();
        for (auto& [in, _] : repositories_)
          all.push_back({{"key", key(in)}});
        return paged(r, all);
      }
      for (auto& [in, _] : repositories_)
        if (parts.size() == 2 && key(in) == parts[1])
          return told({{"key", key(in)}, {"id", 1}, {"name", key(in)}, {"type", "NORMAL"}});
      refuse(404, "project.NoSuchProjectException", "Project " + parts[1] + " does not exist.");
    }
    auto in = parts[1] + "/" + parts[3];
    auto at = repositories_.find(in);
    if (at == repositories_.end())
      refuse(404, "repository.NoSuchRepositoryException", "Repository " + in + " does not exist.");
    if (parts.size() == 4 && r.method == "GET") {
      only(r, {});
      return told(show_repository(in));
    }
    if (parts.size() == 5 && parts[4] == "default-branch" && r.method == "GET") {
      only(r, {});
      auto& branch = at->second.default_branch;
      return told({{"id", "refs/heads/" + branch}, {"displayId", branch}, {"type", "BRANCH"}});
    }
    if (parts.size() < 5 || parts[4] != "pull-requests")
      complain(r, 404, "no such resource");
    if (parts.size() == 5 && r.method == "GET")
      return list(r, in, at->second);
    if (parts.size() == 5 && r.method == "POST")
      return open(r, in, at->second, body);
    auto number = parts.at(5);
    auto wants_diff = number.size() > 5 && number.substr(number.size() - 5) == ".diff";
    if (wants_diff)
      number.resize(number.size() - 5);
    auto p = at->second.pulls.find(std::stoll(number));
    if (p == at->second.pulls.end())
      refuse(404, "pull.NoSuchPullRequestException", "Pull request " + number + " does not exist in " + in + ".");
    if (wants_diff && parts.size() == 6 && r.method == "GET") {
      if (r.header("Accept") != "text/plain")
        complain(r, 406, "a diff is text/plain");
      auto text = served_answer{};
      text.headers = {{"Content-Type", "text/plain;charset=UTF-8"}};
      text.body = "diff --git a/file b/file\n--- a/file\n+++ b/file\n@@ -1 +1 @@\n-a\n+b\n";
      return text;
    }
    return one(r, in, at->second, p->second, {parts.begin() + 6, parts.end()}, body);
  }

  served_answer list(const served_request& r, const std::string& in, const repository& repo) {
    only(r, {"state", "order", "direction", "at", "start", "limit"});
    auto state = r.parameter("state").value_or("OPEN"), branch = r.parameter("at").value_or("");
    auto outgoing = r.parameter("direction").value_or("INCOMING") == "OUTGOING";
    if (state != "OPEN" && state != "ALL" && state != "MERGED" && state != "DECLINED")
      complain(r, 400, "there is no state " + state);
    auto some = std::vector<const pull*>{};
    for (auto& [_, p] : repo.pulls)
      if ((state == "ALL" || p.state == state) &&
          (branch.empty() || branch == "refs/heads/" + (outgoing ? p.from : p.to)))
        some.push_back(&p);
    std::sort(some.begin(), some.end(), [](auto a, auto b) { return a->updated > b->updated; });
    auto all = json::array();
    for (auto p : some)
      all.push_back(show(in, *p));
    return paged(r, all);
  }

  served_answer open(const served_request& r, const std::string& in, repository& repo, const json& body) {
    only(r, {});
    only(r, body, {"title", "description", "fromRef", "toRef", "reviewers", "draft"});
    auto p = pull{};
    auto branch = [&](const char* name) {
      auto& ref = body.at(name);
      if (ref.at("repository").at("slug").get<std::string>() != in.substr(in.find('/') + 1) ||
          ref.at("repository").at("project").at("key").get<std::string>() != in.substr(0, in.find('/')))
        complain(r, 400, "another repository");
      auto id = ref.at("id").get<std::string>();
      if (id.compare(0, 11, "refs/heads/") != 0)
        complain(r, 400, "no full name of a branch: " + id);
      if (repo.branches.count(id.substr(11)) == 0)
        refuse(404, "repository.NoSuchBranchException", "Branch \"" + id + "\" does not exist.");
      return id.substr(11);
    };
    p.title = body.at("title").get<std::string>();
    p.description = body.value("description", "");
    if (p.title.empty() || p.title.size() > 4 * 255 || p.description.size() > 32'768)
      complain(r, 400, "the title or the description is too long");
    p.from = branch("fromRef");
    p.to = branch("toRef");
    p.draft = body.value("draft", false);
    for (auto& [_, there] : repo.pulls)
      if (there.state == "OPEN" && there.from == p.from && there.to == p.to && there.fork.empty())
        refuse(409, "pull.DuplicatePullRequestException",
               "Only one pull request may be open for a given source and target branch",
               {{"existingPullRequest", show(in, there)}});
    if (repo.branches[p.from] == repo.branches[p.to])
      refuse(409, "pull.EmptyPullRequestException", "there are no changes to be pulled");
    auto errors = json::array();
    for (auto& who : body.value("reviewers", json::array())) {
      auto name = who.at("user").at("name").get<std::string>();
      if (people.count(name) == 0)
        errors.push_back({{"context", name}, {"message", name + " is not a user."}, {"exceptionName", nullptr}});
      p.reviewers.push_back({name, "UNAPPROVED", {}});
    }
    if (!errors.empty())
      refuse(409, "pull.InvalidPullRequestReviewersException", "Errors encountered while adding some reviewers",
             {{"reviewerErrors", errors}, {"validReviewers", json::array()}});
    p.id = repo.pulls.empty() ? 1 : repo.pulls.rbegin()->first + 1;
    p.updated = ++ids_;
    repo.pulls[p.id] = p;
    return told(show(in, p), 201);
  }

  void check_version(std::int64_t wanted, const pull& p) {
    if (wanted != p.version)
      refuse(409, "pull.PullRequestOutOfDateException",
             "You are attempting to modify a pull request based on "
             "out-of-date information.");
  }

  static comment* search(std::vector<comment>& all, std::int64_t id) {
    for (auto& c : all) {
      if (c.id == id)
        return &c;
      if (auto deeper = search(c.replies, id))
        return deeper;
    }
    return nullptr;
  }

  static void tasks(const std::vector<comment>& all, json& out) {
    for (auto& c : all) {
      if (c.task && !c.resolved)
        out.push_back(show(c));
      tasks(c.replies, out);
    }
  }

  served_answer one(const served_request& r, const std::string& in, repository& repo, pull& p,
                    const std::vector<std::string>& rest, const json& body) {
    auto what = rest.empty() ? std::string{} : rest[0];
    if (rest.empty() && r.method == "GET") {
      only(r, {});
      return told(show(in, p));
    }
    if (rest.size() == 1 && r.method == "POST" && (what == "merge" || what == "decline")) {
      only(r, {"version"});
      only(r, body, {"version"});
      check_version(std::stoll(r.parameter("version").value_or("-1")), p);
      if (p.state != "OPEN")
        refuse(409, "pull.IllegalPullRequestStateException", "This pull request has already been " + p.state);
      if (what == "merge" && (p.conflicts || !p.vetoes.empty())) {
        auto vetoes = json::array();
        for (auto& v : p.vetoes)
          vetoes.push_back({{"summaryMessage", v}, {"detailedMessage", v}});
        refuse(409, "pull.PullRequestMergeVetoedException", "The pull request cannot be merged",
               {{"conflicted", p.conflicts}, {"vetoes", vetoes}});
      }
      p.state = what == "merge" ? "MERGED" : "DECLINED";
      ++p.version;
      p.updated = ++ids_;
      return told(show(in, p));
    }
    if (rest.size() == 1 && r.method == "GET" && what == "changes") {
      only(r, {"start", "limit"});
      auto all = json::array({{{"path", {{"toString", "calm.txt"}}}}});
      if (p.conflicts)
        all.push_back({{"path", {{"toString", "src/torn.txt"}}}, {"conflict", {{"ourChange", json::object()}}}});
      return paged(r, all);
    }
    if (rest.size() == 1 && r.method == "GET" && what == "activities") {
      only(r, {"start", "limit"});
      auto all = json::array();
      all.push_back({{"id", 1}, {"action", "OPENED"}, {"user", user(account)}});
      for (auto& c : p.comments) {
        if (c.deleted)
          continue;
        auto a = json{{"id", c.id},
                      {"action", "COMMENTED"},
                      {"commentAction", "ADDED"},
                      {"user", user(c.author)},
                      {"comment", show(c)}};
        if (!c.path.empty())
          a["commentAnchor"] = {{"path", c.path}, {"line", c.line}, {"lineType", "ADDED"}, {"fileType", "TO"}};
        all.push_back(a);
      }
      std::reverse(all.begin(), all.end());
      return paged(r, all);
    }
    if (rest.size() == 1 && r.method == "GET" && what == "blocker-comments") {
      only(r, {"start", "limit", "state"});
      auto all = json::array();
      tasks(p.comments, all);
      return paged(r, all);
    }
    if (what != "comments")
      complain(r, 404, "no such resource");
    if (rest.size() == 1 && r.method == "POST") {
      only(r, {});
      only(r, body, {"text", "parent"});
      auto text = body.at("text").get<std::string>();
      if (text.empty() || text.size() > 32'768)
        complain(r, 400, "the text is empty or too long");
      auto c = fresh(account, text);
      auto to = &p.comments;
      if (body.contains("parent")) {
        auto parent = search(p.comments, body["parent"].at("id").get<std::int64_t>());
        if (parent == nullptr)
          refuse(404, "comment.NoSuchCommentException", "the parent does not exist");
        to = &parent->replies;
      }
      to->push_back(c);
      return told(show(c), 201);
    }
    if (rest.size() != 2)
      complain(r, 405, "no such method");
    auto c = search(p.comments, std::stoll(rest[1]));
    if (c == nullptr || c->deleted)
      refuse(404, "comment.NoSuchCommentException", "Comment " + rest[1] + " does not exist.");
    if (r.method == "PUT") {
      only(r, {});
      only(r, body, {"version", "state", "threadResolved"});
      if (body.at("version").get<std::int64_t>() != c->version)
        refuse(409, "comment.CommentOutOfDateException",
               "You are attempting to update a comment based on out-of-date "
               "information.");
      if (!repo.may_resolve)
        refuse(401, "AuthorisationException", "You are not permitted to access this resource");
      if (c->task ? body.value("state", "") != "RESOLVED" : !body.value("threadResolved", false))
        complain(r, 400, "a task has a state, a thread is resolved");
      c->resolved = true;
      ++c->version;
    } else if (r.method != "GET") {
      complain(r, 405, "no such method");
    }
    return told(show(*c));
  }

  std::map<std::string, repository> repositories_;
  std::int64_t ids_ = 0;
  http_server server_; ///< last: its threads use the rest
};

} // namespace hyakki::test
