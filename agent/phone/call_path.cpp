#include <offhook/agent/phone/call_path.hpp>

#include <offhook/agent/phone/nat/leg_sockets.hpp>
#include <offhook/media/engine/negotiated_path.hpp>
#include <offhook/rtp/nat/demultiplex.hpp>

#include <algorithm>
#include <utility>

namespace offhook::inline v0::phone {

CallPath::CallPath(std::shared_ptr<const media::DtlsEndpoint> dtls, std::shared_ptr<media::SrtpKeyBox> keys) : keys_(std::move(keys)) {
  if (dtls) dtls_.emplace(std::move(dtls), keys_, rtcp_keys_);
}

std::unique_ptr<media::PacketPath> CallPath::make_path() const { return std::make_unique<media::NegotiatedPath>(mail_, keys_, rtcp_keys_); }

// --- the addresses of this side --------------------------------------------------------------------------------------------

void CallPath::begin(const Start& start, base::TimePoint now) {
  place_ = start.place;
  local_ = start.local;
  if (start.uses_ice) ice_.emplace(local_, start.controlling, start.trickles);
  const bool asks = start.servers && (start.uses_ice || place_.asks_servers);
  auto servers = asks ? start.servers->usable(local_.ip.is_v6(), now, start.wall_now) : std::vector<NatServer>();
  if (!ice_) std::erase_if(servers, [](const NatServer& one) { return one.uri.relays; });  // A call without ICE cannot find out whether it needs a relay.
  gathers_ = !servers.empty();
  if (!gathers_) return add_seen_address();
  mail_->hears_all.store(true, std::memory_order_relaxed);
  servers_.emplace(start.servers, std::move(servers), local_, now);
}

bool CallPath::gather(base::TimePoint now) {
  if (!gathers_) return true;
  receive_all();
  (void)servers_->advance(*mail_, now);
  for (const auto& one : servers_->take_gathered()) {
    if (ice_) ice_->add(one);
  }
  gathers_ = servers_->is_gathering(now);
  if (gathers_) return false;
  servers_->end_gathering(now);
  add_seen_address();
  mail_->hears_all.store(ice_.has_value(), std::memory_order_relaxed);
  return true;
}

/// Adds the public address that is known without a server as a candidate. RFC 8445 section 5.1.1.1 allows other ways than STUN to learn it.
void CallPath::add_seen_address() {
  if (!ice_ || !place_.as_seen || (servers_ && servers_->mapped(media::Channel::Rtp))) return;
  for (const auto socket : kLegSockets) {
    const auto base = address_of(socket, local_);
    ice_->add({rtp::IceCandidateType::ServerReflexive, component_of(socket), base, {*place_.as_seen, base.port}, *place_.as_seen, {}});
  }
}

std::optional<CallPath::Described> CallPath::described() const {
  const auto present = ice_ ? ice_->present_address(media::Channel::Rtp) : std::nullopt;
  if (present && (!place_.is_hidden || present->ip.is_public())) {
    const auto rtcp = ice_->present_address(media::Channel::Rtcp);
    return Described{*present, rtcp ? rtcp->port : std::uint16_t{0}};
  }
  if (!place_.is_hidden) return Described{local_};
  if (const auto rtp = servers_ ? servers_->mapped(media::Channel::Rtp) : std::nullopt; rtp && rtp->ip.is_public()) {
    const auto rtcp = servers_->mapped(media::Channel::Rtcp);
    return Described{*rtp, rtcp ? rtcp->port : std::uint16_t{0}};
  }
  if (place_.as_seen) return Described{{*place_.as_seen, local_.port}};
  const auto ours = description();
  if (!ours || ours->candidates.empty()) return std::nullopt;
  const auto port_of = [&](std::uint16_t component) {
    const auto at = std::find_if(ours->candidates.begin(), ours->candidates.end(), [&](const auto& one) { return one.component == component; });
    return at == ours->candidates.end() ? std::uint16_t{0} : at->port;
  };
  const auto first = ours->candidates.front().address();
  return first ? std::optional(Described{{first->ip, port_of(1)}, port_of(2)}) : std::nullopt;
}

void CallPath::follow_restart(const sdp::AgreedAudio& agreed, base::TimePoint now) {
  if (uses_ice() && agreed.ice) ice_->apply(*agreed.ice, agreed.remote_rtcp == agreed.remote_rtp, false, now);
}

// --- the path to the peer --------------------------------------------------------------------------------------------------

void CallPath::apply(const Agreement& agreement, base::TimePoint now) {
  const sdp::AgreedAudio& agreed = agreement.audio;
  const bool is_other_fork = agreement.dialog != std::exchange(dialog_, agreement.dialog);
  plan_ = agreement.plan;
  agreed_dtls_ = agreed.dtls;
  if (ice_ && !agreed.ice) ice_->stop(is_other_fork);
  if (ice_ && agreed.ice) ice_->apply(*agreed.ice, agreed.remote_rtcp == agreed.remote_rtp, agreement.is_answer, now);
  mail_->hears_all.store(uses_ice(), std::memory_order_relaxed);
  follow_path(now);
}

/// Gives the worker and DTLS the present path, which may have changed.
void CallPath::follow_path(base::TimePoint now) {
  order_path(now);
  const auto peers = peers_plan();
  const bool has_address = !uses_ice() || peers.remote_rtp.port != 0;
  if (dtls_ && has_address) dtls_->apply(agreed_dtls_, dialog_, peers, now);
}

void CallPath::forget_failure() {
  if (dtls_) dtls_->forget();
}

base::Result<bool, base::Error> CallPath::poll(base::TimePoint now) {
  receive_all();
  const SendAlong along = [&](media::Channel channel, const rtp::IcePath& path, base::Bytes octets) { send(channel, path, octets, now); };
  bool changed = servers_ && servers_->advance(*mail_, now);
  if (ice_) {
    const auto advanced = ice_->advance(along, now);
    if (!advanced) return advanced;
    changed = changed || *advanced;
  }
  if (changed) follow_path(now);
  if (dtls_) {
    if (auto advanced = dtls_->advance(along, now); !advanced) return base::fail(advanced.error());
  }
  return changed;
}

void CallPath::receive_all() {
  media::PathDatagram datagram;
  for (std::size_t i = 0; i < media::PathMail::kCapacityOfPath && mail_->received_on_path.try_pop(datagram); ++i) receive(datagram);
  for (std::size_t i = 0; i < kMaxOffPath && mail_->received.try_pop(datagram); ++i) receive(datagram);
}

void CallPath::receive(const media::PathDatagram& datagram) {
  rtp::IcePath from{address_of(datagram.channel, local_), datagram.peer};
  base::Bytes octets = datagram.bytes();
  std::optional<CallServers::Relayed> relayed;
  if (servers_ && servers_->receive(datagram, relayed)) {
    if (!relayed) return;
    from = relayed->from;
    octets = relayed->octets;
  }
  switch (rtp::kind_of(octets)) {
    case rtp::DatagramKind::Stun:
      if (ice_) (void)ice_->receive(from, octets, datagram.arrival);
      return;
    case rtp::DatagramKind::Dtls: {
      media::PathDatagram record{datagram.channel, from.to, datagram.arrival};
      const bool is_verified = uses_ice() && ice_->has_heard(from);
      if (dtls_ && (is_verified || !uses_ice()) && record.set(octets)) dtls_->receive(record, is_verified);
      return;
    }
    default: return;
  }
}

void CallPath::send(media::Channel channel, rtp::IcePath path, base::Bytes octets, base::TimePoint now) {
  if (path.base.port == 0 && uses_ice() && ice_->path(channel)) path.base = ice_->path(channel)->base;
  if (servers_ && servers_->is_relayed(path.base)) return servers_->send(path, octets, *mail_, now);
  mail_->send(channel, path.to, octets);
}

/// Gives the worker the present path, if it has changed.
void CallPath::order_path(base::TimePoint now) {
  const auto peers = peers_plan();
  std::array<media::PathOrder::Hop, 2> hops{media::PathOrder::Hop{.remote = peers.remote_rtp}, {.remote = peers.remote_rtcp}};
  for (const auto channel : kLegSockets) {
    const auto path = uses_ice() ? ice_->path(channel) : std::nullopt;
    if (path && servers_ && servers_->is_relayed(path->base)) hops[static_cast<std::size_t>(channel)] = servers_->hop(*path, now);
  }
  if (hops == std::exchange(hops_, hops)) return;
  auto order = std::make_unique<media::PathOrder>();
  order->hops = hops;
  mail_->paths.put(std::move(order));
}

media::MediaPlan CallPath::along_path(const media::MediaPlan& plan) const {
  if (!uses_ice()) return plan;
  media::MediaPlan along = ice_->along_path(plan);
  const bool is_muxed = along.is_rtcp_muxed();
  const auto pass_by = [this](media::Channel channel, base::SocketAddress& remote) {
    const auto& hop = hops_[static_cast<std::size_t>(channel)];
    const auto& path = ice_->path(channel);
    const bool is_relayed = path && servers_ && servers_->is_relayed(path->base);
    if (is_relayed) remote = hop.channel != 0 ? hop.remote : base::SocketAddress{};
  };
  pass_by(media::Channel::Rtp, along.remote_rtp);
  if (is_muxed) along.remote_rtcp = along.remote_rtp;
  else pass_by(media::Channel::Rtcp, along.remote_rtcp);
  return along;
}

std::optional<base::Duration> CallPath::pause(bool offers_ice) const {
  if (gathers_ || (ice_ && ice_->is_busy()) || (dtls_ && dtls_->is_busy())) return base::Duration(kPause);
  return uses_ice() || uses_dtls() || offers_ice ? std::optional<base::Duration>(kQuietPause) : std::nullopt;
}

void CallPath::end(base::TimePoint now) {
  if (servers_) servers_->release(*mail_, now);
}

}  // namespace offhook::inline v0::phone
