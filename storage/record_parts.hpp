#pragma once
// The groups of fields that a record is made of. Internal to storage/.
//
// `put` writes the fields of a group, `get` reads them and says whether they made sense.

#include "storage/record.hpp"
#include "storage/wire.hpp"

#include <string>
#include <utility>
#include <vector>

namespace hyakki::wire {

state state_of(reader& in);

void put_head(writer& w, const story_record& r);
bool get_head(std::string_view fields, story_record& r);
void put(writer& w, const evidence& e);
bool get(std::string_view fields, evidence& e);
void put(writer& w, const changed_file& f);
bool get(std::string_view fields, changed_file& f);
void put(writer& w, const remark& m);
bool get(std::string_view fields, remark& m);
void put(writer& w, const rework_round& r);
bool get(std::string_view fields, rework_round& r);
void put(writer& w, const trouble& t);
bool get(std::string_view fields, trouble& t);

/// Room for one more element; a list that is longer than we would write is nonsense.
template <class T>
bool room(const std::vector<T>& list) {
  return list.size() < codec::max_list;
}

/// Reads a group into a new element of a list.
template <class T>
void add(reader& in, std::vector<T>& list) {
  if (!room(list)) {
    in.bad = true;
    return;
  }
  T value;
  if (!get(in.bytes(), value))
    in.bad = true;
  else
    list.push_back(std::move(value));
}

void add(reader& in, std::vector<std::string>& list);

template <class T>
void into(reader& in, T& value) {
  if (!get(in.bytes(), value))
    in.bad = true;
}

} // namespace hyakki::wire
