#include "tickets/index_file.hpp"

#include <catch2/catch.hpp>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <string>

using namespace hyakki::tickets;

namespace {

std::string read_all(const std::filesystem::path& path) {
  auto in = std::ifstream{path, std::ios::binary};
  return {std::istreambuf_iterator<char>{in}, {}};
}

} // namespace

SCENARIO("the index is spliced as repo-tickets writes it") {
  auto base = std::filesystem::path{HYAKKI_FIXTURES "/tickets"};
  auto whole = read_all(base / "index.yaml");
  auto tickets = std::map<std::string, ticket_file>{};
  for (auto folder : {"open", "closed"})
    for (auto& entry : std::filesystem::directory_iterator{base / folder}) {
      auto file = ticket_file::read(read_all(entry.path()), entry.path().filename().string());
      REQUIRE(file);
      tickets.emplace(entry.path().stem().string(), std::move(*file));
    }
  // repo-tickets shuffles labels on each save; in these two the index and the ticket differ in nothing else.
  for (auto id : {"ADD-1", "IMPLEMEN-1"}) {
    auto ours = with_entry(whole, id, index_entry(id, tickets.at(id)));
    REQUIRE(ours);
    REQUIRE(ours->size() == whole.size());
    whole = *ours;
  }
  GIVEN("an index that repo-tickets wrote, and its tickets") {
    THEN("taking an entry out and putting it in gives the same bytes") {
      for (auto& [id, ticket] : tickets) {
        CAPTURE(id);
        auto entry = index_entry(id, ticket);
        CHECK(with_entry(whole, id, entry) == whole);
        auto without = with_entry(whole, id, "");
        REQUIRE(without);
        CHECK(without->size() + entry.size() == whole.size());
        CHECK(with_entry(*without, id, entry) == whole);
      }
    }
    THEN("an index made entry by entry, last ones first, is the same") {
      auto index = std::string{"{}\n"};
      for (auto it = tickets.rbegin(); it != tickets.rend(); ++it)
        index = with_entry(index, it->first, index_entry(it->first, it->second)).value();
      CHECK(index == whole);
      for (auto& [id, ticket] : tickets)
        index = with_entry(index, id, "").value();
      CHECK(index == "{}\n");
    }
  }
  GIVEN("something else under that name") {
    THEN("it is not taken for an index") {
      for (auto text : {"<<<<<<< HEAD\nA-1:\n", "A-1: {}\n", "  x: y\nA-1:\n", "A-1:\n  status: open", "a-1:\n", ":\n"})
        CHECK(!with_entry(text, "B-1", "B-1:\n  status: open\n"));
    }
  }
}
