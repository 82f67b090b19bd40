// The report of ten thousand tickets, beside reading the bytes of every file.

#include "tests/bench/bench.hpp"
#include "tests/tickets_report/many_tickets.hpp"

#include "tickets/report/page.hpp"
#include "tickets/report/read_report.hpp"
#include "tickets/report/report_file.hpp"

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include <sys/resource.h>

using namespace hyakki;
using namespace hyakki::bench;
namespace fs = std::filesystem;

namespace {

std::size_t read_all(const fs::path& store) {
  std::size_t total = 0;
  char buffer[65536];
  for (auto& entry : fs::recursive_directory_iterator{store}) {
    if (!entry.is_regular_file())
      continue;
    auto in = std::ifstream{entry.path(), std::ios::binary};
    while (in.read(buffer, sizeof buffer) || in.gcount() > 0)
      total += static_cast<std::size_t>(in.gcount());
  }
  return total;
}

double peak_mb() {
  auto usage = rusage{};
  ::getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1024;
}

} // namespace

int main(int argc, char** argv) {
  bool small = is_small(argc, argv);
  std::size_t count = small ? 200 : 10'000;
  std::size_t rounds = small ? 1 : 7;
  auto* base = std::getenv("TMPDIR");
  auto name = std::string{base ? base : "/tmp"} + "/hyakki-bench-XXXXXX";
  if (::mkdtemp(name.data()) == nullptr)
    return 1;
  auto now = wall_ms{1'790'000'000'000};
  test::write_many_tickets(name, count, now);
  bool good = true;
  auto ours = [&] {
    return seconds([&] {
             auto store = tickets::ticket_store::open(name);
             auto made =
               store ? tickets::read_report(*store, "bench", "main", now) : result<tickets::report>{store.error()};
             good = good && made && made->total == count && made->unreadable == 0 &&
                    tickets::write_whole_file(name + "/report.html", tickets::report_page(*made)).ok();
           }) *
           1000;
  };
  auto limit = [&] { return seconds([&] { good = read_all(name + "/.tickets") > 0 && good; }) * 1000; };
  (void)limit(); // warm
  auto whole = interleaved("tickets.report", "ms", rounds, ours, limit);
  print(whole);
  print(with_goal(alone("tickets.report_time", "ms", whole.ours, rounds), 1000, true));
  print(with_goal(alone("tickets.report_peak_memory", "MB", peak_mb()), 64, true));
  print(alone("tickets.report_file", "MB", static_cast<double>(fs::file_size(name + "/report.html")) / 1e6));
  auto ignored = std::error_code{};
  fs::remove_all(name, ignored);
  if (!good)
    std::fputs("report benchmark: an answer was wrong\n", stderr);
  return good ? 0 : 1;
}
