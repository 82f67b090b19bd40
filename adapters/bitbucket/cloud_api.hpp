#pragma once
// The REST interface 2.0 of Bitbucket Cloud: addresses, how one is let in, pages, errors.
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

struct cloud_repository {
  std::string workspace;
  std::string slug;
  std::string text() const { return workspace + "/" + slug; }
};

struct cloud_addresses {
  std::string web;  ///< https://bitbucket.org: pages, clones
  std::string api;  ///< https://api.bitbucket.org/2.0
  std::string host; ///< for SSH
};
/// From the configured address: empty and those of bitbucket.org are bitbucket.org's own; below any other one is the
/// interface at /2.0.
result<cloud_addresses> cloud_addresses_of(std::string_view base_url);

/// With what one is let in.
struct cloud_login {
  http_credentials rest;
  std::string git_user;
};
/// An account that is an e-mail address has an API token; no account, an access token (of a repository, a project or a
/// workspace). `bad_config` for an app password, which Bitbucket takes no more.
result<cloud_login> cloud_login_of(const std::string& account, const secret& token);

class cloud_api {
public:
  /// `http` must outlive it. A configuration that cannot work is told by every call.
  cloud_api(std::string_view base_url, const std::string& account, const secret& token, http_client& http);

  const result<cloud_addresses>& where() const { return where_; }
  const result<cloud_login>& login() const { return login_; }

  /// A request below /2.0; `path` is encoded already and begins with a slash.
  result<http_request> request(http_method how, const std::string& path) const;
  /// The same with a JSON body, which may be empty.
  result<http_request> change(http_method how, const std::string& path, std::string body) const;

  /// Makes the call; what is not 2xx is an error, in words that say what to do.
  result<http_answer> call(const http_request& what) const;
  /// The same, but 400 and 409 are answers.
  result<http_answer> attempt(const http_request& what) const;
  static error to_error(const http_request& asked, const http_answer& answer);

  /// Reads the `values` of a list to its end or until `take` says false. What it finds wrong is the error.
  result<void> pages(const std::string& path, const std::function<bool(const json_node& value)>& take) const;

private:
  result<cloud_addresses> where_;
  result<cloud_login> login_;
  http_client& http_;
};

/// "/repositories/WORKSPACE/SLUG" + rest
std::string repository_path(const cloud_repository& in, std::string_view rest = {});

} // namespace bitbucket
} // namespace hyakki
