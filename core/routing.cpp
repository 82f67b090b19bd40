#include "core/routing.hpp"

#include "core/ascii.hpp"
#include "core/utf8.hpp"

#include <algorithm>

namespace hyakki {
namespace {

bool valid_part(std::string_view part) {
  if (part.empty() || part.size() > 100 || part.find("..") != std::string_view::npos)
    return false;
  auto alnum = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); };
  auto ends = [&](std::string_view with) {
    return part.size() >= with.size() && part.substr(part.size() - with.size()) == with;
  };
  return alnum(part[0]) && part.back() != '.' && !ends(".git") && !ends(".lock") &&
         std::all_of(part.begin(), part.end(), [&](char c) { return alnum(c) || c == '.' || c == '_' || c == '-'; });
}

std::string quoted(std::string_view text) { return "\"" + printable(cut_with_note(text, 100, "…")) + "\""; }

template <class Names, class Name>
std::string few(const Names& names, Name name) {
  std::string out;
  std::size_t n = 0;
  for (auto& x : names) {
    if (n++ == 10)
      return out + " and " + std::to_string(names.size() - 10) + " more";
    out += (out.empty() ? "" : ", ") + quoted(name(x));
  }
  return out.empty() ? "none" : out;
}

result<std::string> allowed(std::string slug, const routing_config& c, const std::string& by) {
  if (!valid_slug(slug))
    return {ec::rejected, by + " names the repository " + quoted(slug) +
                            ", which is not a safe name: letters, digits and . _ - (first a letter or digit), at "
                            "most 100, with at most one group in front as in team/repo. Nothing was started"};
  if (!c.allowed.empty() && std::find(c.allowed.begin(), c.allowed.end(), slug) == c.allowed.end())
    return {ec::rejected, by + " names the repository " + quoted(slug) + ", which is not among those allowed (" +
                            few(c.allowed, [](const std::string& a) { return a; }) +
                            "). Add it to routing.allowed or change the story"};
  return slug;
}

} // namespace

bool valid_slug(std::string_view slug) {
  auto slash = slug.find('/');
  return slash == std::string_view::npos ? valid_part(slug)
                                         : valid_part(slug.substr(0, slash)) && valid_part(slug.substr(slash + 1));
}

std::string_view project_of(std::string_view key) {
  auto cut = key.find_last_of("-#");
  return cut == std::string_view::npos ? std::string_view{} : key.substr(0, cut);
}

result<std::string> route(const story& s, const routing_config& c) {
  for (auto& component : s.components)
    if (auto hit = c.components.find(component); hit != c.components.end())
      return allowed(hit->second, c, "component " + quoted(component));
  if (!c.label_prefix.empty())
    for (auto& label : s.labels)
      if (label.size() > c.label_prefix.size() && label.compare(0, c.label_prefix.size(), c.label_prefix) == 0)
        return allowed(label.substr(c.label_prefix.size()), c, "label " + quoted(label));
  if (auto project = c.projects.find(std::string{project_of(s.key)}); project != c.projects.end())
    return allowed(project->second, c, "project " + quoted(project->first));
  if (!c.default_repository.empty())
    return allowed(c.default_repository, c, "routing.default_repository");
  auto itself = [](const std::string& x) { return x; };
  return {ec::rejected,
          "no repository for this story. Its components: " + few(s.components, itself) +
            "; known to routing.components: " + few(c.components, [](auto& x) { return x.first; }) +
            ". Its labels: " + few(s.labels, itself) +
            (c.label_prefix.empty() ? std::string{"; routing.label_prefix is empty"}
                                    : "; none begins with " + quoted(c.label_prefix)) +
            (c.projects.empty() ? std::string{} : "; routing.projects does not know " + quoted(project_of(s.key))) +
            ". There is no routing.default_repository. Give the story a component or a label, or set a default, then "
            "retry it"};
}

bool carries(const std::vector<std::string>& labels, std::string_view label) {
  return std::any_of(labels.begin(), labels.end(), [&](auto& l) { return same_letters(l, label); });
}

bool came_by_label(const story& s, const config& c) {
  auto& t = project_for(c, s.tracker).issue_tracker;
  return carries(s.labels, t.trigger_label) || carries(s.labels, t.rework_label);
}

std::string led_elsewhere(const story& before, const story& now, const config& c) {
  auto was = repository_for(before, c);
  if (!was)
    return {};
  auto is = repository_for(now, c);
  if (!is)
    return std::string{leads_nowhere} + is.error().text;
  return *is == *was ? std::string{}
                     : "its components or labels lead to the repository " + *is + " now, and not to " + *was;
}

result<std::string> repository_for(const story& s, const config& c) {
  auto project = project_for(c, s.tracker);
  auto slug = route(s, project.routing);
  if (!slug || !several_hosts(c))
    return slug;
  return name_of(project.repo_hosting) + ":" + *slug;
}

} // namespace hyakki
