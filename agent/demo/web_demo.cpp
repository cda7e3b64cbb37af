#include <offhook/agent/demo/web_demo.hpp>

#include <offhook/agent/demo/page_lines.hpp>
#include <offhook/agent/demo/web_page.hpp>
#include <offhook/base/text.hpp>
#include <offhook/sip/transport/self_signed.hpp>

#include <fmt/format.h>

namespace offhook::inline v0::agent::demo {

namespace {

constexpr std::chrono::hours kCertificateTime{24 * 30};

base::Error web_error(std::string detail) { return {"demo", 4, std::move(detail)}; }

sip::EdgeOptions edge_for(const base::SocketAddress& address, const sip::SelfSigned& certificate) {
  const auto hosts = web_hosts(address);
  sip::WebSocketOptions web;
  for (const std::string& host : hosts) web.origins.push_back("https://" + host);
  web.pages = std::make_shared<const sip::WebPages>(web_pages(hosts));
  sip::TlsOptions tls;
  tls.certificate_pem = certificate.certificate_pem;
  tls.key_pem = certificate.key_pem;
  sip::EdgeOptions edge;
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
  agent.account.address_of_record = "sip:agent@" + web_hosts(options.address).front();
  agent.account.registers = false;
  agent.embedded.dialogue_path = options.dialogue_path;
  agent.embedded.max_decoders = options.max_calls;
  agent.drain_limit = options.drain_limit;
  agent.conversation.call_limit = options.call_limit;
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
  const auto colon = text.rfind(':');
  const bool is_port = colon == std::string_view::npos;
  const auto port = base::parse_number<std::uint16_t>(is_port ? text : text.substr(colon + 1));
  const auto ip = base::IpAddress::parse(is_port ? "127.0.0.1" : text.substr(0, colon));
  const bool is_ambiguous = ip && ip->is_v6() && !text.starts_with('[');
  if (!port || *port == 0 || !ip || ip->is_unspecified() || is_ambiguous) return std::nullopt;
  return base::SocketAddress{*ip, *port};
}

base::Result<std::unique_ptr<WebDemo>, base::Error> WebDemo::start(const WebDemoOptions& options, Show show) {
  const auto certificate = sip::make_self_signed(web_names(options.address.ip), kCertificateTime);
  if (!certificate) return base::fail(web_error("OpenSSL made no certificate for " + options.address.ip.to_string()));
  std::unique_ptr<WebDemo> demo(new WebDemo(std::move(show)));
  demo->url_ = "https://" + web_hosts(options.address).front() + "/";
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
