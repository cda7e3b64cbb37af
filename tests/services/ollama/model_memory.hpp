#pragma once

#include <offhook/base/time.hpp>
#include <offhook/tests/services/ollama/scenario.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace offhook::services::ollama {

/// Knows which models are loaded and until when, and which requests run or wait. It does no I/O and reads no clock.
class ModelMemory {
 public:
  explicit ModelMemory(const Scenario& scenario) : scenario_(scenario) {}

  /// Loads the model if necessary. Returns the time at which it is ready. Another context length makes it load again.
  [[nodiscard]] base::TimePoint load(const std::string& name, std::int64_t context_tokens, base::TimePoint now);
  /// Keeps the model loaded until `keep_alive` after `end`, the end of an answer. A negative `keep_alive` means without end.
  void keep(const std::string& name, base::TimePoint end, base::Duration keep_alive);
  void unload(const std::string& name) { loaded_.erase(name); }
  struct Loaded {
    std::int64_t context_tokens = 0;
    base::TimePoint ready, until = base::TimePoint::max();
  };
  /// Returns the models that are loaded at `now`, by name.
  [[nodiscard]] const std::map<std::string, Loaded>& loaded(base::TimePoint now);

  /// Returns the earliest start time of an answer that is requested at `now`, or nullopt if the queue is full.
  [[nodiscard]] std::optional<base::TimePoint> turn_of(base::TimePoint now);
  void answers(std::uint64_t request, base::TimePoint end) { ends_[request] = end; }
  /// Removes a request after its connection has ended or its answer is complete.
  void gone(std::uint64_t request) { ends_.erase(request); }

 private:
  const Scenario& scenario_;
  std::map<std::string, Loaded> loaded_;
  std::map<std::uint64_t, base::TimePoint> ends_;  // end times of the answers that run or wait, by request
};

}  // namespace offhook::services::ollama
