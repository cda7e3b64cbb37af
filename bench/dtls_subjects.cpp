#include <offhook/bench/subjects.hpp>

#include <offhook/media/dtls/handshake.hpp>

#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <array>
#include <memory>
#include <stdexcept>
#include <utility>

namespace offhook::bench {

namespace {

using media::DtlsHandshake;

/// Carries all datagrams of one side to the other. Returns false if there were none.
bool carry(DtlsHandshake& from, DtlsHandshake& to) {
  bool carried = false;
  for (auto datagram = from.poll_transmit(); datagram; datagram = from.poll_transmit(), carried = true) to.on_datagram(*datagram, {});
  return carried;
}

Work ours() {
  const auto certificate = media::DtlsCertificate::make();
  auto endpoint = certificate ? media::DtlsEndpoint::make(*certificate) : std::nullopt;
  if (!endpoint) throw std::runtime_error("OpenSSL made no certificate");
  const auto shared = std::make_shared<media::DtlsEndpoint>(std::move(*endpoint));
  return repeat([shared](std::size_t) {
    DtlsHandshake client(*shared, media::DtlsRole::Client), server(*shared, media::DtlsRole::Server);
    server.start({shared->fingerprint()}, {});
    client.start({shared->fingerprint()}, {});
    while (carry(client, server) || carry(server, client)) {}
    if (!client.keys() || !server.keys()) throw std::runtime_error("a handshake of DTLS failed");
    keep(client);
  });
}

/// OpenSSL alone, with the same ciphers and certificates. It compares no fingerprints and exports no keys, and its BIOs of memory would not survive a lost
/// datagram.
class PlainOpenSsl {
 public:
  PlainOpenSsl() : context_(SSL_CTX_new(DTLS_method()), SSL_CTX_free) {
    const std::unique_ptr<EVP_PKEY, void (*)(EVP_PKEY*)> key(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256"), EVP_PKEY_free);
    const std::unique_ptr<X509, void (*)(X509*)> certificate(X509_new(), X509_free);
    X509_set_version(certificate.get(), 2);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), 1);
    X509_gmtime_adj(X509_getm_notBefore(certificate.get()), 0);
    X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 3600);
    X509_set_pubkey(certificate.get(), key.get());
    X509_sign(certificate.get(), key.get(), EVP_sha256());
    SSL_CTX_use_certificate(context_.get(), certificate.get());
    SSL_CTX_use_PrivateKey(context_.get(), key.get());
    SSL_CTX_set_verify(context_.get(), SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
    SSL_CTX_set_cert_verify_callback(context_.get(), [](X509_STORE_CTX*, void*) { return 1; }, nullptr);
    SSL_CTX_set_options(context_.get(), SSL_OP_NO_QUERY_MTU | SSL_OP_NO_TICKET);
    SSL_CTX_set_session_cache_mode(context_.get(), SSL_SESS_CACHE_OFF);
    SSL_CTX_set_cipher_list(context_.get(), "ECDHE+AESGCM");
    SSL_CTX_set_tlsext_use_srtp(context_.get(), "SRTP_AEAD_AES_128_GCM");
  }

  void shake_hands() {
    BIO* const to_server = make_bio();
    BIO* const to_client = make_bio();
    const Ssl client = make(to_client, to_server), server = make(to_server, to_client);
    SSL_set_connect_state(client.get());
    SSL_set_accept_state(server.get());
    for (int flights = 0; flights < 4; ++flights) SSL_do_handshake(flights % 2 == 0 ? client.get() : server.get());
    SSL_do_handshake(client.get());
    if (SSL_is_init_finished(client.get()) != 1 || SSL_is_init_finished(server.get()) != 1) throw std::runtime_error("a handshake of OpenSSL failed");
  }

 private:
  using Ssl = std::unique_ptr<SSL, void (*)(SSL*)>;
  static BIO* make_bio() {
    BIO* const bio = BIO_new(BIO_s_mem());
    BIO_ctrl(bio, BIO_C_SET_BUF_MEM_EOF_RETURN, -1, nullptr);
    return bio;
  }
  [[nodiscard]] Ssl make(BIO* reads, BIO* writes) {
    Ssl ssl(SSL_new(context_.get()), SSL_free);
    SSL_ctrl(ssl.get(), SSL_CTRL_SET_MTU, 1200, nullptr);
    BIO_up_ref(reads);
    SSL_set_bio(ssl.get(), reads, writes);  // It takes one reference of each. The other SSL has the second one.
    return ssl;
  }

  std::unique_ptr<SSL_CTX, void (*)(SSL_CTX*)> context_;
};

Work theirs() {
  return repeat([openssl = std::make_shared<PlainOpenSsl>()](std::size_t) { openssl->shake_hands(); });
}

}  // namespace

std::vector<Subject> dtls_subjects() {
  Subject handshake{"srtp.dtls.handshake", {"offhook", ours()}, {{"openssl", theirs()}}};
  handshake.counted_turns = 8;
  handshake.rate = "srtp.dtls.handshakes.per_second";
  handshake.rate_unit = "handshakes/s";
  return {std::move(handshake)};
}

}  // namespace offhook::bench
