#include "core/shared_tracker.hpp"

#include "core/ascii.hpp"
#include "core/routing.hpp"
#include "core/url.hpp"
#include "core/utf8.hpp"

#include <algorithm>
#include <map>
#include <string_view>

namespace hyakki {
namespace {

void cut_end(std::string& text, std::string_view end) {
  if (ends(text, end))
    text.resize(text.size() - end.size());
}

std::string without_slashes(std::string text) {
  while (text.size() > 1 && text.back() == '/')
    text.pop_back();
  return text;
}

/// One spelling for each service.
std::string address_of(const tracker_config& t) {
  auto github = t.type == "github_issues";
  auto read = parse_url(github && t.base_url.empty() ? "https://github.com" : t.base_url);
  if (!read)
    return without_slashes(t.base_url);
  if (github && begins(read->host, "api."))
    read->host = read->host.substr(4);
  auto out = without_slashes(read->text());
  cut_end(out, "/");
  if (github)
    cut_end(out, "/api/v3");
  return out;
}

/// A directory that has .tickets, or is it.
std::string directory_of(const tracker_config& t) {
  auto out = without_slashes(t.path);
  cut_end(out, "/.tickets");
  return out;
}

/// The keys of these name their project, so only the service counts; of others nobody knows.
bool keys_name_projects(const tracker_config& t) { return t.type == "github_issues" || begins(t.type, "jira_"); }

/// As they are written, by a spelling that is the same for all.
std::map<std::string, std::string> projects_named(const tracker_config& t) {
  std::map<std::string, std::string> out;
  for (auto& word : between_commas(clean_line(t.project)))
    out.emplace(lowered(word), word);
  return out;
}

std::vector<std::string> labels_wanted(const tracker_config& t) {
  auto out = t.required_labels;
  out.push_back(t.trigger_label);
  return out;
}

/// Is whatever has all of these also what has all of those?
bool includes(const std::vector<std::string>& these, const std::vector<std::string>& those) {
  return std::all_of(those.begin(), those.end(), [&](auto& l) { return carries(these, l); });
}

bool may_be_one(const std::string& a, const std::string& b) { return a.empty() || b.empty() || same_letters(a, b); }

/// What both look at; empty when they look at different things, or nobody can tell from here.
std::string what_both_see(const tracker_config& a, const tracker_config& b) {
  if (!same_service(a, b) || !may_be_one(a.assignee, b.assignee) || a.query != b.query)
    return {};
  auto own_query = !a.query.empty() && begins(a.type, "jira_"); // it stands in the place of project and status
  if (!own_query && !may_be_one(a.status, b.status))
    return {};
  auto x = labels_wanted(a), y = labels_wanted(b);
  if (!includes(x, y) && !includes(y, x))
    return {};
  if (own_query)
    return "the query " + printable(cut_with_note(a.query, 100, "…"));
  if (!keys_name_projects(a))
    return a.path.empty() ? "the same " + a.type : printable(cut_with_note(a.path, 100, "…"));
  std::string shared;
  auto others = projects_named(b);
  for (auto& [key, name] : projects_named(a))
    if (others.count(key) > 0)
      shared += (shared.empty() ? "" : ", ") + printable(cut_with_note(name, 100, "…"));
  return shared;
}

} // namespace

bool same_service(const tracker_config& a, const tracker_config& b) {
  return a.type == b.type && address_of(a) == address_of(b) && directory_of(a) == directory_of(b) &&
         (keys_name_projects(a) || a.project == b.project);
}

std::vector<std::string> neighbours(const config& c, const std::string& tracker) {
  std::vector<std::string> out;
  auto& own = project_for(c, tracker).issue_tracker;
  for (auto& p : c.projects)
    if (auto& name = name_of(p.issue_tracker); name != tracker && same_service(p.issue_tracker, own))
      out.push_back(name);
  return out;
}

bool is_meant_for(const story& s, const tracker_config& t) { return includes(s.labels, labels_wanted(t)); }

std::vector<shared_stories> both_would_take(const config& c) {
  std::vector<shared_stories> out;
  for (std::size_t i = 0; i < c.projects.size(); ++i)
    for (std::size_t j = i + 1; j < c.projects.size(); ++j)
      if (auto where = what_both_see(c.projects[i].issue_tracker, c.projects[j].issue_tracker); !where.empty())
        out.push_back({i, j, std::move(where)});
  return out;
}

} // namespace hyakki
