#include <offhook/tools/commands.hpp>

#include <offhook/agent/demo/wav_files.hpp>
#include <offhook/agent/providers/embedded/transcribe.hpp>
#include <offhook/tools/share_path.hpp>

#include <fmt/format.h>

#include <cstdio>

namespace offhook::tools {

int hear(const HearArguments& arguments) {
  const auto fail = [](const base::Error& error) {
    fmt::print(stderr, "offhook hear: {}\n", error.detail);
    return kFailed;
  };
  const auto pcm = agent::demo::read_speech(arguments.file, arguments.channel);
  if (!pcm) return fail(pcm.error());
  const std::string dialogue = arguments.dialogue.empty() ? share_path("dialogues/receptionist.json") : arguments.dialogue;
  using Expect = agent::embedded::TranscribeExpect;
  const auto utterances = agent::embedded::transcribe(*pcm, dialogue, arguments.replies ? Expect::Replies : Expect::Callers);
  if (!utterances) return fail(utterances.error());
  for (const auto& utterance : *utterances) fmt::print("{:7.2f} s  {:.2f}  {}\n", utterance.begins_s, utterance.confidence, utterance.text);
  return kOk;
}

}  // namespace offhook::tools
