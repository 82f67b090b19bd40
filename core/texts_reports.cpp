// What a tracker, and those who wrote remarks, are told.
#include "core/digest.hpp"
#include "core/markdown.hpp"
#include "core/text_values.hpp"
#include "core/texts.hpp"
#include "core/utf8.hpp"

#include <map>

namespace hyakki {
namespace {

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
           "it is taken up again by itself; `hyakki retry` with its key, " +
           key + ", does so at once.";
  if (r.verdict == state::cancelled)
    return "It was cancelled. `hyakki retry` with its key, " + key + ", lets it run again.";
  if (open_round(r))
    return "The pull request stays as it is. See `hyakki show` with its key, " + key +
           ", for every step; `hyakki retry` lets the round run again, and the label " + markdown_code(rework_label) +
           " begins another.";
  return "See `hyakki show` with its key, " + key +
         ", for every step; when the cause is mended, `hyakki retry` lets it run again.";
}

void add_comment(report_order& out, const story_record& r, std::string_view what, std::string text) {
  if (!text.empty())
    out.comments.push_back({marker(r.id(), what, r.life), std::move(text)});
}

} // namespace

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
  values["outcome"] = open_round(r) ? "This round of rework was not done" : "This story was not done";
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
    // Who cancels a story that was parked, or sent on, has dealt with the failure. One that its tracker took back keeps
    // the label: it may be why.
    if (!r.has_trouble || r.why->code != ec::withdrawn)
      out.labels.remove.push_back(t.failed_label);
    add_comment(out, r, "cancelled", say("comment_failure", values));
    break;
  default:
    out.labels = {{t.failed_label}, {t.processing_label}};
    add_comment(out, r, unroutable(r) ? "unroutable" : "failure", say("comment_failure", values));
    break;
  }
  // A round that did not end well is asked for again by a person, not by the label that is still there.
  if (r.verdict != state::done && open_round(r)) {
    out.labels.remove.push_back(t.rework_label);
    if (r.verdict != state::cancelled)
      out.status = t.status_on_review; // its pull request is open all the same
  }
  return out;
}

report_order story_texts::on_merge(const story_record& r) const {
  report_order out;
  out.key = r.story.key;
  auto& t = project_for(settings_, r.story.tracker).issue_tracker;
  out.status = t.status_on_done;
  out.labels.remove = {t.rework_label}; // set a moment before the merge: there is nothing to work on again
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
      "done, see that it has the label " +
      markdown_code(t.trigger_label) + " and neither " + markdown_code(t.done_label) + " nor " +
      markdown_code(t.failed_label) +
      (r ? ", or use `hyakki retry` with its key, " + markdown_code(s.key) + "." : std::string{"."});
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
