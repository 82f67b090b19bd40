// The configuration: its keys, its faults, and its file.
#include "core/config.hpp"
#include "core/branch_name.hpp"
#include "core/config_keys.hpp"
#include "core/template_text.hpp"
#include "runtime/config_file.hpp"
#include "runtime/yaml_tree.hpp"

#include "tests/core/hostile.hpp"

#include <catch2/catch.hpp>

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <map>
#include <sstream>

using namespace hyakki;

namespace {

const std::string good = R"(issue_tracker:
  type: tickets
  path: .
repo_hosting:
  type: local
  path: hosting
agent:
  type: claude_code
)";

env_lookup variables(std::map<std::string, std::string> values) {
  values.emplace("HOME", "/home/me");
  return [values](std::string_view name) -> std::optional<std::string> {
    auto hit = values.find(std::string{name});
    return hit == values.end() ? std::nullopt : std::optional<std::string>{hit->second};
  };
}

result<loaded_config> read(const std::string& text, std::map<std::string, std::string> env = {}) {
  return read_config(text, "h.yaml", "/etc/h", variables(std::move(env)));
}

std::string fault_of(const std::string& text, std::map<std::string, std::string> env = {}) {
  auto r = read(text, std::move(env));
  INFO(text);
  REQUIRE_FALSE(r);
  CHECK(r.error() == ec::bad_config);
  return r.error().text;
}

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

/// A value for a key that is allowed and not its default.
std::string sample(const config_key& k) {
  switch (k.kind) {
  case value_kind::integer:
  case value_kind::number: return std::to_string(static_cast<std::int64_t>(k.most));
  case value_kind::boolean: return "true";
  case value_kind::list: return "[a-b, c]";
  case value_kind::map: return "{x: y}";
  case value_kind::words: return std::string{k.words.back()};
  case value_kind::branch: return "\"x/{issue_key}\"";
  case value_kind::path: return "/some/where";
  case value_kind::secret: return "s3cr3t-token";
  case value_kind::text: return "word";
  }
  return {};
}

} // namespace

SCENARIO("a small file is enough") {
  auto r = read(good);
  REQUIRE(r);
  auto& c = r->settings;
  CHECK(c.issue_tracker.path == "/etc/h");
  CHECK(c.repo_hosting.path == "/etc/h/hosting");
  CHECK(c.orchestrator.workspace_dir == "/home/me/yokai-workspace");
  CHECK(c.agent.timeout_seconds == 1800);
  CHECK(r->warnings.empty());
  CHECK(validate(c).empty());
}

SCENARIO("the starter file loads as it stands") {
  auto r = read(std::string{starter_config()});
  INFO((r ? std::string{} : r.error().text));
  REQUIRE(r);
  CHECK(r->warnings.empty());
  CHECK(r->settings.agent.pass_environment == std::vector<std::string>{"ANTHROPIC_API_KEY"});
}

