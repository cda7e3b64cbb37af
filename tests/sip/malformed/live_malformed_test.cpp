// Tests with real sockets on loopback. Each wait ends when the response has come.
#include "malformed.hpp"
#include "peer_socket.hpp"

#include <offhook/tests/testkit/sample.hpp>

#include <optional>

using namespace offhook;
using namespace offhook::malformed;

namespace {

/// By default, the real sockets get every third message. In `./dev test --full`, they get all of them.
const std::size_t kLiveStep = offhook_test::sample_step(3);

/// Reads responses until the response to the OPTIONS with this number. Returns true if this response comes.
bool is_answered(PeerSocket& peer, const std::string& number) {
  const std::string all = peer.receive("Call-ID: good-" + number + "\r\n");
  const auto at = all.find("Call-ID: good-" + number + "\r\n");
  if (at == std::string::npos) return false;
  const auto start = all.rfind("SIP/2.0 200", at);
  return start != std::string::npos;
}

}  // namespace

TEST_CASE("Over UDP an OPTIONS gets a response after each malformed INVITE") {
  LiveEdge live;
  PeerSocket peer(SOCK_DGRAM, "127.0.0.1", 0, live.edge->port()), trusted(SOCK_DGRAM, "127.0.0.1", 0, live.edge->port());
  std::size_t answered = 0, number = 0;
  for_each("UDP", [&](const std::string& name, std::string text) {
    CAPTURE(name);
    peer.send(text);
    trusted.send(good_options("UDP", std::to_string(++number)));
    REQUIRE(is_answered(trusted, std::to_string(number)));
    ++answered;
  }, kLiveStep);
  CHECK(answered * kLiveStep >= 4500);
}

TEST_CASE("Over TCP an OPTIONS gets a response after each malformed INVITE") {
  LiveEdge live;
  PeerSocket trusted(SOCK_STREAM, "127.0.0.1", 0, live.edge->port());
  std::size_t answered = 0, number = 0;
  for_each("TCP", [&](const std::string& name, std::string text) {
    CAPTURE(name);
    PeerSocket peer(SOCK_STREAM, "127.0.0.2", 0, live.edge->port());  // Each source address has its own limit of connections.
    peer.send(text);
    trusted.send(good_options("TCP", std::to_string(++number)));
    REQUIRE(is_answered(trusted, std::to_string(number)));
    ++answered;
  }, kLiveStep);
  CHECK(answered * kLiveStep >= 4500);
}
