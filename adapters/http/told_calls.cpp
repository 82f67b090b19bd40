#include "adapters/http/told_calls.hpp"

#include <utility>

namespace hyakki {
namespace {

class told_client final : public http_client {
public:
  told_client(std::unique_ptr<http_client> inner, std::shared_ptr<logger> log, const clock& time)
    : inner_(std::move(inner)), log_(std::move(log)), time_(time) {}

  result<http_answer> call(const http_request& what) override {
    auto began = time_.now();
    auto end = inner_->call(what);
    auto took = time_.now() - began;
    if (end)
      log_->debug("http call", {},
                  {{"call", describe(what)},
                   {"status", end->status},
                   {"bytes", end->body.size()},
                   {"attempts", end->attempts},
                   {"ms", took}});
    else
      log_->debug("http call failed", {}, {{"call", describe(what)}, {"error", to_string(end.error())}, {"ms", took}});
    return end;
  }
  http_quota quota_of(std::string_view url) const override { return inner_->quota_of(url); }
  void hurry() override { inner_->hurry(); }
  void give_up_what_can_wait() override { inner_->give_up_what_can_wait(); }

private:
  std::unique_ptr<http_client> inner_;
  std::shared_ptr<logger> log_;
  const clock& time_;
};

} // namespace

std::unique_ptr<http_client> tell_calls(std::unique_ptr<http_client> inner, std::shared_ptr<logger> log,
                                        const clock& time) {
  return std::make_unique<told_client>(std::move(inner), std::move(log), time);
}

} // namespace hyakki
