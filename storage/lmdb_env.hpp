#pragma once
// One LMDB file: opened, grown, synced and given up, for storage/lmdb_store.
//
// Full sync only. The map grows when it is full, by replaying the batch, and follows when another process grew it.
// Inside `read` and `write` a failed call throws lmdb_failure, which ends there as an error with a text for a person.
// Whoever is inside `read` must not enter this environment again.

#include "core/error.hpp"

#include <lmdb.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace hyakki {

/// A failed call inside a transaction. Never leaves lmdb_env.
struct lmdb_failure {
  int code;
  const char* call;
};

inline void must(int code, const char* call) {
  if (code != MDB_SUCCESS)
    throw lmdb_failure{code, call};
}

inline MDB_val to_val(std::string_view s) { return {s.size(), const_cast<char*>(s.data())}; }
inline std::string_view to_view(const MDB_val& v) { return {static_cast<const char*>(v.mv_data), v.mv_size}; }

/// A table inside a transaction. Views stay valid until the next write or the transaction's end.
struct lmdb_table {
  MDB_txn* txn;
  MDB_dbi dbi;

  bool get(std::string_view key, std::string_view& value) const;
  void put(std::string_view key, std::string_view value, unsigned flags = 0) const;
  void remove(std::string_view key) const; ///< absent is fine
  bool last_key(std::string_view& key) const;
  std::size_t size() const;
  /// From the first key >= `from`, in order, until `visit` says false.
  void scan(std::string_view from, const std::function<bool(std::string_view, std::string_view)>& visit) const;
};

/// What `work` sees: the tables that `prepare` opened, by their place.
struct lmdb_view {
  MDB_txn* txn;
  const std::vector<MDB_dbi>& tables;
  template <class E>
  lmdb_table operator[](E which) const {
    return {txn, tables[static_cast<std::size_t>(which)]};
  }
};

struct lmdb_env_options {
  std::string file;              ///< the data file; its lock file is `<file>-lock`
  std::uint64_t initial_map = 0; ///< bytes; 0 = what the file says
  std::uint64_t largest_map = 0;
  unsigned readers = 126;
  bool owner = false; ///< syncs the file before it builds upon it, and may prepare by writing
  /// Opens the tables, each time that the file is opened. May throw lmdb_failure.
  std::function<result<void>(MDB_txn*, std::vector<MDB_dbi>&)> prepare;
  /// Called once, when no later write can succeed.
  std::function<void(const std::string&)> on_give_up;
};

class lmdb_env {
public:
  static result<std::unique_ptr<lmdb_env>> open(const lmdb_env_options& options);
  ~lmdb_env();
  lmdb_env(const lmdb_env&) = delete;
  lmdb_env& operator=(const lmdb_env&) = delete;

  /// Runs `work` on one snapshot.
  result<void> read(const std::function<void(const lmdb_view&)>& work) const;

  /// Runs `work` and makes what it wrote durable. `work` may run again from the beginning, on a clean transaction.
  /// After a failure of the disk the environment is opened anew before the next write (no space), or refuses all
  /// further writes (anything else): what a failed sync has left behind is never built upon.
  result<void> write(const std::function<void(const lmdb_view&)>& work);

  std::uint64_t map_size() const;

private:
  explicit lmdb_env(lmdb_env_options options) : options_(std::move(options)) {}

  result<void> start();
  result<void> prepare();
  void stop();
  result<void> heal();
  result<void> grow();
  void follow() const;
  int attempt(const std::function<void(const lmdb_view&)>& work, const char*& call, bool& sync_failed);
  error explain(int code, const char* call, const char* doing) const;
  void check_readers() const;

  /// Held shared through every transaction, exclusively while the map changes. The gate keeps a stream of readers
  /// from starving whoever waits to change the map.
  class map_guard {
  public:
    std::shared_lock<std::shared_mutex> use() const {
      std::lock_guard gate{gate_};
      return std::shared_lock{map_};
    }
    template <class F>
    auto alone(F&& f) const {
      std::lock_guard gate{gate_};
      std::unique_lock map{map_};
      return f();
    }

  private:
    mutable std::mutex gate_;
    mutable std::shared_mutex map_;
  };

  enum class health : std::uint8_t { good, no_space, given_up };

  lmdb_env_options options_;
  MDB_env* env_ = nullptr;
  std::vector<MDB_dbi> tables_;
  map_guard map_;
  std::mutex writing_;
  health health_ = health::good; ///< guarded by writing_
  std::string gave_up_;          ///< why
  std::chrono::steady_clock::time_point readers_checked_{};
};

} // namespace hyakki
