#include <offhook/agent/providers/rehearsal.hpp>

namespace offhook::inline v0::agent {

bool Rehearsal::tick(base::TimePoint now) {
  for (auto& speaker : speakers_) {
    speaker->tick(now);
    while (speaker->poll()) {
    }
  }
  std::erase_if(speakers_, [](const auto& speaker) { return !speaker->is_preparing(); });
  if (now >= until_) speakers_.clear();
  return !speakers_.empty();
}

}  // namespace offhook::inline v0::agent
