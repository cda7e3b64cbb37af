#include <offhook/agent/providers/turn_listener.hpp>

#include <offhook/agent/conversation/voice_session.hpp>
#include <offhook/media/files/wav.hpp>

#include <algorithm>
#include <utility>
#include <variant>

namespace offhook::inline v0::agent {

struct TurnListener::Exchange {
  std::unique_ptr<net::HttpTransfer> transfer;
  net::HttpHead head;
  std::string error_body;
  std::unique_ptr<TurnAnswer> answer;
  bool over = false;

  [[nodiscard]] bool good() const { return head.status >= 200 && head.status < 300; }
};

namespace {

std::string wav_of(const std::vector<std::int16_t>& pcm) {
  media::WavFormat format;
  format.rate_hz = TurnListener::kRateHz;
  const auto octets = media::write_wav(format, pcm);
  return {octets.begin(), octets.end()};
}

}  // namespace

TurnListener::TurnListener(TurnService service, net::HttpClient& http, Wake wake)
    : service_(std::move(service)), http_(http), wake_(std::move(wake)) {}

TurnListener::~TurnListener() = default;

void TurnListener::open(const SessionContext& context) {
  language_ = context.language;
  retries_.share(context.retries, Stage::Listen);
  http_.warm(service_.url);
}

void TurnListener::tick(base::TimePoint now) {
  if (retry_.take_due(now)) ask();
}

void TurnListener::begin(std::uint32_t turn, std::string_view) {
  abandon();
  turn_ = turn;
  hearing_ = true;
  http_.warm(service_.url);  // The connection may have closed since the last turn.
}

void TurnListener::feed(std::span<const std::int16_t> pcm) {
  if (!hearing_) return;
  const std::size_t room = service_.max_samples - std::min(service_.max_samples, pcm_.size());
  unheard_ += pcm.size() - std::min(room, pcm.size());
  pcm = pcm.first(std::min(room, pcm.size()));
  pcm_.insert(pcm_.end(), pcm.begin(), pcm.end());
}

void TurnListener::end() {
  if (!std::exchange(hearing_, false)) return;
  retry_.reset();
  if (pcm_.size() >= kMinSamples) return ask();
  pcm_.clear();
  push(Transcript{turn_, true, "", 0, true});
}

void TurnListener::ask() {
  exchange_ = std::make_unique<Exchange>();
  exchange_->answer = service_.answer();
  Exchange* const exchange = exchange_.get();  // The exchange owns the transfer, so it outlives these handlers.
  net::HttpHandler handler;
  handler.on_head = [exchange](const net::HttpHead& head) { exchange->head = head; };
  handler.on_body = [this, exchange](std::string_view bytes) {
    if (exchange->over) return;
    if (!exchange->good()) {
      exchange->error_body += bytes.substr(0, kMaxErrorBody - std::min(kMaxErrorBody, exchange->error_body.size()));
      return;
    }
    std::vector<HeardEvent> events;
    exchange->answer->on_bytes(bytes, events);
    take(events);
  };
  handler.on_end = [this](std::optional<net::NetError> error) { on_end(std::move(error)); };
  exchange->transfer = http_.start(service_.ask(wav_of(pcm_), language_), std::move(handler));
}

void TurnListener::on_end(std::optional<net::NetError> error) {
  if (std::exchange(exchange_->over, true)) return;
  if (error) return fail(failure_of(service_.whom, *error));
  if (!exchange_->good()) return fail(failure_of(service_.whom, exchange_->head, exchange_->error_body));
  std::vector<HeardEvent> events;
  exchange_->answer->on_end(events);
  take(events);
}

void TurnListener::take(const std::vector<HeardEvent>& events) {
  const Exchange* const from = exchange_.get();
  for (const HeardEvent& event : events) {
    if (exchange_.get() != from) return;  // The wake-up for the last event may have ended this exchange.
    if (const auto* failed = std::get_if<HearingFailed>(&event)) {
      exchange_->over = true;
      const bool may_help = failed->kind == FailureKind::Overloaded || failed->kind == FailureKind::Empty;
      return fail({failed->kind, service_.whom + ": " + failed->why, may_help ? std::optional(kServerRetry) : std::nullopt});
    }
    const auto& heard = std::get<HeardText>(event);
    if (heard.final) {
      exchange_->over = true;
      report_use();
      pcm_.clear();
    }
    push(Transcript{turn_, heard.final, heard.text, heard.text.empty() ? 0.0 : heard.confidence, heard.text.empty()});
    if (heard.final) return;
  }
}

/// Reports the use of the service: the use that the service itself has reported, or else the length of the turn.
void TurnListener::report_use() const {
  if (!service_.report_use) return;
  ServiceUse by_length;
  by_length.audio = base::duration_of(pcm_.size(), kRateHz);
  service_.report_use(exchange_->answer->use().value_or(by_length));
}

void TurnListener::fail(RequestFailure failure) {
  if (retry_.plan(failure, retries_)) return;
  pcm_.clear();
  push(ListenFailed{turn_, std::move(failure.why), failure.kind});
}

void TurnListener::abandon() {
  exchange_.reset();
  hearing_ = false;
  pcm_.clear();
  retry_.reset();
  events_.clear();
}

void TurnListener::push(ListenEvent event) {
  events_.push_back(std::move(event));
  if (wake_) wake_();
}

std::optional<ListenEvent> TurnListener::poll() {
  if (events_.empty()) return std::nullopt;
  std::optional<ListenEvent> event(std::move(events_.front()));
  events_.pop_front();
  return event;
}

}  // namespace offhook::inline v0::agent
