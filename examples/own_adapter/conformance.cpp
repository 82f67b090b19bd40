// The tracker of this example through the suite that every tracker of hyakki passes.
#define CATCH_CONFIG_MAIN
#include "notes.hpp"

#include <tests/conformance/tracker.hpp>

#include <cstdlib>

namespace {

/// A directory of notes, as the suite wants to fill it.
class notes_world final : public test::tracker_world {
public:
  notes_world() {
    char place[] = "/tmp/notes-XXXXXX";
    config_.name = config_.type = "notes";
    config_.path = ::mkdtemp(place);
    restart();
  }
  ~notes_world() override { std::filesystem::remove_all(config_.path); }
  tracker& subject() override { return *tracker_; }
  void restart() override { tracker_ = std::make_unique<notes>(config_); }
  const tracker_config& configured() const override { return config_; }
  words statuses() override { return {"open", "started", "closed", ""}; }
  void seed(const story& s) override {
    nlohmann::json j{{"title", s.title}, {"status", s.status}, {"labels", s.labels}, {"created_ms", ++created_}};
    std::ofstream{file(s.key)} << j;
  }
  void damage(const std::string& name) override { std::ofstream{file(name)} << "{\"title\": "; }
  std::size_t comment_count(const std::string& name) override {
    return note_files{config_.path}.read(name)->at("comments").size();
  }
  bool remove(const std::string& name) override { return std::filesystem::remove(file(name)); }

private:
  std::string file(const std::string& key) const { return config_.path + "/" + key + ".json"; }
  tracker_config config_;
  std::unique_ptr<tracker> tracker_;
  std::int64_t created_ = 0;
};

} // namespace

SCENARIO("a directory of notes keeps the tracker contract") {
  test::tracker_conforms([] { return std::make_unique<notes_world>(); });
}
