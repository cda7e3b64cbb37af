#pragma once

#include <offhook/media/engine/engine.hpp>
#include <offhook/rtp/translator.hpp>

#include <array>
#include <atomic>
#include <memory>

namespace offhook::inline v0::media {

struct Leg;

/// That two legs of one worker be joined, or parted. Made and freed by the signalling thread, which frees neither leg before it is done.
struct RelayOrder {
  enum class What : std::uint8_t { Join, Part };
  What what = What::Join;
  std::array<Leg*, 2> legs{};
  std::array<std::unique_ptr<rtp::Translator>, 2> translators;   // for those that have none of their clock; what they had comes back
  std::array<LegId, 2> ids{};                                    // for the signalling thread
  RelayOrder* next_arriving = nullptr;                           // Inbox's
  std::atomic<bool> done{false};                                 // the worker's last word
};

}  // namespace offhook::inline v0::media
