// Forms: what they offer, and the command lines that come of them.

#include "cli/tickets/help.hpp"
#include "cli/tickets/parse.hpp"
#include "tests/tickets_tui/tui_world.hpp"

using namespace hyakki;
using namespace hyakki::test;
using words = std::vector<std::string>;

namespace {

void type(form& f, const std::string& text) {
  for (auto c : text)
    press_in(f, {press::letter, static_cast<char32_t>(static_cast<unsigned char>(c))});
}
void go_to(form& f, const std::string& option) {
  while (f.here().option != option)
    press_in(f, {press::tab});
}
tickets::ticket a_ticket() {
  auto t = tickets::ticket{};
  t.id = "FIX-1";
  t.title = "Fix it";
  t.description = "one\ntwo";
  t.labels = {"bug", "urgent"};
  t.assignee = "bob";
  t.estimated_hours = 4.5;
  return t;
}

} // namespace

SCENARIO("every form is one of a command, with options that the command has") {
  for (auto kind : {form_kind::create, form_kind::update, form_kind::comment, form_kind::journal, form_kind::time}) {
    auto t = a_ticket();
    auto f = new_form(kind, kind == form_kind::create ? "" : "FIX-1", kind == form_kind::update ? &t : nullptr);
    auto parsed = ticket_cli::parse("tickets", words_of(f));
    INFO(words_of(f)[0]);
    CHECK(std::holds_alternative<ticket_cli::call>(parsed));
    CHECK_FALSE(f.changed());
    CHECK(f.fields.size() >= (kind == form_kind::comment ? 1u : 4u));
  }
}

SCENARIO("a new ticket") {
  auto f = new_form(form_kind::create, "");
  type(f, "-p is ignored");
  CHECK(press_in(f, {press::enter}) == form_answer::nothing);
  CHECK(f.here().option == "description");
  type(f, "first");
  press_in(f, {press::enter});
  type(f, "second");
  go_to(f, "priority");
  type(f, "h");
  CHECK(f.here().value() == "high");
  press_in(f, {press::right});
  press_in(f, {press::left});
  go_to(f, "labels");
  type(f, "a, b");
  CHECK(words_of(f) == words{"create", "--title", "-p is ignored", "--description", "first\nsecond", "--priority",
                             "high", "--labels", "a, b"});
  auto parsed = ticket_cli::parse("tickets", words_of(f));
  REQUIRE(std::holds_alternative<ticket_cli::call>(parsed));
  CHECK(std::get<ticket_cli::call>(parsed).text("title") == "-p is ignored");
  go_to(f, "epic");
  CHECK(press_in(f, {press::enter}) == form_answer::send);
}

SCENARIO("an edit sends what was changed and nothing else") {
  auto t = a_ticket();
  auto f = new_form(form_kind::update, "FIX-1", &t);
  CHECK(f.find("labels")->value() == "bug, urgent");
  CHECK(f.find("estimate")->value() == "4.5");
  CHECK(words_of(f) == words{"update", "--", "FIX-1"});
  go_to(f, "assignee");
  press_in(f, {press::control, 'u'});
  CHECK(words_of(f) == words{"update", "--assignee", "", "--", "FIX-1"});
  auto parsed = ticket_cli::parse("tickets", words_of(f));
  REQUIRE(std::holds_alternative<ticket_cli::call>(parsed));
  CHECK(std::get<ticket_cli::call>(parsed).optional_text("assignee") == "");
  WHEN("somebody else changed another field meanwhile") {
    t.title = "Theirs";
    CHECK(take_in(f, t).empty());
    THEN("theirs is left alone") {
      CHECK(f.find("title")->value() == "Theirs");
      CHECK(words_of(f) == words{"update", "--assignee", "", "--", "FIX-1"});
    }
  }
  WHEN("somebody else changed the same field") {
    t.assignee = "eve";
    CHECK(take_in(f, t) == words{"Assignee"});
    THEN("asking again overwrites it") {
      CHECK(take_in(f, t).empty());
      CHECK(words_of(f) == words{"update", "--assignee", "", "--", "FIX-1"});
    }
  }
  WHEN("somebody else made the same change") {
    t.assignee.reset();
    CHECK(take_in(f, t).empty());
    CHECK_FALSE(f.changed());
  }
  WHEN("the file has a status of its own") {
    t.status = "waiting";
    auto odd = new_form(form_kind::update, "FIX-1", &t);
    CHECK(odd.find("status")->value() == "waiting");
    CHECK(words_of(odd) == words{"update", "--", "FIX-1"});
  }
}

SCENARIO("the clock is started, stopped and added to") {
  auto f = new_form(form_kind::time, "FIX-1");
  CHECK(words_of(f) == words{"time", "--start", "--", "FIX-1"});
  type(f, "x");
  CHECK(words_of(f) == words{"time", "--stop", "--", "FIX-1"});
  type(f, "s");
  go_to(f, "type");
  type(f, "t");
  CHECK(words_of(f) == words{"time", "--start", "--type", "testing", "--", "FIX-1"});
  go_to(f, "action");
  type(f, "a");
  CHECK(f.here().option == "add");
  type(f, "45");
  CHECK(words_of(f) == words{"time", "--add", "45", "--type", "testing", "--", "FIX-1"});
  CHECK(press_in(f, {press::enter}) == form_answer::send);
  WHEN("minutes are written without choosing to add") {
    auto g = new_form(form_kind::time, "FIX-1");
    go_to(g, "add");
    type(g, "5");
    THEN("they are added") { CHECK(words_of(g) == words{"time", "--add", "5", "--", "FIX-1"}); }
  }
}

SCENARIO("a text that begins with a dash is a text") {
  auto f = new_form(form_kind::comment, "FIX-1");
  type(f, "--help");
  CHECK(words_of(f) == words{"comment", "--", "FIX-1", "--help"});
  auto parsed = ticket_cli::parse("tickets", words_of(f));
  REQUIRE(std::holds_alternative<ticket_cli::call>(parsed));
  CHECK(std::get<ticket_cli::call>(parsed).text("TEXT") == "--help");
}

SCENARIO("what was written is not lost by a slip") {
  auto f = new_form(form_kind::journal, "FIX-1");
  CHECK(press_in(f, {press::escape}) == form_answer::leave);
  type(f, "x");
  CHECK(press_in(f, {press::escape}) == form_answer::nothing);
  CHECK_FALSE(f.fault.empty());
  CHECK(press_in(f, {press::letter, 'n'}) == form_answer::nothing);
  CHECK(f.fields[0].value() == "x");
  press_in(f, {press::escape});
  CHECK(press_in(f, {press::letter, 'y'}) == form_answer::leave);
}

SCENARIO("fields are gone through in both directions") {
  auto f = new_form(form_kind::create, "");
  press_in(f, {press::back_tab});
  CHECK(f.here().option == "epic");
  press_in(f, {press::down});
  CHECK(f.here().option == "title");
  press_in(f, {press::down});
  type(f, "a");
  press_in(f, {press::enter});
  CHECK(f.here().option == "description");
  press_in(f, {press::up});
  CHECK(f.here().option == "description");
  press_in(f, {press::up});
  CHECK(f.here().option == "title");
}
