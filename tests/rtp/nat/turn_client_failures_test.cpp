#include <offhook/rtp/nat/turn_client.hpp>
#include <offhook/tests/rtp/nat/turn_world.hpp>

#include <doctest/doctest.h>

using namespace offhook_test;
namespace turn = offhook::rtp::turn;
using rtp::StunTransport;
using rtp::TurnClient;
using rtp::TurnFailure;
using rtp::TurnFamily;

namespace {

const base::SocketAddress kOtherPeer = socket_address("203.0.113.1", 7000);

Octets redirection(const StunMessage& request, const base::SocketAddress& server) {
  return stun(StunMethod::Allocate, StunClass::Error, request.id(), [&](StunWriter& writer) {
    writer.add_error(300, "Try Alternate");
    writer.add_address(StunAttribute::AlternateServer, server);
    writer.add(StunAttribute::AlternateDomain, "other.example");
  });
}

/// Redirects a client `count` times, each time to another port. Returns the Failed event, or nullopt if there is none.
std::optional<turn::Failed> after_redirections(std::size_t count, TurnWorld& world) {
  base::SocketAddress at = TurnWorld::kServer;
  world.start();
  for (std::uint16_t port = 1; port <= count; ++port) {
    const auto transmit = world.client.poll_transmit();
    REQUIRE(transmit);
    CHECK(transmit->to == at);
    const auto request = StunMessage::parse(transmit->octets).value();
    CHECK_FALSE(request.has_integrity());
    const auto next = socket_address("192.0.2.9", port);
    const auto answer = redirection(request, next);
    world.client.on_message(answer, at, world.now);
    at = next;
  }
  while (auto event = world.client.poll_event()) world.events.push_back(std::move(*event));
  CHECK(world.client.is_consistent());
  return world.last<turn::Failed>();
}

/// Answers each signed Allocate by a success response with the attributes that `add` adds.
template <class Add>
void allocate_with(TurnWorld& world, Add add) {
  world.server.intercept = [&world, add](const StunMessage& request) -> std::optional<Octets> {
    if (!request.is(StunMethod::Allocate) || !request.has_integrity()) return std::nullopt;
    return world.server.signed_answer(request, StunClass::Success, add);
  };
  world.start();
  world.run_for(1s);
}

}  // namespace

TEST_CASE("TurnClient names the error that refuses an allocation, and does not repeat the request [RFC 8656 sections 7.4 and 19]") {
  const std::vector<std::pair<int, TurnFailure>> rows{{400, TurnFailure::Refused},           {403, TurnFailure::Refused},
                                                      {437, TurnFailure::AllocationMismatch}, {440, TurnFailure::UnsupportedFamily},
                                                      {441, TurnFailure::WrongCredential},    {442, TurnFailure::UnsupportedTransport},
                                                      {486, TurnFailure::QuotaReached},       {500, TurnFailure::Refused},
                                                      {508, TurnFailure::NoCapacity}};
  for (const auto& [code, why] : rows) {
    CAPTURE(code);
    TurnWorld world;
    world.server.refuse[StunMethod::Allocate] = code;
    world.start();
    world.run_for(60s);
    REQUIRE(world.count<turn::Failed>() == 1);
    CHECK(world.last<turn::Failed>()->why == why);
    CHECK(world.last<turn::Failed>()->code == code);
    CHECK(world.last<turn::Failed>()->reason == "scripted");
    CHECK(world.server.seen.size() == 2);
    CHECK(world.client.state() == TurnClient::State::Idle);
    CHECK_FALSE(world.client.next_deadline());
  }
}

TEST_CASE("TurnClient sends its credential once, however often the server answers 401 [RFC 8489 section 9.2.5]") {
  TurnWorld world;
  world.server.password = "another";
  world.start();
  world.run_for(10min);
  CHECK(world.last<turn::Failed>()->why == TurnFailure::WrongCredential);
  CHECK(world.last<turn::Failed>()->code == 401);
  CHECK(world.server.seen.size() == 2);
}

