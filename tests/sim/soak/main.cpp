// offhook_soak [CALLS [FIRST-SEED]]: makes CALLS calls on simulated networks, on all cores. It prints its progress to standard error, and a
// summary of the events as its last line. The exit code is 1 if a world had a problem. `./dev soak` runs this program.
#define DOCTEST_CONFIG_DISABLE
#include <offhook/tests/sim/lives.hpp>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <thread>

namespace {

using namespace offhook::sim;

struct Soak {
  std::uint64_t worlds, first_seed;
  std::atomic<std::uint64_t> next{0};
  std::mutex mutex;
  Lives all;

  /// Returns the disturbance of world n. Consecutive worlds have one kind after another.
  static Trouble trouble_of(std::uint64_t n) { return kTroubles[n % std::size(kTroubles)]; }

  void work() {
    Lives mine;
    for (std::uint64_t n = next++; n < worlds; n = next++) {
      mine.live(first_seed + n / std::size(kTroubles), trouble_of(n));
      if (!mine.complaints.empty()) complain(mine);
      const std::uint64_t step = std::max<std::uint64_t>(worlds / 50, 1);
      if ((n + 1) % step == 0)
        std::fprintf(stderr, "%3d %%, %llu calls\n", static_cast<int>(100 * (n + 1) / worlds),
                     static_cast<unsigned long long>((n + 1) * kCallsPerWorld));
    }
    const std::lock_guard lock(mutex);
    all.add(mine);
  }
  void complain(Lives& mine) {
    const std::lock_guard lock(mutex);
    for (const std::string& complaint : mine.complaints) std::printf("FAIL %s\n", complaint.c_str());
    std::fflush(stdout);
    all.complaints.insert(all.complaints.end(), mine.complaints.begin(), mine.complaints.end());
    mine.complaints.clear();
  }
};

}  // namespace

int main(int argc, char** argv) {
  const std::uint64_t calls = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 1000000;
  Soak soak{(calls + kCallsPerWorld - 1) / kCallsPerWorld, argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 1, {}, {}, {}};
  if (soak.worlds == 0 || soak.first_seed == 0) {
    std::fprintf(stderr, "offhook_soak: [CALLS [FIRST-SEED]] are numbers over 0\n");
    return 2;
  }
  std::vector<std::thread> workers;
  for (unsigned i = 0; i < std::max(1U, std::thread::hardware_concurrency()); ++i) workers.emplace_back([&soak] { soak.work(); });
  for (std::thread& worker : workers) worker.join();
  const auto last_seed = soak.first_seed + (soak.worlds - 1) / std::size(kTroubles);
  std::printf("%s seeds %llu to %llu, %.2f years, %zu wrong: %s\n", soak.all.complaints.empty() ? "PASS" : "FAIL",
              static_cast<unsigned long long>(soak.first_seed), static_cast<unsigned long long>(last_seed), soak.all.years,
              soak.all.complaints.size(), soak.all.told().c_str());
  return soak.all.complaints.empty() ? 0 : 1;
}
