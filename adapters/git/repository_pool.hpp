#pragma once
// Opened repositories that wait for their next use: opening one costs a hundred system calls.
//
// A handle belongs to one caller at a time, so libgit2's handles are never shared between threads; who finds none
// waiting opens one. A handle is used again only while its path still leads to the directory that it was opened
// from. The pool outlives its leases.

#include "adapters/git/libgit2.hpp"

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>

namespace hyakki::git2 {

class repository_pool {
public:
  /// Gives a handle back to its pool.
  struct give_back {
    repository_pool* pool = nullptr;
    std::string path;
    dev_t device = 0;
    ino_t inode = 0;
    std::uint64_t opened = 0; ///< the count of `forget` when it was opened
    void operator()(git_repository* p) const { pool->put(p, *this); }
  };
  using lease = std::unique_ptr<git_repository, give_back>;

  explicit repository_pool(std::size_t most_waiting = 64) : most_waiting_(most_waiting) {}
  repository_pool(const repository_pool&) = delete;
  repository_pool& operator=(const repository_pool&) = delete;

  /// The bare repository at `path`, opened before or now; `not_found` when nothing lies there.
  result<lease> open(const std::string& path);
  /// What was opened before is not used again, after damage for instance.
  void forget();

private:
  struct waiting {
    owned<git_repository> repo;
    give_back from;
  };
  void put(git_repository* p, const give_back& from);

  std::size_t most_waiting_;
  std::mutex guard_;
  std::unordered_map<std::string, waiting> waiting_;
  std::uint64_t forgotten_ = 0;
};

} // namespace hyakki::git2
