// What each key does, without a terminal and without a store.

#include "tests/tickets_tui/tui_world.hpp"

using namespace hyakki;
using namespace hyakki::test;
using words = std::vector<std::string>;

SCENARIO_METHOD(tui_screen, "the list is gone through") {
  CHECK(chosen() == "FIX-2");
  hit(press::down);
  letter('j');
  CHECK(chosen() == "DOC-1");
  letter('k');
  hit(press::up);
  hit(press::up);
  CHECK(chosen() == "FIX-2");
  hit(press::end);
  CHECK(chosen() == "UI-1");
  hit(press::down);
  CHECK(chosen() == "UI-1");
  hit(press::home);
  CHECK(chosen() == "FIX-2");
  WHEN("there is room for two rows") {
    take_size(s, {40, 7});
    CHECK(table_rows(s) == 2);
    hit(press::page_down);
    CHECK(chosen() == "DOC-1");
    CHECK(s.list.top == 1);
    CHECK(shows("DOC-1"));
    hit(press::end);
    CHECK(shows("UI-1"));
  }
  WHEN("the store changes") {
    hit(press::down);
    auto rows = five();
    rows.insert(rows.begin(), ticket_row("NEW-1", "Newest"));
    take_board(s, board_of(rows));
    THEN("the chosen ticket stays chosen") { CHECK(chosen() == "FIX-1"); }
    AND_WHEN("it goes") {
      rows.erase(rows.begin() + 2);
      take_board(s, board_of(rows));
      THEN("its neighbour is chosen") { CHECK(chosen() == "DOC-1"); }
      AND_WHEN("all go") {
        take_board(s, board_of({}));
        CHECK(chosen().empty());
        CHECK(is<nothing>(hit(press::enter)));
        CHECK(is<nothing>(letter('e')));
        CHECK(s.bad);
        CHECK(shows("No tickets yet"));
      }
    }
  }
}

SCENARIO_METHOD(tui_screen, "the numbers filter") {
  struct expected {
    char32_t key;
    words ids;
  };
  for (auto& [key, wanted] : std::vector<expected>{{'2', {"FIX-2"}},
                                                   {'3', {"FIX-1"}},
                                                   {'4', {"DB-1"}},
                                                   {'5', {"DOC-1"}},
                                                   {'6', {"FIX-1"}},
                                                   {'7', {"FIX-2", "DB-1"}},
                                                   {'1', {"FIX-2", "FIX-1", "DOC-1", "DB-1", "UI-1"}}}) {
    CHECK(is<nothing>(letter(key)));
    CHECK(ids() == wanted);
  }
  CHECK(s.all->counts == std::array<std::size_t, 7>{5, 1, 1, 1, 1, 1, 2});
  WHEN("nothing passes") {
    auto rows = five();
    rows.erase(rows.begin() + 3);
    take_board(s, board_of(rows));
    letter('4');
    CHECK(ids().empty());
    CHECK(shows("No ticket is in this filter"));
    THEN("Esc shows all again") {
      hit(press::escape);
      CHECK(ids().size() == 4);
    }
  }
  WHEN("the chosen one passes") {
    hit(press::end);
    hit(press::up);
    letter('7');
    THEN("it stays chosen") { CHECK(chosen() == "DB-1"); }
  }
}

SCENARIO_METHOD(tui_screen, "a search is typed, done and cleared") {
  letter('/');
  CHECK(s.list.searching);
  CHECK(is<search_later>(letter('q'))); // letters are text now
  CHECK(s.list.search.text == "q");
  type("2x");
  CHECK(is<nothing>(hit(press::left)));
  CHECK(is<look_again>(hit(press::enter)));
  CHECK_FALSE(s.list.searching);
  auto found = board_of(five());
  found->searched = true;
  found->query = "q2x";
  found->found = {1, 3};
  take_board(s, found);
  CHECK(ids() == words{"FIX-1", "DB-1"});
  letter('4');
  CHECK(ids() == words{"DB-1"});
  WHEN("it is cleared by Ctrl+L") {
    CHECK(is<look_again>(control('l')));
    CHECK(s.list.search.text.empty());
    CHECK(s.list.filter == 3);
    CHECK(is<nothing>(control('l')));
  }
  WHEN("all is cleared by Esc") {
    CHECK(is<look_again>(hit(press::escape)));
    CHECK(s.list.search.text.empty());
    CHECK(s.list.filter == 0);
  }
  WHEN("it is left by Esc while being typed") {
    letter('/');
    CHECK(is<look_again>(hit(press::escape)));
    CHECK_FALSE(s.list.searching);
    CHECK(s.list.search.text.empty());
  }
}

