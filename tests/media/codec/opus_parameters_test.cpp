#include <offhook/media/codec/opus_parameters.hpp>

#include <doctest/doctest.h>

#include <string>

using namespace offhook;
using media::OpusParameters;
using media::parse_opus_parameters;

TEST_CASE("parse_opus_parameters reads the fmtp of Opus, and ignores blanks and the case of letters [RFC 7587 section 6.1]") {
  CHECK(parse_opus_parameters("") == OpusParameters{});
  CHECK(parse_opus_parameters("minptime=10;useinbandfec=1") == OpusParameters{.in_band_fec = true});  // Browsers write this.
  // The second example of RFC 7587 section 7.
  CHECK(parse_opus_parameters("maxplaybackrate=16000; sprop-maxcapturerate=16000; maxaveragebitrate=20000; stereo=1; "
                              "useinbandfec=1; usedtx=0") ==
        OpusParameters{.max_playback_rate_hz = 16000, .max_capture_rate_hz = 16000, .max_average_bitrate = 20000, .stereo = true, .in_band_fec = true});
  CHECK(parse_opus_parameters(" CBR = 1 ;UseDTX=1;") == OpusParameters{.cbr = true, .dtx = true});
}

TEST_CASE("parse_opus_parameters ignores unknown and malformed parameters and values out of range. If a name occurs twice, the last value counts") {
  CHECK(parse_opus_parameters("maxaveragebitrate=5999").max_average_bitrate == std::nullopt);
  CHECK(parse_opus_parameters("maxaveragebitrate=6000").max_average_bitrate == 6000u);
  CHECK(parse_opus_parameters("maxaveragebitrate=510000").max_average_bitrate == 510000u);
  CHECK(parse_opus_parameters("maxaveragebitrate=510001").max_average_bitrate == std::nullopt);
  CHECK(parse_opus_parameters("maxplaybackrate=7999").max_playback_rate_hz == 48000);
  CHECK(parse_opus_parameters("maxplaybackrate=48001").max_playback_rate_hz == 48000);
  CHECK(parse_opus_parameters("maxplaybackrate=99999999999999").max_playback_rate_hz == 48000);
  CHECK(parse_opus_parameters("usedtx=2;cbr=yes;stereo;=1;;;useinbandfec=-1") == OpusParameters{});
  CHECK_FALSE(parse_opus_parameters("usedtx=1;usedtx=0").dtx);
}

TEST_CASE("parse_opus_parameters reads kMaxOpusParameters parameters, and ignores further ones") {
  std::string text;
  for (std::size_t i = 1; i < media::kMaxOpusParameters; ++i) text += "x=1;";
  CHECK(parse_opus_parameters(text + "usedtx=1").dtx);
  CHECK_FALSE(parse_opus_parameters(text + "x=1;usedtx=1").dtx);
}

TEST_CASE("parse_opus_parameters reads what write_opus_parameters wrote, which leaves out default values") {
  CHECK(media::write_opus_parameters({}).empty());
  const OpusParameters all{
      .max_playback_rate_hz = 16000, .max_average_bitrate = 32000, .stereo = true, .cbr = true, .in_band_fec = true, .dtx = true};
  CHECK(media::write_opus_parameters(all) == "maxplaybackrate=16000;maxaveragebitrate=32000;stereo=1;cbr=1;useinbandfec=1;usedtx=1");
  CHECK(parse_opus_parameters(media::write_opus_parameters(all)) == all);
}

TEST_CASE("opus_bitrate returns a bitrate for the width of the audio band, and never more than the peer's limit [RFC 7587 section 3.1.1]") {
  CHECK(media::opus_bitrate({}, 8000) == 10000);
  CHECK(media::opus_bitrate({}, 16000) == 18000);
  CHECK(media::opus_bitrate({}, 48000) == 34000);
  CHECK(media::opus_bitrate({.max_playback_rate_hz = 8000}, 48000) == 10000);
  CHECK(media::opus_bitrate({.max_average_bitrate = 12000}, 48000) == 12000);
  CHECK(media::opus_bitrate({}, 16000, 24000) == 24000);
  CHECK(media::opus_bitrate({.max_average_bitrate = 12000}, 16000, 24000) == 12000);
  CHECK(media::opus_bitrate({}, 16000, 1) == 6000);
}
