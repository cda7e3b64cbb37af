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

/// The language that each way of listening asks for, in a call for which `language` or `languages` are set.
std::string asked(const std::string& language, std::vector<std::string> languages) {
  FakeEdges edges;
  auto profile = std::make_shared<AgentProfile>();
  profile->language = language;
  profile->languages = std::move(languages);
  auto provider = std::make_shared<ProviderProfile>();
  provider->kind = ProviderKind::Deepgram;
  provider->base_url = "https://api.deepgram.com";
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
