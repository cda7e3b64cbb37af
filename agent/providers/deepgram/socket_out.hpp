#pragma once

#include <cstdint>
#include <string>

namespace offhook::inline v0::agent::deepgram {

/// What a core wants done with its socket, in this order. Connect: a new one in place of any that there is. Drop: what there is of one is
/// of no more use; it shall neither go on sending nor count as one of the account's.
struct SocketOut {
  enum class What : std::uint8_t { Connect, Drop, Text, Audio };
  What what{};
  std::string bytes;
};

}  // namespace offhook::inline v0::agent::deepgram
