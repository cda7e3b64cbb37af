#pragma once

namespace offhook::inline v0::media {

/// An ideal low pass seen through a Kaiser window of 80 dB: the tap at distance `at` of the middle, for a filter of 2 x `half` taps.
/// `cutoff` of half the sample rate is where it is 6 dB down.
[[nodiscard]] double windowed_sinc(double at, double half, double cutoff);

}  // namespace offhook::inline v0::media
