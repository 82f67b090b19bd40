#include "adapters/github/issue.hpp"

#include "adapters/github/words.hpp"
#include "adapters/http/time_text.hpp"
#include "core/ascii.hpp"
#include "core/utf8.hpp"

#include <algorithm>

namespace hyakki::github {
namespace {

constexpr std::size_t most_text_blockers = 10;

bool all_digits(std::string_view text) {
  return !text.empty() && text.size() <= 9 && text.find_first_not_of("0123456789") == std::string_view::npos;
}

/// "closed" is closed as done; GitHub's reasons other than that are statuses of their own.
std::string status_of(std::string_view state, std::string_view reason) {
  if (state == "closed" && (reason == "not_planned" || reason == "duplicate"))
    return std::string{reason};
  return std::string{state};
}

void settle(issue& out, const repository_name& in, std::string_view tracker, const std::string& created,
            const json_node& node) {
  out.story.tracker = tracker;
  out.story.key = issue_name{in, out.number}.text();
  out.story.priority = priority_of(out.story.labels);
  out.story.created_ms = read_time(created);
  if (out.story.created_ms == 0)
    node.maybe("created_at").wrong("a time");
  if (out.number <= 0)
    node.maybe("number").wrong("a number above zero");
}

} // namespace

result<issue_name> read_key(std::string_view key) {
  auto hash = key.rfind('#');
  auto repository = read_repository(key.substr(0, hash));
  auto number = hash == std::string_view::npos ? std::string_view{} : key.substr(hash + 1);
  if (!repository || !all_digits(number) || number[0] == '0')
    return {ec::not_found,
            "GitHub: \"" + printable(cut_with_note(key, 120, "…")) + "\" is no issue's key: owner/repo#3"};
  return issue_name{*repository, std::stoll(std::string{number})};
}

issue read_issue(const json_node& node, const repository_name& in, std::string_view tracker) {
  auto out = issue{};
  out.number = node.integer("number");
  out.story.title = node.text("title");
  out.story.description = node.text_or("body", "");
  out.story.url = node.text_or("html_url", "");
  auto state = node.text("state");
  out.open = state == "open";
  out.story.status = status_of(state, node.text_or("state_reason", ""));
  for (auto& label : node.items("labels"))
    out.story.labels.push_back(label.is_string() ? label.text() : label.text("name"));
  for (auto& who : node.maybe_items("assignees"))
    out.assignees.push_back(who.text("login"));
  out.is_pull_request = node.maybe("pull_request").exists();
  if (auto links = node.maybe("issue_dependencies_summary"); links.exists())
    out.blockers = links.integer("blocked_by");
  settle(out, in, tracker, node.text("created_at"), node);
  return out;
}

issue read_graphql_issue(const json_node& node, const repository_name& in, std::string_view tracker) {
  auto out = issue{};
  out.number = node.integer("number");
  out.story.title = node.text("title");
  out.story.description = node.text_or("body", "");
  out.story.url = node.text_or("url", "");
  auto state = lowered(node.text("state"));
  out.open = state == "open";
  out.story.status = status_of(state, lowered(node.text_or("stateReason", "")));
  for (auto& label : node.object("labels").items("nodes"))
    out.story.labels.push_back(label.text("name"));
  for (auto& who : node.object("assignees").items("nodes"))
    out.assignees.push_back(who.text("login"));
  settle(out, in, tracker, node.text("createdAt"), node);
  return out;
}

std::vector<issue_name> blockers_in_text(std::string_view body, const repository_name& in) {
  auto out = std::vector<issue_name>{};
  while (!body.empty() && out.size() < most_text_blockers) {
    auto end = body.find('\n');
    auto line = body.substr(0, end);
    body.remove_prefix(end == std::string_view::npos ? body.size() : end + 1);
    auto first = line.find_first_not_of(" \t-*");
    constexpr auto words = std::string_view{"blocked by"};
    if (first == std::string_view::npos || !same_label(line.substr(first, words.size()), words))
      continue;
    line.remove_prefix(first + words.size());
    while (!line.empty() && out.size() < most_text_blockers) {
      auto begin = line.find_first_not_of(" \t\r,:;");
      if (begin == std::string_view::npos)
        break;
      auto word = line.substr(begin, line.find_first_of(" \t\r,;", begin) - begin);
      line.remove_prefix(begin + word.size());
      while (!word.empty() && (word.back() == '.' || word.back() == ')'))
        word.remove_suffix(1);
      auto key = word.substr(0, 1) == "#" ? in.text() + std::string{word} : std::string{word};
      if (auto named = read_key(key))
        out.push_back(*named);
      else if (word != "and")
        break; // the line goes on with words
    }
  }
  return out;
}

} // namespace hyakki::github
