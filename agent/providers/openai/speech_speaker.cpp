#include <offhook/agent/providers/openai/speech_speaker.hpp>

#include <offhook/agent/providers/json_text.hpp>
#include <offhook/agent/providers/speech_decoder.hpp>
#include <offhook/agent/providers/utf8.hpp>
#include <offhook/agent/providers/voiced_words.hpp>

#include <algorithm>
#include <utility>
#include <vector>

namespace offhook::inline v0::agent::openai {

/// One utterance. Its audio waits here until it is its turn.
struct SpeechSpeaker::Job {
  Job(std::uint32_t number, std::string_view what, std::uint32_t rate_hz) : utterance(number), text(what), decoder(rate_hz) {}

  std::uint32_t utterance;
  std::string text;
  std::unique_ptr<net::HttpTransfer> transfer;
  net::HttpHead head;
  std::string error_body;
  SpeechDecoder decoder;
  std::vector<std::int16_t> pcm;             // not polled yet
  std::optional<VoicedWords> words;  // from the first sample on: the service does not say where they lie
  bool asked = false, over = false, retried = false;
  std::optional<SpeakFailed> failure;
  std::optional<base::Duration> retry_in;    // until tick() says when that is
  std::optional<base::TimePoint> retry_at;
};

std::string write_speech_request(const SpeechOptions& options, std::string_view text) {
  JsonText out;
  out.open("", '{').text("model", options.model).text("input", text).text("voice", options.voice).text("response_format", "pcm");
  if (!options.instructions.empty()) out.text("instructions", options.instructions);
  if (options.speed) out.real("speed", *options.speed);
  return out.close('}').take();
}

SpeechSpeaker::SpeechSpeaker(SpeechOptions options, net::HttpClient& http, Wake wake)
    : options_(std::move(options)), http_(http), wake_(std::move(wake)), whom_("the voice " + options_.model) {}

SpeechSpeaker::~SpeechSpeaker() = default;

void SpeechSpeaker::open(const SessionContext&) { http_.warm(url_of(options_.server, "/audio/speech")); }

void SpeechSpeaker::tick(base::TimePoint now) {
  for (const auto& job : jobs_) {
    if (job->retry_in) job->retry_at = now + *std::exchange(job->retry_in, std::nullopt);
    if (!job->retry_at || now < *job->retry_at) continue;
    job->retry_at.reset();
    ask(*job);
  }
}

void SpeechSpeaker::speak(std::uint32_t utterance, std::string_view text) {
  jobs_.push_back(std::make_unique<Job>(utterance, text, options_.rate_hz));
  Job& job = *jobs_.back();
  if (count_utf8(text) > kMaxChars) {
    job.failure = SpeakFailed{utterance, "the text is too long to be spoken at once", FailureKind::Local};
    job.asked = job.over = true;
  } else if (text.find_first_not_of(" \t\r\n") == std::string_view::npos) {
    job.asked = job.over = true;  // The service refuses to say nothing.
  }
  pump();
  if (job.over && wake_) wake_();
}

/// Asks for as many as may be asked for at once.
void SpeechSpeaker::pump() {
  std::size_t running = 0;
  for (const auto& job : jobs_) {
    if (job->over) continue;
    if (++running > kAhead) return;
    if (!std::exchange(job->asked, true)) ask(*job);
  }
}

void SpeechSpeaker::ask(Job& job) {
  auto request = request_to(options_.server, "/audio/speech");
  request.headers.emplace_back("content-type", "application/json");
  request.body = write_speech_request(options_, job.text);
  request.max_body = kMaxBody;
  job.head = {};
  job.error_body.clear();
  net::HttpHandler handler;
  Job* const of = &job;  // It owns the transfer, and so outlives what calls these.
  handler.on_head = [of](const net::HttpHead& head) { of->head = head; };
  handler.on_body = [this, of](std::string_view bytes) { on_body(*of, bytes); };
  handler.on_end = [this, of](std::optional<net::NetError> error) { on_end(*of, std::move(error)); };
  job.transfer = http_.start(std::move(request), std::move(handler));
}

void SpeechSpeaker::on_body(Job& job, std::string_view bytes) {
  if (job.over) return;
  if (job.head.status < 200 || job.head.status >= 300) {
    job.error_body += bytes.substr(0, kMaxErrorBody - std::min(kMaxErrorBody, job.error_body.size()));
    return;
  }
  if (auto trouble = job.decoder.feed(bytes, job.pcm))
    return fail(job, {trouble->kind, whom_ + ": " + trouble->why, std::nullopt});
  if (!job.pcm.empty() && wake_) wake_();
}

void SpeechSpeaker::on_end(Job& job, std::optional<net::NetError> error) {
  if (job.over) return;
  if (error) return fail(job, failure_of(whom_, *error));
  if (job.head.status < 200 || job.head.status >= 300) return fail(job, failure_of(whom_, job.head, job.error_body));
  job.decoder.finish(job.pcm);
  if (job.decoder.samples() == 0) return fail(job, {FailureKind::Empty, whom_ + " sent no audio", kServerRetry});
  job.over = true;
  pump();
  if (wake_) wake_();
}

void SpeechSpeaker::fail(Job& job, RequestFailure failure) {
  if (failure.retry_in && !job.retried && job.decoder.samples() == 0) {
    job.retried = true;
    job.retry_in = failure.retry_in;
    job.decoder = SpeechDecoder(options_.rate_hz);
    return;
  }
  job.over = true;
  job.failure = SpeakFailed{job.utterance, std::move(failure.why), failure.kind};
  pump();
  if (wake_) wake_();
}

void SpeechSpeaker::cancel() { jobs_.clear(); }

/// What came since the last time. The words that it ends before are told with it, or nobody knew what an interrupted caller heard.
std::optional<SpeechAudio> SpeechSpeaker::take_audio(Job& job) {
  if (!job.pcm.empty() && !job.words) {
    job.words.emplace(job.decoder.rate_hz());
    job.words->add_text(job.text + ' ');  // All of it is known: the last word is whole, too.
  }
  if (!job.words) return std::nullopt;
  job.words->add_samples(job.pcm.size());
  if (job.over) job.words->finish(!job.failure);
  SpeechAudio audio{job.utterance, std::exchange(job.pcm, {}), job.words->take(), job.decoder.rate_hz()};
  if (audio.pcm.empty() && audio.words.empty()) return std::nullopt;
  return audio;
}

std::optional<SpeakEvent> SpeechSpeaker::poll() {
  if (jobs_.empty()) return std::nullopt;
  Job& job = *jobs_.front();
  if (auto audio = take_audio(job)) return std::move(*audio);
  if (!job.over) return std::nullopt;
  SpeakEvent last = SpeechDone{job.utterance};
  if (job.failure) last = std::move(*job.failure);
  jobs_.pop_front();
  return last;
}

}  // namespace offhook::inline v0::agent::openai
