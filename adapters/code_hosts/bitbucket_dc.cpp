#include "adapters/code_hosts/bitbucket_dc.hpp"

#include "adapters/bitbucket/dc_pulls.hpp"
#include "adapters/bitbucket/dc_reviews.hpp"
#include "adapters/bitbucket/words.hpp"
#include "adapters/code_hosts/remote_host.hpp"
#include "adapters/http/ask.hpp"
#include "core/markdown.hpp"
#include "core/reviewers.hpp"
#include "core/routing.hpp"

namespace hyakki {
namespace {

using namespace bitbucket;

constexpr auto words =
  host_words{"Bitbucket", "project", "set repo_hosting.namespace to a project's key, or write KEY/repo"};

/// A project's key, or ~ and the name of a person.
bool valid_project(std::string_view key) {
  if (!key.empty() && key.front() == '~')
    key.remove_prefix(1);
  return valid_slug(key) && key.find('/') == std::string_view::npos;
}

class bitbucket_dc_host final : public remote_host<dc_repository, dc_pull> {
public:
  bitbucket_dc_host(const code_host_config& config, const routing_config& routing, http_client& http)
    : remote_host(words, config, routing), api_(config.base_url, config.token, http) {}

  result<remote> locate(std::string_view repository) override;

private:
  result<dc_repository> named(std::string_view slug) const override;
  result<std::int64_t> numbered(std::string_view id) const override { return read_number(id, "pull request"); }
  result<void> probe_namespace() const override;
  result<std::vector<dc_pull>> pulls(const dc_repository& in, bool open_only) const override {
    return list_pulls(api_, in, open_only);
  }
  result<std::vector<dc_pull>> pulls_with(const dc_repository& in, const std::string& branch) const override {
    return pulls_from(api_, in, branch);
  }
  result<dc_pull> get(const place& at) const override { return get_pull(api_, at.in, at.number); }
  result<dc_pull> open(const dc_repository& in, const pull_request_draft& draft) const override;
  result<dc_pull> merge_open(const place& at, dc_pull p) const override {
    return merge_pull(api_, at.in, std::move(p));
  }
  result<dc_pull> close_open(const place& at, dc_pull p) const override {
    return decline_pull(api_, at.in, std::move(p));
  }
  result<std::string> whole_diff(const place& at, std::size_t) const override {
    return diff_pull(api_, at.in, at.number);
  }
  result<review_feedback> reviews(const place& at) const override { return read_feedback(api_, at.in, at.number); }
  result<void> reply(const place& at, const remark& to, const comment& said, bool settles) const override {
    return answer_remark(api_, at.in, at.number, to, said, settles);
  }

  result<std::string> default_branch(const dc_repository& in, std::string_view repository) const;
  /// Opens one; without the reviewers that Bitbucket does not take.
  result<dc_opening> open_with_reviewers(const dc_repository& in, const pull_request_draft& draft) const;

