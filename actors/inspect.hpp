#pragma once
// How the values of core and of the contracts go over a wire, field by field.
//
// Included by whoever sends them. A field added at the end of a struct belongs here too: the round-trip test
// of every message compares what comes out with what went in.

#include "actors/messages.hpp"

#include <caf/meta/load_callback.hpp>
#include <caf/meta/type_name.hpp>

namespace hyakki {

template <class I>
typename I::result_type inspect(I& f, story& x) {
  return f(caf::meta::type_name("story"), x.tracker, x.key, x.title, x.description, x.url, x.status, x.components,
           x.labels, x.priority, x.created_ms);
}

template <class I>
typename I::result_type inspect(I& f, run& x) {
  return f(caf::meta::type_name("run"), x.number, x.role, x.outcome, x.agent, x.session, x.resumed, x.started_ms,
           x.ended_ms, x.exit_code, x.turns, x.input_tokens, x.output_tokens, x.cost_microusd, x.summary, x.error);
}

template <class I>
typename I::result_type inspect(I& f, evidence& x) {
  return f(caf::meta::type_name("evidence"), x.name, x.what, x.exit_code, x.passed, x.at_ms, x.took_ms, x.detail);
}

template <class I>
typename I::result_type inspect(I& f, changed_file& x) {
  return f(caf::meta::type_name("changed_file"), x.path, x.added, x.removed, x.binary);
}

template <class I>
typename I::result_type inspect(I& f, pull_request& x) {
  return f(caf::meta::type_name("pull_request"), x.id, x.url, x.title, x.source_branch, x.target_branch, x.description,
           x.state, x.head, x.adopted);
}

template <class I>
typename I::result_type inspect(I& f, remark& x) {
  return f(caf::meta::type_name("remark"), x.id, x.author, x.text, x.path, x.line, x.task, x.at_ms);
}

template <class I>
typename I::result_type inspect(I& f, rework_round& x) {
  return f(caf::meta::type_name("rework_round"), x.begun_ms, x.asked_by, x.first_run, x.wanted, x.answered, x.open,
           x.more, x.remarks);
}

template <class I>
typename I::result_type inspect(I& f, review_feedback& x) {
  return f(caf::meta::type_name("review_feedback"), x.remarks, x.changes_requested, x.requested_by);
}

template <class I>
typename I::result_type inspect(I& f, trouble& x) {
  return f(caf::meta::type_name("trouble"), x.code, x.text, x.in, x.at_ms);
}

template <class I>
typename I::result_type inspect(I& f, committed_work& x) {
  return f(caf::meta::type_name("committed_work"), x.at_ms, x.sha, x.tree_sha, x.files);
}

template <class I, class T>
typename I::result_type inspect(I& f, box<T>& x) {
  auto what = *x;
  return f(what, caf::meta::load_callback([&] {
             x = std::move(what);
             return caf::error{};
           }));
}

template <class I, class T>
typename I::result_type inspect(I& f, rare_list<T>& x) {
  auto what = std::as_const(x).all();
  return f(what, caf::meta::load_callback([&] {
             x = std::move(what);
             return caf::error{};
           }));
}

template <class I>
typename I::result_type inspect(I& f, story_record& x) {
  return f(caf::meta::type_name("story_record"), x.story, x.version, x.at, x.resume_at, x.verdict, x.has_trouble,
           x.attempts, x.fix_rounds, x.life, x.homes, x.taken_ms, x.changed_ms, x.due_ms, x.repository, x.base_branch,
           x.base_sha, x.branch, x.tree, x.pushed_sha, x.commit, x.pull, x.why, x.runs, x.proof, x.findings, x.rework);
}

template <class I>
typename I::result_type inspect(I& f, on_repo& x) {
  return f(x.repository);
}
template <class I>
typename I::result_type inspect(I& f, on_tree& x) {
  return f(x.repository, x.path);
}
template <class I>
typename I::result_type inspect(I& f, on_prompt& x) {
  return f(x.path, x.prompt, x.session, x.run);
}
template <class I>
typename I::result_type inspect(I& f, on_run& x) {
  return f(x.what);
}
template <class I>
typename I::result_type inspect(I& f, on_commit& x) {
  return f(x.sha, x.message, x.files, x.insertions, x.deletions);
}
template <class I>
typename I::result_type inspect(I& f, on_push& x) {
  return f(x.branch, x.sha);
}
template <class I>
typename I::result_type inspect(I& f, on_pull& x) {
  return f(x.pull);
}
template <class I>
typename I::result_type inspect(I& f, on_error& x) {
  return f(x.code, x.text, x.in, x.final);
}
template <class I>
typename I::result_type inspect(I& f, on_move& x) {
  return f(x.from, x.by, x.to, x.reason);
}
template <class I>
typename I::result_type inspect(I& f, on_note& x) {
  return f(x.text);
}

template <class I>
typename I::result_type inspect(I& f, field_change& x) {
  return f(x.field, x.before, x.after);
}
template <class I>
typename I::result_type inspect(I& f, on_ticket& x) {
  return f(x.fields);
}

namespace detail {
/// Puts a default value of alternative `which` into the variant.
template <std::size_t N = 0>
void become(event_payload& x, std::size_t which) {
  if constexpr (N < std::variant_size_v<event_payload>) {
    if (which == N)
      x.emplace<N>();
    else
      become<N + 1>(x, which);
  }
}
} // namespace detail

template <class I>
typename I::result_type inspect(I& f, event& x) {
  auto which = static_cast<std::uint8_t>(x.payload.index());
  auto part = [&] {
    return std::visit(
      [&](auto& p) -> typename I::result_type {
        if constexpr (std::is_same_v<std::decay_t<decltype(p)>, std::monostate>)
          return f();
        else
          return f(p);
      },
      x.payload);
  };
  if constexpr (std::is_void_v<typename I::result_type>) {
    f(caf::meta::type_name("event"), x.seq, x.at_ms, x.kind, x.story, x.title, which);
    part();
  } else {
    if (auto failed = f(caf::meta::type_name("event"), x.seq, x.at_ms, x.kind, x.story, x.title, which))
      return failed;
    if constexpr (!I::reads_state)
      detail::become(x.payload, which);
    return part();
  }
}

template <class I>
typename I::result_type inspect(I& f, change& x) {
  return f(caf::meta::type_name("change"), x.record, x.events);
}

template <class I>
typename I::result_type inspect(I& f, index_entry& x) {
  return f(caf::meta::type_name("index_entry"), x.id, x.at, x.priority, x.created_ms, x.due_ms, x.repository,
           x.changed_ms);
}

template <class I>
typename I::result_type inspect(I& f, comment& x) {
  return f(caf::meta::type_name("comment"), x.marker, x.markdown);
}

template <class I>
typename I::result_type inspect(I& f, remark_answer& x) {
  return f(caf::meta::type_name("remark_answer"), x.marker, x.markdown, x.settles);
}

template <class I>
typename I::result_type inspect(I& f, label_change& x) {
  return f(caf::meta::type_name("label_change"), x.add, x.remove);
}

template <class I>
typename I::result_type inspect(I& f, prepared_tree& x) {
  return f(caf::meta::type_name("prepared_tree"), x.path, x.base_branch, x.base_sha, x.kept, x.warm, x.left);
}

template <class I>
typename I::result_type inspect(I& f, commit_request& x) {
  return f(caf::meta::type_name("commit_request"), x.repository, x.tree, x.branch, x.base_sha, x.message, x.author_name,
           x.author_email, x.at_ms);
}

template <class I>
typename I::result_type inspect(I& f, tree_commit& x) {
  return f(caf::meta::type_name("tree_commit"), x.sha, x.tree_sha, x.files);
}

template <class I>
typename I::result_type inspect(I& f, pull_request_draft& x) {
  return f(caf::meta::type_name("pull_request_draft"), x.repository, x.source_branch, x.target_branch, x.head, x.title,
           x.description, x.story);
}

template <class I>
typename I::result_type inspect(I& f, prepare_order& x) {
  return f(caf::meta::type_name("prepare_order"), x.repository, x.tree, x.branch, x.base, x.at_sha, x.keep);
}

template <class I>
typename I::result_type inspect(I& f, push_order& x) {
  return f(caf::meta::type_name("push_order"), x.repository, x.branch, x.sha, x.expected);
}

template <class I>
typename I::result_type inspect(I& f, report_order& x) {
  return f(caf::meta::type_name("report_order"), x.key, x.comments, x.labels, x.status);
}

template <class I>
typename I::result_type inspect(I& f, tracker::standing& x) {
  return f(caf::meta::type_name("standing"), x.now, x.wanted, x.why);
}

template <class I>
typename I::result_type inspect(I& f, found_stories& x) {
  return f(caf::meta::type_name("found_stories"), x.stories, x.unreadable, x.held, x.rework, x.standings, x.failures);
}

template <class I>
typename I::result_type inspect(I& f, look_order& x) {
  return f(caf::meta::type_name("look_order"), x.wanted, x.keys);
}

template <class I>
typename I::result_type inspect(I& f, pull_feedback& x) {
  return f(caf::meta::type_name("pull_feedback"), x.pull, x.said);
}

template <class I>
typename I::result_type inspect(I& f, answer_order& x) {
  return f(caf::meta::type_name("answer_order"), x.repository, x.pull, x.remarks, x.words, x.from);
}

template <class I>
typename I::result_type inspect(I& f, answer_report& x) {
  return f(caf::meta::type_name("answer_report"), x.pull, x.answered, x.refused, x.more, x.code, x.trouble,
           x.retry_at_ms);
}

template <class I>
typename I::result_type inspect(I& f, session_account& x) {
  return f(caf::meta::type_name("session_account"), x.cost_microusd, x.tokens);
}

template <class I>
typename I::result_type inspect(I& f, agent_order& x) {
  return f(caf::meta::type_name("agent_order"), x.story, x.key, x.number, x.role, x.directory, x.prompt, x.session,
           x.resume, x.booked);
}

template <class I>
typename I::result_type inspect(I& f, run_report& x) {
  return f(caf::meta::type_name("run_report"), x.what, x.succeeded, x.code, x.retry_at_ms);
}

template <class I>
typename I::result_type inspect(I& f, check_order& x) {
  return f(caf::meta::type_name("check_order"), x.story, x.name, x.command, x.directory, x.timeout_ms);
}

template <class I>
typename I::result_type inspect(I& f, rest_notice& x) {
  return f(caf::meta::type_name("rest_notice"), x.entry, x.reason);
}

} // namespace hyakki
