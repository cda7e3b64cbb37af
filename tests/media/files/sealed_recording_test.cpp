#include <offhook/media/files/sealed_recording.hpp>

#include <offhook/tests/testkit/octets.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

using namespace offhook;
using media::SealError;
using offhook_test::Octets;

namespace {

media::RecordingKey key(std::uint8_t with = 1) {
  media::RecordingKey key{};
  key.fill(with);
  return key;
}

void append_octets(Octets& octets, base::Bytes more) { octets.insert(octets.end(), more.begin(), more.end()); }

/// Returns the parts of a sealed file: the header, then each of `chunks`.
std::vector<Octets> sealed(const std::vector<std::string_view>& chunks, std::uint64_t seed = 1, bool ended = true) {
  base::SeededRandom random(seed);
  auto sealer = media::Sealer::make(key(), media::SealedKind::OggOpus, random);
  REQUIRE(sealer);
  std::vector<Octets> parts{Octets(sealer->header().begin(), sealer->header().end())};
  for (std::size_t i = 0; i < chunks.size(); ++i) {
    Octets part;
    const std::vector<std::uint8_t> plain(chunks[i].begin(), chunks[i].end());
    REQUIRE(sealer->seal(plain, ended && i + 1 == chunks.size(), part));
    parts.push_back(part);
  }
  return parts;
}

Octets whole_file(const std::vector<Octets>& parts) {
  Octets file;
  for (const auto& part : parts) append_octets(file, part);
  return file;
}

struct Opened {
  std::string text;
  std::optional<SealError> error;
};

Opened open(base::Bytes file, const media::RecordingKey& with = key()) {
  media::SealedReader reader(with);
  Octets plain;
  std::optional<SealError> error;
  while (!error && file.size() >= reader.wanted()) {
    const std::size_t wanted = reader.wanted();
    if (const auto fed = reader.feed(file.first(wanted), plain); !fed) error = fed.error();
    file = file.subspan(wanted);
  }
  if (!error) {
    if (const auto ended = reader.finish(); !ended) error = ended.error();
  }
  return {std::string(plain.begin(), plain.end()), error};
}

}  // namespace

TEST_CASE("A sealed file opens with the same contents, which may include empty chunks, and has no contents in plain text") {
  const auto parts = sealed({"one", "", "and two", "three"});
  const auto file = whole_file(parts);
  CHECK(parts[0].size() == media::kSealedHeaderOctets);
  CHECK(parts[1].size() == 3 + media::kSealOverhead);
  const auto opened = open(file);
  CHECK(opened.text == "oneand twothree");
  CHECK_FALSE(opened.error);
  CHECK(std::string(file.begin(), file.end()).find("two") == std::string::npos);
  const auto empty = open(whole_file(sealed({""})));
  CHECK(empty.text.empty());
  CHECK_FALSE(empty.error);
}

TEST_CASE("Two sealed files with equal contents and an equal key have only the fixed part of the header in common") {
  const auto first = sealed({"the very same"}, 1), second = sealed({"the very same"}, 2);
  CHECK(std::equal(first[0].begin(), first[0].begin() + 12, second[0].begin()));
  CHECK(first[0] != second[0]);
  CHECK(std::equal(first[1].begin(), first[1].begin() + 4, second[1].begin()));
  CHECK(first[1] != second[1]);
}

TEST_CASE("If any octet of a sealed file is changed, the file does not open to its end") {
  const auto file = whole_file(sealed({"hello", "world"}));
  for (std::size_t at = 0; at < file.size(); ++at) {
    for (const std::uint8_t bit : {std::uint8_t{0x01}, std::uint8_t{0x80}}) {
      Octets changed = file;
      changed[at] ^= bit;
      const auto opened = open(changed);
      CAPTURE(at);
      REQUIRE(opened.error);
      CHECK(std::string_view("helloworld").starts_with(opened.text));  // The part that was opened is unchanged.
      CHECK(opened.text.size() < 10);
    }
  }
}

TEST_CASE("If a sealed file is cut off, its whole chunks open, and then comes the error Cut. If the header is cut off, the error is NotSealed") {
  const auto parts = sealed({"hello", "world", "!"});
  const auto file = whole_file(parts);
  for (std::size_t size = 0; size < file.size(); ++size) {
    const auto opened = open(base::Bytes(file).first(size));
    CAPTURE(size);
    REQUIRE(opened.error);
    CHECK(*opened.error == (size < media::kSealedHeaderOctets ? SealError::NotSealed : SealError::Cut));
    const std::size_t first = parts[0].size() + parts[1].size(), second = first + parts[2].size();
    CHECK(opened.text == (size < first ? "" : size < second ? "hello" : "helloworld"));
  }
  CHECK(open(whole_file(sealed({"hello", "world"}, 1, false))).error == SealError::Cut);  // The writer stopped before the last chunk.
}

