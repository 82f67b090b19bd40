// The store that repo-tickets made, looked at by both: the same values, the same ids in the same order.
//
// Wording is ours and is not compared. Where we differ on purpose, docs/tickets_commands.md says why.

#include "tests/tickets_cli/cli_tickets_world.hpp"

#include <algorithm>
#include <map>
#include <set>

using namespace hyakki::test;

namespace {

using rows = std::vector<std::map<std::string, std::string>>;

std::string trimmed(std::string text) {
  text.erase(0, text.find_first_not_of(' '));
  text.erase(text.find_last_not_of(' ') + 1);
  return text;
}

/// The records of a table with lines around its cells.
rows of_grid(const std::string& text) {
  auto in = std::istringstream{text};
  std::vector<std::string> head;
  rows out;
  for (std::string line; std::getline(in, line);) {
    if (line.empty() || line[0] != '|')
      continue;
    std::vector<std::string> cells;
    for (std::size_t at = 1; at < line.size();) {
      auto end = line.find('|', at);
      cells.push_back(trimmed(line.substr(at, end - at)));
      at = end == std::string::npos ? line.size() : end + 1;
    }
    if (head.empty()) {
      head = cells;
      continue;
    }
    auto& row = out.emplace_back();
    for (std::size_t n = 0; n < head.size() && n < cells.size(); ++n)
      row[head[n]] = cells[n];
  }
  return out;
}

/// The records of a table under a line of dashes.
rows of_simple(const std::string& text) {
  auto in = std::istringstream{text};
  std::string before, line;
  std::vector<std::pair<std::size_t, std::size_t>> columns;
  std::vector<std::string> head;
  rows out;
  auto wide = [](const std::string& s, std::size_t from, std::size_t count) {
    // Columns are counted in characters.
    std::string cell;
    std::size_t n = 0;
    for (std::size_t at = 0; at < s.size(); ++at) {
      if ((static_cast<unsigned char>(s[at]) & 0xc0) != 0x80)
        ++n;
      if (n > from && n <= from + count)
        cell += s[at];
    }
    return trimmed(cell);
  };
  while (std::getline(in, line)) {
    if (columns.empty() && line.rfind("--", 0) == 0) {
      for (std::size_t at = 0; at < line.size();) {
        auto end = std::min(line.find(' ', at), line.size());
        columns.emplace_back(at, end - at);
        head.push_back(wide(before, at, end - at));
        at = line.find('-', end);
      }
    } else if (!columns.empty()) {
      if (line.empty())
        break;
      auto& row = out.emplace_back();
      for (std::size_t n = 0; n < columns.size(); ++n)
        row[head[n]] = wide(line, columns[n].first, columns[n].second);
    }
    before = line;
  }
  return out;
}

/// Words between commas, in any order: repo-tickets shuffles labels.
std::set<std::string> word_set(const std::string& text) {
  std::set<std::string> out;
  auto in = std::istringstream{text};
  for (std::string word; std::getline(in, word, ',');)
    out.insert(trimmed(word));
  return out;
}

/// Lists of labels in order, wherever they are.
json sorted_labels(json j) {
  if (j.is_object())
    for (auto& [key, value] : j.items()) {
      if (key == "labels" && value.is_array())
        std::sort(value.begin(), value.end());
      else
        value = sorted_labels(value);
    }
  else if (j.is_array())
    for (auto& value : j)
      value = sorted_labels(value);
  return j;
}

/// Every key and value of `theirs` is in `ours`; lists are alike in length and order.
void check_within(const json& theirs, const json& ours, const std::string& where) {
  INFO(where);
  if (theirs.is_object()) {
    REQUIRE(ours.is_object());
    for (auto& [key, value] : theirs.items()) {
      INFO("key " << key);
      REQUIRE(ours.contains(key));
      check_within(value, ours[key], where + "." + key);
    }
  } else if (theirs.is_array()) {
    REQUIRE(ours.is_array());
    REQUIRE(theirs.size() == ours.size());
    for (std::size_t n = 0; n < theirs.size(); ++n)
      check_within(theirs[n], ours[n], where + "[" + std::to_string(n) + "]");
  } else if (theirs.is_number_float()) {
    CHECK(ours.get<double>() == Approx(theirs.get<double>()));
  } else {
    CHECK(theirs == ours);
  }
}

class golden : public ticket_shell {
public:
  golden() {
    std::filesystem::copy(std::string{HYAKKI_FIXTURES} + "/tickets", root() + "/.tickets",
                          std::filesystem::copy_options::recursive);
    auto in = std::ifstream{std::string{HYAKKI_FIXTURES} + "/tickets_golden/commands.tsv"};
    for (std::string line; std::getline(in, line);) {
      auto first = line.find('\t'), second = line.find('\t', first + 1);
      std::vector<std::string> words;
      auto rest = std::istringstream{line.substr(second + 1)};
      for (std::string word; rest >> word;)
        words.push_back(word);
      words.erase(words.begin()); // the program
      commands[line.substr(0, first)] = words;
    }
  }
  std::string theirs(const std::string& name) const {
    auto text = std::ostringstream{};
    text << std::ifstream{std::string{HYAKKI_FIXTURES} + "/tickets_golden/" + name + ".out"}.rdbuf();
    return text.str();
  }
  told ours(const std::string& name) {
    REQUIRE(commands.count(name) == 1);
    auto answer = tickets(commands[name]);
    INFO(name << ": " << answer.err);
    REQUIRE(answer.code == 0);
    return answer;
  }
  std::map<std::string, std::vector<std::string>> commands;
};

} // namespace

