#pragma once
// "Did you mean …?"

#include <string>
#include <string_view>
#include <vector>

namespace hyakki {

/// The candidate closest to `word`, when it is close enough to be meant; else empty. Bounded: long words are not
/// compared.
std::string closest(std::string_view word, const std::vector<std::string_view>& candidates);

/// "; did you mean x?" or nothing.
std::string did_you_mean(std::string_view word, const std::vector<std::string_view>& candidates);

/// "a, b, c".
std::string listed(const std::vector<std::string_view>& words);

} // namespace hyakki