SCENARIO("every key of the table has a place, is read, and is refused out of its range") {
  config c;
  for (auto& k : config_keys()) {
    INFO(k.path);
    CHECK_FALSE(std::holds_alternative<std::monostate>(slot_of(c, k.path)));
    CHECK_FALSE(k.meaning.empty());
    // nest the one key below its sections; required ones come with the good file
    auto path = std::string{k.path};
    auto value = path == "issue_tracker.type"        ? "tickets"
                 : path == "repo_hosting.type"       ? "local"
                 : path == "agent.type"              ? "command"
                 : path == "retry.base_seconds"      ? "7"
                 : path == "templates.review_prompt" ? "\"{verdict_rule}\""
                                                     : sample(k);
    std::map<std::string, std::string> sections{{"issue_tracker", "type: tickets, path: ."},
                                                {"repo_hosting", "type: local, path: ."},
                                                {"agent", "type: command, command: x"}};
    auto write = [&](const std::string& v) {
      auto dot = path.find('.');
      auto top = path.substr(0, dot), rest = path.substr(dot + 1);
      auto inner = rest.find('.');
      auto pair = inner == std::string::npos ? rest + ": " + v
                                             : rest.substr(0, inner) + ": {" + rest.substr(inner + 1) + ": " + v + "}";
      auto all = sections;
      std::string kept;
      std::istringstream parts{all[top]};
      for (std::string p; std::getline(parts, p, ',');) {
        p.erase(0, p.find_first_not_of(' '));
        if (p.substr(0, p.find(':')) != rest)
          kept += p + ", ";
      }
      all[top] = kept + pair;
      std::string text;
      for (auto& [name, body] : all)
        text += name + ": {" + body + "}\n";
      return text;
    };
    auto r = read(write(value));
    INFO(write(value));
    INFO((r ? std::string{} : r.error().text));
    CHECK(r);
    if (k.kind == value_kind::integer || k.kind == value_kind::number) {
      CHECK(has(fault_of(write(std::to_string(static_cast<std::int64_t>(k.most) + 1))), path));
      CHECK(has(fault_of(write("-1")), path));
      CHECK(has(fault_of(write("many")), path));
    }
    if (k.kind == value_kind::words || k.kind == value_kind::boolean || k.kind == value_kind::list ||
        k.kind == value_kind::map)
      CHECK(has(fault_of(write("nonsense")), path));
    CHECK(has(fault_of(write("[[a]]")), path));
  }
}

SCENARIO("docs/configuration.md holds exactly the reference that the code makes") {
  std::ifstream in{std::string{HYAKKI_SOURCE} + "/docs/configuration.md"};
  std::stringstream page;
  page << in.rdbuf();
  INFO("the reference should be:\n" << configuration_reference());
  CHECK(has(page.str(), "<!-- generated: keys -->\n" + configuration_reference() + "<!-- end of keys -->\n"));
}

SCENARIO("docs/configuration.md names the variables of every template") {
  std::ifstream in{std::string{HYAKKI_SOURCE} + "/docs/configuration.md"};
  std::stringstream page;
  page << in.rdbuf();
  auto row = [](const std::string& shown, std::string_view name) {
    std::string out = "| `" + shown + "` |";
    for (auto v : template_variables(name))
      out += " `{" + std::string{v} + "}`";
    return out + " |\n";
  };
  for (auto& k : config_keys())
    if (auto path = std::string{k.path}; path.rfind("templates.", 0) == 0) {
      auto name = path.substr(10);
      INFO(row(name, name));
      CHECK_FALSE(template_variables(name).empty());
      CHECK(has(page.str(), row(name, name)));
    }
  CHECK(has(page.str(), row("repo_hosting.branch_pattern", "branch_pattern")));
}

SCENARIO("all faults are said at once, each with its line, key and a way out") {
  auto text = good + R"(  timeout: 30
  max_turns: 0
  flags: --print
orchestrator:
  max_paralel_stories: 4
routing:
  default_repository: ../x
storage:
  type: oracle
repo_hostings: {}
)";
  std::vector<config_problem> problems;
  auto r = read_config(text, "h.yaml", "/etc/h", variables({}), {}, &problems);
  REQUIRE_FALSE(r);
  auto& said = r.error().text;
  INFO(said);
  CHECK(problems.size() == 7);
  CHECK(has(said, "h.yaml:9: agent.timeout: unknown key; did you mean timeout_seconds?"));
  CHECK(has(said, "h.yaml:10: agent.max_turns: is \"0\"; allowed is an integer from 1 to 10000"));
  CHECK(has(said, "h.yaml:11: agent.flags: is \"--print\"; allowed is a list"));
  CHECK(has(said, "h.yaml:13: orchestrator.max_paralel_stories: unknown key; did you mean max_parallel_stories?"));
  CHECK(has(said, "h.yaml:15: routing.default_repository: is \"../x\""));
  CHECK(has(said, "h.yaml:17: storage.type: is \"oracle\""));
  CHECK(has(said, "h.yaml:18: repo_hostings: unknown key; did you mean repo_hosting?"));
}

