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

/// What became of a pair.
struct IceOutcome {
  enum class What : std::uint8_t { Valid, Nominated, NominationFailed } what{};
  IcePairId pair = 0;
};
using IceOutcomes = std::vector<IceOutcome>;

/// Both sides of a check, as its messages need them.
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
  /// Returns why the pairs have failed: the peer refused checks, or gave no answer.
  [[nodiscard]] IceFailure reason() const { return reason_; }

  void begin(base::TimePoint now) { next_check_at_ = now; }
  /// An authenticated check of the peer came on this pair: RFC 8445 sections 7.3.1.4 and 7.3.1.5.
  void on_check_of_peer(const IceCandidate& local, const IceCandidate& remote, bool use_candidate, IceOutcomes& out);
  /// Returns false if the message answers no check.
  bool on_response(const StunMessage& message, const IceRoute& route, const IceParties& parties, base::TimePoint now, IceOutcomes& out);
  /// Repeats requests, and ends those without an answer.
  void on_time(base::TimePoint now, IceOutcomes& out);
  /// Begins a check if Ta has passed since the one before: RFC 8445 section 6.1.4.2.
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
