#pragma once

#include <offhook/base/random.hpp>
#include <offhook/sip/auth/verifier.hpp>
#include <offhook/sip/flow.hpp>
#include <offhook/sip/message/message.hpp>
#include <offhook/sip/stack/admission.hpp>
#include <offhook/sip/stack/sources.hpp>
#include <offhook/sip/stack/stack.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace offhook::inline v0::sip {

/// Who comes in, before anything is done that costs: budgets by source, those who are banned, and what callers must prove. A
/// datagram's source may be forged, so that an unknown one can have a stranger's address refused or banned for a while; our
/// registrars and the peers of DoorOptions are neither banned nor asked.
class Door {
 public:
  Door(DoorOptions options, CallerOptions callers, base::Random& random, StackCounters& counters);

  /// A registrar of ours (`own`), or one of DoorOptions::peers.
  [[nodiscard]] bool is_peer(const base::IpAddress& source, bool own) const;
  /// Nothing of this source is looked at.
  [[nodiscard]] bool is_shut(const base::IpAddress& source, bool own, base::TimePoint now);
  /// Counts a request outside live calls, or what is no SIP; `own`: it is a registrar's of ours. False: beyond its budget.
  [[nodiscard]] bool let_in(const base::IpAddress& source, bool own, base::TimePoint now);
  /// Whether a request beyond the budget gets its 503.
  [[nodiscard]] bool may_refuse(base::TimePoint now);
  /// True for one who gives itself away as a scanner; it is banned then.
  [[nodiscard]] bool is_scanner(const Message& request, const base::IpAddress& source, bool own, base::TimePoint now);

  struct Proof {
    std::optional<Refused> refused;  ///< the challenge
    std::string username;            ///< who it is; "" when nobody was asked
  };
  /// For a request that starts something; `address`: as Verifier::check wants it.
  /// ACK and CANCEL cannot be challenged (RFC 3261 section 22.1), OPTIONS costs nothing.
  [[nodiscard]] Proof ask(const Message& request, std::string_view address, const base::IpAddress& source, bool own, base::TimePoint now);

  /// The most that an answer to `received` octets from there may have; nothing: as many as it likes. Who may have forged its
  /// address, and has used up its budget, gets no more than it sent.
  [[nodiscard]] static std::optional<std::size_t> most_octets(const Flow& flow, std::size_t received) {
    return is_reliable(flow.transport) ? std::nullopt : std::optional(received);
  }

 private:
  void shut(const base::IpAddress& source, base::TimePoint now);

  DoorOptions options_;
  Budget source_budget_, strangers_budget_, peer_budget_, refusals_budget_, failures_budget_;
  base::TimePoint strangers_full_at_{}, refusals_full_at_{};
  Sources strangers_, peers_;
  std::optional<Verifier> verifier_;
  StackCounters& counters_;
};

}  // namespace offhook::inline v0::sip
