#include "adapters/atlassian/jira_issue.hpp"

#include "adapters/atlassian/adf.hpp"
#include "adapters/atlassian/jql.hpp"
#include "adapters/atlassian/wiki.hpp"
#include "core/utf8.hpp"

#include <algorithm>

namespace hyakki::atlassian {
namespace {

std::string lowered(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return text;
}

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

std::int64_t read_jira_time(std::string_view text) {
  if (text.size() < 20 || text[4] != '-' || text[7] != '-' || text[10] != 'T' || text[13] != ':' || text[16] != ':')
    return 0;
  auto bad = false;
  auto number = [&](std::size_t at, std::size_t size) -> std::int64_t {
    auto out = std::int64_t{0};
    for (auto c : text.substr(std::min(at, text.size()), size)) {
      bad = bad || c < '0' || c > '9';
      out = out * 10 + (c - '0');
    }
    return out;
  };
  auto y = number(0, 4), m = number(5, 2), d = number(8, 2), h = number(11, 2), min = number(14, 2), s = number(17, 2);
  auto ms = text[19] == '.' && text.size() > 23 ? number(20, 3) : 0;
  auto zone = std::int64_t{0};
  if (auto at = text.find_first_of("+-", 19); at != std::string_view::npos) {
    auto colon = text.find(':', at) == at + 3 ? std::size_t{1} : std::size_t{0};
    if (text.size() != at + 5 + colon)
      return 0;
    zone = number(at + 1, 2) * 60 + number(at + 3 + colon, 2);
    zone = text[at] == '-' ? -zone : zone;
  } else if (text.back() != 'Z') {
    return 0;
  }
  if (bad || y < 1970 || m < 1 || m > 12 || d < 1 || d > 31 || h > 23 || min > 59 || s > 60)
    return 0;
  // days since the epoch, years beginning in March
  auto year = m <= 2 ? y - 1 : y;
  auto month = m <= 2 ? m + 9 : m - 3;
  auto era = year / 400;
  auto of_era = year - era * 400;
  auto of_year = (153 * month + 2) / 5 + d - 1;
  auto days = era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
  return ((days * 24 + h) * 60 + min - zone) * 60'000 + s * 1000 + ms;
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
  s.created_ms = read_jira_time(created);
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
