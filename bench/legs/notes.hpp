#pragma once

#include <offhook/bench/legs/leg_plan.hpp>

#include <nlohmann/json.hpp>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>

#include <sched.h>

namespace offhook::bench {

inline constexpr int kWorkerCore = 0, kOtherCore = 1;

/// Writes a note under a temporary name and then renames it. Therefore no process reads a part of a note.
inline void leave_note(const LegPlan& plan, std::string_view what, const nlohmann::json& note) {
  const std::string path = plan.file(what);
  std::ofstream(path + ".part") << note;
  std::filesystem::rename(path + ".part", path);
}

inline std::optional<nlohmann::json> find_note(const LegPlan& plan, std::string_view what) {
  std::ifstream in(plan.file(what));
  if (!in) return std::nullopt;
  return nlohmann::json::parse(in);
}

inline nlohmann::json wait_for_note(const LegPlan& plan, std::string_view what) {
  for (int tries = 0; tries < 6000; ++tries) {
    if (auto note = find_note(plan, what)) return *note;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  throw std::runtime_error("no process wrote within 60 s the file " + plan.file(what));
}

/// Binds a thread to a core. If `thread` is 0, binds the calling thread and the threads that it creates later.
inline void pin(pid_t thread, int core) {
  cpu_set_t cores;
  CPU_ZERO(&cores);
  CPU_SET(static_cast<unsigned>(core), &cores);
  if (::sched_setaffinity(thread, sizeof cores, &cores) != 0) throw std::runtime_error("cannot bind a thread to a core: the measurement needs two cores, one for the legs and one for their load");
}

}  // namespace offhook::bench
