// Trickle ICE of a caller: RFC 8840.
#include <offhook/tests/agent/phone/raw_caller.hpp>
#include <offhook/tests/agent/phone/telephone.hpp>

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <string>

using namespace offhook;
using test::RawCaller;
using test::Telephone;

namespace {

/// A socket on 127.0.0.1 that waits for a check.
struct CheckedSocket {
  int fd = ::socket(AF_INET, SOCK_DGRAM, 0);
  std::uint16_t port = 0;

  CheckedSocket() {
    sockaddr_in own{};
    own.sin_family = AF_INET;
    own.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof own;
    REQUIRE(::bind(fd, reinterpret_cast<sockaddr*>(&own), size) == 0);
    REQUIRE(::getsockname(fd, reinterpret_cast<sockaddr*>(&own), &size) == 0);
    port = ntohs(own.sin_port);
  }
  ~CheckedSocket() { ::close(fd); }
  CheckedSocket(const CheckedSocket&) = delete;
  CheckedSocket& operator=(const CheckedSocket&) = delete;

  /// Waits for a Binding request, and skips other datagrams. Returns false if none comes.
  [[nodiscard]] bool gets_check() const {
    return offhook_test::wait_until([this] {
      std::array<std::uint8_t, 1500> datagram{};
      return ::recv(fd, datagram.data(), datagram.size(), MSG_DONTWAIT) >= 20 && datagram[0] == 0 && datagram[1] == 1;
    });
  }
};

const std::string kCredentials = "a=ice-ufrag:abcd\r\na=ice-pwd:abcdefghijklmnopqrstuv\r\n";

bool has(const std::string& text, const char* line) { return text.find(line) != std::string::npos; }

}  // namespace

TEST_CASE("A caller that trickles gets an answer with ice-options:trickle, and a check at the address that it sends in an INFO [RFC 8840 section 4.4]") {
  Telephone bert("bert", {media::AudioCodec::Pcmu}, 1);
  RawCaller caller(bert.endpoint->sip_port());
  caller.send("INVITE", 1, "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 0.0.0.0\r\nt=0 0\r\nm=audio 9 RTP/AVP 0\r\na=mid:0\r\na=rtcp-mux\r\n"
                           "a=ice-options:trickle\r\n" + kCredentials);
  const std::string ok = caller.final_response(1);
  REQUIRE(ok.starts_with("SIP/2.0 200"));
  CHECK(has(ok, "trickle-ice"));
  CHECK(has(ok, "\r\nRecv-Info: trickle-ice\r\n"));
  for (const char* line : {"a=ice-options:trickle ice2\r\n", "a=end-of-candidates\r\n", "a=mid:0\r\n"}) CHECK(has(ok, line));
  caller.send("ACK", 1, "");
  const CheckedSocket socket;
  const std::string candidate = "a=candidate:1 1 UDP 2130706431 127.0.0.1 " + std::to_string(socket.port) + " typ host\r\na=end-of-candidates\r\n";
  caller.send("INFO", 2, kCredentials + "m=audio 9 RTP/AVP 0\r\na=mid:0\r\n" + candidate, "application/trickle-ice-sdpfrag", "Info-Package: trickle-ice\r\nContent-Disposition: Info-Package\r\n");
  CHECK(caller.receive("2 INFO").starts_with("SIP/2.0 200"));
  CHECK(socket.gets_check());
  CHECK_FALSE(bert.last<phone::CallInfo>());
}
