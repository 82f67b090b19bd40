#include "storage/lmdb_store.hpp"

#include "storage/lmdb_keys.hpp"
#include "storage/lmdb_tables.hpp"
#include "storage/schema.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <string>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>
#include <vector>

namespace hyakki {

namespace {

/// Opens the tables, after a look at the schema's version.
result<void> prepare(const std::string& file, bool owner, bool fresh, MDB_txn* txn, std::vector<MDB_dbi>& tables) {
  auto open = [&](const char* name) {
    MDB_dbi dbi = 0;
    must(mdb_dbi_open(txn, name, owner ? MDB_CREATE : 0, &dbi), "mdb_dbi_open");
    tables.push_back(dbi);
    return lmdb_table{txn, dbi};
  };
  MDB_dbi probe = 0;
  auto code = mdb_dbi_open(txn, table_names[0], fresh ? MDB_CREATE : 0, &probe);
  if (code == MDB_NOTFOUND)
    return {ec::corrupt_record, "the file " + file + " is not a store of hyakki; move it away to start anew"};
  must(code, "mdb_dbi_open");
  auto meta = open(table_names[0]);
  std::string_view value;
  auto found = schema_version;
  if (fresh)
    meta.put("schema", key::big_endian32(schema_version));
  else if (!meta.get("schema", value) || value.size() != 4)
    return {ec::corrupt_record, "the file " + file + " does not say its schema version; move it away to start anew"};
  else
    found = key::number32(value);
  auto way = plan_migration(file, found, schema_version, migrations());
  if (!way)
    return way.error();
  if (!way->empty() && !owner)
    return {ec::unavailable, "the store " + file + " has schema version " + std::to_string(found) +
                               ": start `hyakki run` once, which brings it to version " +
                               std::to_string(schema_version)};
  for (auto& step : *way) {
    step.run(txn);
    meta.put("schema", key::big_endian32(step.from + 1));
  }
  for (auto* name : table_names)
    if (name != table_names[0])
      open(name);
  return {};
}

lmdb_env_options env_options(const lmdb_options& o, std::string file, bool fresh) {
  auto owner = o.as == lmdb_options::role::owner;
  lmdb_env_options out;
  out.initial_map = owner ? std::max<std::uint64_t>(o.initial_map, 1u << 20) : 0;
  out.largest_map = std::max<std::uint64_t>(o.largest_map, out.initial_map);
  out.readers = o.readers;
  out.owner = owner;
  out.on_give_up = o.on_give_up;
  out.prepare = [file, owner, fresh](MDB_txn* txn, std::vector<MDB_dbi>& tables) {
    return prepare(file, owner, fresh, txn, tables);
  };
  out.file = std::move(file);
  return out;
}

/// Makes the store under another name and gives it its own when it is complete and on disk: whatever interrupts
/// this, the name `data.mdb` never stands for half a file.
result<void> make_file(const lmdb_options& o, const std::string& file) {
  auto draft = o.path + "/creating.mdb";
  auto clean = [&] {
    ::unlink(draft.c_str());
    ::unlink((draft + "-lock").c_str());
  };
  clean();
  if (auto made = lmdb_env::open(env_options(o, draft, true)); !made) {
    clean();
    return made.error();
  }
  if (std::rename(draft.c_str(), file.c_str()) != 0) {
    auto code = errno;
    clean();
    return {ec::unavailable, "the new store " + file + " cannot be put in place: " + std::strerror(code)};
  }
  clean();
  return sync_directory(o.path);
}

} // namespace

result<std::unique_ptr<store>> open_lmdb_store(const lmdb_options& options) {
  auto file = options.path + "/data.mdb";
  struct stat info {};
  auto exists = [&] { return ::stat(file.c_str(), &info) == 0 && info.st_size > 0; };
  std::unique_ptr<state_lock> lock;
  if (options.as == lmdb_options::role::owner) {
    auto taken = state_lock::take(options.path);
    if (!taken)
      return taken.error();
    lock = std::make_unique<state_lock>(*std::move(taken));
    if (!exists())
      if (auto made = make_file(options, file); !made)
        return made.error();
  } else if (!exists()) {
    return {ec::not_found,
            "there is no store in " + options.path + " yet: start `hyakki run` once, or check storage.path"};
  }
  auto env = lmdb_env::open(env_options(options, file, false));
  if (!env)
    return env.error();
  return make_lmdb_store(*std::move(env), std::move(lock));
}

} // namespace hyakki
