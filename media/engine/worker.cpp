#include <offhook/media/engine/worker.hpp>

#include <pthread.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <cerrno>
#include <chrono>
#include <utility>

namespace offhook::inline v0::media {
namespace {

constexpr int kMaxEvents = 64;

timespec to_timespec(base::Duration since_epoch) {
  const auto nanoseconds = std::chrono::duration_cast<std::chrono::nanoseconds>(since_epoch).count();
  return {.tv_sec = nanoseconds / 1'000'000'000, .tv_nsec = nanoseconds % 1'000'000'000};
}

rtp::NtpTime to_ntp(base::Duration since_1970) { return rtp::NtpTime::from_unix(std::chrono::duration_cast<std::chrono::nanoseconds>(since_1970)); }

/// Signals are the program's business: none may interrupt a media thread.
class BlockSignals {
 public:
  BlockSignals() {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before_);
  }
  ~BlockSignals() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  BlockSignals(const BlockSignals&) = delete;
  BlockSignals& operator=(const BlockSignals&) = delete;

 private:
  sigset_t before_{};
};

}  // namespace

Worker::Worker(base::TimePoint origin) : origin_(origin) {
  legs_.reserve(kMaxLegsPerWorker);
  epoll_ = ::epoll_create1(EPOLL_CLOEXEC);
  timer_ = ::timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);  // steady_clock is this clock.
  if (!works()) return;
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.u64 = 0;
  ::epoll_ctl(epoll_, EPOLL_CTL_ADD, timer_, &event);
  itimerspec schedule{};
  schedule.it_value = to_timespec(origin_.time_since_epoch());
  schedule.it_interval = to_timespec(kTick);
  ::timerfd_settime(timer_, TFD_TIMER_ABSTIME, &schedule, nullptr);
  const BlockSignals block;
  thread_ = std::thread([this] { run(); });
  pthread_setname_np(thread_.native_handle(), "offhook-media");
}

Worker::~Worker() {
  stop_.store(true, std::memory_order_relaxed);
  if (works()) {  // Seen at once, even when the first tick is far away.
    const itimerspec soon{.it_interval = to_timespec(kTick), .it_value = {.tv_sec = 0, .tv_nsec = 1}};
    ::timerfd_settime(timer_, 0, &soon, nullptr);
  }
  if (thread_.joinable()) thread_.join();
  if (timer_ >= 0) ::close(timer_);
  if (epoll_ >= 0) ::close(epoll_);
}

bool Worker::add(Leg& leg) { return works() && new_legs_.try_push(&leg); }

base::Duration Worker::take_worst_lateness() { return base::Duration(worst_lateness_.exchange(0, std::memory_order_relaxed)); }

void Worker::run() {
  while (!stop_.load(std::memory_order_relaxed)) {
    if (!wait()) return;
    run_due_ticks();  // Whoever woke us: a flood of reports must not hold up a tick.
  }
}

bool Worker::wait() {
  std::array<epoll_event, kMaxEvents> events;
  const int count = ::epoll_wait(epoll_, events.data(), kMaxEvents, -1);
  if (count < 0) return errno == EINTR;
  for (int i = 0; i < count; ++i) {
    const auto data = static_cast<std::uintptr_t>(events[static_cast<std::size_t>(i)].data.u64);
    if (data == 0) {
      std::uint64_t expirations = 0;
      if (::read(timer_, &expirations, sizeof expirations) < 0) continue;  // Rearmed since: run_due_ticks() looks at the clock.
      continue;
    }
    // Legs leave between batches only, so that no event of this one can name a leg that is gone.
    receive_reports(*reinterpret_cast<Leg*>(data));
  }
  return true;
}

void Worker::receive_reports(Leg& leg) {
  batch_.receive(leg.rtcp.fd());
  const auto now = base::Clock::now();
  for (std::size_t i = 0; i < batch_.size(); ++i) leg.stream.on_packet(Channel::Rtcp, batch_.from(i), batch_.bytes(i), now);
}

