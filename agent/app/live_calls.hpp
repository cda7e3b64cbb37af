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

/// The calls that have media now, for a status page, which does not show the parties of a call. Callable from any thread.
class LiveCalls {
 public:
  using Statistics = std::function<std::optional<media::LegStatistics>(media::LegId)>;  ///< Engine::statistics(); runs on the thread that requests the page
  struct Call {
    std::string id, sip_call_id;    ///< the ids that the call's record has
    bool outgoing = false;
    std::string codec;
    base::TimePoint answered{};
    media::LegId leg;
    std::shared_ptr<recordings::CallRecording> recording = nullptr;  ///< null: the call is not recorded
  };
  void add(Call call);
  void remove(const std::string& id);

  /// Returns a JSON object; `media` is as in the record, and `recording` appears only for a call that has a recording:
  /// `{"calls":[{"id":"...","sip_call_id":"...","direction":"in","codec":"PCMU","seconds":12.5,"recording":"recording","media":{...}}]}`.
  [[nodiscard]] std::string json(const Statistics& statistics, base::TimePoint now) const;
  /// Pauses or resumes, for an operator, the recording of the call that `name` identifies (records::may_mean_call). Returns 200 with
  /// `{"id":"...","recording":"paused"}`, and with `"paused_by":"model"` while the model's own pause lasts. Returns 404 when no call
  /// matches. Returns 409 when `name` matches more than one call, or when the call has no recording or its recording has ended.
  [[nodiscard]] HealthReply pause_recording(const std::string& name, bool paused) const;
  /// Returns the statistics of each call whose media leg still exists.
  [[nodiscard]] std::vector<media::LegStatistics> statistics(const Statistics& statistics) const;

 private:
  [[nodiscard]] std::vector<Call> all() const;
  mutable std::mutex mutex_;
  std::vector<Call> calls_;
};

}  // namespace offhook::inline v0::agent
