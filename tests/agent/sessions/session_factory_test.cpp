#include <offhook/agent/sessions/session_factory.hpp>

#include <offhook/agent/profile/fixed_sentences.hpp>
#include <offhook/agent/providers/deepgram/provider.hpp>
#include <offhook/agent/providers/deepgram/tuning.hpp>
#include <offhook/agent/providers/embedded/local.hpp>
#include <offhook/agent/providers/ollama/provider.hpp>
#include <offhook/agent/providers/openai/provider.hpp>
#include <offhook/agent/providers/rehearsal.hpp>
#include <offhook/agent/sessions/conversation_options.hpp>
#include <offhook/agent/sessions/tool_box_options.hpp>

#include "../providers/deepgram/fake_sockets.hpp"
#include "../providers/fake_http.hpp"

#include <doctest/doctest.h>

#include <cstdlib>
#include <set>

using namespace offhook;
using namespace offhook::agent;
using namespace std::chrono_literals;

namespace {

ProviderPtr provider(const Provider* kind, std::string name) {
  auto made = std::make_shared<ProviderProfile>();
  made->kind = kind;
  made->name = std::move(name);
  made->base_url = "http://127.0.0.1:9/v1";
  return made;
}

AgentProfile profile(SessionWay way, std::vector<media::AudioCodec> codecs) {
  AgentProfile made;
  made.sessions = {std::move(way)};
  made.codecs = std::move(codecs);
  return made;
}

/// Answers each speech request with half a second of silence, and returns the texts of the requests.
struct QuietStudio final : net::Edges {
  test::FakeHttp studio;
  net::HttpClient& http(const std::string&) override { return studio; }
  net::HttpClient& local_http() override { std::abort(); }
  net::WebSocketClient& sockets(const std::string&) override { std::abort(); }

  std::string rehearse(const SessionFactory& factory, const AgentDirectory& directory) {
    Rehearsal rehearsal(factory.rehearsing(directory, *this, [](const std::string&) {}), {});
    std::string asked;
    for (std::size_t i = 0; rehearsal.tick({}); ++i) {
      REQUIRE(studio.all.size() == i + 1);
      asked += studio.all[i]->request.body + "\n";
      studio.answer(i, 200, std::string(24000, '\0'), {{"content-type", "audio/pcm"}});
    }
    return asked;
  }
};

}  // namespace

TEST_CASE("A port has the rate of the agreed codec. Before an agreement, it has 8 kHz if a Realtime session and G.711 come first, otherwise 16 kHz") {
  using media::AudioCodec;
  const auto openai = provider(&openai::kOpenAi, "openai");
  CHECK(SessionFactory::port_rate_hz(profile(RealtimeWay{openai}, {AudioCodec::Pcmu, AudioCodec::G722}), {}) == 8000);
  CHECK(SessionFactory::port_rate_hz(profile(RealtimeWay{openai}, {AudioCodec::G722, AudioCodec::Pcmu}), {}) == 16000);
  const auto cascade = profile(CascadeWay{{openai}, {openai}, {openai}}, {AudioCodec::G722, AudioCodec::Pcmu});
  CHECK(SessionFactory::port_rate_hz(cascade, {}) == 16000);
  CHECK(SessionFactory::port_rate_hz(cascade, AudioCodec::Pcma) == 8000);
  CHECK(SessionFactory::port_rate_hz(cascade, AudioCodec::L16) == 8000);
  CHECK(SessionFactory::port_rate_hz(cascade, AudioCodec::G722) == 16000);
  CHECK(SessionFactory::port_rate_hz(cascade, AudioCodec::Opus) == 16000);
}

TEST_CASE("The times and sentences of a profile replace the times and sentences of the conversation options, and other options stay") {
  AgentProfile made = profile(RealtimeWay{provider(&openai::kOpenAi, "openai")}, {media::AudioCodec::Pcmu});
  made.limits.think = 5s;
  made.limits.end_of_turn = 700ms;
  made.sentences.apology = "Sorry.";
  made.fallback.transfer_to = "6000";
  ConversationOptions usual;
  usual.ring_for = 2s;
  const auto options = conversation_options(made, usual);
  CHECK(options.think_deadline == 5s);
  CHECK(options.end_of_turn == 700ms);
  CHECK(options.apology == "Sorry.");
  CHECK(options.transfer_when_lost == "6000");
  CHECK(options.ring_for == 2s);
  CHECK(options.failure_goodbye == ConversationOptions{}.failure_goodbye);
}

