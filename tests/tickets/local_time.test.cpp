#include "tickets/local_time.hpp"

#include <catch2/catch.hpp>

#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <string>
#include <thread>

using namespace hyakki;
using namespace hyakki::tickets;

SCENARIO("times are local and read in every form that Python writes") {
  auto at = wall_ms{1'790'000'000'123};
  CHECK(read_local_time(local_time_text(at)) == at);
  CHECK(local_time_text(at).size() == 26);
  CHECK(local_time_text(at - 123).size() == 19);
  CHECK(read_local_time(local_time_text(at - 123)) == at - 123);
  CHECK(read_local_time("1970-01-02T00:00:00+00:00") == 86'400'000);
  CHECK(read_local_time("1970-01-02 01:00:00.5+01:00") == 86'400'500);
  CHECK(read_local_time("1970-01-01T00:00:00Z") == 0);
  CHECK(read_local_time("2026-11-21").value() == read_local_time("2026-11-21T00:00").value());
  for (auto bad : {"", "yesterday", "2026-13-01", "2026-11-21T25:00:00", "2026-11-21T10:00:00x", "2026-11-21T10:00:00.",
                   "2026-02-30", "2026-02-29", "1900-02-29", "2026-04-31T00:00:00", "2026-01-00", "0000-01-01"}) {
    INFO(bad);
    CHECK(!read_local_time(bad));
  }
  for (auto day : {"2028-02-29", "2000-02-29T12:00:00", "2026-12-31"})
    CHECK(read_local_time(day));
}

SCENARIO("times are those that the library gives, also around every change of the clocks") {
  // Rules and not names: the machine may know no zones.
  auto zone = GENERATE("UTC0", "CET-1CEST,M3.5.0,M10.5.0/3", "<-03>3<-02>,M10.3.0/0,M2.3.0/0", // changes at midnight
                       "<+1030>-10:30<+11>-11,M10.1.0,M4.1.0", "<+0545>-5:45", "<+14>-14", "<-12>12",
                       "NST3:30NDT,M3.2.0/0:01,M11.1.0/0:01");
  GIVEN(std::string{zone}) {
    std::string before = std::getenv("TZ") != nullptr ? std::getenv("TZ") : "";
    std::string differs;
    // What is remembered of days is remembered by a thread.
    std::thread{[&] {
      ::setenv("TZ", zone, 1);
      ::tzset();
      for (int hour = 0; hour < 3 * 366 * 24 && differs.empty(); ++hour) {
        std::tm parts{};
        parts.tm_year = 124;
        parts.tm_mday = 1 + hour / 24;
        parts.tm_hour = hour % 24;
        parts.tm_min = hour * 7 % 60;
        auto tidy = parts;
        ::timegm(&tidy);
        char text[32];
        std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &tidy);
        tidy.tm_isdst = -1;
        if (read_local_time(text) != static_cast<wall_ms>(std::mktime(&tidy)) * 1000)
          differs = text;
      }
    }}.join();
    before.empty() ? ::unsetenv("TZ") : ::setenv("TZ", before.c_str(), 1);
    ::tzset();
    CHECK(differs == "");
  }
}
