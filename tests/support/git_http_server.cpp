#include "tests/support/git_http_server.hpp"

#include "adapters/http/proxy_rules.hpp"
#include "tests/support/scratch_dir.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <sstream>

namespace hyakki::test {
namespace {

std::string bytes_of(const std::string& path) {
  std::ostringstream out;
  out << std::ifstream{path, std::ios::binary}.rdbuf();
  return out.str();
}

} // namespace

served_answer git_http_server::ask_git(const std::string& root, const served_request& asked, const std::string& path) {
  scratch_dir dir{scratch_dir::on::memory};
  std::ofstream{dir / "in", std::ios::binary} << asked.body;
  auto question = asked.target.find('?');
  std::vector<std::string> environment{
    "PATH=/usr/local/bin:/usr/bin:/bin",
    "HOME=/nonexistent",
    "GIT_CONFIG_NOSYSTEM=1",
    "GIT_CONFIG_GLOBAL=/dev/null",
    "GIT_PROJECT_ROOT=" + root,
    "GIT_HTTP_EXPORT_ALL=1",
    "PATH_INFO=" + path,
    "QUERY_STRING=" + (question == std::string::npos ? std::string{} : asked.target.substr(question + 1)),
    "REQUEST_METHOD=" + asked.method,
    "CONTENT_TYPE=" + asked.header("Content-Type").value_or(""),
    "CONTENT_LENGTH=" + std::to_string(asked.body.size()),
    "HTTP_CONTENT_ENCODING=" + asked.header("Content-Encoding").value_or(""),
    "GIT_PROTOCOL=" + asked.header("Git-Protocol").value_or(""),
    "REMOTE_USER=somebody",
    "REMOTE_ADDR=127.0.0.1",
  };
  std::vector<char*> env;
  for (auto& e : environment)
    env.push_back(e.data());
  env.push_back(nullptr);
  std::string words[] = {"git", "http-backend"};
  char* argv[] = {words[0].data(), words[1].data(), nullptr};
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 0, (dir / "in").c_str(), O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&actions, 1, (dir / "out").c_str(), O_WRONLY | O_CREAT, 0600);
  posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
  pid_t pid = -1;
  int status = -1;
  if (::posix_spawnp(&pid, "git", &actions, nullptr, argv, env.data()) == 0)
    while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
    }
  posix_spawn_file_actions_destroy(&actions);
  auto said = bytes_of(dir / "out");
  auto end = said.find("\r\n\r\n");
  served_answer out;
  if (status != 0 || end == std::string::npos) {
    out.status = 500;
    return out;
  }
  out.body = said.substr(end + 4);
  auto head = std::istringstream{said.substr(0, end + 2)};
  for (std::string line; std::getline(head, line);) {
    auto colon = line.find(": ");
    if (colon == std::string::npos)
      continue;
    auto value = line.substr(colon + 2, line.size() - colon - 3);
    if (line.compare(0, colon, "Status") == 0)
      out.status = std::stoi(value);
    else
      out.headers.emplace_back(line.substr(0, colon), value);
  }
  return out;
}

git_http_server::git_http_server(options o) : how_(std::move(o)) {
  server_ = std::make_unique<http_server>([this](const served_request& r) { return answer(r); }, how_.tls);
}

git_http_server::~git_http_server() { server_.reset(); }

std::string git_http_server::url(const std::string& name, std::string_view host) const {
  return server_->url("/" + name, host);
}

void git_http_server::trouble_by(trouble t) {
  std::lock_guard guard{guard_};
  trouble_ = std::move(t);
}

bool git_http_server::lets_in(const served_request& asked) const {
  auto shown = asked.header("Authorization");
  if (!shown || how_.token.empty())
    return how_.token.empty();
  return *shown == "Bearer " + how_.token || std::any_of(how_.users.begin(), how_.users.end(), [&](auto& u) {
    return *shown == "Basic " + base64(u + ":" + how_.token);
  });
}

served_answer git_http_server::answer(const served_request& asked) {
  served_answer out;
  if (lets_in(asked)) {
    out = ask_git(how_.root, asked, asked.path);
  } else {
    out.status = 401;
    out.headers.emplace_back("WWW-Authenticate", "Basic realm=\"git\"");
  }
  std::lock_guard guard{guard_};
  return trouble_ ? trouble_(asked, std::move(out)) : out;
}

} // namespace hyakki::test
