// A process of its own for the tests: it works on a ticket directory, and may die at the step it is told.
//
//   tickets_child DIRECTORY ACTION [ARGUMENT...]
//   tickets_child DIRECTORY mixed WHO COUNT SEED ACKNOWLEDGED   operations by chance; a line for each that is done
//   tickets_child DIRECTORY watch PICTURE heard|kept           hears of changes and dies by kill -9
//   tickets_child DIRECTORY step KEY begin|done|failed          tells how a step's story went
//   tickets_child DIRECTORY power                              the plan of the power-cut test
//   tickets_child . merge BASE OURS THEIRS PATH                 as git's merge driver
//   HYAKKI_DIE_AT=N   end at the N-th step of writing, as kill -9 would

#include "adapters/trackers/tickets.hpp"
#include "tests/tickets/power_plan.hpp"
#include "tickets/ids.hpp"
#include "tickets/merge_driver.hpp"
#include "tickets/turn.hpp"
#include "tickets/watch.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <string>

#include <dlfcn.h>
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

using namespace hyakki;

namespace {

/// Posts its own remarks, those that everybody posts, and labels, on one story.
bool work(tracker& t, const std::string& who, int count) {
  for (int i = 0; i < count; ++i) {
    auto n = std::to_string(i);
    auto done = i % 3 == 0   ? t.post("T-1", {"all:" + n, "by " + who}).ok()
                : i % 3 == 1 ? t.post("T-1", {who + ":" + n, "by " + who}).ok()
                             : t.label(i % 2 ? "T-1" : "T-2", {{"l-" + who + "-" + n}, {"never"}}).ok();
    if (!done)
      return false;
  }
  return true;
}

tickets::comment_record said(const std::string& text) {
  auto c = tickets::comment_record{};
  c.id = tickets::random_record_id();
  c.author = c.email = "tester";
  c.content = text;
  c.created_at = "2026-11-01T10:00:00";
  return c;
}

/// A ticket joins an epic: two files, one turn.
result<void> link(const tickets::ticket_store& store, const std::string& ticket, const std::string& epic) {
  return store.in_turn([&](tickets::turn& turn) -> result<void> {
    auto t = turn.load<tickets::ticket>(ticket);
    auto e = turn.load<tickets::epic>(epic);
    if (!t || !e)
      return t ? e.error() : t.error();
    t->epic_id = epic;
    if (std::find(e->ticket_ids.begin(), e->ticket_ids.end(), ticket) == e->ticket_ids.end())
      e->ticket_ids.push_back(ticket);
    if (auto done = turn.put(std::move(*e)); !done)
      return done;
    return turn.put(std::move(*t));
  });
}

/// Whether it went well; if not, says why.
bool went(const result<void>& done) {
  if (!done)
    std::fprintf(stderr, "%s\n", done.error().text.c_str());
  return done.ok();
}

/// One operation; answers the line that acknowledges it, empty when it failed.
std::string operate(const tickets::ticket_store& store, const std::string& mark, std::mt19937& chance) {
  auto pick = [&](int n) { return static_cast<int>(chance() % static_cast<unsigned>(n)); };
  auto shared = "T-" + std::to_string(1 + pick(4));
  auto change = [&](auto&& how) {
    return went(store.change<tickets::ticket>(shared, [&](tickets::ticket& t) -> result<bool> {
      how(t);
      return true;
    }));
  };
  switch (pick(6)) {
  case 0:
  case 1: {
    auto draft = tickets::ticket{};
    draft.title = "Fix " + mark;
    auto made = store.create(std::move(draft));
    return went(made ? result<void>{} : made.error()) ? "created " + made->id + " " + mark : std::string{};
  }
  case 2: return change([&](auto& t) { t.comments.push_back(said(mark)); }) ? "said " + shared + " " + mark : "";
  case 3: return change([&](auto& t) { t.labels.push_back(mark); }) ? "labelled " + shared + " " + mark : "";
  case 4: return change([&](auto& t) { t.status = pick(2) ? "closed" : "open"; }) ? "moved" : "";
  default: return went(link(store, shared, "E-1")) ? "linked " + shared : "";
  }
}

bool mixed(const std::string& root, const std::string& who, int count, unsigned seed, const char* acknowledged) {
  auto out = ::open(acknowledged, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  auto chance = std::mt19937{seed};
  for (int i = 0; i < count; ++i) {
    auto store = tickets::ticket_store::open(root);
    auto line = store ? operate(*store, who + "-" + std::to_string(i), chance) : std::string{};
    if (line.empty()) {
      std::fprintf(stderr, "%s: operation %d failed\n", who.c_str(), i);
      return false;
    }
    line += '\n';
    if (::write(out, line.data(), line.size()) != static_cast<ssize_t>(line.size()))
      return false;
  }
  return true;
}

/// Goes through the plan of the power-cut test and notes each step that was acknowledged.
int power(const std::string& root) {
  using note = void(const char*, std::size_t);
  auto* acknowledge = reinterpret_cast<note*>(::dlsym(RTLD_DEFAULT, "disk_note"));
  auto time = manual_clock{1'790'000'000'000};
  auto options = tickets::store_options{};
  options.time = &time;
  auto store = tickets::ticket_store::open(root, options);
  for (int n = 1; store && n <= test::power_steps; ++n) {
    if (!went(test::power_step(*store, n)))
      return 1;
    auto text = std::to_string(n);
    if (acknowledge)
      acknowledge(text.data(), text.size());
  }
  return store && acknowledge ? 0 : 1;
}

/// Hears of what changed, and dies at it by kill -9: before it is kept, or after. 0 when there was nothing.
int watch_and_die(const std::string& root, const std::string& picture, const std::string& when) {
  auto watching = tickets::watch::open(picture);
  auto store = tickets::ticket_store::open(root);
  auto all = store ? tickets::catalog::open(*store) : result<tickets::catalog>{store.error()};
  auto news = watching && all ? (*watching)->look(*all, 100) : result<std::vector<story_change>>{ec::unavailable, ""};
  if (!news)
    return 1;
  if (news->empty())
    return 0;
  if (when == "kept" && !(*watching)->told())
    return 1;
  ::raise(SIGKILL);
  return 1;
}

/// As `hyakki tickets merge-driver` does.
int merge(const std::string& base, const std::string& ours, const std::string& theirs, const std::string& path) {
  auto done = tickets::run_merge_driver(base, ours, theirs, path);
  if (!done)
    std::fprintf(stderr, "%s\n", done.error().text.c_str());
  else
    for (auto& line : *done)
      std::fprintf(stderr, "%s\n", line.c_str());
  return done && done->empty() ? 0 : 1;
}

} // namespace

int main(int argc, char** argv) {
  if (argc < 3)
    return 2;
  auto config = tracker_config{};
  config.path = argv[1];
  auto action = std::string{argv[2]};
  auto die_at = std::getenv("HYAKKI_DIE_AT");
  auto options = tickets::store_options{};
  if (die_at)
    options.on_step = [left = std::atoi(die_at)](const char*) mutable {
      if (--left == 0)
        ::_exit(77);
    };
  if (action == "mixed" && argc > 6)
    return mixed(argv[1], argv[3], std::atoi(argv[4]), static_cast<unsigned>(std::atoi(argv[5])), argv[6]) ? 0 : 1;
  if (action == "power")
    return power(argv[1]);
  if (action == "merge" && argc > 6)
    return merge(argv[3], argv[4], argv[5], argv[6]);
  if (action == "link" || action == "create" || action == "remove") {
    auto store = tickets::ticket_store::open(argv[1], options);
    if (!store)
      return 1;
    auto draft = tickets::ticket{};
    draft.title = "Fix it";
    return (action == "link"     ? link(*store, "T-1", "E-1").ok()
            : action == "create" ? store->create(std::move(draft)).ok()
                                 : store->remove<tickets::ticket>("T-2").ok())
             ? 0
             : 1;
  }
  auto clock = manual_clock{1'790'000'000'456};
  auto tracker = make_tickets_tracker(config, clock, options);
  if (action == "post")
    return tracker->post("T-1", {"mark", "said"}) ? 0 : 1;
  if (action == "label")
    return tracker->label("T-1", {{"ai-processing"}, {"gone"}}) ? 0 : 1;
  if (action == "step" && argc > 4) {
    auto word = std::string{argv[4]};
    auto change = word == "begin"  ? label_change{{config.processing_label}, {config.failed_label}}
                  : word == "done" ? label_change{{config.done_label}, {config.processing_label}}
                                   : label_change{{config.failed_label}, {config.processing_label}};
    return tracker->label(argv[3], change) ? 0 : 1;
  }
  if (action == "close")
    return tracker->move_to("T-1", "closed") ? 0 : 1;
  if (action == "reopen")
    return tracker->move_to("T-1", "open") ? 0 : 1;
  if (action == "watch" && argc > 4)
    return watch_and_die(argv[1], argv[3], argv[4]);
  if (action == "swing" && argc > 3) {
    for (int i = 0; i < std::atoi(argv[3]); ++i)
      if (!tracker->move_to("T-1", i % 2 ? "open" : "closed"))
        return 1;
    return 0;
  }
  if (action == "work" && argc > 4)
    return work(*tracker, argv[3], std::atoi(argv[4])) ? 0 : 1;
  return 2;
}
