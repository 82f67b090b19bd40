#include "storage/record.hpp"

#include "storage/wire.hpp"
#include "tests/support/store_samples.hpp"

#include <catch2/catch.hpp>

#include <chrono>
#include <limits>

using namespace hyakki;
using namespace hyakki::test;

namespace {

std::string encoded(const story_record& r, codec::description where = codec::description::inside) {
  std::string out;
  codec::encode(out, r, where);
  return out;
}

/// The same bytes with a checksum that fits, so that a damaged field is looked at and not merely its checksum.
void seal_again(std::string& bytes) {
  if (bytes.size() >= wire::seal_size)
    wire::seal(bytes, 0);
}

void decode_all(std::string_view bytes) {
  auto fine = [](const auto& r) { return r.ok() || r.error() == ec::corrupt_record; };
  REQUIRE(fine(codec::decode_record(bytes)));
  REQUIRE(fine(codec::decode_head(bytes)));
  REQUIRE(fine(codec::decode_entry("id", bytes)));
  REQUIRE(fine(codec::decode_event(1, bytes)));
  REQUIRE(fine(codec::decode_request(1, bytes)));
}

} // namespace

SCENARIO("a record comes back from its bytes as it was") {
  GIVEN("random records and events with every field in play") {
    dice d{1};
    for (int i = 0; i < 300; ++i) {
      auto r = any_record(d, odd_text(d, 10), odd_text(d, 30), d());
      auto bytes = encoded(r);
      auto back = codec::decode_record(bytes);
      REQUIRE(back.ok());
      REQUIRE(encoded(*back) == bytes);
      REQUIRE(back->story.description == r.story.description);
      REQUIRE(back->runs.size() == r.runs.size());
      REQUIRE(back->findings == r.findings);
      REQUIRE(back->life == r.life);
      auto head = codec::decode_head(bytes);
      REQUIRE(head.ok());
      REQUIRE(head->version == r.version);
      REQUIRE(bytes_of(head->entry) == bytes_of(codec::entry_of(r)));

      auto e = any_event(d);
      e.seq = 7;
      e.story = "t/1";
      std::string event_bytes;
      codec::encode(event_bytes, e, e.story);
      auto event_back = codec::decode_event(7, event_bytes);
      REQUIRE(event_back.ok());
      REQUIRE(event_back->payload.index() == e.payload.index());
      REQUIRE(bytes_of(*event_back) == bytes_of(e));
    }
  }
  GIVEN("a record that says nothing") {
    auto back = codec::decode_record(encoded(story_record{}));
    THEN("its defaults come back") {
      REQUIRE(back.ok());
      CHECK(back->story.priority == 2);
      CHECK(back->at == state::queued);
      CHECK(back->life == 1);
      CHECK(back->verdict == state::done);
      CHECK_FALSE(back->has_trouble);
    }
  }
  GIVEN("the ends of the ranges") {
    story_record r;
    r.due_ms = std::numeric_limits<std::int64_t>::min();
    r.commit.edit().at_ms = std::numeric_limits<std::int64_t>::max();
    r.version = std::numeric_limits<std::uint64_t>::max();
    r.story.priority = std::numeric_limits<std::int32_t>::min();
    run session;
    session.exit_code = std::numeric_limits<std::int32_t>::max();
    session.turns = std::numeric_limits<std::uint32_t>::max();
    r.runs = {session, run{}};
    auto back = codec::decode_record(encoded(r));
    REQUIRE(back.ok());
    CHECK(back->due_ms == r.due_ms);
    CHECK(back->commit->at_ms == r.commit->at_ms);
    CHECK(back->version == r.version);
    CHECK(back->story.priority == r.story.priority);
    CHECK(back->runs[0].exit_code == session.exit_code);
    CHECK(back->runs[0].turns == session.turns);
    CHECK(back->runs[1].exit_code == -1);
  }
}

