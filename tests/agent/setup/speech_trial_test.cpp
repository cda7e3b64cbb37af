#include <offhook/agent/setup/speech_trial.hpp>
#include <offhook/agent/providers/openai/provider.hpp>

#include "../providers/deepgram/fake_sockets.hpp"
#include "../providers/fake_http.hpp"

#include <doctest/doctest.h>

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

using namespace offhook;
using namespace offhook::agent;

namespace {

/// A server that answers the pending requests when work() is called.
struct OneServer final : net::Edges {
  test::FakeHttp clients;
  std::size_t answered = 0;
  std::function<void(OneServer&, std::size_t)> answer;
  net::HttpClient& http(const std::string&) override { return clients; }
  net::HttpClient& local_http() override { std::abort(); }
  test::FakeSockets lines;
  std::vector<std::string> says;  // messages of the server, sent once on the first socket
  net::WebSocketClient& sockets(const std::string&) override { return lines; }

  std::string try_all(const AgentDirectory& directory, const std::set<std::string>& without = {}) {
    std::string found;
    for (const auto& each : setup::try_speech(directory, without, *this, [this] { return work(); })) found += (each.good ? "+ " : "- ") + each.what + "\n";
    return found;
  }
  bool work() {
    if (!lines.all.empty() && !says.empty()) {
      lines.all.front()->handler.on_open();
      for (const std::string& each : std::exchange(says, {})) lines.all.front()->handler.on_text(each);
      return true;
    }
    if (answered == clients.all.size()) return false;
    for (; answered < clients.all.size(); ++answered) answer(*this, answered);
    return true;
  }
};

bool is_speech(const OneServer& server, std::size_t index) { return server.clients.all[index]->request.url.ends_with("/audio/speech"); }

void works(OneServer& server, std::size_t index) {
  if (is_speech(server, index)) server.clients.answer(index, 200, std::string(4800, '\0'), {{"content-type", "audio/pcm"}});
  else server.clients.answer(index, 200, R"({"text":""})", {{"content-type", "application/json"}});
}

std::shared_ptr<ProviderProfile> provider_of(const Provider* kind, const std::string& name) {
  const auto provider = std::make_shared<ProviderProfile>();
  provider->kind = kind;
  provider->name = name;
  provider->base_url = "https://h/v1";
  provider->models.speech = "speak-1";
  return provider;
}

/// Returns a directory with one agent of a server that has neither WebSockets nor a chat model.
AgentDirectory book_of(const std::string& voice) {
  const auto provider = provider_of(&openai::kOpenAiCompatible, "server");
  provider->models.transcription = "hear-1";
  const auto profile = std::make_shared<AgentProfile>();
  profile->sessions = {CascadeWay{{provider}, {provider}, {provider}}};
  profile->voice = voice;
  return AgentDirectory({{{}, profile}}, profile);
}

}  // namespace

TEST_CASE("Each voice and each recogniser of the agents is tested once") {
  OneServer server;
  server.answer = works;
  const std::string found = server.try_all(book_of(""));
  CHECK(found.starts_with("+ server/listen (hear-1) works\n+ server/speak (speak-1 "));
  CHECK(server.clients.all.size() == 2);
  CHECK(server.try_all(book_of(""), {"server"}).empty());
}

TEST_CASE("A model or a voice that the provider does not have is reported with the provider's error") {
  OneServer server;
  server.answer = [](OneServer& self, std::size_t index) {
    const bool speaks = is_speech(self, index);
    self.clients.answer(index, speaks ? 400 : 404, speaks ? R"({"error":{"type":"invalid_request_error","code":"invalid_value","param":"voice"}})" : R"({"error":{"code":"model_not_found"}})",
                        {{"content-type", "application/json"}});
  };
  const std::string found = server.try_all(book_of("nobody"));
  CHECK(found.find("- server/listen (hear-1): the recogniser hear-1 answered 404 (model_not_found)") != std::string::npos);
  CHECK(found.find("answered 400 (invalid_request_error, invalid_value, voice)") != std::string::npos);
}

TEST_CASE("If a service does not answer, the findings say so, and the next service is tested") {
  OneServer server;
  server.answer = [](OneServer&, std::size_t) {};
  const std::string found = server.try_all(book_of(""));
  CHECK(found.starts_with("- server/listen (hear-1): no answer in time\n- server/speak"));
}

TEST_CASE("The finding for a recogniser that does not answer silence in time says that a call shows whether it works") {
  OneServer server;
  server.answer = [](OneServer& self, std::size_t index) { self.clients.break_off(index, net::NetError::What::Timeout); };
  const std::string found = server.try_all(book_of(""));
  const std::string listens = found.substr(0, found.find('\n'));
  CHECK(listens.starts_with("- server/listen (hear-1): "));
  CHECK(listens.ends_with(" (the test sent only silence: a call shows whether it works)"));
  CHECK(found.find("the test sent only silence", listens.size()) == std::string::npos);
}

TEST_CASE("A Realtime model is tested with the voice of its session, and then the voice of Offhook's own sentences") {
  const auto provider = provider_of(&openai::kOpenAi, "openai");
  provider->models.realtime = "talk-1";
  const auto profile = std::make_shared<AgentProfile>();
  profile->sessions = {RealtimeWay{provider}};
  profile->voice = "marin";
  OneServer server;
  server.answer = works;
  server.says = {R"({"type":"session.created","session":{"id":"s"}})"};
  std::string whole;
  SUBCASE("a voice that works") {
    server.says.insert(server.says.end(), {R"({"type":"session.updated","session":{}})", R"({"type":"response.created","response":{"id":"r","status":"in_progress"}})",
                                           R"({"type":"response.output_audio_transcript.delta","response_id":"r","item_id":"i","delta":"Yes."})",
                                           R"({"type":"response.output_audio.delta","response_id":"r","item_id":"i","delta":"/v7+/g=="})"});
    whole = "+ openai/realtime (marin) works\n";
  }
  SUBCASE("a voice that the server refuses") {
    server.says.push_back(R"({"type":"error","error":{"type":"invalid_request_error","code":"invalid_value","message":"m","param":"session.audio.output.voice"}})");
    whole = "- openai/realtime (marin): the realtime server reports: invalid_value (session.audio.output.voice)\n";
  }
  const std::string found = server.try_all(AgentDirectory({}, profile));
  CHECK(found.starts_with(whole + "+ openai/speak (speak-1 "));
}
