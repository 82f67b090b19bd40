#include "core/texts.hpp"

#include "core/digest.hpp"
#include "core/markdown.hpp"
#include "core/text_values.hpp"
#include "core/utf8.hpp"

#include <algorithm>
#include <array>

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

std::string small(std::string_view text) {
  std::string out{text};
  for (auto& c : out)
    c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  return out;
}

bool starts(std::string_view text, std::string_view with) { return text.substr(0, with.size()) == with; }
bool ends(std::string_view text, std::string_view with) {
  return text.size() >= with.size() && text.substr(text.size() - with.size()) == with;
}

/// A line without the signs by which agents make it bold or code.
std::string_view bare(std::string_view line) {
  auto first = line.find_first_not_of(" \t*`_#>");
  auto last = line.find_last_not_of(" \t*`_.");
  return first == std::string_view::npos || last < first ? std::string_view{} : line.substr(first, last - first + 1);
}

std::string first_line_cut(std::string text, std::size_t most) {
  text = clean_line(text);
  return cut_with_note(text, most, "…");
}

bool unroutable(const story_record& r) { return r.has_trouble && r.why->in == state::routing; }

std::string next_step(const story_record& r, const std::string& rework_label) {
  auto key = markdown_code(r.story.key);
  if (unroutable(r))
    return "Give the story a component or label that names its repository; then let it run again with `hyakki retry` "
           "and its key, " +
           key + ".";
  if (r.verdict == state::cancelled && r.why->code == ec::withdrawn && open_round(r))
    return "The pull request stays as it is; what was done in this round is kept in its working tree.";
  if (r.verdict == state::cancelled && r.why->code == ec::withdrawn)
    return "What was done so far is kept. When the story is open, carries its label and is not given to somebody else, "
           "it "
           "is taken up again by itself; `hyakki retry` with its key, " +
           key + ", does so at once.";
  if (r.verdict == state::cancelled)
    return "It was cancelled. `hyakki retry` with its key, " + key + ", lets it run again.";
  if (open_round(r))
    return "The pull request stays as it is. See `hyakki show` with its key, " + key +
           ", for every step; `hyakki retry` lets the round run again, and the label " + markdown_code(rework_label) +
           " begins another.";
  return "See `hyakki show` with its key, " + key +
         ", for every step; when the cause is mended, `hyakki retry` lets "
         "it run again.";
}

void add_comment(report_order& out, const story_record& r, std::string_view what, std::string text) {
  if (!text.empty())
    out.comments.push_back({marker(r.id(), what, r.life), std::move(text)});
}

} // namespace

std::string marker(const story_id& id, std::string_view what, std::uint32_t life) {
  std::string kind;
  for (auto c : small(what))
    if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_')
      kind += c;
  return "story/" + sha256_hex(id, 24) + "/" + std::to_string(life) + "/" + kind.substr(0, 40);
}

