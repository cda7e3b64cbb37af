#pragma once

#include <offhook/sdp/negotiator.hpp>
#include <offhook/sdp/parser.hpp>

#include <doctest/doctest.h>

#include <string>
#include <string_view>

// Helpers that the tests of the negotiator share.

namespace negotiation {

namespace sdp = offhook::sdp;
using sdp::AudioCodec;
using sdp::Direction;
using sdp::NegotiationError;

inline offhook::base::SocketAddress address(std::string_view ip, std::uint16_t port) {
  return {offhook::base::IpAddress::parse(ip).value(), port};
}

inline sdp::Session parsed(std::string_view text) {
  auto session = sdp::parse_session(text);
  REQUIRE(session);
  return *session;
}

/// Returns the session description of a peer at 198.51.100.7 with these m= lines and attributes.
inline sdp::Session peer(std::string_view lines, std::string_view connection = "IN IP4 198.51.100.7") {
  return parsed("v=0\r\no=- 7 1 IN IP4 198.51.100.7\r\ns=-\r\nc=" + std::string(connection) + "\r\nt=0 0\r\n" +
                std::string(lines));
}

/// An agent at 192.0.2.10:20000 that prefers G722, then PCMU, then PCMA.
struct Agent {
  sdp::Negotiator negotiator{sdp::AudioCapability{}, address("192.0.2.10", 20000), 4711};

  sdp::Answer answer(const sdp::Session& offer) {
    auto result = negotiator.answer(offer);
    REQUIRE(result);
    CHECK(negotiator.is_consistent());
    return *result;
  }
  NegotiationError refusal(const sdp::Session& offer) {
    const auto before = negotiator.agreed();
    const auto text = negotiator.local_text();
    const auto result = negotiator.answer(offer);
    REQUIRE_FALSE(result);
    CHECK(negotiator.agreed() == before);
    CHECK(negotiator.local_text() == text);
    CHECK(negotiator.is_consistent());
    return result.error();
  }
  sdp::Session offer() {
    const auto text = parsed(negotiator.make_offer());
    CHECK(negotiator.is_consistent());
    return text;
  }
  sdp::AgreedAudio accept(const sdp::Session& answer) {
    auto result = negotiator.accept_answer(answer);
    REQUIRE(result);
    CHECK(negotiator.is_consistent());
    return *result;
  }
  Direction answered_direction(const sdp::Session& offer) {
    const auto text = parsed(answer(offer).body);
    return text.direction_of(text.media.at(0));
  }
};

inline std::string version_of(std::string_view text) { return parsed(text).origin->version; }

}  // namespace negotiation
