#include <offhook/agent/config/providers.hpp>
#include <offhook/agent/setup/key_trial.hpp>
#include <offhook/agent/setup/setup.hpp>

#include <doctest/doctest.h>

#include <deque>
#include <map>
#include <string>

using namespace offhook::agent;

namespace {

/// Says what the test wrote down, in that order.
class ScriptedPerson : public setup::Asker {
 public:
  explicit ScriptedPerson(std::deque<std::string> answers) : answers_(std::move(answers)) {}
  std::optional<std::string> ask(const setup::Question& question) override {
    asked += question.text + "\n";
    if (question.is_secret) secrets += question.text + "\n";
    if (answers_.empty()) return std::nullopt;
    auto answer = answers_.front();
    answers_.pop_front();
    return answer;
  }
  void say(std::string_view line) override { heard += std::string(line) + "\n"; }

  std::string asked, secrets, heard;

 private:
  std::deque<std::string> answers_;
};

/// A network where all goes well, but for what the test names.
class ScriptedNetwork : public setup::Prober {
 public:
  setup::Finding resolve(const config::Config& config) override { return tried("resolve " + config.sip.host); }
  setup::Finding register_at(const config::Config& config) override { return tried("register " + config.sip.extension + " " + std::to_string(config.sip.port)); }
  setup::Finding try_key(const ProviderProfile& provider) override { return tried("key " + provider.base_url + (provider.kind != ProviderKind::OpenAi || provider.api_key.reveal() == "sk-canary" ? "" : " wrong")); }
  setup::Finding call(const config::Config&, const std::string& number) override { return tried("call " + number); }

  std::string all, bad = "nothing";

 private:
  setup::Finding tried(const std::string& what) {
    all += what + "\n";
    return {!what.starts_with(bad), what};
  }
};

struct Desk {
  std::map<std::string, std::string> disk;
  ScriptedNetwork network;
  std::map<std::string, std::string> variables;

  setup::Outcome run(setup::Asker* person, const setup::Options& options = {}) {
    const setup::Files files{[this](const std::string& path) { return disk.contains(path); },
                             [this](const std::string& path, const std::string& text) {
                               disk[path] = text;
                               return std::string(path == "full.json" ? "no room" : "");
                             }};
    return setup::run(person, network, files, [this](const std::string& name) -> std::optional<std::string> {
      const auto found = variables.find(name);
      return found == variables.end() ? std::nullopt : std::optional(found->second);
    }, options);
  }
};

}  // namespace

TEST_CASE("A person is asked for host, extension, secret and key; all is tried, and the file is written") {
  Desk desk;
  ScriptedPerson person({"pbx.example:5070", "6001", "canary-7f3a", "openai", "sk-canary", "", ""});
  const auto outcome = desk.run(&person);
  CHECK(outcome.is_written);
  CHECK(outcome.all_good);
  CHECK(desk.network.all == "resolve pbx.example\nregister 6001 5070\nkey https://api.openai.com/v1\n");
  const auto written = config::read_text(desk.disk.at("offhook.json"), "offhook.json", {});
  CHECK(written.problems.empty());
  CHECK(written.config.sip.password.reveal() == "canary-7f3a");
  CHECK(written.config.sip.port == 5070);
  CHECK(written.config.agent.provider == "openai");
  CHECK(person.secrets == "Secret of the extension\nKey of an OpenAI project\n");
  CHECK(person.heard.find("canary") == std::string::npos);
  CHECK(person.asked.find("canary") == std::string::npos);
}

TEST_CASE("With names the file holds no secret, and local asks no provider") {
  Desk desk;
  ScriptedPerson person({"192.0.2.1", "6001", "canary-7f3a", "local", "names", "wait"});
  const auto outcome = desk.run(&person);
  CHECK(outcome.is_written);
  CHECK(desk.disk.at("offhook.json").find("canary") == std::string::npos);
  CHECK(desk.disk.at("offhook.json").find("\"${SIP_PASSWORD}\"") != std::string::npos);
  CHECK(desk.network.all == "resolve 192.0.2.1\nregister 6001 5060\ncall \n");
  CHECK(person.heard.find("Dial 6001 now.") != std::string::npos);
}

