#include <offhook/agent/providers/azure/recognition_listener.hpp>

#include <offhook/agent/conversation/voice_session.hpp>
#include <offhook/agent/support/url_text.hpp>

#include <utility>
#include <variant>

namespace offhook::inline v0::agent::azure {

namespace {
constexpr std::string_view kRecognitionPath = "/stt/speech/universal/v2?format=detailed&language=";
constexpr std::string_view kDetecting = "&lidEnabled=true";
constexpr std::string_view kRecogniser = "the recogniser of Azure";
}  // namespace

RecognitionListener::RecognitionListener(RecognitionOptions options, net::WebSocketClient& sockets, Wake wake)
    : options_(std::move(options)),
      wake_(std::move(wake)),
      core_(std::in_place, shape(), options_.final_within, random_),
      socket_({kRecogniser, [this] { return make_request(); }, wake_}, *core_, sockets) {}

RecognitionShape RecognitionListener::shape() const {
  auto candidates = options_.language.empty() ? candidate_locales(options_.followed.candidates) : std::vector<std::string>();
  return {options_.rate_hz, locale_of(candidates.empty() ? options_.language : candidates.front()), options_.phrases, std::move(candidates)};
}

net::WebSocketRequest RecognitionListener::make_request() {
  const RecognitionShape asked = shape();
  std::string path = std::string(kRecognitionPath) + percent_encoded(asked.language);
  if (asked.detects_language()) path += kDetecting;
  return socket_to(options_.server, Service::Recognition, path, make_usp_id(random_));
}

void RecognitionListener::open(const SessionContext& context) {
  if (options_.language.empty() && !context.language.empty()) {
    options_.language = context.language;
    core_.emplace(shape(), options_.final_within, random_);
  }
  socket_.connect();
}

void RecognitionListener::tick(base::TimePoint now) {
  core_->on_time(now);
  socket_.carry_out();
}

void RecognitionListener::begin(std::uint32_t turn, std::string_view) {
  core_->begin(turn);
  socket_.carry_out();
}

void RecognitionListener::feed(std::span<const std::int16_t> pcm) {
  core_->feed(pcm);
  untold_samples_ += pcm.size();
  socket_.carry_out();
}

void RecognitionListener::end() {
  core_->end();
  socket_.carry_out();
  if (wake_) wake_();
}

std::optional<ListenEvent> RecognitionListener::poll() {
  auto event = core_->poll_event();
  if (event && options_.followed.heard && !core_->heard_language().empty()) *options_.followed.heard = core_->heard_language();
  if (event && std::holds_alternative<ListenFailed>(*event)) untold_samples_ = 0;  // It is not known how much of the audio the service recognised.
  if (const auto* transcript = event ? std::get_if<Transcript>(&*event) : nullptr; transcript != nullptr && transcript->final) tell_use();
  return event;
}

void RecognitionListener::tell_use() {
  const std::uint64_t samples = std::exchange(untold_samples_, 0);
  if (samples == 0 || !options_.tell_use) return;
  ServiceUse use;
  use.audio = base::duration_of(samples, options_.rate_hz);
  options_.tell_use(std::move(use));
}

void RecognitionListener::abandon() {
  core_->abandon();
  socket_.carry_out();
  tell_use();
}

}  // namespace offhook::inline v0::agent::azure
