#pragma once
// The REST interface 1.0 of Bitbucket Data Center: addresses, pages, errors.
//
// Holds no state but the configuration, so any number of threads may call. Sees HTTP by its door alone.

#include "adapters/http_client.hpp"
#include "core/error.hpp"
#include "core/secret.hpp"
#include "core/url.hpp"

#include <functional>
#include <string>
#include <string_view>

namespace hyakki {

class json_node;

namespace bitbucket {

/// A repository of a project, or of a person (project ~name).
struct dc_repository {
  std::string project;
  std::string slug;
  std::string text() const { return project + "/" + slug; }
};

class dc_api {
public:
  /// `http` must outlive it. A base address that cannot be used is told by every call.
  dc_api(std::string_view base_url, secret token, http_client& http);

  /// The base address, without a slash at its end.
  const result<std::string>& base() const { return base_; }
  /// Its host, without a port.
  const std::string& host() const { return host_; }

  /// A request below /rest/api/1.0; `path` is encoded already and begins with a slash.
  result<http_request> request(http_method how, const std::string& path) const;
  /// The same with a JSON body.
  result<http_request> change(http_method how, const std::string& path, std::string body) const;

  /// Makes the call; what is not 2xx is an error, in words that say what to do.
  result<http_answer> call(const http_request& what) const;
  /// The same, but 409 is an answer.
  result<http_answer> attempt(const http_request& what) const;
  static error to_error(const http_request& asked, const http_answer& answer);

  /// Reads the `values` of a list to its end or until `take` says false. What it finds wrong is the error.
  result<void> pages(const std::string& path, const std::function<bool(const json_node& value)>& take) const;

private:
  result<std::string> base_;
  std::string host_;
  secret token_;
  http_client& http_;
};

/// Answers may hold conversations, each reply within what it replies to.
constexpr std::size_t most_depth = 512;

/// "/projects/KEY/repos/SLUG" + rest
std::string repository_path(const dc_repository& in, std::string_view rest = {});

} // namespace bitbucket
} // namespace hyakki
