#include <offhook/tests/services/openai/sim_realtime.hpp>
#include <offhook/tests/services/openai/sim_response.hpp>

#include <utility>

// The faults of a Realtime session: in its answers, and in the audio that it receives.
namespace offhook::services::openai {

using Json = nlohmann::json;

/// Applies a fault of the connection. Returns true if nothing more is sent now.
bool SimRealtime::break_connection(const Fault& fault, SimOuts& out) {
  switch (fault.kind) {
    case Fault::Kind::Freeze:
      over_ = true;
      return true;
    case Fault::Kind::Drop:
      out.push_back({SimOut::What::Drop, {}, 0});
      over_ = true;
      return true;
    case Fault::Kind::Close:
      out.push_back({SimOut::What::Close, fault.message, fault.status});
      over_ = true;
      return true;
    case Fault::Kind::Garbage:
      out.push_back({SimOut::What::Text, "<html><body>502 Bad Gateway</body></html>", 0});
      return false;
    default:
      return false;
  }
}

// --- within answers --------------------------------------------------------------------------------------------------------

/// Returns true if it is time for the fault of the reply. The kinds Latency and Empty take effect before this, when a reply starts.
bool SimRealtime::fault_due() const {
  const Fault& fault = response_->reply->fault;
  const bool is_over = fault.kind == Fault::Kind::None || fault.kind == Fault::Kind::Latency || fault.kind == Fault::Kind::Empty;
  return !is_over && !response_->fault_done && response_->octets >= fault.after_bytes;
}

void SimRealtime::note_fault(base::TimePoint now, const Fault& fault) const {
  world_.note(now, "fault", {{"door", "response"}, {"kind", to_string(fault.kind)}, {"session", number_}, {"octets", response_ ? response_->octets : 0}});
}

bool SimRealtime::carry_out_fault(base::TimePoint now, SimOuts& out) {
  Response& response = *response_;
  const Fault& fault = response.reply->fault;
  response.fault_done = fault.kind != Fault::Kind::UnknownEvents;
  note_fault(now, fault);
  switch (fault.kind) {
    case Fault::Kind::Stall:
      response.next = base::TimePoint::max();
      return true;
    case Fault::Kind::Failed:
      end_response("failed", {{"type", "failed"}, {"error", {{"type", "server_error"}, {"code", fault.code}, {"message", fault.message}}}}, now, out);
      return true;
    case Fault::Kind::Incomplete:
      end_response("incomplete", {{"type", "incomplete"}, {"reason", "max_output_tokens"}}, now, out);
      return true;
    case Fault::Kind::BrokenJson:
      out.push_back({SimOut::What::Text, R"({"type":"response.output_audio.delta","event_id":"event_0","response_id":")", 0});
      return false;
    case Fault::Kind::BrokenBase64:
      send_delta("!!!! this is no base64 !!!!", out);
      return false;
    case Fault::Kind::UnknownEvents:
      send(out, {{"type", "response.surprise.delta"}, {"response_id", response.id}, {"surprise", {{"nested", {1, 2, {{"deep", nullptr}}}}}}});
      return false;
    default:
      return break_connection(fault, out);
  }
}

// --- within received audio -------------------------------------------------------------------------------------------------

void SimRealtime::break_hearing(base::TimePoint now, SimOuts& out) {
  if (heard_octets_ < hearing_fault_.after_bytes || breaks_handshake(hearing_fault_) || breaks_transcript(hearing_fault_)) return;
  const Fault fault = std::exchange(hearing_fault_, {});
  if (fault.kind == Fault::Kind::None) return;
  world_.note(now, "fault", {{"door", "realtime"}, {"kind", to_string(fault.kind)}, {"session", number_}, {"octets", heard_octets_}});
  switch (fault.kind) {
    case Fault::Kind::Stall:
      over_ = true;
      return;
    case Fault::Kind::Error:
      return fail(out, {"server_error", fault.code, fault.message, {}}, Json::object());
    case Fault::Kind::BrokenJson:
      out.push_back({SimOut::What::Text, R"({"type":"conversation.item.input_audio_transcription.delta","event_id":")", 0});
      return;
    case Fault::Kind::UnknownEvents:
      return send(out, {{"type", "input_audio_buffer.surprise"}, {"surprise", {{"nested", {1, 2, {{"deep", nullptr}}}}}}});
    default:
      static_cast<void>(break_connection(fault, out));
  }
}

/// Applies a fault of the transcript, which empties `text`. Returns the status of the transcript, "completed" or "failed".
std::string_view SimRealtime::break_transcript(base::TimePoint now, std::string& text) {
  if (!breaks_transcript(hearing_fault_)) return "completed";
  world_.note(now, "fault", {{"door", "realtime"}, {"kind", to_string(hearing_fault_.kind)}, {"session", number_}, {"octets", heard_octets_}});
  text.clear();
  return hearing_fault_.kind == Fault::Kind::Failed ? "failed" : "completed";
}

}  // namespace offhook::services::openai
