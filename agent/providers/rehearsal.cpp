#include <offhook/agent/providers/rehearsal.hpp>

#include <offhook/agent/conversation/voice_session.hpp>

namespace offhook::inline v0::agent {

Rehearsal::Rehearsal(Rehearsed what, base::TimePoint now) : what_(std::move(what)), begun_(now) {
  for (auto& voice : what_.voices) voice.speaker->open({});
}

bool Rehearsal::tick(base::TimePoint now) {
  for (auto& voice : what_.voices) {
    voice.speaker->tick(now);
    while (voice.speaker->poll()) {
    }
  }
  std::erase_if(what_.voices, [](const PreparedVoice& voice) { return !voice.speaker->is_preparing(); });
  std::erase_if(what_.loads, [](const ModelLoad& load) { return load.warm_up->is_over(); });
  if (now - begun_ >= kLimit) give_up_speaking();
  if (now - begun_ >= kWarmUpLimit) give_up_loading();
  return !what_.voices.empty() || !what_.loads.empty();
}

void Rehearsal::give_up_speaking() {
  for (const PreparedVoice& voice : what_.voices) {
    if (voice.report_failure) voice.report_failure({Stage::Speak, {}, {}, "the voice did not prepare all fixed sentences in time", FailureKind::Timeout});
  }
  what_.voices.clear();
}

void Rehearsal::give_up_loading() {
  for (const ModelLoad& load : what_.loads) {
    if (what_.told)
      what_.told("the model of " + load.provider + " was not loaded within " + std::to_string(std::chrono::duration_cast<std::chrono::minutes>(kWarmUpLimit).count()) +
                 " minutes: Offhook takes calls all the same, and they use the next session if the model does not answer. Check its server (`" + load.warm_up->command() + "`), or name a smaller model");
  }
  what_.loads.clear();
}

}  // namespace offhook::inline v0::agent
