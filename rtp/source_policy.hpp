#pragma once

#include <offhook/base/prefetch.hpp>
#include <offhook/base/socket_address.hpp>
#include <offhook/base/time.hpp>

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>

namespace offhook::inline v0::rtp {

inline constexpr int kProbationPackets = 4;
inline constexpr std::size_t kMaxCandidates = 8;   ///< sources in probation at a time; the one silent for longest makes room

struct SourceStatistics {
  std::uint64_t accepted = 0;
  std::uint64_t probation = 0;        ///< not played: its source has not proved itself yet
  std::uint64_t refused_source = 0;   ///< from elsewhere while locked
  std::uint64_t refused_ssrc = 0;     ///< from the locked source, another SSRC in probation
  std::uint64_t locks = 0;
  std::uint64_t ssrc_changes = 0;
  std::uint64_t rtcp_accepted = 0, rtcp_refused = 0;
};

/// Whose RTP is heard, and where ours goes (defence against RTP Bleed and RTP Inject: CVE-2017-14099, CVE-2025-53399).
///
/// The address of the SDP is believed at its first packet. Any other source (NAT, early media from elsewhere) must send
/// kProbationPackets packets in sequence of one SSRC within kProbationWindow, none of which is played. Who is believed is
/// locked: stray or hostile packets never move it, whatever their number, not even the SDP's own address. It is learnt anew
/// after relearn() (re-INVITE) or when the locked source was silent for `silence_limit`. Even then ours goes to the old
/// address until a new one has proved itself. Pure: no I/O, no clock, no allocation.
class SourcePolicy {
 public:
  static constexpr base::Duration kProbationWindow = std::chrono::seconds(2);
  enum class Verdict : std::uint8_t { Accept, Probation, RefuseSource, RefuseSsrc };

  explicit SourcePolicy(base::Duration silence_limit = std::chrono::seconds(10)) : silence_limit_(silence_limit) {}

  /// The remote addresses of the SDP; an unspecified ip (0.0.0.0, ::) or port 0 counts as none. Call relearn() too when they
  /// changed.
  void expect(const base::SocketAddress& rtp, const base::SocketAddress& rtcp);
  void relearn();

  /// For each packet that parsed as RTP. Play it only on Accept.
  [[nodiscard]] Verdict on_rtp(const base::SocketAddress& from, std::uint32_t ssrc, std::uint16_t sequence, base::TimePoint now);
  /// For each compound that parsed as RTCP: believed from the SDP's RTCP address, or from the locked RTP source's ip with the
  /// locked SSRC, on one port that is then locked.
  [[nodiscard]] bool on_rtcp(const base::SocketAddress& from, std::uint32_t sender_ssrc);

  /// Where our RTP goes: the locked source, else the SDP's address, else nowhere.
  [[nodiscard]] std::optional<base::SocketAddress> rtp_destination() const;
  [[nodiscard]] std::optional<base::SocketAddress> rtcp_destination() const;
  [[nodiscard]] std::optional<base::SocketAddress> locked() const { return learning_ ? std::nullopt : source_; }
  [[nodiscard]] std::optional<std::uint32_t> ssrc() const { return ssrc_; }
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
  [[nodiscard]] bool proves_itself(const base::SocketAddress& from, std::uint32_t ssrc, std::uint16_t sequence,
                                   base::TimePoint now);
  void lock(const base::SocketAddress& from, std::uint32_t ssrc, base::TimePoint now);
  Verdict accept(base::TimePoint now);

  base::Duration silence_limit_;
  std::optional<base::SocketAddress> expected_rtp_, expected_rtcp_;
  bool learning_ = true;
  std::optional<base::SocketAddress> source_;        // locked, or while learning the last one that was
  std::optional<base::SocketAddress> rtcp_source_;
  std::optional<std::uint32_t> ssrc_;
  std::optional<base::TimePoint> last_heard_;
  SourceStatistics counts_;
  std::array<Candidate, kMaxCandidates> candidates_{};   // last: looked at while learning alone
};

}  // namespace offhook::inline v0::rtp
