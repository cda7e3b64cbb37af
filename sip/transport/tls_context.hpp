#pragma once

#include <offhook/base/result.hpp>
#include <offhook/sip/transport/sip_edge.hpp>
#include <offhook/sip/transport/tls_options.hpp>

#include <openssl/ssl.h>

#include <array>
#include <memory>
#include <string>
#include <vector>

namespace offhook::inline v0::sip::detail {

struct SslFree {
  void operator()(SSL* ssl) const { SSL_free(ssl); }
  void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
};
using SslPtr = std::unique_ptr<SSL, SslFree>;

/// What all TLS connections of one edge have in common: whom we trust, who we are, which suites. No session is ever resumed: each
/// connection proves itself anew. Outlives its connections. One thread.
class TlsContext {
 public:
  /// Errors: BadTrust (CA file, system store, pins), BadCertificate (ours, or its key).
  [[nodiscard]] static base::Result<std::unique_ptr<TlsContext>, EdgeError> make(const TlsOptions& options);
  TlsContext(const TlsContext&) = delete;
  TlsContext& operator=(const TlsContext&) = delete;

  /// How a certificate names a host: as those of SIP do (RFC 5922), or as those of the web do, which WebSocket goes by (RFC 7118
  /// section 9.1, RFC 6125 section 6.4): there a wildcard stands for one label.
  enum class Names : std::uint8_t { Sip, Web };
  /// A connection over `fd` whose peer has to prove to be `name`. Null when memory is short, or without a name.
  [[nodiscard]] SslPtr connect(int fd, const std::string& name, Names names = Names::Sip);
  /// One that somebody made to us. Null when memory is short, or without a certificate of ours.
  [[nodiscard]] SslPtr accept(int fd);
  [[nodiscard]] bool has_certificate() const { return has_certificate_; }
  [[nodiscard]] bool verifies() const { return verify_ != TlsOptions::Verify::Insecure; }

 private:
  TlsContext() = default;
  [[nodiscard]] bool read_trust(const TlsOptions& options, SSL_CTX* context);
  [[nodiscard]] bool read_pins(const TlsOptions& options);
  [[nodiscard]] bool read_certificate(const TlsOptions& options, SSL_CTX* context);
  [[nodiscard]] bool is_pinned(X509* certificate) const;
  [[nodiscard]] int judge(X509_STORE_CTX* chain, SSL* ssl) const;
  static int verify(X509_STORE_CTX* chain, void* self);

  std::unique_ptr<SSL_CTX, SslFree> client_, server_;
  std::vector<std::array<unsigned char, 32>> pins_;
  TlsOptions::Verify verify_ = TlsOptions::Verify::Required;
  bool wildcards_ = false;
  bool has_certificate_ = false;
};

/// Why a handshake failed, for people; "" when nothing did. Read once, right after it failed.
[[nodiscard]] std::string tls_failure(SSL* ssl);

}  // namespace offhook::inline v0::sip::detail
