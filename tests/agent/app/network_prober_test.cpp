#include <offhook/agent/app/network_prober.hpp>
#include <offhook/bench/yes_registrar.hpp>

#include <doctest/doctest.h>

#include <memory>
#include <thread>

using namespace offhook;

namespace {

agent::config::Config extension_at(std::uint16_t port) {
  agent::config::Config config;
  config.sip.host = "127.0.0.1";
  config.sip.port = port;
  config.sip.extension = "6001";
  config.sip.bind_address = "127.0.0.1";
  return config;
}

/// Returns a prober. If `interrupts` is true, the simulated person interrupts each wait, as with Ctrl-C.
agent::NetworkProber prober(bool interrupts) {
  return agent::NetworkProber({.proxies = {},
                               .default_dialogue = "share/dialogues/receptionist.json",
                               .start = [](const auto&, const auto&, const auto&) { return nullptr; },
                               .wait_for_interruption = [interrupts](base::Duration) {
                                 std::this_thread::yield();
                                 return interrupts;
                               }});
}

}  // namespace

TEST_CASE("NetworkProber registers the extension at a registrar that accepts it") {
  const bench::YesRegistrar registrar;
  const auto found = prober(false).register_at(extension_at(registrar.port()));
  CHECK(found.good);
  CHECK(found.what == "extension 6001 registers at 127.0.0.1");
}

TEST_CASE("NetworkProber ends a trial when the person interrupts it, and reports the interruption") {
  auto interrupted = prober(true);
  const auto found = interrupted.register_at(extension_at(9));
  CHECK_FALSE(found.good);
  CHECK(found.what.starts_with("extension 6001 cannot register at 127.0.0.1: "));
  CHECK(interrupted.is_interrupted());
}

TEST_CASE("NetworkProber makes no test call if the agent cannot start") {
  agent::config::Config config = extension_at(9);
  config.agent.provider = "local";
  CHECK(prober(false).call(config, "1001", [] {}).what == "the agent cannot start");
}
