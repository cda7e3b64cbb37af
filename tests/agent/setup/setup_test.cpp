#include "scripted_setup.hpp"

#include <offhook/agent/config/providers.hpp>
#include <offhook/agent/providers/azure/speech_resource.hpp>
#include <offhook/agent/setup/setup.hpp>

#include <doctest/doctest.h>

#include <deque>
#include <map>
#include <string>

using namespace offhook::agent;
using offhook_test::Desk;
using offhook_test::ScriptedPerson;

namespace {

/// Returns the answers, and an empty answer to each later question: prompt (with a language model only), greeting, transfer, secrets, call.
std::deque<std::string> then_usual(std::deque<std::string> answers, bool has_model) {
  answers.insert(answers.end(), has_model ? 5 : 4, "");
  return answers;
}

/// Returns the configuration that setup wrote, as `offhook run` reads it with these secrets in the environment.
config::Effective written_in(const Desk& desk, const std::map<std::string, std::string>& secrets) {
  const config::Environment environment = [&secrets](const std::string& name) -> std::optional<std::string> {
    const auto found = secrets.find(name);
    return found == secrets.end() ? std::nullopt : std::optional(found->second);
  };
  return config::read_text(desk.disk.at("offhook.json"), "offhook.json", {"offhook.json", environment, {}, {}});
}

}  // namespace

TEST_CASE("setup asks a person for host, extension, secret and key, tests them, and writes the configuration") {
  Desk desk;
  ScriptedPerson person(then_usual({"pbx.example:5070", "6001", "canary-7f3a", "openai", "sk-canary"}, true));
  const auto outcome = desk.run(&person);
  CHECK(outcome.is_written);
  CHECK(outcome.all_good);
  CHECK(desk.network.all == "resolve pbx.example\nregister 6001 5070\nkey https://api.openai.com/v1\n");
  const auto written = written_in(desk, {{"SIP_PASSWORD", "canary-7f3a"}, {"OPENAI_API_KEY", "sk-canary"}});
  CHECK(written.problems.empty());
  CHECK(written.config.sip.password.reveal() == "canary-7f3a");
  CHECK(written.config.sip.port == 5070);
  CHECK(written.config.agent.provider == "openai");
  CHECK(person.secrets == "Secret of the extension\nKey of an OpenAI project\n");
  CHECK(person.heard.find("canary") == std::string::npos);
  CHECK(person.asked.find("canary") == std::string::npos);
}

TEST_CASE("setup waits for a test call when the person asks for it, and says when to dial the extension") {
  Desk desk;
  ScriptedPerson person({"192.0.2.1", "6001", "canary-7f3a", "local", "", "", "no", "wait"});
  CHECK(desk.run(&person).is_written);
  CHECK(desk.network.all == "resolve 192.0.2.1\nregister 6001 5060\ncall \n");
  CHECK(person.heard.find("Dial 6001 now.") != std::string::npos);
}

TEST_CASE("An invalid answer is refused with the reason and an example, and the question is repeated") {
  Desk desk;
  ScriptedPerson person({"sip:h", "", "h", "60 01", "6001", "x", "local", "", "6001", "6010 or so", "6010", "perhaps", "no", "6009"});
  CHECK(desk.run(&person).is_written);
  CHECK(person.asked == "Host of the PBX\nHost of the PBX\nHost of the PBX\nExtension\nExtension\nSecret of the extension\n"
                        "Provider of the agent: local, openai, azure, deepgram, ollama, azure_openai, openai_compatible\nGreeting, or none\n"
                        "Extension of a person, or none\nExtension of a person, or none\nExtension of a person, or none\n"
                        "Write the secrets to secrets.env? (yes, no)\nWrite the secrets to secrets.env? (yes, no)\nTest call: a number, wait, or none\n");
  CHECK(person.heard.find("That is characters that no extension has.") != std::string::npos);
  CHECK(person.heard.find("For example: 6001\n") != std::string::npos);
  CHECK(person.heard.find("That is the agent's own extension.") != std::string::npos);
  CHECK(desk.network.all.ends_with("call 6009\n"));
}

