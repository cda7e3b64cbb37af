#include <offhook/agent/net/proxy.hpp>

#include <offhook/base/socket_address.hpp>
#include <offhook/base/text.hpp>
#include <offhook/sip/admission/admission_options.hpp>
#include <offhook/sip/message/uri.hpp>

#include <algorithm>

namespace offhook::inline v0::agent::net {

namespace {

/// Returns a host, or an entry of no_proxy, in lower case and without leading and trailing dots.
std::string plain_name(std::string_view text) {
  while (text.starts_with('.')) text.remove_prefix(1);
  if (text.ends_with('.')) text.remove_suffix(1);
  std::string name;
  for (const char c : text) name += base::to_lower(c);
  return name;
}

/// Returns true if `network` is this address, or a network such as `192.0.2.0/24` that contains it.
bool is_in_network(const base::IpAddress& address, std::string_view network) {
  const auto slash = network.find('/');
  const auto first = base::IpAddress::parse(network.substr(0, slash));
  if (!first || slash == std::string_view::npos) return first == address;
  const auto bits = base::parse_number<unsigned>(network.substr(slash + 1));
  return bits && sip::AddressRange{*first, *bits}.holds(address);
}

bool is_meant(std::string_view entry, const std::string& name, const std::optional<base::IpAddress>& address) {
  if (entry == "*") return true;
  if (address) return is_in_network(*address, entry);
  const std::string_view whole = name;
  return whole.ends_with(entry) && (whole.size() == entry.size() || whole[whole.size() - entry.size() - 1] == '.');
}

/// Removes the credentials before the @ from an authority and returns them. Returns nullopt if Basic authentication cannot carry them.
std::optional<std::string> take_credentials(std::string_view& authority) {
  const auto at = authority.rfind('@');
  if (at == std::string_view::npos) return "";
  const std::string_view written = authority.substr(0, at);
  authority.remove_prefix(at + 1);
  const std::string user = sip::unescape(written.substr(0, written.find(':')));
  const std::string password = written.find(':') == std::string_view::npos ? "" : sip::unescape(written.substr(written.find(':') + 1));
  if (user.find(':') != std::string::npos) return std::nullopt;  // RFC 7617 section 2
  return user + ":" + password;
}

}  // namespace

std::string Proxy::authorization() const { return credentials.empty() ? std::string() : basic_authorization(credentials.reveal()); }

base::Result<Proxy, std::string> parse_proxy(std::string_view text) {
  if (const auto scheme = text.find("://"); scheme != std::string_view::npos) {
    if (!base::iequals(text.substr(0, scheme), "http")) return base::fail(std::string("a proxy of another kind than http"));
    text.remove_prefix(scheme + 3);
  }
  if (text.ends_with('/')) text.remove_suffix(1);
  const auto credentials = take_credentials(text);
  if (!credentials) return base::fail(std::string("a user name that contains a colon"));
  const auto colon = text.rfind(':');
  const bool has_port = colon != std::string_view::npos && colon + 1 < text.size() && text.find(']', colon) == std::string_view::npos;
  if (!has_port) return base::fail(std::string("a proxy without a port"));
  const auto parts = parse_web_socket_url("ws://" + std::string(text));
  if (!parts || parts->target != "/" || text.find_first_of("/?#") != std::string_view::npos) return base::fail(std::string("text that is not a proxy"));
  return Proxy{parts->host, parts->port, Secret(*credentials)};
}

NetError refusal_of(const Proxy& proxy, std::string_view whom, int status) {
  const std::string cure = status == kProxyAuthenticationRequired ? "check its user and password (/network/proxy)" : "check that it allows this connection";
  return {NetError::What::Refused, "the proxy " + proxy.shown() + " does not connect to " + std::string(whom) + " and answered " + std::to_string(status) + ": " + cure};
}

const Proxy* ProxyRules::find(bool tls, std::string_view host) const {
  const auto& proxy = tls ? for_https : for_http;
  if (!proxy) return nullptr;
  const auto address = base::IpAddress::parse(host);
  const std::string name = plain_name(host);
  const bool is_here = address ? address->is_loopback() : name == "localhost" || name.ends_with(".localhost");
  if (is_here || std::any_of(direct.begin(), direct.end(), [&](const std::string& entry) { return is_meant(entry, name, address); })) return nullptr;
  return &*proxy;
}

std::string ProxyRules::shown() const {
  if (!for_http && !for_https) return "none";
  if (for_http == for_https) return for_https->shown();
  std::string text;
  if (for_https) text = for_https->shown() + " for https";
  if (for_http) text += (text.empty() ? "" : ", ") + for_http->shown() + " for http";
  return text;
}

std::optional<std::vector<std::string>> parse_no_proxy(std::string_view text) {
  constexpr std::string_view kBetween = ", \t";
  std::vector<std::string> hosts;
  for (auto begin = text.find_first_not_of(kBetween); begin != std::string_view::npos; begin = text.find_first_not_of(kBetween)) {
    text.remove_prefix(begin);
    const auto end = std::min(text.find_first_of(kBetween), text.size());
    if (hosts.size() == ProxyRules::kMaxDirect) return std::nullopt;
    if (std::string name = plain_name(text.substr(0, end)); !name.empty()) hosts.push_back(std::move(name));
    text.remove_prefix(end);
  }
  return hosts;
}

}  // namespace offhook::inline v0::agent::net