TEST_CASE("Offhook's own sentences are in the agent's language and differ between languages") {
  std::set<std::string> said;
  const auto sentences_of = [&](std::string_view language) {
    const FixedSentences of = usual_sentences(language);
    for (const std::string& sentence : {of.apology, of.mishap, of.goodbye, of.filler, of.empty_reply, of.refusal, of.silence, of.limit, of.transfer, of.shutdown}) {
      CHECK(!sentence.empty());
      said.insert(sentence);
    }
  };
  for (const std::string_view language : {"en", "de-AT", "es", "FR", "it_IT", "pt-BR"}) sentences_of(language);
  CHECK(said.size() == 60);
  CHECK(usual_sentences("ja") == usual_sentences("en"));
  AgentProfile made = profile(RealtimeWay{provider(&openai::kOpenAi, "openai")}, {media::AudioCodec::Pcmu});
  CHECK(conversation_options(made, {}).limit_goodbye == ConversationOptions{}.limit_goodbye);
  made.languages = {"fr", "de"};
  CHECK(conversation_options(made, {}).limit_goodbye == usual_sentences("fr").limit);
  made.language = "de";
  made.sentences.silence = "Hallo?";
  made.limits.silences = 1;
  const auto options = conversation_options(made, {});
  CHECK(options.limit_goodbye == usual_sentences("de").limit);
  CHECK(options.silence_goodbye == "Hallo?");
  CHECK(options.max_silences == 1);
}

TEST_CASE("The conversation collects keys for a language model, and passes each key alone to a dialogue") {
  const auto openai = provider(&openai::kOpenAi, "openai"), local = provider(&embedded::kLocal, "local");
  const auto together = [](SessionWay way) { return conversation_options(profile(std::move(way), {media::AudioCodec::Pcmu}), {}).keys_together; };
  CHECK(together(RealtimeWay{openai}));
  CHECK(together(CascadeWay{{local}, {openai}, {local}}));
  CHECK_FALSE(together(CascadeWay{{openai}, {local}, {openai}}));
}

TEST_CASE("The detector of the media worker waits for the whole end_of_turn silence, but at most half a second") {
  AgentProfile made = profile(RealtimeWay{provider(&openai::kOpenAi, "openai")}, {media::AudioCodec::Pcmu});
  for (const auto& [turn, frames] : {std::pair{500ms, 25}, {300ms, 15}, {100ms, 5}, {2000ms, 25}}) {
    made.limits.end_of_turn = turn;
    CHECK(hangover_frames(made) == frames);
  }
}

TEST_CASE("If the provider's service detects the end of turns, the conversation waits longer for it, and the worker reports short pauses") {
  auto deepgram = std::make_shared<ProviderProfile>(*provider(&deepgram::kDeepgram, "deepgram"));
  deepgram->models.transcription = "flux-general-en";
  deepgram::Tuning tuning;
  tuning.eot_timeout_ms = 4000;
  deepgram->own = tuning;
  const auto openai = provider(&openai::kOpenAi, "openai");
  const auto made = [&] { return profile(CascadeWay{{openai, deepgram}, {openai}, {openai}}, {media::AudioCodec::Pcmu}); };
  CHECK(conversation_options(made(), {}).listen_deadline == 6500ms);
  CHECK(hangover_frames(made()) == 10);
  AgentProfile patient = made();
  patient.limits.listen = 7s;
  CHECK(conversation_options(patient, {}).listen_deadline == 7s);
  tuning.turn_end = deepgram::Tuning::TurnEnd::Ours;
  deepgram->own = tuning;
  CHECK(conversation_options(made(), {}).listen_deadline == made().limits.listen);
  CHECK(hangover_frames(made()) == 25);
  tuning.turn_end = deepgram::Tuning::TurnEnd::Flux;
  deepgram->own = tuning;
  deepgram->models.transcription = "nova-3";
  CHECK(hangover_frames(made()) == 25);
  // Without a model name, the Voice Agent uses Flux to listen.
  const auto talking = [&] { return profile(RealtimeWay{deepgram}, {media::AudioCodec::Pcmu}); };
  CHECK(hangover_frames(talking()) == 25);
  deepgram->models.transcription.clear();
  CHECK(hangover_frames(talking()) == 10);
  CHECK(conversation_options(talking(), {}).listen_deadline == 6500ms);
}

