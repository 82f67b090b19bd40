#include "cli/tickets/session.hpp"

#include "cli/tickets/print.hpp"
#include "tickets/catalog.hpp"
#include "tickets/local_time.hpp"
#include "tickets/text.hpp"

#include <algorithm>
#include <cstdlib>
#include <filesystem>

namespace hyakki::ticket_cli {

result<wall_ms> command_time() {
  auto given = std::getenv("HYAKKI_TICKETS_NOW");
  if (given == nullptr || *given == '\0')
    return system_clock{}.now();
  auto read = tickets::read_local_time(given);
  if (!read)
    return {ec::bad_config, std::string{"HYAKKI_TICKETS_NOW is \""} + given +
                              "\"; it must be a local time such as 2026-11-20T12:00:00, or not be set"};
  return *read;
}

result<tickets::repository> repository_around(const std::string& directory) {
  std::error_code code;
  auto at = std::filesystem::absolute(directory.empty() ? "." : directory, code).lexically_normal();
  if (code || !std::filesystem::is_directory(at, code))
    return {ec::rejected, "there is no directory \"" + directory + "\""};
  if (auto found = tickets::find_repository(at.string()))
    return *found;
  return {ec::rejected,
          "not in a repository: neither " + at.string() +
            " nor a directory above it has .git, .hg or .jj. Go into one, name it with -C, or make one with "
            "\"git init\""};
}

result<session> session::open(const call& asked) {
  auto now = command_time();
  if (!now)
    return now.error();
  auto repository = repository_around(asked.directory());
  if (!repository)
    return repository.error();
  auto time = std::make_unique<manual_clock>(*now);
  auto options = tickets::store_options{};
  options.time = time.get();
  auto store = tickets::ticket_store::open(repository->root, options);
  if (!store)
    return store.error();
  return session{std::move(*repository), std::move(time), std::move(*store)};
}

std::string session::now() const { return tickets::local_time_text(now_ms()); }

result<std::vector<tickets::ticket>> session::brief_tickets() const {
  auto all = tickets::catalog::open(store());
  if (!all)
    return all.error();
  remark_unreadable(all->unreadable());
  auto out = std::vector<tickets::ticket>{};
  out.reserve(all->tickets().size());
  for (auto& t : all->tickets())
    out.push_back(tickets::brief(t));
  std::sort(out.begin(), out.end(), [](auto& a, auto& b) { return a.id < b.id; });
  return out;
}

result<std::vector<tickets::ticket>> session::measured_tickets() const {
  auto all = tickets::catalog::open(store());
  if (!all)
    return all.error();
  auto unreadable = all->unreadable();
  auto out = std::vector<tickets::ticket>{};
  out.reserve(all->tickets().size());
  for (auto& t : all->tickets()) {
    if (t[tickets::summary_field::requirements].empty()) {
      out.push_back(tickets::brief(t));
    } else if (auto whole = load<tickets::ticket>(std::string{t.id()}); whole) {
      out.push_back(std::move(*whole));
    } else if (whole.error() != ec::not_found) {
      unreadable.push_back(whole.error().text);
    }
  }
  remark_unreadable(unreadable);
  return out;
}

void session::remark_unreadable(const std::vector<std::string>& unreadable) {
  for (auto& text : unreadable)
    remark("left out: " + tickets::without_name(text));
}

tickets::vcs_user session::me() const {
  auto user = tickets::user_of(repository_);
  if (!user.name.empty())
    return user;
  auto login = std::getenv("USER");
  user.name = login != nullptr && *login != '\0' ? login : "unknown";
  return user;
}

} // namespace hyakki::ticket_cli
