#pragma once

#include <cstdint>
#include <string>

namespace offhook::inline v0::agent {

/// A request of a core about its socket. The owner carries the requests out in order. Connect: open a new socket in place of the present
/// one. Drop: close the present socket, so that it sends nothing more and does not count against the account's limit.
struct SocketOut {
  enum class What : std::uint8_t { Connect, Drop, Text, Binary };
  What what{};
  std::string bytes;
};

}  // namespace offhook::inline v0::agent
