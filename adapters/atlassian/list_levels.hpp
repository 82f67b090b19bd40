#pragma once
// Where a line of Markdown stands: its indent, and the list's items that hold it.
//
// More lenient than Markdown's own rules: who writes lists by hand, or by a model, indents by two, three or four.

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace hyakki::atlassian {

/// The columns before a line's first sign; a tab leads to the next fourth one.
inline std::size_t indent_of(std::string_view raw) {
  auto column = std::size_t{0};
  for (auto c : raw)
    if (c == ' ')
      ++column;
    else if (c == '\t')
      column += 4 - column % 4;
    else
      break;
  return column;
}

/// The line without its first columns, as far as they are blank.
inline std::string without_indent(std::string_view raw, std::size_t columns) {
  auto column = std::size_t{0};
  while (column < columns && !raw.empty() && (raw[0] == ' ' || raw[0] == '\t')) {
    column += raw[0] == ' ' ? 1 : 4 - column % 4;
    raw.remove_prefix(1);
  }
  // of a tab that leads further, the rest stays
  return std::string(column - std::min(column, columns), ' ') + std::string{raw};
}

/// The items of a list that are open, one inside the other: two columns or more make a level, one less ends one.
class list_levels {
public:
  /// The level, from 1, of an item whose sign and whose text stand there.
  int begin_item(std::size_t indent, std::size_t text) {
    while (!open_.empty() && open_.back().indent > indent)
      open_.pop_back();
    if (open_.empty() || (indent >= open_.back().indent + 2 && open_.size() < deepest))
      open_.push_back({indent, text});
    open_.back().text = text;
    return static_cast<int>(open_.size());
  }

  /// The level of the innermost item that a line of this indent continues; 0 = none.
  int holding(std::size_t indent) const {
    auto level = open_.size();
    while (level > 0 && indent < open_[level - 1].indent + 2)
      --level;
    return static_cast<int>(level);
  }

  /// Where code begins that is told by its indent alone.
  std::size_t code_at(int level) const { return (level > 0 ? open_[static_cast<std::size_t>(level) - 1].text : 0) + 4; }

  /// Ends the items that are deeper.
  void end_below(int level) { open_.resize(static_cast<std::size_t>(level)); }

private:
  static constexpr std::size_t deepest = 6;
  struct item {
    std::size_t indent = 0, text = 0;
  };
  std::vector<item> open_;
};

} // namespace hyakki::atlassian
