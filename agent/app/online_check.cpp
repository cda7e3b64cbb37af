#include <offhook/agent/app/online_check.hpp>

#include <offhook/agent/app/agent_options.hpp>
#include <offhook/agent/phone/endpoint.hpp>
#include <offhook/agent/providers/provider.hpp>
#include <offhook/agent/setup/host_trial.hpp>
#include <offhook/agent/setup/key_trial.hpp>
#include <offhook/agent/setup/speech_trial.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <future>
#include <memory>
#include <set>
#include <string>
#include <variant>

namespace offhook::inline v0::agent {

namespace {

using setup::Finding;

constexpr auto kAnswerLimit = std::chrono::seconds(12);

std::string words_for(const sip::RequestAnswered& answer) {
  using Why = sip::RequestAnswered::Why;
  const std::string detail = answer.reason.empty() ? "" : ": " + answer.reason;
  switch (answer.why) {
    case Why::Answered: return fmt::format("{} {}", answer.status, answer.reason);
    case Why::NoAnswer: return "no answer; check host, port, transport and firewall";
    case Why::Unreachable: return "it cannot be reached" + detail + "; check host, port, transport and firewall";
    case Why::Unresolvable: return "its name was not found" + detail + "; check the name, and this machine's DNS";
  }
  return {};
}

/// Sends OPTIONS to the PBX. A refusal counts as an answer too, because a PBX may refuse OPTIONS of an unknown sender.
Finding ask_pbx(const config::Config& config) {
  AgentOptions options = to_agent_options(config, "");
  const std::string whom = fmt::format("the PBX {} by {}", config.sip.host, config.sip.transport);
  const auto answered = std::make_shared<std::promise<Finding>>();
  std::future<Finding> found = answered->get_future();
  const auto capture = open_capture(options);  // Never fails: stand_beside_another() has removed the file, the only part that can fail.
  media::Engine engine(options.media);
  auto endpoint = phone::Endpoint::open(options.phone, engine, [answered, whom](const phone::PhoneEvent& event) {
    const auto* answer = std::get_if<sip::RequestAnswered>(&event);
    if (answer == nullptr) return;
    const bool good = answer->why == sip::RequestAnswered::Why::Answered && answer->status != 408 && answer->status != 503;
    answered->set_value({good, whom + (good ? " answers: " : ": ") + words_for(*answer)});
  });
  if (!endpoint) return {false, endpoint.error().detail};
  phone::Endpoint& telephone = **endpoint;
  telephone.post([&telephone, answered, whom, account = options.account, target = "sip:" + host_and_port(config.sip)] {
    const auto added = telephone.add_account(account);
    const auto asked = added ? telephone.ask_options(*added, target) : base::Result<sip::RequestId, base::Error>(base::fail(added.error()));
    if (!asked) answered->set_value({false, whom + ": " + asked.error().detail});
  });
  const bool is_told = found.wait_for(kAnswerLimit) == std::future_status::ready;
  telephone.stop();
  return is_told ? found.get() : Finding{false, whom + ": no answer; check host, port, transport and firewall"};
}

Finding find_collector(const std::string& host) {
  Finding found = setup::try_host(host, [] { return false; });
  found.what = "the collector of the capture: " + found.what;
  return found;
}

void add(const ProviderPtr& provider, std::vector<ProviderPtr>& out) {
  if (provider->kind->is_local) return;
  if (std::none_of(out.begin(), out.end(), [&](const ProviderPtr& each) { return each->name == provider->name; })) out.push_back(provider);
}

void add_providers(const AgentProfile& profile, std::vector<ProviderPtr>& out) {
  for (const SessionWay& way : profile.sessions) {
    if (const auto* realtime = std::get_if<RealtimeWay>(&way)) add(realtime->provider, out);
    const auto* cascade = std::get_if<CascadeWay>(&way);
    if (cascade == nullptr) continue;
    for (const auto* stage : {&cascade->listen, &cascade->think, &cascade->speak}) {
      for (const ProviderPtr& each : *stage) add(each, out);
    }
  }
}

}  // namespace

std::vector<Finding> check_online(config::Config config, const AgentDirectory& agents) {
  stand_beside_another(config);
  std::vector<ProviderPtr> providers;
  add_providers(*agents.otherwise(), providers);
  for (const auto& entry : agents.entries()) add_providers(*entry.profile, providers);
  std::vector<Finding> found{ask_pbx(config)};
  if (!config.capture.hep_host.empty()) found.push_back(find_collector(config.capture.hep_host));
  std::set<std::string> unusable;
  for (const ProviderPtr& provider : providers) {
    Finding tried = setup::try_key(*provider, config.proxies, [] { return false; });
    if (!tried.good) unusable.insert(provider->name);
    tried.what = "the provider " + provider->name + ": " + tried.what;
    found.push_back(std::move(tried));
  }
  for (Finding& tried : setup::try_speech(agents, unusable, config.proxies)) found.push_back(std::move(tried));
  for (Finding& each : found) each = setup::printable(std::move(each));
  return found;
}

}  // namespace offhook::inline v0::agent
