#pragma once
// A git door whose directories are bad: answers every call with the reason.

#include "adapters/git.hpp"

#include <utility>

namespace hyakki::git2 {

class shut_door final : public git {
public:
  explicit shut_door(error why) : why_(std::move(why)) {}
  result<prepared_tree> prepare(const tree_request&) override { return why_; }
  bool has_tree(std::string_view, std::string_view) override { return false; }
  result<std::string> tree_hash(std::string_view, std::string_view) override { return why_; }
  result<std::string> diff(std::string_view, std::string_view, std::size_t) override { return why_; }
  result<tree_commit> commit(const commit_request&) override { return why_; }
  result<void> push(const push_request&) override { return why_; }
  result<void> release(std::string_view, std::string_view, std::string_view) override { return why_; }

private:
  error why_;
};

} // namespace hyakki::git2
