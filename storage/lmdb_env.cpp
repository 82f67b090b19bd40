#include "storage/lmdb_env.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>
#include <utility>

namespace hyakki {

namespace {

/// MDB_NOSYNC, MDB_NOMETASYNC, MDB_WRITEMAP and MDB_MAPASYNC are not here and must never be: each of them answers
/// before the data is on disk.
constexpr unsigned open_flags = MDB_NOSUBDIR | MDB_NOTLS;

constexpr unsigned most_tables = 16;

class transaction {
public:
  transaction(MDB_env* env, unsigned flags) { must(mdb_txn_begin(env, nullptr, flags, &txn_), "mdb_txn_begin"); }
  ~transaction() {
    if (txn_ != nullptr)
      mdb_txn_abort(txn_);
  }
  transaction(const transaction&) = delete;
  transaction& operator=(const transaction&) = delete;
  MDB_txn* get() const { return txn_; }
  int commit() { return mdb_txn_commit(std::exchange(txn_, nullptr)); }

private:
  MDB_txn* txn_ = nullptr;
};

/// LMDB calls a short write EIO, and a short write is how a file system often says that it is full.
bool is_no_space(int code, const std::string& file) {
  if (code == ENOSPC || code == EDQUOT)
    return true;
  struct statvfs space {};
  return code == EIO && ::statvfs(file.c_str(), &space) == 0 && space.f_bavail * space.f_frsize < 1u << 20;
}

/// LMDB forbids to open a file twice in one process: closing either would drop the locks of both.
bool is_open_here(const std::string& file) {
  struct stat wanted {};
  if (::stat(file.c_str(), &wanted) != 0)
    return false;
  // Descriptors are found by asking for each: a directory listing of /proc/self/fd would need one more of them.
  auto most = ::sysconf(_SC_OPEN_MAX);
  int misses = 0;
  for (int fd = 0; fd < most && misses < 1024; ++fd) {
    struct stat info {};
    if (::fstat(fd, &info) != 0)
      ++misses;
    else if (info.st_dev == wanted.st_dev && info.st_ino == wanted.st_ino)
      return true;
  }
  return false;
}

/// Brings what the page cache holds of the file to the disk, so that both agree before anything is built upon it.
int sync_file(const std::string& file) {
  int fd = ::open(file.c_str(), O_RDWR | O_CLOEXEC);
  if (fd < 0)
    return errno == ENOENT ? 0 : errno;
  int code = ::fsync(fd) == 0 ? 0 : errno;
  ::close(fd);
  return code;
}

} // namespace

result<std::unique_ptr<lmdb_env>> lmdb_env::open(const lmdb_env_options& options) {
  if (is_open_here(options.file))
    return {ec::rejected, "the store " + options.file + " is open in this process already: use that one"};
  std::unique_ptr<lmdb_env> env{new lmdb_env{options}};
  if (auto ok = env->start(); !ok)
    return ok.error();
  return env;
}

lmdb_env::~lmdb_env() { stop(); }

result<void> lmdb_env::start() {
  if (options_.owner)
    if (auto code = sync_file(options_.file); code != 0)
      return explain(code, "fsync", "opening");
  auto code = mdb_env_create(&env_);
  auto step = [&](const char* call, int answer) {
    if (answer != MDB_SUCCESS)
      throw lmdb_failure{answer, call};
  };
  try {
    step("mdb_env_create", code);
    step("mdb_env_set_maxdbs", mdb_env_set_maxdbs(env_, most_tables));
    step("mdb_env_set_maxreaders", mdb_env_set_maxreaders(env_, options_.readers));
    if (options_.initial_map != 0)
      step("mdb_env_set_mapsize", mdb_env_set_mapsize(env_, options_.initial_map));
    step("mdb_env_open", mdb_env_open(env_, options_.file.c_str(), open_flags, 0600));
  } catch (const lmdb_failure& f) {
    stop();
    return explain(f.code, f.call, "opening");
  }
  check_readers();
  auto ready = prepare();
  if (!ready)
    stop();
  return ready;
}

result<void> lmdb_env::prepare() {
  for (int followed = 0;; ++followed) {
    tables_.clear();
    lmdb_failure failure{};
    try {
      transaction txn{env_, options_.owner ? 0u : MDB_RDONLY};
      if (auto ok = options_.prepare(txn.get(), tables_); !ok)
        return ok;
      failure = {txn.commit(), "mdb_txn_commit"};
    } catch (const lmdb_failure& f) {
      failure = f;
    }
    if (failure.code == MDB_SUCCESS)
      return {};
    if (failure.code != MDB_MAP_RESIZED || followed >= 16)
      return explain(failure.code, failure.call, "opening");
    mdb_env_set_mapsize(env_, 0);
  }
}

void lmdb_env::stop() {
  if (env_ != nullptr)
    mdb_env_close(env_);
  env_ = nullptr;
}

/// Gives back the slots of readers that were killed: each would keep its snapshot's pages from being used again.
void lmdb_env::check_readers() const {
  int dead = 0;
  mdb_reader_check(env_, &dead);
}

result<void> lmdb_env::read(const std::function<void(const lmdb_view&)>& work) const {
  for (int tries = 0;; ++tries) {
    int code = MDB_SUCCESS;
    const char* call = "";
    {
      auto in_use = map_.use();
      if (env_ == nullptr)
        return explain(EBADF, "mdb_txn_begin", "reading");
      bool began = false;
      try {
        transaction txn{env_, MDB_RDONLY};
        began = true;
        work({txn.get(), tables_});
        return {};
      } catch (const lmdb_failure& f) {
        code = f.code;
        call = f.call;
      }
      if (!began && code == MDB_READERS_FULL && tries == 0) {
        check_readers();
        continue;
      }
      if (began || code != MDB_MAP_RESIZED || tries >= 16)
        return explain(code, call, "reading");
    }
    follow();
  }
}

/// Another process has grown the map.
void lmdb_env::follow() const {
  map_.alone([&] { return env_ == nullptr ? 0 : mdb_env_set_mapsize(env_, 0); });
}

int lmdb_env::attempt(const std::function<void(const lmdb_view&)>& work, const char*& call, bool& sync_failed) {
  auto in_use = map_.use();
  try {
    transaction txn{env_, 0};
    work({txn.get(), tables_});
    call = "mdb_txn_commit";
    auto code = txn.commit();
    sync_failed = code != MDB_SUCCESS && code != MDB_MAP_FULL;
    return code;
  } catch (const lmdb_failure& f) {
    call = f.call;
    // A large transaction writes some pages early.
    sync_failed = f.code == MDB_PANIC || f.code == EIO || f.code == ENOSPC || f.code == EDQUOT;
    return f.code;
  }
}

result<void> lmdb_env::write(const std::function<void(const lmdb_view&)>& work) {
  std::lock_guard one{writing_};
  if (auto ok = heal(); !ok)
    return ok;
  if (auto now = std::chrono::steady_clock::now(); now - readers_checked_ > std::chrono::minutes{1}) {
    readers_checked_ = now;
    auto in_use = map_.use();
    check_readers();
  }
  for (int followed = 0;;) {
    const char* call = "";
    bool sync_failed = false;
    auto code = attempt(work, call, sync_failed);
    if (code == MDB_SUCCESS)
      return {};
    if (code == MDB_MAP_FULL) {
      if (auto grown = grow(); !grown)
        return grown;
      continue;
    }
    if (code == MDB_MAP_RESIZED && ++followed <= 16) {
      follow();
      continue;
    }
    auto failure = explain(code, call, "writing");
    if (sync_failed) {
      health_ = is_no_space(code, options_.file) ? health::no_space : health::given_up;
      gave_up_ = failure.text;
      if (health_ == health::given_up) {
        failure.text += ". Nothing of it was acknowledged; no more is written until hyakki is started again";
        if (options_.on_give_up)
          options_.on_give_up(failure.text);
      } else {
        failure.text += ". Nothing of it was acknowledged; make room on that file system and it goes on by itself";
      }
    }
    return failure;
  }
}

/// Before a write: opens the file anew after a full disk, refuses after any other failure of a commit.
result<void> lmdb_env::heal() {
  if (health_ == health::good)
    return {};
  if (health_ == health::given_up)
    return {ec::unavailable, "the store takes no more writes until hyakki is started again, because an earlier one "
                             "failed: " +
                               gave_up_};
  auto opened = map_.alone([&]() -> result<void> {
    stop();
    return start();
  });
  if (opened)
    health_ = health::good;
  return opened;
}

result<void> lmdb_env::grow() {
  return map_.alone([&]() -> result<void> {
    MDB_envinfo info{};
    auto code = mdb_env_info(env_, &info);
    if (code != MDB_SUCCESS)
      return explain(code, "mdb_env_info", "growing");
    if (info.me_mapsize >= options_.largest_map)
      return {ec::over_budget, "the store " + options_.file + " is full: it holds the " +
                                 std::to_string(options_.largest_map >> 20) +
                                 " MiB that it may hold. Raise the limit or move old stories away"};
    auto wanted = std::min<std::uint64_t>(info.me_mapsize * 2, options_.largest_map);
    code = mdb_env_set_mapsize(env_, wanted);
    if (code != MDB_SUCCESS)
      return explain(code, "mdb_env_set_mapsize", "growing");
    return {};
  });
}

std::uint64_t lmdb_env::map_size() const {
  auto in_use = map_.use();
  MDB_envinfo info{};
  if (env_ == nullptr || mdb_env_info(env_, &info) != MDB_SUCCESS)
    return 0;
  return info.me_mapsize;
}

error lmdb_env::explain(int code, const char* call, const char* doing) const {
  auto kind = ec::unavailable;
  std::string advice;
  switch (code) {
  case MDB_CORRUPTED:
  case MDB_PAGE_NOTFOUND:
  case MDB_INVALID:
    kind = ec::corrupt_record;
    advice = "; the file is damaged: restore it from a copy, or move it away to start anew";
    break;
  case MDB_VERSION_MISMATCH:
    kind = ec::rejected;
    advice = "; the file was made by another version of LMDB";
    break;
  case MDB_READERS_FULL: advice = "; too many readers at once, try again"; break;
  case MDB_TXN_FULL:
    kind = ec::over_budget;
    advice = "; the batch is too large for one transaction";
    break;
  case MDB_BAD_VALSIZE: kind = ec::rejected; break;
  case EACCES:
  case EPERM:
  case EROFS:
    kind = ec::bad_config;
    advice = "; the state directory must be readable and writable for this user";
    break;
  default: break;
  }
  return {kind, std::string{doing} + " the store " + options_.file + ": " + call + " answered " + mdb_strerror(code) +
                  " (" + std::to_string(code) + ")" + advice};
}

} // namespace hyakki
