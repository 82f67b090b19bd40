#include "actors/agent_runner.hpp"

#include "actors/failure.hpp"
#include "actors/inspect.hpp"
#include "adapters/process/transcript.hpp"
#include "core/keep_ends.hpp"
#include "core/safe_name.hpp"
#include "core/utf8.hpp"

#include <caf/actor_cast.hpp>
#include <caf/send.hpp>

#include <filesystem>

namespace hyakki {
namespace {

using pointer = agent_runner_actor::stateful_pointer<agent_runner_state>;
using job_ptr = std::shared_ptr<agent_runner_state::job>;

constexpr std::size_t tail_bytes = 4096;
constexpr std::size_t longest_summary = 32 * 1024;
constexpr std::uint64_t check_output_bytes = 256u << 20;

std::string transcript_of(const workshop& shop, const story_id& id, std::uint32_t number) {
  return shop.state_directory + "/transcripts/" + safe_name(id) + "/" + std::to_string(number) + ".log";
}

/// A directory of this run alone, outside the tree.
std::string scratch_of(const workshop& shop, const agent_order& order) {
  auto path = shop.state_directory + "/scratch/" + safe_name(order.story) + "." + std::to_string(order.number);
  std::error_code failed;
  std::filesystem::remove_all(path, failed);
  std::filesystem::create_directories(path, failed);
  std::filesystem::permissions(path, std::filesystem::perms::owner_all, failed);
  return path;
}

/// A line as anybody may see it. Hidden before anything is taken out of it or cut, so that no cut leaves half a secret.
output_line shown(const workshop& shop, output_line line) {
  line.text = line.cut ? shop.hide.of_beginning(line.text) : shop.hide(line.text);
  return line;
}

run_report to_report(std::uint32_t number, run_role role, const workshop& shop, run_result&& how) {
  run_report out;
  out.succeeded = how.succeeded;
  out.code = how.code;
  out.retry_at_ms = how.retry_at_ms;
  out.what.number = number;
  out.what.role = role;
  out.what.outcome = how.succeeded               ? run_outcome::succeeded
                     : how.code == ec::timed_out ? run_outcome::timed_out
                     : how.code == ec::cancelled ? run_outcome::cancelled
                                                 : run_outcome::failed;
  out.what.session = how.session;
  out.what.exit_code = how.exit_code;
  out.what.turns = how.turns;
  out.what.input_tokens = how.input_tokens;
  out.what.output_tokens = how.output_tokens;
  out.what.cost_microusd = how.cost_microusd;
  // What leaves for a tracker, a host or a file is redacted where it enters.
  out.what.summary = keep_ends(shop.hide(how.summary), longest_summary);
  out.what.error = how.succeeded ? std::string{} : shop.hide(how.error);
  return out;
}

caf::result<run_report> start_agent(pointer self, const agent_order& order) {
  auto& st = self->state;
  auto& shop = *st.shop;
  if (st.current)
    return to_caf({ec::invalid_transition, "a runner was asked to run two things at once", 0});
  agent_task task;
  task.story = order.story;
  task.story_key = order.key;
  task.run = order.number;
  task.role = order.role;
  task.directory = order.directory;
  task.prompt = order.prompt;
  task.session = order.session;
  task.resume = order.resume;
  task.booked = order.booked;
  task.scratch = scratch_of(shop, order);
  task.base_environment = shop.environment;

  std::shared_ptr<agent_reader> reader;
  process_spec spec;
  {
    std::lock_guard lock{shop.agent_guard};
    auto planned = shop.agent->command(task);
    if (!planned)
      return to_caf(planned.error());
    spec = *std::move(planned);
    reader = shop.agent->reader(task);
  }
  spec.mark = shop.mark_prefix + safe_name(order.story) + "/" + std::to_string(order.number);

  auto work = std::make_shared<agent_runner_state::job>();
  auto script = std::make_shared<transcript>(transcript_of(shop, order.story, order.number), *shop.time, redactor{},
                                             std::uint64_t{64} << 20);
  auto me = caf::actor_cast<agent_runner_actor>(self);
  auto owner = st.owner;
  auto number = order.number;
  auto role = order.role;
  auto id = order.story;
  auto said = std::make_shared<std::string>();
  auto scratch = task.scratch;

  process_handlers on;
  on.on_lines = [=, shop = &shop](std::vector<output_line> lines) {
    for (auto& raw : lines) {
      auto line = shown(*shop, std::move(raw));
      script->write(line);
      auto seen = reader->read(line);
      if (!seen.session.empty() && *said != seen.session) {
        *said = seen.session;
        caf::anon_send(owner, atom::session::value, number, seen.session);
      }
      if (!seen.activity.empty() && shop->activity)
        shop->activity(id, shop->hide(seen.activity));
      if (seen.stop) {
        std::lock_guard lock{work->guard};
        if (work->child)
          work->child->cancel();
      }
    }
    script->flush();
  };
  on.on_exit = [=, shop = &shop](exit_status status) {
    script->flush();
    {
      std::lock_guard lock{work->guard};
      work->report = to_report(number, role, *shop, reader->finish(status));
      work->ended = true;
    }
    std::error_code ignored; // what a run left in its scratch was read above
    std::filesystem::remove_all(scratch, ignored);
    caf::anon_send(me, atom::ended::value);
  };
  st.current = work;
  st.current_is_check = false;
  st.cancelled = false;
  st.promise = self->make_response_promise();
  auto child = shop.children->start(std::move(spec), std::move(on));
  std::lock_guard lock{work->guard};
  work->child = std::move(child);
  return caf::delegated<run_report>{};
}

caf::result<evidence> start_check(pointer self, const check_order& order) {
  auto& st = self->state;
  auto& shop = *st.shop;
  if (st.current)
    return to_caf({ec::invalid_transition, "a runner was asked to run two things at once", 0});
  process_spec spec;
  spec.argv = order.command;
  spec.environment = shop.environment;
  spec.directory = order.directory;
  spec.mark = shop.mark_prefix + safe_name(order.story) + "/check";
  spec.limits.wall = std::chrono::milliseconds{order.timeout_ms};
  spec.limits.output_bytes = check_output_bytes;
  spec.limits.line_bytes = 64u << 10;
  // A check runs what the agent wrote.
  auto& of_agent = shop.settings->agent;
  spec.limits.memory_bytes = static_cast<std::uint64_t>(of_agent.max_memory_mb) << 20;
  spec.limits.file_bytes = static_cast<std::uint64_t>(of_agent.max_file_mb) << 20;
  spec.limits.processes = static_cast<std::uint64_t>(of_agent.max_processes);

  auto work = std::make_shared<agent_runner_state::job>();
  work->proof.name = order.name;
  for (auto& word : order.command)
    work->proof.what += (work->proof.what.empty() ? "" : " ") + word;
  work->proof.what = shop.hide(work->proof.what);
  work->proof.at_ms = shop.time->now();
  auto tail = std::make_shared<std::string>();
  auto me = caf::actor_cast<agent_runner_actor>(self);

  process_handlers on;
  on.on_lines = [tail, shop = &shop](std::vector<output_line> lines) {
    for (auto& line : lines)
      *tail += shown(*shop, std::move(line)).text + "\n";
    if (tail->size() > 4 * tail_bytes)
      tail->erase(0, tail->size() - 2 * tail_bytes);
  };
  on.on_exit = [=, shop = &shop](exit_status status) {
    {
      std::lock_guard lock{work->guard};
      auto& proof = work->proof;
      proof.took_ms = status.took_ms;
      proof.exit_code = status.code;
      proof.passed = status.how == process_end::exited && status.code == 0;
      if (tail->size() > tail_bytes)
        tail->erase(0, tail->size() - tail_bytes);
      proof.detail = repair_utf8(shop->hide(*tail));
      if (status.how == process_end::not_started)
        work->failure = {status.is_shortage ? ec::unavailable : ec::bad_config,
                         "check '" + proof.name + "' cannot run: " + status.error_text, 0};
      else if (status.how == process_end::cancelled)
        work->failure = {ec::cancelled, "check '" + proof.name + "' was ended", 0};
      else if (!proof.passed && status.how != process_end::exited)
        proof.detail += "\n" + describe(status);
      work->ended = true;
    }
    caf::anon_send(me, atom::ended::value);
  };
  st.current = work;
  st.current_is_check = true;
  st.cancelled = false;
  st.promise = self->make_response_promise();
  auto child = shop.children->start(std::move(spec), std::move(on));
  std::lock_guard lock{work->guard};
  work->child = std::move(child);
  return caf::delegated<evidence>{};
}

void finish(pointer self) {
  auto& st = self->state;
  auto work = std::move(st.current);
  st.current = nullptr;
  if (!work)
    return;
  std::lock_guard lock{work->guard};
  work->child = nullptr;
  if (!st.current_is_check) {
    if (st.cancelled) {
      work->report.succeeded = false;
      work->report.code = ec::cancelled;
      work->report.what.outcome = run_outcome::cancelled;
    }
    st.promise.deliver(std::move(work->report));
  } else if (!work->failure.text.empty()) {
    st.promise.deliver(to_caf(work->failure));
  } else {
    st.promise.deliver(std::move(work->proof));
  }
}

void end_child(agent_runner_state& st) {
  if (!st.current)
    return;
  st.cancelled = true;
  std::lock_guard lock{st.current->guard};
  if (st.current->child)
    st.current->child->cancel();
}

} // namespace

agent_runner_state::~agent_runner_state() { end_child(*this); }

agent_runner_actor::behavior_type agent_runner(pointer self, workshop* shop, story_supervisor_actor owner) {
  self->state.shop = shop;
  self->state.owner = owner;
  self->monitor(owner);
  auto leave = [=] {
    end_child(self->state);
    self->state.owner = nullptr;
    if (!self->state.current)
      self->quit();
  };
  self->set_down_handler([=](caf::down_msg&) { leave(); });
  // An owner that waits for our end hears of it when the child is gone.
  self->set_exit_handler([=](caf::exit_msg&) { leave(); });
  return {
    [=](atom::run, const agent_order& order) { return start_agent(self, order); },
    [=](atom::check, const check_order& order) { return start_check(self, order); },
    [=](atom::cancel) { end_child(self->state); },
    [=](atom::ended) {
      finish(self);
      if (!self->state.owner)
        self->quit();
    },
  };
}

} // namespace hyakki
