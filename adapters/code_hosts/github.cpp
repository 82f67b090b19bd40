#include "adapters/code_hosts/github.hpp"

#include "adapters/github/comments.hpp"
#include "adapters/github/pulls.hpp"
#include "adapters/github/reviews.hpp"
#include "adapters/github/words.hpp"
#include "adapters/http/json.hpp"
#include "adapters/http/url.hpp"
#include "core/markdown.hpp"
#include "core/routing.hpp"
#include "core/utf8.hpp"

#include <algorithm>

namespace hyakki {
namespace {

using namespace github;

std::vector<std::string> words_between_commas(std::string_view text) {
  auto out = std::vector<std::string>{};
  while (!text.empty()) {
    auto comma = text.find(',');
    auto word = text.substr(0, comma);
    text.remove_prefix(comma == std::string_view::npos ? text.size() : comma + 1);
    auto first = word.find_first_not_of(" \t");
    if (first != std::string_view::npos)
      out.emplace_back(word.substr(first, word.find_last_not_of(" \t") - first + 1));
  }
  return out;
}

/// At most so many characters, each of them whole.
std::string cut_characters(std::string_view text, std::size_t most) {
  std::size_t characters = 0;
  for (std::size_t i = 0; i < text.size(); ++i)
    if ((static_cast<unsigned char>(text[i]) & 0xC0) != 0x80 && ++characters > most)
      return cut_characters(text.substr(0, i), most - 1) + "…";
  return std::string{text};
}

class github_host final : public code_host {
public:
  github_host(const code_host_config& config, const routing_config& routing, http_client& http)
    : config_(config), allowed_(routing.allowed), github_(config.base_url, config.token, http) {
    if (config_.name.empty())
      config_.name = "github";
  }

  std::string_view name() const override { return config_.name; }
  result<remote> locate(std::string_view repository) override;
  result<pull_request> find_or_open(const pull_request_draft& draft) override;
  result<std::vector<pull_request>> list(std::string_view repository, pull_filter which) override;
  result<pull_request> find(std::string_view repository, std::string_view id) override;
  result<pull_request> merge(std::string_view repository, std::string_view id) override;
  result<pull_request> close(std::string_view repository, std::string_view id) override;
  result<std::string> diff(std::string_view repository, std::string_view id, std::size_t most_bytes) override;
  result<review_feedback> feedback(std::string_view repository, std::string_view id) override;
  result<void> answer(std::string_view repository, std::string_view id, const remark& to,
                      const comment& words) override;
  result<void> probe() override;

private:
  /// owner/name of a slug that may be used.
  result<repository_name> named(std::string_view slug) const;
  /// The same with the number of a pull request.
  struct place {
    repository_name in;
    std::int64_t number = 0;
  };
  result<place> at(std::string_view repository, std::string_view id) const;
  /// An open pull request from this branch: into this target, else the newest.
  result<std::optional<pull>> there(const repository_name& in, const pull_request_draft& draft) const;
  /// Labels and reviewers: what a call of ours that died after opening may have left undone.
  result<void> furnish(const repository_name& in, const std::string& slug, const pull& p) const;

