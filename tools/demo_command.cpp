#include <offhook/tools/commands.hpp>

#include <offhook/agent/app/draining.hpp>
#include <offhook/agent/demo/demo.hpp>
#include <offhook/agent/demo/web_demo.hpp>
#include <offhook/agent/support/colour.hpp>
#include <offhook/agent/support/log.hpp>
#include <offhook/tools/service.hpp>
#include <offhook/tools/share_path.hpp>
#include <offhook/tools/terminal.hpp>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <unistd.h>

#include <cstdio>
#include <memory>
#include <mutex>

namespace offhook::tools {

namespace {

using agent::demo::DemoResult;

void print(const DemoResult& result) {
  fmt::print("\nMeasured in the caller's own recording, from the caller's last voiced sample to the first voiced sample that the caller received:\n\n");
  fmt::print("  {:<26} {:<26} {:<16} {:>10}\n", "the caller said", "the agent heard", "understood", "answered");
  fmt::print("  {:<26} {:<26} {:<16} {:>7.0f} ms\n", "(call answered)", "", "", result.greeting_ms);
  for (const auto& turn : result.turns) {
    fmt::print("  {:<26} {:<26} {:<16} {:>10}\n", turn.said, turn.heard, turn.intent,
               turn.response_ms ? fmt::format("{:.0f} ms", *turn.response_ms) : std::string("no answer"));
  }
  fmt::print("\nEnded by: {}. Recording (left: caller, right: agent): {}\n", result.ended_by, result.wav);
}

/// Returns the padded label ("caller    ") in the colour of the speaker; the registrar has no colour.
std::string speaker_of(std::string_view who, bool colours) {
  const std::string label = fmt::format("{:<10}", who);
  if (who == "caller") return agent::painted(label, agent::Colour::Caller, colours);
  return who == "agent" ? agent::painted(label, agent::Colour::Agent, colours) : label;
}

std::string to_json(const DemoResult& result) {
  nlohmann::ordered_json out{{"registered", result.registered}, {"greeting_ms", result.greeting_ms}, {"turns", nlohmann::ordered_json::array()}};
  for (const auto& turn : result.turns) {
    out["turns"].push_back({{"said", turn.said}, {"heard", turn.heard}, {"intent", turn.intent}, {"reply", turn.reply},
                            {"response_ms", turn.response_ms ? nlohmann::ordered_json(*turn.response_ms) : nlohmann::ordered_json(nullptr)}});
  }
  out["ended_by"] = result.ended_by;
  out["wav"] = result.wav;
  return out.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

/// Prints each event with the seconds since the start. Callable from any thread.
class Printer {
 public:
  void operator()(std::string_view who, const std::string& what) {
    const std::lock_guard lock(mutex_);
    const double seconds = std::chrono::duration<double>(base::Clock::now() - began_).count();
    fmt::print("{:6.1f} s  {} {}\n", seconds, speaker_of(who, colours_), what);
    std::fflush(stdout);
  }

 private:
  const bool colours_ = terminal_of(STDOUT_FILENO).colours;
  const base::TimePoint began_ = base::Clock::now();
  std::mutex mutex_;
};

void print(const agent::demo::WebDemo& demo, const base::IpAddress& ip) {
  fmt::print("The agent waits for calls. Open this page in a browser on {}:\n\n  {}\n\n", ip.is_loopback() ? "this machine" : "a machine that reaches this address", demo.url());
  fmt::print("The browser will warn that the connection is not private: this certificate was made at this start, and no authority has signed it. Choose\n"
             "\"Advanced\", then \"Proceed\" or \"Accept the risk\". The SHA-256 fingerprint that the browser shows, with or without colons, must be\n\n  {}\n\n", demo.fingerprint());
  fmt::print("Audio and text go only to this machine and to the visitor's browser. Offhook records nothing. Press Ctrl-C to end.\n\n");
  std::fflush(stdout);
}

/// Serves the page until a signal ends the process.
int web_demo(const DemoArguments& arguments) {
  constexpr auto kLastTransactions = std::chrono::seconds(2);
  const auto address = agent::demo::web_address(arguments.web);
  if (!address) {
    fmt::print(stderr, "offhook demo: --web {} is not an address that a browser can open: write PORT or ADDRESS:PORT, such as 8443, 192.0.2.7:8443 or [::1]:8443\n",
               arguments.web);
    return kUsage;
  }
  block_signals();
  raise_descriptor_limit();
  agent::demo::WebDemoOptions options;
  options.address = *address;
  options.dialogue_path = share_path("dialogues/receptionist.json");
  const auto printer = std::make_shared<Printer>();
  const auto demo = agent::demo::WebDemo::start(options, [printer](std::string_view who, const std::string& what) { (*printer)(who, what); });
  if (!demo && demo.error().domain == "phone") {  // The detail of this error advises settings of `offhook run`.
    fmt::print(stderr, "offhook demo: cannot listen on {}: another program uses the port, this machine does not have the address, or the port needs privileges. "
                       "Choose another with --web, such as --web 9443\n", address->to_string());
    return kNoPort;
  }
  if (!demo) {
    fmt::print(stderr, "offhook demo: {}\n", demo.error().detail);
    return kFailed;
  }
  print(**demo, address->ip);
  while (!wait_for_signal(std::chrono::hours(1))) continue;
  fmt::print("Ending. Press Ctrl-C again to hang up the running calls.\n");
  std::fflush(stdout);
  agent::drain((*demo)->agent(), kLastTransactions, wait_for_signal);
  return kOk;
}

}  // namespace

int demo(const DemoArguments& arguments) {
  agent::log::configure({agent::log::Level::Warning, agent::log::Format::Text, true, terminal_of(STDERR_FILENO).colours});
  if (!arguments.web.empty()) return web_demo(arguments);
  agent::demo::DemoOptions options;
  options.registrar_config = share_path("demo/kamailio.cfg");
  options.dialogue_path = share_path("dialogues/receptionist.json");
  options.directory = arguments.directory;
  Printer printer;
  const auto show = [&printer](std::string_view who, const std::string& what) { printer(who, what); };
  const auto result = agent::demo::run_demo(options, show);
  if (!result) {
    fmt::print(stderr, "offhook demo: {}\n", result.error().detail);
    return kFailed;
  }
  print(*result);
  if (!result->succeeded()) fmt::print("The demonstration failed: the agent did not answer all questions, or did not end the call.\n");
  if (arguments.json) fmt::print("{}\n", to_json(*result));
  return result->succeeded() ? kOk : kFailed;
}

}  // namespace offhook::tools
