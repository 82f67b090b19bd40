// P15, P16, P17: ticket commands as whole processes on stores of several sizes, beside the bare work on the same files
// in the same run: a stat of each, a read of each, ripgrep (grep where there is none). HYAKKI_SOAK=2 adds a store of a
// million tickets for what must not depend on the size.
//
// The cache of the files is warm: each side went over all of them before it is measured.

#include "tests/bench/child_cost.hpp"
#include "tests/bench/ticket_store.hpp"
#include "tests/support/scratch_dir.hpp"
#include "tests/support/soak.hpp"

#include <array>

using namespace hyakki;
using namespace hyakki::bench;

namespace {

std::string program;

/// A store of `count` tickets and the commands on it.
class tickets_of {
public:
  explicit tickets_of(std::size_t count) : name_{" at " + std::to_string(count)} {
    make_tickets(dir_.path(), count);
    list();
  }

  child_cost command(std::vector<std::string> words) {
    words.insert(words.begin(), {program, "tickets"});
    words.insert(words.end(), {"-C", dir_.path()});
    auto cost = run_command(std::move(words));
    peak_ = std::max(peak_, cost.peak_mb);
    return cost;
  }
  double list() { return command({"list"}).ms; }
  double search() { return command({"search", "login"}).ms; }
  double show() { return command({"show", "T7-1"}).ms; }
  double create() { return command({"create", "Paint it"}).ms; }
  double update() { return command({"update", "T7-1", "-t", "Paint it number " + std::to_string(++turn_)}).ms; }
  double report() { return command({"report", "-o", dir_ / "report.html"}).ms; }
  void forget_index() { std::filesystem::remove_all(dir_ / ".git/hyakki-tickets"); }

  double stat_each() {
    return seconds([&] { stat_all(dir_.path()); }) * 1000;
  }
  double read_each() {
    return seconds([&] { read_all(dir_.path()); }) * 1000;
  }
  double grep() {
    auto tool = with_ripgrep() ? std::vector<std::string>{"rg", "-l", "-i"} : std::vector<std::string>{"grep", "-rli"};
    tool.insert(tool.end(), {"login", dir_ / ".tickets/open", dir_ / ".tickets/closed"});
    return run_command(std::move(tool), 1).ms;
  }
  static bool with_ripgrep() {
    static const bool there = std::system("command -v rg >/dev/null 2>&1") == 0; // a benchmark's own question
    return there;
  }

  const std::string& name() const { return name_; }
  double peak() const { return peak_; }

private:
  test::scratch_dir dir_;
  std::string name_;
  double peak_ = 0;
  int turn_ = 0;
};

void whole_store(tickets_of& at, std::size_t rounds) {
  auto tool = std::string{tickets_of::with_ripgrep() ? "ripgrep" : "grep"};
  print(with_goal(interleaved(
                    "P15 tickets list, index" + at.name() + ", beside a stat of each file", "ms", rounds,
                    [&] { return at.list(); }, [&] { return at.stat_each(); }),
                  1.3, true));
  print(with_goal(interleaved(
                    "P16 tickets search, index" + at.name() + ", beside " + tool, "ms", rounds,
                    [&] { return at.search(); }, [&] { return at.grep(); }),
                  0.5, true));
  auto anew = [&](auto&& what) {
    at.forget_index();
    return what();
  };
  print(with_goal(interleaved(
                    "P15 tickets list, index made anew" + at.name() + ", beside a read of each file", "ms", rounds,
                    [&] { return anew([&] { return at.list(); }); }, [&] { return at.read_each(); }),
                  1.3, true));
  print(with_goal(interleaved(
                    "P16 tickets search, index made anew" + at.name() + ", beside " + tool, "ms", rounds,
                    [&] { return anew([&] { return at.search(); }); }, [&] { return at.grep(); }),
                  1.1, true));
  print(alone("tickets, memory at the most" + at.name(), "MB", at.peak()));
}

/// What must not depend on the size, beside the same on a hundred tickets.
void one_ticket(tickets_of& at, tickets_of& few, std::size_t rounds) {
  const std::pair<const char*, double (tickets_of::*)()> ways[] = {
    {"show", &tickets_of::show}, {"create", &tickets_of::create}, {"update", &tickets_of::update}};
  for (auto& [name, way] : ways) {
    (at.*way)(); // counters, and the place in the index
    (few.*way)();
    auto f = interleaved(
      std::string{"P17 tickets "} + name + at.name() + ", beside the same at 100", "ms", rounds,
      [&, w = way] { return (at.*w)(); }, [&, w = way] { return (few.*w)(); });
    print(with_goal(f, 1.2, true));
    print(with_goal(alone(std::string{"P17 tickets "} + name + at.name(), "ms", f.ours, rounds), 4, true));
  }
}

} // namespace

int main(int argc, char** argv) {
  bool small = is_small(argc, argv);
  auto* given = std::getenv("HYAKKI_PROGRAM");
  if (given == nullptr)
    return std::fputs("HYAKKI_PROGRAM names the program to measure\n", stderr), 2;
  program = given;
  const std::size_t rounds = small ? 1 : 9;
  tickets_of few{100};
  auto sizes = small ? std::vector<std::size_t>{200} : std::vector<std::size_t>{1'000, 10'000, 100'000};
  for (auto size : sizes) {
    tickets_of at{size};
    whole_store(at, rounds);
    one_ticket(at, few, rounds * 3);
    if (size == 10'000)
      print(with_goal(alone("tickets report" + at.name(), "ms", at.report()), 1000, true));
  }
  if (test::soak() > 1) {
    tickets_of at{1'000'000};
    one_ticket(at, few, rounds * 3);
  }
  return 0;
}
