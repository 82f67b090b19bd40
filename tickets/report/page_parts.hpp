#pragma once
// The parts of the page, each of which draws one section from the report. Inner header.

#include "tickets/report/html.hpp"
#include "tickets/report/page.hpp"
#include "tickets/report/report.hpp"

#include <string_view>

namespace hyakki::tickets {

extern const std::string_view page_style;
extern const std::string_view page_head_script;
extern const std::string_view page_script;

void draw_overview(html& out, const report& r);
void draw_risk(html& out, const report& r);
void draw_flow(html& out, const report& r);
void draw_work(html& out, const report& r);
void draw_plan(html& out, const report& r);
void draw_quality(html& out, const report& r);
void draw_agents(html& out, const report& r);
void draw_time(html& out, const report& r);
void draw_activity(html& out, const report& r);
void draw_list(html& out, const report& r, const page_options& options);
void draw_method(html& out);

/// A link to a ticket's row in the list.
void ticket_link(html& out, const ticket_row& t);
/// Whether an id can be an anchor: letters, digits, dash, underscore, dot.
bool is_anchor(std::string_view id);
/// A status with its mark.
void status_mark(html& out, std::size_t place, std::string_view word);

} // namespace hyakki::tickets
