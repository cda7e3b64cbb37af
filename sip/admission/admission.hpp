#pragma once

#include <offhook/base/random.hpp>
#include <offhook/sip/admission/inspection.hpp>
#include <offhook/sip/admission/sources.hpp>
#include <offhook/sip/auth/caller_options.hpp>
#include <offhook/sip/auth/verifier.hpp>
#include <offhook/sip/message/message.hpp>
#include <offhook/sip/model/counters.hpp>
#include <offhook/sip/model/flow.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace offhook::inline v0::sip {

/// Decides which sources are served, before any expensive work: budgets per source, bans, and authentication of callers. A
/// datagram's source may be forged, so an attacker can cause another address to be refused or banned for a while. Our registrars
/// and the peers of AdmissionOptions are neither banned nor challenged.
class Admission {
 public:
  Admission(AdmissionOptions options, CallerOptions callers, base::Random& random, StackCounters& counters);

  /// Returns true for a registrar of ours (`own`), or one of AdmissionOptions::peers.
  [[nodiscard]] bool is_peer(const base::IpAddress& source, bool own) const;
  /// Returns true if the source is banned: drop its messages unread.
  [[nodiscard]] bool is_shut(const base::IpAddress& source, bool own, base::TimePoint now);
  /// Counts a request outside live calls, or a message that is not SIP. `own`: the source is a registrar of ours. Returns false
  /// if the budget of the source is used up.
  [[nodiscard]] bool let_in(const base::IpAddress& source, bool own, base::TimePoint now);
  /// Returns true if a request beyond the budget may get its 503.
  [[nodiscard]] bool may_refuse(base::TimePoint now);
  /// Returns true for a request whose User-Agent is that of a scanner, and bans its source.
  [[nodiscard]] bool is_scanner(const Message& request, const base::IpAddress& source, bool own, base::TimePoint now);

  struct Proof {
    std::optional<Refused> refused;  ///< the response to send, with its challenge; nullopt: the request is admitted
    std::string username;            ///< the authenticated user; "" if the caller was not challenged
  };
  /// Authenticates a request that starts a call, subscription or similar; `address` as in Verifier::check. ACK and CANCEL cannot
  /// be challenged (RFC 3261 section 22.1). OPTIONS is not challenged because it is cheap.
  [[nodiscard]] Proof ask(const Message& request, std::string_view address, const base::IpAddress& source, bool own, base::TimePoint now);

  /// Returns the most octets that a response to a request of `received` octets may have, or nullopt if there is no bound. If the
  /// source exceeded its budget and may be forged, the response must be no longer than the request.
  [[nodiscard]] static std::optional<std::size_t> most_octets(const Flow& flow, std::size_t received) {
    return is_reliable(flow.transport) ? std::nullopt : std::optional(received);
  }

 private:
  void shut(const base::IpAddress& source, base::TimePoint now);

  AdmissionOptions options_;
  Budget source_budget_, strangers_budget_, peer_budget_, refusals_budget_, failures_budget_;
  base::TimePoint strangers_full_at_{}, refusals_full_at_{};
  Sources strangers_, peers_;
  std::optional<Verifier> verifier_;
  StackCounters& counters_;
};

}  // namespace offhook::inline v0::sip
