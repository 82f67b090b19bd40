#pragma once
// What is known of a local repository's pull requests, so that opening one among thousands does not read them all.
//
// Two memories, both of them checked against the repository. A record's id never changes its meaning: one that was read
// is not read again. And while nothing wrote where the references lie, the numbers and branches are as they were.

#include "adapters/git/libgit2.hpp"

#include <cstdint>
#include <mutex>
#include <string>
#include <unordered_map>

#include <sys/stat.h>

namespace hyakki {

/// Numbers of pull requests; 0 for none.
struct pull_place {
  std::uint64_t last = 0; ///< the highest in use
  std::uint64_t open = 0; ///< the newest open one of the branch asked for
};

/// Threads: all calls, for a repository only by who holds its `pull_lock`.
class known_pulls {
public:
  /// Of the repository at `path`. Records that cannot be read are passed over. Errors are git's own.
  result<pull_place> look(const std::string& path, git_repository* repo, const std::string& branch);
  /// The caller has opened this pull request since it looked.
  void opened(const std::string& path, std::uint64_t number, const std::string& branch);
  /// Nothing of what is kept of this repository is trusted any more.
  void forget(const std::string& path);

private:
  /// Where loose and packed references lie, as they were last seen.
  struct stamp {
    struct ::timespec loose {};
    struct ::timespec packed {};
    ::ino_t loose_inode = 0, packed_inode = 0;
    ::off_t packed_size = 0;

    bool operator==(const stamp& other) const;
    /// A file system that counts whole seconds cannot tell two writes of one of them apart.
    bool is_fine() const { return loose.tv_nsec != 0; }
  };
  struct kept {
    stamp at;
    std::uint64_t last = 0;
    std::unordered_map<std::string, std::uint64_t> open; ///< by branch

    pull_place of(const std::string& branch) const;
  };
  static stamp stamp_of(const std::string& path);
  /// The branch of an open record; empty for another one. Reads the record where its id is not known.
  std::string branch_of(git_repository* repo, std::uint64_t number);

  static constexpr std::size_t most = 20'000;
  std::mutex guard_;
  std::unordered_map<std::string, kept> kept_;             ///< by the path of the repository
  std::unordered_map<std::string, std::string> branch_of_; ///< by the id of the record
};

} // namespace hyakki
