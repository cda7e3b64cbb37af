#include <offhook/agent/providers/azure/short_audio.hpp>

#include <offhook/agent/providers/azure/languages.hpp>
#include <offhook/agent/providers/azure/recognition_messages.hpp>
#include <offhook/agent/support/url_text.hpp>

#include <memory>
#include <utility>

namespace offhook::inline v0::agent::azure {

namespace {

constexpr std::string_view kShortAudioPath = "/speech/recognition/conversation/cognitiveservices/v1";

HeardEvent read(std::string_view body) {
  using Status = Recognised::Status;
  auto heard = RecognitionReader().read(body);
  if (!heard || !heard->status) return HearingFailed{FailureKind::Protocol, "the answer has no recognition result"};
  if (*heard->status == Status::Success || *heard->status == Status::Nothing)
    return HeardText{std::move(heard->text), true, heard->confidence};
  return HearingFailed{kind_of(*heard->status), "the speech was not recognised: " + std::string(to_string(*heard->status))};
}

}  // namespace

TurnService turn_service(const ShortAudioOptions& options) {
  TurnService service;
  service.whom = "the recogniser of Azure";
  service.url = url_of(options.server, Service::Recognition, kShortAudioPath);
  service.ask = [options](std::string wav, const std::string& language) {
    const std::string locale = heard_locale(options.language, language, options.followed);
    auto request = request_to(options.server, Service::Recognition, std::string(kShortAudioPath) + "?format=detailed&language=" + percent_encoded(locale));
    request.headers.emplace_back("content-type", "audio/wav; codecs=audio/pcm; samplerate=" + std::to_string(TurnListener::kRateHz));
    request.headers.emplace_back("accept", "application/json");
    request.body = std::move(wav);
    return request;
  };
  service.max_samples = std::size_t{60} * TurnListener::kRateHz;  // The service accepts at most a minute.
  service.answer = [] { return std::make_unique<ShortAudioAnswer>(); };
  return service;
}

void ShortAudioAnswer::on_bytes(std::string_view bytes, std::vector<HeardEvent>& out) {
  if (over_) return;
  if (body_.size() + bytes.size() <= kMaxBody) {
    body_ += bytes;
    return;
  }
  over_ = true;
  out.push_back(HearingFailed{FailureKind::Protocol, "the answer is larger than 256 KiB"});
}

void ShortAudioAnswer::on_end(std::vector<HeardEvent>& out) {
  if (std::exchange(over_, true)) return;
  if (body_.empty()) return out.push_back(HearingFailed{FailureKind::Empty, "the answer is empty"});
  out.push_back(read(body_));
}

}  // namespace offhook::inline v0::agent::azure
