#pragma once

#include <offhook/media/engine/engine.hpp>
#include <offhook/sip/stack/stack.hpp>

#include <cstddef>
#include <string>

namespace offhook::inline v0::phone {

/// Returns the availability for responses to OPTIONS, with `calls` of `max_calls` lines in use: the status that the next call would get.
/// `load_field` is the name of the header field with the load; "": no field. `has_room` is true if the process has the resources for one more
/// call, and no model is still loading.
[[nodiscard]] sip::Availability availability_of(std::size_t calls, std::size_t max_calls, const media::EngineStatus& media, const std::string& load_field,
                                            bool has_room = true);

}  // namespace offhook::inline v0::phone
