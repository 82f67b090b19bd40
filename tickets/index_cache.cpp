#include "tickets/index_cache.hpp"

#include "tickets/cache_place.hpp"
#include "tickets/index_guard.hpp"

#include <lmdb.h>

#include <algorithm>
#include <atomic>
#include <cstring>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace hyakki::tickets {
namespace {

constexpr std::string_view layout = "5";                ///< of the entries; another number is another file
constexpr std::size_t map_bytes = std::size_t{1} << 36; ///< of addresses, not of memory
constexpr unsigned most_readers = 510;

enum table : std::uint8_t { files_table, texts_table, numbers_table, tables };
constexpr const char* table_names[tables] = {"files", "texts", "numbers"};

/// In front of a summary's bytes.
struct entry_head {
  std::uint64_t size;
  std::int64_t modified_ns;
  std::int64_t changed_ns;
  std::uint64_t folder;
};

MDB_val val(const void* data, std::size_t size) { return {size, const_cast<void*>(data)}; }
MDB_val val(std::string_view s) { return val(s.data(), s.size()); }
std::string_view view(const MDB_val& v) { return {static_cast<const char*>(v.mv_data), v.mv_size}; }
MDB_txn* as_txn(void* p) { return static_cast<MDB_txn*>(p); }

bool good(std::string_view entry, const file_mark& f, std::string_view name) {
  auto head = entry_head{};
  if (entry.size() < sizeof head)
    return false;
  std::memcpy(&head, entry.data(), sizeof head);
  auto bytes = entry.substr(sizeof head);
  return head.size == f.size && head.modified_ns == f.modified_ns && head.changed_ns == f.changed_ns &&
         head.folder == f.folder && summary::valid(bytes) && summary{bytes.data()}.id() == name;
}

/// Files of earlier starts of the machine.
void sweep(const directory& folder, const std::string& keep) {
  auto names = folder.names();
  if (!names)
    return;
  for (auto& name : *names)
    if (name.compare(0, 6, "index-") == 0 && name.compare(0, keep.size(), keep) != 0)
      ::unlinkat(folder.fd(), name.c_str(), 0);
}

/// LMDB's locks are the process's: one process must not have the same file open twice. A second one does without.
std::atomic_flag in_use = ATOMIC_FLAG_INIT;

} // namespace

struct index_cache::inner {
  inner() = default;
  inner(const inner&) = delete;
  inner& operator=(const inner&) = delete;
  directory folder;
  std::string name;
  MDB_env* env = nullptr;
  MDB_dbi dbi[tables] = {};
  std::optional<guarded_index> guard;

  ~inner() {
    if (env)
      mdb_env_close(env);
    guard.reset();
    in_use.clear();
  }

  void discard() {
    ::unlinkat(folder.fd(), name.c_str(), 0);
    ::unlinkat(folder.fd(), (name + "-lock").c_str(), 0);
  }

  /// Pages that are not there end the process that looks at them. (The last one may never have been needed, and then
  /// the index is made anew for nothing.)
  bool cut_short() const {
    MDB_envinfo all{};
    MDB_stat of{};
    struct stat file {};
    int fd = -1;
    return mdb_env_info(env, &all) == 0 && mdb_env_stat(env, &of) == 0 && mdb_env_get_fd(env, &fd) == 0 &&
           ::fstat(fd, &file) == 0 && static_cast<std::uint64_t>(file.st_size) / of.ms_psize <= all.me_last_pgno;
  }

