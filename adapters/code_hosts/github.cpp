#include "adapters/code_hosts/github.hpp"

#include "adapters/code_hosts/remote_host.hpp"
#include "adapters/github/comments.hpp"
#include "adapters/github/pulls.hpp"
#include "adapters/github/reviews.hpp"
#include "adapters/github/words.hpp"
#include "adapters/http/ask.hpp"
#include "core/markdown.hpp"
#include "core/reviewers.hpp"

namespace hyakki {
namespace {

using namespace github;

constexpr auto words = host_words{"GitHub", "owner", "set repo_hosting.namespace, or write owner/repo"};

/// At most so many characters, each of them whole.
std::string cut_characters(std::string_view text, std::size_t most) {
  std::size_t characters = 0;
  for (std::size_t i = 0; i < text.size(); ++i)
    if ((static_cast<unsigned char>(text[i]) & 0xC0) != 0x80 && ++characters > most)
      return cut_characters(text.substr(0, i), most - 1) + "…";
  return std::string{text};
}

class github_host final : public remote_host<repository_name, pull> {
public:
  github_host(const code_host_config& config, const routing_config& routing, http_client& http)
    : remote_host(words, config, routing), github_(config.base_url, config.token, http) {}

  result<remote> locate(std::string_view repository) override;

private:
  result<repository_name> named(std::string_view slug) const override {
    auto in = allowed(slug);
    return in ? read_repository(in->first + "/" + in->second) : result<repository_name>{in.error()};
  }
  result<std::int64_t> numbered(std::string_view id) const override { return read_number(id); }
  result<void> probe_namespace() const override;
  result<std::vector<pull>> pulls(const repository_name& in, bool open_only) const override {
    return list_pulls(github_, in, open_only);
  }
  result<std::vector<pull>> pulls_with(const repository_name& in, const std::string& branch) const override {
    return pulls_from(github_, in, branch);
  }
  result<pull> get(const place& at) const override { return get_pull(github_, at.in, at.number); }
  result<pull> open(const repository_name& in, const pull_request_draft& draft) const override;
  result<pull> adopt(const repository_name& in, const pull_request_draft& draft, pull p) const override {
    p.what.adopted = true;
    return furnish(in, draft.repository, std::move(p));
  }
  result<pull> merge_open(const place& at, pull p) const override;
  result<pull> close_open(const place& at, pull p) const override;
  result<std::string> whole_diff(const place& at, std::size_t most_bytes) const override {
    return diff_pull(github_, at.in, at.number, most_bytes);
  }
  result<review_feedback> reviews(const place& at) const override { return read_feedback(github_, at.in, at.number); }
  result<void> reply(const place& at, const remark& to, const comment& said, bool settles) const override {
    return answer_remark(github_, at.in, at.number, to, said, settles);
  }

  /// Labels and reviewers: what a call of ours that died after opening may have left undone.
  result<pull> furnish(const repository_name& in, const std::string& slug, pull p) const;

