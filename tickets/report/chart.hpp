#pragma once
// Charts as inline SVG that keep their type size at every width: across in percent, down in pixels, no view box.
// Colours are classes of the page's style. Every chart has a title and a description, and its figures stand beside
// it as text or in a table that opens. Inner header.

#include "tickets/report/html.hpp"
#include "tickets/report/report.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace hyakki::tickets {

/// A part of a whole. `tone` names the colour: a literal of ours ("s2", "good").
struct slice {
  std::string name;
  std::size_t count = 0;
  const char* tone = "";
};

/// One bar divided into its parts, and a legend with the counts.
void stacked_bar(html& out, std::string_view title, const std::vector<slice>& parts);
/// The bar alone, for rows of a table: `whole` is its full width. Hidden from readers: the numbers stand beside it.
void row_bar(html& out, const std::vector<slice>& parts, double whole);

/// Made and closed tickets a week, side by side.
void week_bars(html& out, const std::vector<week>& weeks);
/// Open tickets at the end of each week.
void open_line(html& out, const std::vector<week>& weeks);
/// Columns with their counts above them.
void columns(html& out, std::string_view title, const share* buckets, std::size_t count, std::string_view noun);
/// What is left, against a straight way to the target; `nth` tells the charts of a page apart.
void burndown_chart(html& out, const burndown& b, std::size_t nth);

/// A bar filled to 0..100 percent. Hidden from readers: the number stands beside it.
void meter(html& out, double percent, const char* tone);
/// The tone of a rate that should be high: from 80 good, from 50 fair, else poor.
const char* tone_of(double percent);

} // namespace hyakki::tickets
