#include "cli/tickets/tui/terminal.hpp"

#include "cli/text.hpp"
#include "cli/tickets/tui/terminal_kind.hpp"

#include <algorithm>
#include <array>
#include <clocale>
#include <csignal>
#include <cstdlib>
#include <cwchar>
#include <cwctype>
#include <langinfo.h>
#include <string_view>
#include <sys/ioctl.h>
#include <unistd.h>

// Last: its macros have everyday names.
#define NCURSES_NOMACROS 1
#include <curses.h>

namespace hyakki::ticket_tui {
namespace {

constexpr size largest{1000, 500};

enum pair : short { no_pair, good_pair, bad_pair, busy_pair };

struct shown_look {
  attr_t attributes;
  pair colour;
};
/// In the order of `look`.
constexpr std::array<shown_look, 9> looks{{{A_NORMAL, no_pair},
                                           {A_BOLD, no_pair},
                                           {A_DIM, no_pair},
                                           {A_REVERSE, no_pair},
                                           {A_UNDERLINE, no_pair},
                                           {A_REVERSE | A_BOLD, no_pair},
                                           {A_NORMAL, good_pair},
                                           {A_BOLD, bad_pair},
                                           {A_NORMAL, busy_pair}}};

bool is_utf8() { return std::string_view{::nl_langinfo(CODESET)} == "UTF-8"; }

/// The user's encoding. Where none is set the terminal is taken for what terminals are today.
bool set_encoding() {
  auto set = std::setlocale(LC_CTYPE, "");
  auto name = std::string_view{set == nullptr ? "C" : set};
  if (!is_utf8() && (name == "C" || name == "POSIX"))
    std::setlocale(LC_CTYPE, "C.UTF-8");
  return is_utf8();
}

/// What another encoding can show of a character.
wchar_t ascii_of(wchar_t c) {
  switch (c) {
  case L'│': return L'|';
  case L'─': return L'-';
  case L'┌':
  case L'┐':
  case L'└':
  case L'┘': return L'+';
  case L'…': return L'~';
  default: return c < 0x80 ? c : L'?';
  }
}

std::wstring wide(std::string_view text, bool utf8) {
  auto out = std::wstring{};
  for (std::size_t at = 0; at < text.size();) {
    auto lead = static_cast<unsigned char>(text[at++]);
    auto more = lead < 0x80 ? 0 : lead < 0xe0 ? 1 : lead < 0xf0 ? 2 : 3;
    auto code = static_cast<char32_t>(more == 0 ? lead : lead & (0x3f >> more));
    for (; more > 0 && at < text.size(); --more)
      code = code << 6 | (static_cast<unsigned char>(text[at++]) & 0x3f);
    auto c = static_cast<wchar_t>(code);
    out += utf8 ? c : ascii_of(c);
    if (!utf8)
      break; // no marks
  }
  return out;
}

struct key_row {
  wint_t code;
  press what;
};
constexpr key_row function_keys[] = {
  {KEY_UP, press::up},       {KEY_DOWN, press::down},     {KEY_LEFT, press::left},
  {KEY_RIGHT, press::right}, {KEY_PPAGE, press::page_up}, {KEY_NPAGE, press::page_down},
  {KEY_HOME, press::home},   {KEY_END, press::end},       {KEY_BACKSPACE, press::backspace},
  {KEY_DC, press::erase},    {KEY_BTAB, press::back_tab}, {KEY_ENTER, press::enter},
  {KEY_FIND, press::home},   {KEY_SELECT, press::end},
};

key key_of_character(wint_t c) {
  switch (c) {
  case L'\r':
  case L'\n': return {press::enter};
  case L'\t': return {press::tab};
  case 27: return {press::escape};
  case 8:
  case 127: return {press::backspace};
  default: break;
  }
  if (c < 32)
    return c >= 1 && c <= 26 ? key{press::control, static_cast<char32_t>('a' + c - 1)} : key{};
  return std::iswprint(c) != 0 ? key{press::letter, static_cast<char32_t>(c)} : key{};
}

} // namespace

result<std::unique_ptr<terminal>> terminal::open() {
  if (::isatty(STDIN_FILENO) == 0 || ::isatty(STDOUT_FILENO) == 0)
    return {ec::rejected,
            "tui needs a terminal for its input and its output; `tickets list` and the other commands need "
            "none"};
  auto kind = std::getenv("TERM");
  auto name = std::string{kind == nullptr ? "" : kind};
  if (name.empty() || !can_place_cursor(name.c_str()))
    return {ec::rejected, (name.empty() ? std::string{"TERM is not set"}
                                        : "TERM is \"" + name +
                                            "\", a terminal that is not known or cannot place its "
                                            "cursor") +
                            "; tui needs one that can, such as xterm-256color"};
  auto out = std::unique_ptr<terminal>{new terminal};
  out->utf8_ = set_encoding();
  out->screen_ = ::newterm(nullptr, stdout, stdin);
  if (out->screen_ == nullptr)
    return {ec::rejected, "the terminal \"" + name + "\" cannot be used for tui"};
  ::raw(); // Ctrl+C, S and Z are keys here
  ::noecho();
  ::nonl();
  ::keypad(stdscr, TRUE);
  ::nodelay(stdscr, TRUE);
  ::set_escdelay(60); // ms: Esc by itself is answered at once, and a key of several bytes may come in parts
  out->colours_ = cli::wants_colour(stdout) && ::has_colors();
  if (out->colours_) {
    ::start_color();
    ::use_default_colors();
    ::init_pair(good_pair, COLOR_GREEN, -1);
    ::init_pair(bad_pair, COLOR_RED, -1);
    ::init_pair(busy_pair, COLOR_YELLOW, -1);
  }
  out->resize();
  return out;
}

terminal::~terminal() {
  if (screen_ == nullptr)
    return;
  ::endwin();
  ::delscreen(static_cast<SCREEN*>(screen_));
}

size terminal::room() const {
  return {std::clamp(::getmaxx(stdscr), 1, largest.columns), std::clamp(::getmaxy(stdscr), 1, largest.rows)};
}

void terminal::resize() {
  winsize now{};
  if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &now) == 0 && now.ws_col > 0 && now.ws_row > 0)
    ::resizeterm(std::min<int>(now.ws_row, largest.rows), std::min<int>(now.ws_col, largest.columns));
  ::clearok(curscr, TRUE); // terminals differ in what a change of size leaves on them
}

