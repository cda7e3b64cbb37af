#include <offhook/media/engine/worker.hpp>

#include <offhook/media/engine/block_signals.hpp>

#include <pthread.h>
#include <sys/prctl.h>
#include <time.h>

#include <algorithm>
#include <chrono>
#include <future>
#include <utility>

namespace offhook::inline v0::media {
namespace {

constexpr base::Duration kLoadWindow = std::chrono::milliseconds(500);

timespec to_timespec(base::Duration since_epoch) {
  const auto nanoseconds = std::chrono::duration_cast<std::chrono::nanoseconds>(since_epoch).count();
  return {.tv_sec = nanoseconds / 1'000'000'000, .tv_nsec = nanoseconds % 1'000'000'000};
}

rtp::NtpTime to_ntp(base::Duration since_1970) { return rtp::NtpTime::from_unix(std::chrono::duration_cast<std::chrono::nanoseconds>(since_1970)); }

base::Duration own_processor_time() {
  timespec used{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
  return std::chrono::duration_cast<base::Duration>(std::chrono::seconds(used.tv_sec) + std::chrono::nanoseconds(used.tv_nsec));
}

}  // namespace

Worker::Worker(base::TimePoint origin, DatagramPath wanted, VoiceFeed* voice)
    : origin_(origin), datagrams_(make_datagrams(wanted, refused_)), voice_(voice) {
  if (!datagrams_) return;
  for (auto& rows : rows_) rows.reserve(kMaxLegsPerWorker / LegRow::kLanes);
  due_.reserve(kMaxLegsPerWorker);
  leaving_.reserve(kMaxLegsPerWorker);
  const BlockSignals block;
  std::promise<bool> begun;
  thread_ = std::thread([this, &begun] {
    const bool works = datagrams_->begin();
    begun.set_value(works);
    if (works) run();
  });
  pthread_setname_np(thread_.native_handle(), "offhook-media");
  works_ = begun.get_future().get();
  if (!works_) refused_ = "the thread cannot use what it made";
}

Worker::~Worker() {
  stop();
  if (thread_.joinable()) thread_.join();
}

base::Duration Worker::take_worst_lateness() { return base::Duration(worst_lateness_.exchange(0, std::memory_order_relaxed)); }

void Worker::run() {
  ::prctl(PR_SET_TIMERSLACK, 1UL);  // Else the kernel wakes us up to 50 us late, to save power.
  load_since_ = base::Clock::now();
  worked_ = own_processor_time();
  while (!stop_.load(std::memory_order_relaxed)) {
    sleep_until_next();
    run_due_phases();
  }
  end_all();
}

// Those who call hear a BYE, and what is recorded is ended.
void Worker::end_all() {
  for (Leg* leg = arriving_.take_all(); leg != nullptr;) begin(*std::exchange(leg, leg->next_arriving));
  const auto now = base::Clock::now();
  for (const auto& rows : rows_) {
    for (const LegRow* const row : rows) {
      for (Leg* const leg : row->legs) {
        if (leg != nullptr) end(*leg, now);
      }
    }
  }
  datagrams_->flush();
}

// Phases without legs are slept through, but for one in each tick, in which legs arrive.
void Worker::sleep_until_next() {
  std::uint64_t next = next_phase_;
  while (next % kPhases != 0 && rows_of(next).empty()) ++next;
  const auto longest = base::Clock::now() + kTick;  // An origin far away must not keep us from seeing that we are to stop.
  const timespec until = to_timespec(std::min(due(next), longest).time_since_epoch());  // steady_clock is CLOCK_MONOTONIC.
  ::clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, nullptr);
}

void Worker::run_due_phases() {
  auto now = base::Clock::now();
  if (now < origin_) return;
  const auto current = static_cast<std::uint64_t>((now - origin_) / kPhase);
  constexpr auto kMaxCatchUp = kMaxCatchUpTicks * kPhases;
  note_lateness(now - due(next_phase_));
  if (current >= next_phase_ + kMaxCatchUp) {  // Suspended, or starved for long.
    const auto from = current - kMaxCatchUp + 1;
    left_out_.fetch_add(from - std::exchange(next_phase_, from), std::memory_order_relaxed);
  }
  for (; next_phase_ <= current; ++next_phase_) {
    const bool idle = rows_of(next_phase_).empty();
    if (idle && next_phase_ % kPhases != 0) continue;
    const auto at = due(next_phase_);
    note_lateness(now - at);
    run_phase(at);
    now = base::Clock::now();
    if (!idle) tick_histogram_.add(now - at);
  }
  measure_load(now);
}

void Worker::note_lateness(base::Duration late) {
  if (late.count() > worst_lateness_.load(std::memory_order_relaxed)) worst_lateness_.store(late.count(), std::memory_order_relaxed);
}

void Worker::measure_load(base::TimePoint now) {
  if (now - load_since_ < kLoadWindow) return;
  const auto before = std::exchange(worked_, own_processor_time());
  const auto passed = now - std::exchange(load_since_, now);
  std::size_t legs = 0;
  for (const auto& rows : rows_) {
    for (const LegRow* const row : rows) legs += row->count;
  }
  load_.store(static_cast<float>((worked_ - before).count()) / static_cast<float>(passed.count()), std::memory_order_relaxed);
  loaded_legs_.store(legs, std::memory_order_relaxed);
}

void Worker::run_phase(base::TimePoint due) {
  for (Leg* leg = arriving_.take_all(); leg != nullptr;) begin(*std::exchange(leg, leg->next_arriving));
  auto& rows = rows_of(next_phase_);
  receive(rows);
  const TickTime time{.tick = next_phase_ / kPhases, .now = due, .wall = to_ntp(due.time_since_epoch() + clock_.wall_ahead())};
  for (LegRow* const row : rows) run_row(*row, time);
  std::erase_if(rows, [](const LegRow* row) { return row->count == 0; });
  datagrams_->flush();
  let_go();
}

void Worker::receive(const Rows& rows) {
  due_.clear();
  for (const LegRow* const row : rows) {
    for (Leg* const leg : row->legs) {
      if (leg != nullptr) due_.push_back(leg);
    }
  }
  const auto wall = std::chrono::system_clock::now().time_since_epoch();
  clock_.read(next_phase_ % kPhases, base::Clock::now(), std::chrono::duration_cast<base::Duration>(wall));
  datagrams_->receive(due_, clock_);
}

void Worker::begin(Leg& leg) {
  LegRow& row = *leg.place.row;
  row.legs[leg.place.lane] = &leg;
  row.voice.reset(leg.place.lane);
  if (row.model) voice_->begin((*row.model)[leg.place.lane]);
  if (row.count++ == 0) rows_of(row.phase).push_back(&row);
  datagrams_->add(leg);
}

void Worker::run_row(LegRow& row, const TickTime& time) {
  std::array<CodecChain::Frame, LegRow::kLanes> frames;
  std::array<std::span<const std::int16_t>, LegRow::kLanes> heard{};
  for (std::size_t lane = 0; lane < LegRow::kLanes; ++lane) {
    Leg* const leg = row.legs[lane];
    if (leg == nullptr) continue;
    if (leg->closing.load(std::memory_order_acquire)) {
      end(*leg, time.now);
      continue;
    }
    if (obey(*leg, time.now)) {
      row.voice.reset(lane);
      if (row.model) VoiceFeed::restart((*row.model)[lane]);
    }
    heard[lane] = leg->stream.hear(time, frames[lane]);
    row.voice.hear(lane, heard[lane]);
    if (row.model) voice_->hear((*row.model)[lane], heard[lane]);
  }
  row.voice.run();
  for (std::size_t lane = 0; lane < LegRow::kLanes; ++lane) {
    if (row.legs[lane] != nullptr) speak(*row.legs[lane], time, heard[lane], judge_voice(row, lane));
  }
}

bool Worker::judge_voice(LegRow& row, std::size_t lane) {
  const bool plain = row.voice.voiced(lane);
  return row.model ? VoiceFeed::judge((*row.model)[lane], plain) : plain;
}

void Worker::speak(Leg& leg, const TickTime& time, std::span<const std::int16_t> heard, bool voice) {
  sendout_.clear();
  leg.stream.go_on(time, heard, voice, sendout_);
  datagrams_->send(leg, sendout_);
  note_statistics(leg);
}

/// Whether another codec's sound begins.
bool Worker::obey(Leg& leg, base::TimePoint now) {
  StartOrder* const order = leg.orders.take();
  if (order == nullptr) return false;
  const bool other_chain = order->chain != nullptr;
  order->chain = leg.stream.start(order->plan, std::move(order->chain), order->relearn, now);
  leg.orders.give_back(order);
  return other_chain;
}

void Worker::end(Leg& leg, base::TimePoint now) {
  sendout_.clear();
  leg.stream.finish(now, sendout_);
  datagrams_->send(leg, sendout_);
  note_statistics(leg);
  datagrams_->remove(leg);
  leg.place.row->legs[leg.place.lane] = nullptr;
  --leg.place.row->count;
  leaving_.push_back(&leg);
}

void Worker::let_go() {
  std::erase_if(leaving_, [this](Leg* leg) {
    if (!datagrams_->is_released(*leg)) return false;
    note_statistics(*leg);  // The BYE may have been refused since.
    leg->rtp.close();
    leg->rtcp.close();
    leg->gone.store(true, std::memory_order_release);  // Whoever reads it may free the leg.
    return true;
  });
}

void Worker::note_statistics(Leg& leg) {
  auto statistics = leg.stream.statistics();
  statistics.send_failed = leg.send_failed;
  leg.statistics.write(statistics);
}

}  // namespace offhook::inline v0::media
