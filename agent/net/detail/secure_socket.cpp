#include <offhook/agent/net/detail/secure_socket.hpp>

#include <openssl/err.h>

#include <sys/socket.h>

namespace offhook::inline v0::agent::net::detail {

namespace asio = boost::asio;

namespace {
boost::system::error_code system_error() { return {errno, boost::system::system_category()}; }
boost::system::error_code protocol_error() { return boost::system::errc::make_error_code(boost::system::errc::protocol_error); }
}  // namespace

SecureSocket::error_code SecureSocket::failed(int result, Wait& wait) {
  const int error = errno;
  switch (SSL_get_error(ssl_.get(), result)) {
    case SSL_ERROR_WANT_READ:
      wait = Wait::wait_read;
      return asio::error::would_block;
    case SSL_ERROR_WANT_WRITE:
      wait = Wait::wait_write;
      return asio::error::would_block;
    case SSL_ERROR_ZERO_RETURN:
      return asio::error::eof;
    case SSL_ERROR_SYSCALL:
      if (error == 0) return asio::error::eof;
      return {error, boost::system::system_category()};
    default:
      // The peer closed without a TLS close alert. WebSocket has a close frame of its own, which detects a truncated stream.
      return ERR_GET_REASON(ERR_peek_error()) == SSL_R_UNEXPECTED_EOF_WHILE_READING ? error_code(asio::error::eof) : protocol_error();
  }
}

SecureSocket::error_code SecureSocket::handshake(Wait& wait) {
  ERR_clear_error();
  errno = 0;
  const int result = SSL_do_handshake(ssl_.get());
  return result == 1 ? error_code() : failed(result, wait);
}

std::size_t SecureSocket::read(asio::mutable_buffer into, error_code& error, Wait& wait) {
  if (into.size() == 0) return 0;
  errno = 0;
  if (ssl_) {
    ERR_clear_error();
    std::size_t got = 0;
    const int result = SSL_read_ex(ssl_.get(), into.data(), into.size(), &got);
    if (result != 1) error = failed(result, wait);
    return got;
  }
  const auto got = ::recv(tcp_.native_handle(), into.data(), into.size(), MSG_DONTWAIT);
  wait = Wait::wait_read;
  if (got == 0) error = asio::error::eof;
  if (got < 0) error = system_error();
  return got > 0 ? static_cast<std::size_t>(got) : 0;
}

SecureSocket::error_code SecureSocket::flush(Wait& wait) {
  while (gone_ < out_.size()) {
    errno = 0;
    std::size_t written = 0;
    if (ssl_) {
      ERR_clear_error();
      const int result = SSL_write_ex(ssl_.get(), out_.data() + gone_, out_.size() - gone_, &written);
      if (result != 1) return failed(result, wait);
    } else {
      const auto sent = ::send(tcp_.native_handle(), out_.data() + gone_, out_.size() - gone_, MSG_NOSIGNAL | MSG_DONTWAIT);
      wait = Wait::wait_write;
      if (sent < 0) return system_error();
      written = static_cast<std::size_t>(sent);
    }
    gone_ += written;
  }
  out_.clear();
  gone_ = 0;
  if (out_.capacity() > kKeptIdle) std::string().swap(out_);
  return {};
}

void SecureSocket::close() {
  error_code ignored;
  if (ssl_ && tcp_.is_open() && SSL_is_init_finished(ssl_.get()) == 1) {
    ERR_clear_error();
    (void)SSL_shutdown(ssl_.get());
    ERR_clear_error();
  }
  tcp_.shutdown(Tcp::shutdown_both, ignored);
  tcp_.close(ignored);
}

}  // namespace offhook::inline v0::agent::net::detail
