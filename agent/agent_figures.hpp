#pragma once

#include <offhook/agent/call_threads.hpp>
#include <offhook/agent/ops/figures.hpp>
#include <offhook/agent/ops/readiness.hpp>
#include <offhook/agent/ops/work_pool.hpp>
#include <offhook/agent/recordings/recording_book.hpp>
#include <offhook/media/engine/engine.hpp>

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace offhook::inline v0::agent {

/// State of the agent at one moment, as the metrics show it.
struct AgentState {
  std::string version;
  Readiness readiness;
  std::size_t calls = 0, most_calls = 0;                   ///< calls that are not over, ringing ones included; most_calls is /limits/calls
  std::size_t registrations = 0, registrations_up = 0;
  std::vector<std::pair<std::string, bool>> services;      ///< Breakers::states()
  CallThreads::State threads;
  media::EngineStatus media;
  WorkPool::Counters work;
  recordings::RecordingCounters recordings;
  recordings::RecordingBook::State recording = recordings::RecordingBook::State::Off;
};

[[nodiscard]] Figures figures_of(const AgentState& state);

}  // namespace offhook::inline v0::agent
