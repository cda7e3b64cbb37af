#if defined(__x86_64__)

#define OFFHOOK_KERNEL [[gnu::target("avx2")]]  // NOLINT: only a macro can name an attribute
#include <offhook/media/detect/detail/voice_kernel.hpp>

namespace offhook::inline v0::media::detail {
namespace {

using EightFloats [[gnu::vector_size(32)]] = float;

OFFHOOK_KERNEL void judge(VoiceGroup& group) noexcept { judge_group<EightFloats>(group); }
OFFHOOK_KERNEL void measure(const VoiceLine& line, TwoSteps& powers) noexcept { measure_line<EightFloats>(line, powers); }

}  // namespace

const VoiceKernels kVoiceAvx2{"AVX2", judge, measure};

}  // namespace offhook::inline v0::media::detail

#endif
