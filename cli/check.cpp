// hyakki check: is everything there that a run needs? A line a question, with what is wrong and how to mend it.
//
// Looks and asks, and changes nothing.

#include "adapters/process.hpp"
#include "cli/engine.hpp"
#include "cli/json.hpp"
#include "cli/open.hpp"
#include "cli/text.hpp"
#include "runtime/adapters.hpp"
#include "runtime/check_repositories.hpp"
#include "runtime/orchestrator.hpp"
#include "storage/lmdb_store.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <set>
#include <unistd.h>

namespace hyakki::cli {
namespace {

using json = nlohmann::ordered_json;

enum class verdict : std::uint8_t { ok, warning, fault };

struct finding {
  verdict how = verdict::ok;
  std::string name;
  std::string text;
};

const char* word(verdict v) { return v == verdict::ok ? "ok" : v == verdict::warning ? "warning" : "fault"; }

class findings {
public:
  void add(verdict v, std::string name, std::string text) { all.push_back({v, std::move(name), std::move(text)}); }
  void add(std::string name, const result<std::string>& r) {
    add(r ? verdict::ok : verdict::fault, std::move(name), r ? *r : r.error().text);
  }
  void add(std::string name, const result<void>& r, std::string when_ok) {
    add(r ? verdict::ok : verdict::fault, std::move(name), r ? std::move(when_ok) : r.error().text);
  }
  bool sound() const {
    return std::none_of(all.begin(), all.end(), [](auto& f) { return f.how == verdict::fault; });
  }

