#pragma once

#include <offhook/media/conference/conference.hpp>
#include <offhook/media/conference/conference_port.hpp>
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

/// A member without an RTP leg. It belongs to the signalling thread; the conference may use it until it is `gone`.
struct Attendant {
  explicit Attendant(std::shared_ptr<AudioPort> its_port) : port(std::move(its_port)) {}

  ConferencePort port;
  Attendant* next_arriving = nullptr;    // used by Inbox
  std::atomic<bool> closing{false};      // set to order the worker to remove the member
  std::atomic<bool> gone{false};         // set by the worker when it no longer uses the member
};

/// A conference at its worker. The signalling thread makes it; then only the worker uses it, except for the atomics.
struct WorkerConference {
  WorkerConference(std::uint32_t rate_hz, std::size_t max_members, std::uint8_t in_phase)
      : conference(rate_hz, max_members), phase(in_phase) {
    attendants.reserve(conference.max_members());
  }

  Conference conference;
  const std::uint8_t phase;
  std::vector<Attendant*> attendants;
  Inbox<Attendant> arriving;
  WorkerConference* next_arriving = nullptr;   // used by Inbox
  std::uint64_t ticks = 0;
  std::atomic<bool> ending{false};           // set to end the conference, after all members were ordered to leave
  std::atomic<bool> gone{false};             // set by the worker when it no longer uses the conference
  Snapshot<ConferenceStatistics> statistics;
};

/// The conferences of one worker. Each is mixed in its phase of a tick, after all its members were decoded, and before any member is sent audio.
/// All functions except add() belong to the worker's thread.
class WorkerConferences {
 public:
  static constexpr std::size_t kMaxRoomsPerPhase = Conference::kMaxMembers / Conference::kMinMembers;

  WorkerConferences() {
    for (auto& rooms : rooms_) rooms.reserve(kMaxRoomsPerPhase);
  }
  /// Any thread. A phase may have at most kMaxRoomsPerPhase conferences; this function does not check that.
  void add(WorkerConference& room) { arriving_.push(room); }

  void take_in();
  [[nodiscard]] bool empty(std::size_t phase) const { return rooms_[phase].empty(); }
  void begin(std::size_t phase);
  /// Mixes. For members with an RTP leg, call say() of the conference between begin() and mix(), and others() after mix().
  void mix(std::size_t phase, std::uint64_t tick);
  void end(std::size_t phase, std::uint64_t tick);
  /// Ends all conferences and their recordings.
  void finish();

 private:
  static void let_in(WorkerConference& room);
  static void close(WorkerConference& room, std::uint64_t tick);

  Inbox<WorkerConference> arriving_;
  std::array<std::vector<WorkerConference*>, kPhases> rooms_;
};

}  // namespace offhook::inline v0::media
