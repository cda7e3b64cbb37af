#include "../fake_http.hpp"
#include "fake_sockets.hpp"

#include <offhook/agent/providers/deepgram/parts.hpp>
#include <offhook/agent/providers/deepgram/provider.hpp>
#include <offhook/agent/providers/registry/voices.hpp>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <memory>
#include <string>
#include <vector>

using namespace offhook;
using namespace offhook::agent;
using namespace offhook::test;

namespace {

struct FakeEdges final : net::Edges {
  net::HttpClient& http(const std::string&) override { return posts; }
  net::HttpClient& local_http() override { std::abort(); }
  net::WebSocketClient& sockets(const std::string&) override { return lines; }
  FakeHttp posts;
  FakeSockets lines;
};

/// Returns the languages that the streaming listener and the whole-turn listener request in a call with `language` or `languages`. If Flux
/// listens, returns Flux's model and language hints in place of the first language.
std::string asked(const std::string& language, std::vector<std::string> languages, const std::string& model = "") {
  FakeEdges edges;
  auto profile = std::make_shared<AgentProfile>();
  profile->language = language;
  profile->languages = std::move(languages);
  auto provider = std::make_shared<ProviderProfile>();
  provider->kind = &deepgram::kDeepgram;
  provider->base_url = "https://api.deepgram.com";
  provider->models.transcription = model;
  PartNeeds needs;
  needs.profile = profile;
  needs.provider = provider;
  needs.edges = &edges;
  SessionContext context;
  context.language = language;
  const ProviderParts parts = deepgram::parts();
  const auto live = parts.live_listener(needs, Wake{});
  live->open(context);
  const auto whole = parts.listener(needs, Wake{});
  whole->open(context);
  whole->begin(1, "");
  whole->feed(std::vector<std::int16_t>(16000, 5));
  whole->end();
  const auto in = [](const std::string& url) {
    if (url.find("/v2/") != std::string::npos) return url.substr(url.find("model=") + 6, url.find("&eot") - url.find("model=") - 6);
    const auto from = url.find("language=") + 9;
    return url.substr(from, url.find('&', from) - from);
  };
  return in(edges.lines.last().request.url) + " " + in(edges.posts.all.at(0)->request.url);
}

}  // namespace

TEST_CASE("If \"multi\" has all languages of the call, the listeners request \"multi\", and otherwise the likeliest language") {
  CHECK(asked("", {}) == "multi multi");
  CHECK(asked("", {"en-US", "de", "PT-br"}) == "multi multi");
  CHECK(asked("", {"zh-HK", "af", "zu"}) == "multi multi");
  CHECK(asked("", {"cy", "en"}) == "cy cy");
  CHECK(asked("", {"en-GB", "ga"}) == "en-GB en-GB");
  CHECK(asked("fr", {}) == "fr fr");
  CHECK(asked("fr", {"cy", "en"}) == "fr fr");
}

TEST_CASE("The listeners request detection among candidates only from the general nova-3, and the likeliest language from other models") {
  CHECK(asked("", {"de", "en"}, "nova-3-general") == "multi multi");
  CHECK(asked("", {"nb", "en"}) == "multi multi");
  CHECK(asked("", {"de", "en"}, "nova-2") == "de de");
  CHECK(asked("", {"de", "en"}, "nova-3-medical") == "de de");
  CHECK(asked("", {}, "nova-3-medical") == "en en");
  CHECK(asked("", {}, "nova-2") == "multi multi");
  CHECK(asked("en", {}, "nova-2") == "en en");
}

TEST_CASE("The listeners use Flux if it supports all languages of the call, and give it no unsupported language") {
  const std::string many = "flux-general-multi&encoding=mulaw&sample_rate=8000";
  CHECK(asked("", {}, "flux") == many + " multi");
  CHECK(asked("en-GB", {}, "flux") == "flux-general-en&encoding=mulaw&sample_rate=8000 en-GB");
  CHECK(asked("DE-AT", {}, "flux") == many + "&language_hint=de DE-AT");
  CHECK(asked("", {"pt-BR", "en"}, "flux") == many + "&language_hint=pt&language_hint=en multi");
  CHECK(asked("fi", {}, "flux") == "fi fi");
  CHECK(asked("", {"de", "fi"}, "flux") == "multi multi");
  CHECK(asked("", {"de", "fi"}, "flux-general-multi") == many + "&language_hint=de multi");  // A configured model is used.
}

