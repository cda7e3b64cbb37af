#pragma once

// The port itself is pure and stands a floor below, with the stream that fills it.
#include <offhook/media/audio_port.hpp>
