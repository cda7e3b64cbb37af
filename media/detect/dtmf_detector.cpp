#include <offhook/media/detect/dtmf_detector.hpp>

#include <offhook/media/dsp/four_floats.hpp>

#include <algorithm>
#include <bit>
#include <cmath>
#include <complex>
#include <cstring>
#include <numbers>
#include <string_view>

namespace offhook::inline v0::media {
namespace {

constexpr std::size_t kBlock = 40, kBlocks = kDtmfFrame / kBlock;  // 5 ms
constexpr std::size_t kPairs = kBlock / 2;
constexpr std::size_t kSpan = 6;                                   // windows that the second check uses: 35 ms
constexpr std::uint32_t kSpanBits = (1u << kSpan) - 1;
constexpr unsigned kMaxAbsent = 4;        // windows: a gap of 20 ms blanks at most four, a gap of 30 ms at least five
constexpr std::array<double, kBankTones> kHz{697, 770, 852, 941, 1209, 1336, 1477, 1633};
constexpr std::string_view kKeys = "123A456B789C*0#D";

// For a sine, a window's sums are its amplitude times this: half the mean of the coefficients, times their number.
constexpr double kCoefficient = 1024;
constexpr auto kGain = static_cast<float>(kCoefficient * kBlock / 2);
constexpr float kPowerUnit = float{1u << kPowerShift} / kBlock;  // mean square of a sample, for one unit of a block's power()

// Thresholds. Powers are mean squares of samples; 0 dBm0 is a sine of amplitude 22,826.
constexpr float kMinPower = 31'000;       // least power of one tone: -39 dBm0, below -36 dBm0, the least level that the detector must accept
constexpr float kQuiet = kMinPower / 16;  // a block with less power has neither tone
constexpr float kWindowShare = 0.55F;     // least share of the two tones in the power of 10 ms (first check)
constexpr float kShare = 0.86F;           // least share in 35 ms (second check): noise 8 dB below the tones
constexpr float kLowOverHigh = 9.0F;      // 9.5 dB: the 8 dB that the detector must accept, and 1.5 dB for distortion by a line
constexpr float kHighOverLow = 3.6F;      // 5.5 dB: the 4 dB that the detector must accept, and 1.5 dB for distortion
constexpr float kSteady = 0.94F;          // coherence from window to window
constexpr float kLowestWindow = 0.55F, kHighestWindow = 1.7F;  // bounds of a window's level relative to the mean, squared: 2.5 dB
constexpr float kGapFloor = 0.16F;        // if a window's squared level is below this share of the digit's, more than half of the window is a gap
// More than the 1.5 % and 2 Hz that must be detected. Two harmonics in the ratio 3 to 4, the most likely ones in a
// voice, differ from each pair by more than twice this.
constexpr double kDetune = 0.0185;

struct Tables {
  BankTables<kPairs> bank = make_bank_tables<kPairs>(kHz, kCoefficient);
  std::array<std::complex<float>, kBankTones> step;  // phase step from window to window
  std::array<float, kBankTones> slack;               // tangent of the largest permitted error of `step`

