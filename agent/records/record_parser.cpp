#include <offhook/agent/records/record_reader.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <ctime>
#include <limits>

namespace offhook::inline v0::agent::records {

namespace {

using Json = nlohmann::json;

const Json& member(const Json& of, const char* name) {
  static const Json kNothing;
  if (!of.is_object()) return kNothing;
  const auto at = of.find(name);
  return at == of.end() ? kNothing : *at;
}

std::string text(const Json& of, const char* name) {
  const Json& value = member(of, name);
  return value.is_string() ? value.get<std::string>() : std::string();
}

/// Returns true if Number can hold `value` without its fraction. C++ leaves the conversion of any other value undefined.
template <class Number>
bool holds(double value) {
  using Limits = std::numeric_limits<Number>;
  if constexpr (!Limits::is_integer) return true;
  return value >= static_cast<double>(Limits::min()) && value < std::ldexp(1.0, Limits::digits);
}

/// Returns a number member. Returns nullopt for a member of another type, and for a number that Number cannot hold.
template <class Number>
std::optional<Number> maybe(const Json& of, const char* name) {
  const Json& value = member(of, name);
  if (!value.is_number() || !holds<Number>(value.get<double>())) return std::nullopt;
  return value.get<Number>();
}

template <class Number>
Number number(const Json& of, const char* name) {
  return maybe<Number>(of, name).value_or(Number{});
}

std::optional<WallTime> time(const Json& of, const char* name) { return parse_rfc3339(text(of, name)); }

Party party(const Json& of, const char* name) {
  return {text(member(of, name), "uri"), text(member(of, name), "display")};
}

Ending::By by(std::string_view word) {
  for (const auto each : {Ending::By::Caller, Ending::By::Called, Ending::By::Agent, Ending::By::Network}) {
    if (word == to_string(each)) return each;
  }
  return Ending::By::Unknown;
}

Turn::Kind kind(std::string_view word) {
  for (const auto each : {Turn::Kind::Opening, Turn::Kind::Speech, Turn::Kind::Digits}) {
    if (word == to_string(each)) return each;
  }
  return Turn::Kind::Other;
}

MediaQuality::PeersView peers_view(const Json& json) {
  MediaQuality::PeersView view;
  view.lost_percent = number<double>(json, "lost_percent");
  view.discarded_percent = number<double>(json, "discarded_percent");
  view.burst_ms = number<double>(json, "burst_ms");
  view.burst_density = number<double>(json, "burst_density");
  view.gap_ms = number<double>(json, "gap_ms");
  view.gap_density = number<double>(json, "gap_density");
  view.round_trip_ms = number<double>(json, "round_trip_ms");
  view.end_system_ms = number<double>(json, "end_system_ms");
  view.r = maybe<double>(json, "r");
  view.mos = maybe<double>(json, "mos");
  view.mos_listening = maybe<double>(json, "mos_listening");
  view.speech_dbm0 = maybe<double>(json, "speech_dbm0");
  view.noise_dbm0 = maybe<double>(json, "noise_dbm0");
  view.echo_return_loss_db = maybe<double>(json, "echo_return_loss_db");
  return view;
}

MediaQuality media(const Json& json) {
  MediaQuality quality;
  quality.packets_sent = number<std::uint64_t>(json, "packets_sent");
  quality.packets_received = number<std::uint64_t>(json, "packets_received");
  quality.octets_sent = number<std::uint64_t>(json, "octets_sent");
  quality.octets_received = number<std::uint64_t>(json, "octets_received");
  quality.lost = number<std::uint64_t>(json, "lost");
  quality.late = number<std::uint64_t>(json, "late");
  quality.duplicate = number<std::uint64_t>(json, "duplicate");
  quality.jitter_ms = number<double>(json, "jitter_ms");
  quality.concealed_ms = number<std::uint64_t>(json, "concealed_ms");
  quality.round_trip_ms = maybe<double>(json, "round_trip_ms");
  quality.discarded = number<std::uint64_t>(json, "discarded");
  quality.bursts = number<std::uint64_t>(json, "bursts");
  quality.burst_ms = number<double>(json, "burst_ms");
  quality.burst_density = number<double>(json, "burst_density");
  quality.gap_ms = number<double>(json, "gap_ms");
  quality.gap_density = number<double>(json, "gap_density");
  quality.buffer_ms = number<double>(json, "buffer_ms");
  quality.one_way_ms = number<double>(json, "one_way_ms");
  quality.r = maybe<double>(json, "r");
  quality.mos = maybe<double>(json, "mos");
  quality.mos_listening = maybe<double>(json, "mos_listening");
  quality.wideband = text(json, "scale") == "wideband";
  quality.speech_dbov = maybe<double>(json, "speech_dbov");
  quality.noise_dbov = maybe<double>(json, "noise_dbov");
  quality.peak_dbov = maybe<double>(json, "peak_dbov");
  quality.silent_percent = number<double>(json, "silent_percent");
  quality.clipped_percent = number<double>(json, "clipped_percent");
  quality.echo_return_loss_db = maybe<double>(json, "echo_return_loss_db");
  quality.one_way = text(json, "one_way");
  quality.concealment_events = number<std::uint64_t>(json, "concealment_events");
  quality.silent_concealed_ms = number<double>(json, "silent_concealed_ms");
  quality.inserted_ms = number<double>(json, "inserted_ms");
  quality.removed_ms = number<double>(json, "removed_ms");
  quality.mean_buffer_ms = number<double>(json, "mean_buffer_ms");
  if (const Json& view = member(json, "peer"); view.is_object()) quality.peers_view = peers_view(view);
  return quality;
}

Turn turn(const Json& json) {
  Turn turn;
  turn.kind = kind(text(json, "kind"));
  turn.at_ms = number<std::int64_t>(json, "at_ms");
  turn.heard = text(json, "heard");
  turn.heard_length = number<std::uint64_t>(json, "heard_length");
  turn.confidence = number<double>(json, "confidence");
  turn.rejected = member(json, "rejected") == true;
  turn.intent = text(json, "intent");
  turn.score = number<double>(json, "score");
  turn.said = text(json, "said");
  turn.response_ms = maybe<std::int64_t>(json, "response_ms");
  turn.interrupted_at_ms = maybe<std::int64_t>(json, "interrupted_at_ms");
  return turn;
}

void read_help(const Json& json, CallRecord& record) {
  if (const Json& troubles = member(json, "troubles"); troubles.is_array()) {
    for (const Json& each : troubles) {
      record.troubles.push_back({number<std::int64_t>(each, "at_ms"), text(each, "stage"), text(each, "why"), text(each, "from"), text(each, "to")});
    }
  }
  record.troubles_left_out = number<std::uint64_t>(json, "troubles_left_out");
  if (const Json& tools = member(json, "tools"); tools.is_array()) {
    for (const Json& each : tools) {
      record.tools.push_back({number<std::int64_t>(each, "at_ms"), text(each, "name"), member(each, "done") == true, member(each, "refused") == true});
    }
  }
  const Json& answered_by = member(json, "answered_by");
  record.answered_by = text(answered_by, "who");
  record.answered_by_ms = number<std::int64_t>(answered_by, "took_ms");
  if (const Json& tones = member(json, "tones"); tones.is_array()) {
    for (const Json& each : tones) record.tones.push_back(text(each, "name"));
  }
  if (const Json& notes = member(json, "notes"); notes.is_array()) {
    for (const Json& each : notes) record.notes.push_back(text(each, "text"));
  }
}

void read_others(const Json& json, CallRecord& record) {
  const Json& others = member(json, "others");
  if (!others.is_array()) return;
  for (const Json& each : others) record.others.push_back({number<std::int64_t>(each, "at_ms"), {text(each, "uri"), text(each, "display")}});
}

void read_uses(const Json& json, CallRecord& record) {
  static constexpr double kMostSeconds = 1e9;  // Limits values of an edited file.
  const auto time = [](const Json& each, const char* name) {
    return std::chrono::duration_cast<base::Duration>(std::chrono::duration<double>(std::clamp(number<double>(each, name), 0.0, kMostSeconds)));
  };
  const Json& usage = member(json, "usage");
  if (!usage.is_array()) return;
  for (const Json& each : usage) {
    ServiceUse use;
    use.service = text(each, "service");
    use.input_tokens = number<std::uint64_t>(each, "input_tokens");
    use.cached_input_tokens = number<std::uint64_t>(each, "cached_input_tokens");
    use.audio_input_tokens = number<std::uint64_t>(each, "audio_input_tokens");
    use.output_tokens = number<std::uint64_t>(each, "output_tokens");
    use.audio_output_tokens = number<std::uint64_t>(each, "audio_output_tokens");
    use.characters = number<std::uint64_t>(each, "characters");
    use.audio = time(each, "audio_seconds");
    use.connected = time(each, "connected_seconds");
    record.uses.push_back(std::move(use));
  }
}

void read_course(const Json& json, CallRecord& record) {
  const Json& times = member(json, "times");
  record.invited_at = time(times, "invite").value_or(WallTime{});
  record.ringing_at = time(times, "ringing");
  record.answered_at = time(times, "answered");
  record.ended_at = time(times, "ended");
  record.setup_ms = number<std::int64_t>(json, "setup_ms");
  record.duration_ms = number<std::int64_t>(json, "duration_ms");
  const Json& codec = member(json, "codec");
  record.codec = text(codec, "name");
  record.rtp_clock_hz = number<std::uint32_t>(codec, "rtp_clock_hz");
  record.sample_rate_hz = number<std::uint32_t>(codec, "sample_rate_hz");
  const Json& end = member(json, "end");
  record.ending = {by(text(end, "by")), text(end, "cause"), number<int>(end, "status"), text(end, "reason"), text(end, "detail")};
  if (member(json, "media").is_object()) record.media = media(member(json, "media"));
  if (member(json, "turns").is_array()) {
    for (const Json& each : member(json, "turns")) record.turns.push_back(turn(each));
  }
  record.turns_left_out = number<std::uint64_t>(json, "turns_left_out");
}

}  // namespace

std::optional<WallTime> parse_rfc3339(const std::string& text) {
  std::tm at{};
  int millis = 0;
  if (std::sscanf(text.c_str(), "%4d-%2d-%2dT%2d:%2d:%2d.%3dZ", &at.tm_year, &at.tm_mon, &at.tm_mday, &at.tm_hour, &at.tm_min, &at.tm_sec,
                  &millis) != 7)
    return std::nullopt;
  if (at.tm_year < 1970 || at.tm_year > 2200) return std::nullopt;  // WallTime ends in 2262.
  at.tm_year -= 1900;
  at.tm_mon -= 1;
  const auto time = std::chrono::system_clock::from_time_t(::timegm(&at)) + std::chrono::milliseconds(millis);
  return to_rfc3339(time) == text ? std::optional(time) : std::nullopt;  // sscanf and timegm also accept the 99th of a month.
}

std::optional<CallRecord> parse_record(std::string_view line) {
  const Json json = Json::parse(line, nullptr, false);
  const std::string type = text(json, "type");
  if (type != "call" && type != "started") return std::nullopt;
  CallRecord record;
  record.id = text(json, "id");
  record.sip_call_id = text(json, "sip_call_id");
  record.local_tag = text(json, "local_tag");
  record.account = text(json, "account");
  record.outgoing = text(json, "direction") == "out";
  record.from = party(json, "from");
  record.to = party(json, "to");
  record.dialled = text(json, "dialled");
  record.source = text(json, "source");
  const Json& identity = member(json, "identity");
  record.identity = {text(identity, "result"), text(identity, "attest"), text(identity, "origid"), text(identity, "why")};
  read_course(json, record);
  record.digits_received = text(json, "digits_received");
  record.digits_sent = text(json, "digits_sent");
  record.transfer_target = text(member(json, "transfer"), "target");
  record.transfer_status = number<int>(member(json, "transfer"), "status");
  record.recording = text(member(json, "recording"), "file");
  record.paused_by_model_ms = number<std::int64_t>(member(json, "recording"), "paused_by_model_ms");
  record.paused_by_operator_ms = number<std::int64_t>(member(json, "recording"), "paused_by_operator_ms");
  record.agent = text(json, "agent");
  read_others(json, record);
  const Json& service = member(json, "service");
  record.service = {text(service, "name"), text(service, "model"), text(service, "voice")};
  read_help(json, record);
  read_uses(json, record);
  return record;
}

}  // namespace offhook::inline v0::agent::records
