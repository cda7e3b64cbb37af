#include <offhook/agent/records/call_record.hpp>

#include <offhook/agent/support/json_line.hpp>

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <chrono>
#include <ctime>
#include <utility>

namespace offhook::inline v0::agent::records {

namespace {

JsonLine begin(std::string_view type, std::string_view run) {
  JsonLine line;
  line.number("v", std::int64_t{kSchemaVersion}).text("type", type, kMaxFieldBytes).text("run", run, kMaxFieldBytes);
  return line;
}

void add_text(JsonLine& line, std::string_view name, std::string_view value) {
  if (!value.empty()) line.text(name, value, kMaxFieldBytes);
}

void add_time(JsonLine& line, std::string_view name, const std::optional<WallTime>& time) {
  if (time) line.text(name, to_rfc3339(*time), kMaxFieldBytes);
}

void add_party(JsonLine& line, std::string_view name, const Party& party) {
  line.open(name, '{').text("uri", party.uri, kMaxFieldBytes);
  add_text(line, "display", party.display);
  line.close('}');
}

void add_identity(JsonLine& line, const call::CallerCheck& identity) {
  if (identity.result.empty()) return;
  line.open("identity", '{').text("result", identity.result, kMaxFieldBytes);
  add_text(line, "attest", identity.attest);
  add_text(line, "origid", identity.origid);
  add_text(line, "why", identity.why);
  line.close('}');
}

void add_service(JsonLine& line, const CallRecord::Service& service) {
  if (service.name.empty()) return;
  line.open("service", '{').text("name", service.name, kMaxFieldBytes);
  add_text(line, "model", service.model);
  add_text(line, "voice", service.voice);
  line.close('}');
}

void add_who(JsonLine& line, const CallRecord& record) {
  add_text(line, "id", record.id);
  add_text(line, "sip_call_id", record.sip_call_id);
  add_text(line, "local_tag", record.local_tag);
  add_text(line, "account", record.account);
  add_text(line, "direction", record.outgoing ? "out" : "in");
  add_party(line, "from", record.from);
  add_party(line, "to", record.to);
  add_text(line, "dialled", record.dialled);
  add_text(line, "source", record.source);
  add_identity(line, record.identity);
  add_text(line, "agent", record.agent);
  add_service(line, record.service);
}

void add_media(JsonLine& line, const MediaQuality& media) {
  line.open("media", '{');
  write_media(line, media);
  line.close('}');
}

void maybe_real(JsonLine& line, std::string_view name, const std::optional<double>& value) {
  if (value) line.real(name, *value);
}

void add_counts(JsonLine& line, const MediaQuality& media) {
  line.number("packets_sent", media.packets_sent)
      .number("packets_received", media.packets_received)
      .number("octets_sent", media.octets_sent)
      .number("octets_received", media.octets_received)
      .number("lost", media.lost)
      .number("late", media.late)
      .number("duplicate", media.duplicate)
      .real("jitter_ms", media.jitter_ms)
      .number("concealed_ms", media.concealed_ms);
  maybe_real(line, "round_trip_ms", media.round_trip_ms);
}

void add_peers_view(JsonLine& line, const MediaQuality::PeersView& view) {
  line.open("peer", '{').real("lost_percent", view.lost_percent).real("discarded_percent", view.discarded_percent);
  line.real("burst_ms", view.burst_ms).real("burst_density", view.burst_density);
  line.real("gap_ms", view.gap_ms).real("gap_density", view.gap_density);
  line.real("round_trip_ms", view.round_trip_ms).real("end_system_ms", view.end_system_ms);
  maybe_real(line, "r", view.r);
  maybe_real(line, "mos", view.mos);
  maybe_real(line, "mos_listening", view.mos_listening);
  maybe_real(line, "speech_dbm0", view.speech_dbm0);
  maybe_real(line, "noise_dbm0", view.noise_dbm0);
  maybe_real(line, "echo_return_loss_db", view.echo_return_loss_db);
  line.close('}');
}

void add_turn(JsonLine& line, const Turn& turn) {
  line.open("", '{').text("kind", to_string(turn.kind), kMaxFieldBytes).number("at_ms", turn.at_ms);
  if (turn.kind == Turn::Kind::Speech || turn.kind == Turn::Kind::Digits) {
    if (!turn.heard.empty()) line.text("heard", turn.heard, kMaxTurnTextBytes);
    line.number("heard_length", turn.heard_length).real("confidence", turn.confidence).flag("rejected", turn.rejected);
  }
  if (!turn.intent.empty()) line.text("intent", turn.intent, kMaxFieldBytes).real("score", turn.score);
  if (!turn.said.empty()) line.text("said", turn.said, kMaxTurnTextBytes);
  if (turn.response_ms) line.number("response_ms", *turn.response_ms);
  if (turn.interrupted_at_ms) line.number("interrupted_at_ms", *turn.interrupted_at_ms);
  line.close('}');
}

void add_trouble(JsonLine& line, const Trouble& trouble) {
  line.open("", '{').number("at_ms", trouble.at_ms).text("stage", trouble.stage, kMaxFieldBytes).text("why", trouble.why, kMaxFieldBytes);
  add_text(line, "from", trouble.from);
  add_text(line, "to", trouble.to);
  line.close('}');
}

void add_help(JsonLine& line, const CallRecord& record) {
  if (!record.troubles.empty()) {
    line.open("troubles", '[');
    for (const Trouble& trouble : record.troubles) add_trouble(line, trouble);
    line.close(']');
  }
  if (record.troubles_left_out > 0) line.number("troubles_left_out", record.troubles_left_out);
  if (!record.tools.empty()) {
    line.open("tools", '[');
    for (const ToolUse& tool : record.tools) {
      line.open("", '{').number("at_ms", tool.at_ms).text("name", tool.name, kMaxFieldBytes);
      line.flag("done", tool.done).flag("refused", tool.refused).close('}');
    }
    line.close(']');
  }
  if (!record.answered_by.empty()) {
    line.open("answered_by", '{').text("who", record.answered_by, kMaxFieldBytes).number("took_ms", record.answered_by_ms).close('}');
  }
  if (!record.tones.empty()) {
    line.open("tones", '[');
    for (const std::string& tone : record.tones) line.open("", '{').text("name", tone, kMaxFieldBytes).close('}');
    line.close(']');
  }
  if (!record.notes.empty()) {
    line.open("notes", '[');
    for (const std::string& note : record.notes) line.open("", '{').text("text", note, kMaxTurnTextBytes).close('}');
    line.close(']');
  }
}

void add_others(JsonLine& line, const std::vector<OtherParty>& others) {
  if (others.empty()) return;
  line.open("others", '[');
  for (const OtherParty& other : others) {
    line.open("", '{').number("at_ms", other.at_ms);
    add_text(line, "uri", other.party.uri);
    add_text(line, "display", other.party.display);
    line.close('}');
  }
  line.close(']');
}

/// Writes the amounts that are not 0.
void add_use(JsonLine& line, const ServiceUse& use) {
  line.open("", '{').text("service", use.service, kMaxFieldBytes);
  const std::pair<std::string_view, std::uint64_t> counts[]{{"input_tokens", use.input_tokens}, {"cached_input_tokens", use.cached_input_tokens},
                                                            {"audio_input_tokens", use.audio_input_tokens}, {"output_tokens", use.output_tokens},
                                                            {"audio_output_tokens", use.audio_output_tokens}, {"characters", use.characters}};
  for (const auto& [name, count] : counts) {
    if (count > 0) line.number(name, count);
  }
  for (const auto& [name, time] : {std::pair{"audio_seconds", use.audio}, std::pair{"connected_seconds", use.connected}}) {
    if (time > base::Duration::zero()) line.real(name, std::chrono::duration<double>(time).count());
  }
  line.close('}');
}

void add_uses(JsonLine& line, const CallRecord& record) {
  if (record.uses.empty()) return;
  line.open("usage", '[');
  for (const ServiceUse& use : record.uses) add_use(line, use);
  line.close(']');
}

void add_ending(JsonLine& line, const Ending& ending) {
  line.open("end", '{').text("by", to_string(ending.by), kMaxFieldBytes).text("cause", ending.cause, kMaxFieldBytes);
  if (ending.status != 0) line.number("status", std::int64_t{ending.status});
  add_text(line, "reason", ending.reason);
  add_text(line, "detail", ending.detail);
  line.close('}');
}

}  // namespace

void write_media(JsonLine& line, const MediaQuality& media) {
  add_counts(line, media);
  line.number("discarded", media.discarded).number("bursts", media.bursts);
  line.real("burst_ms", media.burst_ms).real("burst_density", media.burst_density);
  line.real("gap_ms", media.gap_ms).real("gap_density", media.gap_density);
  line.real("buffer_ms", media.buffer_ms).real("one_way_ms", media.one_way_ms);
  maybe_real(line, "r", media.r);
  maybe_real(line, "mos", media.mos);
  maybe_real(line, "mos_listening", media.mos_listening);
  if (media.r) line.text("scale", media.wideband ? "wideband" : "narrowband", kMaxFieldBytes);
  maybe_real(line, "speech_dbov", media.speech_dbov);
  maybe_real(line, "noise_dbov", media.noise_dbov);
  maybe_real(line, "peak_dbov", media.peak_dbov);
  line.real("silent_percent", media.silent_percent).real("clipped_percent", media.clipped_percent);
  maybe_real(line, "echo_return_loss_db", media.echo_return_loss_db);
  add_text(line, "one_way", media.one_way);
  line.number("concealment_events", media.concealment_events).real("silent_concealed_ms", media.silent_concealed_ms);
  line.real("inserted_ms", media.inserted_ms).real("removed_ms", media.removed_ms).real("mean_buffer_ms", media.mean_buffer_ms);
  if (media.peers_view) add_peers_view(line, *media.peers_view);
}

std::string_view to_string(Ending::By by) {
  switch (by) {
    case Ending::By::Caller:
      return "caller";
    case Ending::By::Called:
      return "called";
    case Ending::By::Agent:
      return "agent";
    case Ending::By::Network:
      return "network";
    case Ending::By::Unknown:
      return "unknown";
  }
  return "";
}

std::string_view to_string(Turn::Kind kind) {
  switch (kind) {
    case Turn::Kind::Opening:
      return "opening";
    case Turn::Kind::Speech:
      return "speech";
    case Turn::Kind::Digits:
      return "digits";
    case Turn::Kind::Other:
      return "other";
  }
  return "";
}

std::string to_rfc3339(WallTime time) {
  const auto millis = std::chrono::floor<std::chrono::milliseconds>(time.time_since_epoch());
  const auto seconds = std::chrono::floor<std::chrono::seconds>(millis);
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:03}Z", fmt::gmtime(static_cast<std::time_t>(seconds.count())),
                     (millis - seconds).count());
}