SCENARIO("yokai's file is understood, and what cannot be is explained") {
  auto yokai = R"(issue_tracker:
  type: our_tracker
  base_url: https://jira.example
  project: AB
  trigger_label: ai-pipeline
  processing_label: ai-processing
  done_label: ai-done
  rework_label: ai-rework
  status: Backlog
  username: bot
  token: ${JIRA_TOKEN}
repo_hosting:
  type: our_hosting
  base_url: https://bb.example
  project_key: AB
  username: bot
  token: ${BB_TOKEN}
  default_branch: master
  branch_pattern: "feature/{issue_key}-ai-{timestamp}"
agent:
  type: claude_code
  command: claude
  flags: [--print, --dangerously-skip-permissions]
  timeout_seconds: 1800
routing:
  type: component_map
  components: {billing: billing-service}
  label_prefix: "repo:"
orchestrator:
  poll_interval_seconds: 30
  max_parallel_stories: 4
  workspace_dir: ~/yokai-workspace
storage:
  type: memory
queue:
  backend: redis
plugins: ["my.module:install"]
)";
  auto said = fault_of(yokai, {{"JIRA_TOKEN", "jira-secret"}, {"BB_TOKEN", "bb-secret"}});
  INFO(said);
  for (auto part : {"issue_tracker.type: is \"our_tracker\"; this build knows ",
                    "issue_tracker.username: has a new "
                    "name: write issue_tracker.account",
                    "repo_hosting.username: has a new name: write repo_hosting.account",
                    "repo_hosting.project_key: has a new name: write repo_hosting.namespace",
                    "repo_hosting.type: is \"our_hosting\"; this build knows ",
                    "queue.backend: is \"redis\"; allowed is one of lmdb, memory"})
    CHECK(has(said, part));
  CHECK(std::count(said.begin(), said.end(), '\n') == 6);
}

SCENARIO("a whole file of yokai loads with warnings once its tracker and host are ours") {
  auto r =
    read(R"(issue_tracker:
  type: tickets
  path: project
  base_url: https://jira.example
  project: AB
  trigger_label: ai-pipeline
  processing_label: ai-processing
  done_label: ai-done
  rework_label: ai-rework
  status: Backlog
  account: ann
  token: ${JIRA_TOKEN}
repo_hosting:
  type: local
  path: hosting
  base_url: https://bb.example
  namespace: AB
  account: ann
  token: ${BB_TOKEN}
  default_branch: master
  branch_pattern: "feature/{issue_key}-ai-{timestamp}"
agent:
  type: claude_code
  command: claude
  flags: [--print, --dangerously-skip-permissions]
  timeout_seconds: 1800
routing:
  type: component_map
  components: {Billing: billing-service, Web: web}
  label_prefix: "repo:"
orchestrator:
  poll_interval_seconds: 30
  max_parallel_stories: 4
  workspace_dir: ~/yokai-workspace
storage:
  path: ~/.yokai/state.db
  type: sqlite
queue:
  backend: sqlite
  db_path: ~/.yokai/queue.db
  redis_url: ${REDIS_URL}
  coordinator: {poll_interval_seconds: 30, lease_duration_seconds: 90, reclaim_interval_seconds: 60, max_attempts_per_job: 3}
  worker:
    poll_interval_seconds: 2.0
    agent_timeout_seconds: 1800
    lease_duration_seconds: 1800
    heartbeat_interval_seconds: 15
    retry_backoff_base_seconds: 5
    retry_backoff_cap_seconds: 300
  result_handler: {poll_interval_seconds: 5, batch_size: 10}
plugins: ["my.module:install"]
)",
         {{"JIRA_TOKEN", "jira-secret"}, {"BB_TOKEN", "bb-secret"}, {"REDIS_URL", "redis://h"}, {"HOME", "/home/ann"}});
  INFO((r ? std::string{} : r.error().text));
  REQUIRE(r);
  auto& c = r->settings;
  CHECK(c.storage.type == "lmdb");
  CHECK(c.storage.path.empty());
  CHECK(c.routing.components.at("Billing") == "billing-service");
  CHECK(c.repo_hosting.default_branch == "master");
  CHECK(c.retry.max_attempts == 3);
  CHECK(r->secrets.size() == 3);
  auto told = std::string{};
  for (auto& w : r->warnings)
    told += w + "\n";
  INFO(told);
  for (auto part : {"storage.type: is \"sqlite\"", "queue.backend: is \"sqlite\"", "plugins: names Python plugins"})
    CHECK(has(told, part));
}

