#pragma once

#include <offhook/media/port/media_plan.hpp>

#include <string_view>

namespace offhook::inline v0::call {

/// Returns the codec's name in SDP, which the configuration, the records and the log use too. L16 has the same name at both of its rates.
[[nodiscard]] constexpr std::string_view name_of(media::AudioCodec codec) {
  switch (codec) {
    case media::AudioCodec::Pcmu: return "PCMU";
    case media::AudioCodec::Pcma: return "PCMA";
    case media::AudioCodec::G722: return "G722";
    case media::AudioCodec::Opus: return "opus";
    case media::AudioCodec::L16:
    case media::AudioCodec::L16Wide: return "L16";
  }
  return "";
}

}  // namespace offhook::inline v0::call
