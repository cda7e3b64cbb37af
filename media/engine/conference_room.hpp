#pragma once

#include <offhook/media/conference.hpp>
#include <offhook/media/conference_port.hpp>
#include <offhook/media/engine/conference_statistics.hpp>
#include <offhook/media/engine/inbox.hpp>
#include <offhook/media/engine/leg_rows.hpp>
#include <offhook/media/engine/snapshot.hpp>

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

namespace offhook::inline v0::media {

/// A member without a line. The signalling thread's, lent to the room until it is `gone`.
struct Attendant {
  explicit Attendant(std::shared_ptr<AudioPort> its_port) : port(std::move(its_port)) {}

  ConferencePort port;
  Attendant* next_arriving = nullptr;    // Inbox's
  std::atomic<bool> closing{false};      // asked of the worker
  std::atomic<bool> gone{false};         // the worker's last word
};

/// A conference at its worker. Made on the signalling thread, then touched by the worker alone, but for the atomics.
struct ConferenceRoom {
  ConferenceRoom(std::uint32_t rate_hz, std::size_t max_members, std::uint8_t in_phase)
      : conference(rate_hz, max_members), phase(in_phase) {
    attendants.reserve(conference.max_members());
  }

  Conference conference;
  const std::uint8_t phase;
  std::vector<Attendant*> attendants;
  Inbox<Attendant> arriving;
  ConferenceRoom* next_arriving = nullptr;   // Inbox's
  std::uint64_t ticks = 0;
  std::atomic<bool> ending{false};           // asked of the worker, when all have been told to leave
  std::atomic<bool> gone{false};             // the worker's last word
  Snapshot<ConferenceStatistics> statistics;
};

/// The conferences of one worker: each is mixed in its phase of a tick, after all of its members were heard and before any of them is
/// sent anything. All functions but add() belong to the worker's thread.
class ConferenceHall {
 public:
  static constexpr std::size_t kMaxRoomsPerPhase = Conference::kMaxMembers / Conference::kMinMembers;

  ConferenceHall() {
    for (auto& rooms : rooms_) rooms.reserve(kMaxRoomsPerPhase);
  }
  /// Any thread. The caller sees to it that there are no more than kMaxRoomsPerPhase in a phase.
  void add(ConferenceRoom& room) { arriving_.push(room); }

  void take_in();
  [[nodiscard]] bool empty(std::size_t phase) const { return rooms_[phase].empty(); }
  void begin(std::size_t phase);
  /// Between these two the members who have a line say() what they say, and after the second they hear.
  void mix(std::size_t phase, std::uint64_t tick);
  void end(std::size_t phase, std::uint64_t tick);
  /// All conferences are over, and what is recorded of them ends.
  void finish();

 private:
  static void let_in(ConferenceRoom& room);
  static void close(ConferenceRoom& room, std::uint64_t tick);

  Inbox<ConferenceRoom> arriving_;
  std::array<std::vector<ConferenceRoom*>, kPhases> rooms_;
};

}  // namespace offhook::inline v0::media
