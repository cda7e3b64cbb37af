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

/// The shared settings of all TLS connections of one edge: trusted certificates, our certificate, cipher suites. No session is
/// resumed; each connection is verified. Outlives its connections. Use it on one thread.
class TlsContext {
 public:
  /// Reads all files. Errors: BadTrust (CA file, system store, pins), BadCertificate (ours, or its key).
  [[nodiscard]] static base::Result<std::unique_ptr<TlsContext>, EdgeError> make(const TlsOptions& options);
  TlsContext(const TlsContext&) = delete;
  TlsContext& operator=(const TlsContext&) = delete;

  /// The rules by which a certificate names a host. Sip: RFC 5922. Web: for WebSocket (RFC 7118 section 9.1,
  /// RFC 6125 section 6.4), where a wildcard covers one label.
  enum class Names : std::uint8_t { Sip, Web };
  /// Makes a client connection over `fd`. The peer's certificate must have `name`. Returns null if `name` is empty, or if there is no memory.
  [[nodiscard]] SslPtr connect(int fd, const std::string& name, Names names = Names::Sip);
  /// Makes a server connection over `fd`. Returns null if there is no memory, or we have no certificate.
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

/// Returns the reason of a failed handshake, as text for users; "" if it did not fail. Call it once, right after the failure.
[[nodiscard]] std::string tls_failure(SSL* ssl);

}  // namespace offhook::inline v0::sip::detail
