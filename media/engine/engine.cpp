#include <offhook/media/engine/engine.hpp>

#include <offhook/media/engine/voice_thread.hpp>
#include <offhook/media/engine/worker.hpp>

#include <algorithm>
#include <mutex>
#include <thread>
#include <unordered_map>
#include <utility>
#include <vector>

namespace offhook::inline v0::media {
namespace {

constexpr unsigned kMaxWorkers = 256;
constexpr std::uint32_t kMaxPortTries = 512;

}  // namespace

std::string_view to_string(EngineError error) {
  switch (error) {
    case EngineError::NoPort: return "no free port in the range";
    case EngineError::NoSocket: return "the address cannot be bound, or there are no descriptors left";
    case EngineError::UnknownLeg: return "no such leg";
    case EngineError::Busy: return "the media workers have no room or no time left";
  }
  return "unknown";
}

class Engine::Impl {
 public:
  explicit Impl(EngineOptions options);
  ~Impl() {
    for (const auto& worker : workers_) worker->stop();  // All at once: each takes up to a tick.
  }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  base::Result<OpenLeg, EngineError> open(const base::IpAddress& local, std::shared_ptr<AudioPort> port);
  base::Result<void, EngineError> start(LegId id, const MediaPlan& plan, bool relearn);
  base::Result<void, EngineError> close(LegId id);
  std::optional<LegStatistics> statistics(LegId id) const;
  std::size_t legs() const {
    const std::lock_guard lock(mutex_);
    return open_legs_;
  }
  base::Duration take_worst_lateness();
  TickHistogram::Counts tick_counts() const;
  EngineStatus status() const;

 private:
  struct Entry {
    std::unique_ptr<Leg> leg;
    std::size_t worker = 0;
    std::optional<MediaPlan> plan;    // as last asked for
    bool closing = false;
    bool gone = false;                // its worker has handed it back
  };
  struct Pair {
    UdpSocket rtp, rtcp;
    std::uint16_t port = 0;
  };
  [[nodiscard]] base::Result<std::size_t, EngineError> choose_worker() const;
  base::Result<Pair, EngineError> bind_pair(const base::IpAddress& local);
  base::Result<Entry*, EngineError> find_open(LegId id);
  void collect();
  void forget_closed();