TEST_CASE("TurnClient repeats a request with a new nonce once [RFC 8489 section 9.2.5]") {
  TurnWorld once;
  once.server.intercept = [&](const StunMessage& request) -> std::optional<Octets> {
    if (request.has_integrity() && once.server.seen.size() == 2) once.server.make_nonce_stale();
    return std::nullopt;
  };
  once.allocate();
  CHECK(once.server.seen.size() == 3);
  TurnWorld always;
  always.server.intercept = [&](const StunMessage& request) -> std::optional<Octets> {
    if (!request.has_integrity()) return std::nullopt;
    always.server.make_nonce_stale();
    return always.server.challenge(request, 438);
  };
  always.start();
  always.run_for(10min);
  CHECK(always.last<turn::Failed>()->why == TurnFailure::StaleNonce);
  CHECK(always.server.seen.size() == 3);
}

TEST_CASE("Without an answer, TurnClient fails after 39.5 s, over UDP after seven requests [RFC 8489 section 6.2]") {
  for (const auto transport : {StunTransport::Udp, StunTransport::Tcp}) {
    TurnWorld world(transport);
    world.is_cut = true;
    world.start();
    world.run_for(39499ms);
    CHECK(world.events.empty());
    world.run_for(1ms);
    CHECK(world.last<turn::Failed>()->why == TurnFailure::NoAnswer);
  }
}

TEST_CASE("TurnClient ignores answers of other hosts and with other ids") {
  TurnWorld world;
  world.start();
  const auto request = StunMessage::parse(world.client.poll_transmit()->octets).value();
  const auto refusal = stun(StunMethod::Allocate, StunClass::Error, request.id(), [](StunWriter& writer) { writer.add_error(403, "forged"); });
  world.pass(refusal, socket_address("192.0.2.1", 3479));
  world.pass(refusal, socket_address("192.0.2.2", 3478));
  world.pass(stun(StunMethod::Allocate, StunClass::Error, {1}, [](StunWriter& writer) { writer.add_error(403, "forged"); }));
  world.pass(Octets{0, 1, 2});
  CHECK(world.events.empty());
  world.pass(refusal);
  CHECK(world.last<turn::Failed>()->reason == "forged");
}

TEST_CASE("Over UDP, TurnClient ignores answers without the right integrity, and fails with BadIntegrity if no other answer comes [RFC 8489 section 9.2.5]") {
  TurnWorld world;
  world.server.signs_wrongly = true;
  world.start();
  world.run_for(20s);
  CHECK(world.events.empty());
  SUBCASE("the server's answer comes later") {
    world.server.restart();
    world.server.signs_wrongly = false;
    world.run_for(30s);
    CHECK(world.last<turn::Allocated>());
  }
  SUBCASE("no answer of the server comes") {
    world.run_for(30s);
    CHECK(world.last<turn::Failed>()->why == TurnFailure::BadIntegrity);
  }
}

TEST_CASE("Over TCP, an answer with a wrong integrity ends the request at once, but a 400 without integrity does not [RFC 8489 section 9.2.5]") {
  TurnWorld world(StunTransport::Tcp);
  world.server.signs_wrongly = true;
  world.start();
  world.run_for(1s);
  CHECK(world.last<turn::Failed>()->why == TurnFailure::BadIntegrity);
  TurnWorld bad_request(StunTransport::Tcp);
  bad_request.server.intercept = [](const StunMessage& request) -> std::optional<Octets> {
    if (!request.has_integrity()) return std::nullopt;
    return stun(StunMethod::Allocate, StunClass::Error, request.id(), [](StunWriter& writer) { writer.add_error(400, "Bad Request"); });
  };
  bad_request.start();
  bad_request.run_for(30s);
  CHECK(bad_request.events.empty());
  bad_request.run_for(30s);
  CHECK(bad_request.last<turn::Failed>()->why == TurnFailure::NoAnswer);
}