  Tables() noexcept {
    for (std::size_t tone = 0; tone < kBankTones; ++tone) {
      const double angle = 2 * std::numbers::pi * kHz[tone] * kBlock / 8000;
      step[tone] = std::complex<float>(std::polar(1.0, angle));
      slack[tone] = static_cast<float>(std::tan(angle * kDetune));
    }
  }
};

const Tables& tables() noexcept {
  static const Tables made;
  return made;
}

using FourInts [[gnu::vector_size(16)]] = std::int32_t;

FourFloats load_ints(const std::int32_t* from) noexcept {
  FourInts four;
  std::memcpy(&four, from, sizeof four);
  return __builtin_convertvector(four, FourFloats);
}

/// Returns the squared magnitudes of four neighbouring tones.
FourFloats squares(const BankSums& sums, std::size_t first) noexcept {
  const FourFloats cosine = load_ints(sums.of.data() + first), sine = load_ints(sums.of.data() + kBankTones + first);
  return cosine * cosine + sine * sine;
}

float highest(FourFloats four) noexcept { return std::max(std::max(four[0], four[1]), std::max(four[2], four[3])); }

std::size_t place_of_highest(FourFloats four) noexcept {
  std::size_t place = 0;
  for (std::size_t i = 1; i < 4; ++i) place = four[i] > four[place] ? i : place;
  return place;
}

/// Returns the phasor of a tone in a window: the conjugate of the correlation, so that its phase advances.
std::complex<float> phasor(const BankSums& sums, std::size_t tone) noexcept {
  return {static_cast<float>(sums.of[tone]), -static_cast<float>(sums.of[kBankTones + tone])};
}

/// Returns the sample at which a tone began. A window passes when it is half full: the tone began up to a block
/// before the middle of the first window that passed.
std::uint64_t begin_sample(std::uint64_t window) noexcept { return window < 2 ? 0 : (window - 1) * kBlock - kBlock / 2; }

/// Returns the product. Written out, because the library's product checks for infinities.
std::complex<float> times(std::complex<float> a, std::complex<float> b) noexcept {
  return {a.real() * b.real() - a.imag() * b.imag(), a.real() * b.imag() + a.imag() * b.real()};
}

}  // namespace

void DtmfDetector::hear(std::span<const std::int16_t, kDtmfFrame> pcm) noexcept { feed(pcm.data(), tone_bank_chosen()); }

void DtmfDetector::feed(const std::int16_t* pcm, const ToneBankKernels& kernels) noexcept {
  const auto& bank = tables().bank;
  for (std::size_t block = 0; block < kBlocks; ++block, pcm += kBlock) {
    ++now_;
    const float power = static_cast<float>(kernels.power(pcm, kPairs)) * kPowerUnit;
    powers_[now_ % kWindows] = power;
    BankSums& next = windows_[(now_ + 1) % kWindows];
    if (power < kQuiet) {
      next = {};
    } else {
      kernels.feed(pcm, kPairs, bank.falling.data(), bank.rising.data(), windows_[now_ % kWindows], next);
    }
    judge_window();
  }
}

void DtmfDetector::judge_window() noexcept {
  passed_ = passed_ << 1 | (is_mostly_two_tones() ? 1u : 0u);
  if (sounding_ && still_sounds()) {
    sounding_->absent = 0;
    sounding_->last = now_;
    return;
  }
  if ((passed_ & kSpanBits) == kSpanBits) look_closely();
  if (sounding_ && sounding_->last != now_ && ++sounding_->absent > kMaxAbsent) end();
}

bool DtmfDetector::is_mostly_two_tones() const noexcept {
  const float power = (powers_[now_ % kWindows] + powers_[(now_ - 1) % kWindows]) / 2;
  if (power < kQuiet) return false;
  const BankSums& sums = window(now_);
  return highest(squares(sums, 0)) + highest(squares(sums, 4)) > kWindowShare * 2 * kGain * kGain * power;
}

bool DtmfDetector::still_sounds() const noexcept {
  const BankSums& sums = window(now_);
  const FourFloats rows = squares(sums, 0), columns = squares(sums, 4);
  const float row = rows[sounding_->row], column = columns[sounding_->column - 4];
  // The two tones must also be the loudest of their groups: a neighbouring digit that follows at once is already in this window.
  return row >= sounding_->row_floor && column >= sounding_->column_floor && row >= highest(rows) && column >= highest(columns);
}

void DtmfDetector::look_closely() noexcept {
  FourFloats rows{}, columns{};
  for (std::size_t back = 0; back < kSpan; ++back) {
    rows += squares(window(now_ - back), 0);
    columns += squares(window(now_ - back), 4);
  }
  const std::size_t row = place_of_highest(rows), column = 4 + place_of_highest(columns);
  const auto low = steady_tone(row);
  if (!low) return;
  const auto high = steady_tone(column);
  if (!high) return;
  if (low->power > kLowOverHigh * high->power || high->power > kHighOverLow * low->power) return;
  if (low->power + high->power < kShare * power_between()) return;
  begin(row, column, *low, *high);
}

std::optional<DtmfDetector::Tone> DtmfDetector::steady_tone(std::size_t lane) const noexcept {
  std::array<std::complex<float>, kSpan> phasors;
  std::array<float, kSpan> levels;
  float sum = 0;
  for (std::size_t i = 0; i < kSpan; ++i) {
    phasors[i] = phasor(window(now_ - (kSpan - 1) + i), lane);
    levels[i] = std::norm(phasors[i]);
    sum += levels[i];
  }
  const float mean = sum / kSpan;
  const auto [lowest, highest] = std::minmax_element(levels.begin(), levels.end());
  if (*lowest < kLowestWindow * mean || *highest > kHighestWindow * mean) return std::nullopt;
  // Compares the phase step between windows with the expected one. This measures the frequency without an arctangent.
  std::complex<float> run;
  for (std::size_t i = 1; i < kSpan; ++i) run += times(phasors[i], std::conj(phasors[i - 1]));
  const auto off = times(run, std::conj(tables().step[lane]));
  if (!(off.real() > 0) || std::abs(off.imag()) > tables().slack[lane] * off.real()) return std::nullopt;
  const float length = std::sqrt(std::norm(run));
  if (length < kSteady * (sum - (levels.front() + levels.back()) / 2)) return std::nullopt;
  // Rotates all windows back by the phase step, and adds them. The sum contains only the tone, as a window of 35 ms with a flat top would.
  const auto back = std::conj(run) / length;
  std::complex<float> coherent = phasors[kSpan - 1];
  for (std::size_t i = kSpan - 1; i-- > 0;) coherent = times(coherent, back) + phasors[i];
  const float power = std::norm(coherent) / (2 * kSpan * kSpan * kGain * kGain);
  if (power < kMinPower) return std::nullopt;
  return Tone{power, mean};
}

/// Returns the mean power of the blocks under the flat top of the window of 35 ms.
float DtmfDetector::power_between() const noexcept {
  float sum = 0;
  for (std::size_t back = 1; back < kSpan; ++back) sum += powers_[(now_ - back) % kWindows];
  return sum / (kSpan - 1);
}

void DtmfDetector::begin(std::size_t row, std::size_t column, const Tone& low, const Tone& high) noexcept {
  const auto heard_for = std::clamp<std::uint64_t>(static_cast<unsigned>(std::countr_one(passed_)), kSpan, kWindows);
  std::uint64_t first = now_ - heard_for + 1;
  if (sounding_ && (sounding_->row != row || sounding_->column != column)) {
    first = std::max(first, sounding_->last + 1);
    end();
  }
  const bool is_new = !sounding_;
  sounding_ = Sounding{static_cast<std::uint8_t>(row), static_cast<std::uint8_t>(column), 0, kGapFloor * low.mean,
                       kGapFloor * high.mean, is_new ? first : sounding_->begin, now_};
  if (is_new) emit({*sounding(), false, begin_sample(first), 0});
}

void DtmfDetector::end() noexcept {
  const auto blocks = sounding_->last - sounding_->begin + 1;
  emit({*sounding(), true, begin_sample(sounding_->begin), static_cast<std::uint32_t>(blocks * kBlock / 8)});
  sounding_.reset();
}

void DtmfDetector::emit(const DtmfDigit& digit) noexcept {
  if (ready_count_ == ready_.size()) {  // The application does not call poll(): drop the oldest digit.
    std::copy(ready_.begin() + 1, ready_.end(), ready_.begin());
    --ready_count_;
  }
  ready_[ready_count_++] = digit;
}

std::optional<DtmfDigit> DtmfDetector::poll() noexcept {
  if (ready_count_ == 0) return std::nullopt;
  const DtmfDigit digit = ready_[0];
  std::copy(ready_.begin() + 1, ready_.end(), ready_.begin());
  --ready_count_;
  return digit;
}

std::optional<char> DtmfDetector::sounding() const noexcept {
  if (!sounding_) return std::nullopt;
  return kKeys[sounding_->row * 4 + (sounding_->column - 4)];
}

}  // namespace offhook::inline v0::media
