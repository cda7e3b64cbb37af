#include <offhook/media/dtls/handshake.hpp>

#include <offhook/media/dtls/detail/datagram_bio.hpp>
#include <offhook/media/dtls/detail/peer_check.hpp>
#include <offhook/media/dtls/detail/record_screen.hpp>

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/srtp.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <string>
#include <utility>

namespace offhook::inline v0::media {

namespace {

static_assert(DtlsHandshake::kMaxQueued == detail::DatagramBio::kMaxQueued && DtlsHandshake::kMtu == detail::DatagramBio::kMtu);

/// OpenSSL 3.2 and later compare their own timer with the wall clock. If that clock is behind, this side tries the repetition again after this time.
constexpr base::Duration kTimerRetry = std::chrono::milliseconds(20);

constexpr const char* openssl_name_of(rtp::SrtpSuite suite) {
  switch (suite) {
    case rtp::SrtpSuite::AesCm128Sha1_80: return "SRTP_AES128_CM_SHA1_80";
    case rtp::SrtpSuite::AesCm128Sha1_32: return "SRTP_AES128_CM_SHA1_32";
    case rtp::SrtpSuite::AeadAes128Gcm: return "SRTP_AEAD_AES_128_GCM";
    case rtp::SrtpSuite::AeadAes256Gcm: return "SRTP_AEAD_AES_256_GCM";
  }
  return "";
}

std::string openssl_names_of(const std::vector<rtp::SrtpSuite>& suites) {
  std::string names;
  for (const auto suite : suites) names.append(names.empty() ? "" : ":").append(openssl_name_of(suite));
  return names;
}

/// The keying material of RFC 5764 section 4.2: the keys of client and server, followed by their salts.
class KeyingMaterial {
 public:
  KeyingMaterial(SSL* ssl, rtp::SrtpSuite suite) : suite_(suite), facts_(rtp::facts_of(suite)) {
    constexpr std::string_view kLabel = "EXTRACTOR-dtls_srtp";
    const std::size_t size = 2 * (facts_.key_octets + facts_.salt_octets);
    is_good_ = SSL_export_keying_material(ssl, octets_.data(), size, kLabel.data(), kLabel.size(), nullptr, 0, 0) == 1;
  }
  KeyingMaterial(const KeyingMaterial&) = delete;
  KeyingMaterial& operator=(const KeyingMaterial&) = delete;
  ~KeyingMaterial() { OPENSSL_cleanse(octets_.data(), octets_.size()); }

  [[nodiscard]] std::optional<rtp::SrtpMasterKey> key_of(DtlsRole writer) const {
    const std::size_t key = facts_.key_octets, salt = facts_.salt_octets, turn = writer == DtlsRole::Client ? 0 : 1;
    std::array<std::uint8_t, rtp::kMaxSrtpKeyOctets + rtp::kMaxSrtpSaltOctets> secret{};
    std::copy_n(octets_.begin() + turn * key, key, secret.begin());
    std::copy_n(octets_.begin() + 2 * key + turn * salt, salt, secret.begin() + key);
    auto made = is_good_ ? rtp::SrtpMasterKey::make(suite_, base::Bytes(secret).first(key + salt)) : std::nullopt;
    OPENSSL_cleanse(secret.data(), secret.size());
    return made;
  }

