#pragma once
// What was read of each ticket's file, kept in LMDB under the file's inode. Never the truth: an entry counts only while
// size, times and name of its file are what they were. Inner header of the room.
//
// The file's name carries the machine's start (boot id): commits are not synced, which is safe against every death of
// a process, and what a power cut may have torn is never opened again. A file that LMDB finds wrong is removed and the
// answer is as without one. One object is used by one thread; several processes share the file.

#include "tickets/file_marks.hpp"
#include "tickets/summary.hpp"

#include <functional>
#include <memory>
#include <optional>

namespace hyakki::tickets {

class index_cache {
public:
  /// Empty when there is none and `make` is false, or when it cannot be had here.
  static std::unique_ptr<index_cache> open(const directory& root, bool make);
  ~index_cache();
  index_cache(const index_cache&) = delete;
  index_cache& operator=(const index_cache&) = delete;

  /// One snapshot for reading; views into it are good until it goes, or the cache does.
  class snapshot {
  public:
    ~snapshot();
    snapshot(const snapshot&) = delete;
    snapshot& operator=(const snapshot&) = delete;
    /// Nothing is known of any file.
    bool empty() const;
    /// For each file, in the same order, its entry when that is still good, else nothing.
    std::vector<summary> known(const marked_files& all, bool& stale_left) const;
    /// The text of a file that `known` knew.
    std::string_view text(const file_mark& f) const;
    /// Shows the texts of all of them, with their files' places, in order; quicker than one by one.
    void each_text(const marked_files& all, const std::function<void(std::size_t, std::string_view)>& visit) const;

  private:
    friend class index_cache;
    snapshot(index_cache& cache, void* txn) : cache_(cache), txn_(txn) {}
    index_cache& cache_;
    void* txn_;
  };
  std::unique_ptr<snapshot> read();

  struct fresh_entry {
    const file_mark* file;
    const summary_bytes* bytes;
  };
  /// Puts entries in; with `all`, those of other files go.
  void store(const std::vector<fresh_entry>& entries, const marked_files* all);

  /// The highest number that ids with that prefix in that folder were given. Nothing when the numbers of this store
  /// were never counted.
  std::optional<std::uint64_t> highest(std::string_view kind, std::string_view prefix);
  /// Raises it.
  void raise(std::string_view kind, std::string_view prefix, std::uint64_t number);
  /// All numbers of a kind at once.
  void count(std::string_view kind, const std::vector<std::pair<std::string, std::uint64_t>>& numbers);

private:
  struct inner;
  explicit index_cache(std::unique_ptr<inner> in);
  bool write(const std::function<int(void* txn)>& work);
  std::unique_ptr<inner> in_;
};

} // namespace hyakki::tickets