TEST_CASE("SessionFactory does not adopt a directory with an unreadable dialogue, and the error names the file") {
  FactoryOptions options;
  options.embedded.pool = std::make_shared<WorkPool>(WorkPoolOptions{1});
  options.embedded.dialogue_path = "nowhere/dialogue.json";
  SessionFactory factory(options);
  const auto local = provider(&embedded::kLocal, "local");
  const auto made = std::make_shared<AgentProfile>(profile(CascadeWay{{local}, {local}, {local}}, {media::AudioCodec::G722}));
  const auto adopted = factory.adopt(AgentDirectory({}, made));
  REQUIRE_FALSE(adopted);
  CHECK(adopted.error().detail.find("nowhere/dialogue.json") != std::string::npos);
}

TEST_CASE("If a directory uses only language models, SessionFactory loads no recogniser") {
  FactoryOptions options;
  options.embedded.pool = std::make_shared<WorkPool>(WorkPoolOptions{1});
  options.embedded.dialogue_path = "nowhere/dialogue.json";
  SessionFactory factory(options);
  const auto made = std::make_shared<AgentProfile>(profile(RealtimeWay{provider(&openai::kOpenAi, "openai")}, {media::AudioCodec::Pcmu}));
  CHECK(factory.adopt(AgentDirectory({}, made)));
  CHECK(factory.is_warm());
}

TEST_CASE("The factory waits for a model to load only if an agent's calls have no other model") {
  const auto openai = provider(&openai::kOpenAi, "openai"), ollama = provider(&ollama::kOllama, "ollama"), local = provider(&embedded::kLocal, "local");
  const auto agent = [](SessionWay way) { return std::make_shared<AgentProfile>(profile(std::move(way), {media::AudioCodec::Pcmu})); };
  const auto asks = [&](std::vector<ProviderPtr> models) { return agent(CascadeWay{{local}, std::move(models), {local}}); };
  CHECK_FALSE(SessionFactory::awaits_model(AgentDirectory({}, asks({openai}))));
  CHECK_FALSE(SessionFactory::awaits_model(AgentDirectory({}, asks({openai, ollama}))));  // Offhook uses this model only after a failure of the first.
  CHECK_FALSE(SessionFactory::awaits_model(AgentDirectory({}, agent(RealtimeWay{openai}))));
  CHECK_FALSE(SessionFactory::awaits_model(AgentDirectory({}, asks({ollama, openai}))));  // The second model answers while the first loads.
  CHECK(SessionFactory::awaits_model(AgentDirectory({}, asks({ollama}))));
  CHECK(SessionFactory::awaits_model(AgentDirectory({{{}, asks({ollama})}}, asks({openai}))));
  const auto both = asks({ollama});
  both->sessions.push_back(RealtimeWay{openai});
  CHECK_FALSE(SessionFactory::awaits_model(AgentDirectory({}, both)));
  both->sessions.back() = CascadeWay{{local}, {ollama}, {openai}};
  CHECK(SessionFactory::awaits_model(AgentDirectory({}, both)));
}

TEST_CASE("Fixed sentences are synthesised before the first call, once for each voice, but not if they contain values of a call") {
  FactoryOptions options;
  options.embedded.pool = std::make_shared<WorkPool>(WorkPoolOptions{1});
  std::uint64_t characters = 0;
  options.on_rehearsal_use = [&characters](const ServiceUse& use) {
    CHECK(use.service == "openai/speak");
    characters += use.characters;
  };
  const SessionFactory factory(options);
  const auto openai = provider(&openai::kOpenAi, "openai"), local = provider(&embedded::kLocal, "local");
  const auto agent = [](SessionWay way, const char* greeting) {
    auto made = profile(std::move(way), {media::AudioCodec::Pcmu});
    made.greeting = *prompts::PromptTemplate::parse(greeting);
    return std::make_shared<AgentProfile>(std::move(made));
  };
  const auto recorded = agent(RealtimeWay{openai}, "Heard in a file.");
  recorded->recorded_greeting = media::Prompt::make({8000, std::vector<std::int16_t>(160)}, {});
  const AgentDirectory directory({{{}, agent(CascadeWay{{openai}, {openai}, {openai}}, "Good day.")},
                        {{}, agent(CascadeWay{{openai}, {openai}, {local}}, "Plain voice.")},
                        {{}, agent(RealtimeWay{openai}, "Hello {{caller}}.")},
                        {{}, recorded}},
                       agent(RealtimeWay{openai}, "Welcome."));
  QuietStudio studio;
  const std::string asked = studio.rehearse(factory, directory);
  const auto times = [&asked](const std::string& text) {
    std::size_t count = 0;
    for (auto at = asked.find(text); at != std::string::npos; at = asked.find(text, at + 1)) ++count;
    return count;
  };
  CHECK(times("Good day.") == 1);
  CHECK(times("Welcome.") == 1);
  CHECK(times("Plain voice.") == 0);
  CHECK(times("Hello") == 0);
  CHECK(times("Heard") == 0);
  CHECK(times(ConversationOptions{}.filler) == 1);
  CHECK(characters > std::string("Good day.Welcome.").size());
  CHECK(studio.rehearse(factory, directory).empty());  // A reload synthesises only new sentences.
}

