#include "tests/conformance/tracker.hpp"

#include "adapters/trackers/tickets.hpp"
#include "tests/support/fake_tracker.hpp"
#include "tests/tickets/ticket_world.hpp"
#include "tickets/yaml_scalar.hpp"

#include <filesystem>

using namespace hyakki;
using namespace hyakki::test;

namespace {

class fake_world final : public tracker_world {
public:
  tracker& subject() override { return fake_; }
  void restart() override {}
  const tracker_config& configured() const override { return fake_.configured(); }
  void seed(const story& s) override { fake_.put(s); }
  void damage(const std::string& key) override { fake_.damage(key); }
  std::size_t comment_count(const std::string& key) override { return fake_.comments(key).size(); }
  bool configure(const std::function<void(tracker_config&)>& change) override {
    fake_.configure(change);
    return true;
  }
  bool block(const std::string& key, const std::string& by) override {
    fake_.block(key, by);
    return true;
  }
  bool assign(const std::string& key, const std::string& account) override {
    fake_.assign(key, account);
    return true;
  }
  bool remove(const std::string& key) override {
    fake_.remove(key);
    return true;
  }
  bool lose_next_answer() override {
    for (auto which : {fake_tracker::call::post, fake_tracker::call::label, fake_tracker::call::move_to})
      fake_.lose_answer(which);
    return true;
  }

private:
  fake_tracker fake_;
};

class tickets_world final : public tracker_world {
public:
  tracker& subject() override { return *tracker_; }
  void restart() override { tracker_ = world_.make(); }
  const tracker_config& configured() const override { return world_.config; }
  void seed(const story& s) override { world_.add(s.key, s.title, s.labels, s.status); }
  void damage(const std::string& key) override {
    auto name = "open/" + key + ".yaml";
    auto text = world_.read(name);
    world_.write(name, text.substr(0, text.find("created_at: ") + 20)); // inside a quoted text
  }
  std::size_t comment_count(const std::string& key) override { return world_.ticket(key).comments().size(); }
  bool configure(const std::function<void(tracker_config&)>& change) override {
    change(world_.config);
    restart();
    return true;
  }
  bool block(const std::string& key, const std::string& by) override {
    auto was = world_.ticket(key);
    REQUIRE(was.append_word("blocked_by", by));
    world_.write(was.name(), was.bytes());
    return true;
  }
  bool assign(const std::string& key, const std::string& account) override {
    auto was = world_.ticket(key);
    REQUIRE(was.set_text("assignee", account));
    world_.write(was.name(), was.bytes());
    return true;
  }
  bool remove(const std::string& key) override { return std::filesystem::remove(world_.file("open/" + key + ".yaml")); }

private:
  ticket_world world_;
  std::unique_ptr<tracker> tracker_ = world_.make();
};

} // namespace

SCENARIO("the tickets of a repository keep the tracker contract") {
  tracker_conforms([] { return std::make_unique<tickets_world>(); });
}

SCENARIO("the fake keeps the tracker contract") {
  tracker_conforms([] { return std::make_unique<fake_world>(); });
}

SCENARIO("the fake fails as it is told") {
  using call = fake_tracker::call;
  auto fake = fake_tracker{};
  fake.put("A-1", "Title");
  GIVEN("a failure, a passing call, and a lost answer") {
    fake.fail_next(call::post, {ec::unavailable, "down"});
    fake.pass_next(call::post);
    fake.lose_answer(call::post);
    THEN("they come in that order, and what was lost took effect once") {
      CHECK(fake.post("A-1", {"a", "x"}).error() == ec::unavailable);
      CHECK(fake.comments("A-1").empty());
      CHECK(*fake.post("A-1", {"a", "x"}));
      CHECK(fake.post("A-1", {"b", "y"}).error() == ec::timed_out);
      CHECK(fake.comments_with("A-1", "b") == 1);
      CHECK(!*fake.post("A-1", {"b", "y"}));
      CHECK(fake.comments("A-1").size() == 2);
      CHECK(fake.calls(call::post) == 4);
    }
  }
}