SCENARIO("the queue section sets what has a meaning and warns of the rest") {
  auto r = read(good + R"(  timeout_seconds: 60
queue:
  db_path: ~/.yokai/queue.db
  redis_url: redis://:hunter22@host/0
  coordinator: {poll_interval_seconds: 11, max_attempts_per_job: 5, lease_duration_seconds: 90}
  worker: {agent_timeout_seconds: 99, retry_backoff_base_seconds: 2.5, retry_backoff_cap_seconds: 60}
  result_handler: {batch_size: 10}
)");
  INFO((r ? std::string{} : r.error().text));
  REQUIRE(r);
  CHECK(r->settings.orchestrator.poll_interval_seconds == 11);
  CHECK(r->settings.retry.max_attempts == 5);
  CHECK(r->settings.retry.base_seconds == 2.5);
  CHECK(r->settings.agent.timeout_seconds == 60);
  CHECK(r->warnings.size() == 5);
  CHECK(r->secrets.size() == 1);
  CHECK(has(fault_of(good + "queue: {worker: {heartbeat: 3}}\n"), "did you mean heartbeat_interval_seconds?"));
  CHECK(has(fault_of(good + "queue: {coordinator: {max_attempts_per_job: 0}}\n"),
            "queue.coordinator.max_attempts_per_job"));
}

SCENARIO("variables are put in, and a missing one is named") {
  auto text =
    "issue_tracker: {type: tickets, path: \"${ROOT}/x/${ROOT}\", token: \"${TOKEN}\", account: \"${lower} $A ${A:-b} "
    "${\"}\nrepo_hosting: {type: local, path: .}\nagent: {type: claude_code, timeout_seconds: \"${T}\"}\n";
  auto r = read(text, {{"ROOT", "/r"}, {"TOKEN", ""}, {"T", "77"}});
  INFO((r ? std::string{} : r.error().text));
  REQUIRE(r);
  CHECK(r->settings.issue_tracker.path == "/r/x//r");
  CHECK(r->settings.issue_tracker.account == "${lower} $A ${A:-b} ${");
  CHECK(r->settings.issue_tracker.token.empty());
  CHECK(r->settings.agent.timeout_seconds == 77);
  CHECK(has(fault_of(text, {{"ROOT", "/r"}, {"T", "1"}}), "the environment variable TOKEN is not set"));
  // a value that holds a reference is not read again
  CHECK(read(text, {{"ROOT", "/${NO}"}, {"TOKEN", "t"}, {"T", "1"}}));
}

SCENARIO("an address that is asked in the clear is warned of, and a proxy without a password is not") {
  auto with = [](const std::string& address) {
    return "issue_tracker: {type: jira_dc, base_url: \"" + address +
           "\", project: AB}\nrepo_hosting: {type: local, path: .}\nagent: {type: claude_code}\nhttp: {proxy: "
           "\"http://127.0.0.1:3128\"}\n";
  };
  for (auto clear : {"http://jira.example.com", "http://localhost.example.com:80/jira", "http://10.0.0.1"}) {
    auto r = read(with(clear));
    REQUIRE(r);
    REQUIRE(r->warnings.size() == 1);
    CHECK(has(r->warnings[0], "issue_tracker.base_url"));
    CHECK(has(r->warnings[0], "https://"));
  }
  for (auto fine :
       {"https://jira.example.com", "http://localhost:8080", "http://127.0.0.1:1/jira", "http://[::1]:80"}) {
    auto r = read(with(fine));
    REQUIRE(r);
    CHECK(r->warnings.empty());
  }
}

