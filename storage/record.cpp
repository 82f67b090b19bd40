#include "storage/record.hpp"

#include "storage/record_parts.hpp"

namespace hyakki::codec {

using wire::reader;
using wire::writer;

namespace {

error corrupt(std::string_view what, std::string_view why) {
  return {ec::corrupt_record, std::string{what} + " on disk cannot be read: " + std::string{why}};
}

/// The body of a record. The head stands first, so that an index can be made from it alone.
bool get(std::string_view fields, story_record& r) {
  reader in{fields};
  bool has_head = false;
  while (in.next())
    switch (in.tag) {
    case 1:
      has_head = wire::get_head(in.bytes(), r);
      in.bad = in.bad || !has_head;
      break;
    case 2: r.story.title = in.bytes(); break;
    case 3: r.story.description = in.bytes(); break;
    case 4: r.story.url = in.bytes(); break;
    case 5: r.story.status = in.bytes(); break;
    case 6: wire::add(in, r.story.components); break;
    case 7: wire::add(in, r.story.labels); break;
    case 8: r.resume_at = wire::state_of(in); break;
    case 9: r.taken_ms = in.signed_number(); break;
    case 10: r.changed_ms = in.signed_number(); break;
    case 11: r.base_branch = in.bytes(); break;
    case 12: r.base_sha = in.bytes(); break;
    case 13: r.branch = in.bytes(); break;
    case 14: r.tree = in.bytes(); break;
    case 15: r.commit.edit().at_ms = in.signed_number(); break;
    case 16: r.commit.edit().sha = in.bytes(); break;
    case 17: r.commit.edit().tree_sha = in.bytes(); break;
    case 18: wire::add(in, r.commit.edit().files); break;
    case 19: wire::into(in, r.pull.edit()); break;
    case 20: r.attempts = in.number32(); break;
    case 21: r.fix_rounds = in.number32(); break;
    case 22: r.life = in.number32(); break;
    case 23: wire::add(in, r.runs.all()); break;
    case 24: wire::add(in, r.proof.all()); break;
    case 25: wire::add(in, r.findings.all()); break;
    case 26:
      wire::into(in, r.why.edit());
      r.has_trouble = true;
      break;
    case 27: r.pushed_sha.edit() = in.bytes(); break;
    case 28: r.verdict = wire::state_of(in); break;
    case 29: wire::add(in, r.rework.all()); break;
    case 30: r.homes = in.number32(); break;
    default: break; // of a newer writer
    }
  return !in.bad && has_head;
}

/// Does not compile when a value has got a field that nobody taught to be stored: add its tag above and below,
/// bound it in storable.cpp, then count it here.
[[maybe_unused]] void every_field_is_known(story_record& r, run& n, pull_request& p, evidence& e, story& s,
                                           rework_round& w, remark& m, committed_work& c, trouble& t) {
  [[maybe_unused]] auto& [f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, f11, f12, f13, f14, f15, f16, f17, f18, f19, f20,
                          f21, f22, f23, f24, f25, f26] = r;
  [[maybe_unused]] auto& [n1, n2, n3, n4, n5, n6, n7, n8, n9, n10, n11, n12, n13, n14, n15] = n;
  [[maybe_unused]] auto& [p1, p2, p3, p4, p5, p6, p7, p8, p9] = p;
  [[maybe_unused]] auto& [e1, e2, e3, e4, e5, e6, e7] = e;
  [[maybe_unused]] auto& [s1, s2, s3, s4, s5, s6, s7, s8, s9, s10] = s;
  [[maybe_unused]] auto& [w1, w2, w3, w4, w5, w6, w7, w8] = w;
  [[maybe_unused]] auto& [m1, m2, m3, m4, m5, m6, m7] = m;
  [[maybe_unused]] auto& [c1, c2, c3, c4] = c;
  [[maybe_unused]] auto& [t1, t2, t3, t4] = t;
}

bool is_empty(const pull_request& p) {
  return p.id.empty() && p.url.empty() && p.title.empty() && p.source_branch.empty() && p.target_branch.empty() &&
         p.description.empty() && p.state.empty() && p.head.empty() && !p.adopted;
}

} // namespace

index_entry entry_of(const story_record& r) {
  return {r.id(), r.at, r.story.priority, r.story.created_ms, r.due_ms, r.repository, r.changed_ms};
}

void encode(std::string& out, const story_record& r, description where) {
  auto start = wire::open_seal(out);
  writer w{out};
  w.group(1, [&] { wire::put_head(w, r); });
  w.text(2, r.story.title);
  if (where == description::inside)
    w.text(3, r.story.description);
  w.text(4, r.story.url);
  w.text(5, r.story.status);
  for (auto& c : r.story.components)
    w.item(6, c);
  for (auto& l : r.story.labels)
    w.item(7, l);
  w.always(8, static_cast<std::uint64_t>(r.resume_at));
  w.signed_number(9, r.taken_ms);
  w.signed_number(10, r.changed_ms);
  w.text(11, r.base_branch);
  w.text(12, r.base_sha);
  w.text(13, r.branch);
  w.text(14, r.tree);
  w.signed_number(15, r.commit->at_ms);
  w.text(16, r.commit->sha);
  w.text(17, r.commit->tree_sha);
  for (auto& f : r.commit->files)
    w.group(18, [&] { wire::put(w, f); });
  if (!is_empty(*r.pull))
    w.group(19, [&] { wire::put(w, *r.pull); });
  w.number(20, r.attempts);
  w.number(21, r.fix_rounds);
  w.always(22, r.life);
  for (auto& run : r.runs)
    w.group(23, [&] { wire::put(w, run); });
  for (auto& e : r.proof)
    w.group(24, [&] { wire::put(w, e); });
  for (auto& f : r.findings)
    w.item(25, f);
  if (r.has_trouble)
    w.group(26, [&] { wire::put(w, *r.why); });
  w.text(27, *r.pushed_sha);
  w.always(28, static_cast<std::uint64_t>(r.verdict));
  for (auto& round : r.rework)
    w.group(29, [&] { wire::put(w, round); });
  w.number(30, r.homes);
  wire::seal(out, start);
}

result<story_record> decode_record(std::string_view bytes) {
  std::string_view fields;
  std::string why;
  if (!wire::unseal(bytes, fields, why))
    return corrupt("a story's record", why);
  story_record r;
  if (!get(fields, r))
    return corrupt("a story's record", "a field is damaged or unknown to this build");
  return r;
}

result<record_head> decode_head(std::string_view bytes) {
  std::string_view fields;
  std::string why;
  if (!wire::unseal(bytes, fields, why))
    return corrupt("a story's record", why);
  reader in{fields};
  story_record r;
  if (!in.next() || in.tag != 1 || !wire::get_head(in.bytes(), r) || in.bad)
    return corrupt("a story's record", "its head is damaged or unknown to this build");
  return record_head{entry_of(r), r.version};
}

void encode(std::string& out, const index_entry& e) {
  auto start = wire::open_seal(out);
  writer w{out};
  w.always(1, static_cast<std::uint64_t>(e.at));
  w.signed_number(2, e.priority);
  w.signed_number(3, e.created_ms);
  w.signed_number(4, e.due_ms);
  w.text(5, e.repository);
  wire::seal(out, start);
}

result<index_entry> decode_entry(std::string_view id, std::string_view bytes) {
  index_entry e;
  if (auto ok = decode_entry(id, bytes, e); !ok)
    return ok.error();
  return e;
}

result<void> decode_entry(std::string_view id, std::string_view bytes, index_entry& into) {
  std::string_view fields;
  std::string why;
  if (!wire::unseal(bytes, fields, why))
    return corrupt("an index entry", why);
  into.id = id;
  into.at = state::queued;
  into.priority = 0;
  into.created_ms = into.due_ms = into.changed_ms = 0;
  into.repository.clear();
  reader in{fields};
  while (in.next())
    switch (in.tag) {
    case 1: into.at = wire::state_of(in); break;
    case 2: into.priority = in.signed32(); break;
    case 3: into.created_ms = in.signed_number(); break;
    case 4: into.due_ms = in.signed_number(); break;
    case 5: into.repository = in.bytes(); break;
    default: break;
    }
  if (in.bad)
    return corrupt("an index entry", "a field is damaged or unknown to this build");
  return {};
}

void encode(std::string& out, const operator_request& r) {
  auto start = wire::open_seal(out);
  writer w{out};
  w.always(1, static_cast<std::uint64_t>(r.what));
  w.text(2, r.story);
  w.text(3, r.reason);
  w.signed_number(4, r.at_ms);
  wire::seal(out, start);
}

result<operator_request> decode_request(std::uint64_t seq, std::string_view bytes) {
  std::string_view fields;
  std::string why;
  if (!wire::unseal(bytes, fields, why))
    return corrupt("an operator's request", why);
  operator_request r;
  r.seq = seq;
  reader in{fields};
  while (in.next())
    switch (in.tag) {
    case 1: r.what = in.one_of(operator_request::kind::cancel, operator_request::kind::retry); break;
    case 2: r.story = in.bytes(); break;
    case 3: r.reason = in.bytes(); break;
    case 4: r.at_ms = in.signed_number(); break;
    default: break;
    }
  if (in.bad)
    return corrupt("an operator's request", "a field is damaged or unknown to this build");
  return r;
}

} // namespace hyakki::codec
