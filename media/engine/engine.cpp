#include <offhook/media/engine/engine.hpp>

#include <offhook/media/engine/engine_impl.hpp>
#include <offhook/media/engine/port_pairs.hpp>

#include <array>
#include <mutex>
#include <utility>

namespace offhook::inline v0::media {
std::string_view to_string(EngineError error) {
  switch (error) {
    case EngineError::NoPort: return "the range has no free pair of ports: set a larger range";
    case EngineError::NoSocket: return "the address cannot be bound, or the process has no descriptors left: check the address and ulimit -n";
    case EngineError::UnknownLeg: return "the leg does not exist, or was closed";
    case EngineError::Busy: return "the media workers have no space or no time for more: end calls, or use more cores";
    case EngineError::UnknownConference: return "the conference does not exist, or has ended";
    case EngineError::WrongSize: return "the size is wrong: a conference has 2 to 500 members";
    case EngineError::WrongRate: return "the rate is wrong: a conference has 8000, 16000 or 24000 Hz, and its ports have the same rate";
    case EngineError::Full: return "the conference is full: open it with a larger max_members";
    case EngineError::Apart: return "the legs are on different media workers, or one is moving to another: open the second leg beside the first, or try again";
    case EngineError::Conferring: return "a leg is in a conference: remove it from the conference first";
    case EngineError::Relayed: return "a leg is already relayed with another leg: end that relay first";
    case EngineError::OtherCodec: return "the legs have different codecs, or were not started yet";
  }
  return "unknown";
}

Engine::Impl::Impl(EngineOptions options) : options_(std::move(options)), registry_(WorkerPool::count(options_)), workers_(options_) {}

base::Result<std::size_t, EngineError> Engine::Impl::worker_of(LegId beside) {
  const auto entry = find_open(beside);
  if (!entry) return base::fail(entry.error());
  const std::size_t worker = (*entry)->slots.back()->worker;
  if (!workers_.has_room(worker)) return base::fail(EngineError::Busy);
  return worker;
}

base::Result<OpenLeg, EngineError> Engine::Impl::open(const base::IpAddress& local, std::shared_ptr<AudioPort> port, LegId beside,
                                                      std::unique_ptr<PacketPath> path) {
  const std::lock_guard lock(mutex_);
  collect();
  forget_closed();
  const auto chosen = beside ? worker_of(beside) : workers_.choose();
  if (!chosen) return base::fail(chosen.error());
  auto pair = bind_pair(local, options_.first_port, options_.last_port, random_);
  if (!pair) return base::fail(pair.error() == PortPairError::NoPort ? EngineError::NoPort : EngineError::NoSocket);
  auto leg = std::make_unique<Leg>(StreamOptions{options_.silence_limit, options_.cname}, std::move(port), std::move(pair->rtp),
                                   std::move(pair->rtcp), random_, std::move(path));
  const LegId id{++last_id_};
  leg->id = id;
  leg->local = {local, pair->port};
  Entry entry;
  entry.slots.push_back(workers_.take_slot(*chosen));
  leg->slot = entry.slots.back().get();
  workers_[*chosen].add(*leg);
  ++open_legs_;
  entry.leg = std::move(leg);
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
  auto& of_chain = (*entry)->plan_of_chain;
  if (!of_chain || !CodecChain::does_for(*of_chain, plan)) {
    order->chain = Stream::make_chain(plan, leg->port->rate_hz, leg->port->guards_echo);
    of_chain = plan;
  }
  (*entry)->plan = plan;
  leg->orders.put(std::move(order));
  return {};
}

base::Result<void, EngineError> Engine::Impl::relay(LegId a, LegId b) {
  const std::lock_guard lock(mutex_);
  const auto first = find_open(a), second = find_open(b);
  if (!first || !second || a == b) return base::fail(EngineError::UnknownLeg);
  Entry &one = **first, &other = **second;
  if (one.relayed_with == b) return {};
  if (one.conference || other.conference) return base::fail(EngineError::Conferring);
  // A leg that is leaving a conference may still move.
  const bool settled = one.slots.size() == 1 && other.slots.size() == 1;
  if (!settled || one.slots.back()->worker != other.slots.back()->worker) return base::fail(EngineError::Apart);
  if (one.relayed_with || other.relayed_with) return base::fail(EngineError::Relayed);
  if (!one.plan || !other.plan || one.plan->codec != other.plan->codec) return base::fail(EngineError::OtherCodec);
  one.relayed_with = b;
  other.relayed_with = a;
  order_relay(RelayOrder::What::Join, {&one, &other});
  return {};
}

base::Result<void, EngineError> Engine::Impl::end_relay(LegId either) {
  const std::lock_guard lock(mutex_);
  const auto found = find_open(either);
  if (!found) return base::fail(found.error());
  if (!(*found)->relayed_with) return {};
  Entry& other = entries_.at((*found)->relayed_with);
  (*found)->relayed_with = other.relayed_with = {};
  order_relay(RelayOrder::What::Part, {*found, &other});
  return {};
}

void Engine::Impl::order_relay(RelayOrder::What what, std::array<Entry*, 2> entries) {
  auto order = std::make_unique<RelayOrder>();
  order->what = what;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    Entry& entry = *entries[i];
    order->legs[i] = entry.leg.get();
    order->ids[i] = entry.leg->id;
    ++entry.relay_orders;
    const std::uint32_t clock_hz = rtp_clock_hz(entry.plan->codec);
    if (what == RelayOrder::What::Join && std::exchange(entry.relay_clock_hz, clock_hz) != clock_hz) order->translators[i] = std::make_unique<rtp::Translator>(clock_hz);
  }
  workers_[entries[0]->slots.back()->worker].order(*order);
  relay_orders_.push_back(std::move(order));
}

