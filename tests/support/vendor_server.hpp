#pragma once
// What the servers that stand in for vendors have in common: one request at a time, refusals as the vendor words them,
// and a list of what was asked wrongly, so that a test can ask that there was nothing.
//
// A server of a vendor derives from it, says `take` and `refusal_body`, and owns its http_server as its last member.

#include "tests/support/http_server.hpp"

#include <nlohmann/json.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace hyakki::test {

class vendor_server {
public:
  using json = nlohmann::json;
  virtual ~vendor_server() = default;

  virtual const http_server& http() const = 0;
  std::string url() const { return http().url(); }
  http_server::handler handler() {
    return [this](const served_request& r) { return serve(r); };
  }

  /// Changes its state while nobody is being answered.
  void between_requests(const std::function<void()>& change) {
    auto guard = std::lock_guard{mutex_};
    change();
  }

  /// The next change is made, and its answer never arrives.
  void lose_next_answer() { lose_ = true; }
  /// Somebody changes what is there before the next change is looked at.
  std::function<void()> before_next_change;
  /// Answers this instead, while it does not say "nothing".
  std::function<std::optional<served_answer>(const served_request&)> instead;
  /// Adds to every answer of its own.
  std::function<void(served_answer&)> also;

  std::vector<std::string> complaints; ///< what no client of this vendor may ask
  std::size_t requests = 0;

protected:
  struct refusal {
    int status;
    json body;
  };
  /// How this vendor words an error.
  virtual json refusal_body(const std::string& words) const = 0;
  /// The vendor's own behaviour: an answer, or a refusal thrown.
  virtual served_answer take(const served_request& r) = 0;
  /// Headers that stand on every answer.
  virtual void finish(served_answer&) {}

  [[noreturn]] void refuse(int status, const std::string& words) const { throw refusal{status, refusal_body(words)}; }
  /// Refuses what is not only without success, but wrong to ask.
  [[noreturn]] void complain(const served_request& r, int status, const std::string& words) {
    complaints.push_back(r.method + " " + r.target + " " + r.body.substr(0, 300) + ": " + words);
    refuse(status, words);
  }

  served_answer serve(const served_request& r) {
    auto guard = std::lock_guard{mutex_};
    ++requests;
    if (instead)
      if (auto a = instead(r))
        return *a;
    auto answer = served_answer{};
    try {
      if (r.header("User-Agent").value_or("").empty())
        complain(r, 403, "a request without a User-Agent");
      answer = take(r);
    } catch (const refusal& no) {
      answer = served_answer::json(no.status, no.body.dump());
    } catch (const std::exception& e) {
      complaints.push_back(r.method + " " + r.target + ": " + e.what());
      answer = served_answer::json(400, refusal_body("cannot be read").dump());
    }
    finish(answer);
    if (also)
      also(answer);
    if (std::exchange(lost_now_, false))
      answer.fault = served_fault::close_before;
    return answer;
  }

  /// To be called when a change is about to be made.
  void changing() {
    if (auto change = std::exchange(before_next_change, nullptr))
      change();
    lost_now_ = std::exchange(lose_, false);
  }

  void only(const served_request& r, const std::set<std::string>& known) {
    for (auto& [name, _] : r.query)
      if (known.count(name) == 0)
        complain(r, 400, "there is no parameter " + name);
  }
  void only(const served_request& r, const json& body, const std::set<std::string>& known,
            const std::set<std::string>& needed = {}) {
    for (auto& [name, _] : body.items())
      if (known.count(name) == 0)
        complain(r, 400, "there is no field " + name);
    for (auto& name : needed)
      if (!body.contains(name))
        complain(r, 400, "the field " + name + " is missing");
  }
  /// A parameter that is a whole number.
  std::size_t number(const served_request& r, const char* name, std::size_t otherwise) {
    auto text = r.parameter(name);
    if (!text)
      return otherwise;
    if (text->empty() || text->size() > 9 || text->find_first_not_of("0123456789") != std::string::npos)
      complain(r, 400, std::string{name} + " is no number");
    return std::stoul(*text);
  }
  /// The body of a change: an object, and said to be JSON.
  json body_of(const served_request& r) {
    if (r.body.empty())
      return json::object();
    if (r.header("Content-Type").value_or("").find("application/json") != 0)
      complain(r, 415, "a body without Content-Type: application/json");
    auto body = json::parse(r.body);
    if (!body.is_object())
      complain(r, 400, "the body is no object");
    return body;
  }
  static served_answer told(const json& body, int status = 200) { return served_answer::json(status, body.dump()); }
  static std::vector<std::string> parts_of(std::string_view path) {
    auto out = std::vector<std::string>{};
    while (!path.empty()) {
      path.remove_prefix(path.front() == '/' ? 1 : 0);
      auto slash = path.find('/');
      out.emplace_back(path.substr(0, slash));
      path = slash == std::string_view::npos ? std::string_view{} : path.substr(slash);
    }
    return out;
  }
  static std::string base64(std::string_view text) {
    constexpr auto signs = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    auto out = std::string{};
    for (std::size_t i = 0; i < text.size(); i += 3) {
      auto n = std::uint32_t{0};
      for (std::size_t j = 0; j < 3; ++j)
        n = n << 8 | (i + j < text.size() ? static_cast<unsigned char>(text[i + j]) : 0u);
      for (std::size_t j = 0; j < 4; ++j)
        out += i + j > text.size() ? '=' : signs[n >> (18 - 6 * j) & 63];
    }
    return out;
  }

  mutable std::mutex mutex_;

private:
  bool lose_ = false, lost_now_ = false;
};

} // namespace hyakki::test
