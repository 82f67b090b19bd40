#pragma once
// What a command says at its end: the changed thing as JSON, or a sentence.

#include "cli/tickets/command.hpp"
#include "cli/tickets/json.hpp"
#include "cli/tickets/print.hpp"

#include <string>

namespace hyakki::ticket_cli {

inline int told(const call& asked, const json& what, const std::string& text) {
  if (asked.json())
    put_json(what);
  else
    put(text);
  return exit_done;
}
template <class T>
int told(const call& asked, const T& what, const std::string& text) {
  return told(asked, to_json(what), text);
}

/// The end of an update: what was changed (`said`, a line each), or that no option asked for anything.
template <class T>
int told_update(const call& asked, const T& what, const std::string& name, const std::string& said) {
  return told(asked, what,
              said.empty() ? "Nothing to change in " + name + ": give at least one option, see --help\n"
                           : "Updated " + name + "\n" + said);
}

} // namespace hyakki::ticket_cli
