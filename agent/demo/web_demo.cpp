#include <offhook/agent/demo/web_demo.hpp>

#include <offhook/agent/demo/page_files.hpp>
#include <offhook/agent/demo/page_lines.hpp>
#include <offhook/sip/transport/self_signed.hpp>

#include <fmt/format.h>

#include <charconv>
#include <span>

namespace offhook::inline v0::agent::demo {

namespace {

constexpr std::chrono::hours kCertificateTime{24 * 30};

base::Error web_error(std::string detail) { return {"demo", 4, std::move(detail)}; }

std::optional<std::uint16_t> port_of(std::string_view text) {
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  return error == std::errc{} && end == text.data() + text.size() && port != 0 ? std::optional(port) : std::nullopt;
}

/// Returns the names by which browsers of visitors reach `ip`.
std::vector<std::string> names_of(const base::IpAddress& ip) {
  std::vector<std::string> names{ip.to_string()};
  if (ip.is_loopback()) names.emplace_back("localhost");
  return names;
}

/// Returns the names with the port as in Host and Origin: without the port of HTTPS.
std::vector<std::string> hosts_of(const base::SocketAddress& address) {
  std::vector<std::string> hosts;
  for (const std::string& name : names_of(address.ip)) {
    const std::string host = name.find(':') == std::string::npos ? name : "[" + name + "]";
    hosts.push_back(address.port == 443 ? host : host + ":" + std::to_string(address.port));
  }
  return hosts;
}

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

std::shared_ptr<const sip::WebPages> pages_for(const std::vector<std::string>& hosts) {
  auto pages = std::make_shared<sip::WebPages>();
  for (const PageFile& file : page_files()) {
    const std::string path = file.name == "index.html" ? "/" : "/" + std::string(file.name);
    pages->pages.push_back({path, std::string(type_of(file.name)), std::string(file.text)});
  }
  pages->hosts = hosts;
  pages->policy = policy_for(hosts);
  return pages;
}

sip::EdgeOptions edge_for(const base::SocketAddress& address, const sip::SelfSigned& certificate) {
  const auto hosts = hosts_of(address);
  sip::WebSocketOptions web;
  for (const std::string& host : hosts) web.origins.push_back("https://" + host);
  web.pages = pages_for(hosts);
  sip::TlsOptions tls;
  tls.certificate_pem = certificate.certificate_pem;
  tls.key_pem = certificate.key_pem;
  sip::EdgeOptions edge;
  edge.bind = address.ip;  // for the text of an error; only the listener below opens
  edge.port = address.port;
  edge.listeners = {{sip::Transport::Wss, address.ip, address.port}};
  edge.tls = std::move(tls);
  edge.web_socket = std::move(web);
  return edge;
}

AgentOptions web_agent_options(const WebDemoOptions& options, const sip::SelfSigned& certificate) {
  AgentOptions agent;
  agent.phone.sip = edge_for(options.address, certificate);
  agent.phone.codecs = {media::AudioCodec::Opus, media::AudioCodec::Pcmu};
  agent.phone.security = {.srtp = sdp::SrtpPolicy::Required, .has_keys = false};
  agent.phone.max_calls = options.max_calls;
  agent.media.workers = 1;
  agent.account.address_of_record = "sip:agent@" + hosts_of(options.address).front();
  agent.account.registers = false;
  agent.embedded.dialogue_path = options.dialogue_path;
  agent.embedded.max_decoders = options.max_calls;
  agent.conversation.call_limit = options.call_limit;
  agent.drain_limit = options.drain_limit;
  agent.conversation.media_lost_limit = std::chrono::seconds(5);  // A browser that was killed must not keep its line.
  return agent;
}

std::string said(const ConversationAction& what) {
  if (const auto* caller = std::get_if<CallerSaid>(&what)) return fmt::format("caller: {}{}", caller->text, caller->rejected ? " (not sure)" : "");
  if (const auto* agent = std::get_if<AgentSaid>(&what)) return fmt::format("agent: {}{}", agent->text, agent->interrupted ? " (interrupted)" : "");
  return {};
}

}  // namespace

std::optional<base::SocketAddress> web_address(std::string_view text) {
  base::SocketAddress address{base::IpAddress::v4({127, 0, 0, 1}), kWebDemoPort};
  if (text.empty()) return address;
  const auto colon = text.rfind(':');
  const auto port = port_of(colon == std::string_view::npos ? text : text.substr(colon + 1));
  const auto ip = colon == std::string_view::npos ? std::optional(address.ip) : base::IpAddress::parse(text.substr(0, colon));
  const bool is_ambiguous = ip && ip->is_v6() && !text.starts_with('[');
  if (!port || !ip || ip->is_unspecified() || is_ambiguous) return std::nullopt;
  return base::SocketAddress{*ip, *port};
}

base::Result<std::unique_ptr<WebDemo>, base::Error> WebDemo::start(const WebDemoOptions& options, Show show) {
  const auto certificate = sip::make_self_signed(names_of(options.address.ip), kCertificateTime);
  if (!certificate) return base::fail(web_error("OpenSSL made no certificate for " + options.address.ip.to_string()));
  std::unique_ptr<WebDemo> demo(new WebDemo(std::move(show)));
  demo->url_ = "https://" + hosts_of(options.address).front() + "/";
  demo->fingerprint_ = certificate->fingerprint;
  auto agent = Agent::start(web_agent_options(options, *certificate), [self = demo.get()](const AgentEvent& event) { self->on_event(event); });
  if (!agent) return base::fail(agent.error());
  demo->agent_ = std::move(*agent);
  demo->running_ = demo->agent_.get();
  return demo;
}

WebDemo::~WebDemo() { running_ = nullptr; }

void WebDemo::on_event(const AgentEvent& event) {
  const auto shown = [this](const std::string& call_id, const std::string& what) {
    if (!what.empty()) show_("call " + call_id.substr(0, 4), what);
  };
  if (const auto* up = std::get_if<CallUp>(&event)) shown(up->call_id, "answered, " + std::string(phone::to_string(up->codec)));
  if (const auto* over = std::get_if<CallOver>(&event))
    shown(over->call_id, fmt::format("ended after {:.1f} s{}", static_cast<double>(over->duration.count()) / 1000.0, over->how.why.empty() ? "" : ": " + over->how.why));
  const auto* line = std::get_if<CallLine>(&event);
  if (line == nullptr) return;
  shown(line->call_id, said(line->what));
  Agent* const agent = running_;
  if (auto text = page_line(line->what); text && agent != nullptr) agent->send_text(line->call_id, *std::move(text), "application/json");
}

}  // namespace offhook::inline v0::agent::demo
