#include "cli/tickets/tui/help_lines.hpp"

namespace hyakki::ticket_tui {
namespace {

struct line {
  const char* keys; ///< null: a heading
  const char* what;
};
constexpr line lines[] = {
  {nullptr, "The list"},
  {"Enter", "everything about the chosen ticket"},
  {"Up Down j k", "choose another; also Page Up, Page Down, Home, End"},
  {"n", "new ticket"},
  {"e c t", "edit it, comment on it, its time"},
  {"1 to 7", "all, open, in-progress, blocked, closed, critical, high"},
  {"/", "search in titles, descriptions and comments; status:open label:bug assignee:bob narrow it, -label:bug "
        "leaves out. Enter goes back to the list"},
  {"Ctrl+L", "no search"},
  {"Esc", "no search and no filter"},
  {"r", "read everything again; changes by others are seen within a second anyway"},
  {"g", "write the report to ticket_report.html"},
  {"q Ctrl+C", "quit"},
  {nullptr, "A ticket"},
  {"j", "write into its journal"},
  {"t", "its time"},
  {"e", "edit"},
  {"c", "comment"},
  {"Up Down", "scroll; also Page Up, Page Down, Home, End"},
  {"Esc q", "back"},
  {nullptr, "Time of a ticket"},
  {"s x a", "start the clock, stop it, add minutes"},
  {"Enter", "do it"},
  {"Page Up/Down", "scroll what was logged"},
  {"Esc", "back"},
  {nullptr, "Forms"},
  {"Tab Up Down", "from field to field"},
  {"Left Right", "another choice; its first letter does the same"},
  {"Enter", "next field; save in the last one; a new line in a long text"},
  {"Ctrl+S", "save"},
  {"Ctrl+U K W", "remove up to the caret, from the caret on, the word before it"},
  {"Esc", "leave without saving"},
  {nullptr, "Everywhere"},
  {"Ctrl+Z", "stop; `fg` goes on"},
};

constexpr std::size_t column = 14;

} // namespace

std::vector<std::string> help_lines() {
  auto out = std::vector<std::string>{};
  for (auto& l : lines) {
    if (l.keys == nullptr) {
      if (!out.empty())
        out.emplace_back();
      out.emplace_back(l.what);
      continue;
    }
    auto keys = std::string{l.keys};
    keys.resize(column, ' ');
    out.push_back("  " + keys + l.what);
  }
  return out;
}

} // namespace hyakki::ticket_tui
