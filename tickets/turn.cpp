#include "tickets/turn.hpp"

#include "tickets/commit.hpp"
#include "tickets/id_numbers.hpp"
#include "tickets/ids.hpp"
#include "tickets/local_time.hpp"
#include "tickets/record_text.hpp"

#include <algorithm>

namespace hyakki::tickets {
namespace {

template <class T>
std::string file_name(const std::string& id) {
  return id + std::string{kind_of<T>::row().suffix};
}

/// How ids of a kind begin, and which folders they must be free in.
template <class T>
struct naming;
template <>
struct naming<ticket> {
  static std::string prefix(const ticket& t) { return id_prefix(t.title, 8, "TICKET"); }
};
template <>
struct naming<epic> {
  static std::string prefix(const epic& e) { return id_prefix(e.title, 8, "EPIC"); }
};
template <>
struct naming<backlog_item> {
  static std::string prefix(const backlog_item& b) { return id_prefix(b.title, 6, "BL"); }
};

constexpr int most_tries = 100;

std::string place_of(std::string_view folder, std::string_view name) {
  return std::string{folder} + "/" + std::string{name};
}

} // namespace

turn::turn(const ticket_store& store, const directory& root)
  : store_(store), root_(root), time_(local_time_text(store.now())) {}

result<std::string> turn::bytes(const char* folder, const std::string& name) const {
  if (auto mine = latest_.find(place_of(folder, name)); mine != latest_.end()) {
    auto& change = note_.changes[mine->second];
    return change.bytes ? result<std::string>{*change.bytes} : result<std::string>{ec::not_found, {}};
  }
  auto found = find_file(root_, {folder}, name);
  return found ? result<std::string>{std::move(found->bytes)} : result<std::string>{found.error()};
}

void turn::write(const char* folder, const std::string& name, std::string bytes) {
  noted({folder, name, std::move(bytes)});
}

void turn::drop(const char* folder, const std::string& name) { noted({folder, name, std::nullopt}); }

void turn::noted(file_change change) {
  latest_[place_of(change.folder, change.name)] = note_.changes.size();
  note_.changes.push_back(std::move(change));
}

bool turn::taken(std::initializer_list<const char*> folders, const std::string& name) const {
  return std::any_of(folders.begin(), folders.end(), [&](const char* where) {
    if (!where)
      return false;
    if (latest_.count(place_of(where, name)) != 0)
      return true;
    auto folder = root_.folder(where);
    return folder && folder->has(name);
  });
}

template <class T>
result<std::string> turn::fresh_id(const T& draft) {
  auto& row = kind_of<T>::row();
  auto free = [&](const std::string& id) { return !taken({row.folders[0], row.folders[1]}, file_name<T>(id)); };
  auto none = [&]() -> result<std::string> {
    return {ec::conflict, "tickets: no free id was found for this " + std::string{row.noun}};
  };
  if constexpr (std::is_same_v<T, agent_task> || std::is_same_v<T, workflow>) {
    auto prefix = std::string{std::is_same_v<T, workflow> ? "WF-" : ""};
    for (int i = 0; i < most_tries; ++i)
      if (auto id = prefix + random_task_id(); free(id))
        return id;
    return none();
  } else if constexpr (std::is_same_v<T, agent>) {
    auto stem = agent_id_stem(draft.name);
    if (free(stem))
      return stem;
    for (int i = 1; i < 1'000'000; ++i)
      if (auto id = stem + "-" + std::to_string(i); free(id))
        return id;
    return none();
  } else {
    auto prefix = naming<T>::prefix(draft);
    auto settings = store_.settings();
    if (!settings)
      return settings.error();
    if (settings->id_style == "hash") {
      for (int i = 0; i < most_tries; ++i)
        if (auto id = prefix + "-" + random_ticket_part(); free(id))
          return id;
      return none();
    }
    auto numbers = id_numbers{root_, row.folders};
    for (bool anew : {false, true}) {
      auto last = numbers.highest(prefix, anew);
      if (!last)
        return last.error();
      for (std::uint64_t i = 1; i <= most_tries; ++i)
        if (auto id = prefix + "-" + std::to_string(*last + i); free(id)) {
          numbers.given(id);
          return id;
        }
    }
    return none();
  }
}

template <class T>
result<T> turn::load(std::string_view text) const {
  auto& row = kind_of<T>::row();
  auto id = known_id(text, row.upper, row.noun);
  if (!id)
    return id.error();
  auto name = file_name<T>(*id);
  for (auto* where : row.folders) {
    if (!where)
      continue;
    auto found = bytes(where, name);
    if (!found && found.error() == ec::not_found)
      continue;
    if (!found)
      return found.error();
    auto out = record_of<T>(*found, std::string{where} + "/" + name);
    if (out)
      out->id = *id;
    return out;
  }
  if (auto raised = raised_id(*id); raised != *id)
    return load<T>(raised);
  return {ec::not_found, "tickets: there is no " + std::string{row.noun} + " " + *id + " in " + store_.path()};
}

template <class T>
result<void> turn::each(const std::function<void(const std::string& id, result<T> record)>& take) const {
  return store_.each<T>(take);
}

template <class T>
result<void> turn::put_as(T what, bool fresh) {
  auto& row = kind_of<T>::row();
  auto id = known_id(what.id, row.upper, row.noun);
  if (!id)
    return id.error();
  what.id = *id;
  if (auto good = check(what); !good)
    return error{good.error().code, "tickets: " + what.id + ": " + good.error().text};
  auto name = file_name<T>(*id);
  auto* home = row.folders[row.home(what)];
  auto* other = row.folders[1] ? row.folders[1 - row.home(what)] : nullptr;
  auto here = bytes(home, name);
  auto there = other ? bytes(other, name) : result<std::string>{ec::not_found, {}};
  for (auto* r : {&here, &there})
    if (!*r && r->error() != ec::not_found)
      return r->error();
  // open/ counts where both have it.
  auto& old = here && (home == row.folders[0] || !there) ? here : there;
  auto text = std::string{};
  if (old && !fresh) {
    if (row.updated_at) {
      auto was = record_of<T>(*old, std::string{home} + "/" + name);
      if (was)
        was->id = *id;
      if (was && *row.updated_at(*was) == *row.updated_at(what) && row.write(*was) != row.write(what))
        *row.updated_at(what) = time_;
    }
    text = changed_bytes(*old, what);
  } else {
    text = bytes_of(what);
  }
  if (text.size() > most_file_bytes)
    return {ec::over_budget, "tickets: " + what.id + " would become larger than 1 MiB; nothing was written"};
  if (here && *here == text && !there)
    return {};
  write(home, name, std::move(text));
  if (there)
    drop(other, name);
  if constexpr (std::is_same_v<T, ticket>)
    note_.tickets.push_back(*id);
  return {};
}

template <class T>
result<void> turn::put(T what) {
  return put_as(std::move(what), false);
}

template <class T>
result<T> turn::create(T draft) {
  auto& row = kind_of<T>::row();
  auto id = fresh_id(draft);
  if (!id)
    return id.error();
  draft.id = std::move(*id);
  if constexpr (std::is_same_v<T, workflow>)
    name_steps(draft);
  if (row.created_at(draft)->empty())
    *row.created_at(draft) = time_;
  if (row.updated_at && row.updated_at(draft)->empty())
    *row.updated_at(draft) = time_;
  if (auto done = put_as(draft, true); !done)
    return done.error();
  return draft;
}

template <class T>
result<void> turn::remove(std::string_view text) {
  auto& row = kind_of<T>::row();
  auto id = known_id(text, row.upper, row.noun);
  if (!id)
    return id.error();
  auto name = file_name<T>(*id);
  bool any = false;
  for (auto* where : row.folders)
    if (where && taken({where}, name)) {
      drop(where, name);
      any = true;
    }
  if (!any)
    return {ec::not_found, "tickets: there is no " + std::string{row.noun} + " " + *id + " in " + store_.path()};
  if constexpr (std::is_same_v<T, ticket>)
    note_.tickets.push_back(*id);
  if (row.as == format::yaml)
    id_numbers{root_, row.folders}.removed(*id);
  return {};
}

result<std::string> turn::put_file(const std::string& folder, const std::string& name, std::string bytes) {
  auto& row = kind_of<ticket>::row();
  bool is_ticket = folder == row.folders[0] || folder == row.folders[1];
  if (folder != "." && bytes.size() > most_file_bytes)
    return {ec::over_budget,
            "tickets: " + folder + "/" + name + " would become larger than 1 MiB; nothing was written"};
  auto home = folder;
  if (is_ticket) {
    auto record = record_of<ticket>(bytes, folder + "/" + name);
    if (!record)
      return record.error();
    home = row.folders[row.home(*record)];
    if (auto* other = row.folders[1 - row.home(*record)]; taken({other}, name))
      drop(other, name);
    note_.tickets.emplace_back(stem_of(name, row.suffix));
  }
  auto here = this->bytes(home.c_str(), name);
  if (!here || *here != bytes)
    write(home.c_str(), name, std::move(bytes));
  return home;
}

void turn::remove_file(const std::string& folder, const std::string& name) {
  auto& row = kind_of<ticket>::row();
  bool is_ticket = folder == row.folders[0] || folder == row.folders[1];
  for (auto* where : {is_ticket ? row.folders[0] : folder.c_str(), is_ticket ? row.folders[1] : nullptr})
    if (where && taken({where}, name))
      drop(where, name);
  if (is_ticket)
    note_.tickets.emplace_back(stem_of(name, row.suffix));
}

#define HYAKKI_KIND(T)                                                                                                 \
  template result<T> turn::load<T>(std::string_view) const;                                                            \
  template result<void> turn::each<T>(const std::function<void(const std::string&, result<T>)>&) const;                \
  template result<T> turn::create<T>(T);                                                                               \
  template result<void> turn::put<T>(T);                                                                               \
  template result<void> turn::remove<T>(std::string_view);
HYAKKI_KIND(ticket)
HYAKKI_KIND(epic)
HYAKKI_KIND(backlog_item)
HYAKKI_KIND(agent)
HYAKKI_KIND(agent_task)
HYAKKI_KIND(workflow)
#undef HYAKKI_KIND

} // namespace hyakki::tickets
