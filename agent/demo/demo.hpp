#pragma once

#include <offhook/agent/app/agent.hpp>
#include <offhook/agent/demo/scripted_caller.hpp>

#include <chrono>
#include <functional>
#include <string>
#include <vector>

/// A complete call on this machine: an independent registrar (Kamailio), the agent that registers there with digest, and a second telephone
/// that calls the agent through the registrar and asks questions.
namespace offhook::inline v0::agent::demo {

struct DemoOptions {
  std::string registrar_config;                        ///< share/demo/kamailio.cfg
  std::string kamailio = "kamailio";
  std::string dialogue_path;
  std::string caller_voice = "rms";
  std::vector<std::string> questions = {"When are you open?", "Where is your shop?", "Goodbye."};
  std::string directory;                               ///< the folder of the WAV and the registrar's log; created if missing
  base::Duration limit = std::chrono::seconds(75);
};

struct DemoTurn {
  std::string said, heard, intent, reply;
  std::optional<double> response_ms;
};

struct DemoResult {
  bool registered = false;
  double greeting_ms = 0;
  std::string greeting;
  std::vector<DemoTurn> turns;
  std::string ended_by;
  std::string wav;
  /// Returns true if the agent heard, understood and answered every question, and ended the call itself.
  [[nodiscard]] bool succeeded() const;
};

/// Called at each event, to show the event: `who` is "registrar", "agent" or "caller", and `what` describes the event.
using Show = std::function<void(std::string_view who, const std::string& what)>;

/// Runs the demonstration, and blocks until its end. An error says what failed, and where to look or what to do.
[[nodiscard]] base::Result<DemoResult, base::Error> run_demo(const DemoOptions& options, const Show& show);

}  // namespace offhook::inline v0::agent::demo
