#pragma once

#include <offhook/base/socket_address.hpp>
#include <offhook/rtp/ice/candidate.hpp>
#include <offhook/rtp/ice/limits.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace offhook::inline v0::rtp {

/// The candidates of the peer: those that it described, and the peer-reflexive ones from which its checks came.
class IceRemoteCandidates {
 public:
  enum class Added : std::uint8_t {
    New,
    Signalled,   ///< the candidate was peer-reflexive; its type, priority and foundation are updated: RFC 8445 section 7.3.1.3
    Known,
    Refused,     ///< beyond kMaxRemoteCandidates, or an unusable address, priority or component
  };
  Added add(const IceCandidate& candidate);
  /// Returns the candidate with this address. Adds a peer-reflexive candidate if the address is unknown: RFC 8445 section 7.3.1.3. Call it only for
  /// authenticated requests. Returns nullptr if there are kMaxPeerReflexive already, or if the address is unusable.
  [[nodiscard]] const IceCandidate* learn(std::uint16_t component, const base::SocketAddress& address, std::uint32_t priority);

  [[nodiscard]] std::span<const IceCandidate> all() const { return candidates_; }
  /// Returns true for a candidate that learn() added and that the peer has not described since.
  [[nodiscard]] static bool is_learnt(const IceCandidate& candidate) { return candidate.foundation.starts_with(kLearnt); }

 private:
  static constexpr char kLearnt = '*';   // first character of the foundation; RFC 8839 section 5.1 does not allow it in descriptions

  [[nodiscard]] IceCandidate* find(std::uint16_t component, const base::SocketAddress& address);

  std::vector<IceCandidate> candidates_;
  std::size_t signalled_ = 0, learnt_ = 0;
};

}  // namespace offhook::inline v0::rtp
