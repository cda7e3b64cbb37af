#pragma once

#include <cstdint>
#include <string>

namespace offhook::inline v0::agent {

/// A request of a core about its socket; the owner carries these out in order. Connect: opens a new socket in place of the present
/// one. Drop: closes the present socket, which has to stop sending and must not count against the account's limit.
struct SocketOut {
  enum class What : std::uint8_t { Connect, Drop, Text, Binary };
  What what{};
  std::string bytes;
};

}  // namespace offhook::inline v0::agent