TEST_CASE("setup escapes control characters in the responses of a PBX or a provider, both for a person and in a script") {
  Desk desk;
  desk.network.answer = ": 403 \x1b[2J\r\nok: \xc2\x9b";
  ScriptedPerson person(then_usual({"h", "6001", "x", "local"}, false));
  const auto outcome = desk.run(&person);
  CHECK(person.heard.find("  ok: register 6001 5060: 403 \\u001b[2J\\u000d\\u000aok: \\u009b\n") != std::string::npos);
  for (const setup::Step& step : outcome.steps) CHECK(step.finding.what.find_first_of("\x1b\r\n") == std::string::npos);
}

TEST_CASE("After a failed trial, the person may correct the answers at once or keep them") {
  Desk again;
  ScriptedPerson corrects({"h", "6001", "wrong", "yes", "", "", "right", "local", "", "", "", ""});
  const auto corrected = again.run(&corrects);
  CHECK(corrected.is_written);
  CHECK(corrected.all_good);  // Only the corrected answers count.
  CHECK(again.network.all == "resolve h\nregister 6001 5060 with the wrong secret\nresolve h\nregister 6001 5060\n");
  CHECK(corrects.heard.find("not ok: register 6001 5060 with the wrong secret") != std::string::npos);
  Desk kept;
  kept.network.bad = "resolve";
  ScriptedPerson keeps({"h", "no", "6001", "x", "local", "", "", "", ""});
  const auto outcome = kept.run(&keeps);
  CHECK(outcome.is_written);
  CHECK_FALSE(outcome.all_good);
  CHECK(kept.network.all == "resolve h\n");
  Desk keys;
  ScriptedPerson types({"h", "6001", "x", "openai", "sk-wrong", "", "", "sk-canary", "", "", "", "", ""});
  keys.network.bad = "key https://api.openai.com/v1 wrong";
  CHECK(keys.run(&types).all_good);
  CHECK(keys.network.all.ends_with("key https://api.openai.com/v1 wrong\nkey https://api.openai.com/v1\n"));
}

TEST_CASE("A provider that cannot hold a conversation alone is refused before the next question") {
  Desk desk;
  desk.variables = {{"SPEECH_PROVIDER", "local"}};
  ScriptedPerson person({"h", "6001", "x", "deepgram", "", "canary"});
  CHECK(desk.run(&person).ended == setup::Ended::EndOfInput);
  CHECK(person.heard.find("found a provider without a model that thinks;") != std::string::npos);
  CHECK(person.asked.ends_with("Answer that again? (yes, no)\n"));
}

TEST_CASE("The configuration cannot have the name of a file that setup writes beside it") {
  for (const char* name : {"secrets.env", "receptionist.json", "/etc/offhook/sales.md", "./message-taker.md"}) {
    CAPTURE(name);
    Desk desk;
    ScriptedPerson person({"h"});
    const auto outcome = desk.run(&person, {name, true, false, ""});
    CHECK(person.asked.empty());
    CHECK(desk.disk.empty());
    REQUIRE(outcome.steps.size() == 1);
    CHECK(outcome.steps[0].finding.what.ends_with("name another file with --out, such as offhook.json"));
    CHECK_FALSE(outcome.all_good);
  }
  Desk desk;
  ScriptedPerson person(then_usual({"h", "6001", "x", "local"}, false));
  CHECK(desk.run(&person, {"receptionist.json.d/my-receptionist.json", false, false, ""}).is_written);
}

TEST_CASE("setup does not overwrite an existing file without the person's consent") {
  Desk desk;
  desk.disk["offhook.json"] = "mine";
  ScriptedPerson no({"no"});
  CHECK_FALSE(desk.run(&no).is_written);
  CHECK(desk.disk.at("offhook.json") == "mine");
  ScriptedPerson yes({"yes", "h", "6001", "x", "local", "", "", "", ""});
  CHECK(desk.run(&yes).is_written);
  CHECK(desk.disk.at("offhook.json") != "mine");
  desk.disk["offhook.json"] = "mine";
  desk.variables = {{"ASTERISK_HOST", "h"}, {"SIP_EXTENSION", "6001"}, {"SIP_PASSWORD", "x"}, {"PROVIDER", "local"}};
  CHECK_FALSE(desk.run(nullptr).is_written);
  setup::Options options;
  options.overwrite = true;
  CHECK(desk.run(nullptr, options).is_written);
}

