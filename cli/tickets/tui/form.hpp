#pragma once
// A form for one command: its fields are options of the command's row, what it sends is a command line. So a form
// knows the same choices as the command, and the command alone says what is wrong. Pure.

#include "cli/tickets/command.hpp"
#include "cli/tickets/tui/text_edit.hpp"
#include "tickets/model/ticket.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace hyakki::ticket_tui {

enum class field_kind : std::uint8_t { line, lines, choice };

struct field {
  std::string label;
  std::string option; ///< of the command, as `name_of` says it
  field_kind kind = field_kind::line;
  bool positional = false;
  std::string hint; ///< of the table: "hours"
  text_edit edit;   ///< line, lines
  std::vector<std::string> allowed;
  std::size_t chosen = 0; ///< choice
  std::string before;     ///< its value when the form was opened

  const std::string& value() const { return kind == field_kind::choice ? allowed[chosen] : edit.text; }
  bool changed() const { return value() != before; }
};

/// Chooses a word of a choice; one that is none of the table stands before the others from then on.
void choose(field& f, const std::string& word);

// The time command's three flags are one choice here, which is no option of its own.
inline constexpr auto action = "action";
inline constexpr std::string_view add_minutes = "add";

/// Which form it is, by its command.
enum class form_kind : std::uint8_t { create, update, comment, journal, time };

struct form {
  form_kind kind = form_kind::create;
  std::string title;
  std::string id;                ///< of the ticket; empty for create
  std::vector<std::string> head; ///< lines above the fields
  std::vector<field> fields;
  std::size_t focus = 0;
  std::string fault;        ///< what the command said, or what must be decided
  bool leaving = false;     ///< asked whether what was written may be lost
  std::size_t head_top = 0; ///< first line of the head that is shown

  field& here() { return fields[focus]; }
  const field& here() const { return fields[focus]; }
  bool changed() const;
  const field* find(std::string_view option) const;
};

/// An empty form; of `update` one with the values of the ticket. `head` belongs to `time`: what `tickets time ID` says.
form new_form(form_kind kind, const std::string& id, const tickets::ticket* now = nullptr);

/// The command line that a form asks for: only what was changed, but for texts that the command must have.
std::vector<std::string> words_of(const form& f);

/// Values that another process has changed since an `update` form was opened, of those that the form would overwrite.
/// Takes the new ones as the values from before, so that asking again overwrites them knowingly.
std::vector<std::string> take_in(form& f, const tickets::ticket& now);

enum class form_answer : std::uint8_t { nothing, send, leave };
/// A key in a form.
form_answer press_in(form& f, const key& k);

} // namespace hyakki::ticket_tui
