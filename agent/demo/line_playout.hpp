#pragma once

#include <offhook/media/port/audio_port.hpp>

#include <cstddef>
#include <cstdint>
#include <span>

namespace offhook::inline v0::agent::demo {

/// Puts the lines of a scripted caller into the playout ring of a port, at 16 kHz. Each line is an utterance.
class LinePlayout {
 public:
  /// Begins the next line.
  void begin() {
    ++utterance_;
    pumped_ = 0;
  }
  /// Puts samples of the current line into the ring until it is full. `pcm` is the whole line.
  void pump(std::span<const std::int16_t> pcm, media::AudioPort& port);
  /// Returns the number of the current line's utterance; 0 before the first line.
  [[nodiscard]] std::uint32_t utterance() const { return utterance_; }

 private:
  std::size_t pumped_ = 0;  // samples of the current line that are in the ring
  std::uint32_t utterance_ = 0;
};

}  // namespace offhook::inline v0::agent::demo
