#include <offhook/agent/providers/http_speaker.hpp>

#include <offhook/agent/conversation/voice_session.hpp>
#include <offhook/agent/providers/request_retry.hpp>
#include <offhook/agent/providers/spoken_utterance.hpp>
#include <offhook/agent/support/utf8.hpp>

#include <algorithm>
#include <utility>

namespace offhook::inline v0::agent {

struct HttpSpeaker::Job {
  Job(std::uint32_t number, std::string_view what, std::uint32_t rate_hz) : speech(number, what, rate_hz) {}

  SpokenUtterance speech;
  std::unique_ptr<net::HttpTransfer> transfer;
  net::HttpHead head;
  std::string error_body;
  bool asked = false;
  RequestRetry retry;

  [[nodiscard]] bool good() const { return head.status >= 200 && head.status < 300; }
};

HttpSpeaker::HttpSpeaker(SpeechService service, net::HttpClient& http, Wake wake)
    : service_(std::move(service)), http_(http), wake_(std::move(wake)) {}

HttpSpeaker::~HttpSpeaker() = default;

void HttpSpeaker::open(const SessionContext& context) {
  language_ = context.language;
  retries_.share(context.retries, Stage::Speak);
  http_.warm(service_.url);
}

void HttpSpeaker::tick(base::TimePoint now) {
  for (const auto& job : jobs_) {
    if (job->speech.is_over()) job->transfer.reset();  // Stop the transfer, because its body cannot be played.
    if (job->retry.take_due(now)) ask(*job);
  }
}

void HttpSpeaker::speak(std::uint32_t utterance, std::string_view text) {
  jobs_.push_back(std::make_unique<Job>(utterance, text, service_.rate_hz));
  Job& job = *jobs_.back();
  if (count_utf8(text) > service_.max_chars) {
    job.speech.fail("the text is too long for one request", FailureKind::Local);
  } else if (job.speech.is_blank()) {
    job.speech.finish();  // Services refuse a blank text.
  }
  job.asked = job.speech.is_over();
  pump();
  if (job.speech.is_over() && wake_) wake_();
}

/// Starts requests until kAhead of them are in progress.
void HttpSpeaker::pump() {
  std::size_t running = 0;
  for (const auto& job : jobs_) {
    if (job->speech.is_over()) continue;
    if (++running > kAhead) return;
    if (!std::exchange(job->asked, true)) ask(*job);
  }
}

void HttpSpeaker::ask(Job& job) {
  auto request = service_.ask(job.speech.text(), language_);
  request.max_body = kMaxBody;
  job.head = {};
  job.error_body.clear();
  net::HttpHandler handler;
  Job* const of = &job;  // The job owns the transfer, so it outlives these handlers.
  handler.on_head = [of](const net::HttpHead& head) { of->head = head; };
  handler.on_body = [this, of](std::string_view bytes) { on_body(*of, bytes); };
  handler.on_end = [this, of](std::optional<net::NetError> error) { on_end(*of, std::move(error)); };
  job.transfer = http_.start(std::move(request), std::move(handler));
}

void HttpSpeaker::on_body(Job& job, std::string_view bytes) {
  if (job.speech.is_over()) return;
  if (!job.good()) {
    job.error_body += bytes.substr(0, kMaxErrorBody - std::min(kMaxErrorBody, job.error_body.size()));
    return;
  }
  if (auto trouble = job.speech.feed(bytes)) return fail(job, {trouble->kind, service_.whom + ": " + trouble->why, std::nullopt});
  if (job.speech.has_audio() && wake_) wake_();
}

void HttpSpeaker::on_end(Job& job, std::optional<net::NetError> error) {
  if (job.speech.is_over()) return;
  if (error) return fail(job, failure_of(service_.whom, *error));
  if (!job.good()) return fail(job, failure_of(service_.whom, job.head, job.error_body));
  job.speech.settle();
  if (job.speech.samples() == 0) return fail(job, {FailureKind::Empty, service_.whom + " sent no audio", kServerRetry});
  job.speech.finish();
  pump();
  if (wake_) wake_();
}

void HttpSpeaker::fail(Job& job, RequestFailure failure) {
  if (job.speech.samples() == 0 && job.retry.plan(failure, retries_)) return job.speech.restart(service_.rate_hz);
  job.speech.fail(std::move(failure.why), failure.kind);
  pump();
  if (wake_) wake_();
}

void HttpSpeaker::cancel() { jobs_.clear(); }

std::optional<SpeakEvent> HttpSpeaker::poll() {
  if (jobs_.empty()) return std::nullopt;
  auto event = jobs_.front()->speech.poll();
  if (jobs_.front()->speech.is_spoken()) jobs_.pop_front();
  return event;
}

}  // namespace offhook::inline v0::agent
