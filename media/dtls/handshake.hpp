#pragma once

#include <offhook/base/bytes.hpp>
#include <offhook/base/time.hpp>
#include <offhook/media/dtls/endpoint.hpp>
#include <offhook/media/dtls/failure.hpp>
#include <offhook/media/dtls/fingerprint.hpp>
#include <offhook/media/dtls/role.hpp>
#include <offhook/rtp/srtp/master_key.hpp>
#include <offhook/rtp/srtp/suite.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

struct ssl_st;  // SSL of OpenSSL

namespace offhook::inline v0::media {

namespace detail {
class DatagramBio;
class PeerCheck;
class RecordScreen;
}

struct DtlsOptions {
  /// The suites of SRTP, the preferred one first. As a server this side chooses by its own order. The default prefers AES-GCM with 128 bits: it is the
  /// fastest suite, it authenticates with 16 octets, and a key of 256 bits would be no stronger than the handshake, whose curve P-256 has the strength of 128
  /// bits.
  std::vector<rtp::SrtpSuite> suites{rtp::SrtpSuite::AeadAes128Gcm, rtp::SrtpSuite::AeadAes256Gcm, rtp::SrtpSuite::AesCm128Sha1_80,
                                     rtp::SrtpSuite::AesCm128Sha1_32};
  /// True if a description with fingerprints by SHA-1 alone is good enough. SHA-1 no longer resists collisions.
  bool accept_sha1 = false;
  /// Time before the first repetition of a flight. It doubles with each repetition, up to kMaxResend. Deviation: RFC 6347 section 4.2.4.1 recommends 1 s, and
  /// a maximum of 60 s. Here a caller waits for a voice, and a flight is one or two datagrams: a repetition every three seconds is no load for a network.
  base::Duration first_resend = std::chrono::milliseconds(400);
  /// Time from start() to the failure Timeout. OpenSSL repeats a flight at most 12 times, which ends a handshake without an answer after 33 s.
  base::Duration limit = std::chrono::seconds(30);
};

/// The keys of SRTP that a handshake gives: RFC 5764 section 4.2.
struct DtlsKeys {
  rtp::SrtpMasterKey send;      ///< client_write of a client, server_write of a server
  rtp::SrtpMasterKey receive;   ///< the other one
};

/// One association of DTLS-SRTP (RFC 5764), between this side and one peer, on OpenSSL. It opens no socket and reads no clock: its owner feeds it datagrams
/// and the time, and sends what poll_transmit() returns. A call without rtcp-mux needs one for RTP and one for RTCP (RFC 5764 section 4.2).
///
/// The owner passes only datagrams of DTLS (rtp::kind_of) that come from the peer's address: that of ICE, or, without ICE, that of the description or of a
/// NAT in front of it. This class cannot know the address. It does not send a HelloVerifyRequest, because ICE has already proven the address. The fingerprint
/// alone proves the peer: RFC 5763 section 5.
///
/// Attackers who send in the peer's name: a plain alert does not end the association, and neither do malformed records (detail::RecordScreen). If the
/// messages of a handshake are wrong, a server begins again up to kMaxAttempts times, so that the peer can still connect. After such a failure or an alert,
/// the peer has kGrace to make progress before the failure is final. A client cannot begin again, because the server would ignore its second ClientHello.
///
/// Use an object on one thread at a time; objects of one endpoint may run on different threads. A handshake takes about a millisecond of processor time: run
/// it on no thread of the media.
class DtlsHandshake {
 public:
  enum class State : std::uint8_t {
    New,            ///< no datagram was sent or received
    Handshaking,
    Unverified,     ///< the handshake is complete, but start() has not yet named the peer: there are no keys
    Connected,      ///< the keys are valid
    Closed,         ///< close() ended the association
    ClosedByPeer,   ///< the peer ended the association by close_notify; the keys stay valid
    Failed,
  };
  static constexpr std::size_t kMtu = 1200;                     ///< octets of the longest datagram that this side sends
  static constexpr std::size_t kMaxDatagramOctets = 2048;       ///< longer datagrams are dropped
  static constexpr std::size_t kMaxDatagramsPerSecond = 128;    ///< further ones are dropped
  static constexpr std::size_t kMaxQueued = 64;                 ///< datagrams that wait in poll_transmit(); further ones are lost
  static constexpr std::size_t kMaxAttempts = 8;                ///< handshakes that a server begins
  static constexpr base::Duration kMaxResend = std::chrono::seconds(3);
  static constexpr base::Duration kGrace = std::chrono::seconds(5);

