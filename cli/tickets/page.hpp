#pragma once
// A page for people: a head, facts in a column, blocks of strangers' text. Everything that goes in is made safe here.

#include "cli/text.hpp"
#include "cli/tickets/print.hpp"

#include <string>
#include <string_view>

namespace hyakki::ticket_cli {

class page {
public:
  page();
  /// "Ticket: FIX-1", bold on a terminal.
  void title(std::string_view label, std::string_view text);
  /// A heading with a blank line before it.
  void head(std::string_view text);
  /// "Label: value"; left out when the value is empty.
  void fact(std::string_view label, std::string_view value);
  /// One line as it is meant; made safe.
  void line(std::string_view text, int indent = 0);
  /// Several lines of a stranger's text.
  void text(std::string_view text, int indent = 0);
  void gap() { out_ += "\n"; }
  void print() const { put(out_); }

private:
  bool colour_;
  std::string out_;
};

/// "2026-11-01 10:00" of a time as the files hold it.
std::string minute_of(std::string_view time);
/// "2026-11-01"
std::string day_of(std::string_view time);

} // namespace hyakki::ticket_cli
