#include <offhook/tools/commands.hpp>

#include <offhook/agent/agent_options.hpp>
#include <offhook/agent/registrations.hpp>
#include <offhook/tools/service.hpp>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <atomic>
#include <cstdio>
#include <initializer_list>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace offhook::tools {

namespace {

/// One event of the conversation as a line: for people, or as JSON.
std::string line_of(bool json, const std::string& text, std::initializer_list<std::pair<const char*, nlohmann::ordered_json>> fields) {
  if (!json) return text;
  nlohmann::ordered_json object;
  for (const auto& [name, value] : fields) object[name] = value;
  return object.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

/// Keeps what became of the call, and the lines to show of it. Events come on the call's own threads, which an output that nobody
/// reads must not hold up: show() prints, on ours.
class CallWatch {
 public:
  static constexpr std::size_t kMaxLines = 1000;  // Waiting to be shown: the newest beyond it are dropped, and show() says how many.

  CallWatch(bool json, std::size_t registrations) : registrations_(registrations), json_(json) {}

  void on_event(const agent::AgentEvent& event) {
    const std::lock_guard lock(mutex_);
    if (const auto* e = std::get_if<phone::RegistrationChanged>(&event)) on_registration(*e);
    else if (const auto* started = std::get_if<agent::CallStarted>(&event)) on_started(*started);
    else if (const auto* up = std::get_if<agent::CallUp>(&event)) on_up(*up);
    else if (const auto* line = std::get_if<agent::CallLine>(&event)) on_line(*line);
    else if (const auto* ended = std::get_if<agent::CallOver>(&event)) on_over(*ended);
  }
  [[nodiscard]] std::string failure() const {
    const std::lock_guard lock(mutex_);
    return registrations_.failure();
  }

  std::atomic<bool> registered{false}, failed{false}, refused{false}, answered{false}, over{false};

  void show() {
    std::vector<std::string> lines;
    std::size_t dropped = 0;
    {
      const std::lock_guard lock(mutex_);
      lines.swap(lines_);
      dropped = std::exchange(dropped_, 0);
    }
    // Not fmt::print: it throws when nobody reads any more, and whoever we called would be left on a dead line.
    for (const std::string& line : lines) std::fwrite((line + "\n").data(), 1, line.size() + 1, stdout);
    if (!lines.empty()) std::fflush(stdout);
    if (dropped != 0) fmt::print(stderr, "offhook call: {} lines are not shown: the output is not read\n", dropped);
  }

 private:
  using Fields = std::initializer_list<std::pair<const char*, nlohmann::ordered_json>>;

  void say(const std::string& text, Fields fields) {
    if (lines_.size() == kMaxLines) {
      ++dropped_;
    } else {
      lines_.push_back(line_of(json_, text, fields));
    }
  }
  void on_registration(const phone::RegistrationChanged& event) {
    registrations_.on_event(event.details);
    registered = registrations_.any_registered();
    refused = registrations_.all_refused();
    if (registrations_.all_failed()) failed = true;
  }
  void on_started(const agent::CallStarted& started) { say("call  " + started.call_id, {{"event", "dialled"}, {"call", started.call_id}}); }
  void on_up(const agent::CallUp& up) {
    answered = true;
    say(fmt::format("answered ({})", phone::to_string(up.codec)), {{"event", "answered"}, {"codec", phone::to_string(up.codec)}});
  }
  void on_line(const agent::CallLine& line) {
    if (const auto* said = std::get_if<agent::CallerSaid>(&line.what))
      say("they  " + said->text, {{"event", "they"}, {"text", said->text}, {"confidence", said->confidence}});
    if (const auto* heard = std::get_if<agent::ToneHeard>(&line.what)) on_tone(*heard);
    if (const auto* known = std::get_if<agent::AnsweredBy>(&line.what)) on_answerer(known->verdict);
    if (const auto* spoke = std::get_if<agent::AgentSaid>(&line.what))
      say("we    " + spoke->text, {{"event", "we"}, {"text", spoke->text}, {"interrupted", spoke->interrupted}});
  }
  void on_tone(const agent::ToneHeard& heard) {
    const auto name = media::to_string(heard.tone);
    say(fmt::format("tone  {}", name), {{"event", "tone"}, {"name", name}});
  }
  void on_answerer(const media::AnswerVerdict& verdict) {
    const double seconds = static_cast<double>(verdict.took.count()) / 1000.0;
    say(fmt::format("answered by: {} ({}, after {:.1f} s)", to_string(verdict.who), to_string(verdict.sign), seconds),
        {{"event", "answered_by"}, {"who", to_string(verdict.who)}, {"sign", to_string(verdict.sign)}, {"seconds", seconds}});
  }
  void on_over(const agent::CallOver& ended) {
    const auto& d = ended.details;
    const bool is_ours = d.by == sip::CallEnded::By::Local;
    const double seconds = static_cast<double>(ended.duration.count()) / 1000.0;
    const std::string status = d.status != 0 ? fmt::format(": {} {}", d.status, d.reason) : d.reason.empty() ? "" : ": " + d.reason;
    if (d.status == 401 || d.status == 407) refused = true;
    const std::string before = d.why == sip::CallEnded::Why::Unreachable && !ended.why.empty() ? ended.why + "\n" : "";
    say(fmt::format("{}ended by {} after {:.1f} s{}", before, is_ours ? "us" : "them", seconds, status),
         {{"event", "ended"}, {"by", is_ours ? "us" : "them"}, {"seconds", seconds}, {"status", d.status}, {"reason", d.reason}, {"why", ended.why}});
    over = true;
  }

  mutable std::mutex mutex_;
  agent::Registrations registrations_;
  std::vector<std::string> lines_;
  std::size_t dropped_ = 0;
  bool json_;
};

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
  const auto* config = &loaded->config;
  CallWatch watch(arguments.json, agent::registrations_of(*config));
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
  if (registers && (!until(std::chrono::seconds(35), [&] { return watch.registered || watch.failed; }) || !watch.registered)) {
    fmt::print(stderr, "offhook call: cannot register as {} at {}: {}\n", config->sip.extension, config->sip.host, watch.failure());
    return watch.refused ? kRefused : kFailed;
  }
  (void)until(std::chrono::seconds(10), [&] { return agent->is_warm(); });
  agent->dial(complete_target(arguments.target, *config), machine_policy(arguments.machine));
  (void)until(config->limits.call + std::chrono::minutes(4), [&] { return watch.over.load(); });
  agent->drain();
  agent->cut_calls();  // After a signal or the limit it is still up: whoever we called must not be left on a dead line.
  (void)until(std::chrono::seconds(35), [&] { return agent->drained(); });  // 64 * T1 and some; a signal ends it.
  watch.show();
  if (watch.answered) return kOk;
  return watch.refused ? kRefused : kFailed;
}

}  // namespace offhook::tools
