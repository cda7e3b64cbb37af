#include <offhook/base/block_pool.hpp>

#include <offhook/base/spsc_ring.hpp>

#include <sys/mman.h>

#include <cassert>
#include <cstdint>
#include <new>
#include <utility>

namespace offhook::inline v0::base {
namespace {

constexpr std::size_t kRegionOctets = std::size_t{2} << 20;  // the size of one huge page

}  // namespace

// A Region object lies at the start of its region. Therefore the pool finds it by rounding down the address of a block.
struct alignas(kCacheLine) BlockPool::Region {
  struct Free {
    Free* next;
  };
  Region* next = nullptr;
  Region* previous = nullptr;
  Free* free = nullptr;       // blocks that were given back
  std::size_t used = 0;
  std::size_t untouched = 0;  // offset of the first block that was never handed out

  [[nodiscard]] bool full(std::size_t block) const { return free == nullptr && untouched + block > kRegionOctets; }
};

BlockPool::BlockPool(std::size_t block_octets, Pages pages)
    : block_octets_((block_octets + kCacheLine - 1) / kCacheLine * kCacheLine), pages_(pages) {
  assert(block_octets > 0 && block_octets <= kRegionOctets / 16);
}

BlockPool::~BlockPool() {
  while (regions_ != nullptr) free_region(regions_);
}

BlockPool::Region* BlockPool::make_region() {
  void* const mapped = ::mmap(nullptr, 2 * kRegionOctets, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (mapped == MAP_FAILED) throw std::bad_alloc();
  const auto begin = reinterpret_cast<std::uintptr_t>(mapped);
  const auto aligned = (begin + kRegionOctets - 1) / kRegionOctets * kRegionOctets;
  if (aligned != begin) ::munmap(mapped, aligned - begin);
  ::munmap(reinterpret_cast<void*>(aligned + kRegionOctets), begin + kRegionOctets - aligned);
  // If madvise fails, the system chooses the page size.
  ::madvise(reinterpret_cast<void*>(aligned), kRegionOctets, pages_ == Pages::Huge ? MADV_HUGEPAGE : MADV_NOHUGEPAGE);
  auto* const region = new (reinterpret_cast<void*>(aligned)) Region;
  region->untouched = sizeof(Region);
  region->next = regions_;
  if (regions_ != nullptr) regions_->previous = region;
  regions_ = region;
  ++empty_;
  return region;
}

void BlockPool::free_region(Region* region) noexcept {
  (region->previous != nullptr ? region->previous->next : regions_) = region->next;
  if (region->next != nullptr) region->next->previous = region->previous;
  ::munmap(region, kRegionOctets);
  --empty_;
}

void* BlockPool::take() {
  const std::lock_guard lock(mutex_);
  Region* const region = regions_ != nullptr ? regions_ : make_region();
  if (region->used++ == 0) --empty_;
  void* block = region->free;
  if (block != nullptr) {
    region->free = region->free->next;
  } else {
    block = reinterpret_cast<std::uint8_t*>(region) + region->untouched;
    region->untouched += block_octets_;
  }
  if (region->full(block_octets_)) {
    regions_ = region->next;
    if (regions_ != nullptr) regions_->previous = nullptr;
    region->next = nullptr;
  }
  return block;
}

void BlockPool::give_back(void* block) noexcept {
  const std::lock_guard lock(mutex_);
  auto* const region = reinterpret_cast<Region*>(reinterpret_cast<std::uintptr_t>(block) / kRegionOctets * kRegionOctets);
  if (region->full(block_octets_)) {  // A full region is not in the list: put it back at the front.
    region->next = regions_;
    if (regions_ != nullptr) regions_->previous = region;
    regions_ = region;
  }
  region->free = new (block) Region::Free{region->free};
  if (--region->used != 0) return;
  ++empty_;
  if (empty_ > 1) free_region(region);
}

}  // namespace offhook::inline v0::base
