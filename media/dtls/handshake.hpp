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
  /// The SRTP suites, in order of preference. As a server, this side chooses by its own order. The default prefers AES-GCM with 128 bits: it is the fastest
  /// suite, and its tags have 16 octets. A key of 256 bits would not be stronger, because the handshake's curve P-256 has a strength of only 128 bits.
  std::vector<rtp::SrtpSuite> suites{rtp::SrtpSuite::AeadAes128Gcm, rtp::SrtpSuite::AeadAes256Gcm, rtp::SrtpSuite::AesCm128Sha1_80,
                                     rtp::SrtpSuite::AesCm128Sha1_32};
  /// True to accept a description that has only SHA-1 fingerprints. SHA-1 no longer resists collisions.
  bool accept_sha1 = false;
  /// Time before the first repetition of a flight. It doubles with each repetition, up to kMaxResend. Deviation: RFC 6347 section 4.2.4.1 recommends 1 s, with
  /// a maximum of 60 s. Here the caller hears nothing until the handshake ends, and a flight of one or two datagrams every three seconds does not load a
  /// network.
  base::Duration first_resend = std::chrono::milliseconds(400);
  /// Time from start() to the failure Timeout. If no answer comes, values over 33 s have no effect, because OpenSSL repeats a flight at most 12 times.
  base::Duration limit = std::chrono::seconds(30);
};

/// The SRTP keys that a handshake exports: RFC 5764 section 4.2.
struct DtlsKeys {
  rtp::SrtpMasterKey send;      ///< the client_write key if this side is the client, otherwise server_write
  rtp::SrtpMasterKey receive;   ///< the server_write key if this side is the client, otherwise client_write
};

/// One DTLS-SRTP association (RFC 5764) between this side and one peer, on OpenSSL. It opens no socket and reads no clock: its owner feeds it datagrams and the
/// time, and sends what poll_transmit() returns. A call without rtcp-mux needs one association for RTP and one for RTCP (RFC 5764 section 4.2).
///
/// The owner passes only DTLS datagrams (rtp::kind_of) that come from the peer's address, because this class does not see addresses. With ICE, that is an
/// address that ICE has verified; without ICE, the address in the description, or the public address of the NAT in front of it. The server sends no
/// HelloVerifyRequest, because ICE has already verified the address. Only the fingerprint authenticates the peer: RFC 5763 section 5.
///
/// An attacker may forge the peer's address. Unencrypted alerts and malformed records do not end the association (detail::RecordScreen). If the messages of a
/// handshake are wrong, a server begins again, in at most kMaxAttempts attempts, so that the peer can still connect. After such a failure or an alert, the
/// failure becomes final if the peer makes no progress within kGrace. A client cannot begin again, because the server would ignore its second ClientHello.
///
/// Use an object on one thread at a time; objects of one endpoint may run on different threads. A handshake takes about a millisecond of processor time: do
/// not run it on a media thread.
class DtlsHandshake {
 public:
  enum class State : std::uint8_t {
    New,            ///< no datagram was sent or received
    Handshaking,
    Unverified,     ///< the handshake is complete, but start() has not set the peer's fingerprints yet, so there are no keys
    Connected,      ///< the keys are valid
    Closed,         ///< close() ended the association
    ClosedByPeer,   ///< the peer ended the association by close_notify; the keys stay valid
    Failed,
  };
  static constexpr std::size_t kMtu = 1200;                     ///< octets; the longest datagram that this side sends
  static constexpr std::size_t kMaxDatagramOctets = 2048;       ///< longer datagrams are dropped
  static constexpr std::size_t kMaxDatagramsPerSecond = 128;    ///< further datagrams of the peer are dropped
  static constexpr std::size_t kMaxQueued = 64;                 ///< datagrams that wait for poll_transmit(); further datagrams are dropped
  static constexpr std::size_t kMaxAttempts = 8;                ///< most attempts of a server
  static constexpr base::Duration kMaxResend = std::chrono::seconds(3);
  static constexpr base::Duration kGrace = std::chrono::seconds(5);

  /// `options.suites` must not be empty.
  DtlsHandshake(const DtlsEndpoint& endpoint, DtlsRole role, DtlsOptions options = {});
  DtlsHandshake(const DtlsHandshake&) = delete;
  DtlsHandshake& operator=(const DtlsHandshake&) = delete;
  ~DtlsHandshake();

  /// Sets the fingerprints of the peer's description, and begins. Call it once. A client sends its first message now. A server also handles datagrams that come
  /// before this call, because a peer can start before its answer arrives (RFC 8842 section 5.2).
  void start(std::vector<DtlsFingerprint> described, base::TimePoint now);
  /// Takes a datagram of the peer. A client ignores datagrams before start(). Returns true if the datagram changed the state of the handshake, which shows that
  /// its sender takes part in the handshake.
  bool on_datagram(base::Bytes datagram, base::TimePoint now);
  void on_time(base::TimePoint now);
  [[nodiscard]] std::optional<base::TimePoint> next_deadline() const;
  /// Returns the next datagram to send, of at most kMtu octets, or nullopt. The octets are valid until the next call of a function that is not const.
  [[nodiscard]] std::optional<base::Bytes> poll_transmit();
  /// Ends the association. Sends close_notify if the handshake is complete.
  void close();

  [[nodiscard]] State state() const { return state_; }
  [[nodiscard]] DtlsRole role() const { return role_; }
  /// Returns the keys if the state has ever been Connected, otherwise nullopt. Each direction has its own key.
  [[nodiscard]] const std::optional<DtlsKeys>& keys() const { return keys_; }
  /// Returns the reason of Failed. In other states, returns the latest failure after which a server began again, or the latest alert, which an attacker may
  /// have sent.
  [[nodiscard]] const std::optional<DtlsFault>& failure() const { return fault_; }
  /// Returns the number of datagrams that were longer than kMaxDatagramOctets, or came after kMaxDatagramsPerSecond, and were dropped.
  [[nodiscard]] std::size_t dropped() const { return dropped_; }
  /// Returns true if the timers and the keys fit the state; for tests and fuzzers.
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
  std::vector<std::uint8_t> transmitted_;      // the datagram that poll_transmit() returned last
  std::optional<DtlsKeys> keys_;
  std::optional<DtlsFault> fault_;
  std::optional<base::TimePoint> resend_at_;   // RFC 6347 section 4.2.4
  std::optional<base::TimePoint> grace_ends_;  // the end of kGrace
  std::optional<base::TimePoint> give_up_at_;
  base::Duration resend_interval_;
  base::TimePoint second_began_;               // start of the second in which datagrams_ is counted
  std::size_t datagrams_ = 0, dropped_ = 0, attempts_ = 0;
  bool openssl_failed_ = false;                // true if OpenSSL failed after Connected, and so reads no more records
};

[[nodiscard]] std::string_view to_string(DtlsHandshake::State state);

}  // namespace offhook::inline v0::media
