#include <offhook/media/files/ogg.hpp>

#include <offhook/media/files/detail/little_endian.hpp>

#include <algorithm>
#include <array>
#include <utility>

namespace offhook::inline v0::media {
namespace {

//  0                   1                   2                   3
//  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// | capture_pattern: "OggS"                                       |
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// | version       | header_type   | granule_position              |
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+                               +
// |                                                               |
// +                               +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// |                               | bitstream_serial_number       |
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// |                               | page_sequence_number          |
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// |                               | CRC_checksum                  |
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// |                               | page_segments | segment_table |
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
constexpr std::size_t kHeadOctets = 27, kPositionAt = 6, kSerialAt = 14, kSequenceAt = 18, kChecksumAt = 22, kSegmentsAt = 26;
constexpr std::uint8_t kContinued = 1, kFirst = 2, kLast = 4;
constexpr std::uint64_t kNoPosition = ~std::uint64_t{0};  // no packet ends on the page
constexpr std::string_view kPattern = "OggS";

/// The table for the checksum of RFC 3533 section 6, most significant bit first, without inversions.
constexpr auto kCrcTable = [] {
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t i = 0; i < table.size(); ++i) {
    std::uint32_t value = i << 24;
    for (int bit = 0; bit < 8; ++bit) value = (value << 1) ^ ((value & 0x80000000u) != 0 ? 0x04C11DB7u : 0u);
    table[i] = value;
  }
  return table;
}();

std::uint32_t add_to_crc(std::uint32_t crc, base::Bytes octets) {
  for (const std::uint8_t octet : octets) crc = (crc << 8) ^ kCrcTable[(crc >> 24) ^ octet];
  return crc;
}

/// Returns the checksum of the whole page, with the four octets of the checksum itself as zero.
std::uint32_t checksum(base::Bytes page) {
  constexpr std::array<std::uint8_t, 4> kZero{};
  std::uint32_t crc = add_to_crc(0, page.first(kChecksumAt));
  crc = add_to_crc(crc, kZero);
  return add_to_crc(crc, page.subspan(kChecksumAt + kZero.size()));
}

}  // namespace

std::string_view to_string(OggError error) {
  switch (error) {
    case OggError::NotOgg: return "an Ogg page does not begin with OggS";
    case OggError::BadVersion: return "an Ogg page has a version other than 0";
    case OggError::BadChecksum: return "an Ogg page has a wrong checksum";
    case OggError::Cut: return "the last Ogg page is incomplete";
    case OggError::Lost: return "an Ogg page is missing";
    case OggError::PacketTooLarge: return "an Ogg packet is larger than 1 MiB";
  }
  return "unknown";
}

bool OggWriter::add(base::Bytes packet, std::uint64_t position, std::vector<std::uint8_t>& out) {
  if (packet.size() > kMaxOggPacket) return false;
  // A packet ends with the first segment of under 255 octets, which may be empty.
  const std::size_t segments = packet.size() / 255 + 1;
  if (lacing_.size() + segments > kMaxOggSegments) flush(out);
  lacing_.insert(lacing_.end(), segments - 1, 255);
  lacing_.push_back(static_cast<std::uint8_t>(packet.size() % 255));
  body_.insert(body_.end(), packet.begin(), packet.end());
  position_ = position;
  ++packets_;
  return true;
}

void OggWriter::flush(std::vector<std::uint8_t>& out) {
  if (packets_ != 0) write_page(0, out);
}

void OggWriter::finish(std::uint64_t position, std::vector<std::uint8_t>& out) {
  position_ = position;
  write_page(kLast, out);
}

void OggWriter::write_page(std::uint8_t flags, std::vector<std::uint8_t>& out) {
  const std::size_t begin = out.size();
  out.resize(begin + kHeadOctets);
  out.insert(out.end(), lacing_.begin(), lacing_.end());
  out.insert(out.end(), body_.begin(), body_.end());
  const auto page = std::span(out).subspan(begin);
  std::copy(kPattern.begin(), kPattern.end(), page.begin());
  page[4] = 0;
  page[5] = static_cast<std::uint8_t>(flags | (sequence_ == 0 ? kFirst : 0));
  detail::put_little(page, kPositionAt, position_, 8);
  detail::put_little(page, kSerialAt, serial_, 4);
  detail::put_little(page, kSequenceAt, sequence_++, 4);
  page[kSegmentsAt] = static_cast<std::uint8_t>(lacing_.size());
  detail::put_little(page, kChecksumAt, checksum(page), 4);
  lacing_.clear();
  body_.clear();
  packets_ = 0;
}

