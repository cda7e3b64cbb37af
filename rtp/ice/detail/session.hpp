#pragma once

#include <offhook/base/socket_address.hpp>
#include <offhook/base/time.hpp>
#include <offhook/rtp/ice/credentials.hpp>
#include <offhook/rtp/ice/detail/binding.hpp>
#include <offhook/rtp/ice/detail/checker.hpp>
#include <offhook/rtp/ice/detail/connection.hpp>
#include <offhook/rtp/ice/detail/context.hpp>
#include <offhook/rtp/ice/detail/nomination.hpp>
#include <offhook/rtp/ice/detail/remote_candidates.hpp>
#include <offhook/rtp/ice/detail/role.hpp>
#include <offhook/rtp/source_policy.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace offhook::inline v0::rtp {

/// The state that belongs to one set of credentials, from the first check to the selected pairs. A restart makes a new session: RFC 8445 section 9.
class IceSession {
 public:
  /// For this time after its last success response, a valid pair may carry media: RFC 7675 section 5.1.
  static constexpr base::Duration kValidFor = IceConsent::kExpiry;

  /// `role` is the initial role of the session. A conflict with the peer may change the session's copy.
  IceSession(IceContext& context, IceCredentials ours, const IceRole& role);
  IceSession(const IceSession&) = delete;
  IceSession& operator=(const IceSession&) = delete;

  [[nodiscard]] const IceCredentials& ours() const { return ours_; }
  [[nodiscard]] const IcePeer* peer() const { return peer_ ? &*peer_ : nullptr; }
  [[nodiscard]] IceState state() const { return state_; }
  [[nodiscard]] IceRole& role() { return role_; }
  /// Returns the number of components in use, which is the smaller of both sides' numbers: RFC 8445 section 6.1.2.2.
  [[nodiscard]] std::uint16_t components() const;

  void set_peer(const IcePeer& peer, base::TimePoint now);
  void add_local(const IceCandidate& candidate);
  /// Returns false if the candidate is refused. Call it after set_peer().
  bool add_remote(const IceCandidate& candidate, base::TimePoint now);
  void end_of_remote(base::TimePoint now);
  void remove_base(const base::SocketAddress& base, base::TimePoint now);

  /// Call this for each verified request, after it was answered. `sender` is the peer's username fragment in USERNAME.
  void on_request(const IceRequest& request, std::string_view sender, const IceRoute& route, base::TimePoint now);
  /// Returns false if the message is not the answer to a request of this session.
  bool on_response(const StunMessage& message, const IceRoute& route, base::TimePoint now);
  void on_time(base::TimePoint now);
  [[nodiscard]] std::optional<base::TimePoint> next_deadline() const;

  [[nodiscard]] const IceSelectedPair* selected(std::uint16_t component) const { return connection_.selected(component); }
  /// Returns the path of the selected pair, or of the best valid pair while no pair is selected: RFC 8445 section 12.1.
  [[nodiscard]] std::optional<IcePath> path(std::uint16_t component, base::TimePoint now) const;
  /// Returns this side's address in the best pair that the peer has nominated, even if this side's check of it is not finished, or else in the best valid pair.
  [[nodiscard]] std::optional<base::SocketAddress> present_address(std::uint16_t component) const;
  /// Returns true if an authenticated message of the peer has come on this route.
  [[nodiscard]] bool has_heard(const IceRoute& route) const;
  /// Adds the peer's addresses that have answered a check of this side, and those of the selected pairs, until the list is full.
  void list_proven(ProvenSources& list) const;
  [[nodiscard]] bool is_consistent() const;

 private:
  struct EarlyCheck {
    IceRequest request;
    std::string sender;
    IceRoute route;
  };
  void follow_role();
  void remember(const IceRequest& request, std::string_view sender, const IceRoute& route);
  /// Returns true if a check of the peer can still change something.
  [[nodiscard]] bool handles_checks() const;
  void on_checked_by_peer(const IceRequest& request, const IceRoute& route, base::TimePoint now);
  void select_as_lite(base::TimePoint now);
  void apply(const IceOutcomes& outcomes, base::TimePoint now);
  void nominate(base::TimePoint now);
  void conclude(IcePairId id, base::TimePoint now);
  void select(std::uint16_t component, const IceSelectedPair& pair, base::TimePoint now);
  [[nodiscard]] bool has_valid(std::uint16_t component) const;
  [[nodiscard]] bool has_all_valid() const;
  void give_up(base::TimePoint now);
  void fail(IceFailure reason);

  IceContext& context_;
  IceCredentials ours_;
  IceRole role_;
  std::optional<IcePeer> peer_;
  IceState state_ = IceState::Running;
  bool was_connected_ = false;                   // IceConnected was reported
  IceRemoteCandidates remote_;
  IceChecker checker_;
  IceNomination nomination_;
  IceConnection connection_;
  std::vector<EarlyCheck> early_;                // checks that came before the peer's credentials were known
  // heard_: the latest routes on which the peer's checks came. proven_: the latest routes on which the peer answered a check. Each list has at most
  // kMaxProvenSources routes, which stay when the list of pairs shrinks.
  std::vector<IceRoute> heard_, proven_;
  base::TimePoint started_{};
  std::optional<base::TimePoint> patience_at_;   // next end of a wait after which give_up() may fail
};

}  // namespace offhook::inline v0::rtp
