#pragma once
// The `.tickets` directory of a repository, in repo-tickets' layout, safe under many processes.
//
// Readers take no lock and see each file as a whole, before or after an edit. Writers take turns. A ticket lives
// in open/ or, when its status is closed or cancelled, in closed/; where both have it, open/ counts. Nothing is
// kept between calls but the path, so a checkout under our feet does no harm. Safe from any thread.
//
//   auto store = ticket_store::open(root);
//   auto t = store->load<ticket>("fix-1");
//   auto made = store->create(ticket{...});                                // id and times are filled in
//   auto done = store->change<ticket>("FIX-1", [](ticket& t) { t.status = "closed"; return result<bool>{true}; });
//   auto both = store->in_turn([&](turn& turn) -> result<void> { ... several records, all or none ... });
//
// Kinds are ticket, epic, backlog_item, agent, agent_task and workflow. Errors: `not_found`; `rejected` for a name that
// is no id, a file that cannot be read or a record that breaks a rule; `unavailable` when the lock or the disk does not
// answer; `bad_config` when the directory is not there or not ours to write.

#include "core/clock.hpp"
#include "core/error.hpp"
#include "tickets/directory.hpp"
#include "tickets/model/agent.hpp"
#include "tickets/model/backlog_item.hpp"
#include "tickets/model/epic.hpp"
#include "tickets/model/settings.hpp"
#include "tickets/model/ticket.hpp"
#include "tickets/model/workflow.hpp"
#include "tickets/ticket_file.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace hyakki::tickets {

class turn;

/// What an edit may cost must not grow with the number of tickets: an index.yaml beyond this is written by
/// `rebuild_index` alone.
inline constexpr std::size_t most_index_bytes = 1u << 20;

struct store_options {
  std::int64_t lock_wait_ms = 30'000;
  step_hook on_step;           ///< tests only
  const clock* time = nullptr; ///< for created_at and updated_at; none = the machine's. Outlives the store.
};

/// The id as it is stored: upper case. `rejected` for what is none ([A-Z0-9-], at most 100).
result<std::string> ticket_id(std::string_view text);

class ticket_store {
public:
  /// `path` has a .tickets, or is one. `bad_config` says how to make one.
  static result<ticket_store> open(const std::string& path, store_options options = {});
  /// Makes the directory in the folder `root`, with its empty folders, config.yaml and index. `conflict` when there is
  /// one, unless `replace`: then everything in it is removed first.
  static result<ticket_store> init(const std::string& root, bool replace = false, store_options options = {});

  /// The .tickets directory.
  const std::string& path() const { return path_; }
  /// Where a ticket lies when it is in open/.
  std::string file_path(std::string_view id) const;

  /// One record; where none has exactly that id, the one that has it in upper case. Its id is the name of its file,
  /// whatever the file says.
  template <class T>
  result<T> load(std::string_view id) const;
  /// Every record of a kind in order of name, read as it comes; what cannot be read comes as an error. A ticket that
  /// both folders have comes once. Memory: one record at a time.
  template <class T>
  result<void> each(const std::function<void(const std::string& id, result<T> record)>& take) const;
  /// All that can be read; the texts of the other files' errors go to `unreadable`, when it is given.
  template <class T>
  result<std::vector<T>> all(std::vector<std::string>* unreadable = nullptr) const;

  /// Stores a new record under an id that it gives it (`draft.id` is ignored), with created_at and updated_at when
  /// they are empty; answers the record as stored.
  template <class T>
  result<T> create(T draft) const;
  /// Reads, changes and writes one record in one turn. `how` answers whether there is anything to write. updated_at is
  /// set unless `how` did.
  template <class T>
  result<void> change(std::string_view id, const std::function<result<bool>(T&)>& how) const;
  /// Removes a record. Other records that name it are not touched.
  template <class T>
  result<void> remove(std::string_view id) const;
  /// Runs `work` while nobody else writes. What it puts is written when it has ended well, all of it or nothing: a
  /// process that dies in between is finished by the next writer. `work` must not call the store's own writers.
  result<void> in_turn(const std::function<result<void>(turn&)>& work) const;

  /// The small files; what is not there has its initial values.
  result<store_config> config() const;
  result<void> save_config(const store_config& what) const;
  result<own_settings> settings() const;
  result<void> save_settings(const own_settings& what) const;
  result<std::vector<learning_profile>> profiles() const;
  result<void> save_profiles(const std::vector<learning_profile>& what) const;
  result<std::vector<schema_version>> schema_versions() const;
  result<void> save_schema_versions(const std::vector<schema_version>& what) const;

  /// Writes index.yaml anew from the files; answers how many entries it has. Files that cannot be read are left out,
  /// their errors go to `unreadable`.
  result<std::size_t> rebuild_index(std::vector<std::string>* unreadable = nullptr) const;

  /// One ticket as its file; `not_found`, or `rejected` when its file cannot be read.
  result<ticket_file> get(std::string_view id) const;

  /// Reads, changes and writes a ticket's file in one turn. `change` answers whether there is anything to write.
  using file_edit = std::function<result<bool>(ticket_file&)>;
  result<void> edit(std::string_view id, const file_edit& how) const;

  /// Can we read and write here?
  result<void> probe() const;

private:
  friend class turn;
  ticket_store(std::string path, store_options options) : path_(std::move(path)), options_(std::move(options)) {}
  wall_ms now() const;
  result<void> save_file(const char* folder, std::string_view name, const std::string& bytes) const;

  std::string path_;
  store_options options_;
};

} // namespace hyakki::tickets