void Worker::receive_audio(Leg& leg) {
  for (std::size_t batches = 0; batches < kMaxBatchesPerTick; ++batches) {
    batch_.receive(leg.rtp.fd());
    for (std::size_t i = 0; i < batch_.size(); ++i) {
      const auto noted = batch_.arrival(i);
      // The wall's clock may be set at any time: it is believed within the tick that the datagram must have come in.
      const auto at = noted ? std::clamp(base::TimePoint(*noted - wall_ahead_), read_before_, reading_) : reading_;
      leg.stream.on_packet(Channel::Rtp, batch_.from(i), batch_.bytes(i), at);
    }
    if (batch_.size() < ReceiveBatch::kMaxDatagrams) return;
  }
}

void Worker::look_at_clocks() {
  read_before_ = std::exchange(reading_, base::Clock::now());
  const auto wall = std::chrono::system_clock::now().time_since_epoch();
  wall_ahead_ = std::chrono::duration_cast<base::Duration>(wall) - reading_.time_since_epoch();
}

void Worker::run_due_ticks() {
  auto now = base::Clock::now();
  if (now < origin_) return;
  const auto current = static_cast<std::uint64_t>((now - origin_) / kTick);
  if (current >= next_tick_ + kMaxCatchUpTicks) next_tick_ = current - kMaxCatchUpTicks + 1;  // Suspended, or starved for long.
  for (auto due = origin_ + static_cast<std::int64_t>(next_tick_) * kTick; due <= now; due += kTick, ++next_tick_) {
    const auto lateness = (now - due).count();
    if (lateness > worst_lateness_.load(std::memory_order_relaxed)) worst_lateness_.store(lateness, std::memory_order_relaxed);
    tick(due);
    now = base::Clock::now();
    tick_histogram_.add(now - due);
  }
}

void Worker::tick(base::TimePoint due) {
  for (Leg* leg = nullptr; new_legs_.try_pop(leg);) begin(*leg);
  look_at_clocks();
  const TickTime time{.tick = next_tick_, .now = due, .wall = to_ntp(due.time_since_epoch() + wall_ahead_)};
  for (std::size_t i = 0; i < legs_.size();) {
    if (legs_[i]->closing.load(std::memory_order_acquire)) {
      remove(*legs_[i], due);  // The last one takes its place.
      continue;
    }
    tick(*legs_[i], time);
    ++i;
  }
}

void Worker::tick(Leg& leg, const TickTime& time) {
  obey(leg, time.now);
  receive_audio(leg);
  sendout_.clear();
  leg.stream.tick(time, sendout_);
  send(leg);
  auto statistics = leg.stream.statistics();
  statistics.send_failed = leg.send_failed;
  leg.statistics.write(statistics);
}

void Worker::obey(Leg& leg, base::TimePoint now) {
  StartOrder* const order = leg.orders.take();
  if (order == nullptr) return;
  order->chain = leg.stream.start(order->plan, std::move(order->chain), order->relearn, now);
  leg.orders.give_back(order);
}

void Worker::begin(Leg& leg) {
  leg.place = legs_.size();
  legs_.push_back(&leg);
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.u64 = reinterpret_cast<std::uintptr_t>(&leg);
  ::epoll_ctl(epoll_, EPOLL_CTL_ADD, leg.rtcp.fd(), &event);
}

void Worker::remove(Leg& leg, base::TimePoint now) {
  sendout_.clear();
  leg.stream.finish(now, sendout_);
  send(leg);
  auto statistics = leg.stream.statistics();
  statistics.send_failed = leg.send_failed;
  leg.statistics.write(statistics);
  // Closing alone would not do: a child between fork and exec holds the descriptor too, and events would go on.
  ::epoll_ctl(epoll_, EPOLL_CTL_DEL, leg.rtcp.fd(), nullptr);
  leg.rtp.close();
  leg.rtcp.close();
  legs_.back()->place = leg.place;
  legs_[leg.place] = legs_.back();
  legs_.pop_back();
  leg.gone.store(true, std::memory_order_release);  // Whoever reads it may free the leg.
}

void Worker::send(Leg& leg) {
  for (const auto& datagram : sendout_.all()) {
    const auto& socket = datagram.channel == Channel::Rtp ? leg.rtp : leg.rtcp;
    if (!socket.send(datagram.bytes(), datagram.to)) ++leg.send_failed;
  }
}

}  // namespace offhook::inline v0::media
