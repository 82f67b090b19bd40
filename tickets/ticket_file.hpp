#pragma once
// One ticket's file: read its values, change a few of them, keep every other byte.
//
// An edit replaces the lines of one top-level key and nothing else, then reads the new text back and compares:
// a change that would alter any other value is refused, so keys that hyakki does not know survive as they are. A file
// in which lines cannot be replaced (written in braces, say) is first written anew as a whole, with the same values.

#include "core/error.hpp"
#include "tickets/yaml_tree.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace hyakki::tickets {

struct ticket_comment {
  std::string id;
  std::string author;
  std::string email;
  std::string content;
  std::string created_at;
};

class ticket_file {
public:
  /// Reads a ticket. `name` ("open/FIX-1.yaml") leads every error, with the line: `rejected`.
  static result<ticket_file> read(std::string bytes, std::string name);

  const std::string& bytes() const { return bytes_; }
  const std::string& name() const { return name_; }

  /// A value as text, whatever it looks like; empty when it is null or not there.
  std::string text(std::string_view key) const;
  /// A list of words: without blanks around them, empty ones and repeats left out.
  std::vector<std::string> list(std::string_view key) const;
  std::vector<ticket_comment> comments() const;

  // Each edit is done as a whole or not at all.
  result<void> set_text(std::string_view key, std::string_view value);
  /// Adds to the end of a list of words.
  result<void> append_word(std::string_view key, std::string_view word);
  /// Removes every entry of a list that is this word.
  result<void> remove_word(std::string_view key, std::string_view word);
  result<void> append_comment(const ticket_comment& what);

private:
  ticket_file(std::string bytes, std::string name, yaml_node root)
    : bytes_(std::move(bytes)), name_(std::move(name)), root_(std::move(root)) {}

  struct block {
    std::size_t begin = 0;
    std::size_t end = 0; ///< after the last line that is not blank or a remark
  };
  std::size_t line_start(std::size_t line) const;
  /// Skips back over blank lines and remarks.
  std::size_t content_end(std::size_t begin, std::size_t end) const;
  /// The lines of a key, or the place for it at the end. For a file with one key a line.
  block block_of(std::string_view key) const;
  bool has_key_a_line() const;
  /// Writes a file that cannot be edited line by line (in braces, say) anew as a whole, with the same values.
  result<void> line_up();
  error refused(const std::string& why, std::size_t line) const;
  /// Takes the first candidate that reads back as `wanted`.
  result<void> accept(const std::vector<std::string>& candidates, const yaml_node& wanted);
  std::string spliced(block where, std::string_view with) const;

  std::string bytes_;
  std::string name_;
  yaml_node root_;
};

} // namespace hyakki::tickets
