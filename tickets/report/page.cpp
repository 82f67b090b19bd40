#include "tickets/report/page.hpp"

#include "core/digest.hpp"
#include "tickets/report/figures.hpp"
#include "tickets/report/page_parts.hpp"

namespace hyakki::tickets {
namespace {

struct chapter {
  const char* id;
  const char* name;
  bool (*there)(const report&);
};
constexpr chapter chapters[] = {
  {"overview", "Overview", [](const report&) { return true; }},
  {"risk", "Risk", [](const report& r) { return r.total != 0; }},
  {"flow", "Flow", [](const report& r) { return r.total != 0; }},
  {"work", "Work", [](const report& r) { return r.total != 0; }},
  {"plan", "Planning", [](const report&) { return true; }},
  {"quality", "Quality", [](const report& r) { return r.total != 0; }},
  {"agents", "Agents", [](const report&) { return true; }},
  {"time", "Time", [](const report& r) { return r.total != 0; }},
  {"activity", "Activity", [](const report& r) { return !r.activity.empty(); }},
  {"tickets", "Tickets", [](const report& r) { return r.total != 0; }},
};

/// 'sha256-…' of a text that the page brings.
std::string source_of(std::string_view text) {
  static constexpr char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  auto hex = sha256_hex(text);
  auto out = std::string{"'sha256-"};
  unsigned bits = 0;
  int held = 0;
  for (char c : hex) {
    bits = bits << 4U | static_cast<unsigned>(c <= '9' ? c - '0' : c - 'a' + 10);
    held += 4;
    if (held >= 6) {
      held -= 6;
      out += digits[(bits >> static_cast<unsigned>(held)) & 63U];
    }
  }
  if (held != 0)
    out += digits[(bits << static_cast<unsigned>(6 - held)) & 63U];
  return out + "='"; // 32 bytes end in one sign of padding
}

/// "21 November 2026, 12:00"
std::string long_time(wall_ms at) {
  static constexpr const char* months[] = {"January", "February", "March",     "April",   "May",      "June",
                                           "July",    "August",   "September", "October", "November", "December"};
  auto text = local_time_text(at);
  auto month = (text[5] - '0') * 10 + (text[6] - '0') - 1;
  return text.substr(text[8] == '0' ? 9 : 8, text[8] == '0' ? 1 : 2) + " " + months[month % 12] + " " +
         text.substr(0, 4) + ", " + text.substr(11, 5);
}

void draw_head(html& out, const report& r) {
  // No quote, angle bracket or ampersand is in a hash or in these words: they stand as they are.
  out << "<!doctype html>\n<html lang=en><head><meta charset=utf-8><meta http-equiv=Content-Security-Policy content=\"";
  out.own(
    "default-src 'none'; style-src " + source_of(page_style) + "; script-src " + source_of(page_head_script) + " " +
    source_of(page_script) +
    "; img-src data:; base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'");
  out
    << "\"><meta name=viewport content=\"width=device-width,initial-scale=1\"><meta name=referrer content=no-referrer>"
       "<meta name=color-scheme content=\"light dark\"><meta name=generator content=\"hyakki tickets\"><link rel=icon "
       "href=\"data:,\"><title>"
    << r.project << ": ticket report</title><style>";
  out.own(page_style);
  out << "</style><script>";
  out.own(page_head_script);
  out << "</script></head>\n<body><a class=skip href=\"#main\">Skip to the report</a>\n<svg class=unseen "
         "aria-hidden=true><defs><pattern id=hatch width=\"5\" height=\"5\" patternUnits=userSpaceOnUse "
         "patternTransform=\"rotate(45)\"><rect width=\"5\" height=\"5\"/><path d=\"M0 0V5\"/></pattern></defs></svg>"
         "<header class=top><div class=wrap>"
         "<div><p class=eyebrow>Ticket report</p><h1><bdi>"
      << r.project << "</bdi></h1><p class=meta><span><time datetime=\"" << local_time_text(r.at).substr(0, 19) << "\">"
      << long_time(r.at) << "</time></span>";
  if (!r.vcs.empty())
    out << "<span>" << r.vcs << "</span>";
  if (!r.branch.empty())
    out << "<span>branch <bdi>" << r.branch << "</bdi></span>";
  out << "<span>" << grouped{r.total} << (r.total == 1 ? std::string_view{" ticket"} : std::string_view{" tickets"})
      << "</span></p></div><div class=\"tools live\"><button class=btn type=button id=print>Print</button><button "
         "class=btn type=button id=theme aria-label=\"Switch between light and "
         "dark\">Dark</button></div></div></header>\n"
         "<nav aria-label=Sections><ul class=wrap>";
  for (auto& c : chapters)
    if (c.there(r))
      out << "<li><a href=\"#" << std::string_view{c.id} << "\">" << std::string_view{c.name} << "</a>";
  out << "</ul></nav>\n<main id=main class=wrap>\n";
}

void draw_welcome(html& out) {
  out << "<section id=overview aria-labelledby=h-overview><div class=\"card welcome\"><h2 id=h-overview>No tickets "
         "yet</h2>"
         "<p class=sub>This report fills itself from the files in <code>.tickets</code>. Three commands to begin "
         "with:</p><ol>"
         "<li><b>Write down the first piece of work</b><code>tickets create \"Fix the login\" -p high -l bug</code>"
         "<li><b>Say who does it, and that it has begun</b><code>tickets update FIX-1 -a ann -s in-progress</code>"
         "<li><b>Draw this page again</b><code>tickets report</code></ol></div></section>";
}

} // namespace

std::string report_page(const report& r, const page_options& options) {
  auto out = html{};
  out.reserve(96 * 1024 + std::min(r.tickets.size(), options.most_rows) * 420);
  draw_head(out, r);
  if (r.unreadable != 0)
    out << "<p class=empty role=note><b>" << grouped{r.unreadable}
        << (r.unreadable == 1 ? std::string_view{" file"} : std::string_view{" files"})
        << " could not be read</b> and is not counted here. <code>tickets list --all</code> names what is wrong.</p>";
  if (r.total == 0)
    draw_welcome(out);
  else {
    draw_overview(out, r);
    draw_risk(out, r);
    draw_flow(out, r);
    draw_work(out, r);
  }
  draw_plan(out, r);
  if (r.total != 0)
    draw_quality(out, r);
  draw_agents(out, r);
  if (r.total != 0) {
    draw_time(out, r);
    draw_activity(out, r);
    draw_list(out, r, options);
  }
  draw_method(out);
  out
    << "</main>\n<footer class=wrap>Drawn from the files of <code>.tickets</code> by <code>tickets report</code>. This "
       "page is one file and asks the network for nothing.</footer>\n<script>";
  out.own(page_script);
  out << "</script></body></html>\n";
  return out.take();
}

void ticket_link(html& out, const ticket_row& t) {
  if (is_anchor(t.id))
    out << "<a class=id href=\"#t-" << t.id << "\" title=\"" << t.title << "\">" << t.id << "</a>";
  else
    out << "<span class=id>" << t.id << "</span>";
}

bool is_anchor(std::string_view id) {
  return !id.empty() && id.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.") ==
                          std::string_view::npos;
}

void status_mark(html& out, std::size_t place, std::string_view word) {
  out << "<span class=\"mark s" << place << "\">" << word << "</span>";
}

} // namespace hyakki::tickets
