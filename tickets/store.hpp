#pragma once
// The `.tickets` directory of a repository, in repo-tickets' layout, safe under many processes.
//
// Readers take no lock and see each file as a whole, before or after an edit. Writers take turns. A ticket lives
// in open/ or, when its status is closed or cancelled, in closed/; where both have it, open/ counts. Nothing is
// kept between calls but the path, so a checkout under our feet does no harm. Safe from any thread.

#include "core/error.hpp"
#include "tickets/directory.hpp"
#include "tickets/ticket_file.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace hyakki::tickets {

struct store_options {
  std::int64_t lock_wait_ms = 30'000;
  step_hook on_step; ///< tests only
};

/// The id as it is stored: upper case. `rejected` for what is none ([A-Z0-9-], at most 100).
result<std::string> ticket_id(std::string_view text);

class ticket_store {
public:
  /// `path` has a .tickets, or is one. `bad_config` says how to make one.
  static result<ticket_store> open(const std::string& path, store_options options = {});

  /// The .tickets directory.
  const std::string& path() const { return path_; }
  /// Where a ticket lies when it is in open/.
  std::string file_path(std::string_view id) const;

  /// Looks at every file of open/, in order of name: `take(id, bytes, error)` gets the bytes, or else the error.
  result<void> each_open(const std::function<void(const std::string& id, result<std::string> bytes)>& take) const;

  /// One ticket; `not_found`, or `rejected` when its file cannot be read.
  result<ticket_file> get(std::string_view id) const;

  /// Reads, changes and writes a ticket in one turn. `change` answers whether there is anything to write.
  using change = std::function<result<bool>(ticket_file&)>;
  result<void> edit(std::string_view id, const change& how) const;

  /// Can we read and write here?
  result<void> probe() const;

private:
  ticket_store(std::string path, store_options options) : path_(std::move(path)), options_(std::move(options)) {}
  result<ticket_file> load(const directory& root, const std::string& id) const;
  result<void> put(const directory& root, const std::string& id, const ticket_file& file) const;
  result<void> update_index(const directory& root, const std::string& id) const;
  result<std::string> fresh_index(const directory& root) const;
  void repair(const directory& root, const std::string& id) const;

  std::string path_;
  store_options options_;
};

} // namespace hyakki::tickets
