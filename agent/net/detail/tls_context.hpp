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
  /// Sets both shutdown marks. Without them OpenSSL does not resume the session, although RFC 5246 section 7.2.1 allows it.
  void operator()(SSL* ssl) const {
    SSL_set_shutdown(ssl, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
    SSL_free(ssl);
  }
};
using SslPtr = std::unique_ptr<SSL, SslDelete>;

inline constexpr std::size_t kMaxRememberedHosts = 64;  ///< hosts whose sessions are kept; a further host replaces the first host in key order

/// The settings of a TLS client: version 1.2 or 1.3, and verification of the peer's certificate. Keeps the newest session ticket of each host, which
/// the next socket to this host uses. Use it from one thread.
class TlsContext {
 public:
  /// Makes a context. `ca_file` is a PEM file of the trusted authorities; "" selects the authorities of the system.
  [[nodiscard]] static base::Result<std::shared_ptr<TlsContext>, base::Error> make(const std::string& ca_file);
  TlsContext(const TlsContext&) = delete;
  TlsContext& operator=(const TlsContext&) = delete;
  ~TlsContext();

  /// Returns a TLS connection over `fd` before its handshake. The server name, the host name check and the remembered session, if there is one, are
  /// set. The result refers to this context, which must outlive it. Returns null if memory is short, or if `host` cannot be a server name.
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

/// Returns the error of a failed handshake with `peer`. Its text comes from the verification of the certificate, or from OpenSSL's error queue.
[[nodiscard]] NetError tls_error(SSL* ssl, const std::string& peer);

}  // namespace offhook::inline v0::agent::net::detail
