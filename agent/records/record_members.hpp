#pragma once

#include <offhook/agent/records/call_record.hpp>

#include <array>

/// The members of a record's line, in the order of the line. Each function lists the members of one object for both directions: `line` is a
/// MemberWriter and the object is const, or `line` is a MemberReader, which sets the object. docs/records.md describes the members.
namespace offhook::inline v0::agent::records {

template <class Line, class Party>
void list_party(Line& line, Party& party) {
  line.always("uri", party.uri).text("display", party.display);
}

template <class Line, class Identity>
void list_identity(Line& line, Identity& identity) {
  line.always("result", identity.result).text("attest", identity.attest).text("origid", identity.origid).text("why", identity.why);
}

template <class Line, class Service>
void list_service(Line& line, Service& service) {
  line.always("name", service.name).text("model", service.model).text("voice", service.voice);
}

/// Lists the members that are known when the call begins.
template <class Line, class Record>
void list_beginning(Line& line, Record& record) {
  line.text("id", record.id).text("sip_call_id", record.sip_call_id).text("local_tag", record.local_tag).text("account", record.account);
  line.choice("direction", record.outgoing, "out", "in");
  line.object("from", [&](auto& from) { list_party(from, record.from); });
  line.object("to", [&](auto& to) { list_party(to, record.to); });
  line.text("dialled", record.dialled).text("source", record.source);
  line.object("identity", [&](auto& identity) { list_identity(identity, record.identity); }, !record.identity.result.empty());
  line.text("agent", record.agent);
  line.object("service", [&](auto& service) { list_service(service, record.service); }, !record.service.name.empty());
}

template <class Line, class View>
void list_peers_view(Line& line, View& view) {
  line.real("lost_percent", view.lost_percent).real("discarded_percent", view.discarded_percent);
  line.real("burst_ms", view.burst_ms).real("burst_density", view.burst_density).real("gap_ms", view.gap_ms).real("gap_density", view.gap_density);
  line.real("round_trip_ms", view.round_trip_ms).real("end_system_ms", view.end_system_ms);
  line.real("r", view.r).real("mos", view.mos).real("mos_listening", view.mos_listening);
  line.real("speech_dbm0", view.speech_dbm0).real("noise_dbm0", view.noise_dbm0).real("echo_return_loss_db", view.echo_return_loss_db);
}

template <class Line, class Media>
void list_media(Line& line, Media& media) {
  line.number("packets_sent", media.packets_sent).number("packets_received", media.packets_received);
  line.number("octets_sent", media.octets_sent).number("octets_received", media.octets_received);
  line.number("lost", media.lost).number("late", media.late).number("duplicate", media.duplicate).nonzero("refused", media.refused);
  line.real("jitter_ms", media.jitter_ms).number("concealed_ms", media.concealed_ms).real("round_trip_ms", media.round_trip_ms);
  line.number("discarded", media.discarded).number("bursts", media.bursts);
  line.real("burst_ms", media.burst_ms).real("burst_density", media.burst_density);
  line.real("gap_ms", media.gap_ms).real("gap_density", media.gap_density);
  line.real("buffer_ms", media.buffer_ms).real("one_way_ms", media.one_way_ms);
  line.real("r", media.r).real("mos", media.mos).real("mos_listening", media.mos_listening);
  if (Line::kReads || media.r) line.choice("scale", media.wideband, "wideband", "narrowband");
  line.real("speech_dbov", media.speech_dbov).real("noise_dbov", media.noise_dbov).real("peak_dbov", media.peak_dbov);
  line.real("silent_percent", media.silent_percent).real("clipped_percent", media.clipped_percent);
  line.real("echo_return_loss_db", media.echo_return_loss_db).text("one_way", media.one_way);
  line.number("concealment_events", media.concealment_events).real("silent_concealed_ms", media.silent_concealed_ms);
  line.real("inserted_ms", media.inserted_ms).real("removed_ms", media.removed_ms).real("mean_buffer_ms", media.mean_buffer_ms);
  line.optional("peer", media.peers_view, [](auto& peer, auto& view) { list_peers_view(peer, view); });
}

template <class Line, class Ending>
void list_ending(Line& line, Ending& ending) {
  using By = decltype(ending.by);
  line.word("by", ending.by, std::array{By::Caller, By::Called, By::Agent, By::Network});
  line.always("cause", ending.cause).nonzero("status", ending.status).text("reason", ending.reason).text("detail", ending.detail);
}

template <class Line, class Turn>
void list_turn(Line& line, Turn& turn) {
  using Kind = decltype(turn.kind);
  line.word("kind", turn.kind, std::array{Kind::Opening, Kind::Speech, Kind::Digits}).number("at_ms", turn.at_ms);
  if (Line::kReads || turn.kind == Kind::Speech || turn.kind == Kind::Digits) {
    line.words("heard", turn.heard).number("heard_length", turn.heard_length).real("confidence", turn.confidence).flag("rejected", turn.rejected);
  }
  line.text("intent", turn.intent);
  if (Line::kReads || !turn.intent.empty()) line.real("score", turn.score);
  line.words("said", turn.said).number("response_ms", turn.response_ms).number("interrupted_at_ms", turn.interrupted_at_ms);
}

template <class Line, class Use>
void list_use(Line& line, Use& use) {
  line.always("service", use.service);
  line.nonzero("input_tokens", use.input_tokens).nonzero("cached_input_tokens", use.cached_input_tokens);
  line.nonzero("audio_input_tokens", use.audio_input_tokens).nonzero("output_tokens", use.output_tokens);
  line.nonzero("audio_output_tokens", use.audio_output_tokens).nonzero("characters", use.characters);
  line.seconds("audio_seconds", use.audio).seconds("connected_seconds", use.connected);
}

/// Lists the failures, tools, tones and notes of the conversation.
template <class Line, class Record>
void list_events(Line& line, Record& record) {
  line.list("troubles", record.troubles, [](auto& each, auto& trouble) {
    each.number("at_ms", trouble.at_ms).always("stage", trouble.stage).always("why", trouble.why).text("from", trouble.from).text("to", trouble.to);
  });
  line.nonzero("troubles_left_out", record.troubles_left_out);
  line.list("tools", record.tools, [](auto& each, auto& tool) {
    each.number("at_ms", tool.at_ms).always("name", tool.name).flag("done", tool.done).flag("refused", tool.refused);
  });
  const auto list_answer = [&](auto& answer) { answer.always("who", record.answered_by).number("took_ms", record.answered_by_ms); };
  line.object("answered_by", list_answer, !record.answered_by.empty());
  line.list("tones", record.tones, [](auto& each, auto& tone) { each.always("name", tone); });
  line.list("notes", record.notes, [](auto& each, auto& note) { each.words("text", note, true); });
}

/// Lists the members that are known after the call, in addition to those of list_beginning() and the time of the INVITE.
template <class Line, class Record>
void list_course(Line& line, Record& record) {
  line.number("setup_ms", record.setup_ms).number("duration_ms", record.duration_ms);
  const auto list_codec = [&](auto& codec) {
    codec.always("name", record.codec).number("rtp_clock_hz", record.rtp_clock_hz).number("sample_rate_hz", record.sample_rate_hz);
  };
  line.object("codec", list_codec, !record.codec.empty());
  line.text("encryption", record.encryption).text("path", record.path);
  line.object("end", [&](auto& end) { list_ending(end, record.ending); });
  line.optional("media", record.media, [](auto& object, auto& media) { list_media(object, media); });
  line.list("turns", record.turns, [](auto& each, auto& turn) { list_turn(each, turn); }, true);
  line.nonzero("turns_left_out", record.turns_left_out);
  line.text("digits_received", record.digits_received).text("digits_sent", record.digits_sent);
  const auto list_transfer = [&](auto& transfer) { transfer.always("target", record.transfer_target).number("status", record.transfer_status); };
  line.object("transfer", list_transfer, !record.transfer_target.empty());
  const auto list_recording = [&](auto& recording) {
    recording.always("file", record.recording);
    recording.nonzero("paused_by_model_ms", record.paused_by_model_ms).nonzero("paused_by_operator_ms", record.paused_by_operator_ms);
  };
  line.object("recording", list_recording, !record.recording.empty());
  line.list("others", record.others, [](auto& each, auto& other) {
    each.number("at_ms", other.at_ms).text("uri", other.party.uri).text("display", other.party.display);
  });
  list_events(line, record);
  line.list("usage", record.uses, [](auto& each, auto& use) { list_use(each, use); });
}

}  // namespace offhook::inline v0::agent::records
