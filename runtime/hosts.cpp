#include "runtime/hosts.hpp"

#include "core/utf8.hpp"

#include <utility>

namespace hyakki {
namespace {

using host_map = std::map<std::string, std::unique_ptr<code_host>, std::less<>>;

class several_code_hosts final : public code_host {
public:
  explicit several_code_hosts(host_map hosts) : hosts_(std::move(hosts)) {}

  std::string_view name() const override { return "several"; }

  result<remote> locate(std::string_view repository) override {
    auto to = host_of(repository);
    if (!to)
      return to.error();
    auto found = to->host->locate(to->slug);
    if (found) // clones of repositories that only share their slug are kept apart
      found->repository = std::string{repository};
    return found;
  }

  result<pull_request> find_or_open(const pull_request_draft& draft) override {
    auto to = host_of(draft.repository);
    if (!to)
      return to.error();
    auto mine = draft;
    mine.repository = to->slug;
    return to->host->find_or_open(mine);
  }

  result<std::vector<pull_request>> list(std::string_view repository, pull_filter which) override {
    auto to = host_of(repository);
    return to ? to->host->list(to->slug, which) : to.error();
  }
  result<pull_request> find(std::string_view repository, std::string_view id) override {
    auto to = host_of(repository);
    return to ? to->host->find(to->slug, id) : to.error();
  }
  result<pull_request> merge(std::string_view repository, std::string_view id) override {
    auto to = host_of(repository);
    return to ? to->host->merge(to->slug, id) : to.error();
  }
  result<pull_request> close(std::string_view repository, std::string_view id) override {
    auto to = host_of(repository);
    return to ? to->host->close(to->slug, id) : to.error();
  }
  result<std::string> diff(std::string_view repository, std::string_view id, std::size_t most_bytes) override {
    auto to = host_of(repository);
    return to ? to->host->diff(to->slug, id, most_bytes) : to.error();
  }
  result<review_feedback> feedback(std::string_view repository, std::string_view id) override {
    auto to = host_of(repository);
    return to ? to->host->feedback(to->slug, id) : to.error();
  }
  result<void> answer(std::string_view repository, std::string_view id, const remark& what,
                      const remark_answer& words) override {
    auto to = host_of(repository);
    return to ? to->host->answer(to->slug, id, what, words) : to.error();
  }

  result<void> probe() override {
    std::string wrong;
    error first{ec::unavailable, {}};
    for (auto& [name, host] : hosts_)
      if (auto here = host->probe(); !here) {
        if (wrong.empty())
          first = here.error();
        wrong += (wrong.empty() ? "" : "; ") + name + ": " + here.error().text;
      }
    if (wrong.empty())
      return {};
    first.text = wrong;
    return first;
  }

private:
  struct place {
    code_host* host;
    std::string slug;
  };

  result<place> host_of(std::string_view repository) const {
    auto cut = repository.find(':');
    auto host = cut == std::string_view::npos ? hosts_.end() : hosts_.find(repository.substr(0, cut));
    if (host != hosts_.end())
      return place{host->second.get(), std::string{repository.substr(cut + 1)}};
    std::string known;
    for (auto& [name, ignored] : hosts_)
      known += (known.empty() ? "" : ", ") + name;
    return error{ec::rejected, "\"" + printable(cut_with_note(repository, 100, "…")) +
                                 "\" names no code host: with several of them a repository is written host:slug, and "
                                 "the hosts are " +
                                 known};
  }

  host_map hosts_;
};

} // namespace

std::unique_ptr<code_host> make_several_hosts(host_map hosts) {
  return std::make_unique<several_code_hosts>(std::move(hosts));
}

} // namespace hyakki
