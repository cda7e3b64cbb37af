#pragma once

#include <offhook/base/random.hpp>
#include <offhook/tests/services/openai/scenario.hpp>
#include <offhook/tests/testkit/sample.hpp>
#include <offhook/tests/testkit/sanitized.hpp>

#include <array>
#include <chrono>
#include <cstdint>
#include <cstdlib>

namespace offhook::agent::test {

/// The random decisions of one run.
class Chance {
 public:
  explicit Chance(std::uint64_t seed) : random_(seed) {}
  std::uint32_t below(std::uint32_t bound) { return random_.next_u32() % bound; }
  bool one_in(std::uint32_t count) { return below(count) == 0; }
  template <class List>
  auto of(const List& list) { return list[below(static_cast<std::uint32_t>(list.size()))]; }

 private:
  base::SeededRandom random_;
};

/// The runs of a test: one for each seed from first to last.
struct Seeds {
  std::uint64_t first = 1, last = 1;
  bool is_one = false;  ///< true if OFFHOOK_SEED chose a single run, to which no check of totals over all runs applies
};

/// Returns the seeds 1 to `usually`. In a build with sanitizers, where a run takes ten times as long, returns the seeds 1 to `under_sanitizers` in
/// `./dev test --full`, and otherwise half of them. If the environment
/// has OFFHOOK_SEED, returns only that seed. If it has OFFHOOK_FAULT_RUNS, returns the seeds 1 to that number.
inline Seeds seeds_to_run(unsigned usually, unsigned under_sanitizers) {
  if (const char* one = std::getenv("OFFHOOK_SEED")) return {std::strtoull(one, nullptr, 10), std::strtoull(one, nullptr, 10), true};
  if (const char* runs = std::getenv("OFFHOOK_FAULT_RUNS")) return {1, std::strtoull(runs, nullptr, 10)};
#if OFFHOOK_SANITIZED
  static_cast<void>(usually);
  return {1, under_sanitizers / offhook_test::sample_step(2)};
#else
  static_cast<void>(under_sanitizers);
  return {1, usually};
#endif
}

using FaultKind = services::openai::Fault::Kind;
/// Faults of a response that the model itself speaks.
inline constexpr std::array kFaultsOfReplies{FaultKind::Latency, FaultKind::Error, FaultKind::Failed, FaultKind::Incomplete, FaultKind::Stall,
                                             FaultKind::Freeze, FaultKind::Garbage, FaultKind::BrokenJson, FaultKind::BrokenBase64, FaultKind::Drop,
                                             FaultKind::Close, FaultKind::Empty, FaultKind::UnknownEvents};
inline constexpr std::array kStatuses{401, 403, 408, 429, 500, 503};
inline constexpr std::array kCloses{1000, 1001, 1007, 1008, 1011, 4000};

/// Makes a fault of this kind with a random status, delay and extent.
inline services::openai::Fault any_fault(Chance& chance, FaultKind kind) {
  services::openai::Fault fault;
  fault.kind = kind;
  fault.status = kind == FaultKind::Close ? chance.of(kCloses) : chance.of(kStatuses);
  fault.code = fault.status == 401 ? "invalid_api_key" : "server_error";
  fault.message = "as the test wants it";
  fault.delay = std::chrono::milliseconds(500 * (1 + chance.below(12)));
  fault.after_bytes = chance.one_in(3) ? 0 : chance.below(30000);
  fault.bytes = 1 + chance.below(7);
  if (fault.status == 429) fault.retry_after = static_cast<int>(chance.below(30));
  return fault;
}

}  // namespace offhook::agent::test