namespace {

using nlohmann::json;

/// A call whose agent has the languages `candidates`. Its functions run a turn with words in given languages, and return the noted language.
struct Noted {
  explicit Noted(std::vector<std::string> candidates, const std::string& model = "") {
    auto profile = std::make_shared<AgentProfile>();
    profile->languages = std::move(candidates);
    auto provider = std::make_shared<ProviderProfile>();
    provider->kind = &deepgram::kDeepgram;
    provider->models.transcription = model;
    needs.profile = profile;
    needs.provider = provider;
    needs.edges = &edges;
    listener = deepgram::parts().live_listener(needs, Wake{});
    listener->open({});
    socket().handler.on_open();
  }
  FakeSockets::Socket& socket() { return edges.lines.last(); }
  void begin() {
    listener->begin(++turns, "");
    listener->feed(std::vector<std::int16_t>(8000, 5));
    listener->end();
  }
  std::string after(const json& frame) {
    socket().handler.on_text(frame.dump());
    while (listener->poll()) {}
    return *needs.heard_language;
  }
  std::string after_turn(const std::string& text, const json& languages) {
    begin();
    json heard = {{"transcript", text}, {"confidence", 0.9}};
    if (!languages.is_null()) heard["languages"] = languages;
    return after({{"type", "Results"}, {"start", turns - 1.0}, {"duration", 1.0}, {"is_final", true}, {"from_finalize", true}, {"channel", {{"alternatives", json::array({heard})}}}});
  }
  std::string after_flux_turn(const std::string& text, const json& languages) {
    begin();
    return after({{"type", "TurnInfo"}, {"event", "EndOfTurn"}, {"trigger", "manual"}, {"turn_index", turns - 1}, {"audio_window_end", turns * 2.0}, {"transcript", text},
                  {"languages", languages}});
  }
  FakeEdges edges;
  PartNeeds needs;
  std::unique_ptr<Listener> listener;
  std::uint32_t turns = 0;
};

}  // namespace

TEST_CASE("LiveListener notes the language of a turn with words, in the spelling of the candidate") {
  Noted call({"en-US", "de", "pt-BR"});
  CHECK(call.after_turn("ja", {"de", "en"}) == "de");
  CHECK(call.after_turn("", {"en"}) == "de");
  CHECK(call.after_turn("sim", {"pt"}) == "pt-BR");
  CHECK(call.after_turn("oui", {"fr"}) == "pt-BR");  // "fr" is not a candidate, so no speaker gets it.
  CHECK(call.after_turn("yes", nullptr) == "pt-BR");
  CHECK(call.after_turn("yes", json::array()) == "pt-BR");
  CHECK(call.after_turn("yes", {7}) == "pt-BR");
  CHECK(call.after_turn("yes", "en") == "pt-BR");
  CHECK(call.after_turn("yes", {"en-" + std::string(32, 'x')}) == "en-US");
  CHECK(call.after_turn("ja", {"de-" + std::string(33, 'x')}) == "en-US");
  CHECK(Noted({}).after_turn("ja", {"de"}).empty());
}

TEST_CASE("FluxListener notes the language of a turn with words") {
  Noted call({"en", "de"}, "flux-general-multi");
  CHECK(call.after_flux_turn("ja", {"de"}) == "de");
  CHECK(call.after_flux_turn("", {"en"}) == "de");
  CHECK(call.after_flux_turn("yes", {"en", "de"}) == "en");
}

TEST_CASE("If a Flux voice is configured, requests to /v1/speak use an Aura voice, because that service has no Flux voices") {
  FakeEdges edges;
  auto profile = std::make_shared<AgentProfile>();
  profile->voice = "flux-cole-en";
  auto provider = std::make_shared<ProviderProfile>();
  provider->kind = &deepgram::kDeepgram;
  PartNeeds needs;
  needs.profile = profile;
  needs.provider = provider;
  needs.edges = &edges;
  needs.voices = voices_for(*provider, *profile);
  CHECK(deepgram::parts().sound(needs).starts_with("aura-2-apollo-en "));
}
