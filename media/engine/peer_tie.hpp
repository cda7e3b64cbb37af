#pragma once

#include <offhook/base/socket_address.hpp>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <utility>

namespace offhook::inline v0::media {

/// When a leg's socket is tied to its peer (UdpSocket::tie): once audio has come from the SDP's own address for a second. The kernel then looks
/// for the way to it once and not with each packet, a sixth of what sending takes, and refuses what anybody else sends. It is untied when
/// the peer falls silent, when a new session description names another address, and when its machine refuses what we send.
/// A learnt source (a peer behind a NAT) is never tied: the kernel would refuse the SDP's address, which must always be heard.
/// Decides alone: the calls are its user's.
class PeerTie {
 public:
  enum class Wish : std::uint8_t { Nothing, Tie, Untie };
  static constexpr int kLooks = 5;          ///< at the same peer before it is tied
  static constexpr int kLooksRefused = 50;  ///< before it is tied again after it refused: forged refusals cost a packet or two in 10 s, no more

  /// Five times a second. `peer`: the SDP's address when the peer's audio has come from there since the last look; else nothing.
  [[nodiscard]] Wish look(const std::optional<base::SocketAddress>& peer) {
    if (tied_) return peer == peer_ && owed_ == 0 ? Wish::Nothing : Wish::Untie;
    if (peer != peer_) wait_ = std::max(wait_, kLooks);
    peer_ = peer.value_or(base::SocketAddress{});
    --wait_;
    return peer && wait_ <= 0 ? Wish::Tie : Wish::Nothing;
  }
  /// After Tie, when it is done; and when it cannot be.
  void tied() { tied_ = true; }
  void cannot_be_tied() { wait_ = kLooksRefused; }
  /// It is to be untied: each look asks for that until it is done. `looks`: before it is tied again.
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
  int owed_ = 0;  // looks to wait for, once it is untied; 0: it need not be
  bool tied_ = false;
};

}  // namespace offhook::inline v0::media
