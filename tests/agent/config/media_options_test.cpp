// Media settings, and the options that they set.
#include <offhook/agent/app/agent_options.hpp>
#include <offhook/agent/config/config.hpp>

#include <doctest/doctest.h>

#include <optional>
#include <string>

using namespace offhook;

namespace {

agent::AgentOptions options_with_media(const std::string& media) {
  const std::string text = R"({"sip": {"extension": "6001", "password": "canary-7f3a", "host": "pbx.example"}, "media": {)" + media + "}}";
  const auto config = agent::config::parse(text, [](const std::string&) { return std::optional<std::string>(); });
  REQUIRE(config.has_value());
  return agent::to_agent_options(*config, "");
}

}  // namespace

TEST_CASE("By default the jitter buffer uses the delay for a machine listener. With \"call\" it uses the delay for a call between people") {
  CHECK(options_with_media("").listener == media::Listener::Machine);
  CHECK(options_with_media(R"("jitter_buffer": "auto")").listener == media::Listener::Machine);
  CHECK(options_with_media(R"("jitter_buffer": "call")").listener == media::Listener::Person);
}

TEST_CASE("Audio threads have a higher priority unless the configuration sets the usual scheduling") {
  CHECK(options_with_media("").media.goes_before_others);
  CHECK_FALSE(options_with_media(R"("scheduling": "usual")").media.goes_before_others);
}

TEST_CASE("Offhook detects busy tones in incoming calls only if hang_up_tone names a country, which may differ from the country of outgoing calls") {
  CHECK_FALSE(options_with_media(R"("country": "GB")").hang_up_tone);
  const auto options = options_with_media(R"("country": "GB", "hang_up_tone": "DE")");
  CHECK(options.hang_up_tone == media::Country::Germany);
  CHECK(options.country == media::Country::UnitedKingdom);
}

TEST_CASE("By default Offhook accepts comfort noise and sends none; \"send\" also sends it, and \"off\" does neither") {
  CHECK(options_with_media("").phone.comfort_noise);
  CHECK_FALSE(options_with_media("").leaves_out_silence);
  CHECK(options_with_media(R"("comfort_noise": "send")").phone.comfort_noise);
  CHECK(options_with_media(R"("comfort_noise": "send")").leaves_out_silence);
  CHECK_FALSE(options_with_media(R"("comfort_noise": "off")").phone.comfort_noise);
  CHECK_FALSE(options_with_media(R"("comfort_noise": "off")").leaves_out_silence);
}

TEST_CASE("Audio is accepted from the peer's hosts, unless the configuration asks for the SDP address only or for any host") {
  CHECK(options_with_media("").phone.source_rule == rtp::SourceRule::PeerHosts);
  CHECK(options_with_media(R"("source": "peer")").phone.source_rule == rtp::SourceRule::PeerHosts);
  CHECK(options_with_media(R"("source": "sdp")").phone.source_rule == rtp::SourceRule::SdpAddress);
  CHECK(options_with_media(R"("source": "any")").phone.source_rule == rtp::SourceRule::AnyHost);
}
