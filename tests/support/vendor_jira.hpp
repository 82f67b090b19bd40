#pragma once
// Jira, as far as its public documentation says how it answers: Data Center by REST version 2, Cloud by version 3.
//
// Keeps state, and refuses what Jira refuses: unknown paths and fields, another way to be let in, JQL that it cannot
// parse, labels with spaces, comments that are too long, documents that are none. What it refused because the request
// itself was wrong is kept in `complaints`.

#include "tests/support/adf_schema.hpp"
#include "tests/support/jql_reader.hpp"
#include "tests/support/vendor_server.hpp"

#include <algorithm>
#include <cstdio>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace hyakki::test {

class jira_server final : public vendor_server {
public:
  struct comment {
    std::string author;
    json body;
  };
  struct issue {
    std::int64_t id = 0;
    std::string project, key, summary, status = "To Do", priority = "Medium", assignee, at;
    json description;
    std::vector<std::string> labels, indexed, components;
    std::vector<std::string> blocked_by;
    std::vector<comment> comments;
    bool damaged = false;
  };

  static constexpr auto token = "ATATT_CANARY0123456789abcdef";
  static constexpr auto account = "bot@example.org";
  static constexpr auto me = "hyakki-bot";

  explicit jira_server(bool cloud) : cloud_(cloud), server_([this](auto& r) { return serve(r); }) {}

  const http_server& http() const override { return server_; }

  issue& add(const std::string& summary, std::vector<std::string> labels, const std::string& project = "AB") {
    auto guard = std::lock_guard{mutex_};
    auto n = ++numbers_[project];
    auto i = issue{};
    i.id = 10'000 + ++ids_;
    i.project = project;
    i.key = project + "-" + std::to_string(n);
    i.summary = summary;
    i.labels = i.indexed = std::move(labels);
    char text[48];
    std::snprintf(text, sizeof text, "2026-11-%02dT%02d:%02d:%02d.123+0100", static_cast<int>(1 + ids_ / 86400),
                  static_cast<int>(ids_ / 3600 % 24), static_cast<int>(ids_ / 60 % 60), static_cast<int>(ids_ % 60));
    i.at = text;
    return issues[i.key] = std::move(i);
  }
  issue& at(const std::string& key) { return issues.at(key); }
  void say(const std::string& key, const std::string& author, const json& body) {
    auto guard = std::lock_guard{mutex_};
    at(key).comments.push_back({author, body});
  }

  std::map<std::string, issue> issues;
  std::map<std::string, std::string> statuses{
    {"To Do", "new"}, {"In Progress", "indeterminate"}, {"Done", "done"}, {"Cancelled", "done"}};
  std::set<std::string> projects{"AB", "CD"};
  std::size_t most_results = 1000; ///< of one page
  bool stuck = false;              ///< Data Center: shows the first page whatever is asked for
  std::size_t most_text = 32'767;  ///< of a comment
  bool lags = false;               ///< searches see labels as they were made, but for issues that are reconciled
  std::set<std::string> odd;       ///< keys that a bulk fetch cannot tell of now

private:
  json refusal_body(const std::string& words) const override {
    return {{"errorMessages", {words}}, {"errors", json::object()}};
  }

  static served_answer nothing() {
    auto a = served_answer{};
    a.status = 204;
    return a;
  }

  json person(const std::string& who) const {
    if (who.empty())
      return nullptr;
    return cloud_ ? json{{"accountId", who}, {"displayName", who}} : json{{"name", who}, {"key", who}};
  }
  json status(const std::string& name) const {
    return {{"name", name}, {"id", "1"}, {"statusCategory", {{"id", 1}, {"key", statuses.at(name)}}}};
  }
  json show(const issue& i) const {
    auto links = json::array(), components = json::array();
    for (auto& b : i.blocked_by)
      links.push_back({{"id", "1"},
                       {"type", {{"name", "Blocks"}, {"inward", "is blocked by"}, {"outward", "blocks"}}},
                       {"inwardIssue", {{"key", b}, {"fields", {{"status", status(issues.at(b).status)}}}}}});
    for (auto& c : i.components)
      components.push_back({{"id", "1"}, {"name", c}});
    auto fields = json{{"summary", i.summary},
                       {"description", i.description},
                       {"labels", i.labels},
                       {"components", components},
                       {"status", status(i.status)},
                       {"priority", {{"id", "3"}, {"name", i.priority}}},
                       {"assignee", person(i.assignee)},
                       {"created", i.at},
                       {"issuelinks", links}};
    if (i.damaged)
      fields["summary"] = json{{"x", 1}};
    return {{"id", std::to_string(i.id)}, {"key", i.key}, {"self", "x"}, {"fields", fields}};
  }

