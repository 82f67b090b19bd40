#pragma once
// Bitbucket Cloud, as far as its public documentation says how it answers: repositories, pull requests, comments,
// tasks, activity, default reviewers. Keeps state, and refuses what Bitbucket refuses: unknown paths, methods, fields
// of a query or a body, another way to be let in, threads that cannot be resolved.
//
// Commits are told in twelve digits, pages by an absolute `next`, and a diff by a redirect, as Bitbucket does.

#include "tests/support/vendor_server.hpp"

#include <algorithm>
#include <cstdio>
#include <ctime>
#include <map>

namespace hyakki::test {

class bitbucket_cloud_server final : public vendor_server {
public:
  struct comment {
    std::int64_t id = 0, parent = 0, at = 0;
    std::string author, text, path;
    std::int64_t line = 0;
    bool resolved = false, deleted = false, pending = false;
  };
  struct task {
    std::int64_t id = 0, under = 0, at = 0, changed = 0;
    std::string author, text;
    bool resolved = false;
  };
  struct participant {
    std::string name, state; ///< approved, changes_requested, or nothing
    std::int64_t at = 0;
  };
  struct pull {
    std::int64_t id = 0;
    std::string title, description, from, to, state = "OPEN", fork;
    bool draft = false, conflicts = false, slow_to_merge = false;
    std::vector<std::string> reviewers; ///< names
    std::vector<participant> participants;
    std::vector<comment> comments;
    std::vector<task> tasks;
    std::vector<json> activity; ///< oldest first
  };
  struct repository {
    std::string main_branch = "main";
    bool may_resolve = true, may_finish_tasks = true;
    std::vector<std::string> default_reviewers;
    std::map<std::string, std::string> branches{{"main", std::string(40, '0')}};
    std::map<std::int64_t, pull> pulls;
  };

  static constexpr auto email = "bot@example.org";
  static constexpr auto token = "ATATT3xCANARY0123456789abcdefghijklmnopqrstuvw";
  static constexpr auto access_token = "ATCTT3xCANARY0123456789abcdefghijklmnopqrstuvw";
  static constexpr auto account = "hyakki bot";

  bitbucket_cloud_server() : server_([this](auto& r) { return serve(r); }) {}
  const http_server& http() const override { return server_; }

  // -- its state, for tests ----------------------------------------------------------------------------------

  repository& repo(const std::string& name = "acme/repo") { return repositories_[name]; }
  pull& at(std::int64_t id) { return repo().pulls.at(id); }
  std::string grow(const std::string& branch) {
    auto guard = std::lock_guard{mutex_};
    auto digits = std::to_string(++ids_);
    auto head = digits + std::string(40 - digits.size(), 'a');
    repo().branches[branch] = head;
    for (auto& [_, p] : repo().pulls)
      if (p.from == branch && p.state == "OPEN")
        p.activity.push_back(updated(p));
    return head;
  }
  /// What a repository behind it holds now; for `instead`.
  void found_branches(std::map<std::string, std::string> now) {
    auto before = std::exchange(repo().branches, std::move(now));
    for (auto& [_, p] : repo().pulls)
      if (p.state == "OPEN" && before[p.from] != repo().branches[p.from])
        p.activity.push_back(updated(p));
  }
  comment& say(std::int64_t id, const std::string& author, const std::string& text, const std::string& path = {},
               std::int64_t line = 0, std::int64_t parent = 0) {
    auto guard = std::lock_guard{mutex_};
    auto& all = at(id).comments;
    all.push_back({++ids_, parent, ids_, author, text, path, line});
    return all.back();
  }
  task& ask_for(std::int64_t id, const std::string& author, const std::string& text, std::int64_t under = 0) {
    auto guard = std::lock_guard{mutex_};
    auto& all = at(id).tasks;
    all.push_back({++ids_, under, ids_, ids_, author, text});
    return all.back();
  }
  comment* find(std::int64_t id, const std::string& text) {
    for (auto& c : at(id).comments)
      if (c.text == text)
        return &c;
    return nullptr;
  }
  std::size_t replies(std::int64_t id, const std::string& text) {
    auto under = find(id, text)->id;
    auto& all = at(id).comments;
    return static_cast<std::size_t>(std::count_if(all.begin(), all.end(), [&](auto& c) { return c.parent == under; }));
  }
  void review(std::int64_t id, const std::string& who, const std::string& state) {
    auto guard = std::lock_guard{mutex_};
    auto& all = at(id).participants;
    auto there = std::find_if(all.begin(), all.end(), [&](auto& p) { return p.name == who; });
    if (there == all.end())
      there = all.insert(there, {who, {}, 0});
    there->state = state;
    there->at = ++ids_;
  }
  static std::string uuid_of(const std::string& name) {
    auto n = std::to_string(std::hash<std::string>{}(name) % 1'000'000'000'000);
    return "{00000000-0000-4000-8000-" + std::string(12 - n.size(), '0') + n + "}";
  }
  static std::string account_id_of(const std::string& name) { return "712020:" + uuid_of(name).substr(1, 36); }
  std::set<std::string> people{account, "ann", "bob"};
  std::size_t page = 50; ///< the most that a page holds, whatever is asked

private:
  json refusal_body(const std::string& words) const override {
    return {{"type", "error"}, {"error", {{"message", words}}}};
  }
  [[noreturn]] void refuse_field(const std::string& field, const std::string& words) const {
    throw refusal{
      400,
      {{"type", "error"}, {"error", {{"message", field + ": " + words}, {"fields", {{field, json::array({words})}}}}}}};
  }