SCENARIO_METHOD(tui_screen, "keys of the list ask for what they stand for, in both cases") {
  for (auto& [low, high] : std::vector<std::pair<char32_t, char32_t>>{{'n', 'N'}, {'g', 'G'}, {'r', 'R'}, {'q', 'Q'}}) {
    auto a = letter(low), b = letter(high);
    CHECK(a.index() == b.index());
    CHECK_FALSE(is<nothing>(a));
  }
  CHECK(std::get<open_form>(letter('n')).kind == form_kind::create);
  CHECK(std::get<open_form>(letter('e')).id == "FIX-2");
  CHECK(std::get<open_form>(letter('c')).kind == form_kind::comment);
  CHECK(std::get<open_form>(letter('t')).kind == form_kind::time);
  CHECK(std::get<run_words>(letter('g')).words == words{"report"});
  CHECK(std::get<show_page>(hit(press::enter)).id == "FIX-2");
  CHECK(is<quit>(control('c')));
  CHECK(is<suspend>(control('z')));
  CHECK(is<nothing>(letter('z')));
  CHECK(is<nothing>(hit(press::other)));
  letter('?');
  CHECK(shows("new ticket"));
  CHECK(is<nothing>(letter('n')));
  hit(press::escape);
  CHECK(s.pages.empty());
}

SCENARIO_METHOD(tui_screen, "a ticket's page is scrolled, and acted upon") {
  auto lines = words{};
  for (int i = 0; i < 100; ++i)
    lines.push_back("line " + std::to_string(i));
  take_page(s, "FIX-1", lines);
  CHECK(shows("line 0\n"));
  hit(press::page_down);
  CHECK_FALSE(shows("line 0\n"));
  hit(press::end);
  CHECK(shows("line 99"));
  CHECK(shows("100%"));
  hit(press::down);
  CHECK(shows("line 99"));
  hit(press::home);
  CHECK(shows("line 0\n"));
  for (auto& [key, kind] : std::vector<std::pair<char32_t, form_kind>>{
         {'j', form_kind::journal}, {'t', form_kind::time}, {'e', form_kind::update}, {'c', form_kind::comment}}) {
    auto d = letter(key);
    CHECK(std::get<open_form>(d).kind == kind);
    CHECK(std::get<open_form>(d).id == "FIX-1"); // not the one that is chosen in the list
  }
  WHEN("it gets new lines below another page") {
    letter('?');
    take_page(s, "FIX-1", {"fresh"});
    CHECK(s.pages.size() == 2);
    hit(press::escape);
    CHECK(shows("fresh"));
  }
  WHEN("the ticket is gone") {
    lose_page(s, "FIX-1");
    CHECK(s.pages.empty());
  }
  WHEN("the screen becomes narrow") {
    hit(press::end);
    take_size(s, {20, 10});
    THEN("its first line stays the first") { CHECK(shows("line 73\n")); }
  }
}

SCENARIO_METHOD(tui_screen, "hours are read of what is on the screen first") {
  take_size(s, {40, 7});
  hit(press::end);
  CHECK(wanted_hours(s)->id == "DB-1");
  s.hours.add(*wanted_hours(s), {1.5, 4.0, 0, noon});
  CHECK(wanted_hours(s)->id == "UI-1");
  s.hours.add(*wanted_hours(s), {});
  CHECK(wanted_hours(s)->id == "FIX-2");
  s.hours.add(*wanted_hours(s), {0.5, {}, 1, noon});
  s.hours.add(*wanted_hours(s), {});
  s.hours.add(*wanted_hours(s), {});
  CHECK(wanted_hours(s) == nullptr);
  THEN("a clock goes on without another look") {
    CHECK(s.hours.logged(noon) == Approx(2.0));
    CHECK(s.hours.logged(noon + 3'600'000) == Approx(3.0));
    CHECK(s.hours.find("FIX-2")->until(noon + 1'800'000) == Approx(1.0));
    CHECK(s.hours.estimated() == Approx(4.0));
    CHECK(s.hours.running() == 1);
  }
  WHEN("a file changes") {
    auto rows = s.all->rows;
    rows[3].mark = 999'999;
    take_board(s, board_of(rows));
    THEN("only that one is wanted again") {
      CHECK(wanted_hours(s)->id == "DB-1");
      CHECK(s.hours.logged(noon) == Approx(0.5));
      CHECK(s.hours.known() == 4);
    }
  }
}

SCENARIO_METHOD(tui_screen, "an answer closes its form, a refusal keeps it") {
  take_form(s, new_form(form_kind::create, ""));
  CHECK(is<run_form>(control('s')));
  take_answer(s, false, "the title is empty");
  REQUIRE(s.asked);
  CHECK(shows("the title is empty"));
  hit(press::end);
  hit(press::down);
  control('s');
  take_answer(s, true, "Created X-1: it");
  CHECK_FALSE(s.asked);
  CHECK(shows("Created X-1: it"));
  WHEN("the list comes anew") {
    hit(press::end);
    take_form(s, new_form(form_kind::create, ""));
    take_answer(s, true, "Created");
    take_board(s, board_of(five()));
    THEN("the newest is chosen") { CHECK(chosen() == "FIX-2"); }
  }
}
