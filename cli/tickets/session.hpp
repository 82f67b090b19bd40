#pragma once
// One command at work: the store that it found, the time that counts for all it does, and who the user is.
//
// Files that cannot be read are left out of lists and named on stderr; they never hide the others.

#include "cli/tickets/command.hpp"
#include "core/clock.hpp"
#include "core/error.hpp"
#include "tickets/ids.hpp"
#include "tickets/model/words.hpp"
#include "tickets/store.hpp"
#include "tickets/turn.hpp"
#include "tickets/vcs.hpp"

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace hyakki::ticket_cli {

/// HYAKKI_TICKETS_NOW when it is set (a time as the files hold it, for reproducible reports), else the clock.
result<wall_ms> command_time();

/// The repository around a directory (empty = the current one). `rejected` outside of any, with what to do.
result<tickets::repository> repository_around(const std::string& directory);

class session {
public:
  /// The repository around the directory of the call. Says how to make a store where there is none.
  static result<session> open(const call& asked);

  const tickets::ticket_store& store() const { return *store_; }
  const tickets::repository& repository() const { return repository_; }
  /// The folder that has the .tickets.
  const std::string& root() const { return repository_.root; }
  wall_ms now_ms() const { return clock_->now(); }
  /// The same as the files hold it.
  std::string now() const;

  /// Who works here, as version control knows them; never an empty name.
  tickets::vcs_user me() const;
  /// The branch that is checked out.
  std::string branch() const { return tickets::branch_of(repository_); }

  template <class T>
  result<T> load(const std::string& id) const {
    return store_->load<T>(id);
  }
  /// Every record that can be read; the others are named on stderr.
  template <class T>
  result<std::vector<T>> all() const {
    std::vector<std::string> unreadable;
    auto found = store_->all<T>(&unreadable);
    remark_unreadable(unreadable);
    return found;
  }
  /// Every ticket that can be read, by what lists show of it (`tickets::brief`), from the index where that is right; in
  /// order of id. The others are named on stderr.
  result<std::vector<tickets::ticket>> brief_tickets() const;
  /// The same, but those that have requirements, stories, results or scenarios are read in full; newest created first.
  result<std::vector<tickets::ticket>> measured_tickets() const;
  /// Changes one record and answers it as it is then.
  template <class T>
  result<T> change(const std::string& id, const std::function<result<bool>(T&)>& how) const {
    auto kept = T{};
    auto done = store_->in_turn([&](tickets::turn& turn) -> result<void> {
      auto record = turn.load<T>(id);
      if (!record)
        return record.error();
      auto changed = how(*record);
      if (!changed)
        return changed.error();
      if (*changed) {
        if (auto put = turn.put(*record); !put)
          return put;
        record = turn.load<T>(id); // with the time of the change
        if (!record)
          return record.error();
      }
      kept = std::move(*record);
      return {};
    });
    if (!done)
      return done.error();
    return kept;
  }
  /// Several records, all or none.
  result<void> in_turn(const std::function<result<void>(tickets::turn&)>& work) const { return store_->in_turn(work); }

  static void remark_unreadable(const std::vector<std::string>& unreadable);

private:
  session(tickets::repository repository, std::unique_ptr<clock> time, tickets::ticket_store store)
    : repository_(std::move(repository)), clock_(std::move(time)),
      store_(std::make_unique<tickets::ticket_store>(std::move(store))) {}

  tickets::repository repository_;
  std::unique_ptr<clock> clock_;
  std::unique_ptr<tickets::ticket_store> store_;
};

} // namespace hyakki::ticket_cli
