#pragma once

#include <offhook/media/codec_chain.hpp>
#include <offhook/media/engine/voice_desk.hpp>
#include <offhook/media/voice_bank.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace offhook::inline v0::media {

struct Leg;

inline constexpr std::size_t kPhases = 20;              ///< of a tick, 1 ms each
inline constexpr std::size_t kMaxLegsPerWorker = 4096;

/// Legs that are ticked side by side. Made by the signalling thread; what is in it belongs to the worker.
struct LegRow {
  static constexpr std::size_t kLanes = 8;
  /// What the legs of a conference heard has to be kept until all of it is mixed.
  struct Kept {
    std::array<CodecChain::Frame, kLanes> frames;
    std::array<std::span<const std::int16_t>, kLanes> heard;
    std::array<bool, kLanes> ticked{};   // in this tick
  };
  LegRow(std::uint8_t in_phase, bool of_conferences) : phase(in_phase), kept(of_conferences ? std::make_unique<Kept>() : nullptr) {}

  const std::uint8_t phase;
  const std::unique_ptr<Kept> kept;  // null in the rows of those who are in no conference
  std::array<Leg*, kLanes> legs{};   // null where there is none
  std::size_t count = 0;             // of them
  VoiceBank voice{kLanes};
  using ModelCalls = std::array<ModelCall, kLanes>;
  std::unique_ptr<ModelCalls> model;   // null where no model helps; made before the row's first leg is its worker's
};

/// Where a leg is ticked.
struct LegPlace {
  LegRow* row = nullptr;
  std::uint8_t lane = 0;
  friend bool operator==(const LegPlace&, const LegPlace&) = default;
};

/// Gives each leg of a worker its place: rows are filled before another one is begun, and rows spread over the phases of a tick, so that
/// little work comes in one piece and much of it in twenty. Conferences have rows of their own, in the phase of each. On the signalling
/// thread. Rows stay for the worker's life: as many as it had legs at once, and in the conferences of each phase.
class LegRows {
 public:
  [[nodiscard]] bool full() const { return taken_ >= kMaxLegsPerWorker; }
  /// Legs in the rows of its conferences: members, those who are no more, and those on their way there.
  [[nodiscard]] std::size_t taken_among_conferences(std::uint8_t phase) const { return taken_among_conferences_[phase]; }
  /// Not when full().
  [[nodiscard]] LegPlace take();
  /// The same, in a row of the conferences of a phase.
  [[nodiscard]] LegPlace take_among_conferences(std::uint8_t phase);
  /// The worker has let go of it.
  void give_back(LegPlace place);

 private:
  using Places = std::vector<LegPlace>;  // The last one that came back is taken first: it is in the cache.
  [[nodiscard]] LegPlace take_from(Places& free, std::uint8_t phase, bool of_conferences);

  std::vector<std::unique_ptr<LegRow>> rows_;
  std::size_t plain_rows_ = 0;
  std::size_t taken_ = 0;
  Places free_;
  std::array<Places, kPhases> free_among_conferences_;
  std::array<std::size_t, kPhases> taken_among_conferences_{};
};

}  // namespace offhook::inline v0::media
