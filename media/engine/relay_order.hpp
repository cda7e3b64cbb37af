#pragma once

#include <offhook/media/engine/engine.hpp>
#include <offhook/rtp/translator.hpp>

#include <array>
#include <atomic>
#include <memory>

namespace offhook::inline v0::media {

struct Leg;

/// An order to join or part two legs of one worker. The signalling thread makes and frees it, and frees neither leg before it is done.
struct RelayOrder {
  enum class What : std::uint8_t { Join, Part };
  What what = What::Join;
  std::array<Leg*, 2> legs{};
  std::array<std::unique_ptr<rtp::Translator>, 2> translators;   // new translators for legs that need another clock; after the order, the former translators
  std::array<LegId, 2> ids{};                                    // used by the signalling thread
  RelayOrder* next_arriving = nullptr;                           // used by Inbox
  std::atomic<bool> done{false};                                 // set by the worker when it no longer uses the order
};

}  // namespace offhook::inline v0::media
