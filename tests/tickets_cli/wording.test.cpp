// What people are told: one sentence, each thing once, with what to do.

#include "tests/tickets_cli/cli_tickets_world.hpp"

using namespace hyakki::test;

SCENARIO_METHOD(empty_store, "the program's name stands once in front of an error") {
  auto id = make("Fix it");
  write("up.json", R"({"NOPE-1": {"status": "closed"}})");
  write(".tickets/open/BAD-1.yaml", "{{{\n");
  for (auto& words : std::vector<std::vector<std::string>>{{"batch", "update", "up.json"},
                                                           {"batch", "close", "NOPE-1"},
                                                           {"batch", "delete", "NOPE-1", "--no-confirm"},
                                                           {"show", "NOPE-1"},
                                                           {"link", id, "blocks", "NOPE-1"},
                                                           {"list"}}) {
    auto answer = tickets(words);
    INFO(answer.err);
    CHECK(answer.err.rfind("tickets: ", 0) == 0);
    CHECK_FALSE(has(answer.err.substr(9), " tickets: "));
  }
}
