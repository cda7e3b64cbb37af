#include "listening.hpp"

#include "../fake_http.hpp"

#include <offhook/agent/providers/azure/http_voice.hpp>
#include <offhook/agent/providers/azure/languages.hpp>
#include <offhook/agent/providers/azure/parts.hpp>
#include <offhook/agent/providers/azure/provider.hpp>
#include <offhook/agent/providers/azure/speech_resource.hpp>
#include <offhook/agent/providers/registry/voices.hpp>
#include <offhook/agent/providers/azure/short_audio.hpp>
#include <offhook/agent/support/language_tag.hpp>

#include <memory>
#include <string>
#include <vector>

using namespace offhook;
using namespace offhook::test;

namespace {

/// A call without a fixed language, with three candidate languages.
struct Following : Listening {
  Following() {
    options.followed = {{"en-US", "de", "pt-BR"}, heard};
    start_in("");
  }
  void start_in(const std::string& language) {
    listener.emplace(options, client, Wake{});
    SessionContext context;
    context.language = language;
    listener->open(context);
    socket().open();
  }
  json context() { return json::parse(socket().of("speech.context").back().body); }
  void say(const char* path, json body, const std::string& language) {
    if (!language.empty()) body["PrimaryLanguage"] = {{"Language", language}, {"Confidence", "High"}};
    socket().say(path, id(), body);
  }
  void phrase_in(const std::string& language, const std::string& text = "Ja.") { say("speech.phrase", {{"RecognitionStatus", "Success"}, {"DisplayText", text}}, language); }
  /// Runs a turn in which the service recognises `text` in `language`. Returns the language that the listener has noted.
  std::string turn_in(const std::string& language, const std::string& text = "Ja.") {
    hear(++turns);
    phrase_in(language, text);
    turn_end();
    said();
    return *heard;
  }

  std::shared_ptr<std::string> heard = std::make_shared<std::string>();
  std::uint32_t turns = 0;
};

struct FakeEdges final : net::Edges {
  net::HttpClient& http(const std::string&) override { return posts; }
  net::HttpClient& local_http() override { std::abort(); }
  net::WebSocketClient& sockets(const std::string&) override { return usp; }
  FakeHttp posts;
  FakeUspClient usp;
};

}  // namespace

TEST_CASE_FIXTURE(Following, "RecognitionListener requests language detection for each turn, as the official client does") {
  CHECK(socket().request.url == "wss://westeurope.stt.speech.microsoft.com/stt/speech/universal/v2?format=detailed&language=en-US&lidEnabled=true");
  hear(1);
  const json asked = context();
  CHECK(asked["languageId"] == json::parse(R"({"languages": ["en-US", "de-DE", "pt-BR"], "mode": "DetectAtAudioStart", "onSuccess": {"action": "Recognize"},
                                               "onUnknown": {"action": "None"}, "priority": "PrioritizeLatency"})"));
  CHECK(asked["phraseDetection"] == json::parse(R"({"mode": "Conversation"})"));  // A fixed language would be a member here. The request has only the candidates.
  CHECK(asked["phraseOutput"] == json::parse(R"({"format": "Detailed", "interimResults": {"resultType": "Auto"}, "phraseResults": {"resultType": "Always"}})"));
  phrase_in("de-DE");
  turn_end();
  hear(2);
  CHECK(context()["languageId"] == asked["languageId"]);  // Each turn detects again, because another person may now have the telephone.
}

TEST_CASE_FIXTURE(Following, "RecognitionListener requests no language detection if the call has a fixed language, or at most one candidate") {
  const auto fixed = [&](const std::string& url_end, const std::string& language) {
    CHECK(socket().request.url.ends_with("?format=detailed&language=" + url_end));
    hear(1);
    CHECK(context()["phraseDetection"]["language"] == language);
    CHECK_FALSE(context().contains("languageId"));
    CHECK_FALSE(context()["phraseOutput"].contains("phraseResults"));
  };
  start_in("it");  // Sets the language of the call.
  fixed("it-IT", "it-IT");
  CHECK(turn_in("en-US") == "");  // Without detection, the listener notes no language.
  options.followed.candidates = {"de-AT", "de", "DE-de"};
  start_in("");
  fixed("de-AT", "de-AT");
  options.followed.candidates = {};
  start_in("");
  fixed("en-US", "en-US");
}

TEST_CASE_FIXTURE(Following, "RecognitionListener notes the language of a turn with words, in the spelling of the candidate") {
  CHECK(turn_in("de-DE") == "de-DE");
  CHECK(turn_in("PT-br") == "pt-BR");
  CHECK(turn_in("", "Sim.") == "pt-BR");
  CHECK(turn_in("en-US", "") == "pt-BR");  // The turn has no words.
  hear(9);
  phrase_in("en-US");
  listener->abandon();
  said();
  CHECK(*heard == "pt-BR");  // The turn was abandoned.
}

