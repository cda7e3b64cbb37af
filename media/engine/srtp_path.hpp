#pragma once

#include <offhook/media/engine/order_box.hpp>
#include <offhook/media/engine/packet_path.hpp>
#include <offhook/rtp/srtp/srtp_receiver.hpp>
#include <offhook/rtp/srtp/srtp_sender.hpp>

#include <array>
#include <chrono>
#include <memory>
#include <optional>
#include <span>
#include <utility>

namespace offhook::inline v0::media {

/// Keys for an SrtpPath, made on a thread that may allocate. Each key has a place, which keeps it for later orders. A second sender with the same key would use
/// the same keystream again, and a second receiver would accept replayed packets.
struct SrtpKeyOrder {
  static constexpr std::size_t kPlaces = 8;
  /// First of the two places for keys from DTLS, which associations take in turn, so that the former key stays (RFC 8842 section 5.5). Keys from SDP have the
  /// places before it.
  static constexpr std::size_t kDtlsPlace = kPlaces - 2;

  std::array<std::unique_ptr<rtp::SrtpSender>, kPlaces> senders{};      ///< new senders, by place
  std::array<std::unique_ptr<rtp::SrtpReceiver>, kPlaces> receivers{};  ///< new receivers, by place
  std::optional<std::size_t> sender, receiver;  ///< the places to use; nullopt: the peer does not use SRTP, and packets pass unchanged
  bool awaits_keys = false;                     ///< true if the keys come later, from a DTLS handshake: until then, no plain packet passes
  bool forgets_keys = false;                    ///< true if no former key is used any more, for example in another early dialog of a forked INVITE
  SrtpKeyOrder* next = nullptr;                 ///< used by OrderBox

  void merge(SrtpKeyOrder& untaken) {
    forgets_keys = forgets_keys || untaken.forgets_keys;
    for (std::size_t i = 0; i < kPlaces; ++i) {
      if (!senders[i]) senders[i] = std::move(untaken.senders[i]);
      if (!receivers[i]) receivers[i] = std::move(untaken.receivers[i]);
    }
  }
};
using SrtpKeyBox = OrderBox<SrtpKeyOrder>;

/// Protects the packets of one leg by SRTP and SRTCP, with keys that come through an SrtpKeyBox. Before the first order, no packet passes in either direction.
/// After an order with keys, plain packets never pass again, even after an order without keys, unless that order forgets the keys.
class SrtpPath final : public PacketPath {
 public:
  /// For this time after a key change, packets under the peer's former key still pass, because the peer starts to use its new key some time after it sends it.
  static constexpr auto kFormerKeyTime = std::chrono::seconds(5);

  /// The ordering thread shares the box, and puts the keys into it.
  explicit SrtpPath(std::shared_ptr<SrtpKeyBox> box) : box_(std::move(box)) {}

  [[nodiscard]] Received on_datagram(Channel channel, const base::SocketAddress& from, std::span<std::uint8_t> datagram, base::TimePoint now) override;
  [[nodiscard]] std::optional<std::size_t> protect(Channel channel, std::span<std::uint8_t> room, std::size_t size) override;
  [[nodiscard]] std::optional<Own> poll_transmit() override { return std::nullopt; }
  void on_time(base::TimePoint now) override;
  [[nodiscard]] bool hears_only_peer() const override { return true; }
  [[nodiscard]] bool has_keys() const { return sender_ && receiver_; }

 private:
  void take_keys();
  void use_receiver(std::size_t place);
  [[nodiscard]] std::optional<base::Bytes> unprotect(bool is_rtcp, std::span<std::uint8_t> datagram);

  std::shared_ptr<SrtpKeyBox> box_;
  std::array<std::unique_ptr<rtp::SrtpSender>, SrtpKeyOrder::kPlaces> senders_{};
  std::array<std::unique_ptr<rtp::SrtpReceiver>, SrtpKeyOrder::kPlaces> receivers_{};
  std::optional<std::size_t> sender_, receiver_;  // places in use
  std::optional<std::size_t> former_receiver_{};  // place of the peer's former key, valid until former_until_
  base::TimePoint former_until_{}, now_{};
  bool passes_plain_ = false;
};

}  // namespace offhook::inline v0::media
