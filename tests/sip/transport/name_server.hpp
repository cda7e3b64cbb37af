#pragma once

#include "dns_message.hpp"

#include <offhook/base/socket_address.hpp>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/udp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace offhook::test {

using boost::asio::ip::tcp;
using boost::asio::ip::udp;
using sim::DnsMessage;

/// A name server whose answer depends on the first label of the name.
class NameServer {
 public:
  explicit NameServer(boost::asio::io_context& io) : socket_(io), acceptor_(io) {
    while (!binds_both()) continue;
    receive();
    accept();
  }
  [[nodiscard]] base::SocketAddress address() const { return {*base::IpAddress::parse("127.0.0.1"), socket_.local_endpoint().port()}; }
  std::map<std::string, std::size_t> asked;  // number of questions by name
  std::size_t asked_by_tcp = 0;
  std::map<std::string, std::vector<std::uint8_t>> addresses{};  // IPv4 addresses by name; for these names the first label has no meaning
  bool silent = false;                                           // true: the server answers no question

 private:
  /// Binds one port for UDP and TCP. The system chooses the TCP port, and another program may have the UDP port with this number.
  bool binds_both() {
    boost::system::error_code taken;
    acceptor_ = tcp::acceptor(acceptor_.get_executor(), tcp::endpoint(boost::asio::ip::address_v4::loopback(), 0));
    socket_ = udp::socket(socket_.get_executor(), udp::v4());
    socket_.bind(udp::endpoint(boost::asio::ip::address_v4::loopback(), acceptor_.local_endpoint().port()), taken);
    return !taken;
  }

  struct Asked {
    std::uint16_t id = 0, type = 0;
    std::string name;
  };
  static Asked read(const std::uint8_t* bytes, std::size_t size) {
    Asked question;
    question.id = static_cast<std::uint16_t>(bytes[0] << 8 | bytes[1]);
    std::size_t at = 12;
    while (at < size && bytes[at] != 0) {
      if (!question.name.empty()) question.name += '.';
      question.name.append(reinterpret_cast<const char*>(bytes) + at + 1, bytes[at]);
      at += bytes[at] + 1U;
    }
    question.type = static_cast<std::uint16_t>(bytes[at + 1] << 8 | bytes[at + 2]);
    return question;
  }
  std::optional<std::string> respond(const Asked& question, bool by_tcp) const {
    if (silent) return std::nullopt;
    if (const auto own = addresses.find(question.name); own != addresses.end() && question.type == 1)
      return DnsMessage(question.id, question.name, 1, 0, 1).a(0, own->second).bytes;
    const std::string what = question.name.substr(0, question.name.find('.'));
    if (what == "dead") return std::nullopt;
    if (what == "nobody") return DnsMessage(question.id, question.name, question.type, 3).bytes;
    if (what == "broken") return DnsMessage(question.id, question.name, question.type, 2).bytes;
    if (what == "cut") return DnsMessage(question.id, question.name, question.type, 0, 1).u16(0xc00c).bytes;
    if (what == "other") return DnsMessage(question.id, "evil.example", question.type, 0, 1).a(60, {192, 0, 2, 66}).bytes;
    if (what == "long" && !by_tcp) {
      std::string truncated = DnsMessage(question.id, question.name, question.type).bytes;
      truncated[2] = static_cast<char>(truncated[2] | 2);
      return truncated;
    }
    if (what.starts_with("times-") && question.type == 1) {  // "times-3" gets three addresses
      const auto count = static_cast<std::uint16_t>(std::stoul(what.substr(6)));
      DnsMessage many(question.id, question.name, 1, 0, count);
      for (unsigned i = 0; i < count; ++i) many.a(60, {192, 0, 2, static_cast<std::uint8_t>(i)});
      return many.bytes;
    }
    if (question.type == 1) return DnsMessage(question.id, question.name, 1, 0, 1).a(60, {192, 0, 2, 1}).bytes;
    if (question.type == 33) return DnsMessage(question.id, question.name, 33, 0, 1).srv(60, 1, 2, 5070, "one.example").bytes;
    return DnsMessage(question.id, question.name, question.type).bytes;
  }
  void receive() {
    socket_.async_receive_from(boost::asio::buffer(buffer_), from_, [this](const boost::system::error_code& error, std::size_t size) {
      if (error) return;
      const Asked question = read(buffer_.data(), size);
      ++asked[question.name];
      if (const auto response = respond(question, false)) socket_.send_to(boost::asio::buffer(*response), from_);
      receive();
    });
  }
  void accept() {
    acceptor_.async_accept([this](const boost::system::error_code& error, tcp::socket peer) {
      if (error) return;
      ++asked_by_tcp;
      peer_.emplace(std::move(peer));
      boost::asio::async_read(*peer_, boost::asio::buffer(length_), [this](const boost::system::error_code& broken, std::size_t) {
        if (!broken) answer_by_tcp();
      });
      accept();
    });
  }
  void answer_by_tcp() {
    query_.resize(static_cast<std::size_t>(length_[0] << 8 | length_[1]));
    boost::asio::async_read(*peer_, boost::asio::buffer(query_), [this](const boost::system::error_code& broken, std::size_t) {
      if (broken) return;
      const std::string response = *respond(read(query_.data(), query_.size()), true);
      const std::array<std::uint8_t, 2> size{static_cast<std::uint8_t>(response.size() >> 8), static_cast<std::uint8_t>(response.size())};
      boost::asio::write(*peer_, boost::asio::buffer(size));
      boost::asio::write(*peer_, boost::asio::buffer(response));
    });
  }

  udp::socket socket_;
  udp::endpoint from_;
  tcp::acceptor acceptor_;
  std::optional<tcp::socket> peer_;
  std::array<std::uint8_t, 2> length_{};
  std::vector<std::uint8_t> query_;
  std::array<std::uint8_t, 2048> buffer_{};
};

}  // namespace offhook::test
