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

/// InUse: the port is taken; Refused: any other error, for example no descriptors, or no such address.
enum class SocketError : std::uint8_t { InUse, Refused };

/// A bound, non-blocking UDP socket. The kernel records when each datagram came, so that no thread must wake up for that.
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
  /// Returns false if the kernel did not accept the whole datagram at once.
  [[nodiscard]] bool send(base::Bytes datagram, const base::SocketAddress& to) const;
  /// Sends to the peer to which the socket is tied.
  [[nodiscard]] bool send(base::Bytes datagram) const;
  /// Ties the socket to `peer` until untie(). The kernel then refuses datagrams from all other sources (ICMP: port unreachable), but datagrams
  /// received before can still be read. If the peer's machine refuses a datagram, the next system call on this socket fails. Returns false if tying
  /// fails. Also returns false if the socket was not bound to both an address and a port, because the system would then choose an address, and
  /// untie() would lose the port. Also returns false for IPv6, because Linux continues to refuse all but the last peer's address after untie().
  [[nodiscard]] bool tie(const base::SocketAddress& peer) const;
  void untie() const;

 private:
  UdpSocket(int fd, bool can_tie) : fd_(fd), can_tie_(can_tie) {}
  int fd_ = -1;
  bool can_tie_ = false;
};

/// Memory for one recvmmsg, used again and again.
class ReceiveBatch {
 public:
  static constexpr std::size_t kMaxDatagrams = 16;
  static constexpr std::size_t kMaxOctets = 3584;  ///< 200 ms of L16 at 8 kHz with its headers; longer datagrams are dropped

  ReceiveBatch();
  ReceiveBatch(const ReceiveBatch&) = delete;
  ReceiveBatch& operator=(const ReceiveBatch&) = delete;

  /// Reads the waiting datagrams, at most `most`, which is at most kMaxDatagrams; never waits.
  void receive(int fd, std::size_t most = kMaxDatagrams);
  /// Returns true if the last receive() only reported that the peer's machine, or a machine on the way, refuses packets of a tied socket (ICMP).
  [[nodiscard]] bool was_refused() const { return refused_; }
  [[nodiscard]] std::size_t size() const { return count_; }
  /// Returns an empty span if the datagram was truncated.
  [[nodiscard]] std::span<std::uint8_t> bytes(std::size_t index);
  [[nodiscard]] base::SocketAddress from(std::size_t index) const;
  /// Returns the arrival in wall-clock time since 1970, or nullopt if the kernel gives no time.
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
