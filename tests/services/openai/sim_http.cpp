#include <offhook/tests/services/openai/sim_http.hpp>

#include <utility>

namespace offhook::services::openai {

using Json = nlohmann::json;

namespace {

bool is_of_azure(const WebRequest& request) { return request.target.starts_with("/openai/"); }

/// Returns true if the path has a date. The interfaces of Azure need one, except the current interface, whose paths start with /openai/v1/.
bool has_date(const WebRequest& request) { return request.target.starts_with("/openai/v1/") || request.target.find("api-version=20") != std::string::npos; }

}  // namespace

/// Returns true if the key is right. Only Azure has the header field `api-key`.
bool SimHttp::key_is_right(const WebRequest& request) const {
  const std::string& key = world_.scenario.key;
  if (is_of_azure(request) && !request.header("api-key").empty()) return key.empty() || request.header("api-key") == key;
  return key.empty() || request.header("authorization") == "Bearer " + key;
}

HttpPlan::Step SimHttp::refuse_key() const {
  return error_answer(401, "invalid_request_error", "invalid_api_key", "Incorrect API key provided. You can find your API key in your account's settings.");
}

HttpPlan::Step SimHttp::refuse(const Fault& fault) const {
  auto answer = error_answer(fault.status, fault.status == 429 ? "requests" : "server_error", fault.code, fault.message);
  if (fault.retry_after >= 0) answer.headers.emplace_back("retry-after", std::to_string(fault.retry_after));
  return answer;
}

const Fault& SimHttp::fault_of(const Ask& ask, const Reply* reply) const {
  const Fault& fault = ask.endpoint.fault(ask.number);
  return fault.kind == Fault::Kind::None && reply != nullptr ? reply->fault : fault;
}

base::Duration SimHttp::delay_of(const Ask& ask, const Reply* reply) const {
  if (reply != nullptr && reply->response) return *reply->response;
  return ask.endpoint.response.value_or(world_.scenario.response);
}

void SimHttp::note(const Ask& ask, const Fault& fault, base::Duration begins, Json members) const {
  constexpr std::array<std::string_view, 4> kNames{"chat", "responses", "transcription", "speech"};
  members["endpoint"] = kNames[static_cast<std::size_t>(ask.path)];
  members["request"] = ask.number;
  members["due_us"] = microseconds(ask.now + begins);
  if (fault.kind != Fault::Kind::None) {
    members["fault"] = to_string(fault.kind);
    world_.note_fault(ask.now, kNames[static_cast<std::size_t>(ask.path)], to_string(fault.kind));
  }
  world_.note(ask.now, "answer", std::move(members));
}

HttpPlan SimHttp::serve(const WebRequest& request, base::TimePoint now) {
  const Scenario& scenario = world_.scenario;
  const std::string_view path = std::string_view(request.target).substr(0, request.target.find('?'));
  world_.note(now, "request", {{"method", request.method}, {"path", path}, {"octets", request.body.size()}});
  if (!key_is_right(request)) {
    world_.note(now, "refused", {{"why", "the key is wrong"}});
    return {{refuse_key()}};
  }
  if (is_of_azure(request) && !has_date(request)) return {{error_answer(404, "", "404", "Resource not found")}};
  if (request.method == "GET" && path.ends_with("/models")) {
    return {{json_answer({{"object", "list"}, {"data", Json::array({Json{{"id", "gpt-realtime"}, {"object", "model"}, {"created", 1}, {"owned_by", "openai"}}})}})}};
  }
  // Only the ends of paths are compared, so that Azure's paths and other base URLs match too.
  struct Route {
    std::string_view end;
    Path path;
    const Endpoint& endpoint;
    HttpPlan (SimHttp::*serve)(const Ask&);
  };
  const std::array<Route, 4> routes{{{"/chat/completions", Path::Chat, scenario.chat, &SimHttp::chat},
                                     {"/responses", Path::Responses, scenario.responses, &SimHttp::responses},
                                     {"/audio/transcriptions", Path::Transcription, scenario.transcription, &SimHttp::transcription},
                                     {"/audio/speech", Path::Speech, scenario.speech, &SimHttp::speech}}};
  for (const Route& route : routes) {
    if (request.method != "POST" || !path.ends_with(route.end)) continue;
    const Ask ask{route.path, request, route.endpoint, asked_[static_cast<std::size_t>(route.path)]++, now};
    const Fault& fault = route.endpoint.fault(ask.number);
    if (fault.kind == Fault::Kind::Status) {
      note(ask, fault, {}, Json::object());
      return {{refuse(fault)}};
    }
    try {
      return (this->*route.serve)(ask);
    } catch (const Json::exception& error) {
      return {{error_answer(400, "invalid_request_error", "", std::string("We could not parse the JSON body of your request: ") + error.what())}};
    }
  }
  return {{error_answer(404, "invalid_request_error", "", "Invalid URL (" + request.method + " " + std::string(path) + ")")}};
}

}  // namespace offhook::services::openai
