// The lists of the configuration: several projects, and who is told besides the tracker.
#include "core/config.hpp"
#include "runtime/config_file.hpp"

#include <catch2/catch.hpp>

#include <map>

using namespace hyakki;

namespace {

const std::string two = R"(projects:
  - issue_tracker:
      type: tickets
      name: house
      path: ./house
      token: ${TOKEN}
    repo_hosting:
      type: local
      path: ./hosting
    routing:
      projects: {AB: billing}
  - issue_tracker:
      type: tickets
      name: garden
      path: ./garden
    repo_hosting:
      type: local
      name: other
      path: ./other
agent:
  type: claude_code
)";

result<loaded_config> read(const std::string& text, std::vector<config_problem>* problems = nullptr) {
  config_types types;
  types.trackers = {"tickets"};
  types.code_hosts = {"local"};
  types.agents = {"claude_code", "command"};
  auto env = [](std::string_view name) -> std::optional<std::string> {
    if (name == "HOME")
      return "/home/me";
    if (name == "TOKEN" || name == "HOOK")
      return name == "TOKEN" ? "tok-1234567890" : "https://hooks.example.org/T0/B0/secret";
    return std::nullopt;
  };
  return read_config(text, "h.yaml", "/at", env, types, problems);
}

bool says(const std::vector<config_problem>& problems, std::size_t line, const std::string& key,
          const std::string& part) {
  for (auto& p : problems)
    if (p.line == line && p.key == key && p.text.find(part) != std::string::npos)
      return true;
  return false;
}

std::string all(const std::vector<config_problem>& problems) {
  std::string out;
  for (auto& p : problems)
    out += to_string(p) + "\n";
  return out;
}

std::string swapped(std::string text, const std::string& from, const std::string& to) {
  text.replace(text.find(from), from.size(), to);
  return text;
}

} // namespace

SCENARIO("several trackers and code hosts stand in one file") {
  GIVEN("a file with two projects") {
    auto loaded = read(two);
    INFO((loaded ? std::string{} : loaded.error().text));
    REQUIRE(loaded);
    auto projects = projects_of(loaded->settings);
    THEN("each has its own sections, paths and defaults, and its secrets are known") {
      REQUIRE(projects.size() == 2);
      CHECK(projects[0].issue_tracker.name == "house");
      CHECK(projects[0].issue_tracker.path == "/at/house");
      CHECK(projects[0].issue_tracker.trigger_label == "ai-pipeline");
      CHECK(projects[0].routing.projects.at("AB") == "billing");
      CHECK(projects[0].repo_hosting.name == "local");
      CHECK(projects[1].repo_hosting.name == "other");
      CHECK(projects[1].routing.projects.empty());
      REQUIRE(loaded->secrets.size() == 1);
      CHECK(loaded->secrets[0].reveal() == "tok-1234567890");
    }
  }
  GIVEN("a file with the sections at the top") {
    auto loaded = read(
      "issue_tracker: {type: tickets, path: .}\nrepo_hosting: {type: local, path: h}\nagent: {type: claude_code}\n");
    REQUIRE(loaded);
    THEN("it is one project with the types as names") {
      auto projects = projects_of(loaded->settings);
      REQUIRE(projects.size() == 1);
      CHECK(projects[0].issue_tracker.name == "tickets");
      CHECK(projects[0].repo_hosting.name == "local");
    }
  }
}

SCENARIO("two projects that would do the same stories are warned of, with both names") {
  auto both = [](const std::string& first, const std::string& second) {
    config_types types;
    types.trackers = {"jira_cloud", "github_issues", "tickets"};
    types.code_hosts = {"local"};
    types.agents = {"claude_code"};
    auto project = [](const std::string& tracker) {
      return "  - issue_tracker: {" + tracker + "}\n    repo_hosting: {type: local, path: ./hosting}\n";
    };
    auto env = [](std::string_view name) {
      return name == "HOME" ? std::optional<std::string>{"/home/me"} : std::optional<std::string>{};
    };
    auto loaded = read_config("projects:\n" + project(first) + project(second) + "agent: {type: claude_code}\n",
                              "h.yaml", "/at", env, types);
    INFO((loaded ? std::string{} : loaded.error().text));
    REQUIRE(loaded);
    return loaded->warnings.empty() ? std::string{} : loaded->warnings.front();
  };
  auto jira = [](const std::string& name, const std::string& rest) {
    return "type: jira_cloud, name: " + name + ", base_url: https://x.example.net, " + rest;
  };
  GIVEN("one project in one Jira, by one label") {
    auto said = both(jira("left", "project: AB"), jira("right", "project: 'CD, ab'"));
    INFO(said);
    CHECK(said.find("h.yaml:4: projects[1].issue_tracker: ") == 0);
    CHECK(said.find("\"left\" and \"right\" both look at AB with the trigger label \"ai-pipeline\"") !=
          std::string::npos);
  }
  GIVEN("one of them that wants more labels") {
    CHECK_FALSE(both(jira("left", "project: AB"), jira("right", "project: AB, required_labels: [big]")).empty());
  }
  GIVEN("one repository on GitHub, its address written in two ways") {
    CHECK_FALSE(both("type: github_issues, name: left, project: o/r",
                     "type: github_issues, name: right, project: O/R, base_url: 'https://api.github.com/'")
                  .empty());
  }
  GIVEN("one directory of tickets") {
    CHECK_FALSE(
      both("type: tickets, name: left, path: ./house", "type: tickets, name: right, path: ./house/.tickets/").empty());
  }
  GIVEN("things that tell them apart") {
    CHECK(both(jira("left", "project: AB"), jira("right", "project: CD")).empty());
    CHECK(both(jira("left", "project: AB"), jira("right", "project: AB, trigger_label: other")).empty());
    CHECK(
      both(jira("left", "project: AB, required_labels: [big]"), jira("right", "project: AB, required_labels: [small]"))
        .empty());
    CHECK(both(jira("left", "project: AB, assignee: kim"), jira("right", "project: AB, assignee: lee")).empty());
    CHECK(both(jira("left", "project: AB, status: To Do"), jira("right", "project: AB, status: Ready")).empty());
    CHECK(both(jira("left", "project: AB"), jira("right", "query: project = AB AND x = 1")).empty());
    CHECK(
      both(jira("left", "project: AB"), "type: jira_cloud, name: right, base_url: https://y.example.net, project: AB")
        .empty());
    CHECK(both("type: tickets, name: left, path: ./house", "type: tickets, name: right, path: ./garden").empty());
  }
}

