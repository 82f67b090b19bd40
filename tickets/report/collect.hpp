#pragma once
// From records to a report, one record at a time: memory is a row a ticket, whatever the tickets hold.
//
// Pure: no files, no clock but the time that is handed in. `add` in any order, then `finish` once.

#include "tickets/model/agent.hpp"
#include "tickets/model/backlog_item.hpp"
#include "tickets/model/epic.hpp"
#include "tickets/model/ticket.hpp"
#include "tickets/report/report.hpp"

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace hyakki::tickets {

class report_collector {
public:
  explicit report_collector(wall_ms now);

  void add(const ticket& t);
  void add(const epic& e);
  void add(const backlog_item& b);
  void add(const agent& a);
  void add(const agent_task& t);

  /// The report; names of the project are the caller's to fill in. The collector is empty after it.
  report finish() &&;

private:
  struct epic_part {
    epic_row row;
    wall_ms start = 0, target = 0;
    bool active = false;
    std::vector<std::string> tickets;
  };
  struct item_part {
    backlog_row row;
    bool waits = false, cancelled = false, done = false;
    std::size_t lacking = 0;
    std::string sprint, sprint_name, ticket;
    wall_ms created = 0, updated = 0;
  };

  std::uint32_t person(std::string_view name);
  void count_quality(const ticket& t);
  void count_time(const ticket& t, std::size_t at);
  void note_activity(const ticket& t, std::size_t at);
  void keep(activity_row row);
  void bring_in_order();
  void count_people();
  void count_labels();
  void plan();
  void count_backlog();

  wall_ms now_;
  report out_;
  std::unordered_map<std::string, std::uint32_t> people_;
  std::unordered_map<std::string, std::size_t> labels_;
  std::unordered_map<std::string, double> kinds_;
  std::vector<overrun> overruns_;
  std::vector<epic_part> epics_;
  std::vector<item_part> items_;
  std::array<double, 26> week_hours_{};
};

} // namespace hyakki::tickets
