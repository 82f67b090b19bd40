// Searching ten thousand tickets, beside reading the bytes of each file.

#include "tests/bench/bench.hpp"
#include "tests/bench/ticket_store.hpp"
#include "tests/support/ticket_text.hpp"

#include "adapters/trackers/tickets.hpp"

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

using namespace hyakki;
using namespace hyakki::bench;

int main(int argc, char** argv) {
  bool small = is_small(argc, argv);
  std::size_t count = small ? 200 : 10'000;
  std::size_t rounds = small ? 1 : 7;
  auto base = std::getenv("TMPDIR");
  auto name = std::string{base ? base : "/tmp"} + "/hyakki-bench-XXXXXX";
  if (::mkdtemp(name.data()) == nullptr)
    return 1;
  auto folder = name + "/.tickets/open";
  std::filesystem::create_directories(folder);
  std::filesystem::create_directories(name + "/.tickets/closed");
  auto write = [&](bool all) {
    for (std::size_t i = 0; i < count; ++i) {
      auto id = "BENCH-" + std::to_string(i);
      auto labels =
        all || i % 100 == 0 ? std::vector<std::string>{"bug", "ai-pipeline"} : std::vector<std::string>{"bug"};
      std::ofstream{folder + "/" + id + ".yaml"}
        << test::ticket_text(id, "Fix the login of number " + std::to_string(i), labels);
    }
  };
  auto config = tracker_config{};
  config.path = name;
  auto clock = system_clock{};
  auto tracker = make_tickets_tracker(config, clock);
  std::size_t expected = 0;
  bool good = true;
  auto ours = [&] {
    return seconds([&] {
             auto found = tracker->search();
             good = good && found && found->stories.size() == expected;
           }) *
           1000;
  };
  auto limit = [&] { return seconds([&] { good = read_all(name) > 0 && good; }) * 1000; };
  write(false);
  expected = count / 100;
  print(with_goal(interleaved("tickets.search_one_percent_wanted", "ms", rounds, ours, limit), 2.0, true));
  write(true);
  expected = count;
  print(interleaved("tickets.search_all_wanted", "ms", rounds, ours, limit));
  std::size_t n = 0;
  auto label = [&] {
    return seconds([&] {
             auto i = std::to_string(++n);
             good = tracker->label("BENCH-7", {{"l" + i}, {"l" + std::to_string(n - 1)}}).ok() && good;
           }) *
           1000;
  };
  (void)label(); // writes the index anew once
  auto times = std::vector<double>{};
  for (std::size_t i = 0; i < (small ? 3u : 20u); ++i)
    times.push_back(label());
  print(alone("tickets.label_one", "ms", median(times), times.size()));
  auto ignored = std::error_code{};
  std::filesystem::remove_all(name, ignored);
  if (!good)
    std::fputs("tickets benchmark: an answer was wrong\n", stderr);
  return good ? 0 : 1;
}