  bool holds(const served_request& r, const std::string& jql, const issue& i, bool fresh, bool checked) {
    auto& labels = fresh || !lags ? i.labels : i.indexed;
    auto one = [&](const std::string& field, const std::string& value) {
      if (field == "project") {
        if (checked && !projects.count(value))
          refuse(400, "The value '" + value + "' does not exist for the field 'project'.");
        return i.project == value;
      }
      if (field == "status") {
        if (checked && !statuses.count(value))
          refuse(400, "The value '" + value + "' does not exist for the field 'status'.");
        return i.status == value;
      }
      if (field == "statusCategory")
        return value == "Done" ? statuses.at(i.status) == "done" : throw std::runtime_error("statusCategory " + value);
      if (field == "labels")
        return std::find(labels.begin(), labels.end(), value) != labels.end();
      if (field == "assignee")
        return i.assignee == value;
      if (field == "key") {
        if (checked && !issues.count(value))
          refuse(400, "An issue with key '" + value + "' does not exist for field 'key'.");
        return i.key == value;
      }
      throw std::runtime_error("Field '" + field + "' does not exist or you do not have permission to view it.");
    };
    auto clause = [&](const std::string& field, const std::string& op, const std::vector<std::string>& values) {
      if (op == "~")
        return field == "summary" ? i.summary.find(values[0]) != std::string::npos
                                  : throw std::runtime_error("~ with " + field);
      auto any = false;
      for (auto& v : values)
        any = one(field, v) || any;
      if (field == "labels" && labels.empty())
        return false; // Jira: no label is neither in a list nor not in it
      return (op == "=" || op == "in") == any;
    };
    try {
      return jql_reader{jql, clause}.holds();
    } catch (const std::runtime_error& e) {
      complain(r, 400, e.what());
    }
  }

  std::vector<const issue*> found(const served_request& r, const json& body) {
    auto checked = body.value("validateQuery", true);
    auto fresh = std::set<std::int64_t>{};
    for (auto& id : body.value("reconcileIssues", json::array()))
      fresh.insert(id.get<std::int64_t>());
    if (fresh.size() > 50)
      complain(r, 400, "more than 50 issues to reconcile");
    auto out = std::vector<const issue*>{};
    auto nobody = issue{};
    (void)holds(r, body.at("jql"), nobody, true, checked); // asked even where nothing is
    for (auto& [key, i] : issues)
      if (holds(r, body.at("jql"), i, fresh.count(i.id) != 0, checked))
        out.push_back(&i);
    std::sort(out.begin(), out.end(), [](auto* a, auto* b) { return a->id < b->id; });
    return out;
  }

  static json only_asked(json issue, const json& wanted) {
    auto all = std::exchange(issue["fields"], json::object());
    for (auto& name : wanted)
      if (all.contains(name))
        issue["fields"][name.get<std::string>()] = all[name.get<std::string>()];
    return issue;
  }

  served_answer search(const served_request& r, const json& body) {
    auto all = found(r, body);
    if (!body.contains("fields") || body["fields"].empty())
      complain(r, 400, "no fields");
    auto most = std::min<std::size_t>(body.value("maxResults", 50), cloud_ ? 100 : most_results);
    auto start = cloud_  ? std::stoul(body.value("nextPageToken", "t0").substr(1))
                 : stuck ? 0u
                         : body.value("startAt", 0u);
    auto page = json::array();
    for (auto n = start; n < all.size() && n < start + most; ++n)
      page.push_back(only_asked(show(*all[n]), body["fields"]));
    auto out = json{{"issues", page}};
    if (!cloud_) {
      out.update({{"startAt", start}, {"maxResults", most}, {"total", all.size()}});
    } else {
      auto last = start + most >= all.size();
      out["isLast"] = last;
      if (!last)
        out["nextPageToken"] = "t" + std::to_string(start + most);
    }
    return told(out);
  }

  served_answer bulk(const served_request& r, const json& body) {
    if (body.at("issueIdsOrKeys").size() > 100)
      complain(r, 400, "more than 100 issues");
    auto out = json{{"issues", json::array()}, {"issueErrors", json::array()}};
    for (auto& k : body["issueIdsOrKeys"]) {
      auto i = issues.find(k.get<std::string>());
      if (i == issues.end())
        continue;
      if (odd.count(i->first))
        out["issueErrors"].push_back({{"id", std::to_string(i->second.id)}, {"errorMessage", "later"}});
      else
        out["issues"].push_back(show(i->second));
    }
    return told(out);
  }

