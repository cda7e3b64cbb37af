// Negotiates audio between two sides without SIP:     offer_answer
#include <offhook/sdp/negotiator.hpp>
#include <offhook/sdp/parser.hpp>

#include <cstdio>

namespace base = offhook::base;
namespace sdp = offhook::sdp;

int main() {
  // Each negotiator is one side of one session. It needs capabilities, an address for the media that it receives, and a session id from a
  // random source.
  sdp::AudioCapability callers, ours;
  callers.codecs = {sdp::AudioCodec::Pcma, sdp::AudioCodec::Pcmu};
  ours.codecs = {sdp::AudioCodec::G722, sdp::AudioCodec::Pcmu};
  sdp::Negotiator caller(callers, {*base::IpAddress::parse("192.0.2.1"), 4000}, 1001);
  sdp::Negotiator called(ours, {*base::IpAddress::parse("198.51.100.7"), 6000}, 2002);

  const std::string offer = caller.make_offer();
  std::printf("--- offer\n%s", offer.c_str());

  // A received text is first parsed and then negotiated. Either step may fail.
  const auto offered = sdp::parse_session(offer);
  if (!offered) return std::printf("the offer cannot be read\n"), 1;
  const auto answer = called.answer(*offered);
  if (!answer) return std::printf("488: %s\n", std::string(to_string(answer.error())).c_str()), 1;
  std::printf("--- answer\n%s", answer->body.c_str());

  const auto answered = sdp::parse_session(answer->body);
  const auto agreed = answered ? caller.accept_answer(*answered) : base::fail(sdp::NegotiationError::AnswerMismatch);
  if (!agreed) return std::printf("the negotiation failed: %s\n", std::string(to_string(agreed.error())).c_str()), 1;

  // Both sides now know the codec, the payload types and the addresses. Each side sends to the address of the other.
  std::printf("--- agreed\n%s, the caller sends to %s, the called side to %s\n", std::string(to_string(agreed->codec)).c_str(),
              agreed->remote_rtp.to_string().c_str(), answer->audio.remote_rtp.to_string().c_str());

  // A hold is a new offer with another direction. The version in its o= line is higher.
  caller.set_direction(sdp::Direction::SendOnly);
  const auto hold = sdp::parse_session(caller.make_offer());
  const auto held = hold ? called.answer(*hold) : base::fail(sdp::NegotiationError::NoAudio);
  if (!held) return 1;
  std::printf("on hold: the called side %s\n", held->audio.send ? "still sends" : "listens only");
}
