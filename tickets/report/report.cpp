#include "tickets/report/report.hpp"

#include "tickets/report/figures.hpp"

namespace hyakki::tickets {
namespace {

template <class A, class B>
double part(A some, B all) {
  return percent_of(static_cast<double>(some), static_cast<double>(all));
}

} // namespace

double epic_row::percent() const { return part(done, tickets); }
double sprint_row::percent() const { return part(done, items); }
double quality_view::coverage() const { return part(covered, requirements); }
double quality_view::pass_rate() const { return part(passing, scenarios); }
double quality_view::verification_rate() const { return part(verified, results); }
double quality_view::acceptance_rate() const { return part(accepted, specified); }
double report::completion() const { return part(with_status(3), total); }

std::optional<double> agent_row::success() const {
  if (completed + failed <= 0)
    return std::nullopt;
  return part(completed, completed + failed);
}

} // namespace hyakki::tickets
