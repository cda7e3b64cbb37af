#pragma once

#include <offhook/media/files/prompt.hpp>

namespace offhook::inline v0::media {

/// Returns quiet music for a caller that waits, so that silence does not seem to be a dead line: sixteen seconds of soft single notes, written for
/// Offhook. They are within the band of a telephone, and the end continues at the start. 16,000 Hz, about -35 dBov. Takes some ms.
[[nodiscard]] Sound quiet_hold_music();

}  // namespace offhook::inline v0::media
