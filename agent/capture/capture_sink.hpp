#pragma once

#include <offhook/agent/capture/packet.hpp>
#include <offhook/base/time.hpp>

#include <cstdint>
#include <span>

namespace offhook::inline v0::agent::capture {

/// A place to which a capture writes its packets. The thread of the capture makes all calls, and may wait in them.
class CaptureSink {
 public:
  virtual ~CaptureSink() = default;
  /// Writes a SIP message. Counts and logs a failure, and tries again with later packets.
  virtual void take(const Packet& packet, base::TimePoint now) = 0;
  /// Writes packets of calls' audio ports, if the sink has a place for such packets.
  virtual void take_media(std::span<const Packet>, base::TimePoint) {}
  /// Ends the sink, which gets no more packets. Packets that wait in it have PacketQueue::kTimeToEnd.
  virtual void close() {}
  /// Returns the number of packets that the sink refused because its queue was full, or dropped because memory or time was missing. Any thread may call it.
  [[nodiscard]] virtual std::uint64_t dropped() const { return 0; }
};

}  // namespace offhook::inline v0::agent::capture
