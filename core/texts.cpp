#include "core/texts.hpp"

#include "core/ascii.hpp"
#include "core/digest.hpp"
#include "core/markdown.hpp"
#include "core/text_values.hpp"
#include "core/utf8.hpp"

#include <algorithm>
#include <array>

namespace hyakki {
namespace {

std::string first_line_cut(std::string text, std::size_t most) {
  text = clean_line(text);
  return cut_with_note(text, most, "…");
}

} // namespace

std::string marker(const story_id& id, std::string_view what, std::uint32_t life) {
  std::string kind;
  for (auto c : lowered(what))
    if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_')
      kind += c;
  return "story/" + sha256_hex(id, 24) + "/" + std::to_string(life) + "/" + kind.substr(0, 40);
}

bool is_test_file(std::string_view path) {
  auto lower = lowered(path);
  for (auto folder : {"test/", "tests/", "__tests__/", "spec/", "specs/", "testdata/"})
    if (begins(lower, folder) || lower.find(std::string{"/"} + folder) != std::string::npos)
      return true;
  auto slash = path.rfind('/');
  auto name = slash == std::string_view::npos ? path : path.substr(slash + 1);
  auto dot = name.find('.');
  auto stem = name.substr(0, dot);
  auto rest = dot == std::string_view::npos ? std::string{} : lowered(name.substr(dot));
  auto low = lowered(stem);
  return begins(low, "test_") || ends(low, "_test") || ends(low, "_tests") || ends(low, "_spec") ||
         ends(low, "-test") || ends(low, "-spec") || low == "test" || low == "tests" || low == "conftest" ||
         ends(stem, "Test") || ends(stem, "Tests") || ends(stem, "Spec") || begins(rest, ".test.") ||
         begins(rest, ".spec.") || rest.find(".test.") != std::string::npos || rest.find(".spec.") != std::string::npos;
}

result<story_texts> story_texts::make(const config& c, redactor hide) {
  story_texts out;
  auto& t = c.templates;
  const std::array<std::pair<std::string_view, const std::string*>, 16> all{
    {{"prompt", &t.prompt},
     {"resume_prompt", &t.resume_prompt},
     {"review_prompt", &t.review_prompt},
     {"fix_prompt", &t.fix_prompt},
     {"rework_prompt", &t.rework_prompt},
     {"commit_message", &t.commit_message},
     {"rework_commit_message", &t.rework_commit_message},
     {"pull_request_title", &t.pull_request_title},
     {"pull_request_body", &t.pull_request_body},
     {"comment_started", &t.comment_started},
     {"comment_success", &t.comment_success},
     {"comment_details", &t.comment_details},
     {"comment_failure", &t.comment_failure},
     {"comment_no_changes", &t.comment_no_changes},
     {"comment_rework", &t.comment_rework},
     {"comment_rework_unchanged", &t.comment_rework_unchanged}}};
  for (auto& [name, text] : all) {
    auto parsed = template_text::parse(*text, template_variables(name));
    if (!parsed)
      return with_context(parsed.error(), "templates." + std::string{name});
    out.templates_.emplace(std::string{name}, *std::move(parsed));
  }
  out.settings_ = c;
  out.hide_ = std::move(hide);
  return out;
}

std::string story_texts::say(std::string_view name, const template_values& values) const {
  auto t = templates_.find(name);
  return t == templates_.end() ? std::string{} : hide_(t->second.render(values));
}

std::string story_texts::commit_message(const story_record& r) const {
  auto text = say(open_round(r) ? "rework_commit_message" : "commit_message", line_values(r));
  // A subject beyond git's comfort is cut; what follows stays.
  auto end = text.find('\n');
  auto subject = first_line_cut(text.substr(0, end), 200);
  return end == std::string::npos ? subject + "\n" : subject + text.substr(end);
}

std::string story_texts::pull_request_title(const story_record& r) const {
  return first_line_cut(say("pull_request_title", line_values(r)), 250);
}

std::string story_texts::pull_request_body(const story_record& r, std::int64_t now_ms) const {
  return say("pull_request_body", markdown_values(r, r.commit->at_ms != 0 ? r.commit->at_ms : now_ms));
}

} // namespace hyakki
