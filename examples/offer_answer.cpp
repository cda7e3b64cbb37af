// Two sides agree on audio, without a line of SIP:     offer_answer
#include <offhook/sdp/negotiator.hpp>
#include <offhook/sdp/parser.hpp>

#include <cstdio>

namespace base = offhook::base;
namespace sdp = offhook::sdp;

int main() {
  // Each negotiator is one side of one session: what it can do, where it receives, and a session id from a random source.
  sdp::AudioCapability callers, ours;
  callers.codecs = {sdp::AudioCodec::Pcma, sdp::AudioCodec::Pcmu};
  ours.codecs = {sdp::AudioCodec::G722, sdp::AudioCodec::Pcmu};
  sdp::Negotiator caller(callers, {*base::IpAddress::parse("192.0.2.1"), 4000}, 1001);
  sdp::Negotiator called(ours, {*base::IpAddress::parse("198.51.100.7"), 6000}, 2002);

  const std::string offer = caller.make_offer();
  std::printf("--- offer\n%s", offer.c_str());

  // What comes from the wire is text: first it is parsed, then it is negotiated, and either may say no.
  const auto offered = sdp::parse_session(offer);
  if (!offered) return std::printf("the offer cannot be read\n"), 1;
  const auto answer = called.answer(*offered);
  if (!answer) return std::printf("488: %s\n", std::string(to_string(answer.error())).c_str()), 1;
  std::printf("--- answer\n%s", answer->body.c_str());

  const auto answered = sdp::parse_session(answer->body);
  const auto agreed = answered ? caller.accept_answer(*answered) : base::fail(sdp::NegotiationError::AnswerMismatch);
  if (!agreed) return std::printf("the call is over: %s\n", std::string(to_string(agreed.error())).c_str()), 1;

  // Both now know codec, payload types and addresses. Each sends where the other receives.
  std::printf("--- agreed\n%s, the caller sends to %s, the called side to %s\n", std::string(to_string(agreed->codec)).c_str(),
              agreed->remote_rtp.to_string().c_str(), answer->audio.remote_rtp.to_string().c_str());

  // Hold is another offer, with another direction; the o= line's version rises.
  caller.set_direction(sdp::Direction::SendOnly);
  const auto hold = sdp::parse_session(caller.make_offer());
  const auto held = hold ? called.answer(*hold) : base::fail(sdp::NegotiationError::NoAudio);
  if (!held) return 1;
  std::printf("on hold: the called side %s\n", held->audio.send ? "still sends" : "listens only");
}
