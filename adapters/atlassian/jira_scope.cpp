#include "adapters/atlassian/jira_scope.hpp"

#include "adapters/atlassian/jql.hpp"
#include "core/ascii.hpp"
#include "core/utf8.hpp"

#include <algorithm>

namespace hyakki::atlassian {
namespace {

bool has(const std::vector<std::string>& all, const std::string& one) {
  return std::find(all.begin(), all.end(), one) != all.end();
}

} // namespace

jira_scope::jira_scope(const tracker_config& config) : config_(config), part_(check()) {}

result<std::string> jira_scope::check() const {
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
  auto projects = between_commas(clean_line(config_.project));
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

std::string jira_scope::jql_of(const std::vector<std::string>& labels, const std::vector<std::string>& without,
                               bool any_status) const {
  auto out = *part_;
  // What is closed is never begun: a query of the user's own need not say so.
  bool any_open = any_status || !config_.query.empty() || config_.status.empty();
  out += any_open ? " AND statusCategory != Done" : " AND " + jql_in("status", {config_.status});
  for (auto& l : labels)
    out += " AND " + jql_in("labels", {l});
  out += " AND " + jql_in("labels", without, true);
  if (!config_.assignee.empty())
    out += " AND " + jql_in("assignee", {config_.assignee});
  return out + " ORDER BY created ASC, key ASC";
}

bool jira_scope::assigned(const jira_issue& i) const {
  return config_.assignee.empty() ||
         std::any_of(i.assignee.begin(), i.assignee.end(), [&](auto& a) { return same_letters(a, config_.assignee); });
}

bool jira_scope::ours(const jira_issue& i) const {
  return assigned(i) && std::all_of(config_.required_labels.begin(), config_.required_labels.end(),
                                    [&](auto& l) { return has(i.story.labels, l); });
}

std::vector<std::string> jira_scope::with_required(const std::string& label) const {
  auto out = config_.required_labels;
  out.insert(out.begin(), label);
  return out;
}

std::vector<std::string> jira_scope::ended() const {
  return {config_.processing_label, config_.done_label, config_.failed_label};
}

std::string jira_scope::query_for_work() const { return jql_of(with_required(config_.trigger_label), ended(), false); }

std::string jira_scope::query_for_rework() const {
  return jql_of(with_required(config_.rework_label), {config_.processing_label}, true);
}

bool jira_scope::waits_for_work(const jira_issue& i) const {
  auto over = ended();
  return ours(i) && has(i.story.labels, config_.trigger_label) &&
         std::none_of(over.begin(), over.end(), [&](auto& l) { return has(i.story.labels, l); });
}

bool jira_scope::waits_for_rework(const jira_issue& i) const {
  return ours(i) && !i.closed && has(i.story.labels, config_.rework_label) &&
         !has(i.story.labels, config_.processing_label);
}

std::string jira_scope::why_not(const jira_issue& i) const {
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

} // namespace hyakki::atlassian
