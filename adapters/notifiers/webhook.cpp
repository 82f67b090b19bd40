#include "adapters/notifiers/webhook.hpp"

#include "core/utf8.hpp"

#include <nlohmann/json.hpp>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>

namespace hyakki {
namespace {

class webhook_notifier final : public notifier {
public:
  webhook_notifier(const notification_config& config, http_client& http)
    : url_(config.url), key_(config.signing_secret), http_(http) {}

  result<void> tell(const notification& what) override {
    http_request r;
    r.service = "The webhook";
    r.method = http_method::post;
    r.url = url_.reveal();
    r.url_is_secret = true;
    r.body = webhook_body(what);
    r.headers = {{"Content-Type", "application/json; charset=utf-8"},
                 {"X-Hyakki-Event", std::string{to_string(what.what)}},
                 {"X-Hyakki-Delivery", std::to_string(what.number)}};
    if (!key_.empty())
      r.headers.push_back({"X-Hub-Signature-256", webhook_signature(key_, r.body)});
    r.repeatable = true; // the delivery's number tells a repetition
    r.can_wait = true;   // for the next start
    auto answer = http_.call(r);
    if (!answer)
      return answer.error();
    return answer->ok() ? result<void>{} : to_error(r, *answer);
  }

  void give_up() override { http_.give_up_what_can_wait(); }

private:
  secret url_;
  secret key_;
  http_client& http_;
};

} // namespace

std::string webhook_body(const notification& what) {
  auto out = nlohmann::ordered_json{{"version", 1},
                                    {"event", to_string(what.what)},
                                    {"delivery", what.number},
                                    {"at_ms", what.at_ms},
                                    {"story", {{"id", what.story}, {"title", clean_line(what.title)}}}};
  if (!what.repository.empty())
    out["repository"] = what.repository;
  if (!what.pull_request.empty())
    out["pull_request"] = {{"url", what.pull_request}};
  if (!what.reason.empty())
    out["reason"] = clean_text(what.reason);
  for (auto& f : what.fields) {
    auto one = nlohmann::ordered_json{{"field", clean_line(f.field)}};
    if (!f.before.empty() || !f.after.empty()) {
      one["before"] = clean_line(f.before);
      one["after"] = clean_line(f.after);
    }
    out["changes"].push_back(std::move(one));
  }
  return out.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

std::string webhook_signature(const secret& key, std::string_view body) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  auto text = key.reveal();
  HMAC(EVP_sha256(), text.data(), static_cast<int>(text.size()), reinterpret_cast<const unsigned char*>(body.data()),
       body.size(), digest.data(), &size);
  constexpr auto digits = "0123456789abcdef";
  std::string out = "sha256=";
  for (unsigned i = 0; i < size; ++i) {
    out += digits[digest[i] >> 4];
    out += digits[digest[i] & 15];
  }
  return out;
}

std::unique_ptr<notifier> make_webhook_notifier(const notification_config& config, http_client& http) {
  return std::make_unique<webhook_notifier>(config, http);
}

} // namespace hyakki
