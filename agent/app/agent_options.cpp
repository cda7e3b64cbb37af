#include <offhook/agent/app/agent_options.hpp>

#include <offhook/agent/config/connection_limits.hpp>
#include <offhook/agent/config/nested.hpp>
#include <offhook/agent/profile/agent_profile.hpp>
#include <offhook/agent/store/folder.hpp>

#include <algorithm>
#include <type_traits>
#include <utility>

namespace offhook::inline v0::agent {

namespace {


std::string bracketed(const std::string& host) {
  const bool is_v6 = host.find(':') != std::string::npos && !host.starts_with('[');
  return is_v6 ? "[" + host + "]" : host;
}

std::string transport_of(const config::Sip& sip) { return sip.transport == "udp" ? "" : ";transport=" + sip.transport; }

/// Makes a SIP URI from an object with host and port. If the object has no port, DNS decides the port.
std::string server_uri(const JsonValue& server, const config::Sip& sip) {
  const auto* port = member(server, "port");
  return "sip:" + bracketed(text_of(server, "host")) + (port != nullptr ? ":" + std::to_string(port->integer) : "") + transport_of(sip);
}

sip::ChallengeOptions challenge_options(const config::Sip& sip) {
  sip::ChallengeOptions options;
  if (const auto* realms = member(sip.challenges, "realms")) {
    for (const auto& one : realms->items) options.realms.push_back(text_of(one, "realm"));
  }
  if (const auto* allowed = member(sip.challenges, "in_received_calls")) options.in_peers_dialogs = allowed->flag;
  return options;
}

/// Returns the addresses from which a trunk's calls come. config::check_together() has checked that each of them is an address.
std::vector<base::IpAddress> trunk_addresses(const config::Sip& sip) {
  std::vector<std::string> hosts{sip.host, text_of(sip.outbound_proxy, "host")};
  for (const auto& one : sip.secondaries.items) hosts.push_back(text_of(one, "host"));
  std::vector<base::IpAddress> addresses;
  for (const std::string& host : hosts) {
    if (const auto ip = config::address_of_host(host)) addresses.push_back(*ip);
  }
  return addresses;
}

sip::AccountOptions account(const config::Sip& sip) {
  sip::AccountOptions account;
  const std::string host = host_and_port(sip);
  account.address_of_record = "sip:" + sip.extension + "@" + host;
  account.registrar = "sip:" + host + transport_of(sip);
  account.display_name = sip.display_name;
  account.username = sip.auth_user.empty() ? sip.extension : sip.auth_user;
  account.password = sip.password.reveal();
  account.challenges = challenge_options(sip);
  account.expires = sip.expires;
  account.refresh_within = sip.refresh;
  // With a port that the system chooses, each start has another Contact, so no earlier process has left a binding of this Contact.
  account.stale_binding = sip.bind_port == 0 ? sip::registration::StaleBinding::RemovedAfterOutage : sip::registration::StaleBinding::RemovedFirst;
  account.registers = sip.registration != "none";
  if (!account.registers) account.trunk_addresses = trunk_addresses(sip);
  if (sip.accept_from == "anyone") account.accept_from = sip::AccountOptions::AcceptFrom::Anyone;
  if (sip.session_timer == "ask") account.session_timer.use = sip::SessionTimerOptions::Use::Ask;
  if (sip.session_timer == "off") account.session_timer.use = sip::SessionTimerOptions::Use::Off;
  if (sip.outbound_proxy.kind != JsonValue::Kind::Null) account.outbound_proxy = server_uri(sip.outbound_proxy, sip);
  if (sip.registration != "parallel")
    for (const auto& one : sip.secondaries.items) account.secondaries.push_back(server_uri(one, sip));
  for (const auto& one : sip.trusted_peers.items) {
    if (const auto ip = base::IpAddress::parse(text_of(one, "address"))) account.trusted_peers.push_back(*ip);
  }
  return account;
}

/// Returns one account of the same extension for each of the other servers, if the extension registers at all of them.
std::vector<sip::AccountOptions> standby_accounts(const config::Sip& sip, const sip::AccountOptions& first) {
  std::vector<sip::AccountOptions> all;
  if (sip.registration != "parallel") return all;
  for (const auto& one : sip.secondaries.items) {
    all.push_back(first);
    all.back().server = server_uri(one, sip);
  }
  return all;
}

sip::CallerOptions caller_options(const config::Sip& sip) {
  sip::CallerOptions options;
  for (const auto& one : sip.caller_secrets) options.who.push_back({one.username, one.password.reveal()});
  if (const std::string realm = text_of(sip.callers, "realm"); !realm.empty()) options.realm = realm;
  const auto* algorithms = member(sip.callers, "algorithms");
  if (algorithms == nullptr) return options;
  options.algorithms.clear();
  for (const auto& one : algorithms->items) {
    const std::string name = text_of(one, "name");
    const auto algorithm = name == "MD5" ? sip::Algorithm::Md5 : name == "SHA-256" ? sip::Algorithm::Sha256 : sip::Algorithm::Sha512_256;
    if (std::find(options.algorithms.begin(), options.algorithms.end(), algorithm) == options.algorithms.end())
      options.algorithms.push_back(algorithm);
  }
  return options;
}

phone::MediaSecurity media_security(const config::Sip& sip) {
  const auto policy = sip.srtp == "off" ? sdp::SrtpPolicy::Off : sip.srtp == "required" ? sdp::SrtpPolicy::Required : sdp::SrtpPolicy::Preferred;
  return {policy, sip.srtp_without_tls, sip.srtp_keys == "dtls"};
}

phone::NatOptions nat_options(const config::Config& config) {
  phone::NatOptions options;
  options.public_address = config::address_of_host(config.nat.public_address);
  if (!config.nat.ca_file.empty()) options.ca_file = config::beside(config.path, config.nat.ca_file);
  for (const auto& one : config.nat.entries) {
    const bool is_shared = !one.shared_secret.reveal().empty();
    options.servers.push_back({one.uri, one.username, is_shared ? one.shared_secret.reveal() : one.password.reveal(), is_shared});
  }
  return options;
}

std::optional<phone::WatchOptions> watch_options(const config::Sip& sip) {
  if (sip.watchers.kind == JsonValue::Kind::Null) return std::nullopt;
  phone::WatchOptions options;
  for (const auto& one : sip.watchers.items)
    options.allowed.push_back({text_of(one, "watcher"), text_of(one, "view") == "calls" ? phone::View::Calls : phone::View::Busy});
  return options;
}

sip::AdmissionOptions admission_options(const config::Sip& sip) {
  sip::AdmissionOptions options;
  const auto number = [](const JsonValue& object, std::string_view name, auto& into) {
    if (const auto* value = member(object, name)) into = std::remove_reference_t<decltype(into)>(value->integer);
  };
  const auto flag = [&sip](std::string_view name, bool& into) {
    if (const auto* value = member(sip.admission, name)) into = value->flag;
  };
  const auto rate = [&](std::string_view name, sip::AdmissionOptions::Rate& into) {
    const auto* value = member(sip.admission, name);
    if (value == nullptr) return;
    number(*value, "per_second", into.per_second);
    number(*value, "burst", into.burst);
  };
  flag("enabled", options.on);
  flag("ban_scanners", options.ban_scanners);
  rate("source", options.source);
  rate("strangers", options.strangers);
  rate("peer", options.peer);
  rate("refusals", options.refusals);
  number(sip.admission, "max_failures", options.max_failures);
  number(sip.admission, "forgiven_every_seconds", options.forgiven_every);
  number(sip.admission, "ban_time_seconds", options.ban_time);
  const auto* peers = member(sip.admission, "peers");
  if (peers == nullptr) return options;
  options.peers.clear();
  for (const auto& one : peers->items) {
    const auto ip = base::IpAddress::parse(text_of(one, "address"));
    if (!ip) continue;
    unsigned bits = ip->is_v4() ? 32 : 128;
    number(one, "bits", bits);
    options.peers.push_back({*ip, bits});
  }
  return options;
}

phone::IdentityOptions identity_options(const config::Config& config) {
  using Unproven = phone::IdentityOptions::Unproven;
  phone::IdentityOptions options;
  const JsonValue& identity = config.sip.identity;
  const auto file = [&config](const JsonValue& object, std::string_view name) { return config::beside(config.path, text_of(object, name)); };
  const auto rule = [&identity](std::string_view name) { return text_of(identity, name) == "refuse" ? Unproven::Refused : Unproven::Taken; };
  if (const auto* certificates = member(identity, "certificates")) {
    phone::IdentityOptions::Verifying verifying;
    verifying.trust_file = file(identity, "trust_file");
    for (const auto& one : certificates->items) verifying.certificates.push_back({text_of(one, "url"), file(one, "file")});
    if (const auto* age = member(identity, "max_age_seconds")) verifying.max_age = std::chrono::seconds(age->integer);
    verifying.failed = rule("failed");
    verifying.absent = rule("absent");
    options.verifying = std::move(verifying);
  }
  if (const auto* sign = member(identity, "sign"))
    options.signing = {file(*sign, "key"), text_of(*sign, "url"), text_of(*sign, "attest")};
  return options;
}

sip::TlsOptions tls_options(const config::Config& config) {
  using Verify = sip::TlsOptions::Verify;
  sip::TlsOptions options;
  const JsonValue& tls = config.sip.tls;
  const auto file = [&](std::string_view name) {
    const std::string path = text_of(tls, name);
    return path.empty() ? path : config::beside(config.path, path);
  };
  const std::string verify = text_of(tls, "verify");
  options.verify = verify == "insecure" ? Verify::Insecure : verify == "pinned" ? Verify::Pinned : Verify::Required;
  if (const auto* wildcards = member(tls, "wildcards")) options.wildcards = wildcards->flag;
  options.ca_file = file("ca_file");
  options.certificate_file = file("certificate");
  options.key_file = file("key");
  if (const std::string pin = text_of(tls, "pin"); !pin.empty()) options.pins.push_back(pin);
  return options;
}

sip::WebSocketOptions web_socket_options(const config::Sip& sip) {
  sip::WebSocketOptions options;
  if (const std::string path = text_of(sip.web_socket, "path"); !path.empty()) options.path = path;
  if (const auto* origins = member(sip.web_socket, "origins")) {
    for (const auto& item : origins->items) options.origins.push_back(text_of(item, "origin"));
  }
  return options;
}

/// Adds the listener for browsers. The list replaces the default, so it also contains UDP and TCP, on which Offhook always listens.
void listen_for_web_sockets(const config::Sip& sip, sip::EdgeOptions& edge) {
  const auto* port = member(sip.web_socket, "port");
  if (port == nullptr) return;
  const bool secure = !text_of(sip.tls, "certificate").empty();
  edge.listeners = {{sip::Transport::Udp, edge.bind, edge.port},
                    {sip::Transport::Tcp, edge.bind, edge.port},
                    {secure ? sip::Transport::Wss : sip::Transport::Ws, edge.bind, static_cast<std::uint16_t>(port->integer)}};
}

media::DatagramPath datagram_path(std::string_view name) {
  if (name == "io_uring") return media::DatagramPath::Uring;
  return name == "epoll" ? media::DatagramPath::Epoll : media::DatagramPath::Best;
}

rtp::SourceRule source_rule(std::string_view name) {
  if (name == "sdp") return rtp::SourceRule::SdpAddress;
  return name == "any" ? rtp::SourceRule::AnyHost : rtp::SourceRule::PeerHosts;
}

records::CallRecordOptions call_record_options(const config::Config& config) {
  records::CallRecordOptions options;
  options.must_write = !config.records.folder.empty() && config.records.folder != "off";
  options.writer.journal.folder = records_folder(config);
  options.writer.journal.rotate_bytes = std::uint64_t{config.records.rotate_mb} << 20U;
  options.writer.journal.keep = config.records.keep;
  options.keep = {config.transcripts.enabled, config.records.digits};  // The agent adds the redactor of its transcripts.
  return options;
}

capture::CaptureOptions capture_options(const config::Config& config) {
  const auto& settings = config.capture;
  capture::CaptureOptions options;
  if (!settings.file.empty()) options.file = config::beside(config.path, settings.file);
  options.file_octets = std::uint64_t{settings.file_mb} << 20U;
  options.media = settings.media;
  if (!settings.hep_host.empty()) options.hep = capture::HepOptions{settings.hep_host, settings.hep_port, settings.hep_id, settings.hep_key};
  options.trace = settings.trace == "sip";
  return options;
}

}  // namespace

recordings::RecordingOptions recording_options(const config::Config& config) {
  recordings::RecordingOptions options;
  const auto& settings = config.recordings;
  const auto megabytes = [](std::uint32_t count) { return std::uint64_t{count} << 20U; };
  options.folder = settings.folder;
  options.format = settings.format == "wav" ? media::RecordingFormat::Wav : media::RecordingFormat::OggOpus;
  options.sides = settings.sides == "caller"  ? media::RecordedSides::Caller
                  : settings.sides == "agent" ? media::RecordedSides::Agent
                                              : media::RecordedSides::Both;
  if (const auto key = media::parse_recording_key(settings.key.reveal())) options.key = *key;
  options.keep_days = settings.keep_days;
  options.room = {megabytes(settings.least_free_mb), megabytes(settings.most_mb)};
  options.calls = config.limits.calls;
  return options;
}

transcripts::TranscriptOptions transcript_options(const config::Config& config) {
  transcripts::TranscriptOptions options;
  const auto& settings = config.transcripts;
  options.enabled = settings.enabled;
  options.folder = settings.folder;
  options.keep_days = settings.keep_days;
  options.redact_digits = settings.redact_digits;
  for (const auto& item : settings.patterns.items) options.patterns.push_back(text_of(item, "pattern"));
  options.readable = settings.readable;
  return options;
}

std::size_t registrations_of(const config::Config& config) {
  if (config.sip.registration == "none") return 0;
  return 1 + (config.sip.registration == "parallel" ? config.sip.secondaries.items.size() : 0);
}

std::string records_folder(const config::Config& config) {
  if (config.records.folder == "off") return {};
  return config.records.folder.empty() ? store::default_folder("calls") : config.records.folder;
}

std::string transcripts_folder(const config::Config& config) {
  return config.transcripts.folder.empty() ? store::default_folder("transcripts") : config.transcripts.folder;
}

std::string recordings_folder(const config::Config& config) {
  return config.recordings.folder.empty() ? store::default_folder("recordings") : config.recordings.folder;
}

std::string embedded_voice(const std::string& voice) { return voice == "rms" ? voice : "slt"; }

std::string host_and_port(const config::Sip& sip) {
  const std::string host = bracketed(sip.host);
  return sip.port == 5060 ? host : host + ":" + std::to_string(sip.port);
}

AgentOptions to_agent_options(const config::Config& config, const std::string& default_dialogue, const std::string& default_silero) {
  AgentOptions options;
  options.account = account(config.sip);
  options.standby_accounts = standby_accounts(config.sip, options.account);
  options.phone.sip.bind = base::IpAddress::parse(config.sip.bind_address).value_or(base::IpAddress{});
  options.phone.sip.port = config.sip.bind_port;
  const std::string& transport = config.sip.transport;
  const bool listens = member(config.sip.web_socket, "port") != nullptr;
  const bool shows = listens && !text_of(config.sip.tls, "certificate").empty();
  if (transport == "tls" || transport == "wss" || shows) options.phone.sip.tls = tls_options(config);
  if (transport == "ws" || transport == "wss" || listens) options.phone.sip.web_socket = web_socket_options(config.sip);
  listen_for_web_sockets(config.sip, options.phone.sip);
  options.phone.stack.datagram_limit = config.sip.datagram_limit;
  options.phone.stack.callers = caller_options(config.sip);
  options.phone.stack.admission = admission_options(config.sip);
  options.phone.sip.connections = config::connection_limits(config.sip.connections);
  options.phone.watched = watch_options(config.sip);
  options.phone.identity = identity_options(config);
  options.phone.codecs = codecs_named(config.media.codecs);
  options.phone.order_of_offer = config.media.codec_choice == "caller";
  options.phone.max_calls = config.limits.calls;
  options.phone.load_field = "X-Offhook-Load";
  options.media.first_port = config.media.first_port;
  options.media.last_port = config.media.last_port;
  options.media.datagrams = datagram_path(config.media.datagrams);
  options.media.goes_before_others = config.media.scheduling == "auto";
  options.listener = config.media.jitter_buffer == "call" ? media::Listener::Person : media::Listener::Machine;
  options.phone.comfort_noise = config.media.comfort_noise != "off";
  options.leaves_out_silence = config.media.comfort_noise == "send";
  options.phone.source_rule = source_rule(config.media.source);
  options.phone.security = media_security(config.sip);
  options.phone.ice = config.sip.ice == "off" ? phone::IceUse::Off : config.sip.ice == "offer" ? phone::IceUse::Offered : phone::IceUse::Accepted;
  options.phone.nat = nat_options(config);
  options.country = media::country_of(config.media.country);
  options.hang_up_tone = media::country_of(config.media.hang_up_tone);
  if (config.media.voice_activity == "silero") options.silero_folder = config.media.voice_model.empty() ? default_silero : config.media.voice_model;
  options.embedded.dialogue_path = config.agent.dialogue.empty() ? default_dialogue : config::beside(config.path, config.agent.dialogue);
  options.embedded.voice = embedded_voice(config.agent.voice);
  options.embedded.max_decoders = std::max<std::size_t>(config.limits.calls, 1);
  options.conversation.call_limit = config.limits.call;
  options.conversation.ring_for = config.limits.ring;
  options.conversation.silence_prompt = config.limits.silence;
  options.drain_limit = config.limits.drain;
  options.attended_transfers = config.sip.transfer == "attended";
  options.transfer_ring = config.limits.transfer_ring;
  options.conversation_threads = config.limits.conversation_threads;
  options.records = call_record_options(config);
  options.transcripts = transcript_options(config);
  options.recordings = recording_options(config);
  options.capture = capture_options(config);
  options.proxies = config.proxies;
  return options;
}

base::Result<std::unique_ptr<capture::WireCapture>, base::Error> open_capture(AgentOptions& options) {
  if (!options.capture.is_on()) return nullptr;
  auto opened = capture::WireCapture::open(options.capture);
  if (!opened) return opened;
  options.media.taps = (*opened)->media_taps();
  options.phone.sip.tap = [capture = opened->get()](const sip::WireMessage& message) { capture->on_message(message); };
  return opened;
}

void stand_beside_another(config::Config& config) {
  config.sip.registration = "none";
  config.sip.bind_port = 0;
  config.capture.file.clear();
  std::erase_if(config.sip.web_socket.members, [](const auto& member) { return member.first == "port" || member.first == "origins"; });
}

}  // namespace offhook::inline v0::agent
