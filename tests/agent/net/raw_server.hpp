#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>

#include <algorithm>
#include <cctype>
#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace offhook::test {

/// A server on loopback that sends the octets that the test sets, in one piece or several. It runs on the test's io_context.
class RawServer {
 public:
  using tcp = boost::asio::ip::tcp;

  class Connection : public std::enable_shared_from_this<Connection> {
   public:
    explicit Connection(tcp::socket socket, RawServer& server) : socket_(std::move(socket)), server_(server) {
      socket_.set_option(tcp::no_delay(true));
    }
    /// Writes `bytes` in pieces of `step` octets, each with a separate write.
    void write(std::string_view bytes, std::size_t step = std::string_view::npos) {
      for (std::size_t at = 0; at < bytes.size(); at += std::min(step, bytes.size())) queue_.emplace_back(bytes.substr(at, step));
      if (!writing_) flush();
    }
    /// Closes the connection when all queued octets are written.
    void close() {
      closing_ = true;
      if (!writing_) flush();
    }
    void read() {
      boost::asio::async_read_until(socket_, boost::asio::dynamic_buffer(input_), "\r\n\r\n",
                                    [self = shared_from_this()](const boost::system::error_code& error, std::size_t head) {
                                      if (error) return self->server_.gone(self);
                                      self->read_body(head);
                                    });
    }
    void stop() {
      boost::system::error_code ignored;
      socket_.close(ignored);
    }

   private:
    void read_body(std::size_t head) {
      std::string lower = input_.substr(0, head);
      std::transform(lower.begin(), lower.end(), lower.begin(), [](char c) { return static_cast<char>(std::tolower(c)); });
      std::size_t length = 0;
      if (const std::size_t at = lower.find("content-length:"); at != std::string::npos)
        length = std::stoul(lower.substr(at + 15));
      const std::size_t whole = head + length;
      if (input_.size() >= whole) return take(whole);
      boost::asio::async_read(socket_, boost::asio::dynamic_buffer(input_), boost::asio::transfer_at_least(whole - input_.size()),
                              [self = shared_from_this(), whole](const boost::system::error_code& error, std::size_t) {
                                if (error) return self->server_.gone(self);
                                self->take(whole);
                              });
    }
    void take(std::size_t whole) {
      const std::string request = input_.substr(0, whole);
      input_.erase(0, whole);
      server_.requests.push_back(request);
      server_.answer(*this, request);
      read();
    }
    void flush() {
      boost::system::error_code ignored;
      if (queue_.empty()) {
        if (closing_) socket_.shutdown(tcp::socket::shutdown_both, ignored);
        return;
      }
      writing_ = true;
      boost::asio::async_write(socket_, boost::asio::buffer(queue_.front()),
                               [self = shared_from_this()](const boost::system::error_code& error, std::size_t) {
                                 self->writing_ = false;
                                 self->queue_.pop_front();
                                 if (!error) self->flush();
                               });
    }

    tcp::socket socket_;
    RawServer& server_;
    std::string input_;
    std::deque<std::string> queue_;
    bool writing_ = false, closing_ = false;
  };

  explicit RawServer(boost::asio::io_context& io) : acceptor_(io, tcp::endpoint(boost::asio::ip::address_v4::loopback(), 0)) {
    accept();
  }
  ~RawServer() {
    boost::system::error_code ignored;
    acceptor_.close(ignored);
    for (const auto& connection : connections) connection->stop();
  }

  [[nodiscard]] std::string url(std::string_view path = "/") const {
    return "http://127.0.0.1:" + std::to_string(acceptor_.local_endpoint().port()) + std::string(path);
  }

  std::function<void(Connection&, const std::string& request)> answer = [](Connection&, const std::string&) {};
  std::vector<std::string> requests;
  std::vector<std::shared_ptr<Connection>> connections;  ///< the open connections
  std::size_t accepted = 0, ended = 0;

 private:
  void accept() {
    acceptor_.async_accept([this](const boost::system::error_code& error, tcp::socket socket) {
      if (error) return;
      ++accepted;
      connections.push_back(std::make_shared<Connection>(std::move(socket), *this));
      connections.back()->read();
      accept();
    });
  }
  void gone(const std::shared_ptr<Connection>& connection) {
    ++ended;
    std::erase(connections, connection);
  }

  tcp::acceptor acceptor_;
};

}  // namespace offhook::test
