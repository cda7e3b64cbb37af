#include <offhook/rtp/nat/stun_server.hpp>
#include <offhook/tests/rtp/nat/scripted_turn_server.hpp>

#include <doctest/doctest.h>

using namespace offhook_test;
using rtp::StunServer;

namespace {

struct Answering {
  explicit Answering(std::uint32_t answers_per_second = 1000) : server(answers_per_second, random) {}
  std::optional<Octets> ask(const Octets& request, const base::SocketAddress& from = socket_address("203.0.113.7", 61000)) {
    Octets room(StunServer::kMaxAnswerOctets);
    const auto size = server.answer(request, from, now, room);
    if (!size) return std::nullopt;
    CHECK(*size <= StunServer::kMaxFactor * request.size());
    room.resize(*size);
    return room;
  }
  /// Sends `count` requests at the present time, and returns the number of answers.
  int answered(int count, const base::SocketAddress& from) {
    int answers = 0;
    for (int i = 0; i < count; ++i) answers += ask(stun(StunMethod::Binding, StunClass::Request, {1}), from) ? 1 : 0;
    return answers;
  }

  base::TimePoint now{1h};
  base::SeededRandom random{3};
  StunServer server;
};

}  // namespace

TEST_CASE("StunServer answers a Binding request with the address that it came from [RFC 8489 section 12]") {
  Answering answering;
  for (const auto& from : {socket_address("203.0.113.7", 61000), socket_address("2001:db8::7", 61000)}) {
    const auto answer = answering.ask(stun(StunMethod::Binding, StunClass::Request, {5, 6}), from);
    REQUIRE(answer);
    const auto message = StunMessage::parse(*answer).value();
    CHECK(message.kind() == StunClass::Success);
    CHECK(message.id() == rtp::StunId{5, 6});
    CHECK(message.address(StunAttribute::XorMappedAddress) == from);
    CHECK_FALSE(message.has_fingerprint());
  }
  const auto mapped = answering.ask(stun(StunMethod::Binding, StunClass::Request, {1}), socket_address("::ffff:203.0.113.7", 61000));
  CHECK(StunMessage::parse(mapped.value()).value().address(StunAttribute::XorMappedAddress) == socket_address("203.0.113.7", 61000));
}

TEST_CASE("StunServer adds a fingerprint if the request has one [RFC 8489 section 7]") {
  const auto answer = Answering().ask(stun(StunMethod::Binding, StunClass::Request, {1}, [](StunWriter& writer) { writer.add_fingerprint(); }));
  CHECK(StunMessage::parse(answer.value()).value().has_fingerprint());
}

TEST_CASE("StunServer answers 420 to unknown attributes that a receiver must understand, and lists them [RFC 8489 section 6.3.1]") {
  Answering answering;
  for (const std::size_t count : {std::size_t{1}, std::size_t{3}, rtp::kMaxStunAttributes}) {
    const auto answer = answering.ask(stun(StunMethod::Binding, StunClass::Request, {1}, [count](StunWriter& writer) {
      for (std::size_t i = 0; i < count; ++i) writer.add_flag(static_cast<StunAttribute>(0x7000 + i));
    }));
    REQUIRE(answer);
    const auto message = StunMessage::parse(*answer).value();
    CHECK(message.error()->code == 420);
    const auto list = message.find(StunAttribute::UnknownAttributes).value();
    REQUIRE(list.size() == 2 * count);
    CHECK((list[0] << 8 | list[1]) == 0x7000);
    CHECK((list[list.size() - 2] << 8 | list.back()) == 0x7000 + static_cast<int>(count) - 1);
  }
}

TEST_CASE("StunServer answers only Binding requests, so that two servers cannot answer each other") {
  Answering answering;
  for (const auto kind : {StunClass::Indication, StunClass::Success, StunClass::Error}) CHECK_FALSE(answering.ask(stun(StunMethod::Binding, kind, {1})));
  for (const auto method : {StunMethod::Allocate, StunMethod::Refresh, StunMethod::Send}) CHECK_FALSE(answering.ask(stun(method, StunClass::Request, {1})));
  CHECK_FALSE(answering.ask(Octets{}));
  CHECK_FALSE(answering.ask(Octets(20, 0)));
  const auto answer = answering.ask(stun(StunMethod::Binding, StunClass::Request, {1}));
  CHECK_FALSE(answering.ask(*answer));
  CHECK(answering.server.statistics().answered == 1);
  CHECK(answering.server.statistics().ignored == 9);
}

TEST_CASE("StunServer gives each source its number of answers per second, whatever ports it uses, and this does not affect other sources") {
  Answering answering(10);
  CHECK(answering.answered(10, socket_address("203.0.113.7", 1)) == 10);
  CHECK(answering.answered(10, socket_address("203.0.113.7", 2)) == 0);
  CHECK(answering.server.statistics().over_budget == 10);
  CHECK(answering.answered(1, socket_address("203.0.113.8", 1)) == 1);
  answering.now += 300ms;
  CHECK(answering.answered(10, socket_address("203.0.113.7", 1)) == 3);
  answering.now += 1h;
  CHECK(answering.answered(20, socket_address("203.0.113.7", 1)) == 10);
}

TEST_CASE("StunServer counts an IPv6 /64 as one source, and bounds the answers to a victim, however many sources there are") {
  Answering answering(10);
  CHECK(answering.answered(10, socket_address("2001:db8::1", 1)) == 10);
  CHECK(answering.answered(1, socket_address("2001:db8::ffff:1", 1)) == 0);
  CHECK(answering.answered(1, socket_address("2001:db8:0:1::1", 1)) == 1);
  const auto victim = socket_address("198.51.100.1", 1);
  int answers = answering.answered(100, victim);
  for (std::uint32_t i = 0; i < 20000; ++i) {
    const auto octet = [i](int shift) { return static_cast<std::uint8_t>(i >> shift); };
    (void)answering.answered(1, {base::IpAddress::v4({10, octet(16), octet(8), octet(0)}), 1});
    answers += answering.answered(1, victim);
  }
  CHECK(answers <= 10);
}
