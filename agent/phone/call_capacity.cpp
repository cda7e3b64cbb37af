#include <offhook/agent/phone/call_capacity.hpp>
#include <offhook/base/free_descriptors.hpp>
#include <offhook/base/free_memory.hpp>

namespace offhook::inline v0::phone {

CallCapacity::Left CallCapacity::left_to_process() { return {base::free_descriptors(), base::free_memory()}; }

Shortage CallCapacity::shortage(base::TimePoint now) {
  if (!looked_at_ || now - *looked_at_ >= kLookInterval) {
    looked_at_ = now;
    left_ = look_();
    let_in_ = 0;
  }
  if (left_.descriptors < (let_in_ + 1) * kDescriptorsPerCall + kDescriptorReserve) return Shortage::Descriptors;
  if (left_.memory < (let_in_ + 1) * kMemoryPerCall + kMemoryReserve) return Shortage::Memory;
  return Shortage::None;
}

}  // namespace offhook::inline v0::phone
