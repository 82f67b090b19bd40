// hyakki pr list|show|diff|merge|close: the pull requests of the configured code host. No actors: the host's keeper is
// made and asked.

#include "cli/engine.hpp"
#include "cli/json.hpp"
#include "cli/open.hpp"
#include "cli/text.hpp"
#include "core/clock.hpp"
#include "core/utf8.hpp"
#include "runtime/adapters.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <map>
#include <set>
#include <unistd.h>

namespace hyakki::cli {
namespace {

using json = nlohmann::ordered_json;

constexpr std::size_t largest_diff = 16u << 20;

struct known_slugs {
  std::set<std::string> slugs;
  result<void> whole; ///< `corrupt_record` where stories cannot be read: there may be more
};

/// Was the story's repository there? A story may be led anywhere by a label, which strangers write; what it was led to
/// is a repository once its working tree came from there.
bool was_there(const store& memory, const story_id& id) {
  auto r = memory.find(id);
  return r && *r && (!(*r)->base_sha.empty() || !(*r)->pull->id.empty());
}

/// The repositories that we know of: those that are configured, and those that stories were worked on in.
result<known_slugs> known_repositories(const view& v) {
  known_slugs known;
  auto& out = known.slugs;
  auto several = several_hosts(v.settings);
  for (auto& p : projects_of(v.settings)) {
    auto add = [&](const std::string& slug) {
      if (!slug.empty())
        out.insert(several ? p.repo_hosting.name + ":" + slug : slug);
    };
    for (auto& slug : p.routing.allowed)
      add(slug);
    for (auto& [component, slug] : p.routing.components)
      add(slug);
    for (auto& [project, slug] : p.routing.projects)
      add(slug);
    add(p.routing.default_repository);
  }
  if (v.memory) {
    std::map<std::string, std::vector<story_id>> others; // a visitor must not call the store
    auto walked = v.memory->each([&](const index_entry& e) {
      if (out.count(e.repository) == 0 && !e.repository.empty())
        others[e.repository].push_back(e.id);
      return true;
    });
    if (!walked && walked.error() != ec::corrupt_record)
      return walked.error();
    for (auto& [slug, stories] : others)
      if (std::any_of(stories.begin(), stories.end(), [&](auto& id) { return was_there(*v.memory, id); }))
        out.insert(slug);
    known.whole = std::move(walked);
  }
  out.erase("");
  return known;
}

/// The one repository that is meant.
result<std::string> repository_of(const view& v, const invocation& i) {
  if (!i.repository.empty())
    return i.repository;
  auto known = known_repositories(v);
  if (!known)
    return known.error();
  if (!known->whole) // which one is meant is no guess
    return error{ec::corrupt_record, known->whole.error().text + "; or name the repository with --repo SLUG"};
  auto& slugs = known->slugs;
  if (slugs.size() == 1)
    return *slugs.begin();
  auto all = std::string{};
  for (auto& slug : slugs)
    all += (all.empty() ? "" : ", ") + slug;
  return {ec::bad_config, slugs.empty() ? "no repository is known yet: name one with --repo SLUG"
                                        : "several repositories are known (" + all + "): name one with --repo SLUG"};
}

json entry(const std::string& repository, const pull_request& p) {
  auto out = json{{"repository", repository}};
  out.update(to_json(p));
  out.erase("adopted"); // that is about a story, not about the pull request
  return out;
}

/// The host was asked: whatever it answered, it is no fault of the command line.
exit_code refused(const error& e) {
  fail(e);
  return exit_failed;
}

int list(code_host& host, const view& v, const invocation& i) {
  auto slugs = std::set<std::string>{i.repository};
  auto whole = result<void>{};
  if (i.repository.empty()) {
    auto known = known_repositories(v);
    if (!known)
      return fail(known.error());
    slugs = std::move(known->slugs);
    whole = std::move(known->whole);
  }
  auto out = document("pull_requests");
  out["pull_requests"] = json::array();
  auto t = table{{"NUMBER", "REPOSITORY", "STATE", "BRANCH", "TITLE"}, {}, 2, {}};
  auto code = exit_done;
  for (auto& slug : slugs) {
    auto found = host.list(slug, i.all ? pull_filter::all : pull_filter::open);
    if (!found) { // one repository that is gone must not hide the others
      code = refused(found.error());
      continue;
    }
    for (auto& p : *found) {
      out["pull_requests"].push_back(entry(slug, p));
      t.rows.push_back({"#" + safe(p.id, 20), safe(slug, 30), safe(p.state, 10),
                        safe(p.source_branch, 60) + " → " + safe(p.target_branch, 40), safe(p.title, 400)});
      t.tones.push_back(p.state == "open" ? tone::busy : p.state == "merged" ? tone::good : tone::faint);
    }
  }
  if (i.json)
    put_json(out);
  else if (!t.rows.empty())
    put(render(t, wants_colour(stdout), width_of(stdout)));
  else if (code == exit_done)
    put(i.all ? "no pull requests\n" : "no open pull requests; --all shows those that were merged or closed\n");
  return whole ? code : refused(whole.error());
}

int tell(const std::string& repository, const result<pull_request>& p, const invocation& i) {
  if (!p)
    return refused(p.error());
  if (i.json) {
    auto out = document("pull_request");
    auto body = entry(repository, *p);
    body["description"] = p->description;
    out.update(body);
    put_json(out);
    return exit_done;
  }
  auto colour = wants_colour(stdout);
  put(paint(colour, tone::strong, "#" + safe(p->id) + "  " + safe(p->title, 400)) + "\n" + safe(p->state) + ", " +
      safe(repository) + ": " + safe(p->source_branch) + " → " + safe(p->target_branch) +
      (p->head.empty() ? "" : " at " + safe(p->head.substr(0, 10))) + "\n" +
      (p->url.empty() ? "" : safe(p->url) + "\n"));
  if (i.what == command::pr_show && !p->description.empty())
    put("\n" + clean_text(p->description) + "\n");
  return exit_done;
}

/// For a terminal: nothing in it moves the cursor. For a file or a pipe: the bytes as they are, so that they apply.
int diff(const result<std::string>& text) {
  if (!text)
    return refused(text.error());
  if (::isatty(STDOUT_FILENO) == 0) {
    put(*text);
    return exit_done;
  }
  auto colour = wants_colour(stdout);
  auto rest = std::string_view{*text};
  while (!rest.empty()) {
    auto end = rest.find('\n');
    auto line = rest.substr(0, end);
    auto t = line.empty() ? tone::plain : line[0] == '+' ? tone::good : line[0] == '-' ? tone::bad : tone::plain;
    put(paint(colour, t, clean_text(line)) + "\n");
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
  }
  return exit_done;
}

} // namespace

int run_pull_requests(const invocation& i) {
  auto at = open_view(i);
  if (!at.ok)
    return at.exit;
  system_clock time;
  auto http = make_http_client(at.seen.settings, time, say_hold);
  if (!http)
    return fail(http.error());
  auto host = make_code_host(at.seen.settings, http->get(), time);
  if (!host)
    return fail(host.error());
  if (i.what == command::pr_list)
    return list(**host, at.seen, i);
  auto slug = repository_of(at.seen, i);
  if (!slug)
    return fail(slug.error());
  switch (i.what) {
  case command::pr_merge: return tell(*slug, (*host)->merge(*slug, i.number), i);
  case command::pr_close: return tell(*slug, (*host)->close(*slug, i.number), i);
  case command::pr_diff: return diff((*host)->diff(*slug, i.number, largest_diff));
  default: return tell(*slug, (*host)->find(*slug, i.number), i);
  }
}

} // namespace hyakki::cli
