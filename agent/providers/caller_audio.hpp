#pragma once

#include <offhook/agent/providers/voice_format.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace offhook::inline v0::agent {

/// The audio of the caller's last turn as it was sent, stored until the transcript of the turn is known. After a reconnection the new
/// socket gets the audio again, so that the caller does not have to repeat the turn.
class CallerAudio {
 public:
  static constexpr std::size_t kMostMs = 30'000;  ///< longest stored audio, in ms (240 KB of G.711); add() drops the beginning of a longer turn
  static constexpr std::size_t kStepMs = 1'000;   ///< audio that add() drops at once, in ms

  explicit CallerAudio(AudioFormat format) : format_(format) {}

  void add(std::span<const std::uint8_t> octets);
  void forget();
  [[nodiscard]] std::span<const std::uint8_t> octets() const { return octets_; }
  /// Returns the octets of the turn, including those that add() dropped.
  [[nodiscard]] std::uint64_t total() const { return total_; }
  [[nodiscard]] std::uint64_t forgotten() const { return forgotten_; }

 private:
  AudioFormat format_;
  std::vector<std::uint8_t> octets_;
  std::uint64_t total_ = 0;
  std::uint64_t forgotten_ = 0;  // octets of all turns that add() dropped because of kMostMs
};

}  // namespace offhook::inline v0::agent
