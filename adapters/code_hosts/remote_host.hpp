#pragma once
// What code hosts over HTTP have in common: which repositories may be used, and the order of the calls by which the
// contract is kept. A host of its own says how each call is made.
//
// Thread-safe: holds nothing that changes.

#include "adapters/code_host.hpp"
#include "adapters/http_client.hpp"
#include "core/config.hpp"
#include "core/utf8.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace hyakki {

/// The words of a service, for errors.
struct host_words {
  std::string_view service; ///< "GitHub"
  std::string_view group;   ///< what stands in front of a repository's name: "owner", "project", "workspace"
  std::string_view remedy;  ///< how to name one: "set repo_hosting.namespace, or write owner/repo"
};

/// Group and name of a repository that may be used: the group is the slug's own, else the namespace that is configured.
/// `rejected` for a slug that is not safe, not allowed, or in another group where nothing says what is allowed.
result<std::pair<std::string, std::string>> allowed_repository(const host_words& words, std::string_view slug,
                                                               const code_host_config& config,
                                                               const std::vector<std::string>& allowed);

/// The port that an address for SSH (ssh://git@host:7999/…) names; empty when it is none of ours or names none.
std::string ssh_port(std::string_view address);

/// `Pull` has a `pull_request what`.
template <class Repository, class Pull>
class remote_host : public code_host {
public:
  std::string_view name() const final { return config_.name; }

  result<std::vector<pull_request>> list(std::string_view repository, pull_filter which) final {
    auto in = named(repository);
    if (!in)
      return in.error();
    auto all = pulls(*in, which == pull_filter::open);
    if (!all)
      return all.error();
    auto out = std::vector<pull_request>{};
    for (auto& p : *all)
      out.push_back(std::move(p.what));
    return out;
  }

  result<pull_request> find(std::string_view repository, std::string_view id) final {
    return act(repository, id, "", [](const place&, Pull p) { return result<Pull>{std::move(p)}; });
  }
  result<pull_request> merge(std::string_view repository, std::string_view id) final {
    return act(repository, id, "closed", [&](const place& at, Pull p) { return merge_open(at, std::move(p)); });
  }
  result<pull_request> close(std::string_view repository, std::string_view id) final {
    return act(repository, id, "merged", [&](const place& at, Pull p) { return close_open(at, std::move(p)); });
  }

  result<std::string> diff(std::string_view repository, std::string_view id, std::size_t most_bytes) final {
    auto at = place_of(repository, id);
    if (!at)
      return at.error();
    auto text = whole_diff(*at, most_bytes);
    if (!text || text->size() <= most_bytes)
      return text;
    return std::string{cut_utf8(*text, most_bytes)} + "\n[cut: " + std::to_string(text->size()) + " bytes in all]\n";
  }
  result<review_feedback> feedback(std::string_view repository, std::string_view id) final {
    auto at = place_of(repository, id);
    return at ? reviews(*at) : result<review_feedback>{at.error()};
  }
  result<void> answer(std::string_view repository, std::string_view id, const remark& to,
                      const remark_answer& words) final {
    auto at = place_of(repository, id);
    return at ? reply(*at, to, {words.marker, words.markdown}, words.settles) : result<void>{at.error()};
  }

  result<pull_request> find_or_open(const pull_request_draft& draft) final {
    auto in = named(draft.repository);
    if (!in)
      return in.error();
    if (draft.source_branch.empty() || draft.target_branch.empty() || draft.source_branch == draft.target_branch)
      return {ec::rejected, std::string{words_.service} + ": a pull request needs two different branches"};
    auto found = there(*in, draft);
    if (!found)
      return found.error();
    auto p = *found ? adopt(*in, draft, std::move(**found)) : open(*in, draft);
    if (!p)
      return p.error();
    return std::move(p->what);
  }

