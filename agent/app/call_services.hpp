#pragma once

#include <offhook/agent/app/agent.hpp>
#include <offhook/agent/app/call_threads.hpp>
#include <offhook/agent/ops/metrics.hpp>
#include <offhook/agent/sessions/session_factory.hpp>

#include <atomic>
#include <functional>
#include <memory>

namespace offhook::inline v0::agent {

/// The parts that all calls of an agent share. They outlive the calls.
struct CallServices {
  const AgentOptions& options;
  std::shared_ptr<const SessionFactory> factory;
  records::CallRecordStore& records;
  transcripts::TranscriptRegistry& transcripts;
  std::function<std::shared_ptr<recordings::RecordingStore>()> recordings;      ///< the store after the last reload
  std::function<std::shared_ptr<const AgentDirectory>()> agents;                ///< the agents after the last reload
  CallThreads& threads;
  Metrics& metrics;
  const std::atomic<bool>& draining;
  std::function<void(AgentEvent)> watch;
};

}  // namespace offhook::inline v0::agent
