#pragma once
// A text with holes: `{name}` is replaced, `{{` and `}}` stand for braces.
//
// Strict: what is wrong with a template is said when it is read, not when a story first needs it. Values are
// put in as they are and never read as templates again. Immutable after parsing; use it from any thread.

#include "core/error.hpp"

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace hyakki {

using template_values = std::map<std::string_view, std::string>;

class template_text {
public:
  /// The empty template.
  template_text() = default;

  /// Fails with `bad_config`: an unknown variable, an unclosed or stray brace, an empty name. The text says
  /// where (line and column) and what is allowed. At most 256 KiB.
  static result<template_text> parse(std::string_view text, const std::vector<std::string_view>& allowed);

  /// A variable without a value becomes nothing.
  std::string render(const template_values& values) const;

  bool empty() const { return parts_.empty(); }
  bool uses(std::string_view variable) const;

  /// Text before a variable, then the variable; the last part may have none.
  struct part {
    std::string text;
    std::string variable;
  };
  const std::vector<part>& parts() const { return parts_; }

private:
  std::vector<part> parts_;
};

/// The variables that a template of this name may use; empty for a name that is no template. Names are those of
/// `template_config`, and branch_pattern.
const std::vector<std::string_view>& template_variables(std::string_view name);

} // namespace hyakki
