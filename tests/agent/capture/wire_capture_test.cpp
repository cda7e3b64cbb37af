#include <offhook/agent/capture/queued_sink.hpp>
#include <offhook/agent/capture/wire_capture.hpp>
#include <offhook/tests/agent/capture/packets.hpp>
#include <offhook/tests/agent/ops/logged.hpp>
#include <offhook/tests/agent/phone/telephone.hpp>
#include <offhook/tests/testkit/wait.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <functional>
#include <future>
#include <map>
#include <mutex>
#include <new>
#include <string>
#include <utility>
#include <vector>

using namespace offhook;
using namespace offhook::agent::capture;

namespace {

/// The packets that a KeepingSink got. A test reads them during the capture and after its end.
struct Got {
  std::mutex mutex;
  std::vector<Packet> packets, media;
  std::vector<std::size_t> media_at_once, media_before;  ///< number of packets in each call of take_media(); number of packets of media that came before each message
  std::vector<Packet> all() {
    const std::lock_guard lock(mutex);
    return packets;
  }
};

class KeepingSink final : public CaptureSink {
 public:
  explicit KeepingSink(Got& got, std::function<void()> before = {}) : got_(got), before_(std::move(before)) {}
  void take(const Packet& packet, base::TimePoint) override {
    if (before_) before_();
    const std::lock_guard lock(got_.mutex);
    got_.packets.push_back(packet);
    got_.media_before.push_back(got_.media.size());
  }
  void take_media(std::span<const Packet> packets, base::TimePoint) override {
    const std::lock_guard lock(got_.mutex);
    got_.media.insert(got_.media.end(), packets.begin(), packets.end());
    got_.media_at_once.push_back(packets.size());
  }

 private:
  Got& got_;
  std::function<void()> before_;
};

/// Blocks the thread of a sink until the test calls open().
class Gate {
 public:
  /// Returns a function that a sink calls before each packet. At the first packet, the function waits for open().
  std::function<void()> holding_once() {
    return [this] {
      if (!std::exchange(is_first_, false)) return;
      begun_.set_value();
      go_on_.get_future().wait();
    };
  }
  void wait_for_sink() { begun_.get_future().wait(); }
  void open() { go_on_.set_value(); }

 private:
  std::promise<void> begun_, go_on_;
  bool is_first_ = true;
};

std::vector<std::unique_ptr<CaptureSink>> one(std::unique_ptr<CaptureSink> sink) {
  std::vector<std::unique_ptr<CaptureSink>> sinks;
  sinks.push_back(std::move(sink));
  return sinks;
}

sip::Flow flow() {
  sip::Flow flow;
  flow.local = test::address("192.0.2.1", 5070);
  flow.remote = test::address("192.0.2.7", 5060);
  return flow;
}

void pass(WireCapture& capture, std::string_view octets, const sip::Flow& through = flow()) {
  capture.on_message({Direction::Sent, agent::WallTime(std::chrono::seconds(5)), through, octets});
}

std::string first_line(const Packet& packet) { return packet.octets.substr(0, packet.octets.find('\r')); }

}  // namespace

TEST_CASE("A capture gives each message to every sink, with its secrets masked") {
  Got first, second;
  {
    auto sinks = one(std::make_unique<KeepingSink>(first));
    sinks.push_back(std::make_unique<KeepingSink>(second));
    WireCapture capture(std::move(sinks));
    pass(capture, "Authorization: Digest response=\"abc\"\r\n");
  }
  for (Got* each : {&first, &second}) {
    REQUIRE(each->packets.size() == 1);
    const Packet& packet = each->packets.front();
    CHECK(packet.octets == "Authorization: Digest response=\"xxx\"\r\n");
    CHECK(packet.direction == Direction::Sent);
    CHECK(packet.at == agent::WallTime(std::chrono::seconds(5)));
    CHECK(packet.source().to_string() == "192.0.2.1:5070");
    CHECK(packet.destination().to_string() == "192.0.2.7:5060");
  }
}

