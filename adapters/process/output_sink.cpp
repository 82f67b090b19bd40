#include "adapters/process/output_sink.hpp"

#include <algorithm>

namespace hyakki {

line_sink::line_sink(std::function<void(std::vector<output_line>)> on_lines, std::size_t most_bytes)
  : on_lines_(std::move(on_lines)), most_bytes_(std::max<std::size_t>(most_bytes, 1)) {}

void line_sink::append(unfinished& rest, std::string_view piece) const {
  rest.begun = true;
  auto room = most_bytes_ - std::min(most_bytes_, rest.text.size());
  if (piece.size() > room)
    rest.cut = true;
  rest.text.append(piece.substr(0, room));
}

void line_sink::take(bool from_stderr, std::string_view bytes) {
  auto& rest = rest_[from_stderr ? 1 : 0];
  std::vector<output_line> lines;
  while (!bytes.empty()) {
    auto newline = bytes.find('\n');
    append(rest, bytes.substr(0, newline));
    if (newline == std::string_view::npos)
      break;
    lines.push_back({from_stderr, rest.cut, std::move(rest.text)});
    rest = {};
    bytes.remove_prefix(newline + 1);
  }
  tell(std::move(lines));
}

void line_sink::close(bool from_stderr) {
  auto& rest = rest_[from_stderr ? 1 : 0];
  if (!rest.begun)
    return;
  std::vector<output_line> lines;
  lines.push_back({from_stderr, rest.cut, std::move(rest.text)});
  rest = {};
  tell(std::move(lines));
}

void line_sink::tell(std::vector<output_line> lines) {
  if (lines.empty() || !on_lines_)
    return;
  try {
    on_lines_(std::move(lines));
  } catch (...) {
    // A handler that throws loses its batch; the child and the loop go on.
  }
}

void collecting_sink::take(bool from_stderr, std::string_view bytes) {
  auto& text = from_stderr ? err : out;
  text.append(bytes.substr(0, most_bytes_ - std::min(most_bytes_, text.size())));
}

} // namespace hyakki
