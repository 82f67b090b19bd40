#include "tests/conformance/store.hpp"

#include "tests/support/audit.hpp"
#include "tests/support/store_samples.hpp"

#include <catch2/catch.hpp>

#include <atomic>
#include <limits>
#include <map>
#include <set>
#include <thread>

namespace hyakki::test {

namespace {

void require_sound(const store& s) {
  auto faults = audit(s);
  INFO((faults.empty() ? std::string{} : faults.front()));
  REQUIRE(faults.empty());
}

change step(std::uint64_t number, state at, std::uint64_t version, std::size_t events = 1) {
  change c{typical_record(number, at, version), {}};
  for (std::size_t i = 0; i < events; ++i)
    c.events.push_back(move_event(state::queued, move::dispatched, at));
  return c;
}

std::vector<result<void>> must_commit(store& s, const std::vector<change>& changes) {
  auto answer = s.commit(changes);
  REQUIRE(answer.ok());
  REQUIRE(answer->size() == changes.size());
  return *std::move(answer);
}

} // namespace

void store_keeps_its_contract(const store_factory& factory) {
  GIVEN("an empty store") {
    auto s = factory.make();

    THEN("nothing is in it, and asking is no error") {
      CHECK_FALSE((*s->find("tickets/FIX-1")).has_value());
      CHECK_FALSE((*s->find("")).has_value());
      CHECK_FALSE((*s->find(std::string(5000, 'x'))).has_value());
      CHECK(s->events_after(0, 10)->empty());
      CHECK(s->events_after(std::numeric_limits<std::uint64_t>::max(), 10)->empty());
      CHECK(s->events_of("tickets/FIX-1")->empty());
      CHECK(*s->cursor("nobody") == 0);
      CHECK(s->requests(10)->empty());
      CHECK(s->due(std::numeric_limits<std::int64_t>::max(), 10)->empty());
      CHECK(s->commit({})->empty());
      require_sound(*s);
    }

    WHEN("stories are taken in, twice the same one in one batch") {
      auto answers = must_commit(*s, {step(1, state::queued, 1), step(2, state::queued, 1), step(1, state::queued, 1),
                                      step(1, state::preparing, 2)});
      THEN("only the repetition is a conflict, and the next step of the same batch sees the first") {
        CHECK(answers[0].ok());
        CHECK(answers[1].ok());
        REQUIRE_FALSE(answers[2].ok());
        CHECK(answers[2].error() == ec::conflict);
        CHECK(answers[3].ok());
        CHECK((*s->find("tickets/FIX-1"))->version == 2);
        CHECK(s->events_after(0, 10)->size() == 3);
        require_sound(*s);
      }
    }

    WHEN("a step does not follow the stored version") {
      must_commit(*s, {step(1, state::queued, 1)});
      auto answers = must_commit(*s, {step(1, state::preparing, 1), step(1, state::preparing, 3),
                                      step(1, state::preparing, 0), step(9, state::preparing, 2),
                                      step(1, state::preparing, std::numeric_limits<std::uint64_t>::max())});
      THEN("it is a conflict that names both versions, and changes nothing") {
        for (auto& a : answers) {
          REQUIRE_FALSE(a.ok());
          CHECK(a.error() == ec::conflict);
        }
        CHECK(answers[1].error().text.find("version 3") != std::string::npos);
        CHECK(answers[1].error().text.find("version 1") != std::string::npos);
        CHECK((*s->find("tickets/FIX-1"))->version == 1);
        CHECK(s->events_after(0, 10)->size() == 1);
        CHECK_FALSE((*s->find("tickets/FIX-9")).has_value());
        require_sound(*s);
      }
    }

    WHEN("a change is beyond all bounds, among good ones") {
      auto longest = step(1, state::queued, 1);
      longest.record.story.key = std::string(codec::max_id - 8, 'k');
      auto too_long = longest;
      too_long.record.story.key += "k";
      auto too_much = step(2, state::queued, 1);
      too_much.record.branch = std::string(codec::max_text + 1, 'b');
      auto unknown_state = step(3, static_cast<state>(99), 1);
      auto unknown_kind = step(4, state::queued, 1);
      unknown_kind.events[0].kind = static_cast<event_kind>(77);
      auto answers =
        must_commit(*s, {longest, too_long, too_much, unknown_state, unknown_kind, step(5, state::queued, 1)});
      THEN("it alone is rejected, with what is wrong") {
        CHECK(answers[0].ok());
        for (auto i : {1u, 2u, 3u, 4u}) {
          REQUIRE_FALSE(answers[i].ok());
          CHECK(answers[i].error() == ec::rejected);
        }
        CHECK(answers[1].error().text.find("301 bytes") != std::string::npos);
        CHECK(answers[5].ok());
        CHECK((*s->find(longest.record.id())).has_value());
        require_sound(*s);
      }
    }

    WHEN("ids are the beginnings of one another and hold odd bytes") {
      std::vector<std::string> keys{"a", "ab", std::string("a\0", 2), std::string("a\0b", 3), "a/b", "\xff\xfe", "a\n",
                                    " ", ""};
      std::vector<change> batch;
      for (auto& k : keys) {
        auto c = step(1, state::queued, 1, 2);
        c.record.story.key = k;
        batch.push_back(c);
      }
      for (auto& a : must_commit(*s, batch))
        CHECK(a.ok());
      THEN("each keeps its own record and its own events") {
        for (auto& k : keys) {
          auto id = "tickets/" + k;
          REQUIRE((*s->find(id)).has_value());
          CHECK((*s->find(id))->story.key == k);
          CHECK(s->events_of(id)->size() == 2);
        }
        require_sound(*s);
      }
    }

    WHEN("stories back off and go on") {
      auto back = [](std::uint64_t n, std::int64_t due, std::uint64_t version) {
        auto c = step(n, state::backing_off, version);
        c.record.due_ms = due;
        return c;
      };
      must_commit(*s, {back(1, 300, 1), back(2, -5, 1), back(3, 200, 1), back(4, 200, 1), back(5, 900, 1)});
      THEN("the due ones come earliest first, no more than asked for") {
        auto due = *s->due(300, 10);
        REQUIRE(due.size() == 4);
        CHECK(due[0].id == "tickets/FIX-2");
        CHECK(due[1].id == "tickets/FIX-3");
        CHECK(due[2].id == "tickets/FIX-4");
        CHECK(due[3].id == "tickets/FIX-1");
        CHECK(s->due(300, 2)->size() == 2);
        CHECK(s->due(300, 0)->empty());
        CHECK(s->due(-6, 10)->empty());
      }
      AND_WHEN("one goes on and one is put off") {
        must_commit(*s, {step(2, state::queued, 2), back(3, 1000, 2)});
        THEN("neither is due any more") {
          auto due = *s->due(300, 10);
          REQUIRE(due.size() == 2);
          CHECK(due[0].id == "tickets/FIX-4");
          require_sound(*s);
        }
      }
    }

    WHEN("a record has a long text, and loses it") {
      auto c = step(1, state::queued, 1);
      c.record.story.description = std::string(1 << 20, 'x') + "end";
      must_commit(*s, {c});
      CHECK((*s->find(c.record.id()))->story.description == c.record.story.description);
      c.record.version = 2;
      must_commit(*s, {c});
      CHECK((*s->find(c.record.id()))->story.description == c.record.story.description);
      c.record.version = 3;
      c.record.story.description = "short";
      must_commit(*s, {c});
      CHECK((*s->find(c.record.id()))->story.description == "short");
      c.record.version = 4;
      c.record.story.description.clear();
      must_commit(*s, {c});
      THEN("it is what the last step said") { CHECK((*s->find(c.record.id()))->story.description.empty()); }
    }

    WHEN("events are written") {
      must_commit(*s, {step(1, state::queued, 1, 3), step(2, state::queued, 1, 2)});
      must_commit(*s, {step(1, state::preparing, 2, 1)});
      THEN("their seqs rise by one, in the order of the changes") {
        auto all = *s->events_after(0, 100);
        REQUIRE(all.size() == 6);
        for (std::size_t i = 0; i < all.size(); ++i)
          CHECK(all[i].seq == i + 1);
        CHECK(all[5].story == "tickets/FIX-1");
        CHECK(s->events_after(2, 2)->at(0).seq == 3);
        CHECK(s->events_after(2, 2)->size() == 2);
        CHECK(s->events_after(6, 2)->empty());
        CHECK(s->events_after(0, 0)->empty());
        CHECK(s->events_of("tickets/FIX-1")->size() == 4);
      }
    }

    WHEN("a subscriber comes on") {
      REQUIRE(s->set_cursor("notify", 5).ok());
      REQUIRE(s->set_cursor("notify", 3).ok());
      REQUIRE(s->set_cursor("other", 1).ok());
      THEN("its cursor never moves backwards, and is its own") {
        CHECK(*s->cursor("notify") == 5);
        CHECK(*s->cursor("other") == 1);
        CHECK(*s->cursor("notif") == 0);
        CHECK(s->set_cursor("", 1).error() == ec::rejected);
        CHECK(s->set_cursor(std::string(256, 's'), 1).error() == ec::rejected);
        CHECK(s->set_cursor(std::string(255, 's'), 1).ok());
      }
    }

    WHEN("an operator leaves requests") {
      operator_request cancel{0, operator_request::kind::cancel, "tickets/FIX-1", "not \0 needed", 42};
      operator_request retry{0, operator_request::kind::retry, "tickets/FIX-2", "", 43};
      auto first = *s->post_request(cancel);
      auto second = *s->post_request(retry);
      THEN("they wait in their order until they are dropped") {
        CHECK(second > first);
        auto waiting = *s->requests(10);
        REQUIRE(waiting.size() == 2);
        CHECK(waiting[0].seq == first);
        CHECK(waiting[0].what == operator_request::kind::cancel);
        CHECK(waiting[0].story == "tickets/FIX-1");
        CHECK(waiting[0].at_ms == 42);
        CHECK(s->requests(1)->size() == 1);
        REQUIRE(s->drop_request(first).ok());
        REQUIRE(s->drop_request(first).ok());
        CHECK(s->requests(10)->at(0).seq == second);
        REQUIRE(s->drop_request(second).ok());
        CHECK(*s->post_request(cancel) > second);
      }
      THEN("what is no request is rejected") {
        operator_request bad{0, operator_request::kind::cancel, std::string(301, 'x'), "", 0};
        CHECK(s->post_request(bad).error() == ec::rejected);
        bad = {0, static_cast<operator_request::kind>(9), "x", "", 0};
        CHECK(s->post_request(bad).error() == ec::rejected);
      }
    }

    WHEN("events are logged that belong to no step") {
      must_commit(*s, {step(1, state::queued, 1)});
      auto before = s->events_after(0, 100)->size();
      event e;
      e.kind = event_kind::ticket_changed;
      e.story = "tickets/OTHER-1";
      e.title = "Fix it";
      e.payload = on_ticket{{{"status", "open", "blocked"}}};
      REQUIRE(s->append({e, e}).ok());
      REQUIRE(s->append({}).ok());
      THEN("they stand in the log behind the others, under their story, and make no record") {
        auto all = *s->events_after(0, 100);
        REQUIRE(all.size() == before + 2);
        CHECK(all.back().seq == all[before].seq + 1);
        CHECK(all.back().story == "tickets/OTHER-1");
        auto told = std::get_if<on_ticket>(&all.back().payload);
        REQUIRE(told);
        CHECK(told->fields.at(0).after == "blocked");
        CHECK(s->events_of("tickets/OTHER-1")->size() == 2);
        CHECK_FALSE(s->find("tickets/OTHER-1")->has_value());
      }
      THEN("one that cannot be kept keeps the others out too") {
        auto bad = e;
        bad.story.assign(301, 'x');
        CHECK(s->append({e, bad}).error() == ec::rejected);
        CHECK(s->events_after(0, 100)->size() == before + 2);
      }
    }

    WHEN("a walk is told to stop") {
      must_commit(*s, {step(1, state::queued, 1), step(2, state::queued, 1), step(3, state::done, 1)});
      std::size_t seen = 0;
      REQUIRE(s->each([&](const index_entry&) { return ++seen < 2; }).ok());
      THEN("it stops") { CHECK(seen == 2); }
    }
  }
}

void store_agrees_with_a_model(const store_factory& factory, std::uint64_t seeds) {
  GIVEN("random histories of stories with random contents") {
    THEN("the store says what a plain map says, after every batch and after a restart") {
      for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
        INFO("seed " << seed);
        dice d{seed};
        auto s = factory.make();
        std::map<std::string, story_record> records;
        std::vector<event> log;
        std::map<std::string, std::uint64_t> cursors;
        for (auto batches = 4 + roll(d, 8); batches > 0; --batches) {
          std::vector<change> batch;
          std::vector<bool> expected;
          for (auto n = roll(d, 6); n > 0; --n) {
            auto key = std::string(1 + roll(d, 3), static_cast<char>(roll(d, 3) == 0 ? 0 : 'a' + roll(d, 3)));
            auto at = records.find("t/" + key);
            auto next = (at == records.end() ? 0 : at->second.version) + 1;
            auto good = roll(d, 5) != 0;
            change c{any_record(d, "t", key, good ? next : next + 1 + roll(d, 3)), {}};
            for (auto m = roll(d, 4); m > 0; --m)
              c.events.push_back(any_event(d));
            expected.push_back(good);
            if (good) {
              records["t/" + key] = c.record;
              for (auto e : c.events) {
                e.seq = log.size() + 1;
                e.story = "t/" + key;
                log.push_back(e);
              }
            }
            batch.push_back(std::move(c));
          }
          auto answers = must_commit(*s, batch);
          for (std::size_t i = 0; i < answers.size(); ++i)
            REQUIRE(answers[i].ok() == expected[i]);
          if (roll(d, 2) == 0) {
            auto name = "s" + std::to_string(roll(d, 2));
            auto seq = roll(d, 20);
            REQUIRE(s->set_cursor(name, seq).ok());
            cursors[name] = std::max(cursors[name], seq);
          }
          if (roll(d, 6) == 0)
            s = factory.reopen(std::move(s));
        }
        s = factory.reopen(std::move(s));

        std::vector<std::string> ids;
        REQUIRE(s->each([&](const index_entry& e) {
                   ids.push_back(e.id);
                   return true;
                 })
                  .ok());
        REQUIRE(ids.size() == records.size());
        for (auto& [id, r] : records)
          REQUIRE(bytes_of(**s->find(id)) == bytes_of(r));
        auto told = *s->events_after(0, 10'000);
        REQUIRE(told.size() == log.size());
        for (std::size_t i = 0; i < log.size(); ++i)
          REQUIRE(bytes_of(told[i]) == bytes_of(log[i]));
        std::set<std::pair<std::int64_t, std::string>> due;
        for (auto& [id, r] : records)
          if (r.at == state::backing_off && r.due_ms <= 100)
            due.emplace(r.due_ms, id);
        auto told_due = *s->due(100, 1000);
        REQUIRE(told_due.size() == due.size());
        std::size_t i = 0;
        for (auto& [at, id] : due)
          REQUIRE(told_due[i++].id == id);
        for (auto& [name, seq] : cursors)
          REQUIRE(*s->cursor(name) == seq);
        require_sound(*s);
      }
    }
  }
}

void store_shows_whole_transactions(const store_factory& factory, std::size_t commits) {
  GIVEN("a writer that moves two stories in one transaction, again and again") {
    auto s = factory.make();
    must_commit(*s, {step(1, state::queued, 1), step(2, state::queued, 1)});
    std::atomic<bool> stop{false};
    std::atomic<std::size_t> torn{0}, failed{0}, looked{0};
    auto look = [&] {
      while (!stop) {
        std::vector<state> seen;
        if (!s->each_unfinished([&](const index_entry& e) { seen.push_back(e.at); }))
          ++failed;
        if (seen.size() != 2 || seen[0] != seen[1])
          ++torn;
        if (auto r = s->find("tickets/FIX-1"); !r || !*r)
          ++failed;
        operator_request request{0, operator_request::kind::retry, "tickets/FIX-1", "", 0};
        if (looked++ % 64 == 0 && !s->post_request(request))
          ++failed;
      }
    };
    std::thread a{look}, b{look};
    while (looked == 0) // on a busy machine the writer would be done before anybody looks
      std::this_thread::yield();
    for (std::uint64_t version = 2; version < commits + 2; ++version) {
      auto at = version % 2 == 0 ? state::preparing : state::queued;
      must_commit(*s, {step(1, at, version), step(2, at, version)});
    }
    stop = true;
    a.join();
    b.join();
    THEN("readers on other threads never see one without the other") {
      CHECK(torn == 0);
      CHECK(failed == 0);
      CHECK(looked > 0);
      require_sound(*s);
    }
  }
}

} // namespace hyakki::test
