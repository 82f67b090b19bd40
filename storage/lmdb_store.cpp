// What is kept in the tables, and how it is asked for. Opening them is in storage/lmdb_open.cpp.
#include "storage/lmdb_forget.hpp"
#include "storage/lmdb_keys.hpp"
#include "storage/lmdb_tables.hpp"
#include "storage/record.hpp"
#include "storage/wire.hpp"

#include <limits>
#include <utility>

namespace hyakki {

namespace {

/// What could not be read while the rest could.
class damage {
public:
  void add(std::string_view id, const error& e) {
    if (count_++ == 0)
      first_ = "the story " + std::string{id} + ": " + e.text;
  }
  result<void> verdict() const {
    if (count_ == 0)
      return {};
    return {ec::corrupt_record, std::to_string(count_) + " of the stories cannot be read, the others can; first " +
                                  first_ + ". Restore the store from a copy, or move it away to start anew"};
  }

private:
  std::size_t count_ = 0;
  std::string first_;
};

class lmdb_store final : public store {
public:
  lmdb_store(std::unique_ptr<lmdb_env> env, std::unique_ptr<state_lock> lock)
    : lock_(std::move(lock)), env_(std::move(env)) {}

  result<std::vector<result<void>>> commit(const std::vector<change>& changes) override {
    if (!lock_)
      return only_the_owner("commit");
    std::vector<result<void>> fit;
    fit.reserve(changes.size());
    for (auto& c : changes)
      fit.push_back(codec::storable(c));
    std::vector<result<void>> out;
    std::string scratch;
    auto done = env_->write([&](const lmdb_view& in) {
      out = fit;
      auto seq = last_event(in);
      for (std::size_t i = 0; i < changes.size(); ++i)
        if (out[i])
          out[i] = apply(in, changes[i], seq, scratch);
    });
    if (!done)
      return done.error();
    return out;
  }

  result<void> append(const std::vector<event>& events) override {
    if (!lock_)
      return only_the_owner("append");
    for (auto& e : events)
      if (auto fits = codec::storable(e); !fits)
        return fits;
    std::string scratch;
    return env_->write([&](const lmdb_view& in) {
      auto seq = last_event(in);
      for (auto& e : events)
        log(in, e, e.story, seq, scratch);
    });
  }

  result<void> set_cursor(std::string_view subscriber, std::uint64_t seq) override {
    if (!lock_)
      return only_the_owner("set_cursor");
    if (subscriber.empty() || subscriber.size() > codec::max_subscriber)
      return {ec::rejected, codec::subscriber_rule(subscriber)};
    return env_->write([&](const lmdb_view& in) {
      std::string_view value;
      if (!in[table::cursors].get(subscriber, value) || key::number(value) < seq)
        in[table::cursors].put(subscriber, key::big_endian(seq));
    });
  }

  result<void> drop_request(std::uint64_t seq) override {
    if (!lock_)
      return only_the_owner("drop_request");
    return env_->write([&](const lmdb_view& in) { in[table::requests].remove(key::big_endian(seq)); });
  }

  result<forgotten_events> forget_events(const old_events& what) override {
    if (!lock_)
      return only_the_owner("forget_events");
    // Looked for in a snapshot: most times there is nothing to write. Nobody else changes stories meanwhile.
    std::vector<old_story> old;
    forgotten_events out;
    if (auto read = env_->read([&](const lmdb_view& in) { out = find_old(in, what, old); }); !read)
      return read.error();
    if (old.empty())
      return out;
    auto done = env_->write([&](const lmdb_view& in) {
      std::string scratch;
      for (auto& one : old)
        forget_old(in, one, scratch);
    });
    if (!done)
      return done.error();
    return out;
  }

  result<std::uint64_t> post_request(const operator_request& r) override {
    if (auto ok = codec::storable(r); !ok)
      return ok.error();
    std::uint64_t seq = 0;
    auto full = false;
    std::string bytes;
    codec::encode(bytes, r);
    auto done = env_->write([&](const lmdb_view& in) {
      full = in[table::requests].size() >= codec::max_requests;
      if (full)
        return;
      std::string_view last; // counted in meta: a request that was dropped never gives its number to another
      seq = (in[table::meta].get("last_request", last) ? key::number(last) : 0) + 1;
      in[table::meta].put("last_request", key::big_endian(seq));
      in[table::requests].put(key::big_endian(seq), bytes);
    });
    if (!done)
      return done.error();
    if (full)
      return {ec::over_budget, codec::requests_rule()};
    return seq;
  }

