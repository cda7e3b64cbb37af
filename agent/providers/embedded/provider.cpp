#include <offhook/agent/providers/embedded/provider.hpp>

#include <offhook/agent/providers/embedded/flite_speaker.hpp>
#include <offhook/agent/providers/embedded/guided_thinker.hpp>
#include <offhook/agent/providers/embedded/sphinx_listener.hpp>
#include <offhook/agent/providers/embedded/voice_cache.hpp>
#include <offhook/agent/providers/embedded/wish_confirmation.hpp>
#include <offhook/agent/providers/embedded/words.hpp>

#include <atomic>
#include <utility>

namespace offhook::inline v0::agent::embedded {
namespace {

/// Returns all fixed texts of a dialogue, with the greeting first.
std::vector<const Phrases*> all_phrases(const Dialogue& dialogue) {
  std::vector<const Phrases*> all = {&dialogue.greeting, &dialogue.fallback.again, &dialogue.fallback.menu,
                                     &dialogue.fallback.last, &dialogue.silence, &dialogue.goodbye,
                                     &dialogue.handoff, &dialogue.denied, &dialogue.yes_no_help};
  for (const Intent& intent : dialogue.intents) all.push_back(&intent.replies);
  for (const Form& form : dialogue.forms) {
    for (const Phrases* phrases : {&form.ask, &form.confirm, &form.retry, &form.keys, &form.give_up}) all.push_back(phrases);
  }
  return all;
}

std::vector<std::string> fixed_sentences(const Dialogue& dialogue) {
  std::vector<std::string> fixed;
  for (const Intent& intent : dialogue.intents) {
    if (intent.wish.empty()) continue;
    for (std::string& sentence : split_sentences(confirm_wish_text(dialogue.confirm_wish.front(), intent))) fixed.push_back(std::move(sentence));
  }
  for (const Phrases* phrases : all_phrases(dialogue)) {
    for (const std::string& phrase : *phrases) {
      for (std::string& sentence : split_sentences(phrase)) {
        if (sentence.find('{') == std::string::npos) fixed.push_back(std::move(sentence));
      }
    }
  }
  return fixed;
}

base::Error bad_option(std::string why) { return {"embedded", static_cast<int>(EmbeddedError::BadOption), std::move(why)}; }

}  // namespace

struct EmbeddedProvider::Shared {
  std::shared_ptr<WorkPool> pool;  // No part and no job may own the pool: it must not be destroyed on one of its own threads.
  std::shared_ptr<const DialogueKnowledge> knowledge;
  std::shared_ptr<DecoderPool> decoders;
  std::shared_ptr<VoiceCache> voice;
  std::shared_ptr<std::atomic<bool>> greets_at_once = std::make_shared<std::atomic<bool>>(false);  // true: the greeting is in the cache
  std::vector<std::string> warnings;
};

EmbeddedProvider::EmbeddedProvider(std::shared_ptr<Shared> shared) : shared_(std::move(shared)) {}
EmbeddedProvider::~EmbeddedProvider() = default;

base::Result<std::shared_ptr<EmbeddedProvider>, base::Error> EmbeddedProvider::make(EmbeddedOptions options) {
  if (!options.pool) return base::fail(bad_option("the embedded provider needs a work pool"));
  if (options.max_decoders == 0) return base::fail(bad_option("max_decoders must be at least 1"));
  auto dialogue = load_dialogue(options.dialogue_path);
  if (!dialogue) return base::fail(dialogue.error());
  auto files = DecoderFiles::make(*dialogue, options.model_path, options.dictionary_path);
  if (!files) return base::fail(files.error());
  auto voice = FliteVoice::make(options.voice);
  if (!voice) return base::fail(voice.error());
  auto first_decoder = SphinxDecoder::make(*files);  // Build a decoder now, so that a faulty model is reported here and not in the first call.
  if (!first_decoder) return base::fail(first_decoder.error());

  auto shared = std::make_shared<Shared>();
  shared->pool = std::move(options.pool);
  for (const std::string& word : (*files)->missing_words())
    shared->warnings.push_back("the word \"" + word + "\" has no pronunciation and is never recognised: add it to \"pronunciations\" in " +
                               options.dialogue_path);
  shared->knowledge = std::make_shared<DialogueKnowledge>(*std::move(dialogue));
  shared->decoders = std::make_shared<DecoderPool>(*files, options.warm_decoders, options.max_decoders);
  shared->decoders->add(*std::move(first_decoder));
  shared->voice = std::make_shared<VoiceCache>(*std::move(voice), *shared->pool, options.voice_cache_bytes);
  const auto& spoken = shared->knowledge->dialogue;
  shared->voice->prepare(split_sentences(spoken.greeting.front()), [greets = shared->greets_at_once] { *greets = true; });
  shared->voice->prepare(fixed_sentences(spoken));
  for (std::size_t i = 1; i < options.warm_decoders; ++i)
    static_cast<void>(shared->pool->try_post([decoders = shared->decoders] { decoders->warm_one(); }));
  return std::shared_ptr<EmbeddedProvider>(new EmbeddedProvider(std::move(shared)));
}

std::unique_ptr<Listener> EmbeddedProvider::make_listener(Wake wake) const {
  const double threshold = shared_->knowledge->dialogue.confidence_threshold;
  return std::make_unique<SphinxListener>(*shared_->pool, shared_->decoders, threshold, std::move(wake));
}

std::unique_ptr<Thinker> EmbeddedProvider::make_thinker(Wake wake) const {
  return std::make_unique<GuidedThinker>(shared_->knowledge, std::move(wake));
}

std::unique_ptr<Speaker> EmbeddedProvider::make_speaker(Wake wake) const {
  return std::make_unique<FliteSpeaker>(shared_->voice, std::move(wake));
}

const std::vector<std::string>& EmbeddedProvider::warnings() const { return shared_->warnings; }

bool EmbeddedProvider::is_warm() const { return *shared_->greets_at_once; }

base::Result<std::unique_ptr<Speaker>, base::Error> make_flite_speaker(std::shared_ptr<WorkPool> pool, std::string_view voice, Wake wake) {
  if (!pool) return base::fail(bad_option("a voice needs a work pool"));
  auto made = FliteVoice::make(voice);
  if (!made) return base::fail(made.error());
  constexpr std::size_t kCacheBytes = 4U << 20U;
  return std::make_unique<FliteSpeaker>(std::make_shared<VoiceCache>(*std::move(made), *pool, kCacheBytes), std::move(wake));
}

}  // namespace offhook::inline v0::agent::embedded