TEST_CASE("A voice that the provider refuses is reported once, before the first call, with the provider's error") {
  FactoryOptions options;
  std::vector<ServiceFailure> failures;
  options.on_rehearsal_failure = [&failures](const ServiceFailure& failure) { failures.push_back(failure); };
  const SessionFactory factory(options);
  const auto openai = provider(&openai::kOpenAi, "openai");
  const AgentDirectory directory({}, std::make_shared<AgentProfile>(profile(CascadeWay{{openai}, {openai}, {openai}}, {media::AudioCodec::Pcmu})));
  QuietStudio studio;
  Rehearsal rehearsal(factory.rehearsing(directory, studio, [](const std::string&) {}), {});
  for (std::size_t i = 0; rehearsal.tick({}) && i < studio.studio.all.size(); ++i)
    studio.studio.answer(i, 400, R"({"error":{"type":"invalid_request_error","code":"invalid_value","param":"voice"}})", {{"content-type", "application/json"}});
  REQUIRE(failures.size() == 1);
  CHECK(failures[0].service == "openai/speak");
  CHECK(failures[0].instead.empty());
  CHECK(failures[0].kind == FailureKind::Protocol);
  CHECK(failures[0].why.find("answered 400 (invalid_request_error, invalid_value, voice)") != std::string::npos);
}

TEST_CASE("Each agent's sentences are prepared in the voice of its own calls, even if agents differ only in the callers' languages") {
  struct Booths final : net::Edges {
    test::FakeSockets lines;
    net::HttpClient& http(const std::string&) override { std::abort(); }
    net::HttpClient& local_http() override { std::abort(); }
    net::WebSocketClient& sockets(const std::string&) override { return lines; }
  };
  const SessionFactory factory({});
  const auto deepgram = provider(&deepgram::kDeepgram, "deepgram");
  const auto agent = [&](std::vector<std::string> languages, const char* greeting) {
    auto made = profile(RealtimeWay{deepgram}, {media::AudioCodec::Pcmu});
    made.languages = std::move(languages);
    made.greeting = *prompts::PromptTemplate::parse(greeting);
    return std::make_shared<AgentProfile>(std::move(made));
  };
  const AgentDirectory directory({{{}, agent({"de", "en"}, "Guten Tag.")}, {{}, agent({"de", "fr"}, "Moin.")}}, agent({"fr", "en"}, "Bonjour."));
  Booths booths;
  const Rehearsed rehearsed = factory.rehearsing(directory, booths, [](const std::string&) {});
  std::string asked;
  for (const auto& [speaker, report_failure] : rehearsed.voices) {
    speaker->open({});
    booths.lines.last().handler.on_open();
    for (base::TimePoint now{}; now < base::TimePoint(1s); now += 50ms) speaker->tick(now);
    const auto& url = booths.lines.last().request.url;
    const auto from = url.find("model=") + 6;
    asked += url.substr(from, url.find('&', from) - from) + ": " + booths.lines.last().sent.at(0).bytes + "\n";
  }
  CHECK(rehearsed.voices.size() == 2);  // Agents with the same voice share a speaker, which prepares the second greeting later.
  CHECK(asked == "aura-2-agathe-fr: {\"type\":\"Speak\",\"text\":\"Bonjour.\"}\naura-2-viktoria-de: {\"type\":\"Speak\",\"text\":\"Guten Tag.\"}\n");
}