SCENARIO("an address that is missing or none is told by its line, and keys that a query replaces are warned of") {
  auto with = [](const std::string& tracker) {
    return "issue_tracker:\n  type: jira_dc\n" + tracker +
           "repo_hosting: {type: local, path: .}\nagent: {type: claude_code}\n";
  };
  CHECK(has(fault_of(with("  project: AB\n")), ":1: issue_tracker.base_url: is missing; jira_dc needs the address"));
  for (auto odd : {"jira.example.com", "ftp://jira.example.com", "https://", "https://jira example.com"})
    CHECK(
      has(fault_of(with("  base_url: \"" + std::string{odd} + "\"\n")), ":3: issue_tracker.base_url: the address "));
  CHECK(has(fault_of("issue_tracker: {type: tickets, path: .}\nrepo_hosting: {type: bitbucket_dc}\nagent: {type: "
                     "claude_code}\n"),
            ":2: repo_hosting.base_url: is missing"));
  auto r = read(with("  base_url: https://jira.example.com\n  project: AB\n  query: labels = x\n"));
  REQUIRE(r);
  REQUIRE(r->warnings.size() == 1);
  CHECK(has(r->warnings[0], ":4: issue_tracker.project: has no effect beside query"));
  CHECK(read(with("  base_url: https://jira.example.com\n  query: labels = x\n"))->warnings.empty());
}

SCENARIO("secrets are collected, and a token in the file is warned of and never shown") {
  auto r =
    read("issue_tracker: {type: tickets, path: ., token: plain-token-1}\nrepo_hosting: {type: local, path: ., token: "
         "\"${T}\"}\nagent: {type: claude_code}\n",
         {{"T", "env-token-2"}});
  REQUIRE(r);
  CHECK(r->secrets.size() == 2);
  REQUIRE(r->warnings.size() == 1);
  CHECK_FALSE(has(r->warnings[0], "plain-token-1"));
  CHECK_FALSE(
    has(fault_of("issue_tracker: {type: tickets, token: plain-token-1, path: ., project: \"a  plain-token-1\"}\n"),
        "plain-token-1"));
}

SCENARIO("paths are absolute afterwards") {
  auto r =
    read("issue_tracker: {type: tickets, path: ./a}\nrepo_hosting: {type: local, path: ~/b}\nagent: {type: command, "
         "command: ./run}\nlog: {file: out.log}\n");
  REQUIRE(r);
  CHECK(r->settings.issue_tracker.path == "/etc/h/a");
  CHECK(r->settings.repo_hosting.path == "/home/me/b");
  CHECK(r->settings.agent.command == "/etc/h/run");
  CHECK(r->settings.log.file == "/etc/h/out.log");
  CHECK(has(fault_of("issue_tracker: {type: tickets, path: ~other/x}\n"), "your own home only"));
}

SCENARIO("reviewers whom Bitbucket Cloud could not know are found before any work is done") {
  auto with = [](const std::string& rest, const std::string& type = "bitbucket_cloud") {
    return "issue_tracker: {type: tickets, path: .}\nrepo_hosting:\n  type: " + type +
           "\n  base_url: https://git.example.com\n  namespace: acme\n" + rest + "agent: {type: claude_code}\n";
  };
  auto allowed = "which is neither an account id (712020:…), nor a {uuid}, nor the word default";
  GIVEN("names in the list") {
    auto said = fault_of(with("  reviewers: [default, \"{bot}\", \"712020:nobody\"]\n"));
    INFO(said);
    CHECK(has(said, std::string{"h.yaml:6: repo_hosting.reviewers[1]: is \"{bot}\", "} + allowed));
    CHECK(has(said, std::string{"h.yaml:6: repo_hosting.reviewers[2]: is \"712020:nobody\", "} + allowed));
  }
  GIVEN("a name among those of one repository") {
    auto said = fault_of(
      with("  reviewers_by_repository:\n    tools: \"default, {504c3b62-8120-4f0c-a7bc-87800b9d6f70}, ann\"\n"));
    INFO(said);
    CHECK(has(said, std::string{"h.yaml:7: repo_hosting.reviewers_by_repository.tools: has \"ann\", "} + allowed));
    CHECK_FALSE(has(said, "504c3b62"));
  }
  GIVEN("names on Bitbucket Data Center, where people have names") {
    CHECK(read(with("  reviewers: [ann, \"{bot}\"]\n", "bitbucket_dc")));
  }
}