  int start(bool fresh) {
    // By descriptor: the folder that was proven, whatever its path has become.
    auto path = "/proc/self/fd/" + std::to_string(folder.fd()) + "/" + name;
    guard.reset();
    guard.emplace(folder.fd(), name);
    auto code = mdb_env_create(&env);
    if (code == 0)
      code = mdb_env_set_mapsize(env, map_bytes);
    if (code == 0)
      code = mdb_env_set_maxdbs(env, tables);
    if (code == 0)
      code = mdb_env_set_maxreaders(env, most_readers);
    if (code == 0)
      code = mdb_env_open(env, path.c_str(), MDB_NOSUBDIR | MDB_NOSYNC | MDB_NOTLS | MDB_NORDAHEAD, 0600);
    if (code == 0)
      code = mdb_env_set_assert(env, [](MDB_env*, const char*) { guarded_index::end(); });
    if (code == 0 && cut_short())
      code = MDB_CORRUPTED;
    if (code != 0)
      return code;
    int dead = 0;
    mdb_reader_check(env, &dead);
    MDB_txn* txn = nullptr;
    code = mdb_txn_begin(env, nullptr, fresh ? 0 : MDB_RDONLY, &txn);
    if (code != 0)
      return code;
    for (int i = 0; i < tables && code == 0; ++i)
      code = mdb_dbi_open(txn, table_names[i], (fresh ? MDB_CREATE : 0) | (i == numbers_table ? 0 : MDB_INTEGERKEY),
                          &dbi[i]);
    if (code != 0) {
      mdb_txn_abort(txn);
      return code;
    }
    return mdb_txn_commit(txn);
  }
};

index_cache::index_cache(std::unique_ptr<inner> in) : in_(std::move(in)) {}
index_cache::~index_cache() = default;

std::unique_ptr<index_cache> index_cache::open(const directory& root, bool make) {
  auto boot = boot_id();
  auto folder = boot.empty() ? result<directory>{ec::not_found, {}} : cache_folder(root, make);
  if (!folder)
    return nullptr;
  auto name = "index-" + std::string{layout} + "-" + std::to_string(::geteuid()) + "-" + boot + ".mdb";
  struct stat info {};
  bool exists = ::fstatat(folder->fd(), name.c_str(), &info, AT_SYMLINK_NOFOLLOW) == 0;
  if (exists ? !S_ISREG(info.st_mode) || info.st_uid != ::geteuid() : !make)
    return nullptr;
  if (!exists)
    sweep(*folder, "index-" + std::string{layout} + "-" + std::to_string(::geteuid()) + "-" + boot);
  if (in_use.test_and_set())
    return nullptr;
  auto in = std::make_unique<inner>();
  in->folder = std::move(*folder);
  in->name = std::move(name);
  auto code = in->start(!exists);
  if (code == MDB_NOTFOUND && exists && make) { // another process has just made the file and not yet its tables
    mdb_env_close(in->env);
    in->env = nullptr;
    code = in->start(true);
  }
  if (code == 0)
    return std::unique_ptr<index_cache>{new index_cache{std::move(in)}};
  if (code == MDB_INVALID || code == MDB_CORRUPTED || code == MDB_VERSION_MISMATCH || code == MDB_INCOMPATIBLE)
    in->discard();
  return nullptr;
}

std::unique_ptr<index_cache::snapshot> index_cache::read() {
  MDB_txn* txn = nullptr;
  if (mdb_txn_begin(in_->env, nullptr, MDB_RDONLY, &txn) != 0)
    return nullptr;
  return std::unique_ptr<snapshot>{new snapshot{*this, txn}};
}

index_cache::snapshot::~snapshot() { mdb_txn_abort(as_txn(txn_)); }

bool index_cache::snapshot::empty() const {
  MDB_stat s{};
  return mdb_stat(as_txn(txn_), cache_.in_->dbi[files_table], &s) == 0 && s.ms_entries == 0;
}