TEST_CASE("SealedReader detects a chunk that is missing, repeated, moved, from another file, or after the end") {
  const auto parts = sealed({"aaaa", "bbbb", "cccc"}), others = sealed({"aaaa", "bbbb", "cccc"}, 2);
  CHECK(open(whole_file({parts[0], parts[2], parts[3]})).error == SealError::Altered);
  CHECK(open(whole_file({parts[0], parts[1], parts[3]})).error == SealError::Altered);
  CHECK(open(whole_file({parts[0], parts[1], parts[1], parts[2], parts[3]})).error == SealError::Altered);
  CHECK(open(whole_file({parts[0], parts[2], parts[1], parts[3]})).error == SealError::Altered);
  CHECK(open(whole_file({parts[0], parts[1], others[2], parts[3]})).error == SealError::Altered);
  CHECK(open(whole_file({others[0], parts[1], parts[2], parts[3]})).error == SealError::Altered);
  CHECK(open(whole_file({parts[0], parts[1], parts[2], parts[3], parts[3]})).error == SealError::TrailingOctets);
  CHECK(open(whole_file({parts[0], parts[1], parts[2], parts[3], Octets{0}})).error == SealError::TrailingOctets);
  // A chunk in the middle is marked as the last one.
  auto shortened = parts;
  shortened[2][0] |= 0x80;
  CHECK(open(whole_file({shortened[0], shortened[1], shortened[2]})).error == SealError::Altered);
}

TEST_CASE("SealedReader reports WrongKey for another key or a changed kind, BadVersion for a later version, and NotSealed for another kind of file") {
  const auto file = whole_file(sealed({"hello"}));
  CHECK(open(file, key(2)).error == SealError::WrongKey);
  Octets changed = file;
  changed[9] = 1;  // This header says that the file is a WAV. The octets that prove the key also cover the header.
  CHECK(open(changed).error == SealError::WrongKey);
  changed = file;
  changed[8] = 2;
  CHECK(open(changed).error == SealError::BadVersion);
  CHECK(open(Octets(100, 'R')).error == SealError::NotSealed);
  media::SealedReader reader{key()};
  Octets plain;
  CHECK_FALSE(reader.kind());
  REQUIRE(reader.feed(base::Bytes(file).first(media::kSealedHeaderOctets), plain));
  CHECK(reader.kind() == media::SealedKind::OggOpus);
}

TEST_CASE("SealedReader refuses a sealed file whose kind only a later version knows") {
  base::SeededRandom random(1);
  const auto sealer = media::Sealer::make(key(), static_cast<media::SealedKind>(3), random);  // The header proves the right key.
  REQUIRE(sealer);
  CHECK(open(sealer->header()).error == SealError::BadVersion);
}

TEST_CASE("A chunk of kMaxSealedChunk octets is sealed and opened. A longer chunk is refused when it is sealed and when it is opened") {
  base::SeededRandom random(1);
  auto sealer = media::Sealer::make(key(), media::SealedKind::Wav, random);
  REQUIRE(sealer);
  Octets file(sealer->header().begin(), sealer->header().end());
  const Octets most(media::kMaxSealedChunk, 'x');
  REQUIRE(sealer->seal(most, true, file));
  CHECK(open(file).text.size() == most.size());
  CHECK_FALSE(open(file).error);
  const std::size_t before = file.size();
  CHECK(sealer->seal(Octets(media::kMaxSealedChunk + 1), true, file) == base::fail(SealError::TooLong));
  CHECK(file.size() == before);
  Octets claims = whole_file(sealed({"hello"}));
  claims[media::kSealedHeaderOctets] = 0;
  claims[media::kSealedHeaderOctets + 1] = 0x10;
  claims[media::kSealedHeaderOctets + 3] = 1;
  CHECK(open(claims).error == SealError::TooLong);
}

TEST_CASE("parse_recording_key accepts 64 hexadecimal digits in upper or lower case, with blanks and line ends around them") {
  const std::string digits = "000102030405060708090a0b0c0d0e0f101112131415161718191A1B1C1D1E1F";
  const auto parsed = media::parse_recording_key("  " + digits + "\r\n");
  REQUIRE(parsed);
  CHECK((*parsed)[0] == 0);
  CHECK((*parsed)[31] == 0x1F);
  for (const auto& bad : {digits.substr(1), digits + "0", std::string(), "g" + digits.substr(1), digits.substr(0, 63) + " "})
    CHECK(media::parse_recording_key(bad) == base::fail(SealError::BadKey));
}
