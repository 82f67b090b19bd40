#include "cli/tickets/tui/loop.hpp"

#include "cli/tickets/print.hpp"
#include "cli/tickets/session.hpp"
#include "cli/tickets/tui/folder_mark.hpp"
#include "cli/tickets/tui/perform.hpp"
#include "cli/tickets/tui/reading_plan.hpp"
#include "cli/tickets/tui/signals.hpp"
#include "cli/tickets/tui/state.hpp"
#include "cli/tickets/tui/terminal.hpp"
#include "cli/tickets/tui/view.hpp"
#include "tickets/measure.hpp"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <utility>

#include <poll.h>

namespace hyakki::ticket_tui {
namespace {

using namespace std::chrono_literals;
using std::chrono::steady_clock;

constexpr auto longest_wait = 1s;
constexpr auto slice = 20ms; ///< of reading hours, between two looks at the keyboard

class loop {
public:
  loop(const ticket_cli::call& asked, std::shared_ptr<const board> first) : asked_(asked) {
    take_board(s_, std::move(first));
  }

  /// 0, or the signal that ended it.
  int run(terminal& t, signals& caught) {
    terminal_ = &t;
    take_size(s_, t.room());
    plan_.done(steady_clock::now(), 0ms);
    while (!over_) {
      t.draw(view(s_));
      wait(caught);
      for (auto number : caught.take())
        if (number != SIGWINCH)
          return number;
        else
          resized();
      // As many as there are: what is pasted is drawn once.
      for (int keys = 0; keys < 500 && !over_; ++keys) {
        auto k = t.read();
        if (!k)
          break;
        plan_.typed(steady_clock::now());
        do_it(press(s_, *k));
      }
      if (!over_)
        look();
    }
    return 0;
  }

private:
  void resized() {
    terminal_->resize();
    take_size(s_, terminal_->room());
  }

  void wait(const signals& caught) {
    auto rest = std::chrono::duration_cast<std::chrono::milliseconds>(plan_.next() - steady_clock::now()) + 1ms;
    auto timeout = wanted_hours(s_) != nullptr ? 0ms : std::clamp<std::chrono::milliseconds>(rest, 0ms, longest_wait);
    pollfd both[] = {{terminal_->input(), POLLIN, 0}, {caught.fd(), POLLIN, 0}};
    if (::poll(both, 2, static_cast<int>(timeout.count())) < 0 && errno != EINTR)
      over_ = true;
    if ((both[0].revents & (POLLHUP | POLLERR | POLLNVAL)) != 0)
      over_ = true; // the terminal has gone
    if (both[0].revents == 0 && both[1].revents == 0 && !plan_.wanted())
      count_hours();
  }

  /// What time brings.
  void look() {
    auto now = steady_clock::now();
    auto what = plan_.due(now);
    if (what == reading_plan::step::nothing)
      return;
    if (auto time = ticket_cli::command_time())
      s_.now = *time;
    if (what == reading_plan::step::read || (plan_.may_follow(now) && !(folder_mark::of(s_.all->folder) == mark_)))
      read();
  }

  void read() {
    auto started = steady_clock::now();
    mark_ = folder_mark::of(s_.all->folder); // before, so that no change falls between
    auto fresh = read_board(asked_, s_.list.search.text);
    plan_.done(steady_clock::now(), steady_clock::now() - started);
    auto failed_before = std::exchange(read_failed_, !fresh);
    if (!fresh) {
      say(s_, plain(fresh.error().text), true);
      return;
    }
    if (failed_before)
      say(s_, "");
    if ((*fresh)->same_as(*s_.all)) {
      s_.now = (*fresh)->now;
      return;
    }
    take_board(s_, std::move(*fresh));
    show_pages();
  }

  /// The pages that are open, as their tickets are now.
  void show_pages() {
    auto ids = std::vector<std::string>{};
    for (auto& p : s_.pages)
      if (p.kind == page_kind::detail)
        ids.push_back(p.id);
    for (auto& id : ids)
      show(id);
  }

  void show(const std::string& id) {
    auto said = perform(asked_, {"show", "--", id});
    if (said.well()) {
      take_page(s_, id, lines_of(said.out));
    } else {
      lose_page(s_, id);
      say(s_, said.line(), true);
    }
  }

