#pragma once

#include <offhook/media/port/media_plan.hpp>

#include <string_view>

namespace offhook::inline v0::call {

/// Returns the codec's name in the configuration, in records and in the log. It is the name in SDP: "L16" at both of its rates.
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
