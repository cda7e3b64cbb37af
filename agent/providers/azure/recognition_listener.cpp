#include <offhook/agent/providers/azure/recognition_listener.hpp>

#include <offhook/agent/providers/azure/usp_socket.hpp>
#include <offhook/agent/support/url_text.hpp>

#include <memory>
#include <utility>

namespace offhook::inline v0::agent::azure {

namespace {

constexpr std::string_view kRecognitionPath = "/stt/speech/universal/v2?format=detailed&language=";
constexpr std::string_view kDetecting = "&lidEnabled=true";

RecognitionShape shape_of(const RecognitionOptions& options, const std::string& of_call) {
  const std::string& language = options.language.empty() ? of_call : options.language;
  auto candidates = language.empty() ? candidate_locales(options.followed.candidates) : std::vector<std::string>();
  const std::string locale = locale_of(candidates.empty() ? language : candidates.front());
  return {options.rate_hz, locale, options.phrases, std::move(candidates)};
}

std::unique_ptr<RecognitionProtocol> protocol_of(const RecognitionOptions& options) {
  RecognitionShape shape = shape_of(options, {});
  shape.takes_call_language = options.language.empty();
  return std::make_unique<RecognitionProtocol>(std::move(shape), options.final_within, std::make_unique<base::SystemRandom>(), usp_now);
}

}  // namespace

RecognitionListener::RecognitionListener(RecognitionOptions options, net::WebSocketClient& sockets, Wake wake)
    : SocketListener(protocol_of(options), options.report_use, sockets, std::move(wake)), options_(std::move(options)) {}

net::WebSocketRequest RecognitionListener::request(const std::string& language) {
  const RecognitionShape asked = shape_of(options_, language);
  std::string path = std::string(kRecognitionPath) + percent_encoded(asked.language);
  if (asked.detects_language()) path += kDetecting;
  return socket_to(options_.server, Service::Recognition, path, make_usp_id(random_));
}

void RecognitionListener::follow(const std::string& language) {
  if (options_.followed.heard) *options_.followed.heard = language;
}

}  // namespace offhook::inline v0::agent::azure
