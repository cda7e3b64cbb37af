#include <offhook/agent/phone/nat/call_servers.hpp>

#include <offhook/agent/phone/nat/leg_sockets.hpp>

#include <algorithm>
#include <array>
#include <variant>

namespace offhook::inline v0::phone {

CallServers::CallServers(std::shared_ptr<NatServers> all, std::vector<NatServer> servers, base::SocketAddress local, base::TimePoint now)
    : all_(std::move(all)), local_(local), until_(now + kPatience) {
  for (const auto channel : kLegSockets) {
    for (const NatServer& server : servers) add(server, channel, now);
  }
}

void CallServers::add(const NatServer& server, media::Channel channel, base::TimePoint now) {
  if (!server.uri.relays) {
    rtp::StunClientOptions options;
    options.server = server.address;
    askers_.push_back({server.number, channel, rtp::StunClient(options, random_)});
    return askers_.back().client.start(now);
  }
  rtp::TurnOptions options;
  options.server = server.address;
  options.transport = server.uri.transport;
  options.family = server.address.ip.is_v6() ? rtp::TurnFamily::V6 : rtp::TurnFamily::Any;
  Relay& relay = relays_.emplace_back(server.number, channel, std::move(options), server.credential, random_);
  if (!relay.pads) return begin(relay, now);
  auto link = all_->links().open({server.address, server.uri.transport, server.uri.host}, address_of(channel, local_));
  relay.is_done = !link;
  if (!link) return (void)(relay.trouble = StreamLinks::to_string(link.error()));
  relay.link = std::move(*link);
}

void CallServers::begin(Relay& relay, base::TimePoint now) {
  relay.has_begun = true;
  relay.client.start(now);
}

bool CallServers::is_gathering(base::TimePoint now) const {
  const auto is_busy = [](const auto& one) { return !one.is_done; };
  return now < until_ && (std::any_of(askers_.begin(), askers_.end(), is_busy) || std::any_of(relays_.begin(), relays_.end(), is_busy));
}

void CallServers::end_gathering(base::TimePoint now) {
  for (const Asker& asker : askers_) {
    if (!asker.client.mapped()) all_->avoid(asker.server, asker.trouble, now);
  }
  for (const Relay& relay : relays_) {
    if (relay.relayed.port == 0) all_->avoid(relay.server, relay.trouble, now);
  }
}

std::optional<base::SocketAddress> CallServers::mapped(media::Channel channel) const { return mapped_[static_cast<std::size_t>(channel)]; }

bool CallServers::advance(media::PathMail& mail, base::TimePoint now) {
  for (Asker& asker : askers_) advance(asker, mail, now);
  bool changed = false;
  for (Relay& relay : relays_) changed = advance(relay, mail, now) || changed;
  return changed;
}

void CallServers::advance(Asker& asker, media::PathMail& mail, base::TimePoint now) {
  asker.client.on_time(now);
  while (const auto out = asker.client.poll_transmit()) mail.send(asker.channel, out->to, out->octets);
  while (const auto event = asker.client.poll_event()) {
    asker.is_done = true;
    if (const auto* failed = std::get_if<rtp::StunClient::Failed>(&*event)) asker.trouble = to_string(failed->why);
    const auto* const told = std::get_if<rtp::StunClient::Mapped>(&*event);
    if (told == nullptr) continue;
    mapped_[static_cast<std::size_t>(asker.channel)] = told->address;
    gathered_.push_back({rtp::IceCandidateType::ServerReflexive, component_of(asker.channel), address_of(asker.channel, local_), told->address, told->address.ip, {}});
  }
}

bool CallServers::advance(Relay& relay, media::PathMail& mail, base::TimePoint now) {
  if (relay.link && relay.link->state() == StreamLinks::State::Open && !relay.has_begun) begin(relay, now);
  if (relay.link && relay.link->state() == StreamLinks::State::Closed) {
    if (!relay.has_begun) relay.trouble = "the connection to the server has failed";
    relay.is_done = true;
    relay.client.on_disconnected();
  }
  relay.client.on_time(now);
  bool changed = false;
  while (const auto event = relay.client.poll_event()) {
    if (const auto* allocated = std::get_if<rtp::turn::Allocated>(&*event)) on_allocated(relay, *allocated);
    if (const auto* failed = std::get_if<rtp::turn::Failed>(&*event)) relay.trouble = to_string(failed->why);
    if (std::holds_alternative<rtp::turn::PeerReady>(*event)) changed = true;
    relay.is_done = true;
  }
  if (changed) send_waiting(relay, mail);
  while (const auto out = relay.client.poll_transmit()) mail.send(relay.channel, relay.hop(), out->octets);
  return changed;
}

void CallServers::on_allocated(Relay& relay, const rtp::turn::Allocated& event) {
  relay.relayed = event.relayed_v4.value_or(event.relayed_v6.value_or(base::SocketAddress{}));
  if (!relay.pads) {
    if (!mapped(relay.channel)) mapped_[static_cast<std::size_t>(relay.channel)] = event.mapped;
    gathered_.push_back({rtp::IceCandidateType::ServerReflexive, component_of(relay.channel), address_of(relay.channel, local_), event.mapped, relay.client.server().ip, {}});
  }
  gathered_.push_back({rtp::IceCandidateType::Relayed, component_of(relay.channel), relay.relayed, relay.relayed, relay.client.server().ip, event.mapped});
}

const CallServers::Relay* CallServers::find(const base::SocketAddress& relayed) const {
  const auto at = std::find_if(relays_.begin(), relays_.end(), [&](const Relay& one) { return one.relayed == relayed && relayed.port != 0; });
  return at == relays_.end() ? nullptr : &*at;
}

bool CallServers::receive(const media::PathDatagram& datagram, std::optional<Relayed>& relayed) {
  bool is_of_server = false;
  for (Asker& asker : askers_) {
    if (asker.channel == datagram.channel) asker.client.on_message(datagram.bytes(), datagram.peer, datagram.arrival);
  }
  for (Relay& relay : relays_) {
    if (relay.channel != datagram.channel || datagram.peer != relay.hop()) continue;
    is_of_server = true;
    const auto data = relay.client.channels().unwrap(datagram.bytes());
    if (data) relayed = Relayed{{relay.relayed, data->peer}, data->octets};
    else if (data.error() == rtp::TurnDataError::NotData) relay.client.on_message(datagram.bytes(), relay.client.server(), datagram.arrival);
  }
  return is_of_server;
}

void CallServers::send(const rtp::IcePath& path, base::Bytes octets, media::PathMail& mail, base::TimePoint now) {
  Relay* const relay = find(path.base);
  if (relay == nullptr || !relay->client.permit(path.to, now)) return;  // Dropped: there is no allocation, or it has too many peers.
  if (send_now(*relay, path.to, octets, mail)) return;
  if (relay->waiting.size() == kMaxWaiting) relay->waiting.pop_front();
  relay->waiting.emplace_back(path.to, std::vector<std::uint8_t>(octets.begin(), octets.end()));
}

bool CallServers::send_now(Relay& relay, const base::SocketAddress& peer, base::Bytes octets, media::PathMail& mail) {
  std::array<std::uint8_t, media::PathDatagram::kMaxOctets> room{};
  const auto size = relay.client.channels().wrap(peer, octets, room, random_);
  if (!size) return size.error() != rtp::TurnDataError::NotPermitted;
  mail.send(relay.channel, relay.hop(), base::Bytes(room).first(*size));
  return true;
}

void CallServers::send_waiting(Relay& relay, media::PathMail& mail) {
  auto waiting = std::exchange(relay.waiting, {});
  for (auto& [peer, octets] : waiting) {
    if (!send_now(relay, peer, octets, mail)) relay.waiting.emplace_back(peer, std::move(octets));
  }
}

media::PathOrder::Hop CallServers::hop(const rtp::IcePath& path, base::TimePoint now) {
  Relay* const relay = find(path.base);
  if (relay == nullptr) return {};
  (void)relay->client.bind(path.to, now);
  return {relay->hop(), relay->client.channels().channel_of(path.to).value_or(0), relay->pads};
}

void CallServers::release(media::PathMail& mail, base::TimePoint now) {
  for (Relay& relay : relays_) {
    relay.client.release(now);
    while (const auto out = relay.client.poll_transmit()) mail.send(relay.channel, relay.hop(), out->octets);
  }
}

}  // namespace offhook::inline v0::phone
