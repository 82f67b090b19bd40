#include "core/template_text.hpp"

#include "core/suggest.hpp"
#include "core/utf8.hpp"

#include <algorithm>

namespace hyakki {
namespace {

constexpr std::size_t longest_template = 256 * 1024;

std::string place(std::string_view text, std::size_t at) {
  auto before = text.substr(0, at);
  auto line = std::count(before.begin(), before.end(), '\n') + 1;
  auto start = before.rfind('\n');
  auto column = start == std::string_view::npos ? at + 1 : at - start;
  return "line " + std::to_string(line) + ", column " + std::to_string(column);
}

} // namespace

result<template_text> template_text::parse(std::string_view text, const std::vector<std::string_view>& allowed) {
  if (text.size() > longest_template)
    return {ec::bad_config, "the template has " + std::to_string(text.size()) + " bytes; at most " +
                              std::to_string(longest_template) + " are allowed"};
  auto fault = [&](std::size_t at, const std::string& what) {
    return error{ec::bad_config, place(text, at) + ": " + what + ". Allowed: {" + [&] {
                   std::string all;
                   for (auto a : allowed)
                     all += (all.empty() ? "" : "} {") + std::string{a};
                   return all;
                 }() + "}; a brace itself is written {{ or }}"};
  };
  template_text out;
  std::string literal;
  for (std::size_t i = 0; i < text.size(); ++i) {
    auto c = text[i];
    if (c != '{' && c != '}') {
      literal += c;
      continue;
    }
    if (i + 1 < text.size() && text[i + 1] == c) {
      literal += c;
      ++i;
      continue;
    }
    if (c == '}')
      return fault(i, "a closing brace without an opening one");
    auto end = text.find_first_of("{}\n", i + 1);
    if (end == std::string_view::npos || text[end] != '}')
      return fault(i, "the brace is not closed");
    auto name = text.substr(i + 1, end - i - 1);
    if (name.empty())
      return fault(i, "a variable without a name");
    if (std::find(allowed.begin(), allowed.end(), name) == allowed.end())
      return fault(i, "unknown variable {" + printable(cut_utf8(name, 80)) + "}" + did_you_mean(name, allowed));
    out.parts_.push_back({std::move(literal), std::string{name}});
    literal.clear();
    i = end;
  }
  if (!literal.empty())
    out.parts_.push_back({std::move(literal), {}});
  return out;
}

std::string template_text::render(const template_values& values) const {
  std::string out;
  for (auto& p : parts_) {
    out += p.text;
    if (auto v = values.find(p.variable); v != values.end())
      out += v->second;
  }
  return out;
}

bool template_text::uses(std::string_view variable) const {
  return std::any_of(parts_.begin(), parts_.end(), [&](const part& p) { return p.variable == variable; });
}

const std::vector<std::string_view>& template_variables(std::string_view name) {
  using names = std::vector<std::string_view>;
  static const names none;
  static const names prompt{"issue_key", "title", "description", "url",    "status",      "components",
                            "labels",    "story", "repository",  "branch", "base_branch", "checks"};
  static const names review{"issue_key",  "title",  "description", "url",    "status", "components",  "labels", "story",
                            "repository", "branch", "base_branch", "checks", "diff",   "verdict_rule"};
  static const names fix{"issue_key", "title",      "description", "url",         "status", "components", "labels",
                         "story",     "repository", "branch",      "base_branch", "checks", "findings",   "round"};
  static const names rework{"issue_key",   "title",  "description", "url",        "status",
                            "components",  "labels", "story",       "repository", "branch",
                            "base_branch", "checks", "remarks",     "round",      "answer_rule"};
  static const names commit{"issue_key", "title", "url", "repository", "branch"};
  static const names rework_commit{"issue_key", "title", "url", "repository", "branch", "round"};
  static const names title{"issue_key", "title", "repository", "branch", "base_branch"};
  static const names body{"issue_key",   "title",    "url",  "story_link", "repository", "branch",
                          "base_branch", "commit",   "time", "file_count", "added",      "removed",
                          "files",       "evidence", "runs", "notes"};
  static const names comment{
    "issue_key", "title",  "url",        "story_link",   "repository",       "branch", "base_branch",
    "commit",    "time",   "file_count", "source_count", "test_count",       "added",  "removed",
    "evidence",  "runs",   "notes",      "pull_request", "pull_request_url", "agent",  "summary",
    "outcome",   "reason", "state",      "next_step",    "attempts",         "round",  "remark_count"};
  static const names branch{"issue_key", "issue_key_lc", "slug", "timestamp"};
  if (name == "prompt" || name == "resume_prompt")
    return prompt;
  if (name == "review_prompt")
    return review;
  if (name == "fix_prompt")
    return fix;
  if (name == "rework_prompt")
    return rework;
  if (name == "commit_message")
    return commit;
  if (name == "rework_commit_message")
    return rework_commit;
  if (name == "pull_request_title")
    return title;
  if (name == "pull_request_body")
    return body;
  if (name == "branch_pattern")
    return branch;
  if (name == "comment_started" || name == "comment_success" || name == "comment_details" ||
      name == "comment_failure" || name == "comment_no_changes" || name == "comment_rework" ||
      name == "comment_rework_unchanged")
    return comment;
  return none;
}

} // namespace hyakki