std::vector<summary> index_cache::snapshot::known(const marked_files& all, bool& stale_left) const {
  auto out = std::vector<summary>(all.files.size());
  MDB_cursor* cursor = nullptr;
  if (mdb_cursor_open(as_txn(txn_), cache_.in_->dbi[files_table], &cursor) != 0)
    return out;
  auto key = MDB_val{};
  auto data = MDB_val{};
  auto code = mdb_cursor_get(cursor, &key, &data, MDB_FIRST);
  auto inode = [&] {
    std::uint64_t n = 0;
    std::memcpy(&n, key.mv_data, sizeof n);
    return n;
  };
  for (std::size_t i = 0; i < all.files.size() && code == 0; ++i) {
    auto& f = all.files[i];
    while (code == 0 && (key.mv_size != sizeof(std::uint64_t) || inode() < f.inode)) {
      stale_left = true;
      code = mdb_cursor_get(cursor, &key, &data, MDB_NEXT);
    }
    if (code != 0 || inode() != f.inode)
      continue;
    if (good(view(data), f, all.name(f)))
      out[i] = summary{static_cast<const char*>(data.mv_data) + sizeof(entry_head)};
    if (i + 1 == all.files.size() || all.files[i + 1].inode != f.inode) // two names of one file
      code = mdb_cursor_get(cursor, &key, &data, MDB_NEXT);
  }
  stale_left = stale_left || code == 0;
  mdb_cursor_close(cursor);
  return out;
}

std::string_view index_cache::snapshot::text(const file_mark& f) const {
  auto key = val(&f.inode, sizeof f.inode);
  auto data = MDB_val{};
  return mdb_get(as_txn(txn_), cache_.in_->dbi[texts_table], &key, &data) == 0 ? view(data) : std::string_view{};
}

void index_cache::snapshot::each_text(const marked_files& all,
                                      const std::function<void(std::size_t, std::string_view)>& visit) const {
  MDB_cursor* cursor = nullptr;
  if (mdb_cursor_open(as_txn(txn_), cache_.in_->dbi[texts_table], &cursor) != 0)
    return;
  auto key = MDB_val{};
  auto data = MDB_val{};
  auto code = mdb_cursor_get(cursor, &key, &data, MDB_FIRST);
  for (std::size_t i = 0; i < all.files.size() && code == 0;) {
    std::uint64_t inode = 0;
    if (key.mv_size == sizeof inode)
      std::memcpy(&inode, key.mv_data, sizeof inode);
    if (inode == all.files[i].inode)
      visit(i, view(data));
    if (inode >= all.files[i].inode)
      ++i; // two names of one file have the same text
    else
      code = mdb_cursor_get(cursor, &key, &data, MDB_NEXT);
  }
  mdb_cursor_close(cursor);
}

bool index_cache::write(const std::function<int(void*)>& work) {
  MDB_txn* txn = nullptr;
  auto code = mdb_txn_begin(in_->env, nullptr, 0, &txn);
  if (code == 0) {
    code = work(txn);
    if (code == 0)
      code = mdb_txn_commit(txn);
    else
      mdb_txn_abort(txn);
  }
  if (code == MDB_CORRUPTED || code == MDB_PAGE_NOTFOUND || code == MDB_PANIC || code == MDB_BAD_TXN)
    in_->discard();
  return code == 0;
}

