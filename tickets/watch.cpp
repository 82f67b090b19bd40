#include "tickets/watch.hpp"

#include "tickets/watch_row.hpp"

#include <lmdb.h>

#include <algorithm>
#include <filesystem>
#include <functional>
#include <numeric>
#include <system_error>

namespace hyakki::tickets {
namespace {

constexpr std::size_t map_bytes = std::size_t{1} << 32; ///< of addresses, not of memory
/// In front of every id, which has no such byte: the layout of the picture, once it is whole. Of another layout than
/// that of this build it is begun anew.
constexpr std::string_view layout_key = "\x01layout";
const std::string layout = "3." + std::to_string(summary_fields);

MDB_val val(std::string_view s) { return {s.size(), const_cast<char*>(s.data())}; }
std::string_view view(const MDB_val& v) { return {static_cast<const char*>(v.mv_data), v.mv_size}; }

/// Goes through the rows in order of id.
class rows {
public:
  rows(MDB_txn* txn, MDB_dbi dbi) {
    if (mdb_cursor_open(txn, dbi, &cursor_) == 0)
      step(MDB_FIRST);
    while (there_ && id() < std::string_view{"\x02"})
      next();
  }
  ~rows() {
    if (cursor_)
      mdb_cursor_close(cursor_);
  }
  rows(const rows&) = delete;
  rows& operator=(const rows&) = delete;
  bool there() const { return there_; }
  std::string_view id() const { return view(key_); }
  std::string_view bytes() const { return view(data_); }
  void next() { step(MDB_NEXT); }

private:
  void step(MDB_cursor_op op) { there_ = mdb_cursor_get(cursor_, &key_, &data_, op) == 0; }
  MDB_cursor* cursor_ = nullptr;
  MDB_val key_{};
  MDB_val data_{};
  bool there_ = false;
};

} // namespace

struct watch::inner {
  inner() = default;
  inner(const inner&) = delete;
  inner& operator=(const inner&) = delete;
  std::string file;
  MDB_env* env = nullptr;
  MDB_dbi dbi = 0;
  ~inner() {
    if (env)
      mdb_env_close(env);
  }

  error failed(int code) const {
    auto ours = code == MDB_INVALID || code == MDB_CORRUPTED || code == MDB_VERSION_MISMATCH;
    return {ours ? ec::bad_config : ec::unavailable, "tickets: the picture of what was told, " + file + ": " +
                                                       mdb_strerror(code) +
                                                       (ours ? "; remove it to begin anew from now" : "")};
  }

  result<void> in_txn(unsigned flags, const std::function<int(MDB_txn*)>& work) const {
    MDB_txn* txn = nullptr;
    auto code = mdb_txn_begin(env, nullptr, flags, &txn);
    if (code != 0)
      return failed(code);
    code = work(txn);
    if (code != 0 || flags == MDB_RDONLY)
      mdb_txn_abort(txn);
    else
      code = mdb_txn_commit(txn);
    return code == 0 ? result<void>{} : failed(code);
  }
};

watch::watch(std::unique_ptr<inner> in) : in_(std::move(in)) {}
watch::~watch() = default;

result<std::unique_ptr<watch>> watch::open(const std::string& file) {
  auto in = std::make_unique<inner>();
  in->file = file;
  auto failed = std::error_code{};
  std::filesystem::create_directories(std::filesystem::path{file}.parent_path(), failed);
  auto code = mdb_env_create(&in->env); // says what is wrong with the place
  if (code == 0)
    code = mdb_env_set_mapsize(in->env, map_bytes);
  if (code == 0)
    code = mdb_env_open(in->env, file.c_str(), MDB_NOSUBDIR | MDB_NOTLS, 0600);
  if (code != 0)
    return in->failed(code);
  if (auto done = in->in_txn(0, [&](MDB_txn* txn) { return mdb_dbi_open(txn, nullptr, 0, &in->dbi); }); !done)
    return done.error();
  return std::unique_ptr<watch>{new watch{std::move(in)}};
}

result<std::vector<story_change>> watch::look(const catalog& now, std::size_t most) {
  moves_.clear();
  auto out = std::vector<story_change>{};
  auto& tickets = now.tickets();
  auto order = std::vector<std::size_t>(tickets.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](auto a, auto b) { return tickets[a].id() < tickets[b].id(); });
  auto closed_eyes = std::vector<std::string>{};
  for (auto& t : now.hidden())
    closed_eyes.push_back(t.id);
  std::sort(closed_eyes.begin(), closed_eyes.end());
  auto unreadable = [&](std::string_view id) { return std::binary_search(closed_eyes.begin(), closed_eyes.end(), id); };

