#pragma once

#include <offhook/base/bytes.hpp>
#include <offhook/base/result.hpp>
#include <offhook/rtp/ntp.hpp>

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <variant>

namespace offhook::inline v0::rtp {

inline constexpr std::size_t kMaxReportBlocks = 31;     ///< the RC field has five bits
inline constexpr std::size_t kMaxRtcpPackets = 32;      ///< limit of packets in one compound
inline constexpr std::size_t kMaxSdesText = 255;        ///< the length field has eight bits

/// A report block of RFC 3550 section 6.4.1.
struct ReportBlock {
  std::uint32_t ssrc = 0;                ///< the source that the block describes
  std::uint8_t fraction_lost = 0;        ///< share of packets lost since the last report, in 1/256
  std::int32_t cumulative_lost = 0;      ///< 24 bits, signed; duplicates can make it negative
  std::uint32_t highest_sequence = 0;    ///< extended by the count of its wraps
  std::uint32_t jitter = 0;              ///< interarrival jitter in RTP units
  std::uint32_t last_sr = 0;             ///< NtpTime::middle() of the last sender report; 0 before the first report
  std::uint32_t delay_since_last_sr = 0; ///< time since that sender report, in 1/65536 s
  friend bool operator==(const ReportBlock&, const ReportBlock&) = default;
};
struct ReportBlocks {
  std::array<ReportBlock, kMaxReportBlocks> items{};
  std::size_t count = 0;
  [[nodiscard]] std::span<const ReportBlock> all() const { return {items.data(), count}; }
};
struct SenderReport {
  std::uint32_t ssrc = 0;
  NtpTime ntp{};
  std::uint32_t rtp_timestamp = 0;
  std::uint32_t packets = 0;
  std::uint32_t octets = 0;
  ReportBlocks blocks{};
};
struct ReceiverReport {
  std::uint32_t ssrc = 0;
  ReportBlocks blocks{};
};
/// An SDES packet, of which only the first chunk is read, because a telephone has one source. RFC 3550 section 6.5.
struct SourceDescription {
  std::uint32_t ssrc = 0;
  std::string_view cname;                ///< borrows from the datagram; untrusted bytes of the peer
};
struct Bye {
  std::array<std::uint32_t, kMaxReportBlocks> ssrcs{};
  std::size_t count = 0;
  std::string_view reason;               ///< borrows from the datagram
};
/// A packet of any other type (APP, feedback, XR). Its header is valid; its content is not checked.
struct OtherRtcp {
  std::uint8_t type = 0;
  base::Bytes body{};
};
using RtcpPacket = std::variant<SenderReport, ReceiverReport, SourceDescription, Bye, OtherRtcp>;

enum class RtcpError : std::uint8_t {
  TooShort,         ///< fewer than 8 octets
  BadVersion,       ///< a packet is not version 2
  NotACompound,     ///< the datagram does not start with SR or RR (RFC 3550 appendix A.2)
  BadLength,        ///< the lengths do not add up to the datagram
  BadPadding,
  BadBody,          ///< a count or a text is longer than its packet allows
  TooMany,          ///< more than kMaxRtcpPackets
};
[[nodiscard]] std::string_view to_string(RtcpError error);

/// Reads the packets of a compound, which open() checks as a whole. RFC 3550 section 6.1, appendix A.2. Borrows from the datagram.
class CompoundReader {
 public:
  /// Checks the compound. Refuses reduced-size RTCP (RFC 5506) as NotACompound, because Offhook offers nothing that allows it.
  [[nodiscard]] static base::Result<CompoundReader, RtcpError> open(base::Bytes datagram);
  [[nodiscard]] std::optional<RtcpPacket> next();
  /// Returns the SSRC of the first packet, which is the sender's.
  [[nodiscard]] std::uint32_t sender() const { return sender_; }

 private:
  explicit CompoundReader(base::Bytes rest) : rest_(rest) {}
  base::Bytes rest_;
  std::uint32_t sender_ = 0;
};

/// Writes a compound into the buffer `out`. Use the functions in this order: a report, cname(), other(), bye().
class CompoundWriter {
 public:
  explicit CompoundWriter(std::span<std::uint8_t> out) : out_(out) {}
  void sender_report(const SenderReport& report);       ///< writes at most kMaxReportBlocks blocks
  void receiver_report(const ReceiverReport& report);
  void cname(std::uint32_t ssrc, std::string_view cname);    ///< writes at most kMaxSdesText octets of `cname`
  void bye(std::uint32_t ssrc, std::string_view reason);     ///< writes at most kMaxSdesText octets of `reason`; "" for no reason
  void other(std::uint8_t type, base::Bytes body);           ///< `body` has whole words, as write_voip_metrics() writes them; the count is 0
  /// Returns the octets written, or nullopt if the compound did not fit.
  [[nodiscard]] std::optional<std::size_t> finish() const;

 private:
  void blocks(const ReportBlocks& blocks);
  void begin(std::uint8_t count, std::uint8_t type, std::size_t words_behind);
  base::ByteWriter out_;
};

}  // namespace offhook::inline v0::rtp