  void count_hours() {
    auto first = wanted_hours(s_);
    if (first == nullptr)
      return;
    auto end = steady_clock::now() + slice;
    auto at = ticket_cli::session::open(asked_);
    for (auto r = first; r != nullptr && steady_clock::now() < end; r = wanted_hours(s_)) {
      auto found = hours{};
      if (auto t = at ? at->load<tickets::ticket>(r->id) : result<tickets::ticket>{at.error()}) {
        found.at = at->now_ms();
        found.logged = tickets::measure(*t, found.at).hours_logged;
        found.estimated = t->estimated_hours;
        found.running = static_cast<std::size_t>(
          std::count_if(t->time_logs.begin(), t->time_logs.end(), [](auto& log) { return log.active(); }));
      }
      s_.hours.add(*r, found);
    }
  }

  void open(form_kind kind, const std::string& id) {
    auto at = ticket_cli::session::open(asked_);
    auto now = at && !id.empty() ? at->load<tickets::ticket>(id) : result<tickets::ticket>{tickets::ticket{}};
    if (!at || !now) {
      say(s_, plain((at ? now.error() : at.error()).text), true);
      return;
    }
    auto f = new_form(kind, id, kind == form_kind::update ? &*now : nullptr);
    if (kind == form_kind::time)
      f.head = lines_of(perform(asked_, {"time", "--", id}).out);
    take_form(s_, std::move(f));
  }

  void run_the_form() {
    auto& f = *s_.asked;
    if (f.kind == form_kind::update) {
      auto at = ticket_cli::session::open(asked_);
      auto now = at ? at->load<tickets::ticket>(f.id) : result<tickets::ticket>{at.error()};
      if (now)
        if (auto theirs = take_in(f, *now); !theirs.empty()) {
          f.fault = ticket_cli::list_of(theirs) + ": changed by somebody else meanwhile. Ctrl+S again overwrites it";
          return;
        }
      if (!f.changed()) {
        take_answer(s_, true, "Nothing was changed in " + f.id);
        return;
      }
    }
    run(words_of(f));
  }

  void run(const std::vector<std::string>& words) {
    // Whoever waits is told why.
    auto before = s_.said;
    say(s_, "…");
    terminal_->draw(view(s_));
    say(s_, before);
    auto said = perform(asked_, words);
    show_pages();
    take_answer(s_, said.well(), said.line());
    plan_.want_now();
  }

  void do_it(const deed& what) {
    struct visitor {
      loop& l;
      void operator()(const nothing&) const {}
      void operator()(const quit&) const { l.over_ = true; }
      void operator()(const suspend&) const {
        l.terminal_->suspend();
        l.resized();
      }
      void operator()(const look_again&) const { l.plan_.want_now(); }
      void operator()(const search_later&) const { l.plan_.want_later(); }
      void operator()(const show_page& d) const { l.show(d.id); }
      void operator()(const open_form& d) const { l.open(d.kind, d.id); }
      void operator()(const run_form&) const { l.run_the_form(); }
      void operator()(const run_words& d) const { l.run(d.words); }
    };
    std::visit(visitor{*this}, what);
  }

  const ticket_cli::call& asked_;
  state s_;
  terminal* terminal_ = nullptr;
  bool over_ = false;
  bool read_failed_ = false;
  folder_mark mark_;
  reading_plan plan_;
};

} // namespace

int run_screen(const ticket_cli::call& asked) {
  auto first = read_board(asked, ""); // what is wrong with the store is said before the screen changes
  if (!first)
    return ticket_cli::fail(first.error());
  auto ended_by = 0;
  {
    auto caught = signals{};
    auto t = terminal::open();
    if (!t)
      return ticket_cli::fail(t.error());
    ended_by = loop{asked, std::move(*first)}.run(**t, caught);
  }
  if (ended_by != 0) {
    std::signal(ended_by, SIG_DFL);
    std::raise(ended_by); // whoever sent it sees that it was obeyed
  }
  return ticket_cli::exit_done;
}

} // namespace hyakki::ticket_tui
