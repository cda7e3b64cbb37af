#pragma once

#include <offhook/agent/ops/health_server.hpp>
#include <offhook/agent/recordings/call_recording.hpp>
#include <offhook/agent/records/call_events.hpp>
#include <offhook/base/time.hpp>
#include <offhook/media/engine/engine.hpp>

#include <functional>
#include <mutex>
#include <string>
#include <vector>

namespace offhook::inline v0::agent {

/// The calls that have media now, for a status page: who talks with whom is not among it. Any thread.
class LiveCalls {
 public:
  using Statistics = std::function<std::optional<media::LegStatistics>(media::LegId)>;  ///< Engine::statistics(); its thread is the asker's
  struct Call {
    std::string id, sip_call_id;    ///< as in the record
    bool outgoing = false;
    std::string codec;
    base::TimePoint answered{};
    media::LegId leg;
    std::shared_ptr<recordings::CallRecording> recording = nullptr;  ///< null: none
  };
  void add(Call call);
  void remove(const std::string& id);

  /// `{"calls":[{"id":"...","sip_call_id":"...","direction":"in","codec":"PCMU","seconds":12.5,
  /// "recording":"recording","media":{...}}]}`; `media` as in the record, `recording` only where there is one.
  [[nodiscard]] std::string json(const Statistics& statistics, base::TimePoint now) const;
  /// An operator pauses the recording of the call that `name` means (records::may_mean_call), or ends that pause: 200 with
  /// `{"id":"...","recording":"paused"}`, and `"paused_by":"model"` while the model's own pause lasts. 404 when no such call is up; 409 when `name` means
  /// more than one call, or the call is not recorded (any more).
  [[nodiscard]] HealthReply pause_recording(const std::string& name, bool paused) const;
  /// One of each call whose leg is there.
  [[nodiscard]] std::vector<media::LegStatistics> statistics(const Statistics& statistics) const;

 private:
  [[nodiscard]] std::vector<Call> all() const;
  mutable std::mutex mutex_;
  std::vector<Call> calls_;
};

}  // namespace offhook::inline v0::agent
