#include <offhook/agent/phone/call_ice.hpp>

#include <offhook/agent/phone/nat/leg_sockets.hpp>
#include <offhook/agent/phone/phone_error.hpp>

#include <algorithm>
#include <string_view>
#include <utility>
#include <variant>

namespace offhook::inline v0::phone {

namespace {

sdp::CandidateType to_sdp(rtp::IceCandidateType type) {
  switch (type) {
    case rtp::IceCandidateType::Host: return sdp::CandidateType::Host;
    case rtp::IceCandidateType::ServerReflexive: return sdp::CandidateType::ServerReflexive;
    case rtp::IceCandidateType::PeerReflexive: return sdp::CandidateType::PeerReflexive;
    case rtp::IceCandidateType::Relayed: return sdp::CandidateType::Relayed;
  }
  return sdp::CandidateType::Other;
}

rtp::IceCandidateType to_rtp(sdp::CandidateType type) {
  switch (type) {
    case sdp::CandidateType::ServerReflexive: return rtp::IceCandidateType::ServerReflexive;
    case sdp::CandidateType::PeerReflexive: return rtp::IceCandidateType::PeerReflexive;
    case sdp::CandidateType::Relayed: return rtp::IceCandidateType::Relayed;
    case sdp::CandidateType::Host:
    case sdp::CandidateType::Other: break;
  }
  return rtp::IceCandidateType::Host;
}

std::string_view name_of(rtp::IceCandidateType type) {
  switch (type) {
    case rtp::IceCandidateType::Host: return "host";
    case rtp::IceCandidateType::ServerReflexive: return "srflx";
    case rtp::IceCandidateType::PeerReflexive: return "prflx";
    case rtp::IceCandidateType::Relayed: return "relay";
  }
  return "host";
}

sdp::CandidateLine line_of(const rtp::IceCandidate& candidate, bool hides_private) {
  sdp::CandidateLine line;
  line.foundation = candidate.foundation;
  line.component = candidate.component;
  line.priority = candidate.priority;
  line.host = candidate.address.ip.to_string();
  line.port = candidate.address.port;
  line.type = to_sdp(candidate.type);
  if (candidate.related.port != 0) line.related = candidate.related;
  const bool is_secret = line.related && hides_private && !line.related->ip.is_public();
  if (is_secret) line.related = base::SocketAddress{candidate.address.ip.is_v6() ? base::IpAddress::v6({}) : base::IpAddress(), 9};  // RFC 8839 section 5.1
  return line;
}

/// Converts the peer's description. If it has candidates, but none for RTCP, there is one component: RFC 8445 section 6.1.2.2. Leaves
/// IcePeer::trickle false: the agent then takes trickled candidates too, but fails after 39.5 s without a path, even if the peer never ends its candidates.
rtp::IcePeer peer_of(const sdp::IceDescription& theirs, bool is_muxed) {
  const auto& lines = theirs.candidates;
  const bool has_rtcp = lines.empty() || std::any_of(lines.begin(), lines.end(), [](const auto& line) { return line.component == 2; });
  rtp::IcePeer peer;
  peer.credentials = {theirs.ufrag, theirs.password};
  peer.lite = theirs.lite;
  peer.ice2 = theirs.has_option("ice2");
  peer.components = is_muxed || !has_rtcp ? 1 : 2;
  if (theirs.pacing_ms) peer.pacing = std::chrono::milliseconds(*theirs.pacing_ms);
  return peer;
}

rtp::IceCandidate candidate_of(const sdp::CandidateLine& line, const base::SocketAddress& address) {
  rtp::IceCandidate candidate;
  candidate.type = to_rtp(line.type);
  candidate.component = line.component;
  candidate.priority = line.priority;
  candidate.foundation = line.foundation;
  candidate.address = address;
  return candidate;
}

/// Returns an error text if no media can pass after this event, otherwise "". If `is_muxed` is true, only component 1 counts.
std::string trouble_in(const rtp::IceEvent& event, bool is_muxed) {
  constexpr std::string_view kAdvice = ". Let UDP pass from and to the audio ports (/media/first_port to last_port), or set a TURN server (/nat/servers)";
  if (const auto* failed = std::get_if<rtp::IceFailed>(&event)) return "ICE found no path: " + std::string(to_string(failed->reason)) + std::string(kAdvice);
  const auto* const lost = std::get_if<rtp::IceConsentLost>(&event);
  return lost != nullptr && (lost->component == 1 || !is_muxed) ? "the peer no longer confirms the path of the media (ICE)" : "";
}

}  // namespace

CallIce::CallIce(base::SocketAddress local, bool controlling, bool trickles) : local_(local), trickles_(trickles) {
  agent_ = std::make_unique<rtp::IceAgent>(rtp::IceOptions{.controlling = controlling, .components = kLegSockets.size()}, random_);
  for (const auto socket : kLegSockets) {
    const auto address = address_of(socket, local_);
    (void)agent_->add_local({.type = rtp::IceCandidateType::Host, .component = component_of(socket), .base = address, .address = address});
  }
}

sdp::IceDescription CallIce::description(bool hides_private, bool is_offer) const {
  sdp::IceDescription ours;
  ours.ufrag = agent_->credentials().ufrag;
  ours.password = agent_->credentials().password;
  if (trickles_) ours.options = {"trickle"};  // The option stays in later descriptions: RFC 8839 section 4.4.1.1.1.
  ours.options.emplace_back("ice2");
  ours.end_of_candidates = trickles_;
  const auto may_describe = [&](const rtp::IceCandidate& candidate) { return !hides_private || candidate.address.ip.is_public(); };
  const auto describe = [&](const rtp::IceCandidate& candidate) {
    if (may_describe(candidate)) ours.candidates.push_back(line_of(candidate, hides_private));
  };
  const auto* const nominated = agent_->state() == rtp::IceState::Completed ? agent_->selected(1) : nullptr;
  if (nominated == nullptr || !may_describe(nominated->local)) {
    for (const auto& candidate : agent_->local_candidates()) describe(candidate);
    return ours;
  }
  // After the nomination, only the candidates of the selected pairs remain: RFC 8839 sections 4.4.1.2.2 and 4.4.2.
  for (const auto socket : kLegSockets) {
    const std::uint16_t component = component_of(socket);
    const auto* const pair = agent_->selected(component);
    if (pair == nullptr) continue;
    describe(pair->local);
    if (is_offer && agent_->is_controlling()) ours.remote_candidates.push_back({component, pair->remote.address});
  }
  return ours;
}

std::optional<base::SocketAddress> CallIce::present_address(media::Channel channel) const {
  return used_ ? agent_->present_address(channel == media::Channel::Rtcp && !is_muxed_ ? 2 : 1) : std::nullopt;
}

void CallIce::apply(const sdp::IceDescription& theirs, bool is_muxed, bool is_answer, base::TimePoint now) {
  used_ = true;
  is_muxed_ = is_muxed;
  restarts_ = false;
  const rtp::IcePeer peer = peer_of(theirs, is_muxed);
  if (!(is_answer ? agent_->set_answerer(peer, now) : agent_->set_peer(peer, now))) return;
  peer_ = peer.credentials;
  add_remote(theirs, now);
  if (trickled_) add_trickled(*std::exchange(trickled_, std::nullopt), now);
  (void)follow_paths(now);
}

void CallIce::add_trickled(sdp::IceDescription later, base::TimePoint now) {
  trickled_ = std::move(later);
  if (used_ && rtp::IceCredentials{trickled_->ufrag, trickled_->password} == peer_) add_remote(*trickled_, now);
}

void CallIce::add_remote(const sdp::IceDescription& theirs, base::TimePoint now) {
  for (const auto& line : theirs.candidates) {
    if (const auto address = line.address()) (void)agent_->add_remote(candidate_of(line, *address), now);
  }
}

void CallIce::stop(bool is_other_fork) {
  if (std::exchange(used_, false)) agent_->reset(is_other_fork);
}

void CallIce::restart() {
  if (!used_ || agent_->state() != rtp::IceState::Completed) return;
  agent_->restart();
  restarts_ = true;
}

void CallIce::cancel_restart() {
  if (std::exchange(restarts_, false)) (void)agent_->cancel_restart();
}

bool CallIce::receive(const rtp::IcePath& from, base::Bytes datagram, base::TimePoint arrival) {
  return agent_->on_datagram(from.base, from.to, datagram, arrival);
}

base::Result<bool, base::Error> CallIce::advance(const SendAlong& send, base::TimePoint now) {
  agent_->on_time(now);
  while (const auto out = agent_->poll_transmit()) {
    send(out->base == address_of(media::Channel::Rtcp, local_) ? media::Channel::Rtcp : media::Channel::Rtp, {out->base, out->to}, out->octets);
  }
  std::string trouble;
  while (const auto event = agent_->poll_event()) {
    if (trouble.empty()) trouble = trouble_in(*event, is_muxed_);
  }
  if (!trouble.empty()) return base::fail(phone_error(PhoneError::NotAcceptable, trouble));
  return used_ && follow_paths(now);
}

/// Takes over the agent's paths and proven sources. Returns true if one of them has changed.
bool CallIce::follow_paths(base::TimePoint now) {
  const auto rtp = agent_->path(1, now), rtcp = is_muxed_ ? rtp : agent_->path(2, now);
  const auto proven = agent_->proven_sources();
  const bool changed = rtp != rtp_path_ || rtcp != rtcp_path_ || proven != proven_;
  rtp_path_ = rtp;
  rtcp_path_ = rtcp;
  proven_ = proven;
  return changed;
}

media::MediaPlan CallIce::along_path(media::MediaPlan plan) const {
  plan.remote_rtp = rtp_path_ ? rtp_path_->to : base::SocketAddress{};
  plan.remote_rtcp = rtcp_path_ ? rtcp_path_->to : base::SocketAddress{};
  plan.source_rule = rtp::SourceRule::SdpAddress;
  plan.proven = proven_;  // A peer that changes its path sends along the new path before this side does.
  return plan;
}

std::string CallIce::route() const {
  const auto* const pair = agent_->selected(1);
  return pair == nullptr ? std::string() : std::string(name_of(pair->local.type)) + " to " + std::string(name_of(pair->remote.type));
}

}  // namespace offhook::inline v0::phone