  code_host_config config_;
  std::vector<std::string> allowed_;
  api github_;
};

result<repository_name> github_host::named(std::string_view slug) const {
  auto refuse = [&](const std::string& why) -> result<repository_name> {
    return {ec::rejected, "GitHub: the repository '" + printable(cut_with_note(slug, 120, "…")) + "' " + why};
  };
  if (!valid_slug(slug))
    return refuse("is not a safe name");
  if (!allowed_.empty() && std::find(allowed_.begin(), allowed_.end(), slug) == allowed_.end())
    return refuse("is not among those in routing.allowed");
  auto full =
    slug.find('/') != std::string_view::npos ? std::string{slug} : config_.namespace_ + "/" + std::string{slug};
  auto out = read_repository(full);
  if (!out)
    return config_.namespace_.empty() ? refuse("names no owner: set repo_hosting.namespace, or write owner/repo")
                                      : refuse("is no name on GitHub");
  if (!config_.namespace_.empty() && allowed_.empty() && !same_label(out->owner, config_.namespace_))
    return refuse("is not in the namespace " + config_.namespace_ +
                  "; list it in routing.allowed if it should be used");
  return out;
}

result<github_host::place> github_host::at(std::string_view repository, std::string_view id) const {
  auto in = named(repository);
  if (!in)
    return in.error();
  auto number = read_number(id);
  if (!number)
    return number.error();
  return place{std::move(*in), *number};
}

result<remote> github_host::locate(std::string_view repository) {
  auto in = named(repository);
  if (!in)
    return in.error();
  auto asked = github_.request(http_method::get, repository_path(*in));
  if (!asked)
    return asked.error();
  auto answer = github_.call(*asked);
  if (!answer)
    return answer.error();
  auto document = read_json(*asked, *answer);
  if (!document)
    return document.error();
  auto root = document->root();
  auto branch = root.text("default_branch");
  auto archived = root.flag_or("archived", false);
  auto ssh = root.text_or("ssh_url", "");
  auto full = read_repository(root.text("full_name")); // a renamed one says its new name
  if (document->fault())
    return *document->fault();
  if (!full)
    return full.error();
  if (archived)
    return {ec::rejected, "GitHub: " + in->text() + " is archived: nothing can be pushed there"};
  auto out = remote{};
  out.repository = repository;
  out.default_branch = std::move(branch);
  if (auto own = config_.default_branches.find(out.repository); own != config_.default_branches.end())
    out.default_branch = own->second;
  else if (!config_.default_branch.empty())
    out.default_branch = config_.default_branch;
  // Addresses are made here and not taken from the answer: the token goes to the host that is configured.
  auto& where = *github_.where();
  if (config_.remote == "ssh") {
    out.user = "git";
    out.ssh_key = config_.ssh_key;
    out.known_hosts = config_.known_hosts;
    out.url = "ssh://" + where.host + "/" + full->text() + ".git";
    if (ssh.substr(0, 6) == "ssh://") { // an Enterprise Server with a port of its own
      auto colon = ssh.find(':', 6), slash = ssh.find('/', 6);
      auto port = colon < slash ? ssh.substr(colon + 1, slash - colon - 1) : std::string{};
      if (!port.empty() && port.size() <= 5 && port.find_first_not_of("0123456789") == std::string::npos)
        out.url = "ssh://" + where.host + ":" + port + "/" + full->text() + ".git";
    }
    return out;
  }
  out.url = where.web + "/" + full->text() + ".git";
  out.user = "x-access-token"; // what GitHub wants beside a token of any kind
  out.token = config_.token;
  return out;
}

result<std::optional<pull>> github_host::there(const repository_name& in, const pull_request_draft& draft) const {
  auto all = pulls_from(github_, in, draft.source_branch);
  if (!all)
    return all.error();
  if (all->empty())
    return std::optional<pull>{};
  auto same =
    std::find_if(all->begin(), all->end(), [&](auto& p) { return p.what.target_branch == draft.target_branch; });
  return std::optional<pull>{same == all->end() ? all->front() : *same};
}

result<void> github_host::furnish(const repository_name& in, const std::string& slug, const pull& p) const {
  auto none =
    std::none_of(config_.labels.begin(), config_.labels.end(), [&](auto& l) { return has_label(p.labels, l); });
  if (!config_.labels.empty() && none)
    if (auto done = add_labels(github_, in, p.number, config_.labels); !done)
      return done;
  auto own = config_.reviewers_by_repository.find(slug);
  auto whom = own == config_.reviewers_by_repository.end() ? config_.reviewers : words_between_commas(own->second);
  if (whom.empty() || p.asked > 0)
    return {};
  if (p.what.adopted) { // who has reviewed is asked no more: nobody is to be asked again
    auto reviewed = was_reviewed(github_, in, p.number);
    if (!reviewed)
      return reviewed.error();
    if (*reviewed)
      return {};
  }
  auto left = ask_reviewers(github_, in, p.number, whom);
  if (!left)
    return left.error();
  if (left->empty())
    return {};
  auto told = post_once(github_, in, p.number,
                        {"github:reviewers", "Not all reviewers could be asked:\n\n" + markdown_fence(*left, 4000)});
  return told ? result<void>{} : result<void>{told.error()};
}

result<pull_request> github_host::find_or_open(const pull_request_draft& draft) {
  auto in = named(draft.repository);
  if (!in)
    return in.error();
  if (draft.source_branch.empty() || draft.target_branch.empty() || draft.source_branch == draft.target_branch)
    return {ec::rejected, "GitHub: a pull request needs two different branches"};
  auto adopt = [&](pull p) -> result<pull_request> {
    p.what.adopted = true;
    if (auto done = furnish(*in, draft.repository, p); !done)
      return done.error();
    return std::move(p.what);
  };
  auto found = there(*in, draft);
  if (!found)
    return found.error();
  if (*found)
    return adopt(std::move(**found));
  auto fresh = new_pull{};
  fresh.title = cut_characters(clean_line(draft.title), most_title_characters);
  fresh.body = safe_markdown(draft.description);
  fresh.head = draft.source_branch;
  fresh.base = draft.target_branch;
  fresh.draft = config_.draft;
  auto made = open_pull(github_, *in, fresh);
  if (made && made->how == opened::drafts_unsupported) {
    fresh.draft = false;
    fresh.body += "\n\n_(meant as a draft, which this repository does not support)_";
    made = open_pull(github_, *in, fresh);
  }
  if (!made)
    return made.error();
  if (made->how == opened::now && made->made) {
    if (auto done = furnish(*in, draft.repository, *made->made); !done)
      return done.error();
    return std::move(made->made->what);
  }
  found = there(*in, draft);
  if (!found)
    return found.error();
  if (!*found)
    return {ec::conflict, "GitHub: " + in->text() + " has an open pull request from " + printable(draft.source_branch) +
                            " and does not show it yet; it is looked for again"};
  return adopt(std::move(**found));
}

result<std::vector<pull_request>> github_host::list(std::string_view repository, pull_filter which) {
  auto in = named(repository);
  if (!in)
    return in.error();
  auto all = list_pulls(github_, *in, which == pull_filter::open);
  if (!all)
    return all.error();
  auto out = std::vector<pull_request>{};
  for (auto& p : *all)
    out.push_back(std::move(p.what));
  return out;
}

result<pull_request> github_host::find(std::string_view repository, std::string_view id) {
  auto where = at(repository, id);
  if (!where)
    return where.error();
  auto p = get_pull(github_, where->in, where->number);
  if (!p)
    return p.error();
  return std::move(p->what);
}

result<pull_request> github_host::merge(std::string_view repository, std::string_view id) {
  auto where = at(repository, id);
  if (!where)
    return where.error();
  auto p = get_pull(github_, where->in, where->number);
  if (!p)
    return p.error();
  if (p->what.state == "closed")
    return {ec::rejected, "GitHub: pull request " + where->in.text() + "#" + p->what.id + " is closed"};
  if (p->what.state == "open") {
    if (auto done = merge_pull(github_, where->in, *p); !done) {
      // an answer that was lost, or somebody else: merged is merged
      auto now = get_pull(github_, where->in, where->number);
      if (!now || now->what.state != "merged")
        return done.error();
    }
    p->what.state = "merged";
  }
  return std::move(p->what);
}

result<pull_request> github_host::close(std::string_view repository, std::string_view id) {
  auto where = at(repository, id);
  if (!where)
    return where.error();
  auto p = get_pull(github_, where->in, where->number);
  if (!p)
    return p.error();
  if (p->what.state == "merged")
    return {ec::rejected, "GitHub: pull request " + where->in.text() + "#" + p->what.id + " is merged"};
  if (p->what.state == "open") {
    if (auto done = close_pull(github_, where->in, where->number); !done)
      return done.error();
    p->what.state = "closed";
  }
  return std::move(p->what);
}

result<std::string> github_host::diff(std::string_view repository, std::string_view id, std::size_t most_bytes) {
  auto where = at(repository, id);
  if (!where)
    return where.error();
  auto text = diff_pull(github_, where->in, where->number, most_bytes);
  if (!text || text->size() <= most_bytes)
    return text;
  return std::string{cut_utf8(*text, most_bytes)} + "\n[cut: " + std::to_string(text->size()) + " bytes in all]\n";
}

result<review_feedback> github_host::feedback(std::string_view repository, std::string_view id) {
  auto where = at(repository, id);
  if (!where)
    return where.error();
  return read_feedback(github_, where->in, where->number);
}

result<void> github_host::answer(std::string_view repository, std::string_view id, const remark& to,
                                 const comment& words) {
  auto where = at(repository, id);
  if (!where)
    return where.error();
  return answer_remark(github_, where->in, where->number, to, words);
}

result<void> github_host::probe() {
  if (config_.remote != "https" && config_.remote != "ssh")
    return {ec::bad_config, "GitHub: repo_hosting.remote is \"" + printable(config_.remote) + "\"; it is https or ssh"};
  // what the token may do shows with a repository; without one at hand, whether it is accepted at all
  for (auto& slug : allowed_)
    if (auto where = locate(slug); !where)
      return where.error();
  if (!allowed_.empty())
    return {};
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
