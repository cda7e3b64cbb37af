#include <offhook/agent/providers/deepgram/flux_protocol.hpp>

#include <offhook/agent/providers/deepgram/agent_messages.hpp>
#include <offhook/agent/providers/deepgram/flux_end.hpp>
#include <offhook/agent/providers/deepgram/flux_words.hpp>
#include <offhook/agent/providers/deepgram/listen_stream.hpp>
#include <offhook/agent/providers/transcription/live_transcription.hpp>
#include <offhook/base/text.hpp>

#include <algorithm>
#include <utility>
#include <variant>

namespace offhook::inline v0::agent::deepgram {

TranscriptionTraits FluxProtocol::traits() const {
  TranscriptionTraits traits{whom_, sound_};
  traits.uplink = {.frame_ms = kFrameMs, .max_resend_ms = kMaxResendMs, .free_ms = kFrameMs};
  traits.keep_alive = kKeepAlive;
  return traits;
}

/// Resets the state of the socket: on a new socket, the numbers of turns and the positions in the audio begin at 0.
void FluxProtocol::on_connecting(LiveTranscription&) {
  heard_to_ = answers_owed_ = 0;
  index_ = next_index_ = 0;
  eager_ = {};
  forced_ = active_ = false;
}

// --- the turn ----------------------------------------------------------------------------------------------------------------

void FluxProtocol::on_begin(LiveTranscription& live) { heard_to_ = live.uplink().sent(); }

/// Continues the turn if Flux ends turns: the caller paused, but Flux has not ended its turn.
bool FluxProtocol::continue_turn() {
  if (!ends_within_) return false;
  padded_ms_ = 0;
  forced_ = false;
  return true;
}

bool FluxProtocol::on_end(LiveTranscription& live) {
  if (is_settled(live)) return true;
  silence_at_ = live.now() + std::chrono::milliseconds(kFrameMs);
  if (!ends_within_) pad(live, kTailMs);
  return false;
}

void FluxProtocol::pad(LiveTranscription& live, std::size_t ms) {
  live.uplink().pad(ms);
  padded_ms_ += ms;
}

/// If Flux ends turns, sends silence in real time after the end of the caller's audio: Flux ends a turn after a length of silence.
void FluxProtocol::on_tick(LiveTranscription& live) {
  if (!ends_within_ || live.is_idle() || live.is_hearing() || forced_) return;
  for (; live.now() >= silence_at_; silence_at_ += std::chrono::milliseconds(kFrameMs)) pad(live, kFrameMs);
}

/// Returns true if the server has ended its turn, and only silence has followed.
bool FluxProtocol::is_settled(const LiveTranscription& live) const {
  return !live.text().settled().empty() && !active_ && live.is_open() && has_heard_to_the_end(live, kSettledMs);
}

/// Ends the server's turn, so that its audio does not become the beginning of the next turn.
void FluxProtocol::leave_turn(LiveTranscription& live) {
  if (live.has_sent() && !forced_ && !is_settled(live)) send_force(live);
}

void FluxProtocol::on_rest() {
  if (active_) next_index_ = index_ + 1;
  active_ = forced_ = false;
  padded_ms_ = 0;
}

// --- messages to the server --------------------------------------------------------------------------------------------------

void FluxProtocol::send_audio(LiveTranscription& live, std::string octets) { live.send_binary(std::move(octets)); }

void FluxProtocol::keep_alive(LiveTranscription& live) {
  if (live.is_idle()) live.send_silence(kFrameMs);
}

void FluxProtocol::close(LiveTranscription& live) { live.send_text(std::string(kCloseStream)); }

void FluxProtocol::send_force(LiveTranscription& live) {
  live.send_text(std::string(kForceEndTurn));
  ++answers_owed_;
}

/// Ends the server's turn. Call it only after the server has decoded the last words: the server ends its turn with the words that it
/// has decoded so far.
void FluxProtocol::force_end(LiveTranscription& live) {
  send_force(live);
  forced_ = true;
  live.wait(kAnswerWait);
}

std::optional<base::Duration> FluxProtocol::answer_wait(const LiveTranscription&) const {
  return ends_within_ ? *ends_within_ + kOwnEndWait : kDecodeWait;
}

bool FluxProtocol::on_wait_over(LiveTranscription& live) {
  if (forced_) return false;
  force_end(live);
  return true;
}

bool FluxProtocol::has_heard_it(const LiveTranscription& live) const { return live.has_answer() && has_heard_to_the_end(live, kNearlyAllMs); }

// --- messages of the server --------------------------------------------------------------------------------------------------

void FluxProtocol::on_text(LiveTranscription& live, std::string_view frame) {
  const auto message = reader_.parse(frame);
  if (!message) return live.count(&LiveTranscription::Counters::garbage);
  if (const auto* info = std::get_if<TurnInfo>(&*message)) return on_turn_info(live, *info);
  if (const auto* error = std::get_if<FluxError>(&*message)) return on_error(live, *error);
  if (!std::holds_alternative<NoTurnToEnd>(*message) || answers_owed_ == 0) return;
  --answers_owed_;
  go_on(live);
}

void FluxProtocol::on_turn_info(LiveTranscription& live, const TurnInfo& info) {
  const TurnUplink& uplink = live.uplink();
  const bool ends = info.event == TurnInfo::Event::EndOfTurn;
  const bool by_itself = info.trigger == TurnInfo::Trigger::Model || info.trigger == TurnInfo::Trigger::Timeout;
  const bool answers = ends && !by_itself && answers_owed_ > 0;
  const std::size_t place = uplink.place_of(info.heard_to);
  const bool is_late = live.is_idle() || info.index < next_index_ || place <= uplink.turn_begin() + uplink.octets_of(kSlackMs);
  if (ends) next_index_ = std::max(next_index_, info.index + 1);
  if (is_late) {
    live.count(&LiveTranscription::Counters::late);
    if (answers) --answers_owed_;
  } else {
    take(live, info, place);
    if (answers) answers_owed_ = 0;  // No answer will come to earlier requests.
    if (!answers && ends_ours(live, info)) return end_there(live, info);
  }
  go_on(live);
}

/// Returns true if the server's end of a turn also ends the caller's turn. After end(), this is so only if all of the caller's audio is decoded.
bool FluxProtocol::ends_ours(const LiveTranscription& live, const TurnInfo& info) const {
  const bool is_eager = info.event == TurnInfo::Event::EagerEndOfTurn;
  if (!ends_within_ || forced_ || (!is_eager && info.event != TurnInfo::Event::EndOfTurn)) return false;
  return !live.text().so_far().empty() && (live.is_hearing() || has_heard_to_the_end(live, kSettledMs));
}

void FluxProtocol::end_there(LiveTranscription& live, const TurnInfo& info) {
  live.count(&LiveTranscription::Counters::ended_there);
  if (info.event == TurnInfo::Event::EagerEndOfTurn) {
    // Remember the words: if the server resumes this turn, only new words in it belong to the caller's next turn.
    eager_ = {info.index, std::string(base::trim(info.transcript))};
    active_ = false;
  }
  live.finish();
}

/// Returns the words of the server's turn that were not yet returned at an eager end. The server may have changed the punctuation
/// between words, and may have added punctuation at the end.
std::string_view FluxProtocol::untold(const TurnInfo& info) const {
  constexpr std::size_t kMark = 4;  // longest punctuation at the end, in octets
  const std::string_view words = base::trim(info.transcript);
  if (eager_.text.empty() || info.index != eager_.index) return words;
  const std::size_t told = count_words(eager_.text);
  if (count_words(words) > told) return after_words(words, told);
  const std::string_view rest = words.starts_with(eager_.text) ? base::trim(words.substr(eager_.text.size())) : std::string_view{};
  return rest.size() > kMark ? rest : std::string_view{};  // In a language without blanks between words, the count of words does not grow.
}

void FluxProtocol::take(LiveTranscription& live, const TurnInfo& info, std::size_t place) {
  const std::string_view words = untold(info);
  live.note_answer();
  heard_to_ = std::max(heard_to_, std::min(place, live.uplink().sent()));
  if (!words.empty()) live.text().note_language(info.language);
  index_ = info.index;
  active_ = info.event != TurnInfo::Event::EndOfTurn && (info.event != TurnInfo::Event::Update || !words.empty());
  if (info.event != TurnInfo::Event::EndOfTurn) return live.text().set_interim(words, info.confidence);
  live.add_words(words, info.confidence);
  live.uplink().answer_to(place);
}

bool FluxProtocol::has_heard_to_the_end(const LiveTranscription& live, std::size_t but_ms) const {
  const TurnUplink& uplink = live.uplink();
  return uplink.end() - uplink.octets_of(padded_ms_) <= heard_to_ + uplink.octets_of(but_ms);
}

/// Does the next step of the turn after a message: reports the text, sends ForceEndTurn, or ends the turn.
void FluxProtocol::go_on(LiveTranscription& live) {
  if (live.is_idle()) return;
  const bool decoded = !live.is_hearing() && has_heard_to_the_end(live, kSlackMs);
  if (forced_ && (answers_owed_ == 0 || (!active_ && decoded))) return live.finish();
  live.report_so_far();
  if (forced_ || !decoded) return;
  if (!active_) return live.finish();
  if (!ends_within_) force_end(live);
}

void FluxProtocol::on_error(LiveTranscription& live, const FluxError& error) const {
  const bool internal = error.code.find("INTERNAL") != std::string::npos;
  const std::string why = whom_ + " gave up" + (error.code.empty() ? "" : " (" + error.code + ")");
  if (internal) return live.lose({FailureKind::Overloaded, why, kNetworkRetry});
  live.lose({FailureKind::Protocol, why + ": it refuses the request", std::nullopt});
}

bool FluxProtocol::is_consistent(const LiveTranscription& live) const {
  if (live.is_idle() && (active_ || forced_ || padded_ms_ != 0)) return false;
  if (forced_ && (live.is_hearing() || answers_owed_ == 0)) return false;
  return live.text().interim().size() <= FluxReader::kMaxTranscript;
}

}  // namespace offhook::inline v0::agent::deepgram
