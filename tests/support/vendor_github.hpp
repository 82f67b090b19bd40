#pragma once
// GitHub, as far as its public documentation says how it answers: issues, labels, comments, links between issues, pull
// requests, reviews, and the GraphQL that the keepers use. Keeps state, and refuses what GitHub refuses: unknown paths,
// methods, fields of a query or a body, another way to be let in, a request without a User-Agent, writes in a hurry.
//
// An Enterprise Server by its addresses (/api/v3, /api/graphql). What it refused is kept in `complaints`, so that a
// test can ask that there were none.

#include "core/clock.hpp"
#include "tests/support/http_server.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cctype>
#include <cstdint>
#include <cstdio>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <regex>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace hyakki::test {

class github_server {
public:
  using json = nlohmann::json;

  struct comment {
    std::int64_t id = 0;
    std::string author, body, at;
  };
  struct issue {
    std::int64_t number = 0;
    std::string title, body, state = "open", reason, at;
    std::vector<std::string> labels, assignees;
    std::vector<comment> comments;
    std::vector<std::int64_t> blocked_by;
    bool pull = false, deleted = false, damaged = false;
  };
  struct review {
    std::int64_t id = 0;
    std::string author, state, body, at;
  };
  struct thread {
    std::string id, path;
    std::int64_t line = 0;
    bool resolved = false;
    std::vector<comment> comments;
  };
  struct pull {
    std::int64_t number = 0;
    std::string head, base, sha;
    bool merged = false, draft = false, conflicts = false, from_fork = false;
    std::vector<std::string> asked;
    std::vector<review> reviews;
    std::vector<thread> threads;
  };
  struct repository {
    std::string default_branch = "main";
    bool archived = false, is_private = false, drafts = true, may_write = true, links = true, diff_too_large = false;
    std::set<std::string> ways{"merge", "squash", "rebase"};
    std::map<std::string, std::string> branches{{"main", std::string(40, '0')}};
    std::map<std::int64_t, issue> issues; ///< pull requests too: they share the numbers
    std::map<std::int64_t, pull> pulls;
  };

  static constexpr auto token = "ghp_CANARY0123456789abcdefghijklmnopqrst";
  static constexpr auto account = "hyakki-bot";

  /// `time`: writes must be a second apart by it; nullptr = that is not looked at.
  explicit github_server(const clock* time = nullptr) : time_(time), server_([this](auto& r) { return serve(r); }) {}

  std::string url() const { return server_.url(); }
  const http_server& http() const { return server_; }
  http_server::handler handler() {
    return [this](const served_request& r) { return serve(r); };
  }

  // -- its state, for tests ----------------------------------------------------------------------------------

  repository& repo(const std::string& name = "acme/repo") { return repositories_[name]; }
  issue& add_issue(const std::string& title, std::vector<std::string> labels, const std::string& in = "acme/repo") {
    auto guard = std::lock_guard{mutex_};
    auto& r = repo(in);
    auto i = issue{};
    i.number = next_number(r);
    i.title = title;
    i.labels = std::move(labels);
    i.at = tick();
    return r.issues[i.number] = std::move(i);
  }
  issue& at(std::int64_t number, const std::string& in = "acme/repo") { return repo(in).issues.at(number); }
  void say(std::int64_t number, const std::string& author, const std::string& text,
           const std::string& in = "acme/repo") {
    auto guard = std::lock_guard{mutex_};
    at(number, in).comments.push_back({++ids_, author, text, tick()});
  }
  void say_at(std::int64_t number, const std::string& author, const std::string& text, const std::string& path,
              std::int64_t line, const std::string& in = "acme/repo") {
    auto guard = std::lock_guard{mutex_};
    auto t = thread{"PRRT_" + std::to_string(++ids_), path, line, false, {}};
    t.comments.push_back({++ids_, author, text, tick()});
    repo(in).pulls.at(number).threads.push_back(std::move(t));
  }
  void add_review(std::int64_t number, const std::string& author, const std::string& state, const std::string& body,
                  const std::string& in = "acme/repo") {
    auto guard = std::lock_guard{mutex_};
    repo(in).pulls.at(number).reviews.push_back({++ids_, author, state, body, tick()});
  }
  std::string grow(const std::string& branch, const std::string& in = "acme/repo") {
    auto guard = std::lock_guard{mutex_};
    auto digits = std::to_string(++ids_);
    return repo(in).branches[branch] = std::string(40 - digits.size(), 'a') + digits;
  }
  /// People who may write; everybody else is a stranger.
  std::set<std::string> collaborators{account, "ann", "bob"};

  /// Changes its state while nobody is being answered.
  void between_requests(const std::function<void()>& change) {
    auto guard = std::lock_guard{mutex_};
    change();
  }

  // -- what goes wrong ---------------------------------------------------------------------------------------

  /// The next change is made, and its answer never arrives.
  void lose_next_answer() { lose_ = true; }
  /// Answers this instead, while it does not say "nothing".
  std::function<std::optional<served_answer>(const served_request&)> instead;
  /// Says what is left of the quota instead of its own words.
  std::function<void(served_answer&)> also;
  /// Writes of another client are none of this one's.
  void forget_writes() {
    auto guard = std::lock_guard{mutex_};
    last_write_.reset();
  }

