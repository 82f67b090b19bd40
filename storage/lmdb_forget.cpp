#include "storage/lmdb_forget.hpp"

#include "storage/lmdb_keys.hpp"
#include "storage/record.hpp"

#include <iterator>
#include <utility>

namespace hyakki {
namespace {

/// False when only the first of its events go this time.
bool add_old(const lmdb_view& in, const old_events& what, const index_entry& entry, std::vector<old_story>& old,
             forgotten_events& out) {
  if (entry.changed_ms >= what.ended_before)
    return true;
  old_story one{entry.id, {}, true};
  auto prefix = key::of_story(entry.id);
  std::string last;
  in[table::story_events].scan(prefix, [&](std::string_view k, std::string_view) {
    if (k.size() != prefix.size() + 8 || k.substr(0, prefix.size()) != prefix)
      return false;
    last = k.substr(prefix.size());
    one.all = out.events + one.seqs.size() <= what.most_events;
    if (one.all)
      one.seqs.push_back(last);
    return true;
  });
  // One that stands alone is the note that was left before, or as good as it.
  if (one.seqs.size() < 2 || key::number(last) > what.told_up_to)
    return true;
  // A record of a build that did not keep that time: its last event tells.
  std::string_view bytes;
  if (entry.changed_ms == 0 && in[table::events].get(last, bytes))
    if (auto e = codec::decode_event(key::number(last), bytes); e && e->at_ms >= what.ended_before)
      return true;
  auto all = one.all;
  out.events += one.seqs.size() - 1;
  old.push_back(std::move(one));
  return all;
}

} // namespace

forgotten_events find_old(const lmdb_view& in, const old_events& what, std::vector<old_story>& old) {
  forgotten_events out{what.after, true, 0};
  std::size_t looked = 0;
  auto visit = [&](std::string_view id, std::string_view bytes) {
    auto head = codec::decode_head(bytes);
    if (looked++ < what.most_stories && out.events < what.most_events &&
        (!head || !is_final(head->entry.at) || add_old(in, what, head->entry, old, out)))
      out.up_to = id;
    else
      out.at_the_end = false;
    return out.at_the_end;
  };
  in[table::records].scan(what.after.empty() ? what.after : what.after + '\0', visit);
  return out;
}

void forget_old(const lmdb_view& in, const old_story& one, std::string& scratch) {
  auto prefix = key::of_story(one.id);
  for (auto i = one.seqs.begin(); std::next(i) != one.seqs.end(); ++i) {
    in[table::events].remove(*i);
    in[table::story_events].remove(prefix + *i);
  }
  if (!one.all)
    return;
  // The log's last number stays, and whoever looks is told that there was more.
  std::string_view bytes;
  auto& last = one.seqs.back();
  auto found = in[table::events].get(last, bytes) ? codec::decode_event(key::number(last), bytes)
                                                  : result<event>{ec::not_found, "no such event"};
  if (!found)
    return; // a damaged one is left for people to see
  scratch.clear();
  codec::encode(scratch, codec::forgotten_note(*std::move(found)), one.id);
  in[table::events].put(last, scratch);
}

} // namespace hyakki
