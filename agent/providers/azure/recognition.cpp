#include <offhook/agent/providers/azure/recognition.hpp>

#include <offhook/base/text.hpp>
#include <offhook/media/files/wav.hpp>

#include <algorithm>
#include <utility>

namespace offhook::inline v0::agent::azure {

namespace {

void append_words(std::string& text, std::string_view more) {
  if (more.empty() || text.size() + 1 + more.size() > kMaxRecognisedText) return;
  if (!text.empty()) text += ' ';
  text += more;
}

}  // namespace

Recognition::Recognition(RecognitionShape shape, base::Duration final_within, base::Random& random)
    : shape_(std::move(shape)), final_within_(final_within), random_(random), audio_(shape_.rate_hz) {}

// --- the socket --------------------------------------------------------------------------------------------------------------

void Recognition::on_connecting() {
  link_ = Link::Opening;
  service_.reset();
  answer_by_.reset();
  settle_by_.reset();
  reopen_at_.reset();
  spare_.on_connecting();
  messages_.clear();
  audio_.rewind();
  messages_.push_back({false, "speech.config", make_usp_id(random_), std::string(kJsonType), write_speech_config(shape_.rate_hz)});
}

void Recognition::on_open() {
  link_ = Link::Open;
  pump();
}

void Recognition::on_closed(const SocketFault& fault) {
  give_up_socket();
  if (fault.retry_in) reopen_at_ = now_ + *fault.retry_in;
  if (phase_ == Phase::Idle && fault.retry_in) spare_.ask();
  if (phase_ == Phase::Idle) return retries_.add(fault.why, kConnectsLater);
  if (!fault.retry_in || reconnects_ >= kMaxReconnects) return fail(fault);
  retries_.add(fault.why, kConnectsAgain);
  ++counters_.reconnects;
  if (++reconnects_ > 1) reopen_at_ = now_ + std::max(*fault.retry_in, kReopenAfter);
}

void Recognition::give_up_socket() {
  link_ = Link::None;
  service_.reset();
  answer_by_.reset();
  settle_by_.reset();
  messages_.clear();
  hypothesis_.clear();  // The next socket gets its audio again.
  audio_.rewind();
}

bool Recognition::wants_socket() const {
  return link_ == Link::None && (phase_ != Phase::Idle || spare_.is_wanted()) && (!reopen_at_ || now_ >= *reopen_at_);
}

// --- the caller's turn -------------------------------------------------------------------------------------------------------

void Recognition::begin(std::uint32_t turn) {
  abandon();
  phase_ = Phase::Hearing;
  turn_ = turn;
}

void Recognition::feed(std::span<const std::int16_t> pcm) {
  if (phase_ != Phase::Hearing) return;
  if (audio_.total() + pcm.size() > samples_of(kMaxTurnMs)) {
    counters_.unheard_samples += pcm.size();
    return;
  }
  audio_.add(pcm);
  pump();
}

void Recognition::end() {
  if (phase_ != Phase::Hearing) return;
  if (audio_.total() < samples_of(kMinMs)) {
    reset_turn();
    events_.push_back(Transcript{turn_, true, "", 0, true});
    return;
  }
  phase_ = Phase::Waiting;
  pump();
}

void Recognition::abandon() {
  if (service_ && service_->wanted) {
    if (!service_->ended) send_end_of_audio();  // Otherwise the service would wait for more audio.
    service_->wanted = false;
    settle_by_ = now_ + kSettleWithin;
  }
  reset_turn();
  events_.clear();
}

void Recognition::reset_turn() {
  phase_ = Phase::Idle;
  service_turns_ = reconnects_ = 0;
  asked_again_ = false;
  answer_by_.reset();
  audio_.clear();
  phrases_.clear();
  hypothesis_.clear();
  confidence_ = 1;
  turn_language_.clear();
}

void Recognition::on_time(base::TimePoint now) {
  now_ = now;
  if (answer_by_ && now >= *answer_by_) on_final_overdue();
  if (settle_by_ && now >= *settle_by_) {
    give_up_socket();
    if (phase_ == Phase::Idle) spare_.ask();
  }
  pump();
}

// --- messages to the service -------------------------------------------------------------------------------------------------

/// Sends what is due. Sends nothing while an abandoned turn has not ended, because the service handles one turn at a time.
void Recognition::pump() {
  if (link_ != Link::Open || phase_ == Phase::Idle) return;
  const std::size_t piece = samples_of(kPieceMs);
  if (!service_) {
    if (audio_.unsent() < piece && phase_ == Phase::Hearing) return;
    start_service_turn();
  }
  if (!service_ || !service_->wanted) return;
  while (audio_.unsent() >= piece && may_send()) send_audio(piece);
  if (phase_ == Phase::Waiting && audio_.unsent() > samples_of(kMaxBehindMs)) return leave_to_others();
  if (phase_ != Phase::Waiting || service_->ended || audio_.unsent() >= piece) return;
  send_audio(audio_.unsent());
  send_end_of_audio();
  answer_by_ = now_ + final_within_;
}

/// Fails a turn that has ended with too much audio still to send. A listener for whole turns is faster then.
void Recognition::leave_to_others() {
  abandon();
  events_.push_back(ListenFailed{turn_, "the turn is too long: the recogniser of Azure would get it too late", FailureKind::Local});
}

void Recognition::start_service_turn() {
  if (++service_turns_ > kMaxServiceTurns) {
    give_up_socket();
    return fail({FailureKind::Protocol, "the recogniser of Azure ends every turn before the caller does"});
  }
  service_ = ServiceTurn{make_usp_id(random_), audio_.sent(), now_};
  send(false, "speech.context", std::string(kJsonType), write_speech_context(shape_));
  const auto header = media::wav_header({shape_.rate_hz, 1}, 0);
  std::string wav(header.begin(), header.end());
  std::fill_n(wav.begin() + 4, 4, '\0');  // Both sizes are 0, because the length is not known yet.
  send(true, "audio", "audio/x-wav", std::move(wav));
}

/// Returns true if another piece may be sent now. Uses the pace of the official client, so that stored audio does not arrive in a
/// burst.
bool Recognition::may_send() const {
  const auto sent_ms = (audio_.sent() - service_->first) * 1000 / shape_.rate_hz;
  const auto since_ms = static_cast<std::uint64_t>(std::max<std::int64_t>(std::chrono::duration_cast<std::chrono::milliseconds>(now_ - service_->begun).count(), 0));
  return sent_ms + kPieceMs <= kFreeMs + 2 * since_ms;
}

void Recognition::send_audio(std::size_t samples) {
  if (samples > 0) send(true, "audio", {}, audio_.take(samples));
}

void Recognition::send_end_of_audio() {
  send(true, "audio", {}, {});
  service_->ended = true;
}

void Recognition::send(bool binary, std::string path, std::string content_type, std::string body) {
  messages_.push_back({binary, std::move(path), service_->id, std::move(content_type), std::move(body)});
}

// --- messages from the service -----------------------------------------------------------------------------------------------

void Recognition::on_message(const UspMessage& message) {
  if (!service_ || !base::iequals(message.request_id, service_->id)) {
    ++counters_.late;
    return;
  }
  if (message.is("turn.end")) return on_turn_end();
  if (!service_->wanted) {
    ++counters_.late;
    return;
  }
  if (message.is("speech.hypothesis") || message.is("speech.fragment")) return on_hypothesis(message.body);
  if (message.is("speech.phrase")) return on_phrase(message.body);
  // Ignores turn.start, speech.startDetected, speech.endDetected and unknown messages: Offhook detects speech itself.
}

void Recognition::on_hypothesis(std::string_view body) {
  const auto heard = reader_.read(body);
  if (!heard || heard->status) return on_garbage();
  hypothesis_ = heard->text;
  hypothesis_to_ = place_of(heard->end_ticks);
  note_language(*heard);
  tell_so_far();
}

void Recognition::on_phrase(std::string_view body) {
  using Status = Recognised::Status;
  const auto heard = reader_.read(body);
  if (!heard || !heard->status) return on_garbage();
  if (*heard->status != Status::Success && *heard->status != Status::Nothing) {
    give_up_socket();
    return fail({kind_of(*heard->status), "the recogniser of Azure answered " + std::string(to_string(*heard->status))});
  }
  hypothesis_.clear();
  if (!heard->text.empty()) {
    append_words(phrases_, heard->text);
    note_language(*heard);
    confidence_ = std::min(confidence_, heard->confidence);
    tell_so_far();
  }
  if (heard->end_ticks != 0 || !heard->text.empty()) audio_.settle(place_of(heard->end_ticks));
}

/// Stores the detected language if it is a candidate, in the candidate's spelling.
void Recognition::note_language(const Recognised& heard) {
  const auto is_it = [&](const std::string& candidate) { return base::iequals(candidate, heard.language); };
  const auto found = std::find_if(shape_.candidates.begin(), shape_.candidates.end(), is_it);
  if (found != shape_.candidates.end()) turn_language_ = *found;
}

/// Returns the sample of the caller's turn at `ticks`. If the service sent no position (0), returns the end of the sent audio.
std::uint64_t Recognition::place_of(std::uint64_t ticks) const {
  if (ticks == 0) return audio_.sent();
  constexpr std::uint64_t kMostTicks = 24U * 3600U * kTicksPerSecond;  // The limit keeps the product below in 64 bits.
  return service_->first + std::min(ticks, kMostTicks) * shape_.rate_hz / kTicksPerSecond;
}

void Recognition::on_turn_end() {
  const ServiceTurn over = *std::exchange(service_, std::nullopt);
  settle_by_.reset();
  if (over.wanted) spare_.on_success();
  // The service may have ended its turn before it received the end of the audio. It then missed the last audio.
  const bool whole = over.ended && (has_heard_it() || std::exchange(asked_again_, true));
  if (over.wanted && whole) return finish();
  if (over.wanted) {  // The service ended its turn by itself. The next service turn gets the audio that is not settled.
    hypothesis_.clear();
    audio_.rewind();
    if (phase_ == Phase::Waiting && audio_.unsent() == 0) return finish();
  }
  pump();
}

void Recognition::on_final_overdue() {
  answer_by_.reset();
  if (text_so_far().empty() || !has_heard_it()) {
    give_up_socket();
    return fail({FailureKind::Timeout, "the recogniser of Azure did not send the transcript in time"});
  }
  ++counters_.guesses;
  service_->wanted = false;
  settle_by_ = now_ + kSettleWithin;
  finish();
}

/// Returns true if the service recognised the whole turn, except for a short end that counts as silence. Otherwise the turn fails,
/// because half of the caller's words is worse than none. Another listener then gets the whole turn.
bool Recognition::has_heard_it() const {
  const std::uint64_t heard_to = std::max(audio_.settled(), hypothesis_.empty() ? 0 : hypothesis_to_);
  return audio_.total() <= heard_to + samples_of(kMaxSilentMs);
}

std::string Recognition::text_so_far() const {
  std::string text = phrases_;
  append_words(text, hypothesis_);
  return text;
}

/// Queues the text so far. It replaces an event that was not polled yet, because each event contains the whole text.
void Recognition::tell_so_far() {
  Transcript so_far{turn_, false, text_so_far(), 1, false};
  if (so_far.text.empty()) return;
  if (!events_.empty()) events_.pop_back();
  events_.push_back(std::move(so_far));
}

void Recognition::finish() {
  std::string text = text_so_far();
  const bool nothing = text.empty();
  const double confidence = nothing ? 0 : confidence_;
  if (!nothing && !turn_language_.empty()) heard_language_ = turn_language_;
  reset_turn();
  events_.push_back(Transcript{turn_, true, std::move(text), confidence, nothing});
}

void Recognition::fail(const SocketFault& fault) {
  if (phase_ == Phase::Idle) return;
  reset_turn();
  events_.push_back(ListenFailed{turn_, fault.why, fault.kind});
}

std::optional<UspOutgoing> Recognition::poll_message() { return take_front(messages_); }

std::optional<ListenEvent> Recognition::poll_event() { return take_front(events_); }

}  // namespace offhook::inline v0::agent::azure
