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

inline constexpr int kProbationPackets = 4;          ///< in sequence, of another source
inline constexpr int kSsrcPackets = kMinSequential;  ///< in sequence, of another SSRC of the locked source: RFC 3550 appendix A.1
inline constexpr std::size_t kMaxCandidates = 8;   ///< sources in probation at a time; the one silent for longest makes room

struct SourceStatistics {
  std::uint64_t accepted = 0;
  std::uint64_t probation = 0;        ///< not played: its source has not proved itself yet
  std::uint64_t refused_source = 0;   ///< of a source that may not be learnt, or not now
  std::uint64_t refused_ssrc = 0;     ///< from the locked source, another SSRC in probation
  std::uint64_t locks = 0;
  std::uint64_t ssrc_changes = 0;
  std::uint64_t rtcp_accepted = 0, rtcp_refused = 0;
};

/// Which sources besides the SDP's own address may be learnt.
enum class SourceRule : std::uint8_t {
  SdpAddress,  ///< none
  PeerHosts,   ///< any port of the SDP's host, and of the host that the signalling comes from: a peer behind a NAT
  AnyHost,     ///< any source; a stranger that sends before the peer does gets our audio, until the SDP's address is heard
};

/// The addresses of the peer's media, and the hosts that it may come from.
struct ExpectedSource {
  base::SocketAddress rtp, rtcp;       ///< the SDP's; an unspecified ip (0.0.0.0, ::) or port 0 counts as none
  base::IpAddress signalling_host;     ///< where the peer's SIP messages come from; unspecified: unknown
  SourceRule rule = SourceRule::PeerHosts;
};

/// Decides whose RTP is played and where ours goes (defence against RTP Bleed and RTP Inject: CVE-2017-14099, CVE-2025-53399).
///
/// The SDP's own address is accepted at its first packet, whatever was learnt before, and stays locked until relearn(). Another
/// source is learnt only when `ExpectedSource::rule` allows its host. It must send kProbationPackets packets in sequence of one
/// SSRC within kProbationWindow, none of which is played. Then it is locked until the SDP's address is heard, until relearn(), or
/// until it was silent for `silence_limit` and another allowed source has proved itself; ours goes to the old one until then.
/// Pure: no I/O, no clock, no allocation.
class SourcePolicy {
 public:
  static constexpr base::Duration kProbationWindow = std::chrono::seconds(2);
  enum class Verdict : std::uint8_t { Accept, Probation, RefuseSource, RefuseSsrc };

  explicit SourcePolicy(base::Duration silence_limit = std::chrono::seconds(10)) : silence_limit_(silence_limit) {}

  /// Takes effect with the next packet. Call relearn() too when the SDP's addresses changed.
  void expect(const ExpectedSource& expected);
  /// Forgets the source (re-INVITE): ours goes to the SDP's address until one is locked.
  void relearn();

  /// For each packet that parsed as RTP. Play it only on Accept.
  [[nodiscard]] Verdict on_rtp(const base::SocketAddress& from, std::uint32_t ssrc, std::uint16_t sequence, base::TimePoint now);
  /// For each compound that parsed as RTCP: accepted from the SDP's RTCP address at any time. Else from the locked RTP source's ip
  /// with the locked SSRC, where the rule allows that host, on one port that is then locked.
  [[nodiscard]] bool on_rtcp(const base::SocketAddress& from, std::uint32_t sender_ssrc);

  /// For each SSRC of an RTCP BYE from an accepted source (RFC 3550 section 6.6). When it is the locked one, another SSRC of the locked
  /// source is accepted at its first packet; the one that left has to prove itself as a new one does, for packets may overtake a BYE.
  void on_bye(std::uint32_t ssrc);

  /// Where our RTP goes: the locked source, else the SDP's address, else nowhere.
  [[nodiscard]] std::optional<base::SocketAddress> rtp_destination() const;
  [[nodiscard]] std::optional<base::SocketAddress> rtcp_destination() const;
  [[nodiscard]] std::optional<base::SocketAddress> locked() const { return source_; }
  /// Whether the SDP's own address is locked: then only relearn() changes the source.
  [[nodiscard]] bool is_final() const { return source_ && source_ == expected_rtp_; }
  [[nodiscard]] std::optional<std::uint32_t> ssrc() const { return ssrc_; }
  /// Whether a packet is of the locked source and its SSRC.
  [[nodiscard]] bool is_of_source(const base::SocketAddress& from, std::uint32_t ssrc) const { return from == source_ && ssrc == ssrc_ && !has_left_; }
  /// When the locked source was last heard.
  [[nodiscard]] std::optional<base::TimePoint> last_heard() const { return last_heard_; }
  [[nodiscard]] const SourceStatistics& statistics() const { return counts_; }
  /// Asks for what is touched once a source is locked to be in the cache soon.
  void prefetch() const { base::prefetch_between(this, &candidates_); }

 private:
  struct Candidate {
    base::SocketAddress from;
    std::uint32_t ssrc = 0;
    std::uint16_t next_sequence = 0;
    int in_row = 0;                    // 0: free
    base::TimePoint first{}, last{};
  };
  [[nodiscard]] bool may_learn(const base::IpAddress& host) const;
  [[nodiscard]] Verdict on_other_source(const base::SocketAddress& from, std::uint32_t ssrc, std::uint16_t sequence, base::TimePoint now);
  [[nodiscard]] Verdict on_source(std::uint32_t ssrc, std::uint16_t sequence, base::TimePoint now);
  [[nodiscard]] bool proves_itself(const base::SocketAddress& from, std::uint32_t ssrc, std::uint16_t sequence,
                                   base::TimePoint now, int packets);
  void lock(const base::SocketAddress& from, std::uint32_t ssrc, base::TimePoint now);
  Verdict accept(base::TimePoint now);

  base::Duration silence_limit_;
  std::optional<base::SocketAddress> expected_rtp_, expected_rtcp_;
  base::IpAddress sdp_host_, signalling_host_;       // unspecified: unknown
  SourceRule rule_ = SourceRule::PeerHosts;
  std::optional<base::SocketAddress> source_;        // locked
  std::optional<base::SocketAddress> rtcp_source_;
  std::optional<std::uint32_t> ssrc_;
  bool has_left_ = false;                            // ssrc_ said BYE
  std::optional<base::TimePoint> last_heard_;
  SourceStatistics counts_;
  std::array<Candidate, kMaxCandidates> candidates_{};   // last: a locked source that goes on needs none of them
};

}  // namespace offhook::inline v0::rtp
