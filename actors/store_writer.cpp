#include "actors/store_writer.hpp"

#include "actors/failure.hpp"
#include "actors/inspect.hpp"

namespace hyakki {
namespace {

using pointer = store_writer_actor::stateful_pointer<store_writer_state>;

/// Bound of one transaction: keeps the longest wait for a commit small when a flood arrives.
constexpr std::size_t most_per_commit = 1024;

void flush(pointer self) {
  auto& st = self->state;
  st.armed = false;
  if (st.waiting.empty())
    return;
  std::vector<change> batch;
  std::vector<caf::response_promise> promises;
  if (st.waiting.size() <= most_per_commit) {
    batch.swap(st.waiting);
    promises.swap(st.promises);
  } else {
    auto cut = static_cast<std::ptrdiff_t>(most_per_commit);
    batch.assign(std::make_move_iterator(st.waiting.begin()), std::make_move_iterator(st.waiting.begin() + cut));
    promises.assign(st.promises.begin(), st.promises.begin() + cut);
    st.waiting.erase(st.waiting.begin(), st.waiting.begin() + cut);
    st.promises.erase(st.promises.begin(), st.promises.begin() + cut);
    st.armed = true;
    self->send(self, atom::flush::value);
  }
  auto done = st.memory->commit(batch);
  for (std::size_t i = 0; i < promises.size(); ++i) {
    if (!done)
      promises[i].deliver(to_caf(done.error()));
    else if (auto& one = (*done)[i]; !one)
      promises[i].deliver(to_caf(one.error()));
    else
      promises[i].deliver(atom::ok_atom::value);
  }
  if (done && st.told)
    st.told();
}

caf::result<atom::ok_atom> said(const result<void>& r) {
  if (!r)
    return to_caf(r.error());
  return atom::ok_atom::value;
}

} // namespace

store_writer_actor::behavior_type store_writer(pointer self, store* memory, std::function<void()> told) {
  self->state.memory = memory;
  self->state.told = std::move(told);
  return {
    [=](atom::commit, change& step) -> caf::result<atom::ok_atom> {
      auto& st = self->state;
      auto promise = self->make_response_promise();
      st.waiting.push_back(std::move(step));
      st.promises.push_back(promise);
      if (!st.armed) {
        st.armed = true;
        self->send(self, atom::flush::value);
      }
      return caf::delegated<atom::ok_atom>{};
    },
    [=](atom::append, const std::vector<event>& events) -> caf::result<atom::ok_atom> {
      auto done = self->state.memory->append(events);
      if (done && self->state.told)
        self->state.told();
      return said(done);
    },
    [=](atom::flush) { flush(self); },
    [=](atom::cursor, const std::string& subscriber, std::uint64_t seq) {
      return said(self->state.memory->set_cursor(subscriber, seq));
    },
    [=](atom::drop, std::uint64_t seq) { return said(self->state.memory->drop_request(seq)); },
  };
}

} // namespace hyakki
