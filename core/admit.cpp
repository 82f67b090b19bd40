#include "core/admit.hpp"

#include "core/utf8.hpp"

#include <algorithm>

namespace hyakki {
namespace {

constexpr std::string_view too_long = "\n[cut here: the description is longer than 256 KiB]";

error refused(const std::string& what, const story& s) {
  return {ec::rejected, "a story of tracker \"" + printable(cut_utf8(s.tracker, 64)) + "\" cannot be taken: " + what +
                          " (key \"" + printable(cut_with_note(s.key, longest_key, "…")) + "\")"};
}

std::vector<std::string> cleaned(const std::vector<std::string>& names) {
  std::vector<std::string> out;
  for (auto& raw : names) {
    if (out.size() == most_labels)
      break;
    if (raw.size() > longest_label) // cut, it would be another label
      continue;
    auto name = clean_line(raw);
    if (!name.empty() && name.size() <= longest_label && std::find(out.begin(), out.end(), name) == out.end())
      out.push_back(std::move(name));
  }
  return out;
}

} // namespace

result<story> admit(story s) {
  auto name_ok =
    !s.tracker.empty() && s.tracker.size() <= 32 && std::all_of(s.tracker.begin(), s.tracker.end(), [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
    });
  if (!name_ok)
    return refused("the tracker's name is not 1 to 32 of a-z, 0-9, _ and -", s);
  if (s.key.empty())
    return refused("it has no key", s);
  if (s.key.size() > longest_key)
    return refused("its key has " + std::to_string(s.key.size()) + " bytes, at most 200 are allowed", s);
  if (!valid_utf8(s.key))
    return refused("its key is not valid UTF-8", s);
  auto shown = clean_line(s.key);
  if (shown != s.key || s.key.find(' ') != std::string::npos || s.key.find("\xC2\xA0") != std::string::npos ||
      s.key.find("\xE3\x80\x80") != std::string::npos || s.key.find("\xE2\x80") != std::string::npos ||
      s.key.find("\xE2\x81") != std::string::npos)
    return refused("its key holds white space, control or invisible characters", s);
  s.title = cut_utf8(clean_line(cut_utf8(s.title, 64 * 1024)), longest_title);
  auto whole = s.description.size();
  s.description = clean_text(cut_utf8(s.description, longest_description));
  if (whole > longest_description)
    s.description += std::string{too_long};
  if (s.description.size() > longest_description) // repaired text may be longer than what it was
    s.description = std::string{cut_utf8(s.description, longest_description - too_long.size())} + std::string{too_long};
  s.url = s.url.size() > 2000 ? std::string{} : clean_line(s.url);
  s.status = cut_utf8(clean_line(cut_utf8(s.status, 4096)), longest_label);
  s.labels = cleaned(s.labels);
  s.components = cleaned(s.components);
  s.priority = std::min(3, std::max(0, static_cast<int>(s.priority)));
  return s;
}

} // namespace hyakki
