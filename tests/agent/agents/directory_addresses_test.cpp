#include "building.hpp"

#include <offhook/agent/providers/azure/speech_resource.hpp>
#include <offhook/agent/providers/deepgram/tuning.hpp>

#include <doctest/doctest.h>

#include <algorithm>

using namespace building;

namespace {

const agent::ProviderProfile& named(const Built& built, std::string_view name) {
  for (const auto& each : built.effective.config.providers) {
    if (each->name == name) return *each;
  }
  FAIL("no such provider");
  return *built.effective.config.providers.front();
}

const Texts kSpeech{{"PROVIDER", "azure"}, {"AZURE_SPEECH_KEY", "k"}, {"AZURE_SPEECH_REGION", "westeurope"}};
const Texts kModel{{"AZURE_OPENAI_ENDPOINT", "https://x.openai.azure.com"}, {"AZURE_OPENAI_KEY", "k"}, {"AZURE_OPENAI_DEPLOYMENT", "d"}};

Texts with(Texts some, const Texts& more) {
  for (const auto& [name, value] : more) some[name] = value;
  return some;
}

}  // namespace

TEST_CASE("build_directory() removes extra path parts from each base URL, whether the URL comes from the file or from a variable") {
  const auto file = build(R"({"agent": {"provider": "mine", "sessions": [{"kind": "cascade", "listen": "deepgram", "think": "mine", "speak": "home"}]},
      "providers": {"mine": {"kind": "ollama", "base_url": "http://h:11434/v1/", "models": {"chat": "m"}},
                    "deepgram": {"api_key": "k", "base_url": "https://api.eu.deepgram.com/v1", "deepgram": {"agent_url": "https://agent.eu.deepgram.com/v1/agent/converse"}},
                    "home": {"kind": "openai_compatible", "base_url": "http://127.0.0.1:8000/v1/chat/completions", "models": {"speech": "s"}}}})");
  REQUIRE_MESSAGE(file.made.directory, file.problems());
  CHECK(named(file, "mine").base_url == "http://h:11434");
  CHECK(named(file, "deepgram").base_url == "https://api.eu.deepgram.com");
  CHECK(agent::deepgram::tuning_of(named(file, "deepgram")).agent_url == "https://agent.eu.deepgram.com");
  CHECK(named(file, "home").base_url == "http://127.0.0.1:8000/v1");
  const auto other = build(R"({"providers": {"deepgram": {"base_url": "http://127.0.0.1:9/v1"}}})", {{"PROVIDER", "deepgram"}});
  CHECK(agent::deepgram::tuning_of(named(other, "deepgram")).agent_url == "http://127.0.0.1:9");
  const auto variable = build("", with(with(kSpeech, kModel), {{"AZURE_OPENAI_ENDPOINT", "https://x.openai.azure.com/openai/v1/"}}));
  REQUIRE_MESSAGE(variable.made.directory, variable.problems());
  CHECK(named(variable, "azure").base_url == "https://x.openai.azure.com");
  CHECK(named(build("", {{"PROVIDER", "ollama"}, {"OLLAMA_MODEL", "m"}, {"OLLAMA_BASE_URL", "http://h:1/api"}}), "ollama").base_url == "http://h:1");
}

