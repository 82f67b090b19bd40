#pragma once
// GitHub's REST and GraphQL interfaces as both keepers use them: addresses, headers, pages, errors.
//
// Serves github.com, Enterprise Cloud with data residence (*.ghe.com) and Enterprise Server. Holds no state but the
// configuration, so any number of threads may call. Changes are asked for at least a second apart, as GitHub wants it.

#include "adapters/http_client.hpp"
#include "core/clock.hpp"
#include "core/error.hpp"
#include "core/secret.hpp"

#include <functional>
#include <string>
#include <string_view>

namespace hyakki {

class json_node;

namespace github {

/// Where GitHub is: of `https://github.com`, of `https://git.example.com`, or of an API's address as it is written in
/// documentation. An empty text means github.com.
struct addresses {
  std::string api;     ///< https://api.github.com, https://git.example.com/api/v3
  std::string graphql; ///< https://api.github.com/graphql, https://git.example.com/api/graphql
  std::string web;     ///< https://github.com, https://git.example.com
  std::string host;    ///< of `web`, without a port
};
result<addresses> addresses_of(std::string_view base_url);

/// owner/repo, each part as GitHub allows it.
struct repository_name {
  std::string owner;
  std::string name;
  std::string text() const { return owner + "/" + name; }
};
/// `rejected` for everything else.
result<repository_name> read_repository(std::string_view text);

/// How much of many pages to read.
constexpr std::size_t most_pages = 100;

class api {
public:
  /// `http` must outlive it. A base address that cannot be used is told by every call.
  api(std::string_view base_url, secret token, http_client& http);

  const result<addresses>& where() const { return where_; }

  /// A request to /repos/OWNER/NAME/… or to another path; `path` is encoded already and begins with a slash.
  result<http_request> request(http_method how, const std::string& path) const;
  /// The same with a JSON body. It changes something, so it keeps its distance.
  result<http_request> change(http_method how, const std::string& path, std::string body) const;

  /// Makes the call; what is not 2xx is an error, in words that say what to do. 304 is an answer.
  result<http_answer> call(const http_request& what) const;
  /// The same, but a 4xx that is no matter of access or limits (404, 405, 409, 410, 422, …) is an answer.
  result<http_answer> attempt(const http_request& what) const;
  /// The error that such an answer is.
  static error to_error(const http_request& asked, const http_answer& answer);

  /// Reads a list to its end or until `take` says false. `take` gets the elements of each page; what it finds wrong is
  /// the error.
  result<void> pages(const std::string& path, const std::function<bool(const json_node& page)>& take) const;
  /// The address of the next page, within the same origin; empty on the last one.
  static result<std::string> next_page(const http_request& asked, const http_answer& answer);

  /// One query; `take` gets `data`. Errors that stand beside data are left to `take`, which gets them too.
  result<void> query(std::string_view text, const std::string& variables,
                     const std::function<void(const json_node& data, const json_node& errors)>& take,
                     bool changes = false) const;

private:
  result<addresses> where_;
  secret token_;
  http_client& http_;
};

/// "/repos/OWNER/NAME" + rest
std::string repository_path(const repository_name& repository, std::string_view rest = {});

} // namespace github
} // namespace hyakki