  /// The suites must not be empty.
  DtlsHandshake(const DtlsEndpoint& endpoint, DtlsRole role, DtlsOptions options = {});
  DtlsHandshake(const DtlsHandshake&) = delete;
  DtlsHandshake& operator=(const DtlsHandshake&) = delete;
  ~DtlsHandshake();

  /// Names the peer by the fingerprints of its description, and begins. Call it once. A client sends its first message now. A server also handles datagrams
  /// that come before, because a peer can start before its answer arrives (RFC 8842 section 5.2).
  void start(std::vector<DtlsFingerprint> described, base::TimePoint now);
  /// Takes a datagram of the peer. A client ignores datagrams before start(). Returns true if the handshake has gone on: then whoever sent the datagram takes part in it.
  bool on_datagram(base::Bytes datagram, base::TimePoint now);
  void on_time(base::TimePoint now);
  [[nodiscard]] std::optional<base::TimePoint> next_deadline() const;
  /// Returns the next datagram to send, of at most kMtu octets, or nullopt. It is valid until another function of this object runs.
  [[nodiscard]] std::optional<base::Bytes> poll_transmit();
  /// Ends the association. Sends close_notify if the handshake is complete.
  void close();

  [[nodiscard]] State state() const { return state_; }
  [[nodiscard]] DtlsRole role() const { return role_; }
  /// Returns the keys after Connected was reached, otherwise nullopt. Each direction has its own key.
  [[nodiscard]] const std::optional<DtlsKeys>& keys() const { return keys_; }
  /// Returns the reason of Failed. Before, it is the latest failure after which a server began again, or an alert that may be an attacker's.
  [[nodiscard]] const std::optional<DtlsFault>& failure() const { return fault_; }
  /// Returns how many datagrams of the peer were dropped by a bound.
  [[nodiscard]] std::size_t dropped() const { return dropped_; }
  /// True if the timers and the keys are those that the state allows. For tests and fuzzers.
  [[nodiscard]] bool is_consistent() const;

 private:
  [[nodiscard]] bool begin(ssl_ctx_st* context);
  [[nodiscard]] bool is_within_rate(base::TimePoint now);
  [[nodiscard]] bool is_waiting() const { return state_ == State::New || state_ == State::Handshaking; }
  [[nodiscard]] bool is_complete() const { return state_ == State::Unverified || state_ == State::Connected; }
  [[nodiscard]] bool reads_encrypted_records() const;
  void feed(base::Bytes records, base::TimePoint now);
  void advance(base::TimePoint now);
  void read_records(base::TimePoint now);
  void follow_timer(base::TimePoint now);
  void leave_foreign_timer();
  void resend(base::TimePoint now);
  void verify(base::TimePoint now);
  void note(DtlsFault fault, base::TimePoint now);
  void fail(DtlsFault fault, base::TimePoint now);
  void give_up();
  void finish(State state);
  [[nodiscard]] DtlsFault openssl_fault() const;

  DtlsOptions options_;
  DtlsRole role_;
  State state_ = State::New;
  std::unique_ptr<detail::DatagramBio> bio_;
  std::unique_ptr<detail::PeerCheck> check_;
  std::unique_ptr<detail::RecordScreen> screen_;
  std::unique_ptr<ssl_st, void (*)(ssl_st*)> ssl_;
  std::vector<std::uint8_t> transmitted_;      // what poll_transmit() returned last
  std::optional<DtlsKeys> keys_;
  std::optional<DtlsFault> fault_;
  std::optional<base::TimePoint> resend_at_;   // RFC 6347 section 4.2.4
  std::optional<base::TimePoint> grace_ends_;  // the end of kGrace
  std::optional<base::TimePoint> give_up_at_;
  base::Duration resend_interval_;
  base::TimePoint second_began_;               // the second in which datagrams_ were counted
  std::size_t datagrams_ = 0, dropped_ = 0, attempts_ = 0;
  bool openssl_failed_ = false;                // after Connected: OpenSSL reads no more records
};

[[nodiscard]] std::string_view to_string(DtlsHandshake::State state);

}  // namespace offhook::inline v0::media