SCENARIO_METHOD(golden, "JSON has every value that repo-tickets gives") {
  for (auto name : {"list_summary_json", "status_json", "epic_list_json", "backlog_list_json", "agent_list_json",
                    "agent_tasks_json", "search_fast_json", "search_fast_none_json"}) {
    INFO(name);
    check_within(sorted_labels(json::parse(theirs(name))), sorted_labels(ours(name).parsed()), name);
  }
}

SCENARIO_METHOD(golden, "tables have the same records in the same order, with the same values") {
  // Columns that we show as words where repo-tickets shows a picture.
  const std::set<std::string> pictures{"Status"};
  for (auto name : {"list", "list_all", "list_closed", "list_cancelled", "list_inprogress", "list_label",
                    "list_assignee", "epic_list", "epic_list_active", "backlog_list", "backlog_list_epic",
                    "backlog_list_sprint", "agent_list", "agent_list_all", "agent_tasks", "agent_tasks_filter"}) {
    auto expected = of_grid(theirs(name)), found = of_grid(ours(name).out);
    INFO(name);
    REQUIRE_FALSE(expected.empty());
    REQUIRE(found.size() == expected.size());
    auto by_picture = std::string{name}.rfind("list", 0) != 0;
    for (std::size_t n = 0; n < expected.size(); ++n)
      for (auto& [column, value] : expected[n]) {
        INFO("row " << n << ", column " << column);
        REQUIRE(found[n].count(column) == 1);
        if (by_picture && pictures.count(column) != 0)
          continue;
        if (value == "-" && (found[n][column] == "0" || found[n][column] == "0m"))
          continue; // nothing and zero look alike there
        CHECK(word_set(found[n][column]) == word_set(value));
      }
  }
  for (auto name : {"list_summary", "list_summary_filter"}) {
    auto expected = of_simple(theirs(name)), found = of_simple(ours(name).out);
    INFO(name);
    REQUIRE(found.size() == expected.size());
    for (std::size_t n = 0; n < expected.size(); ++n)
      for (auto column : {"ID", "Title", "Status", "Priority"})
        if (found[n]["ID"] != "EMOJI-1") // a picture is two columns wide here, one there
          CHECK(found[n][column] == expected[n][column]);
  }
}

SCENARIO_METHOD(golden, "simple lists are alike to the letter") {
  for (auto name : {"epic_list_simple", "backlog_list_simple", "agent_list_simple"})
    CHECK(ours(name).out == theirs(name));
}

