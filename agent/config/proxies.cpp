#include <offhook/agent/config/proxies.hpp>

#include <initializer_list>
#include <iterator>
#include <optional>
#include <string>
#include <utility>

namespace offhook::inline v0::agent::config {

namespace {

constexpr auto kProxyExample = "an HTTP proxy such as \"http://proxy.example:3128\"";

/// Returns the name and the value of the first of these variables that is set and not empty.
std::optional<std::pair<std::string, std::string>> first_set(const Environment& environment, std::initializer_list<const char*> names) {
  for (const char* name : names) {
    auto value = environment ? environment(name) : std::nullopt;
    if (value && !value->empty()) return std::pair{std::string(name), *std::move(value)};
  }
  return std::nullopt;
}

std::optional<net::Proxy> read_proxy(const std::string& where, const std::string& text, std::vector<Problem>& problems) {
  auto proxy = net::parse_proxy(text);
  if (proxy) return *std::move(proxy);
  problems.push_back({where, proxy.error(), kProxyExample, "write it in this form, or set /network/proxy to \"none\""});
  return std::nullopt;
}

std::vector<std::string> read_hosts(const std::string& where, const std::string& text, std::vector<Problem>& problems) {
  auto hosts = net::parse_no_proxy(text);
  if (hosts) return *std::move(hosts);
  problems.push_back({where, "a longer list", "at most " + std::to_string(net::ProxyRules::kMaxDirect) + " hosts", "name a domain that several hosts share, or a network"});
  return {};
}

}  // namespace

net::ProxyRules environment_proxies(const Environment& environment, std::vector<Problem>& problems) {
  net::ProxyRules rules;
  // HTTP_PROXY is not read: a web server sets it for its programs from the header Proxy of any request.
  if (const auto found = first_set(environment, {"http_proxy"})) rules.for_http = read_proxy(found->first, found->second, problems);
  if (const auto found = first_set(environment, {"https_proxy", "HTTPS_PROXY"})) rules.for_https = read_proxy(found->first, found->second, problems);
  if (const auto found = first_set(environment, {"no_proxy", "NO_PROXY"})) rules.direct = read_hosts(found->first, found->second, problems);
  return rules;
}

void resolve_proxies(const Sources& sources, Effective& effective) {
  const NetworkSettings& network = effective.config.network;
  const std::string& written = network.proxy.reveal();
  net::ProxyRules rules;
  if (written.empty() || written == "environment") {
    rules = environment_proxies(sources.environment, effective.problems);
  } else if (written != "none") {
    rules.for_http = rules.for_https = read_proxy(where_of(effective, "/network/proxy"), written, effective.problems);
  }
  auto hosts = read_hosts(where_of(effective, "/network/no_proxy"), network.no_proxy, effective.problems);
  rules.direct.insert(rules.direct.end(), std::make_move_iterator(hosts.begin()), std::make_move_iterator(hosts.end()));
  effective.config.proxies = std::move(rules);
}

}  // namespace offhook::inline v0::agent::config
