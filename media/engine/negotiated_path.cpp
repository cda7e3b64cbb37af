#include <offhook/media/engine/negotiated_path.hpp>

#include <offhook/rtp/nat/channel_data.hpp>
#include <offhook/rtp/nat/demultiplex.hpp>

namespace offhook::inline v0::media {

namespace {

/// Returns false for datagrams that an attacker can send most cheaply: a STUN message with a wrong cookie or length (RFC 8489 section 6), a record that is
/// shorter than its header or has no DTLS version (RFC 6347 section 4.1), and ChannelData that does not come from the host of the present path.
bool is_plausible(base::Bytes datagram, bool is_on_path) {
  constexpr std::uint32_t kCookie = 0x2112a442;
  constexpr std::size_t kStunHeader = 20, kRecordHeader = 13;
  base::ByteReader reader(datagram);
  switch (rtp::kind_of(datagram)) {
    case rtp::DatagramKind::Stun: {
      (void)reader.u16();
      const std::size_t length = reader.u16();
      return reader.u32() == kCookie && datagram.size() == kStunHeader + length;
    }
    case rtp::DatagramKind::Dtls: return datagram.size() >= kRecordHeader && datagram[1] == 0xfe;
    case rtp::DatagramKind::TurnChannel: return is_on_path;
    default: return false;
  }
}

}  // namespace

PacketPath::Received NegotiatedPath::on_datagram(Channel channel, const base::SocketAddress& from, std::span<std::uint8_t> datagram, base::TimePoint now) {
  switch (rtp::kind_of(datagram)) {
    case rtp::DatagramKind::RtpOrRtcp: return srtp_of(channel).on_datagram(channel, from, datagram, now);
    case rtp::DatagramKind::TurnChannel:
      if (const auto packet = relayed(channel, from, datagram); !packet.empty()) return srtp_of(channel).on_datagram(channel, from, packet, now);
      [[fallthrough]];
    case rtp::DatagramKind::Stun:
    case rtp::DatagramKind::Dtls:
      return {pass_on(channel, from, datagram, now) ? Verdict::Consumed : Verdict::Refused, {}};
    case rtp::DatagramKind::Zrtp:
    case rtp::DatagramKind::Unknown: break;
  }
  return {};
}

/// Returns the RTP or RTCP packet that the TURN server of this socket has relayed. Returns an empty span if the datagram is not such a packet.
std::span<std::uint8_t> NegotiatedPath::relayed(Channel channel, const base::SocketAddress& from, std::span<std::uint8_t> datagram) const {
  const PathOrder::Hop& hop = hop_of(channel);
  if (hop.channel == 0 || from != hop.remote) return {};
  const auto data = rtp::read_channel_data(datagram);
  if (!data || data->number != hop.channel || rtp::kind_of(data->octets) != rtp::DatagramKind::RtpOrRtcp) return {};
  return datagram.subspan(static_cast<std::size_t>(data->octets.data() - datagram.data()), data->octets.size());
}

std::optional<std::size_t> NegotiatedPath::protect(Channel channel, std::span<std::uint8_t> room, std::size_t size) {
  const auto protected_size = srtp_of(channel).protect(channel, room, size);
  const PathOrder::Hop& hop = hop_of(channel);
  if (!protected_size || hop.channel == 0) return protected_size;
  return rtp::wrap_as_channel_data(hop.channel, hop.pads, room, *protected_size);
}

void NegotiatedPath::on_time(base::TimePoint now) {
  srtp_.on_time(now);
  srtcp_.on_time(now);
  PathOrder* const order = mail_->paths.take();
  if (order == nullptr) return;
  hops_ = order->hops;
  mail_->paths.give_back(order);
}

/// Passes a datagram to the negotiating thread. Returns false if the datagram is implausible or too long, or if the ring is full.
bool NegotiatedPath::pass_on(Channel channel, const base::SocketAddress& from, base::Bytes datagram, base::TimePoint now) {
  const bool is_on_path = from == hop_of(channel).remote;
  if (!is_plausible(datagram, is_on_path)) return false;
  PathDatagram letter{channel, from, now};
  if (!letter.set(datagram)) return false;
  return is_on_path ? mail_->received_on_path.try_push(letter) : mail_->received.try_push(letter);
}

std::optional<PacketPath::Own> NegotiatedPath::poll_transmit() {
  if (!mail_->to_send.try_pop(sent_)) return std::nullopt;
  return Own{sent_.channel, sent_.peer, sent_.bytes()};
}

}  // namespace offhook::inline v0::media
