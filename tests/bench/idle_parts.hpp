#pragma once
// Parts that cost no memory a story, so that what is measured is the orchestration alone.
//
// The tracker forgets at once, the git door has every tree ready or never answers, and the process door's children are
// only counted: they never end, so whoever used these leaves by _exit.

#include "adapters/git.hpp"
#include "adapters/process.hpp"
#include "adapters/tracker.hpp"

#include <atomic>
#include <functional>
#include <future>
#include <memory>
#include <string>
#include <utility>

namespace hyakki::bench {

class forgetful_tracker final : public tracker {
public:
  std::string_view name() const override { return "fake"; }
  result<found> search() override { return found{}; }
  result<story> fetch(std::string_view) override { return {ec::not_found, "a forgetful tracker"}; }
  result<bool> post(std::string_view, const comment&) override { return true; }
  result<void> label(std::string_view, const label_change&) override { return {}; }
  result<void> move_to(std::string_view, std::string_view) override { return {}; }
  result<void> probe() override { return {}; }
};

class idle_git final : public git {
public:
  idle_git(std::string root, bool never_answers) : root_(std::move(root)), never_answers_(never_answers) {}
  result<prepared_tree> prepare(const tree_request& what) override {
    if (never_answers_)
      std::promise<void>{}.get_future().wait();
    prepared_tree out;
    out.path = root_ + "/" + what.tree;
    out.base_branch = "main";
    out.base_sha = std::string(40, 'a');
    out.kept = what.keep;
    return out;
  }
  bool has_tree(std::string_view, std::string_view) override { return true; }
  result<std::string> tree_hash(std::string_view, std::string_view) override { return std::string(40, 'b'); }
  result<std::string> diff(std::string_view, std::string_view, std::size_t) override { return std::string{}; }
  result<tree_commit> commit(const commit_request&) override { return {ec::no_changes, "nothing changes here"}; }
  result<void> push(const push_request&) override { return {}; }
  result<void> release(std::string_view, std::string_view, std::string_view) override { return {}; }

private:
  std::string root_;
  bool never_answers_;
};

class idle_children final : public process {
public:
  std::shared_ptr<process_handle> start(process_spec, process_handlers handlers) override {
    ++running_;
    return std::make_shared<child>(std::move(handlers.on_exit));
  }
  process_output run(process_spec, std::size_t) override { return {}; }
  std::uint32_t end_leftovers(std::string_view) override { return 0; }
  std::size_t running() const override { return running_; }

private:
  /// Keeps what tells the runner of the end, as a real child does; the end itself never comes.
  class child final : public process_handle {
  public:
    explicit child(std::function<void(exit_status)> on_exit) : on_exit_(std::move(on_exit)) {}
    void cancel() override {}
    int pid() const override { return 1; }

  private:
    std::function<void(exit_status)> on_exit_;
  };
  std::atomic<std::size_t> running_{0};
};

} // namespace hyakki::bench
