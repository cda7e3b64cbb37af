#include <offhook/bench/kernel_share.hpp>

#include <linux/perf_event.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <cstdint>
#include <cstring>

namespace offhook::bench {

namespace {

constexpr std::uint64_t kPeriodNs = 99'991;  // This is not a divisor of 1 ms, the length of a phase.
constexpr std::size_t kPages = 64;           // A sample has 8 octets. Therefore this holds 3 s of one core.

std::size_t page() { return static_cast<std::size_t>(::sysconf(_SC_PAGESIZE)); }

}  // namespace

KernelShare::KernelShare(pid_t thread) {
  perf_event_attr what{};
  what.size = sizeof what;
  what.type = PERF_TYPE_SOFTWARE;
  what.config = PERF_COUNT_SW_TASK_CLOCK;
  what.sample_period = kPeriodNs;
  event_ = static_cast<int>(::syscall(SYS_perf_event_open, &what, thread, -1, -1, PERF_FLAG_FD_CLOEXEC));
  if (event_ < 0) return;
  void* const mapped = ::mmap(nullptr, (1 + kPages) * page(), PROT_READ | PROT_WRITE, MAP_SHARED, event_, 0);
  if (mapped != MAP_FAILED) ring_ = static_cast<std::byte*>(mapped);
}

KernelShare::~KernelShare() {
  if (ring_ != nullptr) ::munmap(ring_, (1 + kPages) * page());
  if (event_ >= 0) ::close(event_);
}

std::optional<double> KernelShare::so_far() const {
  if (ring_ == nullptr) return std::nullopt;
  auto& head = reinterpret_cast<perf_event_mmap_page*>(ring_)->data_head;
  const std::uint64_t end = std::atomic_ref(head).load(std::memory_order_acquire);  // This makes the kernel's writes up to this position visible.
  double samples = 0, of_kernel = 0;
  perf_event_header record{};
  for (std::uint64_t at = 0; at < end; at += record.size) {  // Samples are never consumed. Therefore the kernel overwrites none.
    std::memcpy(&record, ring_ + page() + at % (kPages * page()), sizeof record);
    if (record.type != PERF_RECORD_SAMPLE) continue;
    ++samples;
    if ((record.misc & PERF_RECORD_MISC_CPUMODE_MASK) == PERF_RECORD_MISC_KERNEL) ++of_kernel;
  }
  if (samples == 0) return std::nullopt;
  return of_kernel / samples;
}

}  // namespace offhook::bench
