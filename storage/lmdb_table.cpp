// The calls of a table inside a transaction. The second part of storage/lmdb_env.
#include "storage/lmdb_env.hpp"

namespace hyakki {

namespace {

struct cursor {
  cursor(MDB_txn* txn, MDB_dbi dbi) { must(mdb_cursor_open(txn, dbi, &at), "mdb_cursor_open"); }
  ~cursor() { mdb_cursor_close(at); }
  cursor(const cursor&) = delete;
  cursor& operator=(const cursor&) = delete;
  MDB_cursor* at = nullptr;
};

} // namespace

bool lmdb_table::get(std::string_view key, std::string_view& value) const {
  auto k = to_val(key);
  MDB_val v{};
  auto code = mdb_get(txn, dbi, &k, &v);
  if (code == MDB_NOTFOUND)
    return false;
  must(code, "mdb_get");
  value = to_view(v);
  return true;
}

void lmdb_table::put(std::string_view key, std::string_view value, unsigned flags) const {
  auto k = to_val(key);
  auto v = to_val(value);
  must(mdb_put(txn, dbi, &k, &v, flags), "mdb_put");
}

void lmdb_table::remove(std::string_view key) const {
  auto k = to_val(key);
  auto code = mdb_del(txn, dbi, &k, nullptr);
  if (code != MDB_NOTFOUND)
    must(code, "mdb_del");
}

bool lmdb_table::last_key(std::string_view& key) const {
  cursor c{txn, dbi};
  MDB_val k{}, v{};
  auto code = mdb_cursor_get(c.at, &k, &v, MDB_LAST);
  if (code == MDB_NOTFOUND)
    return false;
  must(code, "mdb_cursor_get");
  key = to_view(k);
  return true;
}

std::size_t lmdb_table::size() const {
  MDB_stat stat{};
  must(mdb_stat(txn, dbi, &stat), "mdb_stat");
  return stat.ms_entries;
}

void lmdb_table::scan(std::string_view from,
                      const std::function<bool(std::string_view, std::string_view)>& visit) const {
  cursor c{txn, dbi};
  auto k = to_val(from);
  MDB_val v{};
  auto code = mdb_cursor_get(c.at, &k, &v, from.empty() ? MDB_FIRST : MDB_SET_RANGE);
  for (; code == MDB_SUCCESS; code = mdb_cursor_get(c.at, &k, &v, MDB_NEXT))
    if (!visit(to_view(k), to_view(v)))
      return;
  if (code != MDB_NOTFOUND)
    must(code, "mdb_cursor_get");
}

} // namespace hyakki
