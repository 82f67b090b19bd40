#pragma once
// A board of a test's own, and keys as a person presses them.

#include "cli/tickets/tui/state.hpp"
#include "cli/tickets/tui/view.hpp"
#include "tickets/local_time.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

namespace hyakki::test {

using namespace ticket_tui;

inline const wall_ms noon = *tickets::read_local_time("2026-11-20T12:00:00");

inline row ticket_row(std::string id, std::string title, std::string status = "open", std::string priority = "medium",
                      std::string assignee = "", std::string created = "2026-11-18T12:00:00") {
  static std::uint64_t digest = 1;
  return {std::move(id),       std::move(title),   std::move(status), std::move(priority),
          std::move(assignee), std::move(created), digest++};
}

inline std::shared_ptr<board> board_of(std::vector<row> rows) {
  auto out = std::make_shared<board>();
  out->place = "/work/shop";
  out->now = noon;
  out->rows = std::move(rows);
  out->count();
  return out;
}

/// The screen over a board of five tickets.
class tui_screen {
public:
  tui_screen() {
    s.room = {100, 30};
    take_board(s, board_of(five()));
  }
  static std::vector<row> five() {
    return {ticket_row("FIX-2", "Fix logout", "open", "high", "bob"),
            ticket_row("FIX-1", "Fix login bug", "in-progress", "critical", "ann", "2026-10-01T12:00:00"),
            ticket_row("DOC-1", "Write docs", "closed", "low"),
            ticket_row("DB-1", "Move the database", "blocked", "high", "", "2026-11-01T12:00:00"),
            ticket_row("UI-1", "Paint it blue", "cancelled", "low")};
  }

  deed press(key k) { return ticket_tui::press(s, k); }
  deed hit(enum press what) { return press(key{what}); }
  deed letter(char32_t c) { return press(key{press::letter, c}); }
  deed control(char32_t c) { return press(key{press::control, c}); }
  void type(const std::string& text) {
    for (auto c : text)
      (void)letter(static_cast<unsigned char>(c));
  }
  std::string text() const { return view(s).text(); }
  bool shows(const std::string& part) const { return text().find(part) != std::string::npos; }
  /// The same with runs of blanks as one.
  bool tells(const std::string& part) const {
    auto squeezed = std::string{};
    for (auto c : text())
      if (c != ' ' || squeezed.empty() || squeezed.back() != ' ')
        squeezed += c;
    return squeezed.find(part) != std::string::npos;
  }
  std::string chosen() const { return s.chosen() == nullptr ? "" : s.chosen()->id; }
  std::vector<std::string> ids() const {
    auto out = std::vector<std::string>{};
    for (auto place : s.list.shown)
      out.push_back(s.all->rows[place].id);
    return out;
  }

  state s;
};

template <class T>
bool is(const deed& d) {
  return std::holds_alternative<T>(d);
}

} // namespace hyakki::test
