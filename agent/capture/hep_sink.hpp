#pragma once

#include <offhook/agent/capture/capture_sink.hpp>
#include <offhook/agent/capture/fault_log.hpp>
#include <offhook/agent/store/descriptor.hpp>
#include <offhook/agent/support/secret.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

namespace offhook::inline v0::agent::capture {

/// A collector of HEP3, such as Homer or sngrep.
struct HepOptions {
  std::string host;
  std::uint16_t port = 9060;
  std::uint32_t capture_id = 2001;  ///< the number by which the collector knows this sender
  Secret key{};                     ///< "": the packets have no key
};

/// Sends packets by HEP3 over UDP. Looks up the collector's name with the first packet, and again after a failure: take() then waits for name servers,
/// at most three seconds. It never waits for the collector, and learns only from ICMP that the collector does not get the packets.
class HepSink final : public CaptureSink {
 public:
  static constexpr base::Duration kRetry = std::chrono::seconds(30);  ///< pause after a failure
  static constexpr std::size_t kMaxCallId = 256;                      ///< octets; a packet with a longer Call-ID has no correlation ID

  explicit HepSink(HepOptions options);
  void take(const Packet& packet, base::TimePoint now) override;

 private:
  /// Returns the reason of a failure; "" if the socket is open.
  [[nodiscard]] std::string connect();

  HepOptions options_;
  std::optional<store::Descriptor> socket_;
  FaultLog faults_;
  base::TimePoint retry_at_{};
};

}  // namespace offhook::inline v0::agent::capture
