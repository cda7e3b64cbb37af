#include <offhook/agent/providers/openai/live_protocol.hpp>

#include <offhook/agent/providers/openai/realtime_writer.hpp>
#include <offhook/agent/providers/openai/transcription_use.hpp>
#include <offhook/agent/providers/transcription/live_transcription.hpp>
#include <offhook/agent/support/json_text.hpp>
#include <offhook/agent/support/language_tag.hpp>
#include <offhook/base/text.hpp>

#include <algorithm>
#include <variant>

namespace offhook::inline v0::agent::openai {

namespace {

constexpr std::string_view kSessionId = "session";

std::string write_live_session(const LiveShape& shape) {
  JsonText out;
  out.open("", '{').text("type", "session.update").text("event_id", kSessionId).open("session", '{').text("type", "transcription");
  out.open("audio", '{').open("input", '{').open("format", '{');
  switch (shape.format) {
    case AudioFormat::Pcmu: out.text("type", "audio/pcmu"); break;
    case AudioFormat::Pcma: out.text("type", "audio/pcma"); break;
    case AudioFormat::Pcm24k: out.text("type", "audio/pcm").number("rate", 24000); break;
  }
  out.close('}').open("transcription", '{').text("model", shape.model);
  if (!shape.language.empty()) out.text("language", shape.language);
  if (!shape.prompt.empty()) out.text("prompt", shape.prompt);
  return out.close('}').null("turn_detection").close('}').close('}').close('}').close('}').take();
}

Sound sound_of(AudioFormat format) {
  switch (format) {
    case AudioFormat::Pcmu: return {Sound::Encoding::Mulaw, rate_hz(format)};
    case AudioFormat::Pcma: return {Sound::Encoding::Alaw, rate_hz(format)};
    case AudioFormat::Pcm24k: break;
  }
  return {Sound::Encoding::Linear16, rate_hz(format)};
}

std::string commit_id(const LiveTranscription& live) { return "commit_" + std::to_string(live.turn()); }

}  // namespace

TranscriptionTraits LiveProtocol::traits() const {
  TranscriptionTraits traits{"the recogniser " + shape_.model, sound_of(shape_.format)};
  traits.uplink.frame_ms = kFrameMs;
  traits.max_text = realtime::kMaxText;
  traits.charge = TranscriptionTraits::Charge::Reported;
  traits.renew_after = kRenewAfter;
  traits.max_reconnects = 0;
  return traits;
}

void LiveProtocol::set_language(std::string_view language) {
  if (shape_.language.empty()) shape_.language = primary_language(language);
}

// --- messages to the server --------------------------------------------------------------------------------------------------

void LiveProtocol::on_connecting(LiveTranscription& live) {
  commits_.clear();
  item_id_.clear();
  live.send_text(write_live_session(shape_));
}

void LiveProtocol::send_audio(LiveTranscription& live, std::string octets) {
  std::string frame;
  realtime::write_append(frame, {reinterpret_cast<const std::uint8_t*>(octets.data()), octets.size()});
  live.send_text(std::move(frame));
}

void LiveProtocol::send_end(LiveTranscription& live) {
  commits_.push_back(live.turn());
  if (commits_.size() > kMaxCommits) return live.lose({FailureKind::Timeout, "the recogniser no longer accepts turns", std::nullopt});
  std::string frame;
  realtime::write_commit(frame, commit_id(live));
  live.send_text(std::move(frame));
}

void LiveProtocol::leave_turn(LiveTranscription& live) {
  if (live.is_all_sent()) return std::replace(commits_.begin(), commits_.end(), live.turn(), 0U);
  if (!live.has_sent()) return;
  std::string frame;
  realtime::write_clear(frame);
  live.send_text(std::move(frame));
}

void LiveProtocol::on_rest() {
  item_id_.clear();
  pieces_.clear();
}

// --- messages of the server --------------------------------------------------------------------------------------------------

void LiveProtocol::on_text(LiveTranscription& live, std::string_view frame) {
  const auto event = parser_.parse(frame, no_audio_);
  if (!event) return live.count(&LiveTranscription::Counters::garbage);
  if (const auto* committed = std::get_if<realtime::InputCommitted>(&*event)) return on_committed(live, committed->item_id);
  if (const auto* transcript = std::get_if<realtime::UserTranscript>(&*event)) return on_transcript(live, *transcript);
  if (const auto* error = std::get_if<realtime::ServerError>(&*event)) return on_error(live, error->error);
  const auto* const failed = std::get_if<realtime::UserTranscriptFailed>(&*event);
  if (failed == nullptr) return;
  if (!live.is_all_sent() || failed->item_id != item_id_) return live.count(&LiveTranscription::Counters::late);
  const realtime::Fault fault = fault_of(failed->error);
  live.fail(fault.kind, fault.why);
}

void LiveProtocol::on_error(LiveTranscription& live, const realtime::ErrorInfo& error) {
  const bool of_commit = live.is_all_sent() && error.event_id == commit_id(live);
  if (of_commit) std::erase(commits_, live.turn());
  if (of_commit && error.code == "input_audio_buffer_commit_empty") {
    live.text().begin();
    return live.finish();
  }
  const realtime::Fault fault = fault_of(error);
  // The session has other settings than Offhook requested, or ends: give up the socket.
  if (error.event_id == kSessionId || fault.fatal || is_session_expired(error)) return live.lose({fault.kind, fault.why, std::nullopt});
  if (of_commit) return live.fail(fault.kind, fault.why);
  live.count(&LiveTranscription::Counters::passed_errors);
}

void LiveProtocol::on_committed(const LiveTranscription& live, std::string_view item_id) {
  if (commits_.empty()) return;
  const std::uint32_t turn = commits_.front();
  commits_.pop_front();
  if (live.is_all_sent() && turn == live.turn()) item_id_ = item_id;
}

void LiveProtocol::on_transcript(LiveTranscription& live, const realtime::UserTranscript& transcript) {
  live.add_use(use_of(transcript.usage));
  if (!live.is_all_sent() || item_id_.empty() || transcript.item_id != item_id_) return live.count(&LiveTranscription::Counters::late);
  if (transcript.final) {
    live.add_words(base::trim(transcript.text), 1);
    return live.finish();
  }
  if (pieces_.size() + transcript.text.size() > realtime::kMaxText) return;  // Ignore pieces beyond the limit. The final text replaces them.
  pieces_ += transcript.text;
  live.text().set_interim(base::trim(pieces_));
  live.report_so_far();
}

}  // namespace offhook::inline v0::agent::openai