  served_answer comments(const served_request& r, issue& i, const json& body) {
    if (r.method == "GET") {
      only(r, {"startAt", "maxResults", "orderBy", "expand"});
      auto start = std::stoul(r.parameter("startAt").value_or("0"));
      auto most = std::stoul(r.parameter("maxResults").value_or("50"));
      auto page = json::array();
      for (auto n = start; n < i.comments.size() && n < start + most; ++n)
        page.push_back(
          {{"id", std::to_string(n)}, {"author", person(i.comments[n].author)}, {"body", i.comments[n].body}});
      return told({{"startAt", start}, {"maxResults", most}, {"total", i.comments.size()}, {"comments", page}});
    }
    only(r, body, {"body", "visibility", "properties"});
    auto& words = body.at("body");
    if (words.is_string() == cloud_)
      complain(r, 400, "Comment body is not valid!");
    if (words.is_object())
      if (auto bad = adf_fault(words); !bad.empty())
        complain(r, 400, "INVALID_INPUT: " + bad);
    auto size = (cloud_ ? words.dump() : words.get<std::string>()).size();
    if (size > 32'767)
      complain(r, 400, "The entered text is too long.");
    if (size > most_text)
      refuse(400, "The entered text is too long. It exceeds the allowed limit of " + std::to_string(most_text) +
                    " characters.");
    i.comments.push_back({me, words});
    changing();
    return told({{"id", std::to_string(i.comments.size())}}, 201);
  }

  served_answer edit(const served_request& r, issue& i, const json& body) {
    only(r, body, {"update", "fields"});
    auto labels = i.labels;
    for (auto& op : body.at("update").at("labels")) {
      if (op.size() != 1)
        complain(r, 400, "an unknown operation");
      auto verb = op.begin().key();
      auto l = op.begin().value().get<std::string>();
      if (verb != "add" && verb != "remove")
        complain(r, 400, "an unknown operation");
      if (l.find(' ') != std::string::npos)
        complain(r, 400, "The label '" + l + "' contains spaces which is invalid.");
      labels.erase(std::remove(labels.begin(), labels.end(), l), labels.end());
      if (verb == "add")
        labels.push_back(l);
    }
    i.labels = labels;
    changing();
    return nothing();
  }

  served_answer transitions(const served_request& r, issue& i, const json& body) {
    auto all = json::array();
    auto n = 10;
    for (auto& [name, category] : statuses)
      all.push_back({{"id", std::to_string(++n)}, {"name", "Go to " + name}, {"to", status(name)}});
    if (r.method == "GET")
      return told({{"transitions", all}});
    only(r, body, {"transition", "fields", "update"});
    for (auto& t : all)
      if (t["id"] == body.at("transition").at("id")) {
        i.status = t["to"]["name"];
        changing();
        return nothing();
      }
    complain(r, 400, "no such transition");
  }

  served_answer take(const served_request& r) override {
    auto basic = "Basic " + base64(std::string{account} + ":" + token);
    if (r.header("Authorization") != (cloud_ ? basic : std::string{"Bearer "} + token))
      refuse(401, "Client must be authenticated to access this resource.");
    if (r.header("Accept") != "application/json")
      complain(r, 406, "Not Acceptable");
    auto body = json::object();
    if (!r.body.empty()) {
      if (r.header("Content-Type").value_or("").find("application/json") != 0)
        complain(r, 415, "Unsupported Media Type");
      body = json::parse(r.body);
    }
    auto root = std::string{cloud_ ? "/rest/api/3" : "/rest/api/2"};
    if (r.path.compare(0, root.size(), root) != 0)
      complain(r, 404, "no such path");
    auto path = r.path.substr(root.size());
    auto get = r.method == "GET", post = r.method == "POST";
    if (path == "/search" && cloud_)
      complain(r, 410, "The requested API has been removed. Please migrate to the /rest/api/3/search/jql API.");
    if (path == "/search" && post) {
      only(r, body, {"jql", "startAt", "maxResults", "fields", "validateQuery", "expand"});
      return search(r, body);
    }
    if (path == "/search/jql" && post && cloud_) {
      only(r, body,
           {"jql", "nextPageToken", "maxResults", "fields", "expand", "properties", "fieldsByKeys", "reconcileIssues"});
      return search(r, body);
    }
    if (path == "/issue/bulkfetch" && post && cloud_) {
      only(r, body, {"issueIdsOrKeys", "fields", "expand", "properties", "fieldsByKeys"});
      return bulk(r, body);
    }
    if (path == "/status" && get) {
      auto all = json::array();
      for (auto& [name, category] : statuses)
        all.push_back(status(name));
      return told(all);
    }
    if (path == "/myself" && get)
      return told(person(me));
    if (path.compare(0, 9, "/project/") == 0 && get)
      return projects.count(path.substr(9)) ? told({{"key", path.substr(9)}})
                                            : (refuse(404, "No project could be found."), nothing());
    if (path.compare(0, 7, "/issue/") != 0)
      complain(r, 404, "no such path");
    auto rest = path.substr(7);
    auto slash = rest.find('/');
    auto i = issues.find(rest.substr(0, slash));
    if (i == issues.end())
      refuse(404, "Issue Does Not Exist");
    auto what = slash == std::string::npos ? "" : rest.substr(slash);
    if (what.empty() && get) {
      only(r, {"fields", "expand", "properties"});
      return told(show(i->second));
    }
    if (what.empty() && r.method == "PUT")
      return edit(r, i->second, body);
    if (what == "/comment" && (get || post))
      return comments(r, i->second, body);
    if (what == "/transitions" && (get || post))
      return transitions(r, i->second, body);
    complain(r, 405, "Method Not Allowed");
  }

  bool cloud_;
  std::map<std::string, std::int64_t> numbers_;
  std::int64_t ids_ = 0;
  http_server server_; ///< the last: it serves from the moment that it is there
};

} // namespace hyakki::test
