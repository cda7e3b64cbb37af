#pragma once

#include <offhook/agent/providers/voice_format.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace offhook::inline v0::agent {

/// The caller's last turn as it was sent, until it is known in words: a new socket is given it again, so that nobody has to repeat
/// what they said.
class CallerAudio {
 public:
  static constexpr std::size_t kMostMs = 30'000;  ///< the end of a longer turn; 240 KB of G.711
  static constexpr std::size_t kStepMs = 1'000;   ///< so much of its beginning is forgotten at a time

  explicit CallerAudio(AudioFormat format) : format_(format) {}

  void add(std::span<const std::uint8_t> octets);
  void forget();
  [[nodiscard]] std::span<const std::uint8_t> octets() const { return octets_; }
  /// Of the turn, whatever was forgotten of it.
  [[nodiscard]] std::uint64_t total() const { return total_; }
  [[nodiscard]] std::uint64_t forgotten() const { return forgotten_; }

 private:
  AudioFormat format_;
  std::vector<std::uint8_t> octets_;
  std::uint64_t total_ = 0;
  std::uint64_t forgotten_ = 0;  // of all turns, for lack of room
};

}  // namespace offhook::inline v0::agent
