#include <offhook/sip/registration/binding.hpp>

#include <offhook/base/text.hpp>
#include <offhook/sip/locate/services.hpp>

#include <cstdint>

namespace offhook::inline v0::sip::registration {
namespace {

bool same_host(std::string_view a, std::string_view b) {
  const auto ip_a = base::IpAddress::parse(a);
  const auto ip_b = base::IpAddress::parse(b);
  if (ip_a && ip_b) return *ip_a == *ip_b;  // An IPv6 address can be written in several ways: RFC 5118 section 4.
  return base::iequals(a, b);
}

bool names_us(const Uri& uri, const Uri& ours) {
  return unescape(uri.user) == unescape(ours.user) && same_host(uri.host, ours.host) &&
         uri.port.value_or(5060) == ours.port.value_or(5060);
}

std::optional<std::chrono::seconds> expires_of(const NameAddr& contact) {
  auto text = contact.params.find("expires").value_or("");
  if (text.size() >= 2 && text.front() == '"' && text.back() == '"') text = text.substr(1, text.size() - 2);
  const auto value = base::parse_number<std::uint32_t>(text);
  return value ? std::optional(std::chrono::seconds(*value)) : std::nullopt;
}

}  // namespace

std::string contact_uri(std::string_view user, std::string_view host, Transport transport) {
  std::string uri = "sip:";
  if (!user.empty()) uri.append(user).append("@");
  uri.append(host);
  switch (transport) {
    case Transport::Udp: break;
    case Transport::Tcp: uri.append(";transport=tcp"); break;
    case Transport::Tls: uri.append(";transport=tls"); break;
    case Transport::Ws:
    case Transport::Wss: uri.append(";transport=ws"); break;  // RFC 7118 section 5.2: ws for both WS and WSS.
  }
  return uri;
}

std::string contact_value(const Options& options, const std::string& uri, std::chrono::seconds expires) {
  const bool push = !options.push_params.empty() && expires > std::chrono::seconds(0);  // Not in a removal: RFC 8599 section 4.1.2.
  std::string value = "<" + uri + (push ? options.push_params : std::string()) + ">";
  if (push) value += ";+sip.pnsreg";  // We refresh by our own timer: RFC 8599 section 4.1.4.
  if (!options.instance.empty() && (expires > std::chrono::seconds(0) || options.reg_id != 0)) {
    value += ";+sip.instance=\"<" + options.instance + ">\"";
    if (options.reg_id != 0) value += ";reg-id=" + std::to_string(options.reg_id);
  }
  return value + ";expires=" + std::to_string(expires.count());
}

std::optional<base::SocketAddress> observed_address(const Via& via, std::uint16_t unsaid) {
  const auto received = via.params.find("received");
  const auto written = base::IpAddress::parse(received.value_or(via.host));
  if (!written) return std::nullopt;
  const base::IpAddress ip = written->unmapped();  // A server with one socket for both families may write ::ffff:192.0.2.1.
  if (ip.is_unspecified()) return std::nullopt;
  const auto rport = via.params.find("rport").value_or("");
  // An empty rport means that the next hop does not support it: the port is then the one that we wrote.
  const auto port = rport.empty() ? via.port.value_or(unsaid) : base::parse_number<std::uint16_t>(rport);
  if (!port || *port == 0) return std::nullopt;
  return base::SocketAddress{ip, *port};
}

std::optional<std::chrono::seconds> granted_expires(const Message& response, std::string_view contact, std::size_t limit) {
  const auto field = response.number(HeaderName::Expires);
  const auto from_field = field ? std::optional(std::chrono::seconds(*field)) : std::nullopt;
  const auto ours = parse_uri(contact);
  if (!ours) return from_field;

  std::size_t count = 0;
  std::optional<std::chrono::seconds> last;
  for (const Header& header : response.headers()) {
    if (header.id != HeaderName::Contact) continue;
    for (std::string_view rest = header.value; !rest.empty() && count < limit; ++count) {
      const auto binding = take_name_addr(rest);
      if (!binding) break;  // After a value that cannot be parsed, the next one cannot be found.
      last = expires_of(*binding);
      if (names_us(binding->uri, *ours)) return last ? last : from_field;
    }
  }
  return count == 1 && last ? last : from_field;
}

std::string granted_gruu(const Message& response, std::string_view contact, std::string_view param, std::size_t limit) {
  const auto ours = parse_uri(contact);
  if (!ours) return {};
  std::size_t count = 0;
  for (const Header& header : response.headers()) {
    if (header.id != HeaderName::Contact) continue;
    for (std::string_view rest = header.value; !rest.empty() && count < limit; ++count) {
      const auto binding = take_name_addr(rest);
      if (!binding) break;
      if (!names_us(binding->uri, *ours)) continue;
      auto text = binding->params.find(param).value_or("");
      if (text.size() < 2 || text.front() != '"' || text.back() != '"') continue;
      text = text.substr(1, text.size() - 2);
      const auto gruu = text.size() <= kMaxGruu ? parse_uri(text) : base::Result<Uri, ParseError>(base::fail(ParseError::BadUri));
      const bool plain = text.find_first_of("\\\"<> \t\r\n") == std::string_view::npos;
      if (gruu && plain && (gruu->scheme == Uri::Scheme::Sip || gruu->scheme == Uri::Scheme::Sips)) return std::string(text);
    }
  }
  return {};
}

std::chrono::seconds push_margin(const Message& response) {
  constexpr std::string_view kTag = ";+sip.pnsreg=\"";
  for (const Header& header : response.headers()) {
    if (!base::iequals(header.name, "Feature-Caps")) continue;
    const auto at = header.value.find(kTag);
    if (at == std::string_view::npos) continue;
    const std::string_view rest = header.value.substr(at + kTag.size());
    if (const auto margin = base::parse_number<std::uint32_t>(rest.substr(0, rest.find('"')))) return std::chrono::seconds(*margin);
  }
  return {};
}

}  // namespace offhook::inline v0::sip::registration
