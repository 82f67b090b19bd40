#pragma once
// Stories for tests of stores: typical ones, and random ones with every field in play. Same seed, same stories.

#include "core/event.hpp"
#include "core/record.hpp"
#include "storage/record.hpp"

#include <cstdint>
#include <random>
#include <string>

namespace hyakki::test {

using dice = std::mt19937_64;

inline std::uint64_t roll(dice& d, std::uint64_t below) { return d() % below; }

/// Any bytes at all: NUL, slashes, newlines, what is not UTF-8.
inline std::string odd_text(dice& d, std::size_t most) {
  std::string out(roll(d, most + 1), '\0');
  for (auto& c : out)
    c = static_cast<char>(d());
  return out;
}

inline state any_state(dice& d) { return static_cast<state>(1 + roll(d, state_count)); }

inline run any_run(dice& d) {
  run r;
  r.number = static_cast<std::uint32_t>(d());
  r.role = static_cast<run_role>(1 + roll(d, 3));
  r.outcome = static_cast<run_outcome>(1 + roll(d, 6));
  r.agent = odd_text(d, 12);
  r.session = odd_text(d, 40);
  r.resumed = roll(d, 2) == 1;
  r.started_ms = static_cast<std::int64_t>(d());
  r.ended_ms = static_cast<std::int64_t>(d());
  r.exit_code = static_cast<std::int32_t>(d());
  r.turns = static_cast<std::uint32_t>(d());
  r.input_tokens = d();
  r.output_tokens = d();
  r.cost_microusd = static_cast<std::int64_t>(d());
  r.summary = odd_text(d, 300);
  r.error = odd_text(d, 30);
  return r;
}

inline pull_request any_pull(dice& d) {
  pull_request p;
  for (auto* s : {&p.id, &p.url, &p.title, &p.source_branch, &p.target_branch, &p.description, &p.state, &p.head})
    *s = odd_text(d, 30);
  p.adopted = roll(d, 2) == 1;
  return p;
}

/// A record of the given story with random contents.
inline story_record any_record(dice& d, std::string tracker, std::string key, std::uint64_t version) {
  story_record r;
  r.story.tracker = std::move(tracker);
  r.story.key = std::move(key);
  r.story.title = odd_text(d, 60);
  r.story.description = roll(d, 3) == 0 ? "" : odd_text(d, 2000);
  r.story.url = odd_text(d, 40);
  r.story.status = odd_text(d, 10);
  for (auto n = roll(d, 3); n > 0; --n)
    r.story.components.push_back(odd_text(d, 8));
  for (auto n = roll(d, 4); n > 0; --n)
    r.story.labels.push_back(odd_text(d, 8));
  r.story.priority = static_cast<std::int32_t>(roll(d, 5));
  r.story.created_ms = static_cast<std::int64_t>(d());
  r.at = roll(d, 3) == 0 ? state::backing_off : any_state(d);
  r.version = version;
  r.resume_at = any_state(d);
  r.taken_ms = static_cast<std::int64_t>(d());
  r.changed_ms = static_cast<std::int64_t>(d());
  r.due_ms = static_cast<std::int64_t>(roll(d, 2000)) - 1000;
  for (auto* s : {&r.repository, &r.base_branch, &r.base_sha, &r.branch, &r.tree, &r.pushed_sha.edit(),
                  &r.commit.edit().sha, &r.commit.edit().tree_sha})
    *s = odd_text(d, 40);
  r.commit.edit().at_ms = static_cast<std::int64_t>(d());
  for (auto n = roll(d, 4); n > 0; --n)
    r.commit.edit().files.push_back(
      {odd_text(d, 40), static_cast<std::uint32_t>(d()), static_cast<std::uint32_t>(d()), roll(d, 2) == 1});
  if (roll(d, 2) == 1)
    r.pull = any_pull(d);
  r.attempts = static_cast<std::uint32_t>(d());
  r.fix_rounds = static_cast<std::uint32_t>(d());
  r.life = static_cast<std::uint32_t>(d());
  r.verdict = any_state(d);
  for (auto n = roll(d, 3); n > 0; --n)
    r.runs.push_back(any_run(d));
  for (auto n = roll(d, 3); n > 0; --n)
    r.proof.push_back({odd_text(d, 8), odd_text(d, 20), static_cast<std::int32_t>(d()), roll(d, 2) == 1,
                       static_cast<std::int64_t>(d()), static_cast<std::int64_t>(d()), odd_text(d, 100)});
  for (auto n = roll(d, 3); n > 0; --n)
    r.findings.push_back(odd_text(d, 50));
  for (auto n = roll(d, 3); n > 0; --n) {
    rework_round round;
    round.begun_ms = static_cast<std::int64_t>(d());
    round.asked_by = odd_text(d, 20);
    round.first_run = static_cast<std::uint32_t>(d());
    round.wanted = static_cast<std::uint32_t>(d());
    round.answered = static_cast<std::uint32_t>(d());
    round.open = roll(d, 2) == 1;
    round.more = roll(d, 2) == 1;
    for (auto m = roll(d, 3); m > 0; --m)
      round.remarks.push_back({odd_text(d, 10), odd_text(d, 10), odd_text(d, 100), odd_text(d, 20),
                               static_cast<std::uint32_t>(d()), roll(d, 2) == 1, static_cast<std::int64_t>(d())});
    r.rework.push_back(std::move(round));
  }
  r.homes = static_cast<std::uint32_t>(d());
  if (roll(d, 2) == 1) {
    r.has_trouble = true;
    r.why = trouble{ec::timed_out, odd_text(d, 50), any_state(d), static_cast<std::int64_t>(d())};
  }
  return r;
}

inline event any_event(dice& d) {
  event e;
  e.at_ms = static_cast<std::int64_t>(d());
  e.kind = static_cast<event_kind>(1 + roll(d, static_cast<int>(last_event_kind)));
  e.title = odd_text(d, 40);
  auto n32 = [&] { return static_cast<std::uint32_t>(d()); };
  switch (roll(d, 12)) {
  case 1: e.payload = on_repo{odd_text(d, 20)}; break;
  case 2: e.payload = on_tree{odd_text(d, 20), odd_text(d, 40)}; break;
  case 3: e.payload = on_prompt{odd_text(d, 20), odd_text(d, 400), odd_text(d, 30), n32()}; break;
  case 4: e.payload = on_run{any_run(d)}; break;
  case 5: e.payload = on_commit{odd_text(d, 40), odd_text(d, 100), n32(), n32(), n32()}; break;
  case 6: e.payload = on_push{odd_text(d, 40), odd_text(d, 40)}; break;
  case 7: e.payload = on_pull{any_pull(d)}; break;
  case 8: e.payload = on_error{ec::rejected, odd_text(d, 40), any_state(d), roll(d, 2) == 1}; break;
  case 9:
    e.payload = on_move{any_state(d), static_cast<move>(1 + roll(d, move_count)), any_state(d), odd_text(d, 20)};
    break;
  case 10: e.payload = on_note{odd_text(d, 60)}; break;
  case 11: e.payload = on_ticket{{{odd_text(d, 10), odd_text(d, 40), odd_text(d, 40)}, {"labels", {}, {}}}}; break;
  default: break;
  }
  return e;
}

/// All bytes of a value, so that two can be compared whole.
inline std::string bytes_of(const story_record& r) {
  std::string out;
  codec::encode(out, r, codec::description::inside);
  return out;
}
inline std::string bytes_of(const event& e) {
  std::string out = std::to_string(e.seq) + ":";
  codec::encode(out, e, e.story);
  return out;
}
inline std::string bytes_of(const index_entry& e) {
  std::string out = e.id + ":";
  codec::encode(out, e);
  return out;
}

/// A story as one meets it: a page of text, half way through its life.
inline story_record typical_record(std::uint64_t number, state at, std::uint64_t version) {
  story_record r;
  r.story.tracker = "tickets";
  r.story.key = "FIX-" + std::to_string(number);
  r.story.title = "The parser drops the last line of a file without a newline";
  r.story.description = std::string(1500, 'd');
  r.story.labels = {"ai-pipeline", "bug"};
  r.story.components = {"parser"};
  r.story.created_ms = 1'790'000'000'000 + static_cast<std::int64_t>(number);
  r.at = at;
  r.version = version;
  r.taken_ms = r.changed_ms = 1'790'000'100'000;
  if (at != state::queued) {
    r.repository = "tools/parser";
    r.base_branch = "main";
    r.base_sha = std::string(40, 'b');
    r.branch = "feature/FIX-" + std::to_string(number) + "-ai-the-parser-drops-the-last-line";
    r.tree = "/var/lib/hyakki/trees/tools_parser/FIX-" + std::to_string(number);
    run session;
    session.number = 1;
    session.agent = "claude_code";
    session.session = "0192d3a4-55f1-7c3e-9a31-4b1a5f8e1c22";
    session.started_ms = 1'790'000'101'000;
    r.runs.push_back(session);
  }
  return r;
}

inline event move_event(state from, move by, state to) {
  event e;
  e.at_ms = 1'790'000'100'000;
  e.kind = event_kind::moved;
  e.title = "The parser drops the last line of a file without a newline";
  e.payload = on_move{from, by, to, ""};
  return e;
}

} // namespace hyakki::test