TEST_CASE("Both addresses of a packet have the same family, even if a socket of both families does not know its own address") {
  Got got;
  sip::Flow mixed = flow();
  mixed.local.ip = *base::IpAddress::parse("::");
  {
    WireCapture capture(one(std::make_unique<KeepingSink>(got)));
    pass(capture, "a", mixed);
  }
  REQUIRE(got.packets.size() == 1);
  CHECK(got.packets.front().local.to_string() == "0.0.0.0:5070");
  const auto taps = std::make_shared<media::PacketTaps>();
  media::TappedPacket tapped;
  tapped.local = test::address("192.0.2.1", 16384);
  tapped.remote = test::address("2001:db8::1", 10000);
  taps->add().put(tapped);
  WireCapture(one(std::make_unique<KeepingSink>(got)), taps);
  REQUIRE(got.media.size() == 1);
  CHECK(got.media.front().local.to_string() == "[::]:16384");
}

TEST_CASE("If a sink is slow and the queue is full, WireCapture drops, counts and logs further messages, and on_message() does not wait") {
  Got got;
  Gate gate;
  std::uint64_t dropped = 0;
  const std::string log = logged_by([&] {
    WireCapture capture(one(std::make_unique<KeepingSink>(got, gate.holding_once())));
    pass(capture, "first");
    gate.wait_for_sink();
    for (std::size_t i = 0; i < PacketQueue::kMaxPackets + 3; ++i) pass(capture, "x");
    dropped = capture.dropped();
    gate.open();
  });
  CHECK(dropped == 3);
  CHECK(got.packets.size() == 1 + PacketQueue::kMaxPackets);
  CHECK(log.find("capture.dropped packets=3") != std::string::npos);
}

TEST_CASE("A slow sink with its own queue delays no other sink and gets its messages later. WireCapture counts the messages that the queue drops") {
  Got slow, fast;
  Gate gate;
  std::uint64_t dropped = 0;
  (void)logged_by([&] {
    auto sinks = one(std::make_unique<QueuedSink>(std::make_unique<KeepingSink>(slow, gate.holding_once())));
    sinks.push_back(std::make_unique<KeepingSink>(fast));
    WireCapture capture(std::move(sinks));
    const auto pass_some = [&](std::size_t more) {
      const std::size_t all = fast.all().size() + more;
      for (std::size_t i = 0; i < more; ++i) pass(capture, "x");
      CHECK(offhook_test::wait_until([&] { return fast.all().size() == all; }));
    };
    pass_some(1);
    gate.wait_for_sink();
    pass_some(PacketQueue::kMaxPackets);
    CHECK(capture.dropped() == 0);
    pass_some(1);
    dropped = capture.dropped();
    gate.open();
  });
  CHECK(dropped == 1);
  CHECK(slow.packets.size() == 1 + PacketQueue::kMaxPackets);
}

TEST_CASE("WireCapture sorts the packets of several workers by their times") {
  Got got;
  const auto taps = std::make_shared<media::PacketTaps>();
  media::PacketTap &first = taps->add(), &second = taps->add();
  const auto put = [](media::PacketTap& tap, int ms) {
    media::TappedPacket packet;
    packet.at = base::TimePoint(std::chrono::milliseconds(ms));
    packet.size = static_cast<std::uint16_t>(ms);
    tap.put(packet);
  };
  put(first, 1);
  put(first, 3);
  put(second, 2);
  put(second, 4);
  WireCapture(one(std::make_unique<KeepingSink>(got)), taps);
  REQUIRE(got.media.size() == 4);
  for (std::size_t i = 0; i < 4; ++i) CHECK(got.media[i].size == i + 1);
}

