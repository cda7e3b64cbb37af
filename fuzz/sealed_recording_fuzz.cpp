// First, the input serves as an encrypted recording of a stranger. Then it says how to make and modify a recording of this program: the
// number of chunks, the length of each chunk, and steps of three octets. A step changes an octet, cuts off the rest, or repeats the rest.
// Checks that the decrypted audio is always a prefix of the original, and is complete only if the file was not changed.
#include <offhook/fuzz/require.hpp>
#include <offhook/media/files/sealed_recording.hpp>

#include <algorithm>
#include <vector>

using namespace offhook;

namespace {

using Octets = std::vector<std::uint8_t>;

constexpr media::RecordingKey kKey{1, 2, 3};
constexpr std::size_t kLongEnough = 8192;  // the largest size of a modified file

/// Decrypts `file` to `plain`. Returns true if the file is complete.
bool open(base::Bytes file, Octets& plain) {
  media::SealedReader reader(kKey);
  while (file.size() >= reader.wanted()) {
    const auto octets = file.first(reader.wanted());
    file = file.subspan(octets.size());
    if (!reader.feed(octets, plain)) return false;
    fuzz::require(reader.wanted() <= media::kMaxSealedChunk + media::kSealOverhead);
  }
  return reader.finish().has_value();
}

void repeat_from(Octets& file, std::size_t at) {
  const Octets tail(file.begin() + static_cast<std::ptrdiff_t>(at), file.end());
  file.insert(file.end(), tail.begin(), tail.end());
}

void tamper(Octets& file, base::ByteReader& script) {
  while (script.remaining() >= 3) {
    const std::size_t at = script.u16() % file.size();
    const std::uint8_t what = script.u8();
    if (what == 0) file.resize(std::max<std::size_t>(1, at));
    else if (what == 1 && file.size() < kLongEnough) repeat_from(file, at);
    else file[at] ^= what;
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Octets stranger;
  static_cast<void>(open({data, size}, stranger));

  base::ByteReader script({data, size});
  base::SeededRandom random(1);
  auto sealer = media::Sealer::make(kKey, media::SealedKind::Wav, random);
  fuzz::require(sealer.has_value());
  Octets file(sealer->header().begin(), sealer->header().end()), text;
  const unsigned chunks = script.u8() % 8;
  for (unsigned i = 0; i <= chunks; ++i) {
    const Octets chunk(script.u8(), static_cast<std::uint8_t>('a' + i));
    fuzz::require(sealer->seal(chunk, i == chunks, file).has_value());
    text.insert(text.end(), chunk.begin(), chunk.end());
  }
  const Octets good = file;
  tamper(file, script);
  Octets plain;
  const bool whole = open(file, plain);
  fuzz::require(whole == (file == good));
  fuzz::require(plain.size() <= text.size() && std::equal(plain.begin(), plain.end(), text.begin()));
  return 0;
}
