#include <offhook/agent/providers/azure/synthesis.hpp>

#include <offhook/agent/providers/azure/recognition_messages.hpp>
#include <offhook/agent/support/json_text.hpp>
#include <offhook/agent/support/json_in.hpp>
#include <offhook/agent/providers/spoken_utterance.hpp>
#include <offhook/base/text.hpp>

#include <algorithm>
#include <utility>

namespace offhook::inline v0::agent::azure {

namespace {

std::string write_synthesis_context(std::uint32_t rate_hz) {
  JsonText out;
  out.open("", '{').open("synthesis", '{').open("audio", '{').open("metadataOptions", '{');
  // Offhook estimates the positions of words itself, as for each other voice.
  out.flag("bookmarkEnabled", false).text("punctuationBoundaryEnabled", "false").text("sentenceBoundaryEnabled", "false");
  out.flag("sessionEndEnabled", true).flag("visemeEnabled", false).text("wordBoundaryEnabled", "false").close('}');
  out.text("outputFormat", output_format(rate_hz)).close('}');
  return out.open("language", '{').flag("autoDetection", false).close('}').close('}').close('}').take();
}

}  // namespace

std::string_view output_format(std::uint32_t rate_hz) {
  if (rate_hz == 16000) return "raw-16khz-16bit-mono-pcm";
  if (rate_hz == 24000) return "raw-24khz-16bit-mono-pcm";
  return "raw-8khz-16bit-mono-pcm";
}

struct Synthesis::Job {
  Job(std::uint32_t utterance, std::string_view text, const SynthesisShape& how) : sound(utterance, text, how.rate_hz), shape(how.ssml) {}
  SpokenUtterance sound;
  SsmlShape shape;  // the shape at the time of speak(): it may change while the job waits
  bool retried = false;
};

Synthesis::Synthesis(SynthesisShape shape, base::Random& random) : shape_(std::move(shape)), random_(random) {}
Synthesis::~Synthesis() = default;

Synthesis::Job* Synthesis::running() const {
  const auto it = std::find_if(jobs_.begin(), jobs_.end(), [](const auto& job) { return !job->sound.is_over(); });
  return it == jobs_.end() ? nullptr : it->get();
}

// --- the socket --------------------------------------------------------------------------------------------------------------

bool Synthesis::wants_socket() const {
  return link_ == Link::None && (running() != nullptr || spare_.is_wanted()) && (!reopen_at_ || now_ >= *reopen_at_);
}

void Synthesis::on_connecting() {
  give_up_socket();
  link_ = Link::Opening;
  reopen_at_.reset();
  spare_.on_connecting();
  messages_.push_back({false, "speech.config", make_usp_id(random_), std::string(kJsonType), write_speech_config(shape_.rate_hz)});
}

void Synthesis::on_open() {
  link_ = Link::Open;
  pump();
}

void Synthesis::on_closed(const RequestFailure& failure) {
  const bool asked = link_ == Link::Opening || (request_ && request_->wanted);
  give_up_socket();
  if (failure.retry_in) reopen_at_ = now_ + *failure.retry_in;
  Job* const job = running();
  if (job == nullptr && failure.retry_in) spare_.request();
  if (job == nullptr || !asked) return retries_.add(failure.why, kConnectsLater);  // The jobs that wait are requested on the next socket.
  if (job->sound.samples() > 0 && failure.retry_in) return job->sound.fail(failure.why, failure.kind);
  if (!failure.retry_in || job->retried || !retries_.try_add(failure.why, kAsksAgain)) return fail_all(failure);
  job->retried = true;
  job->sound.restart(shape_.rate_hz);
  ++counters_.reconnects;
}

void Synthesis::give_up_socket() {
  link_ = Link::None;
  request_.reset();
  settle_by_.reset();
  messages_.clear();
}

/// Fails all jobs that wait, so that each of them does not open a socket again.
void Synthesis::fail_all(const RequestFailure& failure) {
  for (const auto& each : jobs_) {
    if (!each->sound.is_over()) each->sound.fail(failure.why, failure.kind);
  }
}

// --- requests ----------------------------------------------------------------------------------------------------------------

void Synthesis::speak(std::uint32_t utterance, std::string_view text) {
  jobs_.push_back(std::make_unique<Job>(utterance, text, shape_));
  SpokenUtterance& sound = jobs_.back()->sound;
  if (sound.is_blank()) sound.finish();
  else if (write_ssml(shape_.ssml, text).size() > kMaxSsml) sound.fail("the text is too long for one request", FailureKind::Local);
  pump();
}

/// Sends the next request if no request is in progress. A cancelled request is in progress until the service ends it.
void Synthesis::pump() {
  const Job* const job = running();
  if (link_ != Link::Open || request_ || job == nullptr) return;
  request_ = Request{make_usp_id(random_), {}};
  progress_at_ = now_;
  send("synthesis.context", std::string(kJsonType), write_synthesis_context(shape_.rate_hz));
  send("ssml", "application/ssml+xml", write_ssml(job->shape, job->sound.text()));
}

void Synthesis::cancel() {
  jobs_.clear();
  if (!request_ || !request_->wanted) return;
  send("synthesis.control", std::string(kJsonType), R"({"action":"stop"})");
  request_->wanted = false;
  settle_by_ = now_ + kSettleWithin;
}

void Synthesis::on_time(base::TimePoint now) {
  now_ = now;
  if (settle_by_ && now >= *settle_by_) {
    give_up_socket();
    spare_.request();  // The caller has just interrupted: open a socket now, so that the next reply does not wait for it.
  }
  if (!request_ || !request_->wanted || now - progress_at_ < kStallWait) return;
  fail_all({FailureKind::Timeout, std::string(kAzureVoice) + " sends no more audio"});
  give_up_socket();
}

void Synthesis::send(std::string path, std::string content_type, std::string body) {
  messages_.push_back({false, std::move(path), request_->id, std::move(content_type), std::move(body)});
}

// --- messages from the service -----------------------------------------------------------------------------------------------

void Synthesis::on_message(const UspMessage& message) {
  const bool known = request_ && base::iequals(message.request_id, request_->id);
  if (known && message.is("turn.end")) return on_turn_end();
  if (!known || !request_->wanted) {
    ++counters_.late;
    return;
  }
  if (message.is("response")) return on_response(message.body);
  if (message.is("audio")) return on_audio(message);
  // Ignores turn.start, audio.metadata and unknown messages.
}

void Synthesis::on_response(std::string_view body) {
  json::Parser parser;
  const auto root = json::parse(parser, body);
  const auto audio = root ? json::member(*root, "audio") : std::nullopt;
  if (!audio) return on_garbage();
  if (request_->stream_id.empty()) progress_at_ = now_;
  request_->stream_id = json::text(*audio, "streamId");
}

void Synthesis::on_audio(const UspMessage& message) {
  if (!request_->stream_id.empty() && !base::iequals(message.stream_id, request_->stream_id)) {
    ++counters_.late;
    return;
  }
  if (!message.body.empty()) progress_at_ = now_;
  SpokenUtterance& sound = running()->sound;  // running() is the job of request_, because the request is not cancelled.
  const auto trouble = sound.feed(message.body);
  const bool too_much = sound.samples() > kMaxSeconds * shape_.rate_hz;
  if (!trouble && !too_much) return;
  sound.fail(std::string(kAzureVoice) + ": " + (trouble ? trouble->why : "the audio does not end"), trouble ? trouble->kind : FailureKind::Protocol);
  give_up_socket();
}

void Synthesis::on_turn_end() {
  const Request over = *std::exchange(request_, std::nullopt);
  settle_by_.reset();
  if (over.wanted) {
    SpokenUtterance& sound = running()->sound;
    sound.finish();
    if (sound.samples() == 0) sound.fail(std::string(kAzureVoice) + " sent no audio", FailureKind::Empty);
    else spare_.on_success();
  }
  pump();
}

std::optional<UspOutgoing> Synthesis::poll_message() {
  if (messages_.empty()) return std::nullopt;
  std::optional<UspOutgoing> message(std::move(messages_.front()));
  messages_.pop_front();
  return message;
}

std::optional<SpeakEvent> Synthesis::poll_event() {
  if (jobs_.empty()) return std::nullopt;
  SpokenUtterance& sound = jobs_.front()->sound;
  auto event = sound.poll();
  if (sound.is_spoken()) jobs_.pop_front();
  return event;
}

}  // namespace offhook::inline v0::agent::azure
