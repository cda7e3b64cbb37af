#include <offhook/agent/providers/embedded/transcribe.hpp>

#include <offhook/agent/providers/embedded/provider.hpp>
#include <offhook/agent/providers/embedded/sphinx_decoder.hpp>
#include <offhook/agent/providers/embedded/words.hpp>
#include <offhook/media/detect/voice_activity.hpp>

#include <algorithm>

namespace offhook::inline v0::agent::embedded {

namespace {

constexpr std::size_t kFrame = SphinxDecoder::kRateHz / 50;
constexpr std::size_t kLead = kFrame * 10;

std::string spoken(std::string_view sentence) {
  std::string text;
  for (const std::string& word : split_words(sentence)) text += (text.empty() ? "" : " ") + word;
  return text;
}

/// Returns the dialogue with the agent's texts as examples, so that the recogniser expects them.
Dialogue listen_for_replies(Dialogue dialogue) {
  Intent replies;
  replies.name = "replies";
  const auto add = [&replies](const Phrases& phrases) {
    for (const std::string& phrase : phrases) {
      for (const std::string& sentence : split_sentences(phrase)) {
        if (auto text = spoken(sentence); !text.empty()) replies.examples.push_back(std::move(text));
      }
    }
  };
  add(dialogue.greeting);
  add(dialogue.goodbye);
  add(dialogue.fallback.again);
  add(dialogue.fallback.menu);
  for (const Intent& intent : dialogue.intents) add(intent.replies);
  dialogue.intents = {std::move(replies)};
  return dialogue;
}

}  // namespace

base::Result<std::vector<TranscribedUtterance>, base::Error> transcribe(std::span<const std::int16_t> pcm, const std::string& dialogue_path,
                                                                        TranscribeExpect expect) {
  auto dialogue = load_dialogue(dialogue_path);
  if (!dialogue) return base::fail(dialogue.error());
  if (expect == TranscribeExpect::Replies) dialogue = listen_for_replies(std::move(*dialogue));
  const EmbeddedOptions defaults;
  auto files = DecoderFiles::make(*dialogue, defaults.model_path, defaults.dictionary_path);
  if (!files) return base::fail(files.error());
  auto decoder = SphinxDecoder::make(*files);
  if (!decoder) return base::fail(decoder.error());

  media::VoiceActivity activity(SphinxDecoder::kRateHz);
  media::SpeechDetector detector({4, 3, 25});
  std::vector<TranscribedUtterance> found;
  std::size_t begin = 0;
  const auto recognise = [&](std::size_t end) {
    if (!(*decoder)->try_start(kExpectMain)) return;
    const std::size_t from = begin - std::min(begin, kLead);
    for (std::size_t at = from; at < end; at += kFrame) (void)(*decoder)->try_feed(pcm.subspan(at, std::min(kFrame, end - at)));
    const Recognised text = (*decoder)->finish();
    found.push_back({static_cast<double>(begin) / SphinxDecoder::kRateHz, text.confidence, text.text});
  };
  for (std::size_t at = 0; at + kFrame <= pcm.size(); at += kFrame) {
    const auto event = detector.process(activity.process(pcm.subspan(at, kFrame)), kFrame);
    if (!event) continue;
    if (event->kind == media::SpeechDetector::Event::Kind::Started) begin = static_cast<std::size_t>(event->at_sample);
    if (event->kind == media::SpeechDetector::Event::Kind::Stopped) recognise(at + kFrame);
  }
  if (detector.speaking()) recognise(pcm.size());
  return found;
}

}  // namespace offhook::inline v0::agent::embedded