SCENARIO("files that are no configuration are refused with a line") {
  CHECK(has(fault_of("- a\n"), "the file holds a list"));
  CHECK(has(fault_of(""), "hyakki init"));
  CHECK(has(fault_of("a: [1\nb: 2\n"), "not valid YAML"));
  CHECK(has(fault_of("issue_tracker:\n\ttype: x\n"), "takes no tabs"));
  CHECK(has(fault_of(good + "agent:\n  type: command\n"),
            "h.yaml:9: the key agent stands here a second time; the first is in line 7"));
  CHECK(has(fault_of(good + "---\na: b\n"), "second document"));
  CHECK(has(fault_of(good + "agent2: *nothing\n"), "not valid YAML"));
  CHECK(has(fault_of("issue_tracker: {type: tickets, path: .}\nrepo_hosting: {type: bitbucket_cloud, labels: [ai]}\n"
                     "agent: {type: claude_code}\n"),
            "repo_hosting.labels: is set; pull requests of Bitbucket have no labels"));
  CHECK(has(fault_of(good + "? [a]\n: b\n"), "keys are plain words"));
  CHECK(has(fault_of("a: \xFF\n"), "UTF-8"));
  CHECK(has(fault_of(good + "orchestrator: fast\n"), "orchestrator: is \"fast\"; allowed is a map"));
  CHECK(has(fault_of("agent: {type: command}\n"), "issue_tracker: the section is missing"));
  CHECK(has(fault_of("agent: {type: command}\n"), "agent.command: is missing"));
  CHECK(has(fault_of(good + "checks: [{name: test}]\n"), "checks[0].command: is empty"));
  CHECK(has(fault_of(good + "checks: [{nam: test, command: [a]}]\n"), "did you mean name?"));
  CHECK(read(good + "checks:\n- {name: test, command: [make, \"-j\"], timeout_seconds: 5}\n")
          ->settings.checks[0]
          .command.size() == 2);
}

