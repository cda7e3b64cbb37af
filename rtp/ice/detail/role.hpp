#pragma once

#include <offhook/base/random.hpp>

#include <cstdint>

namespace offhook::inline v0::rtp {

/// The role that one side claims in its requests, and its tie-breaker: ICE-CONTROLLING or ICE-CONTROLLED, RFC 8445 section 7.1.3.
struct IceClaim {
  bool controlling = false;
  std::uint64_t tie_breaker = 0;
};

/// This agent's role, which a conflict changes: RFC 8445 section 7.3.1.1.
class IceRole {
 public:
  IceRole(bool controlling, base::Random& random) : mine_{controlling, random.next_u64()} {}

  [[nodiscard]] bool is_controlling() const { return mine_.controlling; }
  [[nodiscard]] const IceClaim& claim() const { return mine_; }
  void set(bool controlling) { mine_.controlling = controlling; }

  /// Call this for each authenticated request. Returns false if the caller must answer 487. May change this agent's role to the opposite of the peer's.
  [[nodiscard]] bool accepts(const IceClaim& peer) {
    if (peer.controlling != mine_.controlling) return true;
    const bool keeps = mine_.tie_breaker >= peer.tie_breaker;  // The side with the larger tie-breaker is controlling.
    if (keeps == mine_.controlling) return false;
    mine_.controlling = keeps;
    return true;
  }
  /// Call this when the peer answered 487 to a request with the claim `mine`: RFC 8445 section 7.2.5.1.
  void on_conflict(const IceClaim& mine, base::Random& random) {
    mine_.controlling = !mine.controlling;
    mine_.tie_breaker = random.next_u64();
  }

 private:
  IceClaim mine_;
};

}  // namespace offhook::inline v0::rtp
