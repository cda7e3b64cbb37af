#pragma once

#include <offhook/media/engine/engine.hpp>
#include <offhook/sip/stack/stack.hpp>

#include <cstddef>
#include <string>

namespace offhook::inline v0::phone {

/// What OPTIONS is told of a telephone with `calls` of its `max_calls` lines in use: what its next caller would hear. `load_field`: the
/// header field that tells it in figures; "": none. `has_room`: the process
/// can have one more call, which would not have to wait for what is still loaded.
[[nodiscard]] sip::Availability availability_of(std::size_t calls, std::size_t max_calls, const media::EngineStatus& media, const std::string& load_field,
                                            bool has_room = true);

}  // namespace offhook::inline v0::phone
