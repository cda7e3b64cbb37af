#include <offhook/media/detail/voice_kernel.hpp>

namespace offhook::inline v0::media::detail {
namespace {

void judge(VoiceGroup& group) noexcept { judge_group<float>(group); }

}  // namespace

const VoiceKernels kVoiceScalar{"scalar", judge};

}  // namespace offhook::inline v0::media::detail
