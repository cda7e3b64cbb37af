#include <offhook/agent/providers/rehearsal.hpp>

#include <offhook/agent/conversation/voice_session.hpp>

namespace offhook::inline v0::agent {

Rehearsal::Rehearsal(Rehearsed what, base::TimePoint now) : what_(std::move(what)), begun_(now) {
  for (auto& speaker : what_.speakers) speaker->open({});
}

bool Rehearsal::tick(base::TimePoint now) {
  for (auto& speaker : what_.speakers) {
    speaker->tick(now);
    while (speaker->poll()) {
    }
  }
  std::erase_if(what_.speakers, [](const auto& speaker) { return !speaker->is_preparing(); });
  std::erase_if(what_.warm_ups, [](const auto& warm_up) { return warm_up->is_over(); });
  if (now - begun_ >= kLimit) what_.speakers.clear();
  if (now - begun_ >= kWarmUpLimit) what_.warm_ups.clear();
  return !what_.speakers.empty() || !what_.warm_ups.empty();
}

}  // namespace offhook::inline v0::agent
