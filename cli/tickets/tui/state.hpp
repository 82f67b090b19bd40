#pragma once
// The whole of what the screen shows, as one value, and how it answers to a key. Pure: what must be done outside is
// answered as a deed, and what comes of it is handed back by one of the `take_` functions.
//
//   auto d = press(s, key{press::enter});   // show_page{page_kind::detail, "FIX-1"}
//   take_page(s, page_kind::detail, "FIX-1", lines);

#include "cli/tickets/tui/board.hpp"
#include "cli/tickets/tui/form.hpp"
#include "cli/tickets/tui/grid.hpp"
#include "cli/tickets/tui/key.hpp"
#include "cli/tickets/tui/text_edit.hpp"
#include "cli/tickets/tui/work.hpp"

#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace hyakki::ticket_tui {

struct list_state {
  std::size_t filter = 0; ///< in `filters`
  text_edit search;
  bool searching = false;           ///< keys go into the search box
  std::vector<std::uint32_t> shown; ///< places in the board's rows: found by the search and let through by the filter
  std::size_t cursor = 0;           ///< in `shown`
  std::size_t top = 0;              ///< the first of `shown` on the screen
  bool newest = false;              ///< the next board is shown from its beginning
};

enum class page_kind : std::uint8_t { detail, help };

/// A page of text that is scrolled.
struct page {
  page_kind kind = page_kind::detail;
  std::string id;                 ///< of the ticket
  std::vector<std::string> lines; ///< as the command said them
  std::vector<std::string> shown; ///< the same as wide as the screen
  std::size_t top = 0;
};

struct state {
  size room;
  std::shared_ptr<const board> all = std::make_shared<board>();
  list_state list;
  std::vector<page> pages;   ///< over the list, the last one on top
  std::optional<form> asked; ///< over all of them
  work hours;
  std::string said; ///< the line at the bottom
  bool bad = false; ///< it tells of a failure
  wall_ms now = 0;

  const row* chosen() const;
  /// The ticket that keys are about: of the page, else the chosen one. Empty when there is none.
  std::string subject() const;
};

// What must be done outside.
struct nothing {};
struct quit {};
struct suspend {};      ///< Ctrl+Z
struct look_again {};   ///< read the store anew
struct search_later {}; ///< the same with what stands in the search box, once the person has stopped typing
struct show_page {
  std::string id;
};
struct open_form {
  form_kind kind;
  std::string id;
};
struct run_form {}; ///< the command of `asked`
struct run_words {
  std::vector<std::string> words;
};
using deed = std::variant<nothing, quit, suspend, look_again, search_later, show_page, open_form, run_form, run_words>;

deed press(state& s, const key& k);

void take_size(state& s, size room);
/// The chosen ticket stays chosen where it is still shown.
void take_board(state& s, std::shared_ptr<const board> all);
/// Opens the page, or gives the open one new lines.
void take_page(state& s, const std::string& id, std::vector<std::string> lines);
/// Closes it: the ticket cannot be shown.
void lose_page(state& s, const std::string& id);
void take_form(state& s, form f);
/// A command has ended: what it said. After a failure the form stays, with its fault.
void take_answer(state& s, bool well, const std::string& text);
void say(state& s, std::string text, bool bad = false);

// Smaller moves, of which keys and answers are made.
void set_filter(state& s, std::size_t n);
void scroll_to_cursor(state& s);
void show_help(state& s);

/// The rows on the screen and their heights, which the view shares with the keys.
int table_rows(const state& s);
int page_rows(const state& s);

/// The ticket whose hours are wanted next: of those on the screen first; null when all are known.
const row* wanted_hours(state& s);

} // namespace hyakki::ticket_tui
