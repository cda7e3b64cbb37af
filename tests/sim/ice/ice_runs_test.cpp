#include <offhook/tests/sim/ice/ice_run.hpp>

#include <doctest/doctest.h>

#include <cstdio>
#include <cstdlib>
#include <map>
#include <string>

using namespace offhook;
using sim::ice::Access;
using sim::ice::IceRun;
using sim::ice::kAccesses;
using sim::ice::Plan;

namespace {

struct Tally {
  int runs = 0, paths = 0, failures = 0;
  std::map<rtp::IceFailure, int> causes;
};

std::string words_of(const Plan& plan) {
  std::string words;
  for (const auto& side : plan.sides) {
    words += std::string(name_of(side.access)) + (side.has_relay ? ", TURN" : "") + (side.has_v4 ? ", IPv4" : "") + (side.has_v6 ? side.v6_firewall ? ", IPv6 with a firewall" : ", IPv6" : "") +
             (side.lite ? ", lite" : "") + (side.trickles ? ", trickle" : "") + (side.controlling ? ", controlling" : "") + "; ";
  }
  return words + "shared " + std::to_string(static_cast<int>(plan.shared)) + ", components " + std::to_string(plan.components) + ", loss " + std::to_string(plan.weather.loss_percent) + " %";
}

/// Checks that both agents complete if the search found a path, with media in both directions, and otherwise fail with the right cause.
void judge(IceRun& run, bool path, Tally& tally) {
  for (std::size_t number = 0; number < 2; ++number) {
    CAPTURE(number);
    CHECK(run.is_connected(number) == path);
    const auto& failure = run.side(number).failure;
    CHECK(failure.has_value() != path);
    if (!failure) continue;
    CHECK(*failure == run.cause(number));
    ++tally.causes[*failure];
  }
  CHECK(run.carries_media() == path);
  CHECK(run.was_sound());
}

void live(const Plan& plan, std::uint64_t seed, Tally& tally) {
  INFO("seed " << seed << ": " << words_of(plan));
  IceRun run(plan, seed);
  if (std::getenv("OFFHOOK_SIM_TRACE") != nullptr) run.trace = [](const std::string& line) { std::puts(line.c_str()); };
  const bool path = run.has_path();
  ++tally.runs;
  ++(path ? tally.paths : tally.failures);
  run.connect();
  judge(run, path, tally);
  if (!path) return;
  if (plan.restarts) {
    run.restart();
    judge(run, path, tally);
  }
  if (plan.weather.loss_percent > 0) return;  // Requests for consent are not repeated, so loss may end the consent: RFC 7675 section 5.1.
  run.run_for(std::chrono::seconds(60));
  CHECK(run.carries_media());
  CHECK(run.side(0).consents_lost + run.side(1).consents_lost == 0);
}

}  // namespace

TEST_CASE("ICE finds a path if and only if the network has one, for all pairs of accesses, with and without TURN, with loss up to 30 %") {
  const char* const wanted = std::getenv("OFFHOOK_ICE_RUNS");
  const char* const only = std::getenv("OFFHOOK_SEED");
  const std::uint64_t first = only != nullptr ? std::strtoull(only, nullptr, 10) : 0;
  const std::uint64_t combinations = kAccesses.size() * kAccesses.size() * 4;
  const std::uint64_t runs = only != nullptr ? 1 : wanted != nullptr ? std::strtoull(wanted, nullptr, 10) : 2 * combinations;
  Tally tally;
  for (std::uint64_t seed = first; seed < first + runs; ++seed) {
    const std::uint64_t combination = seed % combinations;
    base::SeededRandom random(seed);
    const Plan plan = draw(kAccesses[combination / 4 % kAccesses.size()], kAccesses[combination / 4 / kAccesses.size()], (combination & 1) != 0, (combination & 2) != 0, random);
    live(plan, seed, tally);
  }
  MESSAGE(tally.runs << " runs: " << tally.paths << " with a path, " << tally.failures << " without one");
  for (const auto& [cause, count] : tally.causes) MESSAGE(count << " agents: " << to_string(cause));
  if (only != nullptr) return;
  CHECK(tally.paths > tally.runs / 2);
  CHECK(tally.failures > tally.runs / 10);
}
