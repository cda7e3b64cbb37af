#include <offhook/rtp/nat/turn_channels.hpp>

#include <offhook/rtp/nat/channel_data.hpp>
#include <offhook/rtp/nat/demultiplex.hpp>
#include <offhook/rtp/nat/stun_message.hpp>
#include <offhook/rtp/nat/stun_writer.hpp>

#include <algorithm>
#include <type_traits>

namespace offhook::inline v0::rtp {

static_assert(std::is_trivially_copyable_v<TurnChannels>, "a copy goes to another thread through a ring");

namespace {

base::Result<std::size_t, TurnDataError> write_channel_data(std::uint16_t number, base::Bytes octets, bool pads, std::span<std::uint8_t> room) {
  if (octets.size() > room.size()) return base::fail(TurnDataError::OutputTooSmall);
  std::copy(octets.begin(), octets.end(), room.begin());
  const auto size = wrap_as_channel_data(number, pads, room, octets.size());
  if (!size) return base::fail(TurnDataError::OutputTooSmall);
  return *size;
}

base::Result<std::size_t, TurnDataError> write_send_indication(const base::SocketAddress& peer, base::Bytes octets, std::span<std::uint8_t> room,
                                                               base::Random& random) {
  StunWriter writer(room, StunMethod::Send, StunClass::Indication, random_stun_id(random));
  writer.add_address(StunAttribute::XorPeerAddress, peer);
  writer.add(StunAttribute::Data, octets);
  const auto size = writer.finish();
  if (!size) return base::fail(TurnDataError::OutputTooSmall);
  return *size;
}

}  // namespace

std::string_view to_string(TurnDataError error) {
  switch (error) {
    case TurnDataError::NotData: return "the message does not carry data of a peer";
    case TurnDataError::Malformed: return "the message is malformed";
    case TurnDataError::NotPermitted: return "there is no permission for the peer, or no such channel";
    case TurnDataError::TooLong: return "the data is too long for one datagram";
    case TurnDataError::OutputTooSmall: return "the output has too little space for the message";
  }
  return "unknown";
}

base::Result<std::size_t, TurnDataError> TurnChannels::wrap(const base::SocketAddress& peer, base::Bytes octets, std::span<std::uint8_t> room,
                                                            base::Random& random) const {
  if (octets.size() > kMaxTurnDataOctets) return base::fail(TurnDataError::TooLong);
  if (const auto channel = channel_of(peer)) return write_channel_data(*channel, octets, pads_, room);
  if (!is_permitted(peer.ip)) return base::fail(TurnDataError::NotPermitted);
  return write_send_indication(peer, octets, room, random);
}

base::Result<TurnChannels::Received, TurnDataError> TurnChannels::unwrap(base::Bytes message) const {
  if (kind_of(message) == DatagramKind::TurnChannel) return unwrap_channel(message);
  if (kind_of(message) != DatagramKind::Stun) return base::fail(TurnDataError::Malformed);
  const auto indication = StunMessage::parse(message);
  if (!indication) return base::fail(TurnDataError::Malformed);
  if (indication->kind() != StunClass::Indication || !indication->is(StunMethod::Data)) return base::fail(TurnDataError::NotData);
  const auto peer = indication->address(StunAttribute::XorPeerAddress);
  const auto octets = indication->find(StunAttribute::Data);
  if (!peer || !octets || indication->has_unknown()) return base::fail(TurnDataError::Malformed);
  if (!is_permitted(peer->ip)) return base::fail(TurnDataError::NotPermitted);
  return Received{*peer, *octets};
}

base::Result<TurnChannels::Received, TurnDataError> TurnChannels::unwrap_channel(base::Bytes message) const {
  const auto data = read_channel_data(message);
  if (!data) return base::fail(TurnDataError::Malformed);
  for (const Channel& channel : std::span(channels_).first(channel_count_)) {
    if (channel.number == data->number) return Received{channel.peer, data->octets};
  }
  return base::fail(TurnDataError::NotPermitted);
}

std::optional<std::uint16_t> TurnChannels::channel_of(const base::SocketAddress& peer) const {
  for (const Channel& channel : std::span(channels_).first(channel_count_)) {
    if (channel.is_bound && channel.peer == peer) return channel.number;
  }
  return std::nullopt;
}

bool TurnChannels::add_permission(const base::IpAddress& peer) {
  if (permission_count_ == kMaxPermissions) return false;
  permissions_[permission_count_++] = peer;
  return true;
}

bool TurnChannels::add_channel(const base::SocketAddress& peer, std::uint16_t number, bool is_bound) {
  if (channel_count_ == kMaxChannels) return false;
  channels_[channel_count_++] = Channel{peer, number, is_bound};
  return true;
}

bool TurnChannels::is_permitted(const base::IpAddress& peer) const {
  const auto all = std::span(permissions_).first(permission_count_);
  return std::find(all.begin(), all.end(), peer) != all.end();
}

}  // namespace offhook::inline v0::rtp
