#include <offhook/media/files/wav.hpp>

#include <offhook/media/files/detail/little_endian.hpp>

#include <algorithm>
#include <string_view>

namespace offhook::inline v0::media {
namespace {

constexpr std::uint16_t kPcm = 1, kExtensible = 0xFFFE;
constexpr std::uint32_t kMaxWavRate = 384000;
constexpr std::size_t kRiffOctets = 12, kChunkOctets = 8, kPlainFormat = 16, kSubFormatAt = 24;

base::Result<WavFormat, WavError> parse_format(base::Bytes body) {
  if (body.size() < kPlainFormat) return base::fail(WavError::Truncated);
  std::uint32_t tag = detail::read_little32(body, 0, 2);
  if (tag == kExtensible) {
    if (body.size() < kSubFormatAt + 2) return base::fail(WavError::Truncated);
    tag = detail::read_little32(body, kSubFormatAt, 2);   // the GUID of the sub-format starts with the plain tag
  }
  const WavFormat format{.rate_hz = detail::read_little32(body, 4, 4), .channels = static_cast<std::uint16_t>(detail::read_little32(body, 2, 2))};
  const bool supported = tag == kPcm && detail::read_little32(body, 14, 2) == 16 && (format.channels == 1 || format.channels == 2) &&
                         format.rate_hz != 0 && format.rate_hz <= kMaxWavRate;
  if (!supported) return base::fail(WavError::Unsupported);
  return format;
}

class Header {
 public:
  void tag(std::string_view text) {
    for (const char c : text) octets_[size_++] = static_cast<std::uint8_t>(c);
  }
  void number(std::uint32_t value, std::size_t size) {
    for (std::size_t i = 0; i < size; ++i) octets_[size_++] = static_cast<std::uint8_t>(value >> (8 * i));
  }
  [[nodiscard]] const std::array<std::uint8_t, kWavHeaderOctets>& octets() const { return octets_; }

 private:
  std::array<std::uint8_t, kWavHeaderOctets> octets_{};
  std::size_t size_ = 0;
};

}  // namespace

std::string_view to_string(WavError error) {
  switch (error) {
    case WavError::NotRiff: return "it is not a RIFF WAVE file";
    case WavError::NoFormat: return "it has no fmt chunk before its data chunk";
    case WavError::NoData: return "it has no data chunk";
    case WavError::Unsupported: return "it is not 16-bit PCM with one or two channels";
    case WavError::TooManyChunks: return "it has too many chunks before its data";
    case WavError::Truncated: return "it ends before the end of a chunk";
  }
  return "unknown";
}

std::int16_t WavView::sample(std::size_t frame, std::size_t channel) const {
  if (channel >= format.channels || frame >= frames()) return 0;
  return static_cast<std::int16_t>(detail::read_little32(samples, (frame * format.channels + channel) * 2, 2));
}

std::vector<std::int16_t> WavView::channel(std::size_t channel) const {
  std::vector<std::int16_t> pcm(frames());
  for (std::size_t i = 0; i < pcm.size(); ++i) pcm[i] = sample(i, channel);
  return pcm;
}

base::Result<WavView, WavError> parse_wav(base::Bytes file) {
  if (!detail::has_text(file, 0, "RIFF") || !detail::has_text(file, 8, "WAVE")) return base::fail(WavError::NotRiff);
  base::Bytes rest = file.subspan(kRiffOctets);
  bool has_format = false;
  WavFormat format;
  for (std::size_t chunk = 0; rest.size() >= kChunkOctets; ++chunk) {
    if (chunk == kMaxWavChunks) return base::fail(WavError::TooManyChunks);
    const std::size_t claimed = detail::read_little32(rest, 4, 4);
    const bool is_format = detail::has_text(rest, 0, "fmt "), is_data = detail::has_text(rest, 0, "data");
    rest = rest.subspan(kChunkOctets);
    const auto body = rest.first(std::min(claimed, rest.size()));
    if (is_data) {
      if (!has_format) return base::fail(WavError::NoFormat);
      const std::size_t frame = std::size_t{2} * format.channels;
      return WavView{format, body.first(body.size() / frame * frame)};
    }
    if (claimed > rest.size()) return base::fail(WavError::Truncated);
    if (is_format) {
      const auto parsed = parse_format(body);
      if (!parsed) return base::fail(parsed.error());
      format = *parsed;
      has_format = true;
    }
    rest = rest.subspan(std::min(claimed + claimed % 2, rest.size()));   // chunks start at even octets
  }
  return base::fail(WavError::NoData);
}

std::array<std::uint8_t, kWavHeaderOctets> wav_header(WavFormat format, std::uint32_t data_octets) {
  const std::uint32_t data = std::min(data_octets, kMaxWavDataOctets);
  const std::uint32_t frame = 2u * format.channels;
  Header header;
  header.tag("RIFF");
  header.number(36 + data, 4);
  header.tag("WAVEfmt ");
  header.number(kPlainFormat, 4);
  header.number(kPcm, 2);
  header.number(format.channels, 2);
  header.number(format.rate_hz, 4);
  header.number(format.rate_hz * frame, 4);
  header.number(frame, 2);
  header.number(16, 2);
  header.tag("data");
  header.number(data, 4);
  return header.octets();
}

void append_wav_samples(std::span<const std::int16_t> pcm, std::vector<std::uint8_t>& out) {
  const std::size_t begin = out.size();
  out.resize(begin + 2 * pcm.size());
  for (std::size_t i = 0; i < pcm.size(); ++i) {
    out[begin + 2 * i] = static_cast<std::uint8_t>(pcm[i] & 0xFF);
    out[begin + 2 * i + 1] = static_cast<std::uint8_t>(static_cast<std::uint16_t>(pcm[i]) >> 8);
  }
}

std::vector<std::uint8_t> write_wav(WavFormat format, std::span<const std::int16_t> pcm) {
  const std::size_t octets = std::min<std::size_t>(pcm.size() * 2, kMaxWavDataOctets);
  const auto header = wav_header(format, static_cast<std::uint32_t>(octets));
  std::vector<std::uint8_t> file(header.begin(), header.end());
  append_wav_samples(pcm.first(octets / 2), file);
  return file;
}

}  // namespace offhook::inline v0::media
