// The store beside bare LMDB: P4, P5, P10, P11 and P13. `--small` shows that it works, `--full` adds a million.
#include "storage/lmdb_store.hpp"
#include "storage/record.hpp"
#include "tests/bench/bench.hpp"
#include "tests/support/scratch_dir.hpp"
#include "tests/support/store_samples.hpp"

#include <lmdb.h>

#include <condition_variable>
#include <cstdlib>
#include <deque>
#include <functional>
#include <mutex>
#include <sys/stat.h>
#include <thread>

using namespace hyakki;
using namespace hyakki::bench;
using namespace hyakki::test;

namespace {

void must(bool ok, const std::string& what) {
  if (!ok) {
    std::fprintf(stderr, "store_bench: %s\n", what.c_str());
    std::exit(1);
  }
}

/// One durable transition of one job: 1 enqueue, 2 lease, 3 complete.
struct step {
  std::uint64_t job;
  int stage;
};

/// Makes a batch of steps durable.
using committer = std::function<void(const std::vector<step>&)>;

change change_of(const step& s) {
  constexpr state at[]{state::queued, state::queued, state::implementing, state::done};
  return {typical_record(s.job, at[s.stage], static_cast<std::uint64_t>(s.stage)),
          {move_event(at[s.stage - 1], move::dispatched, at[s.stage])}};
}

class our_side {
public:
  explicit our_side(const std::string& path) {
    lmdb_options o;
    o.path = path;
    o.initial_map = 1ull << 30;
    auto s = open_lmdb_store(o);
    must(s.ok(), s ? "" : s.error().text);
    store_ = *std::move(s);
  }
  void operator()(const std::vector<step>& steps) {
    std::vector<change> changes;
    changes.reserve(steps.size());
    for (auto& s : steps)
      changes.push_back(change_of(s));
    auto answer = store_->commit(changes);
    must(answer.ok(), answer ? "" : answer.error().text);
    for (auto& a : *answer)
      must(a.ok(), a ? "" : a.error().text);
  }
  store& get() { return *store_; }

private:
  std::unique_ptr<store> store_;
};

/// The limit: the same commits with one raw put of 200 bytes a step, and nothing else.
class bare_side {
public:
  explicit bare_side(const std::string& file) {
    must(mdb_env_create(&env_) == 0 && mdb_env_set_mapsize(env_, 1ull << 30) == 0 &&
           mdb_env_open(env_, file.c_str(), MDB_NOSUBDIR | MDB_NOTLS, 0600) == 0,
         "bare LMDB does not open");
    MDB_txn* txn = nullptr;
    must(mdb_txn_begin(env_, nullptr, 0, &txn) == 0 && mdb_dbi_open(txn, nullptr, 0, &dbi_) == 0 &&
           mdb_txn_commit(txn) == 0,
         "bare LMDB does not begin");
  }
  ~bare_side() { mdb_env_close(env_); }
  bare_side(const bare_side&) = delete;
  bare_side& operator=(const bare_side&) = delete;
  void operator()(const std::vector<step>& steps) {
    MDB_txn* txn = nullptr;
    must(mdb_txn_begin(env_, nullptr, 0, &txn) == 0, "bare LMDB does not begin");
    for (auto& s : steps) {
      auto key = "tickets/FIX-" + std::to_string(s.job);
      std::string value(200, static_cast<char>('0' + s.stage));
      MDB_val k{key.size(), key.data()}, v{value.size(), value.data()};
      must(mdb_put(txn, dbi_, &k, &v, 0) == 0, "bare LMDB does not put");
    }
    must(mdb_txn_commit(txn) == 0, "bare LMDB does not commit");
  }

private:
  MDB_env* env_ = nullptr;
  MDB_dbi dbi_ = 0;
};

/// 64 producers with one enqueue under way each, 50 workers that lease and complete, one writer that commits
/// whatever has come while the last commit ran. Returns jobs a second.
double group_commit_rate(const committer& commit, std::uint64_t first, std::uint64_t jobs) {
  std::mutex one;
  std::condition_variable wake;
  std::vector<step> asked, answered;
  auto over = false;
  std::thread writer{[&] {
    std::unique_lock lock{one};
    for (;;) {
      wake.wait(lock, [&] { return over || !asked.empty(); });
      if (asked.empty())
        return;
      auto batch = std::exchange(asked, {});
      lock.unlock();
      commit(batch);
      lock.lock();
      answered.insert(answered.end(), batch.begin(), batch.end());
      wake.notify_all();
    }
  }};
  std::uint64_t enqueued = 0, completed = 0;
  int idle_workers = 50;
  std::deque<std::uint64_t> waiting;
  auto took = seconds([&] {
    std::unique_lock lock{one};
    for (; enqueued < std::min<std::uint64_t>(64, jobs); ++enqueued)
      asked.push_back({first + enqueued, 1});
    wake.notify_all();
    while (completed < jobs) {
      wake.wait(lock, [&] { return !answered.empty(); });
      auto batch = std::exchange(answered, {});
      for (auto& s : batch) {
        if (s.stage == 1) {
          waiting.push_back(s.job);
          if (enqueued < jobs)
            asked.push_back({first + enqueued++, 1});
        } else if (s.stage == 2) {
          asked.push_back({s.job, 3});
        } else {
          ++completed;
          ++idle_workers;
        }
      }
      for (; idle_workers > 0 && !waiting.empty(); --idle_workers, waiting.pop_front())
        asked.push_back({waiting.front(), 2});
      wake.notify_all();
    }
    over = true;
    wake.notify_all();
  });
  writer.join();
  return static_cast<double>(jobs) / took;
}

double one_at_a_time_rate(const committer& commit, std::uint64_t first, std::uint64_t jobs) {
  auto took = seconds([&] {
    for (std::uint64_t j = 0; j < jobs; ++j)
      for (int stage = 1; stage <= 3; ++stage)
        commit({{first + j, stage}});
  });
  return static_cast<double>(jobs) / took;
}

/// Stories that wait, numbered from 1'000'000'000.
void fill(our_side& side, std::uint64_t stories) {
  std::vector<step> batch;
  for (std::uint64_t i = 0; i < stories; ++i) {
    batch.push_back({1'000'000'000 + i, 1});
    if (batch.size() == 2000 || i + 1 == stories) {
      side(batch);
      batch.clear();
    }
  }
}

void queue_rates(bool small) {
  scratch_dir dir;
  our_side ours{dir / "ours"};
  bare_side bare{dir / "bare.mdb"};
  std::uint64_t a = 1, b = 1;
  std::uint64_t many = small ? 200 : 10'000, few = small ? 20 : 300;
  std::size_t rounds = small ? 1 : 5;
  auto take = [](std::uint64_t& from, std::uint64_t n) { return std::exchange(from, from + n); };
  if (!small) { // both sides warm
    group_commit_rate(std::ref(ours), take(a, many), many);
    group_commit_rate(std::ref(bare), take(b, many), many);
  }
  print(with_goal(interleaved(
                    "P4 durable queue, 64 producers and 50 in flight, beside bare LMDB", "jobs/s", rounds,
                    [&] { return group_commit_rate(std::ref(ours), take(a, many), many); },
                    [&] { return group_commit_rate(std::ref(bare), take(b, many), many); }),
                  0.30));
  print(with_goal(interleaved(
                    "P5 durable queue, one at a time, beside bare LMDB", "jobs/s", rounds,
                    [&] { return one_at_a_time_rate(std::ref(ours), take(a, few), few); },
                    [&] { return one_at_a_time_rate(std::ref(bare), take(b, few), few); }),
                  0.5));
}

void recovery(std::uint64_t stories, double goal_ms) {
  scratch_dir dir;
  {
    our_side side{dir / "s"};
    fill(side, stories);
  }
  std::vector<double> times;
  for (int round = 0; round < 5; ++round) {
    std::size_t seen = 0, bytes = 0;
    times.push_back(1000 * seconds([&] {
                      our_side side{dir / "s"};
                      must(side.get()
                             .each_unfinished([&](const index_entry& e) {
                               ++seen;
                               bytes += e.id.size();
                             })
                             .ok(),
                           "each_unfinished failed");
                    }));
    must(seen == stories, "stories are missing");
  }
  auto name = std::to_string(stories) + " waiting stories";
  print(with_goal(alone("P10 open and index " + name, "ms", median(times), times.size()), goal_ms, true));
  struct stat info {};
  must(::stat((dir / "s/data.mdb").c_str(), &info) == 0, "no file");
  print(alone("P11 on disk, of " + name + " with 1500 bytes of text each", "bytes/story",
              static_cast<double>(info.st_blocks) * 512 / static_cast<double>(stories)));
}

void depth(std::uint64_t shallow, std::uint64_t deep, double goal, bool small) {
  scratch_dir dir;
  our_side a{dir / "shallow"}, b{dir / "deep"};
  fill(a, shallow);
  fill(b, deep);
  std::uint64_t at_a = 1, at_b = 1, jobs = small ? 100 : 10'000;
  print(with_goal(interleaved(
                    "P13 durable queue with " + std::to_string(deep) + " waiting, beside " + std::to_string(shallow),
                    "jobs/s", small ? 1 : 5,
                    [&] { return group_commit_rate(std::ref(b), std::exchange(at_b, at_b + jobs), jobs); },
                    [&] { return group_commit_rate(std::ref(a), std::exchange(at_a, at_a + jobs), jobs); }),
                  goal));
}

void encoding(bool small) {
  auto r = typical_record(1, state::implementing, 7);
  auto e = move_event(state::queued, move::dispatched, state::routing);
  std::string out;
  auto rounds = small ? 100 : 200'000;
  auto took = seconds([&] {
    for (int i = 0; i < rounds; ++i) {
      out.clear();
      codec::encode(out, r);
      codec::encode(out, e, "tickets/FIX-1");
    }
  });
  print(alone("encoding one step of a typical story (" + std::to_string(out.size()) + " bytes)", "us",
              took * 1e6 / rounds));
}

} // namespace

int main(int argc, char** argv) {
  auto small = is_small(argc, argv);
  auto full = false;
  for (int i = 1; i < argc; ++i)
    full = full || std::string_view{argv[i]} == "--full";
  encoding(small);
  queue_rates(small);
  recovery(small ? 500 : 10'000, 30);
  if (!small)
    recovery(100'000, 250);
  if (full)
    recovery(1'000'000, 2500);
  depth(small ? 100 : 1'000, small ? 1'000 : 100'000, 0.9, small);
  if (full)
    depth(1'000, 1'000'000, 0.8, small);
}
