#include "core/passed_secrets.hpp"

#include <algorithm>
#include <array>

namespace hyakki {
namespace {

/// The last word of a name.
constexpr std::array telling_ends{
  std::string_view{"APIKEY"},     std::string_view{"AUTH"},        std::string_view{"COOKIE"},
  std::string_view{"CREDENTIAL"}, std::string_view{"CREDENTIALS"}, std::string_view{"DSN"},
  std::string_view{"KEY"},        std::string_view{"PASS"},        std::string_view{"PASSPHRASE"},
  std::string_view{"PASSWD"},     std::string_view{"PASSWORD"},    std::string_view{"PAT"},
  std::string_view{"PWD"},        std::string_view{"SECRET"},      std::string_view{"SECRETS"},
  std::string_view{"TOKEN"},
};
/// Words that end in these tell as well: `GITHUBTOKEN`, `PGPASSWORD`.
constexpr std::array telling_tails{
  std::string_view{"APIKEY"},
  std::string_view{"PASSWORD"},
  std::string_view{"SECRET"},
  std::string_view{"TOKEN"},
};
/// Never secrets, whoever names them.
constexpr std::array ordinary{
  std::string_view{"HOME"}, std::string_view{"HOSTNAME"}, std::string_view{"LANG"},   std::string_view{"LANGUAGE"},
  std::string_view{"PATH"}, std::string_view{"LOGNAME"},  std::string_view{"OLDPWD"}, std::string_view{"PWD"},
  std::string_view{"TERM"}, std::string_view{"SHELL"},    std::string_view{"TMPDIR"}, std::string_view{"TZ"},
  std::string_view{"USER"}, std::string_view{"USERNAME"},
};

/// How the keys of widely used services begin.
constexpr std::array key_beginnings{
  std::string_view{"AIza"}, std::string_view{"AKIA"},   std::string_view{"ASIA"}, std::string_view{"eyJ"},
  std::string_view{"ghp_"}, std::string_view{"gho_"},   std::string_view{"ghs_"}, std::string_view{"github_pat_"},
  std::string_view{"hf_"},  std::string_view{"glpat-"}, std::string_view{"npm_"}, std::string_view{"pypi-"},
  std::string_view{"sk-"},  std::string_view{"sk_"},    std::string_view{"xox"},
};

/// A shorter one is a word, or a number, that texts have for other reasons.
constexpr std::size_t shortest_of_one_kind = 12;
constexpr std::size_t shortest = 6;
/// Without a name that tells, so many letters and digits in one piece look like a key.
constexpr std::size_t shortest_piece = 16;

bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

bool begins(std::string_view text, std::string_view with) { return text.substr(0, with.size()) == with; }

bool ends(std::string_view text, std::string_view with) {
  return text.size() >= with.size() && text.substr(text.size() - with.size()) == with;
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && is_blank(text.front()))
    text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back()))
    text.remove_suffix(1);
  return text;
}

/// "production", "Disabled", "64000": letters of a word alone, or digits alone.
bool is_of_one_kind(std::string_view text) {
  auto rest = !text.empty() && is_upper(text[0]) ? text.substr(1) : text;
  return std::all_of(rest.begin(), rest.end(), is_lower) || std::all_of(text.begin(), text.end(), is_upper) ||
         std::all_of(text.begin(), text.end(), is_digit);
}

/// Long enough, and not what every text may have.
bool is_worth_hiding(std::string_view text) {
  return text.size() >= (is_of_one_kind(text) ? shortest_of_one_kind : shortest);
}

/// How keys look: as those of a known service, or letters and digits, many in one piece.
bool looks_like_key(std::string_view text) {
  if (std::any_of(text.begin(), text.end(), is_blank))
    return false;
  bool known = std::any_of(key_beginnings.begin(), key_beginnings.end(), [&](auto& b) { return begins(text, b); });
  if (known && text.size() >= shortest_of_one_kind && std::any_of(text.begin(), text.end(), is_digit))
    return true;
  std::size_t piece = 0;
  bool letter = false, digit = false;
  for (auto c : text) {
    bool is_letter = is_lower(c) || is_upper(c);
    if (!is_letter && !is_digit(c)) {
      piece = 0;
      letter = digit = false;
      continue;
    }
    letter = letter || is_letter;
    digit = digit || is_digit(c);
    if (++piece >= shortest_piece && letter && digit)
      return true;
  }
  return false;
}

