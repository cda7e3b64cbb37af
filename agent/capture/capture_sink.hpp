#pragma once

#include <offhook/agent/capture/packet.hpp>
#include <offhook/base/time.hpp>

namespace offhook::inline v0::agent::capture {

/// A place to which a capture writes its packets. The thread of the capture makes all calls, and may wait in them.
class CaptureSink {
 public:
  virtual ~CaptureSink() = default;
  /// Writes the packet. Counts and logs a failure, and tries again with later packets.
  virtual void take(const Packet& packet, base::TimePoint now) = 0;
};

}  // namespace offhook::inline v0::agent::capture
