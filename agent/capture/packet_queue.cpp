#include <offhook/agent/capture/packet_queue.hpp>

#include <utility>

namespace offhook::inline v0::agent::capture {

bool PacketQueue::has_room(std::size_t octets) {
  const std::lock_guard lock(mutex_);
  if (!is_full(octets)) return true;
  ++dropped_;
  return false;
}

void PacketQueue::put(Packet packet) {
  const std::lock_guard lock(mutex_);
  const std::size_t size = packet.octets.size();
  if (is_full(size)) {
    ++dropped_;
    return;
  }
  waiting_.push_back(std::move(packet));
  octets_ += size;
  wake_.notify_one();
}

bool PacketQueue::take_all(std::vector<Packet>& out, std::optional<base::Duration> patience) {
  out.clear();  // Before the lock: a producer must not wait until all this memory is freed.
  std::unique_lock lock(mutex_);
  const auto is_due = [this] { return closed_ || !waiting_.empty(); };
  if (patience) (void)wake_.wait_for(lock, *patience, is_due);
  else wake_.wait(lock, is_due);
  out.swap(waiting_);
  octets_ = 0;
  return !closed_;
}

void PacketQueue::close(base::Duration time_to_end) {
  const std::lock_guard lock(mutex_);
  closed_ = true;
  end_ = base::Clock::now() + time_to_end;
  wake_.notify_one();
}

std::uint64_t PacketQueue::dropped() const {
  const std::lock_guard lock(mutex_);
  return dropped_;
}

bool PacketQueue::is_late() const {
  const std::lock_guard lock(mutex_);
  return closed_ && base::Clock::now() >= end_;
}

void PacketQueue::drop(std::size_t packets) {
  const std::lock_guard lock(mutex_);
  dropped_ += packets;
}

}  // namespace offhook::inline v0::agent::capture
