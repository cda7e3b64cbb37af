#include "../fake_http.hpp"
#include "fake_sockets.hpp"

#include <offhook/agent/providers/deepgram/parts.hpp>

#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <vector>

using namespace offhook;
using namespace offhook::agent;
using namespace offhook::test;

namespace {

struct FakeEdges final : net::Edges {
  net::HttpClient& http(const std::string&) override { return posts; }
  net::WebSocketClient& sockets(const std::string&) override { return lines; }
  FakeHttp posts;
  FakeSockets lines;
};

/// The language, or of Flux the model and its hints, that each way of listening asks for, in a call for which `language` or `languages` are set.
std::string asked(const std::string& language, std::vector<std::string> languages, const std::string& model = "") {
  FakeEdges edges;
  auto profile = std::make_shared<AgentProfile>();
  profile->language = language;
  profile->languages = std::move(languages);
  auto provider = std::make_shared<ProviderProfile>();
  provider->kind = ProviderKind::Deepgram;
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

TEST_CASE("Deepgram detects among the languages that multi has, and else takes the likeliest") {
  CHECK(asked("", {}) == "multi multi");
  CHECK(asked("", {"en-US", "de", "PT-br"}) == "multi multi");
  CHECK(asked("", {"zh-HK", "af", "zu"}) == "multi multi");
  CHECK(asked("", {"cy", "en"}) == "cy cy");
  CHECK(asked("", {"en-GB", "ga"}) == "en-GB en-GB");
  CHECK(asked("fr", {}) == "fr fr");
  CHECK(asked("fr", {"cy", "en"}) == "fr fr");
}

TEST_CASE("Flux is asked for where it has all of a call's languages, and is given none that it has not") {
  const std::string many = "flux-general-multi&encoding=mulaw&sample_rate=8000";
  CHECK(asked("", {}, "flux") == many + " multi");
  CHECK(asked("en-GB", {}, "flux") == "flux-general-en&encoding=mulaw&sample_rate=8000 en-GB");
  CHECK(asked("DE-AT", {}, "flux") == many + "&language_hint=de DE-AT");
  CHECK(asked("", {"pt-BR", "en"}, "flux") == many + "&language_hint=pt&language_hint=en multi");
  CHECK(asked("fi", {}, "flux") == "fi fi");
  CHECK(asked("", {"de", "fi"}, "flux") == "multi multi");
  CHECK(asked("", {"de", "fi"}, "flux-general-multi") == many + "&language_hint=de multi");  // What is named is asked for.
}
