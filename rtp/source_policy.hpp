#pragma once

#include <offhook/base/prefetch.hpp>
#include <offhook/base/socket_address.hpp>
#include <offhook/base/time.hpp>
#include <offhook/rtp/sequence.hpp>

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>

namespace offhook::inline v0::rtp {

inline constexpr int kProbationPackets = 4;          ///< packets in sequence that another source must send
inline constexpr int kSsrcPackets = kMinSequential;  ///< packets in sequence that another SSRC of the locked source must send: RFC 3550 appendix A.1
inline constexpr std::size_t kMaxCandidates = 8;   ///< sources in probation at a time; a new source replaces the source that has been silent for longest
inline constexpr std::size_t kMaxProvenSources = 8;  ///< limit of a peer's addresses, besides the SDP's, from which ICE lets media come

/// Addresses at which the peer receives and sends, as ICE has found out; unused places have port 0.
using ProvenSources = std::array<base::SocketAddress, kMaxProvenSources>;

struct SourceStatistics {
  std::uint64_t accepted = 0;
  std::uint64_t probation = 0;        ///< packets not played, because their source is still in probation
  std::uint64_t refused_source = 0;   ///< packets of a source that the rule never allows, or that may not be learnt at present
  std::uint64_t refused_ssrc = 0;     ///< packets of the locked source with another SSRC, which is in probation
  std::uint64_t locks = 0;
  std::uint64_t ssrc_changes = 0;
  std::uint64_t rtcp_accepted = 0, rtcp_refused = 0;
};

/// Selects the sources, besides the SDP's own address, that may be learnt.
enum class SourceRule : std::uint8_t {
  SdpAddress,  ///< no other source
  PeerHosts,   ///< any port of the SDP's host, and of the host that sends the signalling: for a peer behind a NAT
  AnyHost,     ///< any source; a third party that sends before the peer gets our audio until a packet from the SDP's address comes
};

/// The addresses of the peer's media, and the hosts that its media may come from.
struct ExpectedSource {
  base::SocketAddress rtp, rtcp;       ///< from the SDP; an unspecified ip (0.0.0.0, ::) or port 0 means that there is no address
  base::IpAddress signalling_host;     ///< source of the peer's SIP messages; unspecified if it is unknown
  SourceRule rule = SourceRule::PeerHosts;
  ProvenSources proven{};              ///< the peer may send along another path of ICE than this side: RFC 8445 section 12.2
};

/// Decides which RTP is played and where our RTP goes, as a defence against RTP Bleed and RTP Inject (CVE-2017-14099, CVE-2025-53399).
///
/// The SDP's own address is accepted at its first packet, even if another source was learnt before, and stays locked until relearn(). Another source
/// is learnt only if `ExpectedSource::rule` allows its host. This source must send kProbationPackets packets in sequence of one SSRC within kProbationWindow.
/// The last of them is the first one that is played, as in RFC 3550 appendix A.1. The source is then locked until a packet from the SDP's address
/// comes, or until relearn(). The lock also ends when the source was silent for `silence_limit` and another allowed source has passed its probation;
/// until then, our RTP goes to the old source. With ICE, `rtp` is the address of the path, and a packet from `ExpectedSource::proven` counts as if it came from
/// `rtp`. Pure: no I/O, no clock, no allocation.
///
/// Deviation: RFC 8445 section 12.2 recommends to receive on all candidates. While this side has no path (`rtp` is unspecified), this class plays nothing.
/// After that, it plays only packets from addresses that ICE has checked, because media without SRTP have no other proof of their source.
class SourcePolicy {
 public:
  static constexpr base::Duration kProbationWindow = std::chrono::seconds(2);
  enum class Verdict : std::uint8_t { Accept, Probation, RefuseSource, RefuseSsrc };

  explicit SourcePolicy(base::Duration silence_limit = std::chrono::seconds(10)) : silence_limit_(silence_limit) {}

  /// Sets the expected source from the next packet on. Call relearn() too when the SDP's addresses changed.
  void expect(const ExpectedSource& expected);
  /// Forgets the source (re-INVITE). Our RTP then goes to the SDP's address until a source is locked.
  void relearn();

