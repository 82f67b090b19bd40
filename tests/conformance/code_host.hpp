#pragma once
// What every keeper of the code host contract does, the fake included.

#include "adapters/code_host.hpp"

#include <catch2/catch.hpp>

#include <functional>
#include <set>
#include <string>
#include <thread>
#include <vector>

namespace hyakki::test {

struct code_host_fixture {
  code_host& host;
  std::string repository;
  /// Makes (or moves) a branch with a change of its own and returns its head.
  std::function<std::string(const std::string& branch)> branch;

  // What a host has not got is left out.

  /// A reviewer says something about a pull request; with a path, about that line of it.
  std::function<void(const std::string& id, const std::string& author, const std::string& text, const std::string& path,
                     std::uint32_t line)>
    remark = {};
  /// A reviewer wants changes (or, false, approves).
  std::function<void(const std::string& id, const std::string& who, bool wants_changes)> review = {};
  /// Somebody resolves (or deletes) the remark with this text.
  std::function<void(const std::string& id, const std::string& text)> resolve = {};
  /// How many answers stand under the remark with this text, or name it where remarks have no threads.
  std::function<std::size_t(const std::string& id, const std::string& text)> answers = {};
  /// Whether the remark with this text is marked as resolved.
  std::function<bool(const std::string& id, const std::string& text)> resolved = {};
  /// The next call that changes something does so, and its answer is lost on the way.
  std::function<void()> lose_next_answer = {};
};

namespace conformance {

inline pull_request_draft draft_of(const std::string& repository, const std::string& branch, const std::string& head) {
  auto d = pull_request_draft{};
  d.repository = repository;
  d.source_branch = branch;
  d.target_branch = "main";
  d.head = head;
  d.title = "Mend \"it\"\xe2\x80\xa6";
  d.description = "Because\n\nof this";
  d.story = "t/FIX-1";
  return d;
}

inline review_feedback feedback_of(code_host& host, const std::string& repository, const std::string& id) {
  auto seen = host.feedback(repository, id);
  INFO((seen ? "" : seen.error().text));
  REQUIRE(seen);
  return *seen;
}

/// What reviewers want, and our answers to it.
inline void check_reviews(const code_host_fixture& f, const std::string& id) {
  auto& host = f.host;
  auto wanted = [&] { return feedback_of(host, f.repository, id); };
  auto words = [](const std::string& n, bool settles = true) {
    return remark_answer{"run/2:answer/" + n, "Done, **" + n + "**.", settles};
  };
  CHECK(wanted().remarks.empty());
  CHECK_FALSE(wanted().changes_requested);
  if (!f.remark) {
    CHECK(host.answer(f.repository, id, remark{}, words("0")));
    return;
  }
  CHECK(host.feedback(f.repository, "4711").error().code == ec::not_found);
  f.remark(id, "ann", "Why is there\n\n`this`?", "", 0);
  f.remark(id, "bob", "A better name, please", "file", 1);
  f.remark(id, "ann", "To be judged", "file", 1);
  f.remark(id, "ann", "Resolved soon", "file", 1);
  auto seen = wanted();
  REQUIRE(seen.remarks.size() == 4);
  CHECK(std::set<std::string>{seen.remarks[0].id, seen.remarks[1].id, seen.remarks[2].id}.size() == 3);
  CHECK(seen.remarks[0].text == "Why is there\n\n`this`?");
  CHECK(seen.remarks[0].author == "ann");
  CHECK(seen.remarks[0].path.empty());
  CHECK(seen.remarks[1].author == "bob");
  CHECK(seen.remarks[1].path == "file");
  CHECK(seen.remarks[1].line == 1);
  CHECK(seen.remarks[0].at_ms <= seen.remarks[1].at_ms);
  CHECK_FALSE(seen.changes_requested);
  if (f.resolve) {
    f.resolve(id, "Resolved soon");
    CHECK(wanted().remarks.size() == 3);
  }
  for (int i = 0; i < 3; ++i) {
    auto& to = seen.remarks[static_cast<std::size_t>(i)];
    for (int again = 0; again < 2; ++again) {
      auto done = host.answer(f.repository, id, to, words(std::to_string(i), i != 2));
      INFO((done ? "" : done.error().text));
      CHECK(done);
    }
    CHECK(f.answers(id, to.text) == 1);
  }
  if (f.resolved) {
    CHECK(f.resolved(id, "A better name, please"));
    CHECK_FALSE(f.resolved(id, "To be judged"));
  }
  for (auto& left : wanted().remarks)
    CHECK(left.text == "Resolved soon"); // answered ones, and our own words, are not wanted again
  auto nowhere = seen.remarks[1];
  nowhere.id = "../../4711";
  CHECK_FALSE(host.answer(f.repository, id, nowhere, words("9")));
  if (f.lose_next_answer) {
    for (auto& path : {"", "file"}) {
      auto text = "Lost " + std::string{path};
      f.remark(id, "bob", text, path, 1);
      auto to = wanted().remarks.back();
      REQUIRE(to.text == text);
      f.lose_next_answer();
      auto said = words(*path == 0 ? "lost" : "lost-in-file");
      (void)host.answer(f.repository, id, to, said);
      auto done = host.answer(f.repository, id, to, said);
      INFO((done ? "" : done.error().text));
      CHECK(done);
      CHECK(f.answers(id, text) == 1);
    }
  }
  if (f.review) {
    f.review(id, "ann", true);
    seen = wanted();
    CHECK(seen.changes_requested);
    CHECK(seen.requested_by.find("ann") != std::string::npos);
    f.review(id, "bob", false);
    CHECK(wanted().changes_requested);
    f.review(id, "ann", false);
    CHECK_FALSE(wanted().changes_requested);
  }
  for (int i = 0; i < 210; ++i)
    f.remark(id, "ann", "Remark " + std::to_string(i), i % 2 == 0 ? "file" : "", 1);
  CHECK(wanted().remarks.size() == 200);
}

} // namespace conformance

inline void check_code_host(const code_host_fixture& f) {
  using namespace conformance;
  auto draft = [&](const std::string& branch, const std::string& head) { return draft_of(f.repository, branch, head); };
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

  check_reviews(f, two->id);

  auto merged = host.merge(f.repository, one->id);
  INFO((merged ? "" : merged.error().text));
  REQUIRE(merged);
  CHECK(merged->state == "merged");
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

  f.branch("feature/many");
  auto ids = std::vector<std::string>(4);
  auto all = std::vector<std::thread>{};
  for (auto& id : ids)
    all.emplace_back([&] {
      auto p = host.find_or_open(draft("feature/many", ""));
      id = p ? p->id : p.error().text;
    });
  for (auto& t : all)
    t.join();
  CHECK(std::set<std::string>(ids.begin(), ids.end()).size() == 1);

  if (f.lose_next_answer) {
    auto head = f.branch("feature/lost");
    auto before = host.list(f.repository, pull_filter::all)->size();
    f.lose_next_answer();
    (void)host.find_or_open(draft("feature/lost", head));
    auto found = host.find_or_open(draft("feature/lost", head));
    INFO((found ? "" : found.error().text));
    REQUIRE(found);
    CHECK(host.list(f.repository, pull_filter::all)->size() == before + 1);
    f.lose_next_answer();
    (void)host.merge(f.repository, found->id);
    CHECK(host.merge(f.repository, found->id)->state == "merged");
  }
}

} // namespace hyakki::test
