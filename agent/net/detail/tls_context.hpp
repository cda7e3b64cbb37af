#pragma once

#include <offhook/agent/net/http_client.hpp>
#include <offhook/base/error.hpp>
#include <offhook/base/result.hpp>

#include <openssl/ssl.h>

#include <cstdint>
#include <map>
#include <memory>
#include <string>

namespace offhook::inline v0::agent::net::detail {

struct SslDelete {
  /// Without both marks OpenSSL would take the session for broken, and not resume it (RFC 5246 section 7.2.1 lets it be resumed).
  void operator()(SSL* ssl) const {
    SSL_set_shutdown(ssl, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
    SSL_free(ssl);
  }
};
using SslPtr = std::unique_ptr<SSL, SslDelete>;

inline constexpr std::size_t kMaxRememberedHosts = 64;  ///< whose sessions are kept; beyond it the first in order goes

/// TLS as a client does it here: 1.2 or 1.3, the other side's certificate verified, its newest session ticket per host kept for
/// the next socket to it. Used from one thread.
class TlsContext {
 public:
  /// `ca_file`: PEM with who is trusted; "": those whom the system trusts.
  [[nodiscard]] static base::Result<std::shared_ptr<TlsContext>, base::Error> make(const std::string& ca_file);
  TlsContext(const TlsContext&) = delete;
  TlsContext& operator=(const TlsContext&) = delete;
  ~TlsContext();

  /// A connection to be made over `fd`: server name, host name check and, if there is one, the remembered session are set. It
  /// keeps a reference to this context, which must outlive it. Null when memory is short.
  [[nodiscard]] SslPtr connect(const std::string& host, std::uint16_t port, int fd);
  [[nodiscard]] std::size_t remembered() const { return sessions_.size(); }

 private:
  struct Delete {
    void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
    void operator()(SSL_SESSION* session) const { SSL_SESSION_free(session); }
  };
  TlsContext() = default;
  static int on_new_session(SSL* ssl, SSL_SESSION* session);

  std::unique_ptr<SSL_CTX, Delete> context_;
  std::map<std::string, std::unique_ptr<SSL_SESSION, Delete>> sessions_;  // by "host:port"
};

/// Why a handshake with `peer` failed, for people: from the certificate's verification or from OpenSSL's queue of errors.
[[nodiscard]] NetError tls_error(SSL* ssl, const std::string& peer);

}  // namespace offhook::inline v0::agent::net::detail