TEST_CASE("A capture with taps writes the beginning and the wall-clock time of each packet, even of a packet that comes just before its end") {
  Got got;
  const auto taps = std::make_shared<media::PacketTaps>();
  media::PacketTap& worker = taps->add();
  media::TappedPacket tapped;
  tapped.at = base::Clock::now();
  tapped.local = test::address("192.0.2.1", 16384);
  tapped.remote = test::address("192.0.2.7", 10000);
  tapped.is_sent = true;
  tapped.size = 172;
  tapped.kept = 12;
  tapped.octets = {0x80};
  const auto before = std::chrono::system_clock::now();
  {
    WireCapture capture(one(std::make_unique<KeepingSink>(got)), taps);
    CHECK(capture.media_taps() == taps);
    worker.put(tapped);
    CHECK(offhook_test::wait_until([&] {
      const std::lock_guard lock(got.mutex);
      return got.media.size() == 1;
    }));
    pass(capture, "a message");
    worker.put(tapped);
  }
  REQUIRE(got.media.size() == 2);
  CHECK(got.packets.size() == 1);
  const Packet& packet = got.media.front();
  CHECK(packet.source() == tapped.local);
  CHECK(packet.destination() == tapped.remote);
  CHECK(packet.octets == std::string("\x80\0\0\0\0\0\0\0\0\0\0\0", 12));
  CHECK(packet.size == 172);
  // The clocks are read one after the other.
  CHECK(packet.at > before - std::chrono::seconds(60));
  CHECK(packet.at < before + std::chrono::seconds(60));
}

TEST_CASE("Packets of media for which a tap had no space count as dropped, and the log has their number") {
  Got got;
  const auto taps = std::make_shared<media::PacketTaps>();
  media::PacketTap& worker = taps->add();
  for (std::size_t i = 0; i < media::PacketTap::kPackets + 5; ++i) worker.put({});
  const std::string log = logged_by([&] { WireCapture(one(std::make_unique<KeepingSink>(got)), taps); });
  CHECK(got.media.size() == media::PacketTap::kPackets);
  CHECK(log.find("capture.dropped packets=5") != std::string::npos);
}

TEST_CASE("A sink gets at most kMostAtOnce packets of media in one call, and after kMostMedia packets of media it gets the waiting messages") {
  Got got;
  Gate gate;
  const auto taps = std::make_shared<media::PacketTaps>();
  const std::size_t workers = WireCapture::kMostMedia / media::PacketTap::kPackets;
  {
    WireCapture capture(one(std::make_unique<KeepingSink>(got, gate.holding_once())), taps);
    pass(capture, "first");
    gate.wait_for_sink();
    for (std::size_t i = 0; i < workers; ++i) {
      media::PacketTap& tap = taps->add();
      for (std::size_t k = 0; k < media::PacketTap::kPackets; ++k) tap.put({});
    }
    taps->add().put({});
    pass(capture, "second");
    gate.open();
    CHECK(offhook_test::wait_until([&] { return got.all().size() == 2; }));
  }
  CHECK(got.media_before == std::vector<std::size_t>{0, WireCapture::kMostMedia});
  REQUIRE(got.media.size() == WireCapture::kMostMedia + 1);
  CHECK(*std::max_element(got.media_at_once.begin(), got.media_at_once.end()) == WireCapture::kMostAtOnce);
  CHECK(got.media_at_once.back() == 1);
}

TEST_CASE("The destructor of WireCapture writes all packets of media that wait") {
  Got got;
  const auto taps = std::make_shared<media::PacketTaps>();
  for (std::size_t i = 0; i < WireCapture::kMostMedia / media::PacketTap::kPackets; ++i) {
    media::PacketTap& tap = taps->add();
    for (std::size_t k = 0; k < media::PacketTap::kPackets; ++k) tap.put({});
  }
  taps->add().put({});
  WireCapture(one(std::make_unique<KeepingSink>(got)), taps);
  CHECK(got.media.size() == WireCapture::kMostMedia + 1);
}

