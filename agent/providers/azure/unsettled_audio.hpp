#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace offhook::inline v0::agent::azure {

/// A turn's audio from the last phrase on that the service has settled: what came after it is sent again, to a new socket or in a
/// new turn of the service. Samples are counted from the beginning of the caller's turn.
class UnsettledAudio {
 public:
  static constexpr std::size_t kMostSeconds = 30;  ///< without any phrase; of more the beginning is forgotten, and counted

  explicit UnsettledAudio(std::uint32_t rate_hz) : rate_hz_(rate_hz) {}

  void add(std::span<const std::int16_t> pcm);
  /// Everything before `sample` is understood. Nothing that was not sent yet is.
  void settle(std::uint64_t sample);
  /// All that is unsettled is sent again.
  void rewind() { sent_ = first_; }
  void clear();

  /// The next `samples` of those that were not sent, or less: little endian.
  [[nodiscard]] std::string take(std::size_t samples);
  [[nodiscard]] std::size_t unsent() const { return static_cast<std::size_t>(total() - sent_); }
  /// Everything before it is understood, or forgotten.
  [[nodiscard]] std::uint64_t settled() const { return first_; }
  [[nodiscard]] std::uint64_t sent() const { return sent_; }
  [[nodiscard]] std::uint64_t total() const { return first_ + pcm_.size(); }
  /// Of all turns, for lack of room.
  [[nodiscard]] std::uint64_t forgotten() const { return forgotten_; }

 private:
  void drop_front(std::size_t samples);

  std::uint32_t rate_hz_;
  std::vector<std::int16_t> pcm_;
  std::uint64_t first_ = 0;  // the number of pcm_'s first sample
  std::uint64_t sent_ = 0;   // the number of the first one that was not sent
  std::uint64_t forgotten_ = 0;
};

}  // namespace offhook::inline v0::agent::azure
