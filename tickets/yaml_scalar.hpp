#pragma once
// Strings as the default dumper of PyYAML writes them, byte for byte.
//
// Which of plain, single-quoted and double-quoted is chosen goes by YAML 1.1, so that the Python tool reads
// back a string and never a boolean, a number or a date. Lines are folded at 80 columns. Pure.

#include <cstddef>
#include <string>
#include <string_view>

namespace hyakki::tickets {

/// Where a scalar stands in its file.
struct scalar_place {
  std::size_t column = 0; ///< characters on the line so far: "title:" is 6, "  content:" is 10, "-" is 1
  std::size_t indent = 2; ///< of folded lines: the column of the key, or of the dash, plus two
  bool fold = true;       ///< false for keys
};

/// The text of a string value, without the blank before it. Bytes that are not UTF-8 are written as U+FFFD.
std::string yaml_string(std::string_view text, scalar_place place = {});

/// True when YAML 1.1 would read these plain characters as something else than a string.
bool resolves_otherwise(std::string_view plain);

} // namespace hyakki::tickets
