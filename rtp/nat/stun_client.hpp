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
  base::Duration keep_alive{};  ///< time from an answer to the next request; zero: the client asks once
  bool fingerprint = false;     ///< add FINGERPRINT, for a port that other protocols share
  StunTimers timers{};
};

enum class StunFailure : std::uint8_t {
  NoAnswer,
  Refused,           ///< the server answered with an error
  BadAnswer,         ///< an answer without a usable address, or with an attribute that must be understood but is unknown
  TooManyRedirects,  ///< more than StunRedirections::kMax, or back to a server that was asked before
};
[[nodiscard]] std::string_view to_string(StunFailure failure);

/// Asks a server of STUN for the address from which it sees this socket, and asks again to keep the binding of a NAT: RFC 8489 sections 6 and 10. Pure: no
/// I/O, no clock. The owner sends what poll_transmit() returns from the socket in question, and passes in what arrives there.
class StunClient {
 public:
  struct Transmit {
    base::SocketAddress to;
    base::Bytes octets;            ///< valid until the next call
  };
  /// The first address, and each one that differs from the address before it.
  struct Mapped {
    base::SocketAddress address;
    bool has_changed = false;      ///< the NAT, or this host, has another binding than before
  };
  /// The client has stopped. start() starts it again.
  struct Failed {
    StunFailure why = StunFailure::NoAnswer;
    int code = 0;                  ///< of the server's error; 0 if there is none
    std::string reason;            ///< untrusted text of the server
  };
  /// Only over TCP and TLS: the server names another one. The owner connects to `server`, and calls start().
  struct Redirected {
    base::SocketAddress server;
    std::string domain;            ///< of the certificate; "": that of the first server
  };
  using Event = std::variant<Mapped, Failed, Redirected>;

  StunClient(StunClientOptions options, base::Random& random) : options_(options), random_(random) {}

  /// Begins to ask. Over TCP and TLS the connection is up.
  void start(base::TimePoint now);
  void stop();
  /// Takes a message that came from `from`. Ignores messages of other hosts, and all but the answer to the pending request.
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

  StunClientOptions options_;             // `server` is the present one
  base::Random& random_;
  std::optional<StunTransaction> pending_;
  std::optional<base::TimePoint> ask_at_; // the next keep-alive
  std::optional<base::SocketAddress> mapped_;
  StunRedirections redirections_;
  std::vector<Event> events_;
};

}  // namespace offhook::inline v0::rtp
