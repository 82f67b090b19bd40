#include "tickets/report/chart.hpp"

#include <algorithm>
#include <cmath>

namespace hyakki::tickets {
namespace {

/// Percent of the width, two digits.
struct across {
  double value;
};
html& operator<<(html& out, across a) { return out << fixed{a.value, 2} << "%"; }

html& tone(html& out, const char* name) { return out << std::string_view{name}; }

struct scale {
  double top = 1;
  double step = 1;
};

/// A round number of steps over `most`, at most four.
scale scale_for(double most) {
  if (!(most > 0))
    return {1, 1};
  auto power = std::pow(10, std::floor(std::log10(most / 4)));
  for (auto factor : {1.0, 2.0, 5.0, 10.0}) {
    auto step = std::max(factor * power, 1.0);
    if (step * 4 >= most)
      return {std::ceil(most / step) * step, step};
  }
  return {most, most};
}

constexpr double head = 16, foot = 22; // pixels for the topmost label and for the names below
constexpr double gutter = 4;           // percent left of bars, for the numbers of the lines

/// A drawing area with lines across; `y` turns a value into pixels from the top.
struct plot {
  html& out;
  double height;
  scale s;
  double y(double value) const { return head + (height - head - foot) * (1 - value / s.top); }
  double base() const { return height - foot; }

