#include <offhook/agent/providers/transcription/sound.hpp>

#include <offhook/agent/providers/voice_format.hpp>

namespace offhook::inline v0::agent {

std::string_view to_string(Sound::Encoding encoding) {
  switch (encoding) {
    case Sound::Encoding::Mulaw: return "mulaw";
    case Sound::Encoding::Alaw: return "alaw";
    case Sound::Encoding::Linear16: return "linear16";
  }
  return "";
}

void encode_sound(const Sound& sound, std::span<const std::int16_t> pcm, std::vector<std::uint8_t>& out) {
  switch (sound.encoding) {
    case Sound::Encoding::Mulaw: return encode_audio(AudioFormat::Pcmu, pcm, out);
    case Sound::Encoding::Alaw: return encode_audio(AudioFormat::Pcma, pcm, out);
    case Sound::Encoding::Linear16: return encode_audio(AudioFormat::Pcm24k, pcm, out);  // The encoding does not depend on the rate.
  }
}

}  // namespace offhook::inline v0::agent
