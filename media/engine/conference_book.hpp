#pragma once

#include <offhook/base/result.hpp>
#include <offhook/media/engine/conference_room.hpp>
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

/// The conferences of an engine, and who is in them: what the signalling thread knows of them. Not of where legs are ticked, but for one
/// thing: a room is forgotten when its worker has let go of it and no Station leads there.
class ConferenceBook {
 public:
  struct Entry {
    std::unique_ptr<ConferenceRoom> room;
    std::size_t worker = 0;
    std::uint32_t rate_hz = 0;
    std::size_t members = 0;      // told to come and not told to leave
    std::size_t stations = 0;     // that lead there
    bool ended = false;
    [[nodiscard]] bool full() const { return members >= room->conference.max_members(); }
  };

  static constexpr std::size_t kMaxSeatsPerPhase = Conference::kMaxMembers;
  static constexpr std::size_t kMaxSeatsPerWorker = 10 * kMaxSeatsPerPhase;  ///< more than it has legs: some have no line, and few are all there

  explicit ConferenceBook(std::size_t workers) : promised_(workers) {}

  /// The phase of that worker in which the least is to be ticked, seats that are promised or legs that are there; nothing when `seats` more
  /// would be too many promised, in each or in all. `rows`: the worker's. Who was in a conference that is over stays where it was ticked, and is no
  /// reason to refuse another, but one to have it elsewhere.
  [[nodiscard]] std::optional<std::uint8_t> find_phase(std::size_t worker, std::size_t seats, const LegRows& rows) const;
  [[nodiscard]] std::size_t promised(std::size_t worker) const;

  [[nodiscard]] ConferenceId open(const ConferenceOptions& options, std::size_t worker, std::uint8_t phase);
  /// Null when there is none, or it has ended.
  [[nodiscard]] Entry* find(ConferenceId id);
  /// The same, or one that is ending.
  [[nodiscard]] Entry* find_any(ConferenceId id);
  /// All who have a line were told to leave.
  void end(Entry& entry, ConferenceId id);
  [[nodiscard]] std::optional<ConferenceStatistics> statistics(ConferenceId id) const;

  void attend(Entry& entry, ConferenceId id, std::shared_ptr<AudioPort> port, float gain, LegId member);
  /// False when it is none of ours.
  [[nodiscard]] bool set_gain(LegId member, float gain);
  [[nodiscard]] bool dismiss(LegId member);

  /// Forgets what its worker has let go of.
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
  std::vector<std::array<std::size_t, kPhases>> promised_;   // seats, by worker and phase
  std::uint64_t last_id_ = 0;
  std::vector<LegId> dismissed_;                             // guests and conferences whose worker has not let go of them yet
  std::vector<ConferenceId> ended_;
};

}  // namespace offhook::inline v0::media
