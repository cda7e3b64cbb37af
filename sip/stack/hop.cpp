#include <offhook/sip/stack/hop.hpp>

#include <offhook/base/text.hpp>
#include <offhook/sip/model/host_port.hpp>
#include <offhook/sip/model/transport_kinds.hpp>

#include <array>

namespace offhook::inline v0::sip {

namespace {

constexpr std::uint16_t kDefaultPort = 5060;

std::optional<Transport> parse_transport(std::string_view text) {
  constexpr std::array kAll{Transport::Udp, Transport::Tcp, Transport::Tls, Transport::Ws, Transport::Wss};
  for (const Transport transport : kAll) {
    if (base::iequals(text, to_string(transport))) return transport;
  }
  return std::nullopt;
}

}  // namespace

std::optional<Hop> hop_of(std::string_view text) {
  const auto uri = parse_uri(text);
  if (!uri || uri->host.empty() || (uri->scheme != Uri::Scheme::Sip && uri->scheme != Uri::Scheme::Sips)) return std::nullopt;
  Hop hop;
  std::string_view host = uri->host;
  if (const auto maddr = uri->params.find("maddr"); maddr && !maddr->empty()) host = *maddr;  // RFC 3263 section 4
  if (host.size() > 2 && host.front() == '[') host = host.substr(1, host.size() - 2);
  hop.host = std::string(host);
  hop.port = uri->port;
  if (const auto name = uri->params.find("transport")) {
    const auto transport = parse_transport(*name);
    if (!transport) return std::nullopt;
    hop.transport = *transport;
  }
  hop.secure = uri->scheme == Uri::Scheme::Sips;
  return hop;
}

bool is_nowhere(std::string_view host) {
  constexpr std::string_view kInvalid = ".invalid";
  return host.size() > kInvalid.size() && base::iequals(host.substr(host.size() - kInvalid.size()), kInvalid);
}

bool goes_back(const Hop& hop, const Flow& way) {
  if ((hop.secure || hop.takes_keys) && !locate::is_secure(way.transport)) return false;
  const bool names_tls = hop.secure || (hop.transport && locate::is_secure(*hop.transport));
  if (hop.takes_keys && !names_tls) return true;
  // The source of a datagram may be forged, so only a connection leads back to a host without an address.
  if (is_nowhere(hop.host)) return is_reliable(way.transport);
  return hop.transport && is_web_socket(*hop.transport) && is_web_socket(way.transport) && way.name.empty();
}

std::string via_value(Transport transport, const base::SocketAddress& local, std::string_view branch) {
  return "SIP/2.0/" + std::string(to_string(transport)) + " " + host_port(local) + ";branch=" + std::string(branch) + ";rport";
}

bool is_sent_by(const Via& via, const base::SocketAddress& local) {
  const auto ip = base::IpAddress::parse(via.host);
  return ip && *ip == local.ip && via.port.value_or(local.port == 0 ? 0 : kDefaultPort) == local.port;
}

Flow reply_flow(const Via& via, const Flow& from) {
  Flow flow = from;
  if (is_reliable(from.transport) || via.params.has("rport")) return flow;
  flow.remote.port = via.port.value_or(kDefaultPort);  // The address stays the source of the request, as in "received".
  return flow;
}

std::string user_of(std::string_view text) {
  const auto uri = parse_uri(text);
  return uri ? std::string(uri->user) : std::string();
}

}  // namespace offhook::inline v0::sip
