#include "adapters/atlassian/jira_reader.hpp"
#include "adapters/atlassian/jql.hpp"
#include "adapters/http/ask.hpp"
#include "core/url.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

// Running stories looked at again: what became of them, and which of them are not there any more.

namespace hyakki::atlassian {
namespace {

constexpr std::size_t keys_per_query = 100; // what Cloud reads at once

} // namespace

result<bool> jira_reader::sees(const std::string& project) const {
  auto asked = jira_.request(http_method::get, "/project/" + percent_encode(project));
  if (!asked)
    return asked.error();
  auto answer = jira_.call(*asked);
  if (answer)
    return true;
  if (answer.error() == ec::not_found)
    return false;
  return answer.error();
}

std::vector<std::string> jira_reader::untold(const json_node& answer, const std::vector<std::string>& keys) const {
  auto out = std::vector<std::string>{};
  for (auto& e : answer.maybe_items("issueErrors"))
    if (e.is_object()) {
      auto which = e.id("id");
      for (auto& key : keys)
        if (auto known = ids_.find(key); key == which || known == ids_.end() || std::to_string(known->second) == which)
          out.push_back(key);
    }
  return out;
}

// Cloud reads issues by their keys at once and without the lag of its search. Data Center has its search, which with
// `validateQuery` off leaves out keys that are not there.
result<void> jira_reader::look_at(const std::vector<std::string>& keys, std::vector<tracker::standing>& out) {
  auto body = nlohmann::json{{"fields", issue_fields()}};
  if (jira_.cloud()) {
    body["issueIdsOrKeys"] = keys;
  } else {
    body["jql"] = jql_in("key", keys) + " ORDER BY key ASC";
    body["maxResults"] = keys.size();
    body["validateQuery"] = false;
  }
  auto missing = std::set<std::string>(keys.begin(), keys.end());
  for (std::size_t start = 0, n = 0; n <= keys.size(); ++n) {
    if (!jira_.cloud())
      body["startAt"] = start;
    auto asked = jira_.request(http_method::post, jira_.cloud() ? "/issue/bulkfetch" : "/search", written(body));
    if (asked)
      asked->repeatable = true;
    auto document = ask_document(jira_, asked, json_depth);
    if (!document)
      return document.error();
    auto root = document->root();
    auto issues = root.items("issues");
    auto total = jira_.cloud() ? 0 : root.integer("total");
    if (document->fault())
      return *document->fault();
    if (jira_.cloud())
      for (auto& key : untold(root, keys))
        missing.erase(key);
    document->forget();
    for (auto& node : issues) {
      auto i = read(node);
      if (document->fault()) { // an odd issue says nothing, and hides no other
        document->forget();
        if (node.is_object() && node.maybe("key").is_string())
          missing.erase(node.text("key"));
        else
          missing.clear();
        continue;
      }
      if (missing.erase(i.story.key) == 0)
        continue; // moved: by its old key it is not there any more
      auto s = tracker::standing{};
      s.why = scope_.why_not(i);
      s.wanted = s.why.empty();
      s.now = std::move(i.story);
      out.push_back(std::move(s));
    }
    start += issues.size();
    if (jira_.cloud() || !goes_on(start, issues.size(), total))
      break;
  }
  return tell_missing(missing, out);
}

result<void> jira_reader::tell_missing(const std::set<std::string>& missing,
                                       std::vector<tracker::standing>& out) const {
  auto visible = std::map<std::string, bool>{};
  for (auto& key : missing) {
    auto project = project_of(key);
    if (visible.count(project) == 0) {
      auto seen = sees(project);
      if (!seen)
        return seen.error();
      visible[project] = *seen;
    }
    if (!visible[project]) // an account that sees nothing is no reason to stop everything
      return {ec::rejected, "Jira: the stories of " + project +
                              " cannot be looked at again: the account does not see this project any more. They go "
                              "on; what was changed there is not seen"};
    auto s = tracker::standing{};
    s.now.tracker = name_;
    s.now.key = key;
    s.wanted = false;
    s.why = key + " is not there any more: it was deleted or moved, or is hidden from the account";
    out.push_back(std::move(s));
  }
  return {};
}

result<std::vector<tracker::standing>> jira_reader::look_again(const std::vector<std::string>& keys) {
  auto out = std::vector<tracker::standing>{};
  if (keys.empty())
    return out;
  auto all = std::set<std::string>{};
  for (auto& key : keys)
    if (is_issue_key(key))
      all.insert(key);
  auto part = std::vector<std::string>{};
  for (auto key = all.begin(); key != all.end();) {
    part.push_back(*key++);
    if (part.size() < keys_per_query && key != all.end())
      continue;
    if (auto done = look_at(part, out); !done)
      return done.error();
    part.clear();
  }
  return out;
}

} // namespace hyakki::atlassian
