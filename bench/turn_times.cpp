#include <offhook/bench/turn_times.hpp>

#include <map>

namespace offhook::bench {

namespace {

constexpr std::size_t kFrame = 320;           // 20 ms at 16 kHz
constexpr std::int64_t kTickUs = 20'000;

/// Returns the session of the simulator that got audio just after this caller spoke in most of the turns.
std::optional<unsigned> session_of(const std::vector<HeardTurn>& turns, const std::vector<SimTurn>& model) {
  std::map<unsigned, std::size_t> votes;
  for (const HeardTurn& turn : turns) {
    for (const SimTurn& each : model) {
      const auto passed = each.last_voiced_us - turn.last_voiced_us;
      if (each.session && passed >= 0 && passed < kFarthestUs) ++votes[*each.session];
    }
  }
  std::optional<unsigned> best;
  for (const auto& [session, count] : votes) {
    if (!best || count > votes[*best]) best = session;
  }
  return best;
}

}  // namespace

std::optional<SimTurn> turn_of(const HeardTurn& turn, const std::vector<SimTurn>& model, std::optional<unsigned> session, std::int64_t farthest_us) {
  std::optional<SimTurn> best;
  for (const SimTurn& each : model) {
    const auto passed = each.last_voiced_us - turn.last_voiced_us;
    if (passed < 0 || passed >= farthest_us || (session && session != each.session) || each.first_delta_us > turn.first_voiced_us) continue;
    if (!best || each.first_delta_us > best->first_delta_us) best = each;
  }
  return best;
}

std::vector<SimTurn> sim_turns(const std::vector<nlohmann::json>& log) {
  std::vector<SimTurn> turns;
  for (const auto& event : log) {
    if (event.value("what", "") != "first_delta" || event.value("last_voiced_us", std::int64_t{0}) == 0) continue;
    turns.push_back({event.value("session", 0U), event["last_voiced_us"].get<std::int64_t>(), event["t_us"].get<std::int64_t>()});
  }
  return turns;
}

std::vector<HeardTurn> heard_turns(const caller::StepCaller& caller, std::int64_t origin_us, const std::vector<SimTurn>& model, std::int64_t farthest_us) {
  const auto recording = caller.recording();
  if (!caller.origin_tick()) return {};
  const std::int64_t begin_us = origin_us + static_cast<std::int64_t>(*caller.origin_tick()) * kTickUs;
  std::vector<HeardTurn> turns;
  const auto& spoken = caller.spoken();
  for (std::size_t k = 0; k < spoken.size(); ++k) {
    const std::size_t until = k + 1 == spoken.size() ? recording.heard.size() : spoken[k + 1].begin;
    const auto asked = agent::demo::last_voiced(recording.sent, recording.rate_hz, spoken[k].begin, spoken[k].end);
    if (!asked) continue;
    // The end of an interrupted reply does not count as a reply. No reply can start within the silence that ends a turn.
    const auto from = *asked + recording.rate_hz * 3 / 10;
    const auto answered = agent::demo::first_voiced(recording.heard, recording.rate_hz, from, until);
    if (!answered) continue;
    turns.push_back({begin_us + static_cast<std::int64_t>(*asked / kFrame) * kTickUs,
                     begin_us + static_cast<std::int64_t>(*answered) * kTickUs / static_cast<std::int64_t>(kFrame),
                     static_cast<double>(*answered - *asked) * 1000 / recording.rate_hz});
  }
  const auto session = session_of(turns, model);
  for (HeardTurn& turn : turns) turn.model = turn_of(turn, model, session, farthest_us);
  return turns;
}

}  // namespace offhook::bench
