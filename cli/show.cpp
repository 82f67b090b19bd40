// hyakki show KEY: everything that is known of one story.

#include "cli/commands.hpp"
#include "cli/json.hpp"
#include "cli/open.hpp"
#include "cli/sentence.hpp"
#include "cli/text.hpp"
#include "core/utf8.hpp"
#include "runtime/orchestrator.hpp"
#include "tickets/store.hpp"

#include <nlohmann/json.hpp>

#include <numeric>

namespace hyakki::cli {
namespace {

using json = nlohmann::ordered_json;

/// Comments where the tracker lies on this machine; elsewhere the story's URL leads to them.
std::vector<tickets::ticket_comment> comments_of(const view& v, const story_record& r) {
  auto& t = project_for(v.settings, r.story.tracker).issue_tracker;
  if (t.type != "tickets" || r.story.tracker != name_of(t))
    return {};
  auto at = tickets::ticket_store::open(t.path);
  if (!at)
    return {};
  auto file = at->get(r.story.key);
  return file ? file->comments() : std::vector<tickets::ticket_comment>{};
}

std::string transcript_of(const view& v, const story_record& r, const run& which) {
  return transcript_path(v.state, r.id(), which.number);
}

struct page {
  bool colour = wants_colour(stdout);
  std::string out;

