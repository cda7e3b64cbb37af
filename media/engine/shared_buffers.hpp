#pragma once

#include <liburing.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

namespace offhook::inline v0::media {

/// The buffers into which the kernel writes the datagrams of multishot requests, for all legs of one ring of io_uring. The kernel takes a buffer for
/// each datagram, and offer() returns it.
class SharedBuffers {
 public:
  static constexpr int kGroup = 0;
  static constexpr std::size_t kOctets = 3584;      ///< size of a buffer, for header, address, time and datagram. Longer datagrams are dropped

  /// Allocates the buffers, and offers them to the kernel. Returns 0, or the errno with which the kernel refused.
  [[nodiscard]] int begin(io_uring& ring);
  [[nodiscard]] std::span<std::uint8_t, kOctets> operator[](std::uint16_t buffer) { return (*buffers_)[buffer]; }
  /// Gives a buffer back to the kernel, which sees it after publish().
  void offer(std::uint16_t buffer);
  void publish();

 private:
  static constexpr unsigned kBuffers = 1024;        ///< a power of two; each buffer is returned within the same receive()
  /// The ring that offers buffers to the kernel: a page or more of shared memory.
  struct alignas(4096) Offers {
    std::array<io_uring_buf, kBuffers> entries{};
    [[nodiscard]] io_uring_buf_ring* ring() { return reinterpret_cast<io_uring_buf_ring*>(this); }
  };

  std::unique_ptr<Offers> offers_;
  std::unique_ptr<std::array<std::array<std::uint8_t, kOctets>, kBuffers>> buffers_;
  unsigned offered_ = 0;                            // buffers offered since the last publish()
};

}  // namespace offhook::inline v0::media
