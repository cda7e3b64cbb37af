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
// Rows that are read, ticked and sent together: a call's data, also in the kernel, stays in the cache the whole time.
constexpr std::size_t kRowsAtOnce = 2;
constexpr std::uint64_t kTicksPerLook = 10;  // statistics and the peer's address are checked no more often than a person can read

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

Worker::Worker(base::TimePoint origin, DatagramPath wanted, VoiceFeed* voice, bool before_others)
    : origin_(origin), datagrams_(make_datagrams(wanted, refused_)), voice_(voice) {
  if (!datagrams_) return;
  for (auto* const all : {&rows_, &conference_rows_}) {
    for (auto& rows : *all) rows.reserve(kMaxLegsPerWorker / LegRow::kLanes);
  }
  due_.reserve(kMaxLegsPerWorker);
  departing_.reserve(kMaxLegsPerWorker);
  leaving_.reserve(kMaxLegsPerWorker);
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
  if (!works_) refused_ = "the thread cannot use what it made";
}

Worker::~Worker() {
  stop();
  join();
  // These legs arrived after the thread had ended: their recordings must be complete, too.
  for (Leg* leg = arriving_.take_all(); leg != nullptr; leg = leg->next_arriving) leg->stream.finish(base::Clock::now(), sendout_);
}

void Worker::join() {
  if (thread_.joinable()) thread_.join();
}

base::Duration Worker::take_worst_lateness() { return base::Duration(worst_lateness_.exchange(0, std::memory_order_relaxed)); }

void Worker::run() {
  ::prctl(PR_SET_TIMERSLACK, 1UL);  // Otherwise the kernel wakes the thread up to 50 us late, to save power.
  load_since_ = base::Clock::now();
  worked_ = own_processor_time();
  while (!stop_.load(std::memory_order_relaxed)) {
    sleep_until_next();
    run_due_phases();
  }
  end_all();
}

template <class Visit>
void Worker::for_each_leg(const Visit& visit) {
  for (const auto* const all : {&rows_, &conference_rows_}) {
    for (const auto& rows : *all) {
      for (const LegRow* const row : rows) {
        for (Leg* const leg : row->legs) {
          if (leg != nullptr) visit(*leg);
        }
      }
    }
  }
}

// Sends BYE to all callers and ends all recordings, also those of legs that are moving from here to another worker.
void Worker::end_all() {
  for (Leg* leg = arriving_.take_all(); leg != nullptr;) begin(*std::exchange(leg, leg->next_arriving));
  const auto now = base::Clock::now();
  for (Leg* const leg : leaving_) {
    if (leg->move.to != nullptr) say_goodbye(*leg, now);
  }
  for_each_leg([&](Leg& leg) { close(leg, now); });
  while (!closing_.empty()) end_some(now);
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
    note_lateness(now - due(next_phase_));
    const auto from = current - kMaxCatchUp + 1;
    const auto left_out = from - std::exchange(next_phase_, from);
    left_out_.fetch_add(left_out, std::memory_order_relaxed);
    lateness_.add_left_out(left_out);
  }
  for (; next_phase_ <= current; ++next_phase_) {
    const bool ticks = !is_idle(next_phase_);
    if (!ticks && next_phase_ % kPhases != 0 && !is_awake()) continue;
    const auto at = due(next_phase_);
    note_lateness(now - at);
    run_phase(at);
    now = base::Clock::now();
    if (!ticks) continue;
    tick_histogram_.add(now - at);
    lateness_.add(now - at);
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
  for (const auto* const all : {&rows_, &conference_rows_}) {
    for (const auto& rows : *all) {
      for (const LegRow* const row : rows) legs += row->count;
    }
  }
  load_.store(static_cast<float>((worked_ - before).count()) / static_cast<float>(passed.count()), std::memory_order_relaxed);
  loaded_legs_.store(legs, std::memory_order_relaxed);
  late_.store(lateness_.end_window(), std::memory_order_relaxed);
}

void Worker::run_phase(base::TimePoint due) {
  conferences_.take_in();
  RelayOrder* const relay_orders = relay_orders_.take_all();  // Taken before the legs, because the legs of an order were pushed before it.
  for (Leg* leg = arriving_.take_all(); leg != nullptr;) begin(*std::exchange(leg, leg->next_arriving));
  obey_relay_orders(due, relay_orders);
  auto& rows = rows_of(next_phase_);
  const auto wall = std::chrono::system_clock::now().time_since_epoch();
  clock_.read(next_phase_ % kPhases, base::Clock::now(), std::chrono::duration_cast<base::Duration>(wall));
  const TickTime time{.tick = next_phase_ / kPhases, .now = due, .wall = wall_at(due)};
  std::span<LegRow* const> left(rows);
  prefetch(left.first(std::min(left.size(), kRowsAtOnce)));
  do {  // At least once, because RTCP comes at any time.
    const auto some = left.first(std::min(left.size(), kRowsAtOnce));
    left = left.subspan(some.size());
    receive(some);
    for (std::size_t i = 0; i < some.size(); ++i) run_row(*some[i], time, i < left.size() ? left[i] : nullptr);
  } while (!left.empty());
  if (!is_idle(next_phase_)) run_conferences(time);
  for (Leg* const leg : departing_) depart(*leg, time.tick);
  departing_.clear();
  end_some(due);
  for (auto* const each : {&rows, &rows_of_conferences(next_phase_)})
    std::erase_if(*each, [](const LegRow* row) { return row->count == 0; });
  static_cast<void>(datagrams_->flush());
  let_go();
}

