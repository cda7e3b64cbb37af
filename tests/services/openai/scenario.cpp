#include <offhook/tests/services/openai/scenario.hpp>

#include <offhook/tests/services/openai/scenario_json.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <stdexcept>
#include <utility>

namespace offhook::services::openai {

namespace {

using nlohmann::json;

constexpr std::array<std::pair<std::string_view, Fault::Kind>, 18> kKinds{{
    {"none", Fault::Kind::None},
    {"status", Fault::Kind::Status},
    {"latency", Fault::Kind::Latency},
    {"error", Fault::Kind::Error},
    {"failed", Fault::Kind::Failed},
    {"incomplete", Fault::Kind::Incomplete},
    {"stall", Fault::Kind::Stall},
    {"freeze", Fault::Kind::Freeze},
    {"garbage", Fault::Kind::Garbage},
    {"broken_json", Fault::Kind::BrokenJson},
    {"broken_base64", Fault::Kind::BrokenBase64},
    {"drop", Fault::Kind::Drop},
    {"close", Fault::Kind::Close},
    {"empty", Fault::Kind::Empty},
    {"unknown_events", Fault::Kind::UnknownEvents},
    {"no_done", Fault::Kind::NoDone},
    {"split", Fault::Kind::Split},
    {"no_tool_id", Fault::Kind::NoToolId},
}};

Fault read_fault(const json& object) {
  if (object.is_null()) return {};
  only(object, "a fault", {"kind", "status", "code", "message", "retry_after", "delay_ms", "after_bytes", "bytes"});
  Fault fault;
  const auto name = object.at("kind").get<std::string>();
  const auto* const found = std::find_if(kKinds.begin(), kKinds.end(), [&](const auto& entry) { return entry.first == name; });
  if (found == kKinds.end()) throw std::invalid_argument("there is no fault of the kind \"" + name + "\"");
  fault.kind = found->second;
  fault.status = object.value("status", fault.kind == Fault::Kind::Close ? 1011 : 500);
  fault.code = object.value("code", "server_error");
  fault.message = object.value("message", "The server had an error while processing your request.");
  fault.retry_after = object.value("retry_after", -1);
  fault.delay = milliseconds(object.value("delay_ms", 0));
  fault.after_bytes = object.value("after_bytes", std::size_t{0});
  fault.bytes = std::max<std::size_t>(object.value("bytes", std::size_t{1}), 1);
  return fault;
}

}  // namespace

void only(const json& object, std::string_view where, std::initializer_list<std::string_view> names) {
  if (!object.is_object()) throw std::invalid_argument(std::string(where) + " is no object");
  for (const auto& [name, value] : object.items()) {
    if (std::find(names.begin(), names.end(), name) == names.end()) throw std::invalid_argument(std::string(where) + " has no member \"" + name + "\"");
  }
}

Endpoint read_endpoint(const json& object, std::string_view name) {
  Endpoint endpoint;
  if (!object.contains(name)) return endpoint;
  const json& given = object.at(std::string(name));
  only(given, name, {"faults", "repeat", "response_ms"});
  if (given.contains("response_ms")) endpoint.response = milliseconds(given["response_ms"].get<int>());
  for (const auto& fault : given.value("faults", json::array())) endpoint.faults.push_back(read_fault(fault));
  endpoint.repeat = given.value("repeat", false);
  return endpoint;
}

namespace {

Reply read_reply(const json& object) {
  Reply reply;
  if (object.is_string()) {
    reply.text = object.get<std::string>();
    return reply;
  }
  only(object, "a reply", {"when", "text", "calls", "response_ms", "fault"});
  reply.when = object.value("when", "");
  reply.text = object.value("text", "");
  if (object.contains("response_ms")) reply.response = milliseconds(object["response_ms"].get<int>());
  if (object.contains("fault")) reply.fault = read_fault(object["fault"]);
  for (const auto& call : object.value("calls", json::array())) {
    only(call, "a call", {"name", "arguments"});
    const json arguments = call.value("arguments", json::object());
    reply.calls.push_back({call.at("name").get<std::string>(), arguments.is_string() ? arguments.get<std::string>() : arguments.dump()});
  }
  return reply;
}

Scenario read(const json& root) {
  only(root, "the scenario", {"voice", "key", "heard", "replies", "loop", "response_ms", "transcript_ms", "speed", "chunk_ms", "token_ms",
                              "max_session_seconds", "vad_rms", "continuous", "endpoints"});
  Scenario scenario;
  scenario.voice = root.value("voice", scenario.voice);
  scenario.key = root.value("key", "");
  scenario.heard = root.value("heard", scenario.heard);
  for (const auto& reply : root.value("replies", json::array())) scenario.replies.push_back(read_reply(reply));
  scenario.loop = root.value("loop", false);
  scenario.response = milliseconds(root.value("response_ms", 300));
  scenario.transcript_delay = milliseconds(root.value("transcript_ms", 400));
  scenario.speed = root.value("speed", scenario.speed);
  scenario.chunk_ms = root.value("chunk_ms", scenario.chunk_ms);
  scenario.token = milliseconds(root.value("token_ms", 15));
  scenario.max_session = std::chrono::seconds(root.value("max_session_seconds", 3600));
  scenario.vad_rms = root.value("vad_rms", scenario.vad_rms);
  scenario.continuous = root.value("continuous", false);
  const json endpoints = root.value("endpoints", json::object());
  only(endpoints, "endpoints", {"realtime", "chat", "responses", "transcription", "speech"});
  scenario.realtime = read_endpoint(endpoints, "realtime");
  for (const Fault& fault : scenario.realtime.faults) {
    using Kind = Fault::Kind;
    for (const Kind kind : {Kind::Incomplete, Kind::BrokenBase64, Kind::NoDone, Kind::Split, Kind::NoToolId}) {
      if (fault.kind == kind) throw std::invalid_argument("\"realtime\" has no fault of the kind \"" + std::string(to_string(kind)) + "\": a reply may have it");
    }
  }
  scenario.chat = read_endpoint(endpoints, "chat");
  scenario.responses = read_endpoint(endpoints, "responses");
  scenario.transcription = read_endpoint(endpoints, "transcription");
  scenario.speech = read_endpoint(endpoints, "speech");
  if (scenario.speed <= 0) throw std::invalid_argument("\"speed\" is not more than 0");
  if (scenario.chunk_ms.empty() || std::any_of(scenario.chunk_ms.begin(), scenario.chunk_ms.end(), [](int ms) { return ms < 1 || ms > 10000; })) {
    throw std::invalid_argument("\"chunk_ms\" is not a list of 1 to 10000 ms each");
  }
  return scenario;
}

std::string lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return out;
}

}  // namespace

