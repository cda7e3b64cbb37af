#include <offhook/sdp/ice_lines.hpp>

#include <offhook/base/text.hpp>
#include <offhook/sdp/limits.hpp>
#include <offhook/sdp/transport.hpp>

#include <algorithm>
#include <array>
#include <utility>

namespace offhook::inline v0::sdp {

namespace {

constexpr std::array<std::pair<std::string_view, CandidateType>, 4> kCandidateTypes{{{"host", CandidateType::Host},
                                                                                     {"srflx", CandidateType::ServerReflexive},
                                                                                     {"prflx", CandidateType::PeerReflexive},
                                                                                     {"relay", CandidateType::Relayed}}};
constexpr std::size_t kMinUfrag = 4, kMinPassword = 22, kMaxCredential = 256;

bool is_ice_char(char c) { return base::is_alpha(c) || base::is_digit(c) || c == '+' || c == '/'; }
bool is_ice_text(std::string_view text, std::size_t min, std::size_t max) {
  return text.size() >= min && text.size() <= max && std::all_of(text.begin(), text.end(), is_ice_char);
}

std::string_view take_ice_word(base::TextCursor& cursor) {
  cursor.skip_spaces();
  return cursor.take_while([](char c) { return !base::is_space(c); });
}

CandidateType type_of(std::string_view name) {
  for (const auto& [known, type] : kCandidateTypes) {
    if (base::iequals(known, name)) return type;
  }
  return CandidateType::Other;
}

std::string_view name_of(CandidateType type) {
  for (const auto& [name, known] : kCandidateTypes) {
    if (known == type) return name;
  }
  return "other";
}

/// Reads the extensions after the type, which are pairs of names and values.
void read_extensions(base::TextCursor& cursor, CandidateLine& line) {
  std::optional<base::IpAddress> ip;
  std::optional<std::uint16_t> port;
  for (auto name = take_ice_word(cursor); !name.empty(); name = take_ice_word(cursor)) {
    const auto value = take_ice_word(cursor);
    if (base::iequals(name, "raddr")) ip = base::IpAddress::parse(value);
    if (base::iequals(name, "rport")) port = base::parse_number<std::uint16_t>(value);
  }
  if (ip && port) line.related = base::SocketAddress{*ip, *port};
}

template <class Each>
void for_each_value(const std::vector<Attribute>& attributes, std::string_view name, Each each) {
  for (const Attribute& attribute : attributes) {
    if (attribute.name == name && attribute.value) each(std::string_view(*attribute.value));
  }
}

std::vector<RemoteCandidate> read_remote_candidates(const Media& stream) {
  std::vector<RemoteCandidate> all;
  for_each_value(stream.attributes, "remote-candidates", [&](std::string_view value) {
    base::TextCursor cursor(value);
    for (auto word = take_ice_word(cursor); !word.empty() && all.size() < IceDescription::kMaxRemoteCandidates; word = take_ice_word(cursor)) {
      const auto component = base::parse_number<std::uint16_t>(word);
      const auto ip = base::IpAddress::parse(take_ice_word(cursor));
      const auto port = base::parse_number<std::uint16_t>(take_ice_word(cursor));
      if (component && ip && port) all.push_back({*component, {*ip, *port}});
    }
  });
  return all;
}

std::vector<std::string> read_options(const Session& remote, const Media& stream) {
  std::vector<std::string> options;
  const auto add = [&](std::string_view value) {
    base::TextCursor cursor(value);
    for (auto word = take_ice_word(cursor); !word.empty() && options.size() < IceDescription::kMaxOptions; word = take_ice_word(cursor)) options.emplace_back(word);
  };
  for_each_value(remote.attributes, "ice-options", add);
  for_each_value(stream.attributes, "ice-options", add);
  return options;
}

void add_once(std::vector<Attribute>& attributes, Attribute wanted) {
  if (std::find(attributes.begin(), attributes.end(), wanted) == attributes.end()) attributes.push_back(std::move(wanted));
}

bool has_candidate(const IceDescription& peer, std::uint16_t component) {
  return std::any_of(peer.candidates.begin(), peer.candidates.end(), [&](const CandidateLine& line) { return line.component == component; });
}
bool has_candidate(const IceDescription& peer, std::uint16_t component, const base::SocketAddress& address) {
  const auto is_wanted = [&](const CandidateLine& line) { return line.component == component && line.address() == address; };
  return std::any_of(peer.candidates.begin(), peer.candidates.end(), is_wanted);
}

}  // namespace

std::string_view to_string(IceLineError error) {
  switch (error) {
    case IceLineError::Malformed: return "malformed a=candidate";
    case IceLineError::BadFoundation: return "a=candidate has a malformed foundation";
    case IceLineError::BadComponent: return "a=candidate has a component that is not 1 to 256";
    case IceLineError::BadPriority: return "a=candidate has a priority that is not 1 to 2147483647";
    case IceLineError::BadPort: return "a=candidate has a malformed port";
    case IceLineError::NoIce: return "the section has no attributes of ICE";
    case IceLineError::BadCredentials: return "a=ice-ufrag or a=ice-pwd is missing or malformed";
  }
  return "unknown";
}

std::optional<base::SocketAddress> CandidateLine::address() const {
  const auto ip = base::IpAddress::parse(host);
  if (!ip || !base::iequals(transport, "UDP") || type == CandidateType::Other) return std::nullopt;
  return base::SocketAddress{*ip, port};
}

bool IceDescription::has_option(std::string_view name) const { return std::find(options.begin(), options.end(), name) != options.end(); }

base::Result<CandidateLine, IceLineError> parse_candidate_line(std::string_view value) {
  base::TextCursor cursor(value);
  CandidateLine line;
  line.foundation = take_ice_word(cursor);
  const auto component = base::parse_number<std::uint16_t>(take_ice_word(cursor));
  line.transport = take_ice_word(cursor);
  const auto priority = base::parse_number<std::uint32_t>(take_ice_word(cursor));
  line.host = take_ice_word(cursor);
  const auto port = base::parse_number<std::uint16_t>(take_ice_word(cursor));
  const auto typ = take_ice_word(cursor), type = take_ice_word(cursor);
  if (!base::iequals(typ, "typ") || type.empty()) return base::fail(IceLineError::Malformed);
  if (!is_ice_text(line.foundation, 1, CandidateLine::kMaxFoundation)) return base::fail(IceLineError::BadFoundation);
  if (!component || *component < 1 || *component > CandidateLine::kMaxComponent) return base::fail(IceLineError::BadComponent);
  if (!priority || *priority < 1 || *priority > CandidateLine::kMaxPriority) return base::fail(IceLineError::BadPriority);
  if (!port) return base::fail(IceLineError::BadPort);
  line.component = *component;
  line.priority = *priority;
  line.port = *port;
  line.type = type_of(type);
  read_extensions(cursor, line);
  return line;
}

std::string write_candidate_line(const CandidateLine& line) {
  std::string text = line.foundation + " " + std::to_string(line.component) + " " + line.transport + " " + std::to_string(line.priority) + " " + line.host + " " +
                     std::to_string(line.port) + " typ " + std::string(name_of(line.type));
  if (line.related) text += " raddr " + line.related->ip.to_string() + " rport " + std::to_string(line.related->port);
  return text;
}

base::Result<IceDescription, IceLineError> read_ice(const Session& remote, const Media& stream) {
  const auto ufrag = remote.attribute_of(stream, "ice-ufrag"), password = remote.attribute_of(stream, "ice-pwd");
  if (!ufrag && !password) return base::fail(IceLineError::NoIce);
  if (!ufrag || !password || !is_ice_text(*ufrag, kMinUfrag, kMaxCredential) || !is_ice_text(*password, kMinPassword, kMaxCredential))
    return base::fail(IceLineError::BadCredentials);
  IceDescription peer;
  peer.ufrag = *ufrag;
  peer.password = *password;
  peer.lite = remote.attribute("ice-lite").has_value();
  peer.options = read_options(remote, stream);
  if (const auto pacing = remote.attribute_of(stream, "ice-pacing")) peer.pacing_ms = base::parse_number<std::uint32_t>(*pacing);
  for_each_value(stream.attributes, "candidate", [&](std::string_view value) {
    auto line = peer.candidates.size() < kMaxCandidateLines ? parse_candidate_line(value) : base::fail(IceLineError::Malformed);
    if (line) peer.candidates.push_back(std::move(*line));
  });
  peer.end_of_candidates = remote.attribute_of(stream, "end-of-candidates").has_value();
  peer.mismatch = stream.attribute("ice-mismatch").has_value();
  peer.remote_candidates = read_remote_candidates(stream);
  return peer;
}

void write_ice(const IceDescription& ours, Session& session, Media& stream) {
  if (ours.lite) add_once(session.attributes, {"ice-lite", std::nullopt});
  if (ours.pacing_ms) add_once(session.attributes, {"ice-pacing", std::to_string(*ours.pacing_ms)});
  const auto add = [&](std::string name, std::optional<std::string> value) { stream.attributes.push_back({std::move(name), std::move(value)}); };
  add("ice-ufrag", ours.ufrag);
  add("ice-pwd", ours.password);
  std::string options;
  for (const auto& option : ours.options) options += (options.empty() ? "" : " ") + option;
  if (!options.empty()) add("ice-options", options);
  for (const auto& line : ours.candidates) add("candidate", write_candidate_line(line));
  std::string remotes;
  for (const auto& [component, address] : ours.remote_candidates)
    remotes += (remotes.empty() ? "" : " ") + std::to_string(component) + " " + address.ip.to_string() + " " + std::to_string(address.port);
  if (!remotes.empty()) add("remote-candidates", remotes);
  if (ours.end_of_candidates) add("end-of-candidates", std::nullopt);
  if (ours.mismatch) add("ice-mismatch", std::nullopt);
}

bool is_ice_mismatch(const IceDescription& peer, const Session& remote, const Media& stream) {
  const auto transport = read_transport(remote, stream);
  const bool will_trickle = peer.has_option("trickle") && stream.port == 9;
  if (!transport || transport->rtp.ip.is_unspecified() || will_trickle) return false;
  const bool has_rtcp = has_candidate(peer, 2) && !stream.attribute("rtcp-mux");
  return !has_candidate(peer, 1, transport->rtp) || (has_rtcp && !has_candidate(peer, 2, transport->rtcp));
}

void add_default_candidates(IceDescription& peer, const Session& remote, const Media& stream) {
  const auto transport = read_transport(remote, stream);
  if (!transport || transport->rtp.ip.is_unspecified()) return;
  const bool has_rtcp = has_candidate(peer, 2) && !stream.attribute("rtcp-mux");
  const auto add = [&](std::uint16_t component, const base::SocketAddress& address) {
    if (has_candidate(peer, component, address) || peer.candidates.size() >= kMaxCandidateLines) return;
    peer.candidates.push_back({.foundation = "default", .component = component, .host = address.ip.to_string(), .port = address.port});
  };
  add(1, transport->rtp);
  if (has_rtcp) add(2, transport->rtcp);
}

}  // namespace offhook::inline v0::sdp
