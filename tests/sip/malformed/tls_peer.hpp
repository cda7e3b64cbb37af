#pragma once

#include <offhook/tests/services/certificate.hpp>
#include <offhook/tests/sip/malformed/peer_socket.hpp>

#include <openssl/ssl.h>

#include <fcntl.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

/// Peers that use TLS through OpenSSL directly. They do not share code with the edge, which therefore cannot hide its own errors.
namespace offhook::malformed {

/// Files with a certificate for 127.0.0.1 and its key, made once and removed at the end.
class CertificateFiles {
 public:
  static const CertificateFiles& get() {
    static const CertificateFiles files;
    return files;
  }
  ~CertificateFiles() { std::filesystem::remove_all(folder_); }
  CertificateFiles(const CertificateFiles&) = delete;
  CertificateFiles& operator=(const CertificateFiles&) = delete;

  [[nodiscard]] sip::TlsOptions options() const {
    sip::TlsOptions options;
    options.ca_file = options.certificate_file = (folder_ / "certificate.pem").string();
    options.key_file = (folder_ / "key.pem").string();
    return options;
  }

 private:
  CertificateFiles() {
    std::string name = (std::filesystem::temp_directory_path() / "offhook-torture-XXXXXX").string();
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    folder_ = name;
    const services::Certificate made = services::make_certificate({"127.0.0.1"});
    std::ofstream(folder_ / "certificate.pem") << made.certificate_pem;
    std::ofstream(folder_ / "key.pem") << made.key_pem;
  }
  std::filesystem::path folder_;
};

/// A PeerSocket with TLS. It accepts any certificate, because other tests check the edge's certificate.
class TlsPeer {
 public:
  TlsPeer(const std::string& ip, std::uint16_t edge)
      : socket_(SOCK_STREAM, ip, 0, edge), context_(SSL_CTX_new(TLS_client_method()), SSL_CTX_free), ssl_(SSL_new(context_.get()), SSL_free) {
    REQUIRE(::fcntl(socket_.fd(), F_SETFL, O_NONBLOCK) == 0);
    REQUIRE(SSL_set_fd(ssl_.get(), socket_.fd()) == 1);
    for (int result = SSL_connect(ssl_.get()); result != 1; result = SSL_connect(ssl_.get()))
      REQUIRE_MESSAGE(wait(result, 20000), "the TLS handshake with the edge failed");
  }

  void send(std::string_view text) {
    while (!text.empty()) {
      const int sent = SSL_write(ssl_.get(), text.data(), static_cast<int>(text.size()));
      if (sent > 0) text.remove_prefix(static_cast<std::size_t>(sent));
      else if (!wait(sent, 20000)) return;
    }
  }
  std::string receive(std::string_view wanted, int limit_ms = 20000) {
    std::string all;
    while (all.find(wanted) == std::string::npos) {
      char buffer[16384];
      const int got = SSL_read(ssl_.get(), buffer, sizeof buffer);
      if (got > 0) all.append(buffer, static_cast<std::size_t>(got));
      else if (!wait(got, limit_ms)) break;
    }
    return all;
  }
  [[nodiscard]] bool closed() const { return closed_; }

 private:
  /// Waits until the socket can continue the operation that returned `result`. Returns false after the limit, or at the end of
  /// the connection.
  bool wait(int result, int limit_ms) {
    const int error = SSL_get_error(ssl_.get(), result);
    const bool reads = error == SSL_ERROR_WANT_READ;
    if (!reads && error != SSL_ERROR_WANT_WRITE) {
      closed_ = true;
      return false;
    }
    pollfd entry{socket_.fd(), static_cast<short>(reads ? POLLIN : POLLOUT), 0};
    return ::poll(&entry, 1, limit_ms) == 1;
  }

  PeerSocket socket_;
  std::unique_ptr<SSL_CTX, void (*)(SSL_CTX*)> context_;
  std::unique_ptr<SSL, void (*)(SSL*)> ssl_;
  bool closed_ = false;
};

}  // namespace offhook::malformed
