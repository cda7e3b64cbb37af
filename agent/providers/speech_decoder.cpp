#include <offhook/agent/providers/speech_decoder.hpp>

#include <offhook/media/files/wav.hpp>

#include <utility>

namespace offhook::inline v0::agent {

namespace {

constexpr std::size_t kMagic = 4;

bool is_playable(std::uint32_t rate_hz) { return rate_hz == 8000 || rate_hz == 16000 || rate_hz == 24000; }

SpeechDecoder::Trouble wrong(std::string_view what) {
  return {FailureKind::Protocol,
          "the server sends " + std::string(what) + " instead of PCM: choose a model or a server that has the format pcm"};
}

}  // namespace

std::optional<SpeechDecoder::Trouble> SpeechDecoder::feed(std::string_view bytes, std::vector<std::int16_t>& out) {
  if (form_ != Form::Unknown) {
    append(bytes, out);
    return std::nullopt;
  }
  head_ += bytes;
  if (head_.size() < kMagic) return std::nullopt;
  const std::string_view magic = std::string_view(head_).substr(0, kMagic);
  if (magic == "RIFF") return read_head(out);
  if (magic.starts_with("ID3")) return wrong("MP3");
  if (magic == "OggS") return wrong("Ogg");
  if (magic == "fLaC") return wrong("FLAC");
  if (magic.starts_with("{\"") || magic.starts_with("<!") || magic.starts_with("<ht")) return wrong("a text");
  form_ = Form::Raw;
  append(std::exchange(head_, {}), out);
  return std::nullopt;
}

std::optional<SpeechDecoder::Trouble> SpeechDecoder::read_head(std::vector<std::int16_t>& out) {
  const base::Bytes octets(reinterpret_cast<const std::uint8_t*>(head_.data()), head_.size());
  const auto wav = media::parse_wav(octets);  // parse_wav() accepts a WAV of which only the beginning is there.
  if (!wav) {
    const bool may_come = wav.error() == media::WavError::NoData || wav.error() == media::WavError::NoFormat ||
                          wav.error() == media::WavError::Truncated;
    if ((may_come || head_.size() < media::kWavHeaderOctets) && head_.size() <= kMaxWavHead) return std::nullopt;
    return Trouble{FailureKind::Protocol, "the server's WAV cannot be read: " + std::string(to_string(wav.error()))};
  }
  if (wav->format.channels != 1 || !is_playable(wav->format.rate_hz))
    return Trouble{FailureKind::Protocol, "the server's WAV has " + std::to_string(wav->format.channels) + " channels at " +
                                              std::to_string(wav->format.rate_hz) +
                                              " Hz: choose a server that sends one channel at 8000, 16000 or 24000 Hz"};
  form_ = Form::Wav;
  rate_hz_ = wav->format.rate_hz;
  const auto begin = static_cast<std::size_t>(wav->samples.data() - octets.data());
  append(std::string_view(head_).substr(begin), out);
  head_.clear();
  return std::nullopt;
}

void SpeechDecoder::finish(std::vector<std::int16_t>& out) {
  if (form_ == Form::Unknown && head_.size() < kMagic) append(std::exchange(head_, {}), out);
}

void SpeechDecoder::append(std::string_view bytes, std::vector<std::int16_t>& out) {
  const auto before = out.size();
  out.reserve(before + bytes.size() / 2 + 1);
  const auto sample = [](std::uint8_t low, char high) { return static_cast<std::int16_t>(low | static_cast<std::uint8_t>(high) << 8U); };
  if (odd_ && !bytes.empty()) {
    out.push_back(sample(*odd_, bytes.front()));
    odd_.reset();
    bytes.remove_prefix(1);
  }
  const std::size_t whole = bytes.size() / 2, begin = out.size();
  out.resize(begin + whole);
  std::int16_t* const to = out.data() + begin;
  const char* const from = bytes.data();
  for (std::size_t i = 0; i < whole; ++i) to[i] = sample(static_cast<std::uint8_t>(from[2 * i]), from[2 * i + 1]);
  if (bytes.size() % 2 != 0) odd_ = static_cast<std::uint8_t>(bytes.back());
  samples_ += out.size() - before;
}

}  // namespace offhook::inline v0::agent
