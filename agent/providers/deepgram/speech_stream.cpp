#include <offhook/agent/providers/deepgram/speech_stream.hpp>

#include <offhook/agent/providers/deepgram/speak_options.hpp>
#include <offhook/agent/support/json_in.hpp>
#include <offhook/agent/support/json_text.hpp>
#include <offhook/agent/support/utf8.hpp>

#include <algorithm>
#include <utility>

namespace offhook::inline v0::agent::deepgram {

struct SpeechStream::Reader {
  json::Parser parser;
};

namespace {

constexpr std::string_view kFlush = R"({"type":"Flush"})", kClear = R"({"type":"Clear"})", kClose = R"({"type":"Close"})";

std::string write_speak(std::string_view text) {
  JsonText out;
  return out.open("", '{').text("type", "Speak").text("text", text).close('}').take();
}

}  // namespace

SpeechStream::SpeechStream(std::string whom, std::uint32_t rate_hz)
    : whom_(std::move(whom)), rate_hz_(rate_hz), reader_(std::make_unique<Reader>()) {}
SpeechStream::~SpeechStream() = default;

// --- the socket --------------------------------------------------------------------------------------------------------------

void SpeechStream::open() {
  if (line_ == Line::None) connect();
}

void SpeechStream::connect() {
  line_ = Line::Opening;
  connected_at_ = now_;
  out_.clear();
  out_.push_back({SocketOut::What::Connect, {}});
  forget_clear();
}

void SpeechStream::on_open() {
  line_ = Line::Open;
  connected_at_ = progress_at_ = now_;  // If connect() was before the first tick(), it did not know the time.
  if (clearing_) clear_until_ = now_ + kClearWait;
}

void SpeechStream::forget_clear() {
  clearing_ = false;
  clear_until_.reset();
  lost_flushes_ = 0;
}

void SpeechStream::on_closed(const RequestFailure& failure) { lose(failure, line_ == Line::Open && failure.retry_in.has_value()); }

/// Handles the loss of the socket. An utterance with audio fails, because only the owner knows how much of it the caller heard. Other
/// utterances are requested once more if `again` is true. If it is false, all fail, because each would only open a socket in vain.
void SpeechStream::lose(const RequestFailure& failure, bool again) {
  line_ = Line::None;
  out_.clear();
  out_.push_back({SocketOut::What::Drop, {}});
  forget_clear();
  const auto repeats = [](const Job& job) { return !job.speech.is_over() && job.asked && job.speech.samples() == 0; };
  const bool repeats_any = std::any_of(jobs_.begin(), jobs_.end(), repeats);
  again = again && std::none_of(jobs_.begin(), jobs_.end(), [&](const Job& job) { return repeats(job) && job.retried; });
  if (repeats_any) again = again && retries_.try_add(failure.why, kAsksAgain);
  const bool repeats_now = again && repeats_any;
  if (repeats_now) ++counters_.reconnects;
  bool waits = false, told = false;
  for (Job& job : jobs_) {
    if (job.speech.is_over()) continue;
    if (!again || job.speech.samples() > 0) {
      job.speech.fail(failure.why, failure.kind);
      told = true;
    } else if (std::exchange(job.asked, false)) {
      job.retried = true;
      job.speech.restart(rate_hz_);
    } else {
      waits = true;
    }
  }
  if (!repeats_now && (waits || !told)) retries_.add(failure.why, waits ? kConnectsAgain : kConnectsLater);
  pump();
}

/// Sets the times of events before the first tick(), at which the time was not known, to `now`.
void SpeechStream::on_first_tick(base::TimePoint now) {
  connected_at_ = progress_at_ = now;
  for (Asked& each : asked_) each.at = now;
  if (clear_until_) clear_until_ = now + kClearWait;
}

void SpeechStream::close() {
  if (line_ != Line::None) send_text(std::string(kClose));
}

void SpeechStream::tick(base::TimePoint now) {
  if (!std::exchange(knows_time_, true)) on_first_tick(now);
  now_ = now;
  if (clear_until_ && now_ >= *clear_until_) {
    lose({FailureKind::Timeout, whom_ + " did not stop in time", kNetworkRetry}, true);
    if (line_ == Line::None) connect();  // The caller has just interrupted: connect now, so that the next reply does not wait.
  } else if (line_ == Line::Open && !clearing_ && current() != nullptr && now_ - progress_at_ >= kStallWait) {
    lose({FailureKind::Timeout, whom_ + " sends no more audio", std::nullopt}, false);
  }
  pump();
}

// --- requests ----------------------------------------------------------------------------------------------------------------

void SpeechStream::speak(std::uint32_t utterance, std::string_view text) {
  const std::size_t chars = count_utf8(text);
  jobs_.push_back({SpokenUtterance(utterance, text, rate_hz_), chars, false});
  SpokenUtterance& speech = jobs_.back().speech;
  if (chars > SpeakOptions::kMaxChars) {
    speech.fail("the text is too long for one request", FailureKind::Local);
  } else if (jobs_.size() > kMaxJobs) {
    speech.fail("too many texts wait for speech", FailureKind::Local);
  } else if (speech.is_blank()) {
    speech.finish();  // For such a text, the service would send neither audio nor an end.
  }
  pump();
}

/// Requests utterances in order, up to kAhead at once. Audio comes much faster than it is played.
void SpeechStream::pump() {
  if (clearing_) return;
  std::size_t under_way = 0;
  for (Job& job : jobs_) {
    if (job.speech.is_over()) continue;
    if (job.asked) {
      ++under_way;
      continue;
    }
    if (under_way == kAhead) return;
    const base::TimePoint at = room_at(job.chars);
    if (at > now_ + kLongestHold) refuse_rest();
    if (at > now_) return;
    const bool renew = under_way == 0 && now_ - connected_at_ >= kRenewAfter;
    if (line_ == Line::None || renew) connect();
    ask(job);
    ++under_way;
  }
}

/// Returns the time from which the server accepts `chars` more characters and a Flush.
base::TimePoint SpeechStream::room_at(std::size_t chars) {
  while (!asked_.empty() && now_ - asked_.front().at >= kWindow) asked_.pop_front();
  std::size_t flushes = asked_.size();
  for (const Asked& each : asked_) chars += each.chars;
  base::TimePoint at = now_;
  for (const Asked& each : asked_) {
    if (flushes < kMaxFlushes && chars <= kMaxCharsInWindow) break;
    at = each.at + kWindow;
    chars -= each.chars;
    --flushes;
  }
  return at;
}

/// Fails all utterances that were not requested yet, so that another speaker speaks them in order. The kind of failure is Local, so
/// that other calls continue to use the service: each has limits of its own.
void SpeechStream::refuse_rest() {
  for (Job& job : jobs_) {
    if (!job.asked && !job.speech.is_over()) job.speech.fail(whom_ + " accepts no more text from one call within a minute", FailureKind::Local);
  }
}

void SpeechStream::ask(Job& job) {
  if (current() == nullptr) progress_at_ = now_;
  job.asked = true;
  asked_.push_back({now_, job.chars});
  send_text(write_speak(job.speech.text()));
  send_text(std::string(kFlush));
}

void SpeechStream::cancel() {
  const auto is_under_way = [](const Job& job) { return job.asked && !job.speech.is_over(); };
  const auto under_way = static_cast<std::size_t>(std::count_if(jobs_.begin(), jobs_.end(), is_under_way));
  jobs_.clear();
  if (under_way == 0 || line_ == Line::None) return;
  send_text(std::string(kClear));
  clearing_ = true;
  lost_flushes_ += under_way;
  if (line_ == Line::Open) clear_until_ = now_ + kClearWait;
}

void SpeechStream::send_text(std::string bytes) { out_.push_back({SocketOut::What::Text, std::move(bytes)}); }

// --- messages of the server --------------------------------------------------------------------------------------------------

/// Returns the utterance whose audio comes next; null if there is none.
SpeechStream::Job* SpeechStream::current() {
  for (Job& job : jobs_) {
    if (job.asked && !job.speech.is_over()) return &job;
  }
  return nullptr;
}

void SpeechStream::on_audio(std::string_view bytes) {
  Job* const job = clearing_ ? nullptr : current();
  if (job == nullptr) {
    counters_.stray_octets += bytes.size();
    return;
  }
  if (!bytes.empty()) progress_at_ = now_;
  if (const auto trouble = job->speech.feed(bytes)) return lose({trouble->kind, whom_ + ": " + trouble->why, std::nullopt}, false);
  if (job->speech.samples() <= kMaxSeconds * rate_hz_) return;
  lose({FailureKind::Protocol, whom_ + " does not stop sending audio", std::nullopt}, false);
}

void SpeechStream::on_text(std::string_view frame) {
  const auto root = json::parse(reader_->parser, frame);
  if (!root || !root->is_object()) {
    ++counters_.garbage;
    return;
  }
  const std::string_view type = json::text(*root, "type");
  if (type == "Flushed") return on_flushed();
  if (type == "Cleared") return on_cleared();
  if (type == "Warning") ++counters_.warnings;
}

/// Handles Flushed, the end of an utterance. A Flushed while the utterance has no audio may belong to a cancelled utterance. (`sequence_id` does not
/// help, because its meaning is not documented.)
void SpeechStream::on_flushed() {
  Job* const job = clearing_ ? nullptr : current();
  const bool is_late = lost_flushes_ > 0 && (job == nullptr || job->speech.samples() == 0);
  if (is_late) --lost_flushes_;
  if (job == nullptr || is_late) return;
  lost_flushes_ = 0;
  progress_at_ = now_;
  job->speech.settle();
  if (job->speech.samples() == 0) job->speech.fail(whom_ + " sent no audio", FailureKind::Empty);
  else job->speech.finish();
  pump();
}

void SpeechStream::on_cleared() {
  if (!std::exchange(clearing_, false)) return;
  clear_until_.reset();
  progress_at_ = now_;
  pump();
}

std::optional<SpeakEvent> SpeechStream::poll_event() {
  if (jobs_.empty()) return std::nullopt;
  auto event = jobs_.front().speech.poll();
  if (jobs_.front().speech.is_spoken()) jobs_.pop_front();
  return event;
}

std::optional<SocketOut> SpeechStream::poll_out() {
  if (out_.empty()) return std::nullopt;
  std::optional<SocketOut> out(std::move(out_.front()));
  out_.pop_front();
  return out;
}

bool SpeechStream::is_consistent() const {
  if (line_ == Line::None && (clearing_ || lost_flushes_ > 0)) return false;
  if (clear_until_ && !clearing_) return false;
  if (asked_.size() > kMaxFlushes) return false;
  const auto is_under_way = [](const Job& job) { return job.asked && !job.speech.is_over(); };
  const auto under_way = static_cast<std::size_t>(std::count_if(jobs_.begin(), jobs_.end(), is_under_way));
  return under_way <= kAhead && (under_way == 0 || (line_ != Line::None && !clearing_));
}

}  // namespace offhook::inline v0::agent::deepgram
