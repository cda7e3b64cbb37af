#pragma once

#include <offhook/media/tone_bank.hpp>

#include <array>
#include <cstdint>
#include <optional>
#include <span>

namespace offhook::inline v0::media {

inline constexpr std::size_t kDtmfFrame = 160;   ///< samples: 20 ms at 8000 Hz

/// A digit that was heard as tones in the voice.
struct DtmfDigit {
  char digit = 0;                  ///< 0-9 * # A-D
  bool ended = false;              ///< false: it has begun, and sounds
  std::uint64_t at = 0;            ///< sample of the call at which it began, within 5 ms
  std::uint32_t duration_ms = 0;   ///< once ended, within 10 ms
};

/// Digits within the voice of one call: ITU-T Q.23, heard as Q.24 asks for.
///
/// time       a digit of 40 ms is heard at whatever sample it begins, one of 23 ms is not; it is told 30 to 60 ms after its
///            beginning, and once more when it has ended. A gap of up to 20 ms within one is bridged (Q.24's Danish figure, the
///            most forgiving; a lost packet is as long), one of 30 ms parts two (NTT's, the strictest).
/// frequency  1.5 % and 2 Hz off are heard, 3.5 % are not
/// level      each tone from 0 dBm0 to -36 dBm0; the high tone at most 4 dB above the low one, or 8 dB below
/// noise      white noise 12 dB below the digit costs none
/// speech     is refused because both tones must stand still for 30 ms, in frequency and in level, with nothing beside them
///
/// How: windows of 10 ms every 5 ms, at all eight frequencies (tone_bank.hpp). Six in a row whose power is mostly that of
/// a row and of a column are looked at closely: the tones' phases from window to window give their frequencies, far finer than
/// any bank could, and their coherent sum over 35 ms says how much else there was.
///
/// Pure, no allocation; safe on the audio thread. One object per call, under 1 kB, that may be copied and handed over.
class DtmfDetector {
 public:
  void hear(std::span<const std::int16_t, kDtmfFrame> pcm) noexcept;
  /// Until empty, after each frame.
  [[nodiscard]] std::optional<DtmfDigit> poll() noexcept;
  /// The digit that sounds at the end of what was heard.
  [[nodiscard]] std::optional<char> sounding() const noexcept;

 private:
  static constexpr std::size_t kWindows = 8;   // in the ring: six, and the one that grows
  static constexpr std::size_t kMaxReady = 4;  // A frame ends one and begins another at most.
  struct Tone {
    float power = 0;      // of the sine: a^2 / 2
    float mean = 0;       // of a window's sums, squared
  };
  struct Sounding {
    std::uint8_t row = 0, column = 0, absent = 0;
    float row_floor = 0, column_floor = 0;   // Less is a gap.
    std::uint64_t begin = 0, last = 0;       // windows
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
  void tell(const DtmfDigit& digit) noexcept;
  [[nodiscard]] const BankSums& window(std::uint64_t number) const noexcept { return windows_[number % kWindows]; }

  std::array<BankSums, kWindows> windows_{};
  std::array<float, kWindows> powers_{};       // of the blocks of 5 ms: window n lies over blocks n - 1 and n
  std::uint64_t now_ = 0;                      // block, and the window that ends with it
  std::uint32_t passed_ = 0;                   // windows that were mostly two tones: a bit each, the latest lowest
  std::optional<Sounding> sounding_;
  std::array<DtmfDigit, kMaxReady> ready_{};
  std::uint8_t ready_count_ = 0;
};
static_assert(sizeof(DtmfDetector) <= 1024);

}  // namespace offhook::inline v0::media
