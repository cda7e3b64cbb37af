#include <offhook/agent/capture/packet_queue.hpp>

#include <utility>

namespace offhook::inline v0::agent::capture {

void PacketQueue::put(Packet packet) {
  const std::lock_guard lock(mutex_);
  const std::size_t size = packet.octets.size();
  if (closed_ || waiting_.size() == kMaxPackets || size > kMaxOctets - octets_) {
    ++dropped_;
    return;
  }
  waiting_.push_back(std::move(packet));
  octets_ += size;
  wake_.notify_one();
}

void PacketQueue::count_drop() {
  const std::lock_guard lock(mutex_);
  ++dropped_;
}

bool PacketQueue::take_all(std::vector<Packet>& out, std::optional<base::Duration> patience) {
  std::unique_lock lock(mutex_);
  const auto is_due = [this] { return closed_ || !waiting_.empty(); };
  if (patience) (void)wake_.wait_for(lock, *patience, is_due);
  else wake_.wait(lock, is_due);
  out.clear();
  out.swap(waiting_);
  octets_ = 0;
  return !closed_;
}

void PacketQueue::close() {
  const std::lock_guard lock(mutex_);
  closed_ = true;
  wake_.notify_one();
}

std::uint64_t PacketQueue::dropped() const {
  const std::lock_guard lock(mutex_);
  return dropped_;
}

}  // namespace offhook::inline v0::agent::capture
