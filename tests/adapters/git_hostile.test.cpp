// Hostile trees: what a malicious agent plants after `prepare` must never run in the engine's own calls.

#include "adapters/code_hosts/local.hpp"
#include "adapters/git/askpass.hpp"
#include "adapters/git/command.hpp"
#include "adapters/git/private_file.hpp"
#include "tests/adapters/git_world.hpp"

#include <sys/stat.h>

#include <functional>

using namespace hyakki;
using namespace hyakki::test;

namespace {

struct vector_of_attack {
  std::string name;
  std::function<void(const std::string& tree, const std::string& payload)> plant;
};

void plant_config(const std::string& tree, const std::string& text) {
  std::ofstream{tree + "/.git/config", std::ios::app} << text;
}

std::vector<vector_of_attack> attacks() {
  auto out = std::vector<vector_of_attack>{};
  for (auto* hook :
       {"pre-commit", "prepare-commit-msg", "commit-msg", "post-commit", "pre-push", "post-checkout",
        "post-index-change", "reference-transaction", "post-merge", "pre-rebase", "post-rewrite", "pre-auto-gc",
        "fsmonitor-watchman", "pre-receive", "update", "post-receive", "post-update", "applypatch-msg"})
    out.push_back({std::string{"hook "} + hook, [hook](auto& t, auto& p) {
                     auto path = t + "/.git/hooks/" + hook;
                     put_file(path, "#!/bin/sh\n" + p + "\n");
                     ::chmod(path.c_str(), 0755);
                   }});
  // section header, key: the value is the payload's script
  for (auto& [section, key] : std::vector<std::pair<std::string, std::string>>{{"core", "fsmonitor"},
                                                                               {"core", "sshCommand"},
                                                                               {"core", "pager"},
                                                                               {"core", "editor"},
                                                                               {"core", "askPass"},
                                                                               {"core", "gitProxy"},
                                                                               {"core", "alternateRefsCommand"},
                                                                               {"sequence", "editor"},
                                                                               {"diff", "external"},
                                                                               {"gpg", "program"},
                                                                               {"gpg \"ssh\"", "program"},
                                                                               {"gpg \"ssh\"", "defaultKeyCommand"},
                                                                               {"credential", "helper"},
                                                                               {"uploadpack", "packObjectsHook"},
                                                                               {"remote \"origin\"", "uploadpack"},
                                                                               {"remote \"origin\"", "receivepack"},
                                                                               {"alias", "push"},
                                                                               {"trailer \"x\"", "command"},
                                                                               {"sendemail", "sendmailCmd"},
                                                                               {"interactive", "diffFilter"},
                                                                               {"browser \"x\"", "cmd"},
                                                                               {"difftool \"x\"", "cmd"},
                                                                               {"submodule \"x\"", "update"}})
    out.push_back({section + "." + key, [section = section, key = key](auto& t, auto& p) {
                     plant_config(t, "[" + section + "]\n\t" + key + " = \"!" + p + "\"\n[commit]\n\tgpgSign = true\n");
                     plant_config(t, "[" + section + "]\n\t" + key + " = \"" + p + "\"\n");
                   }});
  for (auto* driver : {"clean", "smudge", "process"})
    out.push_back({std::string{"filter "} + driver, [driver](auto& t, auto& p) {
                     plant_config(t, std::string{"[filter \"evil\"]\n\trequired = true\n\t"} + driver + " = \"" + p +
                                       "\"\n");
                     put_file(t + "/.gitattributes", "* filter=evil\n");
                   }});
  for (auto* driver : {"command", "textconv"})
    out.push_back({std::string{"diff "} + driver, [driver](auto& t, auto& p) {
                     plant_config(t, std::string{"[diff \"evil\"]\n\t"} + driver + " = \"" + p + "\"\n");
                     put_file(t + "/.gitattributes", "* diff=evil\n");
                   }});
  out.push_back({"merge driver", [](auto& t, auto& p) {
                   plant_config(t, "[merge \"evil\"]\n\tdriver = \"" + p + "\"\n");
                   put_file(t + "/.gitattributes", "* merge=evil\n");
                 }});
  out.push_back({"hooksPath", [](auto& t, auto& p) {
                   plant_config(t, "[core]\n\thooksPath = " + t + "/h\n");
                   put_file(t + "/h/pre-commit", "#!/bin/sh\n" + p + "\n");
                   put_file(t + "/h/pre-push", "#!/bin/sh\n" + p + "\n");
                   ::chmod((t + "/h/pre-commit").c_str(), 0755);
                   ::chmod((t + "/h/pre-push").c_str(), 0755);
                 }});
  out.push_back({"include.path", [](auto& t, auto& p) {
                   put_file(t + "/evil.config", "[core]\n\tfsmonitor = \"" + p + "\"\n");
                   plant_config(t, "[include]\n\tpath = " + t + "/evil.config\n");
                 }});
  out.push_back({"includeIf", [](auto& t, auto& p) {
                   put_file(t + "/evil.config", "[core]\n\tfsmonitor = \"" + p + "\"\n");
                   plant_config(t, "[includeIf \"gitdir:/\"]\n\tpath = " + t + "/evil.config\n");
                 }});
  out.push_back({"core.worktree", [](auto& t, auto&) { plant_config(t, "[core]\n\tworktree = /\n"); }});
  out.push_back({"core.attributesFile", [](auto& t, auto& p) {
                   put_file(t + "/attr", "* filter=evil\n");
                   plant_config(t, "[core]\n\tattributesFile = " + t + "/attr\n[filter \"evil\"]\n\tclean = \"" + p +
                                     "\"\n");
                 }});
  out.push_back({"url.insteadOf ext", [](auto& t, auto& p) {
                   plant_config(t, "[url \"ext::sh -c " + p +
                                     "\"]\n\tinsteadOf = /\n[protocol \"ext\"]\n\tallow = always\n");
                 }});
  out.push_back({"remote vcs ext",
                 [](auto& t, auto& p) { plant_config(t, "[remote \"origin\"]\n\turl = \"ext::sh -c " + p + "\"\n"); }});
  out.push_back({".git file elsewhere", [](auto& t, auto& p) {
                   put_file(t + "/evil/config", "[core]\n\tfsmonitor = \"" + p + "\"\n");
                   std::filesystem::remove_all(t + "/.git");
                   put_file(t + "/.git", "gitdir: evil\n");
                 }});
  out.push_back({".git symlink", [](auto& t, auto& p) {
                   put_file(t + "/evil/config", "[core]\n\tfsmonitor = \"" + p + "\"\n");
                   std::filesystem::remove_all(t + "/.git");
                   std::filesystem::create_symlink("evil", t + "/.git");
                 }});
  out.push_back(
    {"alternates", [](auto& t, auto&) { put_file(t + "/.git/objects/info/alternates", "/proc/self/cwd\n/\n"); }});
  out.push_back({"commondir", [](auto& t, auto& p) {
                   put_file(t + "/.git/commondir", "../evil\n");
                   put_file(t + "/evil/config", "[core]\n\tfsmonitor = \"" + p + "\"\n");
                 }});
  out.push_back({"submodule", [](auto& t, auto& p) {
                   put_file(t + "/.gitmodules",
                            "[submodule \"x\"]\n\tpath = x\n\turl = ext::sh -c " + p + "\n\tupdate = !" + p + "\n");
                   plant_config(t, "[submodule \"x\"]\n\tactive = true\n");
                 }});
  out.push_back({"nested repository", [](auto& t, auto& p) {
                   put_file(t + "/nested/.git/HEAD", "ref: refs/heads/main\n");
                   put_file(t + "/nested/.git/config", "[core]\n\tfsmonitor = \"" + p + "\"\n");
                 }});
  out.push_back({"embedded bare repository", [](auto& t, auto& p) {
                   put_file(t + "/HEAD", "ref: refs/heads/main\n");
                   put_file(t + "/objects/x", "");
                   put_file(t + "/refs/x", "");
                   put_file(t + "/config", "[core]\n\tbare = false\n\tworktree = .\n\tfsmonitor = \"" + p + "\"\n");
                 }});
  out.push_back({"directory becomes a link", [](auto& t, auto&) {
                   std::filesystem::remove_all(t + "/src0");
                   std::filesystem::create_directory_symlink("/etc", t + "/src0");
                 }});
  out.push_back({"link out", [](auto& t, auto&) { std::filesystem::create_symlink("/etc/passwd", t + "/x"); }});
  out.push_back({"link into .git", [](auto& t, auto&) { std::filesystem::create_symlink(".git/config", t + "/x"); }});
  out.push_back({"link chain", [](auto& t, auto&) {
                   std::filesystem::create_directories(t + "/a/b");
                   std::filesystem::create_directory_symlink("../..", t + "/a/b/up");
                   std::filesystem::create_symlink("a/b/up/../x", t + "/x");
                 }});
  for (auto* name : {".GIT", "git~1", ".git ", ".git\xe2\x80\x8c", ".Git."})
    out.push_back({std::string{"name "} + name, [name](auto& t, auto& p) {
                     put_file(t + "/src0/" + name + "/hooks/pre-commit", "#!/bin/sh\n" + p + "\n");
                   }});
  out.push_back({"deep tree", [](auto& t, auto&) {
                   auto path = t;
                   for (int i = 0; i < 300; ++i) {
                     path += "/d";
                     ::mkdir(path.c_str(), 0755);
                   }
                   put_file(path + "/x", "x");
                 }});
  out.push_back({"fifo", [](auto& t, auto&) { ::mkfifo((t + "/pipe").c_str(), 0600); }});
  out.push_back({"fifo for a file", [](auto& t, auto&) {
                   std::filesystem::remove(t + "/README.md");
                   ::mkfifo((t + "/README.md").c_str(), 0600);
                 }});
  return out;
}

} // namespace

