#pragma once

#include <offhook/base/result.hpp>
#include <offhook/sip/stack/stack.hpp>
#include <offhook/sip/transport/tls_options.hpp>
#include <offhook/sip/transport/web_socket_options.hpp>

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace offhook::inline v0::sip {

/// Where peers find us. `::` takes IPv4 peers too, unless an IPv4 listener of the same transport and port stands beside it.
struct Listener {
  Transport transport = Transport::Udp;
  base::IpAddress address;   ///< 0.0.0.0, `::`: every interface
  std::uint16_t port = 0;    ///< 0 lets the system choose
};

/// The name servers that are asked.
struct DnsOptions {
  std::vector<base::SocketAddress> servers{};  ///< empty: the system's
  base::Duration attempt = std::chrono::seconds(1);  ///< to wait for one server the first time; later ones wait longer
  int attempts = 2;                                  ///< of each server
};

/// How many connections there may be, and which are given up first. A known peer is one of Stack::is_known().
struct ConnectionLimits {
  std::size_t most = 256;       ///< in all; a further one is closed at once, unless it takes the place of an unknown peer's
  std::size_t for_own = 32;     ///< of these, for those that we open ourselves
  std::size_t for_known = 64;   ///< of the rest, for what known peers open
  std::size_t per_source = 32;  ///< from one address
  /// What an unknown peer opened is closed so long after no call, request or registration needed it any more, whatever comes over it.
  base::Duration stranger_time = std::chrono::seconds(32);
  [[nodiscard]] bool is_usable() const { return per_source > 0 && for_own + for_known < most && most <= 65536 && stranger_time > base::Duration::zero(); }
};

struct EdgeOptions {
  base::IpAddress bind;      ///< 0.0.0.0: every interface
  std::uint16_t port = 0;    ///< of UDP and TCP alike; 0 lets the system choose
  bool tcp = true;           ///< also listen on TCP
  base::Duration message_time = std::chrono::seconds(10);  ///< one message over TCP, from its first octet to its last
  /// A connection of ours or of a known peer without traffic that no call, request or registration needs is closed after this: longer than the 120 s
  /// between two pings of a peer that wants it open (RFC 5626 section 4.4.1).
  base::Duration idle_time = std::chrono::seconds(180);
  /// Several at once, of both families: then they stand for bind, port and tcp. At most kMaxListeners.
  std::vector<Listener> listeners = {};
  DnsOptions dns{};
  std::optional<TlsOptions> tls = {};  ///< nothing: no TLS here, and what asks for it is refused
  std::optional<WebSocketOptions> web_socket = {};  ///< nothing: no WebSocket here; over TLS where `tls` is given, too
  /// From an accepted connection to the end of its handshakes, and as long for those that we open.
  base::Duration handshake_time = std::chrono::seconds(10);
  ConnectionLimits connections{};
};

enum class EdgeError : std::uint8_t {
  PortInUse,
  NoPermission,
  BadAddress,      ///< not an address of this machine; or no listeners, or more than kMaxListeners
  BadTrust,        ///< the CA file or a pin cannot be used, or none is given where one is needed
  BadCertificate,  ///< our certificate or its key cannot be used, or is missing where TLS listens
  BadLimits,       ///< ConnectionLimits that leave no connection to somebody
  BadWebSocket,    ///< a path that no request can have, too many origins, or a WebSocket listener without its options
  Other,
};
[[nodiscard]] std::string_view to_string(EdgeError error);

struct EdgeCounters {
  std::uint64_t datagrams_received = 0, datagrams_sent = 0, send_errors = 0;
  std::uint64_t connections_opened = 0, connections_refused = 0, connections_failed = 0, framing_errors = 0;
  std::uint64_t slow_senders = 0, idle_closed = 0;
  std::uint64_t connections_evicted = 0;  ///< of unknown peers, for others
  std::uint64_t handshakes_refused = 0, handshakes_failed = 0, slow_handshakes = 0;  ///< slow ones failed, too
  std::uint64_t unverified = 0;  ///< connections that we opened to a peer who had to prove nothing: TlsOptions::Verify::Insecure
  std::uint64_t half_open = 0;   ///< accepted, and in a handshake now
};

/// Sockets, names and time for one Stack, on one thread: the one that calls run(). Only post() may be called from others.
class SipEdge {
 public:
  static constexpr std::size_t kMaxHandshakes = 64;             ///< accepted connections that are in a handshake; a further one of an unknown peer is closed
  static constexpr std::size_t kMaxQueuedBytes = 512 * 1024;    ///< per connection; beyond it the peer is taken for dead
  static constexpr std::size_t kMaxListeners = 32;
  static constexpr std::size_t kMaxDatagramsPerWake = 64;       ///< then timers and connections get their turn

  /// Binds the sockets. Errors: see EdgeError.
  [[nodiscard]] static base::Result<std::unique_ptr<SipEdge>, EdgeError> open(const EdgeOptions& options, Stack& stack);
  virtual ~SipEdge() = default;

  /// Called on the edge's thread with each event of the stack, in order.
  virtual void on_event(std::function<void(Event)> handler) = 0;
  virtual void run() = 0;
  virtual void stop() = 0;                                      ///< run() returns; from any thread
  virtual void post(std::function<void()> task) = 0;            ///< runs on the edge's thread, the stack is drained after it; from any thread
  /// Runs `task` on the edge's thread after `delay`.
  virtual void post_after(base::Duration delay, std::function<void()> task) = 0;
  /// Finds the addresses of a host by the hosts file and by DNS, within 10 s. `done` is called once, later, on the edge's thread; with nothing
  /// where no address was found.
  virtual void find_host(const std::string& host, std::function<void(const std::vector<base::IpAddress>&)> done) = 0;
  [[nodiscard]] virtual std::uint16_t port() const = 0;         ///< of the first listener
  [[nodiscard]] virtual std::vector<Listener> listeners() const = 0;  ///< with the ports that they got
  [[nodiscard]] virtual EdgeCounters counters() const = 0;
  /// Why the last handshake failed, with whom: "192.0.2.7:5061 as example.com: the certificate is not trusted: ..."; "" if none did.
  [[nodiscard]] virtual std::string last_failure() const = 0;
  /// The address that packets to `remote` leave from; nothing when there is no way there.
  [[nodiscard]] virtual std::optional<base::IpAddress> local_address_towards(const base::IpAddress& remote) const = 0;
};

}  // namespace offhook::inline v0::sip
