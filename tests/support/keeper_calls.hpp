#pragma once
// The vocabulary of tests of keepers that speak HTTP: what they asked, how a call failed, and all calls of a contract
// for the fault matrix.

#include "adapters/code_host.hpp"
#include "adapters/tracker.hpp"
#include "tests/conformance/code_host.hpp"
#include "tests/support/http_faults.hpp"
#include "tests/support/soak.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace hyakki::test {

/// Keeps what was asked in the file HYAKKI_TEST_REQUESTS, one JSON line a request: for checking it against the vendor's
/// own description of its API.
inline void keep_requests(const http_server& server) {
  auto name = std::getenv("HYAKKI_TEST_REQUESTS");
  if (name == nullptr)
    return;
  auto out = std::ofstream{name, std::ios::app};
  for (auto& r : server.requests())
    out << nlohmann::json{{"method", r.method}, {"target", r.target}, {"body", r.body}}.dump() << "\n";
}

/// To be called at the end: keeps the requests, and checks that none of them was a wrong one.
template <class Server>
void check_complaints(const Server& server) {
  keep_requests(server.http());
  for (auto& c : server.complaints)
    UNSCOPED_INFO(c);
  CHECK(server.complaints.empty());
}

inline std::optional<error> failure(const result<void>& r) { return r ? std::nullopt : std::optional{r.error()}; }
template <class T>
std::optional<error> failure(const result<T>& r) {
  return r ? std::nullopt : std::optional{r.error()};
}

/// All calls of a code host about one pull request; `to` is a remark at it.
inline std::vector<faulty_call> calls_of(const std::shared_ptr<code_host>& host, const std::string& id,
                                         const remark& to) {
  auto draft = conformance::draft_of("repo", "feature/x", "");
  return {
    {"locate", [=] { return failure(host->locate("repo")); }},
    {"find or open", [=] { return failure(host->find_or_open(draft)); }},
    {"list", [=] { return failure(host->list("repo", pull_filter::all)); }},
    {"find", [=] { return failure(host->find("repo", id)); }},
    {"diff", [=] { return failure(host->diff("repo", id, 1000)); }, false},
    {"feedback", [=] { return failure(host->feedback("repo", id)); }},
    {"answer",
     [=] {
       return failure(host->answer("repo", id, to, {"a", "Done", true}));
     }},
    {"merge", [=] { return failure(host->merge("repo", id)); }},
    {"probe", [=] { return failure(host->probe()); }},
  };
}

/// All calls of a tracker about one story.
inline std::vector<faulty_call> calls_of(const std::shared_ptr<tracker>& tracker, const std::string& key,
                                         const std::string& status) {
  return {
    {"search", [=] { return failure(tracker->search()); }},
    {"search for rework", [=] { return failure(tracker->search_rework()); }},
    {"look again", [=] { return failure(tracker->look_again({key})); }},
    {"fetch", [=] { return failure(tracker->fetch(key)); }},
    {"post",
     [=] {
       return failure(tracker->post(key, {"m", "x"}));
     }},
    {"label",
     [=] {
       return failure(tracker->label(key, {{"x"}, {"y"}}));
     }},
    {"move", [=] { return failure(tracker->move_to(key, status)); }},
    {"probe the tracker", [=] { return failure(tracker->probe()); }},
  };
}

} // namespace hyakki::test
