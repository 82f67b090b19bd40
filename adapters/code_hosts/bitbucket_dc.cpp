#include "adapters/code_hosts/bitbucket_dc.hpp"

#include "adapters/bitbucket/dc_pulls.hpp"
#include "adapters/bitbucket/dc_reviews.hpp"
#include "adapters/bitbucket/words.hpp"
#include "adapters/http/json.hpp"
#include "core/markdown.hpp"
#include "core/routing.hpp"
#include "core/utf8.hpp"

#include <algorithm>

namespace hyakki {
namespace {

using namespace bitbucket;

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool same_key(std::string_view a, std::string_view b) {
  return a.size() == b.size() &&
         std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) { return lower(x) == lower(y); });
}

/// A project's key, or ~ and the name of a person.
bool valid_project(std::string_view key) {
  if (!key.empty() && key.front() == '~')
    key.remove_prefix(1);
  return valid_slug(key) && key.find('/') == std::string_view::npos;
}

class bitbucket_dc_host final : public code_host {
public:
  bitbucket_dc_host(const code_host_config& config, const routing_config& routing, http_client& http)
    : config_(config), allowed_(routing.allowed), api_(config.base_url, config.token, http) {
    if (config_.name.empty())
      config_.name = "bitbucket_dc";
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
  /// Project and slug of a repository that may be used.
  result<dc_repository> named(std::string_view slug) const;
  struct place {
    dc_repository in;
    std::int64_t number = 0;
  };
  result<place> at(std::string_view repository, std::string_view id) const;
  result<dc_pull> pull_at(const place& where) const { return get_pull(api_, where.in, where.number); }
  result<std::string> default_branch(const dc_repository& in, std::string_view repository) const;
  /// An open pull request from this branch: into this target, else the newest.
  result<std::optional<dc_pull>> there(const dc_repository& in, const pull_request_draft& draft) const;
  /// Opens one; without the reviewers that Bitbucket does not take.
  result<dc_opening> open(const dc_repository& in, const pull_request_draft& draft) const;

  code_host_config config_;
  std::vector<std::string> allowed_;
  dc_api api_;
};

result<dc_repository> bitbucket_dc_host::named(std::string_view slug) const {
  auto refuse = [&](const std::string& why) -> result<dc_repository> {
    return {ec::rejected, "Bitbucket: the repository '" + printable(cut_with_note(slug, 120, "…")) + "' " + why};
  };
  if (!valid_slug(slug))
    return refuse("is not a safe name");
  if (!allowed_.empty() && std::find(allowed_.begin(), allowed_.end(), slug) == allowed_.end())
    return refuse("is not among those in routing.allowed");
  auto slash = slug.find('/');
  auto out = dc_repository{config_.namespace_, std::string{slug}};
  if (slash != std::string_view::npos)
    out = {std::string{slug.substr(0, slash)}, std::string{slug.substr(slash + 1)}};
  if (out.project.empty())
    return refuse("names no project: set repo_hosting.namespace to a project's key, or write KEY/repo");
  if (!valid_project(out.project))
    return {ec::bad_config, "Bitbucket: repo_hosting.namespace \"" + printable(cut_utf8(out.project, 100)) +
                              "\" is no key of a project"};
  if (!config_.namespace_.empty() && allowed_.empty() && !same_key(out.project, config_.namespace_))
    return refuse("is not in the project " + config_.namespace_ + "; list it in routing.allowed if it should be used");
  return out;
}

result<bitbucket_dc_host::place> bitbucket_dc_host::at(std::string_view repository, std::string_view id) const {
  auto in = named(repository);
  if (!in)
    return in.error();
  auto number = read_number(id, "pull request");
  if (!number)
    return number.error();
  return place{std::move(*in), *number};
}

result<std::string> bitbucket_dc_host::default_branch(const dc_repository& in, std::string_view repository) const {
  if (auto own = config_.default_branches.find(std::string{repository}); own != config_.default_branches.end())
    return own->second;
  if (!config_.default_branch.empty())
    return config_.default_branch;
  auto asked = api_.request(http_method::get, repository_path(in, "/default-branch"));
  if (!asked)
    return asked.error();
  auto answer = api_.call(*asked);
  if (!answer)
    return with_context(answer.error(), "Bitbucket does not tell the default branch of " + in.text() +
                                          "; an old version can not: set repo_hosting.default_branch");
  auto document = read_json(*asked, *answer);
  if (!document)
    return document.error();
  auto branch = document->root().text("displayId");
  if (document->fault())
    return *document->fault();
  return branch;
}

result<remote> bitbucket_dc_host::locate(std::string_view repository) {
  auto in = named(repository);
  if (!in)
    return in.error();
  auto asked = api_.request(http_method::get, repository_path(*in));
  if (!asked)
    return asked.error();
  auto answer = api_.call(*asked);
  if (!answer)
    return answer.error();
  auto document = read_json(*asked, *answer);
  if (!document)
    return document.error();
  auto root = document->root();
  auto slug = root.text("slug");
  auto key = root.object("project").text("key");
  auto archived = root.flag_or("archived", false);
  auto port = std::string{"7999"};
  if (auto links = root.maybe("links"); links.is_object())
    for (auto& way : links.maybe_items("clone")) {
      auto href = way.text_or("href", "");
      if (href.substr(0, 6) != "ssh://")
        continue;
      auto colon = href.find(':', 6), slash = href.find('/', 6);
      auto digits = colon < slash ? href.substr(colon + 1, slash - colon - 1) : std::string{"22"};
      if (!digits.empty() && digits.size() <= 5 && digits.find_first_not_of("0123456789") == std::string::npos)
        port = digits;
    }
  if (document->fault())
    return *document->fault();
  if (!valid_project(key) || !valid_slug(slug) || slug.find('/') != std::string::npos)
    return {ec::rejected, describe(*asked) + " named a repository that cannot be: " + printable(cut_utf8(key, 100)) +
                            "/" + printable(cut_utf8(slug, 100))};
  if (archived)
    return {ec::rejected, "Bitbucket: " + in->text() + " is archived: nothing can be pushed there"};
  auto branch = default_branch(*in, repository);
  if (!branch)
    return branch.error();
  auto out = remote{};
  out.repository = repository;
  out.default_branch = std::move(*branch);
  // Addresses are made here and not taken from the answer: the token goes to the host that is configured.
  std::transform(key.begin(), key.end(), key.begin(), lower);
  auto path = key + "/" + slug + ".git";
  if (config_.remote == "ssh") {
    out.user = "git";
    out.ssh_key = config_.ssh_key;
    out.known_hosts = config_.known_hosts;
    out.url = "ssh://" + api_.host() + ":" + port + "/" + path;
    return out;
  }
  out.url = *api_.base() + "/scm/" + path;
  out.user = config_.account.empty() ? "x-token-auth" : config_.account; // a project's token has no person's name
  out.token = config_.token;
  return out;
}

result<std::optional<dc_pull>> bitbucket_dc_host::there(const dc_repository& in,
                                                        const pull_request_draft& draft) const {
  auto all = pulls_from(api_, in, draft.source_branch);
  if (!all)
    return all.error();
  if (all->empty())
    return std::optional<dc_pull>{};
  auto same =
    std::find_if(all->begin(), all->end(), [&](auto& p) { return p.what.target_branch == draft.target_branch; });
  return std::optional<dc_pull>{same == all->end() ? all->front() : *same};
}

result<dc_opening> bitbucket_dc_host::open(const dc_repository& in, const pull_request_draft& draft) const {
  auto fresh = dc_new_pull{};
  fresh.title = safe_title(draft.title);
  fresh.description = safe_markdown(draft.description);
  fresh.from = draft.source_branch;
  fresh.to = draft.target_branch;
  fresh.draft = config_.draft;
  auto own = config_.reviewers_by_repository.find(draft.repository);
  fresh.reviewers =
    own == config_.reviewers_by_repository.end() ? config_.reviewers : words_between_commas(own->second);
  auto made = open_pull(api_, in, fresh);
  if (!made || made->not_asked.empty())
    return made;
  // one name that is wrong makes Bitbucket refuse all of them; the description tells who is missing
  auto& out = fresh.reviewers;
  out.erase(std::remove_if(out.begin(), out.end(),
                           [&](auto& who) {
                             return std::find(made->not_asked.begin(), made->not_asked.end(), who) !=
                                    made->not_asked.end();
                           }),
            out.end());
  auto note = "\n\nNot all reviewers could be asked:\n\n" + markdown_fence(made->why, 2000);
  fresh.description = safe_markdown(draft.description, most_text_bytes - note.size()) + note;
  auto again = open_pull(api_, in, fresh);
  if (again && !again->not_asked.empty()) {
    out.clear();
    again = open_pull(api_, in, fresh);
  }
  return again;
}

result<pull_request> bitbucket_dc_host::find_or_open(const pull_request_draft& draft) {
  auto in = named(draft.repository);
  if (!in)
    return in.error();
  if (draft.source_branch.empty() || draft.target_branch.empty() || draft.source_branch == draft.target_branch)
    return {ec::rejected, "Bitbucket: a pull request needs two different branches"};
  auto found = there(*in, draft);
  if (!found)
    return found.error();
  if (!*found) {
    auto made = open(*in, draft);
    if (!made)
      return made.error();
    if (made->made)
      return std::move(made->made->what);
    if (made->there <= 0)
      return {ec::rejected, "Bitbucket: " + in->text() +
                              " took none of the reviewers, and no pull request without "
                              "them"};
    auto existing = get_pull(api_, *in, made->there);
    if (!existing)
      return existing.error();
    *found = std::move(*existing);
  }
  (*found)->what.adopted = true;
  return std::move((*found)->what);
}

result<std::vector<pull_request>> bitbucket_dc_host::list(std::string_view repository, pull_filter which) {
  auto in = named(repository);
  if (!in)
    return in.error();
  auto all = list_pulls(api_, *in, which == pull_filter::open);
  if (!all)
    return all.error();
  auto out = std::vector<pull_request>{};
  for (auto& p : *all)
    out.push_back(std::move(p.what));
  return out;
}

result<pull_request> bitbucket_dc_host::find(std::string_view repository, std::string_view id) {
  auto where = at(repository, id);
  if (!where)
    return where.error();
  auto p = pull_at(*where);
  if (!p)
    return p.error();
  return std::move(p->what);
}

result<pull_request> bitbucket_dc_host::merge(std::string_view repository, std::string_view id) {
  auto where = at(repository, id);
  if (!where)
    return where.error();
  auto p = pull_at(*where);
  if (!p)
    return p.error();
  if (p->what.state == "closed")
    return {ec::rejected, "Bitbucket: pull request " + p->what.id + " of " + where->in.text() + " is declined"};
  if (p->what.state == "open")
    p = merge_pull(api_, where->in, std::move(*p));
  if (!p)
    return p.error();
  return std::move(p->what);
}

result<pull_request> bitbucket_dc_host::close(std::string_view repository, std::string_view id) {
  auto where = at(repository, id);
  if (!where)
    return where.error();
  auto p = pull_at(*where);
  if (!p)
    return p.error();
  if (p->what.state == "merged")
    return {ec::rejected, "Bitbucket: pull request " + p->what.id + " of " + where->in.text() + " is merged"};
  if (p->what.state == "open")
    p = decline_pull(api_, where->in, std::move(*p));
  if (!p)
    return p.error();
  return std::move(p->what);
}

result<std::string> bitbucket_dc_host::diff(std::string_view repository, std::string_view id, std::size_t most_bytes) {
  auto where = at(repository, id);
  if (!where)
    return where.error();
  auto text = diff_pull(api_, where->in, where->number);
  if (!text || text->size() <= most_bytes)
    return text;
  return std::string{cut_utf8(*text, most_bytes)} + "\n[cut: " + std::to_string(text->size()) + " bytes in all]\n";
}

result<review_feedback> bitbucket_dc_host::feedback(std::string_view repository, std::string_view id) {
  auto where = at(repository, id);
  if (!where)
    return where.error();
  return read_feedback(api_, where->in, where->number);
}

result<void> bitbucket_dc_host::answer(std::string_view repository, std::string_view id, const remark& to,
                                       const comment& words) {
  auto where = at(repository, id);
  if (!where)
    return where.error();
  return answer_remark(api_, where->in, where->number, to, words);
}

result<void> bitbucket_dc_host::probe() {
  if (config_.remote != "https" && config_.remote != "ssh")
    return {ec::bad_config,
            "Bitbucket: repo_hosting.remote is \"" + printable(config_.remote) + "\"; it is https or ssh"};
  for (auto& slug : allowed_)
    if (auto where = locate(slug); !where)
      return where.error();
  if (!allowed_.empty())
    return {};
  if (config_.namespace_.empty())
    return api_.pages("/projects", [](const json_node& project) {
      project.text("key");
      return false;
    });
  if (!valid_project(config_.namespace_))
    return named("x").error();
  auto asked = api_.request(http_method::get, "/projects/" + percent_encode(config_.namespace_));
  if (!asked)
    return asked.error();
  auto answer = api_.call(*asked);
  if (!answer)
    return answer.error();
  auto document = read_json(*asked, *answer);
  if (!document)
    return document.error();
  document->root().text("key");
  return document->fault() ? result<void>{*document->fault()} : result<void>{};
}

} // namespace

std::unique_ptr<code_host> make_bitbucket_dc_code_host(const code_host_config& config, const routing_config& routing,
                                                       http_client& http, const clock&) {
  return std::make_unique<bitbucket_dc_host>(config, routing, http);
}

} // namespace hyakki
