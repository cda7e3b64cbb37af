#include <offhook/tests/services/openai/recorded_voices.hpp>

#include <offhook/agent/profile/fixed_sentences.hpp>
#include <offhook/base/base64.hpp>
#include <offhook/media/codec/g711.hpp>
#include <offhook/media/dsp/resample.hpp>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <span>

namespace offhook::services::openai {

namespace {

constexpr std::uint32_t kRate = agent::embedded::FliteVoice::kRateHz;

/// Writes a tone for each word. A tone lasts 60 ms per letter, and 60 ms of silence follow it. Each word has its own pitch.
void beep(const std::string& text, std::vector<std::int16_t>& pcm, std::vector<agent::SpokenWord>& words) {
  constexpr std::size_t kUnit = kRate * 60 / 1000;
  words = words_of(text);
  for (std::size_t k = 0; k < words.size(); ++k) {
    words[k].first_sample = static_cast<std::uint32_t>(pcm.size());
    const double step = 2 * std::numbers::pi * (300 + 40.0 * static_cast<double>(k % 16)) / kRate;
    for (std::size_t i = 0; i < kUnit * words[k].text.size(); ++i) pcm.push_back(static_cast<std::int16_t>(8000 * std::sin(step * static_cast<double>(i))));
    pcm.resize(pcm.size() + kUnit);
  }
}

std::vector<std::int16_t> resampled(std::vector<std::int16_t> pcm, std::uint32_t rate) {
  media::Resampler resampler(kRate, rate);
  constexpr std::size_t kStep = kRate / 50;
  pcm.resize((pcm.size() + kStep - 1) / kStep * kStep);
  std::vector<std::int16_t> out(resampler.output_size(pcm.size()));
  std::size_t written = 0;
  for (std::size_t at = 0; at < pcm.size(); at += kStep) {
    written += resampler.process(std::span(pcm).subspan(at, kStep), std::span(out).subspan(written));
  }
  out.resize(written);
  return out;
}

std::string encoded(const std::vector<std::int16_t>& pcm, AudioFormat format) {
  std::string out(pcm.size() * octets_per_sample(format), '\0');
  for (std::size_t i = 0; i < pcm.size(); ++i) {
    if (format == AudioFormat::Pcm24) {
      const auto sample = static_cast<std::uint16_t>(pcm[i]);
      out[2 * i] = static_cast<char>(sample & 0xFFU);
      out[2 * i + 1] = static_cast<char>(sample >> 8U);
    } else {
      out[i] = static_cast<char>(format == AudioFormat::Pcmu ? media::encode_mulaw(pcm[i]) : media::encode_alaw(pcm[i]));
    }
  }
  return out;
}

}  // namespace

std::optional<RecordedVoices> RecordedVoices::make(std::string_view name, std::vector<int> chunk_ms) {
  thread_local std::map<std::pair<std::string, std::vector<int>>, std::shared_ptr<Store>> stores;
  auto& store = stores[{std::string(name), chunk_ms}];
  if (store) return RecordedVoices(store);
  std::optional<agent::embedded::FliteVoice> voice;
  if (name != "tone") {
    auto made = agent::embedded::FliteVoice::make(name);
    if (!made) return std::nullopt;
    voice = std::move(*made);
  }
  store = std::make_shared<Store>(Store{std::string(name), std::move(voice), std::move(chunk_ms)});
  return RecordedVoices(store);
}

const Sentence& RecordedVoices::sentence(const std::string& text) {
  const auto [entry, is_new] = store_->sentences.try_emplace(text);
  Sentence& made = entry->second;
  if (!is_new) return made;
  if (!store_->voice) {
    beep(text, made.pcm, made.words);
    return made;
  }
  if (auto stored = stored_speech(store_->name, text)) return made = std::move(*stored);
  std::vector<agent::SpokenWord> spoken;
  for (std::size_t at = 0; at < text.size();) {  // The voice speaks one sentence at a time.
    const auto end = std::min(text.find_first_of(".!?", at), text.size() - 1) + 1;
    const auto offset = static_cast<std::uint32_t>(made.pcm.size());
    (void)store_->voice->synthesise(text.substr(at, end - at), [&](std::span<const std::int16_t> pcm, std::vector<agent::SpokenWord> words) {
      for (auto& word : words) spoken.push_back({word.text, word.first_sample + offset});
      made.pcm.insert(made.pcm.end(), pcm.begin(), pcm.end());
      return true;
    });
    at = end;
  }
  // The voice reports the positions of its words. The transcript has the words of the original text.
  made.words = words_of(text);
  for (std::size_t i = 0; i < made.words.size(); ++i) {
    made.words[i].first_sample = spoken.size() == made.words.size() ? spoken[i].first_sample : static_cast<std::uint32_t>(made.pcm.size() * i / made.words.size());
  }
  store_speech(store_->name, text, made);
  return made;
}

Spoken RecordedVoices::cut(const Sentence& sentence, AudioFormat format) const {
  const auto pcm = resampled(sentence.pcm, rate_of(format));
  Spoken spoken;
  spoken.octets = encoded(pcm, format);
  spoken.samples = pcm.size();
  const std::size_t per_ms = rate_of(format) / 1000 * octets_per_sample(format);
  std::size_t word = 0;
  for (std::size_t at = 0, i = 0; at < spoken.octets.size(); ++i) {
    // Every other chunk ends in the middle of a sample, because the boundaries have no meaning.
    std::size_t size = static_cast<std::size_t>(store_->chunk_ms[i % store_->chunk_ms.size()]) * per_ms + (i % 2);
    size = std::min(size, spoken.octets.size() - at);
    Spoken::Chunk chunk;
    chunk.octets = size;
    base::append_base64(chunk.base64, {reinterpret_cast<const std::uint8_t*>(spoken.octets.data()) + at, size});
    at += size;
    const std::size_t until = at / octets_per_sample(format) * (kRate / 1000) / (rate_of(format) / 1000);
    for (; word < sentence.words.size() && (sentence.words[word].first_sample < until || at == spoken.octets.size()); ++word) {
      chunk.text += (word == 0 ? "" : " ") + sentence.words[word].text;
    }
    spoken.chunks.push_back(std::move(chunk));
  }
  return spoken;
}

std::shared_ptr<const Spoken> RecordedVoices::say(const std::string& text, AudioFormat format) {
  auto& kept = store_->spoken[{text, format}];
  if (!kept) kept = std::make_shared<const Spoken>(cut(sentence(text), format));
  return kept;
}

void RecordedVoices::prepare(const std::string& text) {
  for (const auto format : {AudioFormat::Pcm24, AudioFormat::Pcmu, AudioFormat::Pcma}) {
    if (!text.empty()) (void)say(text, format);
  }
}

void RecordedVoices::prepare_fixed_sentences() {
  if (!store_->voice) return;
  const auto all = agent::usual_sentences("en");
  for (const auto* text : {&all.apology, &all.mishap, &all.goodbye, &all.filler, &all.empty_reply, &all.refusal, &all.silence, &all.limit, &all.transfer, &all.shutdown}) {
    (void)say(*text, AudioFormat::Pcm24);
  }
}

}  // namespace offhook::services::openai
