#include <offhook/media/engine/worker_pool.hpp>

#include <algorithm>
#include <optional>
#include <thread>
#include <utility>

namespace offhook::inline v0::media {
namespace {

constexpr unsigned kMaxWorkers = 256;

}  // namespace

unsigned WorkerPool::count(const EngineOptions& options) {
  const unsigned cores = std::max(1U, std::thread::hardware_concurrency());
  return std::min(options.workers == 0 ? cores : options.workers, kMaxWorkers);
}

WorkerPool::WorkerPool(const EngineOptions& options)
    : taps_(options.taps), load_limit_(options.load_limit), late_limit_(options.late_limit), legs_(count(options)), rows_(legs_.size()) {
  const auto origin = base::Clock::now();
  if (options.voice_model) voice_ = std::make_unique<VoiceThread>(options.voice_model, count(options), options.on_voice_lost);
  for (unsigned i = 0; i < rows_.size(); ++i)
    workers_.push_back(std::make_unique<Worker>(origin, options.datagrams, voice_ ? &voice_->feed(i) : nullptr, options.goes_before_others, taps_ ? &taps_->add() : nullptr));
}

WorkerPool::~WorkerPool() {
  for (const auto& worker : workers_) worker->stop();  // Stops all workers before it joins the first, because each takes up to a tick.
  for (const auto& worker : workers_) worker->join();  // Workers may be passing legs to each other.
}

base::Result<std::size_t, EngineError> WorkerPool::choose() const {
  std::optional<std::size_t> best;
  bool any = false;
  for (std::size_t i = 0; i < size(); ++i) {
    if (!workers_[i]->works()) continue;
    any = true;
    if (!has_room(i)) continue;
    if (!best || legs_[i] < legs_[*best]) best = i;
  }
  if (best) return *best;
  return base::fail(any ? EngineError::Busy : EngineError::NoSocket);
}

bool WorkerPool::has_time_for_more(std::size_t worker) const {
  return workers_[worker]->load_meter().load().has_time_for(legs_[worker] + 1, load_limit_, late_limit_);
}

std::unique_ptr<LegSlot> WorkerPool::take_slot(std::size_t worker) { return slot_at(worker, rows_[worker].take()); }

std::unique_ptr<LegSlot> WorkerPool::take_slot_among_conferences(std::size_t worker, std::uint8_t phase) {
  return slot_at(worker, rows_[worker].take_among_conferences(phase));
}

std::unique_ptr<LegSlot> WorkerPool::slot_at(std::size_t worker, LegPlace place) {
  if (voice_ && !place.row->model) place.row->model = std::make_unique<LegRow::ModelCalls>();  // This row is not in use yet.
  ++legs_[worker];
  return std::make_unique<LegSlot>(worker, *workers_[worker], place);
}

void WorkerPool::give_back(const LegSlot& slot) {
  rows_[slot.worker].give_back(slot.place);
  --legs_[slot.worker];
}

base::Duration WorkerPool::take_worst_lateness() {
  base::Duration worst{};
  for (const auto& worker : workers_) worst = std::max(worst, worker->load_meter().take_worst_lateness());
  return worst;
}

TickHistogram::Counts WorkerPool::tick_counts() const {
  TickHistogram::Counts sum{};
  for (const auto& worker : workers_) worker->load_meter().tick_histogram().add_to(sum);
  return sum;
}

void WorkerPool::fill(EngineStatus& status) const {
  for (const auto& worker : workers_) {
    if (status.refused.empty()) status.refused = worker->path_refused();
    const auto load = worker->load_meter().load();
    status.load = std::max(status.load, load.share);
    status.late = std::max(status.late, load.late);
    status.phases_left_out += worker->load_meter().left_out();
    if (!worker->works()) continue;
    status.scheduling = status.workers == 0 ? worker->scheduling() : std::min(status.scheduling, worker->scheduling());
    if (status.workers++ == 0 || worker->path() == DatagramPath::Epoll) status.datagrams = worker->path();
  }
  if (voice_) {
    status.voice_model = voice_->works();
    status.voice_load = voice_->busy();
    status.voice_chunks = voice_->chunks();
  }
  status.ticks = TickHistogram::times_of(tick_counts());
}

}  // namespace offhook::inline v0::media
