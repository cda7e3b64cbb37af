#pragma once

#include <offhook/base/time.hpp>
#include <offhook/rtp/ice/credentials.hpp>
#include <offhook/rtp/ice/detail/checklist.hpp>
#include <offhook/rtp/ice/detail/context.hpp>
#include <offhook/rtp/ice/detail/role.hpp>
#include <offhook/rtp/ice/detail/transactions.hpp>
#include <offhook/rtp/nat/stun_message.hpp>

#include <optional>
#include <vector>

namespace offhook::inline v0::rtp {

/// A change of a pair that the session must handle.
struct IceOutcome {
  enum class What : std::uint8_t { Valid, Nominated, NominationFailed } what{};
  IcePairId pair = 0;
};
using IceOutcomes = std::vector<IceOutcome>;

/// The data of both sides that the messages of a check need.
struct IceParties {
  const IceCredentials& ours;
  const IcePeer& peer;
};

/// Sends the connectivity checks of a full agent, and reads their answers: RFC 8445 section 7.2.
class IceChecker {
 public:
  IceChecker(IceContext& context, IceRole& role) : context_(context), role_(role), checklist_(context.options.max_pairs, role.is_controlling()) {}

  [[nodiscard]] IceChecklist& checklist() { return checklist_; }
  [[nodiscard]] const IceChecklist& checklist() const { return checklist_; }
  /// Returns why the pairs have failed: CredentialsRefused, ChecksRefused or ChecksTimedOut.
  [[nodiscard]] IceFailure reason() const { return reason_; }

  void begin(base::TimePoint now) { next_check_at_ = now; }
  /// Call this for each authenticated check of the peer, with the candidates between which it came: RFC 8445 sections 7.3.1.4 and 7.3.1.5.
  void on_check_of_peer(const IceCandidate& local, const IceCandidate& remote, bool use_candidate, IceOutcomes& out);
  /// Returns false if the message is not the answer to a check.
  bool on_response(const StunMessage& message, const IceRoute& route, const IceParties& parties, base::TimePoint now, IceOutcomes& out);
  /// Repeats the requests that are due, and fails the pairs whose requests got no answer in time.
  void on_time(base::TimePoint now, IceOutcomes& out);
  /// Begins the next check if Ta has passed since the previous one: RFC 8445 section 6.1.4.2.
  void begin_next(const IceParties& parties, base::TimePoint now);
  [[nodiscard]] std::optional<base::TimePoint> next_deadline() const;
  /// Forgets the checks of pairs that are no longer in the list.
  void forget_removed();

 private:
  void begin_check(IcePair& pair, const IceParties& parties, base::TimePoint now);
  void on_success(IcePair& pair, const IceTransaction& check, const base::SocketAddress& mapped, base::TimePoint now, IceOutcomes& out);
  void on_error(IcePair& pair, const IceTransaction& check, int code, IceOutcomes& out);
  void on_failure(IcePair& pair, const IceTransaction& check, IceOutcomes& out);

  IceContext& context_;
  IceRole& role_;
  IceChecklist checklist_;
  IceTransactions transactions_;
  base::TimePoint next_check_at_{};
  IceFailure reason_ = IceFailure::ChecksTimedOut;
};

/// Returns Ta: the larger of both sides' values, within bounds (RFC 8445 section 14.2).
[[nodiscard]] base::Duration ice_pacing(const IceOptions& options, const IcePeer& peer);

}  // namespace offhook::inline v0::rtp