  /// Call it for each packet that was parsed as RTP. Play the packet only if it returns Accept.
  [[nodiscard]] Verdict on_rtp(const base::SocketAddress& from, std::uint32_t ssrc, std::uint16_t sequence, base::TimePoint now);
  /// Call it for each compound that was parsed as RTCP. Returns true if it accepts the source: the SDP's RTCP address at any time, and otherwise the
  /// locked RTP source's ip with the locked SSRC, if the rule allows that host. The first port accepted in this way is then locked.
  [[nodiscard]] bool on_rtcp(const base::SocketAddress& from, std::uint32_t sender_ssrc);

  /// Call it for each SSRC of an RTCP BYE from an accepted source (RFC 3550 section 6.6). After a BYE of the locked SSRC, another SSRC of the locked
  /// source is accepted at its first packet. The SSRC that left must pass the probation as a new one, because packets may overtake a BYE.
  void on_bye(std::uint32_t ssrc);

  /// Returns the destination of our RTP: the locked source, otherwise the SDP's address, otherwise nullopt.
  [[nodiscard]] std::optional<base::SocketAddress> rtp_destination() const;
  [[nodiscard]] std::optional<base::SocketAddress> rtcp_destination() const;
  [[nodiscard]] std::optional<base::SocketAddress> locked() const { return source_; }
  /// Returns true if the SDP's own address is locked. Then only relearn() changes the source.
  [[nodiscard]] bool is_final() const { return source_ && source_ == expected_rtp_; }
  [[nodiscard]] std::optional<std::uint32_t> ssrc() const { return ssrc_; }
  /// Returns true if a packet is from the locked source and has its SSRC.
  [[nodiscard]] bool is_of_source(const base::SocketAddress& from, std::uint32_t ssrc) const {
    return ssrc == ssrc_ && !has_left_ && (from == source_ || (is_final() && is_proven(from)));
  }
  /// Returns when the last packet of the locked source came.
  [[nodiscard]] std::optional<base::TimePoint> last_heard() const { return last_heard_; }
  [[nodiscard]] const SourceStatistics& statistics() const { return counts_; }
  /// Prefetches the data that is used once a source is locked.
  void prefetch() const { base::prefetch_between(this, &candidates_); }

 private:
  struct Candidate {
    base::SocketAddress from;
    std::uint32_t ssrc = 0;
    std::uint16_t next_sequence = 0;
    int in_row = 0;                    // packets in a row; 0 if this place is free
    base::TimePoint first{}, last{};
  };
  [[nodiscard]] bool may_learn(const base::IpAddress& host) const;
  [[nodiscard]] bool is_proven(const base::SocketAddress& from) const;
  [[nodiscard]] Verdict on_other_source(const base::SocketAddress& from, std::uint32_t ssrc, std::uint16_t sequence, base::TimePoint now);
  [[nodiscard]] Verdict on_source(std::uint32_t ssrc, std::uint16_t sequence, base::TimePoint now);
  [[nodiscard]] bool proves_itself(const base::SocketAddress& from, std::uint32_t ssrc, std::uint16_t sequence,
                                   base::TimePoint now, int packets);
  void lock(const base::SocketAddress& from, std::uint32_t ssrc, base::TimePoint now);
  Verdict accept(base::TimePoint now);

  base::Duration silence_limit_;
  std::optional<base::SocketAddress> expected_rtp_, expected_rtcp_;
  base::IpAddress sdp_host_, signalling_host_;       // unspecified if unknown
  SourceRule rule_ = SourceRule::PeerHosts;
  std::optional<base::SocketAddress> source_;        // locked
  std::optional<base::SocketAddress> rtcp_source_;
  std::optional<std::uint32_t> ssrc_;
  bool has_left_ = false;                            // true if ssrc_ sent a BYE
  std::optional<base::TimePoint> last_heard_;
  SourceStatistics counts_;
  std::array<Candidate, kMaxCandidates> candidates_{};   // last, because a locked source that continues needs none of them
  ProvenSources proven_{};
};

}  // namespace offhook::inline v0::rtp