  std::vector<std::string> complaints;
  std::size_t requests = 0, unchanged = 0, queries = 0;

private:
  struct refusal {
    int status;
    json body;
  };
  using params = std::map<std::string, std::string>;

  static std::string lower(std::string s) {
    std::transform(s.begin(), s.end(), s.begin(), [](unsigned char c) { return c < 128 ? std::tolower(c) : c; });
    return s;
  }
  static bool has(const std::vector<std::string>& all, const std::string& one) {
    return std::any_of(all.begin(), all.end(), [&](auto& x) { return lower(x) == lower(one); });
  }
  static std::int64_t next_number(const repository& r) { return r.issues.empty() ? 1 : r.issues.rbegin()->first + 1; }
  std::string tick() {
    auto n = ++seconds_;
    char text[32];
    std::snprintf(text, sizeof text, "2026-11-%02d", static_cast<int>(1 + n / 86400 % 28));
    auto out = std::string{text};
    std::snprintf(text, sizeof text, "T%02d:%02d:%02dZ", static_cast<int>(n / 3600 % 24), static_cast<int>(n / 60 % 60),
                  static_cast<int>(n % 60));
    return out + text;
  }
  [[noreturn]] static void refuse(int status, const std::string& message, json errors = nullptr) {
    auto body = json{{"message", message}, {"documentation_url", "https://docs.example/rest"}};
    if (!errors.is_null())
      body["errors"] = std::move(errors);
    throw refusal{status, std::move(body)};
  }
  std::string association(const std::string& who) const { return collaborators.count(who) ? "COLLABORATOR" : "NONE"; }
  static json user(const std::string& who) {
    return {{"login", who}, {"id", 1}, {"type", who.find("[bot]") == std::string::npos ? "User" : "Bot"}};
  }
  static json label(const std::string& name) { return {{"id", 1}, {"name", name}, {"color", "ededed"}}; }

  // -- JSON --------------------------------------------------------------------------------------------------

  json show(const std::string& in, const issue& i) const {
    auto& r = repositories_.at(in);
    auto labels = json::array(), assignees = json::array();
    for (auto& l : i.labels)
      labels.push_back(label(l));
    for (auto& a : i.assignees)
      assignees.push_back(user(a));
    auto out = json{{"id", 1000 + i.number},
                    {"number", i.number},
                    {"title", i.title},
                    {"body", i.body.empty() ? json(nullptr) : json(i.body)},
                    {"state", i.state},
                    {"state_reason", i.reason.empty() ? json(nullptr) : json(i.reason)},
                    {"labels", labels},
                    {"assignees", assignees},
                    {"user", user("ann")},
                    {"created_at", i.at},
                    {"repository_url", api() + "/repos/" + in},
                    {"html_url", server_.url() + "/" + in + "/issues/" + std::to_string(i.number)}};
    if (i.pull)
      out["pull_request"] = {{"url", api() + "/repos/" + in + "/pulls/" + std::to_string(i.number)}};
    if (r.links) {
      auto open = std::count_if(i.blocked_by.begin(), i.blocked_by.end(),
                                [&](auto n) { return r.issues.count(n) && r.issues.at(n).state == "open"; });
      out["issue_dependencies_summary"] = {
        {"blocked_by", open}, {"blocking", 0}, {"total_blocked_by", i.blocked_by.size()}, {"total_blocking", 0}};
    }
    if (i.damaged)
      out["title"] = json{{"rendered", i.title}};
    return out;
  }
  json show(const comment& c) const {
    return {{"id", c.id},
            {"user", user(c.author)},
            {"author_association", association(c.author)},
            {"body", c.body},
            {"created_at", c.at}};
  }
  json show_pull(const std::string& in, const pull& p) const {
    auto& i = repositories_.at(in).issues.at(p.number);
    auto owner = in.substr(0, in.find('/'));
    auto labels = json::array(), asked = json::array(), teams = json::array();
    for (auto& l : i.labels)
      labels.push_back(label(l));
    for (auto& a : p.asked)
      a.substr(0, 5) == "team:" ? teams.push_back({{"slug", a.substr(5)}}) : asked.push_back(user(a));
    auto from = p.from_fork ? "stranger/" + in.substr(in.find('/') + 1) : in;
    return {{"number", p.number},
            {"title", i.title},
            {"body", i.body.empty() ? json(nullptr) : json(i.body)},
            {"state", i.state},
            {"draft", p.draft},
            {"merged_at", p.merged ? json(i.at) : json(nullptr)},
            {"html_url", server_.url() + "/" + in + "/pull/" + std::to_string(p.number)},
            {"head", {{"ref", p.head}, {"sha", p.sha}, {"repo", {{"full_name", from}}}}},
            {"base", {{"ref", p.base}, {"sha", std::string(40, '0')}, {"repo", {{"full_name", in}}}}},
            {"labels", labels},
            {"requested_reviewers", asked},
            {"requested_teams", teams}};
  }

  std::string api() const { return server_.url() + "/api/v3"; }

  // -- requests ----------------------------------------------------------------------------------------------

