#pragma once
// The kinds of things that a store keeps, one row each: where their files lie, how they are read, written and
// checked. Inner header of the room.

#include "tickets/model/agent.hpp"
#include "tickets/model/backlog_item.hpp"
#include "tickets/model/epic.hpp"
#include "tickets/model/ticket.hpp"
#include "tickets/model/workflow.hpp"

#include <array>
#include <string>
#include <string_view>

namespace hyakki::tickets {

enum class format : std::uint8_t { yaml, json };

/// What a kind is to the store; `folders[0]` counts where two have a file of the same name.
template <class T>
struct kind_row {
  std::string_view noun; ///< for messages
  std::array<const char*, 2> folders;
  std::string_view suffix;
  format as;
  bool upper; ///< ids are [A-Z0-9-], and lower case that a person types is raised
  result<T> (*read)(const value&);
  value (*write)(const T&);
  /// Which of `folders` it belongs into.
  std::size_t (*home)(const T&);
  std::string* (*updated_at)(T&); ///< null where there is no such field
  std::string* (*created_at)(T&);
};

template <class T>
struct kind_of;

template <>
struct kind_of<ticket> {
  static const kind_row<ticket>& row();
};
template <>
struct kind_of<epic> {
  static const kind_row<epic>& row();
};
template <>
struct kind_of<backlog_item> {
  static const kind_row<backlog_item>& row();
};
template <>
struct kind_of<agent> {
  static const kind_row<agent>& row();
};
template <>
struct kind_of<agent_task> {
  static const kind_row<agent_task>& row();
};

template <>
struct kind_of<workflow> {
  static const kind_row<workflow>& row();
};

/// Every folder of a store that holds records.
inline constexpr std::array<std::string_view, 7> record_folders{"open",   "closed", "epics",    "backlog",
                                                                "agents", "tasks",  "workflows"};

/// `learning_profiles.json` lies among the agents and is none.
inline constexpr std::string_view profiles_name = "learning_profiles.json";

/// A file name of that kind without its ending; empty when it is none.
std::string_view stem_of(std::string_view name, std::string_view suffix);

/// Letters a-z raised.
std::string raised_id(std::string id);

/// The id as it is stored. `rejected` for what could be no file name of the kind: for tickets and epics anything but
/// [A-Z0-9-] after raising, for the others what has a slash, a control character, a dot in front, or 200 bytes.
result<std::string> known_id(std::string_view text, bool upper, std::string_view noun);

} // namespace hyakki::tickets
