#include "actors/publisher.hpp"

#include "actors/failure.hpp"
#include "actors/inspect.hpp"

namespace hyakki {
namespace {

caf::result<atom::ok_atom> said(const result<void>& r) {
  if (!r)
    return to_caf(r.error());
  return atom::ok_atom::value;
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
    [=](atom::release, const std::string& repository, const std::string& tree, const std::string& pushed) {
      return said(self->state.repositories->release(repository, tree, pushed));
    },
  };
}

} // namespace hyakki
