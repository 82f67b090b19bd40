// hyakki status: where every story stands, newest activity first, and whether somebody works on them.

#include "cli/commands.hpp"
#include "cli/json.hpp"
#include "cli/open.hpp"
#include "cli/text.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <map>
#include <utility>

namespace hyakki::cli {
namespace {

using json = nlohmann::ordered_json;

constexpr std::int64_t recent_ms = 7ll * 24 * 3600 * 1000;

/// What the table says of a story; a hundred thousand of these fit where their records would not.
struct line {
  story_id id;
  std::int64_t changed_ms = 0;
};

struct overview {
  std::vector<line> shown; ///< newest activity first
  std::map<state, std::uint64_t> counts;
  std::uint64_t total = 0;
  std::uint64_t hidden_old = 0;
  std::uint64_t hidden_limit = 0;
  std::vector<std::string> unreadable; ///< damaged records hide no others: a sentence each, said after them
};

/// Passes over what is damaged. False when it is another failure.
bool passed_over(overview& in, const error& e) {
  constexpr std::size_t most_named = 100;
  if (e == ec::corrupt_record && in.unreadable.size() < most_named)
    in.unreadable.push_back(e.text);
  return e == ec::corrupt_record;
}

result<overview> look(const view& v, const invocation& i) {
  auto out = overview{};
  auto old = now_ms() - recent_ms;
  auto consider = [&](const story_id& id, state at, std::int64_t changed_ms) {
    if (!i.all && is_final(at) && changed_ms < old)
      ++out.hidden_old;
    else
      out.shown.push_back({id, changed_ms});
  };
  auto unsaid = std::vector<std::pair<story_id, state>>{};
  auto walked = v.memory->each([&](const index_entry& e) {
    ++out.counts[e.at];
    ++out.total;
    if (e.changed_ms != 0)
      consider(e.id, e.at, e.changed_ms);
    else
      unsaid.emplace_back(e.id, e.at);
    return true;
  });
  if (!walked && !passed_over(out, walked.error()))
    return walked.error();
  for (auto& [id, at] : unsaid) { // of an earlier version, which kept the time in the record alone
    auto record = v.memory->find(id);
    if (!record && !passed_over(out, record.error()))
      return record.error();
    if (record && *record) // else it went between the two looks
      consider(id, at, (*record)->changed_ms);
  }
  std::sort(out.shown.begin(), out.shown.end(), [](const line& a, const line& b) {
    return a.changed_ms != b.changed_ms ? a.changed_ms > b.changed_ms : a.id < b.id;
  });
  if (i.limit != 0 && out.shown.size() > i.limit) {
    out.hidden_limit = out.shown.size() - i.limit;
    out.shown.resize(i.limit);
  }
  return out;
}

/// The last column: what there is to look at, or why it stopped.
std::string remark(const story_record& r, std::int64_t now) {
  if (r.at == state::backing_off)
    return (r.due_ms > now ? "again in " + span(r.due_ms - now) : "again as soon as something runs") +
           (r.resume_at == state::reporting ? ": only its tracker has yet to be told"
            : r.has_trouble                 ? ": " + one_line(r.why->text)
                                            : "");
  if (r.has_trouble && r.at != state::done && !r.why->text.empty())
    return one_line(r.why->text);
  if (!r.pull->id.empty())
    return "#" + r.pull->id + (r.pull->url.empty() ? "" : " " + r.pull->url) + ": " + r.pull->title;
  return r.story.title;
}

json entry(const story_record& r) {
  return json{{"id", r.id()},
              {"tracker", r.story.tracker},
              {"key", r.story.key},
              {"title", r.story.title},
              {"state", std::string{to_string(r.at)}},
              {"repository", r.repository.empty() ? json(nullptr) : json(r.repository)},
              {"attempts", r.attempts},
              {"runs", r.runs.size()},
              {"taken_ms", r.taken_ms},
              {"changed_ms", r.changed_ms},
              {"due_ms", r.due_ms == 0 ? json(nullptr) : json(r.due_ms)},
              {"pull_request", r.pull->id.empty() ? json(nullptr) : to_json(*r.pull)},
              {"reason", r.has_trouble ? to_json(*r.why) : json(nullptr)}};
}

void print_table(const view& v, const overview& seen, const daemon& runs, const std::vector<story_record>& records) {
  auto colour = wants_colour(stdout);
  put(runs.running ? "running: " + safe(runs.who) + "\n" : "not running; `hyakki run` works on what waits\n");
  for (auto& why : runs.quiet)
    put(safe(why) + "\n");
  if (records.empty()) {
    put(seen.total == 0 ? seen.unreadable.empty() ? "no stories yet in " + safe(v.state) + "\n" : std::string{}
                        : counted(seen.total, "story", "stories") + " that ended long ago; --all shows them\n");
    return;
  }
  auto now = now_ms();
  auto t = table{{"STORY", "STATE", "REPOSITORY", "ATTEMPTS", "CHANGED", "PULL REQUEST OR REASON"}, {}, 1, {}};
  bool one_tracker = std::all_of(records.begin(), records.end(),
                                 [&](auto& r) { return r.story.tracker == records.front().story.tracker; });
  for (auto& r : records) {
    t.rows.push_back({safe(one_tracker ? r.story.key : r.id(), 40), std::string{to_string(r.at)},
                      r.repository.empty() ? "-" : safe(r.repository, 30), std::to_string(r.attempts),
                      span(now - r.changed_ms) + " ago", safe(remark(r, now), 400)});
    t.tones.push_back(tone_of(r.at));
  }
  put(render(t, colour, width_of(stdout)));
  if (auto more = seen.hidden_limit + seen.hidden_old; more != 0)
    put(paint(colour, tone::faint,
              "and " + std::to_string(more) + " more; " +
                (seen.hidden_limit != 0 ? "--limit 0 and --all show them" : "--all shows them")) +
        "\n");
}

} // namespace

int run_status(const invocation& i) {
  auto at = open_view(i);
  if (!at.ok)
    return at.exit;
  auto seen = at.seen.memory ? look(at.seen, i) : result<overview>{overview{}};
  if (!seen)
    return fail(seen.error());
  auto records = std::vector<story_record>{};
  for (auto& l : seen->shown) {
    auto record = at.seen.memory->find(l.id);
    if (!record && !passed_over(*seen, record.error()))
      return fail(record.error());
    if (record && *record)
      records.push_back(std::move(**record));
  }
  auto said_last = [&] {
    for (auto& why : seen->unreadable)
      complain(why);
    return seen->unreadable.empty() ? exit_done : exit_failed;
  };
  auto runs = daemon_of(at.seen.state);
  if (!i.json) {
    print_table(at.seen, *seen, runs, records);
    return said_last();
  }
  auto out = document("status");
  out["at_ms"] = now_ms();
  out["state_directory"] = at.seen.state;
  out["daemon"] =
    json{{"running", runs.running}, {"pid", runs.pid == 0 ? json(nullptr) : json(runs.pid)}, {"quiet", runs.quiet}};
  out["total"] = seen->total;
  out["counts"] = json::object();
  for (auto& [s, n] : seen->counts)
    out["counts"][std::string{to_string(s)}] = n;
  out["stories"] = json::array();
  for (auto& r : records)
    out["stories"].push_back(entry(r));
  out["unreadable"] = seen->unreadable;
  put_json(out);
  return said_last();
}

} // namespace hyakki::cli
