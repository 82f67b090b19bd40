// What the coding agent is told, and how its reviewer's words are read.
#include "core/text_values.hpp"
#include "core/texts.hpp"
#include "core/utf8.hpp"

#include <algorithm>

namespace hyakki {
namespace {

constexpr std::string_view review_passes = "HYAKKI-REVIEW: PASS";
constexpr std::string_view review_finds = "HYAKKI-REVIEW: FINDINGS";
constexpr std::size_t longest_findings = 32 * 1024;
constexpr std::size_t longest_diff = 256 * 1024;

constexpr std::string_view verdict_rule =
  "End with exactly one verdict on a line of its own, as the last line when it is the first of these:\n"
  "HYAKKI-REVIEW: PASS\n"
  "HYAKKI-REVIEW: FINDINGS\n"
  "After the second, list each finding with its file and line and what must be changed. No verdict counts as a "
  "finding.";

constexpr std::string_view answer_rule =
  "In your last words, say one line for each remark, with its number, for whoever wrote it:\n"
  "HYAKKI-REMARK 1 DONE: what you changed for it\n"
  "HYAKKI-REMARK 2 LEFT: why you changed nothing for it, or what is left to a person\n"
  "Each line is posted under its remark, and a remark that is DONE is marked as resolved. Say DONE only where the "
  "change does all that the remark asks.";
constexpr std::size_t longest_remarks = 128 * 1024;

/// A line without the signs by which agents make it bold or code.
std::string_view bare(std::string_view line) {
  auto first = line.find_first_not_of(" \t*`_#>");
  auto last = line.find_last_not_of(" \t*`_.");
  return first == std::string_view::npos || last < first ? std::string_view{} : line.substr(first, last - first + 1);
}

} // namespace

std::string story_texts::prompt(const story_record& r) const { return say("prompt", prompt_values(r, settings_)); }

std::string story_texts::resume_prompt(const story_record& r) const {
  return say("resume_prompt", prompt_values(r, settings_));
}

std::string story_texts::review_prompt(const story_record& r, std::string_view diff) const {
  auto values = prompt_values(r, settings_);
  values["diff"] = untrusted_block("DIFF", cut_with_note(diff, longest_diff, "\n[cut here: the change is longer]"));
  values["verdict_rule"] = verdict_rule;
  return say("review_prompt", values);
}

std::string story_texts::fix_prompt(const story_record& r) const {
  auto values = prompt_values(r, settings_);
  std::string findings;
  for (auto& f : r.findings)
    findings += "- " + f + "\n";
  values["findings"] = untrusted_block("FINDINGS", cut_with_note(findings, longest_findings, "\n[cut here]"));
  values["round"] = std::to_string(r.fix_rounds);
  return say("fix_prompt", values);
}

std::string story_texts::rework_prompt(const story_record& r) const {
  auto values = prompt_values(r, settings_);
  std::string remarks;
  if (auto round = open_round(r))
    for (std::size_t n = 0; n < round->remarks.size(); ++n) {
      auto& m = round->remarks[n];
      remarks += "Remark " + std::to_string(n + 1) + (m.task ? ", a task that must be done before the merge" : "") +
                 ", by " + m.author +
                 (m.path.empty() ? std::string{", about the whole"}
                                 : ", about " + m.path + (m.line == 0 ? "" : ", line " + std::to_string(m.line))) +
                 ":\n" + m.text + "\n\n";
    }
  values["remarks"] = untrusted_block("REMARKS", cut_with_note(remarks, longest_remarks, "\n[cut here]"));
  values["round"] = std::to_string(r.rework.size());
  values["answer_rule"] = answer_rule;
  return say("rework_prompt", values);
}

review_verdict story_texts::read_review(std::string_view summary) const {
  bool passed = false;
  std::string findings;
  bool found = false;
  for (std::size_t at = 0; at < summary.size();) {
    auto end = std::min(summary.find('\n', at), summary.size());
    auto line = bare(summary.substr(at, end - at));
    at = end + 1;
    if (line == review_passes)
      passed = true;
    else if (line == review_finds) {
      found = true;
      findings = at < summary.size() ? std::string{summary.substr(at)} : std::string{};
    }
  }
  auto whole = [&] { return clean_text(cut_with_note(summary, longest_findings, "\n[cut here]")); };
  if (passed && !found)
    return {true, {}};
  if (!passed && !found)
    return {false, "the reviewer gave no verdict; it said:\n" + whole()};
  findings = clean_text(cut_with_note(findings, longest_findings, "\n[cut here]"));
  // findings may stand before the verdict
  return {false, findings.find_first_not_of(" \n\t") == std::string::npos ? whole() : findings};
}

} // namespace hyakki
