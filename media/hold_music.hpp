#pragma once

#include <offhook/media/prompt.hpp>

namespace offhook::inline v0::media {

/// Something quiet to hear for who waits, so that nobody takes the silence for a line that is dead: sixteen seconds of soft single
/// notes, written for Offhook, which fit the band of a telephone and end where they begin. 16,000 Hz, about -35 dBov. Takes some ms.
[[nodiscard]] Sound quiet_hold_music();

}  // namespace offhook::inline v0::media
