#include <offhook/tools/commands.hpp>

#include <offhook/sip/message/uri.hpp>
#include <offhook/tools/service.hpp>

#include <fmt/format.h>

#include <atomic>
#include <cstdio>
#include <mutex>

namespace offhook::tools {

namespace {

/// Shows the call on standard output, and keeps what became of it.
class CallWatch {
 public:
  void on_event(const agent::AgentEvent& event) {
    const std::lock_guard lock(mutex_);
    if (const auto* e = std::get_if<phone::RegistrationChanged>(&event)) {
      using State = sip::RegistrationChanged::State;
      registered = e->details.state == State::Registered;
      if (e->details.state == State::Failed) {
        failure_ = e->details.status == 0 ? std::string("no answer") : fmt::format("{} {}", e->details.status, e->details.reason);
        refused = e->details.why == sip::RegistrationChanged::Why::WrongCredentials;
        failed = true;
      }
    } else if (const auto* up = std::get_if<agent::CallUp>(&event)) {
      answered = true;
      fmt::print("answered ({})\n", phone::to_string(up->codec));
    } else if (const auto* line = std::get_if<agent::CallLine>(&event)) {
      if (const auto* said = std::get_if<agent::CallerSaid>(&line->what)) fmt::print("they  {}\n", said->text);
      if (const auto* spoke = std::get_if<agent::AgentSaid>(&line->what)) fmt::print("we    {}\n", spoke->text);
    } else if (const auto* call_over = std::get_if<agent::CallOver>(&event)) {
      const auto& d = call_over->details;
      if (d.why == sip::CallEnded::Why::Unreachable && !call_over->why.empty()) fmt::print("{}\n", call_over->why);
      fmt::print("ended by {} after {:.1f} s{}\n", d.by == sip::CallEnded::By::Local ? "us" : "them", static_cast<double>(call_over->duration.count()) / 1000.0,
                 d.status != 0 ? fmt::format(": {} {}", d.status, d.reason) : std::string());
      over = true;
    }
    std::fflush(stdout);
  }
  [[nodiscard]] std::string failure() const {
    const std::lock_guard lock(mutex_);
    return failure_;
  }

  std::atomic<bool> registered{false}, failed{false}, refused{false}, answered{false}, over{false};

 private:
  mutable std::mutex mutex_;
  std::string failure_;
};

std::string complete(const std::string& target, const agent::config::Config& config) {
  const auto uri = sip::parse_uri(target);
  if (uri && uri->scheme != sip::Uri::Scheme::Other) return target;
  return "sip:" + sip::escape_user(target) + "@" + config.sip.host + (config.sip.port == 5060 ? "" : ":" + std::to_string(config.sip.port));
}

}  // namespace

int call(const CallArguments& arguments) {
  block_signals();
  auto config = load_config("call", arguments.config);
  if (!config) return kUsage;
  CallWatch watch;
  int exit_code = kOk;
  const auto agent = start_agent("call", *config, [&watch](const agent::AgentEvent& event) { watch.on_event(event); }, exit_code);
  if (!agent) return exit_code;

  const auto until = [](base::Duration limit, auto condition) {
    const auto end = base::Clock::now() + limit;
    while (!condition() && base::Clock::now() < end) {
      if (wait_for_signal(std::chrono::milliseconds(50))) return false;
    }
    return condition();
  };
  if (!until(std::chrono::seconds(35), [&] { return watch.registered || watch.failed; }) || !watch.registered) {
    fmt::print(stderr, "offhook call: cannot register as {} at {}: {}\n", config->sip.extension, config->sip.host, watch.failure());
    return watch.refused ? kRefused : kFailed;
  }
  (void)until(std::chrono::seconds(10), [&] { return agent->is_warm(); });
  agent->dial(complete(arguments.target, *config));
  (void)until(config->limits.call + std::chrono::minutes(4), [&] { return watch.over.load(); });
  agent->drain();
  agent->cut_calls();  // After a signal or the limit it is still up: whoever we called must not be left on a dead line.
  (void)until(std::chrono::seconds(5), [&] { return agent->drained(); });
  return watch.answered ? kOk : kFailed;
}

}  // namespace offhook::tools
