#include "cli/tickets/leases.hpp"

#include "cli/tickets/json.hpp"
#include "cli/tickets/print.hpp"
#include "cli/tickets/session.hpp"
#include "tickets/json_text.hpp"
#include "tickets/local_time.hpp"
#include "tickets/vcs.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <sys/file.h>
#include <unistd.h>

namespace hyakki::ticket_cli {
namespace {

constexpr std::size_t most_bytes = 1u << 20;

constexpr int patience_ms = 30'000;

} // namespace

result<claims_file> claims_file::open(const std::string& root, bool alone) {
  auto git = tickets::git_common_directory(root);
  auto folder = tickets::directory::open(git.empty() ? root + "/.tickets" : git);
  if (!folder)
    return folder.error();
  for (int waited = 0; alone && ::flock(folder->fd(), LOCK_EX | LOCK_NB) != 0; waited += 5) {
    if ((errno != EWOULDBLOCK && errno != EINTR) || waited >= patience_ms)
      return {ec::unavailable,
              "the claims of " + root + " cannot be changed now: " + std::strerror(errno) + ". Try again"};
    ::usleep(5000);
  }
  return claims_file{std::move(*folder), git.empty() ? ".claims.json" : "hyakki-claims.json"};
}

result<std::vector<lease>> claims_file::leases(wall_ms now) const {
  auto out = std::vector<lease>{};
  auto bytes = folder_.read(name_, most_bytes);
  if (!bytes)
    return bytes.error() == ec::not_found ? result<std::vector<lease>>{out} : result<std::vector<lease>>{bytes.error()};
  auto read = tickets::read_json(*bytes);
  auto claims = read ? read->find("claims") : nullptr;
  if (claims == nullptr)
    return {ec::rejected, folder_.path() + "/" + name_ + " is no list of claims; remove it, and every claim is free"};
  for (auto& item : claims->items) {
    auto text = [&](const char* key) { return item.find(key) == nullptr ? std::string{} : item.find(key)->text; };
    auto l = lease{};
    l.ticket = text("ticket");
    l.holder = text("holder");
    l.since_ms = tickets::whole_number(text("since_ms")).value_or(0);
    l.until_ms = tickets::whole_number(text("until_ms")).value_or(0);
    l.until = tickets::local_time_text(l.until_ms).substr(0, 16);
    std::replace(l.until.begin(), l.until.end(), 'T', ' ');
    if (l.until_ms > now && !l.ticket.empty())
      out.push_back(std::move(l));
  }
  return out;
}

result<void> claims_file::save(std::vector<lease> leases) const {
  std::sort(leases.begin(), leases.end(), [](auto& a, auto& b) { return a.ticket < b.ticket; });
  auto claims = json::array();
  for (auto& l : leases)
    claims.push_back({{"ticket", l.ticket}, {"holder", l.holder}, {"since_ms", l.since_ms}, {"until_ms", l.until_ms}});
  auto text =
    json{{"schema", "hyakki.claims/1"}, {"claims", claims}}.dump(2, ' ', false, json::error_handler_t::replace);
  return folder_.write(name_, text + "\n", {});
}

bool is_idle(const lease& l, const tickets::ticket_store& store) {
  auto t = store.load<tickets::ticket>(l.ticket);
  return t ? tickets::is_over(t->status) : t.error() == ec::not_found;
}

namespace {

result<void> end_idle(const std::string& root, const tickets::ticket_store& store) {
  auto idle = [&](const lease& l) { return is_idle(l, store); };
  auto seen = claims_file::open(root, false);
  auto claimed = seen ? seen->leases(0) : result<std::vector<lease>>{seen.error()};
  if (!claimed)
    return claimed.error();
  if (std::none_of(claimed->begin(), claimed->end(), idle))
    return {};
  auto file = claims_file::open(root, true);
  auto leases = file ? file->leases(0) : result<std::vector<lease>>{file.error()};
  if (!leases)
    return leases.error();
  leases->erase(std::remove_if(leases->begin(), leases->end(), idle), leases->end());
  return file->save(*leases);
}

} // namespace

void end_idle_claims(const session& at) {
  if (auto ended = end_idle(at.root(), at.store()); !ended)
    remark("the tickets are changed, but claims on them could not be ended: " + ended.error().text);
}

} // namespace hyakki::ticket_cli
