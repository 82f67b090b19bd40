#include "core/reviewers.hpp"

#include "core/ascii.hpp"
#include "core/utf8.hpp"

#include <algorithm>

namespace hyakki {

std::vector<std::string> reviewers_of(const code_host_config& config, const std::string& repository) {
  auto own = config.reviewers_by_repository.find(repository);
  return own == config.reviewers_by_repository.end() ? config.reviewers : between_commas(own->second);
}

result<std::string> read_cloud_reviewer(const std::string& text) {
  constexpr auto hexadecimal = "0123456789abcdefABCDEF-";
  auto bare = text.size() > 2 && text.front() == '{' && text.back() == '}' ? text.substr(1, text.size() - 2) : text;
  auto plain = bare.find_first_not_of(hexadecimal) == std::string::npos;
  if (plain && bare.size() == 36 && std::count(bare.begin(), bare.end(), '-') == 4)
    return "{" + bare + "}";
  auto account =
    bare.size() >= 24 && bare.size() <= 128 && bare == text &&
    bare.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789:-") == std::string::npos;
  if (account)
    return bare;
  return {ec::bad_config, "\"" + printable(cut_utf8(text, 100)) +
                            "\", which is neither an account id (712020:…), nor a {uuid}, nor the word default; "
                            "Bitbucket Cloud knows nobody by name"};
}

} // namespace hyakki
