#include "tickets/report/read_report.hpp"

#include "tickets/report/collect.hpp"
#include "tickets/report/shown_text.hpp"

#include <sys/stat.h>

namespace hyakki::tickets {
namespace {

template <class T>
result<void> take(const ticket_store& store, report_collector& into, std::size_t& unread,
                  std::vector<std::string>* texts) {
  return store.each<T>([&](const std::string&, result<T> record) {
    if (record)
      return into.add(*record);
    ++unread;
    if (texts)
      texts->push_back(record.error().text);
  });
}

/// As repo-tickets looks: jj before git before hg.
std::string vcs_beside(const std::string& store) {
  for (auto* name : {"jj", "git", "hg"}) {
    struct stat found {};
    if (::stat((store + "/../." + name).c_str(), &found) == 0)
      return name;
  }
  return {};
}

} // namespace

result<report> read_report(const ticket_store& store, const std::string& project, const std::string& branch,
                           wall_ms now, std::vector<std::string>* unreadable) {
  auto collector = report_collector{now};
  std::size_t unread = 0;
  for (auto* part : {take<ticket>, take<epic>, take<backlog_item>, take<agent>, take<agent_task>})
    if (auto done = part(store, collector, unread, unreadable); !done)
      return with_context(done.error(), "the report was not made");
  auto out = std::move(collector).finish();
  out.project = shown_text(project, 80);
  if (out.project.empty())
    out.project = "Tickets";
  out.branch = shown_text(branch, 80);
  out.vcs = vcs_beside(store.path());
  out.unreadable = unread;
  return out;
}

} // namespace hyakki::tickets
