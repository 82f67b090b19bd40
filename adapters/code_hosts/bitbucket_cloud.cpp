#include "adapters/code_hosts/bitbucket_cloud.hpp"

#include "adapters/bitbucket/cloud_pulls.hpp"
#include "adapters/bitbucket/cloud_reviews.hpp"
#include "adapters/bitbucket/words.hpp"
#include "adapters/code_hosts/remote_host.hpp"
#include "adapters/http/ask.hpp"
#include "core/markdown.hpp"
#include "core/reviewers.hpp"
#include "core/routing.hpp"

namespace hyakki {
namespace {

using namespace bitbucket;

constexpr auto words = host_words{"Bitbucket", "workspace", "set repo_hosting.namespace, or write workspace/repo"};

class bitbucket_cloud_host final : public remote_host<cloud_repository, cloud_pull> {
public:
  bitbucket_cloud_host(const code_host_config& config, const routing_config& routing, http_client& http)
    : remote_host(words, config, routing), api_(config.base_url, config.account, config.token, http) {}

  result<remote> locate(std::string_view repository) override;

private:
  result<cloud_repository> named(std::string_view slug) const override {
    auto in = allowed(slug);
    if (!in)
      return in.error();
    return cloud_repository{std::move(in->first), std::move(in->second)};
  }
  result<std::int64_t> numbered(std::string_view id) const override { return read_number(id, "pull request"); }
  result<void> probe_namespace() const override;
  result<std::vector<cloud_pull>> pulls(const cloud_repository& in, bool open_only) const override {
    return list_pulls(api_, in, open_only);
  }
  result<std::vector<cloud_pull>> pulls_with(const cloud_repository& in, const std::string& branch) const override {
    return pulls_from(api_, in, branch);
  }
  result<cloud_pull> get(const place& at) const override { return get_pull(api_, at.in, at.number); }
  result<cloud_pull> open(const cloud_repository& in, const pull_request_draft& draft) const override;
  result<cloud_pull> adopt(const cloud_repository& in, const pull_request_draft& draft, cloud_pull p) const override {
    auto out = remote_host::adopt(in, draft, std::move(p));
    return whole_head(draft, std::move(*out));
  }
  result<cloud_pull> merge_open(const place& at, cloud_pull) const override {
    return merge_pull(api_, at.in, at.number);
  }
  result<cloud_pull> close_open(const place& at, cloud_pull) const override {
    return decline_pull(api_, at.in, at.number);
  }
  result<std::string> whole_diff(const place& at, std::size_t) const override {
    return diff_pull(api_, at.in, at.number);
  }
  result<review_feedback> reviews(const place& at) const override { return read_feedback(api_, at.in, at.number); }
  result<void> reply(const place& at, const remark& to, const comment& said, bool settles) const override {
    return answer_remark(api_, at.in, at.number, to, said, settles);
  }

  /// Bitbucket tells twelve digits of a commit; where they are those of the one that was pushed, it is that one.
  static cloud_pull whole_head(const pull_request_draft& draft, cloud_pull p) {
    auto& told = p.what.head;
    if (told.size() >= 12 && draft.head.compare(0, told.size(), told) == 0)
      told = draft.head;
    return p;
  }
  result<std::vector<cloud_reviewer>> reviewers(const cloud_repository& in, const std::string& repository) const;
  /// What to do without reviewers that Bitbucket does not take, and with its words in the description.
  result<cloud_opening> open_with_fewer(const cloud_repository& in, const pull_request_draft& draft,
                                        cloud_new_pull fresh, const std::string& refused) const;