 private:
  rtp::SrtpSuite suite_;
  const rtp::SrtpSuiteFacts& facts_;
  std::array<std::uint8_t, 2 * (rtp::kMaxSrtpKeyOctets + rtp::kMaxSrtpSaltOctets)> octets_{};
  bool is_good_ = false;
};

std::optional<DtlsKeys> keys_of(SSL* ssl, DtlsRole role) {
  const SRTP_PROTECTION_PROFILE* const profile = SSL_get_selected_srtp_profile(ssl);
  const auto suite = profile == nullptr ? std::nullopt : rtp::srtp_suite_of_profile(static_cast<std::uint16_t>(profile->id));
  if (!suite) return std::nullopt;
  const KeyingMaterial material(ssl, *suite);
  const auto client = material.key_of(DtlsRole::Client), server = material.key_of(DtlsRole::Server);
  if (!client || !server) return std::nullopt;
  return role == DtlsRole::Client ? DtlsKeys{*client, *server} : DtlsKeys{*server, *client};
}

}  // namespace

DtlsHandshake::DtlsHandshake(const DtlsEndpoint& endpoint, DtlsRole role, DtlsOptions options)
    : options_(std::move(options)),
      role_(role),
      bio_(std::make_unique<detail::DatagramBio>()),
      check_(std::make_unique<detail::PeerCheck>()),
      screen_(std::make_unique<detail::RecordScreen>(role)),
      ssl_(nullptr, SSL_free),
      resend_interval_(options_.first_resend) {
  assert(!options_.suites.empty());
  if (begin(endpoint.context_.get())) return;
  fault_ = DtlsFault{DtlsFailure::OpenSsl};
  finish(State::Failed);
}

DtlsHandshake::~DtlsHandshake() = default;

bool DtlsHandshake::begin(ssl_ctx_st* context) {
  std::unique_ptr<SSL, void (*)(SSL*)> ssl(SSL_new(context), SSL_free);
  BIO* const bio = ssl ? bio_->make() : nullptr;
  if (bio == nullptr) return false;
  SSL_set_bio(ssl.get(), bio, bio);
  SSL_ctrl(ssl.get(), SSL_CTRL_SET_MTU, kMtu, nullptr);
  if (SSL_set_ex_data(ssl.get(), 0, check_.get()) != 1) return false;
  if (SSL_set_tlsext_use_srtp(ssl.get(), openssl_names_of(options_.suites).c_str()) != 0) return false;
  if (role_ == DtlsRole::Client) SSL_set_connect_state(ssl.get());
  if (role_ == DtlsRole::Server) SSL_set_accept_state(ssl.get());
  bio_->leave_timer();  // The former attempt's timer is freed with its SSL.
  ssl_ = std::move(ssl);
  ++attempts_;
  return true;
}

void DtlsHandshake::start(std::vector<DtlsFingerprint> described, base::TimePoint now) {
  if (!is_waiting() && state_ != State::Unverified) return;
  auto chosen = strongest_fingerprints(std::move(described), options_.accept_sha1);
  if (chosen.empty()) {
    close();
    fault_ = DtlsFault{DtlsFailure::NoUsableFingerprint};
    return finish(State::Failed);
  }
  check_->expect(std::move(chosen));
  give_up_at_ = now + options_.limit;
  if (state_ == State::Unverified) return verify(now);
  if (role_ == DtlsRole::Client) advance(now);
}

bool DtlsHandshake::on_datagram(base::Bytes datagram, base::TimePoint now) {
  const bool listens = is_waiting() || (is_complete() && !openssl_failed_);
  if (!listens || (role_ == DtlsRole::Client && state_ == State::New)) return false;
  if (datagram.size() > kMaxDatagramOctets || !is_within_rate(now)) {
    ++dropped_;
    return false;
  }
  const auto before = std::pair(state_, SSL_get_state(ssl_.get()));
  const auto screened = screen_->screen(datagram, is_complete());
  if (screened.alert && state_ == State::Handshaking) note({DtlsFailure::PeerAlert, *screened.alert, {}}, now);
  feed(screened.plain, now);
  if (reads_encrypted_records()) feed(screened.encrypted, now);
  return before != std::pair(state_, SSL_get_state(ssl_.get()));
}

/// Returns true after the peer's ChangeCipherSpec. The handshake drops encrypted records that come before it, because OpenSSL would store up to a hundred of
/// them, 17 KB each. The peer repeats the dropped records.
bool DtlsHandshake::reads_encrypted_records() const {
  if (is_complete()) return true;
  const auto state = SSL_get_state(ssl_.get());
  return state_ == State::Handshaking && (state == TLS_ST_CR_CHANGE || state == TLS_ST_SR_CHANGE);
}

void DtlsHandshake::feed(base::Bytes records, base::TimePoint now) {
  if (records.empty()) return;
  bio_->give(records);
  advance(now);
  bio_->give({});
}

bool DtlsHandshake::is_within_rate(base::TimePoint now) {
  if (now - second_began_ >= std::chrono::seconds(1)) {
    second_began_ = now;
    datagrams_ = 0;
  }
  return ++datagrams_ <= kMaxDatagramsPerSecond;
}

/// Lets OpenSSL read the given datagram, and write its next flight.
void DtlsHandshake::advance(base::TimePoint now) {
  ERR_clear_error();
  bio_->begin_flight();
  if (is_complete()) return read_records(now);
  state_ = State::Handshaking;
  const int result = SSL_do_handshake(ssl_.get());
  follow_timer(now);
  if (result != 1) {
    if (SSL_get_error(ssl_.get(), result) != SSL_ERROR_WANT_READ) fail(openssl_fault(), now);
    return;
  }
  verify(now);
  if (is_complete()) read_records(now);
}

/// Lets OpenSSL read records after the handshake: an alert, or a repetition of the peer's last flight, which OpenSSL answers with its own last flight.
void DtlsHandshake::read_records(base::TimePoint now) {
  std::array<std::uint8_t, 1> application_data{};  // DTLS-SRTP has no application data: RFC 5764 section 4.1.
  int result = 1;
  while (result > 0) result = SSL_read(ssl_.get(), application_data.data(), static_cast<int>(application_data.size()));
  const int error = SSL_get_error(ssl_.get(), result);
  if (error == SSL_ERROR_WANT_READ) return;
  if (error == SSL_ERROR_ZERO_RETURN && state_ == State::Connected) return finish(State::ClosedByPeer);
  const DtlsFault fault = error == SSL_ERROR_ZERO_RETURN ? DtlsFault{DtlsFailure::PeerAlert, SSL_AD_CLOSE_NOTIFY, {}} : openssl_fault();
  // OpenSSL 3.0 fails even on one warning alert. The keys stay valid, because they do not depend on OpenSSL's state.
  openssl_failed_ = state_ == State::Connected && fault.reason != DtlsFailure::PeerAlert;
  if (!openssl_failed_) fail(fault, now);
}

/// Starts or stops this side's timer when OpenSSL starts or stops its own. OpenSSL starts its timer for each new flight, which shows that the peer makes
/// progress.
void DtlsHandshake::follow_timer(base::TimePoint now) {
  switch (bio_->take_timer_change()) {
    case detail::DatagramBio::Timer::Unchanged: return;
    case detail::DatagramBio::Timer::Stopped: resend_at_.reset(); return;
    case detail::DatagramBio::Timer::Started:
      resend_interval_ = options_.first_resend;
      resend_at_ = now + resend_interval_;
      grace_ends_.reset();
      fault_.reset();
      leave_foreign_timer();
  }
}

void DtlsHandshake::leave_foreign_timer() {
  timeval left{};
  if (SSL_ctrl(ssl_.get(), DTLS_CTRL_GET_TIMEOUT, 0, &left) == 1) bio_->leave_timer();
}

void DtlsHandshake::resend(base::TimePoint now) {
  ERR_clear_error();
  bio_->begin_flight();
  bio_->expire_timer();
  const long repeated = SSL_ctrl(ssl_.get(), DTLS_CTRL_HANDLE_TIMEOUT, 0, nullptr);
  if (repeated < 0) return give_up();
  (void)bio_->take_timer_change();
  leave_foreign_timer();
  if (repeated > 0) resend_interval_ = std::min(2 * resend_interval_, kMaxResend);
  resend_at_ = now + (repeated > 0 ? resend_interval_ : kTimerRetry);
}

void DtlsHandshake::on_time(base::TimePoint now) {
  const auto is_due = [now](const auto& at) { return at && *at <= now; };
  if (!is_waiting()) return;
  if (is_due(give_up_at_) || is_due(grace_ends_)) return give_up();
  if (is_due(resend_at_)) resend(now);
}

std::optional<base::TimePoint> DtlsHandshake::next_deadline() const {
  std::optional<base::TimePoint> next;
  for (const auto& at : {resend_at_, grace_ends_, give_up_at_}) {
    if (at && (!next || *at < *next)) next = at;
  }
  return next;
}

std::optional<base::Bytes> DtlsHandshake::poll_transmit() {
  auto datagram = bio_->take();
  if (!datagram) return std::nullopt;
  transmitted_ = std::move(*datagram);
  return base::Bytes(transmitted_);
}

/// Checks the certificate of a peer that has completed its handshake, and takes the keys.
void DtlsHandshake::verify(base::TimePoint now) {
  if (!check_->knows_peer()) return finish(State::Unverified);
  const X509* const certificate = SSL_get0_peer_certificate(ssl_.get());
  const auto refusal = certificate == nullptr ? DtlsFailure::NoCertificate : check_->refusal_of(*certificate);
  if (!refusal) keys_ = keys_of(ssl_.get(), role_);
  if (keys_) return finish(State::Connected);
  // Deviation: RFC 8122 section 6.2 asks for the alert bad_certificate. OpenSSL cannot send it after a handshake.
  SSL_shutdown(ssl_.get());
  fail({refusal.value_or(DtlsFailure::OpenSsl)}, now);
}

/// Records a failure that an attacker may have caused. It becomes final if the peer makes no progress within kGrace.
void DtlsHandshake::note(DtlsFault fault, base::TimePoint now) {
  fault_ = fault;
  if (give_up_at_ && !grace_ends_) grace_ends_ = now + kGrace;
}

/// Ends this attempt. A server whose peer is not verified yet begins again, in at most kMaxAttempts attempts.
void DtlsHandshake::fail(DtlsFault fault, base::TimePoint now) {
  const bool again = role_ == DtlsRole::Server && state_ != State::Connected && attempts_ < kMaxAttempts && begin(SSL_get_SSL_CTX(ssl_.get()));
  if (!again) {
    fault_ = fault;
    return finish(State::Failed);
  }
  state_ = State::Handshaking;
  resend_at_.reset();
  note(fault, now);
}

void DtlsHandshake::give_up() {
  if (!fault_) fault_ = DtlsFault{DtlsFailure::Timeout};
  finish(State::Failed);
}

void DtlsHandshake::close() {
  if (state_ == State::Failed || state_ == State::ClosedByPeer || state_ == State::Closed) return;
  ERR_clear_error();
  bio_->begin_flight();
  if (is_complete()) SSL_shutdown(ssl_.get());
  finish(State::Closed);
}

void DtlsHandshake::finish(State state) {
  state_ = state;
  resend_at_.reset();
  grace_ends_.reset();
  give_up_at_.reset();
  if (state != State::Failed) fault_.reset();
}

/// Returns the failure that OpenSSL reported last.
DtlsFault DtlsHandshake::openssl_fault() const {
  const unsigned long code = ERR_peek_last_error();
  ERR_clear_error();
  const char* const words = code == 0 ? nullptr : ERR_reason_error_string(code);
  const std::string_view detail = words == nullptr ? "" : words;
  const int reason = ERR_GET_LIB(code) == ERR_LIB_SSL ? ERR_GET_REASON(code) : 0;
  if (reason >= SSL_AD_REASON_OFFSET) return {DtlsFailure::PeerAlert, static_cast<std::uint8_t>(reason - SSL_AD_REASON_OFFSET), detail};
  switch (reason) {
    case SSL_R_CERTIFICATE_VERIFY_FAILED: return {check_->refusal().value_or(DtlsFailure::Protocol), 0, detail};
    case SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE: return {DtlsFailure::NoCertificate, 0, detail};
    case SSL_R_NO_SHARED_CIPHER: return {DtlsFailure::NoCommonCipher, 0, detail};
    case SSL_R_EXCESSIVE_MESSAGE_SIZE: return {DtlsFailure::CertificateTooLarge, 0, detail};
    default: return {DtlsFailure::Protocol, 0, detail};
  }
}

bool DtlsHandshake::is_consistent() const {
  const bool ended_in_peace = state_ == State::Connected || state_ == State::Closed || state_ == State::ClosedByPeer;
  if (resend_at_ && state_ != State::Handshaking) return false;
  if ((grace_ends_ || give_up_at_) && !is_waiting()) return false;
  if (state_ == State::Connected && !keys_) return false;
  if (keys_ && !ended_in_peace && state_ != State::Failed) return false;
  if ((state_ == State::Failed && !fault_) || (ended_in_peace && fault_)) return false;
  return attempts_ <= kMaxAttempts && bio_->queued() <= kMaxQueued;
}

std::string_view to_string(DtlsHandshake::State state) {
  switch (state) {
    case DtlsHandshake::State::New: return "New";
    case DtlsHandshake::State::Handshaking: return "Handshaking";
    case DtlsHandshake::State::Unverified: return "Unverified";
    case DtlsHandshake::State::Connected: return "Connected";
    case DtlsHandshake::State::Closed: return "Closed";
    case DtlsHandshake::State::ClosedByPeer: return "ClosedByPeer";
    case DtlsHandshake::State::Failed: return "Failed";
  }
  return "unknown";
}

}  // namespace offhook::inline v0::media
