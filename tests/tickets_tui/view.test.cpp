// What the screen looks like, as plain text.

#include "tests/tickets_tui/tui_world.hpp"

using namespace hyakki;
using namespace hyakki::test;

SCENARIO_METHOD(tui_screen, "the list screen tells everything at once") {
  CHECK(shows("Search"));
  CHECK(shows("1 all"));
  CHECK(shows("7 high"));
  CHECK(shows("n new ticket"));
  CHECK(shows("Metrics"));
  CHECK(tells("Done 20.0%"));
  CHECK(tells("Risk high 63")); // blocked 20, critical 15, over 30 days 5, nobody's 3, two urgent ones that wait 20
  CHECK(shows("Over 30 days"));
  auto lines = view(s);
  auto found = std::string{};
  for (int y = 0; y < 30; ++y)
    if (lines.line(y).find("FIX-1") != std::string::npos)
      found = lines.line(y);
  INFO(text());
  for (auto part : {"Fix login bug", "in-progress", "critical", "ann", "50d", "…"})
    CHECK(found.find(part) != std::string::npos);
  WHEN("hours are known") {
    for (auto r = wanted_hours(s); r != nullptr; r = wanted_hours(s))
      s.hours.add(*r, {2.5, {}, 0, noon});
    CHECK(shows("2.5h"));
    CHECK(tells("Logged 12.5h"));
    CHECK_FALSE(shows("Counted"));
  }
  WHEN("some files cannot be read") {
    auto b = board_of(five());
    b->unreadable = 2;
    take_board(s, b);
    CHECK(shows("2 files cannot be read"));
  }
}

SCENARIO_METHOD(tui_screen, "the columns that matter most stay on a narrow screen") {
  struct expected {
    int columns;
    std::vector<std::string> there, gone;
  };
  for (auto& [columns, there, gone] :
       std::vector<expected>{{120, {"Title", "Status", "Priority", "Assignee", "Age", "Time"}, {}},
                             {100, {"Title", "Status", "Priority", "Assignee", "Age"}, {}},
                             {80, {"Title", "Status", "Priority", "Age", "1 all", "Running"}, {"Assignee"}},
                             {40, {"Title", "Status"}, {"Priority", "Metrics"}}}) {
    take_size(s, {columns, 24});
    INFO(text());
    for (auto& part : there)
      CHECK(shows(part));
    for (auto& part : gone)
      CHECK_FALSE(shows(part));
  }
}

SCENARIO_METHOD(tui_screen, "every size from tiny to huge is drawn") {
  auto long_lines = std::vector<std::string>(50, "some words " + std::string(200, 'x') + " 日本語");
  for (int columns : {1, 2, 3, 5, 10, 20, 39, 40, 53, 54, 60, 79, 80, 81, 105, 160, 300})
    for (int rows : {1, 2, 3, 4, 5, 10, 14, 15, 17, 24, 100}) {
      take_size(s, {columns, rows});
      s.pages.clear();
      s.asked.reset();
      auto g = view(s);
      REQUIRE(g.room().columns == columns);
      if (columns >= 40 && rows >= 10) {
        INFO(columns << " x " << rows << "\n" << g.text());
        CHECK(g.text().find("FIX-2") != std::string::npos);
        CHECK(g.text().find("Fix log") != std::string::npos);
      }
      s.list.searching = true;
      (void)view(s);
      s.list.searching = false;
      take_page(s, "FIX-1", long_lines);
      (void)view(s);
      for (auto kind : {form_kind::create, form_kind::journal, form_kind::time}) {
        auto f = new_form(kind, kind == form_kind::create ? "" : "FIX-1");
        f.head = long_lines;
        for (std::size_t focus = 0; focus < f.fields.size(); ++focus) {
          f.focus = focus;
          take_form(s, f);
          auto form_grid = view(s);
          if (rows >= 10) {
            REQUIRE(form_grid.caret);
            CHECK(form_grid.caret->second < rows);
            if (columns >= 40)
              CHECK(form_grid.text().find(f.here().label) != std::string::npos);
          }
        }
      }
    }
}

SCENARIO_METHOD(tui_screen, "what strangers wrote cannot leave its cells") {
  auto evil = std::string{"\x1b]0;x\a\x1b[2J\r\n\t\xC2\x9B\xE2\x80\xAE\xFF end"};
  take_board(s, board_of({ticket_row("E-1", evil, "open", evil, evil)}));
  auto check = [&] {
    auto g = view(s);
    for (int y = 0; y < s.room.rows; ++y)
      for (int x = 0; x < s.room.columns; ++x)
        for (auto c : g.at(x, y).text)
          CHECK((static_cast<unsigned char>(c) >= 0x20 && c != 0x7f));
    CHECK(g.text().find("\xC2\x9B") == std::string::npos);
    CHECK(g.text().find("\xE2\x80\xAE") == std::string::npos);
  };
  take_size(s, {200, 30});
  check();
  CHECK(shows("\\x1b]0;x\\x07"));
  auto t = tickets::ticket{};
  t.title = t.description = evil;
  t.labels = {evil};
  t.status = t.priority = evil;
  take_form(s, new_form(form_kind::update, "E-1", &t));
  check();
  s.asked.reset();
  take_page(s, "E-1", {evil});
  check();
  say(s, evil, true);
  check();
}

SCENARIO_METHOD(tui_screen, "columns stay straight under wide and combining characters") {
  take_board(s, board_of({ticket_row("A-1", "日本語テキスト"),
                          ticket_row("A-2", "e\xCC\x81t\xCC\x81"
                                            "e"),
                          ticket_row("A-3", std::string(300, 'w'))}));
  auto g = view(s);
  auto column = [&](int y) {
    for (int x = 0; x + 3 < 100; ++x)
      if (g.at(x, y).text == "o" && g.at(x + 1, y).text == "p" && g.at(x + 2, y).text == "e" &&
          g.at(x + 3, y).text == "n")
        return x;
    return -1;
  };
  auto first = -1;
  for (int y = 8; y < 12; ++y)
    if (column(y) > 30) {
      if (first < 0)
        first = column(y);
      CHECK(column(y) == first);
    }
  CHECK(first > 0);
}

SCENARIO("a screen costs what is on it, not what is in the store") {
  auto rows = std::vector<row>{};
  for (int i = 0; i < 100'000; ++i)
    rows.push_back(ticket_row("T-" + std::to_string(i), "A ticket"));
  auto s = state{};
  s.room = {120, 40};
  take_board(s, board_of(std::move(rows)));
  auto started = std::chrono::steady_clock::now();
  for (int i = 0; i < 50; ++i) {
    (void)ticket_tui::press(s, key{press::page_down});
    (void)view(s);
  }
  CHECK(std::chrono::steady_clock::now() - started < std::chrono::seconds{5});
  (void)ticket_tui::press(s, key{press::end});
  CHECK(view(s).text().find("T-99999") != std::string::npos);
}
