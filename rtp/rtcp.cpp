#include <offhook/rtp/rtcp.hpp>

#include <algorithm>

namespace offhook::inline v0::rtp {
namespace {

constexpr std::uint8_t kSr = 200, kRr = 201, kSdes = 202, kBye = 203;
constexpr std::uint8_t kSdesEnd = 0, kSdesCname = 1;
constexpr std::size_t kBlockWords = 6;

std::string_view as_text(base::Bytes bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// One packet of the compound, with a checked header and without padding.
struct Framed {
  std::uint8_t count = 0;
  std::uint8_t type = 0;
  bool padded = false;
  base::Bytes body;
};

// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// |V=2|P|   RC    |      PT       |             length            |  length: words of 32 bits, minus one
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
base::Result<Framed, RtcpError> take_framed(base::ByteReader& reader) {
  const std::uint8_t first = reader.u8();
  Framed framed{.count = static_cast<std::uint8_t>(first & 0x1F), .type = reader.u8(), .padded = (first & 0x20) != 0, .body = {}};
  const std::size_t words = reader.u16();
  framed.body = reader.take(words * 4);
  if (!reader.ok()) return base::fail(RtcpError::BadLength);
  if (first >> 6 != 2) return base::fail(RtcpError::BadVersion);
  if (framed.padded) {
    if (reader.remaining() != 0 || framed.body.empty())
      return base::fail(RtcpError::BadPadding);  // Only the last packet may have padding: RFC 3550 section 6.4.1
    const std::size_t padding = framed.body.back();
    if (padding == 0 || padding % 4 != 0 || padding > framed.body.size()) return base::fail(RtcpError::BadPadding);
    framed.body = framed.body.first(framed.body.size() - padding);
  }
  return framed;
}

// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// |                 SSRC_n (SSRC of n-th source)                  |
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// | fraction lost |       cumulative number of packets lost       |
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// |           extended highest sequence number received           |
// |                      interarrival jitter                      |
// |                         last SR (LSR)                         |
// |                   delay since last SR (DLSR)                  |
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
ReportBlocks take_blocks(base::ByteReader& reader, std::size_t count) {
  ReportBlocks blocks;
  blocks.count = count;  // The count field has five bits, so that it is at most kMaxReportBlocks.
  for (std::size_t i = 0; i < count; ++i) {
    ReportBlock& block = blocks.items[i];
    block.ssrc = reader.u32();
    block.fraction_lost = reader.u8();
    const std::uint32_t lost = reader.u24();
    block.cumulative_lost = static_cast<std::int32_t>(lost) - ((lost & 0x800000) != 0 ? 0x1000000 : 0);
    block.highest_sequence = reader.u32();
    block.jitter = reader.u32();
    block.last_sr = reader.u32();
    block.delay_since_last_sr = reader.u32();
  }
  return blocks;
}

std::optional<RtcpPacket> parse_sender_report(const Framed& framed) {
  base::ByteReader reader(framed.body);
  SenderReport report;
  report.ssrc = reader.u32();
  report.ntp.value = reader.u64();
  report.rtp_timestamp = reader.u32();
  report.packets = reader.u32();
  report.octets = reader.u32();
  report.blocks = take_blocks(reader, framed.count);
  if (!reader.ok()) return std::nullopt;
  return report;  // A profile-specific extension may follow the blocks: RFC 3550 section 6.4.3.
}

std::optional<RtcpPacket> parse_receiver_report(const Framed& framed) {
  base::ByteReader reader(framed.body);
  ReceiverReport report;
  report.ssrc = reader.u32();
  report.blocks = take_blocks(reader, framed.count);
  if (!reader.ok()) return std::nullopt;
  return report;
}

/// Takes the items of one chunk up to its null octet. The reader is then at the next word boundary of the body. RFC 3550 section 6.5.
bool take_chunk(base::ByteReader& reader, std::size_t body_size, std::string_view& cname) {
  while (reader.ok()) {
    const std::uint8_t item = reader.u8();
    if (!reader.ok()) return false;
    if (item == kSdesEnd) {
      const std::size_t used = body_size - reader.remaining();
      reader.take((4 - used % 4) % 4);
      return reader.ok();
    }
    const std::size_t size = reader.u8();
    const auto text = reader.take(size);
    if (!reader.ok()) return false;
    if (item == kSdesCname && cname.empty()) cname = as_text(text);
  }
  return false;
}

std::optional<RtcpPacket> parse_source_description(const Framed& framed) {
  base::ByteReader reader(framed.body);
  SourceDescription description;
  for (std::size_t chunk = 0; chunk < framed.count; ++chunk) {
    const std::uint32_t ssrc = reader.u32();
    std::string_view cname;
    if (!reader.ok() || !take_chunk(reader, framed.body.size(), cname)) return std::nullopt;
    if (chunk == 0) description = {ssrc, cname};
  }
  return description;
}

std::optional<RtcpPacket> parse_bye(const Framed& framed) {
  base::ByteReader reader(framed.body);
  Bye bye;
  bye.count = framed.count;
  for (std::size_t i = 0; i < bye.count; ++i) bye.ssrcs[i] = reader.u32();
  if (reader.ok() && reader.remaining() != 0) {
    const std::size_t size = reader.u8();
    bye.reason = as_text(reader.take(size));
  }
  if (!reader.ok()) return std::nullopt;
  return bye;
}

std::optional<RtcpPacket> parse_body(const Framed& framed) {
  switch (framed.type) {
    case kSr: return parse_sender_report(framed);
    case kRr: return parse_receiver_report(framed);
    case kSdes: return parse_source_description(framed);
    case kBye: return parse_bye(framed);
    default: return OtherRtcp{framed.type, framed.body};
  }
}

}  // namespace

std::string_view to_string(RtcpError error) {
  switch (error) {
    case RtcpError::TooShort: return "the datagram has fewer than 8 octets";
    case RtcpError::BadVersion: return "a packet is not RTCP version 2";
    case RtcpError::NotACompound: return "the datagram does not start with SR or RR";
    case RtcpError::BadLength: return "the lengths of the packets do not add up to the datagram";
    case RtcpError::BadPadding: return "the padding is wrong, or is not in the last packet";
    case RtcpError::BadBody: return "a packet is shorter than its contents";
    case RtcpError::TooMany: return "the datagram has more than 32 packets";
  }
  return "unknown";
}

base::Result<CompoundReader, RtcpError> CompoundReader::open(base::Bytes datagram) {
  constexpr std::size_t kSmallest = 8;  // The size of an empty RR.
  if (datagram.size() < kSmallest) return base::fail(RtcpError::TooShort);
  base::ByteReader reader(datagram);
  for (std::size_t packets = 0; reader.remaining() != 0; ++packets) {
    if (packets == kMaxRtcpPackets) return base::fail(RtcpError::TooMany);
    const auto framed = take_framed(reader);
    if (!framed) return base::fail(framed.error());
    if (packets == 0 && framed->type != kSr && framed->type != kRr) return base::fail(RtcpError::NotACompound);
    if (!parse_body(*framed)) return base::fail(RtcpError::BadBody);
  }
  CompoundReader compound(datagram);
  base::ByteReader sender(datagram.subspan(4));
  compound.sender_ = sender.u32();
  return compound;
}

std::optional<RtcpPacket> CompoundReader::next() {
  if (rest_.empty()) return std::nullopt;
  base::ByteReader reader(rest_);
  const auto framed = take_framed(reader);  // Cannot fail: open() has checked the same octets.
  if (!framed) return std::nullopt;
  rest_ = reader.rest();
  return parse_body(*framed);
}

void CompoundWriter::begin(std::uint8_t count, std::uint8_t type, std::size_t words_behind) {
  out_.u8(static_cast<std::uint8_t>(0x80 | (count & 0x1F)));
  out_.u8(type);
  out_.u16(static_cast<std::uint16_t>(words_behind));
}

void CompoundWriter::blocks(const ReportBlocks& blocks) {
  constexpr std::int32_t kMost = 0x7FFFFF, kLeast = -0x800000;  // 24 bits
  for (std::size_t i = 0; i < std::min(blocks.count, kMaxReportBlocks); ++i) {
    const ReportBlock& block = blocks.items[i];
    out_.u32(block.ssrc);
    out_.u8(block.fraction_lost);
    out_.u24(static_cast<std::uint32_t>(std::clamp(block.cumulative_lost, kLeast, kMost)) & 0xFFFFFF);
    out_.u32(block.highest_sequence);
    out_.u32(block.jitter);
    out_.u32(block.last_sr);
    out_.u32(block.delay_since_last_sr);
  }
}

void CompoundWriter::sender_report(const SenderReport& report) {
  const std::size_t count = std::min(report.blocks.count, kMaxReportBlocks);
  begin(static_cast<std::uint8_t>(count), kSr, 6 + count * kBlockWords);
  out_.u32(report.ssrc);
  out_.u64(report.ntp.value);
  out_.u32(report.rtp_timestamp);
  out_.u32(report.packets);
  out_.u32(report.octets);
  blocks(report.blocks);
}

void CompoundWriter::receiver_report(const ReceiverReport& report) {
  const std::size_t count = std::min(report.blocks.count, kMaxReportBlocks);
  begin(static_cast<std::uint8_t>(count), kRr, 1 + count * kBlockWords);
  out_.u32(report.ssrc);
  blocks(report.blocks);
}

void CompoundWriter::cname(std::uint32_t ssrc, std::string_view cname) {
  cname = cname.substr(0, kMaxSdesText);
  const std::size_t items = 2 + cname.size() + 1;  // At least one null octet ends the list: RFC 3550 section 6.5.
  const std::size_t padded = (items + 3) / 4 * 4;
  begin(1, kSdes, 1 + padded / 4);
  out_.u32(ssrc);
  out_.u8(kSdesCname);
  out_.u8(static_cast<std::uint8_t>(cname.size()));
  for (const char c : cname) out_.u8(static_cast<std::uint8_t>(c));
  for (std::size_t i = 2 + cname.size(); i < padded; ++i) out_.u8(0);
}

void CompoundWriter::bye(std::uint32_t ssrc, std::string_view reason) {
  reason = reason.substr(0, kMaxSdesText);
  const std::size_t padded = reason.empty() ? 0 : (1 + reason.size() + 3) / 4 * 4;
  begin(1, kBye, 1 + padded / 4);
  out_.u32(ssrc);
  if (reason.empty()) return;
  out_.u8(static_cast<std::uint8_t>(reason.size()));
  for (const char c : reason) out_.u8(static_cast<std::uint8_t>(c));
  for (std::size_t i = 1 + reason.size(); i < padded; ++i) out_.u8(0);
}

void CompoundWriter::other(std::uint8_t type, base::Bytes body) {
  begin(0, type, body.size() / 4);
  out_.bytes(body.first(body.size() / 4 * 4));
}

std::optional<std::size_t> CompoundWriter::finish() const {
  if (!out_.ok()) return std::nullopt;
  return out_.size();
}

}  // namespace offhook::inline v0::rtp
