#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace offhook::test {

/// An HTTP proxy on loopback that supports only CONNECT and runs on the test's io_context. For every requested host, it connects to the port
/// `behind` of this machine. Therefore a test can use host names without a name server.
class ConnectProxy {
 public:
  using tcp = boost::asio::ip::tcp;

  ConnectProxy(boost::asio::io_context& io, std::uint16_t behind)
      : io_(io), acceptor_(io, tcp::endpoint(boost::asio::ip::address_v4::loopback(), 0)), behind_(behind) {
    accept();
  }
  ~ConnectProxy() {
    boost::system::error_code ignored;
    acceptor_.close(ignored);
    for (const auto& each : links_) each->stop();
  }
  ConnectProxy(const ConnectProxy&) = delete;
  ConnectProxy& operator=(const ConnectProxy&) = delete;

  [[nodiscard]] std::uint16_t port() const { return acceptor_.local_endpoint().port(); }

  std::string answer = "HTTP/1.1 200 Connection established\r\n\r\n";  ///< answer to each request; "": sends no answer
  bool connects = true;                                                 ///< true: connects to the server after a 2xx answer; false: closes after its answer
  std::vector<std::string> heads;                                       ///< heads of the received requests

 private:
  struct Way {
    Way(tcp::socket& source, tcp::socket& sink) : from(source), to(sink) {}
    tcp::socket& from;
    tcp::socket& to;
    std::array<char, 16384> bytes{};
  };
  struct Link : std::enable_shared_from_this<Link> {
    Link(tcp::socket accepted, ConnectProxy& owner) : client(std::move(accepted)), server(owner.io_), proxy(owner), up(client, server), down(server, client) {}

    void read() {
      boost::asio::async_read_until(client, boost::asio::dynamic_buffer(head), "\r\n\r\n", [self = shared_from_this()](const boost::system::error_code& error, std::size_t) {
        if (!error) self->take();
      });
    }
    void take() {
      proxy.heads.push_back(head);
      if (proxy.answer.empty()) return;  // The proxy keeps the connection open without an answer.
      answer = proxy.answer;
      boost::asio::async_write(client, boost::asio::buffer(answer), [self = shared_from_this()](const boost::system::error_code& error, std::size_t) {
        if (error || !self->proxy.connects) return self->stop();
        self->connect();
      });
    }
    void connect() {
      server.async_connect({boost::asio::ip::address_v4::loopback(), proxy.behind_}, [self = shared_from_this()](const boost::system::error_code& error) {
        if (error) return self->stop();
        self->pass(self->up);
        self->pass(self->down);
      });
    }
    void pass(Way& way) {
      way.from.async_read_some(boost::asio::buffer(way.bytes), [self = shared_from_this(), &way](const boost::system::error_code& error, std::size_t size) {
        if (error) return self->stop();
        boost::asio::async_write(way.to, boost::asio::buffer(way.bytes, size), [self, &way](const boost::system::error_code& failed, std::size_t) {
          if (failed) return self->stop();
          self->pass(way);
        });
      });
    }
    void stop() {
      boost::system::error_code ignored;
      client.close(ignored);
      server.close(ignored);
    }

    tcp::socket client, server;
    ConnectProxy& proxy;
    std::string head, answer;
    Way up, down;
  };

  void accept() {
    acceptor_.async_accept([this](const boost::system::error_code& error, tcp::socket socket) {
      if (error) return;
      links_.push_back(std::make_shared<Link>(std::move(socket), *this));
      links_.back()->read();
      accept();
    });
  }

  boost::asio::io_context& io_;
  tcp::acceptor acceptor_;
  const std::uint16_t behind_;
  std::vector<std::shared_ptr<Link>> links_;
};

}  // namespace offhook::test
