#pragma once

#include <offhook/agent/capture/capture_sink.hpp>
#include <offhook/agent/store/descriptor.hpp>

#include <cstdint>
#include <string>

namespace offhook::inline v0::agent::capture {

/// Returns a packet as text for people: a line with time (UTC), direction, transport, peer and own address, then the indented message and an empty
/// line. Shows each character that a terminal would not show as its number, so that a peer cannot control the terminal.
///
///     2026-11-21T09:00:00.123Z --> UDP 192.0.2.7:5060 from 192.0.2.1:5070
///         REGISTER sip:pbx.example SIP/2.0
[[nodiscard]] std::string trace_text(const Packet& packet, bool colours);

/// Prints packets on a stream. If the reader does not take a packet within a second, drops the packet, and drops later packets without a wait until the
/// reader is ready again. Prints the number of dropped packets before the next packet.
class TraceSink final : public CaptureSink {
 public:
  TraceSink(int descriptor, bool colours);
  void take(const Packet& packet, base::TimePoint now) override;

 private:
  [[nodiscard]] bool print(std::string_view text) const;

  store::Descriptor terminal_;  // Not open if the stream is not a terminal.
  int descriptor_;
  bool colours_;
  std::uint64_t lost_ = 0;
};

}  // namespace offhook::inline v0::agent::capture