  result<std::optional<story_record>> find(const story_id& id) const override {
    if (id.empty() || id.size() > codec::max_id)
      return std::optional<story_record>{};
    result<std::optional<story_record>> out{std::nullopt};
    auto done = env_->read([&](const lmdb_view& in) {
      std::string_view bytes;
      if (!in[table::records].get(id, bytes))
        return;
      auto record = codec::decode_record(bytes);
      if (!record) {
        out = with_context(record.error(), "the story " + id);
        return;
      }
      std::string why;
      std::string_view text;
      if (in[table::texts].get(id, bytes)) {
        if (!wire::unseal(bytes, text, why)) {
          out = error{ec::corrupt_record, "the story " + id + ": its description on disk cannot be read: " + why};
          return;
        }
        record->story.description = text;
      }
      out = std::optional<story_record>{*std::move(record)};
    });
    if (!done)
      return done.error();
    return out;
  }

  result<void> each_unfinished(const std::function<void(const index_entry&)>& visit) const override {
    damage bad;
    index_entry entry;
    auto done = env_->read([&](const lmdb_view& in) {
      in[table::unfinished].scan({}, [&](std::string_view id, std::string_view bytes) {
        if (auto read = codec::decode_entry(id, bytes, entry))
          visit(entry);
        else
          bad.add(id, read.error());
        return true;
      });
    });
    return done ? bad.verdict() : done;
  }

  result<void> each(const std::function<bool(const index_entry&)>& visit) const override {
    return each_from({}, visit);
  }

  result<void> each_after(const story_id& after, const std::function<bool(const index_entry&)>& visit) const override {
    return each_from(after.empty() ? after : after + '\0', visit);
  }

  result<void> each_from(const std::string& first, const std::function<bool(const index_entry&)>& visit) const {
    damage bad;
    auto done = env_->read([&](const lmdb_view& in) {
      in[table::records].scan(first, [&](std::string_view id, std::string_view bytes) {
        auto head = codec::decode_head(bytes);
        if (head && head->entry.id == id)
          return visit(head->entry);
        bad.add(id, head ? error{ec::corrupt_record, "the record is that of another story"} : head.error());
        return true;
      });
    });
    return done ? bad.verdict() : done;
  }

  result<std::vector<index_entry>> due(std::int64_t now, std::size_t most) const override {
    std::vector<index_entry> out;
    damage bad;
    auto done = env_->read([&](const lmdb_view& in) {
      if (most == 0)
        return;
      in[table::due].scan({}, [&](std::string_view k, std::string_view) {
        if (k.size() <= 8 || key::time_of(k) > now)
          return false;
        auto id = k.substr(8);
        std::string_view bytes;
        auto entry = in[table::unfinished].get(id, bytes)
                       ? codec::decode_entry(id, bytes)
                       : result<index_entry>{ec::corrupt_record, "it is due, but not among the unfinished"};
        if (entry)
          out.push_back(*std::move(entry));
        else
          bad.add(id, entry.error());
        return out.size() < most;
      });
    });
    if (!done)
      return done.error();
    if (auto fine = bad.verdict(); !fine && out.empty())
      return fine.error();
    return out;
  }

  result<std::vector<event>> events_after(std::uint64_t after, std::size_t most) const override {
    std::vector<event> out;
    result<void> bad;
    auto done = env_->read([&](const lmdb_view& in) {
      if (most == 0 || after == std::numeric_limits<std::uint64_t>::max())
        return;
      in[table::events].scan(key::big_endian(after + 1), [&](std::string_view k, std::string_view bytes) {
        auto e = codec::decode_event(key::number(k), bytes);
        if (!e) {
          bad = e.error();
          return false;
        }
        out.push_back(*std::move(e));
        return out.size() < most;
      });
    });
    if (!done)
      return done.error();
    if (!bad && out.empty()) // those before a damaged one are still told
      return bad.error();
    return out;
  }

  result<std::vector<event>> events_of(const story_id& id) const override {
    std::vector<event> out;
    if (id.empty() || id.size() > codec::max_id)
      return out;
    result<void> bad;
    auto done = env_->read([&](const lmdb_view& in) {
      auto prefix = key::of_story(id);
      in[table::story_events].scan(prefix, [&](std::string_view k, std::string_view) {
        if (k.size() != prefix.size() + 8 || k.substr(0, prefix.size()) != prefix)
          return false;
        auto seq = k.substr(prefix.size());
        std::string_view bytes;
        auto e = in[table::events].get(seq, bytes)
                   ? codec::decode_event(key::number(seq), bytes)
                   : result<event>{ec::corrupt_record, "an event of the story " + id + " is missing"};
        if (e)
          out.push_back(*std::move(e));
        else
          bad = e.error();
        return bad.ok();
      });
    });
    if (!done)
      return done.error();
    if (!bad)
      return bad.error();
    return out;
  }

