#include "tickets/commit.hpp"

#include "tickets/index_file.hpp"
#include "tickets/kinds.hpp"
#include "tickets/store.hpp"

#include <map>

#include <fcntl.h>

namespace hyakki::tickets {
namespace {

// A missing index is made only where there are few tickets.
constexpr std::size_t few_tickets = 1000;
/// From so many entries on, one reading of all files is cheaper than one of the index for each.
constexpr std::size_t many_entries = 100;
constexpr auto yaml = ".yaml";

result<void> apply(const directory& root, const file_change& change, const step_hook& on_step) {
  auto folder = root.folder(change.folder.c_str(), change.bytes.has_value());
  if (!folder)
    return folder.error() == ec::not_found ? result<void>{} : folder.error();
  if (change.bytes)
    return folder->write(change.name, *change.bytes, on_step);
  if (change.folder == "open" || change.folder == "closed")
    keep_folder(*folder);
  return folder->remove(change.name, on_step);
}

result<void> apply_all(const directory& root, const turn_note& note, const step_hook& on_step) {
  for (auto& change : note.changes)
    if (auto done = apply(root, change, on_step); !done)
      return done;
  return {};
}

std::string entry_of(const directory& root, const std::string& id) {
  auto file = find_file(root, {"open", "closed", "open"}, id + yaml);
  auto ticket = file ? ticket_file::read(std::move(file->bytes), file->name) : result<ticket_file>{file.error()};
  return ticket ? index_entry(id, *ticket) : std::string{};
}

bool few(const directory& root) {
  std::size_t n = 0;
  for (auto* where : {"open", "closed"})
    if (auto folder = root.folder(where); folder && n <= few_tickets)
      n += folder->count(few_tickets + 3);
  return n <= few_tickets;
}

result<void> update_index(const directory& root, const std::vector<std::string>& ids, const step_hook& on_step) {
  if (ids.empty())
    return {};
  auto index = root.read(index_name, most_index_bytes);
  if (!index && index.error() != ec::not_found)
    return {};
  auto text = index ? std::optional<std::string>{*index} : std::nullopt;
  auto many = text && ids.size() >= many_entries;
  if (!many)
    for (auto& id : ids)
      if (text)
        text = with_entry(*text, id, entry_of(root, id));
  if (!text || many) {
    if (!text && !few(root))
      return {};
    auto fresh = index_from_files(root);
    if (!fresh)
      return fresh.error();
    text = std::move(fresh->text);
  }
  if (index && *index == *text)
    return {};
  return root.write_lightly(index_name, *text, on_step);
}

} // namespace

void keep_folder(const directory& folder) {
  if (!folder.has(".gitkeep"))
    descriptor{::openat(folder.fd(), ".gitkeep", O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666)};
}

result<found_file> find_file(const directory& root, std::initializer_list<const char*> folders,
                             const std::string& name) {
  for (auto* where : folders) {
    auto folder = root.folder(where);
    if (!folder && folder.error() == ec::not_found)
      continue;
    if (!folder)
      return folder.error();
    auto bytes = folder->read(name, most_file_bytes);
    if (!bytes && bytes.error() == ec::not_found)
      continue;
    if (!bytes)
      return bytes.error();
    return found_file{std::string{where} + "/" + name, std::move(*bytes)};
  }
  return {ec::not_found, "tickets: there is no " + name + " in " + root.path()};
}

result<fresh_index> index_from_files(const directory& root) {
  auto out = fresh_index{};
  auto entries = std::map<std::string, std::string>{};
  for (auto where : {"open", "closed"}) {
    auto folder = root.folder(where);
    if (!folder)
      continue;
    auto names = folder->names();
    if (!names)
      return names.error();
    for (auto& name : *names) {
      auto stem = std::string{stem_of(name, yaml)};
      auto id = ticket_id(stem);
      if (!id || *id != stem || entries.count(stem) != 0)
        continue;
      auto bytes = folder->read(name, most_file_bytes);
      auto ticket = bytes ? ticket_file::read(std::move(*bytes), std::string{where} + "/" + name)
                          : result<ticket_file>{bytes.error()};
      if (ticket)
        entries[stem] = index_entry(stem, *ticket);
      else
        out.unreadable.push_back(ticket.error().text);
    }
  }
  for (auto& [id, entry] : entries)
    out.text += entry;
  out.entries = entries.size();
  if (out.text.empty())
    out.text = "{}\n";
  return out;
}

result<void> recover(const directory& root, store_lock& lock) {
  if (lock.left_behind().empty())
    return {};
  if (auto note = read_note(lock.left_behind())) {
    if (auto done = apply_all(root, *note, {}); !done)
      return with_context(done.error(), "finishing what another process left half done");
    (void)update_index(root, note->tickets, {}); // the index is put right by whoever writes that ticket next
  }
  // On disk: after a power cut an old note would undo what was written since.
  return lock.note({}, true);
}

result<void> commit(const directory& root, store_lock& lock, const turn_note& note, const step_hook& on_step) {
  if (note.empty())
    return {};
  // One file is replaced as a whole anyway: only its entry in the index needs to be known.
  bool several = note.changes.size() > 1;
  auto text = several ? note_text(note) : note_text({{}, note.tickets});
  if (on_step)
    on_step("note");
  if (auto done = lock.note(text, several); !done)
    return done;
  if (auto done = apply_all(root, note, on_step); !done) {
    auto why = done.error();
    if (several) // part of it may be done already, and the note stands
      why.text += ". What is left of this change is noted: the next command that writes does it first";
    return why;
  }
  // The files are written; an index that cannot be is put right by the next writer, which finds our note.
  if (auto done = update_index(root, note.tickets, on_step); !done)
    return {};
  if (on_step)
    on_step("clear the note");
  return lock.note({}, several); // a note that is on disk goes from there: it would undo what is written later
}

} // namespace hyakki::tickets
