#include <offhook/media/engine/scheduling.hpp>

#include <sched.h>
#include <sys/resource.h>
#include <unistd.h>

namespace offhook::inline v0::media {

namespace {

constexpr int kPriority = 1;  // the lowest real-time priority: before all usual work, but after work to which the machine's owner gives a higher one
constexpr int kNice = -10;

}  // namespace

std::string_view to_string(Scheduling scheduling) {
  switch (scheduling) {
    case Scheduling::Usual: return "usual";
    case Scheduling::Raised: return "raised";
    case Scheduling::RealTime: return "real_time";
  }
  return "unknown";
}

Scheduling go_before_others() {
  sched_param real_time{};
  real_time.sched_priority = kPriority;
  if (::sched_setscheduler(0, SCHED_FIFO, &real_time) == 0) return Scheduling::RealTime;  // On Linux, 0 selects only the calling thread.
  if (::setpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()), kNice) == 0) return Scheduling::Raised;
  return Scheduling::Usual;
}

}  // namespace offhook::inline v0::media
