#pragma once

#include <offhook/base/random.hpp>
#include <offhook/base/time.hpp>
#include <offhook/sip/model/flow.hpp>

#include <chrono>
#include <optional>

namespace offhook::inline v0::sip::registration {

/// Decides when to send a double CRLF that keeps a NAT's binding to the registrar, and when an unresponsive connection counts as
/// dead. RFC 5626 sections 3.5.1 and 4.4. Pure: no I/O, no clock.
/// Deviation: RFC 5626 section 4.4.1 requires STUN instead of CRLF over UDP, but only registrars with outbound answer STUN. Any
/// datagram refreshes the binding, and every SIP server must ignore a CRLF (RFC 3261 section 7.5).
class KeepAlive {
 public:
  enum class Due { Nothing, Ping, Dead };

  static constexpr base::Duration kDatagramLeast = std::chrono::seconds(24);  ///< RFC 5626 section 4.4.2
  static constexpr base::Duration kDatagramMost = std::chrono::seconds(29);
  static constexpr base::Duration kStreamLeast = std::chrono::seconds(95);    ///< RFC 5626 section 4.4.1
  static constexpr base::Duration kStreamMost = std::chrono::seconds(120);
  static constexpr base::Duration kPongLimit = std::chrono::seconds(10);      ///< RFC 5626 section 4.4.1

  /// Starts pings after a REGISTER was accepted over this transport. Does nothing if they are running.
  void start(Transport transport, base::TimePoint now, base::Random& random);
  void stop();
  /// Applies the registrar's Flow-Timer. Over a stream, each ping is sent after 80 to 100 % of it; over UDP only if that is
  /// sooner (RFC 5626 sections 4.4.1 and 4.4.2). nullopt: the registrar sent none.
  void apply(std::optional<std::chrono::seconds> flow_timer);
  static constexpr std::chrono::seconds kLeastFlowTimer{10}, kMostFlowTimer{3600};  ///< other values are clamped to these bounds
  /// Call this when a CRLF arrived over the connection. Returns true if it answers our ping.
  bool on_pong(base::TimePoint now, base::Random& random);
  /// Returns Dead if a server that answered earlier pings did not answer the last one; pings are then stopped.
  [[nodiscard]] Due on_time(base::TimePoint now, base::Random& random);
  [[nodiscard]] std::optional<base::TimePoint> next_deadline() const { return at_; }
  [[nodiscard]] bool running() const { return at_.has_value(); }

 private:
  void plan(base::TimePoint now, base::Random& random);

  Transport transport_ = Transport::Udp;
  std::optional<std::chrono::seconds> flow_timer_;
  std::optional<base::TimePoint> at_;  // Time of the next ping, or end of the wait for a pong.
  bool waits_ = false;                 // Waits for a pong.
  bool answers_ = false;               // The server has answered a ping over this connection; only then does silence mean that it is dead.
};

}  // namespace offhook::inline v0::sip::registration
