#include "tickets/store.hpp"

#include "tickets/commit.hpp"
#include "tickets/kinds.hpp"
#include "tickets/store_lock.hpp"
#include "tickets/text.hpp"
#include "tickets/turn.hpp"

#include <algorithm>
#include <cerrno>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace hyakki::tickets {
namespace {

constexpr std::string_view suffix = ".yaml";

std::string file_name(std::string_view id) { return std::string{id} + std::string{suffix}; }

} // namespace

result<std::string> ticket_id(std::string_view text) { return known_id(text, true, "ticket"); }

result<ticket_store> ticket_store::open(const std::string& path, store_options options) {
  auto base = path;
  while (base.size() > 1 && base.back() == '/')
    base.pop_back();
  if (base.empty() || base.find('\0') != std::string::npos)
    return {ec::bad_config, "tickets: the path of the ticket directory is empty or not a path"};
  constexpr std::string_view own = "/.tickets";
  bool named =
    base == ".tickets" || (base.size() > own.size() && base.compare(base.size() - own.size(), own.size(), own) == 0);
  auto inside = named ? base : base + std::string{own};
  auto found = directory::open(inside);
  if (found)
    return ticket_store{inside, std::move(options)};
  if (found.error() != ec::not_found)
    return found.error();
  return {ec::bad_config, "tickets: there is no ticket directory " + inside + "; make one with `hyakki tickets init`"};
}

std::string ticket_store::file_path(std::string_view id) const { return path_ + "/open/" + file_name(id); }

result<ticket_file> ticket_store::get(std::string_view text) const {
  auto id = ticket_id(text);
  if (!id)
    return id.error();
  auto root = directory::open(path_);
  if (!root)
    return root.error();
  // Twice, because a ticket may move from closed/ to open/ while we look.
  auto found = find_file(*root, {"open", "closed", "open"}, file_name(*id));
  if (!found && found.error() == ec::not_found)
    return {ec::not_found, "tickets: there is no ticket " + *id + " in " + path_};
  if (!found)
    return found.error();
  return ticket_file::read(std::move(found->bytes), found->name);
}

result<void> ticket_store::edit(std::string_view text, const file_edit& how) const {
  auto id = ticket_id(text);
  if (!id)
    return id.error();
  return in_turn([&](turn& turn) -> result<void> {
    auto file = get(*id);
    if (!file)
      return file.error();
    auto wanted = how(*file);
    if (!wanted)
      return wanted.error();
    if (!*wanted)
      return {};
    bool over = is_over(file->text("status"));
    turn.write(over ? "closed" : "open", file_name(*id), file->bytes());
    if (auto* other = over ? "open" : "closed"; turn.taken({other}, file_name(*id)))
      turn.drop(other, file_name(*id));
    turn.note_.tickets.push_back(*id);
    return {};
  });
}

result<void> ticket_store::in_turn(const std::function<result<void>(turn&)>& work) const {
  auto root = directory::open(path_);
  if (!root)
    return root.error();
  auto lock = store_lock::take(*root, options_.lock_wait_ms);
  if (!lock)
    return lock.error();
  if (auto done = recover(*root, *lock); !done)
    return done;
  auto mine = turn{*this, *root};
  if (auto done = work(mine); !done)
    return done;
  return commit(*root, *lock, mine.note_, options_.on_step);
}

result<void> ticket_store::probe() const {
  auto root = directory::open(path_);
  if (!root)
    return root.error();
  for (auto name : {".", "open", "closed"})
    if (::faccessat(root->fd(), name, R_OK | W_OK | X_OK, 0) != 0 && errno != ENOENT)
      return {ec::bad_config, "tickets: " + path_ + "/" + name +
                                " cannot be read and written by this user; change its owner or its mode"};
  for (auto name : {"open", "closed"})
    if (auto folder = root->folder(name); !folder && folder.error() != ec::not_found)
      return folder.error();
  auto lock = store_lock::take(*root, options_.lock_wait_ms);
  return lock ? result<void>{} : result<void>{lock.error()};
}

} // namespace hyakki::tickets
