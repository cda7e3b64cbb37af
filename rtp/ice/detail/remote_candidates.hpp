#pragma once

#include <offhook/base/socket_address.hpp>
#include <offhook/rtp/ice/candidate.hpp>
#include <offhook/rtp/ice/limits.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace offhook::inline v0::rtp {

/// The candidates of the peer: those of its description, and those from which its checks came.
class IceRemoteCandidates {
 public:
  enum class Added : std::uint8_t {
    New,
    Signalled,   ///< it was peer-reflexive before; its type, priority and foundation are new: RFC 8445 section 7.3.1.3
    Known,
    Refused,     ///< beyond kMaxRemoteCandidates, or an unusable address, priority or component
  };
  Added add(const IceCandidate& candidate);
  /// Returns the candidate with this address, which becomes a peer-reflexive one if it is unknown: RFC 8445 section 7.3.1.3. Call it only for authenticated
  /// requests. Returns nullptr beyond kMaxPeerReflexive.
  [[nodiscard]] const IceCandidate* learn(std::uint16_t component, const base::SocketAddress& address, std::uint32_t priority);

  [[nodiscard]] std::span<const IceCandidate> all() const { return candidates_; }
  /// Returns true for a candidate of learn() that no description has.
  [[nodiscard]] static bool is_learnt(const IceCandidate& candidate) { return candidate.foundation.starts_with(kLearnt); }

 private:
  static constexpr char kLearnt = '*';   // begins the foundation; no foundation of a description has it: RFC 8839 section 5.1

  [[nodiscard]] IceCandidate* find(std::uint16_t component, const base::SocketAddress& address);

  std::vector<IceCandidate> candidates_;
  std::size_t signalled_ = 0, learnt_ = 0;
};

}  // namespace offhook::inline v0::rtp
