#include <offhook/agent/providers/openai/live_transcription.hpp>

#include <offhook/agent/providers/openai/realtime_writer.hpp>
#include <offhook/agent/providers/openai/transcription_use.hpp>
#include <offhook/agent/support/json_text.hpp>

#include <algorithm>
#include <utility>
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

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  return first == std::string_view::npos ? std::string_view{} : text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

}  // namespace

void LiveTranscription::on_connecting() {
  spent_ = uncommitted_ = false;
  commits_.clear();
  item_id_.clear();
  frames_.clear();
  frames_.push_back(write_live_session(shape_));
}

void LiveTranscription::on_closed(const realtime::Fault& fault) {
  spent_ = true;
  frames_.clear();
  if (phase_ == Phase::Idle) retries_.add(fault.why, kConnectsLater);
  fail(fault);
}

void LiveTranscription::begin(std::uint32_t turn) {
  abandon();
  phase_ = Phase::Hearing;
  turn_ = turn;
}

void LiveTranscription::feed(std::span<const std::int16_t> pcm) {
  if (phase_ != Phase::Hearing) return;
  const std::size_t octets = pcm.size() * octets_per_sample(shape_.format);
  if (turn_octets_ + octets > kMaxTurnMs * octets_per_ms(shape_.format)) {
    counters_.unheard_octets += octets;
    return;
  }
  turn_octets_ += octets;
  agent::encode_audio(shape_.format, pcm, unsent_);
  const std::size_t frame = kFrameMs * octets_per_ms(shape_.format);
  while (unsent_.size() >= frame) send_audio(frame);
}

void LiveTranscription::send_audio(std::size_t octets) {
  if (octets == 0) return;
  std::string frame;
  realtime::write_append(frame, std::span<const std::uint8_t>(unsent_).first(octets));
  frames_.push_back(std::move(frame));
  unsent_.erase(unsent_.begin(), unsent_.begin() + static_cast<std::ptrdiff_t>(octets));
  uncommitted_ = true;
}

void LiveTranscription::end() {
  if (phase_ != Phase::Hearing) return;
  if (turn_octets_ < kMinMs * octets_per_ms(shape_.format)) {
    abandon();
    events_.push_back(Transcript{turn_, true, "", 0, true});
    return;
  }
  send_audio(unsent_.size());
  phase_ = Phase::Waiting;
  uncommitted_ = false;
  commits_.push_back(turn_);
  if (commits_.size() > kMaxCommits) {
    spent_ = true;
    return fail({FailureKind::Timeout, "the recogniser no longer accepts turns"});
  }
  std::string frame;
  realtime::write_commit(frame, commit_id());
  frames_.push_back(std::move(frame));
}

void LiveTranscription::abandon() {
  if (phase_ == Phase::Waiting) std::replace(commits_.begin(), commits_.end(), turn_, 0U);
  if (std::exchange(uncommitted_, false)) {
    std::string frame;
    realtime::write_clear(frame);
    frames_.push_back(std::move(frame));
  }
  phase_ = Phase::Idle;
  unsent_.clear();
  turn_octets_ = 0;
  item_id_.clear();
  text_.clear();
  events_.clear();
}

void LiveTranscription::on_frame(std::string_view frame) {
  const auto event = parser_.parse(frame, no_audio_);
  if (!event) {
    ++counters_.garbage;
    return;
  }
  on_event(*event);
}

void LiveTranscription::on_event(const realtime::ServerEvent& event) {
  if (const auto* committed = std::get_if<realtime::InputCommitted>(&event)) return on_committed(committed->item_id);
  if (const auto* transcript = std::get_if<realtime::UserTranscript>(&event)) return on_text(*transcript);
  if (const auto* failed = std::get_if<realtime::UserTranscriptFailed>(&event)) {
    if (phase_ == Phase::Waiting && failed->item_id == item_id_) return fail(fault_of(failed->error));
    ++counters_.late;
    return;
  }
  if (const auto* error = std::get_if<realtime::ServerError>(&event)) on_error(error->error);
}

void LiveTranscription::on_error(const realtime::ErrorInfo& error) {
  const bool of_commit = phase_ == Phase::Waiting && error.event_id == commit_id();
  if (of_commit) std::erase(commits_, turn_);
  if (of_commit && error.code == "input_audio_buffer_commit_empty") return finish("");
  const realtime::Fault fault = fault_of(error);
  if (error.event_id == kSessionId || fault.fatal || is_session_expired(error)) {
    spent_ = true;  // On this session, the server would not recognise audio in the requested way.
    return fail(fault);
  }
  if (of_commit) return fail(fault);
  ++counters_.errors_passed;
}

void LiveTranscription::on_committed(std::string_view item_id) {
  if (commits_.empty()) return;
  const std::uint32_t turn = commits_.front();
  commits_.pop_front();
  if (phase_ == Phase::Waiting && turn == turn_) item_id_ = item_id;
}

void LiveTranscription::on_text(const realtime::UserTranscript& transcript) {
  use_.add(use_of(transcript.usage));
  if (phase_ != Phase::Waiting || item_id_.empty() || transcript.item_id != item_id_) {
    ++counters_.late;
    return;
  }
  if (transcript.final) return finish(std::string(trimmed(transcript.text)));
  if (text_.size() + transcript.text.size() > realtime::kMaxText) return;  // The final text contains as much as is allowed.
  text_ += transcript.text;
  if (const std::string_view so_far = trimmed(text_); !so_far.empty())
    events_.push_back(Transcript{turn_, false, std::string(so_far), 1, false});
}

void LiveTranscription::finish(std::string text) {
  const bool nothing = text.empty();
  phase_ = Phase::Idle;
  turn_octets_ = 0;
  item_id_.clear();
  text_.clear();
  events_.push_back(Transcript{turn_, true, std::move(text), nothing ? 0.0 : 1.0, nothing});
}

void LiveTranscription::fail(const realtime::Fault& fault) {
  if (phase_ == Phase::Idle) return;
  phase_ = Phase::Idle;
  turn_octets_ = 0;
  unsent_.clear();
  item_id_.clear();
  text_.clear();
  events_.push_back(ListenFailed{turn_, fault.why, fault.kind});
}

std::optional<std::string> LiveTranscription::poll_frame() {
  if (frames_.empty()) return std::nullopt;
  std::optional<std::string> frame(std::move(frames_.front()));
  frames_.pop_front();
  return frame;
}

std::optional<ListenEvent> LiveTranscription::poll_event() {
  if (events_.empty()) return std::nullopt;
  std::optional<ListenEvent> event(std::move(events_.front()));
  events_.pop_front();
  return event;
}

}  // namespace offhook::inline v0::agent::openai