TEST_CASE("A model gets the tool that pauses a recording only in recorded calls") {
  auto made = profile(RealtimeWay{provider(&openai::kOpenAi, "openai")}, {media::AudioCodec::Pcmu});
  made.tools = {{BuiltInTool::HangUp, Confirm::Never, 1, {}}, {BuiltInTool::PauseRecording, Confirm::Never, 20, {}}};
  CHECK(tool_box_options(made).rules.allowed.size() == 1);
  bool paused = false;
  const auto options = tool_box_options(made, [&paused](bool on) {
    paused = on;
    return PauseResult{};
  });
  REQUIRE(options.rules.allowed.size() == 2);
  CHECK(options.rules.allowed[1].name == "pause_recording");
  options.pause_recording(true);
  CHECK(paused);
}

TEST_CASE("The question before a tool call is in the configured language, or else in the likeliest of the callers' languages") {
  auto made = profile(RealtimeWay{provider(&openai::kOpenAi, "openai")}, {media::AudioCodec::Pcmu});
  CHECK(tool_box_options(made).languages.front() == "en");
  made.languages = {"pl", "cs"};
  CHECK(tool_box_options(made).languages == std::vector<std::string>{"pl", "cs"});
  made.language = "de";
  CHECK(tool_box_options(made).languages == std::vector<std::string>{"de"});
}

TEST_CASE("The recording notice is spoken only in recorded calls") {
  const SessionFactory factory({});
  auto told = profile(RealtimeWay{provider(&openai::kOpenAi, "openai")}, {media::AudioCodec::Pcmu});
  told.recording_notice = "This call is recorded.";
  const auto made = std::make_shared<const AgentProfile>(told);
  QuietStudio edges;
  CHECK(factory.plan(made, CallFound{}, edges).options.notice.empty());
  CallFound recorded;
  recorded.pause_recording = [](bool) { return PauseResult{}; };
  CHECK(factory.plan(made, recorded, edges).options.notice == "This call is recorded.");
}

TEST_CASE("A recorded greeting plays even if its text is blank") {
  const SessionFactory factory({});
  auto greeted = profile(RealtimeWay{provider(&openai::kOpenAi, "openai")}, {media::AudioCodec::Pcmu});
  greeted.recorded_greeting = media::Prompt::make({8000, std::vector<std::int16_t>(160)}, {});
  const std::vector<std::pair<const char*, const char*>> cases = {{" ", "(recorded greeting)"}, {"\n\t", "(recorded greeting)"}, {" Good day.", " Good day."}};
  for (const auto& [written, words] : cases) {
    greeted.greeting = *prompts::PromptTemplate::parse(written);
    QuietStudio edges;
    CallFound call;
    call.port_rate_hz = 8000;
    const auto session = factory.plan(std::make_shared<const AgentProfile>(greeted), std::move(call), edges).session({});
    session->respond({1, TurnInput::Kind::Opening, {}, 1, false});
    const auto said = session->poll();
    REQUIRE(said);
    REQUIRE(std::holds_alternative<ReplyText>(*said));
    CHECK(std::get<ReplyText>(*said).text == words);
  }
}

TEST_CASE("is_served() is true while one session can be used. A cascade needs a provider that listens and one that thinks, but always has a voice") {
  FactoryOptions options;
  options.embedded.pool = std::make_shared<WorkPool>(WorkPoolOptions{1});
  SessionFactory factory(options);
  const auto a = provider(&openai::kOpenAi, "a"), b = provider(&openai::kOpenAi, "b");
  const auto made = profile(CascadeWay{{a, b}, {a, b}, {a}}, {media::AudioCodec::Pcmu});
  const base::TimePoint now{1000s};
  const auto refuse = [&](const char* service) { factory.breakers().on_failure(service, FailureKind::Auth, now); };
  CHECK(factory.is_served(made, now));
  for (const char* service : {"a/listen", "a/think", "a/speak", "a/realtime"}) refuse(service);
  CHECK(factory.is_served(made, now));
  refuse("b/think");
  CHECK_FALSE(factory.is_served(made, now));
  CHECK(factory.is_served(made, now + CircuitBreaker::kPauseAfterRefusedKey));

  auto either = profile(RealtimeWay{a}, {media::AudioCodec::Pcmu});
  CHECK_FALSE(factory.is_served(either, now));
  either.sessions.emplace_back(CascadeWay{{b}, {a, b}, {b}});
  CHECK_FALSE(factory.is_served(either, now));
  either.sessions.emplace_back(RealtimeWay{b});
  CHECK(factory.is_served(either, now));
}
