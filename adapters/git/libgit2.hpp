#pragma once
// libgit2, held by its owners: handles that free themselves, errors in our own words, and no configuration of
// the machine or of a user. Used by the git door and by the local code host.

#include "core/error.hpp"

#include <git2.h>

#include <memory>
#include <string>
#include <string_view>

namespace hyakki::git2 {

/// Keeps libgit2 alive, reading no system, global or XDG configuration. Make the first one before threads start.
class library {
public:
  library();
  ~library();
  library(const library&) = delete;
  library& operator=(const library&) = delete;
};

struct freer {
  void operator()(git_repository* p) const { git_repository_free(p); }
  void operator()(git_index* p) const { git_index_free(p); }
  void operator()(git_tree* p) const { git_tree_free(p); }
  void operator()(git_commit* p) const { git_commit_free(p); }
  void operator()(git_blob* p) const { git_blob_free(p); }
  void operator()(git_diff* p) const { git_diff_free(p); }
  void operator()(git_patch* p) const { git_patch_free(p); }
  void operator()(git_reference* p) const { git_reference_free(p); }
  void operator()(git_reference_iterator* p) const { git_reference_iterator_free(p); }
  void operator()(git_signature* p) const { git_signature_free(p); }
  void operator()(git_filter_list* p) const { git_filter_list_free(p); }
  void operator()(git_index_conflict_iterator* p) const { git_index_conflict_iterator_free(p); }
  void operator()(git_odb* p) const { git_odb_free(p); }
  void operator()(git_revwalk* p) const { git_revwalk_free(p); }
};
template <class T>
using owned = std::unique_ptr<T, freer>;

/// Calls `f(&raw, args…)`, which makes a handle, and owns it; null when it failed, `rc` says how.
template <class T, class F, class... A>
owned<T> make(int& rc, F f, A... args) {
  T* raw = nullptr;
  rc = f(&raw, args...);
  return owned<T>{rc == 0 ? raw : nullptr};
}

/// The failure of the last call on this thread as an error of ours; `doing` says what was being done.
error failure(int rc, std::string_view doing);

std::string hex(const git_oid& id);
/// Exactly 40 hex digits, else empty.
bool parse(git_oid& out, std::string_view hex);

/// Removes the lock that a killed process left on a reference. For those that only the caller writes.
void clear_lock(git_repository* repo, const std::string& ref);

/// After a write of a reference, whoever else writes it: libgit2 puts the lock into its place by link and unlink, and
/// passes over a failure of the latter. Such a lock is the very file that the reference is; nobody else's is.
void release_lock(git_repository* repo, const std::string& ref);

/// Lets a reference that only the caller writes hold this commit, at one moment: until then it holds what it held.
result<void> keep_ref(git_repository* repo, const std::string& ref, const git_oid& id);

/// Removes a reference that only the caller writes.
void remove_ref(git_repository* repo, const std::string& ref);

/// A full name that git itself would accept for a branch, and that cannot be an option.
result<std::string> branch_ref(std::string_view branch);

result<owned<git_repository>> open_bare(const std::string& path);
result<owned<git_tree>> tree_of(git_repository* repo, std::string_view commit);

} // namespace hyakki::git2
