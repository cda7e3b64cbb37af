#include <offhook/sip/transport/tls_context.hpp>

#include <offhook/base/socket_address.hpp>
#include <offhook/sip/transport/certificate_names.hpp>
#include <offhook/sip/transport/socket_bio.hpp>

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/sha.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <algorithm>

namespace offhook::inline v0::sip::detail {

namespace {

// For TLS 1.2: suites with forward secrecy and authenticated encryption. All suites of TLS 1.3 have both.
constexpr const char* kSuites = "ECDHE+AESGCM:ECDHE+CHACHA20";
constexpr std::size_t kMaxCertificateBytes = 64 * 1024;
constexpr int kMaxChain = 8;

/// The name that the certificate of a connection's peer must have. OpenSSL frees it with the connection.
struct Expected {
  std::string name;
  TlsContext::Names names;
};
void free_name(void*, void* data, CRYPTO_EX_DATA*, int, long, void*) { delete static_cast<Expected*>(data); }
int name_index() {
  static const int kIndex = SSL_get_ex_new_index(0, nullptr, nullptr, nullptr, free_name);
  return kIndex;
}

std::vector<unsigned char> der_of(X509* certificate) {
  const int size = i2d_X509(certificate, nullptr);
  if (size <= 0 || static_cast<std::size_t>(size) > kMaxCertificateBytes) return {};
  std::vector<unsigned char> der(static_cast<std::size_t>(size));
  unsigned char* at = der.data();
  i2d_X509(certificate, &at);
  return der;
}

bool proves_on_the_web(X509* certificate, const std::string& name) {
  if (base::IpAddress::parse(name)) return X509_check_ip_asc(certificate, name.c_str(), 0) == 1;
  constexpr unsigned kRules = X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS | X509_CHECK_FLAG_NEVER_CHECK_SUBJECT;
  return X509_check_host(certificate, name.data(), name.size(), kRules, nullptr) == 1;
}

SslPtr over(SSL_CTX* context, int fd) {
  SslPtr ssl(SSL_new(context));
  BIO* const bio = ssl ? make_socket_bio(fd) : nullptr;
  if (bio == nullptr) return nullptr;
  SSL_set_bio(ssl.get(), bio, bio);
  return ssl;
}

/// Without this callback, OpenSSL prompts on the terminal and waits.
int no_passphrase(char*, int, int, void*) { return 0; }

bool use_pem(const std::string& certificate_pem, const std::string& key_pem, SSL_CTX* context) {
  const std::unique_ptr<BIO, decltype(&BIO_free)> first(BIO_new_mem_buf(certificate_pem.data(), static_cast<int>(certificate_pem.size())), BIO_free);
  const std::unique_ptr<BIO, decltype(&BIO_free)> second(BIO_new_mem_buf(key_pem.data(), static_cast<int>(key_pem.size())), BIO_free);
  const auto next = [&] { return std::unique_ptr<X509, decltype(&X509_free)>(PEM_read_bio_X509(first.get(), nullptr, no_passphrase, nullptr), X509_free); };
  const auto certificate = next();
  const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(PEM_read_bio_PrivateKey(second.get(), nullptr, no_passphrase, nullptr), EVP_PKEY_free);
  bool used = certificate && key && SSL_CTX_use_certificate(context, certificate.get()) == 1 && SSL_CTX_use_PrivateKey(context, key.get()) == 1 &&
              SSL_CTX_check_private_key(context) == 1;
  for (auto issuer = next(); used && issuer; issuer = next()) used = SSL_CTX_add1_chain_cert(context, issuer.get()) == 1;
  const bool at_end = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
  ERR_clear_error();
  return used && at_end;
}

bool harden(SSL_CTX* context) {
  SSL_CTX_set_default_passwd_cb(context, no_passphrase);
  SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_NO_TICKET | SSL_OP_CIPHER_SERVER_PREFERENCE);
  // RELEASE_BUFFERS: an idle connection keeps no record buffers. Read-ahead: one system call reads all pending data.
  SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  SSL_CTX_set_read_ahead(context, 1);
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_verify_depth(context, kMaxChain);
  return SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) == 1 && SSL_CTX_set_cipher_list(context, kSuites) == 1 &&
         SSL_CTX_set_num_tickets(context, 0) == 1;
}

}  // namespace

