#include "storage/record_parts.hpp"

namespace hyakki::wire {

void add(reader& in, std::vector<std::string>& list) {
  if (room(list))
    list.emplace_back(in.bytes());
  else
    in.bad = true;
}

bool known(ec code) { return hyakki::to_string(code) != "unknown"; }

static ec code_of(reader& in) {
  auto n = in.number();
  auto code = static_cast<ec>(n);
  if (n > 255 || !known(code)) {
    in.bad = true;
    return ec::unavailable;
  }
  return code;
}

state state_of(reader& in) { return in.one_of(state::queued, static_cast<state>(state_count)); }

void put_head(writer& w, const story_record& r) {
  w.number(1, r.version);
  w.always(2, static_cast<std::uint64_t>(r.at));
  w.text(3, r.story.tracker);
  w.text(4, r.story.key);
  w.signed_number(5, r.story.priority);
  w.signed_number(6, r.story.created_ms);
  w.signed_number(7, r.due_ms);
  w.text(8, r.repository);
  w.signed_number(9, r.changed_ms);
}

bool get_head(std::string_view fields, story_record& r) {
  reader in{fields};
  bool has_state = false;
  r.story.priority = 0;
  while (in.next())
    switch (in.tag) {
    case 1: r.version = in.number(); break;
    case 2:
      r.at = state_of(in);
      has_state = true;
      break;
    case 3: r.story.tracker = in.bytes(); break;
    case 4: r.story.key = in.bytes(); break;
    case 5: r.story.priority = in.signed32(); break;
    case 6: r.story.created_ms = in.signed_number(); break;
    case 7: r.due_ms = in.signed_number(); break;
    case 8: r.repository = in.bytes(); break;
    case 9: r.changed_ms = in.signed_number(); break;
    default: break;
    }
  return !in.bad && has_state;
}

void put(writer& w, const evidence& e) {
  w.text(1, e.name);
  w.text(2, e.what);
  w.signed_number(3, e.exit_code);
  w.flag(4, e.passed);
  w.signed_number(5, e.at_ms);
  w.signed_number(6, e.took_ms);
  w.text(7, e.detail);
}

bool get(std::string_view fields, evidence& e) {
  reader in{fields};
  while (in.next())
    switch (in.tag) {
    case 1: e.name = in.bytes(); break;
    case 2: e.what = in.bytes(); break;
    case 3: e.exit_code = in.signed32(); break;
    case 4: e.passed = in.number() != 0; break;
    case 5: e.at_ms = in.signed_number(); break;
    case 6: e.took_ms = in.signed_number(); break;
    case 7: e.detail = in.bytes(); break;
    default: break;
    }
  return !in.bad;
}

void put(writer& w, const changed_file& f) {
  w.text(1, f.path);
  w.number(2, f.added);
  w.number(3, f.removed);
  w.flag(4, f.binary);
}

bool get(std::string_view fields, changed_file& f) {
  reader in{fields};
  while (in.next())
    switch (in.tag) {
    case 1: f.path = in.bytes(); break;
    case 2: f.added = in.number32(); break;
    case 3: f.removed = in.number32(); break;
    case 4: f.binary = in.number() != 0; break;
    default: break;
    }
  return !in.bad;
}

void put(writer& w, const remark& m) {
  w.text(1, m.id);
  w.text(2, m.author);
  w.text(3, m.text);
  w.text(4, m.path);
  w.number(5, m.line);
  w.flag(6, m.task);
  w.signed_number(7, m.at_ms);
}

bool get(std::string_view fields, remark& m) {
  reader in{fields};
  while (in.next())
    switch (in.tag) {
    case 1: m.id = in.bytes(); break;
    case 2: m.author = in.bytes(); break;
    case 3: m.text = in.bytes(); break;
    case 4: m.path = in.bytes(); break;
    case 5: m.line = in.number32(); break;
    case 6: m.task = in.number() != 0; break;
    case 7: m.at_ms = in.signed_number(); break;
    default: break;
    }
  return !in.bad;
}

void put(writer& w, const rework_round& r) {
  w.signed_number(1, r.begun_ms);
  w.text(2, r.asked_by);
  w.always(3, r.first_run);
  w.number(4, r.wanted);
  w.number(5, r.answered);
  w.flag(6, r.open);
  w.flag(7, r.more);
  for (auto& m : r.remarks)
    w.group(8, [&] { put(w, m); });
}

bool get(std::string_view fields, rework_round& r) {
  reader in{fields};
  r.open = false;
  while (in.next())
    switch (in.tag) {
    case 1: r.begun_ms = in.signed_number(); break;
    case 2: r.asked_by = in.bytes(); break;
    case 3: r.first_run = in.number32(); break;
    case 4: r.wanted = in.number32(); break;
    case 5: r.answered = in.number32(); break;
    case 6: r.open = in.number() != 0; break;
    case 7: r.more = in.number() != 0; break;
    case 8: add(in, r.remarks); break;
    default: break;
    }
  return !in.bad;
}

void put(writer& w, const trouble& t) {
  w.always(1, static_cast<std::uint64_t>(t.code));
  w.text(2, t.text);
  w.always(3, static_cast<std::uint64_t>(t.in));
  w.signed_number(4, t.at_ms);
}

bool get(std::string_view fields, trouble& t) {
  reader in{fields};
  while (in.next())
    switch (in.tag) {
    case 1: t.code = code_of(in); break;
    case 2: t.text = in.bytes(); break;
    case 3: t.in = state_of(in); break;
    case 4: t.at_ms = in.signed_number(); break;
    default: break;
    }
  return !in.bad;
}

void put(writer& w, const run& r) {
  w.number(1, r.number);
  w.always(2, static_cast<std::uint64_t>(r.role));
  w.always(3, static_cast<std::uint64_t>(r.outcome));
  w.text(4, r.agent);
  w.text(5, r.session);
  w.flag(6, r.resumed);
  w.signed_number(7, r.started_ms);
  w.signed_number(8, r.ended_ms);
  w.signed_number(9, r.exit_code);
  w.number(10, r.turns);
  w.number(11, r.input_tokens);
  w.number(12, r.output_tokens);
  w.signed_number(13, r.cost_microusd);
  w.text(14, r.summary);
  w.text(15, r.error);
}

bool get(std::string_view fields, run& r) {
  reader in{fields};
  r.exit_code = 0;
  while (in.next())
    switch (in.tag) {
    case 1: r.number = in.number32(); break;
    case 2: r.role = in.one_of(run_role::implement, run_role::rework); break;
    case 3: r.outcome = in.one_of(run_outcome::running, run_outcome::lost); break;
    case 4: r.agent = in.bytes(); break;
    case 5: r.session = in.bytes(); break;
    case 6: r.resumed = in.number() != 0; break;
    case 7: r.started_ms = in.signed_number(); break;
    case 8: r.ended_ms = in.signed_number(); break;
    case 9: r.exit_code = in.signed32(); break;
    case 10: r.turns = in.number32(); break;
    case 11: r.input_tokens = in.number(); break;
    case 12: r.output_tokens = in.number(); break;
    case 13: r.cost_microusd = in.signed_number(); break;
    case 14: r.summary = in.bytes(); break;
    case 15: r.error = in.bytes(); break;
    default: break;
    }
  return !in.bad;
}

void put(writer& w, const pull_request& p) {
  w.text(1, p.id);
  w.text(2, p.url);
  w.text(3, p.title);
  w.text(4, p.source_branch);
  w.text(5, p.target_branch);
  w.text(6, p.description);
  w.text(7, p.state);
  w.text(8, p.head);
  w.flag(9, p.adopted);
}

bool get(std::string_view fields, pull_request& p) {
  reader in{fields};
  while (in.next())
    switch (in.tag) {
    case 1: p.id = in.bytes(); break;
    case 2: p.url = in.bytes(); break;
    case 3: p.title = in.bytes(); break;
    case 4: p.source_branch = in.bytes(); break;
    case 5: p.target_branch = in.bytes(); break;
    case 6: p.description = in.bytes(); break;
    case 7: p.state = in.bytes(); break;
    case 8: p.head = in.bytes(); break;
    case 9: p.adopted = in.number() != 0; break;
    default: break;
    }
  return !in.bad;
}

} // namespace hyakki::wire