TEST_CASE("TurnClient ignores an answer without the PASSWORD-ALGORITHMS that its nonce promises [RFC 8489 section 9.2.5]") {
  TurnWorld world;
  allocate_with(world, [](StunWriter& writer) {
    writer.add(StunAttribute::Nonce, "obMatJos2gAAAabc");
    writer.add_address(StunAttribute::XorRelayedAddress, socket_address("192.0.2.50", 50000));
    writer.add_address(StunAttribute::XorMappedAddress, TurnWorld::kClient);
    writer.add_number(StunAttribute::Lifetime, 600);
  });
  world.run_for(60s);
  CHECK(world.last<turn::Failed>()->why == TurnFailure::NoAnswer);
}

TEST_CASE("TurnClient deletes an allocation with the wrong address family [RFC 8656 section 7.3]") {
  TurnWorld world(StunTransport::Udp, TurnFamily::V6);
  allocate_with(world, [](StunWriter& writer) {
    writer.add_address(StunAttribute::XorRelayedAddress, socket_address("192.0.2.50", 50000));
    writer.add_address(StunAttribute::XorMappedAddress, TurnWorld::kClient);
    writer.add_number(StunAttribute::Lifetime, 600);
  });
  CHECK(world.last<turn::Failed>()->why == TurnFailure::UnsupportedFamily);
  CHECK(world.server.seen.back().method == StunMethod::Refresh);
  CHECK(world.server.seen.back().lifetime == 0U);
  CHECK(world.count<turn::Released>() == 1);
  CHECK(world.count<turn::Allocated>() == 0);
}

TEST_CASE("TurnClient deletes an allocation without a usable address or lifetime") {
  struct Row { const char* relayed; std::uint16_t port; bool has_mapped; std::uint32_t lifetime; bool is_usable; };
  const char* const usable = "192.0.2.50";
  for (const Row& row : {Row{usable, 1, true, 10, true}, Row{usable, 1, true, 9, false}, Row{usable, 1, true, 0, false}, Row{usable, 0, true, 600, false},
                         Row{"0.0.0.0", 1, true, 600, false}, Row{usable, 1, false, 600, false}, Row{nullptr, 1, true, 600, false}}) {
    TurnWorld world;
    allocate_with(world, [row](StunWriter& writer) {
      if (row.relayed != nullptr) writer.add_address(StunAttribute::XorRelayedAddress, socket_address(row.relayed, row.port));
      if (row.has_mapped) writer.add_address(StunAttribute::XorMappedAddress, TurnWorld::kClient);
      writer.add_number(StunAttribute::Lifetime, row.lifetime);
    });
    CHECK(world.last<turn::Allocated>().has_value() == row.is_usable);
    if (row.is_usable) continue;
    CHECK(world.last<turn::Failed>()->why == TurnFailure::BadAnswer);
    CHECK(world.server.seen.back().lifetime == 0U);
  }
}

TEST_CASE("TurnClient refreshes at least once an hour, even if the lifetime is longer, and after half of a short lifetime") {
  const std::vector<std::pair<std::uint32_t, base::Duration>> rows{{0xffffffff, 59min}, {3601, 59min}, {600, 9min}, {120, 1min}, {60, 30s}, {10, 5s}};
  for (const auto& [lifetime, expected] : rows) {
    TurnWorld world;
    world.server.lifetime = lifetime;
    world.allocate();
    const auto count = world.server.count(StunMethod::Refresh);
    const auto first = std::find_if(world.server.seen.begin(), world.server.seen.end(), [](const auto& one) { return one.method == StunMethod::Refresh; });
    if (count == 0) world.run_for(expected);
    const auto refresh = count == 0 ? world.server.seen.end() - 1 : first;
    CHECK(refresh->method == StunMethod::Refresh);
    const auto after = refresh->at - base::TimePoint{1h};
    CHECK(after >= expected);
    CHECK(after < expected + 1s);
  }
}

TEST_CASE("TurnClient reports Lost if the answer to a refresh has too short a lifetime") {
  TurnWorld world;
  world.allocate();
  world.server.lifetime = 9;
  world.run_for(9min);
  CHECK(world.last<turn::Lost>()->why == TurnFailure::BadAnswer);
  CHECK(world.client.state() == TurnClient::State::Idle);
}

