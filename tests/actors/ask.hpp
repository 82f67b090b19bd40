#pragma once
// Asking an actor from a test: the question is sent now, the answer is read when the test wants it.

#include "actors/failure.hpp"
#include "actors/inspect.hpp"
#include "tests/support/simulation.hpp"

#include <functional>
#include <memory>

#include <caf/send.hpp>

namespace hyakki::test {

/// Sends a request; the function that comes back reads the answer, `timed_out` when nothing has come.
template <class Answer, class Handle, class... Ts>
std::function<result<Answer>()> begin(simulation& sim, const Handle& whom, Ts... what) {
  auto sent = sim.self->request(whom, caf::infinite, std::move(what)...);
  auto pending = std::make_shared<decltype(sent)>(std::move(sent));
  return [pending, &sim] {
    result<Answer> out{ec::timed_out, "nothing was answered"};
    if (sim.self->mailbox().empty())
      return out;
    pending->receive([&](Answer& a) { out = std::move(a); }, [&](caf::error& e) { out = from_caf(e); });
    return out;
  };
}

/// Sends a request, lets everybody work who can, and reads the answer.
template <class Answer, class Handle, class... Ts>
result<Answer> ask(simulation& sim, const Handle& whom, Ts... what) {
  auto answer = begin<Answer>(sim, whom, std::move(what)...);
  sim.settle();
  return answer();
}

/// Ends an actor and lets it go.
template <class Handle>
void end(simulation& sim, const Handle& whom) {
  caf::anon_send_exit(whom, caf::exit_reason::kill);
  sim.settle();
}

} // namespace hyakki::test
