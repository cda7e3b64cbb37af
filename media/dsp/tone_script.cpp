#include <offhook/media/dsp/tone_script.hpp>

#include <algorithm>

namespace offhook::inline v0::media {

ToneScript dtmf_script(char digit, std::uint32_t on_ms, std::uint32_t off_ms) {
  const auto pair = dtmf_frequencies(digit);
  if (!pair) return {};
  return ToneScript({ToneStep{pair->first, pair->second, 0, std::max(on_ms, 1u)}, ToneStep{0, 0, 0, std::max(off_ms, 1u)}}, false);
}

ScriptSource::ScriptSource(const ToneScript& script, std::uint32_t rate_hz, double amplitude)
    : script_(script), rate_hz_(rate_hz), amplitude_(amplitude) {
  enter(0);
}

void ScriptSource::enter(std::size_t step) noexcept {
  at_ = script_.repeats && script_.count != 0 ? step % script_.count : step;
  if (is_over()) return;
  const ToneStep& now = script_.step[at_];
  left_ = std::max<std::uint64_t>(std::uint64_t{now.ms} * rate_hz_ / 1000, 1);  // at least one sample, so that time advances at any rate
  sines_ = {};
  if (now.low_hz != 0) sines_[0] = {now.low_hz, rate_hz_, amplitude_};
  if (now.high_hz != 0) sines_[1] = {now.high_hz, rate_hz_, amplitude_};
  if (now.modulated_hz != 0) {  // full modulation: one tone on each side, with half the amplitude
    sines_[2] = {now.low_hz - now.modulated_hz, rate_hz_, amplitude_ / 2};
    sines_[3] = {now.low_hz + now.modulated_hz, rate_hz_, amplitude_ / 2};
  }
}

void ScriptSource::fill(std::span<std::int16_t> out) noexcept {
  std::fill(out.begin(), out.end(), std::int16_t{0});
  while (!out.empty() && !is_over()) {
    const ToneStep& now = script_.step[at_];
    const bool endless = now.ms == 0;
    const auto count = static_cast<std::size_t>(endless ? out.size() : std::min<std::uint64_t>(left_, out.size()));
    const std::size_t tones = now.modulated_hz != 0 ? 4 : now.high_hz != 0 ? 2 : now.sounds() ? 1 : 0;
    for (std::size_t i = 0; i < tones; ++i) sines_[i].mix(out.first(count));
    out = out.subspan(count);
    if (endless) continue;
    left_ -= count;
    if (left_ == 0) enter(at_ + 1);
  }
}

}  // namespace offhook::inline v0::media