base::Result<std::optional<OggPacket>, OggError> OggReader::next() {
  packet_.clear();
  for (;;) {
    while (lacing_.empty()) {
      if (last_page_) return std::optional<OggPacket>();
      const auto found = next_page();
      if (!found) return base::fail(found.error());
      if (!*found) return std::optional<OggPacket>();
    }
    bool ends = false;
    const base::Bytes part = take_segments(ends);
    if (packet_.size() + part.size() > kMaxOggReadPacket) return base::fail(OggError::PacketTooLarge);
    const bool whole = ends && packet_.empty();
    if (!whole) packet_.insert(packet_.end(), part.begin(), part.end());
    if (!ends) continue;
    OggPacket packet{.octets = whole ? part : base::Bytes(packet_), .position = std::nullopt, .last = false};
    // The position belongs to the last packet that ends on this page. A packet that only starts here counts for the next page.
    const bool more_end_here = std::any_of(lacing_.begin(), lacing_.end(), [](std::uint8_t segment) { return segment < 255; });
    if (!more_end_here && position_ != kNoPosition) packet.position = position_;
    packet.last = last_page_ && !more_end_here;
    return std::optional(packet);
  }
}

/// Returns the octets up to the end of a packet, or of the page.
base::Bytes OggReader::take_segments(bool& ends) {
  std::size_t segments = 0, octets = 0;
  while (segments < lacing_.size() && !ends) {
    octets += lacing_[segments];
    ends = lacing_[segments++] < 255;
  }
  lacing_ = lacing_.subspan(segments);
  const auto part = body_.first(octets);
  body_ = body_.subspan(octets);
  return part;
}

/// Reads the next page of our stream. Returns false at the end of the file.
base::Result<bool, OggError> OggReader::next_page() {
  while (!rest_.empty()) {
    if (!detail::has_text(rest_, 0, kPattern.substr(0, rest_.size()))) return base::fail(OggError::NotOgg);
    if (rest_.size() < kHeadOctets) return base::fail(OggError::Cut);
    if (rest_[4] != 0) return base::fail(OggError::BadVersion);
    const std::size_t segments = rest_[kSegmentsAt];
    if (rest_.size() < kHeadOctets + segments) return base::fail(OggError::Cut);
    std::size_t size = kHeadOctets + segments;
    for (const std::uint8_t segment : rest_.subspan(kHeadOctets, segments)) size += segment;
    if (rest_.size() < size) return base::fail(OggError::Cut);
    const auto page = rest_.first(size);
    rest_ = rest_.subspan(size);
    if (checksum(page) != detail::read_little(page, kChecksumAt, 4)) return base::fail(OggError::BadChecksum);
    if (serial_ && *serial_ != detail::read_little(page, kSerialAt, 4)) continue;
    if (auto entered = enter(page); !entered) return base::fail(entered.error());
    return true;
  }
  return false;
}

base::Result<void, OggError> OggReader::enter(base::Bytes page) {
  const auto sequence = static_cast<std::uint32_t>(detail::read_little(page, kSequenceAt, 4));
  const bool continued = (page[5] & kContinued) != 0;
  if (serial_ && sequence != sequence_) return base::fail(OggError::Lost);
  if (continued != !packet_.empty()) return base::fail(OggError::Lost);  // The other part of a packet is missing.
  serial_ = static_cast<std::uint32_t>(detail::read_little(page, kSerialAt, 4));
  sequence_ = sequence + 1;
  position_ = detail::read_little(page, kPositionAt, 8);
  last_page_ = (page[5] & kLast) != 0;
  lacing_ = page.subspan(kHeadOctets, page[kSegmentsAt]);
  body_ = page.subspan(kHeadOctets + page[kSegmentsAt]);
  return {};
}

}  // namespace offhook::inline v0::media
