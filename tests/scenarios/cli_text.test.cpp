// How things look: widths, times, sentences, and what becomes of hostile bytes. Pure functions.

#include "cli/sentence.hpp"
#include "cli/text.hpp"
#include "cli/transcript.hpp"
#include "core/utf8.hpp"
#include "tests/core/hostile.hpp"

#include <catch2/catch.hpp>

#include <random>

using namespace hyakki;

namespace {

bool harmless(const std::string& text) {
  for (unsigned char c : text)
    if (c < 0x20 || c == 0x7f)
      return false;
  return valid_utf8(text);
}

} // namespace

SCENARIO("times, money and counts read as people write them") {
  CHECK(cli::span(0) == "0 ms");
  CHECK(cli::span(-5) == "0 ms");
  CHECK(cli::span(12'345) == "12 s");
  CHECK(cli::span(180'000) == "3 min");
  CHECK(cli::span(3 * 3'600'000) == "3 h");
  CHECK(cli::span(3ll * 86'400'000) == "3 d");
  CHECK(cli::money(42'100) == "$0.0421");
  CHECK(cli::money(12'000'000) == "$12.0000");
  CHECK(cli::money(0).empty());
  CHECK(cli::counted(1, "file", "files") == "1 file");
  CHECK(cli::counted(2, "file", "files") == "2 files");
  CHECK(cli::date_time(0) == "-");
}

SCENARIO("columns are counted as a terminal draws them") {
  CHECK(cli::columns("abc") == 3);
  CHECK(cli::columns("日本") == 4);
  CHECK(cli::columns("e\xcc\x81") == 1);
  GIVEN("a table with wide text") {
    auto t = cli::table{{"A", "B"}, {{"日本", "x"}, {"ab", "y"}}, 0, {}};
    THEN("its columns stand under each other") { CHECK(cli::render(t, false, 0) == "A     B\n日本  x\nab    y\n"); }
  }
  GIVEN("a last column that does not fit") {
    auto t = cli::table{{"A", "B"}, {{"ab", std::string(100, 'x')}}, 0, {}};
    THEN("it is cut to the terminal") {
      auto out = cli::render(t, false, 40);
      auto line = out.substr(out.find('\n') + 1);
      line.pop_back();
      CHECK(cli::columns(line) == 40);
    }
  }
}

SCENARIO("a reason of several lines reads as one") {
  CHECK(cli::one_line("agent exited with 1:\n\tI will  not.\r\n") == "agent exited with 1: I will not.");
  CHECK(cli::one_line(" \n ").empty());
}

SCENARIO("colour is put on and never into the text") {
  CHECK(cli::paint(false, cli::tone::bad, "x") == "x");
  CHECK(cli::paint(true, cli::tone::bad, "x") == "\033[31mx\033[0m");
  CHECK(cli::paint(true, cli::tone::plain, "x") == "x");
}

SCENARIO("every event is a sentence") {
  for (unsigned kind = 1; kind <= 13; ++kind) {
    auto e = event{};
    e.kind = static_cast<event_kind>(kind);
    CHECK_FALSE(cli::sentence(e).empty());
  }
  for (unsigned from = 1; from <= state_count; ++from)
    for (unsigned by = 1; by <= move_count; ++by)
      if (auto to = next(static_cast<state>(from), static_cast<move>(by))) {
        auto e = event{};
        e.kind = event_kind::moved;
        e.payload = on_move{static_cast<state>(from), static_cast<move>(by), *to, "why"};
        CHECK_FALSE(cli::sentence(e).empty());
        if (is_final(*to) || *to == state::parked || *to == state::backing_off)
          CHECK_FALSE(cli::is_noise(e));
      }
}

SCENARIO("a thousand events with texts of strangers are harmless lines") {
  hostile_texts make{11};
  for (int i = 0; i < 1000; ++i) {
    auto e = event{};
    e.title = make();
    e.payload = on_error{ec::rejected, make(), state::pushing, true};
    e.kind = event_kind::on_failure;
    CHECK_FALSE(has_raw_control(cli::safe(cli::sentence(e), 400)));
    e.kind = event_kind::noted;
    e.payload = on_note{make()};
    CHECK_FALSE(has_raw_control(cli::safe(cli::sentence(e), 400)));
    e.kind = event_kind::moved;
    e.payload = on_move{state::reporting, move::needs_person, state::parked, make()};
    CHECK_FALSE(has_raw_control(cli::safe(cli::sentence(e), 400)));
    CHECK_FALSE(has_raw_control(cli::safe(cli::one_line(make()), 400)));
  }
}

SCENARIO("that nothing was changed is said once") {
  auto e = event{};
  e.kind = event_kind::moved;
  e.payload = on_move{state::reporting, move::reported, state::no_changes, "the agent changed nothing"};
  CHECK(cli::sentence(e) == "ended: the agent changed nothing");
}

SCENARIO("whatever an agent prints, a terminal gets harmless lines") {
  GIVEN("an agent's events, broken in every way") {
    auto seeds = std::vector<std::string>{
      "1790000000000 o plain",
      R"(1790000000000 o {"type":"assistant","message":{"content":[{"type":"text","text":"a\u001b[31m\nb"}]}})",
      R"(1790000000000 e {"type":"result","is_error":true,"result":["not","text"]})",
      R"({"type":"assistant","message":{"content":7}})",
      "1790000000000 o " + std::string(5000, '['),
      "1790000000000 o {" + std::string(5000, '{'),
      "99999999999999999999999 o x",
      "",
    };
    THEN("each line of what is shown is safe") {
      auto d = std::mt19937{20261121};
      for (int n = 0; n < 20'000; ++n) {
        auto line = seeds[d() % seeds.size()];
        for (auto edits = d() % 4; edits > 0 && !line.empty(); --edits)
          line[d() % line.size()] = static_cast<char>(d());
        for (auto& shown : cli::readable(line))
          if (!harmless(shown))
            FAIL("line " << n << " shows a control byte");
      }
      SUCCEED();
    }
  }
}
