#include <offhook/rtp/jitter/held_packets.hpp>

#include <algorithm>

namespace offhook::inline v0::rtp {

std::size_t HeldPackets::oldest() const noexcept {
  std::size_t oldest = 0;
  for (std::size_t i = 1; i < count_; ++i) {
    if ((*this)[i].place < (*this)[oldest].place) oldest = i;
  }
  return oldest;
}

void HeldPackets::insert(const HeldPacket& packet, std::size_t index) noexcept {
  for (std::size_t i = count_; i > index; --i) (*this)[i] = (*this)[i - 1];
  (*this)[index] = packet;
  end_ = count_ == 0 ? packet.end : std::max(end_, packet.end);
  ++count_;
}

void HeldPackets::remove_and_measure(std::size_t index) noexcept {
  remove(index);
  if (count_ != 0) end_ = latest_end();
}

std::int64_t HeldPackets::latest_end() const noexcept {
  std::int64_t end = front().end;
  for (std::size_t i = 1; i < count_; ++i) end = std::max(end, (*this)[i].end);
  return end;
}

void HeldPackets::prefetch() const noexcept {
  for (std::size_t i = 0; i <= std::min<std::size_t>(count_, 2); ++i) base::prefetch((*this)[i]);
}

bool HeldPackets::is_consistent(PacketInbox::Place next) const noexcept {
  if (count_ > kMaxBufferedPackets) return false;
  for (std::size_t i = 0; i < count_; ++i) {
    if (next - (*this)[i].place > kRingOctets || (*this)[i].end < (*this)[i].begin) return false;
    if (i > 0 && (*this)[i - 1].begin >= (*this)[i].begin) return false;
  }
  return count_ == 0 || end_ == latest_end();
}

}  // namespace offhook::inline v0::rtp
