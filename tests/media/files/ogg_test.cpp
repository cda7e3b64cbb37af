#include <offhook/media/files/ogg.hpp>

#include <offhook/tests/testkit/octets.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <string_view>
#include <vector>

using namespace offhook;
using media::OggError;
using offhook_test::Octets;

namespace {

Octets filled(std::size_t size, std::uint8_t with) { return Octets(size, with); }

/// All packets of a file, and the reason why reading ended.
struct Read {
  std::vector<Octets> packets;
  std::vector<std::optional<std::uint64_t>> positions;
  bool last = false;
  std::optional<OggError> error;
};

Read read(const Octets& file) {
  Read all;
  media::OggReader reader(file);
  for (;;) {
    const auto packet = reader.next();
    if (!packet) {
      all.error = packet.error();
      return all;
    }
    if (!*packet) return all;
    all.packets.emplace_back((*packet)->octets.begin(), (*packet)->octets.end());
    all.positions.push_back((*packet)->position);
    all.last = (*packet)->last;
  }
}

Octets three_pages() {
  Octets file;
  media::OggWriter writer(7);
  CHECK(writer.add(filled(3, 1), 0, file));
  writer.flush(file);
  CHECK(writer.add(filled(600, 2), 960, file));
  CHECK(writer.add(filled(20, 3), 1920, file));
  writer.flush(file);
  CHECK(writer.add(filled(1, 4), 2880, file));
  writer.finish(2880, file);
  return file;
}

/// Returns the page with its checksum, computed bit by bit as RFC 3533 section 6 describes.
Octets page_of(Octets page) {
  std::uint32_t crc = 0;
  for (const std::uint8_t octet : page) {
    crc ^= static_cast<std::uint32_t>(octet) << 24;
    for (int bit = 0; bit < 8; ++bit) crc = (crc & 0x80000000u) != 0 ? (crc << 1) ^ 0x04C11DB7u : crc << 1;
  }
  for (std::size_t i = 0; i < 4; ++i) page[22 + i] = static_cast<std::uint8_t>(crc >> (8 * i));
  return page;
}

/// Returns the offsets of the pages. The capture pattern of a page does not occur in the packets of these tests.
std::vector<std::size_t> pages_of(const Octets& file) {
  std::vector<std::size_t> at;
  constexpr std::string_view kPattern = "OggS";
  for (auto it = file.begin(); (it = std::search(it, file.end(), kPattern.begin(), kPattern.end())) != file.end(); ++it) {
    at.push_back(static_cast<std::size_t>(it - file.begin()));
  }
  return at;
}

}  // namespace

TEST_CASE("OggReader returns the packets as OggWriter wrote them, with a position at the last packet of each page [RFC 3533 section 6]") {
  const auto all = read(three_pages());
  CHECK(all.packets == std::vector<Octets>{filled(3, 1), filled(600, 2), filled(20, 3), filled(1, 4)});
  CHECK(all.positions == std::vector<std::optional<std::uint64_t>>{0, std::nullopt, 1920, 2880});
  CHECK(all.last);
  CHECK_FALSE(all.error);
}

TEST_CASE("A page of OggWriter has the RFC's capture pattern, flags, lacing values and checksum [RFC 3533 section 6]") {
  Octets file;
  media::OggWriter writer(0x01020304);
  REQUIRE(writer.add(Octets{'a', 'b', 'c'}, 5, file));
  CHECK(writer.waiting() == 1);
  writer.finish(5, file);
  const Octets page{'O', 'g', 'g', 'S', 0, 6, 5, 0, 0, 0, 0, 0, 0, 0, 4, 3, 2, 1, 0, 0, 0, 0, 0x2E, 0x72, 0x6B, 0xAF, 1, 3, 'a', 'b', 'c'};
  CHECK(file == page);
  CHECK(file == page_of({'O', 'g', 'g', 'S', 0, 6, 5, 0, 0, 0, 0, 0, 0, 0, 4, 3, 2, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 3, 'a', 'b', 'c'}));
}

TEST_CASE("OggWriter and OggReader keep the length of packets of 0, 254, 255, 256 and 510 octets") {
  for (const std::size_t size : {0u, 254u, 255u, 256u, 510u}) {
    CAPTURE(size);
    Octets file;
    media::OggWriter writer(1);
    REQUIRE(writer.add(filled(size, 9), 1, file));
    REQUIRE(writer.add(filled(1, 8), 2, file));
    writer.finish(2, file);
    CHECK(read(file).packets == std::vector<Octets>{filled(size, 9), filled(1, 8)});
  }
}

