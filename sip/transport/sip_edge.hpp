#pragma once

#include <offhook/base/result.hpp>
#include <offhook/sip/model/wire_message.hpp>
#include <offhook/sip/stack/stack.hpp>
#include <offhook/sip/transport/tls_options.hpp>
#include <offhook/sip/transport/web_socket_options.hpp>

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace offhook::inline v0::sip {

/// An address on which peers reach us. `::` also accepts IPv4 peers, unless there is an IPv4 listener of the same transport and
/// port.
struct Listener {
  Transport transport = Transport::Udp;
  base::IpAddress address;   ///< 0.0.0.0 or `::` for every interface
  std::uint16_t port = 0;    ///< 0: the system chooses
};

/// The name servers to ask.
struct DnsOptions {
  std::vector<base::SocketAddress> servers{};  ///< empty: the system's servers
  base::Duration attempt = std::chrono::seconds(1);  ///< wait for a server on the first attempt; later attempts wait longer
  int attempts = 2;                                  ///< attempts per server
};

/// Bounds on connections, and the order in which they are closed. A known peer is one for which Stack::is_known() returns true.
struct ConnectionLimits {
  /// Largest number of all connections. A further connection is closed at once, unless it replaces one of an unknown peer.
  std::size_t most = 256;
  std::size_t for_own = 32;     ///< reserved for connections that we open
  std::size_t for_known = 64;   ///< of the remaining connections, reserved for connections of known peers
  std::size_t per_source = 32;  ///< largest number from one address
  /// A connection of an unknown peer is closed this long after a call, request or registration last needed it, even if it has
  /// traffic.
  base::Duration stranger_time = std::chrono::seconds(32);
  [[nodiscard]] bool is_usable() const { return per_source > 0 && for_own + for_known < most && most <= 65536 && stranger_time > base::Duration::zero(); }
};

struct EdgeOptions {
  base::IpAddress bind;      ///< 0.0.0.0 for every interface
  std::uint16_t port = 0;    ///< for UDP and TCP; 0: the system chooses
  bool tcp = true;           ///< also listen on TCP
  base::Duration message_time = std::chrono::seconds(10);  ///< time for one message over TCP, from its first to its last octet
  /// A connection of ours or of a known peer is closed after this time without traffic, if no call, request or registration needs
  /// it. It is longer than the 120 s between two pings of a peer that wants to keep the connection (RFC 5626 section 4.4.1).
  base::Duration idle_time = std::chrono::seconds(180);
  /// Several listeners, of both families; they replace bind, port and tcp. At most kMaxListeners.
  std::vector<Listener> listeners = {};
  DnsOptions dns{};
  std::optional<TlsOptions> tls = {};  ///< nullopt: no TLS; requests that need TLS are refused
  std::optional<WebSocketOptions> web_socket = {};  ///< nullopt: no WebSocket. With a value: WS, and also WSS if `tls` is set
  /// Time from an accepted connection to the end of its handshakes; also for connections that we open.
  base::Duration handshake_time = std::chrono::seconds(10);
  ConnectionLimits connections{};
  MessageTap tap{};  ///< gets each message that this edge sends or receives; empty: no tap
};

enum class EdgeError : std::uint8_t {
  PortInUse,
  NoPermission,
  BadAddress,      ///< not an address of this machine; or no listeners, or more than kMaxListeners
  BadTrust,        ///< the CA file or a pin is unusable, or a required one is missing
  BadCertificate,  ///< our certificate or its key is unusable, or is missing although TLS listens
  BadLimits,       ///< ConnectionLimits that leave no connection for some kind of peer
  /// An invalid path, too many origins, unusable pages (WebPages), or a WebSocket listener without options.
  BadWebSocket,
  Other,
};
[[nodiscard]] std::string_view to_string(EdgeError error);

struct EdgeCounters {
  std::uint64_t datagrams_received = 0, datagrams_sent = 0, send_errors = 0;
  std::uint64_t connections_opened = 0, connections_refused = 0, connections_failed = 0, framing_errors = 0;
  std::uint64_t slow_senders = 0, idle_closed = 0;
  std::uint64_t connections_evicted = 0;  ///< connections of unknown peers that were closed to make space for others
  std::uint64_t handshakes_refused = 0, handshakes_failed = 0, slow_handshakes = 0;  ///< slow handshakes count as failed too
  /// Connections that we opened to a peer without verification: TlsOptions::Verify::Insecure.
  std::uint64_t unverified = 0;
  std::uint64_t half_open = 0;   ///< accepted connections with a handshake in progress
};

/// Sockets, name resolution and timers for one Stack, on one thread: the one that calls run(). Other threads may call only stop()
/// and post().
class SipEdge {
 public:
  /// Largest number of accepted connections whose handshake is in progress; a further one of an unknown peer is closed.
  static constexpr std::size_t kMaxHandshakes = 64;
  static constexpr std::size_t kMaxQueuedBytes = 512 * 1024;    ///< per connection; beyond it the peer counts as dead
  static constexpr std::size_t kMaxListeners = 32;
  static constexpr std::size_t kMaxDatagramsPerWake = 64;       ///< most datagrams to read before timers and connections get their turn

  /// Binds the sockets. Errors: see EdgeError.
  [[nodiscard]] static base::Result<std::unique_ptr<SipEdge>, EdgeError> open(const EdgeOptions& options, Stack& stack);
  virtual ~SipEdge() = default;

  /// Sets a handler that runs on the edge's thread for each event of the stack, in order.
  virtual void on_event(std::function<void(Event)> handler) = 0;
  virtual void run() = 0;
  virtual void stop() = 0;                                      ///< makes run() return; any thread may call it
  virtual void post(std::function<void()> task) = 0;            ///< runs `task` on the edge's thread and then drains the stack;
                                                                ///< any thread may call it
  /// Runs `task` on the edge's thread after `delay`.
  virtual void post_after(base::Duration delay, std::function<void()> task) = 0;
  /// Finds the addresses of a host by the hosts file and DNS, within 10 s. Calls `done` once, later, on the edge's thread. The
  /// list is empty if no address was found.
  virtual void find_host(const std::string& host, std::function<void(const std::vector<base::IpAddress>&)> done) = 0;
  [[nodiscard]] virtual std::uint16_t port() const = 0;         ///< the port of the first listener
  [[nodiscard]] virtual std::vector<Listener> listeners() const = 0;  ///< with their actual ports
  [[nodiscard]] virtual EdgeCounters counters() const = 0;
  /// Returns the reason of the last failed handshake and its peer: "192.0.2.7:5061 as example.com: the certificate is not
  /// trusted: ...". Returns "" if no handshake failed.
  [[nodiscard]] virtual std::string last_failure() const = 0;
  /// Returns the address from which packets to `remote` leave, or nullopt if there is no route.
  [[nodiscard]] virtual std::optional<base::IpAddress> local_address_towards(const base::IpAddress& remote) const = 0;
};

}  // namespace offhook::inline v0::sip
