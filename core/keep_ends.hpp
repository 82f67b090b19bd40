#pragma once
// What stays of a text that is too long for where it goes: its beginning in short and its end at full, with a note
// between them. An agent's conclusion stands last, and so does the cause of a failure; the beginning says what it is.
//
// Pure and linear in the size of the text. Cuts fall between lines where a line ends near enough, else between
// characters. All results hold the note within their bound.

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

namespace hyakki {

/// What stands in plain text where something is left out. Of how much is not said: it may have been cut before.
inline constexpr std::string_view left_out_note = "[something is left out here: it is longer]";

/// `text` when it fits, else an eighth of `most` bytes of its beginning, the note on a line of its own, and its end.
std::string keep_ends(std::string_view text, std::size_t most, std::string_view note = left_out_note);

/// The same for Markdown: the note is a paragraph, and a code block that is cut through is closed before it and
/// opened again behind it. One whose fence is longer than any that we write is left out as far as it was cut.
std::string keep_markdown_ends(std::string_view markdown, std::size_t most, std::string_view note);

/// The longest such text for which `fits` holds, to within 64 bytes, by halves: `fits` is asked some ten times. For
/// bounds that show only in what the Markdown becomes. Where more does not always become more it is one that fits and
/// whose neighbour does not. Empty when nothing fits.
template <class Fits>
std::string longest_markdown_ends(std::string_view markdown, std::size_t most, std::string_view note, Fits fits) {
  constexpr std::size_t close_enough = 64;
  std::string out;
  std::size_t good = 0;
  for (auto beyond = std::min(most, markdown.size()) + 1; beyond - good > close_enough;) {
    auto middle = good + (beyond - good) / 2;
    auto part = keep_markdown_ends(markdown, middle, note);
    if (fits(part)) {
      out = std::move(part);
      good = middle;
    } else {
      beyond = middle;
    }
  }
  return out;
}

/// Collects a text that may be endless: its first bytes and its last ones, in at most three times `most` bytes, which
/// are at least 64.
class text_ends {
public:
  explicit text_ends(std::size_t most) : most_(most) {}
  void add_line(std::string_view line);
  bool empty() const { return head_.empty() && tail_.empty(); }
  /// What came, without its last line feed, as `keep_ends` would have it.
  std::string text() const;

private:
  void add(std::string_view piece);

  std::size_t most_;
  std::string head_, tail_; ///< the tail holds the last `most` bytes at least, where it does not hold all
};

} // namespace hyakki
