#pragma once

#include <offhook/media/engine/path_mail.hpp>
#include <offhook/media/engine/srtp_path.hpp>

#include <array>
#include <cstddef>
#include <memory>
#include <utility>

namespace offhook::inline v0::media {

/// The packet path of a leg with ICE or DTLS. The worker does not negotiate: it passes STUN, TURN and DTLS datagrams (RFC 7983 section 7) to the negotiating
/// thread, sends that thread's datagrams, and protects the media by SRTP with the keys from that thread. If a TURN server relays the media, the worker wraps
/// packets in ChannelData and unwraps them.
class NegotiatedPath final : public PacketPath {
 public:
  /// The negotiating thread shares the mail and the boxes. No media pass before keys come, or an order without keys, which lets plain packets pass. `rtcp_keys`
  /// are for a separate RTCP port, for which DTLS has its own handshake (RFC 5764 section 4.1). Until they come, RTCP uses the keys of RTP.
  NegotiatedPath(std::shared_ptr<PathMail> mail, std::shared_ptr<SrtpKeyBox> keys, std::shared_ptr<SrtpKeyBox> rtcp_keys)
      : mail_(std::move(mail)), srtp_(std::move(keys)), srtcp_(std::move(rtcp_keys)) {}

  [[nodiscard]] Received on_datagram(Channel channel, const base::SocketAddress& from, std::span<std::uint8_t> datagram, base::TimePoint now) override;
  [[nodiscard]] std::optional<std::size_t> protect(Channel channel, std::span<std::uint8_t> room, std::size_t size) override;
  [[nodiscard]] std::optional<Own> poll_transmit() override;
  void on_time(base::TimePoint now) override;
  [[nodiscard]] bool hears_only_peer() const override { return !mail_->hears_all.load(std::memory_order_relaxed); }

 private:
  [[nodiscard]] std::span<std::uint8_t> relayed(Channel channel, const base::SocketAddress& from, std::span<std::uint8_t> datagram) const;
  [[nodiscard]] bool pass_on(Channel channel, const base::SocketAddress& from, base::Bytes datagram, base::TimePoint now);
  [[nodiscard]] SrtpPath& srtp_of(Channel channel) { return channel == Channel::Rtcp && srtcp_.has_keys() ? srtcp_ : srtp_; }
  [[nodiscard]] const PathOrder::Hop& hop_of(Channel channel) const { return hops_[static_cast<std::size_t>(channel)]; }

  std::shared_ptr<PathMail> mail_;
  SrtpPath srtp_, srtcp_;
  std::array<PathOrder::Hop, 2> hops_{};
  PathDatagram sent_;  // the datagram that poll_transmit() returned last
};

}  // namespace offhook::inline v0::media
