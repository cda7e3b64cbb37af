#pragma once

#include <offhook/base/time.hpp>
#include <offhook/media/dtls/detail/certificate_octets.hpp>
#include <offhook/media/dtls/detail/datagram_bio.hpp>
#include <offhook/media/dtls/fingerprint.hpp>
#include <offhook/media/dtls/role.hpp>
#include <offhook/tests/testkit/octets.hpp>

#include <doctest/doctest.h>

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/params.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <array>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace offhook_test {

using namespace offhook;

/// Makes a key and a self-signed certificate with an extension of `extra_octets`, and gives both to the context. Returns the certificate's fingerprint.
inline media::DtlsFingerprint use_certificate(SSL_CTX* context, std::size_t extra_octets = 0) {
  const std::unique_ptr<EVP_PKEY, void (*)(EVP_PKEY*)> key(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256"), EVP_PKEY_free);
  const std::unique_ptr<X509, void (*)(X509*)> made(X509_new(), X509_free);
  REQUIRE((key && made));
  X509_set_version(made.get(), 2);
  ASN1_INTEGER_set(X509_get_serialNumber(made.get()), 1);
  X509_gmtime_adj(X509_getm_notBefore(made.get()), 0);
  X509_gmtime_adj(X509_getm_notAfter(made.get()), 3600);
  X509_set_pubkey(made.get(), key.get());
  if (extra_octets > 0) {
    const std::unique_ptr<ASN1_OCTET_STRING, void (*)(ASN1_OCTET_STRING*)> text(ASN1_OCTET_STRING_new(), ASN1_OCTET_STRING_free);
    const std::vector<unsigned char> octets(extra_octets, 'x');
    ASN1_OCTET_STRING_set(text.get(), octets.data(), static_cast<int>(octets.size()));
    const std::unique_ptr<X509_EXTENSION, void (*)(X509_EXTENSION*)> extension(
        X509_EXTENSION_create_by_NID(nullptr, NID_netscape_comment, 0, text.get()), X509_EXTENSION_free);
    REQUIRE(X509_add_ext(made.get(), extension.get(), -1) == 1);
  }
  REQUIRE(X509_sign(made.get(), key.get(), EVP_sha256()) > 0);
  REQUIRE(SSL_CTX_use_certificate(context, made.get()) == 1);
  REQUIRE(SSL_CTX_use_PrivateKey(context, key.get()) == 1);
  return *media::DtlsFingerprint::of(media::detail::octets_of(*made), media::DtlsHash::Sha256);
}

/// A peer that uses OpenSSL directly, so that a test can let it behave in ways that DtlsHandshake does not.
class OpenSslPeer {
 public:
  /// `set_up` changes the context, which has DTLS, but no certificate and no SRTP suites.
  OpenSslPeer(media::DtlsRole role, const std::function<void(SSL_CTX*)>& set_up) : context_(SSL_CTX_new(DTLS_method()), SSL_CTX_free), ssl_(nullptr, SSL_free) {
    SSL_CTX_set_options(context_.get(), SSL_OP_NO_QUERY_MTU);
    set_up(context_.get());
    ssl_.reset(SSL_new(context_.get()));
    BIO* const bio = bio_.make();
    REQUIRE((ssl_ && bio != nullptr));
    SSL_set_bio(ssl_.get(), bio, bio);
    SSL_ctrl(ssl_.get(), SSL_CTRL_SET_MTU, 1200, nullptr);
    role == media::DtlsRole::Client ? SSL_set_connect_state(ssl_.get()) : SSL_set_accept_state(ssl_.get());
    step();
  }

  [[nodiscard]] SSL* ssl() { return ssl_.get(); }
  void on_datagram(const Octets& datagram) {
    bio_.give(datagram);
    step();
    bio_.give({});
  }
  [[nodiscard]] std::vector<Octets> take_all() {
    std::vector<Octets> taken;
    while (auto datagram = bio_.take()) taken.push_back(std::move(*datagram));
    return taken;
  }
  [[nodiscard]] bool is_connected() const { return SSL_is_init_finished(ssl_.get()) == 1; }

 private:
  void step() {
    char octets[64];
    is_connected() ? SSL_read(ssl_.get(), octets, sizeof octets) : SSL_do_handshake(ssl_.get());
  }

  media::detail::DatagramBio bio_;
  std::unique_ptr<SSL_CTX, void (*)(SSL_CTX*)> context_;
  std::unique_ptr<SSL, void (*)(SSL*)> ssl_;
};

/// Makes the peer send a certificate, request one, and offer an SRTP suite, as DTLS-SRTP requires. Returns the fingerprint of the peer's certificate.
inline media::DtlsFingerprint set_up_well(SSL_CTX* context, std::size_t extra_octets = 0) {
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
  SSL_CTX_set_cert_verify_callback(context, [](X509_STORE_CTX*, void*) { return 1; }, nullptr);
  REQUIRE(SSL_CTX_set_tlsext_use_srtp(context, "SRTP_AES128_CM_SHA1_80") == 0);
  return use_certificate(context, extra_octets);
}

/// Encrypts a record as the peer would: RFC 5288 section 3, RFC 5246 section 6.3. The cipher suite must be TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256.
inline Octets sealed_record(SSL* peer, std::uint8_t content, std::uint8_t sequence, const Octets& fragment) {
  std::array<std::uint8_t, 48> master{};
  std::array<std::uint8_t, 64> randoms{};  // the server's random, then the client's
  std::array<std::uint8_t, 40> block{};    // two keys, then two IVs; the client's come first
  SSL_SESSION_get_master_key(SSL_get_session(peer), master.data(), master.size());
  SSL_get_server_random(peer, randoms.data(), 32);
  SSL_get_client_random(peer, randoms.data() + 32, 32);
  char digest[] = "SHA256", label[] = "key expansion";
  OSSL_PARAM params[] = {OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, digest, 0),
                         OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SECRET, master.data(), master.size()),
                         OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SEED, label, sizeof label - 1),
                         OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SEED, randoms.data(), randoms.size()), OSSL_PARAM_construct_end()};
  const std::unique_ptr<EVP_KDF, void (*)(EVP_KDF*)> prf(EVP_KDF_fetch(nullptr, "TLS1-PRF", nullptr), EVP_KDF_free);
  const std::unique_ptr<EVP_KDF_CTX, void (*)(EVP_KDF_CTX*)> derive(EVP_KDF_CTX_new(prf.get()), EVP_KDF_CTX_free);
  REQUIRE(EVP_KDF_derive(derive.get(), block.data(), block.size(), params) == 1);

  const std::size_t writer = SSL_is_server(peer) == 1 ? 1 : 0;
  const Octets number{0, 1, 0, 0, 0, 0, 0, sequence};  // epoch 1
  const auto length = [](std::size_t octets) { return Octets{0, static_cast<std::uint8_t>(octets)}; };
  const Octets head{content, 0xfe, 0xfd};
  const Octets authenticated = joined(joined(number, head), length(fragment.size()));
  const Octets nonce = joined(Octets(block.begin() + 32 + 4 * writer, block.begin() + 36 + 4 * writer), number);
  Octets sealed(fragment.size() + 16);
  int done = 0;
  const std::unique_ptr<EVP_CIPHER_CTX, void (*)(EVP_CIPHER_CTX*)> cipher(EVP_CIPHER_CTX_new(), EVP_CIPHER_CTX_free);
  EVP_EncryptInit_ex(cipher.get(), EVP_aes_128_gcm(), nullptr, block.data() + 16 * writer, nonce.data());
  EVP_EncryptUpdate(cipher.get(), nullptr, &done, authenticated.data(), static_cast<int>(authenticated.size()));
  EVP_EncryptUpdate(cipher.get(), sealed.data(), &done, fragment.data(), static_cast<int>(fragment.size()));
  EVP_EncryptFinal_ex(cipher.get(), nullptr, &done);
  EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_GCM_GET_TAG, 16, sealed.data() + fragment.size());
  return joined(joined(joined(head, number), length(number.size() + sealed.size())), joined(number, sealed));
}

/// Carries datagrams between `ours` and the peer until neither has one to send.
template <class Handshake>
void exchange(Handshake& ours, OpenSslPeer& peer, base::TimePoint now) {
  for (std::size_t carried = 1; carried > 0;) {
    carried = 0;
    for (const Octets& datagram : peer.take_all()) ours.on_datagram(datagram, now), ++carried;
    while (const auto datagram = ours.poll_transmit()) peer.on_datagram({datagram->begin(), datagram->end()}), ++carried;
  }
}

}  // namespace offhook_test
