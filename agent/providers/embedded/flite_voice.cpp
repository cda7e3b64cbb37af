#include <offhook/agent/providers/embedded/flite_voice.hpp>

#include <offhook/agent/providers/embedded/provider.hpp>
#include <offhook/agent/providers/embedded/spoken_form.hpp>
#include <offhook/base/text.hpp>

extern "C" {
#include <flite/flite.h>
cst_voice* register_cmu_us_slt(const char* folder);
cst_voice* register_cmu_us_rms(const char* folder);
}

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <mutex>
#include <utility>

namespace offhook::inline v0::agent::embedded {
namespace {

constexpr int kFirstPieceSamples = FliteVoice::kRateHz / 10;
constexpr std::int64_t kLeadSamples = FliteVoice::kRateHz / 100;

std::mutex& flite_mutex() {
  static std::mutex mutex;
  return mutex;
}

/// The state of one synthesis in flite's callback.
struct Piece {
  const FliteVoice::Sink& sink;
  const cst_utterance* utterance = nullptr;
  bool begun = false;
  bool stopped = false;
  std::int64_t skip = 0;  // samples at the front that the sink does not get
};

std::vector<SpokenWord> words_of(const cst_utterance* utterance) {
  std::vector<SpokenWord> words;
  cst_relation* tokens = utt_relation(utterance, "Token");
  for (const cst_item* token = relation_head(tokens); token != nullptr; token = item_next(token)) {
    const cst_item* word = item_daughter(token);
    if (word == nullptr) continue;  // The token consists of punctuation.
    const double start = flite_ffeature_float(word, "R:SylStructure.daughter1.daughter1.R:Segment.p.end");
    const auto sample = static_cast<std::uint32_t>(std::max(0.0, start * FliteVoice::kRateHz));
    std::string text = item_feat_string(token, "name");
    if (item_feat_present(token, "punc")) text += item_feat_string(token, "punc");
    words.push_back({std::move(text), words.empty() ? sample : std::max(sample, words.back().first_sample)});
  }
  return words;
}

void deliver(Piece& piece, std::span<const std::int16_t> pcm) {
  std::vector<SpokenWord> words;
  if (!std::exchange(piece.begun, true)) {
    words = words_of(piece.utterance);
    piece.skip = words.empty() ? 0 : std::max<std::int64_t>(0, words.front().first_sample - kLeadSamples);
    for (SpokenWord& word : words) word.first_sample -= static_cast<std::uint32_t>(piece.skip);
  }
  const auto cut = std::min(piece.skip, static_cast<std::int64_t>(pcm.size()));
  piece.skip -= cut;
  pcm = pcm.subspan(static_cast<std::size_t>(cut));
  if (pcm.empty() && words.empty()) return;
  if (!piece.sink(pcm, std::move(words))) piece.stopped = true;
}

int on_audio(const cst_wave* wave, int start, int size, int /*last*/, cst_audio_streaming_info* info) {
  Piece& piece = *static_cast<Piece*>(info->userdata);
  piece.utterance = info->utt;
  if (size > 0) deliver(piece, {wave->samples + start, static_cast<std::size_t>(size)});
  return piece.stopped ? CST_AUDIO_STREAM_STOP : CST_AUDIO_STREAM_CONT;
}

}  // namespace

base::Result<FliteVoice, base::Error> FliteVoice::make(std::string_view name) {
  const std::lock_guard lock(flite_mutex());
  static const int initialised = flite_init();
  static_cast<void>(initialised);
  void* voice = nullptr;
  if (name == "slt") voice = register_cmu_us_slt(nullptr);
  if (name == "rms") voice = register_cmu_us_rms(nullptr);
  if (voice == nullptr)
    return base::fail(base::Error{"embedded", static_cast<int>(EmbeddedError::Voice),
                                  "there is no voice \"" + std::string(name) + "\": use slt or rms"});
  return FliteVoice(std::string(name), voice);
}

bool FliteVoice::synthesise(std::string_view sentence, const Sink& sink) const {
  const std::string text = spoken_form(sentence);
  if (std::ranges::none_of(text, [](char c) { return base::is_alpha(c) || base::is_digit(c); })) return false;
  const std::lock_guard lock(flite_mutex());
  auto* voice = static_cast<cst_voice*>(voice_);
  Piece piece{sink};
  cst_audio_streaming_info* info = new_audio_streaming_info();
  info->asc = on_audio;
  info->min_buffsize = kFirstPieceSamples;
  info->userdata = &piece;
  flite_feat_set(voice->features, "streaming_info", audio_streaming_info_val(info));  // The feature owns `info` from here on.
  cst_utterance* utterance = flite_synth_text(text.c_str(), voice);
  flite_feat_remove(voice->features, "streaming_info");
  if (utterance == nullptr) return false;
  delete_utterance(utterance);
  return piece.begun && !piece.stopped;
}

}  // namespace offhook::inline v0::agent::embedded