  served_answer serve(const served_request& r) {
    auto guard = std::lock_guard{mutex_};
    ++requests;
    if (instead)
      if (auto a = instead(r))
        return *a;
    auto answer = served_answer{};
    try {
      answer = take(r);
    } catch (const refusal& no) {
      answer = served_answer::json(no.status, no.body.dump());
    } catch (const std::exception& e) {
      complaints.push_back(r.method + " " + r.target + ": " + e.what());
      answer = served_answer::json(400, json{{"message", "Problems parsing JSON"}}.dump());
    }
    answer.headers.insert(answer.headers.end(),
                          {{"X-GitHub-Request-Id", "0"}, {"X-RateLimit-Used", "1"}, {"X-RateLimit-Resource", "core"}});
    if (also)
      also(answer);
    else
      answer.headers.insert(
        answer.headers.end(),
        {{"X-RateLimit-Limit", "5000"}, {"X-RateLimit-Remaining", "4999"}, {"X-RateLimit-Reset", "1790003600"}});
    if (lost_now_) {
      lost_now_ = false;
      answer.fault = served_fault::close_before;
    }
    return answer;
  }

  [[noreturn]] void complain(const served_request& r, int status, const std::string& why) {
    complaints.push_back(r.method + " " + r.target + ": " + why);
    refuse(status, why);
  }

  served_answer take(const served_request& r) {
    if (r.header("User-Agent").value_or("").empty())
      complain(r, 403, "Request forbidden by administrative rules. Please make sure your request has a User-Agent");
    if (r.header("Authorization") != std::string{"Bearer "} + token)
      refuse(401, "Bad credentials");
    auto accept = r.header("Accept").value_or("");
    if (accept != "application/vnd.github+json" && accept != "application/vnd.github.diff")
      complain(r, 415, "Unsupported 'Accept' header: '" + accept + "'");
    auto body = json{};
    if (!r.body.empty()) {
      if (r.header("Content-Type").value_or("").find("application/json") != 0)
        complain(r, 415, "a body without Content-Type: application/json");
      body = json::parse(r.body);
      if (!body.is_object())
        complain(r, 422, "Invalid request.\n\nBody should be a JSON object");
    }
    if (r.path == "/api/graphql")
      return graphql(r, body);
    if (r.path.compare(0, 8, "/api/v3/") != 0)
      complain(r, 404, "Not Found");
    if (r.header("X-GitHub-Api-Version").value_or("2022-11-28") != "2022-11-28")
      complain(r, 400, "unknown version of the API");
    if (r.method != "GET")
      write(r);
    auto q = params{};
    for (auto& [name, value] : r.query)
      if (!q.emplace(name, value).second)
        complain(r, 422, "the query says " + name + " twice");
    auto answer = route(r, r.path.substr(7), q, body);
    if (r.method == "GET" && answer.status == 200) {
      auto etag = "W/\"" + std::to_string(std::hash<std::string>{}(answer.body)) + "\"";
      answer.headers.push_back({"ETag", etag});
      if (r.header("If-None-Match") == etag) {
        ++unchanged;
        auto same = served_answer{};
        same.status = 304;
        same.headers = {{"ETag", etag}};
        return same;
      }
    }
    return answer;
  }

  void write(const served_request& r) {
    if (time_ != nullptr) {
      if (last_write_ && time_->now() < *last_write_ + 1000)
        complain(r, 403, "You have exceeded a secondary rate limit");
      last_write_ = time_->now();
    }
    lost_now_ = std::exchange(lose_, false);
  }

  void only(const served_request& r, const params& q, std::set<std::string> known) {
    for (auto& [name, value] : q)
      if (known.count(name) == 0)
        complain(r, 422, "there is no parameter " + name);
  }
  void only(const served_request& r, const json& body, std::set<std::string> known, std::set<std::string> needed) {
    for (auto& [name, value] : body.items())
      if (known.count(name) == 0 && needed.count(name) == 0)
        complain(r, 422, "there is no field " + name);
    for (auto& name : needed)
      if (!body.contains(name))
        complain(r, 422, "the field " + name + " is missing");
  }

  served_answer paged(const served_request& r, const params& q, const json& all, json wrap = nullptr) {
    auto number = [&](const char* name, std::size_t otherwise) {
      auto at = q.find(name);
      if (at == q.end())
        return otherwise;
      if (at->second.empty() || at->second.find_first_not_of("0123456789") != std::string::npos)
        complain(r, 422, std::string{name} + " is no number");
      return static_cast<std::size_t>(std::stoul(at->second));
    };
    auto size = std::min<std::size_t>(number("per_page", 30), 100);
    auto page = number("page", 1);
    auto some = json::array();
    for (auto i = (page - 1) * size; i < std::min(page * size, all.size()); ++i)
      some.push_back(all[i]);
    if (!wrap.is_null()) {
      wrap["total_count"] = all.size();
      wrap["incomplete_results"] = false;
      wrap["items"] = some;
    }
    auto answer = served_answer::json(200, wrap.is_null() ? some.dump() : wrap.dump());
    if (page * size < all.size()) {
      auto target = r.target.substr(0, r.target.find("&page="));
      auto link = [&](std::size_t n, const char* rel) {
        return "<" + server_.url() + target + (target.find('?') == std::string::npos ? "?" : "&") +
               "page=" + std::to_string(n) + ">; rel=\"" + rel + "\"";
      };
      answer.headers.push_back({"Link", (page > 1 ? link(page - 1, "prev") + ", " : "") + link(page + 1, "next") +
                                          ", " + link((all.size() + size - 1) / size, "last")});
    }
    return answer;
  }

