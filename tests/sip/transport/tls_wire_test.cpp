#include <offhook/tests/sip/transport/secured_peer.hpp>

#include <boost/asio/write.hpp>
#include <openssl/ssl.h>

#include <memory>
#include <thread>

using namespace offhook;
using namespace offhook::transport_test;
using sip::Transport;
namespace asio = boost::asio;

namespace {

/// A server without TLS. It reads the first octets, sends `answer`, and reads the later octets until the end.
struct PlainServer {
  asio::io_context io{1};
  asio::ip::tcp::acceptor acceptor{io, {asio::ip::make_address("127.0.0.1"), 0}};
  std::string first, rest;
  std::thread thread;

  explicit PlainServer(const std::string& answer) {
    thread = std::thread([this, answer] {
      boost::system::error_code error;
      auto socket = acceptor.accept(error);
      char octets[4096];
      first.assign(octets, socket.read_some(asio::buffer(octets), error));
      if (error) return;
      asio::write(socket, asio::buffer(answer), error);
      while (!error) rest.append(octets, socket.read_some(asio::buffer(octets), error));
    });
  }
  ~PlainServer() { join(); }
  void join() {
    if (thread.joinable()) thread.join();
  }
};

const std::string kFatalAlert("\x15\x03\x03\x00\x02\x02\x28", 7);  // handshake_failure

/// Connects to a server whose certificate must have this name, and that sends a fatal alert. Returns the ClientHello, and the octets that the
/// client sent after the alert.
std::pair<std::string, std::string> told(const std::string& name) {
  Authority authority;
  PlainServer server(kFatalAlert);
  {
    Client client(authority.trusting());
    CHECK_FALSE(client.asks(Client::flow(Transport::Tls, server.acceptor.local_endpoint().port(), name)));
    CHECK(client.failed.size() == 1);
  }
  server.join();
  return {server.first, server.rest};
}

}  // namespace

TEST_CASE("The ClientHello has the host name that the server's certificate must have, but no address [RFC 6066 section 3]") {
  CHECK(told("pbx.example.com").first.find("pbx.example.com") != std::string::npos);
  CHECK(told("127.0.0.1").first.find("127.0.0.1") == std::string::npos);
}

TEST_CASE("After a fatal alert the client sends nothing and closes the connection [RFC 8446 section 6.2]") {
  CHECK(told("pbx.example.com").second.empty());
}

TEST_CASE("The edge finds the messages of a TLS stream at any division into records [RFC 8446 section 5.1]") {
  Authority authority;
  ServingEdge server({Transport::Tls}, Client::with(authority.showing(authority.issue_dns("pbx.example.com"))));
  asio::io_context io{1};
  asio::ip::tcp::socket socket(io);
  socket.connect({asio::ip::make_address("127.0.0.1"), server.port()});
  const std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context(SSL_CTX_new(TLS_client_method()), SSL_CTX_free);
  const std::unique_ptr<SSL, decltype(&SSL_free)> peer(SSL_new(context.get()), SSL_free);
  REQUIRE(SSL_set_fd(peer.get(), socket.native_handle()) == 1);
  REQUIRE(SSL_connect(peer.get()) == 1);
  for (const char c : options("TLS", 1) + options("TLS", 2)) REQUIRE(SSL_write(peer.get(), &c, 1) == 1);  // Each octet is a record.
  std::string answers;
  char octets[4096];
  while (answers.find("CSeq: 2 OPTIONS") == std::string::npos) {
    const int got = SSL_read(peer.get(), octets, sizeof octets);
    REQUIRE(got > 0);
    answers.append(octets, static_cast<std::size_t>(got));
  }
  CHECK(answers.find("CSeq: 1 OPTIONS") != std::string::npos);
}