TEST_CASE("Ctrl-C and the end of input end setup at each question, and before the last question it writes nothing") {
  const std::deque<std::string> answers{"h", "6001", "x", "openai", "sk-canary", "sales", "none", "6010", "yes", "none"};
  for (const bool is_interrupted : {true, false}) {
    for (std::size_t answered = 0; answered < answers.size(); ++answered) {
      CAPTURE(answered);
      std::deque<std::string> some(answers.begin(), answers.begin() + static_cast<std::ptrdiff_t>(answered));
      if (is_interrupted) some.emplace_back(ScriptedPerson::kCtrlC);
      Desk desk;
      ScriptedPerson person(some);
      const auto outcome = desk.run(&person);
      CHECK(outcome.ended == (is_interrupted ? setup::Ended::Interrupted : setup::Ended::EndOfInput));
      CHECK_FALSE(outcome.all_good);
      const bool is_last = answered + 1 == answers.size();
      CHECK(outcome.is_written == is_last);
      CHECK(desk.disk.size() == (is_last ? 3U : 0U));
      CHECK(setup::written_in_words(outcome) == (is_last ? "sales.md, secrets.env, offhook.json were written" : "nothing was written"));
      CHECK(person.heard.find("Next:") == std::string::npos);
    }
  }
}

TEST_CASE("Ctrl-C during a trial ends setup, and the result of the trial is ignored") {
  const std::deque<std::string> answers{"h", "6001", "x", "openai", "sk-canary", "", "", "", "", "1001"};
  for (const char* in : {"resolve", "register", "key", "call"}) {
    CAPTURE(in);
    Desk desk;
    desk.network.interrupted_in = in;
    ScriptedPerson person(answers);
    const auto outcome = desk.run(&person);
    CHECK(outcome.ended == setup::Ended::Interrupted);
    CHECK(outcome.is_written == (std::string(in) == "call"));
    CHECK((outcome.steps.empty() || outcome.steps.back().name != in));
    Desk script;
    script.variables = {{"ASTERISK_HOST", "h"}, {"SIP_EXTENSION", "6001"}, {"SIP_PASSWORD", "x"}, {"OPENAI_API_KEY", "sk-canary"}};
    script.network.interrupted_in = in;
    setup::Options options;
    options.call = "1001";
    CHECK(script.run(nullptr, options).ended == setup::Ended::Interrupted);
    CHECK(script.disk.contains("offhook.json") == (std::string(in) == "call"));
  }
}

TEST_CASE("If no person answers, setup takes the answers from the environment, and the finding names the missing variables") {
  Desk desk;
  auto outcome = desk.run(nullptr);
  REQUIRE(outcome.steps.size() == 1);
  CHECK(outcome.steps.front().finding.what == "answers are missing: set ASTERISK_HOST, SIP_EXTENSION, SIP_PASSWORD");
  CHECK_FALSE(outcome.all_good);
  desk.variables = {{"ASTERISK_HOST", "h"}, {"SIP_EXTENSION", "6001"}, {"SIP_PASSWORD", "canary-7f3a"}, {"OPENAI_API_KEY", "sk-canary"}};
  outcome = desk.run(nullptr);
  CHECK(outcome.all_good);
  CHECK(desk.disk.at("offhook.json").find("canary") == std::string::npos);
  CHECK_FALSE(desk.disk.contains("secrets.env"));
  CHECK(setup::to_json(outcome, {}).starts_with(R"({"written":true,"all_good":true,"path":"offhook.json","steps":[{"step":"answers","good":true,)"));
  setup::Options options;
  options.keeps_secrets = true;
  options.path = "other/offhook.json";
  CHECK(desk.run(nullptr, options).is_written);
  CHECK(desk.disk.at("other/offhook.json").find("canary") == std::string::npos);
  CHECK(desk.disk.at("other/secrets.env") == "SIP_PASSWORD=canary-7f3a\nOPENAI_API_KEY=sk-canary\n");
  desk.network.bad = "key";
  options.path = "third.json";
  CHECK_FALSE(desk.run(nullptr, options).is_written);
  CHECK_FALSE(desk.disk.contains("third.json"));
}