  cloud_api api_;
};

result<remote> bitbucket_cloud_host::locate(std::string_view repository) {
  auto in = named(repository);
  if (!in)
    return in.error();
  struct seen {
    std::string full_name, branch;
  };
  auto asked = api_.request(http_method::get, repository_path(*in));
  auto there = ask(api_, asked, [](const json_node& root) {
    auto main = root.maybe("mainbranch"); // null: nothing was pushed yet
    return seen{root.text("full_name"), main.is_object() ? main.text_or("name", "") : std::string{}};
  });
  if (!there)
    return there.error();
  if (!valid_slug(there->full_name) || there->full_name.find('/') == std::string::npos)
    return {ec::rejected,
            describe(*asked) + " named a repository that cannot be: " + printable(cut_utf8(there->full_name, 100))};
  auto out = remote{};
  out.repository = repository;
  out.default_branch = configured_branch(repository);
  if (out.default_branch.empty())
    out.default_branch = there->branch;
  if (out.default_branch.empty())
    return {ec::rejected,
            "Bitbucket: " + in->text() + " has no main branch yet: push one, or set repo_hosting.default_branch"};
  // Addresses are made here and not taken from the answer: the token goes to the host that is configured.
  if (config_.remote == "ssh") {
    out.user = "git";
    out.ssh_key = config_.ssh_key;
    out.known_hosts = config_.known_hosts;
    out.url = "ssh://" + api_.where()->host + "/" + there->full_name + ".git";
    return out;
  }
  out.url = api_.where()->web + "/" + there->full_name + ".git";
  out.user = api_.login()->git_user;
  out.token = config_.token;
  return out;
}

result<std::vector<cloud_reviewer>> bitbucket_cloud_host::reviewers(const cloud_repository& in,
                                                                    const std::string& repository) const {
  auto out = std::vector<cloud_reviewer>{};
  for (auto& who : reviewers_of(config_, repository)) {
    auto some = std::vector<cloud_reviewer>{};
    if (who == default_reviewers_word) {
      auto all = default_reviewers(api_, in);
      if (!all)
        return all.error();
      some = std::move(*all);
    } else {
      auto one = read_reviewer(who);
      if (!one)
        return one.error();
      some.push_back(std::move(*one));
    }
    for (auto& r : some)
      if (std::none_of(out.begin(), out.end(), [&](auto& o) { return o.id == r.id; }))
        out.push_back(std::move(r));
  }
  return out;
}

result<cloud_opening> bitbucket_cloud_host::open_with_fewer(const cloud_repository& in, const pull_request_draft& draft,
                                                            cloud_new_pull fresh, const std::string& refused) const {
  auto note = "\n\nNot all reviewers could be asked:\n\n" + markdown_fence(refused, 2000);
  fresh.description = safe_markdown(draft.description, most_text_bytes - note.size()) + note;
  auto& asked = fresh.reviewers;
  auto before = asked.size();
  // "Ann B is the author and cannot be included as a reviewer": where the words name nobody, nobody is asked
  asked.erase(std::remove_if(asked.begin(), asked.end(),
                             [&](auto& r) {
                               return refused.find(r.id) != std::string::npos ||
                                      (!r.name.empty() && refused.find(r.name) != std::string::npos);
                             }),
              asked.end());
  if (asked.size() != before) {
    auto made = open_pull(api_, in, fresh);
    if (!made || made->reviewers_refused.empty())
      return made;
  }
  asked.clear();
  return open_pull(api_, in, fresh);
}

result<cloud_pull> bitbucket_cloud_host::open(const cloud_repository& in, const pull_request_draft& draft) const {
  auto fresh = cloud_new_pull{};
  fresh.title = safe_title(draft.title);
  fresh.description = safe_markdown(draft.description);
  fresh.from = draft.source_branch;
  fresh.to = draft.target_branch;
  fresh.draft = config_.draft;
  auto whom = reviewers(in, draft.repository);
  if (!whom)
    return whom.error();
  fresh.reviewers = std::move(*whom);
  auto made = open_pull(api_, in, fresh);
  if (made && !made->reviewers_refused.empty())
    made = open_with_fewer(in, draft, std::move(fresh), made->reviewers_refused);
  if (!made)
    return made.error();
  if (made->made)
    return whole_head(draft, std::move(*made->made));
  // a refusal may be about one that somebody opened a moment ago
  auto found = there(in, draft);
  if (found && *found && (*found)->what.target_branch == draft.target_branch)
    return adopt(in, draft, std::move(**found));
  return *made->other_cause;
}

result<void> bitbucket_cloud_host::probe_namespace() const {
  if (config_.namespace_.empty())
    return {ec::bad_config, "Bitbucket: repo_hosting.namespace is missing; it is the workspace, the first name in "
                            "https://bitbucket.org/workspace/repository"};
  if (!valid_slug(config_.namespace_) || config_.namespace_.find('/') != std::string::npos)
    return {ec::bad_config, "Bitbucket: repo_hosting.namespace \"" + printable(cut_utf8(config_.namespace_, 100)) +
                              "\" is no name of a workspace"};
  for (auto& who : config_.reviewers)
    if (auto known = read_reviewer(who); who != default_reviewers_word && !known)
      return known.error();
  return api_.pages("/repositories/" + percent_encode(config_.namespace_), [](const json_node& one) {
    one.text("full_name");
    return false;
  });
}

} // namespace

std::unique_ptr<code_host> make_bitbucket_cloud_code_host(const code_host_config& config, const routing_config& routing,
                                                          http_client& http, const clock&) {
  return std::make_unique<bitbucket_cloud_host>(config, routing, http);
}

} // namespace hyakki