  auto keep = [&](std::string_view id, const watch_row& row) { moves_.emplace_back(id, encode(row)); };
  auto tell = [&](event_kind what, const summary& t, std::vector<field_change> fields) {
    out.push_back({what, std::string{t.id()}, std::string{t.title()}, std::move(fields)});
  };
  auto created = [&](std::size_t place) {
    tell(event_kind::ticket_created, tickets[place], {});
    keep(tickets[place].id(), row_of(now, place));
  };
  auto not_there = [&](std::string_view id, watch_row row) {
    if (unreadable(id))
      return;
    if (row.missing || row.unreadable) {
      if (!row.unreadable)
        tell(event_kind::ticket_removed, summary{row.fields.data()}, {});
      moves_.emplace_back(id, std::nullopt);
      return;
    }
    row.missing = true;
    keep(id, row);
  };
  auto still_there = [&](const watch_row& before, std::size_t place) {
    auto mark = now.mark_of(place);
    if (mark != 0 && mark == before.mark && !before.missing)
      return;
    auto& t = tickets[place];
    auto after = row_of(now, place);
    auto fields = before.unreadable ? std::vector<field_change>{} : differences(before, after);
    if (!fields.empty()) {
      auto was_over = is_over(summary{before.fields.data()}.status());
      tell(is_over(t.status()) && !was_over ? event_kind::ticket_closed : event_kind::ticket_changed, t,
           std::move(fields));
    }
    if (encode(before) != encode(after))
      keep(t.id(), after);
  };

  bool first = false;
  auto read = in_->in_txn(MDB_RDONLY, [&](MDB_txn* txn) {
    auto key = val(layout_key);
    auto data = MDB_val{};
    first = mdb_get(txn, in_->dbi, &key, &data) != 0 || view(data) != layout;
    if (first)
      return 0;
    auto row = rows{txn, in_->dbi};
    for (std::size_t i = 0; (i < order.size() || row.there()) && out.size() < most;) {
      auto id = i < order.size() ? tickets[order[i]].id() : std::string_view{};
      if (!row.there() || (i < order.size() && id < row.id())) {
        created(order[i++]);
        continue;
      }
      auto before = decode(row.bytes());
      if (!before)
        return MDB_CORRUPTED;
      if (i == order.size() || row.id() < id)
        not_there(row.id(), *std::move(before));
      else
        still_there(*before, order[i++]);
      row.next();
    }
    return 0;
  });
  if (!read) {
    moves_.clear();
    return read.error();
  }
  anew_ = first;
  if (first) {
    for (auto place : order)
      keep(tickets[place].id(), row_of(now, place));
    auto unknown = watch_row{};
    unknown.unreadable = true;
    for (auto& id : closed_eyes)
      keep(id, unknown);
    moves_.emplace_back(layout_key, layout);
  }
  if (out.empty())
    if (auto done = told(); !done)
      return done.error();
  return out;
}

result<void> watch::told() {
  if (moves_.empty())
    return {};
  auto done = in_->in_txn(0, [&](MDB_txn* txn) {
    if (auto code = anew_ ? mdb_drop(txn, in_->dbi, 0) : 0; code != 0)
      return code;
    for (auto& [id, bytes] : moves_) {
      auto key = val(id);
      auto data = bytes ? val(*bytes) : MDB_val{};
      auto code = bytes ? mdb_put(txn, in_->dbi, &key, &data, 0) : mdb_del(txn, in_->dbi, &key, nullptr);
      if (code != 0 && code != MDB_NOTFOUND)
        return code;
    }
    return 0;
  });
  if (done)
    moves_.clear();
  return done;
}

} // namespace hyakki::tickets
