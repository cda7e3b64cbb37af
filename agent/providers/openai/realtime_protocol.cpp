#include <offhook/agent/providers/openai/realtime_protocol.hpp>

#include <offhook/agent/providers/openai/history_replay.hpp>
#include <offhook/agent/providers/openai/realtime_writer.hpp>
#include <offhook/agent/providers/openai/transcription_use.hpp>

#include <algorithm>
#include <cassert>
#include <utility>

namespace offhook::inline v0::agent::openai::realtime {

using base::TimePoint;

namespace {

std::string session_event_id(std::uint32_t socket) { return "s" + std::to_string(socket); }

}  // namespace

RealtimeProtocol::RealtimeProtocol(RealtimeOptions options, RealtimeBriefing briefing)
    : options_(std::move(options)),
      briefing_(std::move(briefing)),
      connection_(wire_, counters_),
      caller_(wire_, events_, counters_, options_),
      replies_(wire_, events_, counters_, options_) {}

void RealtimeProtocol::start(TimePoint now) {
  assert(connection_.phase() == State::Idle);
  connection_.start(now);
  after(now);
}

void RealtimeProtocol::close() {
  wire_.ready = false;
  connection_.close();
  replies_.on_lost({FailureKind::Network, "the session was closed"});
  replies_.on_given_up({FailureKind::Network, "the session was closed"});
}

// --- sockets -----------------------------------------------------------------------------------------------------------------

void RealtimeProtocol::on_socket_open(std::uint32_t socket, TimePoint now) {
  carry_out(connection_.on_open(socket, now), socket, now);
  after(now);
}

void RealtimeProtocol::on_socket_closed(std::uint32_t socket, const net::WebSocketClosed& closed, TimePoint now) {
  carry_out(connection_.on_closed(socket, fault_of(closed), now), socket, now);
  after(now);
}

void RealtimeProtocol::carry_out(Change change, std::uint32_t socket, TimePoint now) {
  switch (change) {
    case Change::None:
    case Change::NextReady: return;  // after() switches over in a quiet moment.
    case Change::Configure: return configure(socket);
    case Change::Ready: return adopt(now);
    case Change::Lost:
      wire_.ready = false;
      replies_.on_lost(connection_.lost());
      return carry_out(connection_.recover(now), connection_.current(), now);
    case Change::GivenUp: return replies_.on_given_up(connection_.lost());
  }
}

void RealtimeProtocol::configure(std::uint32_t socket) {
  const SessionShape shape{briefing_.instructions, briefing_.language, briefing_.tools};
  wire_.out.send(socket, [&](std::string& out) { write_session(out, session_event_id(socket), options_, shape); });
}

/// Continues the conversation on a new socket: sends it the history and all open requests.
void RealtimeProtocol::adopt(TimePoint now) {
  wire_.socket = connection_.current();
  wire_.ready = true;
  garbage_in_a_row_ = 0;
  if (briefing_.history != nullptr)
    replay_history(wire_, *briefing_.history, [this](std::string_view call_id) { return replies_.is_open_call(call_id); });
  replies_.adopt(briefing_.history);
  caller_.adopt();
  replies_.advance(now);
}

void RealtimeProtocol::after(TimePoint now) {
  if (replies_.take_replied()) caller_.on_replied();
  if (connection_.next_is_ready() && is_quiet()) {
    connection_.switch_over(now);
    adopt(now);
  }
  connection_.renew_if_due(is_quiet(), now);
  assert(is_consistent());
}

// --- frames ------------------------------------------------------------------------------------------------------------------

void RealtimeProtocol::on_frame(std::uint32_t socket, std::string_view text, TimePoint now) {
  if (!connection_.knows(socket)) return;
  ++counters_.frames;
  const auto event = parser_.parse(text, audio_);
  if (event) {
    garbage_in_a_row_ = 0;
    on_event(socket, *event, now);
  } else {
    on_garbage(socket, now);
  }
  after(now);
}

void RealtimeProtocol::on_garbage(std::uint32_t socket, TimePoint now) {
  ++counters_.garbage;
  if (++garbage_in_a_row_ < kMaxGarbageInARow) return;
  garbage_in_a_row_ = 0;
  carry_out(connection_.drop(socket, {FailureKind::Protocol, "the realtime server sent a message that cannot be read"}, now), socket, now);
}

void RealtimeProtocol::on_event(std::uint32_t socket, const ServerEvent& event, TimePoint now) {
  if (std::holds_alternative<SessionCreated>(event)) return carry_out(connection_.on_session_created(socket, now), socket, now);
  if (std::holds_alternative<SessionUpdated>(event)) return carry_out(connection_.on_session_updated(socket, now), socket, now);
  if (const auto* error = std::get_if<ServerError>(&event)) return on_error(socket, error->error, now);
  if (std::holds_alternative<Unknown>(event)) ++counters_.unknown_events;
  if (const auto* text = std::get_if<UserTranscript>(&event)) transcribed_.add(use_of(text->usage));
  if (const auto* failed = std::get_if<UserTranscriptFailed>(&event); failed != nullptr && !is_noise(failed->error)) not_transcribed_ = fault_of(failed->error);
  if (wire_.ready && socket == wire_.socket) on_current_event(event, now);
}

void RealtimeProtocol::on_current_event(const ServerEvent& event, TimePoint now) {
  if (std::holds_alternative<AudioDelta>(event)) return replies_.on_audio(std::get<AudioDelta>(event), audio_);
  if (const auto* words = std::get_if<TranscriptDelta>(&event)) return replies_.on_words(words->response_id, words->item_id, words->text);
  if (const auto* all = std::get_if<TranscriptDone>(&event)) return replies_.on_all_words(*all);
  if (const auto* written = std::get_if<TextDelta>(&event)) return replies_.on_written(*written);
  if (const auto* item = std::get_if<OutputItemDone>(&event)) return replies_.on_item_done(*item);
  if (const auto* created = std::get_if<ResponseCreated>(&event)) return replies_.on_response_created(*created, now);
  if (const auto* limits = std::get_if<RateLimits>(&event)) return replies_.on_limits(*limits);
  if (const auto* committed = std::get_if<InputCommitted>(&event)) return caller_.on_committed(committed->item_id);
  if (const auto* failed = std::get_if<UserTranscriptFailed>(&event)) return caller_.on_no_text(failed->item_id);
  if (const auto* text = std::get_if<UserTranscript>(&event)) {
    if (text->final) caller_.on_text(text->item_id, text->text);
    return;
  }
  const auto* done = std::get_if<ResponseDone>(&event);
  if (done == nullptr) return;
  replies_.on_response_done(*done, now);
  // A fatal failure, such as an exhausted account: the next request would fail in the same way.
  if (const Fault fault = fault_of(done->error); done->status == ResponseDone::Status::Failed && fault.fatal)
    carry_out(connection_.drop(wire_.socket, fault, now), wire_.socket, now);
}

void RealtimeProtocol::on_error(std::uint32_t socket, const ErrorInfo& error, TimePoint now) {
  const Fault fault = fault_of(error);
  const bool refuses_session = connection_.is_configuring(socket) && (error.event_id.empty() || error.event_id == session_event_id(socket));
  if (fault.fatal || refuses_session || is_session_expired(error))
    return carry_out(connection_.drop(socket, fault, now), socket, now);
  const bool known = wire_.ready && socket == wire_.socket && (caller_.on_error(error.event_id) || replies_.on_error(error, now));
  if (!known) ++counters_.errors_passed;
}

// --- commands ----------------------------------------------------------------------------------------------------------------

void RealtimeProtocol::begin_turn(std::uint32_t turn, TimePoint now) {
  caller_.begin(turn);
  after(now);
}

void RealtimeProtocol::append(std::span<const std::uint8_t> octets) { caller_.add(octets); }

void RealtimeProtocol::end_turn(TimePoint now) {
  caller_.end(now);
  after(now);
}

void RealtimeProtocol::abandon_turn(TimePoint now) {
  caller_.abandon();
  after(now);
}

void RealtimeProtocol::respond(const TurnInput& input, TimePoint now) {
  const bool as_sound = input.kind == TurnInput::Kind::Speech && caller_.take_sound();
  std::string opening = input.kind == TurnInput::Kind::Opening && input.text.empty() ? briefing_.opening_instructions : std::string();
  replies_.respond(input, as_sound, std::move(opening), now);
  (void)replies_.take_replied();  // Clear the flag of the previous reply, so that it does not drop the audio of the caller's last turn.
  if (!connection_.want(now)) replies_.on_given_up(connection_.lost());
  after(now);
}

void RealtimeProtocol::on_tool(const ToolOutcome& outcome, TimePoint now) {
  replies_.on_tool(outcome, now);
  if (replies_.waits() && !connection_.want(now)) replies_.on_given_up(connection_.lost());
  after(now);
}

void RealtimeProtocol::cancel(std::uint32_t turn, TimePoint now) {
  replies_.cancel(turn, now);
  after(now);
}

void RealtimeProtocol::cut(std::uint32_t item, std::uint64_t heard_ms, TimePoint now) {
  replies_.cut(item, heard_ms);
  after(now);
}

void RealtimeProtocol::on_own_words(std::uint32_t turn, std::string_view text, TimePoint now) {
  replies_.on_own_words(turn, text);
  after(now);
}

void RealtimeProtocol::settle(std::uint32_t turn, TimePoint now) {
  replies_.settle(turn);
  after(now);
}

bool RealtimeProtocol::force_turn(TimePoint now) {
  const bool forced = caller_.force();
  after(now);
  return forced;
}

bool RealtimeProtocol::try_again(std::string_view said, TimePoint now) {
  if (!connection_.want(now)) return false;
  const Replies::Retry retry = replies_.try_again(said);
  if (retry == Replies::Retry::No) return false;
  if (retry == Replies::Retry::OnNewSocket) {
    const Fault stuck{FailureKind::Timeout, "the realtime server sent nothing for too long"};
    carry_out(connection_.drop(wire_.socket, stuck, now), wire_.socket, now);
  }
  replies_.advance(now);
  after(now);
  return true;
}

// --- time --------------------------------------------------------------------------------------------------------------------

void RealtimeProtocol::handle_timeout(TimePoint now) {
  carry_out(connection_.on_time(now), connection_.current(), now);
  caller_.on_time(now);
  replies_.on_time(now);
  after(now);
}

std::optional<TimePoint> RealtimeProtocol::next_deadline() const {
  std::optional<TimePoint> next;
  for (const auto& at : {connection_.next_deadline(), caller_.next_deadline(), replies_.next_deadline()}) {
    if (at && (!next || *at < *next)) next = at;
  }
  return next;
}

std::optional<RealtimeEvent> RealtimeProtocol::poll_event() {
  if (events_.empty()) return std::nullopt;
  RealtimeEvent event = std::move(events_.front());
  events_.pop_front();
  return event;
}

bool RealtimeProtocol::is_consistent() const {
  if (wire_.ready != (connection_.phase() == State::Ready)) return false;
  if (wire_.ready && wire_.socket != connection_.current()) return false;
  return connection_.is_consistent() && caller_.is_consistent() && replies_.is_consistent();
}

}  // namespace offhook::inline v0::agent::openai::realtime