  void head(const std::string& text) { out += "\n" + paint(colour, tone::strong, text) + "\n"; }
  void line(const std::string& text) { out += "  " + text + "\n"; }
  void fact(const char* name, const std::string& value) {
    if (value.empty())
      return;
    auto label = std::string{name};
    label.resize(14, ' ');
    out += "  " + paint(colour, tone::faint, label) + value + "\n";
  }
  /// Strangers' lines, indented, as many as are worth reading here.
  void block(const std::string& text, std::size_t most_lines, const std::string& indent) {
    std::size_t at = 0, n = 0;
    auto cleaned = clean_text(text);
    while (at < cleaned.size() && n < most_lines) {
      auto end = cleaned.find('\n', at);
      out += indent + safe(std::string_view{cleaned}.substr(at, end - at), 400) + "\n";
      ++n;
      at = end == std::string::npos ? cleaned.size() : end + 1;
    }
    if (at < cleaned.size())
      out += indent + "… (--json has all of it)\n";
  }
};

void facts(page& p, const story_record& r, std::int64_t now) {
  p.out += paint(p.colour, tone::strong, safe(r.id(), 120)) + "  " + safe(r.story.title, 200) + "\n";
  p.fact("state", paint(p.colour, tone_of(r.at), to_string(r.at)) + ", since " + span(now - r.changed_ms) + " (" +
                    date_time(r.changed_ms) + ")");
  if (r.at == state::backing_off)
    p.fact("goes on", date_time(r.due_ms) + ", in " + std::string{to_string(r.resume_at)});
  if (r.has_trouble)
    p.fact("reason", safe(one_line(r.why->text), 2000) + " [" + std::string{to_string(r.why->code)} + ", in " +
                       std::string{to_string(r.why->in)} + "]");
  p.fact("url", safe(r.story.url));
  // A round of rework begins from the branch of its pull request.
  auto begun = r.base_sha.empty() ? "" : " at " + safe(r.base_sha.substr(0, 10));
  auto again = !r.rework.empty();
  p.fact("repository",
         safe(r.repository) + (r.base_branch.empty() ? "" : " from " + safe(r.base_branch)) + (again ? "" : begun));
  p.fact("branch", safe(r.branch) + (again && !begun.empty() ? ", gone on with" + begun : ""));
  p.fact("working tree", safe(r.tree));
  p.fact("taken in", date_time(r.taken_ms));
  if (r.attempts != 0 || r.life > 1)
    p.fact("attempts", std::to_string(r.attempts) + " failed" + (r.life > 1 ? ", life " + std::to_string(r.life) : ""));
}

void pull(page& p, const story_record& r) {
  if (r.pull->id.empty() && r.commit->sha.empty())
    return;
  p.head(r.pull->id.empty() ? "Commit" : "Pull request");
  if (!r.pull->id.empty()) {
    p.line("#" + safe(r.pull->id) + "  " + safe(r.pull->title, 200));
    p.line(safe(r.pull->source_branch) + " → " + safe(r.pull->target_branch) +
           (r.pull->url.empty() ? "" : ", " + safe(r.pull->url)));
  }
  if (r.commit->sha.empty())
    return;
  std::uint64_t added = 0, removed = 0;
  for (auto& f : r.commit->files) {
    added += f.added;
    removed += f.removed;
  }
  p.line((r.pull->id.empty() || *r.pushed_sha == r.commit->sha ? "commit " : "commit, not pushed, ") +
         safe(r.commit->sha.substr(0, 10)) + ": " + size_of(r.commit->files.size(), added, removed));
  constexpr std::size_t most = 20;
  for (std::size_t n = 0; n < r.commit->files.size() && n < most; ++n)
    p.line("  " + safe(r.commit->files[n].path, 100) +
           (r.commit->files[n].binary
              ? "  binary"
              : "  +" + std::to_string(r.commit->files[n].added) + " −" + std::to_string(r.commit->files[n].removed)));
  if (r.commit->files.size() > most)
    p.line("  and " + std::to_string(r.commit->files.size() - most) + " more");
}

void runs(page& p, const view& v, const story_record& r) {
  if (r.runs.empty())
    return;
  p.head("Runs of the agent");
  for (auto& one : r.runs) {
    auto good = one.outcome == run_outcome::succeeded;
    auto going = one.outcome == run_outcome::running;
    auto price = price_of(one);
    p.line(std::to_string(one.number) + "  " + std::string{to_string(one.role)} + ", " + safe(one.agent, 40) + ": " +
           paint(p.colour,
                 good    ? tone::good
                 : going ? tone::busy
                         : tone::bad,
                 to_string(one.outcome)) +
           (price.empty() ? "" : ", " + price) +
           (going || good || one.exit_code < 0 ? "" : ", exit code " + std::to_string(one.exit_code)));
    p.line("   began " + date_time(one.started_ms) +
           (one.session.empty() ? "" : ", session " + safe(one.session, 80) + (one.resumed ? " (resumed)" : "")));
    if (!one.error.empty())
      p.line("   " + paint(p.colour, tone::bad, safe(one_line(one.error), 400)));
    p.block(one.summary, 12, "   | ");
    p.line("   transcript: " + safe(transcript_of(v, r, one)));
  }
}

void rounds(page& p, const story_record& r) {
  if (r.rework.empty())
    return;
  p.head("Rounds of rework");
  for (std::size_t n = 0; n < r.rework.size(); ++n) {
    auto& one = r.rework[n];
    p.line(std::to_string(n + 1) + "  " + (one.open ? paint(p.colour, tone::busy, "under way") : "ended") + ", " +
           counted(one.wanted, "remark", "remarks") + ", " + std::to_string(one.answered) + " answered; asked for by " +
           safe(one.asked_by, 120) + ", " + date_time(one.begun_ms));
    for (auto& said : one.remarks) {
      p.line("   " + safe(said.author, 60) + (said.task ? ", task" : "") +
             (said.path.empty() ? "" : ", " + safe(said.path, 100)) +
             (said.line == 0 ? "" : ":" + std::to_string(said.line)));
      p.block(said.text, 6, "   | ");
    }
  }
}

void proof(page& p, const story_record& r) {
  if (r.proof.empty())
    return;
  p.head("Evidence (seen by the engine, not told by the agent)");
  for (auto& e : r.proof) {
    p.line(paint(p.colour, e.passed ? tone::good : tone::bad, e.passed ? "passed" : "failed") + "  " +
           safe(e.name, 40) + ": " + safe(e.what, 120) + "  exit code " + std::to_string(e.exit_code) + ", " +
           span(e.took_ms));
    if (!e.passed)
      p.block(e.detail, 12, "    | ");
  }
}

void steps(page& p, const std::vector<event>& events) {
  p.head("Steps");
  for (auto& e : events)
    // Said to plugins; the move that follows tells it to people.
    if (e.kind != event_kind::on_success && e.kind != event_kind::on_failure)
      p.line(paint(p.colour, tone::faint, date_time(e.at_ms)) + "  " + safe(sentence(e), 400));
}

} // namespace

int run_show(const invocation& i) {
  auto at = open_view(i);
  if (!at.ok)
    return at.exit;
  auto found = find_story(at.seen, i.key);
  if (!found)
    return fail(found.error());
  auto& r = *found;
  auto events = at.seen.memory->events_of(r.id());
  if (!events)
    return fail(events.error());
  auto remarks = comments_of(at.seen, r);
  auto cost = std::accumulate(r.runs.begin(), r.runs.end(), std::int64_t{0},
                              [](std::int64_t sum, const run& one) { return sum + one.cost_microusd; });
  if (i.json) {
    auto out = document("show");
    out["at_ms"] = now_ms();
    out["story"] = to_json(r);
    out["cost_microusd"] = cost;
    out["runs"] = json::array();
    for (auto& one : r.runs)
      out["runs"].push_back(to_json(one, transcript_of(at.seen, r, one)));
    out["comments"] = json::array();
    for (auto& c : remarks)
      out["comments"].push_back(json{{"author", c.author}, {"created_at", c.created_at}, {"text", c.content}});
    out["events"] = json::array();
    for (auto& e : *events)
      out["events"].push_back(to_json(e));
    put_json(out);
    return exit_done;
  }
  auto p = page{};
  facts(p, r, now_ms());
  p.fact("cost", money(cost));
  pull(p, r);
  rounds(p, r);
  runs(p, at.seen, r);
  proof(p, r);
  if (!r.findings.empty()) {
    p.head("To be mended");
    for (auto& f : r.findings)
      p.block(f, 20, "  ");
  }
  steps(p, *events);
  if (!remarks.empty()) {
    p.head("Comments on the story");
    for (auto& c : remarks) {
      p.line(safe(c.author, 60) + ", " + safe(c.created_at, 30));
      p.block(c.content, 30, "  | ");
    }
  }
  put(p.out);
  return exit_done;
}

} // namespace hyakki::cli
