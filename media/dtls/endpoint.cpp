#include <offhook/media/dtls/endpoint.hpp>

#include <offhook/media/dtls/detail/peer_check.hpp>

#include <openssl/err.h>
#include <openssl/ssl.h>

namespace offhook::inline v0::media {

namespace {

// RFC 8827 section 6.5: forward secrecy, authenticated encryption, and P-256. RecordScreen depends on AES-GCM.
constexpr const char* kCiphers = "ECDHE+AESGCM";
constexpr const char* kGroups = "X25519:P-256:P-384";
constexpr long kMaxFragment = 1200;  // The default would reserve 16 KB in each handshake for the record that it writes.

bool set_rules(SSL_CTX* context) {
  SSL_CTX_set_options(context, SSL_OP_NO_QUERY_MTU | SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_NO_TICKET | SSL_OP_CIPHER_SERVER_PREFERENCE);
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_max_cert_list(context, static_cast<long>(DtlsEndpoint::kMaxCertificateOctets));
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
  SSL_CTX_set_cert_verify_callback(context, detail::PeerCheck::verify, nullptr);
  return SSL_CTX_set_min_proto_version(context, DTLS1_2_VERSION) == 1 && SSL_CTX_set_max_proto_version(context, DTLS1_2_VERSION) == 1 &&
         SSL_CTX_set_max_send_fragment(context, kMaxFragment) == 1 && SSL_CTX_set_cipher_list(context, kCiphers) == 1 &&
         SSL_CTX_ctrl(context, SSL_CTRL_SET_GROUPS_LIST, 0, const_cast<char*>(kGroups)) == 1;
}

}  // namespace

std::optional<DtlsEndpoint> DtlsEndpoint::make(const DtlsCertificate& certificate) {
  Context context(SSL_CTX_new(DTLS_method()), SSL_CTX_free);
  const bool made = context && set_rules(context.get()) && SSL_CTX_use_certificate(context.get(), certificate.certificate_.get()) == 1 &&
                    SSL_CTX_use_PrivateKey(context.get(), certificate.key_.get()) == 1;
  ERR_clear_error();
  if (!made) return std::nullopt;
  return DtlsEndpoint(std::move(context), certificate.fingerprint());
}

}  // namespace offhook::inline v0::media
