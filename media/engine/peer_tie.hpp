#pragma once

#include <offhook/base/socket_address.hpp>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <utility>

namespace offhook::inline v0::media {

/// Decides when a leg's socket is tied to its peer (UdpSocket::tie): after audio has come from the SDP's own address for a second. The kernel then
/// looks up the route once and not for each packet, which saves a sixth of the cost of sending. It also refuses packets from other sources. The
/// socket is untied when the peer is silent, when a new session description has another address, or when the peer's machine refuses our packets.
/// A learnt source (a peer behind a NAT) is never tied: the kernel would refuse the SDP's address, from which packets must always be accepted. This
/// class only decides; its user makes the system calls.
class PeerTie {
 public:
  enum class Wish : std::uint8_t { Nothing, Tie, Untie };
  static constexpr int kLooks = 5;          ///< number of look() with the same peer until the socket is tied
  static constexpr int kLooksRefused = 50;  ///< number of look() from a refusal to the next tie: forged refusals cost at most two packets in 10 s

  /// Call it five times a second. `peer` is the SDP's address if audio has come from that address since the last look(), and otherwise nullopt.
  [[nodiscard]] Wish look(const std::optional<base::SocketAddress>& peer) {
    if (tied_) return peer == peer_ && owed_ == 0 ? Wish::Nothing : Wish::Untie;
    if (peer != peer_) wait_ = std::max(wait_, kLooks);
    peer_ = peer.value_or(base::SocketAddress{});
    --wait_;
    return peer && wait_ <= 0 ? Wish::Tie : Wish::Nothing;
  }
  /// Call tied() after the socket was tied, or cannot_be_tied() if tying failed.
  void tied() { tied_ = true; }
  void cannot_be_tied() { wait_ = kLooksRefused; }
  /// Requests untying: each look() returns Untie until untied(). `looks` is the number of look() until the socket is tied again.
  void owe_untying(int looks) { owed_ = std::max(owed_, looks); }
  void untied() {
    tied_ = false;
    wait_ = std::exchange(owed_, 0);
  }

  [[nodiscard]] bool is_tied() const { return tied_; }
  [[nodiscard]] bool is_tied_to(const base::SocketAddress& to) const { return tied_ && to == peer_; }
  [[nodiscard]] const base::SocketAddress& peer() const { return peer_; }

 private:
  base::SocketAddress peer_{};
  int wait_ = kLooks;
  int owed_ = 0;  // number of look() to wait after untying; 0 if no untying is requested
  bool tied_ = false;
};

}  // namespace offhook::inline v0::media
