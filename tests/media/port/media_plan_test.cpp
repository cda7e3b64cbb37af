#include <offhook/media/port/media_plan.hpp>

#include <doctest/doctest.h>

using namespace offhook;
using media::AudioCodec;

namespace {

media::MediaPlan plan() {
  media::MediaPlan made;
  made.remote_rtp = {base::IpAddress::v4({192, 0, 2, 1}), 4000};
  made.remote_rtcp = {base::IpAddress::v4({192, 0, 2, 1}), 4001};
  return made;
}

}  // namespace

TEST_CASE("learns_anew returns false for an offer/answer exchange that changes nothing of the media that the peer sends [CVE-2017-14099]") {
  auto after = plan();
  CHECK_FALSE(media::learns_anew(plan(), after));
  after.send = false;
  after.receive = false;
  after.ptime_ms = 30;
  after.send_events = 96;
  CHECK_FALSE(media::learns_anew(plan(), after));
}

TEST_CASE("learns_anew returns false for another codec from the same address, and for a refresh that the other side offers [CVE-2017-14099]") {
  auto before = plan();
  before.also_receivable[0] = media::ReceivableCodec{AudioCodec::G722, 9};  // The peer's answer had several codecs. The answer to the peer's offer has one.
  CHECK_FALSE(media::learns_anew(before, plan()));
  CHECK_FALSE(media::learns_anew(plan(), before));
  auto after = plan();
  after.codec = AudioCodec::Pcma;
  after.send_payload_type = after.receive_payload_type = 8;
  CHECK_FALSE(media::learns_anew(plan(), after));
}

TEST_CASE("learns_anew returns true when the peer begins to send again, but not for another address, because media with ICE do not follow the description") {
  auto after = plan();
  after.remote_rtp.port = 4002;
  after.remote_rtcp.port = 0;
  CHECK_FALSE(media::learns_anew(plan(), after));
  auto before = plan();
  before.receive = false;
  CHECK(media::learns_anew(before, plan()));
}

TEST_CASE("MediaPlan finds each codec that the peer may send by its payload type [RFC 3264 section 10.2]") {
  auto made = plan();
  made.also_receivable[0] = media::ReceivableCodec{AudioCodec::G722, 9};
  CHECK(made.codec_of(0) == AudioCodec::Pcmu);
  CHECK(made.codec_of(9) == AudioCodec::G722);
  CHECK_FALSE(made.codec_of(8).has_value());
  CHECK(made.receives(AudioCodec::G722));
  CHECK_FALSE(made.receives(AudioCodec::Pcma));
}
