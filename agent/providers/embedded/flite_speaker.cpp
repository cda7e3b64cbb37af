#include <offhook/agent/providers/embedded/flite_speaker.hpp>

#include <offhook/agent/providers/embedded/outbox.hpp>
#include <offhook/agent/providers/embedded/words.hpp>

#include <atomic>
#include <string>
#include <utility>
#include <vector>

namespace offhook::inline v0::agent::embedded {

/// The state that jobs use; it lives until the last job ends.
struct FliteSpeaker::Session {
  Session(std::shared_ptr<VoiceCache> cache, Wake wake) : voice(std::move(cache)), outbox(std::move(wake)) {}

  const std::shared_ptr<VoiceCache> voice;
  Outbox<SpeakEvent> outbox;
  std::atomic<std::uint64_t> epoch{0};     // cancel() increases it: jobs and events of an earlier epoch are dropped
  std::atomic<std::uint32_t> unfinished{0};  // jobs in progress, which a new utterance must not overtake

  [[nodiscard]] bool is_current(std::uint64_t wanted) const { return epoch.load() == wanted; }
  void say(std::uint64_t from, SpeakEvent event) {
    outbox.push_if([&] { return is_current(from); }, std::move(event));
  }

  /// Speaks all sentences. Pushes all events except the last one, which it returns.
  [[nodiscard]] SpeakEvent speak(std::uint64_t from, std::uint32_t utterance, const std::vector<std::string>& sentences) {
    std::size_t spoken = 0;  // samples of this utterance so far, in all its sentences
    for (const std::string& sentence : sentences) {
      const std::size_t base = spoken;
      const bool complete = voice->speak(sentence, [&](std::span<const std::int16_t> pcm, std::vector<SpokenWord> words) {
        if (!is_current(from)) return false;
        for (SpokenWord& word : words) word.first_sample += static_cast<std::uint32_t>(base);
        spoken += pcm.size();
        say(from, SpeechAudio{utterance, {pcm.begin(), pcm.end()}, std::move(words)});
        return true;
      });
      if (!is_current(from)) break;
      if (!complete && spoken == base && !split_words(sentence).empty())
        return SpeakFailed{utterance, "the voice cannot say \"" + sentence + "\""};
    }
    return SpeechDone{utterance};
  }
  /// Speaks all sentences from the cache. Returns false, and speaks nothing, if the cache lacks one of them.
  [[nodiscard]] bool try_speak_known(std::uint64_t from, std::uint32_t utterance, const std::vector<std::string>& sentences) {
    std::vector<std::shared_ptr<const SpokenSentence>> known;  // held, so that the cache does not destroy a sentence that this function still needs
    for (const std::string& sentence : sentences) {
      known.push_back(voice->find(sentence));
      if (!known.back()) return false;
    }
    std::uint32_t base = 0;
    for (const auto& sentence : known) {
      auto words = sentence->words;
      for (SpokenWord& word : words) word.first_sample += base;
      base += static_cast<std::uint32_t>(sentence->pcm.size());
      say(from, SpeechAudio{utterance, sentence->pcm, std::move(words)});
    }
    say(from, SpeechDone{utterance});
    return true;
  }
  void run_job(std::uint64_t from, std::uint32_t utterance, const std::vector<std::string>& sentences) {
    SpeakEvent last = is_current(from) ? speak(from, utterance, sentences) : SpeechDone{utterance};
    // The job ends in one step with its last event: the next utterance may be spoken directly when that event is visible, and not earlier.
    const auto finish = [&] {
      --unfinished;
      return is_current(from);
    };
    outbox.push_if(finish, std::move(last));
  }
};

FliteSpeaker::FliteSpeaker(std::shared_ptr<VoiceCache> voice, Wake wake)
    : session_(std::make_shared<Session>(std::move(voice), std::move(wake))) {}

FliteSpeaker::~FliteSpeaker() {
  cancel();
  session_->outbox.close();
}

std::uint32_t FliteSpeaker::rate_hz() const { return FliteVoice::kRateHz; }

void FliteSpeaker::speak(std::uint32_t utterance, std::string_view text) {
  const auto epoch = session_->epoch.load();
  if (text.size() > kMaxSpokenBytes) return session_->say(epoch, SpeakFailed{utterance, "the text is too long to be spoken"});
  auto sentences = split_sentences(text);
  if (session_->unfinished.load() == 0 && session_->try_speak_known(epoch, utterance, sentences)) return;
  ++session_->unfinished;
  const bool posted = session_->voice->try_post([session = session_, epoch, utterance, what = std::move(sentences)] {
    session->run_job(epoch, utterance, what);
  });
  if (posted) return;
  --session_->unfinished;
  session_->say(epoch, SpeakFailed{utterance, "the work pool is full or ending"});
}

void FliteSpeaker::cancel() {
  session_->outbox.drop([this] { ++session_->epoch; });
}

std::optional<SpeakEvent> FliteSpeaker::poll() { return session_->outbox.poll(); }

ModelAndVoice FliteSpeaker::asked() const { return {{}, session_->voice->voice()}; }

}  // namespace offhook::inline v0::agent::embedded
