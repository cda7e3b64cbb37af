#include <offhook/agent/providers/deepgram/speech_stream.hpp>

#include <offhook/agent/providers/deepgram/speak_options.hpp>
#include <offhook/agent/providers/json_in.hpp>
#include <offhook/agent/providers/json_text.hpp>
#include <offhook/agent/providers/utf8.hpp>

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

void SpeechStream::connect() {
  line_ = Line::Opening;
  connected_at_ = now_;
  out_.clear();
  out_.push_back({SocketOut::What::Connect, {}});
  clears_owed_ = 0;
  clear_until_.reset();
}

void SpeechStream::on_open() {
  line_ = Line::Open;
  progress_at_ = now_;
  if (clears_owed_ > 0) clear_until_ = now_ + kClearWait;
}

void SpeechStream::on_closed(const RequestFailure& failure) { lose(failure, line_ == Line::Open && failure.retry_in.has_value()); }

/// What has begun to be heard fails, for only who knows what was heard can go on with it. The rest is asked for once more, if that
/// may help.
void SpeechStream::lose(const RequestFailure& failure, bool again) {
  line_ = Line::None;
  out_.clear();
  clears_owed_ = 0;
  clear_until_.reset();
  bool left = false;
  for (Job& job : jobs_) {
    if (job.speech.is_over() || !job.asked) continue;
    if (again && !reconnected_ && job.speech.samples() == 0) {
      job.asked = false;
      job.speech.restart(rate_hz_);
      left = true;
    } else {
      job.speech.fail(failure.why, failure.kind);
    }
  }
  if (!left) return;
  reconnected_ = true;
  ++counters_.reconnects;
  pump();
}

void SpeechStream::close() {
  if (line_ != Line::None) send_text(std::string(kClose));
}

void SpeechStream::tick(base::TimePoint now) {
  now_ = now;
  if (clear_until_ && now_ >= *clear_until_) {
    lose({FailureKind::Timeout, whom_ + " did not stop in time", kNetworkRetry}, true);
  } else if (line_ == Line::Open && clears_owed_ == 0 && current() != nullptr && now_ - progress_at_ >= kStallWait) {
    lose({FailureKind::Timeout, whom_ + " sends no more audio", std::nullopt}, false);
  }
  pump();
}

// --- what is asked -----------------------------------------------------------------------------------------------------------

void SpeechStream::speak(std::uint32_t utterance, std::string_view text) {
  const std::size_t chars = count_utf8(text);
  jobs_.push_back({SpokenUtterance(utterance, text, rate_hz_), chars, false});
  SpokenUtterance& speech = jobs_.back().speech;
  if (chars > SpeakOptions::kMaxChars) {
    speech.fail("the text is too long to be spoken at once", FailureKind::Local);
  } else if (jobs_.size() > kMaxJobs) {
    speech.fail("too much is to be spoken at once", FailureKind::Local);
  } else if (speech.is_blank()) {
    speech.finish();  // Nothing would come, and no end of it.
  }
  const bool is_free = clears_owed_ == 0 && current() == nullptr;
  if (is_free && line_ != Line::None && now_ - connected_at_ >= kRenewAfter) line_ = Line::None;
  pump();
}

/// In their order, as fast as the server takes them: audio comes much faster than it is played.
void SpeechStream::pump() {
  for (Job& job : jobs_) {
    if (job.speech.is_over() || job.asked) continue;
    if (!may_ask(job.chars)) return;
    if (line_ == Line::None) connect();
    ask(job);
  }
}

bool SpeechStream::may_ask(std::size_t chars) {
  while (!asked_.empty() && now_ - asked_.front().at >= kWindow) asked_.pop_front();
  std::size_t sum = chars;
  for (const Asked& each : asked_) sum += each.chars;
  return asked_.size() < kMaxFlushes && sum <= kMaxCharsInWindow;
}

void SpeechStream::ask(Job& job) {
  if (current() == nullptr) progress_at_ = now_;
  job.asked = true;
  asked_.push_back({now_, job.chars});
  send_text(write_speak(job.speech.text()));
  send_text(std::string(kFlush));
}

void SpeechStream::cancel() {
  const bool under_way = current() != nullptr;
  jobs_.clear();
  if (!under_way || line_ == Line::None) return;
  send_text(std::string(kClear));
  ++clears_owed_;
  if (line_ == Line::Open && !clear_until_) clear_until_ = now_ + kClearWait;
}

void SpeechStream::send_text(std::string bytes) { out_.push_back({SocketOut::What::Text, std::move(bytes)}); }

// --- what comes --------------------------------------------------------------------------------------------------------------

/// Whose audio comes next.
SpeechStream::Job* SpeechStream::current() {
  for (Job& job : jobs_) {
    if (job.asked && !job.speech.is_over()) return &job;
  }
  return nullptr;
}

void SpeechStream::on_audio(std::string_view bytes) {
  Job* const job = clears_owed_ > 0 ? nullptr : current();
  if (job == nullptr) {
    counters_.stray_octets += bytes.size();
    return;
  }
  progress_at_ = now_;
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

void SpeechStream::on_flushed() {
  Job* const job = clears_owed_ > 0 ? nullptr : current();
  if (job == nullptr) return;
  progress_at_ = now_;
  reconnected_ = false;
  job->speech.settle();
  if (job->speech.samples() == 0) return job->speech.fail(whom_ + " sent no audio", FailureKind::Empty);
  job->speech.finish();
}

void SpeechStream::on_cleared() {
  if (clears_owed_ == 0) return;
  progress_at_ = now_;
  if (--clears_owed_ == 0) clear_until_.reset();
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
  if (line_ == Line::None && (clears_owed_ > 0 || clear_until_)) return false;
  if (clear_until_ && clears_owed_ == 0) return false;
  if (asked_.size() > kMaxFlushes) return false;
  const auto has_line = [this](const Job& job) { return !job.asked || job.speech.is_over() || line_ != Line::None; };
  return std::all_of(jobs_.begin(), jobs_.end(), has_line);
}

}  // namespace offhook::inline v0::agent::deepgram
