#include <offhook/media/engine/srtp_path.hpp>

#include <offhook/rtp/packet.hpp>

#include <algorithm>

namespace offhook::inline v0::media {

namespace {

std::optional<base::Bytes> unprotect_with(rtp::SrtpReceiver& receiver, bool is_rtcp, std::span<std::uint8_t> datagram) {
  const auto plain = is_rtcp ? receiver.unprotect_rtcp(datagram) : receiver.unprotect_rtp(datagram);
  return plain ? std::optional<base::Bytes>(*plain) : std::nullopt;
}

}  // namespace

void SrtpPath::take_keys() {
  SrtpKeyOrder* const order = box_->take();
  if (order == nullptr) return;
  for (std::size_t i = 0; i < SrtpKeyOrder::kPlaces; ++i) {
    if (order->senders[i]) senders_[i].swap(order->senders[i]);  // The order takes the former sender back to the ordering thread.
    if (order->receivers[i]) receivers_[i].swap(order->receivers[i]);
  }
  if (order->forgets_keys) sender_ = receiver_ = former_receiver_ = std::nullopt;
  if (order->sender && order->receiver) {
    sender_ = order->sender;
    use_receiver(*order->receiver);
  }
  passes_plain_ = !sender_ && !receiver_ && !order->awaits_keys;
  box_->give_back(order);
}

void SrtpPath::use_receiver(std::size_t place) {
  if (receiver_ && *receiver_ != place) {
    receivers_[place]->follow(*receivers_[*receiver_]);
    former_receiver_ = receiver_;
    former_until_ = now_ + kFormerKeyTime;
  }
  receiver_ = place;
}

void SrtpPath::on_time(base::TimePoint now) {
  now_ = now;
  take_keys();
  if (now_ >= former_until_) former_receiver_.reset();
}

PacketPath::Received SrtpPath::on_datagram(Channel channel, const base::SocketAddress&, std::span<std::uint8_t> datagram, base::TimePoint now) {
  now_ = now;
  take_keys();
  const auto verdict = channel == Channel::Rtcp ? Verdict::Rtcp : Verdict::Rtp;
  if (passes_plain_) return {verdict, datagram};
  if (!receiver_) return {};
  const bool is_rtcp = channel == Channel::Rtcp || rtp::is_rtcp(datagram);  // Some peers send RTCP to the port of RTP.
  const auto plain = unprotect(is_rtcp, datagram);
  return plain ? Received{verdict, *plain} : Received{};
}

std::optional<base::Bytes> SrtpPath::unprotect(bool is_rtcp, std::span<std::uint8_t> datagram) {
  std::array<std::uint8_t, kMaxOctets> copy;
  if (!former_receiver_ || datagram.size() > copy.size()) return unprotect_with(*receivers_[*receiver_], is_rtcp, datagram);
  std::copy(datagram.begin(), datagram.end(), copy.begin());
  if (const auto plain = unprotect_with(*receivers_[*receiver_], is_rtcp, datagram)) return plain;
  std::copy_n(copy.begin(), datagram.size(), datagram.begin());
  return unprotect_with(*receivers_[*former_receiver_], is_rtcp, datagram);
}

std::optional<std::size_t> SrtpPath::protect(Channel channel, std::span<std::uint8_t> room, std::size_t size) {
  take_keys();
  if (passes_plain_) return size;
  if (!sender_) return std::nullopt;
  rtp::SrtpSender& sender = *senders_[*sender_];
  const bool is_rtcp = channel == Channel::Rtcp || rtp::is_rtcp(room.first(size));
  const auto protected_size = is_rtcp ? sender.protect_rtcp(room, size) : sender.protect_rtp(room, size);
  return protected_size ? std::optional(*protected_size) : std::nullopt;
}

}  // namespace offhook::inline v0::media
