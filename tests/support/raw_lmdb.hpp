#pragma once
// Writes behind a store's back, to fabricate files of other versions and damage. The store must be closed.

#include <lmdb.h>

#include <stdexcept>
#include <string>

namespace hyakki::test {

inline void raw_put(const std::string& file, const char* table, std::string key, std::string value) {
  auto must = [](int code) {
    if (code != 0)
      throw std::runtime_error{mdb_strerror(code)};
  };
  MDB_env* env = nullptr;
  MDB_txn* txn = nullptr;
  MDB_dbi dbi = 0;
  must(mdb_env_create(&env));
  must(mdb_env_set_maxdbs(env, 16));
  must(mdb_env_open(env, file.c_str(), MDB_NOSUBDIR, 0600));
  must(mdb_txn_begin(env, nullptr, 0, &txn));
  must(mdb_dbi_open(txn, table, 0, &dbi));
  MDB_val k{key.size(), key.data()}, v{value.size(), value.data()};
  must(mdb_put(txn, dbi, &k, &v, 0));
  must(mdb_txn_commit(txn));
  mdb_env_close(env);
}

} // namespace hyakki::test
