#pragma once
// Real git over smart HTTP: `git http-backend` behind the loopback server, which lets in by token alone, as vendors do.

#include "tests/support/http_server.hpp"

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace hyakki::test {

class git_http_server {
public:
  /// May change an honest answer, or make another of it. Called one at a time.
  using trouble = std::function<served_answer(const served_request&, served_answer)>;

  struct options {
    std::string root;               ///< directory of the bare repositories
    std::vector<std::string> users; ///< one of them is demanded beside the token; a Bearer token has none
    std::string token;              ///< empty = everybody is let in
    std::optional<served_tls> tls;
  };
  explicit git_http_server(options o);
  ~git_http_server();
  git_http_server(const git_http_server&) = delete;
  git_http_server& operator=(const git_http_server&) = delete;

  /// Address of <root>/<name>; `host` is another name of this machine.
  std::string url(const std::string& name, std::string_view host = "127.0.0.1") const;
  /// From now on every answer goes through this.
  void trouble_by(trouble t);
  const http_server& server() const { return *server_; }
  /// One answer of git itself, for servers that serve other things beside repositories. The path begins below `root`.
  static served_answer ask_git(const std::string& root, const served_request& asked, const std::string& path);

private:
  served_answer answer(const served_request& asked);
  bool lets_in(const served_request& asked) const;

  options how_;
  std::mutex guard_;
  trouble trouble_;
  std::unique_ptr<http_server> server_;
};

} // namespace hyakki::test
