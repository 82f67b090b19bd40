#include "core/keep_ends.hpp"

#include "core/code_fences.hpp"
#include "core/utf8.hpp"

namespace hyakki {
namespace {

constexpr std::size_t beginning_part = 8;    // of the room, one part is for the beginning
constexpr std::size_t longest_opening = 200; // bytes of a line that opens a code block, to be written again

/// Up to the last whole line, where that costs at most half of it.
std::string_view to_line_end(std::string_view head) {
  auto end = head.rfind('\n');
  return end != std::string_view::npos && end >= head.size() / 2 ? head.substr(0, end) : head;
}

/// From the first whole line on, where that costs at most half of it; never from within a character.
std::string_view from_line_begin(std::string_view tail) {
  auto end = tail.find('\n');
  if (end != std::string_view::npos && end < tail.size() / 2)
    return tail.substr(end + 1);
  for (int back = 0; back < 3 && !tail.empty() && (static_cast<unsigned char>(tail.front()) & 0xC0) == 0x80; ++back)
    tail.remove_prefix(1);
  return tail;
}

/// What is left of `room` bytes of a text.
struct ends {
  std::string_view head, tail;
};
ends ends_of(std::string_view text, std::size_t room) {
  auto first = room / beginning_part;
  auto last = room - first;
  auto tail = text.substr(text.size() - std::min(last, text.size()));
  // What was cut begins with a line when its neighbour ends one.
  auto at = text.size() - tail.size();
  if (at == 0 || text[at - 1] != '\n')
    tail = from_line_begin(tail);
  return {to_line_end(cut_utf8(text, first)), tail};
}

/// What follows the block that is open where `text` begins.
std::string_view behind_block(std::string_view text, std::pair<char, std::size_t> fence) {
  for (auto closed = false; !closed && !text.empty();) {
    auto end = text.find('\n');
    closed = closes_fence(text.substr(0, end), fence);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return text;
}

std::string joined(std::string_view head, std::string_view note, std::string_view tail) {
  std::string out{head};
  if (!out.empty() && out.back() != '\n')
    out += '\n';
  out += note;
  out += '\n';
  return out += tail;
}

} // namespace

std::string keep_ends(std::string_view text, std::size_t most, std::string_view note) {
  if (text.size() <= most)
    return std::string{text};
  if (most < note.size() + 2)
    return std::string{cut_utf8(note, most)};
  auto kept = ends_of(text, most - note.size() - 2);
  return joined(kept.head, note, kept.tail);
}

std::string keep_markdown_ends(std::string_view markdown, std::size_t most, std::string_view note) {
  if (markdown.size() <= most)
    return std::string{markdown};
  // An empty line on both sides of the note, a fence to close and a line to open it again.
  auto besides = note.size() + 4 + 2 * (longest_opening + 1);
  if (most < besides)
    return most < note.size() ? std::string{} : std::string{note};
  auto kept = ends_of(markdown, most - besides);

  auto head = std::string{kept.head};
  if (auto open = open_at_end(head); open.fence.size() > longest_opening)
    head.resize(open.begin);
  else if (!open.fence.empty())
    head += "\n" + open.fence;
  while (!head.empty() && head.back() == '\n')
    head.pop_back();

  auto at = markdown.size() - kept.tail.size();
  std::string again;
  if (auto open = open_at_end(markdown.substr(0, at)); !open.fence.empty()) {
    auto opening = markdown.substr(open.begin, std::min(markdown.find('\n', open.begin), at) - open.begin);
    if (opening.size() <= longest_opening)
      again = std::string{opening} + "\n";
    else
      kept.tail = behind_block(kept.tail, fence_of(opening));
  }
  while (again.empty() && !kept.tail.empty() && kept.tail.front() == '\n')
    kept.tail.remove_prefix(1);
  return (head.empty() ? std::string{} : head + "\n\n") + std::string{note} + "\n\n" + again + std::string{kept.tail};
}

void text_ends::add_line(std::string_view line) {
  add(line);
  add("\n");
}

void text_ends::add(std::string_view piece) {
  auto room = most_ / beginning_part;
  if (head_.size() < room && tail_.empty()) {
    auto first = cut_utf8(piece, room - head_.size());
    head_ += first;
    piece.remove_prefix(first.size());
  }
  if (piece.empty())
    return;
  if (piece.size() > most_)
    piece.remove_prefix(piece.size() - most_);
  tail_ += piece;
  if (tail_.size() > most_ * 2)
    tail_.erase(0, tail_.size() - most_);
}

std::string text_ends::text() const {
  // Where something is gone between them they are together more than fits, so that the note says so.
  auto whole = head_ + tail_;
  if (!whole.empty() && whole.back() == '\n')
    whole.pop_back();
  return keep_ends(whole, most_);
}

} // namespace hyakki
