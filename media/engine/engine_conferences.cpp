#include <offhook/media/engine/engine_impl.hpp>

#include <algorithm>
#include <mutex>
#include <optional>
#include <utility>

namespace offhook::inline v0::media {
namespace {

std::unique_ptr<Station> at_same_place(const Station& last) {
  auto station = std::make_unique<Station>(last.worker, *last.whose, last.place);
  station->voice = last.voice ? std::make_unique<VoiceBank>(1) : nullptr;  // The leg may not have arrived there yet.
  return station;
}

}  // namespace

base::Result<ConferenceId, EngineError> Engine::Impl::confer(const ConferenceOptions& options) {
  const std::lock_guard lock(mutex_);
  collect();
  if (options.max_members < Conference::kMinMembers || options.max_members > Conference::kMaxMembers)
    return base::fail(EngineError::WrongSize);
  if (options.rate_hz != 8000 && options.rate_hz != 16000 && options.rate_hz != 24000) return base::fail(EngineError::WrongRate);
  std::optional<std::size_t> best;
  bool any = false;
  const auto taken = [this](std::size_t worker) { return legs_of_[worker] + book_.promised(worker); };
  for (std::size_t i = 0; i < workers_.size(); ++i) {
    if (!workers_[i]->works()) continue;
    any = true;
    if (!has_time_for_more(i) || !book_.find_phase(i, options.max_members, rows_[i])) continue;
    if (!best || taken(i) < taken(*best)) best = i;
  }
  if (!best) return base::fail(any ? EngineError::Busy : EngineError::NoSocket);
  const auto id = book_.open(options, *best, *book_.find_phase(*best, options.max_members, rows_[*best]));
  workers_[*best]->add(*book_.find(id)->room);
  return id;
}

base::Result<void, EngineError> Engine::Impl::join(LegId id, ConferenceId conference, float gain) {
  const std::lock_guard lock(mutex_);
  const auto entry = find_open(id);
  if (!entry) return base::fail(entry.error());
  if ((*entry)->relayed_with || (*entry)->relay_orders != 0) return base::fail(EngineError::Relayed);  // It is relayed, or was until a moment ago.
  auto* const hall = book_.find(conference);
  if (hall == nullptr) return base::fail(EngineError::UnknownConference);
  if ((*entry)->conference == conference) {
    (*entry)->stations.back()->seat->set_gain(gain);
    return {};
  }
  if ((*entry)->leg->port->rate_hz != hall->rate_hz) return base::fail(EngineError::WrongRate);
  if (hall->full()) return base::fail(EngineError::Full);
  auto station = find_place(**entry, hall->worker, hall->room->phase);
  if (!station) return base::fail(station.error());
  leave_book(**entry);
  (*entry)->conference = conference;
  ++hall->members;
  ++hall->stations;
  (*station)->conference = conference;
  (*station)->room = hall->room.get();
  (*station)->seat = std::make_unique<ConferenceSeat>();
  (*station)->seat->set_gain(gain);
  send_to(**entry, std::move(*station));
  return {};
}

/// Returns the leg's present place if it is in a row for conferences of this phase; otherwise a new place there.
base::Result<std::unique_ptr<Station>, EngineError> Engine::Impl::find_place(const Entry& entry, std::size_t worker, std::uint8_t phase) {
  const Station& last = *entry.stations.back();
  if (last.worker == worker && last.place.row->kept && last.place.row->phase == phase) return at_same_place(last);
  if (rows_[worker].full() || (last.worker != worker && !has_time_for_more(worker))) return base::fail(EngineError::Busy);
  auto station = std::make_unique<Station>(worker, *workers_[worker], rows_[worker].take_among_conferences(phase));
  give_model(*station->place.row);
  station->voice = std::make_unique<VoiceBank>(1);
  ++legs_of_[worker];
  return station;
}

void Engine::Impl::send_to(Entry& entry, std::unique_ptr<Station> station) {
  const Station* const untaken = entry.leg->next_station.exchange(station.get(), std::memory_order_acq_rel);
  entry.leg->wishes.fetch_or(kMove, std::memory_order_release);
  entry.stations.push_back(std::move(station));
  if (untaken != nullptr) forget(entry, entry.stations.size() - 2);
  moving_.push_back(entry.leg->id);
}

/// Removes a station that the leg does not use any more. Its place stays taken while another station has it.
void Engine::Impl::forget(Entry& entry, std::size_t station) {
  const auto at = entry.stations.begin() + static_cast<std::ptrdiff_t>(station);
  const auto gone = std::move(*at);
  entry.stations.erase(at);
  if (gone->room != nullptr) --book_.find_any(gone->conference)->stations;
  if (std::any_of(entry.stations.begin(), entry.stations.end(), [&](const auto& other) { return other->place == gone->place; })) return;
  rows_[gone->worker].give_back(gone->place);
  --legs_of_[gone->worker];
}

void Engine::Impl::collect_stations() {
  std::erase_if(moving_, [this](LegId id) {
    const auto found = entries_.find(id);
    if (found == entries_.end() || found->second.gone) return true;
    auto& entry = found->second;
    while (entry.stations.size() > 1 && entry.stations.front()->left.load(std::memory_order_acquire)) forget(entry, 0);
    return entry.stations.size() == 1;
  });
}

base::Result<LegId, EngineError> Engine::Impl::attend(ConferenceId conference, std::shared_ptr<AudioPort> port, float gain) {
  const std::lock_guard lock(mutex_);
  collect();
  auto* const hall = book_.find(conference);
  if (hall == nullptr) return base::fail(EngineError::UnknownConference);
  if (port->rate_hz != hall->rate_hz) return base::fail(EngineError::WrongRate);
  if (hall->full()) return base::fail(EngineError::Full);
  const LegId id{++last_id_};
  book_.attend(*hall, conference, std::move(port), gain, id);
  return id;
}

base::Result<Engine::Impl::Entry*, EngineError> Engine::Impl::find_member(LegId id) {
  const auto entry = find_open(id);
  if (entry && !(*entry)->conference) return base::fail(EngineError::UnknownLeg);
  return entry;
}

base::Result<void, EngineError> Engine::Impl::set_gain(LegId member, float gain) {
  const std::lock_guard lock(mutex_);
  if (book_.set_gain(member, gain)) return {};
  const auto entry = find_member(member);
  if (!entry) return base::fail(entry.error());
  (*entry)->stations.back()->seat->set_gain(gain);
  return {};
}

base::Result<void, EngineError> Engine::Impl::leave(LegId member) {
  const std::lock_guard lock(mutex_);
  if (book_.dismiss(member)) return {};
  const auto entry = find_member(member);
  if (!entry) return base::fail(entry.error());
  leave(**entry);
  return {};
}

// The leg stays at its place, so that leaving is never refused for lack of space.
void Engine::Impl::leave(Entry& entry) {
  leave_book(entry);
  send_to(entry, at_same_place(*entry.stations.back()));
}

void Engine::Impl::leave_book(Entry& entry) {
  if (!entry.conference) return;
  --book_.find_any(entry.conference)->members;
  entry.conference = {};
}

base::Result<void, EngineError> Engine::Impl::end(ConferenceId id) {
  const std::lock_guard lock(mutex_);
  collect();
  auto* const hall = book_.find(id);
  if (hall == nullptr) return base::fail(EngineError::UnknownConference);
  for (auto& [member, entry] : entries_) {
    if (entry.conference == id) leave(entry);
  }
  book_.end(*hall, id);
  return {};
}

}  // namespace offhook::inline v0::media
