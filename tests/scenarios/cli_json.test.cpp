// docs/commands.md against what the commands print: the same keys, the same kinds of value. Real processes.

#include "core/clock.hpp"
#include "tests/scenarios/cli_world.hpp"

#include <nlohmann/json.hpp>

#include <map>

using namespace hyakki;
using namespace hyakki::test;
using json = nlohmann::json;

namespace {

/// The JSON blocks of the page, by schema.
std::map<std::string, json> documented() {
  auto text = std::ostringstream{};
  text << std::ifstream{std::string{std::getenv("HYAKKI_SOURCE")} + "/docs/commands.md"}.rdbuf();
  auto page = text.str();
  auto out = std::map<std::string, json>{};
  for (std::size_t at = 0; (at = page.find("```json\n", at)) != std::string::npos;) {
    at += 8;
    auto end = page.find("```", at);
    auto j = json::parse(page.substr(at, end - at));
    out[j.at("schema")] = j;
    at = end + 3;
  }
  return out;
}

/// Where the two differ in shape; empty when they do not. `null` stands for any value.
std::string difference(const json& example, const json& real, const std::string& where) {
  if (example.is_null() || real.is_null())
    return {};
  if (std::string{example.type_name()} != real.type_name())
    return where + " is " + example.type_name() + " on the page and " + real.type_name() + " in the answer";
  if (example.is_object()) {
    if (where == "/counts")
      return {}; // its keys are states
    for (auto& [key, value] : example.items())
      if (!real.contains(key))
        return where + "/" + key + " is on the page and not in the answer";
    for (auto& [key, value] : real.items()) {
      if (!example.contains(key))
        return where + "/" + key + " is in the answer and not on the page";
      if (auto found = difference(example.at(key), value, where + "/" + key); !found.empty())
        return found;
    }
  }
  if (example.is_array() && !example.empty() && !real.empty())
    return difference(example.front(), real.front(), where + "/0");
  return {};
}

/// A store with one story that has everything a story can have, and its ticket with a comment.
struct full_world : cli_world {
  full_world() {
    auto c = story_in(state::done, "tickets", "FIX-1", "Totals are a cent too low", hyakki::system_clock{}.now());
    auto& r = c.record;
    r.repository = "app";
    r.story.labels = {"bug"};
    r.base_branch = "main";
    r.base_sha = r.commit.edit().sha = std::string(40, 'a');
    r.branch = "feature/FIX-1";
    r.tree = "/tmp/tree";
    r.commit.edit().files = {{"invoice.py", 1, 1, false}};
    r.pull.edit().id = "1";
    r.pull.edit().title = "[AI] FIX-1";
    r.pull.edit().head = r.commit->sha;
    r.has_trouble = true;
    r.why = trouble{ec::unavailable, "did not answer", state::pushing, 1};
    auto one = run{};
    one.number = 1;
    one.outcome = run_outcome::succeeded;
    one.session = "s";
    one.started_ms = 1;
    one.ended_ms = 2;
    one.summary = "done";
    r.runs = {one};
    r.proof = {{"test", "make", 0, true, 1, 2, "ok"}};
    remember({c});
    write("project/.tickets/open/FIX-1.yaml", "id: FIX-1\ntitle: Totals\ndescription: d\nstatus: open\n"
                                              "priority: high\nlabels:\n- bug\ncreated_at: '2026-11-02T09:15:00'\n"
                                              "comments:\n- id: 16263a73\n  author: Ann\n  email: a@b.c\n"
                                              "  content: hello\n  created_at: '2026-11-02T09:15:00'\n");
  }
};

} // namespace

SCENARIO_METHOD(full_world, "the page on commands shows what the commands print") {
  auto pages = documented();
  auto commands = std::map<std::string, std::vector<std::string>>{
    {"hyakki.status/1", {"status", "--json"}},
    {"hyakki.show/1", {"show", "FIX-1", "--json"}},
    {"hyakki.version/1", {"version", "--json"}},
  };
  for (auto& [schema, command] : commands) {
    GIVEN("the example of " + schema) {
      REQUIRE(pages.count(schema) == 1);
      auto answer = hyakki(command);
      INFO(answer.err);
      REQUIRE(answer.code == 0);
      auto real = json::parse(answer.out);
      THEN("the answer has the same shape") {
        CHECK(real.at("schema") == schema);
        CHECK(difference(pages.at(schema), real, "") == "");
      }
    }
  }
  GIVEN("the comment of a ticket on this machine") {
    THEN("show has it") {
      auto real = json::parse(hyakki({"show", "FIX-1", "--json"}).out);
      REQUIRE(real["comments"].size() == 1);
      CHECK(real["comments"][0]["text"] == "hello");
    }
  }
}
