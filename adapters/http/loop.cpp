#include "adapters/http/loop.hpp"

#include "adapters/http/inflate.hpp"
#include "adapters/http/request_text.hpp"
#include "adapters/http/time_text.hpp"
#include "core/redact.hpp"
#include "core/utf8.hpp"

#include <boost/asio/post.hpp>

#include <algorithm>

namespace hyakki {

namespace {

constexpr std::uint32_t most_redirects = 5;
constexpr std::int64_t longest_call_ms = 3'600'000;
constexpr std::int64_t told_hold_ms = 5'000; ///< shorter ones are nobody's concern

std::string times(std::uint32_t n) { return n == 1 ? "once" : n == 2 ? "twice" : std::to_string(n) + " times"; }

bool is_failure(int status) {
  return status == 408 || status == 425 || status == 500 || status == 502 || status == 503 || status == 504;
}

bool is_redirect(int status) {
  return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

} // namespace

http_loop::http_loop(http_options options, proxy_rules rules, std::shared_ptr<const tls_context> trust,
                     std::shared_ptr<const tls_context> proxy_trust, const clock& wall,
                     std::shared_ptr<http_timer> timer)
  : options_(std::move(options)), rules_(std::move(rules)), trust_(std::move(trust)),
    proxy_trust_(std::move(proxy_trust)), wall_(wall), timer_(std::move(timer)), random_(std::random_device{}()) {}

http_quota http_loop::quota_of(const std::string& origin) const {
  std::lock_guard guard{quotas_mutex_};
  auto known = quotas_.find(origin);
  return known == quotas_.end() ? http_quota{} : known->second;
}

error http_loop::said(const http_call& call, ec code, std::string text, wall_ms retry_at) const {
  auto shown = describe(call.request) + " " + std::move(text);
  const auto& token = call.request.credentials.token;
  return {code, token.empty() ? shown : redactor{{token}}(shown), retry_at};
}

error http_loop::given_up(const http_call& call) const {
  return said(call, ec::cancelled, "was given up, because the program is ending; whether it was done is not known");
}

void http_loop::finish(const call_ptr& call, result<http_answer> end) {
  if (call->ended)
    return;
  call->ended = true;
  call->patience.reset();
  calls_.erase(call);
  call->promise.set_value(std::move(end));
}

void http_loop::begin(call_ptr call) {
  calls_.insert(call);
  go(call);
}

// --- waiting for one's turn

void http_loop::go_after(const call_ptr& call, std::int64_t ms) {
  call->waits_until = now() + ms;
  timer_->after(io_, ms, [this, call] { go(call); });
}

void http_loop::queue(std::deque<call_ptr>& in, const call_ptr& call, std::string_view for_what) {
  in.push_back(call);
  call->queued = true;
  auto left = std::clamp<std::int64_t>(call->ends_at - now(), 0, longest_call_ms);
  call->patience = std::make_unique<boost::asio::steady_timer>(io_, std::chrono::milliseconds{left});
  call->patience->async_wait(
    [this, weak = std::weak_ptr<http_call>{call}, what = std::string{for_what}](boost::system::error_code failed) {
      auto waiting = weak.lock();
      if (!failed && waiting && waiting->queued)
        finish(waiting, said(*waiting, ec::timed_out, "was not sent: " + what + " until its time was over"));
    });
}

void http_loop::wake(std::deque<call_ptr>& queue) {
  while (!queue.empty()) {
    auto next = std::move(queue.front());
    queue.pop_front();
    next->queued = false;
    next->patience.reset();
    if (next->ended)
      continue;
    boost::asio::post(io_, [this, next] { go(next); });
    return;
  }
}

void http_loop::go(const call_ptr& call) {
  if (call->ended)
    return;
  call->waits_until = 0;
  auto& h = hosts_[call->target.origin()];
  // Whoever does not use its turn hands it on.
  if (closing_ || (nothing_waits_ && call->request.can_wait)) {
    wake(h.waiting);
    wake(h.waiting_spaced);
    finish(call, said(*call, ec::cancelled, "was not made, because the program is ending"));
    return;
  }
  auto spacing = call->request.spacing.count();
  auto turn = h.gate.may_send(now(), spacing);
  if (turn.wait_ms > 0) {
    wake(h.waiting);
    if (!turn.until_answered)
      wake(h.waiting_spaced);
    if (fits(call, turn.wait_ms)) {
      go_after(call, turn.wait_ms);
    } else {
      auto at = wall_.now() + turn.wait_ms;
      auto text = turn.said_by_host
                    ? "is not sent before " + second_of(at) + ": that host asked to be left alone until then"
                    : "is not sent: that host is failing or must be asked slowly, and it is asked again "
                      "no sooner than " +
                        second_of(at);
      if (!call->last_fault.empty())
        text += "; the last try " + call->last_fault;
      finish(call, said(*call, turn.said_by_host ? ec::rate_limited : ec::unavailable, text, at));
    }
    return;
  }
  if (turn.until_answered) {
    wake(h.waiting);
    queue(h.waiting_spaced, call, "another write to that host was not answered");
    return;
  }
  if (!fits(call, 0)) {
    wake(h.waiting);
    wake(h.waiting_spaced);
    finish(call, said(*call, ec::timed_out, "was not sent before its time was over"));
    return;
  }
  auto over = h.pool.take_idle(not_idle_since());
  if (!over && !h.pool.has_room(options_.most_connections)) {
    queue(h.waiting, call, "all " + std::to_string(options_.most_connections) + " connections to that host were busy");
    return;
  }
  if (!over) {
    over = std::make_shared<connection>(
      io_, connection::plan{call->target, rules_.proxy_for(call->target), trust_, proxy_trust_, options_.user_agent});
    h.pool.add(over);
  }
  h.gate.sent(now(), spacing);
  launch(call, h, std::move(over));
}

// --- one attempt

void http_loop::launch(const call_ptr& call, host& h, std::shared_ptr<connection> over) {
  ++call->attempts;
  if (over->used) {
    send(call, h, std::move(over));
    return;
  }
  auto whole = connection::clock::now() + std::chrono::milliseconds{std::min(call->ends_at - now(), longest_call_ms)};
  over->open(options_.connect_deadline, whole, [this, call, &h, over](std::optional<wire_fault> fault) {
    if (!fault && !call->ended) {
      send(call, h, over);
      return;
    }
    release(h, over, false);
    if (!fault) { // given up meanwhile: nothing is sent any more
      h.gate.answered(now(), call->request.spacing.count());
      wake(h.waiting);
      wake(h.waiting_spaced);
      return;
    }
    attempt_failed(call, h, std::move(*fault), false, false);
  });
}

void http_loop::send(const call_ptr& call, host& h, std::shared_ptr<connection> over) {
  exchange_limits limits;
  limits.send = options_.send_deadline;
  limits.receive = options_.receive_deadline;
  limits.whole = connection::clock::now() + std::chrono::milliseconds{std::min(call->ends_at - now(), longest_call_ms)};
  limits.header_bytes = options_.most_header_bytes;
  limits.body_bytes = call->request.most_bytes;
  limits.head = call->request.method == http_method::head;
  const auto* proxy = call->target.tls ? nullptr : rules_.proxy_for(call->target);
  exchange(over, request_text(call->request, call->target, proxy, options_.user_agent), limits,
           [this, call, &h, over](std::variant<exchanged, exchange_fault> end) {
             if (auto* fault = std::get_if<exchange_fault>(&end)) {
               bool stale = over->used && !fault->heard && fault->why.cut;
               release(h, over, false);
               attempt_failed(call, h, std::move(fault->why), true, stale);
               return;
             }
             auto& done = std::get<exchanged>(end);
             release(h, over, done.keep);
             take_answer(call, h, std::move(done.answer));
           });
}

void http_loop::release(host& h, const std::shared_ptr<connection>& over, bool keep) {
  h.pool.give_back(over, keep && !closing_);
  if (keep && !sweeping_ && !closing_)
    sweep_idle();
}

void http_loop::attempt_failed(const call_ptr& call, host& h, wire_fault why, bool sent, bool stale) {
  auto spacing = call->request.spacing.count();
  h.gate.answered(now(), spacing);
  if (stale && call->may_repeat() && !call->retried_stale) {
    // The host closed a connection that it had kept: it may well have closed the others too.
    call->retried_stale = true;
    --call->attempts;
    h.pool.close_idle(connection::clock::time_point::max());
    go(call);
    return;
  }
  h.gate.failed(now());
  bool again = (why.code == ec::unavailable || why.code == ec::timed_out) && (!sent || call->may_repeat()) &&
               call->attempts < options_.retry.most_attempts;
  auto wait =
    std::max(http_backoff_ms(options_.retry, call->attempts, random_()), h.gate.may_send(now(), spacing).wait_ms);
  if (again && fits(call, wait) && !closing_) {
    call->last_fault = "failed: " + why.text;
    go_after(call, wait);
  } else {
    auto text = "failed: " + why.text;
    if (call->attempts > 1)
      text += " (tried " + times(call->attempts) + ")";
    if ((why.code == ec::unavailable || why.code == ec::timed_out) && sent && !call->may_repeat())
      text += "; whether it was done is not known";
    finish(call, said(*call, why.code, text));
  }
  wake(h.waiting);
  wake(h.waiting_spaced);
}

// --- answers

void http_loop::learn(host& h, const std::string& origin, const limit_words& words) {
  auto& q = h.quota;
  if (words.quota.known())
    q = words.quota;
  auto left = h.gate.closed_until() - now();
  q.not_before_ms = left > 0 ? wall_.now() + left : 0;
  std::lock_guard guard{quotas_mutex_};
  quotas_[origin] = q;
}

void http_loop::take_answer(const call_ptr& call, host& h, http_answer answer) {
  auto spacing = call->request.spacing.count();
  h.gate.answered(now(), spacing);
  auto origin = call->target.origin();
  answer.url = call->target.text();
  answer.attempts = call->attempts;

  if (auto encoding = answer.header("Content-Encoding"); encoding && !answer.body.empty()) {
    auto clear = inflate_body(std::move(answer.body), *encoding, call->request.most_bytes);
    if (!clear) {
      attempt_failed(call, h, {clear.error().code, clear.error().text}, true, false);
      return;
    }
    answer.body = std::move(*clear);
  }

  auto words = read_limits(answer, wall_.now());
  bool failure = is_failure(answer.status);
  auto closed_before = std::max(now(), h.gate.closed_until());
  std::int64_t wait = 0;
  if (words.limited || failure) {
    h.gate.failed(now());
    wait = http_backoff_ms(options_.retry, std::max(call->attempts, h.gate.failures()), random_());
    // A host that has failed for long is asked ever more seldom, but no call loses its own repetitions by that.
    if (!words.limited && !fits(call, wait))
      wait = http_backoff_ms(options_.retry, call->attempts, random_());
    if (words.limited)
      wait = std::max<std::int64_t>(words.wait_ms.value_or(wait), 1000);
    else if (words.wait_ms)
      wait = std::max(wait, *words.wait_ms);
    if (words.limited || words.wait_ms)
      h.gate.not_before(now(), wait);
    wait = std::max(wait, h.gate.may_send(now(), spacing).wait_ms);
    answer.retry_at_ms = words.limited || words.wait_ms ? wall_.now() + wait : 0;
  } else {
    h.gate.went_well();
    if (words.wait_ms && words.quota.remaining && *words.quota.remaining == 0)
      h.gate.not_before(now(), *words.wait_ms);
  }
  learn(h, origin, words);
  if (options_.on_hold && h.gate.closed_until() - closed_before >= told_hold_ms)
    options_.on_hold({call->request, answer.status, h.quota.not_before_ms});

  if (words.limited || failure) {
    if (call->may_repeat() && call->attempts < options_.retry.most_attempts && fits(call, wait) && !closing_) {
      call->last_fault = "was answered " + std::to_string(answer.status);
      go_after(call, wait);
    } else if (words.limited)
      finish(call, to_error(call->request, answer));
    else
      finish(call, std::move(answer));
  } else if (answer.status == 407) {
    finish(call, to_error(call->request, answer));
  } else if (auto location = answer.header("Location"); location && is_redirect(answer.status)) {
    follow(call, answer, *location);
  } else {
    finish(call, std::move(answer));
  }
  wake(h.waiting);
  wake(h.waiting_spaced);
}

void http_loop::follow(const call_ptr& call, const http_answer& answer, std::string_view location) {
  auto answered = "answered " + std::to_string(answer.status);
  auto to = resolve_within(call->target, location);
  bool reads = call->request.method == http_method::get || call->request.method == http_method::head;
  if (!to) {
    finish(call, said(*call, ec::bad_config, answered + ": " + to.error().text)); // the address, or a login in between
  } else if (call->request.url_is_secret) {
    finish(call, said(*call, ec::rejected, answered + ", which is not followed from a secret address"));
  } else if (!reads && answer.status != 307 && answer.status != 308) {
    finish(call, said(*call, ec::bad_config,
                      answered + " and points to " + to->origin() + std::string{cut_utf8(to->path, 200)} +
                        ", where this call may not be repeated; is the configured address the one that "
                        "the service is reached by?"));
  } else if (++call->redirects > most_redirects) {
    finish(call, said(*call, ec::bad_config,
                      "was sent on more than " + std::to_string(most_redirects) + " times, at last to " +
                        std::string{cut_utf8(to->path, 200)} + "; the service's own configuration leads in a circle"));
  } else {
    call->target = std::move(*to);
    --call->attempts;
    go(call);
  }
}

// --- housekeeping

void http_loop::sweep_idle() {
  auto oldest = connection::clock::time_point::max();
  for (auto& [origin, h] : hosts_) {
    h.pool.close_idle(not_idle_since());
    oldest = std::min(oldest, h.pool.oldest_idle());
  }
  sweeping_ = oldest != connection::clock::time_point::max();
  if (!sweeping_)
    return;
  sweep_.expires_at(oldest + options_.idle_deadline + std::chrono::milliseconds{1});
  sweep_.async_wait([this](boost::system::error_code failed) {
    if (!failed && !closing_)
      sweep_idle();
  });
}

void http_loop::hurry() {
  hurried_ = true;
  auto all = calls_;
  for (const auto& call : all)
    if (call->waits_until > now() + moment_ms)
      finish(call, said(*call, ec::unavailable,
                        "is waited for no longer, because the program is ending" +
                          (call->last_fault.empty() ? "" : "; the last try " + call->last_fault)));
}

void http_loop::give_up_what_can_wait() {
  nothing_waits_ = true;
  auto all = calls_;
  for (const auto& call : all)
    if (call->request.can_wait)
      finish(call, given_up(*call));
}

void http_loop::close() {
  closing_ = true;
  sweep_.cancel();
  auto all = calls_;
  for (const auto& call : all)
    finish(call, given_up(*call));
  for (auto& [origin, h] : hosts_)
    h.pool.close_all();
}

} // namespace hyakki