SCENARIO("what is wrong in a project is said with its place") {
  auto faults = [](const std::string& text) {
    std::vector<config_problem> problems;
    CHECK_FALSE(read(text, &problems));
    return problems;
  };
  GIVEN("a typing error in the second project") {
    auto p = faults(swapped(two, "name: garden", "nane: garden"));
    INFO(all(p));
    CHECK(says(p, 14, "projects[1].issue_tracker.nane", "did you mean name?"));
  }
  GIVEN("a type that nobody knows") {
    auto p = faults(swapped(two, "type: local\n      name", "type: gitlab\n      name"));
    INFO(all(p));
    CHECK(says(p, 17, "projects[1].repo_hosting.type", "this build knows"));
  }
  GIVEN("two trackers of one name") {
    auto p = faults(swapped(two, "name: garden", "name: house"));
    INFO(all(p));
    CHECK(says(p, 14, "projects[1].issue_tracker.name", "projects[0]"));
  }
  GIVEN("two hosts of one name that are not the same host") {
    auto p = faults(swapped(two, "name: other", "name: local"));
    INFO(all(p));
    CHECK(says(p, 18, "projects[1].repo_hosting.name", "another code host"));
  }
  GIVEN("a project without a code host") {
    auto p = faults("projects:\n  - issue_tracker: {type: tickets, path: .}\nagent: {type: claude_code}\n");
    INFO(all(p));
    CHECK(says(p, 2, "projects[0].repo_hosting", "missing"));
  }
  GIVEN("sections at the top besides projects") {
    auto p = faults(two + "issue_tracker:\n  type: tickets\n  path: .\n");
    INFO(all(p));
    CHECK(says(p, 22, "issue_tracker", "beside projects"));
  }
  GIVEN("things that are no projects") {
    CHECK(says(faults("projects: 3\nagent: {type: claude_code}\n"), 1, "projects", "allowed is a list of maps"));
    CHECK(says(faults("projects: []\nagent: {type: claude_code}\n"), 1, "projects", "empty list"));
    CHECK(says(faults("projects: [x]\nagent: {type: claude_code}\n"), 1, "projects[0]", "allowed is a map"));
    CHECK(says(faults(swapped(two, "    routing:", "    agent:")), 10, "projects[0].agent", "unknown key"));
  }
}

SCENARIO("notifications name a sink, its address and its events") {
  auto with = [](const std::string& list) { return two + "notifications:\n" + list; };
  GIVEN("a good one") {
    auto loaded = read(
      with("  - {name: team, type: slack, url: \"${HOOK}\"}\n"
           "  - {name: audit, type: webhook, url: \"${HOOK}\", signing_secret: \"${TOKEN}\", events: [started]}\n"));
    INFO((loaded ? std::string{} : loaded.error().text));
    REQUIRE(loaded);
    auto& sinks = loaded->settings.notifications;
    REQUIRE(sinks.size() == 2);
    CHECK(sinks[0].events == std::vector<std::string>{"succeeded", "failed"});
    CHECK(sinks[1].events == std::vector<std::string>{"started"});
    CHECK(loaded->secrets.size() == 4);
  }
  GIVEN("wrong ones") {
    std::vector<config_problem> p;
    CHECK_FALSE(read(with("  - {name: Team A, type: pigeon, url: coop, events: [landed]}\n  - {name: a, type: slack}\n"
                          "  - {name: a, type: slack, url: \"http://x\", colour: red}\n"),
                     &p));
    INFO(all(p));
    CHECK(says(p, 23, "notifications[0].name", "a-z"));
    CHECK(says(p, 23, "notifications[0].type", "slack"));
    CHECK(says(p, 23, "notifications[0].url", "http"));
    CHECK(says(p, 23, "notifications[0].events", "started"));
    CHECK(says(p, 24, "notifications[1].url", "missing"));
    CHECK(says(p, 25, "notifications[2].colour", "unknown key"));
  }
}
