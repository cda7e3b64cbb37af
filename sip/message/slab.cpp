#include <offhook/sip/message/slab.hpp>

#include <algorithm>
#include <utility>

namespace offhook::inline v0::sip {

namespace {

// One octet over the limit, so that the parser detects a message that is too large.
constexpr std::size_t kLargeBytes = kMaxMessageBytes + 1;

/// Allocates without make_unique and HeaderTable(), which would clear memory that is about to be overwritten.
std::unique_ptr<std::uint8_t[]> allocate(std::size_t size) {
  std::unique_ptr<std::uint8_t[]> memory(new std::uint8_t[sizeof(HeaderTable) + size]);
  new (memory.get()) HeaderTable;
  return memory;
}

std::unique_ptr<std::uint8_t[]> take(std::vector<std::unique_ptr<std::uint8_t[]>>& idle, std::size_t size) {
  if (idle.empty()) return allocate(size);
  auto memory = std::move(idle.back());
  idle.pop_back();
  return memory;
}

}  // namespace

Slab::Slab(SlabPool* pool, std::unique_ptr<std::uint8_t[]> memory, std::size_t capacity, std::size_t size)
    : pool_(pool), memory_(std::move(memory)), capacity_(capacity), size_(size) {}

Slab::Slab(Slab&& other) noexcept
    : pool_(std::exchange(other.pool_, nullptr)),
      memory_(std::move(other.memory_)),
      capacity_(std::exchange(other.capacity_, 0)),
      size_(std::exchange(other.size_, 0)) {}

Slab& Slab::operator=(Slab&& other) noexcept {
  std::swap(pool_, other.pool_);  // Our old memory returns to its pool when `other` is destroyed.
  std::swap(memory_, other.memory_);
  std::swap(capacity_, other.capacity_);
  std::swap(size_, other.size_);
  return *this;
}

Slab::~Slab() {
  if (pool_ != nullptr && memory_) pool_->give_back(std::move(memory_), capacity_);
}

Slab Slab::exact(base::Bytes bytes) {
  const std::size_t size = std::min(bytes.size(), kLargeBytes);
  auto memory = allocate(size);
  std::copy_n(bytes.begin(), size, memory.get() + kTableBytes);
  return Slab(nullptr, std::move(memory), size, size);
}

Slab SlabPool::copy(base::Bytes bytes) {
  const std::size_t size = std::min(bytes.size(), kLargeBytes);
  const bool small = size <= kSmallBytes;
  const std::size_t capacity = small ? kSmallBytes : kLargeBytes;
  auto memory = take(small ? small_ : large_, capacity);
  std::copy_n(bytes.begin(), size, memory.get() + Slab::kTableBytes);
  return Slab(this, std::move(memory), capacity, size);
}

void SlabPool::give_back(std::unique_ptr<std::uint8_t[]> memory, std::size_t capacity) {
  auto& idle = capacity == kSmallBytes ? small_ : large_;
  if (idle.size() < kMaxIdle) idle.push_back(std::move(memory));
}

}  // namespace offhook::inline v0::sip
