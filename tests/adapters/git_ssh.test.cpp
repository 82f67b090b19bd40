// Repositories behind ssh: a real sshd, keys, an agent, hosts that are not who they were. Skipped, and it says so,
// where no sshd is installed.

#include "adapters/git/failure.hpp"
#include "adapters/git/ssh.hpp"
#include "tests/adapters/git_world.hpp"
#include "tests/support/ssh_server.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>

using namespace hyakki;
using namespace hyakki::test;

namespace {

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

class ssh_world : public git_world {
public:
  ssh_world() {
    std::string why;
    server = ssh_server::start(dir / "ssh", why);
    if (!server)
      WARN("skipped: " << why);
    reopen("");
  }
  void reopen(const std::string& agent) {
    open(2, [&](git_options& o) { o.ssh_socket = agent; });
  }
  remote at() const {
    auto r = remote{};
    r.repository = "repo";
    r.url = server->url(remote_path());
    r.user = server->user();
    r.ssh_key = server->key();
    r.known_hosts = server->known_hosts();
    return r;
  }
  result<prepared_tree> prepare(const std::string& tree, const remote& from) {
    auto q = asking(tree);
    q.from = from;
    return door->prepare(q);
  }
  std::unique_ptr<ssh_server> server;
};

std::string said(const result<prepared_tree>& r) { return r ? "" : r.error().text; }

} // namespace

SCENARIO("a repository is cloned, fetched and pushed to over ssh") {
  ssh_world w;
  if (!w.server)
    return;
  auto from = w.at();
  std::unique_ptr<ssh_agent> agent;
  GIVEN("a key file") {}
  GIVEN("the user's agent") {
    agent = ssh_agent::start(w.dir / "ssh", w.server->key());
    REQUIRE(agent);
    from.ssh_key.clear();
    w.reopen(agent->socket());
  }
  auto first = w.prepare("one", from);
  INFO(said(first));
  REQUIRE(first);
  put_file(first->path + "/README.md", "mine\n");
  auto made = w.door->commit(w.committing("one", *first));
  REQUIRE(made);
  auto pushed = w.door->push({from, "feature/x", made->sha, ""});
  INFO((pushed ? "" : pushed.error().text));
  REQUIRE(pushed);
  CHECK(w.in_remote({"rev-parse", "feature/x"}) == made->sha);
  CHECK(w.door->push({from, "feature/x", made->sha, ""}));
  put_file(w.dir / "seed/README.md", "newer\n");
  w.save("second");
  auto second = w.prepare("two", from);
  REQUIRE(second);
  CHECK(text_of(second->path + "/README.md") == "newer\n");
  // a branch that somebody else moved
  w.save("theirs", "feature/y");
  auto refused = w.door->push({from, "feature/y", made->sha, ""});
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == ec::rejected);
  // nothing of ours was lent to the other side
  CHECK(has(w.server->sessions(), "git-upload-pack"));
  CHECK(has(w.server->sessions(), "git-receive-pack"));
  CHECK_FALSE(has(w.server->sessions(), "SSH_AUTH_SOCK"));
}

SCENARIO("a key or a host that does not fit is an error that says what to mend, and nothing is accepted silently") {
  ssh_world w;
  if (!w.server)
    return;
  struct misfit {
    std::string key, hosts, says;
  };
  auto fine = w.at();
  auto before = text_of(w.server->strange_hosts());
  for (auto& m : {misfit{w.server->other_key(), fine.known_hosts, w.server->other_key()}, // not let in
                  misfit{w.server->locked_key(), fine.known_hosts, "pass phrase"},        // and no agent
                  misfit{fine.ssh_key, w.server->empty_hosts(), "is not in " + w.server->empty_hosts()},
                  misfit{fine.ssh_key, w.server->strange_hosts(), "another key than " + w.server->strange_hosts()}}) {
    auto from = fine;
    from.ssh_key = m.key;
    from.known_hosts = m.hosts;
    auto tree = w.prepare("one", from);
    REQUIRE_FALSE(tree);
    INFO(tree.error().text);
    CHECK(tree.error().code == ec::bad_config);
    CHECK(has(tree.error().text, "localhost"));
    CHECK(has(tree.error().text, m.says));
  }
  CHECK(w.server->sessions().empty());
  CHECK(text_of(w.server->empty_hosts()).empty());
  CHECK(text_of(w.server->strange_hosts()) == before);
  AND_WHEN("an agent holds a key that fits, and another is named") {
    auto agent = ssh_agent::start(w.dir / "ssh", w.server->key());
    REQUIRE(agent);
    w.reopen(agent->socket());
    auto from = fine;
    from.ssh_key = w.server->other_key();
    CHECK_FALSE(w.prepare("one", from)); // the agent's keys are not tried beside it
  }
}