SCENARIO("nothing that an agent plants in its tree runs in a call of ours") {
  git_world w;
  auto canary = w.dir / "canary";
  auto payload = w.dir / "payload";
  put_file(payload, "#!/bin/sh\necho ran >> " + canary + "\ncat\n");
  ::chmod(payload.c_str(), 0755);
  auto c = code_host_config{};
  c.path = w.dir / "host";
  auto host = make_local_code_host(c);
  auto all = attacks();
  CHECK(all.size() >= 60);
  int n = 0;
  for (auto& a : all) {
    INFO(a.name);
    auto tree = "t" + std::to_string(++n);
    auto branch = "b" + std::to_string(n);
    auto at = w.door->prepare(w.asking(tree, branch));
    REQUIRE(at);
    a.plant(at->path, payload);
    put_file(at->path + "/src0/file0.txt", "changed " + tree + "\n");
    auto hash = w.door->tree_hash("repo", tree);
    auto text = w.door->diff("repo", tree, 100'000);
    auto made = w.door->commit(w.committing(tree, *at, branch));
    if (made) {
      auto pushed = w.door->push({w.where(), branch, made->sha, ""});
      INFO((pushed ? "" : pushed.error().text));
      CHECK(pushed);
      auto d = pull_request_draft{};
      d.repository = "repo";
      d.source_branch = branch;
      d.target_branch = "main";
      auto p = host->find_or_open(d);
      REQUIRE(p);
      CHECK(host->diff("repo", p->id, 10'000));
      CHECK(host->close("repo", p->id));
      CHECK(w.in_remote({"ls-tree", "-r", branch}).find("root:") == std::string::npos);
      auto back = w.door->release("repo", tree, made->sha);
      INFO((back ? "" : back.error().text));
      CHECK(back);
    } else {
      CHECK((made.error().code == ec::rejected || made.error().code == ec::over_budget));
      CHECK_FALSE(w.door->release("repo", tree, ""));
      auto q = w.asking(tree, branch); // and once more, reset
      q.at_sha = at->base_sha;
      auto reset = w.door->prepare(q);
      INFO((reset ? "" : reset.error().text));
      REQUIRE(reset);
      CHECK(w.door->release("repo", tree, ""));
    }
    CHECK_FALSE(std::filesystem::exists(canary));
  }
}

SCENARIO("a token goes by a private file and by nothing else") {
  scratch_dir dir;
  auto to = remote{};
  to.repository = "repo";
  to.url = "https://example.org/repo.git";
  to.user = "robot";
  to.token = secret{"canary-token-4711"};
  auto path = std::string{};
  {
    auto written = credential_text(to);
    REQUIRE(written);
    auto file = private_file::make(dir / "private", *written);
    REQUIRE(file);
    path = file->path();
    struct stat s {};
    REQUIRE(::stat(path.c_str(), &s) == 0);
    CHECK((s.st_mode & 0777) == 0600);
    auto how = git_cli::settings{};
    how.askpass = "/usr/bin/hyakki";
    for (auto& e : git_cli::environment(how, "https", {path, path, {}}))
      CHECK(e.find("canary") == std::string::npos);
    auto text = text_of(path);
    CHECK(askpass_answer(text, "Username for 'https://example.org': ") == "robot");
    CHECK(askpass_answer(text, "Password for 'https://robot@example.org': ") == "canary-token-4711");
    CHECK(askpass_answer(text, "Password for 'https://evil.org': ").empty());
    CHECK(askpass_answer(text, "Password for 'http://example.org': ").empty());
    CHECK(askpass_answer(text, "anything else").empty());
  }
  CHECK_FALSE(std::filesystem::exists(path));
}

SCENARIO("the same plants do run in plain git, so the suite above proves something") {
  git_world w;
  auto canary = w.dir / "canary";
  auto payload = w.dir / "payload";
  put_file(payload, "#!/bin/sh\necho ran >> " + canary + "\ncat\n");
  ::chmod(payload.c_str(), 0755);
  int ran = 0;
  int n = 0;
  for (auto& a : attacks()) {
    if (a.name != "hook pre-commit" && a.name != "core.fsmonitor" && a.name != "filter clean" && a.name != "hooksPath")
      continue;
    auto tree = "t" + std::to_string(++n);
    auto at = w.door->prepare(w.asking(tree, tree));
    REQUIRE(at);
    a.plant(at->path, payload);
    put_file(at->path + "/src0/file0.txt", "changed\n");
    w.git({"-C", at->path, "add", "-A"}, false);
    w.git({"-C", at->path, "commit", "-q", "-m", "x"}, false);
    ran += std::filesystem::remove(canary) ? 1 : 0;
  }
  CHECK(ran >= 3);
}

SCENARIO("nothing that an agent put into its own .git comes to the agent after it") {
  git_world w;
  auto at = w.door->prepare(w.asking("one"));
  REQUIRE(at);
  auto fresh = [&](const std::string& of) {
    auto out = std::vector<std::string>{};
    for (auto& e : std::filesystem::recursive_directory_iterator{of + "/.git"})
      if (!e.is_regular_file() || e.is_symlink())
        out.push_back(e.path().string().substr(of.size()) + "/");
      else if (e.path().filename() != "index") // holds times
        out.push_back(e.path().string().substr(of.size()) + " " + text_of(e.path().string()));
    std::sort(out.begin(), out.end());
    return out;
  };
  auto first = fresh(at->path);
  auto git_dir = at->path + "/.git";
  auto outside = w.dir / "outside";
  put_file(outside, "mine\n");
  put_file(git_dir + "/hooks/pre-commit", "#!/bin/sh\n");
  put_file(git_dir + "/refs/heads/other", at->base_sha + "\n");
  put_file(git_dir + "/objects/aa/bb", "x");
  put_file(git_dir + "/config", "[core]\n\tfsmonitor = /bin/false\n");
  std::filesystem::remove(git_dir + "/HEAD");
  WHEN("a file became a link") { std::filesystem::create_symlink(outside, git_dir + "/HEAD"); }
  WHEN("a file became another name of a file elsewhere") {
    std::filesystem::create_hard_link(outside, git_dir + "/HEAD");
  }
  WHEN("a file became a pipe") { ::mkfifo((git_dir + "/HEAD").c_str(), 0600); }
  WHEN("a file became a directory") { put_file(git_dir + "/HEAD/x/y", "z"); }
  WHEN("a file lets strangers write") {
    put_file(git_dir + "/HEAD", "ref: refs/heads/evil\n");
    ::chmod((git_dir + "/HEAD").c_str(), 0666);
  }
  WHEN("a directory lets strangers write") { ::chmod((git_dir + "/refs").c_str(), 01777); }
  WHEN("a directory shuts everybody out") { ::chmod((git_dir + "/objects").c_str(), 0); }
  WHEN("all of it leads elsewhere") {
    std::filesystem::rename(git_dir, w.dir / "moved");
    std::filesystem::create_directory_symlink(w.dir / "moved", git_dir);
  }
  WHEN("all of it is a file") {
    std::filesystem::remove_all(git_dir);
    put_file(git_dir, "gitdir: /tmp\n");
  }
  REQUIRE(w.door->release("repo", "one", ""));
  auto next = w.door->prepare(w.asking("two"));
  INFO((next ? "" : next.error().text));
  REQUIRE(next);
  CHECK(next->warm);
  CHECK(fresh(next->path) == first);
  CHECK(text_of(outside) == "mine\n");
  struct stat s {};
  for (auto* name : {"", "/HEAD", "/refs", "/objects"}) {
    REQUIRE(::lstat((next->path + "/.git" + name).c_str(), &s) == 0);
    CHECK((s.st_mode & 07002) == 0);
  }
  CHECK(w.git({"-C", next->path, "status", "--porcelain", "--ignored"}).empty());
}
