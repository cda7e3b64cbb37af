#include <offhook/media/engine/negotiated_path.hpp>

#include <offhook/rtp/nat/demultiplex.hpp>

namespace offhook::inline v0::media {

PacketPath::Received NegotiatedPath::on_datagram(Channel channel, const base::SocketAddress& from, std::span<std::uint8_t> datagram, base::TimePoint now) {
  switch (rtp::kind_of(datagram)) {
    case rtp::DatagramKind::RtpOrRtcp: return srtp_of(channel).on_datagram(channel, from, datagram, now);
    case rtp::DatagramKind::Stun:
    case rtp::DatagramKind::Dtls:
    case rtp::DatagramKind::TurnChannel:
      pass_on(channel, from, datagram, now);
      return {Verdict::Consumed, {}};
    case rtp::DatagramKind::Zrtp:
    case rtp::DatagramKind::Unknown: break;
  }
  return {};
}

void NegotiatedPath::pass_on(Channel channel, const base::SocketAddress& from, base::Bytes datagram, base::TimePoint now) {
  PathDatagram letter{channel, from, now};
  if (!letter.set(datagram) || !mail_->received.try_push(letter)) mail_->dropped.fetch_add(1, std::memory_order_relaxed);
}

std::optional<PacketPath::Own> NegotiatedPath::poll_transmit() {
  if (!mail_->to_send.try_pop(sent_)) return std::nullopt;
  return Own{sent_.channel, sent_.peer, sent_.bytes()};
}

}  // namespace offhook::inline v0::media
