#include "adapters/code_hosts/pull_record.hpp"

#include <nlohmann/json.hpp>
#include <simdjson.h>

#include <algorithm>

namespace hyakki {

using namespace git2;

namespace {

constexpr std::string_view place = "refs/hyakki/pulls/";

std::string text_of(const simdjson::dom::element& all, const char* key) {
  std::string_view text;
  return all[key].get_string().get(text) == simdjson::SUCCESS ? std::string{text} : std::string{};
}

std::string json_of(std::uint64_t number, const pull_record& r) {
  auto j = nlohmann::json{{"version", 1},
                          {"number", number},
                          {"title", r.what.title},
                          {"description", r.what.description},
                          {"source", r.what.source_branch},
                          {"target", r.what.target_branch},
                          {"state", r.what.state},
                          {"head", r.what.head},
                          {"story", r.story},
                          {"created_ms", r.created_ms},
                          {"updated_ms", r.updated_ms}};
  return j.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

} // namespace

result<std::vector<std::uint64_t>> pull_numbers(git_repository* repo) {
  int rc = 0;
  auto all = make<git_reference_iterator>(rc, git_reference_iterator_glob_new, repo, "refs/hyakki/pulls/*");
  if (!all)
    return failure(rc, "local: listing pull requests");
  auto out = std::vector<std::uint64_t>{};
  const char* name = nullptr;
  while (git_reference_next_name(&name, all.get()) == 0) {
    auto digits = std::string_view{name}.substr(place.size());
    if (!digits.empty() && digits.size() < 16 && digits.find_first_not_of("0123456789") == std::string_view::npos)
      out.push_back(std::stoull(std::string{digits}));
  }
  std::sort(out.begin(), out.end());
  return out;
}

std::string pull_id(git_repository* repo, std::uint64_t number) {
  git_oid id;
  bool there = git_reference_name_to_id(&id, repo, (std::string{place} + std::to_string(number)).c_str()) == 0;
  return there ? hex(id) : std::string{};
}

result<pull_record> read_pull(git_repository* repo, std::uint64_t number) {
  auto name = std::to_string(number);
  git_oid id;
  int rc = git_reference_name_to_id(&id, repo, (std::string{place} + name).c_str());
  if (rc != 0)
    return {ec::not_found, "local: there is no pull request " + name};
  auto tree = tree_of(repo, hex(id));
  auto* entry = tree ? git_tree_entry_byname(tree->get(), "pull.json") : nullptr;
  auto blob = entry != nullptr ? make<git_blob>(rc, git_blob_lookup, repo, git_tree_entry_id(entry)) : nullptr;
  auto damaged = error{ec::corrupt_record, "local: the record of pull request " + name + " cannot be read"};
  if (!blob || git_blob_rawsize(blob.get()) > (4 << 20))
    return damaged;
  auto parser = simdjson::dom::parser{};
  simdjson::dom::element all;
  if (parser
        .parse(static_cast<const char*>(git_blob_rawcontent(blob.get())),
               static_cast<std::size_t>(git_blob_rawsize(blob.get())))
        .get(all) != simdjson::SUCCESS)
    return damaged;
  auto out = pull_record{};
  out.what.id = name;
  out.what.title = text_of(all, "title");
  out.what.description = text_of(all, "description");
  out.what.source_branch = text_of(all, "source");
  out.what.target_branch = text_of(all, "target");
  out.what.state = text_of(all, "state");
  out.what.head = text_of(all, "head");
  out.story = text_of(all, "story");
  if (all["created_ms"].get_int64().get(out.created_ms) != simdjson::SUCCESS)
    out.created_ms = 0;
  if (all["updated_ms"].get_int64().get(out.updated_ms) != simdjson::SUCCESS)
    out.updated_ms = 0;
  if (out.what.source_branch.empty() ||
      (out.what.state != "open" && out.what.state != "merged" && out.what.state != "closed"))
    return damaged;
  return out;
}

result<void> write_pull(git_repository* repo, std::uint64_t number, const pull_record& record) {
  auto text = json_of(number, record);
  git_oid blob, tree_id, id, before;
  int rc = git_blob_create_from_buffer(&blob, repo, text.data(), text.size());
  git_treebuilder* builder = nullptr;
  if (rc == 0 && (rc = git_treebuilder_new(&builder, repo, nullptr)) == 0 &&
      (rc = git_treebuilder_insert(nullptr, builder, "pull.json", &blob, GIT_FILEMODE_BLOB)) == 0)
    rc = git_treebuilder_write(&tree_id, builder);
  git_treebuilder_free(builder);
  if (rc != 0)
    return failure(rc, "local: writing a pull request");
  auto tree = make<git_tree>(rc, git_tree_lookup, repo, &tree_id);
  auto who = make<git_signature>(rc, git_signature_new, "hyakki", "hyakki@localhost",
                                 static_cast<git_time_t>(record.updated_ms / 1000), 0);
  auto ref = std::string{place} + std::to_string(number);
  auto parent = owned<git_commit>{};
  if (git_reference_name_to_id(&before, repo, ref.c_str()) == 0)
    parent = make<git_commit>(rc, git_commit_lookup, repo, &before);
  clear_lock(repo, ref); // of a process that was killed: whoever writes here holds the pull requests' own lock
  const git_commit* parents[] = {parent.get()};
  auto message = "Pull request " + std::to_string(number) + ": " + record.what.state + "\n";
  if (!tree || !who ||
      (rc = git_commit_create(&id, repo, ref.c_str(), who.get(), who.get(), "UTF-8", message.c_str(), tree.get(),
                              parent ? 1 : 0, parents)) != 0)
    return failure(rc, "local: writing pull request " + std::to_string(number));
  release_lock(repo, ref);
  return point_head(repo, number, record.what.head);
}

void clear_pull_locks(git_repository* repo, std::uint64_t number) {
  clear_lock(repo, std::string{place} + std::to_string(number));
  clear_lock(repo, "refs/pull/" + std::to_string(number) + "/head");
}

result<void> point_head(git_repository* repo, std::uint64_t number, const std::string& head) {
  auto ref = "refs/pull/" + std::to_string(number) + "/head";
  git_oid id, now;
  if (!parse(id, head))
    return {ec::corrupt_record, "local: pull request " + std::to_string(number) + " names no commit"};
  if (git_reference_name_to_id(&now, repo, ref.c_str()) == 0 && git_oid_equal(&now, &id))
    return {};
  clear_lock(repo, ref);
  int rc = 0;
  auto made = make<git_reference>(rc, git_reference_create, repo, ref.c_str(), &id, 1, "pull request");
  if (!made)
    return failure(rc, "local: writing " + ref);
  release_lock(repo, ref);
  return {};
}

} // namespace hyakki
