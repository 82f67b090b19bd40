#include "adapters/atlassian/jira_issue.hpp"

#include "adapters/atlassian/adf.hpp"
#include "adapters/atlassian/jql.hpp"
#include "adapters/atlassian/wiki.hpp"
#include "adapters/http/time_text.hpp"
#include "core/ascii.hpp"
#include "core/utf8.hpp"

#include <algorithm>

namespace hyakki::atlassian {
namespace {

/// By the names that both products ship; a name of somebody's own is medium.
std::int32_t priority_of(const std::string& name) {
  auto word = lowered(name);
  for (auto critical : {"highest", "blocker", "critical", "urgent", "p0"})
    if (word == critical)
      return 0;
  for (auto high : {"high", "major", "p1"})
    if (word == high)
      return 1;
  for (auto low : {"low", "minor", "lowest", "trivial", "p3", "p4"})
    if (word == low)
      return 3;
  return 2;
}

/// The category is told by its key, whose words are no matter of language.
bool is_closed(const json_node& status) {
  auto category = status.maybe("statusCategory");
  return category.is_object() && category.text_or("key", "") == "done";
}

} // namespace

const std::vector<std::string>& issue_fields() {
  static const std::vector<std::string> fields{"summary",  "description", "components", "labels",    "status",
                                               "priority", "created",     "assignee",   "issuelinks"};
  return fields;
}

jira_issue read_jira_issue(const json_node& node) {
  auto out = jira_issue{};
  auto& s = out.story;
  s.key = node.text("key");
  if (!is_issue_key(s.key))
    node.maybe("key").wrong("an issue's key");
  auto id = node.id("id");
  if (!id.empty() && id.size() <= 18 && id.find_first_not_of("0123456789") == std::string::npos)
    out.id = std::stoll(id);
  auto fields = node.object("fields");
  s.title = fields.text("summary");
  auto description = fields.maybe("description");
  if (description.is_string())
    s.description = markdown_of_wiki(description.text());
  else if (description.is_object())
    s.description = markdown_of_adf(description);
  else if (description.exists())
    description.wrong("a text or a document");
  auto status = fields.object("status");
  s.status = status.text("name");
  out.closed = is_closed(status);
  for (auto& l : fields.maybe_items("labels"))
    s.labels.push_back(l.text());
  for (auto& c : fields.maybe_items("components"))
    s.components.push_back(c.text("name"));
  if (auto p = fields.maybe("priority"); p.exists())
    s.priority = priority_of(p.text_or("name", ""));
  auto created = fields.text("created");
  s.created_ms = read_time(created);
  if (s.created_ms == 0)
    fields.maybe("created").wrong("a time");
  if (auto a = fields.maybe("assignee"); a.exists())
    for (auto name : {"accountId", "name", "key", "emailAddress"})
      if (auto word = a.text_or(name, ""); !word.empty())
        out.assignee.push_back(word);
  for (auto& link : fields.maybe_items("issuelinks")) {
    auto other = link.maybe("inwardIssue"); // "this is blocked by that"
    auto type = link.maybe("type");
    if (!other.exists() || !type.exists())
      continue;
    auto blocks = lowered(type.text_or("inward", "")).find("blocked by") != std::string::npos ||
                  lowered(type.text_or("name", "")) == "blocks";
    auto its = other.maybe("fields");
    auto stands = its.is_object() ? its.maybe("status") : its;
    if (blocks && !(stands.is_object() && is_closed(stands)))
      out.blockers.push_back(other.text("key"));
  }
  return out;
}

} // namespace hyakki::atlassian
