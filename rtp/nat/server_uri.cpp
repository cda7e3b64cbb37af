#include <offhook/rtp/nat/server_uri.hpp>

#include <offhook/base/socket_address.hpp>
#include <offhook/base/text.hpp>

#include <algorithm>

namespace offhook::inline v0::rtp {

namespace {

constexpr std::size_t kMaxHost = 253;
constexpr std::uint16_t kTlsPort = 5349;

bool is_host_character(char c) { return base::is_alpha(c) || base::is_digit(c) || c == '.' || c == '-' || c == '_'; }

/// Takes a host name, an IPv4 address, or an IPv6 address in brackets from the text. Returns "" if the text does not begin with one of these.
std::string take_host(base::TextCursor& cursor) {
  if (!cursor.try_take('[')) {
    const auto name = cursor.take_while(is_host_character);
    return std::string(name.size() <= kMaxHost ? name : std::string_view());
  }
  const auto inside = cursor.take_while([](char c) { return c != ']'; });
  const auto ip = base::IpAddress::parse(inside);
  return cursor.try_take(']') && ip && ip->is_v6() ? std::string(inside) : std::string();
}

}  // namespace

std::optional<NatServerUri> parse_nat_server_uri(std::string_view text) {
  base::TextCursor cursor(text);
  const auto scheme = cursor.take_until(':');
  NatServerUri uri;
  const bool has_tls = base::iequals(scheme, "turns");
  uri.relays = has_tls || base::iequals(scheme, "turn");
  if (!uri.relays && !base::iequals(scheme, "stun")) return std::nullopt;
  if (has_tls) {
    uri.transport = StunTransport::Tls;
    uri.port = kTlsPort;
  }
  uri.host = take_host(cursor);
  if (uri.host.empty()) return std::nullopt;
  if (cursor.try_take(':')) {
    const auto port = base::parse_number<std::uint16_t>(cursor.take_while(base::is_digit));
    if (!port || *port == 0) return std::nullopt;
    uri.port = *port;
  }
  if (cursor.at_end()) return uri;
  if (!uri.relays || !cursor.try_take("?transport=")) return std::nullopt;
  if (base::iequals(cursor.rest(), "tcp")) {
    if (!has_tls) uri.transport = StunTransport::Tcp;
    return uri;
  }
  return base::iequals(cursor.rest(), "udp") && !has_tls ? std::optional(uri) : std::nullopt;
}

}  // namespace offhook::inline v0::rtp
