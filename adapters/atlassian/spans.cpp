#include "adapters/atlassian/spans.hpp"

#include "core/ascii.hpp"
#include "core/markdown.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace hyakki::atlassian {
namespace {

constexpr std::string_view gap = "\xE2\x80\x8B";

bool alnum(char c) { return letter_or_digit(c) || (c & 0x80) != 0; }
bool punctuation(char c) { return c > ' ' && c < 0x7f && !alnum(c); }

/// The spans of one line. Each sign is looked at once but for the ends of code and links, which are sought at most a
/// bounded way ahead.
class span_reader {
public:
  explicit span_reader(std::string_view text) : rest_(text) {}

  line read() {
    while (!rest_.empty())
      step();
    flush();
    return std::move(out_);
  }

private:
  static constexpr std::size_t ahead = 2000;

  void step() {
    auto c = rest_[0];
    if (c == '\\' && rest_.size() > 1 && punctuation(rest_[1]))
      return take(rest_.substr(1, 1), 2);
    if (c == '&' && entity())
      return;
    if (c == '`' && code())
      return;
    if (c == '[' && link(0))
      return;
    if (begins(rest_, "![") && link(1)) // a picture: nobody fetches it, and its address leads there
      return;
    if (c == '<' && angle())
      return;
    if ((c == 'h' || c == 'm') && !alnum(before_) && bare())
      return;
    if ((begins(rest_, "***") || begins(rest_, "___")) && toggle_both())
      return;
    if ((begins(rest_, "**") || begins(rest_, "__")) && toggle(style_.strong, 2))
      return;
    if (begins(rest_, "~~") && toggle(style_.strike, 2))
      return;
    if ((c == '*' || c == '_') && toggle(style_.em, 1))
      return;
    take(rest_.substr(0, 1), 1);
  }

  void take(std::string_view text, std::size_t signs) {
    style_.text += text;
    before_ = rest_[signs - 1];
    rest_.remove_prefix(signs);
  }
  void flush() {
    if (!style_.text.empty()) {
      out_.push_back(style_);
      out_.back().text = disarmed(style_.text);
    }
    style_.text.clear();
  }
  void alone(span s, std::size_t signs) {
    flush();
    s.strong = style_.strong, s.em = style_.em, s.strike = style_.strike;
    if (!begins(s.href, "mailto:")) // leads to the same place and calls nobody
      for (auto at = s.href.find('@'); at != std::string::npos; at = s.href.find('@'))
        s.href.replace(at, 1, "%40");
    if (!s.text.empty()) {
      // an address that is a link is read and copied as it is
      auto scheme = std::size_t{s.href.empty()               ? 0u
                                : begins(s.text, "https://") ? 8u
                                : begins(s.text, "http://")  ? 7u
                                                             : 0u};
      s.text = s.text.substr(0, scheme) + disarmed(std::string_view{s.text}.substr(scheme));
      out_.push_back(std::move(s));
    }
    before_ = rest_[signs - 1];
    rest_.remove_prefix(signs);
  }

  bool entity() {
    constexpr auto known = std::array<std::pair<std::string_view, std::string_view>, 5>{
      {{"&lt;", "<"}, {"&gt;", ">"}, {"&amp;", "&"}, {"&quot;", "\""}, {"&#39;", "'"}}};
    for (auto& [name, sign] : known)
      if (begins(rest_, name))
        return take(sign, name.size()), true;
    return false;
  }

  // opens before a word, closes after one
  bool toggle(bool& style, std::size_t signs) {
    auto after = rest_.size() > signs ? rest_[signs] : ' ';
    auto open = after != ' ' && !alnum(before_) && after != rest_[0];
    auto close = before_ != ' ' && !alnum(after);
    if (style ? !close : !open)
      return false;
    if (!style && rest_.substr(signs, ahead).find(rest_.substr(0, signs)) == std::string_view::npos)
      return false;
    flush();
    style = !style;
    before_ = style ? ' ' : rest_[0];
    rest_.remove_prefix(signs);
    return true;
  }

  /// Bold and italic at once.
  bool toggle_both() {
    if (style_.strong != style_.em)
      return false;
    auto both = style_.strong;
    if (!toggle(both, 3))
      return false;
    style_.strong = style_.em = both;
    return true;
  }

  bool code() {
    auto ticks = std::min(rest_.find_first_not_of('`'), rest_.size());
    if (ticks > 20)
      return take(rest_.substr(0, ticks), ticks), true;
    auto near = rest_.substr(0, ahead);
    for (auto at = near.find(rest_.substr(0, ticks), ticks); at != std::string_view::npos;) {
      auto end = std::min(near.find_first_not_of('`', at), near.size());
      if (end - at == ticks) {
        auto s = span{};
        s.text = trimmed(rest_.substr(ticks, at - ticks));
        s.code = true;
        alone(std::move(s), end);
        return true;
      }
      at = near.find(rest_.substr(0, ticks), end);
    }
    take(rest_.substr(0, ticks), ticks);
    return true;
  }

