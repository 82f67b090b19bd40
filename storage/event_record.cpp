// Events as bytes on disk; the other half of storage/record.
#include "storage/record.hpp"
#include "storage/wire.hpp"

#include <type_traits>
#include <utility>
#include <variant>

namespace hyakki::codec {

using wire::reader;
using wire::writer;

namespace {

/// The tag of a payload is this and its place in the variant: places are on disk too.
constexpr unsigned payload_tag = 16;

struct put_payload {
  writer& w;
  void operator()(const std::monostate&) {}
  void operator()(const on_repo& p) { w.text(1, p.repository); }
  void operator()(const on_tree& p) {
    w.text(1, p.repository);
    w.text(2, p.path);
  }
  void operator()(const on_prompt& p) {
    w.text(1, p.path);
    w.text(2, p.prompt);
    w.text(3, p.session);
    w.number(4, p.run);
  }
  void operator()(const on_run& p) { wire::put(w, p.what); }
  void operator()(const on_commit& p) {
    w.text(1, p.sha);
    w.text(2, p.message);
    w.number(3, p.files);
    w.number(4, p.insertions);
    w.number(5, p.deletions);
  }
  void operator()(const on_push& p) {
    w.text(1, p.branch);
    w.text(2, p.sha);
  }
  void operator()(const on_pull& p) { wire::put(w, p.pull); }
  void operator()(const on_error& p) {
    w.always(1, static_cast<std::uint64_t>(p.code));
    w.text(2, p.text);
    w.always(3, static_cast<std::uint64_t>(p.in));
    w.flag(4, p.final);
  }
  void operator()(const on_move& p) {
    w.always(1, static_cast<std::uint64_t>(p.from));
    w.always(2, static_cast<std::uint64_t>(p.by));
    w.always(3, static_cast<std::uint64_t>(p.to));
    w.text(4, p.reason);
  }
  void operator()(const on_note& p) { w.text(1, p.text); }
  void operator()(const on_ticket& p) {
    for (auto& c : p.fields)
      w.group(1, [&] {
        w.text(1, c.field);
        w.text(2, c.before);
        w.text(3, c.after);
      });
  }
};

constexpr auto last_state = static_cast<state>(state_count);

void field(reader& in, on_repo& p) {
  if (in.tag == 1)
    p.repository = in.bytes();
}
void field(reader& in, on_tree& p) {
  switch (in.tag) {
  case 1: p.repository = in.bytes(); break;
  case 2: p.path = in.bytes(); break;
  }
}
void field(reader& in, on_prompt& p) {
  switch (in.tag) {
  case 1: p.path = in.bytes(); break;
  case 2: p.prompt = in.bytes(); break;
  case 3: p.session = in.bytes(); break;
  case 4: p.run = in.number32(); break;
  }
}
void field(reader& in, on_commit& p) {
  switch (in.tag) {
  case 1: p.sha = in.bytes(); break;
  case 2: p.message = in.bytes(); break;
  case 3: p.files = in.number32(); break;
  case 4: p.insertions = in.number32(); break;
  case 5: p.deletions = in.number32(); break;
  }
}
void field(reader& in, on_push& p) {
  switch (in.tag) {
  case 1: p.branch = in.bytes(); break;
  case 2: p.sha = in.bytes(); break;
  }
}
void field(reader& in, on_error& p) {
  switch (in.tag) {
  case 1: {
    auto n = in.number();
    p.code = static_cast<ec>(n);
    in.bad = in.bad || n > 255 || !wire::known(p.code);
    break;
  }
  case 2: p.text = in.bytes(); break;
  case 3: p.in = in.one_of(state::queued, last_state); break;
  case 4: p.final = in.number() != 0; break;
  }
}
void field(reader& in, on_move& p) {
  switch (in.tag) {
  case 1: p.from = in.one_of(state::queued, last_state); break;
  case 2: p.by = in.one_of(move::dispatched, static_cast<move>(move_count)); break;
  case 3: p.to = in.one_of(state::queued, last_state); break;
  case 4: p.reason = in.bytes(); break;
  }
}
void field(reader& in, on_note& p) {
  if (in.tag == 1)
    p.text = in.bytes();
}
void field(reader& in, on_ticket& p) {
  if (in.tag != 1)
    return;
  auto& c = p.fields.emplace_back();
  reader part{in.bytes()};
  while (part.next())
    switch (part.tag) {
    case 1: c.field = part.bytes(); break;
    case 2: c.before = part.bytes(); break;
    case 3: c.after = part.bytes(); break;
    }
  in.bad = in.bad || part.bad;
}

template <class P>
bool get_as(std::string_view fields, event_payload& out) {
  P p;
  reader in{fields};
  while (in.next())
    field(in, p);
  out = std::move(p);
  return !in.bad;
}
template <>
bool get_as<on_run>(std::string_view fields, event_payload& out) {
  on_run p;
  auto ok = wire::get(fields, p.what);
  out = std::move(p);
  return ok;
}
template <>
bool get_as<on_pull>(std::string_view fields, event_payload& out) {
  on_pull p;
  auto ok = wire::get(fields, p.pull);
  out = std::move(p);
  return ok;
}

bool get_payload(unsigned tag, std::string_view fields, event_payload& out) {
  switch (tag - payload_tag) {
  case 1: return get_as<on_repo>(fields, out);
  case 2: return get_as<on_tree>(fields, out);
  case 3: return get_as<on_prompt>(fields, out);
  case 4: return get_as<on_run>(fields, out);
  case 5: return get_as<on_commit>(fields, out);
  case 6: return get_as<on_push>(fields, out);
  case 7: return get_as<on_pull>(fields, out);
  case 8: return get_as<on_error>(fields, out);
  case 9: return get_as<on_move>(fields, out);
  case 10: return get_as<on_note>(fields, out);
  case 11: return get_as<on_ticket>(fields, out);
  default: return true; // of a newer writer
  }
}

template <std::size_t I, class P>
constexpr bool stands_at = std::is_same_v<std::variant_alternative_t<I, event_payload>, P>;
static_assert(stands_at<1, on_repo> && stands_at<2, on_tree> && stands_at<3, on_prompt> && stands_at<4, on_run> &&
                stands_at<5, on_commit> && stands_at<6, on_push> && stands_at<7, on_pull> && stands_at<8, on_error> &&
                stands_at<9, on_move> && stands_at<10, on_note> && stands_at<11, on_ticket> &&
                std::variant_size_v<event_payload> == 12,
              "the place of a payload is on disk: add at the end");

} // namespace

void encode(std::string& out, const event& e, std::string_view story) {
  auto start = wire::open_seal(out);
  writer w{out};
  w.signed_number(1, e.at_ms);
  w.always(2, static_cast<std::uint64_t>(e.kind));
  w.text(3, story);
  w.text(4, e.title);
  if (e.payload.index() != 0)
    w.group(payload_tag + static_cast<unsigned>(e.payload.index()), [&] { std::visit(put_payload{w}, e.payload); });
  wire::seal(out, start);
}

result<event> decode_event(std::uint64_t seq, std::string_view bytes) {
  std::string_view fields;
  std::string why;
  auto corrupt = [&](std::string_view reason) {
    return error{ec::corrupt_record,
                 "event " + std::to_string(seq) + " on disk cannot be read: " + std::string{reason}};
  };
  if (!wire::unseal(bytes, fields, why))
    return corrupt(why);
  event e;
  e.seq = seq;
  reader in{fields};
  while (in.next())
    switch (in.tag) {
    case 1: e.at_ms = in.signed_number(); break;
    case 2: e.kind = in.one_of(event_kind::before_process, last_event_kind); break;
    case 3: e.story = in.bytes(); break;
    case 4: e.title = in.bytes(); break;
    default:
      if (in.tag > payload_tag && in.tag < payload_tag + std::variant_size_v<event_payload> &&
          !get_payload(in.tag, in.bytes(), e.payload))
        in.bad = true;
    }
  if (in.bad)
    return corrupt("a field is damaged or unknown to this build");
  return e;
}

} // namespace hyakki::codec
