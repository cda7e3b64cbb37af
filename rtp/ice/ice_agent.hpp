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
#include <offhook/rtp/source_policy.hpp>

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
/// until both are empty. It calls on_time() at next_deadline(), even if that time has passed already. Pass no IPv4-mapped IPv6 addresses. Pure: no I/O, no
/// clock. An agent allocates, so do not use it on a media worker.
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
  /// Returns true if this side nominates. A role conflict may change the result: RFC 8445 section 7.3.1.1.
  [[nodiscard]] bool is_controlling() const;
  [[nodiscard]] IceState state() const;
  [[nodiscard]] const IceCounters& counters() const;

  /// Adds a local candidate, and returns it with its priority and foundation for our description. Add the candidates of the best address first, and a host
  /// candidate before the reflexive candidates of its base. Errors: all of IceGatherError.
  base::Result<IceCandidate, IceGatherError> add_local(const IceGathered& gathered);
  /// Call this when this host has lost the address: the agent stops to use the paths that leave from this base.
  void remove_base(const base::SocketAddress& base, base::TimePoint now);
  [[nodiscard]] std::span<const IceCandidate> local_candidates() const;
  /// Call this with true while more local candidates may come: the agent does not fail meanwhile. The initial value is false.
  void set_gathering(bool is_gathering, base::TimePoint now);

  /// Sets the peer's side from its offer. If the credentials differ from those of the last description, the peer has restarted ICE: then this side restarts
  /// too, and credentials() change (RFC 8839 section 4.4.2.1). If they are the same and ICE has failed, the checks begin again. Returns false, and changes
  /// nothing, if the peer's credentials are malformed.
  [[nodiscard]] bool set_peer(const IcePeer& peer, base::TimePoint now);
  /// Sets the peer's side from its answer to a description with credentials(). If the peer's credentials differ from those of the last answer, another fork of
  /// the call has answered, and the checks begin again (RFC 8839 section 7.3). They also begin again if ICE has failed. Returns false, and changes nothing, if
  /// the peer's credentials are malformed.
  [[nodiscard]] bool set_answerer(const IcePeer& peer, base::TimePoint now);
  /// Adds a candidate of the peer. Call it after set_peer() or set_answerer(). Returns false if the agent ignores the candidate: its address, priority or
  /// component is unusable, or the peer has kMaxRemoteCandidates already.
  bool add_remote(const IceCandidate& candidate, base::TimePoint now);
  /// Call this when a trickling peer has sent all its candidates (RFC 8838 section 14), or when the owner does not wait for them any longer. Until this call,
  /// the agent does not fail.
  void end_of_remote(base::TimePoint now);

  /// Restarts ICE with new credentials and the same local candidates: RFC 8445 section 9. Media continue on the old selected pairs until new pairs are
  /// selected.
  void restart();
  /// Call this when the peer has refused the description with the new credentials. Returns to the credentials and the selected pairs of the time before the
  /// restart. Returns false, and changes nothing, if there were no selected pairs.
  bool cancel_restart();
  /// Ends ICE with the peer, and keeps the local candidates. The peer's next description starts ICE again. credentials() change unless `keeps_credentials` is
  /// true: pass true while another fork of the call may still answer them.
  void reset(bool keeps_credentials);

  /// Handles a datagram that arrived on this base. For a relayed candidate, `from` is the peer's address as the TURN server reports it. Returns false if the
  /// datagram is not a STUN message for this agent: for example, if it is a STUN server's answer.
  bool on_datagram(const base::SocketAddress& base, const base::SocketAddress& from, base::Bytes datagram, base::TimePoint now);
  void on_time(base::TimePoint now);
  [[nodiscard]] std::optional<base::TimePoint> next_deadline() const;
  [[nodiscard]] std::optional<IceTransmit> poll_transmit();
  [[nodiscard]] std::optional<IceEvent> poll_event();

  /// Returns the path on which media of this component may leave now: the path of the selected pair, or of a valid pair while no pair is selected (RFC 8445
  /// section 12.1). During a restart, this is the path of the pair that was selected before. Returns nullopt if media may not leave.
  [[nodiscard]] std::optional<IcePath> path(std::uint16_t component, base::TimePoint now) const;
  [[nodiscard]] bool may_send(base::TimePoint now) const { return path(1, now).has_value(); }
  /// Returns the component's selected pair. Returns nullptr if no pair is selected, which is so after a restart until a new pair is selected.
  [[nodiscard]] const IceSelectedPair* selected(std::uint16_t component) const;
  /// Returns this side's address in the selected pair, as the peer sees it, for the c= and m= lines (RFC 8839 section 4.4.1.2). While no pair is selected,
  /// returns the address in the best pair that the peer has nominated, or else in the best valid pair. This matters for baresip 1.0, which sends a new offer a
  /// millisecond after its nomination.
  [[nodiscard]] std::optional<base::SocketAddress> present_address(std::uint16_t component) const;
  /// Returns true if an authenticated STUN message of the peer came to `base` from the address `from`. Accept the first DTLS messages only from such an
  /// address.
  [[nodiscard]] bool has_heard(const base::SocketAddress& base, const base::SocketAddress& from) const;
  /// Returns the addresses of the peer that have answered a check of this side, and those of selected pairs, at most kMaxProvenSources, for all components
  /// together. Receive media from each of them, because the peer may send along another path than this side (RFC 8445 section 12.2). A check of the peer does
  /// not prove its source, because an observer can send a copy of the check from another address.
  [[nodiscard]] ProvenSources proven_sources() const;

  /// Returns true if the invariants hold; for tests and fuzzers.
  [[nodiscard]] bool is_consistent() const;

 private:
  void begin_with(const IcePeer& peer, base::TimePoint now);
  void on_request(const StunMessage& message, const IceRoute& route, base::TimePoint now);
  void refuse(const StunMessage& message, const IceRefusal& refusal, const IceCredentials& ours, const IceRoute& route);
  template <class Act>
  bool with_former(Act act);
  void leave_former();

  std::unique_ptr<IceContext> context_;
  std::unique_ptr<IceSession> session_;
  std::unique_ptr<IceSession> former_;   // the last completed session, while a restart is under way
};

}  // namespace offhook::inline v0::rtp
