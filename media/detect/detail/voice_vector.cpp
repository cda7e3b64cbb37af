#include <offhook/media/detect/detail/four_windows.hpp>
#include <offhook/media/detect/detail/voice_kernel.hpp>
#include <offhook/media/dsp/four_floats.hpp>

namespace offhook::inline v0::media::detail {
namespace {

void judge(VoiceGroup& group) noexcept { judge_group<FourFloats>(group); }
void measure(const VoiceLine& line, TwoSteps& powers) noexcept { measure_line<FourFloats>(line, powers); }

}  // namespace

const VoiceKernels kVoiceVector{"four lanes", judge, measure};

bool judge_alone(VoiceSolo& solo) noexcept {
  const std::int16_t *first = solo.line.data(), *second = first + kStepSamples;
  const auto powers = four_windows(first, second, first, second);
  bool voiced = judge_step(solo.rows.data(), 1, powers[0].data()) > 0;
  voiced = judge_step(solo.rows.data(), 1, powers[1].data()) > 0 || voiced;
  std::copy_n(solo.line.begin() + kFrameSamples, kPastSamples, solo.line.begin());
  return voiced;
}

}  // namespace offhook::inline v0::media::detail
