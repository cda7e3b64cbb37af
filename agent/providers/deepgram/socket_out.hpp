#pragma once

#include <cstdint>
#include <string>

namespace offhook::inline v0::agent::deepgram {

/// What a core wants done with its socket, in this order. Connect: a new one in place of any that there is.
struct SocketOut {
  enum class What : std::uint8_t { Connect, Text, Audio };
  What what{};
  std::string bytes;
};

}  // namespace offhook::inline v0::agent::deepgram
