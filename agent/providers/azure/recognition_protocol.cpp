#include <offhook/agent/providers/azure/recognition_protocol.hpp>

#include <offhook/agent/providers/azure/languages.hpp>
#include <offhook/agent/providers/transcription/live_transcription.hpp>
#include <offhook/base/text.hpp>
#include <offhook/media/files/wav.hpp>

#include <algorithm>
#include <utility>

namespace offhook::inline v0::agent::azure {

namespace {

constexpr std::string_view kRecogniser = "the recogniser of Azure";

/// Converts a time in the service's turn to a place in its audio. If the service sent no time (0), returns the end of the sent audio.
std::size_t place_of(const TurnUplink& uplink, std::uint64_t ticks) {
  if (ticks == 0) return uplink.sent();
  constexpr std::uint64_t kMostTicks = 24U * 3600U * kTicksPerSecond;  // The limit keeps the product below in 64 bits.
  return static_cast<std::size_t>(std::min(ticks, kMostTicks) * uplink.sound().rate_hz / kTicksPerSecond) * uplink.sound().octets_per_sample();
}

}  // namespace

RecognitionProtocol::RecognitionProtocol(RecognitionShape shape, base::Duration final_within, std::unique_ptr<base::Random> random, Timestamp timestamp)
    : shape_(std::move(shape)), final_within_(final_within), random_(std::move(random)), timestamp_(std::move(timestamp)) {}

TranscriptionTraits RecognitionProtocol::traits() const {
  TranscriptionTraits traits{std::string(kRecogniser), {Sound::Encoding::Linear16, shape_.rate_hz}};
  traits.uplink = {.frame_ms = kPieceMs, .max_resend_ms = kMaxResendMs, .resends_part = true, .free_ms = kFreeMs, .pace_percent = 200};
  traits.max_text = kMaxRecognisedText;
  traits.charge = TranscriptionTraits::Charge::HeardAudio;
  traits.max_behind_ms = kMaxBehindMs;
  traits.max_reconnects = kMaxReconnects;
  traits.reconnects_unopened = true;
  traits.reopen_after = kReopenAfter;
  traits.keeps_spare = true;
  return traits;
}

void RecognitionProtocol::set_language(std::string_view language) {
  if (!shape_.takes_call_language || language.empty()) return;
  shape_.language = locale_of(language);
  shape_.candidates.clear();
}

// --- messages to the service -------------------------------------------------------------------------------------------------

void RecognitionProtocol::on_connecting(LiveTranscription& live) {
  service_.reset();
  settle_by_.reset();
  live.send_text(write_usp({false, "speech.config", make_usp_id(*random_), std::string(kJsonType), write_speech_config(shape_.rate_hz)}, timestamp_()));
}

/// Starts a turn of the service if there is none. Returns false while no audio can be sent: while the socket is not open, or until the service has
/// ended an abandoned turn, because it handles one turn at a time.
bool RecognitionProtocol::prepare_audio(LiveTranscription& live) {
  if (!live.is_open()) return false;
  return service_ ? service_->wanted : start_service_turn(live);
}

bool RecognitionProtocol::start_service_turn(LiveTranscription& live) {
  if (++service_turns_ > kMaxServiceTurns) {
    live.lose({FailureKind::Protocol, std::string(kRecogniser) + " ends every turn before the caller does", std::nullopt});
    return false;
  }
  live.uplink().restart(live.now());
  service_ = ServiceTurn{make_usp_id(*random_)};
  live.send_text(write_usp({false, "speech.context", service_->id, std::string(kJsonType), write_speech_context(shape_)}, timestamp_()));
  const auto header = media::wav_header({shape_.rate_hz, 1}, 0);
  std::string wav(header.begin(), header.end());
  std::fill_n(wav.begin() + 4, 4, '\0');  // Both sizes are 0, because the length is not known yet.
  send_audio_message(live, "audio/x-wav", std::move(wav));
  return true;
}

void RecognitionProtocol::send_audio_message(LiveTranscription& live, std::string content_type, std::string body) {
  live.send_binary(write_usp({true, "audio", service_->id, std::move(content_type), std::move(body)}, timestamp_()));
}

void RecognitionProtocol::send_audio(LiveTranscription& live, std::string octets) { send_audio_message(live, {}, std::move(octets)); }

void RecognitionProtocol::send_end(LiveTranscription& live) {
  send_audio_message(live, {}, {});
  service_->ended = true;
}

void RecognitionProtocol::leave_turn(LiveTranscription& live) {
  if (!service_ || !service_->wanted) return;
  if (!service_->ended) send_end(live);  // Without this end, the service would wait for more audio.
  leave_service_turn(live);
}

/// Lets the service end its turn. From now on, the messages of that turn are ignored.
void RecognitionProtocol::leave_service_turn(const LiveTranscription& live) {
  service_->wanted = false;
  settle_by_ = live.now() + kSettleWithin;
}

// --- the turn ----------------------------------------------------------------------------------------------------------------

void RecognitionProtocol::on_begin(LiveTranscription&) {
  service_turns_ = 0;
  asked_again_ = false;
  confidence_ = 1;
}

void RecognitionProtocol::on_tick(LiveTranscription& live) {
  if (!settle_by_ || live.now() < *settle_by_) return;
  settle_by_.reset();
  live.replace_socket();
}

bool RecognitionProtocol::on_wait_over(LiveTranscription& live) {
  if (live.text().so_far().empty() || !has_heard_nearly_all(live)) return false;
  live.count(&LiveTranscription::Counters::unanswered);
  leave_service_turn(live);
  live.finish(confidence_);
  return true;
}

/// Returns true if the service recognised the whole turn, except for a short end that counts as silence. If not, the turn must fail,
/// so that another listener gets the whole turn: half of the caller's words is worse than none.
bool RecognitionProtocol::has_heard_nearly_all(const LiveTranscription& live) const {
  const TurnUplink& uplink = live.uplink();
  const std::size_t heard_to = std::max(uplink.answered_to(), live.text().interim().empty() ? 0 : hypothesis_to_);
  return uplink.end() <= heard_to + uplink.octets_of(kMaxSilentMs);
}

// --- messages from the service -----------------------------------------------------------------------------------------------

void RecognitionProtocol::on_message(LiveTranscription& live, const base::Result<UspMessage, UspError>& message) {
  if (!message) return live.count(&LiveTranscription::Counters::garbage);
  if (!service_ || !base::iequals(message->request_id, service_->id)) return live.count(&LiveTranscription::Counters::late);
  if (message->is("turn.end")) return on_turn_end(live);
  if (!service_->wanted) return live.count(&LiveTranscription::Counters::late);
  if (message->is("speech.hypothesis") || message->is("speech.fragment")) return on_hypothesis(live, message->body);
  if (message->is("speech.phrase")) return on_phrase(live, message->body);
  // Ignores turn.start, speech.startDetected, speech.endDetected and unknown messages: Offhook detects speech itself.
}

void RecognitionProtocol::on_hypothesis(LiveTranscription& live, std::string_view body) {
  const auto heard = reader_.read(body);
  if (!heard || heard->status) return live.count(&LiveTranscription::Counters::garbage);
  live.note_answer();
  live.text().set_interim(heard->text);
  hypothesis_to_ = place_of(live.uplink(), heard->end_ticks);
  note_language(live, *heard);
  live.report_so_far();
}

void RecognitionProtocol::on_phrase(LiveTranscription& live, std::string_view body) {
  using Status = Recognised::Status;
  const auto heard = reader_.read(body);
  if (!heard || !heard->status) return live.count(&LiveTranscription::Counters::garbage);
  if (*heard->status != Status::Success && *heard->status != Status::Nothing)
    return live.lose({kind_of(*heard->status), std::string(kRecogniser) + " answered " + std::string(to_string(*heard->status)), std::nullopt});
  live.note_answer();
  live.add_words(heard->text, heard->confidence);
  if (!heard->text.empty()) {
    note_language(live, *heard);
    confidence_ = std::min(confidence_, heard->confidence);
    live.report_so_far();
  }
  if (heard->end_ticks != 0 || !heard->text.empty()) live.uplink().answer_to(place_of(live.uplink(), heard->end_ticks));
}

/// Stores the detected language if it is a candidate, in the candidate's spelling.
void RecognitionProtocol::note_language(LiveTranscription& live, const Recognised& heard) const {
  const auto is_it = [&](const std::string& candidate) { return base::iequals(candidate, heard.language); };
  const auto found = std::find_if(shape_.candidates.begin(), shape_.candidates.end(), is_it);
  if (found != shape_.candidates.end()) live.text().note_language(*found);
}

void RecognitionProtocol::on_turn_end(LiveTranscription& live) {
  const ServiceTurn over = *std::exchange(service_, std::nullopt);
  settle_by_.reset();
  if (!over.wanted) return live.pump();
  // If a part of the audio has no text, the service may have ended its turn before it got all audio: send the rest again, once.
  if (over.ended && (has_heard_nearly_all(live) || std::exchange(asked_again_, true))) return live.finish(confidence_);
  live.resend();  // The next turn of the service gets the audio that has no text yet.
  if (!live.is_hearing() && live.uplink().unsent() == 0) return live.finish(confidence_);
  live.pump();
}

}  // namespace offhook::inline v0::agent::azure
