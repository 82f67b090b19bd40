// A tracker of one's own, over a directory of notes. docs/writing_an_adapter.md says what each call must keep.
#pragma once
#include "note_files.hpp"

#include <adapters/tracker.hpp>
#include <core/config.hpp>

#include <map>
#include <set>

using namespace hyakki;
class notes final : public tracker {
  using json = nlohmann::json;
  using words = std::set<std::string>;

public:
  explicit notes(tracker_config c) : c_(std::move(c)), files_(c_.path) {}
  std::string_view name() const override { return name_of(c_); }

  result<found> search() override {
    return all([this](const std::string& status, const words& has) {
      auto taken = has.count(c_.processing_label) + has.count(c_.done_label) + has.count(c_.failed_label);
      return status == "open" && has.count(c_.trigger_label) != 0 && taken == 0;
    });
  }
  result<found> search_rework() override {
    return all([this](const std::string& status, const words& has) {
      return status != "closed" && has.count(c_.rework_label) != 0 && has.count(c_.processing_label) == 0;
    });
  }
  result<std::vector<standing>> look_again(const std::vector<std::string>& keys) override {
    std::vector<standing> out;
    for (auto& key : words(keys.begin(), keys.end())) {
      auto s = fetch(key);
      if (!s && s.error() != ec::not_found)
        continue; // one that cannot be read is not one that nobody wants
      auto now = s ? *s : story{std::string{name()}, key, "", "", "", "", {}, {}};
      words has(now.labels.begin(), now.labels.end());
      auto why = !s ? "is gone" : now.status == "closed" ? "was closed" : "lost the label " + c_.trigger_label;
      bool wanted = now.status != "closed" && has.count(c_.trigger_label) + has.count(c_.rework_label) != 0;
      out.push_back({now, wanted, wanted ? "" : why});
    }
    return out;
  }
  result<story> fetch(std::string_view key) override {
    auto j = files_.read(key);
    return j ? result<story>{story_of(key, *j)} : j.error();
  }

  result<bool> post(std::string_view key, const comment& what) override {
    bool posted = false; // a marker is a key here: it is there once, and no text can pretend to be one
    auto done = files_.change(key, [&](json& j) { posted = j["comments"].emplace(what.marker, what.markdown).second; });
    return done ? result<bool>{posted} : done.error();
  }
  result<void> label(std::string_view key, const label_change& what) override {
    auto done = files_.change(key, [&](json& j) {
      auto labels = j["labels"].get<words>();
      labels.insert(what.add.begin(), what.add.end());
      for (auto& l : what.remove)
        labels.erase(l);
      j["labels"] = labels;
    });
    return done ? result<void>{} : done.error();
  }
  result<void> move_to(std::string_view key, std::string_view status) override {
    if (status != "open" && status != "started" && status != "closed")
      return {ec::rejected, "notes: '" + std::string{status} + "' is none of open, started, closed"};
    auto done = files_.change(key, [&](json& j) { j["status"] = status; });
    return done ? result<void>{} : done.error();
  }
  result<void> probe() override {
    return files_.are_there() ? result<void>{} : error{ec::bad_config, "notes: there is no directory " + c_.path};
  }

private:
  story story_of(std::string_view key, const json& j) const {
    story s{"", std::string{key}, j["title"], j.value("description", ""), "", j["status"], {}, j["labels"]};
    s.tracker = name();
    s.created_ms = j.value("created_ms", std::int64_t{0});
    return s;
  }
  /// The oldest first. What cannot be read is said and hides nothing.
  template <class Wanted>
  result<found> all(Wanted wanted) const {
    found out;
    std::multimap<std::int64_t, story> by_age;
    for (auto& key : files_.keys())
      if (auto j = files_.read(key); !j)
        out.unreadable.push_back(j.error().text);
      else if (auto s = story_of(key, *j); wanted(s.status, words(s.labels.begin(), s.labels.end())))
        by_age.emplace(s.created_ms, s);
    for (auto& entry : by_age)
      out.stories.push_back(entry.second);
    return out;
  }

  tracker_config c_;
  note_files files_;
};
