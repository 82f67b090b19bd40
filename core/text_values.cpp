#include "core/text_values.hpp"

#include "core/digest.hpp"
#include "core/markdown.hpp"
#include "core/texts.hpp"
#include "core/utf8.hpp"

#include <algorithm>
#include <cstdio>
#include <ctime>

namespace hyakki {
namespace {

constexpr std::size_t most_files = 100;
constexpr std::size_t most_table = 24 * 1024;

std::string cell(std::string_view text, std::size_t most = 200) {
  auto out = markdown_escape(cut_with_note(text, most, "…"));
  return out.empty() ? "-" : out;
}

std::string number(std::uint64_t n) { return std::to_string(n); }

std::string joined(const std::vector<std::string>& names) {
  std::string out;
  for (auto& n : names)
    out += (out.empty() ? "" : ", ") + clean_line(n);
  return out.empty() ? "none" : out;
}

std::string command_line(const std::vector<std::string>& words) {
  std::string out;
  for (auto& w : words)
    out += (out.empty() ? "" : " ") + clean_line(w);
  return out;
}

std::string file_rows(const std::vector<const changed_file*>& files, std::string_view heading, std::size_t& rows) {
  if (files.empty())
    return {};
  std::string out =
    "**" + std::string{heading} + " (" + number(files.size()) + ")**\n\n| File | + | − |\n|---|---:|---:|\n";
  std::size_t shown = 0;
  for (auto f : files) {
    auto row = "| " + markdown_escape(printable(f->path)) + " | " +
               (f->binary ? "binary | binary" : number(f->added) + " | " + number(f->removed)) + " |\n";
    if (rows == 0 || out.size() + row.size() > most_table)
      break;
    --rows;
    ++shown;
    out += row;
  }
  if (shown < files.size())
    out += "\nand " + number(files.size() - shown) + " more\n";
  return out + "\n";
}

std::string notes(const story_record& r) {
  std::string out;
  auto lost = std::count_if(r.runs.begin(), r.runs.end(), [](const run& x) { return x.outcome == run_outcome::lost; });
  if (lost != 0)
    out += "- The engine was interrupted during " + number(static_cast<std::uint64_t>(lost)) +
           (lost == 1 ? " run" : " runs") +
           " of the agent; the work was repeated, so a turn may have been paid twice.\n";
  if (r.pull->adopted)
    out += "- An open pull request with this branch was there already and was taken over.\n";
  if (auto lives = r.life - std::min<std::size_t>(r.rework.size(), r.life - 1); lives > 1)
    out += "- This is life number " + number(lives) + " of this story: a person, or its tracker, let it run again.\n";
  if (!r.rework.empty() && r.rework.back().more)
    out += "- More was written on the pull request meanwhile; it takes another round.\n";
  return out;
}

const run* last_work(const story_record& r) {
  for (auto i = r.runs.rbegin(); i != r.runs.rend(); ++i)
    if (i->role != run_role::review && !i->summary.empty())
      return &*i;
  return nullptr;
}

/// What the agent says of its work, as a block that it cannot leave.
std::string last_words(const run* work) {
  if (work == nullptr)
    return "The agent left no words.\n";
  auto words = without_remark_answers(work->summary);
  return words.find_first_not_of(" \t\r\n") == std::string::npos
           ? "The agent answered the remarks, and left no other words.\n"
           : markdown_fence(words, 24 * 1024, "markdown");
}

} // namespace

std::string minute_of(std::int64_t ms) {
  auto seconds = static_cast<std::time_t>(ms / 1000);
  std::tm parts{};
  char text[40];
  if (gmtime_r(&seconds, &parts) == nullptr)
    return "unknown";
  return {text, std::strftime(text, sizeof text, "%Y-%m-%d %H:%M UTC", &parts)};
}

std::string duration_of(std::int64_t ms) {
  ms = std::max<std::int64_t>(0, ms);
  if (ms < 60'000)
    return std::to_string(ms / 1000) + "." + std::to_string(ms / 100 % 10) + " s";
  return std::to_string(ms / 60'000) + " min " + std::to_string(ms / 1000 % 60) + " s";
}

/// Agents that do not tell what they cost show a dash, never a wrong zero.
std::string dollars(std::int64_t microusd) {
  if (microusd == 0)
    return "–";
  auto ten_thousandths = std::max<std::int64_t>(0, microusd) / 100;
  return std::to_string(ten_thousandths / 10'000) + "." + std::to_string(10'000 + ten_thousandths % 10'000).substr(1) +
         " USD";
}

std::string untrusted_block(std::string_view what, std::string_view text) {
  auto body = clean_text(text);
  // No text can contain a 128-bit hash of itself but by chance; then the next hash is tried.
  auto fence = sha256_hex(body, 32);
  while (body.find(fence) != std::string::npos)
    fence = sha256_hex(fence + body, 32);
  auto name = std::string{what} + " " + fence;
  return "<<<<< BEGIN UNTRUSTED " + name + "\n" + body + (body.empty() || body.back() != '\n' ? "\n" : "") +
         ">>>>> END UNTRUSTED " + name;
}

template_values prompt_values(const story_record& r, const config& c) {
  auto& s = r.story;
  auto key = clean_line(s.key), title = clean_line(s.title);
  auto whole = "Key: " + key + "\nTitle: " + title + "\nComponents: " + joined(s.components) +
               "\nLabels: " + joined(s.labels) + "\n\n" + s.description;
  std::string checks;
  for (auto& check : c.checks)
    checks += "- " + clean_line(check.name) + ": " + command_line(check.command) + "\n";
  if (checks.empty())
    checks = "- none is configured: find out how this repository is tested, and test\n";
  return {{"issue_key", key},
          {"title", title},
          {"description", untrusted_block("DESCRIPTION", s.description)},
          {"url", clean_line(s.url)},
          {"status", clean_line(s.status)},
          {"components", joined(s.components)},
          {"labels", joined(s.labels)},
          {"story", untrusted_block("STORY", whole)},
          {"repository", clean_line(r.repository)},
          {"branch", clean_line(r.branch)},
          {"base_branch", clean_line(r.base_branch)},
          {"checks", checks}};
}

template_values line_values(const story_record& r) {
  auto& s = r.story;
  return {{"issue_key", without_mentions(clean_line(s.key))},
          {"title", without_mentions(clean_line(s.title))},
          {"url", clean_line(s.url)},
          {"repository", clean_line(r.repository)},
          {"branch", clean_line(r.branch)},
          {"base_branch", clean_line(r.base_branch)},
          {"round", number(r.rework.size())}};
}

std::string files_table(const std::vector<changed_file>& files) {
  if (files.empty())
    return "No file was changed.\n";
  std::vector<const changed_file*> sources, tests;
  for (auto& f : files)
    (is_test_file(f.path) ? tests : sources).push_back(&f);
  auto rows = most_files;
  auto out = file_rows(sources, "Source files", rows);
  return out + file_rows(tests, "Test files", rows);
}

std::string evidence_table(const story_record& r) {
  std::string rows;
  std::size_t shown = 0;
  for (auto i = r.proof.rbegin(); i != r.proof.rend() && shown < 30; ++i, ++shown) {
    auto& e = *i;
    auto verdict = std::string{e.passed ? "passed" : "**did not pass**"};
    bool command = e.name != "tree" && e.name != "review";
    rows = "| " + cell(e.name, 60) + " | " + cell(e.what) + " | " + verdict + " | " +
           (command ? std::to_string(e.exit_code) : "-") + " | " + duration_of(e.took_ms) + " |\n" + rows;
  }
  auto out = rows.empty() ? "No check and no review is configured: nothing but the change itself speaks for it.\n"
                          : "| What | How | Verdict | Exit code | Time |\n|---|---|---|---:|---:|\n" + rows;
  if (r.proof.size() > shown)
    out += "\n" + number(r.proof.size() - shown) + " earlier ones are kept on the record.\n";
  if (!r.commit->tree_sha.empty())
    out += "\nTree: " + markdown_code(r.commit->tree_sha) + "\n";
  return out;
}

std::string runs_table(const story_record& r) {
  if (r.runs.empty())
    return "The agent did not run.\n";
  std::string rows;
  std::int64_t cost = 0;
  std::uint64_t turns = 0;
  std::size_t shown = 0;
  for (auto i = r.runs.rbegin(); i != r.runs.rend(); ++i) {
    cost += i->cost_microusd;
    turns += i->turns;
    if (shown == 30)
      continue;
    ++shown;
    rows = "| " + number(i->number) + " | " + std::string{to_string(i->role)} + " | " + cell(i->agent, 60) + " | " +
           std::string{to_string(i->outcome)} + (i->resumed ? ", resumed" : "") + " | " + number(i->turns) + " | " +
           dollars(i->cost_microusd) + " | " + duration_of(i->ended_ms == 0 ? 0 : i->ended_ms - i->started_ms) +
           " |\n" + rows;
  }
  return "| Run | For | Agent | Outcome | Turns | Cost | Time |\n|---:|---|---|---|---:|---:|---:|\n" + rows +
         "\nIn all: " + number(r.runs.size()) + (r.runs.size() == 1 ? " run, " : " runs, ") + number(turns) + " turns" +
         (cost == 0 ? std::string{} : ", " + dollars(cost)) + ".\n";
}

template_values markdown_values(const story_record& r, std::int64_t at_ms) {
  auto& s = r.story;
  std::uint64_t added = 0, removed = 0, tests = 0;
  for (auto& f : r.commit->files) {
    added += f.added;
    removed += f.removed;
    tests += is_test_file(f.path) ? 1 : 0;
  }
  auto work = last_work(r);
  auto pull = r.pull->id.empty() ? std::string{"the pull request"} : "pull request " + clean_line(r.pull->id);
  return {
    {"issue_key", markdown_escape(s.key)},
    {"title", markdown_escape(s.title)},
    {"url", markdown_escape(s.url)},
    {"story_link", markdown_link(s.key, s.url)},
    {"repository", markdown_escape(r.repository)},
    {"branch", markdown_code(r.branch)},
    {"base_branch", markdown_code(r.base_branch)},
    {"commit", markdown_code(r.commit->sha.substr(0, 12))},
    {"time", minute_of(at_ms)},
    {"file_count", number(r.commit->files.size())},
    {"source_count", number(r.commit->files.size() - tests)},
    {"test_count", number(tests)},
    {"added", number(added)},
    {"removed", number(removed)},
    {"files", files_table(r.commit->files)},
    {"evidence", evidence_table(r)},
    {"runs", runs_table(r)},
    {"notes", notes(r)},
    {"pull_request", markdown_link(pull, r.pull->url)},
    {"pull_request_url", r.pull->url.empty() ? markdown_escape(pull) : markdown_link(r.pull->url, r.pull->url)},
    {"agent", markdown_escape(work != nullptr && work->agent != "command" ? work->agent : std::string{"the agent"})},
    {"summary", last_words(work)},
    {"state", std::string{to_string(r.why->in)}},
    {"attempts", number(r.runs.size())},
    {"round", number(r.rework.size())},
    {"remark_count", number(r.rework.empty() ? 0 : r.rework.back().answered)}};
}

} // namespace hyakki
