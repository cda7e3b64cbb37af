#include <offhook/agent/tools/mcp/oauth_urls.hpp>

#include <offhook/agent/net/server_url.hpp>
#include <offhook/agent/net/web_socket_url.hpp>
#include <offhook/base/text.hpp>

#include <algorithm>

namespace offhook::inline v0::agent::tools::mcp {

namespace {

/// The parts of a URL: "https://host:8443" and "/path", without a query. Both are empty if the URL has no usable origin.
struct Split {
  std::string_view origin, path;
};
Split split(std::string_view url) {
  const auto scheme = url.find("://");
  if (scheme == std::string_view::npos) return {};
  url = url.substr(0, url.find_first_of("?#"));
  const auto path = url.find('/', scheme + 3);
  if (path == std::string_view::npos) return {url, {}};
  std::string_view rest = url.substr(path);
  while (rest.ends_with('/')) rest.remove_suffix(1);
  return {url.substr(0, path), rest};
}

std::optional<net::WebSocketUrl> parts_of(std::string_view url) {
  return net::fault_of_url(url) ? std::nullopt : net::parts_of_http(url);
}

/// Returns true if the host has only the characters of names (RFC 1123 section 2.1). libcurl decodes other characters, and maps them to these, so a host
/// with other characters could be any host.
bool is_plain(std::string_view host) {
  return std::all_of(host.begin(), host.end(), [](char c) { return base::is_alpha(c) || base::is_digit(c) || c == '.' || c == '-'; });
}

bool is_below_localhost(std::string_view host) {
  constexpr std::string_view kEnd = ".localhost";
  return host.size() > kEnd.size() && base::iequals(host.substr(host.size() - kEnd.size()), kEnd);
}

/// Returns true if the host is an IP address in any of its spellings in URLs.
bool is_address(std::string_view host) {
  if (host.find(':') != std::string_view::npos) return true;
  const auto last = host.substr(host.find_last_of('.') == std::string_view::npos ? 0 : host.find_last_of('.') + 1);
  return last.empty() || base::is_digit(last.front());
}

}  // namespace

std::vector<std::string> resource_metadata_urls(std::string_view url) {
  const auto [origin, path] = split(url);
  const std::string well_known = std::string(origin) + "/.well-known/oauth-protected-resource";
  if (path.empty()) return {well_known};
  return {well_known + std::string(path), well_known};
}

std::vector<std::string> issuer_metadata_urls(std::string_view issuer) {
  const auto [origin, path] = split(issuer);
  const std::string well_known = std::string(origin) + "/.well-known/";
  std::vector<std::string> urls = {well_known + "oauth-authorization-server" + std::string(path),
                                   well_known + "openid-configuration" + std::string(path)};
  if (!path.empty()) urls.push_back(std::string(origin) + std::string(path) + "/.well-known/openid-configuration");
  return urls;
}

bool is_resource_of(std::string_view resource, std::string_view url) {
  const auto named = parts_of(resource), asked = parts_of(url);
  if (!named || !asked || named->tls != asked->tls || named->port != asked->port || !base::iequals(named->host, asked->host))
    return false;
  const std::string_view of = split(resource).path, path = split(url).path;
  return path.starts_with(of) && (path.size() == of.size() || path[of.size()] == '/');
}

std::string resource_name_of(std::string_view url) { return std::string(url.substr(0, url.find_first_of("?#"))); }

bool is_same_issuer(std::string_view one, std::string_view other) {
  if (one.ends_with('/')) one.remove_suffix(1);
  if (other.ends_with('/')) other.remove_suffix(1);
  return !one.empty() && one == other;
}

std::optional<std::string> fault_of_named_url(std::string_view url, std::string_view server) {
  const auto named = parts_of(url), asked = parts_of(server);
  if (!named) return "a URL that it names for its tokens cannot be used: the URL must begin with https://";
  if (!asked) return "its URL cannot be read";
  if (base::iequals(named->host, asked->host)) return std::nullopt;
  if (net::is_loopback(named->host) || is_below_localhost(named->host)) {
    if (net::is_loopback(asked->host)) return std::nullopt;
    return "it names this machine for its tokens, which is not allowed";
  }
  if (is_address(named->host) || !is_plain(named->host)) return "it names an IP address for its tokens, and not a host name";
  return std::nullopt;
}

}  // namespace offhook::inline v0::agent::tools::mcp
