// The section `queue`, as yokai has it: what has a meaning here is taken over, the rest is said to do nothing.

#include "core/suggest.hpp"
#include "core/utf8.hpp"
#include "runtime/config_reader.hpp"

#include <algorithm>

namespace hyakki {
namespace {

using kind = yaml_node::kind;

struct queue_key_row {
  std::string_view path;
  std::string_view ours; ///< the key that it sets where that is not given; empty = no effect
};

constexpr queue_key_row rows[] = {
  {"queue.backend", "storage.type"},
  {"queue.db_path", ""},
  {"queue.redis_url", ""},
  {"queue.coordinator.poll_interval_seconds", "orchestrator.poll_interval_seconds"},
  {"queue.coordinator.lease_duration_seconds", ""},
  {"queue.coordinator.reclaim_interval_seconds", ""},
  {"queue.coordinator.max_attempts_per_job", "retry.max_attempts"},
  {"queue.worker.poll_interval_seconds", ""},
  {"queue.worker.agent_timeout_seconds", "agent.timeout_seconds"},
  {"queue.worker.lease_duration_seconds", ""},
  {"queue.worker.heartbeat_interval_seconds", ""},
  {"queue.worker.retry_backoff_base_seconds", "retry.base_seconds"},
  {"queue.worker.retry_backoff_cap_seconds", "retry.cap_seconds"},
  {"queue.result_handler.poll_interval_seconds", ""},
  {"queue.result_handler.batch_size", ""},
};

std::vector<std::string_view> names_below(const std::string& prefix) {
  std::vector<std::string_view> out;
  for (auto& r : rows)
    if (r.path.size() > prefix.size() && r.path.substr(0, prefix.size()) == prefix && r.path[prefix.size()] == '.') {
      auto rest = r.path.substr(prefix.size() + 1);
      auto name = rest.substr(0, rest.find('.'));
      if (out.empty() || out.back() != name)
        out.push_back(name);
    }
  return out;
}

} // namespace

void config_reader::queue(const yaml_node& node) {
  if (node.what == kind::null)
    return;
  if (node.what != kind::map)
    return fault(node.line, "queue", "is not a map; allowed are the keys " + listed(names_below("queue")));
  for (auto& e : node.entries) {
    auto path = "queue." + printable(cut_utf8(e.key, 100));
    if (!visit(*e.value))
      return;
    bool nested = e.key == "coordinator" || e.key == "worker" || e.key == "result_handler";
    if (!nested)
      queue_key(e, path);
    else if (e.value->what == kind::map)
      for (auto& inner : e.value->entries) {
        if (!visit(*inner.value))
          return;
        queue_key(inner, path + "." + printable(cut_utf8(inner.key, 100)));
      }
    else if (e.value->what != kind::null)
      fault(e.value->line, path, "is not a map; allowed are the keys " + listed(names_below(path)));
  }
}

void config_reader::queue_key(const yaml_node::entry& e, const std::string& path) {
  auto row = std::find_if(std::begin(rows), std::end(rows), [&](auto& r) { return r.path == path; });
  if (row == std::end(rows)) {
    auto names = names_below(path.substr(0, path.rfind('.')));
    return fault(e.line, path, "unknown key" + did_you_mean(e.key, names) + "; known here: " + listed(names));
  }
  auto warn = [&](const std::string& text) { config_reader::warn(e.line, path, text); };
  given_[path] = e.line;
  if (path == "queue.redis_url") {
    // it often holds a password, so the redactor must know it even though nothing uses it
    if (auto text = scalar(*e.value, path, "a text"); text && !text->empty())
      out.secrets.emplace_back(*text);
    return warn("has no effect: this build keeps its queue in the store (storage.type)");
  }
  if (path == "queue.backend") {
    auto text = scalar(*e.value, path, "one of lmdb, memory");
    if (!text)
      return;
    if (*text == "sqlite")
      return warn("is \"sqlite\"; the queue is kept in the store (storage.type)");
    if (*text != "lmdb" && *text != "memory")
      return fault(e.value->line, path,
                   "is \"" + printable(cut_utf8(*text, 100)) +
                     "\"; allowed is one of lmdb, memory. "
                     "lmdb is durable on one machine and needs no server");
  }
  if (row->ours.empty()) {
    scalar(*e.value, path, "a value");
    return warn("has no effect: work is handed on as it comes, and the store needs no such setting");
  }
  // The file's own key wins wherever it stands, so it is read first: sections come in any order.
  auto ours = std::string{row->ours};
  if (own_keys_.count(ours) != 0)
    return warn("has no effect, because " + ours + " is given");
  set(out.settings, *key_named(ours), path, slot_of(out.settings, ours), *e.value);
  given_[ours] = e.line;
}

} // namespace hyakki
