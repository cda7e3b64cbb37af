#include <offhook/media/codec/opus_parameters.hpp>

#include <offhook/base/text.hpp>
#include <offhook/media/codec/opus.hpp>

#include <algorithm>

namespace offhook::inline v0::media {
namespace {

std::optional<std::uint32_t> number_in(std::string_view text, std::uint32_t least, std::uint32_t most) {
  const auto number = base::parse_number<std::uint32_t>(text);
  if (!number || *number < least || *number > most) return std::nullopt;
  return number;
}

void set_flag(bool& flag, std::string_view value) {
  if (value == "0" || value == "1") flag = value == "1";
}

void take(OpusParameters& parameters, std::string_view name, std::string_view value) {
  if (base::iequals(name, "maxplaybackrate")) {
    if (const auto rate = number_in(value, 8000, kOpusClockHz)) parameters.max_playback_rate_hz = *rate;
  } else if (base::iequals(name, "sprop-maxcapturerate")) {
    if (const auto rate = number_in(value, 8000, kOpusClockHz)) parameters.max_capture_rate_hz = *rate;
  } else if (base::iequals(name, "maxaveragebitrate")) {
    if (const auto bitrate = number_in(value, kMinOpusBitrate, kMaxOpusBitrate)) parameters.max_average_bitrate = bitrate;
  } else if (base::iequals(name, "stereo")) {
    set_flag(parameters.stereo, value);
  } else if (base::iequals(name, "cbr")) {
    set_flag(parameters.cbr, value);
  } else if (base::iequals(name, "useinbandfec")) {
    set_flag(parameters.in_band_fec, value);
  } else if (base::iequals(name, "usedtx")) {
    set_flag(parameters.dtx, value);
  }
}

}  // namespace

OpusParameters parse_opus_parameters(std::string_view text) {
  OpusParameters parameters;
  base::TextCursor cursor(text);
  for (std::size_t i = 0; i < kMaxOpusParameters && !cursor.at_end(); ++i) {
    base::TextCursor one(cursor.take_until(';'));
    const auto name = base::trim(one.take_until('='));
    take(parameters, name, base::trim(one.rest()));
  }
  return parameters;
}

std::string write_opus_parameters(const OpusParameters& parameters) {
  std::string text;
  const auto add = [&text](std::string_view name, std::uint32_t value) {
    if (!text.empty()) text += ';';
    text.append(name).append("=").append(std::to_string(value));
  };
  if (parameters.max_playback_rate_hz != kOpusClockHz) add("maxplaybackrate", parameters.max_playback_rate_hz);
  if (parameters.max_capture_rate_hz != kOpusClockHz) add("sprop-maxcapturerate", parameters.max_capture_rate_hz);
  if (parameters.max_average_bitrate) add("maxaveragebitrate", *parameters.max_average_bitrate);
  if (parameters.stereo) add("stereo", 1);
  if (parameters.cbr) add("cbr", 1);
  if (parameters.in_band_fec) add("useinbandfec", 1);
  if (parameters.dtx) add("usedtx", 1);
  return text;
}

std::uint32_t opus_bitrate(const OpusParameters& peer, std::uint32_t rate_hz, std::uint32_t wish) {
  const std::uint32_t band_hz = std::min(rate_hz, peer.max_playback_rate_hz);
  if (wish == 0) wish = band_hz <= 8000 ? 10000 : band_hz <= 16000 ? 18000 : 34000;
  return std::clamp(wish, kMinOpusBitrate, peer.max_average_bitrate.value_or(kMaxOpusBitrate));
}

}  // namespace offhook::inline v0::media
