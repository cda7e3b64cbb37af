#pragma once

#include <offhook/agent/net/detail/tls_context.hpp>

#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/compose.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/beast/core/role.hpp>

#include <string>
#include <utility>

namespace offhook::inline v0::agent::net::detail {

/// A TCP socket, with or without TLS, for use as the lower layer of a Beast WebSocket. One type serves both cases, so that Beast is compiled once.
/// OpenSSL reads and writes the descriptor itself: asio::ssl::stream would keep 68 KB of buffers for each socket.
/// Start at most one read and one write at a time, from the thread of its io_context.
class SecureSocket {
 public:
  using executor_type = boost::asio::io_context::executor_type;
  using Tcp = boost::asio::basic_stream_socket<boost::asio::ip::tcp, executor_type>;
  using error_code = boost::system::error_code;
  using Wait = boost::asio::socket_base::wait_type;

  static constexpr std::size_t kMaxGathered = 16384;  ///< octets of small writes that are sent together: one TLS record
  static constexpr std::size_t kKeptIdle = 4096;      ///< octets of the gathering buffer's memory that an idle socket keeps

  explicit SecureSocket(boost::asio::io_context& io) : tcp_(io.get_executor()) {}

  [[nodiscard]] executor_type get_executor() { return tcp_.get_executor(); }
  [[nodiscard]] Tcp& tcp() { return tcp_; }
  void use_tls(SslPtr ssl) { ssl_ = std::move(ssl); }
  [[nodiscard]] SSL* ssl() { return ssl_.get(); }

  /// Performs one step of the TLS handshake. Returns would_block if it is not finished: call this again when the socket is ready for `wait`.
  [[nodiscard]] error_code handshake(Wait& wait);
  /// While `on` is true, writes only collect octets, until kMaxGathered are collected. The first write after gather(false) sends all of them.
  void gather(bool on) { gathering_ = on; }
  /// Sends the TLS close alert if this does not block, and closes the socket.
  void close();

  template <class Buffers, class Token>
  auto async_read_some(const Buffers& buffers, Token&& token) {
    return boost::asio::async_compose<Token, void(error_code, std::size_t)>(Read{*this, first_of<boost::asio::mutable_buffer>(buffers)}, token, tcp_);
  }
  template <class Buffers, class Token>
  auto async_write_some(const Buffers& buffers, Token&& token) {
    return boost::asio::async_compose<Token, void(error_code, std::size_t)>(Write{*this, take(buffers)}, token, tcp_);
  }

 private:
  template <class Buffer, class Buffers>
  static Buffer first_of(const Buffers& buffers) {
    for (auto at = boost::asio::buffer_sequence_begin(buffers); at != boost::asio::buffer_sequence_end(buffers); ++at) {
      if (Buffer(*at).size() != 0) return *at;
    }
    return {};
  }
  /// Collects as many octets of `buffers` as fit, so that the header and the payload of a frame become one TLS record. Returns their number.
  template <class Buffers>
  std::size_t take(const Buffers& buffers) {
    const std::size_t before = out_.size();
    for (auto at = boost::asio::buffer_sequence_begin(buffers); at != boost::asio::buffer_sequence_end(buffers); ++at) {
      const boost::asio::const_buffer buffer = *at;
      out_.append(static_cast<const char*>(buffer.data()), std::min(buffer.size(), kMaxGathered - std::min(out_.size(), kMaxGathered)));
    }
    return out_.size() - before;
  }
  [[nodiscard]] std::size_t read(boost::asio::mutable_buffer into, error_code& error, Wait& wait);
  [[nodiscard]] error_code flush(Wait& wait);
  [[nodiscard]] error_code failed(int result, Wait& wait);

  // Read and Write complete from the io_context's queue, never within the invocation that started them.
  struct Read {
    SecureSocket& socket;
    boost::asio::mutable_buffer into;
    std::size_t done = 0;
    error_code error{};
    enum class At : std::uint8_t { Begin, Waiting, Posted } at = At::Begin;

    template <class Self>
    void operator()(Self& self, error_code waited = {}) {
      if (at == At::Posted) return self.complete(error, done);
      Wait wait{};
      error = waited;
      if (!error) done = socket.read(into, error, wait);
      if (error == boost::asio::error::would_block) {
        at = At::Waiting;
        socket.tcp_.async_wait(wait, std::move(self));
      } else if (at == At::Begin) {
        at = At::Posted;
        boost::asio::post(socket.get_executor(), std::move(self));
      } else {
        self.complete(error, done);
      }
    }
  };
  struct Write {
    SecureSocket& socket;
    std::size_t taken;
    error_code error{};
    enum class At : std::uint8_t { Begin, Waiting, Posted } at = At::Begin;

    template <class Self>
    void operator()(Self& self, error_code waited = {}) {
      if (at == At::Posted) return self.complete(error, error ? 0 : taken);
      Wait wait{};
      error = waited;
      if (!error && !(socket.gathering_ && socket.out_.size() < kMaxGathered)) error = socket.flush(wait);
      if (error == boost::asio::error::would_block) {
        at = At::Waiting;
        socket.tcp_.async_wait(wait, std::move(self));
      } else if (at == At::Begin) {
        at = At::Posted;
        boost::asio::post(socket.get_executor(), std::move(self));
      } else {
        self.complete(error, error ? 0 : taken);
      }
    }
  };

  Tcp tcp_;
  SslPtr ssl_;
  std::string out_;       // gathered octets that are not completely written
  std::size_t gone_ = 0;  // octets of out_ that are written
  bool gathering_ = false;
};

// Beast requires these functions of the layer below it.
inline void beast_close_socket(SecureSocket& socket) { socket.close(); }
inline void teardown(boost::beast::role_type, SecureSocket& socket, boost::system::error_code& error) {
  socket.close();
  error = {};
}
template <class Handler>
void async_teardown(boost::beast::role_type, SecureSocket& socket, Handler&& handler) {
  socket.close();
  boost::asio::post(socket.get_executor(), [handler = std::forward<Handler>(handler)]() mutable { handler(boost::system::error_code()); });
}

}  // namespace offhook::inline v0::agent::net::detail