  /// What is left of a text behind a title, which is in quotes or parentheses; nothing when it has no end.
  static std::string_view behind_title(std::string_view text) {
    auto sign = text.front() == '(' ? ')' : text.front();
    for (std::size_t at = 1; at < text.size(); ++at)
      if (text[at] == '\\')
        ++at;
      else if (text[at] == sign)
        return text.substr(at + 1);
    return {};
  }

  static std::string_view without_blanks(std::string_view text) {
    return text.substr(std::min(text.find_first_not_of(" \t"), text.size()));
  }

  /// [words](address "title") behind `skipped` signs. Jira has no place for the title.
  bool link(std::size_t skipped) {
    auto near = rest_.substr(skipped, ahead);
    auto close = near.find("](");
    if (close == std::string_view::npos || near.substr(1, close - 1).find('[') != std::string_view::npos)
      return false;
    auto target = without_blanks(near.substr(close + 2));
    auto address = target.substr(0, target.find_first_of(" \t)"));
    auto behind = without_blanks(target.substr(address.size()));
    auto titled = behind.size() < target.size() - address.size() && !behind.empty() &&
                  std::string_view{"\"'("}.find(behind.front()) != std::string_view::npos;
    if (titled)
      behind = without_blanks(behind_title(behind));
    if (!begins(behind, ")"))
      return false;
    if (address.size() > 1 && address.front() == '<' && address.back() == '>')
      address = address.substr(1, address.size() - 2);
    if (!is_link(address))
      return false;
    auto s = span{};
    for (auto at = std::size_t{1}; at < close; ++at) {
      if (near[at] == '\\' && at + 1 < close && punctuation(near[at + 1]))
        ++at;
      s.text += near[at];
    }
    s.href = address;
    if (trimmed(s.text).empty())
      s.text = s.href;
    alone(std::move(s), skipped + static_cast<std::size_t>(behind.data() - near.data()) + 1);
    return true;
  }

  bool angle() {
    auto near = rest_.substr(0, ahead);
    auto end = near.find('>');
    if (end == std::string_view::npos || !is_link(near.substr(1, end - 1)))
      return false;
    auto s = span{};
    s.text = s.href = near.substr(1, end - 1);
    alone(std::move(s), end + 1);
    return true;
  }

  bool bare() {
    if (!begins(rest_, "https://") && !begins(rest_, "http://"))
      return false;
    auto address = rest_.substr(0, std::min(rest_.find_first_of(" \t<>\"'`*|[]{}()\\^"), rest_.size()));
    address = address.substr(0, address.find_last_not_of(".,;:!?_~") + 1);
    if (!is_link(address))
      return false;
    auto s = span{};
    s.text = s.href = address;
    alone(std::move(s), address.size());
    return true;
  }

  std::string_view rest_;
  char before_ = ' ';
  span style_;
  line out_;
};

} // namespace

line read_spans(std::string_view text) { return span_reader{text}.read(); }

std::string_view trimmed(std::string_view text) {
  auto first = text.find_first_not_of(" \t");
  return first == std::string_view::npos ? std::string_view{}
                                         : text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

bool is_link(std::string_view address) {
  if (!begins(address, "http://") && !begins(address, "https://") && !begins(address, "mailto:"))
    return false;
  auto name = address.substr(address.find(':') + 1);
  return address.size() <= 1000 && name.find_first_not_of('/') != std::string_view::npos &&
         std::all_of(address.begin(), address.end(), [](char c) {
           return c > ' ' && c < 0x7f && std::string_view{"<>\"'`|[]{}()\\^*"}.find(c) == std::string_view::npos;
         });
}

std::string disarmed(std::string_view text) {
  auto calm = without_mentions(text);
  auto out = std::string{};
  out.reserve(calm.size());
  for (std::size_t i = 0; i < calm.size(); ++i) {
    auto rest = std::string_view{calm}.substr(i);
    out += calm[i];
    if (begins(rest, "[~") || begins(rest, "[^"))
      out += gap;
    else if (begins(rest, "hyakki:"))
      out += "yakki" + std::string{gap}, i += 5;
  }
  return out;
}

std::string plain_to_markdown(std::string_view text) {
  auto out = std::string{};
  for (std::size_t i = 0; i < text.size(); ++i) {
    auto c = text[i];
    auto inner = c == '_' && i > 0 && i + 1 < text.size() && alnum(text[i - 1]) && alnum(text[i + 1]);
    if (std::string_view{"\\`*[]<"}.find(c) != std::string_view::npos || (c == '_' && !inner))
      out += '\\';
    out += c;
  }
  return out;
}

} // namespace hyakki::atlassian
