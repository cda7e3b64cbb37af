#include <offhook/media/files/prompt.hpp>

#include <offhook/media/codec/g711.hpp>
#include <offhook/media/dsp/resample.hpp>
#include <offhook/media/files/ogg_opus.hpp>
#include <offhook/media/files/wav.hpp>

#include <algorithm>
#include <optional>

namespace offhook::inline v0::media {
namespace {

constexpr std::array<std::uint32_t, 3> kRates{8000, 16000, 24000};
constexpr std::size_t kFadesPerSecond = 100;  // 10 ms each

/// Returns the index of the rate in kRates, or nullopt.
std::optional<std::size_t> index_of(std::uint32_t rate_hz) {
  const auto at = std::find(kRates.begin(), kRates.end(), rate_hz);
  if (at == kRates.end()) return std::nullopt;
  return static_cast<std::size_t>(at - kRates.begin());
}

std::vector<std::int16_t> together(const std::vector<std::int16_t>& left, const std::vector<std::int16_t>& right) {
  std::vector<std::int16_t> both(left.size());
  for (std::size_t i = 0; i < both.size(); ++i) both[i] = static_cast<std::int16_t>((left[i] + right[i]) / 2);
  return both;
}

base::Result<Sound, SoundError> checked(Sound sound) {
  if (sound.pcm.empty()) return base::fail(SoundError::Empty);
  if (sound.pcm.size() > kMaxSoundSeconds * sound.rate_hz) return base::fail(SoundError::TooLong);
  return sound;
}

base::Result<Sound, SoundError> read_ogg(base::Bytes file) {
  constexpr std::uint32_t kDecodedRate = 24000;
  auto decoded = decode_ogg_opus(file, kDecodedRate, kMaxSoundSeconds * kDecodedRate);
  if (!decoded) return base::fail(decoded.error() == OggOpusError::TooLong ? SoundError::TooLong : SoundError::UnknownFormat);
  auto& channels = decoded->channels;
  return checked({kDecodedRate, channels.size() == 2 ? together(channels[0], channels[1]) : std::move(channels[0])});
}

void fade_ends(std::vector<std::int16_t>& pcm, std::uint32_t rate_hz) {
  const auto length = static_cast<int>(std::min<std::size_t>(rate_hz / kFadesPerSecond, pcm.size() / 2));
  for (int i = 0; i < length; ++i) {
    for (std::int16_t* sample : {pcm.data() + i, pcm.data() + pcm.size() - 1 - i}) *sample = static_cast<std::int16_t>(*sample * i / length);
  }
}

}  // namespace

std::string_view to_string(SoundError error) {
  switch (error) {
    case SoundError::UnknownFormat: return "it is neither a 16-bit WAV nor Opus in Ogg";
    case SoundError::BadRate: return "its rate is not 8000, 16000 or 24000 Hz";
    case SoundError::TooLong: return "it is longer than half an hour";
    case SoundError::Empty: return "it contains no sound";
  }
  return "unknown";
}

base::Result<Sound, SoundError> read_sound(base::Bytes file) {
  if (!file.empty() && file[0] == 'O') return read_ogg(file);
  const auto wav = parse_wav(file);
  if (!wav) return base::fail(SoundError::UnknownFormat);
  if (!index_of(wav->format.rate_hz)) return base::fail(SoundError::BadRate);
  if (wav->frames() > kMaxSoundSeconds * wav->format.rate_hz) return base::fail(SoundError::TooLong);
  return checked({wav->format.rate_hz, wav->format.channels == 2 ? together(wav->channel(0), wav->channel(1)) : wav->channel()});
}

std::shared_ptr<const Prompt> Prompt::make(const Sound& sound, Forms forms) {
  std::shared_ptr<Prompt> prompt(new Prompt(forms, sound.rate_hz));
  if (!index_of(sound.rate_hz)) return prompt;
  prompt->convert(sound);
  prompt->encode();
  return prompt;
}

/// Converts to all three rates: the encoders need 8000 Hz, even if that form is not kept.
void Prompt::convert(const Sound& sound) {
  const std::size_t in_frame = sound.rate_hz / 50;
  frames_ = (sound.pcm.size() + in_frame - 1) / in_frame;
  std::vector<std::int16_t> whole = sound.pcm;
  if (forms_.loops) fade_ends(whole, sound.rate_hz);
  whole.resize(frames_ * in_frame);
  for (std::size_t rate = 0; rate < kRates.size(); ++rate) {
    auto& out = pcm_[rate];
    out.resize(frames_ * kRates[rate] / 50);
    const std::size_t out_frame = kRates[rate] / 50;
    Resampler resampler(sound.rate_hz, kRates[rate]);
    // For a sound that loops, the filter first gets the end of the sound: the filter's delay then removes nothing, and each loop is equal.
    if (forms_.loops && frames_ > 0) resampler.process(std::span(whole).last(in_frame), std::span(out).first(out_frame));
    for (std::size_t i = 0; i < frames_; ++i) {
      resampler.process(std::span(whole).subspan(i * in_frame, in_frame), std::span(out).subspan(i * out_frame, out_frame));
    }
  }
}

void Prompt::encode() {
  const std::array<bool, 2> wanted{forms_.pcmu, forms_.pcma};
  for (std::size_t i = 0; i < wanted.size(); ++i) encoded_[i].resize(wanted[i] ? frames_ * kOctets : 0);
  // The sizes match, so that the encoders do not refuse.
  if (forms_.pcmu) static_cast<void>(encode_mulaw(pcm_[0], encoded_[0]));
  if (forms_.pcma) static_cast<void>(encode_alaw(pcm_[0], encoded_[1]));
  const std::array<bool, 3> kept{forms_.hz_8000, forms_.hz_16000, forms_.hz_24000};
  for (std::size_t rate = 0; rate < kRates.size(); ++rate) {
    if (!kept[rate]) pcm_[rate] = {};
  }
}

std::span<const std::int16_t> Prompt::pcm(std::uint32_t rate_hz, std::uint64_t frame) const noexcept {
  const auto rate = index_of(rate_hz);
  if (!rate || pcm_[*rate].empty() || (frame >= frames_ && !forms_.loops)) return {};
  const std::size_t samples = rate_hz / 50;
  return std::span(pcm_[*rate]).subspan(frame % frames_ * samples, samples);
}

base::Bytes Prompt::encoded(AudioCodec codec, std::uint64_t frame) const noexcept {
  if (codec != AudioCodec::Pcmu && codec != AudioCodec::Pcma) return {};
  const auto& octets = encoded_[codec == AudioCodec::Pcmu ? 0 : 1];
  if (octets.empty() || (frame >= frames_ && !forms_.loops)) return {};
  return base::Bytes(octets).subspan(frame % frames_ * kOctets, kOctets);
}

}  // namespace offhook::inline v0::media