  result<void> probe() final {
    if (config_.remote != "https" && config_.remote != "ssh")
      return {ec::bad_config, std::string{words_.service} + ": repo_hosting.remote is \"" + printable(config_.remote) +
                                "\"; it is https or ssh"};
    for (auto& slug : allowed_)
      if (auto where = locate(slug); !where)
        return where.error();
    return allowed_.empty() ? probe_namespace() : result<void>{};
  }

protected:
  struct place {
    Repository in;
    std::int64_t number = 0;
  };

  remote_host(host_words words, const code_host_config& config, const routing_config& routing)
    : words_(words), config_(config), allowed_(routing.allowed) {
    if (config_.name.empty())
      config_.name = config_.type;
  }

  /// The repository of a slug that may be used.
  virtual result<Repository> named(std::string_view slug) const = 0;
  virtual result<std::int64_t> numbered(std::string_view id) const = 0;
  /// Whether the token is good for something, where no repository is at hand to ask for.
  virtual result<void> probe_namespace() const = 0;
  /// Newest first.
  virtual result<std::vector<Pull>> pulls(const Repository& in, bool open_only) const = 0;
  /// The open ones with exactly this branch of this repository, newest first.
  virtual result<std::vector<Pull>> pulls_with(const Repository& in, const std::string& branch) const = 0;
  virtual result<Pull> get(const place& at) const = 0;
  /// Opens one, or adopts what a duplicate answer tells of.
  virtual result<Pull> open(const Repository& in, const pull_request_draft& draft) const = 0;
  virtual result<Pull> merge_open(const place& at, Pull p) const = 0;
  virtual result<Pull> close_open(const place& at, Pull p) const = 0;
  virtual result<std::string> whole_diff(const place& at, std::size_t most_bytes) const = 0;
  virtual result<review_feedback> reviews(const place& at) const = 0;
  virtual result<void> reply(const place& at, const remark& to, const comment& words, bool settles) const = 0;
  /// One that was there: marked so, and given what an earlier call of ours may have left out.
  virtual result<Pull> adopt(const Repository&, const pull_request_draft&, Pull p) const {
    p.what.adopted = true;
    return p;
  }

  result<std::pair<std::string, std::string>> allowed(std::string_view slug) const {
    return allowed_repository(words_, slug, config_, allowed_);
  }
  /// An open pull request from this branch: into this target, else the newest.
  result<std::optional<Pull>> there(const Repository& in, const pull_request_draft& draft) const {
    auto all = pulls_with(in, draft.source_branch);
    if (!all)
      return all.error();
    if (all->empty())
      return std::optional<Pull>{};
    auto same =
      std::find_if(all->begin(), all->end(), [&](auto& p) { return p.what.target_branch == draft.target_branch; });
    return std::optional<Pull>{std::move(same == all->end() ? all->front() : *same)};
  }
  /// What the configuration says of the target of pull requests; empty = ask the host.
  std::string configured_branch(std::string_view repository) const {
    auto own = config_.default_branches.find(std::string{repository});
    return own == config_.default_branches.end() ? config_.default_branch : own->second;
  }

  const host_words words_;
  code_host_config config_;
  const std::vector<std::string> allowed_;

private:
  result<place> place_of(std::string_view repository, std::string_view id) const {
    auto in = named(repository);
    if (!in)
      return in.error();
    auto number = numbered(id);
    if (!number)
      return number.error();
    return place{std::move(*in), *number};
  }

  /// Does it to an open pull request. One that is ended is left as it is, unless that is what must not be.
  template <class Do>
  result<pull_request> act(std::string_view repository, std::string_view id, std::string_view must_not_be, Do what) {
    auto at = place_of(repository, id);
    if (!at)
      return at.error();
    auto p = get(*at);
    if (p && p->what.state == must_not_be)
      return {ec::rejected, std::string{words_.service} + ": pull request " + p->what.id + " of " + at->in.text() +
                              " is " + p->what.state + " already"};
    if (p && p->what.state == "open")
      p = what(*at, std::move(*p));
    if (!p)
      return p.error();
    return std::move(p->what);
  }
};

} // namespace hyakki
