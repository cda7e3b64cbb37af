#include <offhook/agent/capture/trace_sink.hpp>
#include <offhook/tests/agent/capture/packets.hpp>
#include <offhook/tests/testkit/wait.hpp>

#include <doctest/doctest.h>

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <string>

using namespace offhook;
using namespace offhook::agent::capture;
using test::options_packet;

namespace {

std::string read_all(int descriptor) {
  std::string all;
  std::array<char, 4096> part;
  for (ssize_t got = 1; got > 0;) {
    got = ::read(descriptor, part.data(), part.size());
    if (got > 0) all.append(part.data(), static_cast<std::size_t>(got));
  }
  return all;
}

/// A pipe whose read end does not block.
struct Pipe {
  std::array<int, 2> ends{};
  Pipe() {
    REQUIRE(::pipe2(ends.data(), 0) == 0);
    REQUIRE(::fcntl(ends[0], F_SETFL, O_NONBLOCK) == 0);
  }
  ~Pipe() {
    for (const int end : ends) ::close(end);
  }
  std::string read() const { return read_all(ends[0]); }
};

}  // namespace

TEST_CASE("A trace shows time, direction, transport, peer and own address, and the message indented") {
  Packet packet = options_packet();
  packet.octets = "OPTIONS sip:192.0.2.7 SIP/2.0\r\nCall-ID: a\r\nContent-Length: 0\r\n\r\n";
  CHECK(trace_text(packet, false) ==
        "2026-11-27T02:39:25.123Z --> UDP 192.0.2.7:5060 from 192.0.2.1:5070\n"
        "    OPTIONS sip:192.0.2.7 SIP/2.0\n    Call-ID: a\n    Content-Length: 0\n\n");
  packet.direction = Direction::Received;
  packet.transport = sip::Transport::Wss;
  packet.octets += "v=0\r\ns=-\r\n";
  CHECK(trace_text(packet, false) ==
        "2026-11-27T02:39:25.123Z <-- WSS 192.0.2.7:5060 to 192.0.2.1:5070\n"
        "    OPTIONS sip:192.0.2.7 SIP/2.0\n    Call-ID: a\n    Content-Length: 0\n\n    v=0\n    s=-\n\n");
}

TEST_CASE("Only the first line of a message has a colour, and a peer's control characters reach no terminal") {
  Packet packet = options_packet();
  packet.octets = "A\x1b[31m\xff\r\nB\tC\rD\xc3\xa9\n";
  CHECK(trace_text(packet, true) ==
        "\x1b[32m2026-11-27T02:39:25.123Z --> UDP 192.0.2.7:5060 from 192.0.2.1:5070\x1b[0m\n"
        "    A\\u{1b}[31m\\x{ff}\n    B\\u{9}C\\u{d}D\xc3\xa9\n\n");
}

TEST_CASE("A trace does not wait for a reader that has stopped. Later it says how many messages it left out") {
  const Pipe pipe;
  REQUIRE(::fcntl(pipe.ends[1], F_SETPIPE_SZ, 4096) == 4096);
  TraceSink sink(pipe.ends[1], false);
  Packet large = options_packet();
  large.octets = std::string(20000, 'a');
  sink.take(large, {});
  (void)pipe.read();
  sink.take(options_packet(), {});
  const std::string told = pipe.read();
  CHECK(told.starts_with("\n(1 messages are not shown, because the reader of the output is too slow)\n\n2026-11-27"));
  sink.take(options_packet(), {});
  CHECK(pipe.read() == trace_text(options_packet(), false));
}

TEST_CASE("A trace waits for a slow reader only once, not at each message") {
  const Pipe pipe;
  REQUIRE(::fcntl(pipe.ends[1], F_SETPIPE_SZ, 4096) == 4096);
  TraceSink sink(pipe.ends[1], false);
  Packet large = options_packet();
  large.octets = std::string(20000, 'a');
  for (int i = 0; i < 1000; ++i) sink.take(large, {});  // A wait with each message would need a quarter of an hour.
  (void)pipe.read();
  sink.take(options_packet(), {});
  CHECK(pipe.read().starts_with("\n(1000 messages are not shown"));
}

TEST_CASE("A trace does not wait for a terminal whose reader has stopped, and prints again when the reader continues") {
  const int master = ::posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK);
  REQUIRE(master >= 0);
  REQUIRE(::grantpt(master) == 0);
  REQUIRE(::unlockpt(master) == 0);
  const int terminal = ::open(::ptsname(master), O_RDWR | O_NOCTTY);
  REQUIRE(terminal >= 0);
  TraceSink sink(terminal, false);
  for (int i = 0; i < 1000; ++i) sink.take(options_packet(), {});  // More than the terminal stores.
  std::string seen;
  CHECK(offhook_test::wait_until([&] {
    sink.take(options_packet(), {});
    seen += read_all(master);
    return seen.find(" messages are not shown, because the reader of the output is too slow)") != std::string::npos;
  }));
  ::close(terminal);
  ::close(master);
}
