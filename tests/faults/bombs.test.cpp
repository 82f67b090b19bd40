// Files that are made to eat time and memory: a configuration, and tickets beside a good one. Refused with a reason,
// within 100 ms of the processor and 64 MiB beyond what a harmless file takes.
#include "tests/support/story_trial.hpp"

#include <catch2/catch.hpp>

#include <iostream>
#include <sys/resource.h>

using namespace hyakki;
using namespace hyakki::test;

namespace {

struct cost {
  int code = -1;
  std::string said;
  long kib = 0;
  long cpu_ms = 0;
};

class bomb_world {
public:
  bomb_world() {
    std::filesystem::create_directories(dir / "project/.tickets/open");
    std::filesystem::create_directories(dir / "host");
    write("project/.tickets/config.yaml", "default_status: open\nid_prefix: APP\n");
    write("project/.tickets/open/GOOD-1.yaml", ticket_text("GOOD-1", "Change a file", {"ai-pipeline"}));
    write("hyakki.yaml", good);
  }
  void write(const std::string& name, const std::string& text) const {
    std::ofstream{dir / name, std::ios::binary} << text;
  }

  cost run(const char* program, std::vector<std::string> words) const {
    words.insert(words.begin(), std::getenv(program));
    words.insert(words.end(), {"-c", dir / "hyakki.yaml"});
    std::filesystem::remove(dir / "said");
    auto pid = start_child(words, dir / "said", dir / "said");
    cost out;
    rusage used{};
    int status = 0;
    ::wait4(pid, &status, 0, &used);
    out.code = WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
    out.said = file_text(dir / "said");
    out.kib = used.ru_maxrss;
    out.cpu_ms =
      (used.ru_utime.tv_sec + used.ru_stime.tv_sec) * 1000 + (used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1000;
    return out;
  }

  static constexpr auto good = "issue_tracker: {type: tickets, path: project}\n"
                               "repo_hosting: {type: local, path: host}\n"
                               "agent: {type: command, command: /bin/true}\n"
                               "routing: {default_repository: app}\n"
                               "orchestrator: {workspace_dir: work}\n"
                               "storage: {path: state}\n";
  scratch_dir dir;
};

std::string repeated(const std::string& piece, std::size_t n) {
  std::string out;
  out.reserve(piece.size() * n);
  for (std::size_t i = 0; i < n; ++i)
    out += piece;
  return out;
}

/// Nine levels of nine references each: a billion of them when somebody follows.
std::string laughs(const std::string& indent) {
  auto out = indent + "- &a [\"lol\",\"lol\",\"lol\",\"lol\",\"lol\",\"lol\",\"lol\",\"lol\",\"lol\"]\n";
  for (char c = 'b'; c <= 'i'; ++c) {
    std::string before(1, static_cast<char>(c - 1));
    out += indent + "- &" + std::string(1, c) + " [*" + before + repeated(",*" + before, 8) + "]\n";
  }
  return out;
}

struct bomb {
  const char* name;
  std::string before;
  std::string piece;
  std::size_t times = 1; ///< of the piece; 0: a file of a gigabyte without content on the disk
  std::string after;
};

#ifdef __OPTIMIZE__
constexpr long most_ms = 100;
#else
constexpr long most_ms = 400;
#endif

void compare(const cost& usual, const cost& seen) {
  INFO(seen.said.substr(0, 1000));
  CHECK(seen.kib < usual.kib + 64 * 1024);
  CHECK(seen.cpu_ms < usual.cpu_ms + most_ms);
  CHECK(seen.code < 1000);
  std::cerr << "  exit " << seen.code << ", " << seen.kib - usual.kib << " KiB and " << seen.cpu_ms - usual.cpu_ms
            << " ms more than a harmless file\n";
}

/// Piece by piece: what this process once had in memory would be counted for its children too.
void lay(const bomb_world& w, const std::string& where, const bomb& b) {
  std::ofstream out{w.dir / where, std::ios::binary};
  out << b.before;
  for (std::size_t n = 0; n < b.times; ++n)
    out << b.piece;
  out << b.after;
  out.close();
  if (b.times == 0)
    std::filesystem::resize_file(w.dir / where, std::uintmax_t{1} << 30);
}

} // namespace

SCENARIO("a configuration that is a bomb is refused before it does harm") {
  const std::string kilobyte(1024, 'x');
  const bomb bombs[] = {
    {"aliases under a known key", std::string{bomb_world::good} + "checks:\n", laughs(""), 1, {}},
    {"aliases as a list of texts", "agent:\n  type: command\n  flags:\n", laughs("  "), 1, {}},
    {"an alias of itself", "agent: &a\n  type: command\n  flags: *a\n  session: *a\n", {}, 1, {}},
    {"an alias thrown many times", "agent: {type: &t command}\nchecks: [", "*t, ", 100'000, "*t]\n"},
    {"100,000 brackets under a known key", "agent: {type: command, flags: ", "[", 100'000, {}},
    {"100,000 braces", "agent: ", "{", 100'000, {}},
    {"100,000 levels by dashes", "checks:\n", "- ", 100'000, "x\n"},
    {"100,000 question marks", {}, "? ", 100'000, "\n"},
    {"a key of a megabyte", {}, kilobyte, 1024, ": 1\n"},
    {"a text of 900 KB under a known key", "agent:\n  type: command\n  command: ", kilobyte, 900, "\n"},
    {"anchors without end", {}, "- &a x\n", 50'000, {}},
    {"a merge of merges", "agent: &a {<<: *a, type: command}\n", {}, 1, {}},
    {"one gigabyte of nothing", {}, {}, 0, {}},
    {"64 MiB of one text", "agent: {command: ", kilobyte, 65'536, {}},
  };
  bomb_world w;
  auto usual = w.run("HYAKKI_PROGRAM", {"status"});
  INFO(usual.said);
  REQUIRE(usual.code == 0);
  for (auto& b : bombs) {
    std::cerr << "configuration, " << b.name << ":\n";
    INFO(b.name);
    lay(w, "hyakki.yaml", b);
    auto seen = w.run("HYAKKI_PROGRAM", {"status"});
    compare(usual, seen);
    CHECK(seen.code == 2);
    CHECK(seen.said.size() > 20);
    CHECK(seen.said.size() < 20'000);
  }
}

SCENARIO("a ticket that is a bomb is refused, and the others are read") {
  auto head = std::string{"id: BAD-1\nstatus: open\npriority: medium\n"};
  const bomb bombs[] = {
    {"aliases under a known key", head + "title: x\nlabels:\n", laughs(""), 1, {}},
    {"aliases in the comments", head + "title: x\ncomments:\n", laughs(""), 1, {}},
    {"100,000 brackets under a known key", head + "title: x\nlabels: ", "[", 100'000, {}},
    {"100,000 levels by dashes", head + "title: x\ncomments:\n", "- ", 100'000, "x\n"},
    {"one gigabyte of nothing", {}, {}, 0, {}},
    {"64 MiB of one text", head + "title: ", std::string(1024, 'x'), 65'536, "\n"},
  };
  bomb_world w;
  auto usual = w.run("HYAKKI_ENGINE", {"run", "--dry-run"});
  INFO(usual.said);
  REQUIRE(usual.code == 0);
  for (auto& b : bombs) {
    std::cerr << "ticket, " << b.name << ":\n";
    INFO(b.name);
    lay(w, "project/.tickets/open/BAD-1.yaml", b);
    auto seen = w.run("HYAKKI_ENGINE", {"run", "--dry-run"});
    compare(usual, seen);
    CHECK(seen.said.find("GOOD-1") != std::string::npos);
  }
}
