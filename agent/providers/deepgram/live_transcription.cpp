#include <offhook/agent/providers/deepgram/live_transcription.hpp>

#include <offhook/agent/providers/deepgram/listen_stream.hpp>
#include <offhook/base/text.hpp>

#include <algorithm>
#include <utility>
#include <variant>

namespace offhook::inline v0::agent::deepgram {

namespace {

constexpr std::string_view kFinalize = R"({"type":"Finalize"})", kKeepAliveFrame = R"({"type":"KeepAlive"})";

}  // namespace

// --- the socket --------------------------------------------------------------------------------------------------------------

void LiveTranscription::connect() {
  line_ = Line::Opening;
  out_.clear();
  out_.push_back({SocketOut::What::Connect, {}});
  uplink_.connect();
  prime();
}

void LiveTranscription::prime() {
  out_.push_back({SocketOut::What::Audio, uplink_.silence(kPrimeMs)});
  sent_at_ = now_;
}

void LiveTranscription::on_open() {
  line_ = Line::Open;
  sent_at_ = now_;
  if (finalized_) await_answer();
}

void LiveTranscription::on_closed(const RequestFailure& failure) {
  const bool again = phase_ != Phase::Idle && may_reconnect(failure);
  line_ = Line::None;
  out_.clear();
  if (again || phase_ == Phase::Idle) retries_.add(failure.why, again ? kConnectsAgain : kConnectsLater);
  if (again) return reconnect();
  if (phase_ != Phase::Idle) fail(failure.kind, failure.why);
}

/// Returns true if a new socket may continue the turn. A socket that never opened is not tried again, because another listener is
/// faster.
bool LiveTranscription::may_reconnect(const RequestFailure& failure) const {
  return line_ == Line::Open && !reconnected_ && failure.retry_in && uplink_.may_connect_again();
}

/// Continues on a new socket, whose audio begins at 0 again. It gets the audio that has no answer yet.
void LiveTranscription::reconnect() {
  ++counters_.reconnects;
  reconnected_ = true;
  interim_.clear();
  finalized_ = false;
  wait_until_.reset();
  line_ = Line::Opening;
  out_.push_back({SocketOut::What::Connect, {}});
  uplink_.connect_again(now_);
  prime();
  pump();
}

void LiveTranscription::close() {
  if (line_ != Line::None) send_text(kCloseStream);
}

void LiveTranscription::tick(base::TimePoint now) {
  now_ = now;
  pump();
  if (line_ == Line::Open && now_ - sent_at_ >= kKeepAlive) send_text(kKeepAliveFrame);
  if (wait_until_ && now_ >= *wait_until_) on_no_answer();
}

// --- the turn ----------------------------------------------------------------------------------------------------------------

void LiveTranscription::begin(std::uint32_t turn) {
  abandon();
  if (line_ == Line::None) connect();
  uplink_.begin_turn();
  phase_ = Phase::Hearing;
  turn_ = turn;
  reconnected_ = answered_ = false;
  text_.clear();
  told_.clear();
  turn_language_.clear();
  confidence_sum_ = 0;
  confidence_count_ = 0;
}

void LiveTranscription::feed(std::span<const std::int16_t> pcm) {
  if (phase_ != Phase::Hearing) return;
  if (!uplink_.feed(pcm)) counters_.unheard_octets += pcm.size() * uplink_.octets_per_sample();
  pump();
}

void LiveTranscription::end() {
  if (phase_ != Phase::Hearing) return;
  if (uplink_.is_too_short()) {
    abandon();
    events_.push_back(Transcript{turn_, true, "", 0, true});
    return;
  }
  phase_ = Phase::Waiting;
  pump();
}

/// Makes the server end its window, so that its audio does not become the beginning of the next turn.
void LiveTranscription::abandon() {
  if (phase_ != Phase::Idle && uplink_.sent() > uplink_.turn_begin() && line_ != Line::None && !finalized_) send_text(kFinalize);
  rest();
  events_.clear();
}

void LiveTranscription::rest() {
  phase_ = Phase::Idle;
  uplink_.end_turn();
  interim_.clear();
  finalized_ = false;
  wait_until_.reset();
}

// --- audio to the server -----------------------------------------------------------------------------------------------------

void LiveTranscription::pump() {
  if (phase_ == Phase::Idle || line_ == Line::None) return;
  for (std::string frame = uplink_.next_frame(now_); !frame.empty(); frame = uplink_.next_frame(now_)) send_audio(std::move(frame));
  if (phase_ != Phase::Waiting || finalized_ || !uplink_.has_caught_up()) return;
  send_audio(uplink_.last_frame());
  finalize();
}

void LiveTranscription::send_audio(std::string octets) {
  if (octets.empty()) return;  // An empty frame would end the stream.
  out_.push_back({SocketOut::What::Audio, std::move(octets)});
  sent_at_ = now_;
}

void LiveTranscription::send_text(std::string_view text) {
  out_.push_back({SocketOut::What::Text, std::string(text)});
  sent_at_ = now_;
}

void LiveTranscription::finalize() {
  send_text(kFinalize);
  finalized_ = true;
  if (line_ == Line::Open) await_answer();
}

/// Starts the wait for the answer to Finalize, which may not come if little audio lacks an answer: Deepgram's documentation,
/// "Finalize".
void LiveTranscription::await_answer() {
  const bool nearly_all = answered_ && interim_.empty() && uplink_.without_answer() <= uplink_.octets_of(kNearlyAllMs);
  wait_until_ = now_ + (nearly_all ? kShortAnswerWait : kAnswerWait);
}

// --- messages of the server --------------------------------------------------------------------------------------------------

void LiveTranscription::on_frame(std::string_view frame) {
  const auto message = reader_.parse(frame);
  if (!message) {
    ++counters_.garbage;
    return;
  }
  if (const auto* results = std::get_if<Results>(&*message)) on_results(*results);
}

/// Returns true if the answer belongs to the Finalize of an abandoned turn: its window ends before the middle of the present turn's
/// audio. Some of these answers never come.
bool LiveTranscription::is_old_finalize(std::size_t end) const {
  return end <= uplink_.turn_begin() + (uplink_.sent() - uplink_.turn_begin()) / 2;
}

void LiveTranscription::on_results(const Results& results) {
  const std::size_t end = uplink_.place_of(results.start + results.duration);
  if (results.from_finalize && (phase_ == Phase::Idle || is_old_finalize(end))) return;
  const bool answers = results.from_finalize && finalized_;
  if (phase_ == Phase::Idle || (end <= uplink_.turn_begin() + uplink_.octets_of(kSlackMs) && !answers)) {
    ++counters_.late;
    return;
  }
  take(results, end);
  const bool all = results.is_final && end + uplink_.octets_of(kSlackMs) >= uplink_.sent();
  if (finalized_ && (answers || all)) return finish();
  tell_so_far();
}

/// Returns the words of a window that belong to the present turn. A server that does not answer Finalize continues its window in
/// the next turn. Its words of the turn before were already returned.
std::string LiveTranscription::new_words(const Results& results) const {
  const std::size_t from = uplink_.answered_to();
  const auto is_told = [&](double seconds) { return uplink_.place_of(seconds) < from; };
  const std::string all(base::trim(results.transcript));
  if (uplink_.place_of(results.start) + uplink_.octets_of(kSlackMs) >= from) return all;
  if (results.words.empty()) return is_told(results.start + results.duration / 2) ? std::string() : all;
  std::string words;
  bool is_whole = true;
  for (const Results::Word& word : results.words) {
    if (is_told(word.middle)) is_whole = false;
    else append_words(words, word.text);
  }
  return is_whole ? all : words;
}

void LiveTranscription::take(const Results& results, std::size_t end) {
  const std::string words = new_words(results);
  answered_ = answered_ || results.is_final || !words.empty();
  if (!words.empty() && !results.language.empty()) turn_language_ = results.language;
  if (!results.is_final) {
    interim_ = words;
    interim_to_ = std::min(end, uplink_.sent());
    return;
  }
  interim_.clear();
  if (words.empty() || text_.size() + 1 + words.size() <= kMaxText) {
    append_words(text_, words);
  } else {
    ++counters_.text_left_out;
  }
  confidence_sum_ += results.confidence * static_cast<double>(words.size());
  confidence_count_ += words.size();
  uplink_.answer_to(end);
}

std::string LiveTranscription::text_so_far() const {
  std::string text = text_;
  append_words(text, interim_);
  return text;
}

void LiveTranscription::tell_so_far() {
  std::string text = text_so_far();
  if (text.empty() || text == told_) return;
  told_ = text;
  events_.push_back(Transcript{turn_, false, std::move(text), 1, false});
}

/// Returns true if nearly the whole turn has results: only silence may be missing, or the last syllable of an interim text.
bool LiveTranscription::has_heard_it() const {
  if (!answered_) return false;
  if (uplink_.without_answer() <= uplink_.octets_of(kNearlyAllMs)) return true;
  return !interim_.empty() && uplink_.sent() - std::min(uplink_.sent(), interim_to_) <= uplink_.octets_of(kMaxGuessMs);
}

/// Ends or fails a turn without an answer. It fails if text may be missing, because half of the caller's words is worse than none.
/// Another listener then gets the whole turn.
void LiveTranscription::on_no_answer() {
  ++counters_.unanswered;
  if (has_heard_it()) return finish();
  // The socket may not work any more, so the next turn opens another one.
  line_ = Line::None;
  out_.clear();
  out_.push_back({SocketOut::What::Drop, {}});
  fail(FailureKind::Timeout, whom_ + (answered_ ? " did not send the transcript of the turn in time" : " sent nothing about the turn in time"));
}

void LiveTranscription::finish() {
  std::string text = text_so_far();
  const bool nothing = text.empty();
  const double confidence = nothing ? 0 : confidence_count_ == 0 ? 1 : confidence_sum_ / static_cast<double>(confidence_count_);
  if (!nothing && !turn_language_.empty()) heard_language_ = turn_language_;
  rest();
  events_.push_back(Transcript{turn_, true, std::move(text), confidence, nothing});
}

void LiveTranscription::fail(FailureKind kind, std::string why) {
  rest();
  events_.push_back(ListenFailed{turn_, std::move(why), kind});
}

std::optional<SocketOut> LiveTranscription::poll_out() {
  if (out_.empty()) return std::nullopt;
  std::optional<SocketOut> out(std::move(out_.front()));
  out_.pop_front();
  return out;
}

std::optional<ListenEvent> LiveTranscription::poll_event() {
  if (events_.empty()) return std::nullopt;
  std::optional<ListenEvent> event(std::move(events_.front()));
  events_.pop_front();
  return event;
}

bool LiveTranscription::is_consistent() const {
  if (phase_ == Phase::Idle && (finalized_ || wait_until_ || !uplink_.is_quiet())) return false;
  if (wait_until_ && (!finalized_ || line_ != Line::Open)) return false;
  if (finalized_ && phase_ != Phase::Waiting) return false;
  if (phase_ != Phase::Idle && line_ == Line::None) return false;
  return uplink_.is_consistent() && text_.size() <= kMaxText && interim_.size() <= LiveReader::kMaxTranscript;
}

}  // namespace offhook::inline v0::agent::deepgram
