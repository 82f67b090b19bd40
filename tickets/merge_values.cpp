// Values merged by the kind of their key.

#include "tickets/local_time.hpp"
#include "tickets/merge.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <set>

namespace hyakki::tickets {
namespace {

using kind = value::kind;

/// What to do when both sides changed a plain value.
enum class rule : std::uint8_t { later, latest, earliest, text, sum };

struct key_rule {
  std::string_view key;
  rule how;
};
constexpr std::array<key_rule, 18> rules{{
  {"updated_at", rule::latest},
  {"last_updated", rule::latest},
  {"last_seen", rule::latest},
  {"last_activity", rule::latest},
  {"created_at", rule::earliest},
  {"description", rule::text},
  {"content", rule::text},
  {"notes", rule::text},
  {"background", rule::text},
  {"instructions", rule::text},
  {"expected_output", rule::text},
  {"output", rule::text},
  {"tasks_completed", rule::sum},
  {"tasks_failed", rule::sum},
  {"total_execution_time_minutes", rule::sum},
  {"total_tasks", rule::sum},
  {"completed_tasks", rule::sum},
  {"failed_tasks", rule::sum},
}};

rule rule_of(std::string_view key) {
  auto it = std::find_if(rules.begin(), rules.end(), [&](auto& r) { return r.key == key; });
  return it == rules.end() ? rule::later : it->how;
}

constexpr std::string_view ours_mark = "<<<<<<< ours";
constexpr std::string_view middle_mark = "=======";
constexpr std::string_view theirs_mark = ">>>>>>> theirs";

std::string both(const std::string& ours, const std::string& theirs) {
  auto line = [](std::string_view text) {
    return std::string{text} + (text.empty() || text.back() != '\n' ? "\n" : "");
  };
  return line(ours_mark) + line(ours) + line(middle_mark) + line(theirs) + std::string{theirs_mark};
}

bool later(const value* a, const value* b) {
  auto at = [](const value* v) { return v ? read_local_time(v->text).value_or(0) : 0; };
  return at(a) > at(b) || (at(a) == at(b) && a && b && a->text > b->text);
}

const value& id_of(const value& record) {
  static const value none;
  auto* id = record.find("id");
  return id ? *id : none;
}

bool is_records(const value& list) {
  auto ids = std::set<std::string>{};
  return list.is == kind::list && std::all_of(list.items.begin(), list.items.end(), [&](auto& item) {
           return item.is == kind::map && item.find("id") && ids.insert(item.find("id")->text).second;
         });
}

bool is_words(const value& list) {
  auto seen = std::set<std::string>{};
  return list.is == kind::list && std::all_of(list.items.begin(), list.items.end(), [&](auto& item) {
           return item.scalar() && seen.insert(item.text).second;
         });
}

class merger {
public:
  std::vector<std::string> conflicts;

  /// `ours_later`: which side wins where neither rule nor place decides.
  value map(const value& base, const value& ours, const value& theirs, bool ours_later, const std::string& where) {
    if (auto* a = ours.find("updated_at"), *b = theirs.find("updated_at"); a && b && *a != *b)
      ours_later = later(a, b);
    auto out = map_value();
    auto add = [&](const std::string& key) {
      if (!out.find(key))
        if (auto v = member(key, base.find(key), ours.find(key), theirs.find(key), ours_later, where))
          out.add(key, std::move(*v));
    };
    for (auto& key : ours.keys)
      add(key);
    for (auto& key : theirs.keys)
      add(key);
    return out;
  }

private:
  std::optional<value> member(const std::string& key, const value* base, const value* ours, const value* theirs,
                              bool ours_later, const std::string& where) {
    auto same = [](const value* a, const value* b) { return (!a && !b) || (a && b && *a == *b); };
    auto copy = [](const value* v) { return v ? std::optional<value>{*v} : std::nullopt; };
    if (same(base, theirs))
      return copy(ours);
    if (same(ours, theirs))
      return base && ours ? std::optional{same_twice(key, *base, *ours, ours_later, where)} : copy(ours);
    if (same(base, ours))
      return copy(theirs);
    if (!ours || !theirs) // one removed what the other changed
      return copy(ours ? ours : theirs);
    static const value nothing;
    auto& b = base ? *base : nothing;
    auto place = where.empty() ? key : where + "." + key;
    if (ours->is == kind::map && theirs->is == kind::map)
      return map(b.is == kind::map ? b : map_value(), *ours, *theirs, ours_later, place);
    auto base_list = b.is == kind::list ? b : list_value();
    if (is_records(*ours) && is_records(*theirs) && is_records(base_list))
      return records(base_list, *ours, *theirs, ours_later, place);
    if (is_words(*ours) && is_words(*theirs) && is_words(base_list))
      return words(base_list, *ours, *theirs);
    return plain(key, b, *ours, *theirs, ours_later, place);
  }

