#include <offhook/tools/commands.hpp>

#include <offhook/agent/demo/demo.hpp>
#include <offhook/agent/support/colour.hpp>
#include <offhook/agent/support/log.hpp>
#include <offhook/tools/share_path.hpp>
#include <offhook/tools/terminal.hpp>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <unistd.h>

#include <cstdio>
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

}  // namespace

int demo(const DemoArguments& arguments) {
  agent::log::configure({agent::log::Level::Warning, agent::log::Format::Text, true, terminal_of(STDERR_FILENO).colours});
  agent::demo::DemoOptions options;
  options.registrar_config = share_path("demo/kamailio.cfg");
  options.dialogue_path = share_path("dialogues/receptionist.json");
  options.directory = arguments.directory;
  const bool colours = terminal_of(STDOUT_FILENO).colours;
  std::mutex printing;
  const auto began = base::Clock::now();
  const auto show = [&](std::string_view who, const std::string& what) {
    const std::lock_guard lock(printing);
    const double seconds = std::chrono::duration<double>(base::Clock::now() - began).count();
    fmt::print("{:6.1f} s  {} {}\n", seconds, speaker_of(who, colours), what);
    std::fflush(stdout);
  };
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
