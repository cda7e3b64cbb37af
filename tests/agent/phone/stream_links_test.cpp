#include <offhook/agent/phone/nat/stream_links.hpp>
#include <offhook/tests/testkit/wait.hpp>
#include <offhook/tests/turn/server_link.hpp>

#include <doctest/doctest.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <memory>
#include <vector>

using namespace offhook;
using Octets = std::vector<std::uint8_t>;
using phone::StreamLinks;

namespace {

const base::SocketAddress kAny{base::IpAddress::v4({127, 0, 0, 1}), 0};

/// A TCP server on loopback that accepts one connection.
class TcpServer {
 public:
  TcpServer() : listener_(socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in name{};
    name.sin_family = AF_INET;
    name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof name;
    REQUIRE(bind(listener_, reinterpret_cast<sockaddr*>(&name), size) == 0);
    REQUIRE(listen(listener_, 1) == 0);
    REQUIRE(getsockname(listener_, reinterpret_cast<sockaddr*>(&name), &size) == 0);
    address = {kAny.ip, ntohs(name.sin_port)};
  }
  ~TcpServer() {
    end();
    close(listener_);
  }
  TcpServer(const TcpServer&) = delete;
  TcpServer& operator=(const TcpServer&) = delete;

  void accept_one() {
    connection_ = accept(listener_, nullptr, nullptr);
    REQUIRE(connection_ >= 0);
  }
  void send_all(const Octets& octets) const { REQUIRE(send(connection_, octets.data(), octets.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(octets.size())); }
  [[nodiscard]] Octets receive_some(std::size_t least) const {
    Octets all;
    std::array<std::uint8_t, 1000> room{};
    while (all.size() < least) {
      const auto size = recv(connection_, room.data(), room.size(), 0);
      if (size <= 0) break;
      all.insert(all.end(), room.begin(), room.begin() + size);
    }
    return all;
  }
  void end() {
    if (connection_ >= 0) close(connection_);
    connection_ = -1;
  }

  base::SocketAddress address;

 private:
  int listener_, connection_ = -1;
};

struct OpenLink {
  TcpServer server;
  offhook_test::UdpSocket leg{kAny}, stranger{kAny};
  StreamLinks links{""};
  std::shared_ptr<StreamLinks::Link> link = links.open({server.address}, leg.address()).value();

  OpenLink() {
    server.accept_one();
    REQUIRE(offhook_test::wait_until([&] { return link->state() == StreamLinks::State::Open; }));
  }
  Octets next_at_leg() {
    std::optional<std::pair<base::SocketAddress, Octets>> got;
    REQUIRE(offhook_test::wait_until([&] { return (got = leg.receive()).has_value(); }));
    CHECK(got->first == link->address());
    return got->second;
  }
};

const Octets kData{0x40, 1, 0, 3, 1, 2, 3, 0}, kMore{0x40, 2, 0, 4, 5, 6, 7, 8};

}  // namespace

TEST_CASE_FIXTURE(OpenLink, "A link sends the datagrams of its leg over the stream, and the server's messages to the leg as datagrams") {
  leg.send(kData, link->address());
  CHECK(server.receive_some(kData.size()) == kData);
  Octets both = kData;
  both.insert(both.end(), kMore.begin(), kMore.end());
  server.send_all(Octets(both.begin(), both.begin() + 5));
  server.send_all(Octets(both.begin() + 5, both.end()));
  CHECK(next_at_leg() == kData);
  CHECK(next_at_leg() == kMore);
}

TEST_CASE_FIXTURE(OpenLink, "A link sends only complete TURN messages of its leg, and drops all other datagrams") {
  stranger.send(kMore, link->address());
  const Octets rtp(172, 0x80), cut(kData.begin(), kData.end() - 1), two{0x40, 1, 0, 0, 0x40, 1, 0, 0}, without_padding{0x40, 1, 0, 1, 7}, empty;
  for (const auto& datagram : {Octets(2048, 1), rtp, cut, two, without_padding, empty}) leg.send(datagram, link->address());
  leg.send(kData, link->address());
  CHECK(server.receive_some(kData.size()) == kData);
}

TEST_CASE_FIXTURE(OpenLink, "A link closes when the server ends the connection, or sends octets that are not TURN messages") {
  SUBCASE("the server ends the connection") { server.end(); }
  SUBCASE("the server sends RTP") { server.send_all({0x80, 0, 0, 0}); }
  CHECK(offhook_test::wait_until([&] { return link->state() == StreamLinks::State::Closed; }));
}

TEST_CASE("StreamLinks opens at most 512 links at the same time") {
  StreamLinks links("");
  const StreamLinks::Server nobody{{kAny.ip, 1}};
  std::vector<std::shared_ptr<StreamLinks::Link>> all;
  for (std::size_t i = 0; i < StreamLinks::kMaxLinks; ++i) {
    auto link = links.open(nobody, {kAny.ip, 9});
    REQUIRE(link);
    all.push_back(std::move(*link));
    if (i % 64 == 63) REQUIRE(offhook_test::wait_until([&] { return all.back()->state() == StreamLinks::State::Closed; }));
  }
  CHECK(links.open(nobody, {kAny.ip, 9}) == base::fail(StreamLinks::Error::TooMany));
  all.pop_back();
  CHECK(links.open(nobody, {kAny.ip, 9}).has_value());
}

TEST_CASE("A link over TLS is refused if ca_file cannot be used, and links may outlive the StreamLinks that opened them") {
  auto links = std::make_unique<StreamLinks>("/nonexistent.pem");
  CHECK(links->open({kAny, rtp::StunTransport::Tls, "127.0.0.1"}, kAny) == base::fail(StreamLinks::Error::NoTls));
  const auto link = links->open({{kAny.ip, 1}}, kAny).value();
  links.reset();
  CHECK(link->address().port != 0);
}
