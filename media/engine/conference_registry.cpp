#include <offhook/media/engine/conference_registry.hpp>

#include <algorithm>
#include <numeric>
#include <utility>

namespace offhook::inline v0::media {

std::optional<std::uint8_t> ConferenceRegistry::find_phase(std::size_t worker, std::size_t members, const LegRows& rows) const {
  if (promised(worker) + members > kMaxSlotsPerWorker) return std::nullopt;
  const auto& promised = promised_[worker];
  std::optional<std::uint8_t> best;
  std::size_t least = 0;
  for (std::uint8_t phase = 0; phase < kPhases; ++phase) {
    if (promised[phase] + members > kMaxSlotsPerPhase) continue;
    const std::size_t ticked = std::max(promised[phase], rows.taken_among_conferences(phase));
    if (best && ticked >= least) continue;
    best = phase;
    least = ticked;
  }
  return best;
}

std::size_t ConferenceRegistry::promised(std::size_t worker) const {
  return std::accumulate(promised_[worker].begin(), promised_[worker].end(), std::size_t{0});
}

ConferenceId ConferenceRegistry::open(const ConferenceOptions& options, std::size_t worker, std::uint8_t phase) {
  const ConferenceId id{++last_id_};
  Entry entry;
  entry.room = std::make_unique<WorkerConference>(options.rate_hz, options.max_members, phase);
  entry.worker = worker;
  entry.rate_hz = options.rate_hz;
  promised_[worker][phase] += options.max_members;
  entries_.emplace(id, std::move(entry));
  return id;
}

ConferenceRegistry::Entry* ConferenceRegistry::find_any(ConferenceId id) {
  const auto found = entries_.find(id);
  return found == entries_.end() ? nullptr : &found->second;
}

ConferenceRegistry::Entry* ConferenceRegistry::find(ConferenceId id) {
  Entry* const entry = find_any(id);
  return entry == nullptr || entry->ended ? nullptr : entry;
}

void ConferenceRegistry::end(Entry& entry, ConferenceId id) {
  for (auto& [member, guest] : guests_) {
    if (guest.conference == id && !guest.closing) dismiss(member, guest);
  }
  entry.ended = true;
  entry.room->ending.store(true, std::memory_order_release);
  ended_.push_back(id);
}

std::optional<ConferenceStatistics> ConferenceRegistry::statistics(ConferenceId id) const {
  const auto found = entries_.find(id);
  if (found == entries_.end() || found->second.ended) return std::nullopt;
  return found->second.room->statistics.read();
}

void ConferenceRegistry::attend(Entry& entry, ConferenceId id, std::shared_ptr<AudioPort> port, float gain, LegId member) {
  Guest guest;
  guest.attendant = std::make_unique<Attendant>(std::move(port));
  guest.attendant->port.slot.set_gain(gain);
  guest.conference = id;
  ++entry.members;
  entry.room->arriving.push(*guest.attendant);
  guests_.emplace(member, std::move(guest));
}

bool ConferenceRegistry::set_gain(LegId member, float gain) {
  const auto found = guests_.find(member);
  if (found == guests_.end() || found->second.closing) return false;
  found->second.attendant->port.slot.set_gain(gain);
  return true;
}

bool ConferenceRegistry::dismiss(LegId member) {
  const auto found = guests_.find(member);
  if (found == guests_.end() || found->second.closing) return false;
  dismiss(member, found->second);
  return true;
}

void ConferenceRegistry::dismiss(LegId member, Guest& guest) {
  guest.closing = true;
  guest.attendant->closing.store(true, std::memory_order_release);
  --entries_.at(guest.conference).members;
  dismissed_.push_back(member);
}

void ConferenceRegistry::collect() {
  std::erase_if(dismissed_, [this](LegId member) {
    const auto found = guests_.find(member);
    if (!found->second.attendant->gone.load(std::memory_order_acquire)) return false;
    guests_.erase(found);
    return true;
  });
  std::erase_if(ended_, [this](ConferenceId id) {
    const auto found = entries_.find(id);
    const Entry& entry = found->second;
    if (entry.slots > 0 || !entry.room->gone.load(std::memory_order_acquire)) return false;
    promised_[entry.worker][entry.room->phase] -= entry.room->conference.max_members();
    entries_.erase(found);
    return true;
  });
}

}  // namespace offhook::inline v0::media
