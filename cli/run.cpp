// hyakki run: the orchestrator in the foreground, with live progress and a summary.

#include "cli/engine.hpp"
#include "cli/json.hpp"
#include "cli/open.hpp"
#include "cli/progress.hpp"
#include "cli/signals.hpp"
#include "cli/text.hpp"
#include "core/redact.hpp"
#include "runtime/adapters.hpp"
#include "runtime/orchestrator.hpp"

#include <nlohmann/json.hpp>

#include <atomic>
#include <new>
#include <sys/prctl.h>
#include <unistd.h>

namespace hyakki::cli {
namespace {

using json = nlohmann::ordered_json;

/// A failure before anything ran: what is wrong in the configuration is 2, all else is a start that failed.
int start_failed(const error& e) {
  complain(e.text.empty() ? to_string(e) : e.text);
  return e == ec::bad_config ? exit_usage : exit_startup;
}

/// Live progress says what the log would: without other wishes only what is wrong is logged beside it. A look that
/// ends in a summary tells failed polls and steps itself.
void settle_log(config& c, const invocation& i) {
  if (!i.log_format.empty())
    c.log.format = i.log_format;
  if (!i.log_level.empty())
    c.log.level = i.log_level;
  else if (!i.quiet && c.log.file.empty() && c.log.level == log_config{}.level)
    c.log.level = i.once ? "error" : "warning";
}

std::string outcome_of(const story_record& r) {
  if (r.has_trouble && r.at != state::done && !r.why->text.empty())
    return one_line(r.why->text);
  if (!r.pull->id.empty())
    return "pull request #" + r.pull->id + (r.pull->url.empty() ? "" : " " + r.pull->url) + ": " + r.pull->title;
  return r.story.title;
}

void tell_summary(const run_summary& s, const store& memory, std::int64_t took_ms, const std::string& config_file) {
  auto colour = wants_colour(stdout);
  std::string words;
  auto add = [&](std::size_t n, const char* what) {
    if (n != 0)
      words += (words.empty() ? "" : ", ") + std::to_string(n) + " " + what;
  };
  add(s.done, "done");
  add(s.no_changes, "without changes");
  add(s.failed, "failed");
  add(s.cancelled, "cancelled");
  add(s.backing_off, "to be tried again later");
  put("\n" + paint(colour, tone::strong, words.empty() ? "nothing to do" : words) + "; this run took " + span(took_ms) +
      "\n");
  auto t = table{{"STORY", "STATE", "PULL REQUEST OR REASON"}, {}, 1, {}};
  for (auto& id : s.touched) {
    auto r = memory.find(id);
    if (!r || !*r)
      continue;
    t.rows.push_back({safe((*r)->story.key, 40), std::string{to_string((*r)->at)}, safe(outcome_of(**r), 400)});
    t.tones.push_back(tone_of((*r)->at));
  }
  if (t.rows.empty())
    return;
  put(render(t, colour, width_of(stdout)));
  put("More: hyakki status -c " + safe(config_file) + ", hyakki show KEY -c " + safe(config_file) + "\n");
}

/// Sinks that are slow or away hold no end up; who looks at them must hear that they do not know all yet.
void tell_untold(const std::vector<untold_events>& all, const config& c) {
  std::size_t count = 0;
  bool or_more = false;
  std::string names;
  for (auto& sink : c.notifications)
    for (auto& u : all)
      if (u.subscriber == sink.name) {
        count += u.count;
        or_more = or_more || u.or_more;
        names += (names.empty() ? "" : ", ") + u.subscriber + ": " + std::to_string(u.count);
      }
  if (count == 0)
    return;
  complain((or_more ? "at least " : "") + std::to_string(count) +
           (count == 1 ? " notification waits and is told at the next start ("
                       : " notifications wait and are told at the next start (") +
           names + ")");
}

int tell_plan(orchestrator& o, const invocation& i) {
  auto plan = o.plan();
  // The same that a look which changes things ends with.
  auto end = plan.poll_errors.empty() ? exit_done : exit_failed;
  for (auto& e : plan.poll_errors)
    complain(e);
  if (i.json) {
    auto out = document("plan");
    out["at_ms"] = now_ms();
    out["stories"] = json::array();
    for (auto& p : plan.stories)
      out["stories"].push_back(json{{"id", p.story.id()},
                                    {"key", p.story.key},
                                    {"title", p.story.title},
                                    {"priority", p.story.priority},
                                    {"repository", p.repository.empty() ? json(nullptr) : json(p.repository)},
                                    {"text", p.why}});
    out["held_back_besides"] = plan.held_besides;
    out["errors"] = plan.poll_errors;
    put_json(out);
    return end;
  }
  if (plan.stories.empty()) {
    put(plan.poll_errors.empty() ? "the tracker has nothing to work on; nothing was changed\n"
                                 : "a dry run: nothing was changed\n");
    return end;
  }
  auto t = table{{"STORY", "REPOSITORY", "WHAT WOULD HAPPEN", "TITLE"}, {}, 0, {}};
  for (auto& p : plan.stories)
    t.rows.push_back({safe(p.story.key, 40), p.repository.empty() ? "-" : safe(p.repository, 30), safe(p.why, 80),
                      safe(p.story.title, 400)});
  auto besides = plan.held_besides == 0 ? std::string{}
                                        : "and " + std::to_string(plan.held_besides) + " more that others hold back\n";
  put(render(t, wants_colour(stdout), width_of(stdout)) + besides + "a dry run: nothing was changed\n");
  return end;
}

int once(orchestrator& o, const config& c, const std::atomic<bool>& asked_to_stop, const std::string& config_file) {
  auto began = now_ms();
  auto summary = o.run_once();
  if (!summary)
    return fail(summary.error());
  for (auto& e : summary->poll_errors)
    complain(e);
  tell_summary(*summary, o.memory(), now_ms() - began, config_file);
  tell_untold(o.untold(), c);
  if (asked_to_stop) {
    put("stopped before its end; what was under way goes on with the next run\n");
    return exit_failed;
  }
  // Who runs this from cron must hear of what was left for the next run.
  bool all = summary->failed == 0 && summary->backing_off == 0 && summary->poll_errors.empty();
  return all ? exit_done : exit_failed;
}

/// The labels that stories are taken by: each once, in the order of the projects.
std::string labels_of(const config& c) {
  std::string out;
  for (auto& p : projects_of(c)) {
    auto& label = p.issue_tracker.trigger_label;
    if ((", " + out + ", ").find(", " + label + ", ") == std::string::npos)
      out += (out.empty() ? "" : ", ") + label;
  }
  return out;
}

int for_ever(orchestrator& o, const config& c, const std::string& config_file) {
  if (auto started = o.start(); !started)
    return start_failed(started.error());
  put("looking every " + std::to_string(c.orchestrator.poll_interval_seconds) + " s for stories with the label " +
      safe(labels_of(c)) + "; `hyakki status -c " + safe(config_file) + "` shows them; Ctrl-C ends it\n");
  o.wait();
  if (auto why = o.why_it_ended(); !why.empty())
    return fail({ec::unavailable, why, 0});
  put("ended; what was under way goes on with the next run\n");
  return exit_done;
}

} // namespace

/// Whoever finds no memory leaves at once: what is durable is enough for the next start, and half a step is not.
[[noreturn]] void out_of_memory() {
  constexpr std::string_view words =
    "hyakki: no memory is left; it ends here. What was under way goes on with the next start; run fewer stories at "
    "once (orchestrator.max_parallel_stories) if it comes again\n";
  (void)!::write(STDERR_FILENO, words.data(), words.size());
  ::_exit(exit_failed);
}

int run_stories(const invocation& i) {
  std::set_new_handler(out_of_memory);
  // Tokens may stand in our environment and memory; an agent of the same user must not read them through /proc, and
  // no core dump may hold them.
  ::prctl(PR_SET_DUMPABLE, 0);
  auto loaded = settings_of(i);
  if (!loaded) {
    fail(loaded.error());
    return exit_usage;
  }
  auto& settings = loaded->settings;
  for (auto& w : loaded->warnings)
    complain(w);
  if (i.json && !i.dry_run) {
    complain("--json goes with --dry-run; the end of a run is read with `hyakki status --json`");
    return exit_usage;
  }
  settle_log(settings, i);
  auto own = parts{};
  if (i.dry_run) { // what is on record is looked at, as any visitor does; there may be none yet
    auto memory = look_into_store(settings);
    if (!memory)
      return start_failed(memory.error());
    own.memory = *std::move(memory);
  }
  auto secrets = loaded->secrets;
  auto passed = secrets_passed_on(settings);
  secrets.insert(secrets.end(), passed.values.begin(), passed.values.end());
  auto log = logger::make(settings.log, redactor{secrets});
  if (!log)
    return start_failed(log.error());
  own.log = std::move(*log);
  // Outlives the orchestrator, whose threads tell it things.
  auto lines = progress{wants_colour(stdout), width_of(stdout), now_ms()};
  std::unique_ptr<orchestrator> o;
  auto asked = std::atomic<bool>{false};
  auto ready = std::atomic<bool>{false};
  // Before the orchestrator's threads exist; a signal that comes while they are made ends the process by itself.
  auto watch = signals{[&] {
    if (!ready)
      ::_exit(exit_startup);
    asked = true;
    std::fputs("hyakki: stopping; running agents are ended and go on at the next start. Once more ends at once\n",
               stderr);
    o->stop();
  }};
  auto options = orchestrator_options{};
  options.own_process = true;
  options.dry_run = i.dry_run;
  if (settings.log.level == "error") // the log does not say it
    options.on_wait = [](const std::string& text) { complain(text); };
  auto made = orchestrator::make(settings, options, std::move(own));
  if (!made)
    return start_failed(made.error());
  o = std::move(*made);
  if (i.dry_run)
    return tell_plan(*o, i);
  if (!i.quiet) {
    o->subscribe("progress", [&](const event& e) -> result<void> {
      lines.tell(e);
      return {};
    });
    o->watch([&](const story_id& story, const std::string& what) { lines.tell_activity(story, what); });
  }
  ready = true;
  return i.once ? once(*o, settings, asked, loaded->path) : for_ever(*o, settings, loaded->path);
}

} // namespace hyakki::cli
