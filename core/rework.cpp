#include "core/rework.hpp"

#include "core/utf8.hpp"

#include <algorithm>
#include <optional>
#include <utility>

namespace hyakki {
namespace {

constexpr std::string_view answer_word = "HYAKKI-REMARK ";
constexpr std::size_t longest_id = 500;
constexpr std::size_t longest_answer = 1000;
constexpr std::string_view done_word = "DONE";
constexpr std::string_view left_word = "LEFT";

/// A text without these signs around it.
std::string_view between(std::string_view text, std::string_view signs) {
  auto first = text.find_first_not_of(signs);
  return first == std::string_view::npos ? std::string_view{}
                                         : text.substr(first, text.find_last_not_of(signs) + 1 - first);
}

/// The line at `at`, which is moved behind it.
std::string_view next_line(std::string_view text, std::size_t& at) {
  auto end = std::min(text.find('\n', at), text.size());
  auto line = text.substr(at, end - at);
  at = std::min(end + 1, text.size());
  return line;
}

/// What a line answers, and to which remark; nothing when it is none of the lines that answer.
std::optional<std::pair<std::size_t, remark_words>> answer_in(std::string_view line) {
  constexpr std::string_view signs = " \t*`_";
  auto word = line.find(answer_word); // behind a list's dash or a bold sign
  if (word == std::string_view::npos || line.substr(0, word).find_first_not_of(" \t*-#>`_") != std::string_view::npos)
    return std::nullopt;
  line.remove_prefix(word + answer_word.size());
  std::size_t number = 0, digits = 0;
  while (digits < line.size() && digits < 4 && line[digits] >= '0' && line[digits] <= '9')
    number = number * 10 + static_cast<std::size_t>(line[digits++] - '0');
  auto colon = line.find(':');
  if (digits == 0 || colon == std::string_view::npos)
    return std::nullopt;
  auto verdict = between(line.substr(digits, colon - digits), signs);
  if (!verdict.empty() && verdict != done_word && verdict != left_word)
    return std::nullopt;
  line.remove_prefix(colon + 1);
  // "1: DONE: …" is meant as "1 DONE: …"
  if (auto second = line.find(':'); verdict.empty() && second != std::string_view::npos)
    if (auto late = between(line.substr(0, second), signs); late == done_word || late == left_word) {
      verdict = late;
      line.remove_prefix(second + 1);
    }
  auto said = cut_with_note(clean_line(line), longest_answer, "…");
  auto first = said.find_first_not_of(" *");
  remark_words words{first == std::string::npos ? std::string{} : said.substr(first), verdict == done_word};
  if (!words.done && words.text.empty())
    return std::nullopt;
  return std::make_pair(number, std::move(words));
}

} // namespace

const rework_round* open_round(const story_record& r) {
  return !r.rework.empty() && r.rework.back().open ? &r.rework.back() : nullptr;
}
rework_round* open_round(story_record& r) { return const_cast<rework_round*>(open_round(std::as_const(r))); }

std::vector<remark> taken_up(std::vector<remark> all) {
  std::vector<remark> out;
  std::size_t bytes = 0;
  for (auto& m : all) {
    if (m.id.empty() || m.id.size() > longest_id) // cut, it would be another one
      continue;
    m.author = cut_utf8(clean_line(cut_utf8(m.author, 1000)), 100);
    m.text = cut_with_note(clean_text(cut_utf8(m.text, 64 * 1024)), longest_remark, "\n[cut here: it is longer]");
    m.path = cut_utf8(clean_line(cut_utf8(m.path, 4096)), 1000);
    bytes += m.text.size() + m.author.size() + m.path.size();
    if (out.size() == most_remarks_a_round || (bytes > most_remark_bytes && !out.empty()))
      break;
    out.push_back(std::move(m));
  }
  return out;
}

rework_verdict judge_rework(const story_record& r, const pull_request& now, std::size_t remarks,
                            const rework_config& limits) {
  if (!next(r.at, move::rework))
    return rework_verdict::busy;
  if (r.pull->id.empty())
    return rework_verdict::no_pull;
  if (now.state != "open")
    return rework_verdict::not_open;
  if (remarks == 0)
    return rework_verdict::no_remark;
  return r.rework.size() < limits.max_rounds ? rework_verdict::begins : rework_verdict::spent;
}

void forget_work(story_record& r) {
  r.fix_rounds = 0;
  r.findings.clear();
  r.proof.clear();
  r.base_sha.clear();
  r.commit = {};
}

void begin_round(story_record& r, std::vector<remark> remarks, std::string asked_by, std::int64_t now) {
  for (auto& past : r.rework) {
    past.open = false;
    past.remarks = {};
  }
  ++r.life;
  r.attempts = 0;
  r.verdict = state::done;
  r.due_ms = 0;
  r.why = {};
  r.has_trouble = false;
  r.resume_at = state::queued;
  forget_work(r);
  rework_round round;
  round.begun_ms = now;
  round.asked_by = cut_utf8(clean_line(cut_utf8(asked_by, 4096)), 300);
  round.first_run = r.runs.empty() ? 1 : r.runs.back().number + 1;
  round.wanted = static_cast<std::uint32_t>(remarks.size());
  round.remarks = std::move(remarks);
  r.rework.push_back(std::move(round));
}

std::map<std::size_t, remark_words> read_remark_answers(std::string_view summary) {
  std::map<std::size_t, remark_words> out;
  for (std::size_t at = 0; at < summary.size();)
    if (auto answer = answer_in(next_line(summary, at)); answer && out.size() < 1000)
      out[answer->first] = std::move(answer->second);
  return out;
}

std::string without_remark_answers(std::string_view summary) {
  std::string out;
  for (std::size_t at = 0; at < summary.size();) {
    auto begin = at;
    if (!answer_in(next_line(summary, at)))
      out += summary.substr(begin, at - begin);
  }
  return out;
}

} // namespace hyakki
