#include <offhook/agent/phone/call_ice.hpp>

#include <offhook/agent/phone/phone_error.hpp>

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

/// Returns the reason of an event after which no media can pass, or "".
std::string trouble_in(const rtp::IceEvent& event) {
  if (const auto* failed = std::get_if<rtp::IceFailed>(&event)) return "ICE found no path: " + std::string(to_string(failed->reason));
  if (std::holds_alternative<rtp::IceConsentLost>(event)) return "the peer no longer confirms the path of the media (ICE)";
  return {};
}

}  // namespace

CallIce::CallIce(base::SocketAddress local, bool controlling) : local_(local) {
  agent_ = std::make_unique<rtp::IceAgent>(rtp::IceOptions{.controlling = controlling, .components = 2}, random_);
  for (const std::uint16_t component : {std::uint16_t{1}, std::uint16_t{2}}) {
    const auto address = base_of(component == 1 ? media::Channel::Rtp : media::Channel::Rtcp);
    (void)agent_->add_local({.type = rtp::IceCandidateType::Host, .component = component, .base = address, .address = address});
  }
}

base::SocketAddress CallIce::base_of(media::Channel channel) const {
  auto base = local_;
  if (channel == media::Channel::Rtcp) ++base.port;
  return base;
}

sdp::IceDescription CallIce::description() const {
  sdp::IceDescription ours;
  ours.ufrag = agent_->credentials().ufrag;
  ours.password = agent_->credentials().password;
  ours.options = {"ice2"};
  for (const auto& candidate : agent_->local_candidates()) {
    sdp::CandidateLine line;
    line.foundation = candidate.foundation;
    line.component = candidate.component;
    line.priority = candidate.priority;
    line.host = candidate.address.ip.to_string();
    line.port = candidate.address.port;
    line.type = to_sdp(candidate.type);
    if (candidate.related.port != 0) line.related = candidate.related;
    ours.candidates.push_back(std::move(line));
  }
  return ours;
}

void CallIce::apply(const sdp::IceDescription& theirs, bool is_muxed, base::TimePoint now) {
  used_ = true;
  is_muxed_ = is_muxed;
  rtp::IcePeer peer;
  peer.credentials = {theirs.ufrag, theirs.password};
  peer.lite = theirs.lite;
  peer.ice2 = theirs.has_option("ice2");
  peer.trickle = theirs.has_option("trickle") && !theirs.end_of_candidates;
  peer.components = is_muxed ? 1 : 2;
  if (theirs.pacing_ms) peer.pacing = std::chrono::milliseconds(*theirs.pacing_ms);
  if (!agent_->set_peer(peer, now)) return;
  for (const auto& line : theirs.candidates) {
    const auto address = line.address();
    if (address) (void)agent_->add_remote({.type = to_rtp(line.type), .component = line.component, .priority = line.priority, .foundation = line.foundation, .address = *address, .base = {}, .related = {}}, now);
  }
  if (theirs.end_of_candidates) agent_->end_of_remote(now);
}

bool CallIce::receive(const media::PathDatagram& datagram) {
  return used_ && agent_->on_datagram(base_of(datagram.channel), datagram.peer, datagram.bytes(), datagram.arrival);
}

base::Result<bool, base::Error> CallIce::advance(media::PathMail& mail, base::TimePoint now) {
  if (!used_) return false;
  agent_->on_time(now);
  while (const auto out = agent_->poll_transmit()) {
    media::PathDatagram letter{out->base == base_of(media::Channel::Rtcp) ? media::Channel::Rtcp : media::Channel::Rtp, out->to, now};
    if (letter.set(out->octets)) (void)mail.to_send.try_push(letter);  // A full ring loses it, as a network does; ICE sends it again.
  }
  std::string trouble;
  while (const auto event = agent_->poll_event()) {
    if (trouble.empty()) trouble = trouble_in(*event);
  }
  if (!trouble.empty()) return base::fail(phone_error(PhoneError::NotAcceptable, trouble));
  const auto rtp = agent_->path(1, now), rtcp = is_muxed_ ? rtp : agent_->path(2, now);
  const bool changed = rtp != rtp_path_ || rtcp != rtcp_path_;
  rtp_path_ = rtp;
  rtcp_path_ = rtcp;
  return changed;
}

media::MediaPlan CallIce::along_path(media::MediaPlan plan) const {
  plan.remote_rtp = rtp_path_ ? rtp_path_->to : base::SocketAddress{};
  plan.remote_rtcp = rtcp_path_ ? rtcp_path_->to : base::SocketAddress{};
  plan.source_rule = rtp::SourceRule::SdpAddress;  // ICE has proven this address, and no other one.
  return plan;
}

std::string CallIce::route() const {
  const auto* const pair = agent_->selected(1);
  return pair == nullptr ? std::string() : std::string(name_of(pair->local.type)) + " to " + std::string(name_of(pair->remote.type));
}

}  // namespace offhook::inline v0::phone
