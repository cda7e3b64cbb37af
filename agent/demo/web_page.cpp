#include <offhook/agent/demo/web_page.hpp>

#include <offhook/agent/demo/page_files.hpp>
#include <offhook/sip/transport/upgrade_rules.hpp>

#include <utility>

namespace offhook::inline v0::agent::demo {

namespace {

std::string_view type_of(std::string_view name) {
  if (name.ends_with(".css")) return "text/css; charset=utf-8";
  if (name.ends_with(".svg")) return "image/svg+xml";
  return name.ends_with(".js") ? "text/javascript; charset=utf-8" : "text/html; charset=utf-8";
}

/// Allows the page's own files and its own WebSocket, and nothing else. Names the WebSocket, because for some browsers 'self' does not include it. A policy cannot
/// name an IPv6 address.
std::string policy_for(const std::vector<std::string>& hosts) {
  std::string sockets;
  for (const std::string& host : hosts) {
    if (!host.starts_with('[')) sockets += " wss://" + host;
  }
  return "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'" + sockets +
         "; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
}

}  // namespace

std::vector<std::string> web_names(const base::IpAddress& ip) {
  std::vector<std::string> names{ip.to_string()};
  if (ip.is_loopback()) names.emplace_back("localhost");
  return names;
}

std::vector<std::string> web_hosts(const base::SocketAddress& address) {
  std::vector<std::string> hosts = web_names(address.ip);
  for (std::string& host : hosts) host = sip::detail::host_field(host, address.port, true);
  return hosts;
}

sip::WebPages web_pages(std::vector<std::string> hosts) {
  sip::WebPages pages;
  for (const PageFile& file : page_files()) {
    const std::string path = file.name == "index.html" ? "/" : "/" + std::string(file.name);
    pages.pages.push_back({path, std::string(type_of(file.name)), std::string(file.text)});
  }
  pages.fields = {{"Cache-Control", "no-store"},
                  {"Content-Security-Policy", policy_for(hosts)},
                  {"X-Content-Type-Options", "nosniff"},
                  {"Referrer-Policy", "no-referrer"},
                  {"Cross-Origin-Opener-Policy", "same-origin"},
                  {"Cross-Origin-Resource-Policy", "same-origin"},
                  {"Permissions-Policy", "microphone=(self)"}};
  pages.hosts = std::move(hosts);
  return pages;
}

}  // namespace offhook::inline v0::agent::demo
