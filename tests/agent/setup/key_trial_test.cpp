#include <offhook/agent/setup/key_trial.hpp>
#include <offhook/agent/providers/azure/provider.hpp>
#include <offhook/agent/providers/azure/speech_resource.hpp>
#include <offhook/agent/providers/deepgram/provider.hpp>
#include <offhook/agent/providers/ollama/provider.hpp>
#include <offhook/agent/providers/openai/provider.hpp>

#include <doctest/doctest.h>

#include <string>

using namespace offhook::agent;

namespace {

/// Answers its only request when answer() is called.
class OneAnswer : public net::HttpClient {
 public:
  OneAnswer(int status, std::optional<net::NetError> error, std::string body = "") : status_(status), error_(std::move(error)), body_(std::move(body)) {}
  std::unique_ptr<net::HttpTransfer> start(net::HttpRequest request, net::HttpHandler handler) override {
    asked += (asked.empty() ? "" : "\n") + request.method + " " + request.url;
    for (const auto& [name, value] : request.headers) asked += " " + name + ": " + value;
    handler_ = std::move(handler);
    return std::make_unique<net::HttpTransfer>();
  }
  void warm(const std::string&) override {}
  void send_off(net::HttpRequest) override {}
  bool answer() {
    net::HttpHead head;
    head.status = status_;
    if (status_ != 0) handler_.on_head(head);
    if (!body_.empty()) handler_.on_body(body_);
    handler_.on_end(error_);
    return true;
  }

  std::string asked;

 private:
  int status_;
  std::optional<net::NetError> error_;
  std::string body_;
  net::HttpHandler handler_;
};

setup::Finding tried(int status, std::optional<net::NetError> error = std::nullopt) {
  ProviderProfile provider;
  provider.kind = &openai::kOpenAi;
  provider.base_url = "https://h/v1";
  provider.api_key = Secret("canary");
  OneAnswer client(status, std::move(error));
  auto finding = setup::try_key(provider, client, [&client] { return client.answer(); });
  CHECK(client.asked == "GET https://h/v1/models Authorization: Bearer canary");
  CHECK(finding.what.find("canary") == std::string::npos);
  return finding;
}

}  // namespace

TEST_CASE("setup tests a key with a request for the list of models, and the finding does not contain the key") {
  CHECK(tried(200).good);
  CHECK(tried(401).what == "https://h/v1 refuses the key (401)");
  CHECK(tried(403).what == "https://h/v1 refuses the key (403)");
  CHECK(tried(500).what == "https://h/v1 answers 500");
  CHECK(tried(0, net::NetError{net::NetError::What::Refused, "connection refused"}).what == "https://h/v1 does not answer: connection refused");
}

TEST_CASE("Each kind of provider gets a request that costs nothing, with its key if it needs one") {
  const auto asked = [](const Provider* kind, const std::string& base, auto... more) {
    ProviderProfile provider;
    provider.kind = kind;
    provider.base_url = base;
    provider.api_key = Secret("canary");
    (more(provider), ...);
    OneAnswer client(200, std::nullopt);
    const auto finding = setup::try_key(provider, client, [&client] { return client.answer(); });
    CHECK(finding.good);
    CHECK(finding.what.find("canary") == std::string::npos);
    return client.asked;
  };
  CHECK(asked(&openai::kAzureOpenAi, "https://x.openai.azure.com") == "GET https://x.openai.azure.com/openai/v1/models api-key: canary");
  CHECK(asked(&deepgram::kDeepgram, "https://api.deepgram.com") == "GET https://api.deepgram.com/v1/projects Authorization: Token canary");
  CHECK(asked(&ollama::kOllama, "http://127.0.0.1:11434", [](ProviderProfile& provider) { provider.api_key = {}; }) == "GET http://127.0.0.1:11434/api/tags");
  const std::string both = asked(&azure::kAzure, "https://x.openai.azure.com", [](ProviderProfile& provider) {
    provider.own = azure::SpeechResource{"westeurope", "", Secret("canary")};
  });
  CHECK(both.starts_with("GET https://westeurope.tts.speech.microsoft.com/cognitiveservices/voices/list "));
  CHECK(both.find("ocp-apim-subscription-key: canary") != std::string::npos);
  CHECK(both.ends_with("\nGET https://x.openai.azure.com/openai/v1/models api-key: canary"));
}

TEST_CASE("Ollama must have the named model, and the finding tells a missing model from a server that is not Ollama") {
  const auto found = [](const std::string& model, const std::string& body, int status = 200) {
    ProviderProfile provider;
    provider.kind = &ollama::kOllama;
    provider.base_url = "http://h:11434";
    provider.models.chat = model;
    OneAnswer client(status, std::nullopt, body);
    return setup::try_key(provider, client, [&client] { return client.answer(); });
  };
  const std::string list = R"({"models": [{"name": "llama3.2:latest"}, {"name": "qwen3:8b"}, {"name": "hf.co/some/one:Q4"}]})";
  for (const char* model : {"llama3.2", "llama3.2:latest", "qwen3:8b", "hf.co/some/one:q4"}) {
    CAPTURE(model);
    CHECK(found(model, list).good);
    CHECK(found(model, list).what == "Ollama at http://h:11434 has the model " + std::string(model));
  }
  CHECK(found("qwen3", list).what == "Ollama at http://h:11434 has no model qwen3: run `ollama pull qwen3` there, or name another model (`ollama list`)");
  CHECK_FALSE(found("nosuch", R"({"models": []})").good);
  CHECK(found("m", "<html>").what == "Ollama at http://h:11434 answers, but not as Ollama does: check the address");
  CHECK(found("m", R"({"data": []})").what == "Ollama at http://h:11434 answers, but not as Ollama does: check the address");
  CHECK(found("m", "", 404).what == "Ollama at http://h:11434 answers 404: check that the server is Ollama, and that its address has no path");
  CHECK(found("m", "", 401).what == "Ollama at http://h:11434 needs a key (401)");
  CHECK(tried(404).what == "https://h/v1 answers 404: check the base URL, which usually ends in /v1");
}
