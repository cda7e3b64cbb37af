#pragma once

#include <offhook/agent/capture/capture_sink.hpp>
#include <offhook/agent/capture/packet_queue.hpp>

#include <memory>
#include <thread>

namespace offhook::inline v0::agent::capture {

/// Gives SIP messages to another sink on a thread of its own, so that a slow sink delays no other sink.
class QueuedSink final : public CaptureSink {
 public:
  explicit QueuedSink(std::unique_ptr<CaptureSink> sink);
  ~QueuedSink() override { QueuedSink::close(); }
  void take(const Packet& packet, base::TimePoint) override {
    if (queue_.has_room(packet.octets.size())) queue_.put(packet);
  }
  void close() override;
  [[nodiscard]] std::uint64_t dropped() const override { return queue_.dropped(); }

 private:
  void run();

  const std::unique_ptr<CaptureSink> sink_;
  PacketQueue queue_;
  std::thread thread_;
};

}  // namespace offhook::inline v0::agent::capture