std::string to_line(const CallRecord& record, std::string_view run) {
  JsonLine line = begin("call", run);
  add_who(line, record);
  line.open("times", '{').text("invite", to_rfc3339(record.invited_at), kMaxFieldBytes);
  add_time(line, "ringing", record.ringing_at);
  add_time(line, "answered", record.answered_at);
  add_time(line, "ended", record.ended_at);
  line.close('}').number("setup_ms", record.setup_ms).number("duration_ms", record.duration_ms);
  if (!record.codec.empty()) {
    line.open("codec", '{').text("name", record.codec, kMaxFieldBytes);
    line.number("rtp_clock_hz", std::uint64_t{record.rtp_clock_hz})
        .number("sample_rate_hz", std::uint64_t{record.sample_rate_hz});
    line.close('}');
  }
  add_ending(line, record.ending);
  if (record.media) add_media(line, *record.media);
  line.open("turns", '[');
  for (const Turn& turn : record.turns) add_turn(line, turn);
  line.close(']');
  if (record.turns_left_out > 0) line.number("turns_left_out", record.turns_left_out);
  add_text(line, "digits_received", record.digits_received);
  add_text(line, "digits_sent", record.digits_sent);
  if (!record.transfer_target.empty()) {
    line.open("transfer", '{').text("target", record.transfer_target, kMaxFieldBytes);
    line.number("status", std::int64_t{record.transfer_status}).close('}');
  }
  if (!record.recording.empty()) {
    line.open("recording", '{').text("file", record.recording, kMaxFieldBytes);
    if (record.paused_by_model_ms > 0) line.number("paused_by_model_ms", record.paused_by_model_ms);
    if (record.paused_by_operator_ms > 0) line.number("paused_by_operator_ms", record.paused_by_operator_ms);
    line.close('}');
  }
  add_others(line, record.others);
  add_help(line, record);
  add_uses(line, record);
  return seal(line.take());
}

std::string to_started_line(const CallRecord& record, std::string_view run) {
  JsonLine line = begin("started", run);
  add_who(line, record);
  line.open("times", '{').text("invite", to_rfc3339(record.invited_at), kMaxFieldBytes).close('}');
  return seal(line.take());
}

std::string to_run_line(std::string_view run, std::int64_t pid, WallTime now) {
  JsonLine line = begin("run", run);
  line.number("pid", pid).text("at", to_rfc3339(now), kMaxFieldBytes);
  return seal(line.take());
}

}  // namespace offhook::inline v0::agent::records
