#include "adapters/github/issue_scope.hpp"

#include "adapters/github/words.hpp"
#include "core/ascii.hpp"
#include "core/url.hpp"
#include "core/utf8.hpp"

#include <algorithm>

namespace hyakki::github {
namespace {

constexpr std::size_t most_repositories = 50;

result<std::vector<repository_name>> read_project(std::string_view text) {
  auto out = std::vector<repository_name>{};
  for (auto& word : between_commas(text)) {
    auto named = read_repository(word);
    if (!named)
      return {ec::bad_config, "GitHub: issue_tracker.project has \"" + printable(word) +
                                "\"; it is owner/repo, or several of them with commas in between"};
    if (std::none_of(out.begin(), out.end(), [&](auto& r) { return same_label(r.text(), named->text()); }))
      out.push_back(*named);
  }
  if (out.empty() || out.size() > most_repositories)
    return {ec::bad_config, "GitHub: issue_tracker.project names " + std::to_string(out.size()) +
                              " repositories; it is owner/repo, or up to " + std::to_string(most_repositories) +
                              " of them with commas in between"};
  return out;
}

} // namespace

issue_scope::issue_scope(const tracker_config& config) : config_(config), repositories_(read_project(config.project)) {
  if (auto good = check(); repositories_ && !good)
    repositories_ = good.error();
}

result<void> issue_scope::check() const {
  auto all = config_.required_labels;
  for (auto& l : {config_.trigger_label, config_.processing_label, config_.done_label, config_.failed_label,
                  config_.rework_label})
    all.push_back(l);
  for (auto& l : all)
    if (l.empty() || l.size() > 200 || l.find_first_of(",\r\n\"") != std::string::npos || clean_line(l) != l)
      return {ec::bad_config, "GitHub: \"" + printable(cut_with_note(l, 80, "…")) +
                                "\" cannot be asked for as a label: one line without commas and quotation marks"};
  if (!config_.status.empty() && config_.status != "open")
    return {ec::bad_config, "GitHub: issue_tracker.status is \"" + printable(config_.status) +
                              "\", but issues are only open or closed, and only open ones are worked on; leave it out, "
                              "and use required_labels to choose among them"};
  return {};
}

bool issue_scope::assigned(const issue& i) const {
  return config_.assignee.empty() || has_label(i.assignees, config_.assignee);
}

bool issue_scope::ours(const issue& i) const {
  return !i.is_pull_request && i.open && assigned(i) &&
         std::all_of(config_.required_labels.begin(), config_.required_labels.end(),
                     [&](const std::string& l) { return has_label(i.story.labels, l); });
}

std::string issue_scope::list_path(const repository_name& in, const std::vector<std::string>& labels) const {
  auto joined = std::string{};
  for (auto& l : labels)
    joined += (joined.empty() ? "" : ",") + l;
  auto path =
    repository_path(in, "/issues?state=open&sort=created&direction=asc&per_page=100&labels=") + percent_encode(joined);
  if (!config_.assignee.empty())
    path += "&assignee=" + percent_encode(config_.assignee);
  return path;
}

// One repository at a time: what several repo: words in one query mean differs between versions of the search.
std::string issue_scope::search_path(const repository_name& in, const std::vector<std::string>& labels,
                                     const std::vector<std::string>& without) const {
  auto q = config_.query + " is:issue is:open repo:" + in.text();
  for (auto& l : labels)
    q += " label:\"" + l + "\"";
  for (auto& l : without)
    q += " -label:\"" + l + "\"";
  if (!config_.assignee.empty())
    q += " assignee:" + config_.assignee;
  return "/search/issues?sort=created&order=asc&per_page=100&q=" + percent_encode(q);
}

std::vector<std::string> issue_scope::ended() const {
  return {config_.processing_label, config_.done_label, config_.failed_label};
}

std::string issue_scope::path_to(const repository_name& in, const std::string& label,
                                 const std::vector<std::string>& without) const {
  auto labels = config_.required_labels;
  labels.insert(labels.begin(), label);
  return searched() ? search_path(in, labels, without) : list_path(in, labels);
}

std::string issue_scope::path_to_work(const repository_name& in) const {
  return path_to(in, config_.trigger_label, ended());
}

std::string issue_scope::path_to_rework(const repository_name& in) const {
  return path_to(in, config_.rework_label, {config_.processing_label});
}

bool issue_scope::waits_for_work(const issue& i) const {
  auto over = ended();
  return ours(i) && has_label(i.story.labels, config_.trigger_label) &&
         std::none_of(over.begin(), over.end(), [&](auto& l) { return has_label(i.story.labels, l); });
}

bool issue_scope::waits_for_rework(const issue& i) const {
  return ours(i) && has_label(i.story.labels, config_.rework_label) &&
         !has_label(i.story.labels, config_.processing_label);
}

std::string issue_scope::why_not(const issue& i) const {
  if (!i.open)
    return i.story.key + " is closed";
  if (!has_label(i.story.labels, config_.trigger_label) && !has_label(i.story.labels, config_.rework_label))
    return i.story.key + " does not carry the label " + config_.trigger_label + " any more";
  if (!assigned(i)) {
    auto whom = std::string{};
    for (auto& a : i.assignees)
      whom += (whom.empty() ? "" : ", ") + printable(a);
    return i.story.key + " is assigned to " + (whom.empty() ? "nobody" : whom) + ", not to " + config_.assignee;
  }
  return {};
}

} // namespace hyakki::github