TEST_CASE("An answer that cannot be is asked for again, three times at most") {
  Desk desk;
  ScriptedPerson person({"h", "60 01", "6001", "x", "local", "", "6009"});
  CHECK(desk.run(&person).is_written);
  CHECK(person.heard.find("That is characters that no extension has.") != std::string::npos);
  CHECK(desk.network.all.ends_with("call 6009\n"));
  Desk other;
  ScriptedPerson stubborn({"h", "a b", "a b", "a b", "6001"});
  const auto outcome = other.run(&stubborn);
  CHECK_FALSE(outcome.is_written);
  CHECK(outcome.steps.back().finding.what == "no answer to: Extension");
}

TEST_CASE("When something does not go well the person decides, and no means no") {
  for (const bool agrees : {true, false}) {
    Desk desk;
    desk.network.bad = "register";
    ScriptedPerson person({"h", "6001", "x", "local", "", agrees ? "yes" : "", ""});
    const auto outcome = desk.run(&person);
    CHECK(outcome.is_written == agrees);
    CHECK_FALSE(outcome.all_good);
    CHECK(person.heard.find("not ok: register 6001 5060") != std::string::npos);
  }
}

TEST_CASE("A file that is there is not written over unasked") {
  Desk desk;
  desk.disk["offhook.json"] = "mine";
  ScriptedPerson no({"h", "6001", "x", "local", "", "no"});
  CHECK_FALSE(desk.run(&no).is_written);
  CHECK(desk.disk.at("offhook.json") == "mine");
  ScriptedPerson yes({"h", "6001", "x", "local", "", "yes", ""});
  CHECK(desk.run(&yes).is_written);
  CHECK(desk.disk.at("offhook.json") != "mine");
  desk.disk["offhook.json"] = "mine";
  desk.variables = {{"ASTERISK_HOST", "h"}, {"SIP_EXTENSION", "6001"}, {"SIP_PASSWORD", "x"}, {"PROVIDER", "local"}};
  CHECK_FALSE(desk.run(nullptr).is_written);
  setup::Options options;
  options.overwrite = true;
  CHECK(desk.run(nullptr, options).is_written);
}

TEST_CASE("Without a person the answers come from the environment, and what is missing is named") {
  Desk desk;
  auto outcome = desk.run(nullptr);
  REQUIRE(outcome.steps.size() == 1);
  CHECK(outcome.steps.front().finding.what == "nobody can be asked here: set ASTERISK_HOST, SIP_EXTENSION, SIP_PASSWORD, OPENAI_API_KEY (or PROVIDER=local)");
  CHECK_FALSE(outcome.all_good);
  desk.variables = {{"ASTERISK_HOST", "h"}, {"SIP_EXTENSION", "6001"}, {"SIP_PASSWORD", "canary-7f3a"}, {"OPENAI_API_KEY", "sk-canary"}};
  outcome = desk.run(nullptr);
  CHECK(outcome.all_good);
  CHECK(desk.disk.at("offhook.json").find("canary") == std::string::npos);
  CHECK(setup::to_json(outcome, {}).starts_with(R"({"written":true,"all_good":true,"path":"offhook.json","steps":[{"step":"answers","good":true,)"));
  setup::Options options;
  options.keeps_secrets = true;
  options.path = "other.json";
  CHECK(desk.run(nullptr, options).is_written);
  CHECK(desk.disk.at("other.json").find("canary-7f3a") != std::string::npos);
  desk.network.bad = "key";
  options.path = "third.json";
  CHECK_FALSE(desk.run(nullptr, options).is_written);
  CHECK_FALSE(desk.disk.contains("third.json"));
}

