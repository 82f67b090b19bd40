#include "runtime/wiring.hpp"

#include "actors/inspect.hpp"
#include "actors/repo_lock.hpp"
#include "actors/store_writer.hpp"
#include "actors/tracker_gateway.hpp"
#include "adapters/coding_agents/session_id.hpp"
#include "adapters/git/git_door.hpp"
#include "adapters/http/told_calls.hpp"
#include "core/digest.hpp"
#include "core/url.hpp"
#include "runtime/adapters.hpp"
#include "storage/event_sweep.hpp"
#include "storage/lmdb_store.hpp"
#include "storage/memory_store.hpp"

#include <atomic>
#include <chrono>
#include <cstring>
#include <filesystem>
#include <future>
#include <numeric>
#include <random>
#include <thread>

#include <caf/scoped_actor.hpp>

namespace hyakki {
namespace {

/// CAF 0.17.6 can hang at shutdown beyond 63 detached actors; half of that is ours.
constexpr std::size_t most_detached = 32;

/// Threads of the scheduler.
constexpr std::size_t most_scheduled = 4;

std::string own_program() {
  std::error_code failed;
  auto path = std::filesystem::read_symlink("/proc/self/exe", failed);
  return failed ? std::string{} : path.string();
}

std::string origin_of(const std::string& address) {
  auto place = parse_url(address);
  return place ? place->origin() : std::string{};
}

result<std::unique_ptr<store>> open_store(const config& c, std::function<void(const std::string&)> on_end) {
  if (c.storage.type == "memory")
    return make_memory_store();
  lmdb_options o;
  o.path = state_directory(c);
  o.on_give_up = std::move(on_end);
  return open_lmdb_store(o);
}

/// Faults of the configuration that matter here: what `given` replaces needs no settings.
std::string faults_of(const config& c, const parts& given) {
  std::string out;
  for (auto& f : validate(c)) {
    auto in_project = f.key.compare(0, 9, "projects[") == 0 ? f.key.find('.') + 1 : 0;
    auto about = [&](const char* section) { return f.key.compare(in_project, std::strlen(section), section) == 0; };
    if ((!given.trackers.empty() && about("issue_tracker")) || (given.host && about("repo_hosting.path")) ||
        (given.agent && about("agent")))
      continue;
    out += (out.empty() ? "" : "\n") + f.key + ": " + f.text;
  }
  return out;
}

caf::actor_system_config& tuned(caf::actor_system_config& c) {
  c.set("scheduler.max-threads", most_scheduled);
  c.set("scheduler.max-throughput", 100);
  // The default looks for work again and again where there is none: half of what a story cost us in CPU.
  c.set("scheduler.policy", caf::atom("sharing"));
  return c;
}

/// A path that stays the same wherever the process stands.
result<std::string> absolute(const std::string& path, const char* key) {
  std::error_code failed;
  auto out = std::filesystem::absolute(path, failed).lexically_normal();
  if (failed || path.empty())
    return error{ec::bad_config, std::string{key} + ": '" + path + "' is no path: " + failed.message(), 0};
  return out.string();
}

} // namespace

result<std::unique_ptr<furniture>> furniture::assemble(config c, orchestrator_options o, parts given) {
  if (auto wrong = faults_of(c, given); !wrong.empty())
    return error{ec::bad_config, wrong, 0};
  auto workspace = absolute(c.orchestrator.workspace_dir, "orchestrator.workspace_dir");
  if (!workspace)
    return workspace.error();
  c.orchestrator.workspace_dir = *workspace;
  if (!c.storage.path.empty()) {
    auto state = absolute(c.storage.path, "storage.path");
    if (!state)
      return state.error();
    c.storage.path = *state;
  }

  auto f = std::make_unique<furniture>();
  f->settings = std::move(c);
  f->options = o;
  f->owned = std::move(given);
  auto& settings = f->settings;
  auto& p = f->owned;
  std::vector<secret> secrets{settings.http.proxy, proxy_password(settings.http.proxy)};
  for (auto& project : projects_of(settings)) {
    secrets.push_back(project.issue_tracker.token);
    secrets.push_back(project.repo_hosting.token);
  }
  for (auto& sink : settings.notifications) {
    secrets.push_back(sink.url);
    secrets.push_back(sink.signing_secret);
  }
  auto passed = secrets_passed_on(settings);
  secrets.insert(secrets.end(), passed.values.begin(), passed.values.end());
  auto hide = redactor{std::move(secrets)};
  if (!p.time)
    p.time = std::make_shared<system_clock>();
  if (!p.log) {
    auto log = logger::make(settings.log, hide);
    if (!log)
      return log.error();
    p.log = *log;
  }
  auto environment = agent_environment(settings);
  // The store first: who is refused here has started nothing.
  if (!p.memory && !o.dry_run) {
    auto memory = open_store(settings, [things = f.get()](const std::string& why) {
      if (things->on_store_end)
        things->on_store_end(why);
    });
    if (!memory)
      return memory.error();
    p.memory = *std::move(memory);
  }
  if (!p.children)
    p.children = make_process_door(o.own_process, o.dry_run ? std::string{} : runs_path(state_directory(settings)));
  f->quiet = std::make_shared<quiet_note>(o.dry_run ? std::string{} : quiet_path(state_directory(settings)));
  if (!p.http) {
    auto told = [note = f->quiet, log = p.log, on_wait = o.on_wait](const http_hold& hold) {
      auto text = to_string(hold) + "; what is asked of it waits";
      log->warning(text, {}, {});
      if (on_wait)
        on_wait(text);
      if (!hold.asked.url_is_secret) // who is told of stories keeps none of them back
        note->write("hold " + origin_of(hold.asked.url), hold.until_ms, text);
    };
    auto made = make_http_client(settings, *p.time, std::move(told));
    if (!made)
      return made.error();
    p.http = *std::move(made);
    if (p.http && p.log->wants(log_level::debug))
      p.http = tell_calls(std::move(p.http), p.log, *p.time);
  }
  if (p.trackers.empty()) {
    auto made = make_trackers(settings, p.http.get(), *p.time, o.dry_run ? std::string{} : state_directory(settings));
    if (!made)
      return made.error();
    p.trackers = *std::move(made);
  }
  if (!p.host) {
    auto made = make_code_host(settings, p.http.get(), *p.time);
    if (!made)
      return made.error();
    p.host = *std::move(made);
  }
  if (!p.agent) {
    auto made = make_coding_agent(settings, environment, p.children.get());
    if (!made)
      return made.error();
    p.agent = *std::move(made);
  }
  f->plugins = make_notifications(settings, p.http.get(), *p.time);
  auto state = state_directory(settings);
  if (!p.repositories && !o.dry_run) {
    git_options g;
    g.state_dir = state;
    g.workspace_dir = settings.orchestrator.workspace_dir;
    g.askpass = o.own_process ? own_program() : std::string{};
    if (auto socket = std::getenv("SSH_AUTH_SOCK"))
      g.ssh_socket = socket;
    auto& reach = settings.http;
    g.https = {reach.ca_file, reach.client_certificate, reach.client_key, reach.proxy, reach.no_proxy};
    g.mark = sha256_hex(state, 16) + "/git";
    g.timeout = std::chrono::seconds{settings.git.timeout_seconds};
    g.max_commit_mb = settings.git.max_commit_mb;
    g.max_commit_files = settings.git.max_commit_files;
    g.warm_trees = std::max(1u, settings.orchestrator.max_parallel_per_repo);
    auto door = open_git_door(*p.children, std::move(g));
    if (!door)
      return door.error();
    p.repositories = *std::move(door);
  }
  if (1 + p.trackers.size() + settings.orchestrator.publishers > most_detached - 8)
    return error{ec::bad_config,
                 std::to_string(p.trackers.size()) + " trackers and " +
                   std::to_string(settings.orchestrator.publishers) + " publishers need more threads than the " +
                   std::to_string(most_detached) +
                   " that one process has for them; configure fewer orchestrator.publishers",
                 0};
  f->shop.agent = p.agent.get();
  f->shop.children = p.children.get();
  f->shop.time = p.time;
  f->shop.hide = hide;
  f->shop.settings = &f->settings;
  f->shop.state_directory = state;
  f->shop.mark_prefix = sha256_hex(state, 16) + "/";
  f->shop.environment = std::move(environment);
  return f;
}

result<void> household::has_room(const furniture& things) {
  auto wanted = most_scheduled + 2 + 1 + things.plugins.size() + things.owned.trackers.size() +
                std::max(1u, things.settings.orchestrator.publishers);
  std::vector<std::thread> made;
  std::promise<void> all_there;
  auto gate = all_there.get_future().share();
  std::string why;
  try {
    for (std::size_t n = 0; n < wanted; ++n)
      made.emplace_back([gate] { gate.wait(); });
  } catch (const std::exception& e) {
    why = e.what();
  }
  all_there.set_value();
  for (auto& one : made)
    one.join();
  if (why.empty())
    return {};
  return {ec::unavailable, "hyakki needs " + std::to_string(wanted) + " threads and the system gives it " +
                             std::to_string(made.size()) + ": " + why +
                             "; raise `ulimit -u` or the limit of its cgroup (pids.max)"};
}

household::household(furniture& things) : things_(things), system_(tuned(settings_)) {
  auto& p = things_.owned;
  auto& settings = things_.settings;
  buses_ = std::make_shared<std::vector<hook_bus_actor>>();
  auto buses = buses_;
  auto keep = [&](auto handle) {
    all_.push_back(caf::actor_cast<caf::actor>(handle));
    return handle;
  };
  std::vector<std::string> subscribers;
  for (auto& what : things_.plugins)
    subscribers.push_back(what.name);
  auto sweep =
    std::make_shared<event_sweep>(*p.memory, settings.storage.keep_events_days * 86'400'000, std::move(subscribers));
  together_.writer = keep(system_.spawn<caf::detached>(store_writer, p.memory.get(), [=, &p] {
    for (auto& bus : *buses)
      caf::anon_send(bus, atom::nudge::value);
    if (auto swept = sweep->step(p.time->now()); !swept)
      p.log->debug("old events are kept for now", {}, {{"error", to_string(swept.error())}});
  }));
  // Filled before the first message can make the writer look at it: it is spawned without work.
  for (auto& what : things_.plugins)
    buses->push_back(keep(system_.spawn<caf::detached>(
      hook_bus, what, static_cast<const store*>(p.memory.get()), static_cast<const clock*>(p.time.get()),
      static_cast<const telling_end*>(&things_.telling_of_plugins), p.log, together_.writer)));
  together_.lock = keep(system_.spawn(repo_lock, settings.orchestrator.max_parallel_per_repo));
  for (auto& t : p.trackers)
    together_.gateways.emplace(std::string{t->name()},
                               keep(system_.spawn<caf::detached>(
                                 tracker_gateway, t.get(), static_cast<const clock*>(p.time.get()), together_.writer)));
  std::vector<publisher_actor> publishers;
  for (std::uint32_t i = 0; i < std::max(1u, settings.orchestrator.publishers); ++i)
    publishers.push_back(keep(system_.spawn<caf::detached>(publisher, p.repositories.get(), p.host.get())));
  table_ = std::make_unique<publisher_table>(std::move(publishers));
  together_.publisher_of = [table = table_.get()](const std::string& repository) { return table->of(repository); };
  together_.make_runner = [this](const story_supervisor_actor& owner) {
    return system_.spawn(agent_runner, &things_.shop, owner);
  };
  together_.new_session = new_session_id;
  together_.seed = [source = std::make_shared<std::atomic<std::uint64_t>>(std::random_device{}())] {
    return source->fetch_add(0x9e3779b97f4a7c15ull);
  };
  if (p.http)
    together_.quotas = [http = p.http.get(), &settings](const std::string& tracker) {
      std::vector<service_quota> out;
      for (auto& one : services_of(project_for(settings, tracker)))
        if (auto q = http->quota_of(one.address); q.known() || q.not_before_ms != 0)
          out.push_back({one.type + " at " + one.address, q.limit, q.remaining, q.resets_at_ms, q.not_before_ms});
      return out;
    };
  together_.tell_quiet = [note = things_.quiet](const std::string& subject, std::int64_t until,
                                                const std::string& why) { note->write(subject, until, why); };
  together_.agent = {std::string{p.agent->name()}, p.agent->names_session(), p.agent->can_resume()};
  together_.settings = settings;
  if (auto texts = story_texts::make(settings, things_.shop.hide))
    together_.texts = *std::move(texts);
  together_.time = p.time;
  together_.log = p.log;
  dispatcher_ = keep(
    system_.spawn(dispatcher, static_cast<const colleagues*>(&together_), static_cast<const store*>(p.memory.get())));
}

void household::nudge_plugins() {
  for (auto& bus : *buses_)
    caf::anon_send(bus, atom::nudge::value);
}

void household::tell_plugins() {
  using std::chrono::milliseconds;
  auto& time = things_.options.last_words;
  auto& end = things_.telling_of_plugins;
  caf::scoped_actor self{system_};
  // All are asked before the first answer is waited for: the time is for all of them together.
  auto late = [&](const std::vector<std::size_t>& whom, milliseconds within) {
    using question = decltype(self->request((*buses_)[0], within, atom::idle::value));
    std::vector<question> asked;
    for (auto n : whom)
      asked.push_back(self->request((*buses_)[n], within, atom::idle::value));
    std::vector<std::size_t> out;
    for (std::size_t n = 0; n < whom.size(); ++n)
      asked[n].receive([](atom::ok_atom) {}, [&](caf::error&) { out.push_back(whom[n]); });
    return out;
  };
  std::vector<std::size_t> busy(buses_->size());
  std::iota(busy.begin(), busy.end(), std::size_t{0});
  end.move_to(telling::ending);
  busy = late(busy, time.tell_for);
  end.move_to(telling::closed);
  busy = late(busy, time.give_up_after);
  for (auto n : busy) {
    auto& what = things_.plugins[n];
    things_.owned.log->warning(what.give_up ? "a plugin is slow; what it is being told of is given up"
                                            : "a plugin is slow; the end waits for it",
                               {}, {{"plugin", what.name}});
    if (what.give_up)
      what.give_up();
  }
}

household::~household() {
  // Supervisors and runners have ended by the dispatcher's word; what is left is known here by name. Handles are
  // given up only when nobody can use them any more.
  {
    caf::scoped_actor self{system_};
    auto leave = [&](const std::vector<caf::actor>& whom) {
      for (auto& a : whom)
        self->send_exit(a, caf::exit_reason::user_shutdown);
      self->wait_for(whom);
    };
    // Before the writer: the last that each of them sends it is how far it was told.
    std::vector<caf::actor> readers;
    for (auto& bus : *buses_)
      readers.push_back(caf::actor_cast<caf::actor>(bus));
    leave(readers);
    readers.clear();
    leave(all_);
  }
  all_.clear();
  dispatcher_ = nullptr;
  buses_->clear();
  table_->clear();
  together_ = {};
}

} // namespace hyakki
