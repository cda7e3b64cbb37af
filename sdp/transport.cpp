#include <offhook/sdp/transport.hpp>

#include <offhook/base/text.hpp>

#include <algorithm>

namespace offhook::inline v0::sdp {

namespace {

/// Returns true for multicast and broadcast. With these, a single INVITE could flood other hosts with media.
bool is_to_many(const base::IpAddress& ip) {
  const auto& octets = ip.octets();
  if (ip.is_v6()) return octets[0] == 0xff;
  return (octets[0] & 0xf0) == 0xe0 || std::all_of(octets.begin(), octets.begin() + 4, [](std::uint8_t o) { return o == 255; });
}

/// Parses `a=rtcp:53020` or `a=rtcp:53020 IN IP4 192.0.2.1`, RFC 3605 section 2.1. If the attribute is missing, returns the port
/// after that of RTP: RFC 3550 section 11.
base::SocketAddress rtcp_of(const Media& stream, const base::SocketAddress& rtp) {
  const auto next = static_cast<std::uint16_t>(rtp.port == 65535 ? 0 : rtp.port + 1);
  const base::SocketAddress usual{rtp.ip, next};
  const auto value = stream.attribute("rtcp");
  if (!value) return usual;
  base::TextCursor cursor(*value);
  const auto port = base::parse_number<std::uint16_t>(cursor.take_until(' '));
  if (!port) return usual;
  cursor.skip_spaces();
  if (cursor.at_end()) return {rtp.ip, *port};
  Connection connection;
  connection.net_type = cursor.take_until(' ');
  connection.address_type = cursor.take_until(' ');
  connection.address = base::trim(cursor.rest());
  const auto ip = connection.ip();
  if (!ip || is_to_many(*ip) || ip->is_v6() != rtp.ip.is_v6()) return usual;
  return {*ip, *port};
}

}  // namespace

bool is_plain_protocol(std::string_view protocol) {
  return base::iequals(protocol, "RTP/AVP") || base::iequals(protocol, "RTP/AVPF");
}

base::Result<Transport, NegotiationError> read_transport(const Session& remote, const Media& stream) {
  const Connection* connection = remote.connection_of(stream);
  const auto ip = connection != nullptr ? connection->ip() : std::nullopt;
  if (!ip || is_to_many(*ip)) return base::fail(NegotiationError::BadAddress);
  const base::SocketAddress rtp{*ip, stream.port};
  return Transport{stream.protocol, rtp, rtcp_of(stream, rtp), stream.attribute("rtcp-mux").has_value()};
}

void write_transport(const Transport& ours, Media& stream) {
  stream.port = ours.rtp.port;
  stream.protocol = ours.protocol;
  const bool is_usual = ours.rtcp.port == 0 || ours.rtcp.port == ours.rtp.port + 1;
  if (!is_usual) stream.attributes.push_back({"rtcp", std::to_string(ours.rtcp.port)});
}

bool speaks_ice(const Session& remote, const Media& stream) {
  return stream.attribute("candidate") || remote.attribute_of(stream, "ice-ufrag");
}

}  // namespace offhook::inline v0::sdp
