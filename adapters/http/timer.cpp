#include "adapters/http/timer.hpp"

#include <boost/asio/steady_timer.hpp>

#include <chrono>

namespace hyakki {

namespace {

class steady_http_timer final : public http_timer {
public:
  std::int64_t now() const override {
    using namespace std::chrono;
    return duration_cast<milliseconds>(steady_clock::now().time_since_epoch()).count();
  }
  void after(boost::asio::io_context& loop, std::int64_t ms, std::function<void()> then) override {
    auto timer = std::make_shared<boost::asio::steady_timer>(loop, std::chrono::milliseconds{ms});
    timer->async_wait([timer, then = std::move(then)](boost::system::error_code failed) {
      if (!failed)
        then();
    });
  }
};

} // namespace

std::shared_ptr<http_timer> make_http_timer() { return std::make_shared<steady_http_timer>(); }

} // namespace hyakki
