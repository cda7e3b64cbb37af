// The input is a sequence of payloads of any size for G.711, G.722 and L16. Decodes and encodes each payload. Checks that all kernels of
// this machine return the same results and states. The first octet of each part gives the length of its payload, and whether the stream
// restarts.
#include <offhook/media/codec/detail/g711_kernels.hpp>
#include <offhook/media/codec/detail/g722_kernels.hpp>
#include <offhook/media/codec/l16.hpp>

#include "require.hpp"

#include <algorithm>
#include <array>
#include <vector>

using namespace offhook;
using offhook::fuzz::require;

namespace {

using Octets = std::span<const std::uint8_t>;

bool same(const media::G722Band& a, const media::G722Band& b) {
  return a.weights == b.weights && a.doubled == b.doubled && a.partial == b.partial && a.zeros == b.zeros &&
         a.estimate == b.estimate && a.log_step == b.log_step;
}

/// The encoder and decoder of one G.722 stream, with one kernel.
struct Stream {
  media::G722Decoder::State decoder;
  media::G722Encoder::State encoder;
  std::vector<std::int16_t> heard;
  std::vector<std::uint8_t> said;

  void take(const media::detail::G722Kernels& kernels, Octets part) {
    heard.assign(2 * part.size(), 0);
    said.assign(part.size(), 0);
    kernels.decode(decoder, part.data(), heard.data(), part.size());
    kernels.encode(encoder, heard.data(), said.data(), part.size());
  }
  bool operator==(const Stream& other) const {
    return heard == other.heard && said == other.said && same(decoder.low, other.decoder.low) &&
           same(decoder.high, other.decoder.high) && same(encoder.low, other.encoder.low) &&
           same(encoder.high, other.encoder.high);
  }
};

void g722(Octets data) {
  const auto kernels = media::detail::g722_kernels();
  std::vector<Stream> streams(kernels.size());
  while (data.size() > 1) {
    if ((data[0] & 0x80) != 0) streams.assign(kernels.size(), {});
    const auto part = data.subspan(1, std::min<std::size_t>((data[0] & 0x7FU) * 3, data.size() - 1));
    data = data.subspan(1 + part.size());
    for (std::size_t i = 0; i < kernels.size(); ++i) streams[i].take(*kernels[i], part);
    for (const auto& stream : streams) require(stream == streams[0]);
  }
}

void g711(Octets data) {
  std::vector<std::int16_t> mulaw(data.size()), alaw(data.size());
  std::vector<std::uint8_t> back(data.size());
  for (const auto* kernels : media::detail::g711_kernels()) {
    kernels->decode_mulaw(data.data(), mulaw.data(), data.size());
    kernels->encode_mulaw(mulaw.data(), back.data(), data.size());
    for (std::size_t i = 0; i < data.size(); ++i) require(back[i] == data[i] || data[i] == 0x7F);  // The codec changes -0 to +0.
    kernels->decode_alaw(data.data(), alaw.data(), data.size());
    kernels->encode_alaw(alaw.data(), back.data(), data.size());
    require(std::equal(back.begin(), back.end(), data.begin()));
  }
}

void l16(Octets data) {
  std::vector<std::int16_t> pcm(data.size() / 2);
  const auto samples = media::decode_l16(data, pcm);
  require(samples.has_value() == (data.size() % 2 == 0));
  if (!samples) return;
  std::vector<std::uint8_t> back(data.size());
  require(media::encode_l16(pcm, back) == data.size());
  require(std::equal(back.begin(), back.end(), data.begin()));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  g711({data, size});
  g722({data, size});
  l16({data, size});
  return 0;
}