TEST_CASE("After a restart of the server, TurnClient reports Lost at the first 437, at the latest at the next refresh of a permission [RFC 8656 section 5]") {
  TurnWorld world;
  world.allocate();
  REQUIRE(world.client.bind(kOtherPeer, world.now));
  world.run_for(1s);
  (void)world.client.poll_channels();
  world.server.restart();
  world.run_for(4min);
  CHECK(world.last<turn::Lost>()->why == TurnFailure::AllocationMismatch);
  CHECK(world.last<turn::Lost>()->code == 437);
  CHECK_FALSE(world.client.next_deadline());
  CHECK_FALSE(world.send(kOtherPeer, {1}));
  CHECK(world.client.poll_channels());
  world.allocate();  // The owner may start again.
}

TEST_CASE("TurnClient repeats a failed refresh until the allocation expires, and then reports Lost") {
  TurnWorld silent;
  silent.allocate();  // takes a minute
  silent.is_cut = true;
  silent.run_for(9min);
  CHECK(silent.count<turn::Lost>() == 0);
  silent.run_for(1s);
  CHECK(silent.last<turn::Lost>()->why == TurnFailure::NoAnswer);
  TurnWorld busy;
  busy.allocate();
  busy.server.refuse[StunMethod::Refresh] = 500;
  busy.run_for(8min + 40s);
  CHECK(busy.count<turn::Lost>() == 0);
  CHECK(busy.server.count(StunMethod::Refresh) > 5);
  CHECK(busy.server.count(StunMethod::Refresh) < 20);
  busy.server.refuse.clear();
  busy.run_for(1h);
  CHECK(busy.count<turn::Lost>() == 0);
}

TEST_CASE("TurnClient reports a peer that the server refuses, and keeps the allocation [RFC 8656 sections 10.2 and 12.2]") {
  for (const int code : {403, 443, 508}) {
    TurnWorld world;
    world.server.refuse[StunMethod::CreatePermission] = code;
    world.allocate();
    REQUIRE(world.client.permit(kOtherPeer, world.now));
    world.run_for(1h);
    REQUIRE(world.count<turn::PeerRefused>() == 1);
    CHECK(world.last<turn::PeerRefused>()->peer == kOtherPeer);
    CHECK(world.last<turn::PeerRefused>()->code == code);
    CHECK(world.server.count(StunMethod::CreatePermission) == 1);
    CHECK(world.count<turn::Lost>() == 0);
  }
}

TEST_CASE("If the server refuses a channel, TurnClient sends to the peer by Send indications [RFC 8656 section 12.3]") {
  TurnWorld world;
  world.server.refuse[StunMethod::ChannelBind] = 400;
  world.allocate();
  REQUIRE(world.client.bind(kOtherPeer, world.now));
  world.run_for(1s);
  CHECK(world.last<turn::PeerRefused>()->has_channel);
  CHECK(world.last<turn::PeerReady>());
  CHECK(world.send(kOtherPeer, {1}));
  world.run_for(1s);
  REQUIRE(world.server.to_peers.size() == 1);
  CHECK_FALSE(world.server.to_peers[0].by_channel);
}

TEST_CASE("TurnClient follows at most four redirections, and sends its credential to no server before a challenge [RFC 8489 section 10]") {
  TurnWorld most;
  CHECK_FALSE(after_redirections(rtp::StunRedirections::kMax, most));
  CHECK(most.client.server() == socket_address("192.0.2.9", 4));
  CHECK(most.client.poll_transmit()->to == socket_address("192.0.2.9", 4));
  TurnWorld more;
  const auto failed = after_redirections(rtp::StunRedirections::kMax + 1, more);
  REQUIRE(failed);
  CHECK(failed->why == TurnFailure::TooManyRedirects);
  CHECK(failed->code == 300);
}

