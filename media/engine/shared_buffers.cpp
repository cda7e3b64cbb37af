#include <offhook/media/engine/shared_buffers.hpp>

#include <utility>

namespace offhook::inline v0::media {

int SharedBuffers::begin(io_uring& ring) {
  offers_ = std::make_unique<Offers>();
  io_uring_buf_reg registration{};
  registration.ring_addr = reinterpret_cast<std::uintptr_t>(offers_->ring());
  registration.ring_entries = kBuffers;
  registration.bgid = kGroup;
  if (const int refusal = -::io_uring_register_buf_ring(&ring, &registration, 0); refusal != 0) return refusal;
  buffers_ = std::make_unique_for_overwrite<std::array<std::array<std::uint8_t, kOctets>, kBuffers>>();
  for (unsigned i = 0; i < kBuffers; ++i) offer(static_cast<std::uint16_t>(i));
  publish();
  return 0;
}

void SharedBuffers::offer(std::uint16_t buffer) {
  ::io_uring_buf_ring_add(offers_->ring(), (*buffers_)[buffer].data(), kOctets, buffer, ::io_uring_buf_ring_mask(kBuffers), static_cast<int>(offered_++));
}

void SharedBuffers::publish() { ::io_uring_buf_ring_advance(offers_->ring(), static_cast<int>(std::exchange(offered_, 0))); }

}  // namespace offhook::inline v0::media