bool is_test_file(std::string_view path) {
  auto lower = small(path);
  for (auto folder : {"test/", "tests/", "__tests__/", "spec/", "specs/", "testdata/"})
    if (starts(lower, folder) || lower.find(std::string{"/"} + folder) != std::string::npos)
      return true;
  auto slash = path.rfind('/');
  auto name = slash == std::string_view::npos ? path : path.substr(slash + 1);
  auto dot = name.find('.');
  auto stem = name.substr(0, dot);
  auto rest = dot == std::string_view::npos ? std::string{} : small(name.substr(dot));
  auto low = small(stem);
  return starts(low, "test_") || ends(low, "_test") || ends(low, "_tests") || ends(low, "_spec") ||
         ends(low, "-test") || ends(low, "-spec") || low == "test" || low == "tests" || low == "conftest" ||
         ends(stem, "Test") || ends(stem, "Tests") || ends(stem, "Spec") || starts(rest, ".test.") ||
         starts(rest, ".spec.") || rest.find(".test.") != std::string::npos || rest.find(".spec.") != std::string::npos;
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

report_order story_texts::on_start(const story_record& r) const {
  report_order out;
  out.key = r.story.key;
  auto& t = project_for(settings_, r.story.tracker).issue_tracker;
  out.labels = {{t.processing_label}, {t.failed_label}};
  out.status = t.status_on_start;
  add_comment(out, r, "started", say("comment_started", markdown_values(r, r.taken_ms)));
  return out;
}

report_order story_texts::on_end(const story_record& r) const {
  report_order out;
  out.key = r.story.key;
  auto& t = project_for(settings_, r.story.tracker).issue_tracker;
  auto values = markdown_values(r, r.changed_ms);
  values["next_step"] = next_step(r, t.rework_label);
  values["reason"] = r.has_trouble
                       ? markdown_fence(r.why->text, 8 * 1024)
                       : std::string{r.verdict == state::cancelled ? "It was cancelled." : "No reason is known."};
  switch (r.verdict) {
  case state::done:
    out.labels = {{t.done_label}, {t.processing_label, t.failed_label}};
    // What reviewers wrote meanwhile is asked for by the label that stays.
    if (r.rework.empty() || !r.rework.back().more)
      out.labels.remove.push_back(t.rework_label);
    out.status = t.status_on_review;
    if (r.rework.empty())
      add_comment(out, r, "success", say("comment_success", values));
    else
      add_comment(out, r, "rework", say("comment_rework", values));
    add_comment(out, r, "details", say("comment_details", values));
    break;
  case state::no_changes:
    out.labels = {{t.failed_label}, {t.processing_label}};
    if (open_round(r))
      add_comment(out, r, "rework_unchanged", say("comment_rework_unchanged", values));
    else
      add_comment(out, r, "no_changes", say("comment_no_changes", values));
    break;
  case state::cancelled:
    out.labels = {{}, {t.processing_label}};
    add_comment(out, r, "cancelled", say("comment_failure", values));
    break;
  default:
    out.labels = {{t.failed_label}, {t.processing_label}};
    add_comment(out, r, unroutable(r) ? "unroutable" : "failure", say("comment_failure", values));
    break;
  }
  // A round that did not end well is asked for again by a person, not by the label that is still there.
  if (r.verdict != state::done && open_round(r))
    out.labels.remove.push_back(t.rework_label);
  return out;
}

std::vector<remark_answer> story_texts::remark_answers(const story_record& r) const {
  std::vector<remark_answer> out;
  auto round = open_round(r);
  if (round == nullptr)
    return out;
  std::map<std::size_t, remark_words> said;
  for (auto& run : r.runs)
    if (run.number >= round->first_run && run.role != run_role::review)
      for (auto& [number, words] : read_remark_answers(run.summary))
        said[number] = words;
  bool changed = !r.commit->sha.empty();
  auto end = "\n\nRound " + std::to_string(r.rework.size()) + " of rework by hyakki, " +
             (changed ? "commit " + markdown_code(r.commit->sha.substr(0, 12)) : std::string{"which changed nothing"});
  for (std::size_t n = 0; n < round->remarks.size(); ++n) {
    auto words = said.find(n + 1);
    bool settles = changed && words != said.end() && words->second.done;
    auto text = words != said.end() && !words->second.text.empty() ? markdown_escape(words->second.text)
                : settles                                          ? std::string{"This is done."}
                : changed ? std::string{"The branch was worked on; the agent says nothing of its own about this."}
                          : std::string{"Nothing was changed, and the agent says nothing of its own about this."};
    text += end + (settles ? ".\n" : "; it is left open for people to judge.\n");
    // Of the round and its commit, and not of the life: what is told again after a kill or a retry is told once.
    auto kind = "remark_" + sha256_hex(round->remarks[n].id, 16) + "_" + r.commit->sha.substr(0, 8);
    out.push_back({marker(r.id(), kind, static_cast<std::uint32_t>(r.rework.size())), hide_(text), settles});
  }
  return out;
}

report_order story_texts::on_no_round(const story& s, const story_record* r, rework_verdict why) const {
  report_order out;
  out.key = s.key;
  auto& t = project_for(settings_, s.tracker).issue_tracker;
  auto rounds = r ? r->rework.size() : 0;
  auto label = markdown_code(t.rework_label);
  auto pull = r && !r->pull->id.empty() ? markdown_link("pull request " + clean_line(r->pull->id), r->pull->url)
                                        : std::string{"pull request"};
  std::string text, kind;
  switch (why) {
  case rework_verdict::begins:
  case rework_verdict::busy: return out;
  case rework_verdict::no_pull:
    kind = "rework_no_pull";
    text =
      "hyakki knows of no pull request of this story, so there is nothing to work on again. To have the story itself "
      "done, give it the label " +
      markdown_code(t.trigger_label) + ", or use `hyakki retry` with its key, " + markdown_code(s.key) + ".";
    break;
  case rework_verdict::not_open:
    kind = "rework_not_open";
    text = "Its " + pull + " is " + markdown_escape(r ? r->pull->state : "closed") +
           ", so there is nothing to work on again. What is still wanted needs a story of its own.";
    break;
  case rework_verdict::no_remark:
    kind = "rework_no_remark";
    text = "On its " + pull +
           " no comment and no task waits for an answer. Write there what should be changed, then set "
           "the label " +
           label + " again.";
    break;
  case rework_verdict::spent:
    kind = "rework_spent";
    text = std::to_string(rounds) + (rounds == 1 ? " round" : " rounds") + " of rework were made on its " + pull +
           ", and no more are allowed (`rework.max_rounds` is " + std::to_string(settings_.rework.max_rounds) +
           "). A person goes on from here, or the limit is raised and the label " + label + " set again.";
    break;
  }
  out.labels.remove = {t.rework_label};
  out.comments.push_back({marker(s.id(), kind, r ? r->life : 1), hide_("### No round of rework\n\n" + text + "\n")});
  return out;
}

} // namespace hyakki