TEST_CASE("Each provider asks for what it needs, and what was chosen is tried and can be used") {
  Desk azure;
  ScriptedPerson person({"h", "6001", "x", "nobody", "Azure", "canary-1", "west/europe", "West Europe", "https://x.openai.azure.com", "canary-2", "mini", "names", ""});
  CHECK(azure.run(&person).is_written);
  CHECK(person.heard.find("That is none of these. It must be local, openai, azure, deepgram, ollama, azure_openai, openai_compatible: write one of them.") != std::string::npos);
  CHECK(person.secrets == "Secret of the extension\nKey of the Speech resource\nKey of the Azure OpenAI resource\n");
  const std::string& text = azure.disk.at("offhook.json");
  CHECK(text.find("canary") == std::string::npos);
  const config::Environment given = [](const std::string& name) -> std::optional<std::string> {
    return name == "SIP_PASSWORD" || name == "AZURE_SPEECH_KEY" || name == "AZURE_OPENAI_KEY" ? std::optional<std::string>("k") : std::nullopt;
  };
  const auto written = config::read_text(text, "offhook.json", {"offhook.json", given, {}, {}});
  REQUIRE(written.problems.empty());
  const auto provider = config::find_provider(written.config, "azure");
  REQUIRE(provider);
  CHECK(provider->speech.region == "westeurope");
  CHECK(provider->deployment == "mini");
  Desk ollama;
  ScriptedPerson other({"h", "6001", "x", "ollama", "", "", "llama3.2", "", ""});
  CHECK(ollama.run(&other).is_written);
  CHECK(ollama.disk.at("offhook.json").find("\"chat\": \"llama3.2\"") != std::string::npos);
  CHECK(ollama.network.all.find("key http://127.0.0.1:11434") != std::string::npos);
}

TEST_CASE("Without a person PROVIDER says who talks, and what that one needs is named") {
  Desk desk;
  desk.variables = {{"ASTERISK_HOST", "h"}, {"SIP_EXTENSION", "6001"}, {"SIP_PASSWORD", "x"}, {"PROVIDER", "deepgram"}};
  CHECK(desk.run(nullptr).steps.front().finding.what == "nobody can be asked here: set DEEPGRAM_API_KEY");
  desk.variables["PROVIDER"] = "elsewhere";
  CHECK(desk.run(nullptr).steps.front().finding.what == "nobody can be asked here: set PROVIDER (local, openai, azure, deepgram, ollama, azure_openai, openai_compatible)");
  desk.variables.insert({{"DEEPGRAM_API_KEY", "canary"}});
  desk.variables["PROVIDER"] = "deepgram";
  CHECK(desk.run(nullptr).is_written);
  CHECK(desk.disk.at("offhook.json").find("\"${DEEPGRAM_API_KEY}\"") != std::string::npos);
}

namespace {

/// What comes of these variables without a person, beside a PBX: the steps that went wrong, then the file.
std::string from(std::map<std::string, std::string> variables, Desk&& desk = {}) {
  variables.insert({{"ASTERISK_HOST", "h"}, {"SIP_EXTENSION", "6001"}, {"SIP_PASSWORD", "x"}});
  desk.variables = std::move(variables);
  std::string told;
  for (const auto& step : desk.run(nullptr).steps) told += step.finding.good ? "" : step.finding.what + "\n";
  const std::string file = desk.disk["offhook.json"];
  CHECK(file.empty() == !told.empty());
  const auto agent = file.find("\"agent\"");
  std::string short_file;
  for (const char c : agent == std::string::npos ? "" : file.substr(agent)) short_file += c == ' ' || c == '\n' ? "" : std::string(1, c);
  return told + short_file + "\n" + desk.network.all;
}

}  // namespace