TEST_CASE("If there is no memory for a message, WireCapture drops, counts and logs it, even if the sink has its own queue") {
  for (const bool is_queued : {false, true}) {
    Got got;
    const std::string log = logged_by([&] {
      std::unique_ptr<CaptureSink> sink = std::make_unique<KeepingSink>(got, [is_first = true]() mutable {
        if (std::exchange(is_first, false)) throw std::bad_alloc();
      });
      if (is_queued) sink = std::make_unique<QueuedSink>(std::move(sink));
      WireCapture capture(one(std::move(sink)));
      pass(capture, "lost");
      pass(capture, "kept");
    });
    REQUIRE(got.packets.size() == 1);
    CHECK(got.packets.front().octets == "kept");
    CHECK(log.find("capture.dropped packets=1") != std::string::npos);
  }
}

TEST_CASE("By default, CaptureOptions captures nothing") { CHECK_FALSE(CaptureOptions{}.is_on()); }

TEST_CASE("If WireCapture cannot open its file, the error names the file") {
  CaptureOptions options;
  options.file = "/dev/null/x.pcapng";
  CHECK(options.is_on());
  options.media = true;
  const auto opened = WireCapture::open(options);
  REQUIRE_FALSE(opened.has_value());
  CHECK(opened.error().domain == "capture");
  CHECK(opened.error().detail.find("/dev/null/x.pcapng") != std::string::npos);
}

TEST_CASE("At both ends of a call, the capture has each message once, in the order in which it was sent") {
  Got caller, called;
  {
    WireCapture at_caller(one(std::make_unique<KeepingSink>(caller))), at_called(one(std::make_unique<KeepingSink>(called)));
    const auto tapped = [](WireCapture& capture) {
      return [&capture](phone::EndpointOptions& options) {
        options.sip.tap = [&capture](const sip::WireMessage& message) { capture.on_message(message); };
        options.stack.t1 = std::chrono::minutes(1);  // A busy machine causes no retransmissions.
      };
    };
    test::Telephone anna("anna", {media::AudioCodec::Pcmu}, 1, {}, {}, tapped(at_caller)), bert("bert", {media::AudioCodec::Pcmu}, 1, {}, {}, tapped(at_called));
    anna.dial("bert", bert.endpoint->sip_port());
    REQUIRE(anna.wait_for<phone::CallConnected>());
    REQUIRE(bert.wait_for<phone::CallConnected>());
    anna.on_thread([&] { CHECK(anna.call->hang_up().has_value()); });
    REQUIRE(anna.wait_for<phone::CallFinished>());
    REQUIRE(bert.wait_for<phone::CallFinished>());
    REQUIRE(offhook_test::wait_until([&] {
      bool is_over = false;
      anna.on_thread([&] { is_over = anna.endpoint->unfinished() == 0; });
      return is_over;
    }));
  }
  const auto sent_and_received = [](const std::vector<Packet>& packets, Direction direction) {
    std::vector<std::string> octets;
    for (const Packet& packet : packets) {
      if (packet.direction == direction) octets.push_back(packet.octets);
    }
    return octets;
  };
  // UDP on loopback loses nothing and keeps the order, so each end receives what the other one sent.
  CHECK(sent_and_received(caller.packets, Direction::Sent) == sent_and_received(called.packets, Direction::Received));
  CHECK(sent_and_received(caller.packets, Direction::Received) == sent_and_received(called.packets, Direction::Sent));
  std::vector<std::string> lines;
  for (const Packet& packet : caller.packets) lines.push_back(first_line(packet).substr(0, 11));
  std::map<std::string, int> count;
  for (const std::string& line : lines) ++count[line.substr(0, line.starts_with("SIP/2.0") ? 11 : line.find(' '))];
  CHECK(count["INVITE"] == 1);
  CHECK(count["ACK"] == 1);
  CHECK(count["BYE"] == 1);
  CHECK(count["SIP/2.0 200"] == 2);
  CHECK(lines.front().starts_with("INVITE "));
  CHECK(lines.back() == "SIP/2.0 200");
  for (const Packet& packet : caller.packets) CHECK(packet.remote.port != packet.local.port);
}
