#include <offhook/agent/demo/wav_files.hpp>

#include <offhook/media/dsp/resample.hpp>
#include <offhook/media/files/wav.hpp>

#include <algorithm>
#include <fstream>
#include <iterator>

namespace offhook::inline v0::agent::demo {

namespace {

base::Error file_error(const std::string& path, std::string_view what) { return {"file", 1, path + ": " + std::string(what)}; }

std::vector<std::int16_t> convert(std::span<const std::int16_t> pcm, std::uint32_t from_hz, std::uint32_t to_hz) {
  if (from_hz == to_hz) return {pcm.begin(), pcm.end()};
  media::Resampler resampler(from_hz, to_hz);
  const std::size_t frame = from_hz / 50;
  std::vector<std::int16_t> out;
  std::vector<std::int16_t> in(frame), converted(resampler.output_size(frame));
  for (std::size_t at = 0; at < pcm.size(); at += frame) {
    std::fill(in.begin(), in.end(), std::int16_t{0});
    std::copy_n(pcm.begin() + static_cast<std::ptrdiff_t>(at), std::min(frame, pcm.size() - at), in.begin());
    resampler.process(in, converted);
    out.insert(out.end(), converted.begin(), converted.end());
  }
  return out;
}

base::Result<void, base::Error> write_file(const std::string& path, const std::vector<std::uint8_t>& bytes) {
  std::ofstream file(path, std::ios::binary);
  file.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  if (!file.flush()) return base::fail(file_error(path, "cannot be written: check the free space, and the permissions of its folder"));
  return {};
}

}  // namespace

base::Result<std::vector<std::int16_t>, base::Error> read_speech(const std::string& path, unsigned channel) {
  std::ifstream file(path, std::ios::binary | std::ios::ate);
  const auto size = file ? static_cast<std::size_t>(std::max<std::streamoff>(0, file.tellg())) : 0;
  if (!file) return base::fail(file_error(path, "cannot be read"));
  if (size > kMaxWavBytes) return base::fail(file_error(path, "is larger than 64 MiB"));
  file.seekg(0);
  const std::vector<std::uint8_t> bytes{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  const auto wav = media::parse_wav(bytes);
  if (!wav) return base::fail(file_error(path, media::to_string(wav.error())));
  const std::uint32_t rate = wav->format.rate_hz;
  if (rate != 8000 && rate != 16000 && rate != 24000) return base::fail(file_error(path, "has a rate other than 8000, 16000 or 24000 Hz"));
  if (channel >= wav->format.channels) return base::fail(file_error(path, "has no such channel"));
  return convert(wav->channel(channel), rate, kSpeechRate);
}

base::Result<void, base::Error> write_speech(const std::string& path, std::span<const std::int16_t> pcm, std::uint32_t rate_hz) {
  return write_file(path, media::write_wav({rate_hz, 1}, convert(pcm, kSpeechRate, rate_hz)));
}

base::Result<void, base::Error> write_stereo(const std::string& path, std::span<const std::int16_t> left, std::span<const std::int16_t> right) {
  std::vector<std::int16_t> both;
  const std::size_t frames = std::max(left.size(), right.size());
  both.reserve(frames * 2);
  for (std::size_t i = 0; i < frames; ++i) {
    both.push_back(i < left.size() ? left[i] : std::int16_t{0});
    both.push_back(i < right.size() ? right[i] : std::int16_t{0});
  }
  return write_file(path, media::write_wav({kSpeechRate, 2}, both));
}

}  // namespace offhook::inline v0::agent::demo
