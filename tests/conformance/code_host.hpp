#pragma once
// What every keeper of the code host contract does, the fake included.

#include "adapters/code_host.hpp"

#include <catch2/catch.hpp>

#include <functional>
#include <string>

namespace hyakki::test {

struct code_host_fixture {
  code_host& host;
  std::string repository;
  /// Makes (or moves) a branch with a change of its own and returns its head.
  std::function<std::string(const std::string& branch)> branch;
};

inline void check_code_host(const code_host_fixture& f) {
  auto draft = [&](const std::string& branch, const std::string& head) {
    auto d = pull_request_draft{};
    d.repository = f.repository;
    d.source_branch = branch;
    d.target_branch = "main";
    d.head = head;
    d.title = "Mend \"it\"\xe2\x80\xa6";
    d.description = "Because\n\nof this";
    d.story = "t/FIX-1";
    return d;
  };
  auto& host = f.host;
  CHECK(host.probe());
  auto where = host.locate(f.repository);
  REQUIRE(where);
  CHECK(where->repository == f.repository);
  CHECK(where->default_branch == "main");
  CHECK_FALSE(where->url.empty());
  for (auto* slug : {"", "../x", "/abs", "-rf", "a/../b"}) {
    auto refused = host.locate(slug);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == ec::rejected);
  }
  CHECK(host.locate("nothing-here").error().code == ec::not_found);

  auto one = host.find_or_open(draft("feature/one", f.branch("feature/one")));
  INFO((one ? "" : one.error().text));
  REQUIRE(one);
  CHECK(one->state == "open");
  CHECK_FALSE(one->adopted);
  CHECK(one->title == "Mend \"it\"\xe2\x80\xa6");
  auto again = host.find_or_open(draft("feature/one", one->head));
  REQUIRE(again);
  CHECK(again->adopted);
  CHECK(again->id == one->id);
  auto moved = f.branch("feature/one");
  CHECK(host.find_or_open(draft("feature/one", moved))->head == moved);
  auto two = host.find_or_open(draft("feature/one-more", f.branch("feature/one-more")));
  REQUIRE(two);
  CHECK(two->id != one->id);

  auto open = host.list(f.repository, pull_filter::open);
  REQUIRE(open);
  REQUIRE(open->size() == 2);
  CHECK(open->front().id == two->id);
  auto seen = host.find(f.repository, one->id);
  REQUIRE(seen);
  CHECK(seen->description == "Because\n\nof this");
  CHECK(seen->source_branch == "feature/one");
  CHECK(host.find(f.repository, "4711").error().code == ec::not_found);
  CHECK(host.find(f.repository, "../1").error().code == ec::not_found);
  auto text = host.diff(f.repository, one->id, 100'000);
  REQUIRE(text);
  CHECK(text->find("diff --git") != std::string::npos);
  CHECK(host.diff(f.repository, one->id, 10)->size() < 60);

  CHECK(host.merge(f.repository, one->id)->state == "merged");
  CHECK(host.merge(f.repository, one->id)->state == "merged");
  CHECK(host.close(f.repository, one->id).error().code == ec::rejected);
  CHECK(host.close(f.repository, two->id)->state == "closed");
  CHECK(host.close(f.repository, two->id)->state == "closed");
  CHECK(host.merge(f.repository, two->id).error().code == ec::rejected);
  CHECK(host.list(f.repository, pull_filter::open)->empty());
  CHECK(host.list(f.repository, pull_filter::all)->size() == 2);
  auto fresh = host.find_or_open(draft("feature/one-more", f.branch("feature/one-more")));
  REQUIRE(fresh);
  CHECK(fresh->id != two->id);
}

} // namespace hyakki::test
