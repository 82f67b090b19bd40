#include "core/redact.hpp"

#include "core/markdown.hpp"
#include "core/utf8.hpp"

#include <array>
#include <cstdint>
#include <queue>
#include <set>

namespace hyakki {
namespace {

constexpr std::size_t shortest = 6;

/// What of `text` shows in base64 whatever stands before and after it: `before` bytes (0 to 2) shift it.
std::string base64_core(std::string_view text, std::size_t before, bool url) {
  std::string_view digits = url ? "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
                                : "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  auto bits = (before + text.size()) * 8;
  auto bit = [&](std::size_t n) -> unsigned {
    auto byte = n / 8;
    return byte < before ? 0 : static_cast<unsigned char>(text[byte - before]) >> (7 - n % 8) & 1;
  };
  for (std::size_t at = (before * 8 + 5) / 6 * 6; at + 6 <= bits; at += 6) { // whole digits of the text alone
    unsigned value = 0;
    for (std::size_t n = 0; n < 6; ++n)
      value = value << 1 | bit(at + n);
    out += digits[value];
  }
  return out;
}

std::string url_encoded(std::string_view text, const char* digit) {
  std::string out;
  for (auto c : text) {
    auto b = static_cast<unsigned char>(c);
    if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' ||
        c == '.' || c == '~')
      out += c;
    else
      out += {'%', digit[b >> 4], digit[b & 15]};
  }
  return out;
}

std::string json_escaped(std::string_view text, bool slashes) {
  constexpr char digit[] = "0123456789abcdef";
  std::string out;
  for (auto c : text) {
    auto b = static_cast<unsigned char>(c);
    switch (c) {
    case '"': out += "\\\""; break;
    case '\\': out += "\\\\"; break;
    case '\b': out += "\\b"; break;
    case '\f': out += "\\f"; break;
    case '\n': out += "\\n"; break;
    case '\r': out += "\\r"; break;
    case '\t': out += "\\t"; break;
    case '/': out += slashes ? "\\/" : "/"; break;
    default:
      if (b < 0x20)
        out += {'\\', 'u', '0', '0', digit[b >> 4], digit[b & 15]};
      else
        out += c;
    }
  }
  return out;
}

std::set<std::string> forms_of(const std::string& text) {
  std::set<std::string> out{text,
                            url_encoded(text, "0123456789ABCDEF"),
                            url_encoded(text, "0123456789abcdef"),
                            json_escaped(text, false),
                            json_escaped(text, true),
                            markdown_escape(text),
                            without_mentions(text),
                            printable(text)};
  for (auto slashes : {false, true}) // JSON within JSON: a transcript in an answer
    out.insert(json_escaped(json_escaped(text, slashes), false));
  for (std::size_t shift = 0; shift < 3; ++shift)
    for (auto url : {false, true})
      if (auto core = base64_core(text, shift, url); core.size() >= shortest)
        out.insert(core);
  return out;
}

} // namespace

// Aho and Corasick: one state per prefix of a form, one step per byte of text. Bytes that occur in no form share
// a class, which keeps the table small.
struct redactor::machine {
  std::array<std::uint8_t, 256> class_of{}; // 0: in no form
  std::uint32_t classes = 1;
  std::vector<std::uint32_t> step;  // state * classes + class → state
  std::vector<std::uint32_t> match; // state → length of the longest form that ends there
  std::vector<std::uint32_t> depth; // state → length of the longest beginning of a form that ends there

  explicit machine(const std::set<std::string>& forms) {
    for (auto& form : forms)
      for (auto c : form)
        if (auto& k = class_of[static_cast<unsigned char>(c)]; k == 0 && classes < 256)
          k = static_cast<std::uint8_t>(classes++);
    add_state();
    for (auto& form : forms) {
      std::uint32_t at = 0;
      for (auto c : form) {
        auto slot = std::size_t{at} * classes + class_of[static_cast<unsigned char>(c)];
        if (step[slot] == 0) {
          auto fresh = add_state();
          step[slot] = fresh;
          depth[fresh] = depth[at] + 1;
        }
        at = step[slot];
      }
      match[at] = static_cast<std::uint32_t>(form.size());
    }
    link();
  }

  std::uint32_t add_state() {
    step.resize(step.size() + classes, 0);
    match.push_back(0);
    depth.push_back(0);
    return static_cast<std::uint32_t>(match.size() - 1);
  }

  void link() {
    std::vector<std::uint32_t> fall(match.size(), 0);
    std::queue<std::uint32_t> next;
    for (std::uint32_t k = 0; k < classes; ++k)
      if (step[k] != 0)
        next.push(step[k]);
    while (!next.empty()) {
      auto at = next.front();
      next.pop();
      for (std::uint32_t k = 0; k < classes; ++k) {
        auto& to = step[std::size_t{at} * classes + k];
        auto other = step[std::size_t{fall[at]} * classes + k];
        if (to == 0) {
          to = other;
          continue;
        }
        fall[to] = other;
        if (match[to] == 0)
          match[to] = match[other];
        next.push(to);
      }
    }
  }

  /// Calls `found(begin, end)` for every match, by rising end. How many bytes at the end may begin another.
  template <class F>
  std::size_t scan(std::string_view text, F found) const {
    std::size_t at = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
      at = step[at * classes + class_of[static_cast<unsigned char>(text[i])]];
      if (match[at] != 0)
        found(i + 1 - match[at], i + 1);
    }
    return depth[at];
  }
};

redactor::redactor(const std::vector<secret>& secrets) {
  std::set<std::string> forms;
  for (auto& s : secrets)
    if (s.reveal().size() >= shortest)
      forms.merge(forms_of(s.reveal()));
  if (!forms.empty())
    machine_ = std::make_shared<const machine>(forms);
}

std::string redactor::operator()(std::string_view text) const {
  if (!machine_)
    return std::string{text};
  std::vector<std::pair<std::size_t, std::size_t>> hits; // apart from each other, rising
  machine_->scan(text, [&](std::size_t begin, std::size_t end) {
    while (!hits.empty() && begin <= hits.back().second) {
      begin = std::min(begin, hits.back().first);
      hits.pop_back();
    }
    hits.emplace_back(begin, end);
  });
  std::string out;
  std::size_t at = 0;
  for (auto [begin, end] : hits) {
    out += text.substr(at, begin - at);
    out += "***";
    at = end;
  }
  out += text.substr(at);
  return out;
}

std::string redactor::of_beginning(std::string_view text) const {
  auto begun = machine_ ? machine_->scan(text, [](std::size_t, std::size_t) {}) : 0;
  auto out = (*this)(text.substr(0, text.size() - begun));
  return begun == 0 ? out : out + "***";
}

bool redactor::clean(std::string_view text) const {
  bool any = false;
  if (machine_)
    machine_->scan(text, [&](std::size_t, std::size_t) { any = true; });
  return !any;
}

} // namespace hyakki
