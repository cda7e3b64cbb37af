#include <offhook/tools/commands.hpp>

#include <offhook/agent/ops/health_server.hpp>
#include <offhook/agent/ops/log.hpp>
#include <offhook/tools/service.hpp>

#include <fmt/format.h>

#include <atomic>
#include <cstdio>

namespace offhook::tools {

namespace {

namespace log = agent::log;

/// 64 * T1, the longest that a transaction waits for an answer, and some.
constexpr auto kLastTransactions = std::chrono::seconds(35);

/// What the first answers of the registrar mean for the process: a wrong password is told and ends it, everything else is
/// tried again for as long as it takes.
struct FirstRegistration {
  std::atomic<bool> succeeded{false}, refused{false};

  void on_event(const agent::AgentEvent& event) {
    const auto* changed = std::get_if<phone::RegistrationChanged>(&event);
    if (changed == nullptr) return;
    if (changed->details.state == sip::RegistrationChanged::State::Registered) succeeded = true;
    if (changed->details.why == sip::RegistrationChanged::Why::WrongCredentials && !succeeded) refused = true;
  }
};

/// What was said is logged only where the operator asked for transcripts.
void log_line(const agent::AgentEvent& event, bool transcripts) {
  const auto* line = std::get_if<agent::CallLine>(&event);
  if (line == nullptr) return;
  if (const auto* intent = std::get_if<agent::Understood>(&line->what)) {
    log::info("call.understood", {{"call", line->call_id}, {"intent", intent->intent}, {"score", intent->score}});
  }
  if (!transcripts) return;
  if (const auto* said = std::get_if<agent::CallerSaid>(&line->what)) {
    log::info("call.caller_said", {{"call", line->call_id}, {"text", said->text}, {"confidence", said->confidence}, {"rejected", said->rejected}});
  } else if (const auto* spoke = std::get_if<agent::AgentSaid>(&line->what)) {
    log::info("call.agent_said", {{"call", line->call_id}, {"text", spoke->text}, {"interrupted", spoke->interrupted}});
  }
}

/// Once `limit` has cut the calls, their BYEs and the REGISTER have up to `rest` to be answered.
void drain(agent::Agent& agent, base::Duration limit, base::Duration rest) {
  agent.drain();
  const auto end = base::Clock::now() + limit + rest;
  int signals = 0;
  while (!agent.drained() && base::Clock::now() < end) {
    if (!wait_for_signal(std::chrono::milliseconds(100))) continue;
    if (++signals == 2) return;  // Asked three times: whatever is still owed.
    agent.cut_calls();           // Asked twice: no call goes on.
  }
}

}  // namespace

int run(const RunArguments& arguments) {
  block_signals();
  auto set = arguments.set;
  if (arguments.json) set.emplace_back("/log/format=json");
  const auto config = load_config("run", sources_of(arguments.config, set));
  if (!config) return kUsage;
  FirstRegistration first;
  int exit_code = kOk;
  const auto agent = start_agent("run", *config, [&first, transcripts = config->transcripts](const agent::AgentEvent& event) {
    first.on_event(event);
    log_line(event, transcripts);
  }, exit_code);
  if (!agent) return exit_code;

  std::unique_ptr<agent::HealthServer> health;
  if (config->health.port != 0) {
    const base::SocketAddress address{base::IpAddress::parse(config->health.address).value_or(base::IpAddress{}), config->health.port};
    auto opened = agent::HealthServer::open(address, [&agent] { return agent->health(); });
    if (!opened) {
      fmt::print(stderr, "offhook run: {}\n", opened.error().detail);
      drain(*agent, std::chrono::seconds(5), std::chrono::seconds(5));  // A REGISTER may be out already: it is taken back.
      return kNoPort;
    }
    health = std::move(*opened);
  }
  log::info("agent.started", {{"extension", config->sip.extension}, {"registrar", config->sip.host}, {"sip_port", agent->sip_port()}});

  while (!wait_for_signal(std::chrono::milliseconds(200))) {
    if (!first.refused) continue;
    fmt::print(stderr, "offhook run: {} refuses the password of extension {}: check SIP_PASSWORD (or /sip/password) against the PBX\n",
               config->sip.host, config->sip.extension);
    return kRefused;
  }
  drain(*agent, config->limits.drain, kLastTransactions);
  log::info("agent.ended");
  return kOk;
}

}  // namespace offhook::tools
