#include <offhook/agent/providers/deepgram/flux_transcription.hpp>

#include <offhook/agent/providers/deepgram/flux_end.hpp>
#include <offhook/agent/providers/deepgram/flux_words.hpp>
#include <offhook/agent/providers/deepgram/listen_stream.hpp>
#include <offhook/base/text.hpp>

#include <algorithm>
#include <utility>
#include <variant>

namespace offhook::inline v0::agent::deepgram {

namespace {

constexpr std::string_view kForceEndTurn = R"({"type":"ForceEndTurn"})";

}  // namespace

// --- the socket --------------------------------------------------------------------------------------------------------------

void FluxTranscription::connect() {
  uplink_.connect();
  open_line();
}

/// Requests a new socket. Its audio and its turns begin at 0.
void FluxTranscription::open_line() {
  line_ = Line::Opening;
  out_.clear();
  out_.push_back({SocketOut::What::Connect, {}});
  sent_at_ = now_;
  heard_to_ = answers_owed_ = 0;
  index_ = next_index_ = 0;
  eager_ = {};
}

void FluxTranscription::on_open() {
  line_ = Line::Open;
  sent_at_ = now_;
  pump();
}

void FluxTranscription::on_closed(const RequestFailure& failure) { lose(failure); }

/// Handles the loss of a socket. A socket that never opened is not tried again, because another listener is faster.
void FluxTranscription::lose(const RequestFailure& failure) {
  const bool may_help = line_ == Line::Open && !reconnected_ && failure.retry_in && uplink_.may_connect_again();
  line_ = Line::None;
  out_.clear();
  out_.push_back({SocketOut::What::Drop, {}});
  active_ = false;
  const bool is_idle = phase_ == Phase::Idle;
  if (is_idle || may_help) retries_.add(failure.why, is_idle ? kConnectsLater : kConnectsAgain);
  if (is_idle) return;
  if (may_help) return reconnect();
  fail(failure.kind, failure.why);
}

/// Continues on a new socket, which gets the audio that the server has not made a turn of.
void FluxTranscription::reconnect() {
  ++counters_.reconnects;
  reconnected_ = true;
  current_.clear();
  wait_until_.reset();
  if (phase_ == Phase::Waiting) phase_ = Phase::Ending;
  uplink_.connect_again(now_);
  open_line();
  pump();
}

void FluxTranscription::close() {
  if (line_ != Line::None) out_.push_back({SocketOut::What::Text, std::string(kCloseStream)});
}

void FluxTranscription::tick(base::TimePoint now) {
  now_ = now;
  send_silence();
  pump();
  if (line_ == Line::Open && phase_ == Phase::Idle && now_ - sent_at_ >= kKeepAlive) send_audio(uplink_.silence(kFrameMs));
  if (!wait_until_ || now_ < *wait_until_) return;
  if (phase_ == Phase::Ending) return force_end();
  on_no_answer();
}

// --- the turn ----------------------------------------------------------------------------------------------------------------

void FluxTranscription::begin(std::uint32_t turn) {
  if (goes_on()) return go_on_as(turn);
  abandon();
  if (line_ == Line::None) connect();
  uplink_.begin_turn();
  heard_to_ = uplink_.sent();
  phase_ = Phase::Hearing;
  turn_ = turn;
  reconnected_ = answered_ = false;
  text_.clear();
  told_.clear();
  turn_language_.clear();
  confidence_sum_ = 0;
  confidence_count_ = 0;
}

/// Continues the turn under the number `turn`. The caller paused, but Flux has not ended its turn.
void FluxTranscription::go_on_as(std::uint32_t turn) {
  turn_ = turn;
  phase_ = Phase::Hearing;
  padded_ms_ = 0;
  wait_until_.reset();
}

void FluxTranscription::feed(std::span<const std::int16_t> pcm) {
  if (phase_ != Phase::Hearing) return;
  if (!uplink_.feed(pcm)) counters_.unheard_octets += pcm.size() * uplink_.octets_per_sample();
  pump();
}

void FluxTranscription::end() {
  if (phase_ != Phase::Hearing) return;
  if (uplink_.is_too_short()) {
    abandon();
    events_.push_back(Transcript{turn_, true, "", 0, true});
    return;
  }
  if (is_settled()) {
    ++counters_.at_once;
    return finish();
  }
  phase_ = Phase::Ending;
  silence_at_ = now_ + std::chrono::milliseconds(kFrameMs);
  if (!ends_within_) pad(kTailMs);
  pump();
}

void FluxTranscription::pad(std::size_t ms) {
  uplink_.pad(ms);
  padded_ms_ += ms;
}

/// Sends silence at the pace of the line, because Flux ends a turn by the length of the caller's silence.
void FluxTranscription::send_silence() {
  if (!ends_within_ || phase_ != Phase::Ending) return;
  for (; now_ >= silence_at_; silence_at_ += std::chrono::milliseconds(kFrameMs)) pad(kFrameMs);
}

/// Returns true if the server has ended its turn, and only silence has followed.
bool FluxTranscription::is_settled() const {
  return !text_.empty() && !active_ && line_ == Line::Open && has_heard_to_the_end(kSettledMs);
}

void FluxTranscription::abandon() {
  leave_turn();
  rest();
  events_.clear();
}

/// Ends the server's turn, so that its audio does not become the beginning of the next turn.
void FluxTranscription::leave_turn() {
  const bool holds = phase_ != Phase::Idle && line_ != Line::None && uplink_.sent() > uplink_.turn_begin();
  if (holds && phase_ != Phase::Waiting && !is_settled()) send_end();
  if (active_) next_index_ = index_ + 1;
}

void FluxTranscription::rest() {
  phase_ = Phase::Idle;
  uplink_.end_turn();
  current_.clear();
  active_ = false;
  padded_ms_ = 0;
  wait_until_.reset();
}

// --- audio to the server -----------------------------------------------------------------------------------------------------

void FluxTranscription::pump() {
  if (phase_ == Phase::Idle || line_ == Line::None) return;
  for (std::string frame = uplink_.next_frame(now_); !frame.empty(); frame = uplink_.next_frame(now_)) send_audio(std::move(frame));
  if (phase_ != Phase::Ending || wait_until_ || !uplink_.has_caught_up()) return;
  send_audio(uplink_.last_frame());
  if (line_ == Line::Open) wait_until_ = now_ + (ends_within_ ? *ends_within_ + kOwnEndWait : kDecodeWait);
}

void FluxTranscription::send_audio(std::string octets) {
  if (octets.empty()) return;
  out_.push_back({SocketOut::What::Audio, std::move(octets)});
  sent_at_ = now_;
}

void FluxTranscription::send_end() {
  out_.push_back({SocketOut::What::Text, std::string(kForceEndTurn)});
  sent_at_ = now_;
  ++answers_owed_;
}

/// Ends the server's turn. Called only after the last words are decoded, because the server ends its turn with the words decoded so
/// far.
void FluxTranscription::force_end() {
  send_end();
  phase_ = Phase::Waiting;
  wait_until_ = now_ + kAnswerWait;
}

// --- messages of the server --------------------------------------------------------------------------------------------------

void FluxTranscription::on_frame(std::string_view frame) {
  const auto message = reader_.parse(frame);
  if (!message) {
    ++counters_.garbage;
    return;
  }
  if (const auto* info = std::get_if<TurnInfo>(&*message)) return on_turn_info(*info);
  if (const auto* error = std::get_if<FluxError>(&*message)) return on_error(*error);
  if (!std::holds_alternative<NoTurnToEnd>(*message) || answers_owed_ == 0) return;
  --answers_owed_;
  go_on();
}

void FluxTranscription::on_turn_info(const TurnInfo& info) {
  const bool ends = info.event == TurnInfo::Event::EndOfTurn;
  const bool by_itself = info.trigger == TurnInfo::Trigger::Model || info.trigger == TurnInfo::Trigger::Timeout;
  const bool answers = ends && !by_itself && answers_owed_ > 0;
  const std::size_t place = uplink_.place_of(info.heard_to);
  const bool is_late = phase_ == Phase::Idle || info.index < next_index_ || place <= uplink_.turn_begin() + uplink_.octets_of(kSlackMs);
  if (ends) next_index_ = std::max(next_index_, info.index + 1);
  if (is_late) {
    ++counters_.late;
    if (answers) --answers_owed_;
  } else {
    take(info, place);
    if (answers) answers_owed_ = 0;  // Earlier ones had no effect.
    if (!answers && ends_ours(info)) return end_there(info);
  }
  go_on();
}

/// Returns true if the server's end of a turn also ends the caller's turn. After end(), all of the caller's audio must be decoded
/// for that.
bool FluxTranscription::ends_ours(const TurnInfo& info) const {
  const bool is_eager = info.event == TurnInfo::Event::EagerEndOfTurn;
  if (!ends_within_ || phase_ == Phase::Waiting || (!is_eager && info.event != TurnInfo::Event::EndOfTurn)) return false;
  const bool has_words = !text_.empty() || !current_.empty();
  return has_words && (phase_ == Phase::Hearing || has_heard_to_the_end(kSettledMs));
}

void FluxTranscription::end_there(const TurnInfo& info) {
  ++counters_.ended_there;
  if (info.event == TurnInfo::Event::EagerEndOfTurn) {
    // The server may resume this turn: new words in it then belong to the caller's next turn.
    eager_ = {info.index, std::string(base::trim(info.transcript))};
    active_ = false;
  }
  finish();
}

/// Returns the words of the server's turn that an eager end has not returned before. The server may change the punctuation between
/// words, and add some at the end.
std::string_view FluxTranscription::untold(const TurnInfo& info) const {
  constexpr std::size_t kMark = 4;  // in octets
  const std::string_view words = base::trim(info.transcript);
  if (eager_.text.empty() || info.index != eager_.index) return words;
  const std::size_t told = count_words(eager_.text);
  if (count_words(words) > told) return after_words(words, told);
  const std::string_view rest = words.starts_with(eager_.text) ? base::trim(words.substr(eager_.text.size())) : std::string_view{};
  return rest.size() > kMark ? rest : std::string_view{};  // Some languages have no blanks between words.
}

void FluxTranscription::take(const TurnInfo& info, std::size_t place) {
  const std::string_view words = untold(info);
  answered_ = true;
  heard_to_ = std::max(heard_to_, std::min(place, uplink_.sent()));
  if (!words.empty() && !info.language.empty()) turn_language_ = info.language;
  index_ = info.index;
  current_ = words;
  current_confidence_ = info.confidence;
  active_ = info.event != TurnInfo::Event::EndOfTurn && (info.event != TurnInfo::Event::Update || !words.empty());
  if (info.event != TurnInfo::Event::EndOfTurn) return;
  current_.clear();
  if (text_.size() + 1 + words.size() > kMaxText) {
    ++counters_.text_left_out;
  } else {
    append_words(text_, words);
    confidence_sum_ += info.confidence * static_cast<double>(words.size());
    confidence_count_ += words.size();
  }
  uplink_.answer_to(place);
}

bool FluxTranscription::has_heard_to_the_end(std::size_t but_ms) const {
  const std::size_t speech_end = uplink_.end() - uplink_.octets_of(padded_ms_);
  return speech_end <= heard_to_ + uplink_.octets_of(but_ms);
}

/// Continues the turn after each message. A turn of the caller that is over ends when the server's turn has ended.
void FluxTranscription::go_on() {
  switch (phase_) {
    case Phase::Idle: return;
    case Phase::Hearing: return tell_so_far();
    case Phase::Ending:
      tell_so_far();
      if (!has_heard_to_the_end(kSlackMs)) return;
      if (!active_) return finish();
      if (!ends_within_) force_end();
      return;
    case Phase::Waiting:
      if (answers_owed_ == 0 || (!active_ && has_heard_to_the_end(kSlackMs))) return finish();
      return tell_so_far();
  }
}

void FluxTranscription::on_error(const FluxError& error) {
  const bool internal = error.code.find("INTERNAL") != std::string::npos;
  const std::string why = whom_ + " gave up" + (error.code.empty() ? "" : " (" + error.code + ")");
  if (internal) return lose({FailureKind::Overloaded, why, kNetworkRetry});
  lose({FailureKind::Protocol, why + ": it refuses the request", std::nullopt});
}

/// Ends or fails a turn without an answer. It fails if text may be missing, because half of the caller's words is worse than none.
/// Another listener then gets the whole turn.
void FluxTranscription::on_no_answer() {
  ++counters_.unanswered;
  if (answered_ && has_heard_to_the_end(kNearlyAllMs)) return finish();
  lose({FailureKind::Timeout, whom_ + (answered_ ? " did not send the transcript of the turn in time" : " sent nothing about the turn in time"), std::nullopt});
}

std::string FluxTranscription::text_so_far() const {
  std::string text = text_;
  append_words(text, current_);
  return text;
}

void FluxTranscription::tell_so_far() {
  std::string text = text_so_far();
  if (text.empty() || text == told_) return;
  told_ = text;
  events_.push_back(Transcript{turn_, false, std::move(text), 1, false});
}

void FluxTranscription::finish() {
  std::string text = text_so_far();
  const bool nothing = text.empty();
  const double sum = confidence_sum_ + current_confidence_ * static_cast<double>(current_.size());
  const std::size_t count = confidence_count_ + current_.size();
  if (active_) next_index_ = index_ + 1;
  if (!nothing && !turn_language_.empty()) heard_language_ = turn_language_;
  rest();
  events_.push_back(Transcript{turn_, true, std::move(text), count == 0 ? 0 : sum / static_cast<double>(count), nothing});
}

void FluxTranscription::fail(FailureKind kind, std::string why) {
  rest();
  events_.push_back(ListenFailed{turn_, std::move(why), kind});
}

std::optional<SocketOut> FluxTranscription::poll_out() {
  if (out_.empty()) return std::nullopt;
  std::optional<SocketOut> out(std::move(out_.front()));
  out_.pop_front();
  return out;
}

std::optional<ListenEvent> FluxTranscription::poll_event() {
  if (events_.empty()) return std::nullopt;
  std::optional<ListenEvent> event(std::move(events_.front()));
  events_.pop_front();
  return event;
}

bool FluxTranscription::is_consistent() const {
  if (phase_ == Phase::Idle && (wait_until_ || active_ || padded_ms_ != 0 || !uplink_.is_quiet())) return false;
  if (phase_ != Phase::Idle && line_ == Line::None) return false;
  if (wait_until_ && (line_ != Line::Open || phase_ == Phase::Hearing)) return false;
  if (phase_ == Phase::Waiting && (!wait_until_ || answers_owed_ == 0)) return false;
  return uplink_.is_consistent() && text_.size() <= kMaxText && current_.size() <= FluxReader::kMaxTranscript;
}

}  // namespace offhook::inline v0::agent::deepgram
