#include "tickets/report/html.hpp"

#include <array>
#include <cmath>
#include <cstdio>

namespace hyakki::tickets {

html& html::operator<<(std::string_view text) {
  std::size_t from = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char* as = nullptr;
    switch (text[i]) {
    case '&': as = "&amp;"; break;
    case '<': as = "&lt;"; break;
    case '>': as = "&gt;"; break;
    case '"': as = "&quot;"; break;
    case '\'': as = "&#39;"; break;
    case '`': as = "&#96;"; break;
    default: continue;
    }
    out_ += text.substr(from, i - from);
    out_ += as;
    from = i + 1;
  }
  out_ += text.substr(from);
  return *this;
}

html& html::operator<<(fixed number) {
  auto text = std::array<char, 64>{};
  // What is no number, or too long to be read as one, is not worth an axis.
  auto value = std::isfinite(number.value) ? std::fmin(std::fmax(number.value, -1e12), 1e12) : 0.0;
  auto n = std::snprintf(text.data(), text.size(), "%.*f", number.digits, value);
  out_.append(text.data(), static_cast<std::size_t>(n));
  return *this;
}

html& html::operator<<(grouped number) {
  auto digits = std::to_string(number.value);
  for (auto at = digits.size(); at > 3; at -= 3)
    digits.insert(at - 3, 1, ',');
  out_ += digits;
  return *this;
}

} // namespace hyakki::tickets
