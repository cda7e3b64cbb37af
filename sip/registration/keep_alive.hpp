#pragma once

#include <offhook/base/random.hpp>
#include <offhook/base/time.hpp>
#include <offhook/sip/flow.hpp>

#include <chrono>
#include <optional>

namespace offhook::inline v0::sip::registration {

/// When a double CRLF goes out to keep a NAT's binding for the way to the registrar, and when a connection that answers no more
/// counts as dead. RFC 5626 sections 3.5.1 and 4.4. Pure: no I/O, no clock.
/// Deviation: RFC 5626 section 4.4.1 keeps CRLFs off UDP and wants STUN there, which only registrars with outbound answer. Any
/// datagram refreshes the binding, and every SIP server has to ignore this one (RFC 3261 section 7.5).
class KeepAlive {
 public:
  enum class Due { Nothing, Ping, Dead };

  static constexpr base::Duration kDatagramLeast = std::chrono::seconds(24);  ///< RFC 5626 section 4.4.2
  static constexpr base::Duration kDatagramMost = std::chrono::seconds(29);
  static constexpr base::Duration kStreamLeast = std::chrono::seconds(95);    ///< RFC 5626 section 4.4.1
  static constexpr base::Duration kStreamMost = std::chrono::seconds(120);
  static constexpr base::Duration kPongLimit = std::chrono::seconds(10);      ///< RFC 5626 section 4.4.1

  /// A REGISTER was accepted over this transport. While it runs already, nothing changes.
  void start(Transport transport, base::TimePoint now, base::Random& random);
  void stop();
  /// The registrar's Flow-Timer: over a stream the next ping goes out within 80 to 100 % of it, over UDP when that is sooner (RFC 5626
  /// sections 4.4.1 and 4.4.2). Nothing: it named none.
  void obey(std::optional<std::chrono::seconds> flow_timer);
  static constexpr std::chrono::seconds kLeastFlowTimer{10}, kMostFlowTimer{3600};  ///< a timer beyond them counts as they do
  /// A CRLF came over that connection. True: it answers a ping of ours.
  bool on_pong(base::TimePoint now, base::Random& random);
  /// Dead: a server that has answered before did not; it has stopped then.
  [[nodiscard]] Due on_time(base::TimePoint now, base::Random& random);
  [[nodiscard]] std::optional<base::TimePoint> next_deadline() const { return at_; }
  [[nodiscard]] bool running() const { return at_.has_value(); }

 private:
  void plan(base::TimePoint now, base::Random& random);

  Transport transport_ = Transport::Udp;
  std::optional<std::chrono::seconds> flow_timer_;
  std::optional<base::TimePoint> at_;  // The next ping, or the end of the wait for a pong.
  bool waits_ = false;                 // For a pong.
  bool answers_ = false;               // It has ponged over this connection: only then is silence a sign.
};

}  // namespace offhook::inline v0::sip::registration
