#include <offhook/media/engine/leg_ticker.hpp>

#include <offhook/media/engine/leg.hpp>
#include <offhook/media/engine/worker_conference.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <utility>

namespace offhook::inline v0::media {
namespace {

constexpr std::uint64_t kTicksPerLook = 10;  // statistics and the peer's address are updated five times a second, as fast as a person can read

rtp::NtpTime to_ntp(base::Duration since_1970) { return rtp::NtpTime::from_unix(std::chrono::duration_cast<std::chrono::nanoseconds>(since_1970)); }

}  // namespace

LegTicker::LegTicker(Datagrams* datagrams, VoiceFeed* voice) : datagrams_(datagrams), voice_(voice) { due_.reserve(kMaxLegsPerWorker); }

void LegTicker::begin_phase(std::uint64_t phase) {
  const auto wall = std::chrono::system_clock::now().time_since_epoch();
  clock_.read(phase, base::Clock::now(), std::chrono::duration_cast<base::Duration>(wall));
}

TickTime LegTicker::time_of(std::uint64_t tick, base::TimePoint due) const {
  return {.tick = tick, .now = due, .wall = to_ntp(due.time_since_epoch() + clock_.wall_ahead())};
}

void LegTicker::begin(Leg& leg) {
  LegRow& row = *leg.place.row;
  if (leg.move.handed_over && leg.slot->voice) {
    row.voice.take_over(leg.place.lane, *leg.slot->voice, 0);
  } else {
    row.voice.reset(leg.place.lane);
  }
  if (row.model) voice_->begin((*row.model)[leg.place.lane]);
  datagrams_->add(leg);
}

void LegTicker::prefetch(std::span<LegRow* const> rows) {
  const auto each = [&](auto what) {
    for (const LegRow* const row : rows) {
      for (Leg* const leg : row->legs) {
        if (leg != nullptr) what(*leg);
      }
    }
  };
  each([](Leg& leg) { leg.prefetch_links(); });
  each([](Leg& leg) { leg.prefetch(); });
}

void LegTicker::receive(std::span<LegRow* const> rows) {
  due_.clear();
  for (const LegRow* const row : rows) {
    for (Leg* const leg : row->legs) {
      if (leg != nullptr) due_.push_back(leg);
    }
  }
  clock_.go_on(base::Clock::now());
  datagrams_->receive(due_, clock_);
}

void LegTicker::run_row(LegRow& row, const TickTime& time, const LegRow* later) {
  std::array<CodecChain::Frame, LegRow::kLanes> frames;
  std::array<std::span<const std::int16_t>, LegRow::kLanes> heard{};
  for (std::size_t lane = 0; lane < LegRow::kLanes; ++lane) {
    if (later != nullptr && later->legs[lane] != nullptr) later->legs[lane]->prefetch_links();
    Leg* const leg = row.legs[lane];
    if (leg == nullptr) continue;
    if (apply(*leg, time.now)) row.begin_voice(lane);
    heard[lane] = leg->stream.hear(time, frames[lane]);
    if (leg->relayed_with == nullptr) hear_voice(row, lane, heard[lane]);
  }
  row.voice.run();
  for (std::size_t lane = 0; lane < LegRow::kLanes; ++lane) {
    if (later != nullptr) later->voice.prefetch(lane);
    if (later != nullptr && later->legs[lane] != nullptr) later->legs[lane]->prefetch();
    if (row.legs[lane] != nullptr) speak(*row.legs[lane], time, heard[lane], row.found_voice(lane));
  }
}

void LegTicker::hear_voice(LegRow& row, std::size_t lane, std::span<const std::int16_t> heard) {
  row.voice.hear(lane, heard, row.legs[lane]->stream.sent_line());
  if (row.model) voice_->hear((*row.model)[lane], heard);
}

/// Carries out a start order. Returns true if audio of another codec starts.
bool LegTicker::apply(Leg& leg, base::TimePoint now) {
  StartOrder* const order = leg.orders.take();
  if (order == nullptr) return false;
  const bool other_chain = order->chain != nullptr;
  order->chain = leg.stream.start(order->plan, std::move(order->chain), order->relearn, now);
  datagrams_->untie(leg);  // The peer may have another address from now on.
  leg.orders.give_back(order);
  return other_chain;
}

void LegTicker::speak(Leg& leg, const TickTime& time, std::span<const std::int16_t> heard, const HeardVoice& voice) {
  sendout_.clear();
  leg.stream.go_on(time, heard, voice, sendout_);
  send(leg, time);
}

void LegTicker::send(Leg& leg, const TickTime& time) {
  datagrams_->send(leg, sendout_);
  if (leg.path) datagrams_->run_path(leg, clock_.now());  // Not `time.now`, because a late tick may be due before its datagrams came.
  const bool is_turn = time.tick % kTicksPerLook == leg.id.value % kTicksPerLook;
  if (leg.young != 0) --leg.young;
  if (leg.young != 0 || is_turn) note_statistics(leg);
  const bool may_tie = !leg.path || leg.path->hears_only_peer();
  if (is_turn && may_tie) datagrams_->mind_peer(leg, leg.stream.peer_heard(time.now - kTicksPerLook * kTick));
}

void LegTicker::finish(Leg& leg, base::TimePoint now) {
  sendout_.clear();
  leg.stream.finish(now, sendout_);
  datagrams_->send(leg, sendout_);
  if (leg.path) datagrams_->run_path(leg, clock_.now());
  note_statistics(leg);
}

void LegTicker::note_statistics(Leg& leg) {
  auto statistics = leg.stream.statistics();
  statistics.send_failed = leg.send_failed;
  statistics.path_refused = leg.path_refused;
  leg.statistics.write(statistics);
}

// --- conferences -----------------------------------------------------------------------------------------------------------

void LegTicker::hear_row(LegRow& row, const TickTime& time) {
  LegRow::Kept& kept = *row.kept;
  for (std::size_t lane = 0; lane < LegRow::kLanes; ++lane) {
    kept.ticked[lane] = false;
    Leg* const leg = row.legs[lane];
    if (leg == nullptr) continue;
    if (leg->move.handed_over && !catch_up(*leg, time)) continue;
    if (apply(*leg, time.now)) row.begin_voice(lane);
    kept.ticked[lane] = true;
    kept.heard[lane] = leg->stream.hear(time, kept.frames[lane]);
    if (leg->relayed_with == nullptr) hear_voice(row, lane, kept.heard[lane]);
  }
  row.voice.run();
  for (std::size_t lane = 0; lane < LegRow::kLanes; ++lane) {
    if (kept.ticked[lane]) say_to_conference(*row.legs[lane], time, kept.heard[lane], row.found_voice(lane));
  }
}

void LegTicker::say_to_conference(Leg& leg, const TickTime& time, std::span<const std::int16_t> heard, const HeardVoice& voice) {
  const SaidFrame said = leg.stream.take_in(time, heard, voice);
  if (leg.slot->room == nullptr) return;
  Conference& conference = leg.slot->room->conference;
  if (!leg.has_joined) leg.has_joined = conference.join(*leg.slot->member);  // false while a former member still has its slot
  if (leg.has_joined) conference.say(*leg.slot->member, said);
}

void LegTicker::answer_row(LegRow& row, const TickTime& time) {
  const LegRow::Kept& kept = *row.kept;
  for (std::size_t lane = 0; lane < LegRow::kLanes; ++lane) {
    if (!kept.ticked[lane]) continue;
    Leg& leg = *row.legs[lane];
    const auto others = leg.has_joined ? leg.slot->room->conference.others(*leg.slot->member) : OthersFrame{};
    sendout_.clear();
    leg.stream.give_out(time, kept.heard[lane], others, sendout_);
    send(leg, time);
  }
}

/// Catches up the ticks that a leg missed on its way here from another phase, so that its numbers and its audio continue. Returns false if the leg
/// already had the tick that is due.
bool LegTicker::catch_up(Leg& leg, const TickTime& time) {
  const auto last = leg.move.last_tick;
  if (time.tick <= last) return false;
  leg.move.handed_over = false;
  VoiceBank& voice = leg.place.row->voice;
  alone_.take_over(0, voice, leg.place.lane);
  const auto first = std::max(last + 1, time.tick - std::min(time.tick, kMaxCatchUpTicks));
  for (auto tick = first; tick < time.tick; ++tick) {
    const auto missed = time_of(tick, time.now - static_cast<std::int64_t>(time.tick - tick) * kTick);
    CodecChain::Frame frame;
    const auto heard = leg.stream.hear(missed, frame);
    alone_.hear(0, heard, leg.stream.sent_line());
    alone_.run();
    speak(leg, missed, heard, alone_.found(0));
  }
  voice.take_over(leg.place.lane, alone_, 0);
  return true;
}

}  // namespace offhook::inline v0::media
