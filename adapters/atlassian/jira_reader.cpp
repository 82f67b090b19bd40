#include "adapters/atlassian/jira_reader.hpp"

#include "adapters/atlassian/jql.hpp"
#include "adapters/http/ask.hpp"
#include "core/url.hpp"
#include "core/utf8.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace hyakki::atlassian {
namespace {

constexpr std::size_t most_stories = 10'000;
constexpr std::size_t most_sentences = 100;
constexpr std::size_t page_size = 100;
constexpr std::size_t most_reconciled = 50;
constexpr std::size_t most_known_ids = 20'000;

void say(std::vector<std::string>& where, std::string what) {
  if (where.size() < most_sentences)
    where.push_back(std::move(what));
}

} // namespace

result<std::string> issue_path(std::string_view key, std::string_view rest) {
  if (!is_issue_key(key))
    return {ec::not_found, "Jira: \"" + printable(cut_with_note(key, 120, "…")) + "\" is no issue's key: AB-12"};
  return "/issue/" + percent_encode(key) + std::string{rest};
}

bool goes_on(std::size_t read, std::size_t of_this_page, std::int64_t total) {
  return of_this_page != 0 && read < static_cast<std::size_t>(std::max<std::int64_t>(total, 0));
}

result<http_request> jira_reader::page(const std::string& jql, const place& at, std::size_t size,
                                       const std::vector<std::string>& fields) const {
  auto body = nlohmann::json{{"jql", jql}, {"maxResults", size}, {"fields", fields}};
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

void jira_reader::remember(const std::string& key, std::int64_t id) {
  if (!jira_.cloud() || id <= 0)
    return;
  if (ids_.size() >= most_known_ids)
    ids_.clear();
  ids_[key] = id;
}

void jira_reader::changed(const std::string& key) {
  auto known = ids_.find(key);
  if (known == ids_.end())
    return;
  changed_.erase(std::remove(changed_.begin(), changed_.end(), known->second), changed_.end());
  changed_.push_back(known->second);
  if (changed_.size() > most_reconciled)
    changed_.pop_front();
}

jira_issue jira_reader::read(const json_node& node) {
  auto out = read_jira_issue(node);
  out.story.tracker = name_;
  out.story.url = jira_.browse(out.story.key);
  remember(out.story.key, out.id);
  return out;
}

result<tracker::found> jira_reader::each(const std::string& jql, const filter& wanted) {
  auto out = tracker::found{};
  auto seen = std::set<std::string>{};
  auto tokens = std::set<std::string>{};
  auto at = place{};
  auto size = page_size;
  auto first = std::string{}; // of the page before
  for (std::size_t n = 0; n < most_pages; ++n) {
    auto asked = page(jql, at, size, issue_fields());
    auto document = ask_document(jira_, asked, json_depth);
    // Issues of any size hide no others: fewer at once, and one that is too large alone is passed over.
    if (!document && is_too_much(document.error())) {
      if (size > 1) {
        size /= 10;
        continue;
      }
      auto more = pass_over(jql, at, document.error(), out);
      if (!more)
        return more.error();
      if (!*more)
        break;
      size = page_size;
      continue;
    }
    if (!document)
      return document.error();
    auto root = document->root();
    auto issues = root.items("issues");
    auto begins = issues.empty() ? std::string{} : issues.front().maybe("key").json();
    if (!jira_.cloud() && n > 0 && !issues.empty() && begins == first)
      return {ec::rejected, describe(*asked) + " shows the same page twice; is this Jira?"};
    first = begins;
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
      take(out, std::move(i));
    }
    if (jira_.cloud() ? at.token.empty() : !goes_on(at.start, issues.size(), total))
      break;
    if (jira_.cloud() && !tokens.insert(at.token).second)
      return {ec::rejected, describe(*asked) + " names the same next page twice; is this Jira?"};
  }
  std::stable_sort(out.stories.begin(), out.stories.end(),
                   [](const story& a, const story& b) { return a.created_ms < b.created_ms; });
  return out;
}

result<bool> jira_reader::pass_over(const std::string& jql, place& at, const error& why, tracker::found& out) const {
  auto document = ask_document(jira_, page(jql, at, 1, {"status"}), json_depth);
  if (!document)
    return document.error();
  auto root = document->root();
  auto issues = root.items("issues");
  auto key = issues.empty() ? std::string{} : issues.front().text("key");
  auto total = jira_.cloud() ? 0 : root.integer("total");
  at.token = jira_.cloud() ? root.text_or("nextPageToken", "") : "";
  at.start += issues.size();
  if (document->fault())
    return *document->fault();
  say(out.unreadable,
      (key.empty() ? "an issue" : printable(cut_utf8(key, 100))) + " is passed over: it is too large. " + why.text);
  return jira_.cloud() ? !at.token.empty() : goes_on(at.start, issues.size(), total);
}

void jira_reader::take(tracker::found& out, jira_issue i) const {
  if (i.blockers.empty()) {
    out.stories.push_back(std::move(i.story));
    return;
  }
  auto by = std::string{};
  for (auto& b : i.blockers)
    by += (by.empty() ? "" : ", ") + printable(cut_utf8(b, 100));
  out.hold(i.story.key + " is blocked by " + by + (i.blockers.size() == 1 ? ", which is" : ", which are") + " open");
}

result<void> jira_reader::try_out(const std::string& jql) const {
  auto asked = page(jql, {}, 1, issue_fields());
  if (!asked)
    return asked.error();
  auto answer = jira_.call(*asked);
  if (!answer && answer.error() == ec::rejected)
    return {ec::bad_config, answer.error().text + ". Are issue_tracker.project, status and query right?"};
  if (!answer)
    return answer.error();
  auto seen = read_answer(
    *asked, *answer, [](const json_node& root) { return root.items("issues").size(); }, json_depth);
  return seen ? result<void>{} : result<void>{seen.error()};
}

result<jira_issue> jira_reader::get(std::string_view key) {
  auto path = issue_path(key);
  if (!path)
    return path.error();
  auto fields = std::string{};
  for (auto& f : issue_fields())
    fields += (fields.empty() ? "?fields=" : "%2C") + f;
  auto out = ask(
    jira_, jira_.request(http_method::get, *path + fields), [&](const json_node& root) { return read(root); },
    json_depth);
  if (out && out->story.key != key)
    return {ec::not_found, "Jira: " + std::string{key} + " was moved to " + out->story.key};
  return out;
}

} // namespace hyakki::atlassian
