#include <offhook/sip/transport/tls_stream.hpp>

#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>

#include <openssl/err.h>

#include <cerrno>

namespace offhook::inline v0::sip::detail {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

namespace {

/// OpenSSL reads and writes the descriptor itself. asio::ssl::stream would keep 68 KB of buffers for each connection.
class TlsStream final : public ByteStream {
 public:
  TlsStream(tcp::socket socket, SslPtr ssl) : socket_(std::move(socket)), ssl_(std::move(ssl)) {
    error_code ignored;
    socket_.non_blocking(true, ignored);
  }

  void open(Done done) override {
    step([this](std::size_t&) { return SSL_do_handshake(ssl_.get()); }, std::move(done), true);
  }
  void read_some(std::span<std::uint8_t> into, Done done) override {
    step([this, into](std::size_t& size) { return SSL_read_ex(ssl_.get(), into.data(), into.size(), &size); }, std::move(done), true);
  }
  void write(std::string_view bytes, Done done) override {
    const auto write_rest = [this, bytes, gone = std::size_t{0}](std::size_t& size) mutable {
      while (gone < bytes.size()) {
        std::size_t written = 0;
        const int result = SSL_write_ex(ssl_.get(), bytes.data() + gone, bytes.size() - gone, &written);
        if (result != 1) return result;
        gone += written;
      }
      size = gone;
      return 1;
    };
    step(write_rest, std::move(done), true);
  }
  void finish_writing() override {
    say_goodbye();
    error_code ignored;
    socket_.shutdown(tcp::socket::shutdown_send, ignored);
  }
  void close() override {
    if (!socket_.is_open()) return;
    say_goodbye();
    error_code ignored;
    socket_.close(ignored);
  }
  std::string failure() const override { return failure_; }

 private:
  /// Tries `attempt`, and again whenever the socket is ready for the operation that OpenSSL waits for.
  template <class Try>
  void step(Try attempt, Done done, bool first) {
    if (!socket_.is_open() || broken_) return finish(std::move(done), asio::error::operation_aborted, 0, first);
    ERR_clear_error();
    errno = 0;
    std::size_t size = 0;
    const int result = attempt(size);
    if (result == 1) return finish(std::move(done), {}, size, first);
    const int system = errno;
    const int fault = SSL_get_error(ssl_.get(), result);
    if (fault != SSL_ERROR_WANT_READ && fault != SSL_ERROR_WANT_WRITE) return finish(std::move(done), failed(fault, system), 0, first);
    const auto wanted = fault == SSL_ERROR_WANT_READ ? tcp::socket::wait_read : tcp::socket::wait_write;
    socket_.async_wait(wanted, [this, attempt = std::move(attempt), done = std::move(done)](const error_code& error) mutable {
      if (error) return done(error, 0);
      step(std::move(attempt), std::move(done), false);
    });
  }

  void finish(Done done, const error_code& error, std::size_t size, bool first) {
    if (!first) return done(error, size);
    asio::post(socket_.get_executor(), [done = std::move(done), error, size] { done(error, size); });
  }

  error_code failed(int fault, int system) {
    if (fault == SSL_ERROR_ZERO_RETURN) return asio::error::eof;
    broken_ = true;  // RFC 8446 section 6.2: send nothing more.
    failure_ = tls_failure(ssl_.get());
    if (fault == SSL_ERROR_SYSCALL) return system == 0 ? error_code(asio::error::eof) : error_code(system, boost::system::system_category());
    return protocol_error();
  }

  void say_goodbye() {
    if (broken_ || SSL_is_init_finished(ssl_.get()) != 1) return;
    ERR_clear_error();
    (void)SSL_shutdown(ssl_.get());
    ERR_clear_error();
  }

  tcp::socket socket_;
  SslPtr ssl_;
  std::string failure_;
  bool broken_ = false;
};

}  // namespace

std::unique_ptr<ByteStream> make_tls_stream(tcp::socket socket, SslPtr ssl) {
  return std::make_unique<TlsStream>(std::move(socket), std::move(ssl));
}

}  // namespace offhook::inline v0::sip::detail