  result<std::uint64_t> cursor(std::string_view subscriber) const override {
    std::uint64_t seq = 0;
    if (subscriber.empty() || subscriber.size() > codec::max_subscriber)
      return seq;
    auto done = env_->read([&](const lmdb_view& in) {
      std::string_view value;
      if (in[table::cursors].get(subscriber, value))
        seq = key::number(value);
    });
    if (!done)
      return done.error();
    return seq;
  }

  result<std::vector<operator_request>> requests(std::size_t most) const override {
    std::vector<operator_request> out;
    result<void> bad;
    auto done = env_->read([&](const lmdb_view& in) {
      if (most == 0)
        return;
      in[table::requests].scan({}, [&](std::string_view k, std::string_view bytes) {
        auto r = codec::decode_request(key::number(k), bytes);
        if (r)
          out.push_back(*std::move(r));
        else
          bad = r.error();
        return out.size() < most;
      });
    });
    if (!done)
      return done.error();
    if (!bad && out.empty())
      return bad.error();
    return out;
  }

private:
  static error only_the_owner(const char* what) {
    return {ec::rejected, std::string{what} + " is for the owner of the store, and it was opened as a visitor"};
  }

  /// One story's step inside the transaction: condition, record, text, indexes, events.
  static result<void> apply(const lmdb_view& in, const change& c, std::uint64_t& last_seq, std::string& scratch) {
    auto id = c.record.id();
    std::string_view bytes;
    codec::record_head old;
    if (in[table::records].get(id, bytes)) {
      auto head = codec::decode_head(bytes);
      if (!head)
        return with_context(head.error(), "the story " + id);
      old = *std::move(head);
    }
    if (c.record.version == 0 || c.record.version - 1 != old.version)
      return codec::version_conflict(id, c.record.version, old.version);

    scratch.clear();
    codec::encode(scratch, c.record);
    in[table::records].put(id, scratch);
    put_text(in[table::texts], id, c.record.story.description, scratch);

    auto due_key = [&](std::int64_t at) { return key::of_time(at) + id; };
    if (old.version != 0 && old.entry.at == state::backing_off)
      in[table::due].remove(due_key(old.entry.due_ms));
    if (c.record.at == state::backing_off)
      in[table::due].put(due_key(c.record.due_ms), {});
    if (!is_final(c.record.at)) {
      scratch.clear();
      codec::encode(scratch, codec::entry_of(c.record));
      in[table::unfinished].put(id, scratch);
    } else if (old.version != 0 && !is_final(old.entry.at)) {
      in[table::unfinished].remove(id);
    }
    for (auto& e : c.events)
      log(in, e, id, last_seq, scratch);
    return {};
  }

  static std::uint64_t last_event(const lmdb_view& in) {
    std::string_view last;
    return in[table::events].last_key(last) ? key::number(last) : 0;
  }

  static void log(const lmdb_view& in, const event& e, const story_id& id, std::uint64_t& last_seq,
                  std::string& scratch) {
    auto seq = key::big_endian(++last_seq);
    scratch.clear();
    codec::encode(scratch, e, id);
    in[table::events].put(seq, scratch, MDB_APPEND);
    in[table::story_events].put(key::of_story(id) + seq, {});
  }

  /// The long text is written when it differs, which is nearly never.
  static void put_text(const lmdb_table& texts, const story_id& id, const std::string& text, std::string& scratch) {
    std::string_view bytes;
    auto stored = texts.get(id, bytes);
    if (text.empty()) {
      if (stored)
        texts.remove(id);
      return;
    }
    std::string_view old;
    std::string why;
    if (stored && wire::unseal(bytes, old, why) && old == text)
      return;
    scratch.clear();
    auto start = wire::open_seal(scratch);
    scratch += text;
    wire::seal(scratch, start);
    texts.put(id, scratch);
  }

  std::unique_ptr<state_lock> lock_; ///< given back after the environment is closed
  std::unique_ptr<lmdb_env> env_;
};

} // namespace

std::unique_ptr<store> make_lmdb_store(std::unique_ptr<lmdb_env> env, std::unique_ptr<state_lock> lock) {
  return std::make_unique<lmdb_store>(std::move(env), std::move(lock));
}

} // namespace hyakki
