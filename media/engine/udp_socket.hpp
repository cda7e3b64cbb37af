#pragma once

#include <offhook/base/bytes.hpp>
#include <offhook/base/result.hpp>
#include <offhook/base/socket_address.hpp>
#include <offhook/base/time.hpp>

#include <sys/socket.h>

#include <array>
#include <cstdint>
#include <ctime>
#include <optional>
#include <span>
#include <utility>

namespace offhook::inline v0::media {

enum class SocketError : std::uint8_t { InUse, Refused };  ///< the port is taken; anything else: no descriptors, no such address

/// A bound, non-blocking UDP socket. The kernel notes when each datagram came, so that nobody need be woken to look at a clock.
class UdpSocket {
 public:
  [[nodiscard]] static base::Result<UdpSocket, SocketError> bind(const base::SocketAddress& local);
  UdpSocket(UdpSocket&& other) noexcept : fd_(std::exchange(other.fd_, -1)), can_tie_(other.can_tie_) {}
  UdpSocket& operator=(UdpSocket&& other) noexcept {
    std::swap(fd_, other.fd_);
    std::swap(can_tie_, other.can_tie_);
    return *this;
  }
  ~UdpSocket() { close(); }

  void close();
  [[nodiscard]] int fd() const { return fd_; }
  /// False when it was not taken whole and at once.
  [[nodiscard]] bool send(base::Bytes datagram, const base::SocketAddress& to) const;
  /// The same, to the peer that it is tied to.
  [[nodiscard]] bool send(base::Bytes datagram) const;
  /// Until untie() what comes from anybody else is refused by the kernel (ICMP: port unreachable), and a refusal of the peer's machine fails
  /// the next call here. What came before it is still read. False when that cannot be done, when address and port were not asked for both
  /// (the system would choose an address for as long, and untie() would lose the port), and of IPv6: there Linux goes on to refuse all
  /// but the last peer's address after untie().
  [[nodiscard]] bool tie(const base::SocketAddress& peer) const;
  void untie() const;

 private:
  UdpSocket(int fd, bool can_tie) : fd_(fd), can_tie_(can_tie) {}
  int fd_ = -1;
  bool can_tie_ = false;
};

/// Room for one recvmmsg, used over and over.
class ReceiveBatch {
 public:
  static constexpr std::size_t kMaxDatagrams = 16;
  static constexpr std::size_t kMaxOctets = 3584;  ///< 200 ms of L16 at 8 kHz, and its headers; longer ones are dropped

  ReceiveBatch();
  ReceiveBatch(const ReceiveBatch&) = delete;
  ReceiveBatch& operator=(const ReceiveBatch&) = delete;

  /// Reads what is there, at most `most`, and that is at most kMaxDatagrams; never waits.
  void receive(int fd, std::size_t most = kMaxDatagrams);
  /// The last receive() gave nothing but the news that a machine on the way, or the peer's, refuses what was sent from a tied socket (ICMP).
  [[nodiscard]] bool was_refused() const { return refused_; }
  [[nodiscard]] std::size_t size() const { return count_; }
  /// Empty when it was cut.
  [[nodiscard]] base::Bytes bytes(std::size_t index) const;
  [[nodiscard]] base::SocketAddress from(std::size_t index) const;
  /// When it came, on the wall's clock since 1970; nothing when the kernel does not say.
  [[nodiscard]] std::optional<base::Duration> arrival(std::size_t index) const;

 private:
  struct alignas(cmsghdr) Control {
    std::array<std::uint8_t, CMSG_SPACE(sizeof(timespec))> octets;
  };
  std::array<mmsghdr, kMaxDatagrams> headers_{};
  std::array<iovec, kMaxDatagrams> vectors_{};
  std::array<sockaddr_storage, kMaxDatagrams> sources_{};
  std::array<Control, kMaxDatagrams> controls_{};
  std::array<std::array<std::uint8_t, kMaxOctets>, kMaxDatagrams> octets_;
  std::size_t count_ = 0;
  bool refused_ = false;
};

}  // namespace offhook::inline v0::media