  std::vector<finding> all;
};

std::string variable(const char* name) {
  auto value = std::getenv(name);
  return value == nullptr ? "" : value;
}

std::string first_line(const std::string& text) { return text.substr(0, text.find('\n')); }

void check_git(findings& out, process& children) {
  auto program = find_program("git", variable("PATH"));
  if (program.empty())
    return out.add(verdict::fault, "git", "git is not in PATH; on Debian: apt install git");
  auto spec = process_spec{};
  spec.argv = {program, "--version"};
  spec.environment = {"PATH=" + variable("PATH"), "LC_ALL=C", "GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL=/dev/null"};
  spec.directory = "/";
  spec.limits.wall = std::chrono::seconds{10};
  auto said = children.run(spec);
  out.add(said.ok() ? verdict::ok : verdict::fault, "git",
          said.ok() ? first_line(said.out) : program + " does not work: " + describe(said.status));
}

void check_agent(findings& out, const config& c, process& children) {
  auto agent = make_coding_agent(c, agent_environment(c), &children);
  out.add("agent", agent ? (*agent)->probe() : result<std::string>{agent.error()});
  for (auto& name : c.agent.pass_environment)
    if (std::getenv(name.c_str()) == nullptr)
      out.add(verdict::warning, "agent.pass_environment",
              name + " is not set here, so the agent will not have it; leave it out where the agent is logged in by "
                     "other means");
  for (auto& name : secrets_passed_on(c).left_out)
    out.add(verdict::warning, "agent.pass_environment",
            name + " holds more than is taken out of texts; an agent that prints it tells it. Put it into a file "
                   "instead, and name the file in the variable");
}

void check_commands(findings& out, const config& c) {
  for (auto& one : c.checks) {
    auto& program = one.command.front();
    if (program.find('/') != std::string::npos || !find_program(program, variable("PATH")).empty())
      out.add(verdict::ok, "checks." + one.name, program);
    else
      out.add(verdict::fault, "checks." + one.name,
              program + " is not in PATH: install it, or name the program by its path");
  }
}

/// Can it be written, or made? Looks at the nearest directory that exists.
void check_directory(findings& out, const std::string& name, const std::string& path) {
  auto at = std::filesystem::absolute(path).lexically_normal();
  auto error = std::error_code{};
  while (!std::filesystem::exists(at, error) && at.has_relative_path())
    at = at.parent_path();
  if (!std::filesystem::is_directory(at, error))
    return out.add(verdict::fault, name, path + ": " + at.string() + " is not a directory");
  if (::access(at.c_str(), W_OK | X_OK) != 0)
    return out.add(verdict::fault, name, path + ": " + at.string() + " cannot be written: " + std::strerror(errno));
  auto space = std::filesystem::space(at, error);
  if (!error && space.capacity == 0) // as /proc, which says that it can be written
    return out.add(verdict::fault, name, path + ": nothing can be made below " + at.string());
  auto free = error ? "" : ", " + std::to_string(space.available >> 20) + " MiB free";
  auto low = !error && space.available < (std::uintmax_t{512} << 20);
  out.add(low ? verdict::warning : verdict::ok, name,
          path + (at == std::filesystem::path{path} ? "" : " (will be made)") + free +
            (low ? ": little for clones and working trees" : ""));
}

void check_store(findings& out, const config& c) {
  auto state = state_directory(c);
  if (c.storage.type != "lmdb")
    return out.add(verdict::warning, "store", "storage.type is " + c.storage.type + ": nothing survives the process");
  check_directory(out, "state directory", state);
  auto options = lmdb_options{};
  options.path = state;
  options.as = lmdb_options::role::visitor;
  auto memory = open_lmdb_store(options);
  if (memory) {
    auto read = (*memory)->each([](const index_entry&) { return true; });
    out.add(read ? verdict::ok : verdict::fault, "store", read ? "readable, of this version" : read.error().text);
  } else if (memory.error() == ec::not_found)
    out.add(verdict::ok, "store", "none yet; the first run makes it");
  else
    out.add(verdict::fault, "store", memory.error().text);
  auto runs = daemon_of(state);
  out.add(verdict::ok, "daemon", runs.running ? "running: " + runs.who : "not running");
}

/// Can a run write its log there? Nothing is made: where there is no file, its directory has to let us make one.
void check_log(findings& out, const std::string& path) {
  if (path.empty())
    return;
  auto name = std::string{"log.file"};
  auto cannot = [&](const std::string& why) {
    out.add(verdict::fault, name,
            path + " cannot be opened: " + why + ". A run would not start: mend it, or name another file");
  };
  // Without waiting for whoever reads a pipe; a run would not wait either.
  auto fd = ::open(path.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC | O_NONBLOCK);
  auto why = errno;
  if (fd >= 0)
    ::close(fd);
  if (fd >= 0)
    return out.add(verdict::ok, name, path);
  if (why != ENOENT)
    return cannot(std::strerror(why));
  auto folder = std::filesystem::path{path}.parent_path();
  auto error = std::error_code{};
  if (folder.empty())
    folder = ".";
  if (!std::filesystem::is_directory(folder, error))
    return cannot("there is no directory " + folder.string());
  if (::access(folder.c_str(), W_OK | X_OK) != 0)
    return cannot(folder.string() + ": " + std::strerror(errno));
  auto space = std::filesystem::space(folder, error);
  if (!error && space.capacity == 0) // as /proc, which says that it can be written
    return cannot("nothing can be made in " + folder.string());
  out.add(verdict::ok, name, path + " (will be made)");
}

void check_token(findings& out, const std::string& section, const std::string& type, const secret& token, bool needed) {
  auto name = section + ".token";
  if (!token.empty())
    out.add(verdict::ok, name, "set");
  else if (needed)
    out.add(verdict::warning, name, "not set; " + type + " may not let us in. Write it as ${NAME}");
  else
    out.add(verdict::ok, name, "not needed by " + type);
}

/// Tokens are there, and every tracker and code host answers. A host that several projects share is asked once.
void check_services(findings& out, const config& c, const clock& time, process& children) {
  auto projects = projects_of(c);
  auto http = make_http_client(c, time, say_hold);
  if (!http)
    return out.add(verdict::fault, "http", http.error().text);
  std::set<std::string> asked;
  for (std::size_t i = 0; i < projects.size(); ++i) {
    auto& p = projects[i];
    auto at = c.projects.empty() ? std::string{} : "projects[" + std::to_string(i) + "].";
    check_token(out, at + "issue_tracker", p.issue_tracker.type, p.issue_tracker.token,
                is_remote_tracker(p.issue_tracker.type));
    check_token(out, at + "repo_hosting", p.repo_hosting.type, p.repo_hosting.token,
                is_remote_code_host(p.repo_hosting.type));
    auto one = c;
    one.projects = {p};
    auto from = make_trackers(one, http->get(), time);
    out.add(c.projects.empty() ? "tracker" : "tracker " + p.issue_tracker.name,
            from ? from->front()->probe() : result<void>{from.error()}, p.issue_tracker.type + " answers");
    auto to = make_code_host(one, http->get(), time);
    auto answers = to ? (*to)->probe() : result<void>{to.error()};
    if (asked.insert(p.repo_hosting.name).second)
      out.add(c.projects.empty() ? "code host" : "code host " + p.repo_hosting.name, answers,
              p.repo_hosting.type + " answers");
    if (answers)
      for (auto& found : look_at_repositories(c, p, at, **to, children))
        out.add(found.name, found.usable, found.text);
  }
}

void look_at(findings& out, const config& c) {
  auto time = hyakki::system_clock{};
  auto children = make_process_door(false);
  check_git(out, *children);
  check_agent(out, c, *children);
  check_commands(out, c);
  check_services(out, c, time, *children);
  check_directory(out, "workspace", c.orchestrator.workspace_dir);
  check_store(out, c);
  check_log(out, c.log.file);
}

void tell(const findings& seen, const std::string& path) {
  auto colour = wants_colour(stdout);
  std::size_t width = 0;
  for (auto& f : seen.all)
    width = std::max(width, columns(f.name));
  for (auto& f : seen.all) {
    auto name = safe(f.name, 60);
    name.resize(std::max(width, name.size()) + 2, ' ');
    auto how = std::string{word(f.how)};
    how.resize(9, ' ');
    auto t = f.how == verdict::ok ? tone::good : f.how == verdict::warning ? tone::busy : tone::bad;
    put(paint(colour, t, how) + name + safe(f.text, 1000) + "\n");
  }
  put(seen.sound() ? "everything is there: hyakki run -c " + safe(path) + "\n"
                   : "mend what is marked as a fault, then check again\n");
}

} // namespace

int run_check(const invocation& i) {
  auto path = config_path(i);
  if (!path)
    return fail(path.error());
  auto seen = findings{};
  auto problems = std::vector<config_problem>{};
  auto loaded = load_config(*path, process_environment(), {}, &problems);
  for (auto& p : problems)
    seen.add(verdict::fault, "configuration", to_string(p));
  if (!loaded && problems.empty())
    seen.add(verdict::fault, "configuration", loaded.error().text);
  if (loaded) {
    seen.add(verdict::ok, "configuration", *path);
    for (auto& w : loaded->warnings)
      seen.add(verdict::warning, "configuration", w);
    look_at(seen, loaded->settings);
  }
  if (!i.json)
    tell(seen, *path);
  else {
    auto out = document("check");
    out["configuration"] = *path;
    out["ok"] = seen.sound();
    out["checks"] = json::array();
    for (auto& f : seen.all)
      out["checks"].push_back(json{{"name", f.name}, {"verdict", word(f.how)}, {"text", f.text}});
    put_json(out);
  }
  return seen.sound() ? exit_done : exit_usage;
}

} // namespace hyakki::cli
