#include "building.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>

using namespace building;

TEST_CASE("A problem names its place, the found value, the allowed values and the remedy") {
  struct Row { const char* json; const char* problem; };
  const Texts files{{"etc/bad.md", "---\nvoyce: x\n---\n"}, {"etc/tool.md", "---\ntools: transfer\n---\n"}, {"etc/odd.md", "---\ntools: fly\n---\n"},
                    {"etc/lang.md", "---\nlanguage: german language\n---\n"}, {"etc/list.json", "[1]"}, {"etc/good.json", "{}"}};
  for (const Row row : {
           Row{R"({"agent": {"provider": "openia"}})", "/agent/provider: found an unknown provider (\"openia\"); allowed: \"local\", \"openai\", \"azure\", \"deepgram\", \"ollama\", \"azure_openai\", \"openai_compatible\", or a name of /providers; did you mean \"openai\"?"},
           {R"({"agent": {"provider": "ollama"}})", "/providers/ollama/models/chat: found nothing; allowed: a model that `ollama list` shows, such as \"llama3.2\"; set OLLAMA_MODEL, or write it in the file"},
           {R"({"agent": {"provider": "azure"}, "providers": {"azure": {"speech": {"key": "k", "region": "westeurope"}}}})",
            "/agent/provider: found a provider without a model that thinks; allowed: a provider with AZURE_OPENAI_ENDPOINT, AZURE_OPENAI_KEY and AZURE_OPENAI_DEPLOYMENT; set these three variables, or name a provider that thinks in MODEL_PROVIDER"},
           {R"({"agent": {"provider": "azure"}, "providers": {"azure": {"speech": {"key": "k", "region": "westeurope"}, "base_url": "https://h", "api_key": "k"}}})",
            "/providers/azure/deployment: found nothing; allowed: the name of a deployment; set AZURE_OPENAI_DEPLOYMENT, or write it in the file"},
           {R"({"agent": {"provider": "local", "model_provider": "azure"}, "providers": {"azure": {"api_key": "k", "deployment": "d"}}})",
            "/providers/azure/base_url: found nothing; allowed: a URL such as \"https://NAME.openai.azure.com\"; set AZURE_OPENAI_ENDPOINT, or write it in the file"},
           {R"({"agent": {"provider": "mine", "model_provider": "local"}, "providers": {"mine": {"kind": "deepgram"}}})",
            "/providers/mine/api_key: found nothing; allowed: the key of a Deepgram project; write it in the file"},
           {R"({"agent": {"provider": "azure", "model_provider": "local"}, "providers": {"azure": {"speech": {"key": "k"}}}})",
            "/providers/azure/speech/region: found nothing; allowed: the region of the Speech resource, such as \"westeurope\"; set AZURE_SPEECH_REGION, or write it in the file"},
           {R"({"agent": {"provider": "deepgram"}})", "/providers/deepgram/api_key: found nothing; allowed: the key of a Deepgram project; set DEEPGRAM_API_KEY, or write it in the file"},
           {R"({"agent": {"model_provider": "deepgram"}, "providers": {"deepgram": {"api_key": "k"}}})",
            "/agent/model_provider: found a provider without a model that thinks; allowed: another provider than deepgram; name a provider for this task in MODEL_PROVIDER, or in `think` of a session"},
           {R"({"agent": {"provider": "deepgram"}, "providers": {"deepgram": {"base_url": "https://api.eu.deepgram.com"}}})", "/providers/deepgram/api_key: found nothing;"},
           {R"({"agent": {"provider": "deepgram"}, "providers": {"deepgram": {"base_url": "https://API.EU.Deepgram.com:443"}}})", "/providers/deepgram/api_key: found nothing;"},
           {R"({"agent": {"speech_provider": "ollamma"}})", "/agent/speech_provider: found an unknown provider (\"ollamma\");"},
           {R"({"agent": {"sessions": [{"kind": "cascade", "speak": "ollama"}]}, "providers": {"ollama": {"models": {"chat": "x"}}}})",
            "/agent/sessions/0/speak: found a provider without a model that speaks; allowed: another provider than ollama;"},
           {R"({"agent": {"sessions": [{"kind": "realtime", "provider": "azure"}]}, "providers": {"azure": {"base_url": "https://h", "api_key": "k"}}})",
            "/agent/sessions/0/provider: found a provider without a model that hears and speaks itself; allowed: a provider with /providers/azure/models/realtime;"},
           {R"({"agent": {"provider": "local", "speech_provider": "local", "voice": "marin"}})", "/agent/voice: found an unknown voice (\"marin\"); allowed: \"slt\", \"rms\" when the embedded voice speaks;"},
           {R"({"agents": [{"name": "a", "match": {"called": "1"}, "speech_provider": "local", "voice": "marin"}]})", "/agents/0/voice: found an unknown voice (\"marin\");"},
           {R"({"agent": {"phrases": ["Offhook", ""]}})", "/agent/phrases/1: found empty text;"},
           {R"({"agent": {"languages": ["en", ""]}})", "/agent/languages/1: found empty text; allowed: a language tag such as \"en\" or \"pt-BR\" (BCP 47); write one, or remove the entry"},
           {R"({"agent": {"languages": ["English"]}})", "/agent/languages/0: found text that is not a language tag (\"English\");"},
           {R"({"agent": {"sessions": [{"kind": "cascade", "think": ["openai", "hmoe"]}]}, "providers": {"home": {"kind": "local"}, "openai": {"api_key": "k"}}})",
            "/agent/sessions/0/think/1: found an unknown provider (\"hmoe\"); allowed: \"local\", \"openai\", \"azure\", \"deepgram\", \"ollama\", \"azure_openai\", \"openai_compatible\", or a name of /providers; did you mean \"home\"?"},
           {R"({"agent": {"sessions": [{"kind": "realtime"}]}})", "/agent/sessions/0: found a provider without a model that hears and speaks itself; allowed: another provider than local; make the session a cascade"},
           {R"({"agent": {"provider": "openai", "sessions": [{"kind": "realtime", "think": "openai"}]}, "providers": {"openai": {"api_key": "k"}}})",
            "/agent/sessions/0/think: found a part of a cascade in a realtime session; allowed: kind and provider; remove it, or make the session a cascade"},
           {R"({"agent": {"provider": "x"}, "providers": {"x": {"kind": "openai_compatible", "base_url": "http://h/v1"}}})",
            "/agent/provider: found a provider without a model that thinks; allowed: a provider with /providers/x/models/chat; set it or OPENAI_MODEL, or name another provider"},
           {R"({"agent": {"provider": "x"}, "providers": {"x": {}}})", "/providers/x/kind: found nothing; allowed: \"openai\", \"azure\", \"deepgram\", \"ollama\", \"azure_openai\", \"openai_compatible\", \"local\"; name its protocol"},
           {R"({"agent": {"provider": "openai", "regions": ["eu"]}, "providers": {"openai": {"api_key": "k"}}})",
            "/agent/regions: found a session with the provider openai, which has no region; allowed: only providers of these regions; set /providers/openai/region, or use another provider"},
           {R"({"agent": {"provider": "openai", "regions": ["eu"]}, "providers": {"openai": {"api_key": "k", "region": "us"}}})",
            "/agent/regions: found a session with the provider openai, which is in another region;"},
           {R"({"agent": {"tools": ["transfer"]}})", "/agent/tools/0/destinations: found nothing; allowed: an object of names, each with a number or a SIP address; name the targets of transfers"},
           {R"({"agent": {"tools": ["note", "note"]}})", "/agent/tools/1: found a tool twice; allowed: each tool once; keep one of them"},
           {R"({"agent": {"tools": [{"name": "hold", "destinations": {"a": "1"}}]}})", "/agent/tools/0/destinations: found destinations for a tool that transfers no call;"},
           {R"({"agent": {"prompt": "a\nHello {{callr}}"}})", "/agent/prompt: found an unknown variable in line 2; allowed: a text with variables that are known (docs/prompts.md); did you mean {{caller}}?"},
           {R"({"agent": {"greeting": "{{caller"}})", "/agent/greeting: found {{ without its }} in line 1;"},
           {R"({"agent": {"instructions": "{{context.plan}}"}})", "/agent/instructions: found a {{context.NAME}} without /agent/context, which names the source of its value; allowed: a {{context.NAME}} together with /agent/context; set /agent/context, or remove the variable"},
           {R"({"agent": {"prompt_file": "none.md"}})", "/agent/prompt_file: found a file that cannot be read (it is not there); allowed: a Markdown file of at most 128 KiB; check the path: it starts at the folder of the configuration file"},
           {R"({"agent": {"prompt_file": "bad.md"}})", "/agent/prompt_file: found an unknown key in line 2 of the file; allowed: a prompt as docs/prompts.md describes; did you mean \"voice\"?"},
           {R"({"agent": {"prompt_file": "lang.md"}})", "/agent/prompt_file: found text that is not a language tag for language in the head of the file;"},
           {R"({"agent": {"prompt_file": "odd.md"}})", "/agent/prompt_file: found an unknown tool in the prompt file;"},
           {R"({"agent": {"prompt_file": "tool.md"}})", "/agent/prompt_file: found transfer in the prompt file, and no destinations for it;"},
           {R"({"agent": {"prompt_file": "tool.md", "tools": ["note"]}})", "/agent/prompt_file: found a tool in the prompt file that is not granted; allowed: those of /agent/tools;"},
           {R"({"agent": {"prompt": "x", "prompt_file": "tool.md"}})", "/agent/prompt_file: found a prompt twice, in a text and in a file; allowed: one of prompt and prompt_file; remove one of them"},
           {R"({"agent": {"fallback": {"transfer_to": "1", "hang_up": true}}})", "/agent/fallback: found two ways to end a call; allowed: transfer_to, or hang_up; keep one of them"},
           {R"({"agent": {"fallback": {"hang_up": false}}})", "/agent/fallback: found no way to end a call;"},
           {R"({"agent": {"context": {}}})", "/agent/context: found neither a file nor a URL; allowed: one of file and url; name one"},
           {R"({"agent": {"context": {"file": "good.json", "url": "http://h"}}})", "/agent/context: found a file and a URL;"},
           {R"({"agent": {"context": {"file": "list.json"}}})", "/agent/context/file: found a file that cannot be used: the file has JSON that is not an object;"},
           {R"({"agent": {"context": {"file": "none.json"}}})", "/agent/context/file: found a file that cannot be read (it is not there);"},
           {R"({"agent": {"limits": {"call_seconds": 10, "silence_seconds": 10}}})", "/agent/limits: found a silence as long as a whole call;"},
           {R"({"agents": [{"name": "agent", "match": {"called": "1"}}]})", "/agents/0/name: found the name of another agent;"},
           {R"({"agents": [{"name": "a", "match": {"called": "1"}}, {"name": "a", "match": {"called": "2"}}]})", "/agents/1/name: found the name of another agent;"},
           {R"({"agents": [{"name": "a", "match": {}}]})", "/agents/0/match: found no condition; allowed: called, caller, header, or verified with true; name one; /agent takes the calls that no other agent takes"},
           {R"({"agents": [{"name": "a", "match": {"verified": false}}]})", "/agents/0/match: found no condition; allowed: called, caller, header, or verified with true;"},
           {R"({"agents": [{"name": "a"}]})", "/agents/0/match: found nothing; allowed: an object with called, caller, verified, header; write it in the file"},
           {R"({"agents": [{"name": "a", "match": {"called": "6*1"}}]})", "/agents/0/match/called: found a star that is not at the end;"},
           {R"({"agents": [{"name": "a", "match": {"header": {"name": "X"}}}]})", "/agents/0/match/header/value: found nothing;"},
           {R"({"agents": [{"name": "a", "match": {"called": "1"}, "promt": "x"}]})", "/agents/0/promt: found an unknown setting; allowed: name, match, provider, model_provider, speech_provider, sessions,"},
           {R"({"agents": [{"name": "a", "match": {"called": "1"}, "voice": "alloy"}]})", "/agents/0/voice: found an unknown voice (\"alloy\"); allowed: \"slt\", \"rms\" when the embedded voice speaks; write one of them"},
           {R"({"providers": {"my home": {}}})", "/providers/my home: found a name with other characters; allowed: a name of 1 to 64 letters, digits, - and _; rename it"},
           {R"({"providers": {"x": {"kind": "openai", "base_url": "https://user:pw@h/v1"}}})", "/providers/x/base_url: found a user or a password in the URL;"},
           {R"({"agent": {"provider": "openai"}, "providers": {"openai": {"api_key": "k", "base_url": "https://h/v1?a=b"}}})", "/providers/openai/base_url: found a URL with a query;"},
           {R"({"agent": {"provider": "openai"}, "providers": {"openai": {"api_key": "k", "ca_file": "none.pem"}}})", "/providers/openai/ca_file: found a file that cannot be read (it is not there);"},
           {R"({"agent": {"language": "german!"}})", "/agent/language: found text that is not a language tag;"},
       }) {
    CAPTURE(row.json);
    const auto told = build(row.json, {}, files).problems();
    CAPTURE(told);
    CHECK(told.starts_with(row.problem));
    CHECK(std::count(told.begin(), told.end(), '\n') == 1);
  }
}

TEST_CASE("A fault in /agent is reported once, even if several agents inherit it. A fault in an agent's own settings is reported with the agent's index") {
  const auto shared = build(R"({"agent": {"prompt": "{{x}}"}, "agents": [{"name": "a", "match": {"called": "1"}}, {"name": "b", "match": {"called": "2"}, "greeting": "{{y}}"}]})");
  CHECK(shared.made.problems.size() == 2);
  CHECK(shared.made.problems[0].where == "/agent/prompt");
  CHECK(shared.made.problems[1].where == "/agents/1/greeting");
  CHECK(build("", {{"PROMPT", "{{x}}"}}).problems().starts_with("PROMPT: found an unknown variable in line 1;"));
  CHECK_FALSE(shared.made.directory);
}

TEST_CASE("A warning names an agent that can never get a call, and a prompt that no provider of the agent reads") {
  CHECK(build(R"({"agents": [{"name": "a", "match": {"called": "1"}}, {"name": "b", "match": {"called": "1"}}]})").warnings() ==
        "/agents/1/match: an earlier agent has the same conditions: this agent gets no calls\n");
  CHECK(build(R"({"agent": {"prompt": "x"}})").warnings() == "/agent/prompt: the provider local does not read it\n");
}

TEST_CASE("The output of a configuration with providers shows no secret") {
  const auto built = build(R"({"agent": {"provider": "openai"}, "providers": {"openai": {"api_key": "canary-9"}, "canary-9": {"kind": "openai"}}})");
  CHECK(built.problems().find("canary") == std::string::npos);
  CHECK(offhook::agent::write_json(built.effective.config.provider_tree).find("\"api_key\":\"***\"") != std::string::npos);
  CHECK(build(R"({"providers": {"openai": {"api_key": 7, "canary": 1}}})", {{"OPENAI_API_KEY", "canary"}}).problems().find("api_key: found a whole number") != std::string::npos);
}
