#pragma once
// What one writer sees and does while it is its turn.
//
// Reads show what this turn has put; nothing is on disk before the turn ends. Lives as long as the call of
// `ticket_store::in_turn` that made it, on that thread.

#include "tickets/journal.hpp"
#include "tickets/store.hpp"

#include <map>

namespace hyakki::tickets {

class turn {
public:
  /// As `ticket_store::load`.
  template <class T>
  result<T> load(std::string_view id) const;
  /// As `ticket_store::each`, but that what this turn has put is not among them.
  template <class T>
  result<void> each(const std::function<void(const std::string& id, result<T> record)>& take) const;
  /// As `ticket_store::create`.
  template <class T>
  result<T> create(T draft);
  /// Writes a record that was loaded. updated_at is set when something changed and the caller did not set it. A
  /// ticket whose status says so moves to its other folder.
  template <class T>
  result<void> put(T what);
  /// `not_found` when there is none.
  template <class T>
  result<void> remove(std::string_view id);

  /// Makes `bytes` the file of a record of that folder; a ticket's comes into open/ or closed/ as its status says, and
  /// out of the other. Answers the folder. For what merges files: nothing in them is changed, no time is set.
  result<std::string> put_file(const std::string& folder, const std::string& name, std::string bytes);
  /// Removes a record's file, wherever it is; none there is no failure.
  void remove_file(const std::string& folder, const std::string& name);

  /// The time of the turn, as files hold it.
  const std::string& time() const { return time_; }
  const ticket_store& store() const { return store_; }

private:
  friend class ticket_store;
  turn(const ticket_store& store, const directory& root);
  template <class T>
  result<void> put_as(T what, bool fresh);
  template <class T>
  result<std::string> fresh_id(const T& draft);
  bool taken(std::initializer_list<const char*> folders, const std::string& name) const;
  result<std::string> bytes(const char* folder, const std::string& name) const;
  void write(const char* folder, const std::string& name, std::string bytes);
  void drop(const char* folder, const std::string& name);
  void noted(file_change change);

  const ticket_store& store_;
  const directory& root_;
  std::string time_;
  turn_note note_;                                      ///< what is to be done at the end
  std::unordered_map<std::string, std::size_t> latest_; ///< by "folder/name": which change of the note counts
};

} // namespace hyakki::tickets