std::string_view to_string(Fault::Kind kind) {
  for (const auto& [name, each] : kKinds) {
    if (each == kind) return name;
  }
  return "?";
}

const Fault& Endpoint::fault(std::size_t request) const {
  static const Fault kNone;
  if (request < faults.size()) return faults[request];
  return repeat && !faults.empty() ? faults.back() : kNone;
}

ScenarioRead read_scenario(std::string_view text) {
  try {
    return {read(json::parse(text)), {}};
  } catch (const std::exception& error) {  // Catches the exceptions of nlohmann's library and of this file.
    return {{}, error.what()};
  }
}

bool breaks_handshake(const Fault& fault) {
  using Kind = Fault::Kind;
  if (fault.kind == Kind::Status || fault.kind == Kind::Latency) return true;
  return fault.after_bytes == 0 && (fault.kind == Kind::Stall || fault.kind == Kind::Freeze || fault.kind == Kind::Drop || fault.kind == Kind::Garbage);
}

bool breaks_transcript(const Fault& fault) { return fault.kind == Fault::Kind::Failed || fault.kind == Fault::Kind::Empty; }

const Reply& choose_reply(const Scenario& scenario, std::string_view words, std::size_t number) {
  static const Reply kNothing{{}, "I have nothing more to say.", {}, {}, {}};
  const std::string said = lower(words);
  std::vector<const Reply*> in_order;
  for (const Reply& reply : scenario.replies) {
    if (reply.when.empty()) in_order.push_back(&reply);
    else if (said.find(lower(reply.when)) != std::string::npos) return reply;
  }
  if (in_order.empty()) return kNothing;
  if (number < in_order.size()) return *in_order[number];
  return scenario.loop || scenario.continuous ? *in_order[number % in_order.size()] : kNothing;
}

std::string_view heard_in(const Scenario& scenario, std::size_t number) {
  if (scenario.heard.empty()) return {};
  if (number < scenario.heard.size()) return scenario.heard[number];
  return scenario.loop || scenario.continuous ? std::string_view(scenario.heard[number % scenario.heard.size()]) : std::string_view();
}

}  // namespace offhook::services::openai