SCENARIO_METHOD(golden, "what is computed agrees with what repo-tickets computes") {
  auto in = std::ifstream{std::string{HYAKKI_FIXTURES} + "/tickets_expected.json"};
  auto expected = json::parse(in);
  for (auto& [id, theirs] : expected["ticket_derived"].items()) {
    INFO(id);
    auto ours = asked({"show", id})["derived"];
    CHECK(ours["age_days"] == theirs["age_days"]);
    CHECK(ours["is_open"] == theirs["is_open"]);
    CHECK(ours["requirements_coverage"].get<double>() == Approx(theirs["requirements_coverage"].get<double>()));
    CHECK(ours["verification_rate"].get<double>() == Approx(theirs["verification_rate"].get<double>()));
    CHECK(ours["test_pass_rate"].get<double>() == Approx(theirs["test_pass_rate"].get<double>()));
    CHECK(ours["total_story_points"] == theirs["total_story_points"]);
  }
  for (auto& [id, theirs] : expected["epic_derived"].items()) {
    auto ours = asked({"epic", "show", id})["derived"];
    CHECK(ours["age_days"] == theirs["age_days"]);
    CHECK(ours["is_overdue"] == theirs["is_overdue"]);
  }
  for (auto& [id, theirs] : expected["backlog_derived"].items()) {
    auto ours = asked({"backlog", "show", id})["derived"];
    CHECK(ours["score"] == theirs["priority_score"]);
    CHECK(ours["is_ready_for_sprint"] == theirs["is_ready_for_sprint"]);
  }
  for (auto& [query, ids] : expected["search"].items()) {
    auto found = json::array();
    for (auto& t : asked({"search", query}))
      found.push_back(t["id"]);
    INFO(query);
    CHECK(found == ids);
  }
  for (auto& [query, ids] : expected["search_fast"].items())
    CHECK(asked({"search", "--fast", query}) == ids);
  auto best = asked({"agent", "recommend", "code"});
  REQUIRE(best.size() == 3);
  CHECK(best[0]["agent_id"] == "AGENT-CODEBOT");
  CHECK(best[0]["score"].get<double>() == Approx(62.789116));
  CHECK(best[1]["agent_id"] == "AGENT-TESTBOT");
  CHECK(best[1]["score"].get<double>() == Approx(10));
}

SCENARIO_METHOD(golden, "exit codes are those that scripts rely on") {
  struct expectation {
    int code;
    std::vector<std::string> words;
  };
  for (auto& [code, words] : std::vector<expectation>{
         {0, {"list", "-s", "nosuch"}},
         {0, {"show", "fix-2"}},
         {1, {"show", "NOPE-1"}},
         {0, {"search", "zzz", "--fast"}},
         {0, {"list-summary", "-s", "nosuch"}},
         {0, {"requirements", "list", "FIX-1", "--format", "gherkin"}},
         {0, {"epic", "show", "user-1"}},
         {1, {"epic", "show", "NOPE-1"}},
         {0, {"epic", "update", "BARE-1"}},
         {1, {"epic", "update", "BARE-1", "--target-date", "2026/01/01"}},
         {0, {"backlog", "list", "--status", "ready"}},
         {1, {"agent", "show", "AGENT-NOPE"}},
         {1, {"events", "history", "--type", "nope"}},
         {0,
          {"epic", "update", "BARE-1", "--status", "active", "--target-version", "v9", "--target-date", "2026-12-31"}},
         {0, {"epic", "add-ticket", "BARE-1", "add-1"}},
         {1, {"epic", "add-ticket", "BARE-1", "nope-1"}},
         {0, {"epic", "remove-ticket", "BARE-1", "ADD-1"}},
         {0, {"requirements", "verify", "IMPLEMEN-1", "a8e70f5d", "--notes", "ok"}},
         {1, {"requirements", "verify", "IMPLEMEN-1", "nosuchid"}},
         {0, {"close", "FIX-1"}},
         {0, {"update", "FIX-1", "--status", "open"}},
         {1, {"agent", "assign", "ADD-1", "AGENT-BOT-REVIEWER", "code", "x"}},
         {1, {"agent", "assign", "ADD-1", "AGENT-TESTBOT", "code", "x"}},
         {0, {"agent", "auto-assign", "ADD-1", "test", "t"}},
         {2, {"list", "--nosuch"}},
         {2, {"update", "FIX-1", "-s", "nosuch"}},
         {2, {"show"}},
       }) {
    std::string line;
    for (auto& w : words)
      line += " " + w;
    auto answer = tickets(words);
    INFO(line << ": " << answer.out << answer.err);
    CHECK(answer.code == code);
    CHECK(answer.err.empty() == (code == 0 && !has(line, "nosuch")));
  }
}
