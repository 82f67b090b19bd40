// The service that the tracker of this example speaks to: a directory of JSON files. With a real one this is its
// client.
#pragma once
#include <core/error.hpp>
#include <nlohmann/json.hpp>

#include <filesystem>
#include <fstream>
#include <functional>

class note_files {
public:
  using json = nlohmann::json;
  using outcome = hyakki::result<json>;

  explicit note_files(std::string directory) : directory_(std::move(directory)) {}
  bool are_there() const { return std::filesystem::is_directory(directory_); }

  std::vector<std::string> keys() const {
    std::vector<std::string> out;
    for (auto& e : std::filesystem::directory_iterator{directory_})
      if (e.path().extension() == ".json")
        out.push_back(e.path().stem().string());
    return out;
  }
  /// A library's exceptions end here, and its failures become ours.
  outcome read(std::string_view key) const {
    std::ifstream in{file(key)};
    if (key.find('/') != key.npos || !in)
      return {hyakki::ec::not_found, "notes: there is no note " + std::string{key}};
    try {
      auto j = json::parse(in);
      (void)(j.at("title").get<std::string>() + j.at("status").get<std::string>());
      (void)j.at("labels").get<std::vector<std::string>>();
      return j;
    } catch (const json::exception& e) {
      return {hyakki::ec::rejected, "notes: " + std::string{key} + " cannot be read: " + e.what()};
    }
  }
  /// Written aside and put in place: nobody ever sees half a note.
  outcome change(std::string_view key, const std::function<void(json&)>& how) const {
    auto j = read(key);
    if (!j)
      return j;
    how(*j);
    auto fresh = file(key) + ".new";
    if (!(std::ofstream{fresh} << j->dump(2)).flush() || std::rename(fresh.c_str(), file(key).c_str()) != 0)
      return {hyakki::ec::unavailable, "notes: " + fresh + " cannot be written"};
    return j;
  }

private:
  std::string file(std::string_view key) const { return directory_ + "/" + std::string{key} + ".json"; }
  std::string directory_;
};