base::Result<std::unique_ptr<TlsContext>, EdgeError> TlsContext::make(const TlsOptions& options) {
  std::unique_ptr<TlsContext> made(new TlsContext);
  made->verify_ = options.verify;
  made->wildcards_ = options.wildcards;
  made->client_.reset(SSL_CTX_new(TLS_client_method()));
  made->server_.reset(SSL_CTX_new(TLS_server_method()));
  if (!made->client_ || !made->server_) return base::fail(EdgeError::Other);
  if (!made->read_pins(options)) return base::fail(EdgeError::BadTrust);
  for (SSL_CTX* const context : {made->client_.get(), made->server_.get()}) {
    if (!harden(context)) return base::fail(EdgeError::Other);
    SSL_CTX_set_cert_verify_callback(context, verify, made.get());
    if (!made->read_certificate(options, context)) return base::fail(EdgeError::BadCertificate);
  }
  const bool asks = options.client_certificates == TlsOptions::ClientCertificates::Required;
  SSL_CTX_set_verify(made->client_.get(), SSL_VERIFY_PEER, nullptr);
  SSL_CTX_set_verify(made->server_.get(), asks ? SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT : SSL_VERIFY_NONE, nullptr);
  if (!made->read_trust(options, made->client_.get())) return base::fail(EdgeError::BadTrust);
  if (asks && !made->read_trust(options, made->server_.get())) return base::fail(EdgeError::BadTrust);
  return made;
}

bool TlsContext::read_trust(const TlsOptions& options, SSL_CTX* context) {
  if (!options.ca_file.empty()) return SSL_CTX_load_verify_file(context, options.ca_file.c_str()) == 1;
  return options.verify != TlsOptions::Verify::Required || SSL_CTX_set_default_verify_paths(context) == 1;
}

bool TlsContext::read_pins(const TlsOptions& options) {
  if (options.pins.size() > TlsOptions::kMaxPins) return false;
  for (const std::string& pin : options.pins) {
    std::array<unsigned char, 36> decoded{};  // EVP_DecodeBlock counts the "=" as an octet.
    if (pin.size() != 44 || pin.back() != '=' || pin[42] == '=') return false;
    if (EVP_DecodeBlock(decoded.data(), reinterpret_cast<const unsigned char*>(pin.data()), static_cast<int>(pin.size())) != 33) return false;
    std::copy_n(decoded.begin(), 32, pins_.emplace_back().begin());
  }
  return options.verify != TlsOptions::Verify::Pinned || !pins_.empty();
}

bool TlsContext::read_certificate(const TlsOptions& options, SSL_CTX* context) {
  if (!options.certificate_pem.empty() || !options.key_pem.empty()) return has_certificate_ = use_pem(options.certificate_pem, options.key_pem, context);
  if (options.certificate_file.empty() && options.key_file.empty()) return true;
  has_certificate_ = SSL_CTX_use_certificate_chain_file(context, options.certificate_file.c_str()) == 1 &&
                     SSL_CTX_use_PrivateKey_file(context, options.key_file.c_str(), SSL_FILETYPE_PEM) == 1 &&
                     SSL_CTX_check_private_key(context) == 1;
  ERR_clear_error();
  return has_certificate_;
}

bool TlsContext::is_pinned(X509* certificate) const {
  unsigned char* der = nullptr;
  const int size = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(certificate), &der);
  if (size <= 0) return false;
  std::array<unsigned char, 32> digest{};
  SHA256(der, static_cast<std::size_t>(size), digest.data());
  OPENSSL_free(der);
  return std::find(pins_.begin(), pins_.end(), digest) != pins_.end();
}

int TlsContext::verify(X509_STORE_CTX* chain, void* self) {
  auto* const ssl = static_cast<SSL*>(X509_STORE_CTX_get_ex_data(chain, SSL_get_ex_data_X509_STORE_CTX_idx()));
  const int fault = ssl == nullptr ? X509_V_ERR_UNSPECIFIED : static_cast<TlsContext*>(self)->judge(chain, ssl);
  X509_STORE_CTX_set_error(chain, fault);
  return fault == X509_V_OK ? 1 : 0;
}

