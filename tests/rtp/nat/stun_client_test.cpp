#include <offhook/rtp/nat/stun_client.hpp>
#include <offhook/tests/rtp/nat/scripted_turn_server.hpp>

#include <doctest/doctest.h>

using namespace offhook_test;
using rtp::StunClient;
using rtp::StunFailure;
using rtp::StunTransport;

namespace {

const base::SocketAddress kStunServer = socket_address("192.0.2.1", 3478), kMapped = socket_address("203.0.113.7", 61000);

struct Asking {
  explicit Asking(rtp::StunClientOptions options = {}) : client([&] { options.server = kStunServer; return options; }(), random) {
    client.start(now);
    sent = take();
  }
  /// Returns the request that the client sends, if it sends one.
  std::optional<Octets> take() {
    const auto transmit = client.poll_transmit();
    if (!transmit) return std::nullopt;
    to = transmit->to;
    return Octets(transmit->octets.begin(), transmit->octets.end());
  }
  /// Answers the last request.
  template <class Add>
  void answer(StunClass kind, Add add, std::optional<base::SocketAddress> from = {}) {
    const auto id = StunMessage::parse(sent.value()).value().id();
    client.on_message(stun(StunMethod::Binding, kind, id, add), from.value_or(to), now);
  }
  void answer_mapped(const base::SocketAddress& address) {
    answer(StunClass::Success, [&](StunWriter& writer) { writer.add_address(StunAttribute::XorMappedAddress, address); });
  }
  void redirect(const base::SocketAddress& server) {
    answer(StunClass::Error, [&](StunWriter& writer) {
      writer.add_error(300, "Try Alternate");
      writer.add_address(StunAttribute::AlternateServer, socket_address("2001:db8::1", 1));
      writer.add_address(StunAttribute::AlternateServer, server);
      writer.add(StunAttribute::AlternateDomain, "other.example");
    });
    if (auto next = take()) sent = next;
  }
  template <class Event>
  std::optional<Event> event() {
    auto any = client.poll_event();
    auto* wanted = any ? std::get_if<Event>(&*any) : nullptr;
    return wanted != nullptr ? std::optional(*wanted) : std::nullopt;
  }

  base::TimePoint now{1h};
  base::SeededRandom random{7};
  StunClient client;
  base::SocketAddress to;
  std::optional<Octets> sent;
};

}  // namespace

TEST_CASE("StunClient sends a Binding request, and reports the mapped address of the answer [RFC 8489 section 6.3.3]") {
  Asking asking;
  CHECK(asking.to == kStunServer);
  const auto request = StunMessage::parse(asking.sent.value()).value();
  CHECK(request.is(StunMethod::Binding));
  CHECK(request.kind() == StunClass::Request);
  CHECK_FALSE(request.has_fingerprint());
  asking.answer_mapped(kMapped);
  const auto mapped = asking.event<StunClient::Mapped>();
  REQUIRE(mapped);
  CHECK(mapped->address == kMapped);
  CHECK_FALSE(mapped->has_changed);
  CHECK_FALSE(asking.client.next_deadline());
  CHECK(StunMessage::parse(Asking({.fingerprint = true}).sent.value()).value().has_fingerprint());
}

TEST_CASE("StunClient ignores answers of other hosts and with other ids, until the server answers") {
  Asking asking;
  const auto forged = [](StunWriter& writer) { writer.add_address(StunAttribute::XorMappedAddress, socket_address("198.51.100.66", 6)); };
  asking.answer(StunClass::Success, forged, socket_address("192.0.2.1", 3479));
  asking.answer(StunClass::Success, forged, socket_address("192.0.2.2", 3478));
  asking.client.on_message(stun(StunMethod::Binding, StunClass::Success, {1}, forged), kStunServer, asking.now);
  asking.client.on_message(Octets{1, 2, 3}, kStunServer, asking.now);
  CHECK_FALSE(asking.client.poll_event());
  asking.answer_mapped(kMapped);
  CHECK(asking.event<StunClient::Mapped>()->address == kMapped);
  asking.answer(StunClass::Success, forged);  // A second answer comes too late.
  CHECK_FALSE(asking.client.poll_event());
}

TEST_CASE("StunClient accepts MAPPED-ADDRESS and the other attributes of a server of RFC 3489 [RFC 8489 section 14.1]") {
  Asking asking;
  asking.answer(StunClass::Success, [](StunWriter& writer) {
    writer.add_address(StunAttribute::MappedAddress, kMapped);
    writer.add_address(static_cast<StunAttribute>(0x0004), kStunServer);
    writer.add_address(static_cast<StunAttribute>(0x0005), kStunServer);
  });
  CHECK(asking.event<StunClient::Mapped>()->address == kMapped);
}

