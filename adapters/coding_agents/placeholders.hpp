#pragma once
// Words of a command line with placeholders: {name}, strict. {{name}} is a literal {name}; other braces are left.

#include "core/error.hpp"

#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace hyakki {

/// The placeholders that a list of words uses; `bad_config` for one that is not among `known`.
result<std::set<std::string>> placeholders_of(const std::vector<std::string>& words,
                                              const std::vector<std::string>& known);

/// The word with every placeholder replaced. What is put in is not looked at again.
std::string fill_placeholders(std::string_view word, const std::function<std::string(std::string_view)>& value);

} // namespace hyakki