  dc_api api_;
};

result<dc_repository> bitbucket_dc_host::named(std::string_view slug) const {
  auto in = allowed(slug);
  if (!in)
    return in.error();
  if (!valid_project(in->first))
    return {ec::bad_config,
            "Bitbucket: repo_hosting.namespace \"" + printable(cut_utf8(in->first, 100)) + "\" is no key of a project"};
  return dc_repository{std::move(in->first), std::move(in->second)};
}

result<std::string> bitbucket_dc_host::default_branch(const dc_repository& in, std::string_view repository) const {
  if (auto own = configured_branch(repository); !own.empty())
    return own;
  auto told = ask(api_, api_.request(http_method::get, repository_path(in, "/default-branch")),
                  [](const json_node& root) { return root.text("displayId"); });
  if (!told)
    return with_context(told.error(), "Bitbucket does not tell the default branch of " + in.text() +
                                        "; an old version can not: set repo_hosting.default_branch");
  return told;
}

result<remote> bitbucket_dc_host::locate(std::string_view repository) {
  auto in = named(repository);
  if (!in)
    return in.error();
  struct seen {
    std::string slug, key, port = "7999";
    bool archived = false;
  };
  auto asked = api_.request(http_method::get, repository_path(*in));
  auto there = ask(api_, asked, [](const json_node& root) {
    auto out = seen{};
    out.slug = root.text("slug");
    out.key = root.object("project").text("key");
    out.archived = root.flag_or("archived", false);
    if (auto links = root.maybe("links"); links.is_object())
      for (auto& way : links.maybe_items("clone"))
        if (auto href = way.text_or("href", ""); href.substr(0, 6) == "ssh://")
          out.port = ssh_port(href).empty() ? "22" : ssh_port(href);
    return out;
  });
  if (!there)
    return there.error();
  auto& key = there->key;
  if (!valid_project(key) || !valid_slug(there->slug) || there->slug.find('/') != std::string::npos)
    return {ec::rejected, describe(*asked) + " named a repository that cannot be: " + printable(cut_utf8(key, 100)) +
                            "/" + printable(cut_utf8(there->slug, 100))};
  if (there->archived)
    return {ec::rejected, "Bitbucket: " + in->text() + " is archived: nothing can be pushed there"};
  auto branch = default_branch(*in, repository);
  if (!branch)
    return branch.error();
  auto out = remote{};
  out.repository = repository;
  out.default_branch = std::move(*branch);
  // Addresses are made here and not taken from the answer: the token goes to the host that is configured.
  std::transform(key.begin(), key.end(), key.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  auto path = key + "/" + there->slug + ".git";
  if (config_.remote == "ssh") {
    out.user = "git";
    out.ssh_key = config_.ssh_key;
    out.known_hosts = config_.known_hosts;
    out.url = "ssh://" + api_.host() + ":" + there->port + "/" + path;
    return out;
  }
  out.url = *api_.base() + "/scm/" + path;
  out.user = config_.account.empty() ? "x-token-auth" : config_.account; // a project's token has no person's name
  out.token = config_.token;
  return out;
}

result<dc_opening> bitbucket_dc_host::open_with_reviewers(const dc_repository& in,
                                                          const pull_request_draft& draft) const {
  auto fresh = dc_new_pull{};
  fresh.title = safe_title(draft.title);
  fresh.description = safe_markdown(draft.description);
  fresh.from = draft.source_branch;
  fresh.to = draft.target_branch;
  fresh.draft = config_.draft;
  fresh.reviewers = reviewers_of(config_, draft.repository);
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

result<dc_pull> bitbucket_dc_host::open(const dc_repository& in, const pull_request_draft& draft) const {
  auto made = open_with_reviewers(in, draft);
  if (!made)
    return made.error();
  if (made->made)
    return std::move(*made->made);
  if (made->there <= 0)
    return {ec::rejected, "Bitbucket: " + in.text() + " took none of the reviewers, and no pull request without them"};
  auto existing = get_pull(api_, in, made->there);
  if (!existing)
    return existing;
  return adopt(in, draft, std::move(*existing));
}

result<void> bitbucket_dc_host::probe_namespace() const {
  if (config_.namespace_.empty())
    return api_.pages("/projects", [](const json_node& project) {
      project.text("key");
      return false;
    });
  if (!valid_project(config_.namespace_))
    return named("x").error();
  auto key = ask(api_, api_.request(http_method::get, "/projects/" + percent_encode(config_.namespace_)),
                 [](const json_node& project) { return project.text("key"); });
  return key ? result<void>{} : result<void>{key.error()};
}

} // namespace

std::unique_ptr<code_host> make_bitbucket_dc_code_host(const code_host_config& config, const routing_config& routing,
                                                       http_client& http, const clock&) {
  return std::make_unique<bitbucket_dc_host>(config, routing, http);
}

} // namespace hyakki
