#pragma once

#include <offhook/media/dsp/tone_bank.hpp>

#include <array>
#include <cstdint>
#include <optional>
#include <span>

namespace offhook::inline v0::media {

inline constexpr std::size_t kDtmfFrame = 160;   ///< samples: 20 ms at 8000 Hz

/// A digit detected as tones in the audio.
struct DtmfDigit {
  char digit = 0;                  ///< 0-9 * # A-D
  bool ended = false;              ///< false: the digit has begun, and still sounds
  std::uint64_t at = 0;            ///< sample of the call at which the digit began, within 5 ms
  std::uint32_t duration_ms = 0;   ///< exact within 10 ms; valid only if `ended` is true
};

/// Detects the digits in the audio of one call: ITU-T Q.23, with the tolerances of Q.24.
///
/// time       detects a digit of 40 ms at any position, and ignores one of 23 ms; reports it 30 to 60 ms after its start, and again
///            when it has ended. A gap of up to 20 ms does not end a digit (Q.24's Danish value, the most tolerant; a lost packet is
///            as long); a gap of 30 ms does (NTT's value, the strictest)
/// frequency  detects tones that are off by 1.5 % and 2 Hz, and ignores those off by 3.5 %
/// level      each tone from 0 dBm0 to -36 dBm0; the high tone at most 4 dB above the low one, or 8 dB below
/// noise      white noise 12 dB below the digit does no harm
/// speech     is ignored, because both tones must be constant for 30 ms, in frequency and in level, without other sound
///
/// Method: windows of 10 ms every 5 ms, at all eight frequencies (tone_bank.hpp). When most of the power of six windows in a row is that of one row
/// and one column, a second check follows. The phases of the tones from window to window give their frequencies, far finer than a filter bank could.
/// Their coherent sum over 35 ms shows how much other sound there was.
///
/// Pure, no allocation; safe on the audio thread. Use one object per call. It is under 1 kB, and may be copied.
class DtmfDetector {
 public:
  void hear(std::span<const std::int16_t, kDtmfFrame> pcm) noexcept;
  /// Returns the next digit. Call it after each frame until it returns nullopt.
  [[nodiscard]] std::optional<DtmfDigit> poll() noexcept;
  /// Returns the digit that sounds at the end of the audio so far.
  [[nodiscard]] std::optional<char> sounding() const noexcept;

 private:
  static constexpr std::size_t kWindows = 8;   // windows in the ring: at least six, and the window that is being filled
  static constexpr std::size_t kMaxReady = 4;  // a frame can end at most one digit and start another
  struct Tone {
    float power = 0;      // power of the sine: a^2 / 2
    float mean = 0;       // mean of the windows' sums, squared
  };
  struct Sounding {
    std::uint8_t row = 0, column = 0, absent = 0;
    float row_floor = 0, column_floor = 0;   // a window with less power has a gap
    std::uint64_t begin = 0, last = 0;       // numbers of windows
  };

  void feed(const std::int16_t* pcm, const ToneBankKernels& kernels) noexcept;
  void judge_window() noexcept;
  [[nodiscard]] bool is_mostly_two_tones() const noexcept;
  [[nodiscard]] bool still_sounds() const noexcept;
  void look_closely() noexcept;
  [[nodiscard]] std::optional<Tone> steady_tone(std::size_t lane) const noexcept;
  [[nodiscard]] float power_between() const noexcept;
  void begin(std::size_t row, std::size_t column, const Tone& low, const Tone& high) noexcept;
  void end() noexcept;
  void emit(const DtmfDigit& digit) noexcept;
  [[nodiscard]] const BankSums& window(std::uint64_t number) const noexcept { return windows_[number % kWindows]; }

  std::array<BankSums, kWindows> windows_{};
  std::array<float, kWindows> powers_{};       // powers of the blocks of 5 ms: window n covers blocks n - 1 and n
  std::uint64_t now_ = 0;                      // number of the block, and of the window that ends with it
  std::uint32_t passed_ = 0;                   // windows with mostly two tones: one bit each, the latest in the lowest bit
  std::optional<Sounding> sounding_;
  std::array<DtmfDigit, kMaxReady> ready_{};
  std::uint8_t ready_count_ = 0;
};
static_assert(sizeof(DtmfDetector) <= 1024);

}  // namespace offhook::inline v0::media
