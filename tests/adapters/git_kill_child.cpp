// A process of its own for the tests: one call of the git door or of the local code host, in which it is killed.
//
//   git_kill_child DIRECTORY prepare|keep|commit|push|release SHA
//   git_kill_child DIRECTORY open BRANCH | merge ID | opens NAME COUNT

#include "adapters/code_hosts/local.hpp"
#include "adapters/git/git_door.hpp"

#include <cstdio>
#include <cstdlib>
#include <string>

using namespace hyakki;

namespace {

template <class T>
int said(const result<T>& r) {
  if (!r)
    std::fprintf(stderr, "%s\n", r.error().text.c_str());
  return r ? 0 : 1;
}

pull_request_draft draft_of(const std::string& branch) {
  auto d = pull_request_draft{};
  d.repository = "repo";
  d.source_branch = branch;
  d.target_branch = "main";
  d.title = branch;
  return d;
}

int host_call(const std::string& dir, const std::string& action, const std::string& what, int count) {
  auto c = code_host_config{};
  c.path = dir + "/host";
  auto host = make_local_code_host(c);
  if (action == "open")
    return said(host->find_or_open(draft_of(what)));
  if (action == "merge")
    return said(host->merge("repo", what));
  for (int i = 0; i < count; ++i) { // opens
    auto p = host->find_or_open(draft_of(what + std::to_string(i)));
    if (!p)
      return said(p);
    std::printf("%s\n", p->id.c_str());
  }
  return 0;
}

} // namespace

int main(int argc, char** argv) {
  if (argc < 4)
    return 2;
  auto dir = std::string{argv[1]};
  auto action = std::string{argv[2]};
  auto what = std::string{argv[3]};
  if (action == "open" || action == "merge" || action == "opens")
    return host_call(dir, action, what, argc > 4 ? std::atoi(argv[4]) : 0);
  auto children = make_process_door(false);
  auto o = git_options{};
  o.state_dir = dir + "/state";
  o.workspace_dir = dir + "/workspace";
  o.warm_trees = 2;
  auto door = open_git_door(*children, o);
  if (!door)
    return said(door);
  auto q = tree_request{};
  q.from.repository = "repo";
  q.from.url = dir + "/host/repo.git";
  q.tree = "t";
  q.branch = "feature/x";
  q.at_sha = what == "-" ? "" : what;
  q.keep = action == "keep";
  if (action == "prepare" || action == "keep")
    return said((*door)->prepare(q));
  if (action == "release")
    return said((*door)->release("repo", "t", q.at_sha));
  auto c = commit_request{};
  c.repository = "repo";
  c.tree = "t";
  c.branch = "feature/x";
  c.base_sha = q.at_sha;
  c.message = "Do it\n";
  c.author_name = "hyakki";
  c.author_email = "hyakki@localhost";
  c.at_ms = 1'790'000'000'000;
  if (action == "commit")
    return said((*door)->commit(c));
  return 2;
}
