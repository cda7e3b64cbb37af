#include <offhook/media/engine/load_meter.hpp>

#include <time.h>

#include <chrono>
#include <utility>

namespace offhook::inline v0::media {
namespace {

constexpr base::Duration kLoadWindow = std::chrono::milliseconds(500);

base::Duration own_processor_time() {
  timespec used{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
  return std::chrono::duration_cast<base::Duration>(std::chrono::seconds(used.tv_sec) + std::chrono::nanoseconds(used.tv_nsec));
}

}  // namespace

void LoadMeter::begin(base::TimePoint now) {
  since_ = now;
  worked_ = own_processor_time();
}

void LoadMeter::on_start(base::Duration late) {
  if (late.count() > worst_lateness_.load(std::memory_order_relaxed)) worst_lateness_.store(late.count(), std::memory_order_relaxed);
}

void LoadMeter::on_done(base::Duration done_after) {
  tick_histogram_.add(done_after);
  lateness_.add(done_after);
}

void LoadMeter::on_left_out(std::uint64_t phases) {
  left_out_.fetch_add(phases, std::memory_order_relaxed);
  lateness_.add_left_out(phases);
}

bool LoadMeter::is_due(base::TimePoint now) const { return now - since_ >= kLoadWindow; }

void LoadMeter::end_window(base::TimePoint now, std::size_t legs) {
  const auto before = std::exchange(worked_, own_processor_time());
  const auto passed = now - std::exchange(since_, now);
  share_.store(static_cast<float>((worked_ - before).count()) / static_cast<float>(passed.count()), std::memory_order_relaxed);
  legs_.store(legs, std::memory_order_relaxed);
  late_.store(lateness_.end_window(), std::memory_order_relaxed);
}

}  // namespace offhook::inline v0::media
