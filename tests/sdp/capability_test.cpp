#include <offhook/sdp/capability.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <string>
#include <vector>

namespace sdp = offhook::sdp;
using sdp::AudioCodec;

namespace {

sdp::Media stream(std::vector<std::string> formats, std::vector<std::string> rtpmaps = {}) {
  sdp::Media media;
  media.kind = "audio";
  media.port = 4000;
  media.protocol = "RTP/AVP";
  media.formats = std::move(formats);
  for (std::string& map : rtpmaps) media.attributes.push_back({"rtpmap", std::move(map)});
  return media;
}

}  // namespace

TEST_CASE("each codec has the static payload type and the clock rate from the RFC's table [RFC 3551 section 6]") {
  CHECK(sdp::name_of(AudioCodec::Pcmu).payload_type == 0);
  CHECK(sdp::name_of(AudioCodec::Pcma).payload_type == 8);
  CHECK(sdp::name_of(AudioCodec::G722).payload_type == 9);
  CHECK(sdp::name_of(AudioCodec::G722).clock_hz == 8000);
  CHECK(sdp::find_codec("g722") == AudioCodec::G722);
  CHECK(sdp::find_codec("PCMU") == AudioCodec::Pcmu);
  CHECK_FALSE(sdp::find_codec("speex"));
}

TEST_CASE("PayloadTable reads a static payload type without an rtpmap, but an rtpmap for this payload type takes precedence [RFC 3551 section 6]") {
  const auto plain = stream({"8", "0", "9"});
  const sdp::PayloadTable table(plain);
  CHECK(table.number_of(AudioCodec::Pcmu) == 0);
  CHECK(table.number_of(AudioCodec::Pcma) == 8);
  CHECK(table.number_of(AudioCodec::G722) == 9);
  CHECK_FALSE(table.number_of_events(8000));

  const auto moved = stream({"0", "96"}, {"0 opus/48000/2", "96 pcmu/8000/1"});
  CHECK(sdp::PayloadTable(moved).number_of(AudioCodec::Pcmu) == 96);
}

TEST_CASE("PayloadTable accepts G722/16000, which some peers write, as G.722 if the m= line has no correct rtpmap for G.722 [RFC 3551 section 4.5.2]") {
  CHECK(sdp::PayloadTable(stream({"9"}, {"9 G722/16000"})).number_of(AudioCodec::G722) == 9);
  CHECK(sdp::PayloadTable(stream({"97"}, {"97 g722/16000/1"})).number_of(AudioCodec::G722) == 97);
  CHECK(sdp::PayloadTable(stream({"97", "9"}, {"97 G722/16000", "9 G722/8000"})).number_of(AudioCodec::G722) == 9);
  CHECK_FALSE(sdp::PayloadTable(stream({"97"}, {"97 G722/16000/2"})).number_of(AudioCodec::G722));
  CHECK_FALSE(sdp::PayloadTable(stream({"97"}, {"97 G722/32000"})).number_of(AudioCodec::G722));
  CHECK_FALSE(sdp::PayloadTable(stream({"97"}, {"97 PCMU/16000"})).number_of(AudioCodec::Pcmu));
}

TEST_CASE("PayloadTable accepts payload types 0 to 127 except RTCP's 72 to 76, and refuses all other formats [RFC 3551 section 6]") {
  for (int number = -1; number <= 300; ++number) {
    const std::string text = std::to_string(number);
    const auto media = stream({text}, {text + " G722/8000"});
    const bool usable = number >= 0 && number <= 127 && (number < 72 || number > 76);
    CAPTURE(number);
    CHECK(sdp::PayloadTable(media).number_of(AudioCodec::G722).has_value() == usable);
  }
  for (const char* text : {"", "+9", "9x", "09876543210", "4294967305", "webrtc-datachannel"}) {
    CAPTURE(text);
    const auto media = stream({text}, {"9 G722/8000"});
    const sdp::PayloadTable table(media);
    CHECK(table.numbers().empty());
  }
}

TEST_CASE("If a payload type or its rtpmap is repeated, PayloadTable keeps the first one") {
  const auto media = stream({"96", "96", "97", "96"}, {"96 G722/8000", "96 PCMA/8000", "97 PCMA/8000"});
  const sdp::PayloadTable table(media);
  CHECK(table.numbers() == std::vector<std::uint8_t>{96, 97});
  CHECK(table.number_of(AudioCodec::G722) == 96);
  CHECK(table.number_of(AudioCodec::Pcma) == 97);
}

TEST_CASE("PayloadTable compares the name, clock rate and channels of an rtpmap [RFC 8866 section 6.6]") {
  struct Row { const char* rtpmap; bool g722; };
  for (const Row row : {Row{"96 G722/8000", true}, {"96 g722/8000/1", true}, {"96 G722/16000", true}, {"96 G722/8000/2", false},
                        {"96 G722", false}, {"96 G722/", false}, {"96 /8000", false}, {"96G722/8000", false}, {"96", false},
                        {"96 G7221/8000", false}, {"96  G722/8000 ", true}, {"96 G722/8000/x", false}, {"352 G722/8000", false},
                        {"96 G722/99999999999", false}}) {
    const auto media = stream({"96"}, {row.rtpmap});
    CAPTURE(row.rtpmap);
    CHECK(sdp::PayloadTable(media).number_of(AudioCodec::G722).has_value() == row.g722);
  }
}

TEST_CASE("PayloadTable finds the telephone-event payload type with the given clock rate [RFC 4733 section 7.1.1]") {
  const auto media = stream({"111", "110", "101"}, {"111 opus/48000/2", "110 telephone-event/48000", "101 Telephone-Event/8000"});
  const sdp::PayloadTable table(media);
  CHECK(table.number_of_events(8000) == 101);
  CHECK(table.number_of_events(48000) == 110);
  CHECK_FALSE(table.number_of_events(16000));
}
