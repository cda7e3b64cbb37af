#include <offhook/tools/commands.hpp>

#include <offhook/agent/app/agent_options.hpp>
#include <offhook/agent/app/registration_watch.hpp>
#include <offhook/agent/phone/target.hpp>
#include <offhook/agent/support/json_line.hpp>
#include <offhook/tools/call_lines.hpp>
#include <offhook/tools/service.hpp>
#include <offhook/tools/terminal.hpp>

#include <fmt/format.h>

#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace offhook::tools {

namespace {

/// Collects the outcome of the call, and the lines to print. Events arrive on the threads of the call, which must not wait for a slow reader of the
/// output. Therefore show() prints on the main thread.
class CallWatch {
 public:
  static constexpr std::size_t kMaxLines = 1000;  // Lines that wait for printing. Newer lines are dropped, and show() reports their number.

  CallWatch(LineForm form, std::size_t registrations) : registration(registrations), form_(form) {}

  void on_event(const agent::AgentEvent& event) {
    const std::lock_guard lock(mutex_);
    if (auto line = line_of(event, form_)) say(*std::move(line));
    if (const auto* changed = std::get_if<phone::RegistrationChanged>(&event)) registration.on_event(changed->details);
    if (std::holds_alternative<agent::CallUp>(event)) answered = true;
    if (const auto* ended = std::get_if<agent::CallOver>(&event)) on_over(*ended);
  }

  agent::RegistrationWatch registration;
  std::atomic<bool> refused{false}, answered{false}, over{false};

  void show() {
    std::vector<std::string> lines;
    std::size_t dropped = 0;
    {
      const std::lock_guard lock(mutex_);
      lines.swap(lines_);
      dropped = std::exchange(dropped_, 0);
    }
    // fmt::print would throw when the reader has closed the output, and the callee would stay in a silent call.
    for (const std::string& line : lines) std::fwrite((line + "\n").data(), 1, line.size() + 1, stdout);
    if (!lines.empty()) std::fflush(stdout);
    if (dropped != 0) fmt::print(stderr, "offhook call: {} lines are not shown, because the reader of the output is too slow\n", dropped);
  }

 private:
  void say(std::string line) {
    if (lines_.size() == kMaxLines) ++dropped_;
    else lines_.push_back(std::move(line));
  }
  void on_over(const agent::CallOver& ended) {
    if (ended.how.status == "401" || ended.how.status == "407") refused = true;
    over = true;
  }

  std::mutex mutex_;
  std::vector<std::string> lines_;
  std::size_t dropped_ = 0;
  LineForm form_;
};

LineForm form_of(const CallArguments& arguments) {
  if (arguments.json) return LineForm::Json;
  return terminal_of(STDOUT_FILENO).colours ? LineForm::ColouredText : LineForm::Text;
}

agent::MachinePolicy machine_policy(const std::string& name) {
  if (name == "hang_up") return agent::MachinePolicy::HangUp;
  return name == "speak" ? agent::MachinePolicy::Speak : agent::MachinePolicy::Ignore;
}

}  // namespace

int call(const CallArguments& arguments) {
  refuse_inspection();
  raise_descriptor_limit();
  block_signals();
  auto loaded = load_config("call", sources_of(arguments.config, arguments.set), LogTo::StandardError);
  if (!loaded) return kUsage;
  take_secrets_from_environment();
  if (!arguments.registers) agent::stand_beside_another(loaded->config);
  apply(arguments.wire, loaded->config);
  const auto* config = &loaded->config;
  CallWatch watch(form_of(arguments), agent::registrations_of(*config));
  int exit_code = kOk;
  const auto agent = start_agent("call", *loaded, [&watch](const agent::AgentEvent& event) { watch.on_event(event); }, exit_code);
  if (!agent) return exit_code;

  const auto until = [&watch](base::Duration limit, auto condition) {
    const auto end = base::Clock::now() + limit;
    while (!condition() && base::Clock::now() < end) {
      if (wait_for_signal(std::chrono::milliseconds(50))) return false;
      watch.show();
    }
    watch.show();
    return condition();
  };
  const bool registers = agent::registrations_of(*config) > 0;
  const auto& registration = watch.registration;
  if (registers && (!until(std::chrono::seconds(35), [&] { return registration.has_succeeded() || registration.has_failed(); }) || !registration.has_succeeded())) {
    fmt::print(stderr, "offhook call: cannot register as {} at {}: {}\n", config->sip.extension, config->sip.host,
               agent::printable(registration.failure(), 1024));
    return registration.is_password_refused() ? kRefused : kFailed;
  }
  (void)until(std::chrono::seconds(10), [&] { return agent->is_warm(); });
  agent->dial(phone::target_at(arguments.target, agent::host_and_port(config->sip)), machine_policy(arguments.machine));
  (void)until(config->limits.call + std::chrono::minutes(4), [&] { return watch.over.load(); });
  agent->drain();
  agent->cut_calls();  // After a signal or the limit, the call may still run, and the callee would hear only silence.
  (void)until(std::chrono::seconds(35), [&] { return agent->drained(); });  // Slightly more than 64 * T1; a signal ends the wait.
  watch.show();
  if (watch.answered) return kOk;
  return watch.refused && !registers ? kRefused : kFailed;  // If this command has registered, the registrar has accepted the password.
}

}  // namespace offhook::tools
