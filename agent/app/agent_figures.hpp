#pragma once

#include <offhook/agent/app/call_threads.hpp>
#include <offhook/agent/ops/health_server.hpp>
#include <offhook/agent/ops/readiness.hpp>
#include <offhook/agent/recordings/recording_store.hpp>
#include <offhook/agent/support/figures.hpp>
#include <offhook/agent/support/work_pool.hpp>
#include <offhook/media/engine/engine.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace offhook::inline v0::agent {

/// State of the agent at one moment, as the health page and the metrics show it.
struct AgentState {
  std::string version;
  Readiness readiness;
  std::size_t calls = 0, most_calls = 0;                   ///< calls that have not ended, including ringing calls; most_calls is /limits/calls
  std::size_t registrations = 0, registrations_up = 0;
  std::string registrations_json;                          ///< Registrations::json()
  std::string_view voice;                                  ///< the kind of voice activity detection; if silero is configured and not used, also the reason
  std::string_view records;                                ///< CallRecordStore::state()
  std::vector<std::pair<std::string, bool>> services;      ///< Breakers::states()
  CallThreads::State threads;
  media::EngineStatus media;
  WorkPool::Counters work;
  recordings::RecordingCounters recordings;
  recordings::RecordingStore::State recording = recordings::RecordingStore::State::Off;
  std::uint64_t capture_dropped = 0;                       ///< WireCapture::dropped()
};

[[nodiscard]] Health health_of(const AgentState& state);
[[nodiscard]] Figures figures_of(const AgentState& state);

}  // namespace offhook::inline v0::agent