TEST_CASE("setup offers the same default provider as `offhook run`: OpenAI if OPENAI_API_KEY is set, otherwise local") {
  CHECK(config::usual_provider({}) == "local");
  for (const char* key : {"", "sk-canary"}) {
    CAPTURE(key);
    Desk desk;
    desk.variables = {{"OPENAI_API_KEY", key}, {"ASTERISK_HOST", "h"}, {"SIP_EXTENSION", "6001"}, {"SIP_PASSWORD", "x"}};
    const std::string usual = config::usual_provider(desk.environment());
    CHECK(usual == (std::string(key).empty() ? "local" : "openai"));
    ScriptedPerson person({"", "", ""});
    CHECK(desk.run(&person).ended == setup::Ended::EndOfInput);
    CHECK(person.usual == usual);
    CHECK(desk.run(nullptr).is_written);
    CHECK(desk.disk.at("offhook.json").find("\"provider\": \"" + usual + "\"") != std::string::npos);
  }
}

TEST_CASE("setup asks for the settings of the chosen provider, tests them, and writes a usable configuration") {
  Desk azure;
  ScriptedPerson person({"h", "6001", "x", "nobody", "Azure", "canary-1", "west/europe", "West Europe", "https://x.openai.azure.com", "canary-2", "mini", "", "", "", "no", ""});
  CHECK(azure.run(&person).is_written);
  CHECK(person.heard.find("That is another word. It must be local, openai, azure, deepgram, ollama, azure_openai, openai_compatible: write one of them.") != std::string::npos);
  CHECK(person.secrets == "Secret of the extension\nKey of the Speech resource\nKey of the Azure OpenAI resource\n");
  const std::string& text = azure.disk.at("offhook.json");
  CHECK(text.find("canary") == std::string::npos);
  const auto written = written_in(azure, {{"SIP_PASSWORD", "k"}, {"AZURE_SPEECH_KEY", "k"}, {"AZURE_OPENAI_KEY", "k"}});
  REQUIRE(written.problems.empty());
  const auto provider = config::find_provider(written.config, "azure");
  REQUIRE(provider);
  CHECK(azure::speech_of(*provider).region == "westeurope");
  CHECK(provider->deployment == "mini");
  Desk ollama;
  ScriptedPerson other(then_usual({"h", "6001", "x", "ollama", "", "", "llama3.2"}, true));
  CHECK(ollama.run(&other).is_written);
  CHECK(ollama.disk.at("offhook.json").find("\"chat\": \"llama3.2\"") != std::string::npos);
  CHECK(ollama.network.all.find("key http://127.0.0.1:11434") != std::string::npos);
}

TEST_CASE("If no person answers, PROVIDER selects the provider, and the finding names the variables that this provider lacks") {
  Desk desk;
  desk.variables = {{"ASTERISK_HOST", "h"}, {"SIP_EXTENSION", "6001"}, {"SIP_PASSWORD", "x"}, {"PROVIDER", "deepgram"}};
  CHECK(desk.run(nullptr).steps.front().finding.what == "answers are missing: set DEEPGRAM_API_KEY");
  desk.variables["PROVIDER"] = "elsewhere";
  CHECK(desk.run(nullptr).steps.front().finding.what == "answers are missing: set PROVIDER (local, openai, azure, deepgram, ollama, azure_openai, openai_compatible)");
  desk.variables.insert({{"DEEPGRAM_API_KEY", "canary"}});
  desk.variables["PROVIDER"] = "deepgram";
  CHECK(desk.run(nullptr).is_written);
  CHECK(desk.disk.at("offhook.json").find("\"${DEEPGRAM_API_KEY}\"") != std::string::npos);
}

