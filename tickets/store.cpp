#include "tickets/store.hpp"

#include "tickets/index_file.hpp"
#include "tickets/store_lock.hpp"
#include "tickets/text.hpp"

#include <algorithm>
#include <cerrno>
#include <map>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace hyakki::tickets {
namespace {

constexpr std::string_view suffix = ".yaml";
constexpr std::size_t most_index_bytes = 256u << 20;
constexpr auto index_name = "index.yaml";

bool ends_in_yaml(std::string_view name) {
  return name.size() > suffix.size() && name.substr(name.size() - suffix.size()) == suffix;
}

std::string file_name(std::string_view id) { return std::string{id} + std::string{suffix}; }

bool is_over(std::string_view status) { return status == "closed" || status == "cancelled"; }

} // namespace

result<std::string> ticket_id(std::string_view text) {
  auto out = std::string{text};
  for (auto& c : out)
    if (c >= 'a' && c <= 'z')
      c = static_cast<char>(c - 'a' + 'A');
  if (out.empty() || out.size() > 100 ||
      out.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-") != std::string::npos)
    return {ec::rejected,
            "tickets: '" + printable(text) + "' is no ticket id: letters A-Z, digits and '-', at most 100 of them"};
  return out;
}

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
  return {ec::bad_config, "tickets: there is no ticket directory " + inside +
                            "; make one with `tickets init` of repo-tickets, or with `mkdir -p " + inside + "/open " +
                            inside + "/closed`"};
}

std::string ticket_store::file_path(std::string_view id) const { return path_ + "/open/" + file_name(id); }

result<void>
ticket_store::each_open(const std::function<void(const std::string& id, result<std::string> bytes)>& take) const {
  auto root = directory::open(path_);
  if (!root)
    return root.error();
  auto folder = root->folder("open");
  if (!folder && folder.error() == ec::not_found)
    return {}; // git keeps no empty folders
  if (!folder)
    return folder.error();
  auto names = folder->names();
  if (!names)
    return names.error();
  names->erase(std::remove_if(names->begin(), names->end(), [](auto& n) { return !ends_in_yaml(n); }), names->end());
  std::sort(names->begin(), names->end());
  for (auto& name : *names) {
    auto stem = name.substr(0, name.size() - suffix.size());
    auto id = ticket_id(stem);
    if (!id || *id != stem) {
      take(stem, error{ec::rejected, "tickets: open/" + printable(name) + " is not named after a ticket id"});
      continue;
    }
    auto bytes = folder->read(name, most_file_bytes);
    if (!bytes && bytes.error() == ec::not_found)
      continue; // moved or removed since we looked
    take(stem, std::move(bytes));
  }
  return {};
}

result<ticket_file> ticket_store::load(const directory& root, const std::string& id) const {
  // Twice, because a ticket may move from closed/ to open/ while we look.
  for (auto where : {"open", "closed", "open"}) {
    auto folder = root.folder(where);
    if (!folder && folder.error() == ec::not_found)
      continue;
    if (!folder)
      return folder.error();
    auto bytes = folder->read(file_name(id), most_file_bytes);
    if (!bytes && bytes.error() == ec::not_found)
      continue;
    if (!bytes)
      return bytes.error();
    return ticket_file::read(std::move(*bytes), std::string{where} + "/" + file_name(id));
  }
  return {ec::not_found, "tickets: there is no ticket " + id + " in " + path_};
}

result<ticket_file> ticket_store::get(std::string_view id) const {
  auto known = ticket_id(id);
  if (!known)
    return known.error();
  auto root = directory::open(path_);
  if (!root)
    return root.error();
  return load(*root, *known);
}

result<void> ticket_store::edit(std::string_view text, const change& how) const {
  auto id = ticket_id(text);
  if (!id)
    return id.error();
  auto root = directory::open(path_);
  if (!root)
    return root.error();
  auto lock = store_lock::take(*root, options_.lock_wait_ms);
  if (!lock)
    return lock.error();
  if (!lock->left_behind().empty()) {
    repair(*root, lock->left_behind());
    if (auto done = lock->note({}); !done)
      return done;
  }
  auto file = load(*root, *id);
  if (!file)
    return file.error();
  auto wanted = how(*file);
  if (!wanted)
    return wanted.error();
  if (!*wanted)
    return {};
  if (auto done = lock->note(*id); !done)
    return done;
  if (auto done = put(*root, *id, *file); !done)
    return done;
  // The ticket is written; an index that cannot be is put right by the next writer, which finds our note.
  if (auto done = update_index(*root, *id); !done)
    return {};
  if (options_.on_step)
    options_.on_step("clear the note");
  return lock->note({});
}

result<void> ticket_store::put(const directory& root, const std::string& id, const ticket_file& file) const {
  bool over = is_over(file.text("status"));
  auto home = root.folder(over ? "closed" : "open", true);
  if (!home)
    return home.error();
  if (auto done = home->write(file_name(id), file.bytes(), options_.on_step); !done)
    return done;
  auto other = root.folder(over ? "open" : "closed");
  if (!other)
    return other.error() == ec::not_found ? result<void>{} : other.error();
  if (!other->has(file_name(id)))
    return {};
  return other->remove(file_name(id), options_.on_step);
}

result<void> ticket_store::update_index(const directory& root, const std::string& id) const {
  auto ticket = load(root, id);
  auto entry = ticket ? index_entry(id, *ticket) : std::string{};
  auto index = root.read(index_name, most_index_bytes);
  auto text = index ? with_entry(*index, id, entry) : std::optional<std::string>{};
  if (!text) {
    auto fresh = fresh_index(root);
    if (!fresh)
      return fresh.error();
    text = std::move(*fresh);
  }
  return root.write(index_name, *text, options_.on_step);
}

result<std::string> ticket_store::fresh_index(const directory& root) const {
  auto entries = std::map<std::string, std::string>{};
  for (auto where : {"open", "closed"}) {
    auto folder = root.folder(where);
    if (!folder)
      continue;
    auto names = folder->names();
    if (!names)
      return names.error();
    for (auto& name : *names) {
      auto id = ends_in_yaml(name) ? ticket_id(name.substr(0, name.size() - suffix.size())) : ticket_id({});
      if (!id || file_name(*id) != name || entries.count(*id) != 0)
        continue;
      auto bytes = folder->read(name, most_file_bytes);
      if (!bytes)
        continue;
      if (auto ticket = ticket_file::read(std::move(*bytes), name))
        entries[*id] = index_entry(*id, *ticket);
    }
  }
  auto out = std::string{};
  for (auto& [id, entry] : entries)
    out += entry;
  return out.empty() ? "{}\n" : out;
}

void ticket_store::repair(const directory& root, const std::string& text) const {
  auto id = ticket_id(text);
  if (!id)
    return;
  auto open = root.folder("open");
  auto closed = root.folder("closed");
  // A move that stopped half way: open/ counts, as for every reader, and whoever was moving it will ask again.
  if (open && closed && open->has(file_name(*id)) && closed->has(file_name(*id)))
    (void)closed->remove(file_name(*id), {});
  (void)update_index(root, *id);
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
