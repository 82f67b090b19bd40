#pragma once
// A report as one self-contained HTML file: no network, no script but its own, readable without that one.
//
// Pure. The page forbids by its own policy whatever it does not bring: style and script are named by their hashes.

#include "tickets/report/report.hpp"

#include <cstddef>
#include <string>

namespace hyakki::tickets {

struct page_options {
  bool open_only = false;         ///< the list shows open tickets only; the figures count all
  std::size_t most_rows = 10'000; ///< of the list: open tickets first, then those that were closed last
};

std::string report_page(const report& r, const page_options& options = {});

} // namespace hyakki::tickets
