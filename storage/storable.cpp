// What may be stored at all: bounds that every keeper checks before it writes. The third part of storage/record.
#include "storage/record.hpp"
#include "storage/wire.hpp"

#include <string>
#include <variant>

namespace hyakki::codec {

namespace {

/// Looks at the parts of a change and remembers the first that is out of bounds.
class inspector {
public:
  void text(std::string_view name, std::string_view s, std::size_t most = max_text) {
    total_ += s.size() + 8;
    if (s.size() > most)
      fault(name, std::to_string(s.size()) + " bytes long, at most " + std::to_string(most) + " are kept");
  }
  template <class T>
  void list(std::string_view name, const T& values, std::size_t most = max_list) {
    total_ += values.size() * 8;
    if (values.size() > most)
      fault(name, std::to_string(values.size()) + " entries long, at most " + std::to_string(most) + " are kept");
  }
  template <class E>
  void one_of(std::string_view name, E value, E first, E last) {
    if (value < first || value > last)
      fault(name, "not a value of this build (" + std::to_string(static_cast<unsigned>(value)) + ")");
  }
  void state_of(std::string_view name, state s) { one_of(name, s, state::queued, static_cast<state>(state_count)); }
  void code(std::string_view name, ec c) {
    if (!wire::known(c))
      fault(name, "not a value of this build (" + std::to_string(static_cast<unsigned>(c)) + ")");
  }
  void fault(std::string_view name, std::string why) {
    if (fault_.empty())
      fault_ = std::string{name} + " is " + std::move(why);
  }
  void total(std::string_view name) {
    if (total_ > max_value)
      fault(name, std::to_string(total_) + " bytes in all, at most " + std::to_string(max_value) + " are kept");
    total_ = 0;
  }
  result<void> verdict(std::string_view what) const {
    if (fault_.empty())
      return {};
    return {ec::rejected, std::string{what} + " cannot be stored: its " + fault_};
  }

private:
  std::string fault_;
  std::size_t total_ = 0;
};

void look(inspector& in, const run& r) {
  in.one_of("run's role", r.role, run_role::implement, run_role::rework);
  in.one_of("run's outcome", r.outcome, run_outcome::running, run_outcome::lost);
  in.text("run's agent", r.agent);
  in.text("run's session", r.session);
  in.text("run's summary", r.summary);
  in.text("run's error", r.error);
}

void look(inspector& in, const pull_request& p) {
  for (auto* s : {&p.id, &p.url, &p.title, &p.source_branch, &p.target_branch, &p.description, &p.state, &p.head})
    in.text("pull request's text", *s);
}

struct look_payload {
  inspector& in;
  void operator()(const std::monostate&) {}
  void operator()(const on_repo& p) { in.text("event's repository", p.repository); }
  void operator()(const on_tree& p) {
    in.text("event's repository", p.repository);
    in.text("event's path", p.path);
  }
  void operator()(const on_prompt& p) {
    in.text("event's path", p.path);
    in.text("event's prompt", p.prompt);
    in.text("event's session", p.session);
  }
  void operator()(const on_run& p) { look(in, p.what); }
  void operator()(const on_commit& p) {
    in.text("event's commit", p.sha);
    in.text("event's message", p.message);
  }
  void operator()(const on_push& p) {
    in.text("event's branch", p.branch);
    in.text("event's commit", p.sha);
  }
  void operator()(const on_pull& p) { look(in, p.pull); }
  void operator()(const on_error& p) {
    in.code("event's code", p.code);
    in.text("event's error", p.text);
    in.state_of("event's state", p.in);
  }
  void operator()(const on_move& p) {
    in.state_of("event's state", p.from);
    in.state_of("event's state", p.to);
    in.one_of("event's move", p.by, move::dispatched, static_cast<move>(move_count));
    in.text("event's reason", p.reason);
  }
  void operator()(const on_note& p) { in.text("event's note", p.text); }
  void operator()(const on_ticket& p) {
    in.list("event's fields", p.fields);
    for (auto& c : p.fields)
      for (auto* s : {&c.field, &c.before, &c.after})
        in.text("event's field", *s);
  }
};

void look(inspector& in, const story_record& r) {
  auto size = r.story.tracker.size() + 1 + r.story.key.size();
  if (size > max_id)
    in.fault("id", std::to_string(size) + " bytes long, at most " + std::to_string(max_id) + " are kept");
  in.state_of("state", r.at);
  in.state_of("state to go on at", r.resume_at);
  in.state_of("verdict", r.verdict);
  in.text("title", r.story.title);
  in.text("description", r.story.description);
  in.text("url", r.story.url);
  in.text("status", r.story.status);
  in.list("components", r.story.components);
  for (auto& c : r.story.components)
    in.text("component", c);
  in.list("labels", r.story.labels);
  for (auto& l : r.story.labels)
    in.text("label", l);
  for (auto* s : {&r.repository, &r.base_branch, &r.base_sha, &r.branch, &r.tree, &*r.pushed_sha, &r.commit->sha,
                  &r.commit->tree_sha})
    in.text("repository, branch, tree or commit", *s);
  in.list("changed files", r.commit->files);
  for (auto& f : r.commit->files)
    in.text("changed file", f.path);
  look(in, *r.pull);
  in.list("runs", r.runs);
  for (auto& run : r.runs)
    look(in, run);
  in.list("evidence", r.proof);
  for (auto& e : r.proof) {
    in.text("evidence's name", e.name);
    in.text("evidence's command", e.what);
    in.text("evidence's detail", e.detail);
  }
  in.list("findings", r.findings);
  for (auto& f : r.findings)
    in.text("finding", f);
  in.list("rounds of rework", r.rework);
  for (auto& round : r.rework) {
    in.text("round's reason", round.asked_by);
    in.list("remarks", round.remarks);
    for (auto& m : round.remarks)
      for (auto* s : {&m.id, &m.author, &m.text, &m.path})
        in.text("remark", *s);
  }
  if (r.has_trouble) {
    in.code("trouble's code", r.why->code);
    in.state_of("trouble's state", r.why->in);
    in.text("trouble", r.why->text);
  }
  in.total("record");
}

void look(inspector& in, const event& e) {
  in.one_of("event's kind", e.kind, event_kind::before_process, last_event_kind);
  in.text("event's title", e.title);
  std::visit(look_payload{in}, e.payload);
  in.total("event");
}

} // namespace

result<void> storable(const change& c) {
  inspector in;
  look(in, c.record);
  in.list("events", c.events, max_events);
  for (auto& e : c.events)
    look(in, e);
  return in.verdict("the story " + c.record.id().substr(0, max_id));
}

result<void> storable(const event& e) {
  inspector in;
  in.text("story id", e.story, max_id);
  look(in, e);
  return in.verdict("the event of " + e.story.substr(0, max_id));
}

result<void> storable(const operator_request& r) {
  inspector in;
  in.one_of("kind", r.what, operator_request::kind::cancel, operator_request::kind::retry);
  in.text("story id", r.story, max_id);
  in.text("reason", r.reason, max_reason);
  return in.verdict("the request");
}

error version_conflict(std::string_view id, std::uint64_t offered, std::uint64_t stored) {
  return {ec::conflict, "the story " + std::string{id} + " was changed meanwhile: a step to version " +
                          std::to_string(offered) + " was offered, version " + std::to_string(stored) +
                          " is stored; it is read again"};
}

std::string subscriber_rule(std::string_view name) {
  return "a subscriber's name has 1 to " + std::to_string(max_subscriber) + " bytes, this one has " +
         std::to_string(name.size());
}

std::string requests_rule() {
  return std::to_string(max_requests) + " operator's requests wait already; start `hyakki run`, which carries them out";
}

} // namespace hyakki::codec
