#pragma once

#include <offhook/media/port/audio_port.hpp>

namespace offhook_test {

using EventKind = offhook::media::MediaEvent::Kind;

}  // namespace offhook_test
