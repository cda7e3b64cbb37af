#include <offhook/media/engine/srtp_path.hpp>

namespace offhook::inline v0::media {

void SrtpPath::take_keys() {
  SrtpKeyOrder* const order = box_->take();
  if (order == nullptr) return;
  if (order->sender) sender_.swap(order->sender);  // The order returns the former one.
  if (order->receiver) receiver_.swap(order->receiver);
  passes_plain_ = order->passes_plain && !sender_ && !receiver_;
  box_->give_back(order);
}

PacketPath::Received SrtpPath::on_datagram(Channel channel, const base::SocketAddress&, std::span<std::uint8_t> datagram, base::TimePoint) {
  take_keys();
  const auto verdict = channel == Channel::Rtcp ? Verdict::Rtcp : Verdict::Rtp;
  if (passes_plain_) return {verdict, datagram};
  if (!receiver_) return {};
  const auto plain = channel == Channel::Rtcp ? receiver_->unprotect_rtcp(datagram) : receiver_->unprotect_rtp(datagram);
  return plain ? Received{verdict, *plain} : Received{};
}

std::optional<std::size_t> SrtpPath::protect(Channel channel, std::span<std::uint8_t> room, std::size_t size) {
  take_keys();
  if (passes_plain_) return size;
  if (!sender_) return std::nullopt;
  const auto protected_size = channel == Channel::Rtcp ? sender_->protect_rtcp(room, size) : sender_->protect_rtp(room, size);
  return protected_size ? std::optional(*protected_size) : std::nullopt;
}

}  // namespace offhook::inline v0::media
