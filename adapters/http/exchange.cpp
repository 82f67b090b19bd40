#include "adapters/http/exchange.hpp"

#include "adapters/http/bounded_text.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/parser.hpp>

#include <algorithm>

namespace hyakki {

namespace {

namespace http = boost::beast::http;
using failure = boost::system::error_code;

constexpr unsigned most_interim_answers = 8;
constexpr std::size_t most_headers = 256;

/// Text that is taken in piece by piece and never holds room for more than its limit. A string that doubles would hold
/// three times as much for a moment, and one that believes a Content-Length whatever that says.
struct bounded_body {
  struct value_type {
    std::string text;
    std::size_t most = 0;
  };

  class reader {
  public:
    template <bool IsRequest, class Fields>
    reader(http::header<IsRequest, Fields>&, value_type& into) : into_(into) {}

    void init(const boost::optional<std::uint64_t>& length, failure& failed) {
      failed = {};
      if (length && *length <= into_.most)
        into_.text.reserve(static_cast<std::size_t>(*length) + room_behind);
    }
    template <class Buffers>
    std::size_t put(const Buffers& pieces, failure& failed) {
      failed = {};
      std::size_t taken = 0;
      for (auto at = boost::asio::buffer_sequence_begin(pieces); at != boost::asio::buffer_sequence_end(pieces); ++at) {
        auto piece = boost::asio::const_buffer{*at};
        if (piece.size() > into_.most - std::min(into_.most, into_.text.size())) {
          failed = http::error::body_limit;
          return taken;
        }
        make_room(into_.text, piece.size(), into_.most);
        into_.text.append(static_cast<const char*>(piece.data()), piece.size());
        taken += piece.size();
      }
      return taken;
    }
    void finish(failure& failed) { failed = {}; }

  private:
    value_type& into_;
  };
};

class exchange_run : public std::enable_shared_from_this<exchange_run> {
public:
  exchange_run(std::shared_ptr<connection> over, exchange_limits limits, exchange_end then)
    : over_(std::move(over)), limits_(limits), then_(std::move(then)) {
    fresh_parser();
  }

  void start(std::string request) {
    over_->write(std::move(request), limits_.send, limits_.whole, [self = shared_from_this()](auto fault) {
      // A host that refuses a body may answer before it has read it, and close.
      if (fault && !fault->cut)
        self->fail(std::move(*fault));
      else
        self->read_on(std::move(fault));
    });
  }

private:
  void fresh_parser() {
    parser_.emplace();
    parser_->eager(true);
    parser_->header_limit(static_cast<std::uint32_t>(limits_.header_bytes));
    parser_->body_limit(limits_.body_bytes);
    parser_->get().body().most = limits_.body_bytes;
    if (limits_.head)
      parser_->skip(true);
  }

  void read_on(std::optional<wire_fault> broken_write) {
    over_->read(limits_.receive, limits_.whole,
                [self = shared_from_this(), broken = std::move(broken_write)](auto fault) mutable {
                  auto& input = self->over_->input();
                  self->heard_ = self->heard_ || !input.empty();
                  if (!input.empty() && self->parse())
                    return;
                  if (!fault) {
                    self->read_on(std::move(broken));
                    return;
                  }
                  self->at_end(broken && !self->heard_ ? std::move(*broken) : std::move(*fault));
                });
  }

  /// True when the exchange has ended.
  bool parse() {
    auto& input = over_->input();
    while (!input.empty()) {
      failure failed;
      auto used = parser_->put(boost::asio::const_buffer{input.data(), input.size()}, failed);
      input.erase(0, used);
      if (failed == http::error::need_more) {
        if (input.size() > limits_.header_bytes)
          failed = http::error::header_limit;
        else
          return false;
      }
      if (!failed && parser_->is_header_done() && !limits_.head &&
          parser_->content_length().value_or(0) > limits_.body_bytes)
        failed = http::error::body_limit; // not a byte more of it
      if (failed) {
        broken(failed);
        return true;
      }
      if (parser_->is_done()) {
        auto status = parser_->get().result_int();
        if (status / 100 != 1) {
          succeed();
          return true;
        }
        if (status == 101 || ++interim_ > most_interim_answers) {
          fail({ec::unavailable, "answered " + std::to_string(status) + ", which was not asked for"});
          return true;
        }
        fresh_parser();
        continue;
      }
      if (used == 0)
        return false;
    }
    return false;
  }

  void at_end(wire_fault fault) {
    if (fault.ended && parser_->is_header_done() && parser_->need_eof()) {
      failure failed;
      parser_->put_eof(failed);
      if (!failed && parser_->is_done()) {
        succeed();
        return;
      }
    }
    if (heard_ && fault.code != ec::timed_out)
      fault.text = "the connection ended in the middle of the answer";
    else if (heard_ && connection::clock::now() >= limits_.whole)
      fault.text = "the answer had begun and was not whole when the call's time was over";
    else if (heard_ && parser_->is_header_done())
      fault.text += ", in the middle of the answer";
    fail(std::move(fault));
  }

  void broken(failure why) {
    if (why == http::error::body_limit)
      fail({ec::rejected,
            "answered with more than " + std::to_string(limits_.body_bytes) + " bytes, " + std::string{http_not_read}});
    else if (why == http::error::header_limit || why == http::error::buffer_overflow)
      fail({ec::rejected, "answered with headers of more than " + std::to_string(limits_.header_bytes) +
                            " bytes, which are not read"});
    else
      fail({ec::unavailable, "answered with something that is no HTTP (" + why.message() + ")"});
  }

  void succeed() {
    exchanged out;
    bool keep = parser_->keep_alive() && !parser_->need_eof();
    auto message = parser_->release();
    out.answer.status = static_cast<int>(message.result_int());
    for (const auto& field : message) {
      if (out.answer.headers.size() >= most_headers) {
        fail(
          {ec::rejected, "answered with more than " + std::to_string(most_headers) + " headers, which are not read"});
        return;
      }
      out.answer.headers.push_back({std::string{field.name_string()}, std::string{field.value()}});
    }
    out.answer.body = std::move(message.body().text);
    // Bytes behind the answer belong to no request of ours.
    out.keep = keep && over_->input().empty();
    end(std::move(out));
  }

  void fail(wire_fault why) { end(exchange_fault{std::move(why), heard_}); }

  void end(std::variant<exchanged, exchange_fault> what) {
    auto then = std::move(then_);
    then_ = nullptr;
    if (then)
      then(std::move(what));
  }

  std::shared_ptr<connection> over_;
  exchange_limits limits_;
  exchange_end then_;
  std::optional<http::response_parser<bounded_body>> parser_;
  unsigned interim_ = 0;
  bool heard_ = false;
};

} // namespace

void exchange(std::shared_ptr<connection> over, std::string request, exchange_limits limits, exchange_end then) {
  std::make_shared<exchange_run>(std::move(over), limits, std::move(then))->start(std::move(request));
}

} // namespace hyakki