  void open(std::string_view name, std::string_view title, std::string_view told) const {
    out << "<svg class=plot width=\"100%\" height=\"" << fixed{height, 0} << "\" role=img aria-labelledby=\"" << name
        << "-t " << name << "-d\"><title id=\"" << name << "-t\">" << title << "</title><desc id=\"" << name << "-d\">"
        << told << "</desc>";
  }
  /// Lines across, under the marks; their numbers come with `ticks`, over them.
  void lines() const {
    for (double v = 0; v <= s.top + s.step / 2; v += s.step) {
      out << "<line class=\"" << (v == 0 ? std::string_view{"axis"} : std::string_view{"rule"})
          << "\" x1=\"0\" x2=\"100%\" y1=\"" << fixed{y(v), 1} << "\" y2=\"" << fixed{y(v), 1} << "\"/>";
    }
  }
  void ticks() const {
    for (double v = s.step; v <= s.top + s.step / 2; v += s.step)
      out << "<text class=tick x=\"0\" y=\"" << fixed{y(v) - 4, 1} << "\">" << grouped{static_cast<std::uint64_t>(v)}
          << "</text>";
  }
  void bar(double x, double width, double value, const char* colour) const {
    auto top = y(value);
    out << "<rect class=\"";
    tone(out, colour) << "\" x=\"" << across{x} << "\" width=\"" << across{width} << "\" y=\"" << fixed{top, 1}
                      << "\" height=\"" << fixed{std::max(base() - top, 0.0), 1} << "\" rx=\"2\"/>";
  }
  void name(double x, std::string_view text, const char* anchor = "m") const {
    out << "<text class=\"name ";
    tone(out, anchor) << "\" x=\"" << across{x} << "\" y=\"" << fixed{height - 6, 0} << "\">" << text << "</text>";
  }
  /// An area for lines whose width follows the page: 0..100 across, pixels down.
  void open_lines() const {
    out << "<svg x=\"0\" y=\"0\" width=\"100%\" height=\"" << fixed{height, 0} << "\" viewBox=\"0 0 100 "
        << fixed{height, 0} << "\" preserveAspectRatio=none>";
  }
};

/// "21 Nov" of YYYY-MM-DD.
std::string short_day(const std::string& day) {
  static constexpr const char* months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                           "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  if (day.size() != 10)
    return day;
  auto month = (day[5] - '0') * 10 + (day[6] - '0');
  auto number = day.substr(day[8] == '0' ? 9 : 8);
  return month >= 1 && month <= 12 ? number + " " + months[month - 1] : day;
}

double total_of(const std::vector<slice>& parts) {
  double sum = 0;
  for (auto& p : parts)
    sum += static_cast<double>(p.count);
  return sum;
}

void rects(html& out, const std::vector<slice>& parts, double whole) {
  double x = 0;
  for (auto& p : parts) {
    if (p.count == 0 || whole <= 0)
      continue;
    auto width = static_cast<double>(p.count) * 100 / whole;
    out << "<rect class=\"";
    tone(out, p.tone) << "\" x=\"" << across{x} << "\" width=\"" << across{width} << "\" height=\"100%\"><title>"
                      << p.name << ": " << grouped{p.count} << "</title></rect>";
    x += width;
    // A gap of the page's colour tells neighbours apart without their colours.
    if (x < 99.9)
      out << "<rect class=gap x=\"" << across{x} << "\" width=\"2\" height=\"100%\"/>";
  }
}

} // namespace

const char* tone_of(double percent) { return percent >= 80 ? "good" : percent >= 50 ? "fair" : "poor"; }

void stacked_bar(html& out, std::string_view title, const std::vector<slice>& parts) {
  auto whole = total_of(parts);
  out << "<figure class=stack><svg width=\"100%\" height=\"14\" role=img aria-label=\"" << title;
  for (auto& p : parts)
    if (p.count != 0)
      out << ", " << p.name << " " << p.count;
  out << "\">";
  rects(out, parts, whole);
  out << "</svg><ul class=legend>";
  for (auto& p : parts) {
    if (p.count == 0)
      continue;
    out << "<li><svg class=key width=\"10\" height=\"10\" aria-hidden=true><rect class=\"";
    tone(out, p.tone) << "\" width=\"10\" height=\"10\" rx=\"2\"/></svg>" << p.name << " <b>" << grouped{p.count}
                      << "</b> <small>" << fixed{static_cast<double>(p.count) * 100 / whole, 0} << "%</small>";
  }
  out << "</ul></figure>";
}

void row_bar(html& out, const std::vector<slice>& parts, double whole) {
  out << "<svg class=rowbar width=\"100%\" height=\"10\" aria-hidden=true>";
  rects(out, parts, whole);
  out << "</svg>";
}

void meter(html& out, double percent, const char* colour) {
  out << "<svg class=rowbar width=\"100%\" height=\"8\" aria-hidden=true><rect class=track width=\"100%\" height=\"8\" "
         "rx=\"4\"/><rect class=\"";
  tone(out, colour) << "\" width=\"" << across{std::clamp(percent, 0.0, 100.0)} << "\" height=\"8\" rx=\"4\"/></svg>";
}

void week_bars(html& out, const std::vector<week>& weeks) {
  auto first = weeks.size() > 12 ? weeks.size() - 12 : 0;
  auto n = static_cast<double>(weeks.size() - first);
  std::size_t most = 0, made = 0, closed = 0;
  for (auto i = first; i < weeks.size(); ++i) {
    most = std::max({most, weeks[i].created, weeks[i].closed});
    made += weeks[i].created;
    closed += weeks[i].closed;
  }
  auto p = plot{out, 200, scale_for(static_cast<double>(most))};
  out << "<figure>";
  p.open("velocity", "Tickets made and closed a week",
         std::to_string(weeks.size() - first) + " weeks: " + std::to_string(made) + " made, " + std::to_string(closed) +
           " closed. The table below has every week.");
  p.lines();
  for (auto i = first; i < weeks.size(); ++i) {
    auto& w = weeks[i];
    auto slot = (100 - gutter) / n, x = gutter + static_cast<double>(i - first) * slot;
    out << "<g><title>Week from " << w.from << ": " << w.created << " made, " << w.closed << " closed</title>"
        << "<rect class=hover x=\"" << across{x} << "\" width=\"" << across{slot} << "\" y=\"0\" height=\"178\"/>";
    p.bar(x + slot * 0.16, slot * 0.31, static_cast<double>(w.created), "made");
    p.bar(x + slot * 0.53, slot * 0.31, static_cast<double>(w.closed), "s3");
    out << "</g>";
    if ((weeks.size() - 1 - i) % 3 == 0)
      p.name(x + slot / 2, short_day(w.from));
  }
  p.ticks();
  out
    << "</svg><ul class=legend><li><svg class=key width=\"10\" height=\"10\" aria-hidden=true><rect class=made "
       "x=\"1\" y=\"1\" width=\"8\" height=\"8\" rx=\"2\"/></svg>made <b>"
    << grouped{made}
    << "</b><li><svg class=key width=\"10\" height=\"10\" aria-hidden=true><rect class=s3 width=\"10\" height=\"10\" "
       "rx=\"2\"/></svg>closed <b>"
    << grouped{closed}
    << "</b></ul><details class=data><summary>Figures</summary><table><thead><tr><th scope=col>Week from<th scope=col "
       "class=n>Made<th scope=col class=n>Closed<th scope=col class=n>Open at its end<th scope=col class=n>Hours "
       "logged<tbody>";
  for (auto i = first; i < weeks.size(); ++i)
    out << "<tr><th scope=row>" << weeks[i].from << "<td class=n>" << grouped{weeks[i].created} << "<td class=n>"
        << grouped{weeks[i].closed} << "<td class=n>" << grouped{weeks[i].open_at_end} << "<td class=n>"
        << fixed{weeks[i].hours};
  out << "</table></details></figure>";
}

void open_line(html& out, const std::vector<week>& weeks) {
  std::size_t most = 0;
  for (auto& w : weeks)
    most = std::max(most, w.open_at_end);
  auto p = plot{out, 200, scale_for(static_cast<double>(most))};
  auto x = [&](std::size_t i) {
    return weeks.size() < 2 ? 100.0 : static_cast<double>(i) * 100 / static_cast<double>(weeks.size() - 1);
  };
  auto points = [&] {
    for (std::size_t i = 0; i < weeks.size(); ++i)
      out << fixed{x(i), 2} << "," << fixed{p.y(static_cast<double>(weeks[i].open_at_end)), 1} << " ";
  };
  out << "<figure>";
  p.open("open-line", "Open tickets at the end of each week",
         "From " + std::to_string(weeks.front().open_at_end) + " to " + std::to_string(weeks.back().open_at_end) +
           " in " + std::to_string(weeks.size()) + " weeks; at most " + std::to_string(most) + ".");
  p.lines();
  p.open_lines();
  out << "<polygon class=area points=\"0," << fixed{p.base(), 1} << " ";
  points();
  out << "100," << fixed{p.base(), 1} << "\"/><polyline class=trace points=\"";
  points();
  out << "\"/></svg><circle class=dot cx=\"100%\" cy=\"" << fixed{p.y(static_cast<double>(weeks.back().open_at_end)), 1}
      << "\" r=\"3.5\"/>";
  p.ticks();
  p.name(0, short_day(weeks.front().from), "s");
  p.name(100, "today", "e");
  out << "</svg></figure>";
}

void columns(html& out, std::string_view title, const share* buckets, std::size_t count, std::string_view noun) {
  std::size_t most = 0;
  for (std::size_t i = 0; i < count; ++i)
    most = std::max(most, buckets[i].count);
  out << "<table class=bars><caption class=unseen>" << title
      << "</caption><thead class=unseen><tr><th scope=col>Span<th "
      << "scope=col>Bar<th scope=col>" << noun << "<tbody>";
  for (std::size_t i = 0; i < count; ++i) {
    out << "<tr><th scope=row>" << buckets[i].name << "<td>";
    row_bar(out, {{buckets[i].name, buckets[i].count, "plain"}}, static_cast<double>(std::max<std::size_t>(most, 1)));
    out << "<td class=n>" << grouped{buckets[i].count};
  }
  out << "</table>";
}

void burndown_chart(html& out, const burndown& b, std::size_t nth) {
  double most = b.scope;
  for (auto v : b.left)
    most = std::max(most, v);
  auto p = plot{out, 170, scale_for(most)};
  auto span = static_cast<double>(std::max<std::size_t>(b.days, 1));
  auto x = [&](std::size_t day) { return static_cast<double>(day) * 100 / span; };
  auto left = b.left.empty() ? 0.0 : b.left.back();
  auto name = "burn-" + std::to_string(nth);
  auto number = [](double v) { return std::to_string(static_cast<std::int64_t>(v)); };
  out << "<figure>";
  p.open(name, "Burndown of " + b.title,
         number(left) + " of " + number(b.scope) + " " + b.unit + " left since " + b.from +
           (b.target.empty() ? std::string{} : "; due " + b.target) + ".");
  p.lines();
  p.open_lines();
  if (b.target_day != 0)
    out << "<line class=ideal x1=\"0\" y1=\"" << fixed{p.y(b.scope), 1} << "\" x2=\"" << fixed{x(b.target_day), 2}
        << "\" y2=\"" << fixed{p.y(0), 1} << "\"/>";
  out << "<polyline class=trace points=\"";
  for (std::size_t i = 0; i < b.left.size(); ++i) {
    // Steps: work leaves at once, not a little every hour.
    if (i != 0)
      out << fixed{x(i), 2} << "," << fixed{p.y(b.left[i - 1]), 1} << " ";
    out << fixed{x(i), 2} << "," << fixed{p.y(b.left[i]), 1} << " ";
  }
  out << "\"/></svg>";
  if (!b.left.empty())
    out << "<circle class=dot cx=\"" << across{x(b.left.size() - 1)} << "\" cy=\"" << fixed{p.y(left), 1}
        << "\" r=\"3.5\"/>";
  if (b.target_day != 0 && b.target_day <= b.days)
    out << "<line class=due x1=\"" << across{x(b.target_day)} << "\" x2=\"" << across{x(b.target_day)} << "\" y1=\""
        << fixed{head, 0} << "\" y2=\"" << fixed{p.base(), 0} << "\"/>";
  p.ticks();
  p.name(0, short_day(b.from), "s");
  p.name(100, b.to == b.target ? "due " + short_day(b.to) : "today", "e");
  out << "</svg></figure>";
}

} // namespace hyakki::tickets
