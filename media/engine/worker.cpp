#include <offhook/media/engine/worker.hpp>

#include <offhook/media/engine/block_signals.hpp>

#include <pthread.h>
#include <sys/prctl.h>
#include <time.h>

#include <algorithm>
#include <chrono>
#include <future>
#include <span>
#include <utility>

namespace offhook::inline v0::media {
namespace {

// The number of rows that are read, ticked and sent together. It is small, so that a call's data, including the kernel's, stays in the cache meanwhile.
constexpr std::size_t kRowsAtOnce = 2;

timespec to_timespec(base::Duration since_epoch) {
  const auto nanoseconds = std::chrono::duration_cast<std::chrono::nanoseconds>(since_epoch).count();
  return {.tv_sec = nanoseconds / 1'000'000'000, .tv_nsec = nanoseconds % 1'000'000'000};
}

}  // namespace

Worker::Worker(base::TimePoint origin, DatagramPath wanted, VoiceFeed* voice, bool before_others, PacketTap* tap)
    : origin_(origin), datagrams_(make_datagrams(wanted, refused_)), ticker_(datagrams_.get(), voice), relays_(datagrams_.get()),
      departures_(datagrams_.get(), ticker_, relays_) {
  if (!datagrams_) return;
  datagrams_->set_tap(tap);
  const BlockSignals block;
  std::promise<bool> begun;
  thread_ = std::thread([this, &begun, before_others] {
    if (before_others) scheduling_ = go_before_others();
    const bool works = datagrams_->begin();
    begun.set_value(works);
    if (works) run();
  });
  pthread_setname_np(thread_.native_handle(), "offhook-media");
  works_ = begun.get_future().get();
  if (!works_) refused_ = "the worker's thread cannot enable its io_uring";
}

Worker::~Worker() {
  stop();
  join();
  // These legs arrived after the thread had ended. Their recordings must be complete, too.
  Sendout unsent;
  for (Leg* leg = arriving_.take_all(); leg != nullptr; leg = leg->next_arriving) leg->stream.finish(base::Clock::now(), unsent);
}

void Worker::join() {
  if (thread_.joinable()) thread_.join();
}

void Worker::run() {
  ::prctl(PR_SET_TIMERSLACK, 1UL);  // Otherwise the kernel wakes the thread up to 50 us late, to save power.
  load_meter_.begin(base::Clock::now());
  while (!stop_.load(std::memory_order_relaxed)) {
    sleep_until_next();
    run_due_phases();
  }
  end_all();
}

// Sends BYE to all callers and ends all recordings, including those of legs that are moving from here to another worker.
void Worker::end_all() {
  begin_arriving();
  const auto now = base::Clock::now();
  departures_.finish_moving(now);
  rows_.for_each_leg([&](Leg& leg) { departures_.close(leg, now); });
  departures_.finish_closed(now);
  conferences_.finish();
  static_cast<void>(datagrams_->flush());
}

// Sleeps through phases without legs, except for one phase in each tick, in which legs arrive. It does not skip phases while a leg leaves, because
// another worker waits for it, nor while legs are relayed.
void Worker::sleep_until_next() {
  std::uint64_t next = next_phase_;
  while (next % kPhases != 0 && is_idle(next) && !is_awake()) ++next;
  const auto longest = base::Clock::now() + kTick;  // Even if the origin is far in the future, the thread must notice that it should stop.
  const timespec until = to_timespec(std::min(due(next), longest).time_since_epoch());  // steady_clock is CLOCK_MONOTONIC
  ::clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, nullptr);
}

void Worker::run_due_phases() {
  auto now = base::Clock::now();
  if (now < origin_) return;
  const auto current = static_cast<std::uint64_t>((now - origin_) / kPhase);
  constexpr auto kMaxCatchUp = kMaxCatchUpTicks * kPhases;
  if (current >= next_phase_ + kMaxCatchUp) {  // The process was suspended, or delayed for long.
    load_meter_.on_start(now - due(next_phase_));
    const auto from = current - kMaxCatchUp + 1;
    load_meter_.on_left_out(from - std::exchange(next_phase_, from));
  }
  for (; next_phase_ <= current; ++next_phase_) {
    const bool ticks = !is_idle(next_phase_);
    if (!ticks && next_phase_ % kPhases != 0 && !is_awake()) continue;
    const auto at = due(next_phase_);
    load_meter_.on_start(now - at);
    run_phase(at);
    now = base::Clock::now();
    if (ticks) load_meter_.on_done(now - at);
  }
  if (load_meter_.is_due(now)) load_meter_.end_window(now, rows_.legs());
}

void Worker::run_phase(base::TimePoint due) {
  conferences_.take_in();
  RelayOrder* const relay_orders = relays_.take();  // Taken before the legs, because the legs of an order were pushed before the order.
  begin_arriving();
  relays_.apply(relay_orders, due);
  ticker_.begin_phase(next_phase_ % kPhases);
  const auto time = ticker_.time_of(next_phase_ / kPhases, due);
  run_rows(time);
  if (!is_idle(next_phase_)) run_conferences(time);
  departures_.end_phase(time.tick, due);
  rows_.remove_empty(next_phase_);
  static_cast<void>(datagrams_->flush());
  departures_.let_go();
}

void Worker::begin_arriving() {
  for (Leg* leg = arriving_.take_all(); leg != nullptr;) begin(*std::exchange(leg, leg->next_arriving));
}

void Worker::begin(Leg& leg) {
  leg.place = leg.slot->place;
  if (LegSlot* const before = std::exchange(leg.move.from, nullptr)) before->left.store(true, std::memory_order_release);  // The former slot may now be freed.
  LegRow& row = *leg.place.row;
  row.legs[leg.place.lane] = &leg;
  if (row.count++ == 0) rows_.add(row);
  ticker_.begin(leg);
}

void Worker::run_rows(const TickTime& time) {
  std::span<LegRow* const> left(rows_.plain(next_phase_));
  LegTicker::prefetch(left.first(std::min(left.size(), kRowsAtOnce)));
  do {  // At least once, because RTCP comes at any time.
    const auto some = left.first(std::min(left.size(), kRowsAtOnce));
    left = left.subspan(some.size());
    ticker_.receive(some);
    for (std::size_t i = 0; i < some.size(); ++i) {
      departures_.apply_all(*some[i], time.now);
      ticker_.run_row(*some[i], time, i < left.size() ? left[i] : nullptr);
    }
  } while (!left.empty());
}

void Worker::run_conferences(const TickTime& time) {
  const auto phase = next_phase_ % kPhases;
  const auto& rows = rows_.of_conferences(phase);
  ticker_.receive(rows);
  conferences_.begin(phase);
  for (LegRow* const row : rows) {
    departures_.apply_all(*row, time.now);
    ticker_.hear_row(*row, time);
  }
  conferences_.mix(phase, time.tick);
  for (LegRow* const row : rows) ticker_.answer_row(*row, time);
  conferences_.end(phase, time.tick);
}

}  // namespace offhook::inline v0::media
