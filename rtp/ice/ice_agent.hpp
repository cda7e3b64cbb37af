#pragma once

#include <offhook/base/bytes.hpp>
#include <offhook/base/random.hpp>
#include <offhook/base/result.hpp>
#include <offhook/base/socket_address.hpp>
#include <offhook/base/time.hpp>
#include <offhook/rtp/ice/candidate.hpp>
#include <offhook/rtp/ice/credentials.hpp>
#include <offhook/rtp/ice/gathered.hpp>
#include <offhook/rtp/ice/ice_event.hpp>
#include <offhook/rtp/ice/ice_options.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <span>

namespace offhook::inline v0::rtp {

class IceSession;
class StunMessage;
struct IceContext;
struct IceRefusal;
struct IceRoute;

/// Finds a path for the media of one data stream: RFC 8445, with trickle (RFC 8838) and consent (RFC 7675).
///
/// The owner gathers candidates and adds them, exchanges descriptions with the peer, feeds datagrams and time, and after each call takes transmits and events
/// until both are empty. It calls on_time() at next_deadline(), also if that has passed already. Addresses of IPv4 are never in their mapped form. Pure: no I/O,
/// no clock. It allocates, so it belongs to no media worker.
///
///     IceAgent agent({.controlling = true}, random);
///     agent.add_local({.type = IceCandidateType::Host, .base = address, .address = address});
///     ... agent.credentials() and agent.local_candidates() go to the peer, and its description comes back ...
///     agent.set_peer({.credentials = {ufrag, password}}, now);
///     agent.add_remote(candidate, now);
class IceAgent {
 public:
  IceAgent(const IceOptions& options, base::Random& random);
  ~IceAgent();
  IceAgent(const IceAgent&) = delete;
  IceAgent& operator=(const IceAgent&) = delete;

  /// Returns the credentials for our description.
  [[nodiscard]] const IceCredentials& credentials() const;
  /// Returns true if this side nominates. A conflict of roles may change it: RFC 8445 section 7.3.1.1.
  [[nodiscard]] bool is_controlling() const;
  [[nodiscard]] IceState state() const;
  [[nodiscard]] const IceCounters& counters() const;

  /// Adds a candidate, the best address first, and a host candidate before the reflexive ones of its base. Returns it with its priority and foundation, for our
  /// description. Errors: all of IceGatherError.
  base::Result<IceCandidate, IceGatherError> add_local(const IceGathered& gathered);
  /// The address is gone: the agent uses no path of this base any more.
  void remove_base(const base::SocketAddress& base, base::TimePoint now);
  [[nodiscard]] std::span<const IceCandidate> local_candidates() const;
  /// While true, more local candidates may come, so the agent does not fail. It is false at first.
  void set_gathering(bool is_gathering, base::TimePoint now);

  /// Sets the peer's side from its offer. If the agent knows a peer with other credentials, the peer has restarted: then this side restarts too, and credentials()
  /// are new (RFC 8839 section 4.4.2.1). Returns false if the credentials are malformed; then nothing changes.
  [[nodiscard]] bool set_peer(const IcePeer& peer, base::TimePoint now);
  /// Sets the peer's side from its answer, which belongs to credentials(). Other credentials than before are those of another fork of the call: the checks begin again
  /// (RFC 8839 section 7.3). So they do if ICE has failed. Returns false if the credentials are malformed; then nothing changes.
  [[nodiscard]] bool set_answerer(const IcePeer& peer, base::TimePoint now);
  /// Adds a candidate of the peer, after set_peer(). Returns false if the agent ignores it: its address is unusable, or it is beyond kMaxRemoteCandidates.
  bool add_remote(const IceCandidate& candidate, base::TimePoint now);
  /// The trickling peer has sent all its candidates: RFC 8838 section 14. The agent does not fail before; an owner whose own patience ends calls it too.
  void end_of_remote(base::TimePoint now);

  /// Begins again with new credentials and the same local candidates: RFC 8445 section 9. Media continue on the selected pairs until there are new ones.
  void restart();
  /// The peer has refused the description with the new credentials. Returns to the session before, and returns false if it had no selected pairs.
  bool cancel_restart();

  /// Handles a datagram that came to this base. For a relayed candidate, `from` is the peer's address that the TURN server tells. Returns false if the datagram
  /// is no message of STUN for this agent, such as an answer of a STUN server.
  bool on_datagram(const base::SocketAddress& base, const base::SocketAddress& from, base::Bytes datagram, base::TimePoint now);
  void on_time(base::TimePoint now);
  [[nodiscard]] std::optional<base::TimePoint> next_deadline() const;
  [[nodiscard]] std::optional<IceTransmit> poll_transmit();
  [[nodiscard]] std::optional<IceEvent> poll_event();

  /// Returns where media of this component may leave now: on its selected pair, on that before a restart, or on a valid pair (RFC 8445 section 12.1). Returns
  /// nullopt if media may not leave.
  [[nodiscard]] std::optional<IcePath> path(std::uint16_t component, base::TimePoint now) const;
  [[nodiscard]] bool may_send(base::TimePoint now) const { return path(1, now).has_value(); }
  /// Returns the selected pair of this session. Returns nullptr if there is none yet.
  [[nodiscard]] const IceSelectedPair* selected(std::uint16_t component) const;
  /// Returns this side's address of the selected pair, as the peer sees it, for the c= and m= lines (RFC 8839 section 4.4.1.2). Before the selection, returns that of the
  /// pair that the peer has nominated, or else of the best valid pair: baresip 1.0 updates its description a millisecond after its nomination.
  [[nodiscard]] std::optional<base::SocketAddress> present_address(std::uint16_t component) const;
  /// Returns true if the peer has proven that it sends from this address. Handle the first messages of DTLS only from there.
  [[nodiscard]] bool has_heard(const base::SocketAddress& base, const base::SocketAddress& from) const;

  /// Returns true if the parts of the agent agree with each other.
  [[nodiscard]] bool is_consistent() const;

 private:
  void begin_with(const IcePeer& peer, base::TimePoint now);
  void on_request(const StunMessage& message, const IceRoute& route, base::TimePoint now);
  void refuse(const StunMessage& message, const IceRefusal& refusal, const IceCredentials& ours, const IceRoute& route);
  void leave_former();

  std::unique_ptr<IceContext> context_;
  std::unique_ptr<IceSession> session_;
  std::unique_ptr<IceSession> former_;   // the last completed session, while a restart is under way
};

}  // namespace offhook::inline v0::rtp
