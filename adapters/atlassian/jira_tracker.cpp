#include "adapters/atlassian/jira_tracker.hpp"

#include "adapters/atlassian/adf.hpp"
#include "adapters/atlassian/jira_issue.hpp"
#include "adapters/atlassian/jql.hpp"
#include "adapters/atlassian/wiki.hpp"
#include "adapters/http/url.hpp"
#include "core/utf8.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <set>

namespace hyakki::atlassian {
namespace {

constexpr std::size_t most_stories = 10'000;
constexpr std::size_t most_sentences = 100;
constexpr std::size_t most_pages = 1000;
constexpr std::size_t page_size = 100;
constexpr std::size_t keys_per_query = 100; // what Cloud reads at once
constexpr std::size_t most_reconciled = 50;
constexpr std::size_t most_known_ids = 20'000;
constexpr std::size_t json_depth = 256; // nested lists of a description

std::string written(const nlohmann::json& body) {
  return body.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

bool has(const std::vector<std::string>& all, const std::string& one) {
  return std::find(all.begin(), all.end(), one) != all.end();
}

bool same_word(std::string_view a, std::string_view b) {
  auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
  return a.size() == b.size() &&
         std::equal(a.begin(), a.end(), b.begin(), [&](char x, char y) { return lower(x) == lower(y); });
}

bool is_marker(std::string_view text) {
  return !text.empty() && text.size() <= 120 &&
         text.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789:._/-") == std::string_view::npos;
}

std::vector<std::string> words_of(std::string_view text) {
  auto out = std::vector<std::string>{};
  while (!text.empty()) {
    auto comma = text.find(',');
    if (auto word = clean_line(text.substr(0, comma)); !word.empty() && word != " ") {
      word.erase(0, word.find_first_not_of(' '));
      word.erase(word.find_last_not_of(' ') + 1);
      out.push_back(word);
    }
    text.remove_prefix(comma == std::string_view::npos ? text.size() : comma + 1);
  }
  return out;
}

class jira_tracker final : public tracker {
public:
  jira_tracker(jira_kind kind, const tracker_config& config, http_client& http)
    : config_(config), jira_(kind, config, http), scope_(check()) {}

  std::string_view name() const override { return config_.name; }
  result<found> search() override;
  result<std::vector<standing>> look_again(const std::vector<std::string>& keys) override;
  result<found> search_rework() override;
  result<story> fetch(std::string_view key) override;
  result<bool> post(std::string_view key, const comment& what) override;
  result<void> label(std::string_view key, const label_change& what) override;
  result<void> move_to(std::string_view key, std::string_view status) override;
  result<void> probe() override;

private:
  using filter = std::function<bool(const jira_issue&)>;
  /// The part of a search that the configuration says; a fault of the configuration.
  result<std::string> check() const;
  std::string jql_of(const std::vector<std::string>& labels, const std::vector<std::string>& without,
                     bool any_status) const;
  result<found> each(const std::string& jql, const filter& wanted);
  /// One page of a search; `next` is where the one after it begins, nothing on the last.
  struct place {
    std::size_t start = 0; ///< Data Center
    std::string token;     ///< Cloud
  };
  result<http_request> page(const std::string& jql, const place& at, std::size_t size) const;
  bool assigned(const jira_issue& i) const;
  bool ours(const jira_issue& i) const;
  std::string why_not(const jira_issue& i) const;
  jira_issue read(const json_node& node);
  result<void> look_at(const std::vector<std::string>& keys, std::vector<standing>& out);
  /// Does the account see this project? What it does not see is not gone.
  result<bool> sees(const std::string& project) const;
  result<std::string> issue_path(std::string_view key, std::string_view rest = {}) const;
  result<jira_issue> get(std::string_view key);
  /// The account that we are, as authors of comments are told.
  result<std::string> myself();
  void remember(const std::string& key, std::int64_t id);

  tracker_config config_;
  jira_api jira_;
  result<std::string> scope_;
  std::optional<std::string> myself_;
  std::map<std::string, std::int64_t> ids_; ///< by key
  std::deque<std::int64_t> changed_;        ///< whose labels we changed last: a search of Cloud is to look at them anew
};

result<std::string> jira_tracker::check() const {
  auto all = config_.required_labels;
  for (auto& l : {config_.trigger_label, config_.processing_label, config_.done_label, config_.failed_label,
                  config_.rework_label})
    all.push_back(l);
  for (auto& l : all)
    if (l.empty() || l.size() > 255 || l.find_first_of(" \t\r\n") != std::string::npos || clean_line(l) != l)
      return {ec::bad_config, "Jira: \"" + printable(cut_with_note(l, 80, "…")) +
                                "\" cannot be a label: it is one word of at most 255 characters, without spaces"};
  if (!config_.query.empty())
    return jql_part(config_.query);
  auto projects = words_of(config_.project);
  if (projects.empty() || projects.size() > 50)
    return {ec::bad_config, "Jira: issue_tracker.project names " + std::to_string(projects.size()) +
                              " projects; it is a project's key like AB, or up to 50 with commas in between. Or set "
                              "issue_tracker.query"};
  for (auto& p : projects)
    if (!is_issue_key(p + "-1"))
      return {ec::bad_config, "Jira: issue_tracker.project has \"" + printable(cut_with_note(p, 80, "…")) +
                                "\", which is no project's key; it is like AB, the part of AB-12 before the number"};
  return jql_in("project", projects);
}

std::string jira_tracker::jql_of(const std::vector<std::string>& labels, const std::vector<std::string>& without,
                                 bool any_status) const {
  auto out = *scope_;
  if (any_status)
    out += " AND statusCategory != Done";
  else if (config_.query.empty())
    out += config_.status.empty() ? " AND statusCategory != Done" : " AND " + jql_in("status", {config_.status});
  for (auto& l : labels)
    out += " AND " + jql_in("labels", {l});
  out += " AND " + jql_in("labels", without, true);
  if (!config_.assignee.empty())
    out += " AND " + jql_in("assignee", {config_.assignee});
  return out + " ORDER BY created ASC, key ASC";
}

result<http_request> jira_tracker::page(const std::string& jql, const place& at, std::size_t size) const {
  auto body = nlohmann::json{{"jql", jql}, {"maxResults", size}, {"fields", issue_fields()}};
  if (!jira_.cloud()) {
    body["startAt"] = at.start;
  } else {
    if (!at.token.empty())
      body["nextPageToken"] = at.token;
    if (!changed_.empty())
      body["reconcileIssues"] = std::vector<std::int64_t>(changed_.begin(), changed_.end());
  }
  auto out = jira_.request(http_method::post, jira_.cloud() ? "/search/jql" : "/search", written(body));
  if (out)
    out->repeatable = true; // a search changes nothing
  return out;
}

void jira_tracker::remember(const std::string& key, std::int64_t id) {
  if (!jira_.cloud() || id <= 0)
    return;
  if (ids_.size() >= most_known_ids)
    ids_.clear();
  ids_[key] = id;
}

jira_issue jira_tracker::read(const json_node& node) {
  auto out = read_jira_issue(node);
  out.story.tracker = config_.name;
  out.story.url = jira_.browse(out.story.key);
  remember(out.story.key, out.id);
  return out;
}

result<tracker::found> jira_tracker::each(const std::string& jql, const filter& wanted) {
  auto out = found{};
  auto say = [](std::vector<std::string>& where, std::string what) {
    if (where.size() < most_sentences)
      where.push_back(std::move(what));
  };
  auto seen = std::set<std::string>{};
  auto tokens = std::set<std::string>{};
  auto at = place{};
  for (std::size_t n = 0; n < most_pages; ++n) {
    auto asked = page(jql, at, page_size);
    if (!asked)
      return asked.error();
    auto answer = jira_.call(*asked);
    if (!answer)
      return answer.error();
    auto document = read_json(*asked, *answer, json_depth);
    if (!document)
      return document.error();
    auto root = document->root();
    auto issues = root.items("issues");
    auto total = jira_.cloud() ? 0 : root.integer("total");
    at.token = jira_.cloud() ? root.text_or("nextPageToken", "") : "";
    at.start += issues.size();
    if (document->fault())
      return *document->fault();
    for (auto& node : issues) {
      auto i = read(node);
      if (document->fault()) {
        auto key = node.is_object() && node.maybe("key").is_string() ? printable(cut_utf8(node.text("key"), 100)) : "";
        say(out.unreadable, (key.empty() ? "" : key + ": ") + document->fault()->text);
        document->forget();
        continue;
      }
      if (!wanted(i) || !seen.insert(i.story.key).second)
        continue;
      if (out.stories.size() == most_stories) {
        say(out.unreadable, "Jira: there are more than " + std::to_string(most_stories) +
                              " issues to work on; the others wait until these are done");
        n = most_pages;
        break;
      }
      if (i.blockers.empty()) {
        out.stories.push_back(std::move(i.story));
        continue;
      }
      auto by = std::string{};
      for (auto& b : i.blockers)
        by += (by.empty() ? "" : ", ") + printable(cut_utf8(b, 100));
      say(out.held,
          i.story.key + " is blocked by " + by + (i.blockers.size() == 1 ? ", which is" : ", which are") + " open");
    }
    if (jira_.cloud() ? at.token.empty()
                      : issues.empty() || at.start >= static_cast<std::size_t>(std::max<std::int64_t>(total, 0)))
      break;
    if (jira_.cloud() && !tokens.insert(at.token).second)
      return {ec::rejected, describe(*asked) + " names the same next page twice; is this Jira?"};
  }
  std::stable_sort(out.stories.begin(), out.stories.end(),
                   [](const story& a, const story& b) { return a.created_ms < b.created_ms; });
  return out;
}

bool jira_tracker::assigned(const jira_issue& i) const {
  return config_.assignee.empty() ||
         std::any_of(i.assignee.begin(), i.assignee.end(), [&](auto& a) { return same_word(a, config_.assignee); });
}

bool jira_tracker::ours(const jira_issue& i) const {
  return assigned(i) && std::all_of(config_.required_labels.begin(), config_.required_labels.end(),
                                    [&](auto& l) { return has(i.story.labels, l); });
}

// What the query says is looked at once more: Cloud's search may lag behind what was written.
result<tracker::found> jira_tracker::search() {
  if (!scope_)
    return scope_.error();
  auto labels = config_.required_labels;
  labels.insert(labels.begin(), config_.trigger_label);
  auto ended = std::vector<std::string>{config_.processing_label, config_.done_label, config_.failed_label};
  return each(jql_of(labels, ended, false), [&](const jira_issue& i) {
    return ours(i) && has(i.story.labels, config_.trigger_label) &&
           std::none_of(ended.begin(), ended.end(), [&](auto& l) { return has(i.story.labels, l); });
  });
}

result<tracker::found> jira_tracker::search_rework() {
  if (!scope_)
    return scope_.error();
  auto labels = config_.required_labels;
  labels.insert(labels.begin(), config_.rework_label);
  return each(jql_of(labels, {config_.processing_label}, true), [&](const jira_issue& i) {
    return ours(i) && !i.closed && has(i.story.labels, config_.rework_label) &&
           !has(i.story.labels, config_.processing_label);
  });
}

std::string jira_tracker::why_not(const jira_issue& i) const {
  if (i.closed)
    return i.story.key + " is closed: its status is " + printable(cut_utf8(i.story.status, 100));
  if (!has(i.story.labels, config_.trigger_label) && !has(i.story.labels, config_.rework_label))
    return i.story.key + " does not carry the label " + config_.trigger_label + " any more";
  if (!assigned(i))
    return i.story.key + " is assigned to " +
           (i.assignee.empty() ? "nobody" : printable(cut_utf8(i.assignee.front(), 100))) + ", not to " +
           config_.assignee;
  return {};
}

result<bool> jira_tracker::sees(const std::string& project) const {
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

// Cloud reads issues by their keys at once and without the lag of its search. Data Center has its search, which with
// `validateQuery` off leaves out keys that are not there.
result<void> jira_tracker::look_at(const std::vector<std::string>& keys, std::vector<standing>& out) {
  auto body = nlohmann::json{{"fields", issue_fields()}};
  if (jira_.cloud()) {
    body["issueIdsOrKeys"] = keys;
  } else {
    body["jql"] = jql_in("key", keys) + " ORDER BY key ASC";
    body["maxResults"] = keys.size();
    body["startAt"] = 0;
    body["validateQuery"] = false;
  }
  auto missing = std::set<std::string>(keys.begin(), keys.end());
  for (std::size_t start = 0, n = 0; n <= keys.size(); ++n) {
    if (!jira_.cloud())
      body["startAt"] = start;
    auto asked = jira_.request(http_method::post, jira_.cloud() ? "/issue/bulkfetch" : "/search", written(body));
    if (!asked)
      return asked.error();
    asked->repeatable = true;
    auto answer = jira_.call(*asked);
    if (!answer)
      return answer.error();
    auto document = read_json(*asked, *answer, json_depth);
    if (!document)
      return document.error();
    auto root = document->root();
    auto issues = root.items("issues");
    auto total = jira_.cloud() ? 0 : root.integer("total");
    if (document->fault())
      return *document->fault();
    for (auto& e : jira_.cloud() ? root.maybe_items("issueErrors") : std::vector<json_node>{})
      if (e.is_object()) { // not told this time, which says nothing
        auto which = e.id("id");
        for (auto& key : keys)
          if (auto known = ids_.find(key);
              key == which || known == ids_.end() || std::to_string(known->second) == which)
            missing.erase(key);
      }
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
      auto s = standing{};
      s.why = why_not(i);
      s.wanted = s.why.empty();
      s.now = std::move(i.story);
      out.push_back(std::move(s));
    }
    start += issues.size();
    if (jira_.cloud() || issues.empty() || start >= static_cast<std::size_t>(std::max<std::int64_t>(total, 0)))
      break;
  }
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
    auto s = standing{};
    s.now.tracker = config_.name;
    s.now.key = key;
    s.wanted = false;
    s.why = key + " is not there any more: it was deleted or moved, or is hidden from the account";
    out.push_back(std::move(s));
  }
  return {};
}

result<std::vector<tracker::standing>> jira_tracker::look_again(const std::vector<std::string>& keys) {
  auto out = std::vector<standing>{};
  if (keys.empty())
    return out;
  if (!scope_)
    return scope_.error();
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

result<std::string> jira_tracker::issue_path(std::string_view key, std::string_view rest) const {
  if (!scope_)
    return scope_.error();
  if (!is_issue_key(key))
    return {ec::not_found, "Jira: \"" + printable(cut_with_note(key, 120, "…")) + "\" is no issue's key: AB-12"};
  return "/issue/" + percent_encode(key) + std::string{rest};
}

result<jira_issue> jira_tracker::get(std::string_view key) {
  auto path = issue_path(key);
  if (!path)
    return path.error();
  auto fields = std::string{};
  for (auto& f : issue_fields())
    fields += (fields.empty() ? "?fields=" : "%2C") + f;
  auto asked = jira_.request(http_method::get, *path + fields);
  if (!asked)
    return asked.error();
  auto answer = jira_.call(*asked);
  if (!answer)
    return answer.error();
  auto document = read_json(*asked, *answer, json_depth);
  if (!document)
    return document.error();
  auto out = read(document->root());
  if (document->fault())
    return *document->fault();
  if (out.story.key != key)
    return {ec::not_found, "Jira: " + std::string{key} + " was moved to " + out.story.key};
  return out;
}

result<story> jira_tracker::fetch(std::string_view key) {
  auto i = get(key);
  if (!i)
    return i.error();
  return std::move(i->story);
}

result<std::string> jira_tracker::myself() {
  if (myself_)
    return *myself_;
  auto asked = jira_.request(http_method::get, "/myself");
  if (!asked)
    return asked.error();
  auto answer = jira_.call(*asked);
  if (!answer)
    return answer.error();
  auto document = read_json(*asked, *answer);
  if (!document)
    return document.error();
  auto out = document->root().text(jira_.cloud() ? "accountId" : "name");
  if (document->fault())
    return *document->fault();
  myself_ = out;
  return out;
}

// Only our own comments count: anybody who may comment can write what looks like a marker.
result<bool> jira_tracker::post(std::string_view key, const comment& what) {
  if (!is_marker(what.marker))
    return {ec::rejected, "Jira: '" + printable(what.marker) + "' is no marker for a comment"};
  auto path = issue_path(key, "/comment");
  if (!path)
    return path.error();
  auto we = myself();
  if (!we)
    return we.error();
  for (std::size_t n = 0, start = 0; n < most_pages; ++n) {
    auto asked = jira_.request(http_method::get, *path + "?startAt=" + std::to_string(start) + "&maxResults=100");
    if (!asked)
      return asked.error();
    auto answer = jira_.call(*asked);
    if (!answer)
      return answer.error();
    auto document = read_json(*asked, *answer, json_depth);
    if (!document)
      return document.error();
    auto root = document->root();
    auto comments = root.items("comments");
    auto total = root.integer("total");
    auto there = false;
    for (auto& c : comments) {
      auto author = c.maybe("author"); // missing: an account that was deleted
      if (!author.exists() || author.text_or(jira_.cloud() ? "accountId" : "name", "") != *we)
        continue;
      auto body = c.maybe("body");
      there = there || (body.is_string() ? wiki_has_marker(body.text(), what.marker)
                                         : body.is_object() && adf_has_marker(body, what.marker));
    }
    if (document->fault())
      return *document->fault();
    if (there)
      return false;
    start += comments.size();
    if (comments.empty() || start >= static_cast<std::size_t>(std::max<std::int64_t>(total, 0)))
      break;
  }
  auto body = jira_.cloud() ? nlohmann::json{{"body", adf_comment(what.markdown, what.marker)}}
                            : nlohmann::json{{"body", wiki_comment(what.markdown, what.marker)}};
  auto asked = jira_.request(http_method::post, *path, written(body));
  if (!asked)
    return asked.error();
  if (auto done = jira_.call(*asked); !done)
    return done.error();
  return true;
}

result<void> jira_tracker::label(std::string_view key, const label_change& what) {
  auto path = issue_path(key);
  if (!path)
    return path.error();
  auto operations = nlohmann::json::array();
  auto named = std::set<std::string>{};
  auto bad = std::string{};
  for (auto [all, verb] : {std::pair{&what.add, "add"}, std::pair{&what.remove, "remove"}})
    for (auto& l : *all) {
      if (l.empty() || l.size() > 255 || l.find_first_of(" \t\r\n") != std::string::npos)
        bad = l;
      if (named.insert(l).second)
        operations.push_back({{verb, l}});
    }
  if (!bad.empty() || named.count("") != 0)
    return {ec::rejected, "Jira: \"" + printable(cut_with_note(bad, 80, "…")) +
                            "\" cannot be a label: it is one word of at most 255 characters, without spaces"};
  if (operations.empty())
    return {};
  auto asked = jira_.request(http_method::put, *path, written({{"update", {{"labels", std::move(operations)}}}}));
  if (!asked)
    return asked.error();
  if (auto answer = jira_.call(*asked); !answer) {
    auto e = answer.error();
    if (e.text.find("appropriate screen") != std::string::npos)
      e.text += ". An administrator has to put the field Labels on the edit screen of this project";
    return e;
  }
  if (auto known = ids_.find(std::string{key}); known != ids_.end()) {
    changed_.erase(std::remove(changed_.begin(), changed_.end(), known->second), changed_.end());
    changed_.push_back(known->second);
    if (changed_.size() > most_reconciled)
      changed_.pop_front();
  }
  return {};
}

result<void> jira_tracker::move_to(std::string_view key, std::string_view status) {
  auto i = get(key);
  if (!i)
    return i.error();
  if (same_word(i->story.status, status))
    return {};
  auto path = *issue_path(key, "/transitions");
  auto asked = jira_.request(http_method::get, path);
  if (!asked)
    return asked.error();
  auto answer = jira_.call(*asked);
  if (!answer)
    return answer.error();
  auto document = read_json(*asked, *answer);
  if (!document)
    return document.error();
  auto chosen = std::string{}, others = std::string{};
  for (auto& t : document->root().items("transitions")) {
    auto id = t.id("id");
    auto to = t.object("to").text("name");
    if (same_word(to, status) && chosen.empty())
      chosen = id;
    if (others.size() < 500)
      others += (others.empty() ? "" : ", ") + printable(cut_utf8(to, 100));
  }
  if (document->fault())
    return *document->fault();
  if (chosen.empty())
    return {ec::rejected, "Jira: " + std::string{key} + " cannot go from " + printable(cut_utf8(i->story.status, 100)) +
                            " to \"" + printable(cut_with_note(status, 80, "…")) +
                            "\": its workflow leads the account to " + (others.empty() ? "nowhere" : others) +
                            ". Mend the status_on_… keys or the workflow"};
  auto go = jira_.request(http_method::post, path, written({{"transition", {{"id", chosen}}}}));
  if (!go)
    return go.error();
  auto done = jira_.call(*go);
  return done ? result<void>{} : result<void>{done.error()};
}

result<void> jira_tracker::probe() {
  if (!scope_)
    return scope_.error();
  if (auto we = myself(); !we)
    return we.error();
  auto asked = page(jql_of({config_.trigger_label}, {config_.processing_label}, false), {}, 1);
  if (!asked)
    return asked.error();
  auto answer = jira_.call(*asked);
  if (!answer) {
    auto e = answer.error();
    if (e == ec::rejected)
      e = {ec::bad_config, e.text + ". Are issue_tracker.project, status and query right?"};
    return e;
  }
  auto document = read_json(*asked, *answer, json_depth);
  if (!document)
    return document.error();
  document->root().items("issues");
  return document->fault() ? result<void>{*document->fault()} : result<void>{};
}

} // namespace

std::unique_ptr<tracker> make_jira_tracker(jira_kind kind, const tracker_config& config, http_client& http) {
  return std::make_unique<jira_tracker>(kind, config, http);
}

} // namespace hyakki::atlassian
