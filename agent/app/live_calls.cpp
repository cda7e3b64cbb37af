#include <offhook/agent/app/live_calls.hpp>

#include <offhook/agent/records/call_id.hpp>
#include <offhook/agent/support/json_line.hpp>
#include <offhook/media/quality/quality_report.hpp>

#include <algorithm>
#include <chrono>
#include <utility>

namespace offhook::inline v0::agent {

void LiveCalls::add(Call call) {
  const std::lock_guard lock(mutex_);
  calls_.push_back(std::move(call));
}

void LiveCalls::remove(const std::string& id) {
  const std::lock_guard lock(mutex_);
  std::erase_if(calls_, [&](const Call& call) { return call.id == id; });
}

std::vector<LiveCalls::Call> LiveCalls::all() const {
  const std::lock_guard lock(mutex_);
  return calls_;
}

std::string LiveCalls::json(const Statistics& statistics, base::TimePoint now) const {
  JsonLine line;
  line.open("calls", '[');
  for (const Call& call : all()) {
    line.open("", '{').text("id", call.id, records::kMaxFieldBytes).text("sip_call_id", call.sip_call_id, records::kMaxFieldBytes);
    line.text("direction", call.outgoing ? "out" : "in", records::kMaxFieldBytes).text("codec", call.codec, records::kMaxFieldBytes);
    line.real("seconds", std::chrono::duration<double>(now - call.answered).count());
    if (call.recording) line.text("recording", to_string(call.recording->state()), records::kMaxFieldBytes);
    if (const auto leg = statistics(call.leg)) {
      auto media = records::quality_of(*leg);
      media.one_way = media::to_string(leg->one_way);  // The present state; the record has the state over the whole call.
      line.open("media", '{');
      records::write_media(line, media);
      line.close('}');
    }
    line.close('}');
  }
  line.close(']');
  return line.take() + "}";
}

HealthReply LiveCalls::pause_recording(const std::string& name, bool paused) const {
  const auto calls = all();
  const auto is_meant = [&](const Call& each) { return records::may_mean_call(name, each.id); };
  const auto call = std::find_if(calls.begin(), calls.end(), is_meant);
  const bool is_one = call != calls.end() && std::find_if(call + 1, calls.end(), is_meant) == calls.end();
  const std::string& id = is_one ? call->id : name;
  const auto refuse = [&](unsigned status, std::string_view why) {
    return HealthReply{status, JsonLine().text("id", id, records::kMaxFieldBytes).text("error", why, records::kMaxFieldBytes).take() + "}"};
  };
  if (call == calls.end()) return refuse(404, "no running call has this id: GET /calls lists the calls");
  if (!is_one) return refuse(409, "more than one running call has an id that begins like this: give more characters of the id");
  if (!call->recording) return refuse(409, "this call is not recorded");
  const auto result = call->recording->pause(Pauser::Operator, paused);
  if (result.state == RecordingState::Failed) return refuse(409, "the recording of this call has failed: nothing is recorded");
  if (result.is_over()) return refuse(409, "the recording of this call has ended");
  JsonLine line;
  line.text("id", id, records::kMaxFieldBytes).text("recording", to_string(result.state), records::kMaxFieldBytes);
  if (!paused && result.by_model) line.text("paused_by", to_string(Pauser::Model), records::kMaxFieldBytes);
  return {200, line.take() + "}"};
}

std::vector<media::LegStatistics> LiveCalls::statistics(const Statistics& statistics) const {
  std::vector<media::LegStatistics> legs;
  for (const Call& call : all()) {
    if (const auto leg = statistics(call.leg)) legs.push_back(*leg);
  }
  return legs;
}

}  // namespace offhook::inline v0::agent