  static served_answer ok(const json& body, int status = 200) { return served_answer::json(status, body.dump()); }

  static std::string decoded(const std::string& text) {
    auto out = std::string{};
    for (std::size_t i = 0; i < text.size(); ++i)
      if (text[i] == '%' && i + 2 < text.size()) {
        out += static_cast<char>(std::stoi(text.substr(i + 1, 2), nullptr, 16));
        i += 2;
      } else {
        out += text[i];
      }
    return out;
  }

  served_answer route(const served_request& r, const std::string& path, const params& q, const json& body) {
    if (path == "/rate_limit" && r.method == "GET")
      return ok({{"resources", {{"core", {{"limit", 5000}, {"remaining", 4999}}}}}, {"rate", json::object()}});
    if (path == "/search/issues" && r.method == "GET")
      return search(r, q);
    auto parts = std::vector<std::string>{};
    auto rest = path;
    while (!rest.empty()) {
      auto slash = rest.find('/', 1);
      parts.push_back(decoded(rest.substr(1, slash == std::string::npos ? slash : slash - 1)));
      rest = slash == std::string::npos ? "" : rest.substr(slash);
    }
    if (parts.size() < 3 || parts[0] != "repos")
      complain(r, 404, "Not Found");
    auto in = std::string{};
    for (auto& [name, _] : repositories_)
      if (lower(name) == lower(parts[1] + "/" + parts[2]))
        in = name;
    if (in.empty())
      refuse(404, "Not Found");
    auto& repo = repositories_[in];
    if (parts.size() == 3 && r.method == "GET") {
      only(r, q, {});
      return ok({{"full_name", in},
                 {"name", in.substr(in.find('/') + 1)},
                 {"default_branch", repo.default_branch},
                 {"archived", repo.archived},
                 {"private", repo.is_private},
                 {"has_issues", true},
                 {"clone_url", "https://evil.example/" + in + ".git"},
                 {"ssh_url", "ssh://git@127.0.0.1:2222/" + in + ".git"},
                 {"permissions", {{"pull", true}, {"triage", repo.may_write}, {"push", repo.may_write}}}});
    }
    if (parts.size() > 3 && parts[3] == "issues")
      return issues(r, in, repo, parts, q, body);
    if (parts.size() > 3 && parts[3] == "pulls")
      return pulls(r, in, repo, parts, q, body);
    complain(r, 404, "Not Found");
  }

  served_answer search(const served_request& r, const params& q) {
    only(r, q, {"q", "sort", "order", "per_page", "page", "advanced_search"});
    auto text = q.count("q") ? q.at("q") : "";
    auto word = std::regex{R"(\s*(-?)(\w+):("[^"]*"|\S+)|\s*(\S+))"};
    auto in = std::string{}, state = std::string{}, assignee = std::string{};
    auto with = std::vector<std::string>{}, without = std::vector<std::string>{}, words = std::vector<std::string>{};
    auto only_issues = false;
    for (auto at = std::sregex_iterator(text.begin(), text.end(), word); at != std::sregex_iterator{}; ++at) {
      auto name = (*at)[2].str(), value = (*at)[3].str();
      if (!value.empty() && value.front() == '"')
        value = value.substr(1, value.size() - 2);
      if (name.empty())
        words.push_back((*at)[4].str());
      else if (name == "repo")
        in = value;
      else if (name == "is" && value == "issue")
        only_issues = true;
      else if (name == "is")
        state = value;
      else if (name == "assignee")
        assignee = value;
      else if (name == "label")
        ((*at)[1].str().empty() ? with : without).push_back(value);
      else
        complain(r, 422, "the search does not know " + name);
    }
    if (!only_issues || repositories_.count(in) == 0)
      refuse(422, "Validation Failed", {{{"message", "The listed repositories cannot be searched"}}});
    auto all = json::array();
    for (auto& [_, i] : repositories_.at(in).issues)
      if (!i.pull && !i.deleted && (state.empty() || i.state == state) &&
          std::all_of(with.begin(), with.end(), [&](auto& l) { return has(i.labels, l); }) &&
          std::none_of(without.begin(), without.end(), [&](auto& l) { return has(i.labels, l); }) &&
          (assignee.empty() || has(i.assignees, assignee)) && std::all_of(words.begin(), words.end(), [&](auto& w) {
            return lower(i.title + " " + i.body).find(lower(w)) != std::string::npos;
          }))
        all.push_back(show(in, i));
    return paged(r, q, all, json::object());
  }

  issue& find(repository& repo, const std::string& number) {
    if (number.empty() || number.find_first_not_of("0123456789") != std::string::npos || number.size() > 9)
      refuse(404, "Not Found");
    auto at = repo.issues.find(std::stoll(number));
    if (at == repo.issues.end())
      refuse(404, "Not Found");
    if (at->second.deleted)
      refuse(410, "This issue was deleted");
    return at->second;
  }

