#pragma once

#include <offhook/media/engine/order_box.hpp>
#include <offhook/media/engine/packet_path.hpp>
#include <offhook/rtp/srtp/srtp_receiver.hpp>
#include <offhook/rtp/srtp/srtp_sender.hpp>

#include <memory>
#include <optional>
#include <span>
#include <utility>

namespace offhook::inline v0::media {

/// Keys for an SrtpPath, made on a thread that may allocate.
struct SrtpKeyOrder {
  std::unique_ptr<rtp::SrtpSender> sender;       ///< null: the present sender continues
  std::unique_ptr<rtp::SrtpReceiver> receiver;   ///< null: the present receiver continues
  bool passes_plain = false;                     ///< true: the peer does not use SRTP, and packets pass unchanged
  SrtpKeyOrder* next = nullptr;                  ///< used by OrderBox

  void merge(SrtpKeyOrder& untaken) {
    if (!sender) sender = std::move(untaken.sender);
    if (!receiver) receiver = std::move(untaken.receiver);
  }
};
using SrtpKeyBox = OrderBox<SrtpKeyOrder>;

/// Protects the packets of one leg by SRTP and SRTCP, with keys that come through an SrtpKeyBox. Before the first keys, no packet passes in either direction.
/// After keys, plain packets never pass again, whatever a later order says.
class SrtpPath final : public PacketPath {
 public:
  /// The ordering thread keeps the box too, and puts the keys into it.
  explicit SrtpPath(std::shared_ptr<SrtpKeyBox> box) : box_(std::move(box)) {}

  [[nodiscard]] Received on_datagram(Channel channel, const base::SocketAddress& from, std::span<std::uint8_t> datagram, base::TimePoint now) override;
  [[nodiscard]] std::optional<std::size_t> protect(Channel channel, std::span<std::uint8_t> room, std::size_t size) override;
  [[nodiscard]] std::optional<Own> poll_transmit() override { return std::nullopt; }
  void on_time(base::TimePoint) override { take_keys(); }
  [[nodiscard]] bool hears_only_peer() const override { return true; }

 private:
  void take_keys();

  std::shared_ptr<SrtpKeyBox> box_;
  std::unique_ptr<rtp::SrtpSender> sender_;
  std::unique_ptr<rtp::SrtpReceiver> receiver_;
  bool passes_plain_ = false;
};

}  // namespace offhook::inline v0::media
