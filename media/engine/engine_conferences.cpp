#include <offhook/media/engine/engine_impl.hpp>

#include <algorithm>
#include <mutex>
#include <optional>
#include <utility>

namespace offhook::inline v0::media {
namespace {

std::unique_ptr<LegSlot> at_same_place(const LegSlot& last) {
  auto slot = std::make_unique<LegSlot>(last.worker, *last.whose, last.place);
  slot->voice = last.voice ? std::make_unique<VoiceBank>(1) : nullptr;  // The leg may not have arrived there yet.
  return slot;
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
  const auto taken = [this](std::size_t worker) { return workers_.legs(worker) + registry_.promised(worker); };
  for (std::size_t i = 0; i < workers_.size(); ++i) {
    if (!workers_[i].works()) continue;
    any = true;
    if (!workers_.has_time_for_more(i) || !registry_.find_phase(i, options.max_members, workers_.rows(i))) continue;
    if (!best || taken(i) < taken(*best)) best = i;
  }
  if (!best) return base::fail(any ? EngineError::Busy : EngineError::NoSocket);
  const auto id = registry_.open(options, *best, *registry_.find_phase(*best, options.max_members, workers_.rows(*best)));
  workers_[*best].add(*registry_.find(id)->room);
  return id;
}

base::Result<void, EngineError> Engine::Impl::join(LegId id, ConferenceId conference, float gain) {
  const std::lock_guard lock(mutex_);
  const auto entry = find_open(id);
  if (!entry) return base::fail(entry.error());
  if ((*entry)->relayed_with || (*entry)->relay_orders != 0) return base::fail(EngineError::Relayed);  // The leg is relayed, or was until a moment ago.
  auto* const conferences = registry_.find(conference);
  if (conferences == nullptr) return base::fail(EngineError::UnknownConference);
  if ((*entry)->conference == conference) {
    (*entry)->slots.back()->member->set_gain(gain);
    return {};
  }
  if ((*entry)->leg->port->rate_hz != conferences->rate_hz) return base::fail(EngineError::WrongRate);
  if (conferences->full()) return base::fail(EngineError::Full);
  auto slot = find_place(**entry, conferences->worker, conferences->room->phase);
  if (!slot) return base::fail(slot.error());
  leave_conference_slot(**entry);
  (*entry)->conference = conference;
  ++conferences->members;
  ++conferences->slots;
  (*slot)->conference = conference;
  (*slot)->room = conferences->room.get();
  (*slot)->member = std::make_unique<ConferenceSlot>();
  (*slot)->member->set_gain(gain);
  send_to(**entry, std::move(*slot));
  return {};
}

/// Returns the leg's present place if the place is in a row for conferences of this phase. Otherwise takes a new place in such a row.
base::Result<std::unique_ptr<LegSlot>, EngineError> Engine::Impl::find_place(const Entry& entry, std::size_t worker, std::uint8_t phase) {
  const LegSlot& last = *entry.slots.back();
  if (last.worker == worker && last.place.row->kept && last.place.row->phase == phase) return at_same_place(last);
  if (workers_.rows(worker).full() || (last.worker != worker && !workers_.has_time_for_more(worker))) return base::fail(EngineError::Busy);
  auto slot = workers_.take_slot_among_conferences(worker, phase);
  slot->voice = std::make_unique<VoiceBank>(1);
  return slot;
}

void Engine::Impl::send_to(Entry& entry, std::unique_ptr<LegSlot> slot) {
  const LegSlot* const untaken = entry.leg->move.wanted.exchange(slot.get(), std::memory_order_acq_rel);
  entry.leg->wishes.fetch_or(kMove, std::memory_order_release);
  entry.slots.push_back(std::move(slot));
  if (untaken != nullptr) forget(entry, entry.slots.size() - 2);
  moving_.push_back(entry.leg->id);
}

/// Removes a slot that the leg does not use any more. The slot's place stays taken while another slot has the same place.
void Engine::Impl::forget(Entry& entry, std::size_t slot) {
  const auto at = entry.slots.begin() + static_cast<std::ptrdiff_t>(slot);
  const auto gone = std::move(*at);
  entry.slots.erase(at);
  if (gone->room != nullptr) --registry_.find_any(gone->conference)->slots;
  if (std::any_of(entry.slots.begin(), entry.slots.end(), [&](const auto& other) { return other->place == gone->place; })) return;
  workers_.give_back(*gone);
}

void Engine::Impl::collect_stations() {
  std::erase_if(moving_, [this](LegId id) {
    const auto found = entries_.find(id);
    if (found == entries_.end() || found->second.gone) return true;
    auto& entry = found->second;
    while (entry.slots.size() > 1 && entry.slots.front()->left.load(std::memory_order_acquire)) forget(entry, 0);
    return entry.slots.size() == 1;
  });
}

base::Result<LegId, EngineError> Engine::Impl::attend(ConferenceId conference, std::shared_ptr<AudioPort> port, float gain) {
  const std::lock_guard lock(mutex_);
  collect();
  auto* const conferences = registry_.find(conference);
  if (conferences == nullptr) return base::fail(EngineError::UnknownConference);
  if (port->rate_hz != conferences->rate_hz) return base::fail(EngineError::WrongRate);
  if (conferences->full()) return base::fail(EngineError::Full);
  const LegId id{++last_id_};
  registry_.attend(*conferences, conference, std::move(port), gain, id);
  return id;
}

base::Result<Engine::Impl::Entry*, EngineError> Engine::Impl::find_member(LegId id) {
  const auto entry = find_open(id);
  if (entry && !(*entry)->conference) return base::fail(EngineError::UnknownLeg);
  return entry;
}

base::Result<void, EngineError> Engine::Impl::set_gain(LegId member, float gain) {
  const std::lock_guard lock(mutex_);
  if (registry_.set_gain(member, gain)) return {};
  const auto entry = find_member(member);
  if (!entry) return base::fail(entry.error());
  (*entry)->slots.back()->member->set_gain(gain);
  return {};
}

base::Result<void, EngineError> Engine::Impl::leave(LegId member) {
  const std::lock_guard lock(mutex_);
  if (registry_.dismiss(member)) return {};
  const auto entry = find_member(member);
  if (!entry) return base::fail(entry.error());
  leave(**entry);
  return {};
}

// The leg stays at its place, so that leaving is never refused for lack of space.
void Engine::Impl::leave(Entry& entry) {
  leave_conference_slot(entry);
  send_to(entry, at_same_place(*entry.slots.back()));
}

void Engine::Impl::leave_conference_slot(Entry& entry) {
  if (!entry.conference) return;
  --registry_.find_any(entry.conference)->members;
  entry.conference = {};
}

base::Result<void, EngineError> Engine::Impl::end(ConferenceId id) {
  const std::lock_guard lock(mutex_);
  collect();
  auto* const conferences = registry_.find(id);
  if (conferences == nullptr) return base::fail(EngineError::UnknownConference);
  for (auto& [member, entry] : entries_) {
    if (entry.conference == id) leave(entry);
  }
  registry_.end(*conferences, id);
  return {};
}

}  // namespace offhook::inline v0::media