  served_answer issues(const served_request& r, const std::string& in, repository& repo,
                       const std::vector<std::string>& parts, const params& q, const json& body) {
    if (parts.size() == 4 && r.method == "GET") {
      only(r, q, {"state", "labels", "assignee", "sort", "direction", "per_page", "page", "since"});
      auto want = [&](const char* name, const char* otherwise) { return q.count(name) ? q.at(name) : otherwise; };
      auto state = std::string{want("state", "open")};
      auto wanted = std::vector<std::string>{};
      auto rest = std::string{want("labels", "")};
      while (!rest.empty()) {
        wanted.push_back(rest.substr(0, rest.find(',')));
        rest = rest.find(',') == std::string::npos ? "" : rest.substr(rest.find(',') + 1);
      }
      auto some = std::vector<const issue*>{};
      for (auto& [_, i] : repo.issues)
        if (!i.deleted && (state == "all" || i.state == state) &&
            std::all_of(wanted.begin(), wanted.end(), [&](auto& l) { return has(i.labels, l); }) &&
            (q.count("assignee") == 0 || has(i.assignees, q.at("assignee"))))
          some.push_back(&i);
      if (std::string{want("direction", "desc")} == "desc")
        std::reverse(some.begin(), some.end());
      auto all = json(std::vector<json>(some.size()));
      auto page = std::stoul(want("page", "1")), size = std::stoul(want("per_page", "30"));
      for (auto n = (page - 1) * size; n < std::min(some.size(), page * size); ++n)
        all[n] = show(in, *some[n]); // the others are on other pages
      return paged(r, q, all);
    }
    if (parts.size() < 5)
      complain(r, 404, "Not Found");
    auto& i = find(repo, parts[4]);
    auto writes = r.method != "GET";
    if (writes && !repo.may_write)
      refuse(403, "Resource not accessible by personal access token");
    if (parts.size() == 5) {
      if (r.method == "GET")
        return ok(show(in, i));
      if (r.method != "PATCH")
        complain(r, 404, "Not Found");
      only(r, body, {"title", "body", "state", "state_reason", "labels", "assignees", "milestone"}, {});
      if (body.contains("state")) {
        auto state = body["state"].get<std::string>();
        if (state != "open" && state != "closed")
          refuse(422, "Validation Failed");
        if (state != i.state) // the reason counts only when the state changes
          i.reason = state == "open" ? "reopened" : body.value("state_reason", "completed");
        i.state = state;
      }
      return ok(show(in, i));
    }
    auto& what = parts[5];
    if (what == "comments" && parts.size() == 6 && !writes) {
      only(r, q, {"per_page", "page", "since"});
      auto all = json::array();
      for (auto& c : i.comments)
        all.push_back(show(c));
      return paged(r, q, all);
    }
    if (what == "comments" && parts.size() == 6 && r.method == "POST") {
      only(r, body, {}, {"body"});
      return ok(show(add_comment(i.comments, body["body"])), 201);
    }
    if (what == "dependencies" && parts.size() == 7 && parts[6] == "blocked_by" && !writes) {
      if (!repo.links)
        refuse(404, "Not Found");
      only(r, q, {"per_page", "page"});
      auto all = json::array();
      for (auto n : i.blocked_by)
        all.push_back(show(in, repo.issues.at(n)));
      return paged(r, q, all);
    }
    auto labels = [&] {
      auto all = json::array();
      for (auto& l : i.labels)
        all.push_back(label(l));
      return all;
    };
    if (what == "labels" && parts.size() == 6 && !writes)
      return paged(r, q, labels());
    if (what == "labels" && parts.size() == 6 && r.method == "POST") {
      only(r, body, {}, {"labels"});
      if (!body["labels"].is_array() || body["labels"].empty())
        refuse(422, "Invalid request");
      for (auto& l : body["labels"]) {
        if (l.get<std::string>().size() > 50)
          refuse(422, "Validation Failed", {{{"resource", "Label"}, {"field", "name"}, {"code", "invalid"}}});
        if (!has(i.labels, l))
          i.labels.push_back(l);
      }
      return ok(labels());
    }
    if (what == "labels" && parts.size() == 7 && r.method == "DELETE") {
      if (!has(i.labels, parts[6]))
        refuse(404, "Label does not exist");
      i.labels.erase(
        std::remove_if(i.labels.begin(), i.labels.end(), [&](auto& l) { return lower(l) == lower(parts[6]); }),
        i.labels.end());
      return ok(labels());
    }
    complain(r, 404, "Not Found");
  }