SCENARIO("bombs are refused quickly") {
  std::vector<std::string> bombs;
  std::string aliases = "a: &a [x,x,x,x,x,x,x,x,x]\n";
  for (char c = 'b'; c < 'k'; ++c) {
    std::string one = std::string{"*"} + static_cast<char>(c - 1);
    aliases += std::string{c} + ": &" + c + " [" + one;
    for (int i = 0; i < 8; ++i)
      aliases += "," + one;
    aliases += "]\n";
  }
  bombs.push_back(good + "routing: {allowed: &z [x]}\n" + aliases);
  std::string shared = good + "checks:\n- &c {name: a, command: &l [";
  for (int i = 0; i < 5000; ++i)
    shared += "x,";
  shared += "x]}\n";
  for (int i = 0; i < 5000; ++i)
    shared += "- *c\n";
  bombs.push_back(shared);
  bombs.push_back(std::string(100'000, '['));
  bombs.push_back(std::string(100'000, '{'));
  std::string deep;
  for (int i = 0; i < 1000; ++i)
    deep += std::string(static_cast<std::size_t>(i), ' ') + "a:\n";
  bombs.push_back(deep);
  std::string dashes;
  for (int i = 0; i < 100'000; ++i)
    dashes += "- ";
  bombs.push_back(dashes);
  std::string wide = "a: [";
  while (wide.size() < 1'000'000)
    wide += "x,";
  bombs.push_back(wide + "]");
  bombs.push_back("a: " + std::string(2u << 20, 'x'));
  bombs.push_back("a: &a [*a]\n");
  std::string questions;
  for (int i = 0; i < 100'000; ++i)
    questions += "? ";
  bombs.push_back(questions);
  bombs.push_back(std::string(500'000, '&') + "\n");
  bombs.push_back("a: \"" + std::string(900'000, '\\'));
  for (auto& bomb : bombs) {
    auto start = std::chrono::steady_clock::now();
    auto r = read(bomb);
    auto took = std::chrono::steady_clock::now() - start;
    INFO(bomb.substr(0, 40) << " took " << std::chrono::duration_cast<std::chrono::milliseconds>(took).count()
                            << " ms");
    CHECK_FALSE(r);
    CHECK(took < std::chrono::seconds{2}); // the limit for an optimised build is 100 ms
  }
}

SCENARIO("no text, however it is mangled, does more than load or fail") {
  std::mt19937_64 rng{9};
  hostile_texts make{10};
  auto base = std::string{starter_config()};
  for (int i = 0; i < 1500; ++i) {
    auto text = base;
    for (auto n = rng() % 6 + 1; n > 0; --n) {
      auto at = rng() % text.size();
      switch (rng() % 4) {
      case 0: text.erase(at, rng() % 20); break;
      case 1: text.insert(at, make(3)); break;
      case 2: text[at] = static_cast<char>(rng()); break;
      default: text.insert(at, text.substr(rng() % text.size(), rng() % 60));
      }
    }
    auto r = read(text);
    if (!r) {
      CHECK(r.error() == ec::bad_config);
      auto lines = r.error().text;
      lines.erase(std::remove(lines.begin(), lines.end(), '\n'), lines.end());
      CHECK_FALSE(has_raw_control(lines));
    } else
      CHECK(validate(r->settings).empty());
  }
}

SCENARIO("a file is read from disk, relative to where it lies") {
  char folder[] = "/tmp/hyakki-config-XXXXXX";
  REQUIRE(mkdtemp(folder) != nullptr);
  auto path = std::string{folder} + "/hyakki.yaml";
  auto missing = load_config(path, process_environment());
  REQUIRE_FALSE(missing);
  CHECK(has(missing.error().text, "hyakki init"));
  std::ofstream{path} << good;
  auto r = load_config(path, process_environment());
  REQUIRE(r);
  CHECK(r->settings.repo_hosting.path == std::string{folder} + "/hosting");
  CHECK(r->path == path);
  CHECK_FALSE(load_config(folder, process_environment()));
  CHECK_FALSE(load_config("/dev/zero", process_environment()));
  unlink(path.c_str());
  rmdir(folder);
}

SCENARIO("a configuration made in code is checked by the same rules") {
  config c;
  auto faults = validate(c);
  auto names = [&](const std::string& key) {
    return std::any_of(faults.begin(), faults.end(), [&](auto& f) { return f.key == key; });
  };
  CHECK(names("issue_tracker.type"));
  CHECK(names("repo_hosting.type"));
  CHECK(names("agent.type"));
  c.issue_tracker.type = "own";
  c.repo_hosting.type = "own";
  c.agent.type = "own";
  CHECK(validate(c).empty());
  c.issue_tracker.status_on_done = "Done";
  CHECK(validate(c).empty());
  c.rework.watch_days = 0; // nobody looks, so nobody sees a merge
  c.agent.max_turns = 0;
  c.retry.base_seconds = std::nan("");
  c.templates.prompt = "{nope}";
  c.issue_tracker.done_label = c.issue_tracker.trigger_label;
  c.issue_tracker.name = "Bad Name";
  c.review.enabled = true;
  c.templates.review_prompt = "look";
  faults = validate(c);
  for (auto key : {"agent.max_turns", "retry.base_seconds", "templates.prompt", "issue_tracker.done_label",
                   "issue_tracker.name", "issue_tracker.status_on_done", "templates.review_prompt"})
    CHECK(names(key));
}
