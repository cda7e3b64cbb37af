#pragma once

#include <offhook/agent/conversation/parts.hpp>
#include <offhook/media/audio_port.hpp>

#include <vector>

namespace offhook::inline v0::agent {

/// Remembers the caller's last moments, so that a turn reaches the listener with its first syllable although the detector needs
/// a few frames to be sure. One thread.
class Ear {
 public:
  static constexpr std::size_t kRememberedFrames = 32;  ///< 640 ms
  static constexpr std::uint64_t kLeadFrames = 10;      ///< given before the first voiced frame

  /// Keeps the frame, and hands it on while a turn is open.
  void on_frame(const media::HeardFrame& frame, Listener& listener);
  /// Opens a turn whose first voiced frame was at `first_voiced`.
  void open(std::uint64_t first_voiced, Listener& listener);
  void close() { open_ = false; }

 private:
  std::vector<media::HeardFrame> remembered_ = std::vector<media::HeardFrame>(kRememberedFrames);
  std::size_t next_ = 0, count_ = 0;
  bool open_ = false;
};

}  // namespace offhook::inline v0::agent
