#pragma once
// A command of `tickets`, run in this process as the command line runs it, with what it says taken in.
//
// All that the screen changes goes this way: the same checks, turns, locks and words as the commands'.

#include "cli/tickets/command.hpp"

#include <string>
#include <vector>

namespace hyakki::ticket_tui {

struct answer {
  int code = 0;
  std::string out;
  std::string err;

  bool well() const { return code == 0; }
  /// One line: what was done, or what was wrong.
  std::string line() const;
};

/// `words`: the command, its options, and behind "--" what is none. Looks where `asked` looks. One at a time: the
/// standard streams are the process's.
answer perform(const ticket_cli::call& asked, std::vector<std::string> words);

/// What an error says, without what only a command line needs.
std::string plain(std::string text);

/// The lines of a text.
std::vector<std::string> lines_of(const std::string& text);

} // namespace hyakki::ticket_tui
