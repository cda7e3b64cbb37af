#pragma once

#include <offhook/base/prefetch.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace offhook::inline v0::media {

namespace detail {
struct PolyphaseFilter;
}

/// Streaming conversion between 8000, 16000, 24000 and 48000 Hz, mono, for one stream.
///
/// in      a multiple of in_quantum() samples (20 ms always is); at most kMaxInput
/// out     [>= output_size(in.size())]; process() always writes exactly this many samples, even at the start; may not overlap `in`
/// quality linear-phase FIR of 48 taps of 16 bits at the lower rate. With a lower rate of 8 kHz: within 0.1 dB to 3.4 kHz, 1 dB down
///         at 3.8 kHz, and 74 dB down above 4.5 kHz. Frequencies from 4.0 to 4.5 kHz are mirrored to below 4 kHz. In a conversion to
///         a higher rate, frequencies from 3.5 to 4.0 kHz are mirrored to above 4 kHz. The mirrored frequencies are 6 dB down at
///         4.0 kHz, 10 at 4.08, 20 at 4.2, 32 at 4.3, 52 at 4.4. All of this is outside the telephone band, which ends at 3.4 kHz.
///         A filter that stops at 4.0 kHz costs half as much again, because not every third of its taps is zero. It would also remove
///         frequencies above 3.4 kHz, which recognisers use. Measured in tests. Scale the frequencies for a lower rate of 16 or 24 kHz
/// delay   latency_us(), under 3 ms; the output starts with this much silence
/// cost    no allocation except for the filter, made by the first Resampler of its pair of rates; safe on the audio thread. Uses
///         the widest instructions of this machine, which all give the same samples (media/dsp/detail/polyphase.hpp)
class Resampler {
 public:
  static constexpr std::size_t kMaxInput = 960;  ///< 20 ms at 48 kHz, 40 at 24

  /// If the rates are equal, or if one is not among these four, the resampler only copies.
  Resampler(std::uint32_t from_hz, std::uint32_t to_hz);

  /// Returns the number of samples written. Returns 0, and does nothing, if the input is empty, too long or not a multiple of the quantum, or if the
  /// output is too small.
  std::size_t process(std::span<const std::int16_t> in, std::span<std::int16_t> out) noexcept;
  [[nodiscard]] std::size_t output_size(std::size_t in) const noexcept { return in * up_ / down_; }
  [[nodiscard]] std::size_t in_quantum() const noexcept { return down_; }
  [[nodiscard]] std::uint32_t latency_us() const noexcept;
  void reset() noexcept { history_.fill(0); }
  /// Prefetches the data that the next process() uses, without reading the filter: `past` is the number of past inputs that the filter uses
  /// (detail::PolyphaseFilter::past x down): 48 from 8 to 24 kHz, and 144 from 24 to 8 kHz.
  void prefetch(std::size_t past) const noexcept { base::prefetch(this, offsetof(Resampler, history_) + past * sizeof(std::int16_t)); }

 private:
  static constexpr std::size_t kMaxHistory = 288;
  void remember(std::span<const std::int16_t> in, std::size_t samples) noexcept;

  std::uint32_t from_hz_;
  std::size_t up_ = 1, down_ = 1;
  const detail::PolyphaseFilter* filter_;            // null if the resampler only copies
  std::array<std::int16_t, kMaxHistory> history_{};  // the newest inputs that the filter still uses
};

}  // namespace offhook::inline v0::media