  api github_;
};

result<remote> github_host::locate(std::string_view repository) {
  auto in = named(repository);
  if (!in)
    return in.error();
  struct seen {
    std::string branch, ssh, full_name; ///< a renamed one says its new name
    bool archived = false;
  };
  auto there = ask(github_, github_.request(http_method::get, repository_path(*in)), [](const json_node& root) {
    return seen{root.text("default_branch"), root.text_or("ssh_url", ""), root.text("full_name"),
                root.flag_or("archived", false)};
  });
  if (!there)
    return there.error();
  auto full = read_repository(there->full_name);
  if (!full)
    return full.error();
  if (there->archived)
    return {ec::rejected, "GitHub: " + in->text() + " is archived: nothing can be pushed there"};
  auto out = remote{};
  out.repository = repository;
  out.default_branch = configured_branch(repository);
  if (out.default_branch.empty())
    out.default_branch = std::move(there->branch);
  // Addresses are made here and not taken from the answer: the token goes to the host that is configured.
  auto& where = *github_.where();
  if (config_.remote == "ssh") {
    auto port = ssh_port(there->ssh); // an Enterprise Server with a port of its own
    out.user = "git";
    out.ssh_key = config_.ssh_key;
    out.known_hosts = config_.known_hosts;
    out.url = "ssh://" + where.host + (port.empty() ? "" : ":" + port) + "/" + full->text() + ".git";
    return out;
  }
  out.url = where.web + "/" + full->text() + ".git";
  out.user = "x-access-token"; // what GitHub wants beside a token of any kind
  out.token = config_.token;
  return out;
}

result<pull> github_host::furnish(const repository_name& in, const std::string& slug, pull p) const {
  auto none =
    std::none_of(config_.labels.begin(), config_.labels.end(), [&](auto& l) { return has_label(p.labels, l); });
  if (!config_.labels.empty() && none)
    if (auto done = add_labels(github_, in, p.number, config_.labels); !done)
      return done.error();
  auto whom = reviewers_of(config_, slug);
  if (whom.empty() || p.asked > 0)
    return p;
  if (p.what.adopted) { // who has reviewed is asked no more: nobody is to be asked again
    auto reviewed = was_reviewed(github_, in, p.number);
    if (!reviewed)
      return reviewed.error();
    if (*reviewed)
      return p;
  }
  auto left = ask_reviewers(github_, in, p.number, whom);
  if (!left)
    return left.error();
  if (left->empty())
    return p;
  auto told = post_once(github_, in, p.number,
                        {"github:reviewers", "Not all reviewers could be asked:\n\n" + markdown_fence(*left, 4000)});
  return told ? result<pull>{std::move(p)} : result<pull>{told.error()};
}

result<pull> github_host::open(const repository_name& in, const pull_request_draft& draft) const {
  auto fresh = new_pull{};
  fresh.title = cut_characters(clean_line(draft.title), most_title_characters);
  fresh.body = safe_markdown(draft.description);
  fresh.head = draft.source_branch;
  fresh.base = draft.target_branch;
  fresh.draft = config_.draft;
  auto made = open_pull(github_, in, fresh);
  if (made && made->how == opened::drafts_unsupported) {
    fresh.draft = false;
    fresh.body += "\n\n_(meant as a draft, which this repository does not support)_";
    made = open_pull(github_, in, fresh);
  }
  if (!made)
    return made.error();
  if (made->how == opened::now && made->made)
    return furnish(in, draft.repository, std::move(*made->made));
  auto found = there(in, draft);
  if (!found)
    return found.error();
  if (!*found)
    return {ec::conflict, "GitHub: " + in.text() + " has an open pull request from " + printable(draft.source_branch) +
                            " and does not show it yet; it is looked for again"};
  return adopt(in, draft, std::move(**found));
}

result<pull> github_host::merge_open(const place& at, pull p) const {
  if (auto done = merge_pull(github_, at.in, p); !done) {
    // an answer that was lost, or somebody else: merged is merged
    auto now = get(at);
    if (!now || now->what.state != "merged")
      return done.error();
  }
  p.what.state = "merged";
  return p;
}

result<pull> github_host::close_open(const place& at, pull p) const {
  if (auto done = close_pull(github_, at.in, at.number); !done)
    return done.error();
  p.what.state = "closed";
  return p;
}

result<void> github_host::probe_namespace() const {
  // what the token may do shows with a repository; without one at hand, whether it is accepted at all
  auto asked = github_.request(http_method::get, "/rate_limit");
  if (!asked)
    return asked.error();
  auto answer = github_.attempt(*asked);
  if (!answer)
    return answer.error();
  auto document = read_json(*asked, *answer);
  if (!document)
    return document.error();
  if (answer->ok())
    document->root().object("resources");
  else if (document->root().text_or("message", "").find("ate limiting is not enabled") == std::string::npos)
    return api::to_error(*asked, *answer); // an Enterprise Server without limits says just that, with 404
  return document->fault() ? result<void>{*document->fault()} : result<void>{};
}

} // namespace

std::unique_ptr<code_host> make_github_code_host(const code_host_config& config, const routing_config& routing,
                                                 http_client& http, const clock&) {
  return std::make_unique<github_host>(config, routing, http);
}

} // namespace hyakki
