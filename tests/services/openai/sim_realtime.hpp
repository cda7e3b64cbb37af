#pragma once

#include <offhook/tests/services/openai/conversation_items.hpp>
#include <offhook/tests/services/openai/input_audio.hpp>
#include <offhook/tests/services/openai/realtime_settings.hpp>
#include <offhook/tests/services/openai/sim_world.hpp>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace offhook::services::openai {

/// One Realtime session (GA), as on OpenAI's server. It is pure: frames and time go in, frames come out. It takes the caller's words from
/// the scenario, and detects voice by its loudness. A voice speaks the answers of the scenario. The session sends this audio faster than
/// real time, in uneven pieces. The session is as strict as the documentation: unknown members cause errors.
class SimRealtime {
 public:
  /// `target` is the path and query of the handshake. `fault` is the endpoint's fault for this connection. Writes session.created to `out`.
  SimRealtime(SimWorld& world, unsigned number, std::string_view target, const Fault& fault, base::TimePoint now, SimOuts& out);

  void on_text(std::string_view frame, base::TimePoint now, SimOuts& out);
  void on_time(base::TimePoint now, SimOuts& out);
  [[nodiscard]] std::optional<base::TimePoint> next_deadline() const;
  /// Returns true if the session sends and receives nothing more, because the connection is closed or a fault has frozen it.
  [[nodiscard]] bool is_over() const { return over_; }

 private:
  struct Response;
  struct LateTranscript {
    base::TimePoint at;
    std::string item, text;
    std::uint64_t audio_ms;
  };
  using Json = nlohmann::json;

  void send(SimOuts& out, Json event);
  void fail(SimOuts& out, const RealtimeError& error, const Json& event);
  [[nodiscard]] std::string make_id(std::string_view kind);

  void on_event(const Json& event, base::TimePoint now, SimOuts& out);
  void on_session_update(const Json& event, SimOuts& out);
  void on_append(std::string_view audio, base::TimePoint now, SimOuts& out);
  void on_commit(const Json& event, base::TimePoint now, SimOuts& out);
  void on_speech_started(base::TimePoint now, SimOuts& out);
  void on_speech_stopped(base::TimePoint now, SimOuts& out);
  void commit_turn(const std::string& item, std::string_view how, base::TimePoint now, SimOuts& out);
  void on_item_create(const Json& event, base::TimePoint now, SimOuts& out);
  void on_item_truncate(const Json& event, base::TimePoint now, SimOuts& out);
  void on_item_delete(const Json& event, SimOuts& out);
  void on_item_retrieve(const Json& event, SimOuts& out);
  void add_item(Json item, const std::string& previous, bool done, SimOuts& out);

  void on_response_create(const Json& event, base::TimePoint now, SimOuts& out);
  void on_response_cancel(const Json& event, base::TimePoint now, SimOuts& out);
  void begin_response(const Json& wishes, base::TimePoint now, SimOuts& out);
  void advance(base::TimePoint now, SimOuts& out);
  void begin_output(base::TimePoint now, SimOuts& out);
  void begin_message(SimOuts& out);
  void send_chunk(base::TimePoint now, SimOuts& out);
  void send_delta(std::string_view base64, SimOuts& out);
  void end_message(bool whole, SimOuts& out);
  void send_calls(SimOuts& out);
  void end_response(std::string_view status, Json details, base::TimePoint now, SimOuts& out);
  void note_fault(base::TimePoint now, const Fault& fault) const;
  [[nodiscard]] bool fault_due() const;
  [[nodiscard]] bool break_connection(const Fault& fault, SimOuts& out);
  void break_hearing(base::TimePoint now, SimOuts& out);
  [[nodiscard]] std::string_view break_transcript(base::TimePoint now, std::string& text);
  /// Applies the fault of the reply. Returns true if nothing more is sent now.
  [[nodiscard]] bool carry_out_fault(base::TimePoint now, SimOuts& out);
  [[nodiscard]] Json response_json(std::string_view status) const;
  void send_late_transcripts(base::TimePoint now, SimOuts& out);
  void expire(SimOuts& out);

  SimWorld& world_;
  unsigned number_;
  RealtimeSettings settings_;
  ConversationItems items_;
  InputAudio input_;
  base::TimePoint expires_at_;
  std::shared_ptr<Response> response_;  // the running response; it is a shared_ptr because the type is incomplete here
  std::vector<LateTranscript> late_;
  std::vector<InputAudio::Event> heard_events_;  // scratch memory
  std::string speech_item_;                      // id of the item of the present speech
  base::TimePoint last_voiced_{}, end_of_turn_{};
  std::size_t turns_ = 0, replies_ = 0;
  std::uint64_t next_id_ = 0;
  Fault hearing_fault_;           // fault of the connection; its kind is None after it has taken effect
  std::size_t heard_octets_ = 0;  // octets of received audio
  bool over_ = false;
};

}  // namespace offhook::services::openai
