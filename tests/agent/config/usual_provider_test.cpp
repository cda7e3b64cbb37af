#include <offhook/agent/config/providers.hpp>
#include <offhook/agent/config/settings.hpp>

#include <doctest/doctest.h>

#include <string>

namespace config = offhook::agent::config;

namespace {

/// Returns the provider of a configuration with these members, and the origin of the provider. `key` is the value of OPENAI_API_KEY.
std::string provider_of(const std::string& members, const std::string& key, const std::string& provider = "") {
  const config::Environment environment = [&](const std::string& name) -> std::optional<std::string> {
    if (name == "OPENAI_API_KEY") return key;
    if (name == "OLLAMA_MODEL") return "m";
    return name == "PROVIDER" ? std::optional(provider) : std::nullopt;
  };
  const std::string text = R"({"sip": {"extension": "6001", "password": "canary", "host": "h"}, )" + members + "}";
  const auto effective = config::read_text(text, "offhook.json", {"offhook.json", environment, {}, {}});
  REQUIRE(effective.problems.empty());
  const auto* setting = config::find_setting("agent", "provider");
  return effective.config.agent.provider + ", " + to_string(effective.origins[static_cast<std::size_t>(setting - config::settings().data())]);
}

}  // namespace

TEST_CASE("Without a configured provider, OPENAI_API_KEY selects OpenAI") {
  for (const std::string members : {R"("agent": {})", R"("agent": {"greeting": "Hello.", "prompt": "You answer."})", R"("providers": {"openai": {"voice": "marin"}})"}) {
    CAPTURE(members);
    CHECK(provider_of(members, "k") == "openai, environment OPENAI_API_KEY");
    CHECK(provider_of(members, "") == "local, default");
    CHECK(provider_of(members, "k", "local") == "local, environment PROVIDER");
  }
}

TEST_CASE("OPENAI_API_KEY does not change a configuration that chooses a provider, a dialogue or sessions") {
  CHECK(provider_of(R"("agent": {"provider": "local"})", "k") == "local, file offhook.json:/agent/provider");
  for (const std::string members : {R"("agent": {"dialogue": "mine.json"})", R"("agent": {"model_provider": "ollama"})", R"("agent": {"speech_provider": "local"})",
                                    R"("agent": {"sessions": [{"kind": "cascade"}]})", R"("agents": [{"name": "a", "match": {"called": "1"}, "provider": "openai"}])"}) {
    CAPTURE(members);
    CHECK(provider_of(members, "k") == "local, default");
  }
}
