// The input is one octet for the rate, then packets of Opus. A packet has one octet for its use (decode the packet, restore the lost packet
// before it, or conceal it), two octets for the length, and the payload. Checks that the decoder still works after each packet, and writes
// only as many samples as it returns.
#include <offhook/fuzz/require.hpp>
#include <offhook/media/codec/opus.hpp>
#include <offhook/media/codec/opus_parameters.hpp>

#include <algorithm>
#include <array>
#include <string_view>
#include <vector>

using namespace offhook;

namespace {

constexpr std::array<std::uint32_t, 4> kRates{8000, 16000, 24000, 48000};
constexpr std::int16_t kUntouched = 0x5A5A;

void decode(media::OpusDecoder& decoder, unsigned use, base::Bytes payload) {
  std::vector<std::int16_t> out(decoder.rate_hz() / 8, kUntouched);  // These 125 ms are 5 ms longer than any packet.
  const auto samples = media::opus_samples(payload, decoder.rate_hz());
  const std::size_t frame = decoder.rate_hz() / 50;
  switch (use % 3) {
    case 0: {
      const auto written = decoder.decode(payload, out);
      fuzz::require(written.has_value() <= samples.has_value());
      if (written) fuzz::require(*written == *samples);
      break;
    }
    case 1: {
      const auto written = decoder.decode_lost(payload, std::span(out).first(frame));
      if (written) fuzz::require(*written == frame && samples);
      break;
    }
    default: fuzz::require(decoder.conceal(std::span(out).first(frame)) == frame);
  }
  const std::size_t most = use % 3 == 0 ? samples.value_or(0) : frame;
  for (std::size_t i = most; i < out.size(); ++i) fuzz::require(out[i] == kUntouched);
  if (media::has_opus_fec(payload)) fuzz::require(samples.has_value());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  base::ByteReader reader({data, size});
  media::OpusDecoder decoder(kRates[reader.u8() % kRates.size()]);
  for (std::size_t packets = 0; packets < 32 && reader.remaining() >= 3; ++packets) {
    const unsigned use = reader.u8();
    const std::size_t length = reader.u16();
    decode(decoder, use, reader.take(std::min(length, reader.remaining())));
  }
  const auto parameters = media::parse_opus_parameters(std::string_view(reinterpret_cast<const char*>(data), size));
  fuzz::require(media::parse_opus_parameters(media::write_opus_parameters(parameters)) == parameters);
  return 0;
}