SCENARIO("a host that nobody serves, and a repository that is not there, are told apart") {
  ssh_world w;
  if (!w.server)
    return;
  auto from = w.at();
  from.url = w.server->url(w.dir / "host/none.git");
  auto missing = w.prepare("one", from);
  REQUIRE_FALSE(missing);
  INFO(missing.error().text);
  CHECK(missing.error().code == ec::not_found);
  from.url = "ssh://localhost:1" + w.remote_path();
  auto nobody = w.prepare("one", from);
  REQUIRE_FALSE(nobody);
  INFO(nobody.error().text);
  CHECK(nobody.error().code == ec::unavailable);
}

SCENARIO("a host that lets the key in and refuses the push for want of a right asks for a person") {
  auto ended = std::string{"fatal: Could not read from remote repository.\n\nPlease make sure you have the correct "
                           "access rights\nand the repository exists.\n"};
  auto meant = [](const std::string& words, const char* url = "ssh://git@git.example.com:7999/ac/repo.git") {
    auto to = remote{};
    to.url = url;
    return git_cli::meaning_of(words, to);
  };
  for (auto words : {
         "ERROR: Permission to acme/repo.git denied to bot.\n",
         "ERROR: Permission to acme/repo.git denied to deploy key\n",
         "ERROR: Write access to repository not granted.\n",
         "ERROR: This repository was archived so it is read-only.\n",
         "remote: \nremote: ====\nremote: \nremote: ERROR: You are not allowed to push code to this project.\nremote: "
         "\n",
         "GitLab: You are not allowed to push code to this project.\n",
         "remote: This deploy key does not have write access to this project.\n",
         "You are not permitted to push to this repository\n",
         "You do not have permission to push to this repository.\n",
         "repository access denied. access via a deployment key is read-only.\n",
         "conq: repository access denied.\n",
         "Unauthorized\n",
       }) {
    INFO(words);
    CHECK(meant(words + ended).code == ec::bad_config);
    CHECK(has(meant(words + ended).advice, "git.example.com:7999 lets us in by ssh and does not allow this"));
  }
  CHECK(meant("fatal: remote error: You do not have permission to push to AC/repo\n").code == ec::bad_config);
  THEN("words that stand elsewhere, or beside what git itself says of a push, mean no more than before") {
    CHECK(meant(ended).code == ec::unavailable);
    CHECK(meant("Our log says: Unauthorized people were here\n" + ended).code == ec::unavailable);
    CHECK(meant("Unauthorized\n").code == ec::unavailable);
    CHECK(meant("remote: You are not permitted to see this page\n ! [remote rejected] x -> x (pre-receive hook "
                "declined)\n" +
                ended)
            .code == ec::rejected);
    CHECK(meant("fatal: remote error: Repository not found\nThe requested repository does not exist, or you do not "
                "have permission to access it.\n")
            .code == ec::not_found);
    CHECK(meant("Unauthorized\n" + ended, "https://git.example.com/r.git").code == ec::unavailable);
  }
}

