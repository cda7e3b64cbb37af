#include <offhook/agent/recordings/disk_space.hpp>

namespace offhook::inline v0::agent::recordings {

DiskSpace::Verdict DiskSpace::on_look(Look look) {
  const bool was_short = verdict_ == Verdict::TooLittleFree, was_full = verdict_ == Verdict::TooMuchUsed;
  const std::uint64_t wanted = bounds_.least_free + (was_short ? bounds_.least_free / 10 : 0);
  const std::uint64_t allowed = bounds_.most_used - (was_full ? bounds_.most_used / 10 : 0);
  if (look.free && *look.free < wanted) verdict_ = Verdict::TooLittleFree;
  else if (bounds_.most_used != 0 && look.used >= allowed) verdict_ = Verdict::TooMuchUsed;
  else verdict_ = Verdict::Room;
  return verdict_;
}

}  // namespace offhook::inline v0::agent::recordings