bool looks_like_path(std::string_view text) {
  return begins(text, "/") || begins(text, "~/") || begins(text, "./") || begins(text, "../");
}

int hex(char c) {
  return is_digit(c) ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

std::string decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i)
    if (text[i] == '%' && i + 2 < text.size() && hex(text[i + 1]) >= 0 && hex(text[i + 2]) >= 0) {
      out += static_cast<char>(hex(text[i + 1]) * 16 + hex(text[i + 2]));
      i += 2;
    } else {
      out += text[i];
    }
  return out;
}

struct search {
  passed_secrets out;
  std::size_t taken = 0;

  /// False when there is no room for it.
  bool take(std::string_view text) {
    if (taken + text.size() > most_passed_secret_bytes)
      return false;
    taken += text.size();
    out.values.emplace_back(std::string{text});
    return true;
  }

  /// `scheme://user:password@host`: the password, or a user alone that looks like a key.
  bool take_from_address(std::string_view address) {
    auto begin = address.find("://");
    if (begin == std::string_view::npos)
      return true;
    auto authority = address.substr(begin + 3);
    authority = authority.substr(0, authority.find_first_of("/?#"));
    auto end = authority.rfind('@');
    if (end == std::string_view::npos)
      return true;
    auto user = authority.substr(0, end);
    auto colon = user.find(':');
    auto password = colon == std::string_view::npos ? user : user.substr(colon + 1);
    if (colon == std::string_view::npos ? !looks_like_key(password) : !is_worth_hiding(password))
      return true;
    auto plain = decoded(password);
    return take(password) && (plain == password || take(plain));
  }

  /// Each line by itself: an agent's output is read by lines. What follows a line end in base64 is found so, too.
  bool take_lines(std::string_view text) {
    bool all = true;
    while (!text.empty()) {
      auto end = std::min(text.find('\n'), text.size());
      if (auto line = trimmed(text.substr(0, end)); is_worth_hiding(line))
        all = take(line) && all;
      text.remove_prefix(std::min(end + 1, text.size()));
    }
    return all;
  }
};

} // namespace

bool is_name_of_secret(std::string_view name) {
  auto word = std::string{name.substr(name.rfind('_') + 1)};
  std::transform(word.begin(), word.end(), word.begin(), [](char c) { return is_lower(c) ? c - 'a' + 'A' : c; });
  return std::find(telling_ends.begin(), telling_ends.end(), word) != telling_ends.end() ||
         std::any_of(telling_tails.begin(), telling_tails.end(), [&](auto& tail) { return ends(word, tail); });
}

passed_secrets find_passed_secrets(const std::vector<std::string>& entries,
                                   const std::function<bool(const std::string&)>& is_file) {
  search s;
  for (auto& entry : entries) {
    auto name = std::string_view{entry}.substr(0, entry.find('='));
    auto value = trimmed(std::string_view{entry}.substr(std::min(name.size() + 1, entry.size())));
    if (std::find(ordinary.begin(), ordinary.end(), name) != ordinary.end() || begins(name, "LC_"))
      continue;
    bool hidden = s.take_from_address(value);
    // A key in base64 may begin like a path: it is none where there is no such file.
    bool is_path = looks_like_path(value) && (begins(value, "~/") || is_file(std::string{value}));
    if (is_name_of_secret(name) && !is_path)
      hidden = s.take_lines(value) && hidden;
    else if (begins(value, "-----BEGIN ") && value.find("PRIVATE KEY") != std::string_view::npos)
      hidden = s.take_lines(value) && hidden;
    else if (!looks_like_path(value) && value.find("://") == std::string_view::npos && looks_like_key(value))
      hidden = s.take(value) && hidden;
    if (!hidden)
      s.out.left_out.emplace_back(name);
  }
  return std::move(s.out);
}

} // namespace hyakki
