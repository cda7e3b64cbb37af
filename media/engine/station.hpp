#pragma once

#include <offhook/media/conference.hpp>
#include <offhook/media/engine/engine.hpp>
#include <offhook/media/engine/leg_rows.hpp>
#include <offhook/media/voice_bank.hpp>

#include <atomic>
#include <cstddef>
#include <memory>

namespace offhook::inline v0::media {

class Worker;
struct ConferenceRoom;

/// Where a leg is ticked, or will be: by which worker, at which place, in which conference. Made by the signalling thread. The leg's
/// worker takes up a new one at a tick, and the one before is then `left`: nobody but its maker has a use for it any more.
struct Station {
  Station(std::size_t worker_index, Worker& at, LegPlace at_place) : worker(worker_index), whose(&at), place(at_place) {}

  const std::size_t worker;
  Worker* const whose;
  const LegPlace place;
  ConferenceRoom* room = nullptr;            // none: in no conference
  ConferenceId conference;                   // which has that room: for the signalling thread
  std::unique_ptr<ConferenceSeat> seat;      // in that room
  std::unique_ptr<VoiceBank> voice;          // of a leg on its way here: what was known of its voice
  std::atomic<bool> left{false};
};

}  // namespace offhook::inline v0::media