SCENARIO("a newer minor writer does not break an older reader") {
  GIVEN("a record with fields that this build does not know, a number and a group") {
    auto r = typical_record(1, state::preparing, 4);
    auto bytes = encoded(r);
    wire::writer w{bytes};
    w.number(900, 12345);
    w.text(901, "of tomorrow");
    w.group(902, [&] { w.text(1, "inner"); });
    seal_again(bytes);
    THEN("they are skipped and the rest is read") {
      auto back = codec::decode_record(bytes);
      REQUIRE(back.ok());
      CHECK(encoded(*back) == encoded(r));
    }
  }
  GIVEN("an event with a payload of tomorrow") {
    std::string bytes;
    codec::encode(bytes, move_event(state::queued, move::dispatched, state::routing), "t/1");
    wire::writer w{bytes};
    w.number(90, 5);
    w.text(91, "payload");
    seal_again(bytes);
    CHECK(codec::decode_event(1, bytes).ok());
  }
  GIVEN("another format") {
    auto bytes = encoded(story_record{});
    bytes[0] = 2;
    auto back = codec::decode_record(bytes);
    REQUIRE_FALSE(back.ok());
    CHECK(back.error() == ec::corrupt_record);
    CHECK(back.error().text.find("format 2, this build reads format 1") != std::string::npos);
  }
}

SCENARIO("any bytes give a value or corrupt_record") {
  dice d{2};
  GIVEN("random bytes") {
    for (int i = 0; i < 20'000; ++i) {
      auto bytes = odd_text(d, 200);
      decode_all(bytes);
      if (bytes.size() >= wire::seal_size) {
        seal_again(bytes);
        decode_all(bytes);
      }
    }
  }
  GIVEN("real bytes, cut, flipped, stretched and sealed again") {
    for (int i = 0; i < 20'000; ++i) {
      std::string bytes;
      if (roll(d, 2) == 0)
        bytes = encoded(any_record(d, "t", "k", 1));
      else
        codec::encode(bytes, any_event(d), "t/k");
      for (auto n = 1 + roll(d, 4); n > 0 && bytes.size() > wire::seal_size; --n)
        switch (roll(d, 4)) {
        case 0: bytes.resize(roll(d, bytes.size() + 1)); break;
        case 1: bytes[roll(d, bytes.size())] ^= static_cast<char>(1u << roll(d, 8)); break;
        case 2: bytes.insert(roll(d, bytes.size()), odd_text(d, 8)); break;
        default: bytes[roll(d, bytes.size())] = static_cast<char>(0xff); break;
        }
      decode_all(bytes);
      seal_again(bytes);
      decode_all(bytes);
    }
  }
  GIVEN("one flipped bit anywhere") {
    auto bytes = encoded(typical_record(1, state::preparing, 4), codec::description::apart);
    THEN("the checksum finds it") {
      for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
        auto damaged = bytes;
        damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ (1 << (bit % 8)));
        REQUIRE_FALSE(codec::decode_record(damaged).ok());
      }
    }
  }
  GIVEN("a million empty elements of a list") {
    std::string bytes(wire::seal_size, '\0');
    wire::writer w{bytes};
    for (int i = 0; i < 1'000'000; ++i)
      w.item(18, "");
    seal_again(bytes);
    THEN("the list's bound ends it") { CHECK(codec::decode_record(bytes).error() == ec::corrupt_record); }
  }
}

SCENARIO("a typical step is encoded in few microseconds") {
  auto r = typical_record(1, state::implementing, 7);
  std::string out;
  constexpr int rounds = 2000;
  auto start = std::chrono::steady_clock::now();
  for (int i = 0; i < rounds; ++i) {
    out.clear();
    codec::encode(out, r);
  }
  auto each = std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now() - start).count() / rounds;
  INFO(each << " us each, " << out.size() << " bytes");
  CHECK(out.size() < 1000);
  CHECK(each < 200); // a bound that holds under sanitizers on a busy machine; tests/bench has the figure
}