TEST_CASE("TurnClient does not follow a redirection to an earlier server, to another address family, or for a request about a peer [RFC 8489 section 10]") {
  const auto other_family = socket_address("2001:db8::9", 3478);
  for (const auto& [to, why] : {std::pair(TurnWorld::kServer, TurnFailure::TooManyRedirects), std::pair(other_family, TurnFailure::BadAnswer)}) {
    TurnWorld world;
    world.server.intercept = [to = to](const StunMessage& request) { return std::optional(redirection(request, to)); };
    world.start();
    world.run_for(1s);
    CHECK(world.last<turn::Failed>()->why == why);
  }
  TurnWorld signed_request;  // The answer to a signed request must be signed.
  signed_request.server.intercept = [](const StunMessage& request) {
    return request.has_integrity() ? std::optional(redirection(request, socket_address("192.0.2.9", 1))) : std::nullopt;
  };
  signed_request.start();
  signed_request.run_for(60s);
  CHECK(signed_request.last<turn::Failed>()->why == TurnFailure::BadIntegrity);
}

TEST_CASE("TurnClient follows a signed redirection of a signed request, and its first request to the other server has no credential [RFC 8489 section 9.2.3]") {
  TurnWorld world;
  world.server.intercept = [&](const StunMessage& request) -> std::optional<Octets> {
    if (!request.has_integrity()) return std::nullopt;
    return world.server.signed_answer(request, StunClass::Error, [](StunWriter& writer) {
      writer.add_error(300, "Try Alternate");
      writer.add_address(StunAttribute::AlternateServer, socket_address("192.0.2.9", 1));
    });
  };
  world.start();
  world.run_for(200ms);
  CHECK(world.server.seen.size() >= 3);
  CHECK(world.client.server() == socket_address("192.0.2.9", 1));
  CHECK_FALSE(world.server.seen.back().is_signed);
}

TEST_CASE("Over TCP and TLS, TurnClient reports a redirection, and its owner connects to the new server [RFC 8489 section 10]") {
  TurnWorld world(StunTransport::Tls);
  const auto other = socket_address("192.0.2.9", 5349);
  world.server.intercept = [&](const StunMessage& request) { return std::optional(redirection(request, other)); };
  world.start();
  world.run_for(60s);
  REQUIRE(world.last<turn::Redirected>());
  CHECK(world.last<turn::Redirected>()->server == other);
  CHECK(world.last<turn::Redirected>()->domain == "other.example");
  CHECK(world.client.state() == TurnClient::State::Redirected);
  CHECK_FALSE(world.client.next_deadline());
  world.client.on_disconnected();
  world.start();
  CHECK(world.client.poll_transmit()->to == other);
}

TEST_CASE("When the connection to the server fails, TurnClient reports Failed or, with an allocation, Lost [RFC 8489 section 6.2.2]") {
  TurnWorld early(StunTransport::Tcp);
  early.start();
  early.client.on_disconnected();
  early.run_for(1s);
  CHECK(early.last<turn::Failed>()->why == TurnFailure::Disconnected);
  TurnWorld late(StunTransport::Tcp);
  late.allocate();
  late.client.on_disconnected();
  late.run_for(1s);
  CHECK(late.last<turn::Lost>()->why == TurnFailure::Disconnected);
  late.client.on_disconnected();
  late.run_for(1s);
  CHECK(late.count<turn::Lost>() == 1);
}

TEST_CASE("TurnClient refuses an answer with an unknown attribute that a receiver must understand, and an error without a code [RFC 8489 section 6.3]") {
  for (const bool has_code : {true, false}) {
    TurnWorld world;
    world.server.intercept = [has_code](const StunMessage& request) {
      return std::optional(stun(StunMethod::Allocate, StunClass::Error, request.id(), [has_code](StunWriter& writer) {
        if (has_code) {
          writer.add_error(401, "Unauthenticated");
          writer.add_flag(static_cast<StunAttribute>(0x7001));
        }
      }));
    };
    world.start();
    world.run_for(1s);
    CHECK(world.last<turn::Failed>()->why == TurnFailure::BadAnswer);
  }
}
