#pragma once

#include <offhook/base/result.hpp>
#include <offhook/media/engine/worker_conference.hpp>
#include <offhook/media/engine/engine.hpp>
#include <offhook/media/engine/leg_rows.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <unordered_map>
#include <vector>

namespace offhook::inline v0::media {

/// The conferences of an engine and their members, as the signalling thread sees them. The registry does not know where legs are ticked. It frees a
/// conference only when its worker has released it, and when no LegSlot leads to it.
class ConferenceRegistry {
 public:
  struct Entry {
    std::unique_ptr<WorkerConference> room;
    std::size_t worker = 0;
    std::uint32_t rate_hz = 0;
    std::size_t members = 0;      // members that were ordered to join and not yet ordered to leave
    std::size_t slots = 0;     // LegSlots that lead to the conference
    bool ended = false;
    [[nodiscard]] bool full() const { return members >= room->conference.max_members(); }
  };

  static constexpr std::size_t kMaxSlotsPerPhase = Conference::kMaxMembers;
  /// More than the legs of a worker, because some members have no RTP leg, and few conferences are full.
  static constexpr std::size_t kMaxSlotsPerWorker = 10 * kMaxSlotsPerPhase;

  explicit ConferenceRegistry(std::size_t workers) : promised_(workers) {}

  /// Returns the worker's phase with the fewest legs to tick. A phase counts as many legs as it has promised slots, or present legs if they are more.
  /// Returns nullopt if `members` more slots would exceed the bound of every phase, or that of the worker. `rows` are the worker's rows. The legs of an ended
  /// conference stay in their phase. Because of these legs, the function prefers another phase, but does not refuse the conference.
  [[nodiscard]] std::optional<std::uint8_t> find_phase(std::size_t worker, std::size_t members, const LegRows& rows) const;
  [[nodiscard]] std::size_t promised(std::size_t worker) const;

  [[nodiscard]] ConferenceId open(const ConferenceOptions& options, std::size_t worker, std::uint8_t phase);
  /// Returns null if there is no such conference, or if it has ended.
  [[nodiscard]] Entry* find(ConferenceId id);
  /// Does the same, but also returns a conference that is ending.
  [[nodiscard]] Entry* find_any(ConferenceId id);
  /// Ends the conference. First order all members with an RTP leg to leave.
  void end(Entry& entry, ConferenceId id);
  [[nodiscard]] std::optional<ConferenceStatistics> statistics(ConferenceId id) const;

  void attend(Entry& entry, ConferenceId id, std::shared_ptr<AudioPort> port, float gain, LegId member);
  /// These two functions are for members without an RTP leg. They return false for all other members, and for a member that already leaves.
  [[nodiscard]] bool set_gain(LegId member, float gain);
  [[nodiscard]] bool dismiss(LegId member);

  /// Frees the members and conferences that their worker has released.
  void collect();

 private:
  struct Guest {
    std::unique_ptr<Attendant> attendant;
    ConferenceId conference;
    bool closing = false;
  };
  void dismiss(LegId member, Guest& guest);

  std::unordered_map<ConferenceId, Entry> entries_;
  std::unordered_map<LegId, Guest> guests_;
  std::vector<std::array<std::size_t, kPhases>> promised_;   // promised slots, by worker and phase
  std::uint64_t last_id_ = 0;
  std::vector<LegId> dismissed_;                             // guests and conferences that their worker has not released yet
  std::vector<ConferenceId> ended_;
};

}  // namespace offhook::inline v0::media