  // -- JSON --------------------------------------------------------------------------------------------------

  static std::string time(std::int64_t n) {
    auto at = std::time_t{1'790'000'000 + n};
    char text[40];
    std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S.039178+00:00", std::gmtime(&at));
    return text;
  }
  static json user(const std::string& name) {
    return {{"type", "user"},
            {"display_name", name},
            {"nickname", name},
            {"uuid", uuid_of(name)},
            {"account_id", account_id_of(name)}};
  }
  json end(const std::string& in, const std::string& branch) const {
    auto& branches = repositories_.at(in.find("fork/") == 0 ? "acme/repo" : in).branches;
    auto at = branches.find(branch);
    auto commit = at == branches.end() ? json(nullptr) : json{{"type", "commit"}, {"hash", at->second.substr(0, 12)}};
    return {{"branch", {{"name", branch}}},
            {"commit", commit},
            {"repository", {{"type", "repository"}, {"full_name", in}, {"uuid", uuid_of(in)}}}};
  }
  json updated(const pull& p) {
    return {{"update", {{"state", p.state}, {"date", time(++ids_)}, {"source", end("acme/repo", p.from)}}}};
  }
  json show(const std::string& in, const pull& p, bool whole = true) const {
    auto out = json{{"type", "pullrequest"},
                    {"id", p.id},
                    {"title", p.title},
                    {"description", p.description},
                    {"summary", {{"raw", p.description}, {"markup", "markdown"}, {"html", ""}}},
                    {"state", p.state},
                    {"draft", p.draft},
                    {"source", end(p.fork.empty() ? in : p.fork, p.from)},
                    {"destination", end(in, p.to)},
                    {"author", user(account)},
                    {"created_on", time(p.id)},
                    {"task_count", p.tasks.size()},
                    {"links", {{"html", {{"href", "https://elsewhere.example/"}}}}}};
    if (!whole)
      return out;
    out["reviewers"] = json::array();
    for (auto& r : p.reviewers)
      out["reviewers"].push_back(user(r));
    out["participants"] = json::array();
    for (auto& who : p.participants)
      out["participants"].push_back({{"type", "participant"},
                                     {"user", user(who.name)},
                                     {"role", "REVIEWER"},
                                     {"approved", who.state == "approved"},
                                     {"state", who.state.empty() ? json(nullptr) : json(who.state)},
                                     {"participated_on", time(who.at)}});
    return out;
  }
  static json show(const comment& c) {
    auto out = json{{"type", "pullrequest_comment"},
                    {"id", c.id},
                    {"created_on", time(c.at)},
                    {"updated_on", time(c.at)},
                    {"content", {{"raw", c.deleted ? "" : c.text}, {"markup", "markdown"}, {"html", ""}}},
                    {"user", c.author.empty() ? json(nullptr) : user(c.author)},
                    {"deleted", c.deleted},
                    {"pending", c.pending}};
    if (c.parent != 0)
      out["parent"] = {{"id", c.parent}};
    if (!c.path.empty())
      out["inline"] = {{"path", c.path}, {"from", nullptr}, {"to", c.line}};
    if (c.resolved)
      out["resolution"] = {{"type", "comment_resolution"}, {"created_on", time(c.at)}};
    return out;
  }
  static json show(const task& t) {
    auto out = json{{"id", t.id},
                    {"created_on", time(t.at)},
                    {"updated_on", time(t.changed)},
                    {"state", t.resolved ? "RESOLVED" : "UNRESOLVED"},
                    {"content", {{"raw", t.text}, {"markup", "markdown"}, {"html", ""}}},
                    {"creator", user(t.author)}};
    if (t.under != 0)
      out["comment"] = {{"id", t.under}};
    return out;
  }

  // -- requests ----------------------------------------------------------------------------------------------

  std::string root(const served_request& r) const { return "http://" + r.header("Host").value_or("") + "/2.0"; }

  served_answer paged(const served_request& r, const json& all, std::set<std::string> known, std::size_t most) {
    known.insert({"page", "pagelen"});
    only(r, known);
    auto length = number(r, "pagelen", 10), n = number(r, "page", 1);
    if (length == 0 || length > most || n == 0)
      complain(r, 400, "Invalid pagelen or page");
    length = std::min(length, page);
    auto values = json::array();
    for (auto i = (n - 1) * length; i < std::min(n * length, all.size()); ++i)
      values.push_back(all[i]);
    auto out = json{{"values", values}, {"page", n}, {"pagelen", length}, {"size", all.size()}};
    if (n * length < all.size()) {
      auto next = std::string{};
      for (auto rest = r.target.substr(r.target.find('?') + 1); r.target.find('?') != std::string::npos;) {
        auto one = rest.substr(0, rest.find('&'));
        if (one.compare(0, 5, "page=") != 0)
          next += one + "&";
        if (rest.find('&') == std::string::npos)
          break;
        rest = rest.substr(rest.find('&') + 1);
      }
      out["next"] = "http://" + r.header("Host").value_or("") + r.path + "?" + next + "page=" + std::to_string(n + 1);
    }
    return told(out);
  }

  served_answer take(const served_request& r) override {
    auto credentials = r.header("Authorization").value_or("");
    if (credentials != "Basic " + base64(std::string{email} + ":" + token) &&
        credentials != std::string{"Bearer "} + access_token)
      refuse(401, "Token is invalid, expired, or not supported for this endpoint.");
    if (r.method != "GET")
      changing();
    auto body = body_of(r);
    auto parts = parts_of(r.path);
    if (parts.size() < 3 || parts[0] != "2.0" || parts[1] != "repositories")
      complain(r, 404, "Resource not found");
    if (parts.size() == 3 && r.method == "GET") {
      auto all = json::array();
      for (auto& [in, _] : repositories_)
        if (in.substr(0, in.find('/')) == parts[2])
          all.push_back({{"type", "repository"}, {"full_name", in}});
      if (all.empty())
        refuse(404, "No workspace with identifier '" + parts[2] + "'.");
      return paged(r, all, {"role", "q", "sort"}, 100);
    }
    auto in = parts[2] + "/" + (parts.size() > 3 ? parts[3] : "");
    auto found = repositories_.find(in);
    if (found == repositories_.end())
      refuse(404, "You may not have access to this repository or it no longer exists in this workspace.");
    auto& repo = found->second;
    auto rest = std::vector<std::string>(parts.begin() + 4, parts.end());
    if (rest.empty() && r.method == "GET") {
      only(r, {});
      auto main = repo.main_branch.empty() ? json(nullptr) : json{{"type", "branch"}, {"name", repo.main_branch}};
      auto clone = json::array({{{"name", "https"}, {"href", "https://evil.example/" + in + ".git"}}});
      return told({{"type", "repository"}, {"full_name", in}, {"mainbranch", main}, {"links", {{"clone", clone}}}});
    }
    if (rest.size() == 1 && rest[0] == "effective-default-reviewers" && r.method == "GET") {
      auto all = json::array();
      for (auto& who : repo.default_reviewers)
        all.push_back({{"type", "default_reviewer"}, {"reviewer_type", "repository"}, {"user", user(who)}});
      return paged(r, all, {}, 100);
    }
    if (rest.size() == 2 && rest[0] == "diff" && r.method == "GET") {
      only(r, {"from_pullrequest_id", "topic"});
      auto text = served_answer{};
      text.headers = {{"Content-Type", "text/plain"}};
      text.body = "diff --git a/file b/file\n--- a/file\n+++ b/file\n@@ -1 +1 @@\n-a\n+b\n";
      return text;
    }
    if (rest.size() == 2 && rest[0] == "file-conflicts" && r.method == "GET") {
      auto torn = json::array({{{"type", "file_conflict"}, {"path", "src/torn.txt"}, {"scenario", "content"}}});
      auto some = std::any_of(repo.pulls.begin(), repo.pulls.end(), [](auto& p) { return p.second.conflicts; });
      return paged(r, some ? torn : json::array(), {"from_pullrequest_id", "topic"}, 500);
    }
    if (rest.empty() || rest[0] != "pullrequests")
      complain(r, 404, "Resource not found");
    if (rest.size() == 1 && r.method == "GET")
      return list(r, in, repo);
    if (rest.size() == 1 && r.method == "POST")
      return open(r, in, repo, body);
    if (rest.size() == 1 || rest[1].find_first_not_of("0123456789") != std::string::npos)
      complain(r, 404, "Resource not found");
    auto p = repo.pulls.find(std::stoll(rest[1]));
    if (p == repo.pulls.end())
      refuse(404, "Resource not found");
    return one(r, in, repo, p->second, {rest.begin() + 2, rest.end()}, body);
  }

  served_answer list(const served_request& r, const std::string& in, const repository& repo) {
    auto states = std::set<std::string>{};
    for (auto& [name, value] : r.query)
      if (name == "state" && !states.insert(value).second)
        complain(r, 400, "a state is named twice");
    for (auto& s : states)
      if (s != "OPEN" && s != "MERGED" && s != "DECLINED" && s != "SUPERSEDED")
        complain(r, 400, "there is no state " + s);
    if (states.empty())
      states = {"OPEN"};
    auto branch = std::optional<std::string>{};
    if (auto q = r.parameter("q")) {
      constexpr std::string_view begins = "source.branch.name = \"";
      if (q->substr(0, begins.size()) != begins || q->back() != '"')
        complain(r, 400, "a filter that this server does not know");
      branch = std::string{};
      for (auto i = begins.size(); i + 1 < q->size(); ++i)
        *branch += (*q)[i] == '\\' ? (*q)[++i] : (*q)[i];
    }
    auto all = json::array();
    for (auto& [_, p] : repo.pulls)
      if (states.count(p.state) != 0 && (!branch || *branch == p.from))
        all.push_back(show(in, p, false));
    auto sort = r.parameter("sort").value_or("-created_on");
    if (sort != "-created_on")
      complain(r, 400, "a sorting that this server does not know");
    std::reverse(all.begin(), all.end());
    return paged(r, all, {"state", "q", "sort"}, 50);
  }

  std::string branch_of(const served_request& r, const repository& repo, const json& body, const char* name) {
    only(r, body.at(name), {"branch", "repository", "commit"});
    auto branch = body.at(name).at("branch").at("name").get<std::string>();
    if (repo.branches.count(branch) == 0)
      refuse_field(name, "branch not found: " + branch);
    return branch;
  }

  served_answer open(const served_request& r, const std::string& in, repository& repo, const json& body) {
    only(r, {});
    only(r, body, {"type", "title", "description", "source", "destination", "reviewers", "draft"}, {"type", "title"});
    auto p = pull{};
    p.title = body.at("title").get<std::string>();
    p.description = body.value("description", "");
    if (p.title.empty() || p.title.size() > 4 * 255 || p.description.size() > 32'768)
      complain(r, 400, "the title or the description is too long");
    p.from = branch_of(r, repo, body, "source");
    p.to = branch_of(r, repo, body, "destination");
    p.draft = body.value("draft", false);
    if (repo.branches[p.from] == repo.branches[p.to])
      refuse(400, "There are no changes to be pulled");
    for (auto& who : body.value("reviewers", json::array())) {
      only(r, who, {"type", "uuid", "account_id"}, {"type"});
      auto known = std::find_if(people.begin(), people.end(), [&](auto& name) {
        return who.value("uuid", "") == uuid_of(name) || who.value("account_id", "") == account_id_of(name);
      });
      if (known == people.end())
        refuse_field("reviewers", "Malformed reviewers list");
      if (*known == account)
        refuse_field("reviewers", *known + " is the author and cannot be included as a reviewer.");
      p.reviewers.push_back(*known);
      p.participants.push_back({*known, {}, ++ids_});
    }
    for (auto& [_, there] : repo.pulls)
      if (there.state == "OPEN" && there.from == p.from && there.to == p.to && there.fork.empty())
        refuse(409, "There is an open pull request between these branches already");
    p.id = repo.pulls.empty() ? 1 : repo.pulls.rbegin()->first + 1;
    p.activity.push_back(updated(p));
    repo.pulls[p.id] = p;
    return told(show(in, p), 201);
  }

  served_answer one(const served_request& r, const std::string& in, repository& repo, pull& p,
                    const std::vector<std::string>& rest, const json& body) {
    auto what = rest.empty() ? std::string{} : rest[0];
    if (rest.empty() && r.method == "GET") {
      only(r, {});
      return told(show(in, p));
    }
    if (rest.size() == 1 && r.method == "POST" && (what == "merge" || what == "decline")) {
      only(r, {});
      only(r, body, {});
      if (p.state != "OPEN")
        refuse(400, "This pull request is already closed.");
      if (what == "merge" && p.conflicts)
        refuse(400, "You can't merge until you resolve all merge conflicts.");
      p.state = what == "merge" ? "MERGED" : "DECLINED";
      if (p.slow_to_merge)
        refuse(555, "This merge took too long and timed out.");
      return told(show(in, p));
    }
    if (rest.size() == 1 && r.method == "GET" && (what == "diff" || what == "conflicts")) {
      only(r, {});
      auto away = served_answer{};
      away.status = 302;
      auto target = std::string{what == "diff" ? "/diff/" : "/file-conflicts/"} + repo.branches[p.from].substr(0, 12) +
                    "%0D" + repo.branches[p.to].substr(0, 12);
      away.headers = {{"Location", root(r) + "/repositories/" + in + target +
                                     "?from_pullrequest_id=" + std::to_string(p.id) + "&topic=true"}};
      return away;
    }
    if (rest.size() == 1 && r.method == "GET" && what == "activity") {
      auto all = json::array();
      for (auto at = p.activity.rbegin(); at != p.activity.rend(); ++at)
        all.push_back(*at);
      return paged(r, all, {}, 50);
    }
    if (what == "comments")
      return comments(r, repo, p, rest, body);
    if (what == "tasks")
      return tasks(r, repo, p, rest, body);
    complain(r, 404, "Resource not found");
  }

  served_answer comments(const served_request& r, const repository& repo, pull& p, const std::vector<std::string>& rest,
                         const json& body) {
    if (rest.size() == 1 && r.method == "GET") {
      auto all = json::array();
      for (auto& c : p.comments)
        all.push_back(show(c));
      return paged(r, all, {"q", "sort"}, 100);
    }
    only(r, {});
    auto search = [&](std::int64_t id) {
      auto at = std::find_if(p.comments.begin(), p.comments.end(), [&](auto& c) { return c.id == id; });
      if (at == p.comments.end() || at->deleted)
        refuse(404, "There is no comment " + std::to_string(id));
      return at;
    };
    if (rest.size() == 1 && r.method == "POST") {
      only(r, body, {"type", "content", "parent"}, {"type", "content"});
      only(r, body["content"], {"raw"}, {"raw"});
      auto text = body["content"]["raw"].get<std::string>();
      if (text.empty() || text.size() > 32'768)
        complain(r, 400, "the text is empty or too long");
      auto c = comment{};
      if (body.contains("parent")) {
        only(r, body["parent"], {"type", "id"}, {"type", "id"});
        c.parent = search(body["parent"]["id"].get<std::int64_t>())->id;
      }
      c.id = c.at = ++ids_;
      c.author = account;
      c.text = text;
      p.comments.push_back(c);
      return told(show(c), 201);
    }
    if (rest.size() != 3 || rest[2] != "resolve" || r.method != "POST")
      complain(r, 405, "no such method");
    only(r, body, {});
    auto c = search(std::stoll(rest[1]));
    if (c->parent != 0 || c->path.empty())
      complain(r, 403, "only a thread at the change can be resolved");
    if (!repo.may_resolve)
      refuse(403, "Your credentials lack one or more required privilege scopes.");
    if (c->resolved)
      refuse(409, "This comment is resolved already");
    c->resolved = true;
    return told({{"type", "comment_resolution"}, {"user", user(account)}});
  }

  served_answer tasks(const served_request& r, const repository& repo, pull& p, const std::vector<std::string>& rest,
                      const json& body) {
    if (rest.size() == 1 && r.method == "GET") {
      auto all = json::array();
      for (auto& t : p.tasks)
        all.push_back(show(t));
      return paged(r, all, {"q", "sort"}, 100);
    }
    only(r, {});
    if (rest.size() != 2 || (r.method != "GET" && r.method != "PUT"))
      complain(r, 405, "no such method");
    auto at = std::find_if(p.tasks.begin(), p.tasks.end(), [&](auto& t) { return t.id == std::stoll(rest[1]); });
    if (at == p.tasks.end())
      refuse(404, "There is no task " + rest[1]);
    if (r.method == "PUT") {
      only(r, body, {"state", "content"});
      if (body.at("state") != "RESOLVED" && body.at("state") != "UNRESOLVED")
        complain(r, 400, "there is no such state of a task");
      if (!repo.may_finish_tasks)
        refuse(403, "Your credentials lack one or more required privilege scopes.");
      at->resolved = body["state"] == "RESOLVED";
      at->changed = ++ids_;
    }
    return told(show(*at));
  }

  std::map<std::string, repository> repositories_;
  std::int64_t ids_ = 0;
  http_server server_; ///< last: its threads use the rest
};

} // namespace hyakki::test