/// Verifies the certificate within the handshake, so that an untrusted peer never gets an octet of our data.
int TlsContext::judge(X509_STORE_CTX* chain, SSL* ssl) const {
  X509* const leaf = X509_STORE_CTX_get0_cert(chain);
  // True for the certificate of a client that connects to us: there is no name to compare it with.
  const bool theirs = SSL_is_server(ssl) == 1;
  if (leaf == nullptr) return X509_V_ERR_UNSPECIFIED;
  if (verify_ == TlsOptions::Verify::Insecure && !theirs) return X509_V_OK;
  if (verify_ == TlsOptions::Verify::Pinned) return is_pinned(leaf) ? X509_V_OK : X509_V_ERR_CERT_UNTRUSTED;
  if (X509_verify_cert(chain) != 1) {
    const int fault = X509_STORE_CTX_get_error(chain);
    return fault == X509_V_OK ? X509_V_ERR_UNSPECIFIED : fault;
  }
  if (theirs) return X509_V_OK;
  if (!pins_.empty() && !is_pinned(leaf)) return X509_V_ERR_CERT_UNTRUSTED;
  const auto* expected = static_cast<const Expected*>(SSL_get_ex_data(ssl, name_index()));
  if (expected == nullptr) return X509_V_ERR_HOSTNAME_MISMATCH;
  if (expected->names == Names::Web) return proves_on_the_web(leaf, expected->name) ? X509_V_OK : X509_V_ERR_HOSTNAME_MISMATCH;
  const auto der = der_of(leaf);
  const auto names = read_certificate_names({der.data(), der.size()});
  return names && proves(*names, expected->name, wildcards_ ? Wildcards::Yes : Wildcards::No) ? X509_V_OK : X509_V_ERR_HOSTNAME_MISMATCH;
}

SslPtr TlsContext::connect(int fd, const std::string& name, Names names) {
  SslPtr ssl = name.empty() ? nullptr : over(client_.get(), fd);
  if (!ssl) return nullptr;
  SSL_set_connect_state(ssl.get());
  // RFC 6066 section 3: send the server a name, but not an address. OpenSSL's macro has a cast that our warnings reject.
  if (!base::IpAddress::parse(name) &&
      SSL_ctrl(ssl.get(), SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name, const_cast<char*>(name.c_str())) != 1)
    return nullptr;
  auto owned = std::make_unique<Expected>(Expected{name, names});
  if (SSL_set_ex_data(ssl.get(), name_index(), owned.get()) != 1) return nullptr;
  (void)owned.release();
  return ssl;
}

SslPtr TlsContext::accept(int fd) {
  SslPtr ssl = has_certificate_ ? over(server_.get(), fd) : nullptr;
  if (ssl) SSL_set_accept_state(ssl.get());
  return ssl;
}

namespace {

/// Returns the remedy for the operator of this side.
std::string_view cure_of(long verified) {
  switch (verified) {
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE: return "; add the certificate of its authority to the trusted ones, or pin its key";
    case X509_V_ERR_CERT_UNTRUSTED: return "; its key is none of the pinned keys";
    case X509_V_ERR_CERT_HAS_EXPIRED: return "; the peer must renew it, unless the clock of this machine is wrong";
    case X509_V_ERR_CERT_NOT_YET_VALID: return "; check the clock of this machine";
    case X509_V_ERR_HOSTNAME_MISMATCH: return "; use a host name that the certificate contains";
    default: return "";
  }
}

}  // namespace

std::string tls_failure(SSL* ssl) {
  const long verified = SSL_get_verify_result(ssl);
  const unsigned long code = ERR_peek_last_error();
  const char* reason = code == 0 ? nullptr : ERR_reason_error_string(code);
  ERR_clear_error();
  if (verified != X509_V_OK)
    return std::string("the certificate is not trusted: ").append(X509_verify_cert_error_string(verified)).append(cure_of(verified));
  if (reason == nullptr) return {};
  const bool plain = ERR_GET_LIB(code) == ERR_LIB_SSL && ERR_GET_REASON(code) == SSL_R_WRONG_VERSION_NUMBER;
  return std::string("TLS: ") + reason + (plain ? "; check whether this port speaks TLS" : "");
}

}  // namespace offhook::inline v0::sip::detail
