#pragma once

#include <offhook/base/bytes.hpp>
#include <offhook/base/random.hpp>
#include <offhook/base/socket_address.hpp>
#include <offhook/base/time.hpp>
#include <offhook/rtp/nat/stun_message.hpp>
#include <offhook/rtp/nat/stun_redirections.hpp>
#include <offhook/rtp/nat/stun_transaction.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace offhook::inline v0::rtp {

struct StunClientOptions {
  base::SocketAddress server{};
  StunTransport transport = StunTransport::Udp;
  base::Duration keep_alive{};  ///< time from an answer to the next request; zero: the client stops after the first answer
  bool fingerprint = false;     ///< true to add FINGERPRINT, because other protocols share the port
  StunTimers timers{};
};

enum class StunFailure : std::uint8_t {
  NoAnswer,
  Refused,           ///< the server answered with an error
  BadAnswer,         ///< the answer has no usable address, or has an unknown attribute that a receiver must understand
  TooManyRedirects,  ///< more than StunRedirections::kMax redirections, or a redirection to a server that was asked before
};
[[nodiscard]] std::string_view to_string(StunFailure failure);

/// Asks a STUN server for the public address of one socket, and asks again to keep the NAT's binding: RFC 8489 sections 6 and 10. Pure: no I/O, no clock. The
/// owner sends from this socket what poll_transmit() returns, and passes in the messages that arrive on it.
class StunClient {
 public:
  struct Transmit {
    base::SocketAddress to;
    base::Bytes octets;            ///< valid until the next call
  };
  /// The public address of the socket. The client reports the first address, and each change.
  struct Mapped {
    base::SocketAddress address;
    bool has_changed = false;      ///< true if the NAT's binding or this host's address has changed
  };
  /// The client has stopped. start() starts it again.
  struct Failed {
    StunFailure why = StunFailure::NoAnswer;
    int code = 0;                  ///< the server's error code; 0 if there is none
    std::string reason;            ///< untrusted text of the server
  };
  /// Only over TCP and TLS: the server redirects the client. The owner connects to `server`, and calls start().
  struct Redirected {
    base::SocketAddress server;
    std::string domain;            ///< name to expect in the server's certificate; "": the first server's name
  };
  using Event = std::variant<Mapped, Failed, Redirected>;

  StunClient(StunClientOptions options, base::Random& random) : options_(options), random_(random) {}

  /// Sends the first request. Over TCP and TLS, call it when the connection is up.
  void start(base::TimePoint now);
  void stop();
  /// Takes a message that came from `from`. Ignores it unless it is the server's answer to the pending request.
  void on_message(base::Bytes message, const base::SocketAddress& from, base::TimePoint now);
  void on_time(base::TimePoint now);
  [[nodiscard]] std::optional<base::TimePoint> next_deadline() const;
  [[nodiscard]] std::optional<Transmit> poll_transmit();
  [[nodiscard]] std::optional<Event> poll_event();

  [[nodiscard]] const std::optional<base::SocketAddress>& mapped() const { return mapped_; }

 private:
  void ask(base::TimePoint now);
  void on_success(const StunMessage& answer, base::TimePoint now);
  void on_error(const StunMessage& answer, base::TimePoint now);
  void fail(StunFailure why, int code = 0, std::string_view reason = {});

  StunClientOptions options_;             // `server` changes with each redirection
  base::Random& random_;
  std::optional<StunTransaction> pending_;
  std::optional<base::TimePoint> ask_at_; // the next keep-alive
  std::optional<base::SocketAddress> mapped_;
  StunRedirections redirections_;
  std::vector<Event> events_;
};

}  // namespace offhook::inline v0::rtp
