#pragma once
// Which repository does a story belong to? Pure.

#include "core/config.hpp"
#include "core/error.hpp"
#include "core/story.hpp"

#include <string>
#include <string_view>

namespace hyakki {

/// A repository's name on its host: [A-Za-z0-9][A-Za-z0-9._-]{0,99}, optionally with one group in front
/// (team/repo), never "..", never ending in .git or .lock. Safe as a path below a root, as an argument and in a ref.
bool valid_slug(std::string_view slug);

/// The tracker's project that a key belongs to: AB of AB-12, owner/repo of owner/repo#3; empty for other keys.
std::string_view project_of(std::string_view key);

/// By the first component that the map knows (in the story's order), else by the first label with the prefix,
/// else by the key's project, else the default. `rejected` when there is none, saying what was looked at; when the name
/// is not safe; and when it is not among those allowed. A bad name never falls through to the next rule.
result<std::string> route(const story& s, const routing_config& c);

/// Whether one of the labels is this one; trackers tell no small letters from large ones.
bool carries(const std::vector<std::string>& labels, std::string_view label);

/// Did the story come by a label? What a program handed in carries none, and cannot lose it.
bool came_by_label(const story& s, const config& c);

/// What `led_elsewhere` begins with where a story leads to no repository any more.
inline constexpr std::string_view leads_nowhere = "its components and labels lead to no repository any more: ";

/// Why a story does not belong where it did when it was looked at before: its components or labels lead to another
/// repository now, or to none. Empty when they lead to the same, or when what was before leads nowhere today, which is
/// a change of the configuration.
std::string led_elsewhere(const story& before, const story& now, const config& c);

/// The repository of a story by the routing of its tracker's project: a slug, or "host:slug" where there are several
/// code hosts.
result<std::string> repository_for(const story& s, const config& c);

} // namespace hyakki
