// Any keys in any order, over any answers, at any size: what holds always.

#include "tests/support/soak.hpp"
#include "tests/tickets_tui/tui_world.hpp"

#include <random>

using namespace hyakki;
using namespace hyakki::test;

namespace {

class dice {
public:
  explicit dice(std::uint64_t first) : engine_(first) {}
  std::size_t below(std::size_t n) { return static_cast<std::size_t>(engine_() % n); }
  bool one_in(std::size_t n) { return below(n) == 0; }

  std::string text() {
    static const auto pieces = std::vector<std::string>{
      "word",     " ",  "日", "e\xCC\x81", "👩\xE2\x80\x8D👧",     "\x1b[2J", "\n", "\t", "\xFF", "\xE2\x80\xAE", "",
      "\xCC\x81", "--", "-",  ",",         std::string(90, 'w'), "\xC2\x9B"};
    auto out = std::string{};
    for (auto n = below(12); n > 0; --n)
      out += pieces[below(pieces.size())];
    return out;
  }
  key any_key() {
    if (one_in(2))
      return key{static_cast<enum press>(below(static_cast<std::size_t>(press::other) + 1)),
                 static_cast<char32_t>('a' + below(26))};
    static constexpr std::u32string_view letters = U"nrgectjq/?1234567sxay \U0001F44D日é\u0301";
    return key{press::letter, letters[below(letters.size())]};
  }
  std::shared_ptr<board> any_board() {
    auto rows = std::vector<row>{};
    for (auto n = below(40); n > 0; --n)
      rows.push_back(ticket_row("T-" + std::to_string(n), text(), one_in(3) ? text() : filters[1 + below(4)].name,
                                one_in(3) ? text() : filters[5 + below(2)].name, text()));
    auto out = board_of(std::move(rows));
    out->searched = one_in(3);
    for (std::uint32_t i = 0; out->searched && i < out->rows.size(); ++i)
      if (one_in(2))
        out->found.push_back(i);
    return out;
  }
  tickets::ticket any_ticket() {
    auto t = tickets::ticket{};
    t.title = text();
    t.description = text();
    t.status = text();
    t.labels = {text(), text()};
    t.estimated_hours = 1.25;
    return t;
  }

private:
  std::mt19937_64 engine_;
};

/// What the loop would do, with answers of the dice.
struct outside {
  state& s;
  dice& d;

  void operator()(const quit&) const {}
  void operator()(const suspend&) const {}
  void operator()(const nothing&) const {}
  void operator()(const look_again&) const { take_board(s, d.any_board()); }
  void operator()(const search_later&) const { take_board(s, d.any_board()); }
  void operator()(const show_page& p) const {
    auto lines = std::vector<std::string>{};
    for (auto n = d.below(60); n > 0; --n)
      lines.push_back(d.text());
    take_page(s, p.id, lines);
  }
  void operator()(const open_form& f) const {
    auto t = d.any_ticket();
    auto out = new_form(f.kind, f.id, f.kind == form_kind::update ? &t : nullptr);
    if (f.kind == form_kind::time)
      out.head = {d.text(), d.text(), d.text()};
    take_form(s, out);
  }
  void operator()(const run_form&) const {
    REQUIRE(s.asked);
    REQUIRE_FALSE(words_of(*s.asked).empty());
    if (s.asked->kind == form_kind::update)
      take_in(*s.asked, d.any_ticket());
    take_answer(s, d.one_in(2), d.text());
  }
  void operator()(const run_words&) const { take_answer(s, d.one_in(2), d.text()); }
};

void check(const state& s) {
  auto& l = s.list;
  REQUIRE((l.shown.empty() ? l.cursor == 0 : l.cursor < l.shown.size()));
  REQUIRE(l.top <= l.cursor);
  for (auto place : l.shown)
    REQUIRE(place < s.all->rows.size());
  auto g = view(s);
  REQUIRE(g.room() == s.room);
  if (g.caret) {
    REQUIRE((g.caret->first >= 0 && g.caret->first < g.room().columns));
    REQUIRE((g.caret->second >= 0 && g.caret->second < g.room().rows));
  }
  for (int y = 0; y < g.room().rows; ++y) {
    int used = 0;
    for (int x = 0; x < g.room().columns; ++x) {
      auto& c = g.at(x, y);
      used += c.text.empty() ? 0 : columns(c.text);
      if (!c.text.empty() && static_cast<unsigned char>(c.text[0]) < 0x20)
        FAIL("a control character in a cell");
    }
    REQUIRE(used == g.room().columns);
  }
}

} // namespace

SCENARIO("any keys in any order") {
  auto first = seed();
  for (auto one = first; one < first + static_cast<std::uint64_t>(20 * soak()); ++one) {
    INFO("HYAKKI_SEED=" << one);
    auto d = dice{one};
    auto s = state{};
    take_board(s, d.any_board());
    for (int i = 0; i < 300; ++i) {
      if (d.one_in(25))
        take_size(s, {static_cast<int>(1 + d.below(140)), static_cast<int>(1 + d.below(50))});
      if (d.one_in(40))
        take_board(s, d.any_board());
      if (d.one_in(60))
        lose_page(s, "T-1");
      std::visit(outside{s, d}, ticket_tui::press(s, d.any_key()));
      if (auto r = wanted_hours(s))
        s.hours.add(*r, {1, {}, d.below(2), noon});
      check(s);
    }
  }
}

SCENARIO("any bytes are cut into glyphs, lines and rows") {
  auto first = seed();
  for (auto one = first; one < first + static_cast<std::uint64_t>(300 * soak()); ++one) {
    auto d = dice{one};
    auto text = d.text();
    for (auto n = d.below(8); n > 0; --n)
      text.insert(text.begin() + static_cast<std::ptrdiff_t>(d.below(text.size() + 1)),
                  static_cast<char>(d.below(256)));
    INFO("HYAKKI_SEED=" << one);
    for (int width : {0, 1, 2, 3, 7, 40})
      for (auto& line : wrapped(text, width))
        CHECK(columns(line) <= std::max(width, 2));
    auto e = text_edit{text};
    for (int i = 0; i < 60; ++i) {
      e.press(d.any_key(), d.one_in(2));
      if (d.one_in(8))
        e.line_up();
      if (d.one_in(8))
        e.line_down();
      REQUIRE(e.caret <= e.text.size());
      auto shown = show(e, 12);
      REQUIRE(shown.caret_row < shown.rows.size());
      REQUIRE(shown.caret_column < 12);
      REQUIRE(show_line(e, 12).second <= 12);
    }
  }
}
