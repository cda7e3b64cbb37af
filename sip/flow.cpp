#include <offhook/sip/flow.hpp>

namespace offhook::inline v0::sip {

std::string_view to_string(Transport transport) {
  switch (transport) {
    case Transport::Udp: return "UDP";
    case Transport::Tcp: return "TCP";
    case Transport::Tls: return "TLS";
    case Transport::Ws: return "WS";
    case Transport::Wss: return "WSS";
  }
  return "";
}

std::string host_port(const base::SocketAddress& address) {
  if (address.port != 0) return address.to_string();
  return address.ip.is_v6() ? "[" + address.ip.to_string() + "]" : address.ip.to_string();
}

}  // namespace offhook::inline v0::sip