void index_cache::store(const std::vector<fresh_entry>& entries, const marked_files* all) {
  (void)write([&](void* txn) {
    auto* dbi = in_->dbi;
    if (all) {
      MDB_cursor* cursor = nullptr;
      if (auto code = mdb_cursor_open(as_txn(txn), dbi[files_table], &cursor); code != 0)
        return code;
      auto key = MDB_val{};
      auto data = MDB_val{};
      std::size_t i = 0;
      for (auto code = mdb_cursor_get(cursor, &key, &data, MDB_FIRST); code == 0;
           code = mdb_cursor_get(cursor, &key, &data, MDB_NEXT)) {
        std::uint64_t inode = 0;
        if (key.mv_size == sizeof inode)
          std::memcpy(&inode, key.mv_data, sizeof inode);
        while (i < all->files.size() && all->files[i].inode < inode)
          ++i;
        if (i < all->files.size() && all->files[i].inode == inode)
          continue;
        auto text = val(&inode, sizeof inode);
        mdb_del(as_txn(txn), dbi[texts_table], &text, nullptr);
        if (auto failed = mdb_cursor_del(cursor, 0); failed != 0) {
          mdb_cursor_close(cursor);
          return failed;
        }
      }
      mdb_cursor_close(cursor);
    }
    // Into an empty index they are put one behind the other.
    auto is_empty = [&](MDB_dbi table) {
      MDB_stat s{};
      return mdb_stat(as_txn(txn), table, &s) == 0 && s.ms_entries == 0;
    };
    auto ordered =
      std::is_sorted(entries.begin(), entries.end(), [](auto& a, auto& b) { return a.file->inode <= b.file->inode; });
    unsigned how = ordered && is_empty(dbi[files_table]) && is_empty(dbi[texts_table]) ? MDB_APPEND : 0;
    // Cursors remember where they are.
    std::unique_ptr<MDB_cursor, void (*)(MDB_cursor*)> to[] = {{nullptr, mdb_cursor_close},
                                                               {nullptr, mdb_cursor_close}};
    for (auto table : {files_table, texts_table}) {
      MDB_cursor* cursor = nullptr;
      if (auto code = mdb_cursor_open(as_txn(txn), dbi[table], &cursor); code != 0)
        return code;
      to[table].reset(cursor);
    }
    for (auto& e : entries) {
      if (!e.bytes->of_file)
        continue;
      auto head = entry_head{e.file->size, e.file->modified_ns, e.file->changed_ns, e.file->folder};
      auto key = val(&e.file->inode, sizeof e.file->inode);
      auto data = val(nullptr, sizeof head + e.bytes->fields.size());
      if (auto code = mdb_cursor_put(to[files_table].get(), &key, &data, MDB_RESERVE | how); code != 0)
        return code;
      std::memcpy(data.mv_data, &head, sizeof head);
      std::memcpy(static_cast<char*>(data.mv_data) + sizeof head, e.bytes->fields.data(), e.bytes->fields.size());
      auto text = val(e.bytes->text);
      if (auto code = mdb_cursor_put(to[texts_table].get(), &key, &text, how); code != 0)
        return code;
    }
    return 0;
  });
}

namespace {

std::string number_key(std::string_view kind, std::string_view prefix) {
  return std::string{kind} + "/" + std::string{prefix};
}

std::optional<std::uint64_t> number_in(MDB_txn* txn, MDB_dbi dbi, const std::string& name) {
  auto key = val(name);
  auto data = MDB_val{};
  std::uint64_t n = 0;
  if (mdb_get(txn, dbi, &key, &data) != 0 || data.mv_size != sizeof n)
    return std::nullopt;
  std::memcpy(&n, data.mv_data, sizeof n);
  return n;
}

int put_number(MDB_txn* txn, MDB_dbi dbi, const std::string& name, std::uint64_t n) {
  auto key = val(name);
  auto data = val(&n, sizeof n);
  return mdb_put(txn, dbi, &key, &data, 0);
}

} // namespace

std::optional<std::uint64_t> index_cache::highest(std::string_view kind, std::string_view prefix) {
  auto now = read();
  if (!now)
    return std::nullopt;
  auto* txn = as_txn(now->txn_);
  auto dbi = in_->dbi[numbers_table];
  if (!number_in(txn, dbi, number_key(kind, "")))
    return std::nullopt;
  return number_in(txn, dbi, number_key(kind, prefix)).value_or(0);
}

void index_cache::raise(std::string_view kind, std::string_view prefix, std::uint64_t number) {
  (void)write([&](void* txn) {
    auto name = number_key(kind, prefix);
    auto old = number_in(as_txn(txn), in_->dbi[numbers_table], name);
    return old && *old >= number ? 0 : put_number(as_txn(txn), in_->dbi[numbers_table], name, number);
  });
}

void index_cache::count(std::string_view kind, const std::vector<std::pair<std::string, std::uint64_t>>& numbers) {
  (void)write([&](void* txn) {
    auto dbi = in_->dbi[numbers_table];
    for (auto& [prefix, number] : numbers) {
      auto name = number_key(kind, prefix);
      auto old = number_in(as_txn(txn), dbi, name).value_or(0);
      if (auto code = put_number(as_txn(txn), dbi, name, std::max(old, number)); code != 0)
        return code;
    }
    // Under no prefix: that all of them were counted.
    return put_number(as_txn(txn), dbi, number_key(kind, ""), 1);
  });
}

} // namespace hyakki::tickets