namespace {

/// Runs setup without a person, with these variables and those of a PBX. Returns the failed steps, the file from "agent" on, and the trials.
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

TEST_CASE("setup supports a server with OpenAI's interface, and Azure OpenAI alone") {
  CHECK(from({{"PROVIDER", "openai_compatible"}}) == "answers are missing: set OPENAI_BASE_URL, OPENAI_MODEL\n\n");
  CHECK(from({{"PROVIDER", "openai_compatible"}, {"OPENAI_BASE_URL", "http://127.0.0.1:8000/v1/chat/completions"}, {"OPENAI_MODEL", "m"}}) ==
        R"("agent":{"provider":"openai_compatible"},"providers":{"openai_compatible":{"base_url":"http://127.0.0.1:8000/v1","models":{"chat":"m"}}}})"
        "\nresolve h\nregister 6001 5060\nkey http://127.0.0.1:8000/v1\n");
  CHECK(from({{"PROVIDER", "openai_compatible"}, {"OPENAI_BASE_URL", "http://h/v1"}, {"OPENAI_MODEL", "m"}, {"OPENAI_API_KEY", "k"}}).find(R"("api_key":"${OPENAI_API_KEY}")") !=
        std::string::npos);
  CHECK(from({{"PROVIDER", "azure_openai"}}) == "answers are missing: set AZURE_OPENAI_ENDPOINT, AZURE_OPENAI_KEY, AZURE_OPENAI_DEPLOYMENT\n\n");
  CHECK(from({{"PROVIDER", "Azure_OpenAI"}, {"AZURE_OPENAI_ENDPOINT", "https://x.openai.azure.com/openai/v1"}, {"AZURE_OPENAI_KEY", "k"}, {"AZURE_OPENAI_DEPLOYMENT", "rt"}})
            .starts_with(R"("agent":{"provider":"azure_openai"},"providers":{"azure_openai":{"base_url":"https://x.openai.azure.com","api_key":"${AZURE_OPENAI_KEY}","deployment":"rt"}}})"));
}

TEST_CASE("A separate provider for the model or for speech is written, configured and tested") {
  const std::map<std::string, std::string> speech{{"PROVIDER", "azure"}, {"AZURE_SPEECH_KEY", "k"}, {"AZURE_SPEECH_REGION", "West Europe"}, {"MODEL_PROVIDER", "ollama"}};
  auto whole = speech;
  whole["OLLAMA_MODEL"] = "m";
  CHECK(from(speech) == "answers are missing: set OLLAMA_MODEL\n\n");
  CHECK(from(whole) ==
        R"("agent":{"provider":"azure","model_provider":"ollama"},"providers":{"azure":{"speech":{"key":"${AZURE_SPEECH_KEY}","region":"westeurope"}},)"
        R"("ollama":{"base_url":"http://127.0.0.1:11434","models":{"chat":"m"}}}})"
        "\nresolve h\nregister 6001 5060\nkey \nkey http://127.0.0.1:11434\n");
  CHECK(from({{"PROVIDER", "openai"}}) == "answers are missing: set OPENAI_API_KEY (or PROVIDER=local)\n\n");
  CHECK(from({{"PROVIDER", "ollama"}, {"OLLAMA_MODEL", "m"}, {"SPEECH_PROVIDER", "openai"}}) == "answers are missing: set OPENAI_API_KEY\n\n");
  CHECK(from({{"PROVIDER", "ollama"}, {"OLLAMA_MODEL", "m"}, {"SPEECH_PROVIDER", "deepgram"}}) == "answers are missing: set DEEPGRAM_API_KEY\n\n");
  const auto both = from({{"PROVIDER", "ollama"}, {"OLLAMA_MODEL", "m"}, {"SPEECH_PROVIDER", "deepgram"}, {"DEEPGRAM_API_KEY", "k"}});
  CHECK(both.starts_with(R"("agent":{"provider":"ollama","speech_provider":"deepgram"},"providers":{"deepgram":{"api_key":"${DEEPGRAM_API_KEY}"},"ollama":{)"));
  CHECK(both.find("key https://api.deepgram.com\nkey http://127.0.0.1:11434\n") != std::string::npos);
  CHECK(from({{"PROVIDER", "ollama"}, {"OLLAMA_MODEL", "m"}, {"SPEECH_PROVIDER", "openai_compatible"}}) ==
        "answers are missing: set SPEECH_PROVIDER (local, openai, azure, deepgram; write other providers in the file: docs/providers.md), OPENAI_BASE_URL, OPENAI_MODEL\n\n");
  // setup does not write a configuration that `offhook check` refuses.
  CHECK(from({{"PROVIDER", "deepgram"}, {"DEEPGRAM_API_KEY", "k"}, {"SPEECH_PROVIDER", "local"}}).find("found a provider without a model that thinks;") != std::string::npos);
}

TEST_CASE("OPENAI_API_KEY goes only to OpenAI, or to the address in the environment") {
  CHECK(from({{"PROVIDER", "openai"}, {"OPENAI_API_KEY", "sk-canary"}, {"OPENAI_BASE_URL", "https://proxy.example/v1"}}).find("key https://proxy.example/v1\n") != std::string::npos);
  const auto both = from({{"PROVIDER", "openai_compatible"}, {"OPENAI_BASE_URL", "http://h/v1"}, {"OPENAI_MODEL", "m"}, {"SPEECH_PROVIDER", "openai"}, {"OPENAI_API_KEY", "sk-canary"}});
  CHECK(both.find(R"("openai":{"base_url":"https://api.openai.com/v1","api_key":"${OPENAI_API_KEY}"},"openai_compatible":{"base_url":"http://h/v1","models":{"chat":"m"}})") !=
        std::string::npos);  // The file has this URL, because `offhook run` would otherwise take the other server's from the environment.
  Desk desk;
  desk.variables = {{"OPENAI_API_KEY", "sk-canary"}};
  ScriptedPerson person(then_usual({"h", "6001", "x", "openai_compatible", "", "ftp://h", "http://h:8000/v1", "", "m"}, true));
  CHECK(desk.run(&person).is_written);
  CHECK(desk.disk.at("offhook.json").find("canary") == std::string::npos);
  CHECK(person.heard.find("It must be a URL such as \"http://127.0.0.1:8000/v1\"") != std::string::npos);
  CHECK(person.secrets == "Secret of the extension\nKey of the server\n");
}

TEST_CASE("setup asks for a speech provider if the chosen provider has no speech, and asks for other providers if a variable names them") {
  Desk desk;
  ScriptedPerson person(then_usual({"h", "6001", "x", "ollama", "Deepgram", "canary", "", "llama3.2"}, true));
  CHECK(desk.run(&person).is_written);
  CHECK(desk.disk.at("offhook.json").find("\"speech_provider\": \"deepgram\"") != std::string::npos);
  CHECK(desk.network.all.find("key https://api.deepgram.com\n") != std::string::npos);
  Desk named;
  named.variables = {{"MODEL_PROVIDER", "ollama"}, {"SPEECH_PROVIDER", "azure"}};
  ScriptedPerson other(then_usual({"h", "6001", "x", "openai", "", "OpenAI", "sk-canary", "", "m"}, true));
  CHECK(named.run(&other).is_written);
  CHECK(other.asked.find("Provider that thinks: local, openai, azure, ollama, openai_compatible\nProvider that listens and speaks: local, openai, azure, deepgram\n") != std::string::npos);
  CHECK(named.disk.at("offhook.json").find("\"model_provider\": \"ollama\"") != std::string::npos);
  CHECK(named.disk.at("offhook.json").find("speech_provider") == std::string::npos);
}

TEST_CASE("setup reports the same problem of a configuration as `offhook check`, and reports a full disk") {
  Desk desk;
  desk.variables = {{"ASTERISK_HOST", "sip:h"}, {"SIP_EXTENSION", "6001"}, {"SIP_PASSWORD", "x"}, {"PROVIDER", "local"}};
  const auto outcome = desk.run(nullptr);
  CHECK(outcome.steps.front().finding.what.starts_with("/sip/host: found text that is neither a host name nor an address"));
  CHECK(desk.network.all.empty());
  desk.variables["ASTERISK_HOST"] = "h";
  setup::Options options;
  options.path = "full.json";
  const auto full = desk.run(nullptr, options);
  CHECK_FALSE(full.is_written);
  CHECK(full.steps.back().finding.what == "full.json cannot be written: no room");
}