TEST_CASE_FIXTURE(Following, "RecognitionListener ignores a language that is not a candidate") {
  CHECK(turn_in("fr-FR") == "");
  CHECK(turn_in("de") == "");
  CHECK(turn_in("de-DE'><evil/>") == "");
  CHECK(turn_in(std::string(100'000, 'x')) == "");
  hear(20);
  for (const json& odd : {json(7), json("de-DE"), json::array({"de-DE"}), json(nullptr), json{{"Language", 7}}, json{{"Language", nullptr}}, json::object()})
    socket().say("speech.phrase", id(), {{"RecognitionStatus", "Success"}, {"DisplayText", "Ja."}, {"PrimaryLanguage", odd}});
  turn_end();
  said();
  CHECK(*heard == "");
  CHECK(listener->counters().garbage == 0);
}

TEST_CASE_FIXTURE(Following, "RecognitionListener notes the language of a hypothesis that replaces a missing final result") {
  hear(1);
  say("speech.hypothesis", {{"Text", "ja"}, {"Offset", 0}, {"Duration", 500 * 10'000}}, "de-DE");
  CHECK(said() == "1:\"ja\"~ ");
  CHECK(*heard == "");  // The hypothesis may still change.
  advance(2s);
  CHECK(said() == "1:\"ja\" ");
  CHECK(*heard == "de-DE");
}

TEST_CASE("RecognitionReader reads a language of at most kMaxLanguageTag octets") {
  RecognitionReader reader;
  const auto language_of = [&](std::size_t octets) {
    const auto read = reader.read(json{{"RecognitionStatus", "Success"}, {"PrimaryLanguage", {{"Language", std::string(octets, 'x')}}}}.dump());
    return read ? read->language.size() : 99;
  };
  CHECK(language_of(kMaxLanguageTag) == kMaxLanguageTag);
  CHECK(language_of(kMaxLanguageTag + 1) == 0);
}

TEST_CASE("candidate_locales gives one locale for each language, and at most kMaxCandidates locales") {
  const auto of = [](std::vector<std::string> tags) {
    std::string line;
    for (const std::string& each : candidate_locales(tags)) line += each + " ";
    return line;
  };
  CHECK(of({}) == "");
  CHECK(of({"en-GB", "en-US", "EN", "de", "de_AT", "enm-XX"}) == "en-GB de-DE enm-XX ");
  CHECK(of({"en", "de", "fr", "it"}) == "en-US de-DE fr-FR it-IT ");
  static_assert(kMaxCandidates == 4);
  CHECK(of({"en", "de", "fr", "it", "es"}) == "en-US de-DE fr-FR it-IT ");
}

TEST_CASE("spoken_locale selects the configured language, or else the call's language, the heard one, the first candidate, or the voice's locale") {
  const auto heard = std::make_shared<std::string>();
  FollowedLanguage followed{{"fr", "de"}, heard};
  CHECK(spoken_locale("it", "es", followed, "V") == "it-IT");
  CHECK(spoken_locale("", "es", followed, "V") == "es-ES");
  CHECK(spoken_locale("", "", followed, "V") == "fr-FR");
  *heard = "de-DE";
  CHECK(spoken_locale("", "", followed, "en-US-AvaMultilingualNeural") == "de-DE");
  CHECK(heard_locale("", "", followed) == "de-DE");
  CHECK(spoken_locale("", "", {}, "pt-BR-ThalitaMultilingualNeural") == "pt-BR");
  CHECK(spoken_locale("", "", {}, "en-US-Ava:DragonHDLatestNeural") == "en-US");
  CHECK(spoken_locale("", "", {}, "zh-CN-liaoning-XiaobeiNeural") == "zh-CN-liaoning");
  CHECK(spoken_locale("", "", {}, "Voice-ofmine") == "en-US");
  CHECK(heard_locale("", "", {}) == "en-US");
}

TEST_CASE("The speakers speak and cache a fixed sentence in the language of its text, not in the language that the caller speaks") {
  FakeEdges edges;
  auto provider = std::make_shared<ProviderProfile>();
  provider->kind = &azure::kAzure;
  provider->name = "azure";
  provider->own = azure::SpeechResource{"westeurope", "", {}};
  PartNeeds needs;
  needs.provider = provider;
  needs.edges = &edges;
  needs.speech_cache = std::make_shared<SpeechCache>();
  needs.fixed_sentences = {"I am sorry."};
  const auto call_of = [&](std::vector<std::string> languages, const std::string& heard) {
    auto profile = std::make_shared<AgentProfile>();
    profile->languages = std::move(languages);
    PartNeeds call = needs;
    call.profile = profile;
    call.voices = voices_for(*provider, *profile);
    call.heard_language = std::make_shared<std::string>(heard);
    return call;
  };
  /// Returns the SSML of the request for the fixed sentence. Returns "cache" if the speaker sends no request.
  const auto said_in = [&](const PartNeeds& call) {
    const std::size_t before = edges.posts.all.size();
    const auto speaker = parts().http_speaker(call, Wake{});
    speaker->open({});
    speaker->speak(1, "I am sorry.");
    if (edges.posts.all.size() == before) return std::string("cache");
    edges.posts.answer(before, 200, std::string(320, '\1'));
    while (speaker->poll()) {}
    return edges.posts.all.back()->request.body;
  };
  const std::string english = write_ssml({"en-US", "en-US-AvaMultilingualNeural"}, "I am sorry.");
  CHECK(said_in(call_of({"en", "de"}, "de-DE")) == english);
  CHECK(said_in(call_of({"en", "de"}, "")) == "cache");
  CHECK(said_in(call_of({"en", "fr"}, "fr-FR")) == "cache");
  // The voice is the same, but the language differs.
  CHECK(said_in(call_of({"de", "en"}, "en-US")) == write_ssml({"de-DE", "en-US-AvaMultilingualNeural"}, "I am sorry."));

  const auto speaker = parts().speaker(call_of({"fr", "en"}, "en-US"), Wake{});
  speaker->open({});
  edges.usp.last().open();
  speaker->speak(1, "I am sorry.");
  CHECK(edges.usp.last().of("ssml").back().body == write_ssml({"fr-FR", "en-US-AvaMultilingualNeural"}, "I am sorry."));

  const auto waiting = parts().speaker(call_of({"fr", "en"}, "en-US"), Wake{});
  waiting->open({});
  waiting->speak(1, "I am sorry.");  // The sentence must wait for the socket, and keeps its language although a reply in another language follows.
  waiting->speak(2, "Hello.");
  edges.usp.last().open();
  CHECK(edges.usp.last().of("ssml").back().body == write_ssml({"fr-FR", "en-US-AvaMultilingualNeural"}, "I am sorry."));
}

TEST_CASE("All parts of one call use the language that its listener has noted, and the parts of another call do not") {
  FakeEdges edges;
  auto profile = std::make_shared<AgentProfile>();
  profile->languages = {"en", "de"};
  auto provider = std::make_shared<ProviderProfile>();
  provider->kind = &azure::kAzure;
  provider->own = azure::SpeechResource{"westeurope", "", {}};
  PartNeeds needs;
  needs.profile = profile;
  needs.provider = provider;
  needs.voices = voices_for(*provider, *profile);
  needs.edges = &edges;
  needs.speech_cache = std::make_shared<SpeechCache>();
  const PartNeeds other_call = [&] { PartNeeds own; own.profile = profile; own.provider = provider; own.voices = voices_for(*provider, *profile); own.edges = &edges; return own; }();
  const ProviderParts made = parts();
  const auto posted_in = [&](const PartNeeds& call) {
    const auto listener = made.listener(call, Wake{});
    listener->open({});
    listener->begin(1, "");
    listener->feed(std::vector<std::int16_t>(16000, 5));
    listener->end();
    const std::string& url = edges.posts.all.back()->request.url;
    return url.substr(url.rfind('=') + 1);
  };
  const auto spoken = [&](const std::string& text) {
    const auto speaker = made.http_speaker(needs, Wake{});
    speaker->open({});
    speaker->speak(1, text);
    return edges.posts.all.back()->request.body;
  };
  CHECK(posted_in(needs) == "en-US");
  CHECK(spoken("One.") == write_ssml({"en-US", "en-US-AvaMultilingualNeural"}, "One."));

  const auto speaker = made.speaker(needs, Wake{});
  speaker->open({});
  const auto voice = edges.usp.sockets.back();
  voice->open();
  const auto listener = made.live_listener(needs, Wake{});
  listener->open({});
  FakeUspSocket& ear = edges.usp.last();
  ear.open();
  listener->begin(1, "");
  listener->feed(std::vector<std::int16_t>(listener->rate_hz(), 5));
  listener->end();
  const std::string id = ear.of("speech.context").back().request_id;
  ear.say("speech.phrase", id, {{"RecognitionStatus", "Success"}, {"DisplayText", "Ja."}, {"PrimaryLanguage", {{"Language", "de-DE"}}}});
  ear.say("turn.end", id, json::object());
  while (listener->poll()) {}

  CHECK(posted_in(needs) == "de-DE");
  CHECK(posted_in(other_call) == "en-US");
  CHECK(spoken("Zwei.") == write_ssml({"de-DE", "en-US-AvaMultilingualNeural"}, "Zwei."));
  speaker->speak(1, "Drei.");
  CHECK(voice->of("ssml").back().body == write_ssml({"de-DE", "en-US-AvaMultilingualNeural"}, "Drei."));
}