void Engine::Impl::collect_relay_orders() {
  std::erase_if(relay_orders_, [this](const auto& order) {
    if (!order->done.load(std::memory_order_acquire)) return false;
    for (const LegId id : order->ids) --entries_.at(id).relay_orders;
    return true;
  });
}

base::Result<void, EngineError> Engine::Impl::close(LegId id) {
  const std::lock_guard lock(mutex_);
  const auto entry = find_open(id);
  if (!entry) return base::fail(entry.error());
  (*entry)->closing = true;
  if (const LegId other = std::exchange((*entry)->relayed_with, {})) entries_.at(other).relayed_with = {};  // The worker ends the relay.
  leave_conference_slot(**entry);
  (*entry)->leg->wishes.fetch_or(kClose, std::memory_order_release);
  --open_legs_;
  return {};
}

void Engine::Impl::collect() {
  collect_relay_orders();
  collect_stations();
  registry_.collect();
  for (std::size_t i = 0; i < workers_.size(); ++i) {
    for (const Leg* leg = workers_[i].take_gone(); leg != nullptr; leg = leg->next_arriving) collect_gone(leg->id);
  }
}

void Engine::Impl::collect_gone(LegId id) {
  Entry& entry = entries_.at(id);
  entry.gone = true;
  while (!entry.slots.empty()) forget(entry, 0);
  gone_.push_back(id);
}

void Engine::Impl::forget_closed() {
  std::erase_if(gone_, [this](LegId id) { return entries_.at(id).relay_orders == 0 && entries_.erase(id) == 1; });
}

// --- statistics ------------------------------------------------------------------------------------------------------------

std::optional<LegStatistics> Engine::Impl::statistics(LegId id) const {
  const std::lock_guard lock(mutex_);
  const auto found = entries_.find(id);
  if (found == entries_.end()) return std::nullopt;
  return found->second.leg->statistics.read();
}

EngineStatus Engine::Impl::status() const {
  EngineStatus status;
  {
    const std::lock_guard lock(mutex_);
    status.legs = open_legs_;
    status.takes_legs = workers_.choose().has_value();
  }
  workers_.fill(status);
  return status;
}

Engine::Engine(EngineOptions options) : impl_(std::make_unique<Impl>(std::move(options))) {}
Engine::~Engine() = default;

base::Result<OpenLeg, EngineError> Engine::open(base::IpAddress local, std::shared_ptr<AudioPort> port, LegId beside, std::unique_ptr<PacketPath> path) {
  return impl_->open(local, std::move(port), beside, std::move(path));
}
base::Result<void, EngineError> Engine::relay(LegId a, LegId b) { return impl_->relay(a, b); }
base::Result<void, EngineError> Engine::end_relay(LegId either) { return impl_->end_relay(either); }
base::Result<void, EngineError> Engine::start(LegId leg, const MediaPlan& plan, bool relearn) { return impl_->start(leg, plan, relearn); }
base::Result<void, EngineError> Engine::close(LegId leg) { return impl_->close(leg); }
base::Result<ConferenceId, EngineError> Engine::confer(const ConferenceOptions& options) { return impl_->confer(options); }
base::Result<void, EngineError> Engine::join(LegId leg, ConferenceId conference, float gain) { return impl_->join(leg, conference, gain); }
base::Result<LegId, EngineError> Engine::attend(ConferenceId conference, std::shared_ptr<AudioPort> port, float gain) {
  return impl_->attend(conference, std::move(port), gain);
}
base::Result<void, EngineError> Engine::set_gain(LegId member, float gain) { return impl_->set_gain(member, gain); }
base::Result<void, EngineError> Engine::leave(LegId member) { return impl_->leave(member); }
base::Result<void, EngineError> Engine::end(ConferenceId conference) { return impl_->end(conference); }
std::optional<ConferenceStatistics> Engine::conference(ConferenceId conference) const { return impl_->conference(conference); }
std::optional<LegStatistics> Engine::statistics(LegId leg) const { return impl_->statistics(leg); }
std::size_t Engine::legs() const { return impl_->legs(); }
base::Duration Engine::take_worst_lateness() { return impl_->workers().take_worst_lateness(); }
TickTimes Engine::tick_times() const { return TickHistogram::times_of(impl_->workers().tick_counts()); }
TickHistogram::Counts Engine::tick_counts() const { return impl_->workers().tick_counts(); }
EngineStatus Engine::status() const { return impl_->status(); }

}  // namespace offhook::inline v0::media
