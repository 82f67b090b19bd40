#include "adapters/github/issue_list.hpp"

#include "core/utf8.hpp"

namespace hyakki::github {
namespace {

constexpr std::size_t most_kept_bytes = 64u << 20;
constexpr std::size_t most_kept_pages = 2000;

/// The repository that an issue says it is of: the end of …/repos/OWNER/NAME.
result<repository_name> repository_of(const json_node& node) {
  auto address = node.text("repository_url");
  constexpr auto sign = std::string_view{"/repos/"};
  auto at = address.find(sign);
  if (at == std::string::npos)
    return {ec::rejected, "GitHub: an issue does not say which repository it is of"};
  return read_repository(std::string_view{address}.substr(at + sign.size()));
}

} // namespace

result<const issue_lists::kept_page*> issue_lists::page(const std::string& url, kind what, const repository_name* in,
                                                        std::string_view tracker) {
  auto asked = github_.request(http_method::get, {});
  if (!asked)
    return asked.error();
  asked->url = url;
  auto known = kept_.find(url);
  if (known != kept_.end())
    asked->headers.push_back({"If-None-Match", known->second.etag});
  auto answer = github_.call(*asked);
  if (!answer)
    return answer.error();
  if (answer->status == 304) {
    if (known == kept_.end())
      return {ec::rejected, describe(*asked) + " answered 304 to a question without an ETag; is this GitHub?"};
    return &known->second;
  }
  auto document = read_json(*asked, *answer);
  if (!document)
    return document.error();
  auto root = document->root();
  auto fresh = kept_page{};
  auto searched = what == kind::list && root.is_object();
  auto nodes = what == kind::single ? std::vector<json_node>{root} : searched ? root.items("items") : root.items();
  if (document->fault())
    return *document->fault();
  if (searched && root.flag_or("incomplete_results", false))
    fresh.what.unreadable.push_back(describe(*asked) + ": GitHub gave up before it had searched everything");
  for (auto& node : nodes) {
    if (!node.is_object()) { // one issue may be odd, but this is another list altogether
      node.wrong("an issue");
      return *document->fault();
    }
    auto number = node.integer("number");
    auto from = in != nullptr ? result<repository_name>{*in} : repository_of(node);
    auto read = from && !document->fault() ? read_issue(node, *from, tracker) : issue{};
    if (document->fault() || !from) {
      auto where = (from ? from->text() : std::string{}) + "#" + std::to_string(number);
      fresh.what.unreadable.push_back(
        "GitHub: " + where + " cannot be read: " + (document->fault() ? document->fault()->text : from.error().text));
      document->forget();
    } else {
      fresh.bytes += sizeof(issue) + read.story.description.size() + 64 * read.story.labels.size() + 256;
      fresh.what.issues.push_back(std::move(read));
    }
  }
  if (document->fault())
    return *document->fault();
  auto next = api::next_page(*asked, *answer);
  if (!next)
    return next.error();
  fresh.next = std::move(*next);
  if (known != kept_.end()) {
    bytes_ -= known->second.bytes;
    kept_.erase(known);
  }
  auto etag = answer->header("ETag");
  if (!etag || etag->empty() || etag->size() > 200) {
    passing_ = std::move(fresh);
    return &passing_;
  }
  if (bytes_ + fresh.bytes > most_kept_bytes || kept_.size() >= most_kept_pages) {
    kept_.clear();
    bytes_ = 0;
  }
  fresh.etag = *etag;
  bytes_ += fresh.bytes;
  return &(kept_[url] = std::move(fresh));
}

result<void> issue_lists::each_page(const std::string& path, const repository_name* in, std::string_view tracker,
                                    const std::function<result<bool>(const issue_list&)>& take) {
  auto first = github_.request(http_method::get, path);
  if (!first)
    return first.error();
  auto url = first->url;
  for (std::size_t n = 0; n < most_pages; ++n) {
    auto got = page(url, kind::list, in, tracker);
    if (!got)
      return got.error();
    // `take` may read other lists, and what is kept may be let go for them
    auto next = (*got)->next;
    auto what = (*got)->what;
    auto more = take(what);
    if (!more)
      return more.error();
    if (!*more || next.empty())
      return {};
    if (next == url)
      return {ec::rejected, "GitHub: " + printable(url) + " names itself as its next page; is this GitHub?"};
    url = next;
  }
  return {};
}

result<issue> issue_lists::one(const issue_name& name, std::string_view tracker) {
  auto asked =
    github_.request(http_method::get, repository_path(name.repository, "/issues/" + std::to_string(name.number)));
  if (!asked)
    return asked.error();
  auto got = page(asked->url, kind::single, &name.repository, tracker);
  if (!got)
    return got.error();
  if ((*got)->what.issues.empty())
    return {ec::rejected, (*got)->what.unreadable.front()};
  return (*got)->what.issues.front();
}

} // namespace hyakki::github
