#include <offhook/agent/net/detail/tls_context.hpp>

#include <offhook/base/socket_address.hpp>
#include <offhook/sip/transport/socket_bio.hpp>

#include <openssl/err.h>
#include <openssl/x509v3.h>

#include <cstdint>

namespace offhook::inline v0::agent::net::detail {

namespace {

std::string newest_openssl_error() {
  const unsigned long code = ERR_peek_last_error();
  const char* reason = code == 0 ? nullptr : ERR_reason_error_string(code);
  ERR_clear_error();
  return reason == nullptr ? "no reason given" : reason;
}

// The host of a connection, for on_new_session(). OpenSSL frees this object together with the connection.
struct Peer {
  TlsContext* context;
  std::string host_and_port;
};
void free_peer(void*, void* data, CRYPTO_EX_DATA*, int, long, void*) { delete static_cast<Peer*>(data); }
int peer_index() {
  static const int kIndex = SSL_get_ex_new_index(0, nullptr, nullptr, nullptr, free_peer);
  return kIndex;
}

}  // namespace

base::Result<std::shared_ptr<TlsContext>, base::Error> TlsContext::make(const std::string& ca_file) {
  std::shared_ptr<TlsContext> made(new TlsContext);
  made->context_.reset(SSL_CTX_new(TLS_client_method()));
  SSL_CTX* const context = made->context_.get();
  if (context == nullptr) return base::fail(base::Error{"tls", 0, "TLS cannot be set up: " + newest_openssl_error()});
  SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
  // An idle socket keeps no record buffers (32 KB). One system call reads all octets that have arrived.
  SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  SSL_CTX_set_read_ahead(context, 1);
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
  SSL_CTX_sess_set_new_cb(context, on_new_session);
  const int trusted = ca_file.empty() ? SSL_CTX_set_default_verify_paths(context) : SSL_CTX_load_verify_file(context, ca_file.c_str());
  if (trusted == 1) return made;
  return base::fail(base::Error{"tls", 1, (ca_file.empty() ? "the system's trusted certificates" : "the trusted certificates of " + ca_file) +
                                              " cannot be read (" + newest_openssl_error() + "): install ca-certificates, or name a PEM file"});
}

TlsContext::~TlsContext() = default;

SslPtr TlsContext::connect(const std::string& host, std::uint16_t port, int fd) {
  SslPtr ssl(SSL_new(context_.get()));
  BIO* const bio = ssl ? sip::detail::make_socket_bio(fd) : nullptr;
  if (bio == nullptr) return nullptr;
  SSL_set_bio(ssl.get(), bio, bio);
  SSL_set_connect_state(ssl.get());
  // RFC 6066 section 3: the client sends a server name only if it is a name, not an address.
  bool good = false;
  if (base::IpAddress::parse(host)) {
    good = X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl.get()), host.c_str()) == 1;
  } else {
    SSL_set_hostflags(ssl.get(), X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    // The macro SSL_set_tlsext_host_name contains a C-style cast, which this project does not compile.
    good = SSL_ctrl(ssl.get(), SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name, const_cast<char*>(host.c_str())) == 1 &&
           SSL_set1_host(ssl.get(), host.c_str()) == 1;
  }
  auto peer = std::make_unique<Peer>(Peer{this, host + ":" + std::to_string(port)});
  const auto known = sessions_.find(peer->host_and_port);
  if (known != sessions_.end()) (void)SSL_set_session(ssl.get(), known->second.get());  // If the server refuses the session, it does a full handshake.
  if (!good || SSL_set_ex_data(ssl.get(), peer_index(), peer.get()) != 1) return nullptr;
  (void)peer.release();
  return ssl;
}

// Called while a read or a handshake runs. Returns 1 if it keeps the reference to `session`.
int TlsContext::on_new_session(SSL* ssl, SSL_SESSION* session) {
  const auto* peer = static_cast<const Peer*>(SSL_get_ex_data(ssl, peer_index()));
  if (peer == nullptr) return 0;
  auto& sessions = peer->context->sessions_;
  if (sessions.size() >= kMaxRememberedHosts && !sessions.contains(peer->host_and_port)) sessions.erase(sessions.begin());
  sessions[peer->host_and_port].reset(session);
  return 1;
}

NetError tls_error(SSL* ssl, const std::string& peer) {
  const long verified = ssl == nullptr ? X509_V_OK : SSL_get_verify_result(ssl);
  if (verified != X509_V_OK) {
    ERR_clear_error();
    return {NetError::What::Tls, "the certificate of " + peer + " is not trusted (" + X509_verify_cert_error_string(verified) +
                                     "): check the URL's host, this machine's clock, and the trusted certificates"};
  }
  return {NetError::What::Tls, "no TLS with " + peer + " (" + newest_openssl_error() + "): check that the server supports TLS 1.2 or 1.3"};
}

}  // namespace offhook::inline v0::agent::net::detail
