#include <offhook/media/files/hold_music.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <numbers>

namespace offhook::inline v0::media {
namespace {

constexpr std::uint32_t kRate = 16000;
constexpr std::size_t kStep = kRate / 2;          // one note per half second
constexpr double kRingSeconds = 1.6;              // time for which each note sounds, even under the following notes
constexpr double kLoudest = 1300;                 // largest sample, of 32767
constexpr double kAttackSeconds = 0.02;           // softer than a plucked string, so that it does not startle the caller
constexpr double kReferenceHz = 440;              // A4, number 69 in MIDI

// C, a minor, F, G, and again: broken chords of four notes, each twice. All notes are between G4 and C6, a range that a telephone carries well.
constexpr std::array<int, 32> kNotes{72, 76, 79, 76, 72, 76, 79, 84, 69, 72, 76, 72, 69, 72, 76, 81,
                                     69, 72, 77, 72, 69, 72, 77, 81, 67, 71, 74, 71, 67, 71, 74, 79};

double frequency_of(int note) { return kReferenceHz * std::pow(2.0, (note - 69) / 12.0); }

/// Returns a sample of a fading string with its octave, which is softer and fades sooner.
double string_at(double hz, double seconds) {
  const double phase = 2 * std::numbers::pi * hz * seconds;
  const double attack = std::min(1.0, seconds / kAttackSeconds);
  const double release = std::min(1.0, (kRingSeconds - seconds) / 0.1);
  return attack * release * (std::exp(-2.2 * seconds) * std::sin(phase) + 0.25 * std::exp(-5.0 * seconds) * std::sin(2 * phase));
}

}  // namespace

Sound quiet_hold_music() {
  std::vector<double> mix(kNotes.size() * kStep);
  for (std::size_t i = 0; i < kNotes.size(); ++i) {
    const double hz = frequency_of(kNotes[i]);
    const auto length = static_cast<std::size_t>(kRingSeconds * kRate);
    for (std::size_t k = 0; k < length; ++k)  // Notes that last beyond the end continue at the start.
      mix[(i * kStep + k) % mix.size()] += string_at(hz, static_cast<double>(k) / kRate);
  }
  Sound sound{kRate, {}};
  sound.pcm.reserve(mix.size());
  for (const double value : mix) sound.pcm.push_back(static_cast<std::int16_t>(std::lrint(kLoudest * value)));
  return sound;
}

}  // namespace offhook::inline v0::media
