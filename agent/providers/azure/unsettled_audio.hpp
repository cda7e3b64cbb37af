#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace offhook::inline v0::agent::azure {

/// The audio of a turn after the last phrase that the service has settled. It is sent again to a new socket, or in a new turn of
/// the service. Numbers of samples count from the beginning of the caller's turn.
class UnsettledAudio {
 public:
  static constexpr std::size_t kMostSeconds = 30;  ///< longest audio without a phrase; of longer audio, the beginning is dropped and counted

  explicit UnsettledAudio(std::uint32_t rate_hz) : rate_hz_(rate_hz) {}

  void add(std::span<const std::int16_t> pcm);
  /// Drops the samples before `sample`, which the service has recognised. Keeps all samples that were not sent yet.
  void settle(std::uint64_t sample);
  /// Makes take() return all unsettled samples again.
  void rewind() { sent_ = first_; }
  void clear();

  /// Returns the next `samples` samples that were not sent, or fewer, as little-endian octets.
  [[nodiscard]] std::string take(std::size_t samples);
  [[nodiscard]] std::size_t unsent() const { return static_cast<std::size_t>(total() - sent_); }
  /// Returns the number of the first sample that is neither recognised nor dropped.
  [[nodiscard]] std::uint64_t settled() const { return first_; }
  [[nodiscard]] std::uint64_t sent() const { return sent_; }
  [[nodiscard]] std::uint64_t total() const { return first_ + pcm_.size(); }
  /// Returns the samples of all turns that were dropped because of kMostSeconds.
  [[nodiscard]] std::uint64_t forgotten() const { return forgotten_; }

 private:
  void drop_front(std::size_t samples);

  std::uint32_t rate_hz_;
  std::vector<std::int16_t> pcm_;
  std::uint64_t first_ = 0;  // number of the first sample in pcm_
  std::uint64_t sent_ = 0;   // number of the first sample that was not sent
  std::uint64_t forgotten_ = 0;
};

}  // namespace offhook::inline v0::agent::azure