SCENARIO("files that ssh must not be given are refused before it is started") {
  scratch_dir dir;
  auto to = remote{};
  to.url = "ssh://git.example.com/x.git";
  to.user = "git";
  auto key = dir / "a key";
  put_file(key, "-----BEGIN OPENSSH PRIVATE KEY-----\n");
  ::chmod(key.c_str(), 0600);
  to.ssh_key = key;
  auto fine = ssh_command(to);
  REQUIRE(fine);
  for (auto* option : {"StrictHostKeyChecking=yes", "BatchMode=yes", "ForwardAgent=no", "IdentitiesOnly=yes",
                       "PermitLocalCommand=no", "-F none"})
    CHECK(has(*fine, option));
  CHECK(has(*fine, "'IdentityFile=\"" + key + "\"'"));
  std::string says;
  GIVEN("a key that others can read") {
    ::chmod(key.c_str(), 0640);
    says = "chmod 600";
  }
  GIVEN("no key there") {
    to.ssh_key = dir / "none";
    says = "cannot be read";
  }
  GIVEN("a directory") {
    to.ssh_key = dir.path();
    says = "not a plain file";
  }
  GIVEN("a pipe") {
    to.ssh_key = dir / "pipe";
    ::mkfifo(to.ssh_key.c_str(), 0600);
    says = "not a plain file";
  }
  GIVEN("a public key") {
    put_file(key, "ssh-ed25519 AAAA\n");
    says = "public key";
  }
  GIVEN("something else") {
    put_file(key, "hello\n");
    says = "no private key";
  }
  GIVEN("a name that means something to a shell or to ssh") {
    to.ssh_key = dir / GENERATE("a'b", "a\"b", "a$(touch x)", "a%h", "a\\b", "a\nb");
    put_file(to.ssh_key, "-----BEGIN OPENSSH PRIVATE KEY-----\n");
    ::chmod(to.ssh_key.c_str(), 0600);
    says = "cannot be used";
  }
  GIVEN("a relative name") {
    to.ssh_key = "key";
    says = "absolute";
  }
  GIVEN("known hosts that others can write") {
    to.known_hosts = dir / "hosts";
    put_file(to.known_hosts, "");
    ::chmod(to.known_hosts.c_str(), 0666);
    says = "chmod go-w";
  }
  GIVEN("no known hosts there") {
    to.known_hosts = dir / "hosts";
    says = "repo_hosting.known_hosts";
  }
  GIVEN("a user that is an option") {
    to.user = GENERATE("-oProxyCommand=x", "a b", "a;b", "a'b");
    says = "not a user";
  }
  auto refused = ssh_command(to);
  REQUIRE_FALSE(refused);
  INFO(refused.error().text);
  CHECK(refused.error().code == ec::bad_config);
  CHECK(has(refused.error().text, says));
}

SCENARIO("an address that would make git or ssh do something else is refused, and does nothing") {
  git_world w;
  auto canary = w.dir / "canary";
  auto payload = "touch%20" + canary;
  for (auto& url : std::vector<std::string>{
         "ssh://-oProxyCommand=" + payload + "/x.git",
         "ssh://%2doProxyCommand=" + payload + "/x.git",
         "ssh://%2DoProxyCommand%3d" + payload + "/x.git",
         "ssh://host%20-oProxyCommand=" + payload + "/x.git",
         "ssh://git@host/x.git",
         "ssh://-oProxyCommand=x@localhost/x.git",
         "ssh://localhost:-oProxyCommand=" + payload + "/x.git",
         "ssh://localhost:22%20-o/x.git",
         "ssh:///x.git",
         "ssh://[::1]-oProxyCommand=x/x.git",
         "ssh://local\\host/x.git",
         "ssh://`touch${IFS}" + canary + "`/x.git",
         "ssh://$(touch${IFS}" + canary + ")/x.git",
         "ext::sh -c touch% " + canary,
         "ext::sh%20-c%20touch",
         std::string{"-oProxyCommand=x:repo"},
         std::string{"--upload-pack=touch"},
         "fd::7",
         "git://localhost/x.git",
         "git+ssh://localhost/x.git",
         "ssh+git://localhost/x.git",
         "ftp://localhost/x.git",
         "http://git.example.com/x.git",
         "http://127.0.0.1.example.com/x.git",
         "https://token@git.example.com/x.git",
         "https://git.example.com\\@localhost/x.git",
         "host:path",
         "../x.git",
         std::string("/a\0b", 4),
         std::string{"https://git.example.com/x\ny"},
       }) {
    INFO(url);
    auto q = w.asking("one");
    q.from.url = url;
    q.from.repository = "other";
    auto tree = w.door->prepare(q);
    REQUIRE_FALSE(tree);
    CHECK(tree.error().code == ec::rejected);
    CHECK(has(tree.error().text, "is refused"));
    auto pushed = w.door->push({q.from, "feature/x", std::string(40, '1'), ""});
    CHECK_FALSE(pushed);
    CHECK_FALSE(std::filesystem::exists(canary));
  }
}