  mutable std::mutex mutex_;  // Between those who call us; no worker ever takes it.
  EngineOptions options_;
  base::SystemRandom random_;
  std::unordered_map<LegId, Entry> entries_;
  std::vector<LegRows> rows_;                     // by worker
  std::unique_ptr<VoiceThread> voice_;            // Joined after the workers that feed it, before the rows that it answers into.
  std::vector<std::unique_ptr<Worker>> workers_;  // Joined before the legs that they tick, and their rows, are freed.
  std::vector<std::size_t> legs_of_;              // how many, by worker
  std::size_t open_legs_ = 0;
  std::size_t closing_ = 0;                       // legs whose worker has not let go of them yet
  std::uint64_t last_id_ = 0;
};

Engine::Impl::Impl(EngineOptions options) : options_(std::move(options)) {
  const unsigned cores = std::max(1U, std::thread::hardware_concurrency());
  const unsigned count = std::min(options_.workers == 0 ? cores : options_.workers, kMaxWorkers);
  const auto origin = base::Clock::now();
  if (options_.voice_model) voice_ = std::make_unique<VoiceThread>(options_.voice_model, count, options_.on_voice_lost);
  for (unsigned i = 0; i < count; ++i)
    workers_.push_back(std::make_unique<Worker>(origin, options_.datagrams, voice_ ? &voice_->feed(i) : nullptr));
  legs_of_.resize(count);
  rows_.resize(count);
}

base::Result<Engine::Impl::Pair, EngineError> Engine::Impl::bind_pair(const base::IpAddress& local) {
  const std::uint32_t first = (std::uint32_t{options_.first_port} + 1) / 2 * 2;
  const std::uint32_t last = options_.last_port;
  if (first == 0 || last < first + 1) return base::fail(EngineError::NoPort);
  const std::uint32_t pairs = (last - first + 1) / 2;
  const auto begin = random_.below(pairs);  // A port that nobody can guess: RFC 6056 section 3.3.
  for (std::uint32_t i = 0; i < std::min(pairs, kMaxPortTries); ++i) {
    const auto port = static_cast<std::uint16_t>(first + 2 * ((begin + i) % pairs));
    auto rtp = UdpSocket::bind({local, port});
    if (!rtp && rtp.error() == SocketError::Refused) return base::fail(EngineError::NoSocket);
    if (!rtp) continue;
    auto rtcp = UdpSocket::bind({local, static_cast<std::uint16_t>(port + 1)});
    if (!rtcp && rtcp.error() == SocketError::Refused) return base::fail(EngineError::NoSocket);
    if (rtcp) return Pair{std::move(*rtp), std::move(*rtcp), port};
  }
  return base::fail(EngineError::NoPort);
}

// The fewest legs among those that have room and time.
base::Result<std::size_t, EngineError> Engine::Impl::choose_worker() const {
  std::optional<std::size_t> best;
  bool any = false;
  for (std::size_t i = 0; i < workers_.size(); ++i) {
    if (!workers_[i]->works()) continue;
    any = true;
    if (rows_[i].full() || workers_[i]->load().with(legs_of_[i] + 1) > options_.load_limit) continue;
    if (!best || legs_of_[i] < legs_of_[*best]) best = i;
  }
  if (best) return *best;
  return base::fail(any ? EngineError::Busy : EngineError::NoSocket);
}

base::Result<OpenLeg, EngineError> Engine::Impl::open(const base::IpAddress& local, std::shared_ptr<AudioPort> port) {
  const std::lock_guard lock(mutex_);
  collect();
  forget_closed();
  const auto chosen = choose_worker();
  if (!chosen) return base::fail(chosen.error());
  const std::size_t worker = *chosen;
  auto pair = bind_pair(local);
  if (!pair) return base::fail(pair.error());
  auto leg = std::make_unique<Leg>(StreamOptions{options_.silence_limit, options_.cname}, std::move(port), std::move(pair->rtp),
                                   std::move(pair->rtcp));
  const LegId id{++last_id_};
  leg->id = id;
  leg->place = rows_[worker].take();
  if (voice_ && !leg->place.row->model) leg->place.row->model = std::make_unique<LegRow::ModelCalls>();  // A row that nobody has seen yet.
  workers_[worker]->add(*leg);
  ++legs_of_[worker];
  ++open_legs_;
  Entry entry;
  entry.leg = std::move(leg);
  entry.worker = worker;
  entries_.emplace(id, std::move(entry));
  return OpenLeg{id, pair->port};
}

base::Result<Engine::Impl::Entry*, EngineError> Engine::Impl::find_open(LegId id) {
  collect();
  const auto found = entries_.find(id);
  if (found == entries_.end() || found->second.closing) return base::fail(EngineError::UnknownLeg);
  return &found->second;
}

base::Result<void, EngineError> Engine::Impl::start(LegId id, const MediaPlan& plan, bool relearn) {
  const std::lock_guard lock(mutex_);
  const auto entry = find_open(id);
  if (!entry) return base::fail(entry.error());
  Leg* leg = (*entry)->leg.get();
  auto order = std::make_unique<StartOrder>();
  order->plan = plan;
  order->relearn = relearn;
  auto& before = (*entry)->plan;
  const bool same_chain = before && before->codec == plan.codec && (before->receives(AudioCodec::G722) || !plan.receives(AudioCodec::G722));
  if (!same_chain) order->chain = Stream::make_chain(plan, leg->port->rate_hz);
  before = plan;
  leg->orders.put(std::move(order));
  return {};
}

base::Result<void, EngineError> Engine::Impl::close(LegId id) {
  const std::lock_guard lock(mutex_);
  const auto entry = find_open(id);
  if (!entry) return base::fail(entry.error());
  (*entry)->closing = true;
  (*entry)->leg->closing.store(true, std::memory_order_release);
  --open_legs_;
  ++closing_;
  return {};
}

void Engine::Impl::collect() {
  if (closing_ == 0) return;
  for (auto& [id, entry] : entries_) {
    if (!entry.closing || entry.gone || !entry.leg->gone.load(std::memory_order_acquire)) continue;
    entry.gone = true;
    --legs_of_[entry.worker];
    rows_[entry.worker].give_back(entry.leg->place);
    --closing_;
  }
}

void Engine::Impl::forget_closed() {
  std::erase_if(entries_, [](const auto& entry) { return entry.second.gone; });
}

std::optional<LegStatistics> Engine::Impl::statistics(LegId id) const {
  const std::lock_guard lock(mutex_);
  const auto found = entries_.find(id);
  if (found == entries_.end()) return std::nullopt;
  return found->second.leg->statistics.read();
}

base::Duration Engine::Impl::take_worst_lateness() {
  base::Duration worst{};
  for (const auto& worker : workers_) worst = std::max(worst, worker->take_worst_lateness());
  return worst;
}

TickHistogram::Counts Engine::Impl::tick_counts() const {
  TickHistogram::Counts sum{};
  for (const auto& worker : workers_) worker->tick_histogram().add_to(sum);
  return sum;
}

EngineStatus Engine::Impl::status() const {
  EngineStatus status;
  status.legs = legs();
  for (const auto& worker : workers_) {
    if (status.refused.empty()) status.refused = worker->path_refused();
    status.load = std::max(status.load, worker->load().share);
    status.phases_left_out += worker->left_out();
    if (!worker->works()) continue;
    if (status.workers++ == 0 || worker->path() == DatagramPath::Epoll) status.datagrams = worker->path();
  }
  if (voice_) {
    status.voice_model = voice_->works();
    status.voice_load = voice_->busy();
    status.voice_chunks = voice_->chunks();
  }
  status.ticks = TickHistogram::times_of(tick_counts());
  return status;
}

Engine::Engine(EngineOptions options) : impl_(std::make_unique<Impl>(std::move(options))) {}
Engine::~Engine() = default;

base::Result<OpenLeg, EngineError> Engine::open(base::IpAddress local, std::shared_ptr<AudioPort> port) {
  return impl_->open(local, std::move(port));
}
base::Result<void, EngineError> Engine::start(LegId leg, const MediaPlan& plan, bool relearn) { return impl_->start(leg, plan, relearn); }
base::Result<void, EngineError> Engine::close(LegId leg) { return impl_->close(leg); }
std::optional<LegStatistics> Engine::statistics(LegId leg) const { return impl_->statistics(leg); }
std::size_t Engine::legs() const { return impl_->legs(); }
base::Duration Engine::take_worst_lateness() { return impl_->take_worst_lateness(); }
TickTimes Engine::tick_times() const { return TickHistogram::times_of(impl_->tick_counts()); }
TickHistogram::Counts Engine::tick_counts() const { return impl_->tick_counts(); }
EngineStatus Engine::status() const { return impl_->status(); }

}  // namespace offhook::inline v0::media
