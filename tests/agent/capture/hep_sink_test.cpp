#include <offhook/agent/capture/hep3.hpp>
#include <offhook/agent/capture/hep_sink.hpp>
#include <offhook/tests/agent/capture/hep3_reader.hpp>
#include <offhook/tests/agent/capture/packets.hpp>
#include <offhook/tests/agent/ops/logged.hpp>
#include <offhook/tests/testkit/folder.hpp>
#include <offhook/tests/testkit/skip.hpp>
#include <offhook/tests/testkit/wait.hpp>

#include <doctest/doctest.h>

#include <arpa/inet.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <string>

using namespace offhook;
using namespace offhook::agent::capture;
using test::options_packet;

namespace {

/// A collector on 127.0.0.1.
class Collector {
 public:
  explicit Collector(std::uint16_t port = 0) : fd_(::socket(AF_INET, SOCK_DGRAM, 0)) {
    address_.sin_port = htons(port);
    address_.sin_family = AF_INET;
    address_.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address_;
    REQUIRE(::bind(fd_, reinterpret_cast<sockaddr*>(&address_), size) == 0);
    REQUIRE(::getsockname(fd_, reinterpret_cast<sockaddr*>(&address_), &size) == 0);
  }
  ~Collector() { close(); }
  void close() {
    if (fd_ >= 0) ::close(fd_);
    fd_ = -1;
  }
  [[nodiscard]] std::uint16_t port() const { return ntohs(address_.sin_port); }
  std::string receive() const {
    pollfd entry{fd_, POLLIN, 0};
    REQUIRE(::poll(&entry, 1, 20000) == 1);
    std::string datagram(65536, '\0');
    datagram.resize(static_cast<std::size_t>(::recv(fd_, datagram.data(), datagram.size(), 0)));
    return datagram;
  }

 private:
  int fd_;
  sockaddr_in address_{};
};

}  // namespace

TEST_CASE("A collector gets each message with its addresses, time, key, capture ID, and the Call-ID as correlation") {
  const Collector collector;
  HepSink sink({"127.0.0.1", collector.port(), 77, agent::Secret("the key")});
  Packet packet = options_packet("call-1");
  sink.take(packet, {});
  const std::string sent = collector.receive();
  auto parsed = test::read_hep3(sent);
  REQUIRE(parsed.has_value());
  CHECK(parsed->source == packet.local);
  CHECK(parsed->destination == packet.remote);
  CHECK(parsed->ip_protocol == Hep3::kUdp);
  CHECK(parsed->payload_type == Hep3::kSip);
  CHECK(parsed->seconds == 1795747165);
  CHECK(parsed->microseconds == 123000);
  CHECK(parsed->capture_id == 77);
  CHECK(parsed->key == "the key");
  CHECK(parsed->correlation_id == "call-1");
  CHECK(parsed->payload == packet.octets);

  packet.direction = Direction::Received;
  packet.transport = sip::Transport::Tls;
  sink.take(packet, {});
  const std::string received = collector.receive();
  parsed = test::read_hep3(received);
  REQUIRE(parsed.has_value());
  CHECK(parsed->source == packet.remote);
  CHECK(parsed->destination == packet.local);
  CHECK(parsed->ip_protocol == Hep3::kTcp);
}

TEST_CASE("The log names an unreachable collector once, and the sink tries it again after kRetry") {
  const base::TimePoint now{};
  std::string log = logged_by([&] {
    HepSink sink({"collector.invalid", 9060, 1, {}});
    sink.take(options_packet(), now);
    sink.take(options_packet(), now);
    sink.take(options_packet(), now + HepSink::kRetry);
  });
  CHECK(log.find("capture.failing to=collector.invalid:9060 detail=") != std::string::npos);
  CHECK(log.find("capture.failing", log.find("capture.failing") + 1) == std::string::npos);

  Collector gone;
  log = logged_by([&] {
    HepSink sink({"127.0.0.1", gone.port(), 1, {}});
    sink.take(options_packet(), now);
    (void)gone.receive();
    gone.close();
    for (int i = 0; i < 4; ++i) sink.take(options_packet(), now);
    sink.take(options_packet(), now + HepSink::kRetry);
  });
  CHECK(log.find("detail=\"Connection refused\"") != std::string::npos);
  CHECK(log.find("capture.failing", log.find("capture.failing") + 1) == std::string::npos);
}

TEST_CASE("A collector that listens again gets the next packet, even though the kernel reports an earlier packet as refused") {
  Collector collector;
  HepSink sink({"127.0.0.1", collector.port(), 1, {}});
  const std::string log = logged_by([&] {
    sink.take(options_packet("one"), {});
    (void)collector.receive();
    collector.close();
    sink.take(options_packet("two"), {});
    const Collector again(collector.port());
    sink.take(options_packet("three"), {});
    const std::string datagram = again.receive();
    REQUIRE(test::read_hep3(datagram).has_value());
    CHECK(test::read_hep3(datagram)->correlation_id == "three");
    sink.take(options_packet("four"), base::TimePoint{} + HepSink::kRetry);
  });
  CHECK(log.find("capture.back") != std::string::npos);
  CHECK(log.find("lost=1") != std::string::npos);
}

TEST_CASE("HepSink cuts a message that does not fit into a datagram, and sends no correlation ID if the Call-ID is longer than kMaxCallId") {
  const Collector collector;
  HepSink sink({"127.0.0.1", collector.port(), 1, {}});
  Packet large = options_packet();
  large.octets += std::string(65535, 'a');
  CHECK(logged_by([&] { sink.take(large, {}); }).find("capture.failing") == std::string::npos);
  const std::string cut = collector.receive();
  REQUIRE(test::read_hep3(cut).has_value());
  CHECK(large.octets.starts_with(test::read_hep3(cut)->payload));
  for (const std::size_t size : {HepSink::kMaxCallId, HepSink::kMaxCallId + 1}) {
    sink.take(options_packet(std::string(size, 'i')), {});
    const std::string datagram = collector.receive();
    REQUIRE(test::read_hep3(datagram).has_value());
    CHECK(test::read_hep3(datagram)->correlation_id.size() == (size > HepSink::kMaxCallId ? 0 : size));
  }
}

TEST_CASE("sngrep receives the messages of HepSink, and writes them to a file") {
  if (std::system("command -v sngrep >/dev/null") != 0) return offhook_test::skip("there is no sngrep (apt-get install sngrep)");
  const test::Folder folder;
  const std::string file = folder.path + "/out.pcap", url = [] {
    Collector unused;  // Its port is free afterwards.
    return "udp:127.0.0.1:" + std::to_string(unused.port());
  }();
  const pid_t sngrep = ::fork();
  if (sngrep == 0) {
    (void)::freopen("/dev/null", "w", stdout);
    ::execlp("sngrep", "sngrep", "-N", "-q", "-L", url.c_str(), "-O", file.c_str(), static_cast<char*>(nullptr));
    std::_Exit(127);
  }
  HepSink sink({"127.0.0.1", static_cast<std::uint16_t>(std::stoi(url.substr(url.rfind(':') + 1))), 1, {}});
  // sngrep misses a message that comes before it listens, so the test repeats the message.
  CHECK(offhook_test::wait_until([&] {
    (void)logged_by([&] { sink.take(options_packet("call-1"), base::Clock::now()); });
    return folder.get("out.pcap").find("Call-ID: call-1") != std::string::npos;
  }));
  ::kill(sngrep, SIGTERM);
  ::waitpid(sngrep, nullptr, 0);
}
