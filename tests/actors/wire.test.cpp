// Everything that actors say to each other, over a wire and back. What is tried is read from the protocol itself: a new
// message is tried without a word here, and one that cannot cross does not compile.

#include "tests/actors/fields.hpp"

#include "actors/failure.hpp"
#include "actors/inspect.hpp"
#include "actors/interfaces.hpp"

#include <catch2/catch.hpp>

#include <cstdlib>
#include <fstream>
#include <set>
#include <sstream>
#include <typeinfo>

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/binary_deserializer.hpp>
#include <caf/binary_serializer.hpp>
#include <caf/message.hpp>
#include <caf/sec.hpp>

using namespace hyakki;
using namespace hyakki::test;

namespace {

using protocol = std::tuple<store_writer_actor, hook_bus_actor, story_supervisor_actor, repo_lock_actor,
                            publisher_actor, agent_runner_actor, tracker_gateway_actor, dispatcher_actor>;

template <class T>
struct tag {
  using type = T;
};

template <class T>
struct is_atom : std::false_type {};
template <caf::atom_value V>
struct is_atom<caf::atom_constant<V>> : std::true_type {};
template <class T>
struct is_handle : std::false_type {};
template <class... Ts>
struct is_handle<caf::typed_actor<Ts...>> : std::true_type {};

template <class Signature>
struct parts_of;
template <class... In, class... Out>
struct parts_of<caf::typed_mpi<caf::detail::type_list<In...>, caf::output_tuple<Out...>>> {
  template <class F>
  static void visit(F f) {
    (f(tag<In>{}), ...);
    (f(tag<Out>{}), ...);
  }
};
template <class Signatures>
struct signatures_of;
template <class... Sigs>
struct signatures_of<caf::detail::type_list<Sigs...>> {
  template <class F>
  static void visit(F f) {
    (parts_of<Sigs>::visit(f), ...);
  }
};

/// Calls `f` with every type that some handler of some actor takes or answers.
template <class F, std::size_t... I>
void each_type(F f, std::index_sequence<I...>) {
  (signatures_of<typename std::tuple_element_t<I, protocol>::signatures>::visit(f), ...);
}

template <class T>
void there_and_back(caf::actor_system& system, dice& d) {
  T in{};
  fill(in, d);
  std::vector<char> wire;
  caf::binary_serializer out{system, wire};
  REQUIRE_FALSE(out(in));
  T back{};
  caf::binary_deserializer from{system, wire};
  REQUIRE_FALSE(from(back));
  CHECK(same(in, back));
  // A wire that breaks off is an error and no value.
  for (int i = 0; i < 4 && !wire.empty(); ++i) {
    T half{};
    caf::binary_deserializer cut{system, wire.data(), roll(d, wire.size())};
    CHECK(cut(half));
  }
}

} // namespace

SCENARIO("every value of the protocol comes out of a wire as it went in") {
  caf::actor_system_config settings;
  settings.set("scheduler.policy", caf::atom("testing"));
  caf::actor_system system{settings};
  dice d{7};
  std::set<std::string> tried;
  each_type(
    [&](auto t) {
      using T = typename decltype(t)::type;
      // An actor's own handle crosses as CAF's affair; atoms and nothing at all have no fields.
      if constexpr (!std::is_void_v<T> && !is_atom<T>::value && !is_handle<T>::value) {
        if (!tried.insert(typeid(T).name()).second)
          return;
        INFO("seed 7, type " << typeid(T).name());
        for (int i = 0; i < 100; ++i)
          there_and_back<T>(system, d);
      }
    },
    std::make_index_sequence<std::tuple_size_v<protocol>>{});
  CHECK(tried.size() > 20);
}

SCENARIO("every actor of the protocol is known to this test") {
  auto* root = std::getenv("HYAKKI_SOURCE");
  REQUIRE(root != nullptr);
  std::ifstream file{std::string{root} + "/actors/interfaces.hpp"};
  REQUIRE(file);
  std::size_t actors = 0;
  for (std::string line; std::getline(file, line);)
    actors += line.rfind("using ", 0) == 0 && line.find("_actor = caf::typed_actor<") != std::string::npos;
  CHECK(actors == std::tuple_size_v<protocol>);
}

SCENARIO("fields that nobody names are seen") {
  CHECK(field_count<push_order>() == 4);
  CHECK(field_count<event>() == 6);
  dice d{3};
  story_record a;
  fill(a, d);
  auto b = a;
  CHECK(same(a, b));
  b.runs.back().cost_microusd ^= 1;
  CHECK_FALSE(same(a, b));
}

SCENARIO("a failure keeps its code, its text and its time on the way") {
  auto back = from_caf(to_caf({ec::rate_limited, "later", 42}));
  CHECK(back == ec::rate_limited);
  CHECK(back.text == "later");
  CHECK(back.retry_at_ms == 42);
}

SCENARIO("failures that are not ours become ones that somebody reacts to") {
  CHECK(from_caf(caf::make_error(caf::sec::request_timeout)) == ec::timed_out);
  CHECK(from_caf(caf::make_error(caf::sec::request_receiver_down)) == ec::unavailable);
  CHECK(from_caf(caf::make_error(caf::sec::runtime_error)) == ec::unavailable);
  // Ours, but with something else in it than we put there: what is known is kept.
  caf::error strange{static_cast<std::uint8_t>(ec::rejected), caf::atom("hyakki"), caf::make_message(7)};
  CHECK(from_caf(strange) == ec::rejected);
  CHECK(from_caf(strange).text.empty());
}
