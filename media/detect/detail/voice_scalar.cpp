#include <offhook/media/detect/detail/voice_kernel.hpp>

namespace offhook::inline v0::media::detail {
namespace {

void judge(VoiceGroup& group) noexcept { judge_group<float>(group); }
void measure(const VoiceLine& line, TwoSteps& powers) noexcept { measure_line<float>(line, powers); }

}  // namespace

const VoiceKernels kVoiceScalar{"scalar", judge, measure};

}  // namespace offhook::inline v0::media::detail
