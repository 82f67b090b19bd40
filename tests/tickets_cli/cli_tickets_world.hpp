#pragma once
// `tickets` as a user meets it: real processes in a repository of a test's own, a clock that stands still.

#include "adapters/process.hpp"
#include "tests/support/scratch_dir.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

namespace hyakki::test {

using json = nlohmann::ordered_json;

/// What a command left.
struct told {
  int code = -1;
  std::string out;
  std::string err;
  json parsed() const {
    INFO(out << err);
    REQUIRE(json::accept(out));
    return json::parse(out);
  }
};

class ticket_shell {
public:
  ticket_shell() {
    std::filesystem::create_directories(dir / "repo/.git");
    std::ofstream{dir / "repo/.git/HEAD"} << "ref: refs/heads/main\n";
    std::ofstream{dir / "repo/.git/config"} << "[core]\n\trepositoryformatversion = 0\n\tbare = false\n"
                                               "[user]\n\tname = Ann Dev\n\temail = ann@example.org\n";
    std::filesystem::create_directories(dir / "repo/.git/refs/heads");
    std::filesystem::create_directories(dir / "repo/.git/objects");
  }

  std::string root() const { return dir / "repo"; }
  void write(const std::string& name, const std::string& text) const {
    auto path = std::filesystem::path{root()} / name;
    std::filesystem::create_directories(path.parent_path());
    std::ofstream{path, std::ios::binary} << text;
  }
  std::string read(const std::string& name) const {
    auto text = std::ostringstream{};
    text << std::ifstream{root() + "/" + name, std::ios::binary}.rdbuf();
    return text.str();
  }
  bool there(const std::string& name) const { return std::filesystem::exists(root() + "/" + name); }

  /// tickets WORD…, in the repository.
  told tickets(std::vector<std::string> words) { return run(std::getenv("HYAKKI_TICKETS_PROGRAM"), std::move(words)); }
  told run(const std::string& program, std::vector<std::string> words) {
    auto spec = process_spec{};
    spec.argv = {program};
    spec.argv.insert(spec.argv.end(), words.begin(), words.end());
    spec.environment = {"PATH=/usr/bin:/bin", "HOME=" + dir.path(), "LC_ALL=C.UTF-8", "TZ=UTC"};
    spec.environment.insert(spec.environment.end(), environment.begin(), environment.end());
    if (!now.empty())
      spec.environment.push_back("HYAKKI_TICKETS_NOW=" + now);
    spec.directory = root();
    spec.limits.wall = std::chrono::seconds{60};
    spec.input = input;
    auto left = children->run(spec);
    INFO(describe(left.status));
    REQUIRE(left.status.how == process_end::exited);
    return {left.status.code, left.out, left.err};
  }
  /// One that must succeed, as JSON.
  json asked(std::vector<std::string> words) {
    words.insert(std::find(words.begin(), words.end(), "--"), "--json");
    auto answer = tickets(words);
    INFO(answer.out << answer.err);
    REQUIRE(answer.code == 0);
    return answer.parsed();
  }

  scratch_dir dir;
  std::string now = "2026-11-20T12:00:00";
  std::string input;
  std::vector<std::string> environment;
  std::unique_ptr<process> children = make_process_door(false);
};

/// The same with an empty store.
class empty_store : public ticket_shell {
public:
  empty_store() { REQUIRE(tickets({"init"}).code == 0); }
  std::string make(const std::string& title) { return asked({"create", title})["id"]; }
};

inline bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

} // namespace hyakki::test
