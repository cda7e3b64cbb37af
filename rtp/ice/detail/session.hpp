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

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace offhook::inline v0::rtp {

/// Everything that belongs to one pair of credentials, from the first check to the selected pairs. A restart makes a new session: RFC 8445 section 9.
class IceSession {
 public:
  /// Without an answer for this time, a valid pair carries no media: RFC 7675 section 5.1.
  static constexpr base::Duration kValidFor = IceConsent::kExpiry;

  /// `role` is the one with which the session begins. A conflict with this peer may change it.
  IceSession(IceContext& context, IceCredentials ours, const IceRole& role);
  IceSession(const IceSession&) = delete;
  IceSession& operator=(const IceSession&) = delete;

  [[nodiscard]] const IceCredentials& ours() const { return ours_; }
  [[nodiscard]] const IcePeer* peer() const { return peer_ ? &*peer_ : nullptr; }
  [[nodiscard]] IceState state() const { return state_; }
  [[nodiscard]] IceRole& role() { return role_; }
  /// Returns the smaller of both sides' numbers: RFC 8445 section 6.1.2.2.
  [[nodiscard]] std::uint16_t components() const;

  void set_peer(const IcePeer& peer, base::TimePoint now);
  void add_local(const IceCandidate& candidate);
  /// Returns false if the candidate is refused. Call it after set_peer().
  bool add_remote(const IceCandidate& candidate, base::TimePoint now);
  void end_of_remote(base::TimePoint now);
  void remove_base(const base::SocketAddress& base, base::TimePoint now);

  /// Call this for each verified request, after its answer. `sender` is the peer's fragment in its USERNAME.
  void on_request(const IceRequest& request, std::string_view sender, const IceRoute& route, base::TimePoint now);
  /// Returns false if the message answers no request of this session.
  bool on_response(const StunMessage& message, const IceRoute& route, base::TimePoint now);
  void on_time(base::TimePoint now);
  [[nodiscard]] std::optional<base::TimePoint> next_deadline() const;

  [[nodiscard]] const IceSelectedPair* selected(std::uint16_t component) const { return connection_.selected(component); }
  /// Returns the selected path, or a valid one while there is none: RFC 8445 section 12.1.
  [[nodiscard]] std::optional<IcePath> path(std::uint16_t component, base::TimePoint now) const;
  /// Returns this side's address of the pair that the peer has nominated, which this side may still check, or else of the best valid pair.
  [[nodiscard]] std::optional<base::SocketAddress> present_address(std::uint16_t component) const;
  /// Returns true if an authenticated message of the peer has come this way.
  [[nodiscard]] bool has_heard(const IceRoute& route) const;
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
  [[nodiscard]] bool minds_checks() const;
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
  std::vector<EarlyCheck> early_;                // until the peer's credentials are known
  base::TimePoint started_{};
  std::optional<base::TimePoint> patience_at_;   // when give_up() may find the next reason
};

}  // namespace offhook::inline v0::rtp
