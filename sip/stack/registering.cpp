#include <offhook/sip/stack/registering.hpp>

#include <offhook/base/text.hpp>
#include <offhook/sip/stack/hop.hpp>
#include <offhook/sip/stack/outbound_route.hpp>

#include <algorithm>
#include <string_view>
#include <utility>

namespace offhook::inline v0::sip {

namespace {

/// Returns true if no character could end a quoted string, a URI in <> or a line.
bool is_plain(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < 0x7f && c != '"' && c != '<' && c != '>' && c != '\\'; });
}

/// Returns `;pn-provider=apns;pn-prid=...`, escaped as URI parameters: RFC 8599 section 4.1.
std::string push_params(const AccountOptions::Push& push) {
  std::string all;
  const auto add = [&](std::string_view name, const std::string& value) {
    if (value.empty()) return;
    all.append(";").append(name).append("=");
    for (const char c : value) {
      const bool unreserved = base::is_alpha(c) || base::is_digit(c) || std::string_view("-_.!~*'()[]/:&+$").find(c) != std::string_view::npos;
      constexpr std::string_view kHex = "0123456789ABCDEF";
      const auto octet = static_cast<unsigned char>(c);
      if (unreserved)
        all.push_back(c);
      else
        all.append("%").append(1, kHex[octet >> 4]).append(1, kHex[octet & 15]);
    }
  };
  if (push.provider.empty()) return all;
  add("pn-provider", push.provider);
  add("pn-prid", push.prid);
  add("pn-param", push.param);
  return all;
}

}  // namespace

bool can_register(const AccountOptions& account) {
  const auto reachable = [](const std::string& uri) { return hop_of(uri).has_value(); };
  if (!reachable(account.address_of_record) || !reachable(account.registrar)) return false;
  if (!account.server.empty() && !reachable(account.server)) return false;
  if (!account.outbound_proxy.empty() && !reachable(account.outbound_proxy)) return false;
  if (account.secondaries.size() > OutboundRoute::kMaxSecondaries) return false;
  if (!std::all_of(account.secondaries.begin(), account.secondaries.end(), reachable)) return false;
  return account.instance.empty() || (account.instance.starts_with("urn:") && is_plain(account.instance));
}

std::string domain_of(const std::string& address_of_record) {
  const auto uri = parse_uri(address_of_record);
  if (!uri || uri->host.empty()) return {};
  std::string domain = std::string(uri->scheme_text) + ":" + std::string(uri->host);
  if (uri->port) domain += ":" + std::to_string(*uri->port);
  return domain;
}

registration::Options registration_options(const AccountOptions& account, const std::string& user) {
  registration::Options asked{account.registrar, user, account.expires, true};
  asked.push_params = push_params(account.push);
  asked.instance = account.instance;
  const auto hop = hop_of(first_server(account));
  asked.secure = hop && (hop->secure || hop->transport == Transport::Tls || hop->transport == Transport::Wss);
  asked.refresh_within = account.refresh_within;
  asked.stale = account.stale_binding;
  asked.reg_id = account.instance.empty() ? 0 : account.reg_id;
  return asked;
}

}  // namespace offhook::inline v0::sip
