#pragma once

#include <offhook/base/time.hpp>
#include <offhook/media/detect/heard_voice.hpp>
#include <offhook/media/detect/voice_bank.hpp>
#include <offhook/media/engine/voice_request_queue.hpp>
#include <offhook/media/stream/codec_chain.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace offhook::inline v0::media {

struct Leg;

inline constexpr base::Duration kTick = std::chrono::milliseconds(20);
inline constexpr std::size_t kPhases = 20;              ///< phases of a tick
inline constexpr base::Duration kPhase = kTick / kPhases;
inline constexpr std::uint64_t kMaxCatchUpTicks = 10;   ///< a late worker catches up at most these ticks, because a burst of seconds has no use
inline constexpr std::size_t kMaxLegsPerWorker = 4096;

/// Legs that are ticked side by side. The signalling thread makes it; its contents belong to the worker.
struct LegRow {
  static constexpr std::size_t kLanes = 8;
  /// The received audio of a conference's legs, which must be kept until all of it is mixed.
  struct Kept {
    std::array<CodecChain::Frame, kLanes> frames;
    std::array<std::span<const std::int16_t>, kLanes> heard;
    std::array<bool, kLanes> ticked{};   // true if the leg is ticked in this tick
  };
  LegRow(std::uint8_t in_phase, bool of_conferences) : phase(in_phase), kept(of_conferences ? std::make_unique<Kept>() : nullptr) {}

  const std::uint8_t phase;
  const std::unique_ptr<Kept> kept;  // null in rows without conferences
  std::array<Leg*, kLanes> legs{};   // null in lanes without a leg
  std::size_t count = 0;             // number of legs
  VoiceBank voice{kLanes};
  using ModelCalls = std::array<ModelCall, kLanes>;
  std::unique_ptr<ModelCalls> model;   // null without a model; made before the worker gets the row's first leg

  /// Resets the voice detectors of a lane, because other audio starts there.
  void begin_voice(std::size_t lane) {
    voice.reset(lane);
    if (model) VoiceFeed::restart((*model)[lane]);
  }
  /// Returns the result of the voice detectors of a lane, after voice.run().
  [[nodiscard]] HeardVoice found_voice(std::size_t lane) {
    HeardVoice found = voice.found(lane);
    if (model) found.voiced = VoiceFeed::judge((*model)[lane], found.voiced);
    return found;
  }
};

/// The place of a leg in a row.
struct LegPlace {
  LegRow* row = nullptr;
  std::uint8_t lane = 0;
  friend bool operator==(const LegPlace&, const LegPlace&) = default;
};

/// Assigns a place to each leg of a worker. It fills a row before it starts another one, and spreads the rows over the phases of a tick. Therefore
/// few legs share one phase, and many legs are spread over twenty phases. The legs of a conference have separate rows, in the conference's phase.
/// Runs on the signalling thread. A row exists until the worker ends, even without legs.
class LegRows {
 public:
  [[nodiscard]] bool full() const { return taken_ >= kMaxLegsPerWorker; }
  /// Returns the number of legs in the rows of a phase's conferences: members, former members, and legs on their way there.
  [[nodiscard]] std::size_t taken_among_conferences(std::uint8_t phase) const { return taken_among_conferences_[phase]; }
  /// Takes a place. Do not call it when full().
  [[nodiscard]] LegPlace take();
  /// Takes a place in a row for conferences of a phase.
  [[nodiscard]] LegPlace take_among_conferences(std::uint8_t phase);
  /// Frees a place that the worker has released.
  void give_back(LegPlace place);

 private:
  using Places = std::vector<LegPlace>;  // the place that was freed last is taken first, because it is in the cache
  [[nodiscard]] LegPlace take_from(Places& free, std::uint8_t phase, bool of_conferences);

  std::vector<std::unique_ptr<LegRow>> rows_;
  std::size_t plain_rows_ = 0;
  std::size_t taken_ = 0;
  Places free_;
  std::array<Places, kPhases> free_among_conferences_;
  std::array<std::size_t, kPhases> taken_among_conferences_{};
};

}  // namespace offhook::inline v0::media
