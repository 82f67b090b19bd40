#include "actors/publisher.hpp"

#include "actors/failure.hpp"
#include "actors/inspect.hpp"

#include <algorithm>

namespace hyakki {
namespace {

caf::result<atom::ok_atom> said(const result<void>& r) {
  if (!r)
    return to_caf(r.error());
  return atom::ok_atom::value;
}

/// Answers one remark after the other. What a host refuses for good is said and passed over; anything else ends it, to
/// be gone on with later.
result<answer_report> answer_all(code_host& host, const answer_order& order) {
  auto pull = host.find(order.repository, order.pull);
  if (!pull)
    return pull.error();
  answer_report out;
  out.pull = *std::move(pull);
  out.answered = order.from;
  if (out.pull.state != "open")
    return out;
  auto broken = [&](const error& e) {
    out.code = e.code;
    out.trouble = e.text.empty() ? std::string{to_string(e.code)} : e.text;
    out.retry_at_ms = e.retry_at_ms;
    return out;
  };
  for (; out.answered < order.remarks.size() && out.answered < order.words.size(); ++out.answered) {
    auto& to = order.remarks[out.answered];
    auto said = host.answer(order.repository, order.pull, to, order.words[out.answered]);
    if (!said && band_of(said.error().code) == band::try_again)
      return broken(said.error());
    if (!said)
      out.refused.push_back("remark " + std::to_string(out.answered + 1) +
                            " takes no answer: " + to_string(said.error()));
  }
  auto left = host.feedback(order.repository, order.pull);
  if (!left)
    return broken(left.error());
  out.more = std::any_of(left->remarks.begin(), left->remarks.end(), [&](const remark& m) {
    return std::none_of(order.remarks.begin(), order.remarks.end(),
                        [&](const remark& known) { return known.id == m.id; });
  });
  return out;
}

} // namespace

publisher_actor publisher_table::of(const std::string& repository) {
  std::lock_guard lock{guard_};
  auto [at, added] = owner_.try_emplace(repository, owner_.size() % all_.size());
  return all_[at->second];
}

publisher_actor::behavior_type publisher(publisher_actor::stateful_pointer<publisher_state> self, git* repositories,
                                         code_host* host) {
  self->state.repositories = repositories;
  self->state.host = host;
  return {
    [=](atom::prepare, const prepare_order& order) -> caf::result<prepared_tree> {
      auto from = self->state.host->locate(order.repository);
      if (!from)
        return to_caf(from.error());
      tree_request what;
      what.from = *std::move(from);
      what.tree = order.tree;
      what.branch = order.branch;
      what.base = order.base.empty() ? what.from.default_branch : order.base;
      what.at_sha = order.at_sha;
      what.keep = order.keep;
      return answer(self->state.repositories->prepare(what));
    },
    [=](atom::hash, const std::string& repository, const std::string& tree) {
      return answer(self->state.repositories->tree_hash(repository, tree));
    },
    [=](atom::diff, const std::string& repository, const std::string& tree) {
      return answer(self->state.repositories->diff(repository, tree, 200'000));
    },
    [=](atom::commit, const commit_request& what) { return answer(self->state.repositories->commit(what)); },
    [=](atom::push, const push_order& order) -> caf::result<atom::ok_atom> {
      auto to = self->state.host->locate(order.repository);
      if (!to)
        return to_caf(to.error());
      return said(self->state.repositories->push({*std::move(to), order.branch, order.sha, order.expected}));
    },
    [=](atom::open, const pull_request_draft& draft) { return answer(self->state.host->find_or_open(draft)); },
    [=](atom::find, const std::string& repository, const std::string& id) {
      return answer(self->state.host->find(repository, id));
    },
    [=](atom::feedback, const std::string& repository, const std::string& id) -> caf::result<pull_feedback> {
      auto pull = self->state.host->find(repository, id);
      if (!pull)
        return to_caf(pull.error());
      pull_feedback out{*std::move(pull), {}};
      if (out.pull.state != "open")
        return out;
      auto said = self->state.host->feedback(repository, id);
      if (!said)
        return to_caf(said.error());
      out.said = *std::move(said);
      return out;
    },
    [=](atom::answer, const answer_order& order) { return answer(answer_all(*self->state.host, order)); },
    [=](atom::release, const std::string& repository, const std::string& tree, const std::string& pushed) {
      return said(self->state.repositories->release(repository, tree, pushed));
    },
  };
}

} // namespace hyakki
