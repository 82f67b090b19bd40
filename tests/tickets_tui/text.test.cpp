// What a cell holds, how texts break, and how they are written.

#include "cli/tickets/tui/grid.hpp"
#include "cli/tickets/tui/text_edit.hpp"

#include <catch2/catch.hpp>

using namespace hyakki::ticket_tui;

namespace {

text_edit written(const std::string& text, std::initializer_list<key> keys = {}) {
  auto e = text_edit{text};
  for (auto& k : keys)
    e.press(k, true);
  return e;
}

} // namespace

SCENARIO("a text is measured as a terminal draws it") {
  CHECK(columns("abc") == 3);
  CHECK(columns("日本") == 4);
  CHECK(columns("é") == 1);
  CHECK(columns("e\xCC\x81") == 1); // a mark that combines
  CHECK(columns("👍") == 2);
  THEN("marks stay with their letter, and only four of them") {
    auto many = std::string{"e"};
    for (int i = 0; i < 50; ++i)
      many += "\xCC\x81";
    auto g = first_glyph(many + "x");
    CHECK(g.columns == 1);
    CHECK(g.bytes == many.size());
    CHECK(g.text.size() == 1 + 4 * 2);
  }
  THEN("a mark upon nothing has a blank under it") {
    CHECK(first_glyph("\xCC\x81").text == " \xCC\x81");
    CHECK(columns("\xCC\x81") == 1);
  }
  THEN("what joins pictures is left out, since terminals disagree about it") {
    CHECK(columns("👩\xE2\x80\x8D👧") == 4);
    CHECK(columns("\xE2\x80\x8B") == 0);
  }
}

SCENARIO("no glyph can move a cursor") {
  for (auto& hostile : {"\x1b", "\x07", "\r", "\n", "\t", "\x7f", "\xC2\x9B", "\xE2\x80\xAE", "\xE2\x81\xA6",
                        "\xEF\xBB\xBF", "\xFF", "\xC3", "\xED\xA0\x80", "\xF3\xA0\x81\x81"}) {
    auto g = first_glyph(hostile);
    CHECK(g.text == "\xEF\xBF\xBD");
    CHECK(g.columns == 1);
    CHECK(g.bytes >= 1);
  }
}

SCENARIO("a line breaks at blanks where it can") {
  CHECK(wrapped("", 10) == std::vector<std::string>{""});
  CHECK(wrapped("one two three", 8) == std::vector<std::string>{"one two", "three"});
  CHECK(wrapped("one two three", 7) == std::vector<std::string>{"one two", "three"});
  CHECK(wrapped("abcdefghij", 4) == std::vector<std::string>{"abcd", "efgh", "ij"});
  CHECK(wrapped("  in here", 7) == std::vector<std::string>{"  in", "  here"});
  CHECK(wrapped("日本語", 4) == std::vector<std::string>{"日本", "語"});
  CHECK(wrapped("日本語", 1).size() == 3);
  CHECK(wrapped("word      ", 5) == std::vector<std::string>{"word"});
  CHECK(wrapped(std::string(40, ' ') + "x", 10).size() < 6);
}

SCENARIO("cells keep to the screen") {
  auto g = grid{{10, 3}};
  WHEN("a text is too wide") {
    CHECK(g.put(0, 0, "abcdefghijkl", 10) == 10);
    CHECK(g.line(0) == "abcdefghi…");
    CHECK(g.put(0, 1, "日本語日本語", 10) == 9); // half a character is none
    CHECK(g.line(1) == "日本語日…");
  }
  WHEN("a text fits exactly") {
    CHECK(g.put(0, 0, "abcdefghij", 10) == 10);
    CHECK(g.line(0) == "abcdefghij");
  }
  WHEN("a wide character does not fit any more") {
    CHECK(g.put(0, 0, "abc日", 4) == 4);
    CHECK(g.line(0) == "abc…");
  }
  WHEN("something is put outside") {
    CHECK(g.put(-1, 0, "x", 5) == 0);
    CHECK(g.put(0, 9, "x", 5) == 0);
    CHECK(g.put(20, 0, "x", 5) == 0);
    g.box({-3, -3, 40, 40}, "t");
    g.fill({5, 1, 100, 100}, look::bar);
    CHECK(g.text().size() >= 3);
  }
  WHEN("half of a wide character is overwritten") {
    g.put(0, 0, "日", 4);
    g.put(1, 0, "x", 1);
    CHECK(g.line(0) == " x");
    g.put(3, 0, "日", 4);
    g.put(3, 0, "y", 1);
    CHECK(g.line(0) == " x y");
  }
}

SCENARIO("a text is written with the keys that people know") {
  CHECK(written("ab", {{press::left}, {press::letter, U'x'}}).text == "axb");
  CHECK(written("aé", {{press::backspace}}).text == "a");
  CHECK(written("e\xCC\x81", {{press::backspace}}).text.empty());
  CHECK(written("ab", {{press::home}, {press::erase}}).text == "b");
  CHECK(written("", {{press::letter, U'日'}, {press::letter, U'👍'}}).text == "日👍");
  CHECK(written("one two", {{press::control, 'w'}}).text == "one ");
  CHECK(written("one two", {{press::control, 'u'}}).text.empty());
  CHECK(written("a\nbc", {{press::control, 'u'}}).text == "a\n");
  CHECK(written("a\nbc", {{press::home}, {press::control, 'k'}}).text == "a\n");
  CHECK(written("a\nb", {{press::left}, {press::left}, {press::letter, U'x'}}).text == "ax\nb");
  CHECK(written("", {{press::left}, {press::backspace}, {press::erase}, {press::right}}).text.empty());
  CHECK_FALSE(text_edit{"x"}.press({press::page_up}));
  THEN("lines are gone through in their column") {
    auto e = text_edit{"abcd\nx\nefgh"};
    CHECK(e.line_up());
    CHECK(e.caret == 6);
    CHECK(e.line_up());
    CHECK(e.caret == 1);
    CHECK_FALSE(e.line_up());
    CHECK(e.line_down());
    CHECK(e.line_down());
    CHECK_FALSE(e.line_down());
  }
  THEN("it does not grow for ever") {
    auto e = text_edit{std::string(most_edited_bytes, 'x')};
    e.insert('y');
    CHECK(e.text.size() == most_edited_bytes);
  }
}

SCENARIO("the caret is always seen") {
  auto [text, caret] = show_line(text_edit{"abcdefghij"}, 5);
  CHECK(text == "ghij");
  CHECK(caret == 4);
  auto rows = show(text_edit{"ab\ncdefgh"}, 5);
  CHECK(rows.rows == std::vector<std::string>{"ab", "cdef", "gh"});
  CHECK(rows.caret_row == 2);
  CHECK(rows.caret_column == 2);
  for (std::size_t at = 0; at <= 9; ++at) {
    auto e = text_edit{"ab\ncdefgh"};
    e.caret = at;
    auto shown = show(e, 5);
    CHECK(shown.caret_row < shown.rows.size());
    CHECK(shown.caret_column < 5);
  }
}
