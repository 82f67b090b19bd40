// Records of a store: one, all, made, changed, removed.

#include "tickets/commit.hpp"
#include "tickets/record_text.hpp"
#include "tickets/store.hpp"
#include "tickets/text.hpp"
#include "tickets/turn.hpp"

#include <algorithm>
#include <set>

namespace hyakki::tickets {
namespace {

template <class T>
std::string file_name(const std::string& id) {
  return id + std::string{kind_of<T>::row().suffix};
}

} // namespace

template <class T>
result<T> ticket_store::load(std::string_view text) const {
  auto& row = kind_of<T>::row();
  auto id = known_id(text, row.upper, row.noun);
  if (!id)
    return id.error();
  auto root = directory::open(path_);
  if (!root)
    return root.error();
  // The first folder twice, because a ticket may move there from the second while we look.
  auto found = row.folders[1] ? find_file(*root, {row.folders[0], row.folders[1], row.folders[0]}, file_name<T>(*id))
                              : find_file(*root, {row.folders[0]}, file_name<T>(*id));
  if (!found && found.error() == ec::not_found)
    if (auto raised = raised_id(*id); raised != *id)
      return load<T>(raised);
  if (!found && found.error() == ec::not_found)
    return {ec::not_found, "tickets: there is no " + std::string{row.noun} + " " + *id + " in " + path_};
  if (!found)
    return found.error();
  auto out = record_of<T>(found->bytes, found->name);
  if (out)
    out->id = *id;
  return out;
}

template <class T>
result<void> ticket_store::each(const std::function<void(const std::string&, result<T>)>& take) const {
  auto& row = kind_of<T>::row();
  auto root = directory::open(path_);
  if (!root)
    return root.error();
  struct place {
    std::string stem;
    const directory* folder;
    const char* where;
    bool operator<(const place& o) const { return stem < o.stem; }
  };
  auto folders = std::vector<directory>{};
  folders.reserve(row.folders.size());
  auto places = std::vector<place>{};
  auto seen = std::set<std::string>{};
  for (auto* where : row.folders) {
    auto folder = where ? root->folder(where) : result<directory>{ec::not_found, {}};
    if (!folder && folder.error() == ec::not_found)
      continue; // git keeps no empty folders
    if (!folder)
      return folder.error();
    auto names = folder->names();
    if (!names)
      return names.error();
    folders.push_back(std::move(*folder));
    for (auto& name : *names)
      if (auto stem = stem_of(name, row.suffix); !stem.empty())
        places.push_back({std::string{stem}, &folders.back(), where});
  }
  std::stable_sort(places.begin(), places.end());
  for (std::size_t i = 0; i < places.size(); ++i) {
    auto& p = places[i];
    if (i > 0 && places[i - 1].stem == p.stem)
      continue; // open/ counts
    auto name = std::string{p.where} + "/" + file_name<T>(p.stem);
    auto id = known_id(p.stem, row.upper, row.noun);
    if (!id || *id != p.stem) {
      take(p.stem, error{ec::rejected,
                         "tickets: " + printable(name) + " is not named after a " + std::string{row.noun} + " id"});
      continue;
    }
    auto bytes = p.folder->read(file_name<T>(p.stem), most_file_bytes);
    if (!bytes && bytes.error() == ec::not_found && row.folders[1]) {
      take(p.stem, load<T>(p.stem)); // moved since we looked
      continue;
    }
    if (!bytes && bytes.error() == ec::not_found)
      continue;
    auto record = bytes ? record_of<T>(*bytes, name) : result<T>{bytes.error()};
    if (record)
      record->id = p.stem;
    take(p.stem, std::move(record));
  }
  return {};
}

template <class T>
result<std::vector<T>> ticket_store::all(std::vector<std::string>* unreadable) const {
  auto out = std::vector<T>{};
  auto done = each<T>([&](const std::string&, result<T> record) {
    if (record)
      out.push_back(std::move(*record));
    else if (unreadable && record.error() != ec::not_found)
      unreadable->push_back(record.error().text);
  });
  if (!done)
    return done.error();
  return out;
}

template <class T>
result<T> ticket_store::create(T draft) const {
  auto out = result<T>{ec::not_found, {}};
  auto done = in_turn([&](turn& turn) -> result<void> {
    out = turn.create(std::move(draft));
    return out ? result<void>{} : result<void>{out.error()};
  });
  return done ? std::move(out) : result<T>{done.error()};
}

template <class T>
result<void> ticket_store::change(std::string_view id, const std::function<result<bool>(T&)>& how) const {
  return in_turn([&](turn& turn) -> result<void> {
    auto record = turn.load<T>(id);
    if (!record)
      return record.error();
    auto wanted = how(*record);
    if (!wanted)
      return wanted.error();
    return *wanted ? turn.put(std::move(*record)) : result<void>{};
  });
}

template <class T>
result<void> ticket_store::remove(std::string_view id) const {
  return in_turn([&](turn& turn) { return turn.remove<T>(id); });
}

#define HYAKKI_KIND(T)                                                                                                 \
  template result<T> ticket_store::load<T>(std::string_view) const;                                                    \
  template result<void> ticket_store::each<T>(const std::function<void(const std::string&, result<T>)>&) const;        \
  template result<std::vector<T>> ticket_store::all<T>(std::vector<std::string>*) const;                               \
  template result<T> ticket_store::create<T>(T) const;                                                                 \
  template result<void> ticket_store::change<T>(std::string_view, const std::function<result<bool>(T&)>&) const;       \
  template result<void> ticket_store::remove<T>(std::string_view) const;
HYAKKI_KIND(ticket)
HYAKKI_KIND(epic)
HYAKKI_KIND(backlog_item)
HYAKKI_KIND(agent)
HYAKKI_KIND(agent_task)
HYAKKI_KIND(workflow)
#undef HYAKKI_KIND

} // namespace hyakki::tickets