TEST_CASE("OggWriter starts a new page after 255 segments. add() accepts a packet of kMaxOggPacket octets and refuses a longer one") {
  Octets file;
  media::OggWriter writer(1);
  for (std::size_t i = 0; i < media::kMaxOggSegments; ++i) REQUIRE(writer.add(filled(10, 1), i, file));
  CHECK(file.empty());
  REQUIRE(writer.add(filled(10, 2), 999, file));
  CHECK(pages_of(file).size() == 1);
  CHECK(writer.waiting() == 1);
  writer.finish(999, file);
  CHECK(read(file).packets.size() == media::kMaxOggSegments + 1);
  file.clear();
  media::OggWriter large(1);
  CHECK(large.add(filled(media::kMaxOggPacket, 1), 1, file));
  CHECK_FALSE(large.add(filled(media::kMaxOggPacket + 1, 1), 1, file));
  large.finish(1, file);
  CHECK(pages_of(file).size() == 1);
  CHECK(read(file).packets == std::vector<Octets>{filled(media::kMaxOggPacket, 1)});
}

TEST_CASE("If a file is cut off, OggReader returns the packets of all its whole pages, and then the error Cut") {
  const auto file = three_pages();
  const auto pages = pages_of(file);
  REQUIRE(pages.size() == 3);
  for (std::size_t size = 1; size < file.size(); ++size) {
    const auto all = read(Octets(file.begin(), file.begin() + static_cast<std::ptrdiff_t>(size)));
    CAPTURE(size);
    const bool at_page = std::find(pages.begin(), pages.end(), size) != pages.end();
    CHECK(all.error.has_value() == !at_page);
    if (all.error) CHECK(*all.error == OggError::Cut);
    CHECK(all.packets.size() == (size < pages[1] ? 0u : size < pages[2] ? 1u : 3u));
    CHECK_FALSE(all.last);
  }
}

TEST_CASE("OggReader detects a changed octet, a missing page, a repeated page and another version") {
  const auto file = three_pages();
  const auto pages = pages_of(file);
  for (std::size_t at = 0; at < file.size(); ++at) {
    Octets changed = file;
    changed[at] ^= 0x10;
    CAPTURE(at);
    CHECK(read(changed).error);
  }
  Octets missing(file.begin(), file.begin() + static_cast<std::ptrdiff_t>(pages[1]));
  missing.insert(missing.end(), file.begin() + static_cast<std::ptrdiff_t>(pages[2]), file.end());
  CHECK(read(missing).error == OggError::Lost);
  Octets twice(file.begin(), file.begin() + static_cast<std::ptrdiff_t>(pages[2]));
  twice.insert(twice.end(), file.begin() + static_cast<std::ptrdiff_t>(pages[1]), file.end());
  CHECK(read(twice).error == OggError::Lost);
  Octets version = file;
  version[4] = 1;
  CHECK(read(version).error == OggError::BadVersion);
  CHECK(read(Octets{'R', 'I', 'F', 'F'}).error == OggError::NotOgg);
  CHECK_FALSE(read({}).error);
}

TEST_CASE("OggReader skips pages of other streams") {
  Octets file, other;
  media::OggWriter writer(1), beside(2);
  REQUIRE(writer.add(filled(3, 1), 0, file));
  writer.flush(file);
  REQUIRE(beside.add(filled(5, 7), 0, file));
  beside.finish(0, file);
  REQUIRE(writer.add(filled(4, 2), 1, file));
  writer.finish(1, file);
  CHECK(read(file).packets == std::vector<Octets>{filled(3, 1), filled(4, 2)});
}

TEST_CASE("OggReader reads a packet that spans several pages, up to kMaxOggReadPacket octets, and refuses a longer packet") {
  const auto torn = [](std::size_t octets) {
    Octets file;
    for (std::uint8_t sequence = 0;; ++sequence) {
      const std::size_t segments = std::min<std::size_t>(octets / 255 + 1, 255);
      Octets page{'O', 'g', 'g', 'S', 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, sequence, 0, 0, 0, 0, 0, 0, 0};
      if (sequence == 0) page[5] = 2;
      page.push_back(static_cast<std::uint8_t>(segments));
      page.insert(page.end(), segments, 255);
      const bool ends = octets < segments * 255;
      if (ends) page.back() = static_cast<std::uint8_t>(octets % 255);
      page.resize(page.size() + std::min(octets, segments * 255), 1);
      octets -= std::min(octets, segments * 255);
      page = page_of(std::move(page));
      file.insert(file.end(), page.begin(), page.end());
      if (ends) return file;
    }
  };
  const auto most = read(torn(media::kMaxOggReadPacket));
  CHECK_FALSE(most.error);
  REQUIRE(most.packets.size() == 1);
  CHECK(most.packets[0].size() == media::kMaxOggReadPacket);
  CHECK(read(torn(media::kMaxOggReadPacket + 1)).error == OggError::PacketTooLarge);
}
