#pragma once

#include <offhook/agent/conversation/parts.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace offhook::inline v0::agent {

/// What is left to say of `text` when `samples` of it have been spoken at `rate_hz`: by its words' places where the voice told
/// them, else by how fast people speak (15 characters a second). Cut before a word; "" when all was spoken.
[[nodiscard]] std::string rest_of_sentence(std::string_view text, const std::vector<SpokenWord>& words, std::size_t samples,
                                           std::uint32_t rate_hz);

}  // namespace offhook::inline v0::agent