void terminal::draw(const grid& what) {
  auto room = what.room();
  for (int y = 0; y < room.rows; ++y)
    for (int x = 0; x < room.columns; ++x) {
      auto& c = what.at(x, y);
      if (c.text.empty())
        continue;
      auto& how = looks[static_cast<std::size_t>(c.how)];
      auto text = wide(c.text, utf8_);
      cchar_t out{};
      ::setcchar(&out, text.c_str(), how.attributes, colours_ ? how.colour : no_pair, nullptr);
      ::mvadd_wch(y, x, &out);
    }
  ::curs_set(what.caret ? 1 : 0);
  auto [x, y] = what.caret.value_or(std::pair{room.columns - 1, room.rows - 1});
  ::move(y, x);
  ::refresh();
}

std::optional<key> terminal::read() {
  wint_t c = 0;
  auto kind = ::wget_wch(stdscr, &c);
  if (kind == ERR)
    return std::nullopt;
  if (kind != KEY_CODE_YES)
    return key_of_character(c);
  for (auto& row : function_keys)
    if (row.code == c)
      return key{row.what};
  return key{};
}

int terminal::input() const { return STDIN_FILENO; }

void terminal::suspend() {
  ::endwin();
  // Not SIGSTOP: where nobody could continue it, the kernel lets the process go on.
  auto before = std::signal(SIGTSTP, SIG_DFL);
  std::raise(SIGTSTP);
  std::signal(SIGTSTP, before);
  ::clearok(curscr, TRUE);
  resize();
}

} // namespace hyakki::ticket_tui
