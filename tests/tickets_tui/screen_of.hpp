#pragma once
// A terminal of the kind xterm, as far as curses makes use of it: bytes in, a screen out.
//
// Strict: a byte or a sequence that curses does not send to an xterm is a fault, kept for the test to look at. So what
// somebody wrote into a ticket cannot pass as the program's own.

#include "cli/tickets/tui/glyph.hpp"
#include "core/utf8.hpp"

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace hyakki::test {

class xterm_screen {
public:
  xterm_screen(int columns, int rows) { resize(columns, rows); }

  void resize(int columns, int rows) {
    columns_ = columns;
    rows_ = rows;
    cells_.assign(static_cast<std::size_t>(rows), std::vector<std::string>(static_cast<std::size_t>(columns), " "));
    top_ = 0;
    bottom_ = rows - 1;
    x_ = y_ = 0;
  }

  void feed(std::string_view bytes) {
    pending_ += bytes;
    std::size_t at = 0;
    while (at < pending_.size()) {
      auto used = one(std::string_view{pending_}.substr(at));
      if (used == 0)
        break; // the rest comes later
      at += used;
    }
    pending_.erase(0, at);
  }

  std::string text() const {
    auto out = std::string{};
    for (auto& row : cells_) {
      auto line = std::string{};
      for (auto& c : row)
        line += c;
      line.resize(line.find_last_not_of(' ') + 1);
      out += line + "\n";
    }
    return out;
  }
  const std::vector<std::string>& faults() const { return faults_; }
  bool full_screen() const { return full_; }
  bool coloured() const { return coloured_; }

private:
  void fault(std::string_view what) { faults_.push_back(printable(what)); }

  std::size_t one(std::string_view in) {
    auto c = static_cast<unsigned char>(in[0]);
    if (c == 0x1b)
      return escape(in);
    if (c < 0x20 || c == 0x7f) {
      control(static_cast<char>(c));
      return 1;
    }
    auto size = c < 0x80 ? 1u : c < 0xe0 ? 2u : c < 0xf0 ? 3u : 4u;
    if (in.size() < size)
      return 0;
    auto bytes = in.substr(0, size);
    if (!valid_utf8(bytes) || printable(bytes) != bytes)
      fault(bytes);
    show(std::string{bytes});
    return size;
  }

  void control(char c) {
    if (c == '\r')
      x_ = 0;
    else if (c == '\n')
      line_feed();
    else if (c == '\b')
      x_ = std::max(x_ - 1, 0);
    else if (c == '\t')
      x_ = std::min((x_ / 8 + 1) * 8, columns_ - 1);
    else
      fault(std::string_view{&c, 1});
  }

  void line_feed() {
    if (y_ == bottom_)
      scroll(1);
    else
      y_ = std::min(y_ + 1, rows_ - 1);
  }

  void show(const std::string& bytes) {
    auto wide = ticket_tui::columns("x" + bytes) - 1; // a mark alone would have a blank under it
    if (wide == 0) {
      if (x_ > 0)
        at(x_ - 1, y_) += bytes;
      return;
    }
    if (x_ + wide > columns_) { // wraps
      x_ = 0;
      line_feed();
    }
    last_ = bytes;
    at(x_, y_) = bytes;
    if (wide == 2)
      at(x_ + 1, y_) = "";
    x_ += wide;
  }

  std::string& at(int x, int y) {
    return cells_[static_cast<std::size_t>(std::clamp(y, 0, rows_ - 1))]
                 [static_cast<std::size_t>(std::clamp(x, 0, columns_ - 1))];
  }

  std::size_t escape(std::string_view in) {
    if (in.size() < 2)
      return 0;
    switch (in[1]) {
    case '[': return sequence(in);
    case '(':
    case ')':
      if (in.size() < 3)
        return 0;
      if (in[2] != 'B' && in[2] != '0')
        fault(in.substr(0, 3));
      return 3;
    case 'M': // reverse line feed
      if (y_ == top_)
        scroll(-1);
      else
        y_ = std::max(y_ - 1, 0);
      return 2;
    case '7': saved_ = {x_, y_}; return 2;
    case '8':
      x_ = saved_.first;
      y_ = saved_.second;
      return 2;
    case '=':
    case '>': return 2;
    default: fault(in.substr(0, 2)); return 2;
    }
  }

  std::size_t sequence(std::string_view in) {
    std::size_t end = 2;
    while (end < in.size() && (in[end] < 0x40 || in[end] > 0x7e))
      ++end;
    if (end == in.size())
      return in.size() > 60 ? (fault(in), in.size()) : 0;
    auto body = std::string{in.substr(2, end - 2)};
    auto numbers = std::vector<int>{};
    for (std::size_t from = 0; from <= body.size();) {
      auto stop = std::min(body.find(';', from), body.size());
      numbers.push_back(std::atoi(body.substr(from, stop - from).c_str()));
      from = stop + 1;
    }
    auto number = [&](std::size_t n) { return n < numbers.size() && numbers[n] > 0 ? numbers[n] : 1; };
    auto whole = in.substr(0, end + 1);
    if (!body.empty() && (body[0] == '?' || body[0] == '>' || body[0] == '!'))
      mode(whole, body, in[end]);
    else if (body.find_first_not_of("0123456789;") != std::string::npos)
      fault(whole);
    else
      act(whole, in[end], numbers, number);
    return end + 1;
  }

  void mode(std::string_view whole, const std::string& body, char kind) {
    static const auto known =
      std::vector<std::string>{"?1", "?7", "?12", "?25", "?12;25", "?1049", "?1034", "?3;4", "?5"};
    if (body == "?1049")
      full_ = kind == 'h';
    if ((kind != 'h' && kind != 'l') || std::find(known.begin(), known.end(), body) == known.end())
      fault(whole);
  }

  template <class F>
  void act(std::string_view whole, char kind, const std::vector<int>& numbers, F&& number) {
    switch (kind) {
    case 'H':
      y_ = std::min(number(0), rows_) - 1;
      x_ = std::min(number(1), columns_) - 1;
      return;
    case 'A': y_ = std::max(y_ - number(0), 0); return;
    case 'B': y_ = std::min(y_ + number(0), rows_ - 1); return;
    case 'C': x_ = std::min(x_ + number(0), columns_ - 1); return;
    case 'D': x_ = std::max(x_ - number(0), 0); return;
    case 'G': x_ = std::min(number(0), columns_) - 1; return;
    case 'd': y_ = std::min(number(0), rows_) - 1; return;
    case 'Z': x_ = std::max((x_ - 1) / 8 * 8, 0); return;
    case 't': // curses keeps the window's title and gives it back
      if (numbers != std::vector<int>{22, 0, 0} && numbers != std::vector<int>{23, 0, 0})
        fault(whole);
      return;
    case 'K': clear_line(numbers[0]); return;
    case 'J': clear_screen(numbers[0]); return;
    case 'X':
      for (int i = 0; i < number(0) && x_ + i < columns_; ++i)
        at(x_ + i, y_) = " ";
      return;
    case 'b':
      for (int i = number(0); i > 0; --i)
        show(last_);
      return;
    case 'P':
    case '@': shift(kind == 'P' ? number(0) : -number(0)); return;
    case 'L':
    case 'M': {
      auto top = std::exchange(top_, y_);
      scroll(kind == 'M' ? number(0) : -number(0));
      top_ = top;
      return;
    }
    case 'S': scroll(number(0)); return;
    case 'T': scroll(-number(0)); return;
    case 'r':
      top_ = number(0) - 1;
      bottom_ = numbers.size() > 1 ? std::min(number(1), rows_) - 1 : rows_ - 1;
      x_ = y_ = 0;
      return;
    case 'm':
      for (auto n : numbers)
        coloured_ = coloured_ || (n >= 30 && n <= 38) || (n >= 40 && n <= 48);
      return;
    case 'h':
    case 'l':
      if (numbers[0] != 4)
        fault(whole);
      return;
    default: fault(whole);
    }
  }

  void clear_line(int how) {
    auto from = how == 0 ? x_ : 0, to = how == 1 ? x_ : columns_ - 1;
    for (int x = from; x <= to; ++x)
      at(x, y_) = " ";
  }
  void clear_screen(int how) {
    auto here = y_;
    clear_line(how);
    for (y_ = how == 0 ? here + 1 : 0; y_ < (how == 1 ? here : rows_); ++y_)
      clear_line(2);
    y_ = here;
  }
  void shift(int by) {
    auto& row = cells_[static_cast<std::size_t>(y_)];
    auto from = row.begin() + x_;
    for (; by > 0; --by) {
      row.erase(from);
      row.emplace_back(" ");
      from = row.begin() + x_;
    }
    for (; by < 0; ++by) {
      row.insert(from, " ");
      row.pop_back();
      from = row.begin() + x_;
    }
  }
  void scroll(int by) {
    auto blank = std::vector<std::string>(static_cast<std::size_t>(columns_), " ");
    for (; by > 0; --by) {
      cells_.erase(cells_.begin() + top_);
      cells_.insert(cells_.begin() + bottom_, blank);
    }
    for (; by < 0; ++by) {
      cells_.erase(cells_.begin() + bottom_);
      cells_.insert(cells_.begin() + top_, blank);
    }
  }

  int columns_ = 0, rows_ = 0, x_ = 0, y_ = 0, top_ = 0, bottom_ = 0;
  std::vector<std::vector<std::string>> cells_;
  std::pair<int, int> saved_{};
  std::string pending_, last_;
  std::vector<std::string> faults_;
  bool full_ = false, coloured_ = false;
};

} // namespace hyakki::test
