#pragma once
// A report of records that a test makes, or of a store on disk.

#include "tests/tickets_report/many_tickets.hpp"
#include "tickets/report/collect.hpp"
#include "tickets/report/page.hpp"
#include "tickets/report/read_report.hpp"

#include <catch2/catch.hpp>

#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

namespace hyakki::test {

/// The time for which the fixture's expected values were made.
inline wall_ms report_time() { return *tickets::read_local_time("2026-11-20T12:00:00"); }

inline tickets::ticket_store store_at(const std::string& path) {
  auto store = tickets::ticket_store::open(path);
  INFO((store ? std::string{} : store.error().text));
  REQUIRE(store);
  return std::move(*store);
}

inline tickets::report report_at(const std::string& path, const std::string& project = "project") {
  auto made = tickets::read_report(store_at(path), project, "main", report_time());
  INFO((made ? std::string{} : made.error().text));
  REQUIRE(made);
  return std::move(*made);
}

class scratch {
public:
  scratch() {
    auto* base = std::getenv("TMPDIR");
    auto name = std::string{base ? base : "/tmp"} + "/hyakki-report-XXXXXX";
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    path = name;
  }
  scratch(const scratch&) = delete;
  scratch& operator=(const scratch&) = delete;
  ~scratch() {
    auto ignored = std::error_code{};
    std::filesystem::remove_all(path, ignored);
  }
  std::filesystem::path path;
};

/// The sample that repo-tickets itself wrote. Its times are local in UTC.
inline tickets::report sample_report() {
  auto here = scratch{};
  std::filesystem::copy(std::string{HYAKKI_FIXTURES} + "/tickets", here.path / ".tickets",
                        std::filesystem::copy_options::recursive);
  return report_at(here.path.string(), "repo-tickets-sample");
}

inline std::size_t occurrences(const std::string& text, const std::string& of) {
  std::size_t n = 0;
  for (auto at = text.find(of); at != std::string::npos; at = text.find(of, at + of.size()))
    ++n;
  return n;
}

} // namespace hyakki::test
