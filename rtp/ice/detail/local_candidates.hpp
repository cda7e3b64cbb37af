#pragma once

#include <offhook/base/result.hpp>
#include <offhook/base/socket_address.hpp>
#include <offhook/rtp/ice/candidate.hpp>
#include <offhook/rtp/ice/gathered.hpp>
#include <offhook/rtp/ice/limits.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace offhook::inline v0::rtp {

/// The candidates of this side, with the priority and the foundation that this class gives them.
class IceLocalCandidates {
 public:
  /// Errors: all of IceGatherError.
  [[nodiscard]] base::Result<IceCandidate, IceGatherError> add(const IceGathered& gathered);
  void remove_base(const base::SocketAddress& base);

  [[nodiscard]] std::span<const IceCandidate> all() const { return candidates_; }
  /// Returns the candidate with the highest priority of this base: its host or relayed candidate, if there is one. Returns nullptr if the base is unknown.
  [[nodiscard]] const IceCandidate* of_base(const base::SocketAddress& base) const;
  /// Returns the candidate with this component and address. Returns nullptr if there is none.
  [[nodiscard]] const IceCandidate* find(std::uint16_t component, const base::SocketAddress& address) const;

 private:
  struct Origin {  // two candidates with equal origins have the same foundation: RFC 8445 section 5.1.1.3
    IceCandidateType type{};
    base::IpAddress base, server;
    friend bool operator==(const Origin&, const Origin&) = default;
  };
  [[nodiscard]] std::uint16_t preference(const IceGathered& gathered) const;
  [[nodiscard]] std::string foundation(const Origin& origin);

  std::vector<IceCandidate> candidates_;
  std::vector<Origin> origins_;          // the foundation is the position in this list, counted from 1
  std::optional<bool> first_is_v6_;      // the address family of the first candidate
};

}  // namespace offhook::inline v0::rtp
