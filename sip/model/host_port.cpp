#include <offhook/sip/model/host_port.hpp>

namespace offhook::inline v0::sip {

std::string host_port(const base::SocketAddress& address) {
  if (address.port != 0) return address.to_string();
  return address.ip.is_v6() ? "[" + address.ip.to_string() + "]" : address.ip.to_string();
}

}  // namespace offhook::inline v0::sip