  comment& add_comment(std::vector<comment>& to, const std::string& text) {
    auto characters = std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; });
    if (text.empty() || characters > 65536)
      refuse(422, "Validation Failed",
             {{{"resource", "IssueComment"},
               {"code", "unprocessable"},
               {"field", "data"},
               {"message", "Body is too long (maximum is 65536 characters)"}}});
    to.push_back({++ids_, account, text, tick()});
    return to.back();
  }

  served_answer pulls(const served_request& r, const std::string& in, repository& repo,
                      const std::vector<std::string>& parts, const params& q, const json& body) {
    auto owner = in.substr(0, in.find('/'));
    for (auto& [_, p] : repo.pulls) // the head of an open one is what its branch holds
      if (repo.issues.at(p.number).state == "open" && repo.branches.count(p.head) && !p.from_fork)
        p.sha = repo.branches.at(p.head);
    if (parts.size() == 4 && r.method == "GET") {
      only(r, q, {"state", "head", "base", "sort", "direction", "per_page", "page"});
      auto state = q.count("state") ? q.at("state") : "open";
      auto head = q.count("head") ? q.at("head") : "";
      if (!head.empty() && head.find(':') == std::string::npos)
        complain(r, 422, "head is owner:branch");
      auto all = json::array();
      for (auto at = repo.pulls.rbegin(); at != repo.pulls.rend(); ++at) {
        auto& p = at->second;
        auto full = (p.from_fork ? "stranger" : owner) + ":" + p.head;
        if ((state == "all" || repo.issues.at(p.number).state == state) &&
            (head.empty() || (head.substr(head.find(':')) == full.substr(full.find(':')) &&
                              lower(head.substr(0, head.find(':'))) == lower(full.substr(0, full.find(':'))))))
          all.push_back(show_pull(in, p));
      }
      return paged(r, q, all);
    }
    if (parts.size() == 4 && r.method == "POST")
      return open(r, in, repo, owner, body);
    if (parts.size() < 5)
      complain(r, 404, "Not Found");
    auto& i = find(repo, parts[4]);
    if (!i.pull)
      refuse(404, "Not Found");
    auto& p = repo.pulls.at(i.number);
    if (parts.size() == 5 && r.method == "GET") {
      if (r.header("Accept") == "application/vnd.github.diff") {
        if (repo.diff_too_large)
          refuse(406, "Sorry, the diff exceeded the maximum number of lines (20000)",
                 {{{"resource", "PullRequest"}, {"field", "diff"}, {"code", "too_large"}}});
        auto a = served_answer{};
        a.headers = {{"Content-Type", "application/vnd.github.diff; charset=utf-8"}};
        a.body = "diff --git a/file b/file\nindex 1..2 100644\n--- a/file\n+++ b/file\n@@ -1 +1 @@\n-a\n+b\n";
        return a;
      }
      return ok(show_pull(in, p));
    }
    if (parts.size() == 5 && r.method == "PATCH") {
      only(r, body, {"title", "body", "state", "base", "maintainer_can_modify"}, {});
      if (body.contains("state"))
        i.state = body["state"];
      return ok(show_pull(in, p));
    }
    auto what = parts.size() > 5 ? parts[5] : "";
    if (what == "files" && r.method == "GET")
      return paged(r, q,
                   {{{"filename", "file"}, {"status", "modified"}, {"patch", "@@ -1 +1 @@\n-a\n+b"}},
                    {{"filename", "picture.png"}, {"status", "added"}}});
    if (what == "merge" && r.method == "PUT")
      return merge(r, repo, i, p, body);
    if (what == "reviews" && r.method == "GET") {
      auto all = json::array();
      for (auto& v : p.reviews)
        all.push_back({{"id", v.id}, {"user", user(v.author)}, {"state", v.state}, {"body", v.body}});
      return paged(r, q, all);
    }
    if (what == "requested_reviewers" && r.method == "POST") {
      only(r, body, {"reviewers", "team_reviewers"}, {});
      if (body.empty())
        complain(r, 422, "nobody is asked");
      for (auto& who : body.value("reviewers", json::array())) {
        if (who == account)
          refuse(422, "Review cannot be requested from pull request author.");
        if (collaborators.count(who) == 0)
          refuse(422, "Reviews may only be requested from collaborators. One or more of the users or teams you "
                      "specified is not a collaborator of the " +
                        in + " repository.");
      }
      for (auto& who : body.value("reviewers", json::array()))
        if (!has(p.asked, who))
          p.asked.push_back(who);
      for (auto& who : body.value("team_reviewers", json::array()))
        p.asked.push_back("team:" + who.get<std::string>());
      return ok(show_pull(in, p), 201);
    }
    if (what == "comments" && parts.size() == 8 && parts[7] == "replies" && r.method == "POST") {
      only(r, body, {}, {"body"});
      for (auto& t : p.threads)
        if (!t.comments.empty() && std::to_string(t.comments.front().id) == parts[6])
          return ok(show(add_comment(t.comments, body["body"])), 201);
      refuse(404, "Not Found");
    }
    complain(r, 404, "Not Found");
  }

  served_answer open(const served_request& r, const std::string& in, repository& repo, const std::string& owner,
                     const json& body) {
    only(r, body, {"title", "body", "draft", "maintainer_can_modify", "issue", "head_repo"}, {"head", "base"});
    auto head = body["head"].get<std::string>(), base = body["base"].get<std::string>();
    if (head.compare(0, owner.size() + 1, owner + ":") == 0)
      head = head.substr(owner.size() + 1);
    auto invalid = [](const char* field, const char* code) {
      refuse(422, "Validation Failed", {{{"resource", "PullRequest"}, {"field", field}, {"code", code}}});
    };
    if (body.value("title", "").empty())
      invalid("title", "missing_field");
    if (body.value("title", "").size() > 1000)
      invalid("title", "too_long");
    if (repo.branches.count(head) == 0)
      invalid("head", "invalid");
    if (repo.branches.count(base) == 0)
      invalid("base", "invalid");
    if (repo.branches.at(head) == repo.branches.at(base))
      refuse(422, "Validation Failed",
             {{{"resource", "PullRequest"},
               {"code", "custom"},
               {"message", "No commits between " + base + " and " + head}}});
    for (auto& [_, p] : repo.pulls)
      if (p.head == head && p.base == base && !p.from_fork && repo.issues.at(p.number).state == "open")
        refuse(422, "Validation Failed",
               {{{"resource", "PullRequest"},
                 {"code", "custom"},
                 {"message", "A pull request already exists for " + owner + ":" + head + "."}}});
    if (body.value("draft", false) && !repo.drafts)
      refuse(422, "Draft pull requests are not supported in this repository.");
    auto i = issue{};
    i.number = next_number(repo);
    i.title = body["title"];
    i.body = body.value("body", "");
    i.at = tick();
    i.pull = true;
    auto p = pull{};
    p.number = i.number;
    p.head = head;
    p.base = base;
    p.sha = repo.branches.at(head);
    p.draft = body.value("draft", false);
    repo.issues[i.number] = i;
    return ok(show_pull(in, repo.pulls[i.number] = p), 201);
  }

  served_answer merge(const served_request& r, repository& repo, issue& i, pull& p, const json& body) {
    only(r, body, {"commit_title", "commit_message", "sha", "merge_method"}, {});
    auto way = body.value("merge_method", "merge");
    if (i.state != "open" || p.conflicts || p.draft)
      refuse(405, p.draft ? "Pull Request is still a draft" : "Pull Request is not mergeable");
    if (repo.ways.count(way) == 0)
      refuse(405, (way == "merge"    ? "Merge commits"
                   : way == "squash" ? "Squash merges"
                                     : "Rebase merges") +
                    std::string{" are not allowed on this repository."});
    if (body.contains("sha") && body["sha"] != p.sha)
      refuse(409, "Head branch was modified. Review and try the merge again.");
    p.merged = true;
    i.state = "closed";
    return ok({{"sha", std::string(40, 'f')}, {"merged", true}, {"message", "Pull Request successfully merged"}});
  }

  // -- GraphQL: the documents of the keepers, and no others -----------------------------------------------------

  static json lost(const std::string& message, json path) {
    return {{"type", "NOT_FOUND"}, {"path", std::move(path)}, {"message", message}};
  }
  json said(const comment& c) const {
    return {{"id", std::to_string(c.id)},
            {"body", c.body},
            {"createdAt", c.at},
            {"authorAssociation", association(c.author)},
            {"author", {{"login", c.author}, {"__typename", user(c.author)["type"]}}}};
  }
  static std::string upper(std::string s) {
    std::transform(s.begin(), s.end(), s.begin(), [](unsigned char c) { return std::toupper(c); });
    return s;
  }

  served_answer graphql(const served_request& r, const json& body) {
    ++queries;
    only(r, body, {"variables", "operationName"}, {"query"});
    if (r.method != "POST")
      complain(r, 404, "Not Found");
    auto text = body["query"].get<std::string>();
    auto v = body.value("variables", json::object());
    if (text.find("resolveReviewThread(input:{threadId:$thread})") != std::string::npos)
      return resolve(r, v);
    if (text.find("node(id:$thread)") != std::string::npos)
      return thread_of(v);
    if (text.find("reviewThreads(first:100") != std::string::npos)
      return reviews_of(v);
    if (text.find("fragment f on Issue{number title body") != std::string::npos)
      return many_issues(text, v);
    complain(r, 200, "Parse error on a query that is not known here");
  }

  served_answer many_issues(const std::string& text, const json& v) {
    auto data = json::object(), errors = json::array();
    auto one = std::regex{R"(r(\d+):repository\(owner:\$o(\d+),name:\$n(\d+)\)\{)"};
    auto two = std::regex{R"(i(\d+):issue\(number:(\d+)\)\{\.\.\.f\})"};
    for (auto a = std::sregex_iterator(text.begin(), text.end(), one); a != std::sregex_iterator{}; ++a) {
      auto alias = "r" + (*a)[1].str();
      auto in = v.at("o" + (*a)[2].str()).get<std::string>() + "/" + v.at("n" + (*a)[3].str()).get<std::string>();
      if (repositories_.count(in) == 0) {
        data[alias] = nullptr;
        errors.push_back(lost("Could not resolve to a Repository with the name '" + in + "'.", {alias}));
        continue;
      }
      auto& repo = repositories_.at(in);
      data[alias] = json::object();
      auto begin = static_cast<std::size_t>(a->position() + a->length());
      auto inner = text.substr(begin, text.find("}}", begin) + 1 - begin);
      for (auto b = std::sregex_iterator(inner.begin(), inner.end(), two); b != std::sregex_iterator{}; ++b) {
        auto own = "i" + (*b)[1].str();
        auto at = repo.issues.find(std::stoll((*b)[2].str()));
        if (at == repo.issues.end() || at->second.deleted || at->second.pull) {
          data[alias][own] = nullptr;
          errors.push_back(
            lost("Could not resolve to an Issue with the number of " + (*b)[2].str() + ".", {alias, own}));
          continue;
        }
        auto& i = at->second;
        auto labels = json::array(), assignees = json::array();
        for (auto& l : i.labels)
          labels.push_back({{"name", l}});
        for (auto& who : i.assignees)
          assignees.push_back({{"login", who}});
        data[alias][own] = {{"number", i.number},
                            {"title", i.damaged ? json(7) : json(i.title)},
                            {"body", i.body},
                            {"url", server_.url() + "/" + in + "/issues/" + std::to_string(i.number)},
                            {"state", upper(i.state)},
                            {"stateReason", i.reason.empty() ? json(nullptr) : json(upper(i.reason))},
                            {"createdAt", i.at},
                            {"labels", {{"nodes", labels}}},
                            {"assignees", {{"nodes", assignees}}}};
      }
    }
    auto out = json{{"data", data}};
    if (!errors.empty())
      out["errors"] = errors;
    return ok(out);
  }

  served_answer reviews_of(const json& v) {
    auto in = v.at("owner").get<std::string>() + "/" + v.at("name").get<std::string>();
    auto number = v.at("number").get<std::int64_t>();
    if (repositories_.count(in) == 0 || repositories_.at(in).pulls.count(number) == 0)
      return ok({{"data", {{"repository", {{"isPrivate", false}, {"pullRequest", nullptr}}}}},
                 {"errors",
                  {lost("Could not resolve to a PullRequest with the number of " + std::to_string(number) + ".",
                        {"repository", "pullRequest"})}}});
    auto& repo = repositories_.at(in);
    auto& p = repo.pulls.at(number);
    auto node = json::object();
    if (v.at("first").get<bool>()) {
      auto all = json::array();
      for (auto& w : p.reviews) {
        auto one = said({w.id, w.author, w.body, w.at});
        one["state"] = w.state;
        one["submittedAt"] = w.at;
        all.push_back(one);
      }
      node["reviews"] = {{"nodes", all}};
    }
    auto slice = [&](const char* cursor, std::size_t size, const std::function<json(std::size_t)>& show_one) {
      auto from = v.at(cursor).is_null() ? std::size_t{0} : std::stoul(v.at(cursor).get<std::string>());
      auto to = std::min(from + 100, size);
      auto nodes = json::array();
      for (auto i = from; i < to; ++i)
        nodes.push_back(show_one(i));
      return json{{"pageInfo", {{"hasNextPage", to < size}, {"endCursor", std::to_string(to)}}}, {"nodes", nodes}};
    };
    if (v.at("more_threads").get<bool>())
      node["reviewThreads"] = slice("threads", p.threads.size(), [&](std::size_t n) {
        auto& t = p.threads[n];
        auto tail = json::array();
        for (auto i = t.comments.size() > 20 ? t.comments.size() - 20 : 0; i < t.comments.size(); ++i)
          tail.push_back(said(t.comments[i]));
        return json{{"id", t.id},
                    {"isResolved", t.resolved},
                    {"path", t.path},
                    {"line", t.line},
                    {"originalLine", t.line},
                    {"root", {{"nodes", {said(t.comments.front())}}}},
                    {"tail", {{"nodes", tail}}}};
      });
    auto& comments = repo.issues.at(number).comments;
    if (v.at("more_comments").get<bool>())
      node["comments"] = slice("comments", comments.size(), [&](std::size_t n) { return said(comments[n]); });
    return ok({{"data", {{"repository", {{"isPrivate", repo.is_private}, {"pullRequest", node}}}}}});
  }

  thread* find_thread(const std::string& id, std::string* in = nullptr, std::int64_t* number = nullptr) {
    for (auto& [name, repo] : repositories_)
      for (auto& [n, p] : repo.pulls)
        for (auto& t : p.threads)
          if (t.id == id) {
            if (in != nullptr)
              *in = name;
            if (number != nullptr)
              *number = n;
            return &t;
          }
    return nullptr;
  }

  served_answer thread_of(const json& v) {
    auto in = std::string{};
    auto number = std::int64_t{0};
    auto t = find_thread(v.at("thread"), &in, &number);
    if (t == nullptr)
      return ok({{"data", {{"node", nullptr}}},
                 {"errors", {lost("Could not resolve to a node with the global id of '...'", {"node"})}}});
    auto all = json::array();
    for (auto& c : t->comments)
      all.push_back(said(c));
    return ok({{"data",
                {{"node",
                  {{"isResolved", t->resolved},
                   {"pullRequest", {{"number", number}, {"repository", {{"nameWithOwner", in}}}}},
                   {"comments", {{"nodes", all}}}}}}}});
  }

  served_answer resolve(const served_request& r, const json& v) {
    write(r);
    if (!may_resolve)
      return ok({{"data", {{"resolveReviewThread", nullptr}}},
                 {"errors",
                  {{{"type", "FORBIDDEN"},
                    {"path", {"resolveReviewThread"}},
                    {"message", "Resource not accessible by integration"}}}}});
    if (auto t = find_thread(v.at("thread")))
      t->resolved = true;
    return ok({{"data", {{"resolveReviewThread", {{"thread", {{"isResolved", true}}}}}}}});
  }

public:
  bool may_resolve = true;

private:
  const clock* time_;
  std::recursive_mutex mutex_;
  std::map<std::string, repository> repositories_;
  std::int64_t ids_ = 0, seconds_ = 0;
  bool lose_ = false, lost_now_ = false;
  std::optional<wall_ms> last_write_;
  http_server server_; // last: its threads use the rest
};

} // namespace hyakki::test