/// Prefetches the first rows. run_row() prefetches the later ones meanwhile.
void Worker::prefetch(std::span<LegRow* const> rows) {
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

rtp::NtpTime Worker::wall_at(base::TimePoint time) const { return to_ntp(time.time_since_epoch() + clock_.wall_ahead()); }

void Worker::receive(std::span<LegRow* const> rows) {
  due_.clear();
  for (const LegRow* const row : rows) {
    for (Leg* const leg : row->legs) {
      if (leg != nullptr) due_.push_back(leg);
    }
  }
  clock_.go_on(base::Clock::now());
  datagrams_->receive(due_, clock_);
}

void Worker::begin(Leg& leg) {
  leg.place = leg.slot->place;
  if (LegSlot* const before = std::exchange(leg.move.from, nullptr)) before->left.store(true, std::memory_order_release);  // It may be freed from now on.
  LegRow& row = *leg.place.row;
  row.legs[leg.place.lane] = &leg;
  if (leg.move.handed_over && leg.slot->voice) {
    row.voice.take_over(leg.place.lane, *leg.slot->voice, 0);
  } else {
    row.voice.reset(leg.place.lane);
  }
  if (row.model) voice_->begin((*row.model)[leg.place.lane]);
  if (row.count++ == 0) (row.kept ? rows_of_conferences(row.phase) : rows_of(row.phase)).push_back(&row);
  datagrams_->add(leg);
}

void Worker::obey_relay_orders(base::TimePoint now, RelayOrder* newest) {
  RelayOrder* oldest = nullptr;
  while (newest != nullptr) {
    RelayOrder* const order = std::exchange(newest, newest->next_arriving);
    order->next_arriving = std::exchange(oldest, order);
  }
  while (oldest != nullptr) {
    RelayOrder& order = *std::exchange(oldest, oldest->next_arriving);
    for (Leg* const leg : order.legs) part(*leg, now);  // With the translators that have their numbers.
    for (std::size_t i = 0; i < order.legs.size(); ++i) {
      if (order.translators[i]) order.translators[i] = order.legs[i]->stream.take(std::move(order.translators[i]));
    }
    if (order.what == RelayOrder::What::Join) join(*order.legs[0], *order.legs[1], now);
    order.done.store(true, std::memory_order_release);  // A thread that reads it may free the order, and later its legs when they are gone.
  }
}

void Worker::join(Leg& a, Leg& b, base::TimePoint now) {
  const auto is_here = [](const Leg& leg) { return leg.place.row->legs[leg.place.lane] == &leg; };
  if (!is_here(a) || !is_here(b)) return;  // One of the legs was closed meanwhile.
  Stream::join(a.stream, b.stream, now);
  a.relayed_with = &b;
  b.relayed_with = &a;
  for (Leg* const leg : {&a, &b}) datagrams_->watch_audio(*leg);
  relayed_ += 2;
}

void Worker::part(Leg& leg, base::TimePoint now) {
  if (leg.relayed_with == nullptr) return;
  leg.stream.part(now);
  for (Leg* const one : {leg.relayed_with, &leg}) {
    datagrams_->unwatch_audio(*one);
    begin_voice(*one->place.row, one->place.lane);
    one->relayed_with = nullptr;
  }
  relayed_ -= 2;
}

/// Ticks a row, and prefetches the data of `later`, a row that is read soon.
void Worker::run_row(LegRow& row, const TickTime& time, const LegRow* later) {
  std::array<CodecChain::Frame, LegRow::kLanes> frames;
  std::array<std::span<const std::int16_t>, LegRow::kLanes> heard{};
  heed_all(row, time.now);
  for (std::size_t lane = 0; lane < LegRow::kLanes; ++lane) {
    if (later != nullptr && later->legs[lane] != nullptr) later->legs[lane]->prefetch_links();
    Leg* const leg = row.legs[lane];
    if (leg == nullptr) continue;
    if (obey(*leg, time.now)) begin_voice(row, lane);
    heard[lane] = leg->stream.hear(time, frames[lane]);
    if (leg->relayed_with == nullptr) hear_voice(row, lane, heard[lane]);
  }
  row.voice.run();
  for (std::size_t lane = 0; lane < LegRow::kLanes; ++lane) {
    if (later != nullptr) later->voice.prefetch(lane);
    if (later != nullptr && later->legs[lane] != nullptr) later->legs[lane]->prefetch();
    if (row.legs[lane] != nullptr) speak(*row.legs[lane], time, heard[lane], judge_voice(row, lane));
  }
}

/// Resets the voice detectors of a lane, because other audio starts there.
void Worker::begin_voice(LegRow& row, std::size_t lane) {
  row.voice.reset(lane);
  if (row.model) VoiceFeed::restart((*row.model)[lane]);
}

void Worker::hear_voice(LegRow& row, std::size_t lane, std::span<const std::int16_t> heard) {
  row.voice.hear(lane, heard, row.legs[lane]->stream.sent_line());
  if (row.model) voice_->hear((*row.model)[lane], heard);
}

HeardVoice Worker::judge_voice(LegRow& row, std::size_t lane) {
  HeardVoice voice = row.voice.found(lane);
  if (row.model) voice.voiced = VoiceFeed::judge((*row.model)[lane], voice.voiced);
  return voice;
}

void Worker::speak(Leg& leg, const TickTime& time, std::span<const std::int16_t> heard, const HeardVoice& voice) {
  sendout_.clear();
  leg.stream.go_on(time, heard, voice, sendout_);
  send(leg, time);
}

void Worker::send(Leg& leg, const TickTime& time) {
  datagrams_->send(leg, sendout_);
  if (leg.path) datagrams_->run_path(leg, time.now);
  const bool is_turn = time.tick % kTicksPerLook == leg.id.value % kTicksPerLook;
  if (leg.young != 0) --leg.young;
  if (leg.young != 0 || is_turn) note_statistics(leg);
  // A tied socket gets no datagrams of other sources, which a path may expect: RFC 8445 section 7.3.
  if (is_turn && !leg.path) datagrams_->mind_peer(leg, leg.stream.peer_heard(time.now - kTicksPerLook * kTick));
}

/// Processes the orders of all legs of the row before any is ticked: closing a leg ends its relay, and the other leg may be in the same row.
void Worker::heed_all(LegRow& row, base::TimePoint now) {
  for (Leg* const leg : row.legs) {
    if (leg == nullptr) continue;
    if (const auto wishes = leg->wishes.load(std::memory_order_acquire); wishes != 0) heed(*leg, wishes, now);
  }
}

void Worker::heed(Leg& leg, std::uint8_t wishes, base::TimePoint now) {
  if ((wishes & kClose) != 0) return close(leg, now);
  // Clears the flag first: an order that comes from now on is noticed the next time.
  leg.wishes.fetch_and(static_cast<std::uint8_t>(~kMove), std::memory_order_acq_rel);
  LegSlot* const next = leg.move.wanted.exchange(nullptr, std::memory_order_acq_rel);
  if (next == nullptr) return;
  part(leg, now);  // The other leg was ordered to close, but was not ticked yet.
  if (next->place == leg.place) {
    take_slot(leg, *next);
  } else {
    leg.move.to = next;
    departing_.push_back(&leg);
  }
}

/// Carries out a start order. Returns whether audio of another codec starts.
bool Worker::obey(Leg& leg, base::TimePoint now) {
  StartOrder* const order = leg.orders.take();
  if (order == nullptr) return false;
  const bool other_chain = order->chain != nullptr;
  order->chain = leg.stream.start(order->plan, std::move(order->chain), order->relearn, now);
  datagrams_->untie(leg);  // The peer may have another address from now on.
  leg.orders.give_back(order);
  return other_chain;
}

/// Closes a leg: it is not ticked any more. The rest follows in a queue, because the kernel's work for it takes longer than a tick of the leg.
void Worker::close(Leg& leg, base::TimePoint now) {
  part(leg, now);
  take_out(leg);
  closing_.push(leg);
}

void Worker::end_some(base::TimePoint now) {
  closing_.run([&](Leg& leg) {
    say_goodbye(leg, now);
    remove(leg);
  });
}

void Worker::say_goodbye(Leg& leg, base::TimePoint now) {
  sendout_.clear();
  leg.stream.finish(now, sendout_);
  datagrams_->send(leg, sendout_);
  note_statistics(leg);
}

void Worker::take_out(Leg& leg) {
  leave_conference(leg);
  leg.place.row->legs[leg.place.lane] = nullptr;
  --leg.place.row->count;
}

void Worker::remove(Leg& leg) {
  datagrams_->remove(leg);
  leaving_.push_back(&leg);
}

void Worker::let_go() {
  std::erase_if(leaving_, [this](Leg* leg) {
    if (!datagrams_->is_released(*leg)) return false;
    leg->move.to != nullptr ? hand_over(*leg) : released_.push(*leg);
    return true;
  });
  released_.run([this](Leg& leg) {
    note_statistics(leg);  // The BYE may have been refused meanwhile.
    leg.rtp.close();
    leg.rtcp.close();
    gone_.push(leg);  // A thread that takes it may free it.
  });
}

// --- conferences -----------------------------------------------------------------------------------------------------------

void Worker::run_conferences(const TickTime& time) {
  const auto phase = next_phase_ % kPhases;
  receive(conference_rows_[phase]);
  conferences_.begin(phase);
  for (LegRow* const row : conference_rows_[phase]) hear_row(*row, time);
  conferences_.mix(phase, time.tick);
  for (LegRow* const row : conference_rows_[phase]) answer_row(*row, time);
  conferences_.end(phase, time.tick);
}

void Worker::hear_row(LegRow& row, const TickTime& time) {
  LegRow::Kept& kept = *row.kept;
  heed_all(row, time.now);
  for (std::size_t lane = 0; lane < LegRow::kLanes; ++lane) {
    kept.ticked[lane] = false;
    Leg* const leg = row.legs[lane];
    if (leg == nullptr) continue;
    if (leg->move.handed_over && !catch_up(*leg, time)) continue;
    if (obey(*leg, time.now)) begin_voice(row, lane);
    kept.ticked[lane] = true;
    kept.heard[lane] = leg->stream.hear(time, kept.frames[lane]);
    if (leg->relayed_with == nullptr) hear_voice(row, lane, kept.heard[lane]);
  }
  row.voice.run();
  for (std::size_t lane = 0; lane < LegRow::kLanes; ++lane) {
    if (!kept.ticked[lane]) continue;
    Leg& leg = *row.legs[lane];
    const SaidFrame said = leg.stream.take_in(time, kept.heard[lane], judge_voice(row, lane));
    if (leg.slot->room == nullptr) continue;
    Conference& conference = leg.slot->room->conference;
    if (!leg.has_joined) leg.has_joined = conference.join(*leg.slot->member);  // false while a former member still has its slot
    if (leg.has_joined) conference.say(*leg.slot->member, said);
  }
}

void Worker::answer_row(LegRow& row, const TickTime& time) {
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

void Worker::take_slot(Leg& leg, LegSlot& next) {
  leave_conference(leg);
  LegSlot& before = *std::exchange(leg.slot, &next);
  before.left.store(true, std::memory_order_release);  // A thread that reads it may free the slot.
}

void Worker::leave_conference(Leg& leg) {
  if (std::exchange(leg.has_joined, false)) leg.slot->room->conference.leave(*leg.slot->member);
}

/// Removes a leg after its tick here. RTP that comes from now on waits in its sockets.
void Worker::depart(Leg& leg, std::uint64_t tick) {
  if (leg.move.to->voice) leg.move.to->voice->take_over(0, leg.place.row->voice, leg.place.lane);
  leg.move.last_tick = leg.move.handed_over ? leg.move.last_tick : tick;
  leg.move.handed_over = true;
  take_out(leg);
  remove(leg);
}

/// Passes the leg on; no object here points at it any more.
void Worker::hand_over(Leg& leg) {
  LegSlot& next = *std::exchange(leg.move.to, nullptr);
  leg.move.from = std::exchange(leg.slot, &next);
  next.whose->add(leg);
}

/// Catches up the ticks that a leg missed on its way here, because it had another phase. Its numbers and its audio then continue. Returns false if
/// the leg already had the tick that is due.
bool Worker::catch_up(Leg& leg, const TickTime& time) {
  if (time.tick <= leg.move.last_tick) return false;
  leg.move.handed_over = false;
  VoiceBank& voice = leg.place.row->voice;
  alone_.take_over(0, voice, leg.place.lane);
  const auto first = std::max(leg.move.last_tick + 1, time.tick - std::min(time.tick, kMaxCatchUpTicks));
  for (auto tick = first; tick < time.tick; ++tick) {
    const auto due = time.now - static_cast<std::int64_t>(time.tick - tick) * kTick;
    const TickTime missed{.tick = tick, .now = due, .wall = wall_at(due)};
    CodecChain::Frame frame;
    const auto heard = leg.stream.hear(missed, frame);
    alone_.hear(0, heard, leg.stream.sent_line());
    alone_.run();
    speak(leg, missed, heard, alone_.found(0));
  }
  voice.take_over(leg.place.lane, alone_, 0);
  return true;
}

void Worker::note_statistics(Leg& leg) {
  auto statistics = leg.stream.statistics();
  statistics.send_failed = leg.send_failed;
  statistics.path_refused = leg.path_refused;
  leg.statistics.write(statistics);
}

}  // namespace offhook::inline v0::media