TEST_CASE("StunClient fails if a success response has no address, or an unknown attribute that a receiver must understand [RFC 8489 section 6.3.3]") {
  Asking bare;
  bare.answer(StunClass::Success, [](StunWriter&) {});
  CHECK(bare.event<StunClient::Failed>()->why == StunFailure::BadAnswer);
  Asking unknown;
  unknown.answer(StunClass::Success, [](StunWriter& writer) {
    writer.add_address(StunAttribute::XorMappedAddress, kMapped);
    writer.add_flag(static_cast<StunAttribute>(0x7001));
  });
  CHECK(unknown.event<StunClient::Failed>()->why == StunFailure::BadAnswer);
}

TEST_CASE("StunClient reports an error response with its code and reason, and NoAnswer after 39.5 s [RFC 8489 section 6.3.4]") {
  Asking refused;
  refused.answer(StunClass::Error, [](StunWriter& writer) { writer.add_error(500, "busy"); });
  const auto failed = refused.event<StunClient::Failed>();
  REQUIRE(failed);
  CHECK(failed->why == StunFailure::Refused);
  CHECK(failed->code == 500);
  CHECK(failed->reason == "busy");
  Asking without_code;
  without_code.answer(StunClass::Error, [](StunWriter&) {});
  CHECK(without_code.event<StunClient::Failed>()->why == StunFailure::BadAnswer);
  Asking silent;
  int repetitions = 0;
  while (const auto deadline = silent.client.next_deadline()) {
    silent.client.on_time(*deadline);
    if (silent.take()) ++repetitions;
    silent.now = *deadline;
  }
  CHECK(repetitions == 6);
  CHECK(silent.now == base::TimePoint{1h} + 39500ms);
  CHECK(silent.event<StunClient::Failed>()->why == StunFailure::NoAnswer);
}

TEST_CASE("StunClient asks again after each keep-alive interval, and reports only a changed address") {
  Asking asking({.keep_alive = 25s});
  asking.answer_mapped(kMapped);
  CHECK(asking.event<StunClient::Mapped>());
  for (const auto& address : {kMapped, socket_address("203.0.113.7", 61001)}) {
    CHECK(asking.client.next_deadline() == asking.now + 25s);
    asking.now += 25s;
    asking.client.on_time(asking.now);
    const auto before = asking.sent;
    asking.sent = asking.take();
    REQUIRE(asking.sent);
    CHECK(asking.sent != before);
    asking.answer_mapped(address);
    const auto mapped = asking.event<StunClient::Mapped>();
    CHECK(mapped.has_value() == (address != kMapped));
    if (mapped) CHECK(mapped->has_changed);
  }
  asking.client.stop();
  CHECK_FALSE(asking.client.next_deadline());
}

TEST_CASE("StunClient follows a redirection to a server of its address family, at most four in a row [RFC 8489 section 10]") {
  for (const std::size_t count : {rtp::StunRedirections::kMax, rtp::StunRedirections::kMax + 1}) {
    Asking asking;
    for (std::uint16_t port = 1; port <= count; ++port) asking.redirect(socket_address("192.0.2.9", port));
    if (count == rtp::StunRedirections::kMax) {
      CHECK(asking.to == socket_address("192.0.2.9", 4));
      asking.answer_mapped(kMapped);
      CHECK(asking.event<StunClient::Mapped>()->address == kMapped);
    } else {
      CHECK(asking.event<StunClient::Failed>()->why == StunFailure::TooManyRedirects);
    }
  }
}

TEST_CASE("StunClient does not follow a redirection to a server that it has asked before, or without a server [RFC 8489 section 10]") {
  Asking back;
  back.redirect(socket_address("192.0.2.9", 1));
  back.redirect(kStunServer);
  CHECK(back.event<StunClient::Failed>()->why == StunFailure::TooManyRedirects);
  Asking self;
  self.redirect(kStunServer);
  CHECK(self.event<StunClient::Failed>()->why == StunFailure::TooManyRedirects);
  for (const auto& useless : {socket_address("2001:db8::9", 3478), socket_address("192.0.2.9", 0)}) {
    Asking asking;
    asking.redirect(useless);
    CHECK(asking.event<StunClient::Failed>()->why == StunFailure::BadAnswer);
  }
}

TEST_CASE("Over TCP and TLS, StunClient reports a redirection, and its owner connects to the new server [RFC 8489 section 10]") {
  Asking asking({.transport = StunTransport::Tls});
  const auto other = socket_address("192.0.2.9", 5349);
  asking.redirect(other);
  const auto redirected = asking.event<StunClient::Redirected>();
  REQUIRE(redirected);
  CHECK(redirected->server == other);
  CHECK(redirected->domain == "other.example");
  CHECK_FALSE(asking.take());
  asking.client.start(asking.now);
  asking.sent = asking.take();
  CHECK(asking.to == other);
  asking.answer_mapped(kMapped);
  CHECK(asking.event<StunClient::Mapped>()->address == kMapped);
}
