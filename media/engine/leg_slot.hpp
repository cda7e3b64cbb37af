#pragma once

#include <offhook/media/conference/conference.hpp>
#include <offhook/media/detect/voice_bank.hpp>
#include <offhook/media/engine/engine.hpp>
#include <offhook/media/engine/leg_rows.hpp>

#include <atomic>
#include <cstddef>
#include <memory>

namespace offhook::inline v0::media {

class Worker;
struct WorkerConference;

/// The present or future place of a leg: its worker, its row and lane, and its conference. The signalling thread makes it. The leg's worker takes a
/// new slot at a tick, and then sets `left` of the previous slot. After that, only the signalling thread may use the previous slot.
struct LegSlot {
  LegSlot(std::size_t worker_index, Worker& at, LegPlace at_place) : worker(worker_index), whose(&at), place(at_place) {}

  const std::size_t worker;
  Worker* const whose;
  const LegPlace place;
  WorkerConference* room = nullptr;            // null if the slot is in no conference
  ConferenceId conference;                   // the conference of that room, for the signalling thread
  std::unique_ptr<ConferenceSlot> member;      // the leg's slot in that conference
  std::unique_ptr<VoiceBank> voice;          // the state of the voice detector, for a leg on its way here
  std::atomic<bool> left{false};
};

}  // namespace offhook::inline v0::media