TEST_CASE("A server that speaks like OpenAI's, and Azure OpenAI alone, can be set up as well") {
  CHECK(from({{"PROVIDER", "openai_compatible"}}) == "nobody can be asked here: set OPENAI_BASE_URL, OPENAI_MODEL\n\n");
  CHECK(from({{"PROVIDER", "openai_compatible"}, {"OPENAI_BASE_URL", "http://127.0.0.1:8000/v1/chat/completions"}, {"OPENAI_MODEL", "m"}}) ==
        R"("agent":{"provider":"openai_compatible"},"providers":{"openai_compatible":{"base_url":"http://127.0.0.1:8000/v1","models":{"chat":"m"}}}})"
        "\nresolve h\nregister 6001 5060\nkey http://127.0.0.1:8000/v1\n");
  CHECK(from({{"PROVIDER", "openai_compatible"}, {"OPENAI_BASE_URL", "http://h/v1"}, {"OPENAI_MODEL", "m"}, {"OPENAI_API_KEY", "k"}}).find(R"("api_key":"${OPENAI_API_KEY}")") !=
        std::string::npos);
  CHECK(from({{"PROVIDER", "azure_openai"}}) == "nobody can be asked here: set AZURE_OPENAI_ENDPOINT, AZURE_OPENAI_KEY, AZURE_OPENAI_DEPLOYMENT\n\n");
  CHECK(from({{"PROVIDER", "Azure_OpenAI"}, {"AZURE_OPENAI_ENDPOINT", "https://x.openai.azure.com/openai/v1"}, {"AZURE_OPENAI_KEY", "k"}, {"AZURE_OPENAI_DEPLOYMENT", "rt"}})
            .starts_with(R"("agent":{"provider":"azure_openai"},"providers":{"azure_openai":{"base_url":"https://x.openai.azure.com","api_key":"${AZURE_OPENAI_KEY}","deployment":"rt"}}})"));
}

TEST_CASE("Who thinks and who speaks for another is written, asked for what it needs there, and tried") {
  const std::map<std::string, std::string> speech{{"PROVIDER", "azure"}, {"AZURE_SPEECH_KEY", "k"}, {"AZURE_SPEECH_REGION", "West Europe"}, {"MODEL_PROVIDER", "ollama"}};
  auto whole = speech;
  whole["OLLAMA_MODEL"] = "m";
  CHECK(from(speech) == "nobody can be asked here: set OLLAMA_MODEL\n\n");
  CHECK(from(whole) ==
        R"("agent":{"provider":"azure","model_provider":"ollama"},"providers":{"azure":{"speech":{"key":"${AZURE_SPEECH_KEY}","region":"westeurope"}},)"
        R"("ollama":{"base_url":"http://127.0.0.1:11434","models":{"chat":"m"}}}})"
        "\nresolve h\nregister 6001 5060\nkey \nkey http://127.0.0.1:11434\n");
  CHECK(from({{"PROVIDER", "openai"}}) == "nobody can be asked here: set OPENAI_API_KEY (or PROVIDER=local)\n\n");
  CHECK(from({{"PROVIDER", "ollama"}, {"OLLAMA_MODEL", "m"}, {"SPEECH_PROVIDER", "openai"}}) == "nobody can be asked here: set OPENAI_API_KEY\n\n");
  CHECK(from({{"PROVIDER", "ollama"}, {"OLLAMA_MODEL", "m"}, {"SPEECH_PROVIDER", "deepgram"}}) == "nobody can be asked here: set DEEPGRAM_API_KEY\n\n");
  const auto both = from({{"PROVIDER", "ollama"}, {"OLLAMA_MODEL", "m"}, {"SPEECH_PROVIDER", "deepgram"}, {"DEEPGRAM_API_KEY", "k"}});
  CHECK(both.starts_with(R"("agent":{"provider":"ollama","speech_provider":"deepgram"},"providers":{"deepgram":{"api_key":"${DEEPGRAM_API_KEY}"},"ollama":{)"));
  CHECK(both.find("key https://api.deepgram.com\nkey http://127.0.0.1:11434\n") != std::string::npos);
  CHECK(from({{"PROVIDER", "ollama"}, {"OLLAMA_MODEL", "m"}, {"SPEECH_PROVIDER", "openai_compatible"}}) ==
        "nobody can be asked here: set SPEECH_PROVIDER (local, openai, azure, deepgram; others are written in the file: docs/providers.md), OPENAI_BASE_URL, OPENAI_MODEL\n\n");
  // What check would refuse is not written.
  CHECK(from({{"PROVIDER", "deepgram"}, {"DEEPGRAM_API_KEY", "k"}, {"SPEECH_PROVIDER", "local"}}).find("found a provider without a model that thinks;") != std::string::npos);
}

TEST_CASE("OpenAI's key goes to OpenAI, or where the environment sends it, and to nobody else") {
  CHECK(from({{"PROVIDER", "openai"}, {"OPENAI_API_KEY", "sk-canary"}, {"OPENAI_BASE_URL", "https://proxy.example/v1"}}).find("key https://proxy.example/v1\n") != std::string::npos);
  const auto both = from({{"PROVIDER", "openai_compatible"}, {"OPENAI_BASE_URL", "http://h/v1"}, {"OPENAI_MODEL", "m"}, {"SPEECH_PROVIDER", "openai"}, {"OPENAI_API_KEY", "sk-canary"}});
  CHECK(both.find(R"("openai":{"base_url":"https://api.openai.com/v1","api_key":"${OPENAI_API_KEY}"},"openai_compatible":{"base_url":"http://h/v1","models":{"chat":"m"}})") !=
        std::string::npos);  // With its address, or `offhook run` would take the other's from the environment.
  Desk desk;
  desk.variables = {{"OPENAI_API_KEY", "sk-canary"}};
  ScriptedPerson person({"h", "6001", "x", "openai_compatible", "", "ftp://h", "http://h:8000/v1", "", "m", "", ""});
  CHECK(desk.run(&person).is_written);
  CHECK(desk.disk.at("offhook.json").find("canary") == std::string::npos);
  CHECK(person.heard.find("It must be a URL such as \"http://127.0.0.1:8000/v1\"") != std::string::npos);
  CHECK(person.secrets == "Secret of the extension\nKey of the server\n");
}

TEST_CASE("A person whose provider only thinks is asked who listens and speaks, and others where a variable says so") {
  Desk desk;
  ScriptedPerson person({"h", "6001", "x", "ollama", "Deepgram", "canary", "", "llama3.2", "names", ""});
  CHECK(desk.run(&person).is_written);
  CHECK(desk.disk.at("offhook.json").find("\"speech_provider\": \"deepgram\"") != std::string::npos);
  CHECK(desk.network.all.find("key https://api.deepgram.com\n") != std::string::npos);
  Desk named;
  named.variables = {{"MODEL_PROVIDER", "ollama"}, {"SPEECH_PROVIDER", "azure"}};
  ScriptedPerson other({"h", "6001", "x", "openai", "", "OpenAI", "sk-canary", "", "m", "", ""});
  CHECK(named.run(&other).is_written);
  CHECK(other.asked.find("Who thinks: local, openai, azure, ollama, openai_compatible\nWho listens and speaks: local, openai, azure, deepgram\n") != std::string::npos);
  CHECK(named.disk.at("offhook.json").find("\"model_provider\": \"ollama\"") != std::string::npos);
  CHECK(named.disk.at("offhook.json").find("speech_provider") == std::string::npos);
}

TEST_CASE("Answers that are no configuration are told as offhook check tells them, and a full disk too") {
  Desk desk;
  desk.variables = {{"ASTERISK_HOST", "sip:h"}, {"SIP_EXTENSION", "6001"}, {"SIP_PASSWORD", "x"}, {"PROVIDER", "local"}};
  const auto outcome = desk.run(nullptr);
  CHECK(outcome.steps.front().finding.what.starts_with("/sip/host: found text that is neither;"));
  CHECK(desk.network.all.empty());
  desk.variables["ASTERISK_HOST"] = "h";
  setup::Options options;
  options.path = "full.json";
  const auto full = desk.run(nullptr, options);
  CHECK_FALSE(full.is_written);
  CHECK(full.steps.back().finding.what == "full.json cannot be written: no room");
}

namespace {

/// Answers its one request at the next look.
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
  provider.kind = ProviderKind::OpenAi;
  provider.base_url = "https://h/v1";
  provider.api_key = config::Secret("canary");
  OneAnswer client(status, std::move(error));
  auto finding = setup::try_key(provider, client, [&client] { return client.answer(); });
  CHECK(client.asked == "GET https://h/v1/models Authorization: Bearer canary");
  CHECK(finding.what.find("canary") == std::string::npos);
  return finding;
}

}  // namespace

TEST_CASE("A key is tried by asking for the models, and what came of it is said without it") {
  CHECK(tried(200).good);
  CHECK(tried(401).what == "https://h/v1 refuses the key (401)");
  CHECK(tried(403).what == "https://h/v1 refuses the key (403)");
  CHECK(tried(500).what == "https://h/v1 answers 500");
  CHECK(tried(0, net::NetError{net::NetError::What::Refused, "connection refused"}).what == "https://h/v1 does not answer: connection refused");
}

TEST_CASE("Each kind of provider is asked for what costs nothing, with its key where it wants it") {
  const auto asked = [](ProviderKind kind, const std::string& base, auto... more) {
    ProviderProfile provider;
    provider.kind = kind;
    provider.base_url = base;
    provider.api_key = config::Secret("canary");
    (more(provider), ...);
    OneAnswer client(200, std::nullopt);
    const auto finding = setup::try_key(provider, client, [&client] { return client.answer(); });
    CHECK(finding.good);
    CHECK(finding.what.find("canary") == std::string::npos);
    return client.asked;
  };
  CHECK(asked(ProviderKind::AzureOpenAi, "https://x.openai.azure.com") == "GET https://x.openai.azure.com/openai/v1/models api-key: canary");
  CHECK(asked(ProviderKind::Deepgram, "https://api.deepgram.com") == "GET https://api.deepgram.com/v1/projects Authorization: Token canary");
  CHECK(asked(ProviderKind::Ollama, "http://127.0.0.1:11434", [](ProviderProfile& provider) { provider.api_key = {}; }) == "GET http://127.0.0.1:11434/api/tags");
  const std::string both = asked(ProviderKind::Azure, "https://x.openai.azure.com", [](ProviderProfile& provider) {
    provider.speech = {"westeurope", "", config::Secret("canary")};
  });
  CHECK(both.starts_with("GET https://westeurope.tts.speech.microsoft.com/cognitiveservices/voices/list "));
  CHECK(both.find("ocp-apim-subscription-key: canary") != std::string::npos);
  CHECK(both.ends_with("\nGET https://x.openai.azure.com/openai/v1/models api-key: canary"));
}

TEST_CASE("Ollama must have the model that is named, and who is none is told apart") {
  const auto found = [](const std::string& model, const std::string& body, int status = 200) {
    ProviderProfile provider;
    provider.kind = ProviderKind::Ollama;
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
  CHECK(found("qwen3", list).what == "Ollama at http://h:11434 has no model qwen3: `ollama pull qwen3` there, or name another (`ollama list`)");
  CHECK_FALSE(found("nosuch", R"({"models": []})").good);
  CHECK(found("m", "<html>").what == "Ollama at http://h:11434 answers, but not as Ollama does: is it Ollama?");
  CHECK(found("m", R"({"data": []})").what == "Ollama at http://h:11434 answers, but not as Ollama does: is it Ollama?");
  CHECK(found("m", "", 404).what == "Ollama at http://h:11434 answers 404: is it Ollama, and its address without a path?");
  CHECK(found("m", "", 401).what == "Ollama at http://h:11434 wants a key (401)");
  CHECK(tried(404).what == "https://h/v1 answers 404: is it the base URL, which ends in /v1 as a rule?");
}