TEST_CASE("A wrong base URL gives one problem, which names its setting or variable and shows an example URL of that provider") {
  const auto endpoint = [](const char* url) { return build("", with(with(kSpeech, kModel), {{"AZURE_OPENAI_ENDPOINT", url}})).problems(); };
  CHECK(endpoint("x.openai.azure.com") ==
        "AZURE_OPENAI_ENDPOINT: found text that begins with neither http:// nor https://; allowed: a URL such as \"https://NAME.openai.azure.com\"; "
        "correct it, and write keys and passwords in their own settings\n");
  CHECK(endpoint("https://x.openai.azure.com/openai/deployments/d/chat/completions?api-version=2025-01-01-preview") ==
        "AZURE_OPENAI_ENDPOINT: found the address of one interface, such as a target URI; allowed: a URL such as \"https://NAME.openai.azure.com\"; "
        "leave out everything after the host: write the deployment's name in deployment (AZURE_OPENAI_DEPLOYMENT), and the date of api-version= in api_version\n");
  // The problems report the other two variables as missing, but not the refused AZURE_OPENAI_ENDPOINT.
  const auto alone = build("", with(kSpeech, {{"AZURE_OPENAI_ENDPOINT", "x.openai.azure.com"}})).problems();
  CHECK(alone.find("/base_url") == std::string::npos);
  CHECK(alone.find("set AZURE_OPENAI_KEY") != std::string::npos);
  CHECK(alone.find("set AZURE_OPENAI_DEPLOYMENT") != std::string::npos);
  CHECK(build("", {{"PROVIDER", "ollama"}, {"OLLAMA_MODEL", "m"}, {"OLLAMA_BASE_URL", "h:11434"}}).problems().find("\"http://127.0.0.1:11434\"") != std::string::npos);
  CHECK(build(R"({"agent": {"provider": "x"}, "providers": {"x": {"kind": "azure_openai", "base_url": "h", "api_key": "k", "deployment": "d"}}})").problems() ==
        "/providers/x/base_url: found text that begins with neither http:// nor https://; allowed: a URL such as \"https://NAME.openai.azure.com\"; "
        "correct it, and write keys and passwords in their own settings\n");
}

TEST_CASE("build_directory() converts a region from the form of the Azure portal to its short name. An invalid region gives one problem") {
  for (const char* written : {"West Europe", "westeurope", "WestEurope", " west europe "}) {
    CAPTURE(written);
    const auto built = build(R"({"agent": {"regions": ["WestEurope"]}})", with(kSpeech, {{"AZURE_SPEECH_REGION", written}, {"MODEL_PROVIDER", "local"}}));
    REQUIRE_MESSAGE(built.made.directory, built.problems());
    CHECK(agent::azure::speech_of(named(built, "azure")).region == "westeurope");
  }
  CHECK(build("", with(with(kSpeech, kModel), {{"AZURE_SPEECH_REGION", "westeurope.stt.speech.microsoft.com"}})).problems() ==
        "AZURE_SPEECH_REGION: found text that is not a name; allowed: a region of Azure, such as \"westeurope\"; write it as one word, as Azure's portal shows it beside the key\n");
}

TEST_CASE("A key that contains a blank, or begins or ends with one, is refused, and no problem shows the key") {
  for (const char* key : {"Token canary-7f3b", "canary-7f3b ", " canary-7f3b", "Bearer\xc2\xa0" "canary-7f3b"}) {
    CAPTURE(key);
    const auto variable = build("", {{"PROVIDER", "deepgram"}, {"DEEPGRAM_API_KEY", key}}).problems();
    CHECK(variable ==
          "DEEPGRAM_API_KEY: found a blank, or another character that no key has; allowed: text of 1 to 4096 characters without blanks; "
          "write the key alone, without blanks, and without a word such as Token or Bearer before it\n");
    const auto file = build(R"({"agent": {"provider": "azure"}, "providers": {"azure": {"speech": {"key": ")" + std::string(key) + R"(", "region": "westeurope"}}}})", kModel).problems();
    CHECK(file.starts_with("/providers/azure/speech/key: found a blank, or another character that no key has;"));
    CHECK(file.find("canary") == std::string::npos);
    CHECK(std::count(file.begin(), file.end(), '\n') == 1);
  }
}

TEST_CASE("If a compatible server has no model, the problem names OPENAI_MODEL. If OPENAI_MODEL is refused, it is not also reported as missing") {
  const Texts place{{"PROVIDER", "openai_compatible"}, {"OPENAI_BASE_URL", "http://127.0.0.1:8000/v1"}};
  CHECK(build("", place).problems() ==
        "PROVIDER: found a provider without a model that thinks; allowed: a provider with /providers/openai_compatible/models/chat; set it or OPENAI_MODEL, or name another provider\n");
  const auto refused = build("", with(place, {{"OPENAI_MODEL", std::string(200, 'm')}})).problems();
  CHECK(refused.starts_with("OPENAI_MODEL: found longer text;"));
  CHECK(std::count(refused.begin(), refused.end(), '\n') == 1);
}
