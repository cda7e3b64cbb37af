#include <offhook/agent/providers/transcription/live_transcription.hpp>

#include <algorithm>

namespace offhook::inline v0::agent {

LiveTranscription::LiveTranscription(std::unique_ptr<TranscriptionProtocol> protocol)
    : protocol_(std::move(protocol)), traits_(protocol_->traits()), uplink_(traits_.sound, traits_.uplink), text_(traits_.max_text) {}

// --- the socket --------------------------------------------------------------------------------------------------------------

void LiveTranscription::connect(std::string_view language) {
  protocol_->set_language(language);
  open_line();
}

/// Requests a new socket. A turn in progress continues on it.
void LiveTranscription::open_line() {
  line_ = Line::Opening;
  opened_at_.reset();
  reopen_at_.reset();
  spare_.on_connecting();
  sent_at_ = now_;
  out_.clear();
  out_.push_back({SocketOut::What::Connect, {}});
  if (phase_ == Phase::Idle) uplink_.connect();
  else resend();
  protocol_->on_connecting(*this);
  pump();
}

void LiveTranscription::drop_line() {
  if (line_ == Line::Opening && traits_.charge == TranscriptionTraits::Charge::SentAudio) uncharged_octets_ = 0;  // This audio was never sent.
  line_ = Line::None;
  out_.clear();
  out_.push_back({SocketOut::What::Drop, {}});
  if (phase_ != Phase::Idle) resend();  // The next socket gets the audio again.
}

void LiveTranscription::on_open() {
  line_ = Line::Open;
  sent_at_ = now_;
  if (traits_.charge == TranscriptionTraits::Charge::SentAudio) charge(std::exchange(uncharged_octets_, 0));
  pump();
}

void LiveTranscription::lose(const RequestFailure& failure) {
  const bool may_replace = line_ == Line::Open || traits_.reconnects_unopened;
  const bool may_help = may_replace && failure.retry_in && reconnects_ < traits_.max_reconnects && uplink_.may_restart();
  drop_line();
  if (traits_.reopen_after && failure.retry_in) reopen_at_ = now_ + *failure.retry_in;
  if (phase_ == Phase::Idle) {
    if (failure.retry_in) request_spare();
    return retries_.add(failure.why, kConnectsLater);
  }
  if (!may_help || !retries_.try_add(failure.why, kConnectsAgain)) return fail(failure.kind, failure.why);
  reconnect(failure);
}

void LiveTranscription::reconnect(const RequestFailure& failure) {
  ++counters_.reconnects;
  ++reconnects_;
  if (!traits_.reopen_after) return open_line();
  if (reconnects_ > 1) reopen_at_ = now_ + std::max(*failure.retry_in, *traits_.reopen_after);
}

void LiveTranscription::replace_socket() {
  if (line_ == Line::None) return;
  drop_line();
  if (phase_ == Phase::Idle) request_spare();
}

void LiveTranscription::close() {
  if (line_ != Line::None) protocol_->close(*this);
  if (traits_.charge == TranscriptionTraits::Charge::HeardAudio) charge(std::exchange(uncharged_octets_, 0));
}

void LiveTranscription::tick(base::TimePoint now) {
  now_ = now;
  if (!opened_at_ && line_ != Line::None) opened_at_ = now_;
  protocol_->on_tick(*this);
  if ((phase_ != Phase::Idle || spare_.is_wanted()) && may_open()) open_line();
  pump();
  if (traits_.keep_alive && line_ == Line::Open && now_ - sent_at_ >= *traits_.keep_alive) protocol_->keep_alive(*this);
  if (wait_until_ && now_ >= *wait_until_) on_wait_over();
}

// --- the turn ----------------------------------------------------------------------------------------------------------------

void LiveTranscription::begin(std::uint32_t turn) {
  if (phase_ == Phase::Ended && protocol_->continue_turn()) {
    wait_until_.reset();
    all_sent_ = false;
  } else {
    abandon();
    if (traits_.renew_after && opened_at_ && now_ - *opened_at_ >= *traits_.renew_after) drop_line();
    if (may_open()) open_line();
    uplink_.begin_turn();
    text_.begin();
    has_answer_ = false;
    protocol_->on_begin(*this);
  }
  phase_ = Phase::Hearing;
  turn_ = turn;
}

void LiveTranscription::feed(std::span<const std::int16_t> pcm) {
  if (phase_ != Phase::Hearing) return;
  const std::size_t octets = pcm.size() * traits_.sound.octets_per_sample();
  if (!uplink_.feed(pcm)) counters_.unheard_octets += octets;
  else if (traits_.charge == TranscriptionTraits::Charge::HeardAudio) uncharged_octets_ += octets;
  pump();
  uplink_.bound_unsent();
}

void LiveTranscription::end() {
  if (phase_ != Phase::Hearing) return;
  if (uplink_.is_too_short()) {
    abandon();
    events_.push_back(Transcript{turn_, true, "", 0, true});
    return;
  }
  if (protocol_->on_end(*this)) {
    ++counters_.at_once;
    return finish();
  }
  phase_ = Phase::Ended;
  pump();
}

void LiveTranscription::abandon() {
  if (phase_ != Phase::Idle && line_ != Line::None) protocol_->leave_turn(*this);
  if (traits_.charge == TranscriptionTraits::Charge::HeardAudio) charge(std::exchange(uncharged_octets_, 0));
  rest();
  events_.clear();
}

void LiveTranscription::rest() {
  protocol_->on_rest();
  phase_ = Phase::Idle;
  uplink_.end_turn();
  all_sent_ = false;
  reconnects_ = 0;
  wait_until_.reset();
}

// --- audio to the service ----------------------------------------------------------------------------------------------------

void LiveTranscription::pump() {
  if (phase_ == Phase::Idle || line_ == Line::None) return;
  if (phase_ == Phase::Ended || !uplink_.has_caught_up()) send_turn();
  if (!all_sent_ || wait_until_ || line_ != Line::Open) return;
  if (const auto limit = protocol_->answer_wait(*this)) wait(*limit);
}

void LiveTranscription::send_turn() {
  if (!protocol_->prepare_audio(*this)) return;
  for (std::string frame = uplink_.next_frame(now_); !frame.empty(); frame = uplink_.next_frame(now_)) send_piece(std::move(frame));
  if (phase_ != Phase::Ended || all_sent_) return;
  if (traits_.max_behind_ms && uplink_.unsent() > uplink_.octets_of(*traits_.max_behind_ms)) {  // A listener for whole turns is faster.
    protocol_->leave_turn(*this);
    return fail(FailureKind::Local, "the turn is too long: " + traits_.whom + " would get it too late");
  }
  if (!uplink_.has_caught_up()) return;
  send_piece(uplink_.last_frame());
  all_sent_ = true;
  protocol_->send_end(*this);
}

void LiveTranscription::resend() {
  text_.drop_interim();
  all_sent_ = false;
  wait_until_.reset();
  uplink_.restart(now_);
}

void LiveTranscription::send_piece(std::string octets) {
  if (octets.empty()) return;  // An empty frame would end the stream.
  if (traits_.charge == TranscriptionTraits::Charge::SentAudio) {
    if (line_ == Line::Open) charge(octets.size());
    else uncharged_octets_ += octets.size();
  }
  protocol_->send_audio(*this, std::move(octets));
}

void LiveTranscription::send(SocketOut::What what, std::string frame) {
  out_.push_back({what, std::move(frame)});
  sent_at_ = now_;
}

void LiveTranscription::charge(std::uint64_t octets) { use_.audio += base::duration_of(octets, traits_.sound.octets_of(1000)); }

// --- the text ----------------------------------------------------------------------------------------------------------------

void LiveTranscription::add_words(std::string_view words, double confidence) {
  if (!text_.add(words, confidence)) ++counters_.text_left_out;
}

void LiveTranscription::report_so_far() {
  if (auto text = text_.take_news()) events_.push_back(Transcript{turn_, false, std::move(*text), 1, false});
}

/// Ends the turn when the wait for its last words is over. If text may be missing, the turn fails, so that another listener gets the whole
/// turn: half of the caller's words is worse than none. The socket may not work any more, so the next turn opens another one.
void LiveTranscription::on_wait_over() {
  wait_until_.reset();
  if (protocol_->on_wait_over(*this)) return;
  ++counters_.unanswered;
  if (protocol_->has_heard_it(*this)) return finish();
  const char* const what = has_answer_ ? " did not send the transcript of the turn in time" : " sent nothing about the turn in time";
  lose({FailureKind::Timeout, traits_.whom + what, std::nullopt});
}

void LiveTranscription::finish(std::optional<double> confidence) {
  std::string text = text_.so_far();
  const bool nothing = text.empty();
  if (!nothing && !text_.language().empty()) heard_language_ = text_.language();
  if (traits_.charge == TranscriptionTraits::Charge::HeardAudio) charge(std::exchange(uncharged_octets_, 0));
  spare_.on_success();
  rest();
  events_.push_back(Transcript{turn_, true, std::move(text), nothing ? 0 : confidence.value_or(text_.confidence()), nothing});
}

void LiveTranscription::fail(FailureKind kind, std::string why) {
  if (phase_ == Phase::Idle) return;
  if (traits_.charge == TranscriptionTraits::Charge::HeardAudio) uncharged_octets_ = 0;  // Offhook does not know how much of the audio the service recognised.
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
  if (phase_ == Phase::Idle && (wait_until_ || !uplink_.is_quiet())) return false;
  if (all_sent_ && phase_ != Phase::Ended) return false;
  if (wait_until_ && (!all_sent_ || line_ != Line::Open)) return false;
  if (phase_ != Phase::Idle && line_ == Line::None && !traits_.reopen_after) return false;
  return uplink_.is_consistent() && text_.is_consistent() && protocol_->is_consistent(*this);
}

}  // namespace offhook::inline v0::agent