  /// Both wrote the same: they agree, but those who counted the same each counted it.
  value same_twice(const std::string& key, const value& base, const value& now, bool ours_later,
                   const std::string& where) {
    if (now.is == kind::map && base.is == kind::map)
      return map(base, now, now, ours_later, where);
    if (is_records(now) && is_records(base))
      return records(base, now, now, ours_later, where);
    auto sum = counted(key, base, now, now);
    return sum ? int_value(*sum) : now;
  }

  /// What a counter is after both sides' increments; empty for what is no counter, or was set back.
  static std::optional<std::int64_t> counted(std::string_view key, const value& base, const value& ours,
                                             const value& theirs) {
    auto count = [](const value& v) -> std::optional<std::int64_t> {
      auto whole = whole_number(v.text);
      auto d = whole ? std::nullopt : real_number(v.text); // Python may have made minutes 12.0
      return d && std::abs(*d) < 9e15 && std::floor(*d) == *d ? static_cast<std::int64_t>(*d) : whole;
    };
    auto a = rule_of(key) == rule::sum ? count(ours) : std::nullopt;
    auto b = a ? count(theirs) : std::nullopt;
    auto from = a ? count(base).value_or(0) : 0;
    return a && b && *a >= from && *b >= from ? std::optional{*a + *b - from} : std::nullopt;
  }

  value plain(std::string_view key, const value& base, const value& ours, const value& theirs, bool ours_later,
              const std::string& place) {
    switch (rule_of(key)) {
    case rule::latest: return later(&ours, &theirs) ? ours : theirs;
    case rule::earliest: return later(&ours, &theirs) ? theirs : ours;
    case rule::text:
      if (!ours.scalar() || !theirs.scalar() || ours.text.empty() || theirs.text.empty())
        break;
      conflicts.push_back(place);
      return text_value(both(ours.text, theirs.text));
    case rule::sum:
      if (auto sum = counted(key, base, ours, theirs))
        return int_value(*sum);
      break;
    case rule::later: break;
    }
    return ours_later ? ours : theirs;
  }

  static bool has(const value& list, const value& item) {
    return std::any_of(list.items.begin(), list.items.end(), [&](auto& i) { return i.text == item.text; });
  }

  static value words(const value& base, const value& ours, const value& theirs) {
    auto out = list_value();
    for (auto& item : ours.items)
      if (has(theirs, item) || !has(base, item))
        out.items.push_back(item);
    for (auto& item : theirs.items)
      if (!has(ours, item) && !has(base, item))
        out.items.push_back(item);
    return out;
  }

  static const value* record(const value& list, const std::string& id) {
    for (auto& item : list.items)
      if (id_of(item).text == id)
        return &item;
    return nullptr;
  }

  value records(const value& base, const value& ours, const value& theirs, bool ours_later, const std::string& where) {
    auto out = list_value();
    auto merged = [&](const value& item, const value* b, const value* a, const value* t) {
      auto& id = id_of(item).text;
      static const value none = map_value();
      if (a && t)
        out.items.push_back(map(b ? *b : none, *a, *t, ours_later, where + "[" + id + "]"));
      else if (!b || *b != item) // new here, or changed here and removed there
        out.items.push_back(item);
    };
    for (auto& item : ours.items) {
      auto& id = id_of(item).text;
      merged(item, record(base, id), &item, record(theirs, id));
    }
    for (auto& item : theirs.items)
      if (auto& id = id_of(item).text; !record(ours, id))
        merged(item, record(base, id), nullptr, &item);
    // Both sides may have added: in order of time, as they would stand had one person written them all.
    if (out.items.size() > std::max(ours.items.size(), theirs.items.size()))
      std::stable_sort(out.items.begin(), out.items.end(), [](auto& a, auto& b) {
        auto *x = a.find("created_at"), *y = b.find("created_at");
        return x && y && later(y, x);
      });
    return out;
  }
};

/// The rate of an agent follows from its counters.
void settle_rates(value& agent) {
  for (std::size_t i = 0; i < agent.keys.size(); ++i)
    if (agent.keys[i] == "metrics" && agent.items[i].is == kind::map) {
      auto& metrics = agent.items[i];
      auto count = [&](std::string_view key) {
        auto* v = metrics.find(key);
        return static_cast<double>(v ? whole_number(v->text).value_or(0) : 0);
      };
      auto all = count("tasks_completed") + count("tasks_failed");
      for (std::size_t k = 0; k < metrics.keys.size(); ++k)
        if (metrics.keys[k] == "success_rate" && all > 0)
          metrics.items[k] = real_value(count("tasks_completed") / all);
    }
}

} // namespace

merged_values merge_values(const value& base, const value& ours, const value& theirs) {
  auto work = merger{};
  auto out = merged_values{work.map(base, ours, theirs, true, {}), {}};
  settle_rates(out.result);
  out.conflicts = std::move(work.conflicts);
  return out;
}

} // namespace hyakki::tickets
