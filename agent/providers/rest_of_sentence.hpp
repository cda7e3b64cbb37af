#pragma once

#include <offhook/agent/conversation/parts.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace offhook::inline v0::agent {

/// Returns the rest of `text` after `samples` of its audio have been spoken at `rate_hz`. Uses the positions of the words if the voice
/// reported them, and otherwise a speed of 15 characters a second. The rest begins with a whole word; it is "" if the whole text was
/// spoken.
[[nodiscard]] std::string rest_of_sentence(std::string_view text, const std::vector<SpokenWord>& words, std::size_t samples,
                                           std::uint32_t rate_hz);

}  // namespace offhook::inline v0::agent
